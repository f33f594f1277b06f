# SPDX-License-Identifier: MIT
"""What the scripts that trace the peers share: the format of a trace file, the choice of steps, and a summary.

A trace file (ASCII) holds cases. Each is

    > dialect::schedule(field=value, ...)     the case as the text of an expression
    ! one sentence                            only where the peer's own rounding chooses another piece: why
    @ 0..3 10 98..102                         the steps, single or as inclusive ranges
    0x1p-3 0x1.8p-4+1 0x0p+0*3                the values in the order of the steps, in one line or more

A value is the peer's, as float.hex() without the trailing zeros of the mantissa. `+n` or `-n` behind it: the exact value
of the formula, rounded once to double, is the n-th double above or below the peer's; where that is more than a million,
`=` and the exact value instead. `*n` at the end: n steps in a row have this same entry. Lines that start with `#` are comments.

    trace = Trace("optax", "optax 0.2.8, jax 0.10.2, float64")
    trace.case(text("optax", "constant_schedule", value=0.1), steps(100), peer, exact)
    trace.write()

`peer` and `exact` are functions of the step, or lists in the order of the steps. The peer's is a float or an exception
(raised, or as an element of the list); the exact one is an mpf, an int, a Fraction or a float. Points where the peer throws, or gives a rate that is negative
or not finite, are left out of the trace and told on stdout.
"""

import math
import os
import random
import struct
import sys
from fractions import Fraction
from pathlib import Path

import mpmath
from mpmath import mp, mpf

mp.prec = 200

# Another grid, to be written somewhere else, for who doubts this one: PARITY_SEED=1 PARITY_TRACES=/tmp/traces.
TRACES = Path(os.environ.get("PARITY_TRACES") or Path(__file__).resolve().parent.parent / "traces")
GRID = int(os.environ.get("PARITY_SEED", "0"))
assert GRID == 0 or "PARITY_TRACES" in os.environ, "another grid needs another folder"
SIZE_LIMIT = 350_000
LINE_LENGTH = 200
FARTHEST = 1_000_000


# --- the text of a case

def written(value):
    """A field's value as an expression spells it; a number reads back as the same double."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(written(v) for v in value) + "]"
    if isinstance(value, (int, float)):
        return repr(value)
    return str(value)  # a bare word


def text(dialect, schedule, /, **fields):
    """The text of an expression; fields that are None are not written, since the peer's default stands for them."""
    return f"{dialect}::{schedule}(" + ", ".join(
        f"{name}={written(value)}" for name, value in fields.items() if value is not None) + ")"


# --- numbers

def to_double(value):
    """The double next to an mpf, an int, a Fraction or a float, rounded once (also where it is subnormal)."""
    if isinstance(value, float):
        return value
    if isinstance(value, mpf):
        if not mpmath.isfinite(value):
            return float(value)
        sign, mantissa, exponent, _ = value._mpf_
        mantissa = -int(mantissa) if sign else int(mantissa)
        if exponent >= 0:
            return float(mantissa << exponent)
        if mantissa.bit_length() + exponent < -1100:
            return 0.0
        value = Fraction(mantissa, 1 << -exponent)
    return float(Fraction(value))


def place(value):
    """The place of a double among the ordered doubles."""
    (bits,) = struct.unpack("<q", struct.pack("<d", value))
    return bits if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF)


def hexadecimal(value):
    digits, exponent = (value + 0.0).hex().split("p")  # + 0.0: no negative zero
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".") if digits != "0x0.0" else "0x0"
    return f"{digits}p{exponent}"


def entry(value, exact):
    """A value with how far the exact one is from it; both are doubles."""
    distance = place(exact + 0.0) - place(value + 0.0)
    if distance == 0:
        return hexadecimal(value)
    if abs(distance) > FARTHEST:
        return f"{hexadecimal(value)}={hexadecimal(exact)}"
    return f"{hexadecimal(value)}{distance:+d}"


def hc(x):
    """Half a cosine wave, from 1 at 0 to 0 at 1."""
    return (1 + mpmath.cos(mp.pi * x)) / 2


# --- steps

