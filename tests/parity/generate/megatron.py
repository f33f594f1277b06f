# SPDX-License-Identifier: MIT
"""Traces megatron.core.optimizer_param_scheduler, stepped by 1 after every update.

    python3.11 -m venv venv
    venv/bin/pip install torch==2.15.0 numpy==2.4.6 packaging==26.4 mpmath==1.3.0
    venv/bin/pip install --no-deps megatron-core==0.16.1
    venv/bin/python tests/parity/generate/megatron.py

The scheduler counts samples where it is used; here it counts updates. A parameter group is all that it needs of its
optimizer.
"""

import sys
import warnings
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

# The scripts here have the names of the packages that they trace.
sys.path = [p for p in sys.path if Path(p or ".").resolve() != Path(__file__).resolve().parent]
warnings.filterwarnings("ignore")
from megatron.core.optimizer_param_scheduler import OptimizerParamScheduler  # noqa: E402
from mpmath import mp, mpf  # noqa: E402

sys.path.append(str(Path(__file__).resolve().parent))
from common import TOTALS, Trace, floors, hc, log_uniform, random_of, steps, text, uniform, warmups  # noqa: E402

rng = random_of(27)
trace = Trace("megatron", f"megatron-core {version('megatron-core')}, float64")

# What the peer has no defaults for.
RATES = {"init_lr": 0.0, "min_lr": 0.0, "lr_warmup_steps": 0, "lr_wsd_decay_style": "exponential"}
WEIGHT_DECAY = {"start_wd": 0.0, "end_wd": 0.0, "wd_incr_steps": 1, "wd_incr_style": "constant"}
ANY_RATE = {"max_lr": 1.0, "lr_decay_steps": 1, "lr_decay_style": "constant"}


# --- the exact values

def optimizer_param_scheduler(max_lr, lr_decay_steps, lr_decay_style, init_lr=0.0, min_lr=0.0, lr_warmup_steps=0, wsd_decay_steps=None,
                              lr_wsd_decay_style="exponential"):
    W, T, high, low, D = lr_warmup_steps, lr_decay_steps, mpf(max_lr), mpf(min_lr), wsd_decay_steps
    tails = {"linear": lambda x: 1 - x, "cosine": hc, "exponential": lambda x: 2 * mpf("0.5") ** x - 1, "minus_sqrt": lambda x: 1 - mp.sqrt(x)}

    def value(s):
        if 0 < W and s <= W:
            return mpf(init_lr) + (high - mpf(init_lr)) * s / W
        if lr_decay_style == "constant":
            return high
        if s > T:
            return low
        if lr_decay_style == "inverse-square-root":
            return max(low, high * mp.sqrt(mpf(max(W, 1)) / max(s, 1)))
        if lr_decay_style == "WSD":
            c = mpf(1) if s <= T - D else tails[lr_wsd_decay_style](mpf(s - T + D) / D)
        else:
            c = tails[lr_decay_style](mpf(s - W) / (T - W))
        return low + c * (high - low)
    return value


def weight_decay(start_wd, end_wd, wd_incr_steps, wd_incr_style):
    def value(s):
        if s > wd_incr_steps or wd_incr_style == "constant":
            return mpf(end_wd)
        x = mpf(s) / wd_incr_steps
        return start_wd + (mpf(end_wd) - mpf(start_wd)) * (x if wd_incr_style == "linear" else 1 - hc(x))
    return value


def values_of(fields, key, chosen):
    group = {}
    try:
        scheduler = OptimizerParamScheduler(SimpleNamespace(param_groups=[group]), use_checkpoint_opt_param_scheduler=False, **fields)
    except Exception as error:
        return [error] * len(chosen)
    found, at = [], 0
    for s in chosen:  # a function of the count, so the steps between need not be taken one by one
        try:
            scheduler.step(s - at)
            found.append(float(group[key]))
        except Exception as error:
            found.append(error)
        at = s
    return found


def underscored(fields):
    return {k: v.replace("-", "_") if isinstance(v, str) else v for k, v in fields.items()}


def case(chosen, **fields):
    fields = {k: v for k, v in fields.items() if v is not None}
    trace.case(text("megatron", "optimizer_param_scheduler", **underscored(fields)), chosen,
               values_of({**WEIGHT_DECAY, **RATES, **fields}, "lr", chosen), optimizer_param_scheduler(**fields))


def decay_case(chosen, **fields):
    trace.case(text("megatron", "weight_decay", **fields), chosen, values_of({**RATES, **ANY_RATE, **fields}, "weight_decay", chosen),
               weight_decay(**fields))


def picked(total, landmarks=(), **options):
    return steps(total, landmarks, between=10, seed=rng.randrange(1000), **options)


STYLES = ("constant", "linear", "cosine", "inverse-square-root", "WSD")
TAILS = ("exponential", "linear", "cosine", "minus_sqrt")

