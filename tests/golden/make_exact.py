#!/usr/bin/env python3
"""Correctly rounded values of the closed forms, in exact rational arithmetic and mpmath at 2800 bits.

    python make_exact.py     writes exact.csv beside this file

Columns: curve,a,b,n,x,value. The doubles a and b are taken as exact; n and x are integers. `value` is the double
nearest to the exact real value, ties to even (down to subnormal numbers):

    linear          a + (b-a) * x/n
    cosine          a + (b-a) * sin^2(pi/2 * x/n)
    power:P         b + (a-b) * (1-x/n)^P
"""

import os
import random
import sys
from fractions import Fraction

import mpmath
from mpmath import mp

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = 20251122
mp.prec = 2800


def exact(value):
    sign, man, exp, _ = value._mpf_
    man = -int(man) if sign else int(man)
    return Fraction(man * 2**exp) if exp >= 0 else Fraction(man, 2**-exp)


def sine_squared(x, n):
    """Exact where it is rational, by Niven's theorem."""
    r = Fraction(x, n)
    known = {Fraction(0): 0, Fraction(1, 3): Fraction(1, 4), Fraction(1, 2): Fraction(1, 2),
             Fraction(2, 3): Fraction(3, 4), Fraction(1): 1}
    if r in known:
        return Fraction(known[r])
    return exact(mpmath.sin(mp.pi / 2 * mpmath.mpf(x) / n) ** 2)


def value(curve, a, b, n, x):
    fa, fb = Fraction(a), Fraction(b)
    if curve == "linear":
        v = fa + (fb - fa) * Fraction(x, n)
    elif curve == "cosine":
        v = fa + (fb - fa) * sine_squared(x, n)
    else:
        v = fb + (fa - fb) * Fraction(n - x, n) ** int(curve[6:])
    return nearest(v)


def nearest(v):
    """The double nearest to a fraction of 0 or more, ties to even, in integers."""
    if v == 0:
        return 0.0
    e = v.numerator.bit_length() - v.denominator.bit_length()
    if v < Fraction(2) ** e:
        e -= 1
    unit = Fraction(2) ** max(e - 52, -1074)
    q = v / unit
    r, rest = divmod(q.numerator, q.denominator)
    if 2 * rest > q.denominator or (2 * rest == q.denominator and r % 2 == 1):
        r += 1
    result = r * unit
    got = float(result)
    assert Fraction(got) == result
    return got


def rate(rng):
    return 10.0 ** rng.uniform(-9, 0.6)


def wild_rate(rng):
    return rng.choice([rate(rng), 2.0 ** rng.randint(-1074, 1023), 5e-324 * rng.randint(1, 1000),
                       rng.uniform(1, 2) * 2.0 ** rng.randint(-1030, -1000), sys.float_info.max,
                       rng.uniform(1, 2) * 2.0 ** rng.randint(-1000, 1000), 0.0])


def length(rng):
    if rng.random() < 0.3:
        return rng.choice([2**53, 2**53 - 1, 2**53 + 1, 2**52 + 1, 2**31 - 1, 2**32 + 1, 3**33, 3 * 2**50, 10**12])
    return int(2.0 ** rng.uniform(1, 53))


def place(rng, n):
    k = rng.random()
    if k < 0.4:
        return rng.randint(0, n)
    if k < 0.6:
        return min(n, int(2.0 ** rng.uniform(0, 53)))
    if k < 0.8:
        return max(0, n - int(2.0 ** rng.uniform(0, 53)))
    return min(n, max(0, n // rng.choice([2, 3, 4]) + rng.randint(-2, 2)))


def main():
    rng = random.Random(SEED)
    curves = ["linear", "cosine", "power:1", "power:2", "power:3", "power:8", "power:32"]
    rows = {}

    def add(curve, a, b, n, x):
        if curve.startswith("power") and a < b:
            a, b = b, a
        rows[curve, a, b, n, x] = value(curve, a, b, n, x)

    # All of short ramps, between rates that make ties: an odd last bit, and 0 or another such rate.
    odd = 1 + 2.0**-52
    for a, b in [(odd, 0.0), (odd, 3 * 2.0**-53), (5e-324, 0.0), (1.5e-323, 5e-324), (1e-3, 1e-4), (0.0, odd),
                 (2.0**-1022 + 5e-324, 5e-324)]:
        for n in [1, 2, 3, 4, 6, 8, 12, 16]:
            for x in range(n + 1):
                for curve in ["linear", "cosine", "power:2", "power:3"]:
                    add(curve, a, b, n, x)
    for curve in curves:
        for _ in range(500):
            n = length(rng)
            add(curve, rate(rng), rng.choice([0.0, rate(rng)]), n, place(rng, n))
        for _ in range(300):
            n = length(rng)
            add(curve, wild_rate(rng), wild_rate(rng), n, place(rng, n))
    # Ties far from the ends.
    for k in range(2, 53):
        n = 2**k
        for curve in ["linear", "power:2"]:
            add(curve, float(rng.randrange(2**52 + 1, 2**53, 2)), 0.0, n, n // 2)
            add(curve, 2.0**52 + 1, 2.0**51 + 0.5, n, n // 4)
        for n in [3 * 2**(k - 2), 2**k]:
            for x in {n // 3, n // 2, n - n // 3}:
                add("cosine", float(rng.randrange(2**52 + 1, 2**53, 2)), float(rng.randrange(0, 2**50)), n, x)

    lines = [f"{c},{a.hex()},{b.hex()},{n},{x},{v.hex()}" for (c, a, b, n, x), v in rows.items()]
    path = os.path.join(HERE, "exact.csv")
    with open(path, "w", newline="\n") as f:
        f.write("# Correctly rounded values of the closed forms, made by make_exact.py; do not edit.\n")
        f.write(f"# mpmath {mpmath.__version__}, {mp.prec} bits, seed {SEED}\n")
        f.write("# curve,a,b,n,x,value\n")
        f.write("\n".join(lines) + "\n")
    print(f"{path}: {len(lines)} rows, {os.path.getsize(path)} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
