#!/usr/bin/env python3
"""Record the learning rates of Hugging Face transformers' get_scheduler().

    python make_hf.py            writes hf_v4.csv or hf_v5.csv beside this file,
                                 named after the transformers major that is installed

Every rate is read back from the optimizer's parameter group; nothing is computed here.
"""

import os
import platform
import sys
import warnings

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import torch
import transformers
from transformers import get_scheduler

warnings.filterwarnings("ignore")

HERE = os.path.dirname(os.path.abspath(__file__))
MAJOR = int(transformers.__version__.split(".")[0])
PAST = 25  # steps recorded past the end

FULL = [(0, 1), (0, 10), (1, 10), (2, 10), (9, 10), (10, 10), (10, 100), (0, 100), (3, 97), (99, 100)]
LONG = (500, 10000)
FEW = [(0, 1), (0, 10), (2, 10), (10, 10), (4, 30)]
TINY = [(0, 10), (2, 10), (10, 10)]
OVER = (13, 10)  # more warmup than training
PEAKS = [5e-5, 1.0]

LONG_STEPS = sorted(
    {0, 1, 2, 3, 7, 50, 125, 250, 333, 400, 450}
    | set(range(496, 506))  # the end of warmup
    | {510, 600, 750, 1000, 1500, 2000, 2500, 2875, 3000, 3500, 4000, 4321, 5000, 5500, 6000, 6500, 7000, 7500}
    | {5249, 5250, 5251}  # the middle of the decay
    | {7998, 7999, 8000, 8001, 8002}  # the start of a 2000-step tail
    | {8500, 9000, 9001, 9500, 9900, 9990}
    | set(range(9996, 10006))  # the end
    | {10010, 10020, 10025}
)


