# SPDX-License-Identifier: MIT
"""Traces the schedules of Keras.

    python3 -m venv venv
    venv/bin/pip install keras==3.15.1 torch==2.15.0 numpy==2.4.6 mpmath==1.3.0
    venv/bin/python tests/parity/generate/keras.py

The backend is PyTorch, and floatx is float64. (With the backends NumPy and JAX, Keras' type promotion knows no float64: there
the cosine or all is float32, whatever floatx and jax_enable_x64 are. With PyTorch only `floor` and `minimum` go through
float32, which whole numbers below 2^24 do not feel.) The counter is int32, as an optimizer's `iterations` is.

CosineDecayRestarts finds the number of restarts by a logarithm, rounded to float32 and then down. Where that gives another
cycle, the exact value is the one of the right cycle, and the case has a note.
"""

import math
import os
import sys
from fractions import Fraction
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"
# This file has the name of the package that it traces.
sys.path = [p for p in sys.path if Path(p or ".").resolve() != Path(__file__).resolve().parent]
import keras  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from keras import ops  # noqa: E402
from keras.optimizers import schedules as keras_schedules  # noqa: E402

sys.path.append(str(Path(__file__).resolve().parent))
from common import (POWERS, TOTALS, Trace, floors, hc, log_uniform, mpf, place, random_of, steps, text, uniform,  # noqa: E402
                    warmups)

keras.config.set_floatx("float64")
rng = random_of(20240502)
trace = Trace("keras", f"keras {keras.__version__}, backend torch {torch.__version__.split('+')[0]}, float64")


# --- the formulas, in exact numbers

def exact_cosine(s, initial_learning_rate, decay_steps, alpha=0.0, warmup_target=None, warmup_steps=0):
    start = initial_learning_rate
    if warmup_target is not None:
        if s < warmup_steps:
            return mpf(start) + (mpf(warmup_target) - mpf(start)) * s / warmup_steps
        start, s = warmup_target, s - warmup_steps
    wave = hc(mpf(min(s, decay_steps)) / decay_steps)
    return mpf(start) * ((1 - mpf(alpha)) * wave + mpf(alpha))


def cycle_of(s, first_decay_steps, t_mul):
    """The number of a step's cycle, and the cycle's start and length, which need not be whole."""
    number, start, length = 0, Fraction(0), Fraction(first_decay_steps)
    if t_mul == 1:
        number = s // first_decay_steps
        return number, number * length, length
    while s >= start + length:
        start += length
        length *= Fraction(t_mul)
        number += 1
    return number, start, length


def exact_restarts(s, initial_learning_rate, first_decay_steps, t_mul=2.0, m_mul=1.0, alpha=0.0):
    number, start, length = cycle_of(s, first_decay_steps, t_mul)
    part = (s - start) / length
    wave = hc(mpf(part.numerator) / part.denominator) * mpf(m_mul) ** number
    return mpf(initial_learning_rate) * ((1 - mpf(alpha)) * wave + mpf(alpha))


def exact_exponential(s, initial_learning_rate, decay_steps, decay_rate, staircase=False):
    p = s // decay_steps if staircase else mpf(s) / decay_steps
    return mpf(initial_learning_rate) * mpf(decay_rate) ** p


def exact_inverse_time(s, initial_learning_rate, decay_steps, decay_rate, staircase=False):
    p = s // decay_steps if staircase else mpf(s) / decay_steps
    return mpf(initial_learning_rate) / (1 + mpf(decay_rate) * p)


def exact_piecewise(s, boundaries, values):
    return values[sum(s > boundary for boundary in boundaries)]


