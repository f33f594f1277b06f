#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures what pacer costs a compiler, and writes it as Google Benchmark would.

compile_cost.py CXX OUTPUT.json [--moment]. Times are the compiler's own processor time; what is compared is compiled in
turn, in a new order every time. --moment: one repetition, to see that it runs."""

import argparse
import json
import random
import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/budget"))
sys.dont_write_bytecode = True
import run as budget  # noqa: E402

TABLE = """
#include <pacer/pacer.hpp>
constexpr pacer::cosine_with_min_lr lr{
    {.peak_lr = 3e-4, .min_lr = 3e-5, .total_steps = %d, .warmup = pacer::warmup_ratio(0.01)}};
struct table {
    double rate[%d];
    constexpr table() : rate() {
        for (int i = 0; i < %d; ++i)
            rate[i] = lr(i);
    }
};
constexpr table all;
static_assert(all.rate[0] == 0);
const double* rates() { return all.rate; }
"""

SOURCES = {
    **{f"include/seconds/{what}": (source, "-S") for what, source in (budget.PROGRAMS | budget.COMPILED_ONCE).items()},
    "include/seconds/pacer.hpp": ("#include <pacer/pacer.hpp>\n", "-fsyntax-only"),
    "include/seconds/cmath": ("#include <cmath>\n", "-fsyntax-only"),
    "include/seconds/nothing": ("\n", "-fsyntax-only"),
    "constexpr table/seconds/10,000 entries": (TABLE % (10_000, 10_000, 10_000), "-S"),
    "constexpr table/seconds/1 entry": (TABLE % (10_000, 1, 1), "-S"),
}


def seconds_of(cxx, source, how):
    def spent():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before = spent()
    subprocess.run([cxx, *budget.FLAGS, how, "-o", "/dev/null", "-x", "c++", "-"], input=source, text=True, check=True)
    return spent() - before


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cxx")
    parser.add_argument("output")
    parser.add_argument("--moment", action="store_true")
    args = parser.parse_args()

    done = []

    def add(name, value):
        done.append({"name": name, "run_type": "iteration", "value": value})

    names = list(SOURCES)
    for _ in range(1 if args.moment else 15):
        for name in random.sample(names, len(names)):
            add(name, seconds_of(args.cxx, *SOURCES[name]))
    add("include/lines/pacer.hpp", budget.preprocessed_lines(args.cxx, "pacer/pacer.hpp"))
    add("include/lines/cmath", budget.preprocessed_lines(args.cxx, "cmath"))
    add("a loop over one schedule/bytes/pacer", budget.bytes_of_code(args.cxx, budget.OWN))
    add("a loop over one schedule/bytes/nothing", budget.bytes_of_code(args.cxx, budget.NOTHING))
    with open(args.output, "w", encoding="utf-8") as file:
        json.dump({"benchmarks": done}, file, indent=1)


if __name__ == "__main__":
    main()
