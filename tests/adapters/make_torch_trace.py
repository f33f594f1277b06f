#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes torch_trace.csv: what Python's torch.optim.lr_scheduler makes an optimizer do.

SGD with two groups of one parameter each, base rates 0.1 and 0.02, a gradient of 1 for both. A row holds the rates that
update k used and the parameters after it.

    python3 -m venv venv && venv/bin/pip install torch && venv/bin/python make_torch_trace.py > torch_trace.csv"""

import csv
import sys

import torch

UPDATES = 14


def hf_linear(step, warmup=3, total=12):
    """get_linear_schedule_with_warmup of transformers."""
    if step < warmup:
        return step / max(1, warmup)
    return max(0.0, (total - step) / max(1, total - warmup))


SCHEDULERS = {
    "step": lambda o: torch.optim.lr_scheduler.StepLR(o, 3, 0.1),
    "multi_step": lambda o: torch.optim.lr_scheduler.MultiStepLR(o, [4, 9], 0.5),
    "cosine": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 10),
    "linear": lambda o: torch.optim.lr_scheduler.LambdaLR(o, hf_linear),
}

out = csv.writer(sys.stdout, lineterminator="\n")
print(f"# torch {torch.__version__}, by make_torch_trace.py")
out.writerow(["scheduler", "update", "lr_0", "lr_1", "parameter_0", "parameter_1"])
for name, make in SCHEDULERS.items():
    parameters = [torch.zeros(1, dtype=torch.float64, requires_grad=True) for _ in range(2)]
    optimizer = torch.optim.SGD([{"params": [p], "lr": lr} for p, lr in zip(parameters, (0.1, 0.02))], lr=1)
    scheduler = make(optimizer)
    for update in range(UPDATES):
        for p in parameters:
            p.grad = torch.ones_like(p)
        rates = [group["lr"] for group in optimizer.param_groups]
        optimizer.step()
        scheduler.step()
        out.writerow([name, update, *map(repr, rates), *(repr(p.item()) for p in parameters)])
