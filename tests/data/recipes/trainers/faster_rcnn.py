_base_ = [
    './_base_/schedule_1x.py',
]
# 2x
train_cfg = dict(max_epochs=24)
param_scheduler = [
    dict(type='LinearLR', start_factor=0.001, by_epoch=False, begin=0, end=500),
    dict(
        type='MultiStepLR',
        begin=0,
        end=24,
        by_epoch=True,
        milestones=[16, 22],
        gamma=0.1)
]
train_dataloader = dict(
    batch_size=2,
    dataset=dict(pipeline=[dict(type='Resize', scale=(1333, 800), keep_ratio=True)]))
