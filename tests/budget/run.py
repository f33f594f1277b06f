#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds pacer to tests/budget/budget.csv: instructions per step (counted by callgrind), lines that the umbrella header
brings, bytes of code of a loop with one schedule and of small programs. These are counts, not times: the same on every run
and machine. What formulas by hand take stands there, too, for comparison.

    tests/budget/run.py             fails where something costs over 5 % more than its budget; says where it costs less
    tests/budget/run.py --update    writes what is measured into budget.csv, for the compilers that are installed

A budget is for one compiler and its major version; what other compilers give is shown, and nothing is held to it.
Without valgrind the exit status is 77, which ctest calls a skipped test."""

import argparse
import csv
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
INCLUDE = HERE.parents[1] / "include"
BUDGET = HERE / "budget.csv"
HEADROOM = 0.05
BY_HAND = ", by hand"  # counted for docs/performance.md; nothing is held to it
STEPS = 1000  # of add() in steps.cpp
FLAGS = ["-std=c++20", "-O2", f"-I{INCLUDE}"]

LOOP = """
void loop(const schedule& lr, double* out, long n) {
    for (long i = 0; i < n; ++i)
        out[i] = lr(i);
}
"""
OWN = "#include <pacer/schedules/cosine_with_min_lr.hpp>\nusing schedule = pacer::cosine_with_min_lr<>;\n" + LOOP
COSINE = """
#include <pacer/schedules/cosine.hpp>
double rate(long long step, double peak) { return pacer::cosine{{.peak_lr = peak, .total_steps = 1000}}(step); }
"""
FILL = """
#include <pacer/fill.hpp>
#include <pacer/schedules/polynomial.hpp>
void curve(std::span<double> out, double power) {
    pacer::fill(pacer::polynomial{{.peak_lr = 1e-3, .power = power, .total_steps = 1000}}, 0, out);
}
"""
MAKE = """
#include <pacer/expression/make.hpp>
double rate(const char* name, long long step) {
    return pacer::make(name, {{"peak_lr", 1e-3}, {"total_steps", 1000}})(step);
}
"""
EXACT = """
#include <pacer/exact.hpp>
#include <pacer/schedules/cosine.hpp>
double rate(long long step, double peak) {
    return pacer::exact(pacer::cosine{{.peak_lr = peak, .total_steps = 1000}})(step);
}
"""
# What is compiled of each program, and of all of them where the rest comes from the library.
PROGRAMS = {
    "a program of one cosine": COSINE,
    "a program of one exact cosine": EXACT,
    "fill of a polynomial": FILL,
    "make by name": MAKE,
}
COMPILED_ONCE = {f"{what}, compiled once": "#define PACER_COMPILED\n" + source for what, source in PROGRAMS.items()}
NOTHING = "struct schedule { double rate; double operator()(long) const { return rate; } };\n" + LOOP


def run(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def name_of(cxx):
    """The compiler and its major version, as in the head of budget.csv."""
    macros = run([cxx, "-dM", "-E", "-x", "c++", "/dev/null"])
    for name, macro in [("clang++", "__clang_major__"), ("g++", "__GNUC__")]:
        found = re.search(rf"^#define {macro} (\d+)$", macros, re.MULTILINE)
        if found:
            return f"{name} {found[1]}"
    sys.exit(f"{cxx}: neither g++ nor clang++")


def preprocessed_lines(cxx, header):
    """Lines that are neither empty nor the preprocessor's own."""
    text = run([cxx, *FLAGS, "-E", "-P", "-x", "c++", "-"], input=f"#include <{header}>\n")
    return sum(1 for line in text.splitlines() if line.strip())


def bytes_of_code(cxx, source):
    with tempfile.TemporaryDirectory() as directory:
        compiled = Path(directory) / "loop.o"
        run([cxx, *FLAGS, "-c", "-x", "c++", "-", "-o", compiled], input=source)
        sections = re.findall(r"^\.(?:text|rodata)\S*\s+(\d+)", run(["size", "-A", compiled]), re.MULTILINE)
    return sum(map(int, sections))


