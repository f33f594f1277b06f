python -m torch.distributed.launch $DISTRIBUTED_ARGS \
       pretrain_gpt.py \
       --tensor-model-parallel-size 8 \
       --pipeline-model-parallel-size 16 \
       --micro-batch-size 1 \
       --global-batch-size 1536 \
       --train-samples 146484375 \
       --lr-decay-samples 126953125 \
       --lr-warmup-samples 183105 \
       --lr 6.0e-5 \
       --min-lr 6.0e-6 \
       --lr-decay-style cosine \
       --log-interval 100 \
       --data-path $DATA_PATH
