#!/usr/bin/env python3
"""Record what GreedyLR of transformers does with sequences of metrics.

    python make_greedy.py       writes greedy.csv beside this file

A real optimizer is stepped with each metric; a row is the scheduler's state after it, and the rate; the first of a case has its
settings, too. A case with restore=N is
saved with state_dict() after N metrics and goes on in a new scheduler with load_state_dict(). Where metrics are averaged
(smooth), GreedyLR's running sum is rounded at every step: these cases have metrics whose sums are exact.
"""

import os
import platform
import random

import torch
import transformers
from transformers.optimization import GreedyLR

HERE = os.path.dirname(os.path.abspath(__file__))
NAN = float("nan")
INF = float("inf")


def loss(seed, length, scale=1.0, offset=0.0, noise=0.05):
    """It falls, then stays."""
    rng = random.Random(seed)
    return [offset + scale * (0.5 ** (k / 8) + noise * rng.random()) for k in range(length)]


def falling(length):
    return [1 - k / 256 for k in range(length)]


def cases():
    wide = dict(min_lr=1e-4, max_lr=1.0)
    yield "defaults, better and better", 0.1, {}, falling(60)
    yield "defaults, no better", 0.1, {}, [1.0] * 60
    yield "loss", 0.01, dict(wide, patience=2, factor=0.5), loss(1, 80)
    yield "patience 0", 0.01, dict(wide, patience=0, factor=0.5), [3, 2, 2, 1, 1.5, 0.5, 0.5, 0.5, 0.25, 0.125]
    yield "highest", 0.1, dict(min_lr=0.01, max_lr=0.3, patience=1, factor=0.7), falling(40)
    yield "warmup", 0.01, dict(wide, patience=1, factor=0.7, warmup=3), falling(30) + [1.0] * 10
    yield "cooldown", 0.5, dict(wide, patience=1, factor=0.7, cooldown=3), [1.0] * 30 + falling(10)
    yield "both", 0.1, dict(wide, patience=1, factor=0.7, cooldown=2, warmup=1), loss(5, 60) + falling(20)
    yield "reset", 0.1, dict(min_lr=0.05, max_lr=1.0, patience=0, factor=0.6, reset_start=3), [1.0] * 20 + [0.5] + [1.0] * 8
    yield "reset at once", 0.1, dict(min_lr=0.05, max_lr=1.0, patience=0, factor=0.6, reset_start=0), [1.0] * 12
    yield "reset, cooldown", 0.1, dict(min_lr=0.05, max_lr=1.0, patience=0, factor=0.6, reset_start=2, cooldown=2), [1.0] * 30
    yield "a rise puts the reset off", 0.1, dict(min_lr=0.05, max_lr=1.0, patience=0, factor=0.6, reset_start=4), \
        [1.0] * 5 + [0.5] + [1.0] * 12
    yield "at the floor from the start", 0.1, dict(min_lr=0.1, max_lr=1.0, patience=1, factor=0.5, reset_start=5), \
        [1.0] * 12 + falling(6)
    yield "eps", 1e-3, dict(min_lr=0.0, max_lr=1.0, patience=0, factor=0.99, eps=1e-5), [1.0] * 12 + falling(6)
    yield "eps 0", 1e-9, dict(min_lr=0.0, max_lr=1.0, patience=0, factor=0.5, eps=0.0), [1.0] * 12 + falling(6)
    yield "tiny rate never changes", 1e-9, dict(min_lr=0.0, max_lr=1.0, patience=0, factor=0.5), [1.0] * 4 + falling(6)
    yield "max", 0.1, dict(wide, mode="max", patience=2, factor=0.5), [1 - x for x in loss(2, 60)]
    yield "relative", 0.1, dict(wide, patience=1, factor=0.5, threshold=0.1, threshold_mode="rel"), loss(3, 40)
    yield "relative, negative", 0.1, dict(wide, patience=1, factor=0.5, threshold=0.1, threshold_mode="rel"), \
        [-5, -5, -4.6, -4.2, -4, -3.5, -4, -4, -4.1, -9, 0, 0, 0]
    yield "nan", 0.1, dict(wide, patience=1, factor=0.5), [NAN, 1, 0.5, 0.25, NAN, NAN, NAN, 0.1, 0.05, NAN, 0.01, 0.005, 0.001]
    yield "infinities", 0.1, dict(wide, patience=1, factor=0.5), [INF, INF, 5, 4, 3, INF, INF, -INF, 1, -INF, -INF]
    yield "restored", 0.1, dict(wide, patience=2, cooldown=2, warmup=2, factor=0.5, restore=17), loss(1, 60)
    rng = random.Random(7)
    exact = [rng.randrange(1 << 20) / (1 << 20) for _ in range(90)]
    yield "window", 0.1, dict(wide, patience=0, factor=0.7, smooth=True, window_size=4), exact
    yield "window of 50", 0.1, dict(wide, patience=0, factor=0.7, smooth=True), exact
    yield "window, reset", 0.1, dict(min_lr=0.05, max_lr=1.0, patience=0, factor=0.6, reset_start=2, smooth=True, window_size=3), exact
    for k in range(40):
        mode = rng.choice(["min", "max"])
        floor, highest = rng.choice([0.0, 1e-4, 1e-2]), rng.choice([0.05, 0.3, 1.0])
        kwargs = dict(mode=mode, factor=rng.choice([0.3, 0.5, 0.9, 0.95]), patience=rng.randrange(4),
                      threshold=rng.choice([0.0, 1e-6, 0.01]), threshold_mode=rng.choice(["rel", "abs"]),
                      cooldown=rng.randrange(4), warmup=rng.randrange(4), min_lr=floor, max_lr=highest,
                      eps=rng.choice([0.0, 1e-8, 1e-3]), reset_start=rng.choice([1, 3, 500]))
        sign = 1 if mode == "min" else -1
        yield f"random {k}", rng.choice([0.04, 0.02, floor + 0.001]), kwargs, \
            [sign * x for x in loss(100 + k, 60, offset=rng.choice([0.0, 0.0, -0.8, 2.0]), noise=0.3)]


