# SPDX-License-Identifier: MIT
"""Traces the schedulers of olmo_core.optim, asked in every update with its number counted from 1, as its trainer does.

    python3.11 -m venv venv
    venv/bin/pip install ai2-olmo-core==3.0.0 torch==2.13.0 mpmath==1.3.0
    venv/bin/python tests/parity/generate/olmo_core.py

t_max is the trainer's number of steps; the schedulers' own field of this name, which some have, is not set. The trainer is
a stand-in with the two fields that the schedulers read.
"""

import sys
import warnings
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

# The scripts here have the names of the packages that they trace.
sys.path = [p for p in sys.path if Path(p or ".").resolve() != Path(__file__).resolve().parent]
warnings.filterwarnings("ignore")
import torch  # noqa: E402
from mpmath import mp, mpf  # noqa: E402
from olmo_core.optim import scheduler as peer  # noqa: E402

sys.path.append(str(Path(__file__).resolve().parent))
from common import TOTALS, Trace, hc, log_uniform, random_of, steps, text, uniform, warmups  # noqa: E402

rng = random_of(26)
trace = Trace("olmo_core", f"ai2-olmo-core {version('ai2-olmo-core')}, torch {torch.__version__.split('+')[0]}, float64")


# --- the exact values, with the peer's count c = s + 1

def between(low, high, part, whole):
    return mpf(low) + (mpf(high) - mpf(low)) * part / whole


def constant(lr):
    return lambda c: mpf(lr)


def constant_with_warmup(lr, warmup, warmup_min_lr=0.0):
    return lambda c: between(warmup_min_lr, lr, c, warmup) if c <= warmup else mpf(lr)


def decaying(curve, top=lambda lr, floor: lr):
    """Warm-up to `top`, then the curve, which runs from 1 to 0, then the floor."""
    def exact(lr, warmup, t_max, alpha_f=0.1, warmup_min_lr=0.0):
        lr, floor = mpf(lr), mpf(lr) * mpf(alpha_f)

        def value(c):
            if c < warmup:
                return between(warmup_min_lr, top(lr, floor), c, warmup)
            return floor if c >= t_max else floor + (lr - floor) * curve(mpf(c - warmup) / (t_max - warmup))
        return value
    return exact


linear_with_warmup = decaying(lambda x: 1 - x)
cos_with_warmup = decaying(hc)
half_cos_with_warmup = decaying(lambda x: hc((1 + x) / 2), lambda lr, floor: (lr + floor) / 2)


def inv_sqrt_with_warmup(lr, warmup, alpha_f=0.1, warmup_min_lr=0.0):
    floor = mpf(lr) * mpf(alpha_f)
    return lambda c: between(warmup_min_lr, lr, c, warmup) if c < warmup else floor + (mpf(lr) - floor) * mp.sqrt(mpf(warmup) / c)


def cos_with_warmup_and_linear_decay(lr, warmup, t_max, decay, alpha_f=0.1, warmup_min_lr=0.0, decay_min_lr=0.0):
    main, start = cos_with_warmup(lr, warmup, t_max, alpha_f, warmup_min_lr), t_max - decay
    return lambda c: between(decay_min_lr, main(start), t_max - c, decay) if c >= start else main(c)


def wsd(lr, warmup, decay, t_max, warmup_min_lr=0.0, decay_min_lr=0.0):
    def value(c):
        if c <= warmup:
            return between(warmup_min_lr, lr, c, warmup)
        return between(decay_min_lr, lr, t_max - c, decay) if c >= t_max - decay else mpf(lr)
    return value


def wsds(lr, period_lengths, warmup, decay, warmup_min_lr=0.0, decay_min_lr=0.0):
    def value(c):
        if c < warmup:
            return between(warmup_min_lr, lr, c, warmup)
        end = 0
        for length in period_lengths:  # a period has the counts from the one after its start to its end
            end += length
            if c <= end and c < sum(period_lengths):
                left = end - c
                return mpf(lr) if left > decay else between(decay_min_lr, lr, left, decay)
        return mpf(decay_min_lr)
    return value


def power_lr(lr, warmup, t_max, decay, b=-0.51, warmup_min_lr=0.0, decay_min_lr=0.0):
    def power(c):
        return mpf(lr) * (mpf(c) / warmup) ** mpf(b)

    def value(c):
        if c <= warmup:
            return between(warmup_min_lr, lr, c, warmup)
        return between(decay_min_lr, power(t_max - decay), t_max - c, decay) if c >= t_max - decay else power(c)
    return value


def exponential(lr, t_max, lr_min=1e-9):
    return lambda c: mpf(lr) if c >= t_max else mpf(lr_min) * (mpf(lr) / mpf(lr_min)) ** (mpf(c) / t_max)