def build_cases():
    """[(name, peak, W, T, kwargs)]; the order fixes the case numbers, so append, do not insert."""
    cases = []

    def add(name, grid, kwargs=None):
        for w, t in grid:
            peak = PEAKS[len(cases) % 2]
            kw = kwargs(peak, w, t) if callable(kwargs) else dict(kwargs or {})
            if kw is not None:
                cases.append((name, peak, w, t, kw))

    # constant ignores W and T; constant_with_warmup and inverse_sqrt ignore T
    add("constant", [(0, 1), (2, 10), (10, 10)])
    add("constant_with_warmup", [(0, 1), (0, 10), (1, 10), (2, 10), (9, 10), (10, 10), (10, 100), LONG, OVER])
    add("linear", FULL + [LONG, OVER])

    add("cosine", FULL + [LONG, OVER])
    for cycles in (1, 0.4, 2):
        add("cosine", FEW + [(3, 97), LONG], {"num_cycles": cycles})

    add("cosine_with_restarts", FULL + [LONG, OVER])
    for cycles in (2, 3, 7):
        add("cosine_with_restarts", FEW + [(3, 97), LONG], {"num_cycles": cycles})

    def lr_end(fraction):
        return lambda peak: {5e-5: {0.1: 5e-6, 0: 0.0, 0.02: 1e-6}, 1.0: {0.1: 0.1, 0: 0.0, 0.02: 0.02}}[peak][fraction]

    add("polynomial", FULL + [LONG, OVER])  # lr_end 1e-7, power 1
    add("polynomial", [(2, 10), (4, 30)], lambda p, w, t: {"lr_end": lr_end(0)(p)})
    for power in (2, 0.5, 3.5):
        add("polynomial", FEW + [LONG], lambda p, w, t: {"power": power})
        add("polynomial", [(2, 10), (4, 30)], lambda p, w, t: {"lr_end": lr_end(0.1)(p), "power": power})
    add("polynomial", [(9, 10), (10, 10), OVER], lambda p, w, t: {"lr_end": lr_end(0.02)(p)})

    add("inverse_sqrt", [(0, 1), (0, 10), (1, 10), (2, 10), (10, 100), (3, 97), LONG])
    for timescale in (1, 5, 1000):
        add("inverse_sqrt", [(0, 10), (1, 10), (4, 30), LONG], {"timescale": timescale})

    for name in ("cosine_with_min_lr", "cosine_warmup_with_min_lr"):
        add(name, FULL + [LONG, OVER], {"min_lr_rate": 0.1})
        add(name, FEW + [LONG], lambda p, w, t: {"min_lr": lr_end(0.1)(p)})
        add(name, TINY, {"min_lr_rate": 0.0})
        add(name, [(2, 10), (4, 30)], {"min_lr_rate": 0.25, "num_cycles": 2})
    add("cosine_warmup_with_min_lr", FULL[:6] + [(4, 30), LONG], {"min_lr_rate": 0.1, "warmup_lr_rate": 0.05})
    add("cosine_warmup_with_min_lr", [(2, 10), (10, 10)], lambda p, w, t: {"min_lr": lr_end(0.1)(p), "warmup_lr_rate": 0.0})

    wsd = "warmup_stable_decay"

    def tail(t):  # 1, 2, 20, 19, 2000
        return max(1, t // 5)

    types = ("linear", "cosine", "1-sqrt")
    # no num_stable_steps: stable = T - W - D, negative where W + D > T
    add(wsd, FULL + [LONG, OVER], lambda p, w, t: {"num_decay_steps": tail(t)})
    for i, decay in enumerate(types):
        warm = types[(i + 1) % 3]
        add(wsd, FEW[1:] + [(9, 10), LONG],
            lambda p, w, t: {"num_decay_steps": tail(t), "warmup_type": warm, "decay_type": decay, "min_lr_ratio": 0.1})
        add(wsd, [(2, 10), (9, 10), (4, 30)],
            lambda p, w, t: {"num_decay_steps": tail(t), "warmup_type": decay, "decay_type": decay, "min_lr_ratio": 0.0})
    # a tail as long as, or longer than, everything after warmup
    for decay in types:
        add(wsd, [(2, 10), (9, 10)],
            lambda p, w, t: {"num_decay_steps": 8, "decay_type": decay, "min_lr_ratio": 0.1})
    # stable given (it wins over T): too short (the rest at the floor), exact, too long
    for stable in (30, 77, 120):
        add(wsd, [(3, 97)], lambda p, w, t: {"num_decay_steps": 17, "num_stable_steps": stable, "decay_type": "linear", "min_lr_ratio": 0.1})
    add(wsd, [(2, 10), (10, 10)], {"num_decay_steps": 3, "num_stable_steps": 4, "decay_type": "1-sqrt", "warmup_type": "cosine"})
    add(wsd, [(0, 10), (2, 10)], {"num_decay_steps": 3, "num_stable_steps": 0})
    # no tail at all: falls to the floor at T
    add(wsd, [(2, 10), (0, 1)], {"num_decay_steps": 0, "min_lr_ratio": 0.1})
    # restarts that double rounding misses: 49 * (1/49) < 1, so a peak comes out as the bottom
    add("cosine_with_restarts", [(1, 50)], {"num_cycles": 49})
    return cases


def run(name, peak, w, t, kwargs, steps):
    """-> ({step: lr}, {step: error}); a step that raised has no rate."""
    param = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([param], lr=peak)
    rates, errors = {}, {}
    scheduler = get_scheduler(
        name, optimizer, num_warmup_steps=w, num_training_steps=t, scheduler_specific_kwargs=kwargs or None
    )
    rates[0] = float(optimizer.param_groups[0]["lr"])
    optimizer.step()
    for step in range(1, max(steps) + 1):
        try:
            scheduler.step()
        except ArithmeticError as e:
            errors[step] = f"{type(e).__name__}: {e}"  # the next step() goes on counting
            continue
        rates[step] = float(optimizer.param_groups[0]["lr"])
    return {s: rates[s] for s in steps if s in rates}, errors


def main():
    notes, rows, made = [], [], 0
    # transformers 4 drops scheduler_specific_kwargs for inverse_sqrt; ask rather than assume
    probe = [run("inverse_sqrt", 1.0, 2, 10, kw, range(20))[0] for kw in ({}, {"timescale": 77})]
    timescale_ignored = probe[0] == probe[1]
    dropped = []
    for case, (name, peak, w, t, kwargs) in enumerate(build_cases()):
        steps = LONG_STEPS if (w, t) == LONG else range(max(w, t) + PAST + 1)
        label = f"case {case} {name} W={w} T={t}"
        if timescale_ignored and "timescale" in kwargs:
            dropped.append(case)
            continue
        try:
            rates, errors = run(name, peak, w, t, kwargs, steps)
        except Exception as e:
            notes.append(f"{label} {kwargs}: cannot be made, {type(e).__name__}: {e}")
            continue
        for step, error in errors.items():
            notes.append(f"{label}: step {step} raised {error}; that row is missing, the ones after it are what the next step() gave")
        kw = ";".join(f"{k}={v}" for k, v in kwargs.items())
        made += 1
        rows += [f"{case},{name},{peak.hex()},{w},{t},{kw},{s},{lr.hex()}" for s, lr in rates.items()]
    if dropped:
        notes.append(
            f"cases {dropped[0]}-{dropped[-1]} (inverse_sqrt with timescale) are skipped: this get_scheduler"
            " ignores scheduler_specific_kwargs there, silently; with timescale=77 the trace was the one without"
        )
    # kwargs to constant and constant_with_warmup, which are ignored rather than refused
    for name in ("constant", "constant_with_warmup"):
        try:
            same = run(name, 1.0, 3, 10, {"no_such_option": 1}, range(20))[0] == run(name, 1.0, 3, 10, {}, range(20))[0]
            notes.append(f"{name} with an unknown kwarg: {'ignored silently' if same else 'changed the trace'}")
        except TypeError as e:
            notes.append(f"{name} with an unknown kwarg: TypeError: {e}")

    path = os.path.join(HERE, f"hf_v{MAJOR}.csv")
    with open(path, "w", newline="\n") as f:
        f.write("# Learning rates of transformers.get_scheduler(), made by make_hf.py; do not edit.\n")
        f.write(f"# python {platform.python_version()}, transformers {transformers.__version__}, torch {torch.__version__}\n")
        f.write("# The row of step s is the rate that optimizer update s (counted from 0) runs with.\n")
        for note in notes:
            f.write(f"# {note}\n")
        f.write("# case,name,peak_lr,warmup_steps,total_steps,kwargs,step,lr\n")
        f.write("\n".join(rows) + "\n")
    print(f"{path}: {made} cases, {len(rows)} rows, {os.path.getsize(path)} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
