# 2 * 24GiB
CUDA_VISIBLE_DEVICES=0,1 NPROC_PER_NODE=2 \
swift sft \
    --model org/Qwen2.5-7B-Instruct \
    --train_type lora \
    --dataset 'org/alpaca-gpt4-data-zh#500' \
              'org/alpaca-gpt4-data-en#500' \
    --torch_dtype bfloat16 \
    --num_train_epochs 1 \
    --lora_rank 8 \
    --target_modules all-linear \
    --warmup_ratio 0.05 \
    --max_length 2048
