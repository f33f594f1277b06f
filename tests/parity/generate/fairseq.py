# SPDX-License-Identifier: MIT
"""Traces the schedulers of fairseq.optim.lr_scheduler, asked with the number of updates done.

    python3.11 -m venv venv
    venv/bin/pip install mpmath==1.3.0
    venv/bin/pip install --no-deps --only-binary :all: --platform manylinux1_x86_64 --python-version 3.8 \
        --implementation cp --abi cp38 --target venv/fairseq fairseq==0.12.2
    venv/bin/python tests/parity/generate/fairseq.py venv/fairseq

The package was made for older versions of Python and of what it needs, so only the modules of its schedulers are loaded,
by their paths, with stand-ins for its dataclass, optimizer and registry and for omegaconf. The argument is the folder that
the package is in.
"""

import importlib.util
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from common import POWERS, TOTALS, Trace, hc, log_uniform, random_of, steps, text, uniform, warmups
from mpmath import mp, mpf

RESTART = "the cycle is found by a logarithm, whose rounding puts the step of a restart into the cycle before (or after)"

rng = random_of(28)
trace = Trace("fairseq", "fairseq 0.12.2, float64")


# --- the peer

class Optimizer:
    """What fairseq's optimizers are to a scheduler."""
    lr = None

    def set_lr(self, lr):
        self.lr = lr

    def get_lr(self):
        return self.lr


@dataclass
class Dataclass:
    pass


def module(name, **contents):
    made = sys.modules[name] = ModuleType(name)
    made.__path__ = []
    vars(made).update(contents)
    return made


def register(name, dataclass):
    def decorate(cls):
        PEER[name] = cls, dataclass
        return cls
    return decorate


PEER = {}
module("omegaconf", II=lambda name: name)
module("fairseq")
module("fairseq.dataclass", FairseqDataclass=Dataclass)
module("fairseq.dataclass.utils", gen_parser_from_dataclass=None)
module("fairseq.optim", FairseqOptimizer=Optimizer)
schedulers = module("fairseq.optim.lr_scheduler", register_lr_scheduler=register)


def load(name):
    path = Path(sys.argv[1], "fairseq", "optim", "lr_scheduler", f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"fairseq.optim.lr_scheduler.{name}", path)
    loaded = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


schedulers.FairseqLRScheduler = load("fairseq_lr_scheduler").FairseqLRScheduler
for name in ("fixed_schedule", "polynomial_decay_schedule", "cosine_lr_scheduler", "inverse_square_root_schedule", "tri_stage_lr_scheduler",
             "triangular_lr_scheduler", "step_lr_scheduler"):
    load(name)


def values_of(name, fields, chosen):
    cls, config = PEER[name]
    own = {"lr_deacy_period" if k == "lr_decay_period" else k: v for k, v in fields.items()}  # the peer's spelling
    optim = Optimizer()
    try:
        scheduler = cls(config(**{**own, "lr": [fields["lr"]]}), optim)
        scheduler.step_update(0)      # so the trainer does when it builds,
        scheduler.step_begin_epoch(1)  # and at the start of an epoch
    except Exception as error:
        return [error] * len(chosen)
    found = []
    for s in chosen:  # a function of the number of updates, so the steps between need not be taken
        try:
            scheduler.step_update(s)
            found.append(optim.lr)
        except Exception as error:
            found.append(error)
    return found


# --- the exact values

def ramp(low, high, s, W):
    return mpf(low) + (mpf(high) - mpf(low)) * s / W


def fixed(lr, warmup_updates=0):
    return lambda s: mpf(lr) * (s + 1) / warmup_updates if s < warmup_updates else mpf(lr)


def polynomial_decay(lr, total_num_update, warmup_updates=0, end_learning_rate=0.0, power=1.0):
    W, T, end = warmup_updates, total_num_update, mpf(end_learning_rate)

    def value(s):
        if 0 < W and s <= W:
            return mpf(lr) * s / W
        return end if s >= T else end + (mpf(lr) - end) * (mpf(T - s) / (T - W)) ** mpf(power)
    return value


