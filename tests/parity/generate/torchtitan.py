# SPDX-License-Identifier: MIT
"""Traces the scheduler of torchtitan, stepped once after every update from the first on.

    python3.11 -m venv venv
    venv/bin/pip install torchtitan==0.3.0 torch==2.15.0 mpmath==1.3.0
    venv/bin/python tests/parity/generate/torchtitan.py

decay_ratio * steps is rounded as the peer rounds it (the product of two doubles, half to even): it is a number of steps.
"""

import logging
import sys
from importlib.metadata import version
from pathlib import Path

# The scripts here have the names of the packages that they trace.
sys.path = [p for p in sys.path if Path(p or ".").resolve() != Path(__file__).resolve().parent]
import torch  # noqa: E402
from mpmath import mp, mpf  # noqa: E402
from torchtitan.components.optimizer.lr_scheduler import LRSchedulersContainer  # noqa: E402

sys.path.append(str(Path(__file__).resolve().parent))
from common import TOTALS, Trace, hc, log_uniform, random_of, steps, text, uniform, warmups  # noqa: E402
from torch_walk import optimizer, rates, resumes  # noqa: E402

logging.disable(logging.WARNING)  # no word of warm-ups and decays that are cut
rng = random_of(24)
trace = Trace("torchtitan", f"torchtitan {version('torchtitan')}, torch {torch.__version__.split('+')[0]}, float64")


def lengths(steps, warmup_steps=200, decay_ratio=None):
    """The steps of warm-up and of decay."""
    W = min(warmup_steps, steps)
    return W, steps - W if decay_ratio is None else min(round(steps * decay_ratio), steps - W)


def lr_scheduler(lr, steps, warmup_steps=200, decay_ratio=None, decay_type="linear", min_lr_factor=0.0):
    W, D = lengths(steps, warmup_steps, decay_ratio)
    floor = mpf(min_lr_factor)

    def value(s):
        if s < W:
            return mpf(lr) * (s + 1) / W
        if s < steps + 1 - D:
            return mpf(lr)
        x = mpf(s - steps + D) / D
        return mpf(lr) * (floor + (1 - floor) * {"linear": 1 - x, "sqrt": 1 - mp.sqrt(x), "cosine": hc(x)}[decay_type])
    return value


def build(fields):
    own = {k: v for k, v in fields.items() if k not in ("lr", "steps")}
    return lambda optim: LRSchedulersContainer.Config(**own).build(optimizers=[optim], training_steps=fields["steps"])


def values_of(fields, chosen):
    optim = optimizer(fields["lr"])
    scheduler = build(fields)(optim)
    found = []
    for s in chosen:  # a function of the step, so the steps between need not be taken
        try:
            if s:
                scheduler.schedulers[0].last_epoch = s - 1
                scheduler.step()
            found.append(float(optim.param_groups[0]["lr"]))
        except Exception as error:
            found.append(error)
    return found


def case(**fields):
    fields = {k: v for k, v in fields.items() if v is not None}
    T = fields["steps"]
    W, D = lengths(T, fields.get("warmup_steps", 200), fields.get("decay_ratio"))
    chosen = steps(T, [W, T - D], between=10, seed=rng.randrange(1000))
    trace.case(text("torchtitan", "lr_scheduler", **fields), chosen, values_of(fields, chosen), lr_scheduler(**fields))


KINDS = ("linear", "sqrt", "cosine")
case(lr=8e-4, steps=1000)
case(lr=8e-4, steps=100)     # the warm-up is cut to the run
for kind in KINDS:
    for T, W in ((1, 0), (1, 1), (2, 0), (2, 1), (2, 2), (3, 1), (10, 2), (100, 0), (100, 1), (100, 99), (100, 100), (100, 150), (100, 10)):
        case(lr=1.0, steps=T, warmup_steps=W, decay_type=kind)
    for ratio in (0.0, 0.004, 0.005, 0.015, 0.2, 0.25, 0.5, 0.9, 0.95, 1.0):
        case(lr=1.0, steps=100, warmup_steps=10, decay_ratio=ratio, decay_type=kind)
    for floor in (0.0, 0.1, 0.5, 1.0, 2.0):
        case(lr=0.1, steps=100, warmup_steps=10, decay_type=kind, min_lr_factor=floor)
        case(lr=0.1, steps=100, warmup_steps=10, decay_ratio=0.3, decay_type=kind, min_lr_factor=floor)
    case(lr=3e-4, steps=1_000_000, warmup_steps=2000, decay_type=kind, min_lr_factor=0.1)
    case(lr=3e-4, steps=1_000_000, warmup_steps=2000, decay_ratio=0.1, decay_type=kind)
for T, ratio in ((10, 0.25), (10, 0.35), (10, 0.45), (50, 0.07), (50, 0.29), (25, 0.1), (25, 0.3), (1000, 0.0005), (1000, 0.0015)):
    case(lr=1.0, steps=T, warmup_steps=1, decay_ratio=ratio)
case(lr=1.0, steps=0, warmup_steps=0)
case(lr=1.0, steps=0, warmup_steps=5)
for _ in range(40):
    T = rng.choice(TOTALS)
    case(lr=log_uniform(rng, 1e-5, 1), steps=T, warmup_steps=warmups(rng, T), decay_ratio=rng.choice((None, 0.1, 0.2, uniform(rng, 0, 1))),
         decay_type=rng.choice((None, *KINDS)), min_lr_factor=rng.choice((None, 0.0, 0.01, 0.1, 1.0)))

# --- where the product of ratio and steps is rounded over a half; one by one; a stop and a new start

moved = [(T, i / 100) for T in range(1, 101) for i in range(101)
         if round(T * (i / 100)) != int(mp.nint(T * mpf(i / 100)))]
print(f"decay steps that the rounded product moves, of 100 totals and 101 ratios: {len(moved)}, {moved[:8]}")
for kind in KINDS:
    fields = {"lr": 0.1, "steps": 100, "warmup_steps": 10, "decay_ratio": 0.3, "decay_type": kind}
    optim = optimizer(0.1)
    if rates(build(fields)(optim), optim, range(120)) != values_of(fields, list(range(120))):
        print(f"one by one otherwise: {fields}")
    for at in (1, 9, 10, 71, 72, 99):
        if not resumes(build(fields), 0.1, list(range(120)), at):
            print(f"resumed otherwise: {fields} at {at}")

trace.write()
