python megatron_gpt_pretraining.py  \
    --config-path=conf \
    --config-name=megatron_gpt_config \
    trainer.devices=1 \
    trainer.num_nodes=1 \
    trainer.max_epochs=null \
    trainer.max_steps=100000 \
    trainer.accumulate_grad_batches=1 \
    model.micro_batch_size=4 \
    model.global_batch_size=8 \
    model.optim.name=distributed_fused_adam \
    model.optim.lr=6e-4 \
    model.optim.betas=[0.9,0.95] \
    model.optim.sched.name=CosineAnnealing \
    model.optim.sched.warmup_steps=500 \
    model.optim.sched.constant_steps=50000 \
    model.optim.sched.min_lr=6e-5
