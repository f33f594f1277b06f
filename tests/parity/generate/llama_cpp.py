# SPDX-License-Identifier: MIT
"""Traces the learning rates of llama.cpp's fine-tuning example.

    pip download --no-deps --no-binary llama-cpp-python llama-cpp-python==0.3.36    # holds the sources of llama.cpp
    tar xzf llama_cpp_python-0.3.36.tar.gz
    python3 -m venv venv && venv/bin/pip install mpmath==1.4.1
    venv/bin/python tests/parity/generate/llama_cpp.py llama_cpp_python-0.3.36/vendor/llama.cpp

Compiles common/common.cpp of these sources with g++ (12 was tried), without the logging, and calls lr_opt::init() and lr_opt::get_lr() as
examples/training/finetune.cpp does: lr_opt::epoch counts from 0 and changes once an epoch, so a step is an epoch here.
All arithmetic there is float32, so nearly every value has its exact one behind it.
"""

import sys
from pathlib import Path

from common import Trace, log_uniform, mpf, random_of, steps, text, uniform
from compiled import Driver, version

DRIVER = r"""
#include "common.h"
#include "log.h"

#include <cstdio>

// The logging of llama.cpp, which get_lr() calls.
int common_log_get_verbosity_thold() { return -1; }
common_log* common_log_main() { return nullptr; }
void common_log_add(common_log*, ggml_log_level, const char*, ...) {}

int main() {
    double lr0, lr_min, decay_epochs;
    unsigned epochs, n;
    if (std::scanf("%lf %lf %lf %u %u", &lr0, &lr_min, &decay_epochs, &epochs, &n) != 5)
        return 2;
    lr_opt lr;
    if (lr0 >= 0)  // else: the default
        lr.lr0 = lr0;
    lr.lr_min = lr_min;
    lr.decay_epochs = decay_epochs;
    lr.epochs = epochs;
    lr.init();
    for (unsigned i = 0; i < n; ++i) {
        if (std::scanf("%u", &lr.epoch) != 1)
            return 2;
        std::printf("%a ", lr.get_lr());
    }
}
"""

checkout = Path(sys.argv[1]).resolve()
rng = random_of(20240604)
driver = Driver().compile("g++", DRIVER, checkout / "common" / "common.cpp", "-O2", "-std=c++17", "-w", "-ffunction-sections", "-fdata-sections",
                          "-Wl,--gc-sections", *(f"-I{checkout / folder}" for folder in ("common", "include", "ggml/include", "src", "vendor")))
trace = Trace("llama_cpp", f"llama.cpp as in llama-cpp-python 0.3.36, g++ {version('g++')}, float32", far=1e-6)
trace.comment("The peer's values are float32 numbers: llama.cpp's own arithmetic. A step is an epoch.")


def exact(s, lr0, lr_min, decay_epochs, epochs):
    if lr_min <= 0:
        return mpf(lr0)
    end = mpf(decay_epochs)
    if lr_min < lr0 and (decay_epochs <= 0 or decay_epochs >= epochs):
        end = mpf(epochs)
    if s >= end:
        return mpf(lr_min)
    return mpf(lr0) * (mpf(lr_min) / mpf(lr0)) ** (s / end) if lr_min < lr0 else mpf(lr0)


def add(lr0, lr_min, decay_epochs, epochs):
    case = text("llama_cpp", "lr_opt", lr0=lr0, lr_min=lr_min, decay_epochs=decay_epochs, epochs=epochs)
    given = dict(lr0=1e-5 if lr0 is None else lr0, lr_min=-1.0 if lr_min is None else lr_min,
                 decay_epochs=-1.0 if decay_epochs is None else decay_epochs, epochs=2 if epochs is None else epochs)
    chosen = steps(given["epochs"], [] if decay_epochs is None else [decay_epochs])
    asked = [-1.0 if lr0 is None else lr0, *list(given.values())[1:]]
    trace.case(case, chosen, driver.ask(asked, chosen), lambda s: exact(s, **given))


add(None, None, None, None)
add(0.1, None, None, 10)
add(0.1, 0.0, None, 10)
add(0.1, 0.001, None, 10)
add(0.1, 0.001, None, None)
add(None, 1e-6, None, 5)
add(0.1, 0.001, 5.0, 10)
add(0.1, 0.001, 2.5, 10)
add(0.1, 0.001, 0.5, 10)
add(0.1, 0.001, 9.5, 10)
add(0.1, 0.001, 10.0, 10)
add(0.1, 0.001, 20.0, 10)   # no longer than the run
add(0.1, 0.001, 0.0, 10)
add(0.1, 0.001, 5.0, 1)
add(0.1, 0.001, None, 1)
add(0.1, 0.1, None, 10)
add(0.1, 0.1, 5.0, 10)
add(0.001, 0.1, None, 10)   # a lowest rate above the first, which stands from the start
add(0.001, 0.1, 5.0, 10)    # or after decay_epochs, as a jump
add(0.001, 0.1, 15.0, 10)
add(1.0, 1e-8, None, 1000)
add(3e-4, 3e-5, 77.7, 100)
for _ in range(28):
    lr0, epochs = log_uniform(rng, 1e-5, 1), rng.choice((1, 2, 3, 10, 100, 1000, 12_345, 1_000_000))
    decay = rng.choice((None, None, float(rng.randint(1, epochs)), uniform(rng, 0.5, epochs), 2.0 * epochs))
    add(lr0, rng.choice((0.0, 1e-6, 0.1 * lr0, 0.1 * lr0, uniform(rng, 0.001, 1) * lr0, lr0)), decay, epochs)

trace.write()

print("-- beyond what is traced")
for label, settings in {"no epochs": [0.1, 0.001, -1.0, 0], "lr0 of 0": [0.0, 0.001, -1.0, 10]}.items():
    print(f"{label}: {driver.ask(settings, [0, 1, 2])}")
