#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads the `#include <pacer/...>` lines of every header, and fails on one that runs upwards or round in a circle.

    layers.py INCLUDE-DIRECTORY

A header may include headers of its own layer and of those below, and no headers may include each other in a circle.
Every header has a layer. Last, each include of the tree is turned around, one at a time, and that has to be noticed."""

import re
import sys
from pathlib import Path

# Lowest first. A name that ends in / is a folder with all that is in it; a full name goes before a folder.
LAYERS = [
    ["macros.hpp", "version.hpp"],
    ["numerics/"],
    ["schedule.hpp", "error.hpp", "nearest.hpp", "segments.hpp", "table.hpp"],
    ["warmup.hpp", "lr_ratio.hpp", "past_end.hpp", "list.hpp", "shapes.hpp"],
    ["ramp.hpp", "waves.hpp", "decays.hpp", "cycles.hpp", "compose.hpp", "compose/", "any_schedule.hpp"],
    ["fill.hpp", "exact_ramp.hpp"],
    ["schedules/"],
    ["schedules/all.hpp"],
    ["exact.hpp"],
    ["pacer.hpp"],
    ["dialects/"],
    ["training/progress.hpp"],
    ["expression/"],
    ["training/"],
    ["recipes/"],
    ["analysis/"],
    ["adapters/"],
]

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:<pacer/([^>]+)>|"([^"]+)")', re.MULTILINE)


def layer_of(header):
    """The number of its layer, or None."""
    for names in (lambda n: n == header, lambda n: n.endswith("/") and header.startswith(n)):
        for number, layer in enumerate(LAYERS):
            if any(names(name) for name in layer):
                return number
    return None


def read(directory):
    """{header: what it includes of pacer}, by names relative to include/pacer."""
    root = directory / "pacer"
    return {
        path.relative_to(root).as_posix(): [
            own or quoted for own, quoted in INCLUDE.findall(path.read_text(encoding="utf-8"))
        ]
        for path in sorted(root.rglob("*.hpp"))
    }


def circles(includes):
    """One line for each include that closes a circle."""
    found, done, path = [], set(), []

    def visit(header):
        if header in path:
            found.append("a circle: " + " -> ".join([*path[path.index(header) :], header]))
            return
        if header in done:
            return
        path.append(header)
        for other in includes.get(header, ()):
            visit(other)
        path.pop()
        done.add(header)

    for header in includes:
        visit(header)
    return found


def faults(includes):
    found = []
    for header, others in includes.items():
        own = layer_of(header)
        if own is None:
            found.append(f"{header} has no layer in tests/packaging/layers.py")
            continue
        for other in others:
            if other not in includes:
                found.append(f"{header} includes {other}, which is not a header of pacer")
            elif layer_of(other) is not None and layer_of(other) > own:
                found.append(f"{header} includes {other}, which is above it")
    return found + circles(includes)


def turned_around(includes, header, other):
    changed = {name: list(others) for name, others in includes.items()}
    if layer_of(header) != layer_of(other):
        changed[header].remove(other)
    changed[other].append(header)
    return changed


def main():
    includes = read(Path(sys.argv[1]))
    problems = faults(includes)
    if not problems:
        problems = [
            f"not noticed: {other} including {header}"
            for header, others in includes.items()
            for other in others
            if not faults(turned_around(includes, header, other))
        ]
    edges = sum(len(others) for others in includes.values())
    print(f"{len(includes)} headers, {edges} includes of each other, {len(LAYERS)} layers")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems or not edges else 0


if __name__ == "__main__":
    sys.exit(main())
