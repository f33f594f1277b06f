# SPDX-License-Identifier: MIT
"""Traces the schedulers of torch.optim.lr_scheduler (and SWALR), stepped once after every update from the first on.

    python3.11 -m venv venv
    venv/bin/pip install torch==2.15.0 mpmath==1.3.0
    venv/bin/python tests/parity/generate/pytorch.py
"""

import math
import sys
from pathlib import Path

# The scripts here have the names of the packages that they trace.
sys.path = [p for p in sys.path if Path(p or ".").resolve() != Path(__file__).resolve().parent]
import torch  # noqa: E402
from mpmath import mpf  # noqa: E402
from torch.optim import lr_scheduler as peer  # noqa: E402
from torch.optim.swa_utils import SWALR  # noqa: E402

sys.path.append(str(Path(__file__).resolve().parent))
from common import POWERS, Trace, floors, hc, log_uniform, random_of, steps, text, uniform  # noqa: E402
from torch_walk import optimizer, rates, resumes, walk  # noqa: E402

TOTALS = (1, 2, 3, 10, 100, 1000, 12_345)
DRIFT = ("the recursive form leaves the minimum through a ratio of two differences near 0 that have lost "
         "most of their digits, and keeps that error")

rng = random_of(20)
trace = Trace("pytorch", f"torch {torch.__version__.split('+')[0]}, float64")


# --- the exact values

def constant_lr(lr, factor=1 / 3, total_iters=5):
    return lambda s: mpf(lr) * (mpf(factor) if s < total_iters or total_iters == 0 else 1)


def linear_lr(lr, start_factor=1 / 3, end_factor=1.0, total_iters=5):
    a, b, n = mpf(start_factor), mpf(end_factor), total_iters
    return lambda s: mpf(lr) * (a + (b - a) * min(s, n) / n if n else a)


def exponential_lr(lr, gamma):
    return lambda s: mpf(lr) * mpf(gamma) ** s


