# SPDX-License-Identifier: MIT
"""Traces the schedulers of mmengine.optim.scheduler, stepped once after every update from the first on.

    python3.11 -m venv venv
    venv/bin/pip install mmengine==0.10.7 torch==2.15.0 mpmath==1.3.0
    venv/bin/python tests/parity/generate/mmengine.py

A scheduler acts on the updates from begin to end - 1 and leaves the rate alone before and after them.
"""

import sys
from pathlib import Path

# The scripts here have the names of the packages that they trace.
sys.path = [p for p in sys.path if Path(p or ".").resolve() != Path(__file__).resolve().parent]
import mmengine  # noqa: E402
import torch  # noqa: E402
from mmengine.optim import scheduler as peer  # noqa: E402
from mpmath import mpf  # noqa: E402

sys.path.append(str(Path(__file__).resolve().parent))
from common import POWERS, Trace, floors, hc, log_uniform, random_of, steps, text, uniform  # noqa: E402
from torch_walk import resumes, walk  # noqa: E402

FOREVER = 1_000_000_000  # the peer's default of end
TOTALS = (1, 2, 3, 10, 100, 1000, 12_345)
DRIFT = ("the recursive form leaves the minimum through a ratio of two differences near 0 that have lost "
         "most of their digits, and keeps that error")

rng = random_of(25)
trace = Trace("mmengine", f"mmengine {mmengine.__version__}, torch {torch.__version__.split('+')[0]}, float64")


# --- the exact values; `curve` has the steps from begin on, and how many there are

def within(curve):
    def exact(lr, begin=0, end=FOREVER, **own):
        f, n = curve(mpf(lr), end - begin, **own), end - begin
        return lambda s: mpf(lr) if s < begin else f(min(s - begin, n - 1))
    return exact


def constant_lr(lr, n, factor=1 / 3):
    return lambda j: lr if 0 < j == n - 1 else lr * mpf(factor)


def linear_lr(lr, n, start_factor=1 / 3, end_factor=1.0):
    a, b = mpf(start_factor), mpf(end_factor)
    return lambda j: lr * (a + (b - a) * j / (n - 1) if j else a)


def poly_lr(lr, n, eta_min=0, power=1.0):
    return lambda j: eta_min + (lr - eta_min) * (mpf(n - 1 - j) / (n - 1)) ** mpf(power) if j else lr


def cosine_annealing_lr(lr, n, T_max=None, eta_min=0.0):
    return lambda j: eta_min + (lr - eta_min) * hc(mpf(j) / (T_max or n))


def exponential_lr(lr, n, gamma):
    return lambda j: lr * mpf(gamma) ** j