EXACT = {"constant": constant, "constant_with_warmup": constant_with_warmup, "linear_with_warmup": linear_with_warmup,
         "inv_sqrt_with_warmup": inv_sqrt_with_warmup, "cos_with_warmup": cos_with_warmup, "half_cos_with_warmup": half_cos_with_warmup,
         "cos_with_warmup_and_linear_decay": cos_with_warmup_and_linear_decay, "wsd": wsd, "wsds": wsds, "power_lr": power_lr,
         "exponential": exponential}
PEER = {"constant": peer.ConstantScheduler, "constant_with_warmup": peer.ConstantWithWarmup, "linear_with_warmup": peer.LinearWithWarmup,
        "inv_sqrt_with_warmup": peer.InvSqrtWithWarmup, "cos_with_warmup": peer.CosWithWarmup, "half_cos_with_warmup": peer.HalfCosWithWarmup,
        "cos_with_warmup_and_linear_decay": peer.CosWithWarmupAndLinearDecay, "wsd": peer.WSD, "wsds": peer.WSDS, "power_lr": peer.PowerLR,
        "exponential": peer.ExponentialScheduler}


def values_of(name, fields, chosen):
    own = {k: v for k, v in fields.items() if k not in ("lr", "t_max")}
    if "decay" in own and name != "wsds":
        own["decay_fraction"] = None  # it has a default, and both may not be given
    try:
        scheduler = PEER[name](**own)
    except Exception as error:
        return [error] * len(chosen)
    found = []
    group = {"params": [], "lr": fields["lr"]}
    for s in chosen:
        try:
            scheduler.set_lr(group, SimpleNamespace(global_step=s + 1, max_steps=fields.get("t_max", 100)))
            found.append(float(group["lr"]))
        except Exception as error:
            found.append(error)
    return found


def case(name, chosen, **fields):
    fields = {k: v for k, v in fields.items() if v is not None}
    exact = EXACT[name](**fields)
    trace.case(text("olmo_core", name, **fields), chosen, values_of(name, fields, chosen), lambda s: exact(s + 1))


def rate():
    return log_uniform(rng, 1e-5, 1)


def picked(total, landmarks=(), **options):
    # The peer's counts are one more than the steps.
    return steps(total, [x - 1 for x in landmarks if x], between=10, seed=rng.randrange(1000), **options)


CORNERS = ((0, 1), (1, 1), (0, 2), (1, 2), (2, 2), (1, 3), (0, 100), (1, 100), (2, 100), (10, 100), (99, 100), (100, 100), (101, 100), (150, 100))


def runs(n=25):
    for _ in range(n):
        T = rng.choice(TOTALS)
        yield warmups(rng, T), T


def least(lr):
    return rng.choice((None, 0.0, 1e-6, 0.1 * lr))


case("constant", picked(10), lr=0.1)
case("constant", picked(10), lr=5e-5)
for W in (0, 1, 2, 3, 10, 100, 12_345, 1_000_000):
    case("constant_with_warmup", picked(W + 5, [W]), lr=0.1, warmup=W)
    case("inv_sqrt_with_warmup", picked(2 * W + 20, [W]), lr=0.1, warmup=W)
for low in (0.0, 0.05, 0.1, 0.2):
    for name in ("constant_with_warmup", "inv_sqrt_with_warmup"):
        case(name, picked(20, [10]), lr=0.1, warmup=10, warmup_min_lr=low)
    for name in ("linear_with_warmup", "cos_with_warmup", "half_cos_with_warmup"):
        case(name, picked(100, [10]), lr=0.1, warmup=10, t_max=100, warmup_min_lr=low)
for alpha in (0.0, 0.1, 0.5, 1.0, 1.5):
    case("inv_sqrt_with_warmup", picked(20, [10]), lr=0.1, warmup=10, alpha_f=alpha)
    for name in ("linear_with_warmup", "cos_with_warmup", "half_cos_with_warmup"):
        case(name, picked(100, [10]), lr=0.1, warmup=10, t_max=100, alpha_f=alpha)
for W, T in runs(20):
    lr = rate()
    case("constant_with_warmup", picked(T, [W]), lr=lr, warmup=W, warmup_min_lr=least(lr))
    case("inv_sqrt_with_warmup", picked(T, [W]), lr=lr, warmup=W, alpha_f=rng.choice((None, 0.0, 0.01, 0.5)), warmup_min_lr=least(lr))
for name in ("linear_with_warmup", "cos_with_warmup", "half_cos_with_warmup"):
    for W, T in CORNERS:
        case(name, picked(T, [W, T]), lr=0.1, warmup=W, t_max=T)
    for W, T in runs():
        lr = rate()
        case(name, picked(T, [W, T]), lr=lr, warmup=W, t_max=T, alpha_f=rng.choice((None, 0.0, 0.01, 0.5, 1.0)), warmup_min_lr=least(lr))