def hexadecimal(x):
    return "nan" if x != x else "inf" if x == INF else "-inf" if x == -INF else float(x).hex().replace("0000000000p", "p")


def main():
    rows = [
        "# GreedyLR of transformers, made by make_greedy.py; do not edit.",
        f"# python {platform.python_version()}, torch {torch.__version__}, transformers {transformers.__version__}",
        "# case,init_lr,kwargs,metric,lr,best,num_good_epochs,num_bad_epochs,cooldown_counter,warmup_counter",
    ]
    for name, lr, kwargs, metrics in cases():
        kwargs = dict(kwargs)
        restore = kwargs.pop("restore", None)
        made = lambda: torch.optim.SGD([torch.zeros(1)], lr=lr)
        optimizer = made()
        scheduler = GreedyLR(optimizer, **kwargs)
        for k, metric in enumerate(metrics):
            if k == restore:
                saved = scheduler.state_dict()
                optimizer = made()
                scheduler = GreedyLR(optimizer, **kwargs)
                scheduler.load_state_dict(saved)
            scheduler.step(metric)
            rows.append(",".join([
                name.replace(",", ""), *([repr(lr), ";".join(f"{k}={v}" for k, v in kwargs.items())] if k == 0 else ["", ""]),
                hexadecimal(metric),
                hexadecimal(optimizer.param_groups[0]["lr"]), hexadecimal(scheduler.best), str(scheduler.num_good_epochs),
                str(scheduler.num_bad_epochs), str(scheduler.cooldown_counter), str(scheduler.warmup_counter)]))
    with open(os.path.join(HERE, "greedy.csv"), "w") as out:
        out.write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