def exact_polynomial(s, initial_learning_rate, decay_steps, end_learning_rate=0.0001, power=1.0, cycle=False):
    if cycle:
        decay_steps *= max(1, -(-s // decay_steps))
    a, b = mpf(initial_learning_rate), mpf(end_learning_rate)
    return (a - b) * (1 - mpf(min(s, decay_steps)) / decay_steps) ** mpf(power) + b


# --- Keras

SCHEDULES = {
    "cosine_decay": (keras_schedules.CosineDecay, exact_cosine),
    "cosine_decay_restarts": (keras_schedules.CosineDecayRestarts, exact_restarts),
    "exponential_decay": (keras_schedules.ExponentialDecay, exact_exponential),
    "inverse_time_decay": (keras_schedules.InverseTimeDecay, exact_inverse_time),
    "piecewise_constant_decay": (keras_schedules.PiecewiseConstantDecay, exact_piecewise),
    "polynomial_decay": (keras_schedules.PolynomialDecay, exact_polynomial),
}


def rate(schedule, s, dtype="float64"):
    value = schedule(ops.convert_to_tensor(s, dtype="int32"))
    assert keras.backend.standardize_dtype(value.dtype) == dtype, value.dtype
    return float(value)


def add(name, chosen, note=None, **fields):
    make, formula = SCHEDULES[name]
    given = {field: value for field, value in fields.items() if value is not None}
    schedule = make(**given)
    trace.case(text("keras", name, **fields), chosen, lambda s: rate(schedule, s), lambda s: formula(s, **given), note)


def base():
    return log_uniform(rng, 1e-5, 1)


def sometimes(value):
    """None, which stands for the default, in one of three cases."""
    return value if rng.random() < 2 / 3 else None


# --- cosine

for case in (dict(initial_learning_rate=0.001, decay_steps=100, alpha=0.1), dict(initial_learning_rate=0.001, decay_steps=100),
             dict(initial_learning_rate=1.0, decay_steps=1), dict(initial_learning_rate=1.0, decay_steps=2),
             dict(initial_learning_rate=1.0, decay_steps=3), dict(initial_learning_rate=0.1, decay_steps=7, alpha=1.0),
             dict(initial_learning_rate=0.0, decay_steps=90, alpha=0.1, warmup_target=1.0, warmup_steps=10),
             # a warm-up without a target is none
             dict(initial_learning_rate=0.1, decay_steps=20, warmup_steps=10),
             # and one of no steps starts at its target
             dict(initial_learning_rate=0.0, decay_steps=20, warmup_target=0.1),
             dict(initial_learning_rate=0.0, decay_steps=20, warmup_target=0.1, warmup_steps=0),
             dict(initial_learning_rate=0.0, decay_steps=20, warmup_target=0.1, warmup_steps=1),
             dict(initial_learning_rate=0.0, decay_steps=1, alpha=0.5, warmup_target=0.1, warmup_steps=99),
             dict(initial_learning_rate=0.3, decay_steps=20, warmup_target=0.1, warmup_steps=8),
             dict(initial_learning_rate=0.1, decay_steps=20, warmup_target=0.1, warmup_steps=20)):
    warmup = case.get("warmup_steps", 0)
    add("cosine_decay", steps(warmup + case["decay_steps"], (warmup, case["decay_steps"])), **case)
for _ in range(32):
    n, peak = rng.choice(TOTALS), base()
    alpha = sometimes(rng.choice((0.0, 0.1, 1.0, log_uniform(rng, 1e-4, 1))))
    if rng.random() < 0.4:
        add("cosine_decay", steps(n, (n // 2,)), initial_learning_rate=peak, decay_steps=n, alpha=alpha)
        continue
    warmup = rng.choice((0, 1, 2, 10, n - 1, n, 3 * n))
    start = rng.choice((0.0, 1e-6 if peak > 1e-6 else 0.0, 0.1 * peak, peak))
    add("cosine_decay", steps(warmup + n, (warmup, warmup + n // 2)), initial_learning_rate=start, decay_steps=n, alpha=alpha,
        warmup_target=peak, warmup_steps=warmup)

# --- cosine with restarts


def counted(s, n, t_mul):
    """The restarts before a step as Keras counts them."""
    passed, t_mul = ops.convert_to_tensor(s / n, dtype="float64"), ops.convert_to_tensor(t_mul, dtype="float64")
    return int(ops.floor(ops.log(1.0 - passed * (1.0 - t_mul)) / ops.log(t_mul)))


def add_restarts(last, **fields):
    """Up to the step `last`."""
    given = {field: value for field, value in fields.items() if value is not None}
    n, t_mul = given["first_decay_steps"], given.get("t_mul", 2.0)
    starts = []
    s = 0
    while s <= last and len(starts) < 9:
        number, start, length = cycle_of(s, n, t_mul)
        starts.append(math.ceil(start))
        s = max(math.ceil(start + length), s + 1)
    end = min(last, s)
    chosen = steps(end, starts, last=last)
    wrong = [] if t_mul == 1 else [s for s in chosen if counted(s, n, t_mul) != cycle_of(s, n, t_mul)[0]]
    note = None
    if wrong:
        note = ("the number of restarts is a logarithm rounded down, and that is rounded to another whole number at "
                + ("step " if len(wrong) == 1 else "steps ") + ", ".join(map(str, wrong)))
    add("cosine_decay_restarts", chosen, note, **fields)
    return wrong


add_restarts(700, initial_learning_rate=0.1, first_decay_steps=100)
add_restarts(700, initial_learning_rate=0.1, first_decay_steps=10)
add_restarts(200, initial_learning_rate=0.1, first_decay_steps=1)
add_restarts(60, initial_learning_rate=0.1, first_decay_steps=1, t_mul=1.0, alpha=0.1)
add_restarts(100, initial_learning_rate=0.1, first_decay_steps=10, t_mul=1.0)
add_restarts(100, initial_learning_rate=0.1, first_decay_steps=7, t_mul=1.0, m_mul=0.9, alpha=0.05)
add_restarts(400, initial_learning_rate=0.1, first_decay_steps=10, t_mul=1.5)
add_restarts(400, initial_learning_rate=0.1, first_decay_steps=10, t_mul=3.0, m_mul=0.5, alpha=0.1)
add_restarts(2000, initial_learning_rate=0.1, first_decay_steps=3, t_mul=2.0, m_mul=0.5)
add_restarts(2000, initial_learning_rate=0.1, first_decay_steps=10, t_mul=5.0)
add_restarts(200, initial_learning_rate=0.1, first_decay_steps=10, t_mul=1.0, m_mul=1.1)
add_restarts(1_000_000, initial_learning_rate=0.1, first_decay_steps=1000, t_mul=10.0)
add_restarts(2_000, initial_learning_rate=0.1, first_decay_steps=10, t_mul=3.0, alpha=1.0)
add_restarts(2_000_000, initial_learning_rate=0.1, first_decay_steps=100_000, t_mul=1.0, m_mul=0.7)
for _ in range(30):
    n = rng.choice(TOTALS[2:-1])
    t_mul = rng.choice((None, 2.0, 3.0, 1.0, 1.5, 4.0, uniform(rng, 1, 3)))
    add_restarts(rng.choice((5, 20, 100)) * n, initial_learning_rate=base(), first_decay_steps=n, t_mul=t_mul,
                 m_mul=sometimes(rng.choice((1.0, 0.5, 0.9, 0.8, uniform(rng, 0.3, 1)))),
                 alpha=sometimes(rng.choice((0.0, 0.1, 1.0, log_uniform(rng, 1e-4, 1)))))

# --- exponential and inverse time

DECAYS = [dict(decay_steps=1, decay_rate=0.1), dict(decay_steps=10, decay_rate=0.5),
          dict(decay_steps=10, decay_rate=0.5, staircase=True), dict(decay_steps=1000, decay_rate=0.96),
          dict(decay_steps=3, decay_rate=1.0), dict(decay_steps=1_000_000, decay_rate=0.1)]


def add_decay(name, initial_learning_rate, **fields):
    n = fields["decay_steps"]
    add(name, steps(5 * n, (n, 2 * n, 3 * n), between=10), initial_learning_rate=initial_learning_rate, **fields)


for case in DECAYS:
    add_decay("exponential_decay", 0.1, **case)
    add_decay("inverse_time_decay", 0.1, **case)
add_decay("inverse_time_decay", 0.1, decay_steps=10, decay_rate=0.0)
add_decay("inverse_time_decay", 0.1, decay_steps=7, decay_rate=30.0)
for _ in range(26):
    add_decay("exponential_decay", base(), decay_steps=rng.choice(TOTALS),
              decay_rate=rng.choice((0.1, 0.5, 0.9, 0.96, 0.99, 0.9999, uniform(rng, 0.1, 0.9999, 4))),
              staircase=rng.choice((True, False, None)))
    add_decay("inverse_time_decay", base(), decay_steps=rng.choice(TOTALS),
              decay_rate=rng.choice((0.1, 0.5, 0.9, 1.0, 2.0, log_uniform(rng, 1e-4, 10))),
              staircase=rng.choice((True, False, None)))

# --- piecewise constant

for boundaries, values in (([30, 60, 80], [0.1, 0.01, 0.001, 0.0001]), ([100], [0.1, 0.0]), ([0], [0.1, 0.2]),
                           ([0, 1, 2], [0.1, 0.2, 0.3, 0.4]), ([5, 5], [0.1, 0.2, 0.3]), ([1], [1.0, 0.5]),
                           ([3, 999_999], [0.0, 0.7, 1 / 3])):
    add("piecewise_constant_decay", steps(boundaries[-1], boundaries, between=4), boundaries=boundaries, values=values)
for _ in range(22):
    n = rng.choice(TOTALS[2:])
    boundaries = sorted(rng.sample(range(rng.choice((0, 1)), n + 1), min(rng.choice((1, 2, 3, 5, 8)), n)))
    add("piecewise_constant_decay", steps(boundaries[-1], boundaries, between=4), boundaries=boundaries,
        values=[base() for _ in range(len(boundaries) + 1)])

# --- polynomial


def add_polynomial(**fields):
    n = fields["decay_steps"]
    if fields.get("cycle"):
        add("polynomial_decay", steps(5 * n, (n, 2 * n, 3 * n), between=10), **fields)
    else:
        add("polynomial_decay", steps(n), **fields)


for case in (dict(decay_steps=100), dict(decay_steps=100, end_learning_rate=0.0), dict(decay_steps=1), dict(decay_steps=2),
             dict(decay_steps=1, cycle=True), dict(decay_steps=10, cycle=True), dict(decay_steps=7, power=0.5, cycle=True),
             dict(decay_steps=7, end_learning_rate=0.1, power=2.0), dict(decay_steps=49, end_learning_rate=0.5, power=2.0),
             *(dict(decay_steps=100, end_learning_rate=0.0, power=power) for power in POWERS)):
    add_polynomial(initial_learning_rate=0.1, **case)
for _ in range(28):
    start = base()
    add_polynomial(initial_learning_rate=start, decay_steps=rng.choice(TOTALS), end_learning_rate=sometimes(floors(rng, start)),
                   power=sometimes(rng.choice((*POWERS, uniform(rng, 0.2, 5)))), cycle=rng.choice((True, False, None)))

trace.write()


# --- told on stdout alone

def show(label, make, at):
    try:
        schedule = make()
        print(f"{label}: " + ", ".join(f"{s}: {float(schedule(ops.convert_to_tensor(s, dtype='int32'))):.6g}" for s in at))
    except Exception as error:
        print(f"{label}: {type(error).__name__}: {str(error).splitlines()[0]}")


print("-- beyond what is traced")
cosine, restarts = keras_schedules.CosineDecay, keras_schedules.CosineDecayRestarts
show("cosine, decay_steps 0", lambda: cosine(0.1, 0), (0,))
show("cosine, alpha 2", lambda: cosine(0.1, 10, 2.0), (0, 5, 10, 11))
show("cosine from the int 1", lambda: cosine(1, 10), (0, 1, 5, 10))
show("cosine with a warm-up from the int 0", lambda: cosine(0, 10, warmup_target=0.1, warmup_steps=5), (0, 1, 5, 10, 15))
show("cosine with a warm-up of -1", lambda: cosine(0.0, 10, warmup_target=0.1, warmup_steps=-1), (0, 1, 5, 8, 9, 10, 15))
show("restarts, t_mul 0.5", lambda: restarts(0.1, 10, t_mul=0.5), (0, 9, 10, 14, 15, 17, 18, 19, 20, 21))
show("restarts, t_mul 1, m_mul 0", lambda: restarts(0.1, 10, t_mul=1.0, m_mul=0.0), (0, 9, 10, 15))
show("restarts, t_mul 1, m_mul 0.5, alpha 0.1: floor and peaks", lambda: restarts(1.0, 10, 1.0, 0.5, 0.1), (0, 10, 20, 30))
show("restarts, t_mul the int 2", lambda: restarts(0.1, 10, t_mul=2), (0, 9, 10, 29, 30, 69, 70))
show("exponential, decay_rate 0", lambda: keras_schedules.ExponentialDecay(0.1, 10, 0.0), (0, 1, 10))
show("exponential, decay_rate 2", lambda: keras_schedules.ExponentialDecay(0.1, 10, 2.0), (0, 1, 10))
show("exponential, decay_rate -0.5", lambda: keras_schedules.ExponentialDecay(0.1, 10, -0.5), (0, 1, 10))
show("inverse time, decay_rate -0.5", lambda: keras_schedules.InverseTimeDecay(0.1, 10, -0.5), (0, 10, 20, 30))
show("inverse time, decay_steps 0", lambda: keras_schedules.InverseTimeDecay(0.1, 0, 0.5), (0,))
piecewise = keras_schedules.PiecewiseConstantDecay
show("piecewise, no boundary", lambda: piecewise([], [0.1]), (0,))
show("piecewise, values 1 too few", lambda: piecewise([1, 2], [0.1, 0.2]), (0,))
show("piecewise, falling boundaries", lambda: piecewise([20, 10], [0.1, 0.2, 0.3]), (0, 10, 11, 15, 20, 21))
show("piecewise, boundaries 2.5 and 5.5", lambda: piecewise([2.5, 5.5], [0.1, 0.2, 0.3]), (2, 3, 5, 6))
show("polynomial, power 0", lambda: keras_schedules.PolynomialDecay(0.1, 10, power=0.0), (0, 5, 10, 11))
show("polynomial, initial below end", lambda: keras_schedules.PolynomialDecay(1e-5, 10), (0, 5, 10, 11))
show("polynomial with cycle: the step that ends a cycle", lambda: keras_schedules.PolynomialDecay(0.1, 10, 0.0, cycle=True),
     (0, 9, 10, 11, 19, 20, 21, 30, 31))

print("-- restarts: cycles that are missed at their first step, of those up to step 1e6 (whole t_mul)")
for t_mul in (2.0, 3.0, 4.0, 5.0, 10.0):
    missed, missed32, missed64, boundaries = [], 0, 0, 0
    for n in (1, 3, 7, 10, 12, 50, 100, 300, 1000):
        single = restarts(np.float32(0.5), n, t_mul=t_mul)
        double = restarts(0.5, n, t_mul=t_mul)
        start, length = n, n * int(t_mul)
        while start <= 1_000_000:
            boundaries += 1
            if rate(double, start) < 0.25:
                missed.append((n, start))
            missed32 += rate(single, start, "float32") < 0.25
            logarithm = math.log(1 - start / n * (1 - t_mul)) / math.log(t_mul)
            missed64 += math.floor(logarithm) < cycle_of(start, n, t_mul)[0]
            start, length = start + length, length * int(t_mul)
    print(f"t_mul {t_mul}: {len(missed)} of {boundaries} as traced {missed[:6]}, {missed32} in float32 (Keras' default), "
          f"{missed64} if all were in float64")

print("-- float32, Keras' default, against float64")
for name, fields in {"cosine_decay": dict(initial_learning_rate=0.1, decay_steps=100_000),
                     "polynomial_decay": dict(initial_learning_rate=0.1, decay_steps=100_000),
                     "exponential_decay": dict(initial_learning_rate=0.1, decay_steps=1000, decay_rate=0.96)}.items():
    double, single = (SCHEDULES[name][0](**{**fields, "initial_learning_rate": kind(0.1)}) for kind in (float, np.float32))
    print(f"{name}: " + max((f"{abs(rate(single, s, 'float32') / rate(double, s) - 1):.1e}"
                             for s in range(0, 99_999, 1009)), key=float) + " away at most (relative)")

print("-- in an optimizer: rates of 40 updates, and resumed from the variables saved after 13 of them")


def optimizer_with(make, fields, **settings):
    optimizer = keras.optimizers.SGD(learning_rate=make(**fields), **settings)
    weight = keras.Variable(np.zeros(1), dtype="float64", trainable=True)
    optimizer.build([weight])
    return optimizer, weight


def run(optimizer, weight, count):
    rates = []
    for _ in range(count):
        rates.append(float(optimizer.learning_rate))
        before = float(ops.convert_to_numpy(weight)[0])
        optimizer.apply([ops.ones((1,), dtype="float64")])
        assert abs(before - float(ops.convert_to_numpy(weight)[0]) - rates[-1]) < 1e-12 or optimizer.gradient_accumulation_steps
    return rates


for name, fields in {
        "cosine_decay": dict(initial_learning_rate=0.01, decay_steps=25, alpha=0.1, warmup_target=0.1, warmup_steps=10),
        "cosine_decay_restarts": dict(initial_learning_rate=0.1, first_decay_steps=5),
        "exponential_decay": dict(initial_learning_rate=0.1, decay_steps=7, decay_rate=0.7, staircase=True),
        "inverse_time_decay": dict(initial_learning_rate=0.1, decay_steps=7, decay_rate=0.7),
        "piecewise_constant_decay": dict(boundaries=[5, 20], values=[0.1, 0.2, 0.05]),
        "polynomial_decay": dict(initial_learning_rate=0.1, decay_steps=12, cycle=True)}.items():
    make = SCHEDULES[name][0]
    whole = run(*optimizer_with(make, fields), 40)
    optimizer, weight = optimizer_with(make, fields)
    before = run(optimizer, weight, 13)
    saved = {}
    optimizer.save_own_variables(saved)
    schedule = keras_schedules.deserialize(keras_schedules.serialize(make(**fields)))
    resumed, weight = optimizer_with(lambda **_: schedule, {})
    resumed.load_own_variables({key: np.asarray(value) for key, value in saved.items()})
    after = run(resumed, weight, 27)
    direct = [rate(make(**fields), s) for s in range(40)]
    far = max(abs(place(a) - place(b)) for a, b in zip(whole, direct))
    print(f"{name}: resumed {'the same' if before + after == whole else 'DIFFERENT'}, against the trace {far} doubles away")

optimizer, weight = optimizer_with(keras_schedules.PolynomialDecay,
                                   dict(initial_learning_rate=0.1, decay_steps=10, end_learning_rate=0.0),
                                   gradient_accumulation_steps=3)
print("polynomial_decay over 10 with gradient_accumulation_steps=3, rate of each micro-batch: "
      + " ".join(f"{r:.3g}" for r in run(optimizer, weight, 13)))
