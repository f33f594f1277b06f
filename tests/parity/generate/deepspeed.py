# SPDX-License-Identifier: MIT
"""Traces the schedulers of deepspeed.runtime.lr_schedules, stepped after every update as its engine does.

    python3.11 -m venv venv
    venv/bin/pip install torch==2.15.0 mpmath==1.3.0
    DS_BUILD_OPS=0 venv/bin/pip install deepspeed==0.19.8
    venv/bin/python tests/parity/generate/deepspeed.py

The constructor counts as update -1: update 0 runs with what it sets, and the scheduler is first asked (with 0) after
that update.
"""

import logging
import sys
from pathlib import Path

# The scripts here have the names of the packages that they trace.
sys.path = [p for p in sys.path if Path(p or ".").resolve() != Path(__file__).resolve().parent]
import deepspeed  # noqa: E402
import torch  # noqa: E402
from deepspeed.runtime import lr_schedules as peer  # noqa: E402
from deepspeed.utils import logger  # noqa: E402
from mpmath import mp, mpf  # noqa: E402

sys.path.append(str(Path(__file__).resolve().parent))
from common import TOTALS, Trace, floors, hc, log_uniform, random_of, steps, text, uniform  # noqa: E402
from torch_walk import optimizer, rates, resumes  # noqa: E402

logger.setLevel(logging.ERROR)  # no word of warm-ups longer than the run
rng = random_of(23)
trace = Trace("deepspeed", f"deepspeed {deepspeed.__version__}, torch {torch.__version__.split('+')[0]}, float64")


# --- the exact values of update s, whose rate was set with the number s - 1

def ramp(t, W, kind):
    return mp.log(t + 1) / mp.log(W) if kind == "log" else mpf(t) / W


def warmup_lr(warmup_min_lr=0.0, warmup_max_lr=0.001, warmup_num_steps=1000, warmup_type="log", after=lambda t, W: mpf(1)):
    W, low = max(2, warmup_num_steps), mpf(warmup_min_lr)

    def value(s):
        if s == 0:
            return low
        g = ramp(s - 1, W, warmup_type) if s - 1 < W else after(s - 1, W)
        return low + (mpf(warmup_max_lr) - low) * g
    return value


def warmup_decay_lr(total_num_steps, **fields):
    T = total_num_steps
    return warmup_lr(**fields, after=lambda t, W: mpf(max(0, T - t)) / max(1, T - W))


def warmup_cosine_lr(lr, total_num_steps, warmup_min_ratio=0.0, warmup_num_steps=1000, cos_min_ratio=0.0001, warmup_type="log"):
    W, T, low, floor = max(2, warmup_num_steps), total_num_steps, mpf(warmup_min_ratio), mpf(cos_min_ratio)

    def value(s):
        if s == 0:
            return mpf(0)
        if s - 1 < W:
            return mpf(lr) * (low + (1 - low) * ramp(s - 1, W, warmup_type))
        return mpf(lr) * (floor + (1 - floor) * hc(min(mpf(1), mpf(s - W) / max(1, T - W))))
    return value


