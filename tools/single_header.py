#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes pacer as one header.

    single_header.py --to pacer.hpp                     the header
    single_header.py --to pacer.hpp --stand-ins DIR     and DIR/pacer/*.hpp, each of which includes it: with -I DIR a program
                                                        that includes pacer's own headers is compiled against the one

What <pacer/pacer.hpp>, any_schedule, exact and fill need is always in it. Expressions, dialects, checkpoints and all else that needs
nothing but the standard library is read where PACER_INCLUDE_ALL is defined before it is included; it may be included again with
that. Adapters, and what reads trainers' files, need other libraries, and are not in it."""

import argparse
import re
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1]
INCLUDE = re.compile(r"^#include <pacer/([^>]+)>\s*(?://.*)?$")
LIGHT = ["pacer.hpp", "any_schedule.hpp", "exact.hpp", "fill.hpp", "version.hpp"]
NOT_IN_IT = re.compile(r"^(adapters|recipes|analysis)/")


def version():
    text = (SOURCE / "include/pacer/version.hpp").read_text()
    return ".".join(re.search(rf"PACER_VERSION_{part} (\d+)", text)[1] for part in ("MAJOR", "MINOR", "PATCH"))


def own_headers():
    root = SOURCE / "include/pacer"
    names = sorted(str(path.relative_to(root)) for path in root.rglob("*.hpp"))
    # Of curves alone (CMakeLists.txt has the same words).
    of_curves = re.compile(r"^analysis/(breakpoints|sample|landmarks|lint)\.hpp$")
    return [name for name in names if not NOT_IN_IT.match(name) or of_curves.match(name)]


class Writer:
    def __init__(self):
        self.seen = set()
        self.lines = []

    def add(self, name):
        """A header, and before each of its lines what it includes there. What is included under a condition is there once for
        each such place: its own guard keeps it from being read twice."""
        if name in self.seen:
            return
        self.seen.add(name)
        self.write(name)

    def write(self, name):
        depth = 0
        for line in (SOURCE / "include/pacer" / name).read_text().split("\n"):
            if line.startswith("// SPDX-License-Identifier"):
                continue
            depth += len(re.findall(r"^# *if", line)) - len(re.findall(r"^# *endif", line))
            other = INCLUDE.match(line)
            if not other:
                self.lines.append(line)
            elif depth <= 1:  # 1 is the guard
                self.add(other[1])
            elif other[1] not in self.seen:
                self.write(other[1])


def single_header():
    writer = Writer()
    for name in LIGHT:
        writer.add(name)
    writer.lines.append("#ifdef PACER_INCLUDE_ALL")
    for name in own_headers():
        writer.add(name)
    writer.lines.append("#endif  // PACER_INCLUDE_ALL")
    licence = "\n".join(f"// {line}".rstrip() for line in (SOURCE / "LICENSE").read_text().strip().split("\n"))
    head = f"""// pacer {version()}: learning-rate schedules for C++20, as one header; made of its many by tools/single_header.py.
//
// Define PACER_INCLUDE_ALL before including it for expressions, dialects, checkpoints and groups, too.
//
// SPDX-License-Identifier: MIT
{licence}
"""
    text = head + "\n".join(writer.lines) + "\n"
    return re.sub(r"\n{3,}", "\n\n", text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--stand-ins", type=Path)
    args = parser.parse_args()
    args.to.parent.mkdir(parents=True, exist_ok=True)
    args.to.write_text(single_header())
    if args.stand_ins:
        light = Writer()
        for name in LIGHT:
            light.add(name)
        for name in own_headers():
            path = args.stand_ins / "pacer" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            wanted = "" if name in light.seen else "#define PACER_INCLUDE_ALL\n"
            end = "" if name in light.seen else "#undef PACER_INCLUDE_ALL\n"
            path.write_text(f'{wanted}#include "{args.to.resolve()}"\n{end}')


main()