def cycle_of(t, period, mul):
    """The number of the cycle that t is in, its start and its length."""
    if mul == 1:
        i = t // period
        return i, mpf(i * period), mpf(period)
    i, start, length = 0, mpf(0), mpf(period)
    while start + length <= t:
        start, length, i = start + length, length * mpf(mul), i + 1
    return i, start, length


def cosine(lr, lr_period_updates, min_lr=0.0, warmup_updates=0, warmup_init_lr=-1, t_mult=1.0, lr_shrink=0.1):
    def value(s):
        if s < warmup_updates:
            return ramp(min_lr if warmup_init_lr < 0 else warmup_init_lr, lr, s, warmup_updates)
        i, start, length = cycle_of(s - warmup_updates, lr_period_updates, t_mult)
        return mpf(lr_shrink) ** i * (min_lr + (mpf(lr) - min_lr) * hc((s - warmup_updates - start) / length))
    return value


def inverse_sqrt(lr, warmup_updates=4000, warmup_init_lr=-1):
    W = warmup_updates
    return lambda s: ramp(max(warmup_init_lr, 0), lr, s, W) if s < W else mpf(lr) * mp.sqrt(mpf(W) / s)


def tri_stage(lr, warmup_steps=0, hold_steps=0, decay_steps=0, init_lr_scale=0.01, final_lr_scale=0.01):
    W, H, D, last = warmup_steps, hold_steps, decay_steps, mpf(final_lr_scale)

    def value(s):
        if s < W:
            return mpf(lr) * ramp(init_lr_scale, 1, s, W)
        return mpf(lr) * (1 if s < W + H else last ** (mpf(s - W - H) / D) if s <= W + H + D else last)
    return value


def triangular(lr, max_lr, lr_period_updates=5000, lr_shrink=0.1, shrink_min=False):
    half = lr_period_updates // 2

    def value(s):
        cycle, j = divmod(s, 2 * half)
        shrunk = mpf(lr_shrink) ** cycle
        low, high = mpf(lr) * (shrunk if shrink_min else 1), mpf(max_lr) * shrunk
        return low + (high - low) * min(j, 2 * half - j) / half
    return value


