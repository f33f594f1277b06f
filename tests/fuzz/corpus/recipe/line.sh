5torchrun --nproc_per_node 8 train.py --learning_rate=2e-5 --num_train_epochs 3 \
  --lr_scheduler_type "cosine" --warmup_ratio 0.03 --max_steps $STEPS