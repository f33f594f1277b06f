# SPDX-License-Identifier: MIT
"""Traces the schedules of transformers.optimization, stepped once after every update from the first on.

One virtual environment a version, and the check that both give the same values:

    python3.11 -m venv venv4 && venv4/bin/pip install transformers==4.57.6 torch==2.15.0 mpmath==1.3.0
    python3.11 -m venv venv5 && venv5/bin/pip install transformers==5.24.0 torch==2.15.0 mpmath==1.3.0
    venv5/bin/python tests/parity/generate/hf.py
    venv4/bin/python tests/parity/generate/hf.py --check
"""

import math
import sys
from pathlib import Path

# The scripts here have the names of the packages that they trace.
sys.path = [p for p in sys.path if Path(p or ".").resolve() != Path(__file__).resolve().parent]
import torch  # noqa: E402
import transformers  # noqa: E402
from mpmath import mp, mpf  # noqa: E402
from transformers import optimization as peer  # noqa: E402

sys.path.append(str(Path(__file__).resolve().parent))
from common import POWERS, TOTALS, Trace, floors, hc, log_uniform, random_of, steps, text, uniform, warmups  # noqa: E402
from torch_walk import optimizer, rates, resumes  # noqa: E402

FEW = 20_000  # the most steps to be taken one by one; longer runs are sampled, as the peer has a function of the step
RESTART = "n times the progress is rounded down to below a whole number (or up to one), so the restart comes late (or early)"

rng = random_of(21)
trace = Trace("hf", f"transformers 4.57.6 and 5.24.0 (the same values), torch {torch.__version__.split('+')[0]}, float64")


# --- the exact values, as factors

def ramp(s, W):
    return mpf(s) / max(1, W)


def constant(lr):
    return lambda s: mpf(1)


def constant_with_warmup(lr, num_warmup_steps):
    return lambda s: ramp(s, num_warmup_steps) if s < num_warmup_steps else mpf(1)


def linear(lr, num_warmup_steps, num_training_steps):
    W, T = num_warmup_steps, num_training_steps
    return lambda s: ramp(s, W) if s < W else mpf(max(0, T - s)) / max(1, T - W)


def cosine(lr, num_warmup_steps, num_training_steps, num_cycles=0.5):
    W, T = num_warmup_steps, num_training_steps
    return lambda s: ramp(s, W) if s < W else hc(2 * mpf(num_cycles) * (s - W) / max(1, T - W))


def hard_restarts(lr, num_warmup_steps, num_training_steps, num_cycles=1):
    W, T = num_warmup_steps, num_training_steps
    D = max(1, T - W)

    def value(s):
        if s < W:
            return ramp(s, W)
        x = mpf(num_cycles) * (s - W) / D
        # Whole numbers of cycles restart where the integers say so.
        if num_cycles == int(num_cycles):
            x = mpf(int(num_cycles) * (s - W) % D) / D
        return mpf(0) if s - W >= D else hc(x - mp.floor(x))
    return value


def polynomial(lr, num_warmup_steps, num_training_steps, lr_end=1e-7, power=1.0):
    W, T, end = num_warmup_steps, num_training_steps, mpf(lr_end) / mpf(lr)

    def value(s):
        if s < W:
            return ramp(s, W)
        return end if s > T else (1 - end) * (mpf(T - s) / (T - W)) ** mpf(power) + end
    return value


def inverse_sqrt(lr, num_warmup_steps, timescale=None):
    W = num_warmup_steps
    tau = timescale if timescale is not None else (W or 10_000)
    return lambda s: ramp(s, W) if s < W else mp.sqrt(mpf(tau) / (s + tau - W))


def floor_of(lr, min_lr, min_lr_rate):
    return mpf(min_lr) / mpf(lr) if min_lr is not None else mpf(min_lr_rate)


