#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check.py LOGS: compares what the trainers printed, LOGS/NAME.log, and what rates.cpp printed, LOGS/NAME.rates.

%.9g tells every float from every other, so the same text is the same bits."""

import re
import struct
import sys
from pathlib import Path

logs = Path(sys.argv[1])
UPDATE = re.compile(rb"^step (\d+): train loss (\S+?),?(?: lr (\S+))? \(took [\d.]+ ms\)$", re.MULTILINE)
RATE = re.compile(rb"^lr (\S+)\n", re.MULTILINE)  # by by_hand.c
UPDATES = {"unpatched": 41, "constant": 41, "linear_by_hand": 288, "linear": 288, "cosine_by_hand": 288, "cosine": 288,
           "plateau": 288}
failures = []


class Run:
    def __init__(self, name):
        self.text = (logs / f"{name}.log").read_bytes()
        updates = UPDATE.findall(self.text)
        self.losses = [loss for _, loss, _ in updates]
        self.rates = RATE.findall(self.text) or [rate for *_, rate in updates]
        self.validation = [float(loss) for loss in re.findall(rb"^val loss (\S+)$", self.text, re.MULTILINE)]
        self.rest = RATE.sub(b"", UPDATE.sub(b"", self.text))  # the validation losses, and what the model writes
        expect([int(step) for step, *_ in updates] == list(range(UPDATES[name])),
               f"{name}: {len(updates)} updates, counted from 0")


def expect(is_so, what):
    print("ok    " if is_so else "WRONG ", what)
    if not is_so:
        failures.append(what)


def units_apart(a, b):
    """How many floats further the one is than the other; both are above 0."""
    a, b = (struct.unpack("i", struct.pack("f", float(x)))[0] for x in (a, b))
    return abs(a - b)


runs = {name: Run(name) for name in UPDATES}

for name in ("constant", "linear", "cosine", "plateau"):
    expected = (logs / f"{name}.rates").read_bytes().split()
    expect(runs[name].rates == expected, f"{name}: each rate is that of C++, bit for bit")

for name, by_hand in (("constant", "unpatched"), ("linear", "linear_by_hand")):
    ours, theirs = runs[name], runs[by_hand]
    if by_hand != "unpatched":
        expect(ours.rates == theirs.rates, f"{name}: each rate is that of {by_hand}, bit for bit")
    expect(ours.losses == theirs.losses, f"{name}: each loss is that of {by_hand}, bit for bit")
    expect(ours.rest == theirs.rest, f"{name}: so are the validation losses, and the text that the model writes")

ours, theirs = runs["cosine"], runs["cosine_by_hand"]
apart = max(map(units_apart, ours.rates, theirs.rates))
expect(apart <= 8, f"cosine: its rates and those of cosine_by_hand, by 32-bit floats, are up to {apart} floats apart")
apart = max(abs(float(a) - float(b)) for a, b in zip(ours.losses, theirs.losses))
expect(apart < 1e-3, f"cosine: its losses and those of cosine_by_hand are up to {apart:.1e} apart")

for name, run in runs.items():
    part = 0.95 if UPDATES[name] == 41 else 0.65
    expect(run.validation[-1] < part * run.validation[0], f"{name}: its validation loss falls to {part} of the first")

print("\nrun             updates   validation loss: first, last")
for name, run in runs.items():
    print(f"{name:15} {UPDATES[name]:7}   {run.validation[0]:.6f} {run.validation[-1]:.6f}")
print(f"\n{len(failures)} of the checks failed" if failures else "\nall good")
sys.exit(bool(failures))
