#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes geometric.csv: rate factor^k to about 106 bits, as a sum of two doubles. It needs Python alone.

    python3 make_geometric.py > geometric.csv"""

import math
import random
from decimal import Decimal, getcontext

getcontext().prec = 80
random.seed(1)
print("# rate,factor,k,high,low")
factors = [0.1, 0.5, 0.3, 0.9, 0.93, 0.98, 0.99, 0.999, 1 - 1e-6, 1 - 1e-9, 1 - 1e-12, 1 - 2**-40, 1 - 2**-50, 1 - 2**-53]
factors += [random.random() for _ in range(16)] + [1 - random.random() * 10 ** -random.randint(0, 13) for _ in range(16)]
for factor in factors:
    # Up to where the last digit of 1e-3 factor^k is still a normal number.
    last = min(-640 / math.log1p(factor - 1), 2**53)
    ks = {0, 1, 2, 3, int(last)} | {int(random.random() ** 2 * last) for _ in range(8)}
    for k in sorted(ks):
        for rate in (1e-3,) if k % 3 else (1e-3, 1.7e308):
            exact = Decimal(rate) * Decimal(factor) ** k
            high = float(exact)
            low = float(exact - Decimal(high))
            print(rate.hex(), factor.hex(), k, high.hex(), low.hex(), sep=",")