def cosine_min(lr, num_warmup_steps, num_training_steps, num_cycles=0.5, min_lr=None, min_lr_rate=None):
    W, T, r = num_warmup_steps, num_training_steps, floor_of(lr, min_lr, min_lr_rate)
    wave = cosine(lr, W, T, num_cycles)
    return lambda s: ramp(s, W) if s < W else wave(s) * (1 - r) + r


def cosine_min_rate(lr, num_warmup_steps, num_training_steps, num_cycles=0.5, min_lr=None, min_lr_rate=None, warmup_lr_rate=None):
    W, T, r = num_warmup_steps, num_training_steps, floor_of(lr, min_lr, min_lr_rate)

    def value(s):
        if s < W:
            if warmup_lr_rate is None:
                return mpf(s + 1) / W
            return warmup_lr_rate + (1 - mpf(warmup_lr_rate)) * s / max(1, W - 1)
        return hc(2 * mpf(num_cycles) * (s - W + 1) / max(1, T - W)) * (1 - r) + r
    return value


def wsd(lr, num_warmup_steps, num_decay_steps, num_training_steps=None, num_stable_steps=None, warmup_type="linear",
        decay_type="cosine", min_lr_ratio=0, num_cycles=0.5):
    W, D, r = num_warmup_steps, num_decay_steps, mpf(min_lr_ratio)
    stable = num_stable_steps if num_stable_steps is not None else num_training_steps - W - D

    def value(s):
        if s < W:
            x = mpf(s) / W
            return r + (1 - r) * {"linear": x, "cosine": 1 - hc(x), "1-sqrt": 1 - mp.sqrt(1 - x)}[warmup_type]
        if s < W + stable:
            return mpf(1)
        if s < W + stable + D:
            x = mpf(s - W - stable) / D
            return r + (1 - r) * {"linear": 1 - x, "cosine": hc(2 * mpf(num_cycles) * x), "1-sqrt": 1 - mp.sqrt(x)}[decay_type]
        return r
    return value


EXACT = {
    "get_constant_schedule": constant, "get_constant_schedule_with_warmup": constant_with_warmup,
    "get_linear_schedule_with_warmup": linear, "get_cosine_schedule_with_warmup": cosine,
    "get_cosine_with_hard_restarts_schedule_with_warmup": hard_restarts,
    "get_polynomial_decay_schedule_with_warmup": polynomial, "get_inverse_sqrt_schedule": inverse_sqrt,
    "get_cosine_with_min_lr_schedule_with_warmup": cosine_min,
    "get_cosine_with_min_lr_schedule_with_warmup_lr_rate": cosine_min_rate, "get_wsd_schedule": wsd}


def build(name, fields):
    own = {k: v for k, v in fields.items() if k != "lr"}
    return lambda optim: getattr(peer, name)(optim, **own)


def values_of(make, lr, chosen):
    optim = optimizer(lr)
    try:
        scheduler = make(optim)
    except Exception as error:
        return [error] * len(chosen)
    if chosen[-1] <= FEW:
        return rates(scheduler, optim, chosen)
    found = []
    for s in chosen:
        if s:
            scheduler.last_epoch = s - 1
            try:
                scheduler.step()
            except Exception as error:
                found.append(error)
                continue
        found.append(optim.param_groups[0]["lr"])
    return found


def case(short, chosen, note=None, **fields):
    name = next(n for n, f in EXACT.items() if f is short)
    fields = {k: v for k, v in fields.items() if v is not None}
    factor = short(**fields)
    lr = mpf(fields["lr"])
    words = {k: "one_minus_sqrt" if v == "1-sqrt" else v for k, v in fields.items()}
    trace.case(text("hf", name, **words), chosen, values_of(build(name, fields), fields["lr"], chosen), lambda s: lr * factor(s), note)


def rate():
    return log_uniform(rng, 1e-5, 1)


def picked(total, landmarks=(), **options):
    return steps(total, landmarks, between=10, seed=rng.randrange(1000), **options)


