#!/usr/bin/env python3
"""Record what PyTorch's ReduceLROnPlateau does with sequences of metrics.

    python make_plateau.py       writes plateau.csv beside this file

A real optimizer with one parameter group for each min_lr is stepped with each metric; a row is the
scheduler's state after it, and the rate of every group. A case with restore=N is saved with
state_dict() after N metrics and goes on in a new scheduler with load_state_dict().
"""

import os
import platform
import random

import torch
from torch.optim.lr_scheduler import ReduceLROnPlateau

HERE = os.path.dirname(os.path.abspath(__file__))
NAN = float("nan")
INF = float("inf")


def curve(seed, length, scale=1.0, offset=0.0, noise=0.05):
    """A loss that falls, then stays."""
    rng = random.Random(seed)
    return [offset + scale * (0.5 ** (k / 4) + noise * rng.random()) for k in range(length)]


def cases():
    loss = curve(1, 60)
    yield "defaults", 0.1, {}, [1.0] * 40
    yield "loss", 0.1, dict(patience=2, factor=0.5), loss
    yield "patience 0", 1.0, dict(patience=0, factor=0.5), [3, 2, 2, 1, 1.5, 0.5, 0.5, 0.5]
    yield "tie is bad", 1.0, dict(patience=0, factor=0.5, threshold=0.0), [2, 2, 1, 1]
    yield "threshold is not reached", 1.0, dict(patience=1, factor=0.5, threshold=0.25), [4, 3, 3.1, 2.9, 2.2, 2.1, 1]
    yield "threshold absolute", 1.0, dict(patience=1, factor=0.5, threshold=0.25, threshold_mode="abs"), \
        [4, 3.75, 3.74, 3.6, 3.5, 3.4, 3.2, 3, 3]
    yield "cooldown", 0.3, dict(patience=1, cooldown=3, factor=0.1), [1] * 20 + [0.5] + [1] * 10
    yield "cooldown keeps the best", 0.3, dict(patience=1, cooldown=2, factor=0.7), [5, 6, 6, 4, 6, 6, 6, 3, 7, 7, 7, 7]
    yield "floor", 0.1, dict(patience=0, factor=0.3, min_lr=0.005), [1] * 12
    yield "floor of each group", 0.1, dict(patience=0, factor=0.3, min_lr=[0.0, 0.01, 0.1]), [1] * 12
    yield "eps", 1e-3, dict(patience=0, factor=0.1), [1] * 12
    yield "eps 0", 1e-3, dict(patience=0, factor=0.1, eps=0.0), [1] * 12
    yield "eps is large", 1.0, dict(patience=0, factor=0.5, eps=0.2), [1] * 8
    yield "tiny rate is never cut", 1e-8, dict(patience=0), [1] * 5
    yield "factor 0", 0.1, dict(patience=0, factor=0.0), [1, 1, 1]
    yield "max", 0.1, dict(mode="max", patience=2, factor=0.5), [1 - x for x in curve(2, 50)]
    yield "max absolute", 0.1, dict(mode="max", patience=1, factor=0.5, threshold=0.01, threshold_mode="abs"), \
        [0.1, 0.105, 0.11, 0.2, 0.209, 0.21, 0.22, 0.22, 0.22]
    yield "max absolute, negative", 0.1, dict(mode="max", patience=1, factor=0.5, threshold_mode="abs"), \
        [-5, -4, -4, -4, -4, -3, -3, -3, -2, 0, 0, 0, 1]
    yield "max relative, negative", 0.1, dict(mode="max", patience=1, factor=0.5, threshold=0.1), \
        [-5, -5, -5.4, -5.9, -6.4, -6.5, -7, -9, -9, -9, 0, 0, 0, 0]
    yield "min relative, negative", 0.1, dict(patience=1, factor=0.5, threshold=0.1), \
        [-5, -5, -4.6, -4.2, -4, -3.5, -4, -4, -4.1, -9, 0, 0, 0]
    yield "min absolute, negative", 0.1, dict(patience=1, factor=0.5, threshold=0.1, threshold_mode="abs"), \
        [-5, -5, -5.05, -5.2, -5.2, -5.2, -5.2, -6]
    yield "zero crossing", 0.1, dict(patience=0, factor=0.5), [1, 0.5, 0, 0, -0.1, -0.1, -0.2, -0.2]
    yield "nan is bad", 0.1, dict(patience=1, factor=0.5), [NAN, 1, NAN, NAN, NAN, 0.5, NAN, 0.4, NAN, NAN]
    yield "nan first", 0.1, dict(patience=0, factor=0.5), [NAN, NAN, 3, NAN, 2]
    yield "nan, max", 0.1, dict(mode="max", patience=1, factor=0.5), [NAN, 1, NAN, NAN, 2, NAN, 3, NAN, NAN]
    yield "infinities", 0.1, dict(patience=1, factor=0.5), [INF, INF, 5, INF, INF, -INF, 1, -INF, -INF]
    yield "infinities, max", 0.1, dict(mode="max", patience=1, factor=0.5), [-INF, -INF, 5, -INF, -INF, INF, 1, INF]
    yield "restored", 0.1, dict(patience=2, cooldown=2, factor=0.5, restore=17), loss
    rng = random.Random(3)
    for k in range(40):
        mode = rng.choice(["min", "max"])
        kind = rng.choice(["rel", "abs"])
        kwargs = dict(mode=mode, factor=rng.choice([0.1, 0.3, 0.5, 0.9]), patience=rng.randrange(4),
                      threshold=rng.choice([0.0, 1e-4, 0.01, 0.2]), threshold_mode=kind, cooldown=rng.randrange(4),
                      min_lr=rng.choice([0.0, 1e-4, 1e-2]), eps=rng.choice([0.0, 1e-8, 1e-3]))
        sign = 1 if mode == "min" else -1
        offset = rng.choice([0.0, 0.0, -0.8, 2.0])
        yield f"random {k}", rng.choice([1.0, 0.1, 3e-4, 0.01]) + 0.01, kwargs, \
            [sign * x for x in curve(100 + k, 50, offset=offset, noise=0.3)]


