#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One program of units that are compiled in different modes: each has the bits and the errors of its own mode.

    modes.py --cxx COMPILER --include DIRECTORY --work DIRECTORY

Links units with and without exceptions, -ffast-math, and wider instructions, in both orders. Then reads the symbols of
a unit that calls everything: each function of pacer that has a symbol has its mode in it (macros.hpp), and so has each
table that points to such functions."""

import argparse
import functools
import itertools
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent / "modes"


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"failed ({done.returncode}): {' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cxx", required=True)
    parser.add_argument("--include", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)

    @functools.cache
    def compiled(source, *flags):
        to = args.work / (re.sub(r"\W+", "_", " ".join([source, *flags])) + ".o")
        run(args.cxx, "-std=c++20", f"-I{args.include}", *flags, "-c", HERE / f"{source}.cpp", "-o", to)
        return to

    x86 = "x86_64" in run(args.cxx, "-dumpmachine")
    others = [["-O2", "-fno-exceptions", "-fno-rtti"], ["-O2", "-ffast-math"], ["-O0"]]
    if x86:  # linked and not run: this processor may not have them
        others += [["-O2", "-mavx2", "-mfma"]]
    has_avx2 = x86 and re.search(r"^flags.*\bavx2\b.*", Path("/proc/cpuinfo").read_text(), re.MULTILINE) is not None
    for main_file, flags in itertools.product(("errors", "bits"), others):
        for level in ("-O0", "-O2"):
            units = [compiled(main_file, level), compiled("other", *flags)]
            for order in (units, units[::-1]):
                program = args.work / "program"
                run(args.cxx, *order, "-o", program)
                if "-mavx2" not in flags or has_avx2:
                    run(program)

    # What throws, and what the tables of functions say, is decided without optimisation too; the rates are not.
    here = compiled("expressions", "-O0")
    for flags in (["-O0", "-fno-exceptions", "-fno-rtti"], ["-O2", "-ffast-math"]):
        units = [here, compiled("other_expressions", *flags)]
        for order in (units, units[::-1]):
            run(args.cxx, *order, "-o", args.work / "program")
            run(args.work / "program")

    for source, level in (("everything", "-O0"), ("everything", "-O2"), ("everything_above", "-O0")):
        symbols = run("nm", compiled(source, level)).split("\n")
        shared = [line.split()[-1] for line in symbols if re.search(r" W ", line)]
        own = [name for name in shared if re.match(r"_ZNK?5pacer", name)]
        # An exception is one type in the whole program, so that every unit can catch it. What the compiler itself adds to
        # an aggregate, a constructor of constants, is the same in all modes.
        aggregates = r"_paramsI[df]E|9violation|hidden_leftILb1EE|field_checkerI[df]E|exact_neighboursI\w+E|4wideI\w+E|6number|fractionI\w+E"
        same = re.compile(rf"16invalid_schedule|({aggregates})C[12]Ev$")
        if source == "everything_above":  # there, types have strings and vectors, and the compiler copies and destroys them
            same = re.compile(r"16invalid_schedule|C[12]E(v|RKS\w*_|OS\w*_)$|D[012]Ev$|aSE(RKS|OS)\w*_$|_errorCI[12]|_errorD[012]Ev$")
        untagged = [name for name in own if "B10pacer_" not in name and not same.search(name)]
        if not any("B10pacer_" in name for name in own):
            sys.exit("no function has a symbol: this test reads nothing")
        if untagged:
            listed = subprocess.run(["c++filt"], input="\n".join(untagged), capture_output=True, text=True).stdout
            sys.exit(f"{level}: functions whose symbol does not say their mode:\n{listed[:2000]}")

        # Tables of functions: data that is the same in all units and points to functions of one mode.
        sections = re.findall(r"^RELOCATION RECORDS FOR \[\.data\S*?\.(_Z\w+)\]:(.*?)^$",
                              run("objdump", "-r", compiled(source, level)) + "\n\n", re.MULTILINE | re.DOTALL)
        tables = [name for name, targets in sections if re.search(r"\s(_Z|\.text\.)\S*B10pacer_", targets)]
        if source == "everything_above" and not tables:
            sys.exit("no table has a function: this test reads nothing")
        untagged = [name for name in tables if "B10pacer_" not in name]
        if untagged:
            sys.exit(f"{level}: tables of functions whose symbol does not say their mode: {untagged}")
    print("every unit has its own mode")


main()
