set -x

read -r -d '' training_commands <<EOT
openrlhf.cli.train_sft \
   --max_len 2048 \
   --dataset org/OpenOrca \
   --train_batch_size 256 \
   --micro_train_batch_size 2 \
   --max_samples 500000 \
   --pretrain org/Meta-Llama-3-8B \
   --zero_stage 2 \
   --max_epochs 1 \
   --packing_samples \
   --bf16 \
   --learning_rate 5e-6
EOT
    # --wandb [WANDB_TOKENS]

if [[ ${1} != "slurm" ]]; then
    deepspeed --module $training_commands
fi