def step(lr, lr_decay=0.5, lr_decay_period=25000, min_lr=0.0, warmup_updates=0, warmup_init_lr=-1):
    def value(s):
        if s < warmup_updates:
            return ramp(min_lr if warmup_init_lr < 0 else warmup_init_lr, lr, s, warmup_updates)
        return max(mpf(lr) * mpf(lr_decay) ** ((s - warmup_updates) // lr_decay_period), mpf(min_lr))
    return value


EXACT = {f.__name__: f for f in (fixed, polynomial_decay, cosine, inverse_sqrt, tri_stage, triangular, step)}


def moved(fields, last):
    """The steps where the peer's logarithm puts another cycle than the right one."""
    mul, period, W = fields.get("t_mult", 1), fields["lr_period_updates"], fields.get("warmup_updates", 0)
    found, start, length = set(), 0.0, float(period)
    while mul > 1 and start + length < last:
        start, length = start + length, length * mul
        for t in range(max(0, round(start) - 2), round(start) + 3):
            if math.floor(math.log(1 - t / period * (1 - mul), mul)) != cycle_of(t, period, mul)[0] and t + W <= last:
                found.add(t + W)
    return found


def case(name, chosen, **fields):
    fields = {k: v for k, v in fields.items() if v is not None}
    wrong = moved(fields, chosen[-1]) if name == "cosine" else set()
    chosen = sorted({*chosen, *wrong})
    trace.case(text("fairseq", name, **fields), chosen, values_of(name, fields, chosen), EXACT[name](**fields), RESTART if wrong else None)


def rate():
    return log_uniform(rng, 1e-5, 1)


def picked(total, landmarks=(), **options):
    return steps(total, landmarks, between=10, seed=rng.randrange(1000), **options)


def run():
    T = rng.choice(TOTALS)
    return warmups(rng, T), T


# --- the grid

for W in (0, 1, 2, 3, 10, 1000, 1_000_000):
    case("fixed", picked(W + 10, [W]), lr=0.1, warmup_updates=W)
for _ in range(15):
    W, T = run()
    case("fixed", picked(T, [W]), lr=rate(), warmup_updates=W)

for W, T in ((0, 1), (1, 1), (0, 2), (1, 2), (2, 2), (0, 100), (1, 100), (2, 100), (99, 100), (100, 100), (120, 100), (10, 100), (0, 0), (2000, 1_000_000)):
    case("polynomial_decay", picked(T, [W]), lr=0.1, warmup_updates=W, total_num_update=T, end_learning_rate=0.01, power=2.0)
case("polynomial_decay", picked(100), lr=0.1, total_num_update=100)
case("polynomial_decay", picked(100), lr=0.1, total_num_update=100, end_learning_rate=0.1)
case("polynomial_decay", picked(100), lr=0.1, total_num_update=100, end_learning_rate=0.3, power=2.0)
for _ in range(25):
    (W, T), lr = run(), rate()
    case("polynomial_decay", picked(T, [W]), lr=lr, warmup_updates=W, total_num_update=T, end_learning_rate=rng.choice((None, 1e-6, 0.1 * lr)),
         power=rng.choice((*POWERS, uniform(rng, 0.2, 5))))


def joints(period, mul, W, n):
    found, at, length = [], 0, period
    for _ in range(n):
        at, length = at + length, length * mul
        found.append(W + math.ceil(at))
    return found


for period, mul, n in ((100, None, 3), (1, None, 4), (2, None, 4), (10, 2.0, 5), (10, 3.0, 6), (2, 10.0, 4), (10, 1.5, 6), (100, 1.1, 4), (100, 0.5, 2)):
    for W in (None, 7):
        at = joints(period, mul or 1, W or 0, n)
        case("cosine", picked(max(at), [W or 0, *at[:3]]), lr=1.0, min_lr=0.1, warmup_updates=W, lr_period_updates=period, t_mult=mul, lr_shrink=0.8)
for extra in ({}, {"min_lr": 0.01}, {"warmup_init_lr": 0.001}, {"warmup_init_lr": 0.3}, {"lr_shrink": 1.0}, {"lr_shrink": 0.0}, {"min_lr": 0.1}):
    case("cosine", picked(90, [10, 90]), lr=0.1, warmup_updates=10, lr_period_updates=80, **extra)
for _ in range(25):
    (W, T), lr = run(), rate()
    period = max(1, T // rng.choice((1, 2, 3)))
    at = joints(period, 1, W, 2)
    case("cosine", picked(T, [W, *at]), lr=lr, min_lr=rng.choice((None, 1e-6, 0.1 * lr)), warmup_updates=W, warmup_init_lr=rng.choice((None, 1e-7, 0.2 * lr)),
         t_mult=rng.choice((None, None, 2.0, 1.3)), lr_period_updates=period, lr_shrink=rng.choice((None, 0.5, 1.0)))

for W in (0, 1, 2, 3, 10, 100, None, 12_345, 1_000_000):
    for first in (None, 1e-3):
        case("inverse_sqrt", picked(2 * (4000 if W is None else W) + 20, [4000 if W is None else W]), lr=0.1, warmup_updates=W, warmup_init_lr=first)
for _ in range(15):
    W, T = run()
    case("inverse_sqrt", picked(T, [W]), lr=rate(), warmup_updates=max(W, 1), warmup_init_lr=rng.choice((None, 0.0, 1e-7)))

for W, H, D in ((0, 0, 1), (1, 0, 1), (2, 0, 2), (10, 20, 30), (0, 20, 30), (10, 0, 30), (10, 20, 0), (0, 0, 0), (3000, 40_000, 100_000)):
    case("tri_stage", picked(W + H + D, [W, W + H]), lr=0.1, warmup_steps=W, hold_steps=H, decay_steps=D)
for first, last in ((1.0, 1.0), (0.0, 0.01), (0.01, 0.5), (0.01, 0.0), (0.5, 1e-6), (2.0, 2.0)):
    case("tri_stage", picked(60, [10, 30]), lr=0.1, warmup_steps=10, hold_steps=20, decay_steps=30, init_lr_scale=first, final_lr_scale=last)
for _ in range(25):
    T = rng.choice(TOTALS)
    W, H = rng.choice((0, 1, T // 10)), rng.choice((0, 1, T // 2))
    case("tri_stage", picked(W + H + T, [W, W + H]), lr=rate(), warmup_steps=W, hold_steps=H, decay_steps=T,
         init_lr_scale=rng.choice((None, 0.0, 0.1)), final_lr_scale=rng.choice((None, 0.05, 1e-4)))

for period in (1, 2, 3, 10, 11, None):
    size = (5000 if period is None else period) // 2
    for low in (False, True):
        case("triangular", picked(6 * size, [size, 2 * size, 3 * size, 4 * size]), lr=0.01, max_lr=0.1, lr_period_updates=period, shrink_min=low)
case("triangular", picked(40, [5, 10, 15]), lr=0.1, max_lr=0.1, lr_period_updates=10)
for _ in range(20):
    period, lr = rng.choice((2, 3, 10, 100, 1001, 12_345)), log_uniform(rng, 1e-6, 1e-2)
    size = period // 2
    case("triangular", picked(5 * size, [size, 2 * size, 3 * size]), lr=lr, max_lr=rng.choice((2.0, 10.0, 50.0)) * lr, lr_period_updates=period,
         lr_shrink=rng.choice((None, 0.5, 0.9, 1.0)), shrink_min=rng.choice((False, True)))

for fields in ({}, {"lr_decay_period": 30}, {"lr_decay_period": 1}, {"lr_decay_period": 0}, {"lr_decay_period": 30, "lr_decay": 1.0},
               {"lr_decay_period": 30, "lr_decay": 0.0}, {"lr_decay_period": 30, "lr_decay": 1.5}, {"lr_decay_period": 30, "min_lr": 0.03},
               {"lr_decay_period": 30, "warmup_updates": 10}, {"lr_decay_period": 30, "warmup_updates": 10, "min_lr": 0.03},
               {"lr_decay_period": 30, "warmup_updates": 10, "warmup_init_lr": 0.02}, {"lr_decay_period": 30, "min_lr": 0.1}):
    n, W = fields.get("lr_decay_period", 25_000), fields.get("warmup_updates", 0)
    case("step", picked(4 * n + 10, [W, W + n, W + 2 * n]), lr=0.1, **fields)
for _ in range(20):
    (W, T), lr = run(), rate()
    n = max(1, int(T / uniform(rng, 0.8, 12)))
    case("step", picked(T, [W, W + n, W + 2 * n]), lr=lr, lr_decay=rng.choice((None, 0.1, 0.9, 0.9999)), lr_decay_period=n,
         min_lr=rng.choice((None, 0.01 * lr)), warmup_updates=W, warmup_init_lr=rng.choice((None, 1e-7)))

# --- the wrong cycles there are

for mul in (1.1, 1.3, 1.5, 2.0, 3.0, 4.0, 5.0, 10.0):
    for period in (1, 2, 7, 10, 100):
        if found := moved({"lr_period_updates": period, "t_mult": mul}, 1_000_000):
            print(f"wrong cycle: lr_period_updates={period} t_mult={mul}: {sorted(found)}")

trace.write()