def step_lr(lr, n, step_size, gamma=0.1):
    return lambda j: lr * mpf(gamma) ** (j // step_size if step_size else 0)


def multi_step_lr(lr, n, milestones, gamma=0.1):
    return lambda j: lr * mpf(gamma) ** sum(m <= j for m in milestones)


EXACT = {f.__name__: within(f) for f in (constant_lr, linear_lr, poly_lr, cosine_annealing_lr, exponential_lr, step_lr, multi_step_lr)}
PEER = {"constant_lr": peer.ConstantLR, "linear_lr": peer.LinearLR, "poly_lr": peer.PolyLR, "cosine_annealing_lr": peer.CosineAnnealingLR,
        "exponential_lr": peer.ExponentialLR, "step_lr": peer.StepLR, "multi_step_lr": peer.MultiStepLR}


def build(name, fields):
    own = {k: v for k, v in fields.items() if k != "lr"}
    return lambda optim: PEER[name](optim, **own)


def case(name, chosen, note=None, **fields):
    fields = {k: v for k, v in fields.items() if v is not None}
    trace.case(text("mmengine", name, **fields), chosen, walk(build(name, fields), fields["lr"], chosen), EXACT[name](**fields), note)


def rate():
    return log_uniform(rng, 1e-5, 1)


def picked(total, landmarks=(), **options):
    return steps(total, landmarks, between=10, seed=rng.randrange(1000), **options)


def spans():
    """Where a schedule begins and ends."""
    corners = [(0, 1), (0, 2), (0, 3), (0, 100), (5, 6), (5, 7), (5, 105), (1, 101)]
    randomly = [(b, b + rng.choice(TOTALS)) for b in (rng.choice((0, 0, 1, 2, 10, 500)) for _ in range(25))]
    return corners + randomly


# --- the grid

for begin, end in spans():
    n, where = end - begin, {"begin": begin or None, "end": end}
    landmarks = [begin] if begin else []
    lr = rate()
    case("constant_lr", picked(end, landmarks), lr=lr, factor=rng.choice((None, 0.1, 1.0, uniform(rng, 0.001, 1))), **where)
    case("linear_lr", picked(end, landmarks), lr=lr, start_factor=rng.choice((None, 0.001, 1.0, uniform(rng, 0.001, 1))),
         end_factor=rng.choice((None, 0.1, 0.0, uniform(rng, 0, 1))), **where)
    case("poly_lr", picked(end, landmarks), lr=lr, eta_min=rng.choice((None, floors(rng, lr))), power=rng.choice((None, *POWERS)), **where)
    T_max = rng.choice((None, n, max(1, n - 1), max(1, n // 2), max(1, n // 3)))
    case("cosine_annealing_lr", picked(end, [*landmarks, begin + (T_max or n)]), lr=lr, T_max=T_max,
         eta_min=rng.choice((None, floors(rng, lr))), **where)
    case("exponential_lr", picked(end, landmarks), lr=lr, gamma=rng.choice((0.1, 0.9, 0.99, 0.9999, uniform(rng, 0.1, 1, 5))), **where)
    size = max(1, n // rng.choice((1, 2, 3, 7)))
    case("step_lr", picked(end, [begin + size, begin + 2 * size]), lr=lr, step_size=size, gamma=rng.choice((None, 0.5, 0.9)), **where)
    milestones = sorted(rng.choices(range(0, n + 2), k=rng.randrange(1, 6)))
    case("multi_step_lr", picked(end, [begin + m for m in milestones[:4]]), lr=lr, milestones=milestones, gamma=rng.choice((None, 0.5, 0.9)),
         **where)

# Without an end.
for name, own in (("constant_lr", {}), ("linear_lr", {}), ("poly_lr", {}), ("poly_lr", {"power": 2.0, "eta_min": 0.01}),
                  ("cosine_annealing_lr", {"T_max": 40}), ("cosine_annealing_lr", {"T_max": 1, "eta_min": 0.01}),
                  ("cosine_annealing_lr", {"T_max": 40, "eta_min": 0.1}), ("cosine_annealing_lr", {}),
                  ("exponential_lr", {"gamma": 0.9}), ("step_lr", {"step_size": 30}), ("multi_step_lr", {"milestones": [30, 80]}),
                  ("multi_step_lr", {"milestones": [0, 30, 30]}), ("multi_step_lr", {"milestones": []})):
    for begin in (None, 3):
        case(name, picked(100, [3, 30, 43]), lr=0.1, begin=begin, **own)
case("constant_lr", picked(10), lr=0.1, factor=0.0, end=5)
case("constant_lr", picked(10), lr=0.1, factor=1.5, end=5)
case("linear_lr", picked(10), lr=0.1, start_factor=0.0, end=5)
case("linear_lr", picked(10), lr=0.1, start_factor=0.0, end=1)
case("linear_lr", picked(10), lr=0.1, start_factor=1.0, end_factor=0.0, end=11)
case("step_lr", picked(10), lr=0.1, step_size=0)
case("poly_lr", picked(10), lr=0.1, eta_min=0.1, end=5)
case("poly_lr", picked(10), lr=0.1, eta_min=0.3, power=2.0, end=5)
case("poly_lr", picked(10), lr=0.1, begin=5, end=5)
case("cosine_annealing_lr", picked(24_690, [12_345]), DRIFT, lr=6e-4, T_max=12_345, eta_min=6e-5)
case("linear_lr", picked(1_000_000, last=1_000_002), lr=6e-4, start_factor=1e-3, end=1_000_000)
case("poly_lr", picked(1_000_000, last=1_000_002), lr=6e-4, power=0.9, eta_min=1e-6, end=1_000_000)

for name, fields in (("constant_lr", {"end": 50}), ("linear_lr", {"end": 50}), ("poly_lr", {"end": 70, "power": 0.5}),
                     ("cosine_annealing_lr", {"T_max": 60}), ("exponential_lr", {"gamma": 0.9}), ("step_lr", {"step_size": 7}),
                     ("multi_step_lr", {"milestones": [7, 38, 60]})):
    for begin in (0, 5):
        for at in (1, 4, 5, 6, 37, 49, 50, 60, 61, 70):
            if not resumes(build(name, {"lr": 0.1, "begin": begin, **fields}), 0.1, list(range(100)), at):
                print(f"resumed otherwise: {name} {fields} begin {begin} at {at}")

trace.write()