def run():
    """A random warm-up and total."""
    T = rng.choice(TOTALS)
    return warmups(rng, T), T


# Warm-up and total that are special.
CORNERS = ((0, 1), (1, 1), (0, 2), (1, 2), (2, 2), (0, 100), (1, 100), (2, 100), (99, 100), (100, 100), (101, 100), (130, 100), (10, 100),
           (0, 0), (5, 0), (2000, 1_000_000))

# --- the grid

for lr in (1.0, 0.1, 5e-5, rate()):
    case(constant, picked(10), lr=lr)
for W in (0, 1, 2, 3, 10, 99, 100, 1000, 12_345, 1_000_000):
    case(constant_with_warmup, picked(W + 10, [W]), lr=rate(), num_warmup_steps=W)
for _ in range(15):
    W = int(log_uniform(rng, 1, 3e5))
    case(constant_with_warmup, picked(2 * W, [W]), lr=rate(), num_warmup_steps=W)

for W, T in (*CORNERS, *(run() for _ in range(25))):
    case(linear, picked(T, [W]), lr=rate(), num_warmup_steps=W, num_training_steps=T)

for W, T in CORNERS:
    case(cosine, picked(T, [W]), lr=1.0, num_warmup_steps=W, num_training_steps=T)
for _ in range(25):
    W, T = run()
    cycles = rng.choice((0.5, 0.5, 0.25, 0.3, 0.75, 1.0, 1.5, 2.3, 3.0, 0.0))
    case(cosine, picked(T, [W]), lr=rate(), num_warmup_steps=W, num_training_steps=T, num_cycles=cycles)


