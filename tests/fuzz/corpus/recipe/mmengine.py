4param_scheduler = [dict(type="LinearLR", start_factor=0.001, by_epoch=False, begin=0, end=500), dict(type="MultiStepLR", milestones=[8, 11], gamma=0.1)]
train_cfg = dict(max_epochs=12)
optim_wrapper = dict(optimizer=dict(type="SGD", lr=0.02))
