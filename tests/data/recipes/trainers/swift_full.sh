CUDA_VISIBLE_DEVICES=0,1,2,3,4,5,6,7 \
NPROC_PER_NODE=8 \
swift sft \
    --model /models/model \
    --train_type full \
    --dataset /data/train.json \
    --num_train_epochs 5 \
    --per_device_train_batch_size 2 \
    --gradient_accumulation_steps 4 \
    --learning_rate 1e-4 \
    --eval_steps 50 \
    --warmup_ratio 0.05 \
    --gradient_checkpointing_kwargs '{"use_reentrant": false}'