def restart_case(W, T, n, lr):
    """The joints of the cycles are landmarks; the steps where rounding moves one are looked for."""
    D = max(1, T - W)
    joints = [W + -(-k * D // max(1, math.ceil(n))) for k in range(max(0, math.ceil(n)) + 1)] if n else [W]
    if n != int(n):
        joints = [W + math.ceil(k * D / n) for k in range(math.ceil(n) + 1)]
    first = joints[:4] + joints[-2:]
    moved = [s for s in range(W, min(T, W + FEW)) if math.floor(float(n) * (float(s - W) / float(D))) != math.floor(mpf(n) * (s - W) / D)]
    chosen = sorted({*picked(T, first), *moved[:6]})
    case(hard_restarts, chosen, RESTART if any(s in chosen for s in moved) else None, lr=lr, num_warmup_steps=W, num_training_steps=T,
         num_cycles=n)


for W, T in CORNERS:
    restart_case(W, T, 2, 1.0)
case(hard_restarts, picked(100, [10]), lr=0.1, num_warmup_steps=10, num_training_steps=100)
for W, T, n in ((0, 49, 49), (0, 98, 49), (0, 10, 10), (0, 100, 10), (0, 100, 100), (7, 110, 103), (0, 1000, 7), (0, 55, 11), (10, 110, 2.5),
                (10, 100, 0.3), (0, 12_345, 15), (10, 100, 0)):
    restart_case(W, T, n, 1.0)
for _ in range(22):
    W, T = run()
    restart_case(W, T, rng.choice((1, 2, 3, 4, 5, 6, 7, 10, 13)), rate())

for W, T in CORNERS:
    case(polynomial, picked(T, [W]), lr=0.1, num_warmup_steps=W, num_training_steps=T, power=2.0)
case(polynomial, picked(100, [10]), lr=0.1, num_warmup_steps=10, num_training_steps=100)
case(polynomial, picked(100, [10]), lr=0.1, num_warmup_steps=10, num_training_steps=100, lr_end=0.1)
case(polynomial, picked(100, [10]), lr=0.1, num_warmup_steps=10, num_training_steps=100, lr_end=0.0)
for _ in range(25):
    (W, T), lr = run(), rate()
    end = rng.choice((None, 0.0, 0.1 * lr, 0.999 * lr))
    case(polynomial, picked(T, [W]), lr=lr, num_warmup_steps=W, num_training_steps=T, lr_end=end, power=rng.choice((*POWERS, uniform(rng, 0.2, 5))))

for W in (0, 1, 2, 10, 100, 4000, 12_345):
    case(inverse_sqrt, picked(2 * W + 100, [W]), lr=rate(), num_warmup_steps=W)
for W, tau in ((0, 1), (0, 0), (10, 0), (0, 100), (100, 1), (100, 50), (100, 100), (100, 10_000)):
    case(inverse_sqrt, picked(300, [W]), lr=1.0, num_warmup_steps=W, timescale=tau)
for _ in range(16):
    W, T = run()
    case(inverse_sqrt, picked(T, [W]), lr=rate(), num_warmup_steps=W, timescale=rng.choice((None, None, int(log_uniform(rng, 1, 1e5)))))

for W, T in CORNERS:
    case(cosine_min, picked(T, [W]), lr=1.0, num_warmup_steps=W, num_training_steps=T, min_lr_rate=0.1)
    case(cosine_min_rate, picked(T, [W]), lr=1.0, num_warmup_steps=W, num_training_steps=T, min_lr_rate=0.1)
    case(cosine_min_rate, picked(T, [W]), lr=1.0, num_warmup_steps=W, num_training_steps=T, min_lr_rate=0.1, warmup_lr_rate=0.05)
for short in (cosine_min, cosine_min_rate):
    both = {"num_warmup_steps": 10, "num_training_steps": 100}
    case(short, picked(100, [10]), lr=0.1, **both, min_lr=0.3)      # a floor above the peak
    case(short, picked(100, [10]), lr=0.1, **both, min_lr_rate=1.0)
    case(short, picked(100, [10]), lr=0.1, **both, min_lr_rate=0.0)
    case(short, picked(100, [10]), lr=0.1, **both, min_lr=0.01, num_cycles=2.3)
    for _ in range(25):
        (W, T), lr = run(), rate()
        least = floors(rng, lr)
        floor = rng.choice(({"min_lr": least}, {"min_lr_rate": rng.choice((0.0, 0.01, 0.1, 0.5, 1.0))}))
        extra = {"warmup_lr_rate": rng.choice((None, None, 0.0, 0.01, 0.3))} if short is cosine_min_rate else {}
        case(short, picked(T, [W - 1]), lr=lr, num_warmup_steps=W, num_training_steps=T, **floor, **extra,
             num_cycles=rng.choice((None, None, 0.75, 1.0, 2.3)))

KINDS = ("linear", "cosine", "1-sqrt")
for up in KINDS:
    for down in KINDS:
        case(wsd, picked(100, [10, 80]), lr=1.0, num_warmup_steps=10, num_decay_steps=20, num_training_steps=100,
             warmup_type=up, decay_type=down, min_lr_ratio=rng.choice((0.0, 0.1)))
case(wsd, picked(100, [10, 80]), lr=1.0, num_warmup_steps=10, num_decay_steps=20, num_training_steps=100)
case(wsd, picked(100, [10, 60]), lr=1.0, num_warmup_steps=10, num_decay_steps=20, num_stable_steps=30)
case(wsd, picked(100, [10, 60]), lr=1.0, num_warmup_steps=10, num_decay_steps=20, num_training_steps=100, num_stable_steps=30)
case(wsd, picked(100, [60]), lr=1.0, num_warmup_steps=60, num_decay_steps=70, num_training_steps=100, min_lr_ratio=0.1)   # they overlap
case(wsd, picked(100, [60]), lr=1.0, num_warmup_steps=120, num_decay_steps=10, num_training_steps=100)
case(wsd, picked(100, [10, 60]), lr=1.0, num_warmup_steps=10, num_decay_steps=0, num_training_steps=100, min_lr_ratio=0.2)
case(wsd, picked(100, [50]), lr=1.0, num_warmup_steps=0, num_decay_steps=50, num_training_steps=100, min_lr_ratio=1.0)
case(wsd, picked(100, [50]), lr=1.0, num_warmup_steps=0, num_decay_steps=50, num_training_steps=100, min_lr_ratio=2.0)
case(wsd, picked(100, [50]), lr=1.0, num_warmup_steps=1, num_decay_steps=50, num_training_steps=100, num_cycles=2.3, min_lr_ratio=0.1)
case(wsd, picked(1_000_000, [2000, 900_000]), lr=6e-4, num_warmup_steps=2000, num_decay_steps=100_000, num_training_steps=1_000_000)
for _ in range(25):
    (W, T), lr = run(), rate()
    D = rng.choice(sorted({0, 1, T // 10, T // 5, max(0, T - W), T}))
    case(wsd, picked(T, [W, T - D]), lr=lr, num_warmup_steps=W, num_decay_steps=D, num_training_steps=T, warmup_type=rng.choice(KINDS),
         decay_type=rng.choice(KINDS), min_lr_ratio=rng.choice((None, 0.0, 0.01, 0.1, 1.0)), num_cycles=rng.choice((None, None, 0.75, 1.5)))

# --- a stop and a new start, and what is refused

for short, fields in (
        (constant, {}), (constant_with_warmup, {}), (linear, {}), (cosine, {}), (hard_restarts, {"num_cycles": 3}), (polynomial, {"power": 0.5}),
        (inverse_sqrt, {}), (cosine_min, {"min_lr": 1e-2}), (cosine_min_rate, {"min_lr_rate": 0.1, "warmup_lr_rate": 0.1}),
        (wsd, {"num_decay_steps": 30})):
    name = next(n for n, f in EXACT.items() if f is short)
    if short is not constant:
        fields = {"num_warmup_steps": 10, **fields}
    if short not in (constant, constant_with_warmup, inverse_sqrt):
        fields["num_training_steps"] = 100
    for at in (1, 9, 10, 50, 99):
        if not resumes(build(name, fields), 0.1, list(range(120)), at):
            print(f"resumed otherwise: {name} {fields} at {at}")

for name, fields in (
        ("get_cosine_with_min_lr_schedule_with_warmup", {}), ("get_cosine_with_min_lr_schedule_with_warmup", {"min_lr": 0.1, "min_lr_rate": 0.1}),
        ("get_cosine_with_min_lr_schedule_with_warmup_lr_rate", {}), ("get_wsd_schedule", {"num_decay_steps": 10, "num_training_steps": None}),
        ("get_polynomial_decay_schedule_with_warmup", {"lr_end": 1.0}), ("get_wsd_schedule", {"num_decay_steps": 10, "decay_type": "sqrt"})):
    fields = {"num_warmup_steps": 10, "num_training_steps": 100, **fields}
    print(f"refused: {name} {fields}: {values_of(build(name, fields), 1.0, [0])[0]!r}")
for name, kwargs in (("constant", {}), ("inverse_sqrt", {"timescale": 50}), ("constant_with_warmup", {"timescale": 50}),
                     ("cosine_with_min_lr", {"min_lr": 0.5}), ("cosine_warmup_with_min_lr", {"min_lr": 0.5})):
    optim = optimizer(1.0)
    try:
        scheduler = peer.get_scheduler(name, optim, 10, 100, kwargs)
        print(f"transformers {transformers.__version__}: get_scheduler {name} {kwargs}: {rates(scheduler, optim, [0, 5, 9, 10, 60])}")
    except Exception as error:
        print(f"transformers {transformers.__version__}: get_scheduler {name} {kwargs}: {error!r}")

if "--check" in sys.argv:
    written = trace.path.read_text().splitlines()
    print(f"transformers {transformers.__version__}:", "the same as the trace" if written == trace.lines else "OTHER values than the trace")
else:
    trace.write()