def steps(total, landmarks=(), *, between=12, past=True, seed=1, last=None):
    """Steps of interest of a run of `total` updates: its start, each landmark with two steps on either side, some in
    between that no pattern decides, its end and what comes after. `last` is the largest step asked for."""
    chosen = set(range(4))
    for landmark in [*landmarks, total]:
        at = round(landmark)
        chosen.update(range(at - 2, at + 3))
    if between and total > 4:
        # One step from each of `between` equal parts.
        rng = random_of(seed * 1_000_003 + total)
        for i in range(between):
            low, high = i * total // between, (i + 1) * total // between
            if low < high:
                chosen.add(rng.randrange(low, high))
    if past:
        chosen.update((total, total + 1, total + 2, total * 3 // 2, total * 2))
    else:
        chosen = {s for s in chosen if s < total}
    if last is not None:
        chosen = {s for s in chosen if s <= last}
    return sorted(s for s in chosen if s >= 0)


def ranges(chosen):
    """The steps as the `@` line has them."""
    parts = []
    i = 0
    while i < len(chosen):
        j = i
        while j + 1 < len(chosen) and chosen[j + 1] == chosen[j] + 1:
            j += 1
        if j - i >= 2:
            parts.append(f"{chosen[i]}..{chosen[j]}")
        else:
            parts.extend(str(s) for s in chosen[i:j + 1])
        i = j + 1
    return parts


def wrapped(parts, first=""):
    """The parts, separated by one space, in lines that are not too long; `first` starts every line."""
    lines = []
    line = first
    for part in parts:
        if len(line) > len(first) and len(line) + 1 + len(part) > LINE_LENGTH:
            lines.append(line)
            line = first
        line += part if line == "" or line == first else " " + part
    lines.append(line)
    return lines


# --- random settings

def random_of(seed):
    """The random numbers of a script: `seed` is its own."""
    return random.Random(seed + 1_000_000_007 * GRID)


def log_uniform(rng, low, high, digits=3):
    """A random number whose logarithm is even over the range, with few digits in decimal."""
    return float(f"{math.exp(rng.uniform(math.log(low), math.log(high))):.{digits}g}")


def uniform(rng, low, high, digits=3):
    return float(f"{rng.uniform(low, high):.{digits}g}")


TOTALS = (1, 2, 3, 10, 100, 1000, 12_345, 1_000_000)
POWERS = (0.3, 0.5, 1.0, 1.7, 2.0, 4.0)


def floors(rng, base):
    return rng.choice((0.0, 1e-6 if base > 1e-6 else 0.0, 0.1 * base, base))


def warmups(rng, total):
    return rng.choice(sorted({0, 1, min(2, total), total - 1, total, total // 10, total // 3}))


# --- a trace

class Trace:
    def __init__(self, dialect, header, *, far=1e-9):
        """What is farther than `far` of a case's largest value from the exact one is told, if the case has no note."""
        self.far = far
        self.path = TRACES / f"{dialect}.txt"
        python = ".".join(map(str, sys.version_info[:3]))
        self.lines = [f"# {header}, Python {python}"]
        self.summary = {}
        self.left_out = {}
        self.texts = set()

    def comment(self, words):
        self.lines.append(f"# {words}")

    def case(self, case_text, chosen, peer, exact, note=None):
        """Adds a case. With a note, its differences are not counted among those of ordinary rounding."""
        if case_text in self.texts:
            return  # random settings met an earlier case
        self.texts.add(case_text)
        schedule = case_text.split("(")[0]
        chosen = list(chosen)
        assert chosen == sorted(set(chosen)), chosen
        kept, entries, pairs = [], [], []
        for i, s in enumerate(chosen):
            try:
                value = peer(s) if callable(peer) else peer[i]
            except Exception as error:  # whatever the peer throws is a finding
                value = error
            if isinstance(value, Exception):
                self._leave_out(case_text, s, f"{type(value).__name__}: {value}")
                continue
            if isinstance(value, complex):
                self._leave_out(case_text, s, "a complex number")
                continue
            value = float(value)
            if not math.isfinite(value):
                self._leave_out(case_text, s, f"{value}")
                continue
            if value < 0:
                self._leave_out(case_text, s, "a negative rate", value)
                continue
            double = to_double(exact(s) if callable(exact) else exact[i])
            pairs.append((value, double))
            kept.append(s)
            entries.append(entry(value, double))
        count = self.summary.setdefault(
            schedule, {"cases": 0, "points": 0, "off": 0, "worst": 0, "where": "", "apart": 0.0, "noted": 0})
        if not kept:
            print(f"no point left: {case_text}")
            return
        distances = [abs(place(double + 0.0) - place(value + 0.0)) for value, double in pairs]
        largest = max(abs(double) for _, double in pairs) or 1.0
        apart = max(abs(double - value) for value, double in pairs) / largest
        at = kept[distances.index(max(distances))]
        count["cases"] += 1
        count["points"] += len(kept)
        if note is None:
            count["off"] += sum(d > 0 for d in distances)
            count["apart"] = max(count["apart"], apart)
            if max(distances) > count["worst"]:
                count["worst"], count["where"] = max(distances), f" at {case_text} @ {at}"
            if apart > self.far:
                print(f"FAR without a note: {case_text} @ {at}: {apart:.2g} of the largest value")
        else:
            count["noted"] += 1
            print(f"noted: {case_text}: {note} (farthest at step {at})")
        self.lines.append(f"> {case_text}")
        if note is not None:
            self.lines.append(f"! {note}")
        self.lines.extend(wrapped(ranges(kept), "@ "))
        runs = []
        for one in entries:
            if runs and runs[-1][0] == one:
                runs[-1][1] += 1
            else:
                runs.append([one, 1])
        self.lines.extend(wrapped([one if n == 1 else f"{one}*{n}" for one, n in runs]))

    def _leave_out(self, case_text, step, what, value=None):
        self.left_out.setdefault((case_text, what), []).append((step, value))

    def write(self):
        """Writes the file, and on stdout what was left out and how far the exact values are."""
        for (case_text, what), points in self.left_out.items():
            where = " ".join(ranges([s for s, _ in points]))
            least = min((v for _, v in points if v is not None), default=None)
            print(f"left out: {case_text} @ {where}: {what}" + (f" (down to {least!r})" if least is not None else ""))
        content = "\n".join(self.lines) + "\n"
        content.encode("ascii")
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_text(content, encoding="ascii")
        for schedule, n in self.summary.items():
            print(f"{schedule}: {n['cases']} cases ({n['noted']} noted), {n['points']} points, {n['off']} not the exact "
                  f"double, at most {n['apart']:.2g} of the largest value apart, worst {n['worst']}{n['where']}")
        print(f"{self.path.name}: {len(content)} bytes")
        if len(content) > SIZE_LIMIT:
            sys.exit(f"{self.path.name} is larger than {SIZE_LIMIT} bytes")
