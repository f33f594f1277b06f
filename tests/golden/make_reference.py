#!/usr/bin/env python3
"""Exact values of the closed forms, in mpmath at 600 bits.

    python make_reference.py     writes reference.csv beside this file

Columns: curve,a,b,n,x,hi,lo. The doubles a and b, and P in power:P (the double nearest to the
decimal), are taken as exact; n and x are integers. The exact real value is hi + lo to about 106
significant bits: hi is the double nearest to it, lo the double nearest to the remainder.

    linear          a + (b-a) * x/n
    cosine          a + (b-a) * sin^2(pi/2 * x/n)
    power:P         a + (b-a) * (1 - (1-x/n)^P)
    one_minus_sqrt  a + (b-a) * sqrt(x/n)
    half_life     a + (b-a) * (2 - 2*2^(-x/n))
    inverse_sqrt    a * sqrt(n/(n+x))               b is 0 and unused
"""

import os
import platform
import random
import sys
from fractions import Fraction

import mpmath
from mpmath import mp, mpf

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = 20240817
ROWS = 400
BITS = 600
CHECK_BITS = 900
CURVES = ["linear", "cosine", "power:0.5", "power:2", "power:3", "power:3.5", "power:0.9", "power:1.7",
          "one_minus_sqrt", "half_life", "inverse_sqrt"]
MAX_N = 2**53


def exact(value):
    """An mpf as the rational it is."""
    sign, man, exp, _ = value._mpf_
    man = -int(man) if sign else int(man)
    return Fraction(man * 2**exp) if exp >= 0 else Fraction(man, 2**-exp)


def rational_mpf(fraction):
    return mpf(fraction.numerator) / mpf(fraction.denominator)


def value(curve, a, b, n, x):
    """The value as a Fraction: exact where it is rational, else to the working precision."""
    fa, fb, r = Fraction(a), Fraction(b), Fraction(x, n)
    if curve == "inverse_sqrt":
        return fa * exact(mpmath.sqrt(rational_mpf(Fraction(n, n + x))))
    if x == 0:
        return fa
    if x == n:
        return fb
    if curve == "linear":
        g = r
    elif curve in ("power:2", "power:3"):
        g = 1 - (1 - r) ** int(curve[-1])
    elif curve == "cosine":
        g = exact(mpmath.sin(mp.pi / 2 * rational_mpf(r)) ** 2)
    elif curve.startswith("power:"):
        g = 1 - exact(mpmath.power(rational_mpf(1 - r), mpf(float(curve[6:]))))
    elif curve == "one_minus_sqrt":
        g = exact(mpmath.sqrt(rational_mpf(r)))
    elif curve == "half_life":
        g = 2 - 2 * exact(mpmath.power(2, -rational_mpf(r)))
    else:
        raise ValueError(curve)
    return fa + (fb - fa) * g


def split(v):
    """v -> (hi, lo). int/int division in Python is correctly rounded, so float(Fraction) is too."""
    hi = float(v)
    rest = v - Fraction(hi)
    # sqrt(1/4), sin^2(pi/4) and the like are rational and come out a few units of 2^-600 off
    if abs(rest) < abs(Fraction(hi)) / 2**300:
        rest = Fraction(0)
    return hi, float(rest)


def rate(rng):
    return 10.0 ** rng.uniform(-9, 0.60205999)  # 1e-9 to 4


def draw(rng, curve):
    while True:
        kind = rng.random()
        if kind < 0.70:
            n = int(2.0 ** rng.uniform(0, 53))
        elif kind < 0.90:
            n = rng.choice([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 17, 50, 97, 100, 360, 900, 1000, 9500, 100000, 10**6])
        else:
            n = rng.choice([2**53, 2**53 - 1, 2**52, 2**52 + 1, 2**31 - 1, 2**31, 2**32 + 1, 2**24 + 1, 10**12, 10**15, 3**33])
        n = max(1, min(n, MAX_N))

        where = rng.random()
        if where < 0.40:
            x = rng.randint(0, n)
        elif where < 0.55:
            x = rng.randint(0, 6)
        elif where < 0.70:
            x = n - rng.randint(0, 6)
        elif where < 0.85:
            x = n // 2 + rng.randint(-3, 3)
        elif where < 0.93:
            x = int(2.0 ** rng.uniform(0, 53))  # near 0 on a log scale
        else:
            x = n - int(2.0 ** rng.uniform(0, 53))  # near n on a log scale
        if curve == "inverse_sqrt":
            x = abs(x)  # this curve has no end: x may pass n
        if x < 0 or (x > n and curve != "inverse_sqrt") or x > MAX_N:
            continue

        if curve == "inverse_sqrt":
            return rate(rng), 0.0, n, x
        ends = rng.random()
        lo, hi = sorted((rate(rng), rate(rng)))
        if lo == hi:
            continue
        if ends < 0.25:
            return hi, 0.0, n, x  # down to 0
        if ends < 0.35:
            return 0.0, hi, n, x  # up from 0
        if ends < 0.65:
            return hi, lo, n, x
        if ends < 0.90:
            return lo, hi, n, x
        near = hi * (1 + rng.uniform(-1, 1) * 2.0 ** rng.uniform(-50, -3))  # b close to a
        return hi, near, n, x


def main():
    rng = random.Random(SEED)
    lines = []
    for curve in CURVES:
        seen = set()
        while len(seen) < ROWS:
            row = draw(rng, curve)
            if row in seen:
                continue
            seen.add(row)
            mp.prec = BITS
            hi, lo = split(value(curve, *row))
            mp.prec = CHECK_BITS
            if (hi, lo) != split(value(curve, *row)):
                raise SystemExit(f"{curve} {row}: {BITS} bits are not enough")
            a, b, n, x = row
            lines.append(f"{curve},{a.hex()},{b.hex()},{n},{x},{hi.hex()},{lo.hex()}")

    path = os.path.join(HERE, "reference.csv")
    with open(path, "w", newline="\n") as f:
        f.write("# Exact values of the closed forms (value = hi + lo), made by make_reference.py; do not edit.\n")
        f.write(f"# python {platform.python_version()}, mpmath {mpmath.__version__}, {BITS} bits checked at {CHECK_BITS}, seed {SEED}\n")
        f.write("# curve,a,b,n,x,hi,lo\n")
        f.write("\n".join(lines) + "\n")
    print(f"{path}: {len(lines)} rows, {os.path.getsize(path)} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
