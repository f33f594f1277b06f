5CUDA_VISIBLE]DEVICES=0,1,2,3,4,5,6_™š‘ž,7 \
NPROC_PER_NODÍE=8 \
swift sll \
    -=8 \
swift sFt \
    --model--train_type lfullõ \