for W, T in CORNERS:
    for D in sorted({0, 1, T // 5, T - 1, T}):
        if D in (0, 1, T // 5) or W <= 2:
            case("wsd", picked(T, [W, T - D, T]), lr=0.1, warmup=W, decay=D, t_max=T)
    D = max(1, T // 5)
    case("cos_with_warmup_and_linear_decay", picked(T, [W, T - D, T]), lr=0.1, warmup=W, decay=D, t_max=T)
    case("power_lr", picked(T, [W, T - D, T]), lr=0.1, warmup=W, decay=D, t_max=T)
for D in (0, 1, 50, 95, 99, 100):
    case("cos_with_warmup_and_linear_decay", picked(100, [10, 100 - D, 100]), lr=0.1, warmup=10, decay=D, t_max=100, alpha_f=0.01)
    case("power_lr", picked(100, [10, 100 - D, 100]), lr=0.1, warmup=10, decay=D, t_max=100, b=-1.0)
case("cos_with_warmup_and_linear_decay", picked(100, [10, 80, 100]), lr=0.1, warmup=10, decay=20, t_max=100, alpha_f=0.0, decay_min_lr=0.01)
case("power_lr", picked(100, [10, 80, 100]), lr=0.1, warmup=10, decay=20, t_max=100, b=0.0)
case("power_lr", picked(100, [10, 80, 100]), lr=0.1, warmup=10, decay=20, t_max=100, decay_min_lr=0.05)
case("wsd", picked(100, [10, 80, 100]), lr=0.1, warmup=10, decay=20, t_max=100, decay_min_lr=0.1)
for W, T in runs(28):
    lr, D = rate(), rng.choice(sorted({1, max(1, T // 10), max(1, T // 3)}))
    low = {"warmup_min_lr": least(lr), "decay_min_lr": rng.choice((None, 0.0, 1e-7, 0.01 * lr))}
    case("wsd", picked(T, [W, T - D, T]), lr=lr, warmup=W, decay=D, t_max=T, **low)
    case("cos_with_warmup_and_linear_decay", picked(T, [W, T - D, T]), lr=lr, warmup=W, decay=D, t_max=T,
         alpha_f=rng.choice((None, 0.05, 0.5)), **low)
    W = max(W, 1)
    case("power_lr", picked(T, [W, T - D, T]), lr=lr, warmup=W, decay=D, t_max=T, b=rng.choice((None, -0.5, -1.0, -0.3, uniform(rng, -2, -0.1))), **low)


def periods(lr, lengths, W, D, **low):
    ends = [sum(lengths[:i + 1]) for i in range(len(lengths))]
    landmarks = [W] + [x for e in ends[:4] for x in (e - D, e)] + [ends[-1]]
    case("wsds", picked(ends[-1], [x for x in landmarks if x > 0]), lr=lr, period_lengths=lengths, warmup=W, decay=D, **low)


for lengths, W, D in (([100], 10, 20), ([100], 0, 20), ([100], 1, 99), ([100], 80, 20), ([100], 10, 0), ([100, 50, 200], 10, 20), ([100, 50, 200], 0, 50),
                      ([30, 10], 10, 10), ([5, 5, 5, 5], 2, 1), ([5, 5, 5, 5], 0, 5), ([1, 1, 1], 0, 1), ([1, 1], 1, 0), ([2, 3], 1, 1), ([100], 90, 20),
                      ([100, 10], 10, 20), ([100_000, 200_000], 2000, 10_000)):
    periods(0.1, lengths, W, D)
periods(0.1, [100, 50], 10, 20, warmup_min_lr=0.01, decay_min_lr=0.05)
periods(0.1, [100, 50], 10, 20, decay_min_lr=0.1)
for _ in range(20):
    lengths = [rng.choice((5, 10, 77, 1000, 12_345)) for _ in range(rng.randrange(1, 5))]
    lr, D = rate(), rng.choice((1, min(lengths) // 2, min(lengths)))
    periods(lr, lengths, rng.choice((0, 1, max(0, lengths[0] - D)) if lengths[0] > D else (0,)), D, warmup_min_lr=least(lr),
            decay_min_lr=rng.choice((None, 1e-7, 0.1 * lr)))

for lr, T, low in ((0.1, 1, 1e-6), (0.1, 2, 1e-6), (0.1, 100, None), (0.1, 100, 0.1), (0.1, 100, 0.3), (0.1, 100, 0.0), (1.0, 1_000_000, 1e-9)):
    case("exponential", picked(T, [T]), lr=lr, t_max=T, lr_min=low)
for _, T in runs(20):
    case("exponential", picked(T, [T]), lr=rate(), t_max=T, lr_min=log_uniform(rng, 1e-9, 1e-5))

for name, fields in (("wsd", {"warmup": 0, "decay": 10, "t_max": 100}), ("cos_with_warmup", {"warmup": 0, "t_max": 100}),
                     ("cos_with_warmup", {"warmup": 100, "t_max": 100}), ("wsds", {"period_lengths": [10], "warmup": 0, "decay": 3})):
    print(f"asked with 0, which its trainer does not do: {name} {fields}: {values_of(name, {'lr': 1.0, **fields}, [-1])}")

trace.write()
