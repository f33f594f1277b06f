# SPDX-License-Identifier: MIT
"""Traces the schedules of llm.c.

    git clone https://github.com/karpathy/llm.c && git -C llm.c checkout f1e2ace651495b74ae22d45d1723443fd00ecd3a
    python3 -m venv venv && venv/bin/pip install mpmath==1.4.1
    venv/bin/python tests/parity/generate/llm_c.py llm.c

Compiles llmc/schedulers.h of the checkout with g++ (12 was tried) and calls lr_scheduler_init() and get_learning_rate() as train_gpt2.cu does:
update s asks for step s. All arithmetic there is float32, so nearly every value has its exact one behind it.

llm.c asserts that it is not asked after the end. With asserts, as its Makefile builds it, the program aborts there; these points are left out.
"""

import ctypes
import sys
from pathlib import Path

import mpmath
from common import TOTALS, Trace, hc, log_uniform, mpf, random_of, steps, text, uniform, warmups
from compiled import Driver, commit, version

DRIVER = r"""
#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include "llmc/schedulers.h"

static sigjmp_buf before;

int main() {
    char type[64];
    double rate, frac;
    int warmup, total, n;
    if (std::scanf("%63s %lf %d %d %lf %d", type, &rate, &warmup, &total, &frac, &n) != 6)
        return 2;
    LearningRateScheduler scheduler;
    lr_scheduler_init(&scheduler, type, static_cast<float>(rate), warmup, total, static_cast<float>(frac));
    std::signal(SIGABRT, [](int) { siglongjmp(before, 1); });
    for (volatile int i = 0; i < n; i = i + 1) {
        int step;
        if (std::scanf("%d", &step) != 1)
            return 2;
        if (sigsetjmp(before, 1) == 0)
            std::printf("%a ", get_learning_rate(&scheduler, step));
        else
            std::printf("abort ");
    }
}
"""

checkout = Path(sys.argv[1]).resolve()
rng = random_of(20240601)
driver = Driver().compile("g++", DRIVER, "-O2", "-w", f"-I{checkout}")
trace = Trace("llm_c", f"llm.c {commit(checkout)[:12]}, g++ {version('g++')}, float32", far=1e-6)
trace.comment("The peer's values are float32 numbers: llm.c's own arithmetic.")


def decay_point(total):
    return 4 * total // 5


def exact(s, kind, lr, warmup, total, frac):
    lr, floor = mpf(lr), mpf(lr) * mpf(frac)
    if kind == "constant":
        return lr
    if s < warmup:
        return lr * (s + 1) / warmup
    if kind == "wsd":
        point = decay_point(total)
        if s < point:
            return lr
        return floor + (1 - mpmath.sqrt(mpf(s - point) / (total - point))) * (lr - floor)
    part = mpf(s - warmup) / (total - warmup)
    return floor + (hc(part) if kind == "cosine" else 1 - part) * (lr - floor)


def add(kind, lr, warmup, total, frac=None, between=12):
    case = text("llm_c", "lr_scheduler", scheduler_type=kind, learning_rate=lr, warmup_iterations=warmup, train_num_batches=total,
                final_learning_rate_frac=frac)
    frac = 1.0 if frac is None else frac
    marks = [warmup, decay_point(total)] if kind == "wsd" else [warmup]
    chosen = steps(total, marks, between=between)
    trace.case(case, chosen, driver.ask([kind, lr, warmup, total, frac], chosen),
               lambda s: exact(s, kind, lr, warmup, total, frac))


KINDS = ("cosine", "linear", "constant", "wsd")
for kind in KINDS:
    add(kind, 3e-4, 10, 100, 0.1)
    add(kind, 3e-4, 10, 100, 0.0)
    add(kind, 3e-4, 10, 100)
    add(kind, 0.1, 0, 1, 0.0)
    add(kind, 0.1, 1, 1, 0.0)
    add(kind, 0.1, 0, 2, 0.1)
    add(kind, 0.1, 1, 2, 0.1)
    add(kind, 0.1, 2, 3, 0.1)
    add(kind, 1.0, 9, 10, 0.3)
    add(kind, 1.0, 10, 10, 0.3)
    add(kind, 1.0, 12, 10, 0.3)
    add(kind, 6e-4, 700, 19_560, 0.0)
    add(kind, 0.001, 2000, 1_000_000, 0.1)
    for _ in range(14):
        total, lr = rng.choice(TOTALS), log_uniform(rng, 1e-5, 1)
        add(kind, lr, warmups(rng, total), total, rng.choice((None, 0.0, 1e-6, 0.1, uniform(rng, 0, 1))))
# totals of which four fifths is no whole number
for total in (4, 6, 7, 8, 9, 11, 12, 13, 14, 1001, 12_344):
    add("wsd", 0.1, 1, total, 0.1, between=6)
# a warm-up that reaches into the decay, or beyond it
for warmup in (79, 80, 81, 90, 99, 100):
    add("wsd", 0.1, warmup, 100, 0.1, between=6)

trace.write()

print("-- beyond what is traced")


def float32(value):
    return ctypes.c_float(value).value


fifth = float32(0.8)
other = [t for t in range(1, 5_000_001) if int(float32(fifth * t)) != decay_point(t)]
print(f"totals up to 5,000,000 where (int)(0.8f * total) is not four fifths rounded down: {len(other)} {other[:5]}")