def bytes_of_a_loop(cxx):
    return bytes_of_code(cxx, OWN) - bytes_of_code(cxx, NOTHING)


def instructions(cxx):
    """For each row of steps.cpp, per step."""
    counts = {}
    with tempfile.TemporaryDirectory() as directory:
        program = Path(directory) / "steps"
        run([cxx, *FLAGS, HERE / "steps.cpp", "-o", program])
        run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={directory}/out", program], cwd=directory)
        for dump in Path(directory).glob("out.*"):
            text = dump.read_text()
            row = re.search(r"^desc: Trigger: Client Request: (.+)#(\d)$", text, re.MULTILINE)
            total = re.search(r"^(?:totals|summary): (\d+)", text, re.MULTILINE)
            if row and total:
                counts.setdefault(row[1], {})[int(row[2])] = int(total[1])
    if not counts:
        sys.exit("callgrind has written nothing")
    return {row: round((both[2] - both[1]) / STEPS, 2) for row, both in counts.items()}


def measure(cxx):
    costs = {(row, "instructions"): count for row, count in sorted(instructions(cxx).items())}
    costs["#include <pacer/pacer.hpp>", "lines"] = preprocessed_lines(cxx, "pacer/pacer.hpp")
    costs["a loop over cosine_with_min_lr", "bytes"] = bytes_of_a_loop(cxx)
    for what, source in (PROGRAMS | COMPILED_ONCE).items():
        costs[what, "bytes"] = bytes_of_code(cxx, source)
    return costs


def read_budget():
    """{compiler: {(what, unit): cost}}"""
    budget = {}
    if BUDGET.exists():
        with open(BUDGET, newline="") as file:
            for line in csv.DictReader(file):
                what = line.pop("what"), line.pop("unit")
                for compiler, cost in line.items():
                    if cost:
                        budget.setdefault(compiler, {})[what] = float(cost)
    return budget


def write_budget(budget):
    compilers = sorted(budget)
    rows = dict.fromkeys(what for costs in budget.values() for what in costs)
    with open(BUDGET, "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["what", "unit", *compilers])
        for what in rows:
            table.writerow([*what, *(f"{budget[c][what]:g}" if what in budget[c] else "" for c in compilers)])


def compare(compiler, costs, budget):
    """Prints every cost; returns how many are over their budget or have none."""
    failed = lower = 0
    gated = compiler in budget
    allowed = budget.get(compiler, {})
    for what, cost in costs.items():
        verdict = ""
        if what[0].endswith(BY_HAND):
            pass
        elif gated and what not in allowed:
            verdict = "HAS NO BUDGET"
        elif gated:
            limit = allowed[what]
            if cost > limit * (1 + HEADROOM):
                verdict = f"OVER its budget of {limit:g}"
            elif cost < limit * (1 - HEADROOM):
                verdict = f"under its budget of {limit:g}, which can be lowered"
                lower += 1
        failed += verdict.startswith(("OVER", "HAS"))
        print(f"  {what[0]:45} {cost:9.6g} {what[1]:12} {verdict}".rstrip())
    for what in allowed:
        if what not in costs:
            print(f"  {what[0]:45} has a budget and was not measured")
            failed += 1
    if not gated:
        print("  there is no budget for this compiler: shown, and nothing held to it")
    if failed or lower:
        print(f"  after a change that is meant: {Path(__file__).name} --update")
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cxx", action="append", help="a compiler; default: those of g++ and clang++ that are there")
    parser.add_argument("--update", action="store_true")
    args = parser.parse_args()
    compilers = args.cxx or [cxx for cxx in ("g++", "clang++") if shutil.which(cxx)]
    if not shutil.which("valgrind"):
        print("skipped: valgrind is not installed")
        return 77

    budget = read_budget()
    failed = 0
    for cxx in compilers:
        compiler = name_of(cxx)
        costs = measure(cxx)
        print(f"{compiler}:")
        if args.update:
            budget[compiler] = costs
        failed += compare(compiler, costs, budget)
    if args.update:
        write_budget(budget)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