def hexadecimal(x):
    return "nan" if x != x else "inf" if x == INF else "-inf" if x == -INF else float(x).hex()


def main():
    rows = [
        "# PyTorch ReduceLROnPlateau, made by make_plateau.py; do not edit.",
        f"# python {platform.python_version()}, torch {torch.__version__}",
        "# case,group,peak_lr,kwargs,metric,lr,best,num_bad_epochs,cooldown_counter",
    ]
    for name, lr, kwargs, metrics in cases():
        kwargs = dict(kwargs)
        restore = kwargs.pop("restore", None)
        floors = kwargs.get("min_lr", 0.0)
        groups = floors if isinstance(floors, list) else [floors]
        made = lambda: torch.optim.SGD([{"params": [torch.zeros(1)]} for _ in groups], lr=lr)
        optimizer = made()
        scheduler = ReduceLROnPlateau(optimizer, **kwargs)
        for k, metric in enumerate(metrics):
            if k == restore:
                saved, rates = scheduler.state_dict(), optimizer.state_dict()
                optimizer = made()
                optimizer.load_state_dict(rates)
                scheduler = ReduceLROnPlateau(optimizer, **kwargs)
                scheduler.load_state_dict(saved)
            scheduler.step(metric)
            for g, floor in enumerate(groups):
                given = dict(kwargs, min_lr=floor) if "min_lr" in kwargs else kwargs
                rows.append(",".join([
                    name.replace(",", ""), str(g), repr(lr), ";".join(f"{k}={v}" for k, v in given.items()),
                    hexadecimal(metric), hexadecimal(optimizer.param_groups[g]["lr"]), hexadecimal(scheduler.best),
                    str(scheduler.num_bad_epochs), str(scheduler.cooldown_counter)]))
    with open(os.path.join(HERE, "plateau.csv"), "w") as out:
        out.write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