for style in STYLES:
    for W, T in ((0, 1), (0, 2), (1, 2), (2, 3), (0, 100), (1, 100), (2, 100), (10, 100), (99, 100), (2000, 1_000_000), (100, 100), (120, 100), (0, 0)):
        D = max(1, T // 5) if style == "WSD" else None
        case(picked(T, [W, T - (D or 0)]), max_lr=0.1, lr_warmup_steps=W, lr_decay_steps=T, lr_decay_style=style, wsd_decay_steps=D)
    D = 20 if style == "WSD" else None
    for low in (0.0, 1e-6, 0.01, 0.1, 0.2):
        case(picked(100, [10, 80]), max_lr=0.1, min_lr=low, lr_warmup_steps=10, lr_decay_steps=100, lr_decay_style=style, wsd_decay_steps=D)
    for first in (0.001, 0.1, 0.2):
        case(picked(100, [10, 80]), init_lr=first, max_lr=0.1, min_lr=0.02, lr_warmup_steps=10, lr_decay_steps=100, lr_decay_style=style,
             wsd_decay_steps=D)
for tail in TAILS:
    for D in (0, 1, 2, 50, 90, 95, 100, 150):
        case(picked(100, [10, 100 - D]), max_lr=0.1, min_lr=0.01, lr_warmup_steps=10, lr_decay_steps=100, lr_decay_style="WSD", wsd_decay_steps=D,
             lr_wsd_decay_style=tail)
    case(picked(1_000_000, [2000, 900_000]), max_lr=6e-4, lr_warmup_steps=2000, lr_decay_steps=1_000_000, lr_decay_style="WSD",
         wsd_decay_steps=100_000, lr_wsd_decay_style=tail)
for style in STYLES:
    for _ in range(15):
        T, lr = rng.choice(TOTALS), log_uniform(rng, 1e-5, 1)
        W = min(warmups(rng, T), T - 1)
        D = rng.choice(sorted({1, max(1, T // 10), max(1, T // 3)})) if style == "WSD" else None
        case(picked(T, [W, T - (D or 0)]), init_lr=rng.choice((None, None, 1e-6, 0.1 * lr)), max_lr=lr, min_lr=rng.choice((None, floors(rng, lr))),
             lr_warmup_steps=W, lr_decay_steps=T, lr_decay_style=style, wsd_decay_steps=D,
             lr_wsd_decay_style=rng.choice((None, *TAILS)) if D else None)

for style in ("linear", "cosine"):
    for n in (0, 1, 2, 3, 100, 12_345, 1_000_000):
        decay_case(picked(n), start_wd=0.033, end_wd=0.1, wd_incr_steps=n, wd_incr_style=style)
    decay_case(picked(100), start_wd=0.1, end_wd=0.1, wd_incr_steps=100, wd_incr_style=style)
    decay_case(picked(100), start_wd=0.0, end_wd=0.1, wd_incr_steps=100, wd_incr_style=style)
    decay_case(picked(100), start_wd=0.2, end_wd=0.1, wd_incr_steps=100, wd_incr_style=style)
    for _ in range(8):
        n, end = rng.choice(TOTALS), log_uniform(rng, 1e-3, 1)
        decay_case(picked(n), start_wd=rng.choice((0.0, uniform(rng, 0, 1) * end)), end_wd=end, wd_incr_steps=n, wd_incr_style=style)
for n in (0, 1, 100):
    decay_case(picked(n), start_wd=0.1, end_wd=0.1, wd_incr_steps=n, wd_incr_style="constant")
decay_case(picked(100), start_wd=0.05, end_wd=0.1, wd_incr_steps=100, wd_incr_style="constant")

# --- one by one, and a stop and a new start

for style in STYLES:
    fields = {**WEIGHT_DECAY, **RATES, "max_lr": 0.1, "min_lr": 0.01, "lr_warmup_steps": 10, "lr_decay_steps": 100, "lr_decay_style": style,
              "wsd_decay_steps": 30 if style == "WSD" else None}
    new = lambda group: OptimizerParamScheduler(SimpleNamespace(param_groups=[group]), use_checkpoint_opt_param_scheduler=False, **fields)
    group, values = {}, values_of(fields, "lr", list(range(120)))
    scheduler, saved = new(group), []
    for s in range(120):
        if group["lr"] != values[s]:
            print(f"one by one otherwise: {style} at {s}")
        saved.append(scheduler.state_dict())
        scheduler.step(1)
    for at in (1, 10, 11, 70, 71, 100, 101):
        group = {}
        scheduler = new(group)
        scheduler.load_state_dict(saved[at])
        for s in range(at, 120):
            if group["lr"] != values[s]:
                print(f"resumed otherwise: {style} from {at} at {s}")
                break
            scheduler.step(1)

trace.write()
