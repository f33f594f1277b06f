# SPDX-License-Identifier: MIT
"""Traces the schedulers of timm, asked with the number of updates done after every update (not before the first one,
which runs with what the constructor has set).

    python3.11 -m venv venv
    venv/bin/pip install timm==1.0.31 torch==2.15.0 mpmath==1.3.0
    venv/bin/python tests/parity/generate/timm.py
"""

import math
import sys
from pathlib import Path

# The scripts here have the names of the packages that they trace.
sys.path = [p for p in sys.path if Path(p or ".").resolve() != Path(__file__).resolve().parent]
import timm  # noqa: E402
import torch  # noqa: E402
from mpmath import mp, mpf  # noqa: E402
from timm.scheduler import (CosineLRScheduler, MultiStepLRScheduler, PolyLRScheduler, StepLRScheduler,  # noqa: E402
                            TanhLRScheduler)

sys.path.append(str(Path(__file__).resolve().parent))
from common import POWERS, TOTALS, Trace, floors, hc, log_uniform, random_of, steps, text, uniform, warmups  # noqa: E402
from torch_walk import optimizer  # noqa: E402

RESTART = "the cycle is found by a logarithm, whose rounding puts the step of a restart into the cycle before (or after)"

rng = random_of(22)
trace = Trace("timm", f"timm {timm.__version__}, torch {torch.__version__.split('+')[0]}, float64")
trace.comment("Update 0 runs with what the constructor has set, the base rate or warmup_lr_init, whatever the curve has there.")


# --- the exact values

def cycle_of(t, t_initial, mul):
    """The number of the cycle that t is in, its start and its length."""
    if mul == 1:
        i = t // t_initial
        return i, mpf(i * t_initial), mpf(t_initial)
    i, start, length = 0, mpf(0), mpf(t_initial)
    while start + length <= t:
        start, length, i = start + length, length * mpf(mul), i + 1
    return i, start, length


def cycles(shape):
    """A curve of cycles with its warm-up; `shape` is 1 at the start of a cycle and 0 at its end, more or less."""
    def exact(lr, t_initial, lr_min=0.0, cycle_mul=1.0, cycle_decay=1.0, cycle_limit=1, warmup_t=0, warmup_lr_init=0.0,
              warmup_prefix=False, **own):
        curve = shape(**own)

        def after(t):
            i, start, length = cycle_of(t - (warmup_t if warmup_prefix else 0), t_initial, cycle_mul)
            if i >= cycle_limit:
                return mpf(lr_min)
            x = (t - (warmup_t if warmup_prefix else 0) - start) / length
            return lr_min + (mpf(lr) * mpf(cycle_decay) ** i - lr_min) * curve(x)

        top = after(warmup_t) if shape is tanh and not warmup_prefix else mpf(lr)

        def value(s):
            if s == 0:
                return mpf(warmup_lr_init) if warmup_t else mpf(lr)
            return warmup_lr_init + (top - warmup_lr_init) * s / warmup_t if s < warmup_t else after(s)
        return value
    return exact


def cosine(k_decay=1.0):
    return lambda x: hc(x ** mpf(k_decay))


def poly(power=0.5, k_decay=1.0):
    return lambda x: (1 - x ** mpf(k_decay)) ** mpf(power)


def tanh(lb=-7.0, ub=3.0):
    return lambda x: (1 - mp.tanh(mpf(lb) * (1 - x) + mpf(ub) * x)) / 2


def steps_down(number):
    def exact(lr, decay_t, decay_rate=1.0, warmup_t=0, warmup_lr_init=0.0, warmup_prefix=True):
        def value(s):
            if s == 0:
                return mpf(warmup_lr_init) if warmup_t else mpf(lr)
            if s < warmup_t:
                return warmup_lr_init + (mpf(lr) - warmup_lr_init) * s / warmup_t
            return mpf(lr) * mpf(decay_rate) ** number(decay_t, s - (warmup_t if warmup_prefix else 0))
        return value
    return exact


