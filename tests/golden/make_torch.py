#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes what torch.optim.lr_scheduler makes of a rate, update by update.

    python3 -m venv venv && venv/bin/pip install torch
    venv/bin/python make_torch.py one_cycle > one_cycle.csv
    venv/bin/python make_torch.py cycles > cycles.csv"""

import csv
import sys
import warnings

import torch

warnings.simplefilter("ignore")

PEAK = 3e-3


def rates(make, updates):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=PEAK)
    scheduler = make(optimizer)
    for update in range(updates):
        if update > 0:
            optimizer.step()
            scheduler.step()
        yield optimizer.param_groups[0]["lr"]


def one_cycle():
    yield ["# total", "pct_start", "three_phase", "shape", "div_factor", "final_div_factor", "update", "lr"]
    for total in (2, 3, 10, 33):
        for pct in (0.0, 0.05, 0.25, 0.3, 0.37, 1.0):
            for three_phase in (False, True):
                for shape, div, final in (("cos", 25.0, 1e4), ("linear", 10.0, 100.0)):
                    if pct * total == 1 or three_phase and pct > 0.5:
                        continue  # PyTorch divides by 0, or never reaches its last phase

                    def make(o):
                        return torch.optim.lr_scheduler.OneCycleLR(
                            o, PEAK, total_steps=total, pct_start=pct, three_phase=three_phase, anneal_strategy=shape,
                            div_factor=div, final_div_factor=final, cycle_momentum=False)

                    for update, lr in enumerate(rates(make, total)):
                        yield [total, pct, int(three_phase), shape, div, final, update, repr(float(lr))]


def cycles():
    s = torch.optim.lr_scheduler
    yield ["# name", "update", "lr"]
    for name, make, updates in (
        ("triangular", lambda o: s.CyclicLR(o, 1e-4, PEAK, 7, 4, "triangular", cycle_momentum=False), 60),
        ("triangular2", lambda o: s.CyclicLR(o, 1e-4, PEAK, 7, 4, "triangular2", cycle_momentum=False), 60),
        ("exp_range", lambda o: s.CyclicLR(o, 1e-4, PEAK, 7, None, "exp_range", 0.98, cycle_momentum=False), 60),
        ("sgdr", lambda o: s.CosineAnnealingWarmRestarts(o, 10, 2, 1e-4), 160),
        ("restarts", lambda o: s.CosineAnnealingWarmRestarts(o, 9, 1, 0), 60),
        ("step", lambda o: s.StepLR(o, 7, 0.3), 60),
        ("multi_step", lambda o: s.MultiStepLR(o, [5, 11, 11, 40], 0.3), 60),
        ("exponential", lambda o: s.ExponentialLR(o, 0.93), 60),
    ):
        for update, lr in enumerate(rates(make, updates)):
            yield [name, update, repr(float(lr))]


print(f"# torch {torch.__version__}, by make_torch.py")
csv.writer(sys.stdout, lineterminator="\n").writerows({"one_cycle": one_cycle, "cycles": cycles}[sys.argv[1]]())