def one_cycle(cycle_min_lr, cycle_max_lr, decay_lr_rate=0.0, cycle_first_step_size=2000, cycle_second_step_size=None,
              cycle_first_stair_count=0, cycle_second_stair_count=None, decay_step_size=0):
    up, low = cycle_first_step_size, mpf(cycle_min_lr)
    down = cycle_second_step_size if cycle_second_step_size is not None else up
    stairs_up = cycle_first_stair_count
    stairs_down = stairs_up if cycle_second_stair_count is None else cycle_second_stair_count

    def value(s):
        if s > up + down:
            return low / (1 + mpf(decay_lr_rate) * (s - up - down) / decay_step_size) if decay_step_size else low
        if s == up + down:
            return low
        done, size, stairs = (s, up, stairs_up) if s <= up else (up + down - s, down, stairs_down)
        x = mpf(done * stairs // size) / stairs if stairs > 0 else mpf(done) / size
        return low + (mpf(cycle_max_lr) - low) * x
    return value


def one_cycle_momentum(cycle_min_mom=0.8, cycle_max_mom=0.9, **fields):
    c = one_cycle(cycle_min_mom, cycle_max_mom, **fields)
    return lambda s: mpf(cycle_max_mom) + cycle_min_mom - c(s) if s else mpf(cycle_min_mom)


def lr_range_test(lr_range_test_min_lr=0.001, lr_range_test_step_size=2000, lr_range_test_step_rate=1.0, lr_range_test_staircase=False):
    n = lr_range_test_step_size
    return lambda s: mpf(lr_range_test_min_lr) * (1 + mpf(lr_range_test_step_rate) * (s // n if lr_range_test_staircase else mpf(s) / n))


EXACT = {f.__name__: f for f in (warmup_lr, warmup_decay_lr, warmup_cosine_lr, one_cycle, one_cycle_momentum, lr_range_test)}
PEER = {"warmup_lr": peer.WarmupLR, "warmup_decay_lr": peer.WarmupDecayLR, "warmup_cosine_lr": peer.WarmupCosineLR,
        "one_cycle": peer.OneCycle, "lr_range_test": peer.LRRangeTest,
        "one_cycle_momentum": lambda optim, **fields: peer.OneCycle(optim, cycle_min_lr=0.1, cycle_max_lr=0.5, **fields)}


def build(name, fields):
    own = {k: v for k, v in fields.items() if k != "lr"}
    if name == "one_cycle":
        own["cycle_momentum"] = False
    return (lambda optim: PEER[name](optim, **own)), fields.get("lr", 0.5)


def values_of(name, fields, chosen):
    make, lr = build(name, fields)
    momentum = name == "one_cycle_momentum"
    optim = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))]) if momentum else optimizer(lr)
    try:
        scheduler = make(optim)
    except Exception as error:
        return [error] * len(chosen)
    found = []
    for s in chosen:  # a function of the number of updates, so the steps between need not be taken
        try:
            if s:
                scheduler.step(s - 1)
            group = optim.param_groups[0]
            found.append(float(group["betas"][0] if momentum else group["lr"]))
        except Exception as error:
            found.append(error)
    return found


def case(name, chosen, **fields):
    fields = {k: v for k, v in fields.items() if v is not None}
    trace.case(text("deepspeed", name, **fields), chosen, values_of(name, fields, chosen), EXACT[name](**fields))


def rate():
    return log_uniform(rng, 1e-5, 1)


def picked(total, landmarks=(), **options):
    return steps(total, landmarks, between=10, seed=rng.randrange(1000), **options)


# --- the grid

CORNERS = ((1, 1), (1, 2), (2, 2), (3, 3), (1, 100), (2, 100), (3, 100), (10, 100), (99, 100), (100, 100), (101, 100), (150, 100),
           (2000, 1_000_000))
KINDS = ("log", "linear")