SCHEDULERS = {
    "cosine_lr_scheduler": (CosineLRScheduler, cycles(cosine)),
    "poly_lr_scheduler": (PolyLRScheduler, cycles(poly)),
    "tanh_lr_scheduler": (TanhLRScheduler, cycles(tanh)),
    "step_lr_scheduler": (StepLRScheduler, steps_down(lambda decay_t, t: t // decay_t)),
    "multi_step_lr_scheduler": (MultiStepLRScheduler, steps_down(lambda decay_t, t: sum(m <= t + 1 for m in decay_t))),
}


def values_of(name, fields, chosen):
    own = {k: v for k, v in fields.items() if k != "lr"}
    optim = optimizer(fields["lr"])
    try:
        scheduler = SCHEDULERS[name][0](optim, t_in_epochs=False, **own)
    except Exception as error:
        return [error] * len(chosen)
    found = []
    for s in chosen:  # a function of the number of updates, so the steps between need not be taken
        try:
            if s:
                scheduler.step_update(s)
            value = optim.param_groups[0]["lr"]
            found.append(value if isinstance(value, complex) else float(value))
        except Exception as error:
            found.append(error)
    return found


def moved(fields, last):
    """The steps where the peer's logarithm puts another cycle than the right one."""
    mul, t_initial, prefix = fields.get("cycle_mul", 1), fields["t_initial"], fields.get("warmup_prefix", False)
    if mul == 1:
        return []
    begin = fields.get("warmup_t", 0)
    shift = begin if prefix else 0
    found = []
    start, length = 0.0, float(t_initial)
    for _ in range(60):
        start, length = start + length, length * mul
        if start > last:
            break
        for t in range(max(0, round(start) - 2), round(start) + 3):
            try:
                i = math.floor(math.log(1 - t / t_initial * (1 - mul), mul))
            except ValueError:
                return found
            right = cycle_of(t, t_initial, mul)[0]
            if i != right and begin <= t + shift <= last:
                found.append((t + shift, right))
    return found


def case(name, chosen, **fields):
    fields = {k: v for k, v in fields.items() if v is not None}
    note = None
    if "t_initial" in fields:
        wrong = sorted({s for s, i in moved(fields, chosen[-1]) if i < fields.get("cycle_limit", 1)})
        chosen = sorted({*chosen, *wrong})
        note = RESTART if wrong else None
    trace.case(text("timm", name, **fields), chosen, values_of(name, fields, chosen), SCHEDULERS[name][1](**fields), note)


def rate():
    return log_uniform(rng, 1e-5, 1)


def picked(total, landmarks=(), **options):
    return steps(total, landmarks, between=10, seed=rng.randrange(1000), **options)


def starts(t_initial, mul, limit):
    found, at, length = [], 0, t_initial
    for _ in range(min(limit, 6)):
        at, length = at + length, length * mul
        found.append(math.ceil(at))
    return found


def cyclic(name, lr, t_initial, **fields):
    joints = starts(t_initial, fields.get("cycle_mul") or 1, fields.get("cycle_limit") or 1)
    shift = (fields.get("warmup_t") or 0) if fields.get("warmup_prefix") else 0
    joints = [j + shift for j in joints if j < 2_000_000]
    landmarks = [fields.get("warmup_t") or 0, *joints[:3], joints[-1]]
    case(name, picked(max(joints), [x for x in landmarks if x]), lr=lr, t_initial=t_initial, **fields)


for name, own in (
        ("cosine_lr_scheduler", lambda: {"k_decay": rng.choice((None, None, 0.5, 1.5, 2.0))}),
        ("poly_lr_scheduler", lambda: {"power": rng.choice((None, *POWERS)), "k_decay": rng.choice((None, None, 0.5, 1.5, 2.0))}),
        ("tanh_lr_scheduler", lambda: rng.choice(({}, {}, {"lb": -6.0, "ub": 4.0}, {"lb": -3.0, "ub": 1.0})))):
    for T in (1, 2, 3, 100, 1_000_000):
        cyclic(name, 0.1, T)
    for W in (1, 2, 10, 99, 100, 101):
        for prefix in (False, True):
            cyclic(name, 1.0, 100, lr_min=0.01, warmup_t=W, warmup_lr_init=1e-4, warmup_prefix=prefix)
    cyclic(name, 0.1, 100, warmup_t=10, warmup_lr_init=0.3)   # it warms up downwards
    cyclic(name, 0.1, 100, lr_min=0.1)
    cyclic(name, 0.1, 100, lr_min=0.5)
    cyclic(name, 0.1, 100, cycle_limit=0)
    cyclic(name, 0.1, 100, cycle_limit=3, cycle_decay=0.5, lr_min=1e-3)
    cyclic(name, 0.1, 10, cycle_limit=5, cycle_decay=0.0, lr_min=1e-3)
    cyclic(name, 0.1, 10, cycle_limit=5, cycle_decay=0.1, lr_min=0.02)   # the floor is above the later peaks
    for mul, T, limit in ((2.0, 10, 5), (3.0, 10, 6), (1.5, 10, 6), (10.0, 2, 5), (1.1, 100, 5), (0.5, 100, 3), (2.0, 1, 6)):
        cyclic(name, 1.0, T, cycle_mul=mul, cycle_limit=limit, cycle_decay=0.9)
    cyclic(name, 1.0, 10, cycle_mul=3.0, cycle_limit=6, lr_min=0.01, warmup_t=7, warmup_prefix=True)
    for _ in range(25):
        lr, T = rate(), rng.choice(TOTALS)
        cyclic(name, lr, T, lr_min=rng.choice((None, floors(rng, lr))), cycle_mul=rng.choice((None, None, 1.3, 2.0)) if T < 20_000 else None,
               cycle_decay=rng.choice((None, 0.5, 0.9)), cycle_limit=rng.choice((None, 1, 2, 3)), warmup_t=rng.choice((None, warmups(rng, T))),
               warmup_lr_init=rng.choice((None, 1e-6, 0.01 * lr)), warmup_prefix=rng.choice((None, True)), **own())
for power in POWERS:
    cyclic("poly_lr_scheduler", 0.1, 100, power=power, k_decay=rng.choice((1.0, 2.0)))

for fields in ({"decay_t": 30, "decay_rate": 0.1}, {"decay_t": 30}, {"decay_t": 1, "decay_rate": 0.9}, {"decay_t": 0, "decay_rate": 0.9},
               {"decay_t": 30, "decay_rate": 0.1, "warmup_t": 10}, {"decay_t": 30, "decay_rate": 0.1, "warmup_t": 10, "warmup_prefix": False},
               {"decay_t": 30, "decay_rate": 0.1, "warmup_t": 70, "warmup_prefix": False, "warmup_lr_init": 1e-4},
               {"decay_t": 30, "decay_rate": 0.0}, {"decay_t": 30, "decay_rate": 0.1, "warmup_t": 1}):
    shift = fields.get("warmup_t", 0) if fields.get("warmup_prefix", True) else 0
    case("step_lr_scheduler", picked(100, [x for x in (fields.get("warmup_t"), shift + 30, shift + 60) if x]), lr=0.1, **fields)
for _ in range(25):
    T, lr = rng.choice(TOTALS), rate()
    n, W, prefix = max(1, int(T / uniform(rng, 0.8, 12))), warmups(rng, T), rng.choice((None, True, False))
    shift = 0 if prefix is False else W
    case("step_lr_scheduler", picked(T, [W, shift + n, shift + 2 * n]), lr=lr, decay_t=n,
         decay_rate=rng.choice((0.1, 0.5, 0.9, 0.9999, uniform(rng, 0.1, 1, 5))), warmup_t=W, warmup_lr_init=rng.choice((None, 1e-6, 0.1 * lr)),
         warmup_prefix=prefix)

for fields in ({"decay_t": [30, 80], "decay_rate": 0.1}, {"decay_t": [30, 30, 80], "decay_rate": 0.5}, {"decay_t": [], "decay_rate": 0.5},
               {"decay_t": [0, 5], "decay_rate": 0.5}, {"decay_t": [1, 5], "decay_rate": 0.5}, {"decay_t": [2, 5], "decay_rate": 0.5},
               {"decay_t": [30, 80]}, {"decay_t": [30, 80], "decay_rate": 0.1, "warmup_t": 10},
               {"decay_t": [30, 80], "decay_rate": 0.1, "warmup_t": 10, "warmup_prefix": False},
               {"decay_t": [30, 80], "decay_rate": 0.1, "warmup_t": 50, "warmup_lr_init": 1e-3, "warmup_prefix": False}):
    shift = fields.get("warmup_t", 0) if fields.get("warmup_prefix", True) else 0
    case("multi_step_lr_scheduler", picked(100, [x for x in (fields.get("warmup_t"), *(m + shift for m in fields["decay_t"])) if x]), lr=0.1, **fields)
for _ in range(25):
    T, lr = rng.choice(TOTALS[2:]), rate()
    decay_t, W, prefix = sorted(rng.choices(range(1, T + 1), k=rng.randrange(1, 7))), warmups(rng, T), rng.choice((None, True, False))
    shift = 0 if prefix is False else W
    case("multi_step_lr_scheduler", picked(T, [W, *(m + shift for m in decay_t[:4])]), lr=lr, decay_t=decay_t,
         decay_rate=rng.choice((0.1, 0.5, 0.9, uniform(rng, 0.1, 1, 5))), warmup_t=W, warmup_lr_init=rng.choice((None, 1e-6, 0.1 * lr)),
         warmup_prefix=prefix)

# --- the wrong cycles there are, and the start

for mul in (1.1, 1.3, 1.5, 2.0, 3.0, 4.0, 5.0, 10.0):
    for T in (1, 2, 7, 10, 100):
        if found := sorted({*moved({"t_initial": T, "cycle_mul": mul}, 1_000_000)}):
            print(f"wrong cycle: t_initial={T} cycle_mul={mul}: {[f'{s} (cycle {i})' for s, i in found[:8]]}")
for name, fields in (("tanh_lr_scheduler", {"t_initial": 100}), ("cosine_lr_scheduler", {"t_initial": 100, "cycle_limit": 0}),
                     ("multi_step_lr_scheduler", {"decay_t": [1, 5], "decay_rate": 0.5})):
    optim = optimizer(1.0)
    scheduler = SCHEDULERS[name][0](optim, t_in_epochs=False, **fields)
    built = optim.param_groups[0]["lr"]
    scheduler.step_update(0)
    print(f"{name} {fields}: built {built!r}, asked with 0 {optim.param_groups[0]['lr']!r}")
for name, fields in (("cosine_lr_scheduler", {"t_initial": 0}), ("cosine_lr_scheduler", {"t_initial": 10, "lr_min": -1.0}),
                     ("tanh_lr_scheduler", {"t_initial": 10, "lb": 3.0}), ("tanh_lr_scheduler", {"t_initial": 10, "warmup_lr_init": -1.0}),
                     ("cosine_lr_scheduler", {"t_initial": 10, "warmup_t": 3, "warmup_lr_init": -1.0})):
    print(f"{name} {fields}: {values_of(name, {'lr': 1.0, **fields}, [0, 1, 2])}")

trace.write()
