OPTIMIZER_ARGS=" \
    --optimizer adam \
    --adam-beta1 0.9 \
    --lr 6e-5 \
    --min-lr 6e-6 \
    --lr-decay-style cosine \
    --lr-decay-samples 126_953_125 \
    --lr-warmup-samples 216_320 \
    "
torchrun --nproc_per_node 8 pretrain_gpt.py \
    --num-layers 32 --hidden-size 16384 \
    --micro-batch-size 1 \
    --rampup-batch-size 16 16 6_000_000 \
    --global-batch-size 2048 \
    --train-samples 300_000_000 \
    $OPTIMIZER_ARGS