def run():
    T = rng.choice(TOTALS)
    return rng.choice(sorted({1, 2, max(1, T // 10), max(1, T // 3), max(1, T - 1), T})), T


for kind in KINDS:
    for W in (0, 1, 2, 3, 10, 100, 1000, 12_345):
        case("warmup_lr", picked(W + 5, [W]), warmup_max_lr=0.1, warmup_num_steps=W, warmup_type=kind)
    case("warmup_lr", picked(40, [10]), warmup_min_lr=0.01, warmup_max_lr=0.1, warmup_num_steps=10, warmup_type=kind)
    case("warmup_lr", picked(40, [10]), warmup_min_lr=0.3, warmup_max_lr=0.1, warmup_num_steps=10, warmup_type=kind)
    case("warmup_lr", picked(40, [10]), warmup_min_lr=0.1, warmup_max_lr=0.1, warmup_num_steps=10, warmup_type=kind)
    for W, T in CORNERS:
        case("warmup_decay_lr", picked(T, [W]), total_num_steps=T, warmup_min_lr=0.001, warmup_max_lr=0.1, warmup_num_steps=W, warmup_type=kind)
        case("warmup_cosine_lr", picked(T, [W]), lr=0.1, total_num_steps=T, warmup_num_steps=W, warmup_type=kind)
    case("warmup_cosine_lr", picked(100, [10]), lr=0.1, total_num_steps=100, warmup_num_steps=10, warmup_min_ratio=0.2, warmup_type=kind)
    case("warmup_cosine_lr", picked(100, [10]), lr=0.1, total_num_steps=100, warmup_num_steps=10, cos_min_ratio=1.0, warmup_type=kind)
    case("warmup_cosine_lr", picked(100, [10]), lr=0.1, total_num_steps=100, warmup_num_steps=10, cos_min_ratio=0.0, warmup_type=kind)
    case("warmup_cosine_lr", picked(100, [10]), lr=0.1, total_num_steps=100, warmup_num_steps=10, cos_min_ratio=2.0, warmup_type=kind)
case("warmup_decay_lr", picked(100, [10]), total_num_steps=100, warmup_num_steps=10)
case("warmup_decay_lr", picked(0), total_num_steps=0, warmup_num_steps=10)
case("warmup_cosine_lr", picked(0), lr=0.1, total_num_steps=0, warmup_num_steps=10)
case("warmup_cosine_lr", picked(5000, [1000]), lr=0.1, total_num_steps=5000)
for _ in range(25):
    W, T = run()
    high = rate()
    case("warmup_lr", picked(T, [W]), warmup_min_lr=rng.choice((None, floors(rng, high))), warmup_max_lr=high, warmup_num_steps=W,
         warmup_type=rng.choice((None, *KINDS)))
    W, T = run()
    high = rate()
    case("warmup_decay_lr", picked(T, [W]), total_num_steps=T, warmup_min_lr=rng.choice((None, floors(rng, high))), warmup_max_lr=high,
         warmup_num_steps=W, warmup_type=rng.choice((None, *KINDS)))
    W, T = run()
    case("warmup_cosine_lr", picked(T, [W]), lr=rate(), total_num_steps=T, warmup_min_ratio=rng.choice((None, 0.0, 0.01, 0.5)),
         warmup_num_steps=W, cos_min_ratio=rng.choice((None, 0.0, 0.1, 0.5)), warmup_type=rng.choice((None, *KINDS)))

case("one_cycle", picked(4000, [2000]), cycle_min_lr=1e-3, cycle_max_lr=0.1)
case("one_cycle", picked(5000, [2000, 4000]), cycle_min_lr=1e-3, cycle_max_lr=0.1, decay_lr_rate=0.1, decay_step_size=100)
for up, down in ((1, None), (1, 0), (5, 0), (10, 1), (10, 30), (0, 5), (3, 7)):
    total = up + (up if down is None else down)
    case("one_cycle", picked(total, [up]), cycle_min_lr=0.01, cycle_max_lr=0.1, cycle_first_step_size=up, cycle_second_step_size=down,
         decay_lr_rate=0.5, decay_step_size=3)
for stairs in ((0, None), (1, None), (3, None), (4, 0), (0, 3), (4, 7), (10, 10), (50, 3)):
    for up, down in ((10, None), (10, 30), (7, 3)):
        total = up + (up if down is None else down)
        case("one_cycle", list(range(0, total + 4)), cycle_min_lr=0.01, cycle_max_lr=0.1, cycle_first_step_size=up, cycle_second_step_size=down,
             cycle_first_stair_count=stairs[0], cycle_second_stair_count=stairs[1])
case("one_cycle", picked(20, [10]), cycle_min_lr=0.1, cycle_max_lr=0.01, cycle_first_step_size=10)
case("one_cycle", picked(20, [10]), cycle_min_lr=0.0, cycle_max_lr=0.01, cycle_first_step_size=10, decay_lr_rate=0.5, decay_step_size=2)
case("one_cycle", picked(20, [10]), cycle_min_lr=0.01, cycle_max_lr=0.1, cycle_first_step_size=10, decay_lr_rate=0.0, decay_step_size=2)
case("one_cycle", picked(20, [10]), cycle_min_lr=0.01, cycle_max_lr=0.1, cycle_first_step_size=10, decay_lr_rate=0.5, decay_step_size=0)
for _ in range(25):
    up = rng.choice((1, 2, 3, 10, 77, 1000, 12_345, 400_000))
    down = rng.choice((None, 1, up, 2 * up + 1))
    total, high = up + (up if down is None else down), rate()
    case("one_cycle", picked(total, [up]), cycle_min_lr=rng.choice((0.1 * high, 1e-6, 0.0, high)), cycle_max_lr=high, cycle_first_step_size=up,
         cycle_second_step_size=down, cycle_first_stair_count=rng.choice((None, None, 0, 3, 10)),
         cycle_second_stair_count=rng.choice((None, None, 5)), decay_lr_rate=rng.choice((None, 0.01, uniform(rng, 0, 2))),
         decay_step_size=rng.choice((None, 1, max(1, up // 10))))

case("lr_range_test", picked(2000))
for stairs in (False, True):
    for n in (0, 1, 2, 3, 10, 2000):
        case("lr_range_test", picked(5 * n, [n, 2 * n]), lr_range_test_min_lr=1e-4, lr_range_test_step_size=n, lr_range_test_step_rate=0.7,
             lr_range_test_staircase=stairs)
    for _ in range(10):
        n = rng.choice((1, 2, 3, 10, 77, 1000, 12_345))
        case("lr_range_test", picked(6 * n, [n, 2 * n, 3 * n]), lr_range_test_min_lr=rate(), lr_range_test_step_size=n,
             lr_range_test_step_rate=rng.choice((0.0, 1.0, 5.0, uniform(rng, 0, 2))), lr_range_test_staircase=stairs)

for stairs in ((0, None), (3, None), (4, 7)):
    for up, down in ((10, None), (10, 30), (7, 3), (5, 0), (2000, None)):
        total = up + (up if down is None else down)
        case("one_cycle_momentum", steps(total, [up]), cycle_first_step_size=up, cycle_second_step_size=down,
             cycle_first_stair_count=stairs[0], cycle_second_stair_count=stairs[1])
case("one_cycle_momentum", steps(4000, [2000]), cycle_min_mom=0.0, cycle_max_mom=1.0)
case("one_cycle_momentum", steps(20, [10]), cycle_min_mom=0.7, cycle_max_mom=0.7, cycle_first_step_size=10)
case("one_cycle_momentum", steps(20, [10]), cycle_min_mom=0.9, cycle_max_mom=0.8, cycle_first_step_size=10)

# --- one by one, and a stop and a new start

for name, fields in (
        ("warmup_lr", {"warmup_max_lr": 0.1, "warmup_num_steps": 30}), ("warmup_decay_lr", {"total_num_steps": 100, "warmup_num_steps": 30}),
        ("warmup_cosine_lr", {"lr": 0.1, "total_num_steps": 100, "warmup_num_steps": 30}),
        ("one_cycle", {"cycle_min_lr": 0.1, "cycle_max_lr": 1.0, "cycle_first_step_size": 30, "decay_lr_rate": 0.1, "decay_step_size": 7}),
        ("lr_range_test", {"lr_range_test_step_size": 30})):
    make, lr = build(name, fields)
    optim = optimizer(lr)
    if rates(make(optim), optim, range(120)) != values_of(name, fields, list(range(120))):
        print(f"one by one otherwise: {name} {fields}")
    for at in (1, 2, 30, 31, 70):
        if not resumes(make, lr, list(range(120)), at):
            print(f"resumed otherwise: {name} {fields} at {at}")

trace.write()
