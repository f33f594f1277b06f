# 8 GPUs
PYTORCH_CUDA_ALLOC_CONF='expandable_segments:True' \
NPROC_PER_NODE=8 \
megatron sft \
    --model org/model \
    --dataset 'org/distilled#2000' \
              'org/self-cognition#1000' \
    --tuner_type lora \
    --lora_rank 8 \
    --split_dataset_ratio 0.01 \
    --tensor_model_parallel_size 4 \
    --expert_model_parallel_size 8 \
    --moe_aux_loss_coeff 1e-3 \
    --micro_batch_size 8 \
    --global_batch_size 16 \
    --num_train_epochs 1 \
    --finetune true \
    --lr 1e-4 \
    --lr_warmup_fraction 0.05 \
    --min_lr 1e-5 \
    --eval_steps 200 \
    --save_steps 200
