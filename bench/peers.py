#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures what Python programs do against pacer, in one process, and writes it as Google Benchmark would.

peers.py LIBRARY OUTPUT.json [--moment]: LIBRARY is bench/curve.cpp as a shared library. What is not installed is left
out, and said. --moment: one short repetition, to see that it runs."""

import argparse
import ctypes
import importlib.util
import json
import math
import random
import time

PEAK, FLOOR = 3e-4, 3e-5
TOTAL = 1_000_000


def numpy_cases(library, sizes):
    import numpy as np

    library.pacer_curve.argtypes = [ctypes.c_void_p, ctypes.c_int64]
    for n in sizes:
        warmup = n // 100
        out = np.zeros(n)
        steps = np.arange(n)
        into = np.arange(n - warmup, dtype=float)
        row = f"bulk in Python, 1e{round(math.log10(n))}"

        def temporaries(steps=steps, warmup=warmup, n=n):
            decay = FLOOR + (PEAK - FLOOR) * 0.5 * (1 + np.cos(np.pi * (steps[warmup:] - warmup) / (n - warmup)))
            return np.concatenate([PEAK * steps[:warmup] / warmup, decay])

        def in_place(out=out, steps=steps, into=into, warmup=warmup, n=n):
            np.multiply(steps[:warmup], PEAK / warmup, out=out[:warmup])
            decay = out[warmup:]
            np.multiply(into, np.pi / (n - warmup), out=decay)
            np.cos(decay, out=decay)
            decay += 1
            decay *= (PEAK - FLOOR) * 0.5
            decay += FLOOR

        def own(out=out, n=n):
            library.pacer_curve(out.ctypes.data, n)

        in_place()
        by_numpy = out.copy()
        own()
        assert np.allclose(out, by_numpy, rtol=1e-9) and np.allclose(out, temporaries(), rtol=1e-9)
        yield f"{row}/double/NumPy, temporaries", temporaries, n
        yield f"{row}/double/NumPy, in place", in_place, n
        yield f"{row}/double/pacer", own, n


def torch_cases(library, groups_of_each):
    import torch

    torch.set_num_threads(1)
    warmup = TOTAL // 100

    def factor(step):
        if step < warmup:
            return step / max(1, warmup)
        progress = (step - warmup) / max(1, TOTAL - warmup)
        wave = 0.5 * (1 + math.cos(math.pi * 0.5 * 2 * progress))
        return max(0, FLOOR / PEAK + (1 - FLOOR / PEAK) * wave)

    library.pacer_updates.argtypes = [ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]
    for groups in groups_of_each:
        row = f"update in Python, {groups} group" + ("s" if groups > 1 else "")
        optimizer = torch.optim.SGD([{"params": [torch.zeros(1, requires_grad=True)]} for _ in range(groups)], lr=PEAK)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
        optimizer.step()  # without one PyTorch warns at every step
        for _ in range(2 * warmup):  # past the warm-up, where the formula is at work
            schedule.last_epoch += 1
        factors = (ctypes.c_double * groups)(*([1.0] * groups))
        rates = (ctypes.c_double * groups)()
        updates = max(1, 200_000 // groups)

        def own(factors=factors, rates=rates, updates=updates, groups=groups):
            library.pacer_updates(updates, updates, factors, rates, groups)

        yield f"{row}/update/PyTorch LambdaLR", schedule.step, 1
        yield f"{row}/update/pacer", own, updates


def seconds_of(function, times):
    start = time.perf_counter()
    for _ in range(times):
        function()
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("curve")
    parser.add_argument("output")
    parser.add_argument("--moment", action="store_true")
    args = parser.parse_args()
    library = ctypes.CDLL(args.curve)

    versions, cases = {}, []
    sizes = [10_000] if args.moment else [1_000_000, 10_000_000]
    for name, make, what in [("numpy", numpy_cases, sizes), ("torch", torch_cases, [1, 10, 1000])]:
        if importlib.util.find_spec(name) is None:
            print(f"peers.py: {name} is not installed; its rows are left out")
            continue
        cases += make(library, what)
        versions[name] = __import__(name).__version__

    # Each repetition takes long enough to be timed; all are done in a new order every time.
    least, repetitions = (0.0, 1) if args.moment else (0.05, 9)
    runs = []
    for name, function, items in cases:
        function()
        times = 1
        while (took := seconds_of(function, times)) < least:
            times = max(2 * times, round(1.1 * times * least / took)) if took > 0 else 10 * times
        runs.append((name, function, items, times))
    done = []
    for _ in range(repetitions):
        for name, function, items, times in random.sample(runs, len(runs)):
            ns = seconds_of(function, times) * 1e9 / (times * items)
            done.append({"name": name, "run_type": "iteration", "items_per_second": 1e9 / ns})
    with open(args.output, "w", encoding="utf-8") as file:
        json.dump({"versions": versions, "benchmarks": done}, file, indent=1)


if __name__ == "__main__":
    main()