def step_lr(lr, step_size, gamma=0.1):
    return lambda s: mpf(lr) * mpf(gamma) ** (s // step_size if step_size else 0)


def multi_step_lr(lr, milestones, gamma=0.1):
    return lambda s: mpf(lr) * mpf(gamma) ** sum(m <= s for m in milestones)


def polynomial_lr(lr, total_iters=5, power=1.0):
    n = total_iters
    return lambda s: mpf(lr) * ((mpf(n - min(s, n)) / n) ** mpf(power) if n else 1)


def cosine_annealing_lr(lr, T_max, eta_min=0.0):
    return lambda s: eta_min + (mpf(lr) - eta_min) * hc(mpf(s) / T_max)


def cosine_annealing_warm_restarts(lr, T_0, T_mult=1, eta_min=0.0):
    def value(s):
        length = T_0
        while s >= length:
            s -= length
            length *= T_mult
        return eta_min + (mpf(lr) - eta_min) * hc(mpf(s) / length)

    def in_one(s):  # equal cycles can be many
        return eta_min + (mpf(lr) - eta_min) * hc(mpf(s % T_0) / T_0)
    return in_one if T_mult == 1 else value


def cyclic_lr(base_lr, max_lr, step_size_up=2000, step_size_down=None, mode="triangular", gamma=1.0):
    up = step_size_up
    size = up + (step_size_down if step_size_down is not None else up)

    def value(s):
        cycle, x = divmod(s, size)
        height = (mpf(x) / up if x <= up else mpf(size - x) / (size - up)) * (mpf(max_lr) - mpf(base_lr))
        return base_lr + height * {"triangular": 1, "triangular2": mpf(2) ** -cycle, "exp_range": mpf(gamma) ** s}[mode]
    return value


def through(joints, anneal_strategy):
    """From each (step, value) to the next, by phases of one shape."""
    def value(s):
        i = 1
        while i + 1 < len(joints) and s > joints[i][0]:
            i += 1
        (start, a), (end, b) = joints[i - 1], joints[i]
        x = (s - start) / (end - start)
        return b + (a - b) * hc(x) if anneal_strategy == "cos" else a + (b - a) * x
    return value


def one_cycle_lr(max_lr, total_steps, pct_start=0.3, anneal_strategy="cos", div_factor=25.0, final_div_factor=1e4,
                 three_phase=False):
    T, pct, peak = total_steps, mpf(pct_start), mpf(max_lr)
    first = peak / mpf(div_factor)
    last = first / mpf(final_div_factor)
    joints = [(mpf(0), first), (pct * T - 1, peak)] + ([(2 * pct * T - 2, first)] if three_phase else []) + [(mpf(T - 1), last)]

    return through(joints, anneal_strategy)


def cyclic_momentum(base_momentum=0.8, max_momentum=0.9, **fields):
    c = cyclic_lr(base_momentum, max_momentum, **fields)
    return lambda s: mpf(max_momentum) + base_momentum - c(s)


def one_cycle_momentum(total_steps, base_momentum=0.85, max_momentum=0.95, pct_start=0.3, anneal_strategy="cos", three_phase=False):
    low, high, T, pct = mpf(base_momentum), mpf(max_momentum), total_steps, mpf(pct_start)
    joints = [(mpf(0), high), (pct * T - 1, low), *([(2 * pct * T - 2, high)] if three_phase else []), (mpf(T - 1), high)]
    return through(joints, anneal_strategy)


def swalr(lr, swa_lr, anneal_epochs=10, anneal_strategy="cos"):
    def value(s):
        t = min(mpf(1), mpf(s) / anneal_epochs) if anneal_epochs else mpf(1)
        alpha = t if anneal_strategy == "linear" else 1 - hc(t)
        return alpha * mpf(swa_lr) + (1 - alpha) * mpf(lr)
    return value


EXACT = {f.__name__: f for f in (
    constant_lr, linear_lr, exponential_lr, step_lr, multi_step_lr, polynomial_lr, cosine_annealing_lr,
    cosine_annealing_warm_restarts, cyclic_lr, cyclic_momentum, one_cycle_lr, one_cycle_momentum, swalr)}
PEER = {
    "constant_lr": peer.ConstantLR, "linear_lr": peer.LinearLR, "exponential_lr": peer.ExponentialLR,
    "step_lr": peer.StepLR, "multi_step_lr": peer.MultiStepLR, "polynomial_lr": peer.PolynomialLR,
    "cosine_annealing_lr": peer.CosineAnnealingLR, "cosine_annealing_warm_restarts": peer.CosineAnnealingWarmRestarts,
    "cyclic_lr": peer.CyclicLR, "one_cycle_lr": peer.OneCycleLR, "swalr": SWALR,
    "cyclic_momentum": lambda optim, **fields: peer.CyclicLR(optim, base_lr=0.1, max_lr=0.5, **fields),
    "one_cycle_momentum": lambda optim, **fields: peer.OneCycleLR(optim, max_lr=0.5, **fields)}


def build(name, fields):
    """A function of the optimizer, and the base rate."""
    own = {k: v for k, v in fields.items() if k != "lr" and v is not None}
    return (lambda optim: PEER[name](optim, **own)), fields.get("lr", 0.5)


def case(name, chosen, note=None, **fields):
    fields = {k: v for k, v in fields.items() if v is not None}
    make, lr = build(name, fields)
    trace.case(text("pytorch", name, **fields), chosen,
               walk(make, lr, chosen, "momentum" if name.endswith("_momentum") else "lr"), EXACT[name](**fields), note)


def rate():
    return log_uniform(rng, 1e-5, 1)


def picked(total, landmarks=(), **options):
    return steps(total, landmarks, between=10, seed=rng.randrange(1000), **options)


# --- one piece

for lr, fields, total in (
        (0.05, {}, 10), (1.0, {"factor": 0.5, "total_iters": 4}, 10), (0.1, {"factor": 1.0}, 10),
        (0.1, {"factor": 0.1, "total_iters": 0}, 10), (0.1, {"factor": 0.1, "total_iters": 1}, 10),
        (1e-3, {"factor": 0.0, "total_iters": 3}, 6), (1e-5, {"factor": 1e-300, "total_iters": 2}, 6)):
    case("constant_lr", picked(total, [fields.get("total_iters", 5)]), lr=lr, **fields)
for _ in range(25):
    n = rng.choice(TOTALS)
    case("constant_lr", picked(n), lr=rate(), factor=uniform(rng, 0.001, 1), total_iters=n)

for lr, fields in (
        (0.05, {}), (1.0, {"start_factor": 0.5, "total_iters": 4}), (0.1, {"start_factor": 1.0, "end_factor": 1.0}),
        (0.1, {"start_factor": 0.1, "total_iters": 0}), (0.1, {"start_factor": 0.1, "total_iters": 1}),
        (0.1, {"start_factor": 1.0, "end_factor": 0.0, "total_iters": 10}),
        (0.003, {"start_factor": 1.0, "end_factor": 0.0, "total_iters": 1000}),
        (0.3, {"start_factor": 0.7, "end_factor": 0.0, "total_iters": 7}),
        (1e-3, {"start_factor": 1e-8, "total_iters": 100}), (1e-3, {"start_factor": 1.0, "end_factor": 0.1, "total_iters": 2})):
    case("linear_lr", picked(fields.get("total_iters", 5)), lr=lr, **fields)
case("linear_lr", picked(1_000_000, last=1_000_002), lr=6e-4, start_factor=1e-3, total_iters=1_000_000)
for _ in range(25):
    case("linear_lr", (p := rng.choice(TOTALS)) and picked(p), lr=rate(), start_factor=uniform(rng, 1e-3, 1),
         end_factor=rng.choice((0.0, 0.1, 1.0, uniform(rng, 0, 1))), total_iters=p)

case("exponential_lr", picked(100), lr=0.05, gamma=0.1)
case("exponential_lr", picked(2000, [1000]), lr=1.0, gamma=0.5)
case("exponential_lr", picked(2000, [1000, 1075]), lr=1.0, gamma=0.6)
case("exponential_lr", picked(10), lr=0.1, gamma=1.0)
case("exponential_lr", picked(10), lr=0.1, gamma=0.0)
case("exponential_lr", picked(100), lr=1e-5, gamma=1.05)
case("exponential_lr", picked(1_000_000, last=1_000_002), lr=0.1, gamma=0.99999)
for _ in range(25):
    gamma = rng.choice((0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, uniform(rng, 0.1, 1, 5)))
    case("exponential_lr", picked(rng.choice(TOTALS)), lr=rate(), gamma=gamma)

case("step_lr", picked(100, [30, 60, 90]), lr=0.05, step_size=30)
case("step_lr", picked(10), lr=0.05, step_size=1)
case("step_lr", picked(10), lr=0.05, step_size=0)
case("step_lr", picked(100, [7, 14, 49]), lr=0.05, step_size=7, gamma=1.0)
case("step_lr", picked(100, [7, 14, 49]), lr=0.05, step_size=7, gamma=0.0)
case("step_lr", picked(100, [200]), lr=0.05, step_size=200, gamma=0.5)
for _ in range(25):
    total = rng.choice(TOTALS)
    size = max(1, int(total / uniform(rng, 0.8, 12)))
    gamma = rng.choice((0.1, 0.5, 0.9, 0.99, 0.9999, uniform(rng, 0.1, 1, 5)))
    case("step_lr", picked(total, [size, 2 * size, total // size * size]), lr=rate(), step_size=size, gamma=gamma)

case("multi_step_lr", picked(100, [30, 80]), lr=0.05, milestones=[30, 80])
case("multi_step_lr", picked(100, [30, 80]), lr=0.05, milestones=[30, 30, 80], gamma=0.5)
case("multi_step_lr", picked(100, [30, 80]), lr=0.05, milestones=[80, 30], gamma=0.3)
case("multi_step_lr", picked(10), lr=0.05, milestones=[0, 4])
case("multi_step_lr", picked(10), lr=0.05, milestones=[0, 0, 1])
case("multi_step_lr", picked(10), lr=0.05, milestones=[])
case("multi_step_lr", picked(10), lr=0.05, milestones=[3], gamma=0.0)
for _ in range(25):
    total = rng.choice(TOTALS[2:])
    milestones = sorted(rng.choices(range(1, total + 1), k=rng.randrange(1, 8)))
    case("multi_step_lr", picked(total, milestones[:4]), lr=rate(), milestones=milestones,
         gamma=rng.choice((0.1, 0.5, 0.9, uniform(rng, 0.1, 1, 5))))

case("polynomial_lr", picked(5), lr=0.05)
for n in (0, 1, 2, 3):
    case("polynomial_lr", picked(n), lr=0.05, total_iters=n, power=2.0)
case("polynomial_lr", picked(1_000_000, last=1_000_002), lr=1.0, total_iters=1_000_000, power=0.9)
for power in POWERS:
    case("polynomial_lr", picked(100), lr=0.1, total_iters=100, power=power)
for _ in range(25):
    n = rng.choice(TOTALS)
    case("polynomial_lr", picked(n), lr=rate(), total_iters=n, power=rng.choice((*POWERS, uniform(rng, 0.2, 5))))

for T in (1, 2, 3, 4, 7):
    case("cosine_annealing_lr", picked(T, [2 * T, 3 * T, 4 * T]), lr=1.0, T_max=T)
case("cosine_annealing_lr", picked(100, [200, 300, 400]), lr=1.0, T_max=100, eta_min=0.1)
case("cosine_annealing_lr", picked(100), lr=0.1, T_max=100, eta_min=0.1)
case("cosine_annealing_lr", picked(100), lr=0.1, T_max=100, eta_min=0.5)
case("cosine_annealing_lr", picked(10, [999_990, 1_000_000], last=1_000_002), lr=1.0, T_max=10, eta_min=1e-3)
for _ in range(25):
    T, lr = rng.choice(TOTALS[:-1]), rate()
    case("cosine_annealing_lr", picked(T, [2 * T, 3 * T]), lr=lr, T_max=T, eta_min=floors(rng, lr))
case("cosine_annealing_lr", picked(12_345, past=False), lr=0.3, T_max=12_345)
case("cosine_annealing_lr", picked(12_345, [24_690]), DRIFT, lr=6e-4, T_max=12_345, eta_min=6e-5)
case("cosine_annealing_lr", picked(1_000_000, last=1_500_000), DRIFT, lr=6e-4, T_max=1_000_000, eta_min=6e-5)

restarts = lambda T_0, T_mult, n: [T_0 * ((T_mult ** i - 1) // (T_mult - 1) if T_mult > 1 else i) for i in range(1, n)]
for T_0, T_mult, lr, eta_min in (
        (10, 1, 1.0, 0.0), (1, 1, 0.1, 0.01), (1, 2, 0.1, 0.01), (10, 2, 1.0, 0.1), (10, 3, 1.0, 0.0), (2, 10, 1.0, 0.0),
        (7, 3, 0.3, 0.3), (100, 2, 1e-3, 1e-6)):
    joints = restarts(T_0, T_mult, 6)
    case("cosine_annealing_warm_restarts", picked(max(joints) // 2, joints, last=30_000), lr=lr, T_0=T_0, T_mult=T_mult,
         eta_min=eta_min)
for _ in range(25):
    T_0, T_mult, lr = rng.choice((1, 2, 3, 10, 37, 100, 1000)), rng.choice((1, 1, 2, 3, 4, 10)), rate()
    joints = [j for j in restarts(T_0, T_mult, 6) if j < 30_000]
    case("cosine_annealing_warm_restarts", picked(max(joints), joints[:4], last=30_000), lr=lr, T_0=T_0, T_mult=T_mult,
         eta_min=floors(rng, lr))

MODES = ("triangular", "triangular2", "exp_range")
case("cyclic_lr", picked(8000, [2000, 4000, 6000]), base_lr=1e-3, max_lr=0.1)
for mode in MODES:
    gamma = 0.97 if mode == "exp_range" else None
    case("cyclic_lr", picked(60, [4, 10, 14, 20]), base_lr=1.0, max_lr=5.0, step_size_up=4, step_size_down=6, mode=mode, gamma=gamma)
    case("cyclic_lr", picked(20), base_lr=0.1, max_lr=1.0, step_size_up=1, mode=mode, gamma=gamma)
    case("cyclic_lr", picked(20), base_lr=0.1, max_lr=1.0, step_size_up=1, step_size_down=0, mode=mode, gamma=gamma)
    case("cyclic_lr", picked(20, [5, 10]), base_lr=0.0, max_lr=1.0, step_size_up=5, step_size_down=0, mode=mode, gamma=gamma)
    case("cyclic_lr", picked(20, [5, 10]), base_lr=0.1, max_lr=1.0, step_size_up=0, step_size_down=5, mode=mode, gamma=gamma)
case("cyclic_lr", picked(20, [5, 10]), base_lr=1.0, max_lr=0.1, step_size_up=5)
case("cyclic_lr", [0, 1, 2, 2045, 2046, 2047, 2048, 2049, 2050], base_lr=0.2, max_lr=1.0, step_size_up=1, mode="triangular2")
for _ in range(25):
    up = rng.choice((1, 2, 3, 10, 33, 100, 1000))
    down = rng.choice((None, 1, up, 2 * up + 1, 3 * up))
    size = up + (down if down is not None else up)
    mode, low = rng.choice(MODES), log_uniform(rng, 1e-5, 0.1)
    case("cyclic_lr", picked(4 * size, [up, size, size + up, 2 * size]), base_lr=rng.choice((0.0, low, low)),
         max_lr=rng.choice((low, 10 * low, 1.0)), step_size_up=up, step_size_down=down, mode=mode,
         gamma=rng.choice((0.9, 0.99, 0.9999)) if mode == "exp_range" else None)

case("cyclic_lr", picked(1_000_000, last=1_000_002), base_lr=1e-4, max_lr=1e-3, step_size_up=12_345, mode="exp_range", gamma=0.99999)

for strategy in ("cos", "linear"):
    for three in (False, True):
        shape = {"anneal_strategy": strategy, "three_phase": three}
        case("one_cycle_lr", picked(100, [29, 58]), max_lr=0.1, total_steps=100, **shape)
        case("one_cycle_lr", picked(10, [2]), max_lr=1.0, total_steps=10, **shape)
        case("one_cycle_lr", picked(10), max_lr=1.0, total_steps=10, pct_start=0.1, **shape)   # a phase of no length
        case("one_cycle_lr", picked(10), max_lr=1.0, total_steps=10, pct_start=0.05, **shape)
        case("one_cycle_lr", picked(10), max_lr=1.0, total_steps=10, pct_start=0.0, **shape)
        case("one_cycle_lr", picked(10), max_lr=1.0, total_steps=10, pct_start=0.5, **shape)
        case("one_cycle_lr", picked(10), max_lr=1.0, total_steps=10, pct_start=0.8, **shape)
        case("one_cycle_lr", picked(10), max_lr=1.0, total_steps=10, pct_start=1.0, **shape)
        for T in (1, 2, 3):
            case("one_cycle_lr", picked(T), max_lr=1.0, total_steps=T, **shape)
for _ in range(25):
    T, pct = rng.choice(TOTALS), rng.choice((0.1, 0.25, 0.3, 0.45, uniform(rng, 0, 1)))
    case("one_cycle_lr", picked(T, [pct * T, 2 * pct * T - 1]), max_lr=rate(), total_steps=T, pct_start=pct,
         anneal_strategy=rng.choice(("cos", "linear")), div_factor=rng.choice((1.0, 10.0, 25.0)),
         final_div_factor=rng.choice((1.0, 100.0, 1e4)), three_phase=rng.choice((False, True)))

case("one_cycle_lr", picked(1_000_000, [300_000], last=1_000_000), max_lr=3e-4, total_steps=1_000_000)

for strategy in ("cos", "linear"):
    for n in (0, 1, 2, 10):
        case("swalr", picked(n), lr=0.1, swa_lr=0.05, anneal_epochs=n, anneal_strategy=strategy)
    case("swalr", picked(100), lr=0.1, swa_lr=0.0, anneal_epochs=100, anneal_strategy=strategy)
    case("swalr", picked(100), lr=0.01, swa_lr=1.0, anneal_epochs=100, anneal_strategy=strategy)
    case("swalr", picked(100), lr=0.01, swa_lr=0.01, anneal_epochs=100, anneal_strategy=strategy)
for _ in range(25):
    n = rng.choice(TOTALS)
    case("swalr", picked(n), lr=rate(), swa_lr=rate(), anneal_epochs=n, anneal_strategy=rng.choice(("cos", "linear")))


# --- growth, as in a search for the highest rate

for lr, gamma in ((1e-7, 1.05), (1e-8, 1.2), (1e-5, 2.0), (0.1, 1.000001), (0.0, 1.5), (1e-6, 10.0)):
    case("exponential_lr", steps(300, [100]), lr=lr, gamma=gamma)


# --- momenta, which two of them set beside the rates

momentum_rng = random_of(21)  # of their own, so that the cases above stay as they are
for mode in MODES:
    gamma = 0.97 if mode == "exp_range" else None
    case("cyclic_momentum", steps(60, [4, 10, 14, 20]), step_size_up=4, step_size_down=6, mode=mode, gamma=gamma)
    case("cyclic_momentum", steps(20), base_momentum=0.1, max_momentum=1.0, step_size_up=1, mode=mode, gamma=gamma)
    case("cyclic_momentum", steps(20, [5, 10]), base_momentum=0.0, max_momentum=0.7, step_size_up=5, mode=mode, gamma=gamma)
    case("cyclic_momentum", steps(20, [5, 10]), base_momentum=0.7, max_momentum=0.7, step_size_up=5, mode=mode, gamma=gamma)
case("cyclic_momentum", steps(8000, [2000, 4000, 6000]))
case("cyclic_momentum", steps(20, [5, 10]), base_momentum=0.9, max_momentum=0.8, step_size_up=5)
for strategy in ("cos", "linear"):
    for three in (False, True):
        for T, pct in ((100, None), (10, None), (10, 0.5), (10, 0.05), (2, None), (3, None)):
            case("one_cycle_momentum", steps(T, [(pct or 0.3) * T, 2 * (pct or 0.3) * T]), total_steps=T, pct_start=pct, anneal_strategy=strategy,
                 three_phase=three)
for _ in range(25):
    low, high = sorted((momentum_rng.random(), momentum_rng.random()))
    up = momentum_rng.choice((1, 2, 10, 33, 1000))
    case("cyclic_momentum", steps(4 * up, [up, 2 * up]), base_momentum=low, max_momentum=high, step_size_up=up, mode=momentum_rng.choice(MODES[:2]))
    T, pct = momentum_rng.choice(TOTALS), uniform(momentum_rng, 0, 0.5)
    case("one_cycle_momentum", steps(T, [pct * T, 2 * pct * T]), total_steps=T, base_momentum=low, max_momentum=high, pct_start=pct,
         anneal_strategy=momentum_rng.choice(("cos", "linear")), three_phase=momentum_rng.choice((False, True)))


# --- several

def part(name, **fields):
    return name, fields


def joined(total, *parts):
    """SequentialLR of schedule, milestone, schedule, ..."""
    chosen = picked(total, parts[1::2])
    made = [build(*p) for p in parts[::2]]
    lr = made[0][1]
    words = ", ".join(text("pytorch", p[0], **p[1]) if isinstance(p, tuple) else str(p) for p in parts)
    make = lambda optim: peer.SequentialLR(optim, [m(optim) for m, _ in made], list(parts[1::2]))
    exact = [EXACT[p[0]](**p[1]) for p in parts[::2]]

    def value(s):
        i = sum(m <= s for m in parts[1::2])
        return exact[i](s - (parts[2 * i - 1] if i else 0))
    trace.case(f"join({words})", chosen, walk(make, lr, chosen), value)
    return make, lr, chosen


def chained(total, first, second):
    """ChainedScheduler; the second factor is written with a rate of 1."""
    chosen = picked(total, [5])
    (a, lr), (b, _) = build(*first), build(*second)
    make = lambda optim: peer.ChainedScheduler([a(optim), b(optim)], optim)
    one = (second[0], {**second[1], "lr": 1.0})
    x, y = EXACT[first[0]](**first[1]), EXACT[second[0]](**one[1])
    trace.case(f"product({text('pytorch', first[0], **first[1])}, {text('pytorch', one[0], **one[1])})", chosen,
               walk(make, lr, chosen), lambda s: x(s) * y(s))
    return make, lr, chosen


several = []
lr = 0.3
warm = part("linear_lr", lr=lr, start_factor=0.1, total_iters=10)
for milestone in (0, 1, 2, 10, 99, 100):
    several.append(joined(100, warm, milestone, part("cosine_annealing_lr", lr=lr, T_max=90)))
several += [
    joined(100, part("linear_lr", lr=lr, start_factor=0.01, total_iters=5), 5, part("polynomial_lr", lr=lr, total_iters=95, power=2.0)),
    joined(100, part("constant_lr", lr=lr, factor=0.5, total_iters=20), 30, part("exponential_lr", lr=lr, gamma=0.9)),
    joined(100, part("constant_lr", lr=lr, factor=0.5, total_iters=40), 30, part("step_lr", lr=lr, step_size=25, gamma=0.5)),
    joined(100, part("exponential_lr", lr=lr, gamma=0.9), 30, part("multi_step_lr", lr=lr, milestones=[10, 40], gamma=0.5)),
    joined(100, part("exponential_lr", lr=lr, gamma=0.9), 30, part("multi_step_lr", lr=lr, milestones=[0, 40], gamma=0.5)),
    joined(100, part("exponential_lr", lr=lr, gamma=0.9), 30, part("cosine_annealing_warm_restarts", lr=lr, T_0=10, T_mult=2, eta_min=0.01)),
    joined(100, part("cosine_annealing_warm_restarts", lr=lr, T_0=10, T_mult=2), 75, part("linear_lr", lr=lr, start_factor=1.0, end_factor=0.1, total_iters=10)),
    joined(100, warm, 10, part("constant_lr", lr=lr, factor=1.0), 60, part("cosine_annealing_lr", lr=lr, T_max=40, eta_min=0.003)),
    joined(100, part("cosine_annealing_lr", lr=lr, T_max=20), 50, part("cosine_annealing_lr", lr=lr, T_max=25, eta_min=0.01)),
    joined(12_345, part("linear_lr", lr=lr, start_factor=0.001, total_iters=500), 500, part("cosine_annealing_lr", lr=lr, T_max=11_845)),
]
several += [
    chained(20, part("constant_lr", lr=lr, factor=0.1, total_iters=2), part("exponential_lr", lr=lr, gamma=0.9)),
    chained(20, part("linear_lr", lr=lr, total_iters=5), part("exponential_lr", lr=lr, gamma=0.9)),
    chained(100, part("step_lr", lr=lr, step_size=7, gamma=0.5), part("linear_lr", lr=lr, start_factor=0.1, total_iters=10)),
    chained(100, part("multi_step_lr", lr=lr, milestones=[7, 50], gamma=0.5), part("polynomial_lr", lr=lr, total_iters=80, power=2.0)),
    chained(100, part("constant_lr", lr=lr, factor=0.5, total_iters=10), part("cosine_annealing_lr", lr=lr, T_max=100)),
]

# A schedule that is joined on starts by its closed form, which for no steps is another one than alone.

for name, cls in (("constant_lr", peer.ConstantLR), ("linear_lr", peer.LinearLR), ("polynomial_lr", peer.PolynomialLR)):
    make = lambda optim: peer.SequentialLR(optim, [peer.ConstantLR(optim, factor=1.0), cls(optim, total_iters=0)], [3])
    print(f"{name} of no steps: alone {walk(lambda optim: cls(optim, total_iters=0), 0.3, range(3))}, "
          f"joined on {walk(make, 0.3, range(3, 6))}")

# --- a stop and a new start

for name, fields in (
        ("constant_lr", {"lr": 0.1}), ("linear_lr", {"lr": 0.1, "total_iters": 50}), ("exponential_lr", {"lr": 0.1, "gamma": 0.9}),
        ("step_lr", {"lr": 0.1, "step_size": 7}), ("multi_step_lr", {"lr": 0.1, "milestones": [7, 38, 60]}),
        ("polynomial_lr", {"lr": 0.1, "total_iters": 70, "power": 0.5}), ("cosine_annealing_lr", {"lr": 0.1, "T_max": 60}),
        ("cosine_annealing_warm_restarts", {"lr": 0.1, "T_0": 10, "T_mult": 2}),
        ("cyclic_lr", {"base_lr": 0.1, "max_lr": 1.0, "step_size_up": 7, "mode": "exp_range", "gamma": 0.99}),
        ("one_cycle_lr", {"max_lr": 0.1, "total_steps": 100}), ("swalr", {"lr": 0.1, "swa_lr": 0.01, "anneal_epochs": 60})):
    make, lr = build(name, fields)
    for at in (1, 37, 60, 61):
        if not resumes(make, lr, list(range(100)), at):
            print(f"resumed otherwise: {name} {fields} at {at}")
for i, (make, lr, chosen) in enumerate(several):
    for at in (1, 9, 10, 37):
        if not resumes(make, lr, chosen, at):
            print(f"resumed otherwise: several {i} at {at}")

# --- step(epoch), which finds the cycle by a logarithm, against the steps one by one

for T_0, T_mult in ((10, 2), (10, 3), (2, 10), (1, 5), (7, 3)):
    optim = optimizer(1.0)
    straight = peer.CosineAnnealingWarmRestarts(optim, T_0, T_mult)
    values = rates(straight, optim, range(5000))
    direct = peer.CosineAnnealingWarmRestarts(optimizer(1.0), T_0, T_mult)
    other = []
    for s in range(5000):
        direct.step(s)
        if not math.isclose(direct.optimizer.param_groups[0]["lr"], values[s], abs_tol=1e-12):
            other.append((s, direct.optimizer.param_groups[0]["lr"], values[s]))
    print(f"T_0={T_0} T_mult={T_mult}: step(epoch) gives another rate at {other}")

trace.write()
