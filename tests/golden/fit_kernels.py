#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fits the polynomials of include/pacer/numerics/elementary.hpp again; needs only the standard library.

    python3 fit_kernels.py            prints each polynomial and the error it reaches
    python3 fit_kernels.py --check    says whether math.hpp has these coefficients

Each is the polynomial P of its degree whose largest error on an interval is least (Remez's exchange), computed in
decimals of 50 digits:

    half_wave    P(z) = sin^2(pi r / 2) / r^2, z = r^2 in [0, 1/4]        error relative to it
    per_exp2m1   P(z) = y (2^y + 1) / (2^y - 1), z = y^2,
                 |y| <= log2(3) - 1                                       error relative to it
    log_tail     P(z) = (atanh(s) / s - 1) / z, z = s^2,                  error z |P(z) - ...|, relative to atanh(s) / s
                 s in [0, 3 - sqrt(8)]

The first coefficients are rounded to doubles in turn, and those that follow are fitted again to what is left. What the
rounding of c0 leaves at 0 cannot be mended there; a weight of x^(1/4) on what is fitted again lets it fade quickly. The
error printed is that of the rounded coefficients. The constants that stand beside them are printed too."""

import argparse
import re
import sys
from decimal import Decimal, getcontext
from pathlib import Path

HEADER = Path(__file__).resolve().parents[2] / "include/pacer/numerics/elementary.hpp"
POINTS = 1500
ROUNDED_IN_TURN = 3
getcontext().prec = 50

ONE, TWO, THREE = Decimal(1), Decimal(2), Decimal(3)
LN2 = TWO.ln()
PI = Decimal("3.14159265358979323846264338327950288419716939937510582")


def series(first, ratio):
    """first (1 + ratio(1) (1 + ratio(2) (1 + ...)))"""
    total, term, k = first, first, 1
    while abs(term) > Decimal("1e-55"):
        term *= ratio(k)
        total += term
        k += 1
    return total


def half_wave(z):
    # sin^2(x) / r^2 = (1 - cos(2 x)) / (2 r^2), x = pi r / 2
    square = PI * PI * z
    return PI * PI / 4 * series(ONE, lambda k: -square / ((2 * k + 1) * (2 * k + 2)))


def per_exp2m1(z):
    # 2/ln2 x coth(x), x = y ln2 / 2
    square = z * LN2 * LN2 / 4
    cosh = series(ONE, lambda k: square / ((2 * k - 1) * (2 * k)))
    sinh_per_x = series(ONE, lambda k: square / ((2 * k) * (2 * k + 1)))
    return 2 / LN2 * cosh / sinh_per_x


def log_tail(z):
    total, power, k = Decimal(0), ONE, 3
    while power > Decimal("1e-55"):
        total += power / k
        power *= z
        k += 2
        if z == 0:
            break
    return total


def fits():
    largest_y = THREE.ln() / LN2 - 1
    largest_s = 3 - Decimal(8).sqrt()
    return {
        # name: (function, interval, weight of an error, degree)
        "half_wave": (half_wave, (Decimal(0), ONE / 4), lambda z: 1 / half_wave(z), 7),
        "per_exp2m1": (per_exp2m1, (Decimal(0), largest_y**2), lambda z: 1 / per_exp2m1(z), 5),
        "log_tail": (log_tail, (Decimal(0), largest_s**2), lambda z: z / (1 + z * log_tail(z)), 6),
    }


def grid(low, high):
    """Points of the interval, denser towards its ends, as the extremes of the error are."""
    points = []
    for k in range(POINTS + 1):
        x = Decimal(k) / POINTS
        points.append(low + (high - low) * x * x * (3 - 2 * x))
    return points


def solve(rows):
    """The solution of linear equations, each [a_1, ..., a_n, right side]."""
    n = len(rows)
    for i in range(n):
        pivot = max(range(i, n), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for k in range(i + 1, n):
            factor = rows[k][i] / rows[i][i]
            for j in range(i, n + 1):
                rows[k][j] -= factor * rows[i][j]
    result = [Decimal(0)] * n
    for i in reversed(range(n)):
        rest = rows[i][n] - sum(rows[i][j] * result[j] for j in range(i + 1, n))
        result[i] = rest / rows[i][i]
    return result


def value(coefficients, x):
    total = Decimal(0)
    for c in reversed(coefficients):
        total = total * x + c
    return total


def extremes(errors, count):
    """The places of the largest errors, alternating in sign, `count` of them."""
    places = []
    for k, error in enumerate(errors):
        if error == 0:
            continue
        if places and (errors[places[-1]] > 0) == (error > 0):
            if abs(error) > abs(errors[places[-1]]):
                places[-1] = k
        else:
            places.append(k)
    while len(places) > count:
        if abs(errors[places[0]]) < abs(errors[places[-1]]):
            places.pop(0)
        else:
            places.pop()
    return places


def remez(points, wanted, weights, degree):
    """The coefficients of the best polynomial for wanted(x)."""
    count = degree + 2
    last = len(points) - 1
    places = sorted({1 + (last - 1) * k // (count - 1) for k in range(count)})
    for _ in range(30):
        rows = []
        for k, place in enumerate(places):
            x = points[place]
            sign = -1 if k % 2 else 1
            rows.append([x**j for j in range(degree + 1)] + [sign / weights[place], wanted[place]])
        *coefficients, height = solve(rows)
        errors = [(value(coefficients, x) - w) * weight for x, w, weight in zip(points, wanted, weights)]
        found = extremes(errors, count)
        if len(found) < count:
            break
        places = found
        if max(abs(errors[k]) for k in places) <= abs(height) * (1 + Decimal("1e-6")):
            break
    return coefficients


def fit(function, interval, weight, degree):
    points = [x for x in grid(*interval) if x != 0]
    wanted = [function(x) for x in points]
    weights = [weight(x) for x in points]
    ideal = remez(points, wanted, weights, degree)
    rest, rest_weights, rounded = wanted, weights, []
    for k in range(ROUNDED_IN_TURN):
        rounded.append(float(remez(points, rest, rest_weights, degree - k)[0]))
        rest = [(w - Decimal(rounded[k])) / x for x, w in zip(points, rest)]
        rest_weights = [weight * x * (x.sqrt().sqrt() if k == 0 else 1) for x, weight in zip(points, rest_weights)]
    rounded += [float(c) for c in remez(points, rest, rest_weights, degree - ROUNDED_IN_TURN)]

    def largest_error(coefficients):
        return max(abs((value(coefficients, x) - w) * weight) for x, w, weight in zip(points, wanted, weights))

    return rounded, largest_error(ideal), largest_error([Decimal(c) for c in rounded])


def spelled(c):
    """As math.hpp writes it: without trailing zeros, and without a sign."""
    return re.sub(r"\.?0*p", "p", abs(c).hex()).replace("p+", "p")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail if math.hpp has other coefficients")
    options = parser.parse_args()
    header = HEADER.read_text()
    missing = 0

    def show(name, number):
        nonlocal missing
        there = re.search(rf"(?<![\w.]){re.escape(spelled(number))}(?![\w.])", header)
        missing += not there
        print(f"    {name:<14}{'-' if number < 0 else ' '}{spelled(number)}{'' if there else '   not in math.hpp'}")

    for name, (function, interval, weight, degree) in fits().items():
        coefficients, ideal, reached = fit(function, interval, weight, degree)
        print(f"{name}: degree {degree}, error {reached:.2e} (unrounded {ideal:.2e})")
        for k, c in enumerate(coefficients):
            show(f"c{k}", c)
    print("constants")
    show("2/ln2", float(2 / LN2))
    show("its rest", float(2 / LN2 - Decimal(float(2 / LN2))))
    show("sqrt(1/2)", float(Decimal("0.5").sqrt()))
    if options.check and missing:
        print(f"{missing} coefficients are not in {HEADER.name}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
