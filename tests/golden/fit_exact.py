#!/usr/bin/env python3
"""The polynomial of the exact grade's cosine kernel (include/pacer/exact_ramp.hpp), fitted with mpmath.

    python fit_exact.py     prints the coefficients and the largest error

sin^2(t) = X (1 - X H(X)) with X = t^2 and 0 <= t <= pi/4. H is approximated by a polynomial of degree 7 such that X H
has the least largest absolute error (Remez exchange). The coefficients are then rounded to multiples of 2^-64, and the
error is measured again. Signs alternate.
"""

import mpmath
from mpmath import mp, mpf

mp.prec = 400
DEGREE = 7
END = (mp.pi / 4) ** 2


def target(x):
    # By its series, which does not cancel near 0: sum of (-1)^k 2^(2k+3) / (2k+4)! X^k
    return mpmath.fsum((-1) ** k * mpf(2) ** (2 * k + 3) / mpmath.factorial(2 * k + 4) * x**k for k in range(60))


def evaluate(c, x):
    return mpmath.polyval(list(reversed(c)), x)


def extremes(c, count=4000):
    """The points where the error of X H is largest between its sign changes, and how large it is."""
    points = [END * (1 - mpmath.cos(mp.pi * k / count)) / 2 for k in range(1, count + 1)]
    errors = [x * (evaluate(c, x) - target(x)) for x in points]
    found = [0]
    for k in range(1, count):
        if (errors[k] > 0) == (errors[found[-1]] > 0):
            if abs(errors[k]) > abs(errors[found[-1]]):
                found[-1] = k
        else:
            found.append(k)
    return [points[k] for k in found], max(abs(e) for e in errors)


def remez():
    size = DEGREE + 2
    nodes = [END * (1 - mpmath.cos(mp.pi * (k + 1) / size)) / 2 for k in range(size)]
    for _ in range(8):
        system = mpmath.matrix(size)
        values = mpmath.matrix(size, 1)
        for row, x in enumerate(nodes):
            for k in range(DEGREE + 1):
                system[row, k] = x**k
            system[row, DEGREE + 1] = (-1) ** row / x
            values[row] = target(x)
        solution = mpmath.lu_solve(system, values)
        c = [solution[k] for k in range(DEGREE + 1)]
        nodes, largest = extremes(c)
        assert len(nodes) == size
    return c, largest


def main():
    c, largest = remez()
    print(f"largest error before rounding: 2^{mpmath.nstr(mpmath.log(largest, 2), 5)}")
    rounded = [int(mpmath.nint(abs(x) * 2**64)) for x in c]
    signs = [1 if x > 0 else -1 for x in c]
    assert signs == [(-1) ** k for k in range(DEGREE + 1)]
    _, largest = extremes([mpf(s * r) / 2**64 for s, r in zip(signs, rounded)])
    print(f"after rounding: 2^{mpmath.nstr(mpmath.log(largest, 2), 5)} = {mpmath.nstr(largest * 2**64, 4)} x 2^-64")
    for r in rounded:
        print(f"{r}u")
    # pi / 4 as words of 64 bits
    words = int(mpmath.floor(mp.pi / 4 * mpf(2) ** 256))
    print("pi/4:", *(f"0x{(words >> (64 * k)) & (2**64 - 1):016X}u" for k in (3, 2, 1, 0)))


if __name__ == "__main__":
    main()
