# SPDX-License-Identifier: MIT
"""Traces Optax's schedules.

    python3 -m venv venv && venv/bin/pip install optax==0.2.8 jax==0.10.2 jaxlib==0.10.2 numpy==2.4.6 mpmath==1.4.1
    venv/bin/python tests/parity/generate/optax.py

The schedules are asked as `scale_by_schedule` asks them, with a counter that is an array. Optax's own counters are int32, and
int32 divided by an int is float32 in JAX, also with jax_enable_x64: there the rates are float32. The counter here is
int64, with which all is float64.

Of the factors of one cycle that meet at one step Optax keeps only the later. There the exact value is the intended one.
"""

import itertools
import math
import sys
from pathlib import Path

# This file has the name of the package that it traces.
sys.path = [p for p in sys.path if Path(p or ".").resolve() != Path(__file__).resolve().parent]
import jax  # noqa: E402

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp  # noqa: E402
import optax  # noqa: E402

sys.path.append(str(Path(__file__).resolve().parent))
from common import (POWERS, TOTALS, Trace, floors, hc, log_uniform, mpf, place, random_of, steps, text, uniform,  # noqa: E402
                    warmups)

rng = random_of(20240501)
trace = Trace("optax", f"optax {optax.__version__}, jax {jax.__version__}, float64")
trace.comment("The counter is an int64 array. With Optax's own int32 counters the rates are float32.")


# --- the formulas, in exact numbers

def exact_constant(s, value):
    return value


def exact_polynomial(s, init_value, end_value, power, transition_steps, transition_begin=0):
    if transition_steps <= 0:
        return init_value
    x = min(max(s - max(transition_begin, 0), 0), transition_steps)
    a, b = mpf(init_value), mpf(end_value)
    return (a - b) * (1 - mpf(x) / transition_steps) ** mpf(power) + b


def exact_linear(s, init_value, end_value, transition_steps, transition_begin=0):
    return exact_polynomial(s, init_value, end_value, 1, transition_steps, transition_begin)


def exact_cosine(s, init_value, decay_steps, alpha=0.0, exponent=1.0):
    wave = hc(mpf(min(s, decay_steps)) / decay_steps) ** mpf(exponent)
    return mpf(init_value) * ((1 - mpf(alpha)) * wave + mpf(alpha))


def exact_exponential(s, init_value, transition_steps, decay_rate, transition_begin=0, staircase=False, end_value=None):
    if transition_steps <= 0 or decay_rate == 0:
        return init_value
    x = s - max(transition_begin, 0)
    p = x // transition_steps if staircase else mpf(x) / transition_steps
    value = mpf(init_value) if x <= 0 else init_value * mpf(decay_rate) ** p
    if end_value is None:
        return value
    return max(value, mpf(end_value)) if decay_rate < 1 else min(value, mpf(end_value))


def exact_warmup_constant(s, init_value, peak_value, warmup_steps):
    return exact_linear(s, init_value, peak_value, warmup_steps)


def exact_warmup_cosine(s, init_value, peak_value, warmup_steps, decay_steps, end_value=0.0, exponent=1.0):
    if s < warmup_steps:
        return exact_linear(s, init_value, peak_value, warmup_steps)
    alpha = mpf(end_value) / mpf(peak_value) if peak_value else 0
    return exact_cosine(s - warmup_steps, peak_value, decay_steps - warmup_steps, alpha, exponent)


def exact_warmup_exponential(s, init_value, peak_value, warmup_steps, **decay):
    if s < warmup_steps:
        return exact_linear(s, init_value, peak_value, warmup_steps)
    return exact_exponential(s - warmup_steps, peak_value, **decay)


def exact_piecewise_constant(s, init_value, boundaries=(), scales=()):
    value = mpf(init_value)
    for boundary, scale in zip(boundaries, scales):
        if s >= boundary:
            value *= scale
    return value


def exact_knots(s, interpolate_type, knots):
    """Through (step, rate); of two rates at one step the later one holds from there on."""
    after = [k for k in range(len(knots)) if knots[k][0] <= s][-1]
    start, a = knots[after]
    if after + 1 == len(knots):
        return a
    end, b = knots[after + 1]
    x = mpf(s - start) / (end - start)
    return a + (b - a) * x if interpolate_type == "linear" else b + (a - b) * hc(x)


def exact_interpolate(s, interpolate_type, init_value, boundaries=(), scales=()):
    rates = list(itertools.accumulate(map(mpf, (init_value, *scales)), lambda a, b: a * b))
    return exact_knots(s, interpolate_type, list(zip((0, *boundaries), rates)))


# Optax takes the whole part of the rounded product, so 0.3 of 10 is 3, though the double 0.3 is a little less.

def exact_cosine_onecycle(s, transition_steps, peak_value, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    peak, first = mpf(peak_value), mpf(peak_value) / mpf(div_factor)
    return exact_knots(s, "cosine", [(0, first), (int(pct_start * transition_steps), peak),
                                     (transition_steps, first / mpf(final_div_factor))])


def exact_linear_onecycle(s, transition_steps, peak_value, pct_start=0.3, pct_final=0.85, div_factor=25.0,
                          final_div_factor=1e4):
    peak, first = mpf(peak_value), mpf(peak_value) / mpf(div_factor)
    return exact_knots(s, "linear", [(0, first), (int(pct_start * transition_steps), peak),
                                     (int(pct_final * transition_steps), first),
                                     (transition_steps, first / mpf(final_div_factor))])


# --- Optax

def with_dictionary(make):
    """Boundaries and scales are one dictionary in Optax."""
    def made(boundaries=None, scales=None, **fields):
        return make(**fields, boundaries_and_scales=None if boundaries is None else dict(zip(boundaries, scales)))
    return made


SCHEDULES = {
    "constant_schedule": (optax.constant_schedule, exact_constant),
    "linear_schedule": (optax.linear_schedule, exact_linear),
    "polynomial_schedule": (optax.polynomial_schedule, exact_polynomial),
    "cosine_decay_schedule": (optax.cosine_decay_schedule, exact_cosine),
    "exponential_decay": (optax.exponential_decay, exact_exponential),
    "warmup_constant_schedule": (optax.warmup_constant_schedule, exact_warmup_constant),
    "warmup_cosine_decay_schedule": (optax.warmup_cosine_decay_schedule, exact_warmup_cosine),
    "warmup_exponential_decay_schedule": (optax.warmup_exponential_decay_schedule, exact_warmup_exponential),
    "piecewise_constant_schedule": (with_dictionary(optax.piecewise_constant_schedule), exact_piecewise_constant),
    "piecewise_interpolate_schedule": (with_dictionary(optax.piecewise_interpolate_schedule), exact_interpolate),
    "cosine_onecycle_schedule": (optax.cosine_onecycle_schedule, exact_cosine_onecycle),
    "linear_onecycle_schedule": (optax.linear_onecycle_schedule, exact_linear_onecycle),
}


def rate(schedule, s):
    value = jnp.asarray(schedule(jnp.asarray(s, dtype=jnp.int64)))
    assert value.dtype == jnp.float64, value.dtype
    return float(value)


def add(name, chosen, note=None, **fields):
    make, formula = SCHEDULES[name]
    given = {field: value for field, value in fields.items() if value is not None}
    case_text = text("optax", name, **fields)
    try:
        schedule = make(**given)
    except Exception as error:
        print(f"refused by Optax: {case_text}: {type(error).__name__}: {error}")
        return
    trace.case(case_text, chosen, lambda s: rate(schedule, s), lambda s: formula(s, **given), note)


def base():
    return log_uniform(rng, 1e-5, 1)


def sometimes(value):
    """None, which stands for the default, in one of three cases."""
    return value if rng.random() < 2 / 3 else None


def rises(rate_after):
    """Where a warm-up starts: at 0, below the peak, or at the peak."""
    return rng.choice((0.0, 1e-6 if rate_after > 1e-6 else 0.0, 0.1 * rate_after, rate_after))


# --- constant

for value in (0.0, 1e-5, 0.1, 1 / 3, 1.0, base(), base()):
    add("constant_schedule", steps(100, between=3), value=value)

# --- linear and polynomial

CORNERS = [
    dict(init_value=0.001, end_value=0.0, transition_steps=100),
    dict(init_value=0.0, end_value=0.001, transition_steps=10),
    dict(init_value=0.3, end_value=0.03, transition_steps=100, transition_begin=50),
    dict(init_value=0.3, end_value=0.03, transition_steps=1),
    dict(init_value=0.3, end_value=0.03, transition_steps=1, transition_begin=1),
    dict(init_value=0.3, end_value=0.03, transition_steps=0),
    dict(init_value=0.1, end_value=0.1, transition_steps=7),
    dict(init_value=0.1, end_value=0.7, transition_steps=49),
    dict(init_value=0.0, end_value=0.0, transition_steps=10),
]


def random_transition():
    n = rng.choice(TOTALS)
    init_value = base()
    end_value = rng.choice((floors(rng, init_value), base()))
    return dict(init_value=init_value, end_value=end_value, transition_steps=n,
                transition_begin=sometimes(rng.choice((0, 1, 2, 10, n // 2, n, 1000))))


def transition_steps_of(case):
    begin = case.get("transition_begin") or 0
    return steps(begin + case["transition_steps"], (begin,), between=12)


for case in CORNERS + [random_transition() for _ in range(25)]:
    add("linear_schedule", transition_steps_of(case), **case)
for case, power in zip(CORNERS, itertools.cycle(POWERS)):
    add("polynomial_schedule", transition_steps_of(case), **case, power=power)
for power in (*POWERS, 3.0):
    add("polynomial_schedule", steps(100, between=12), init_value=0.1, end_value=0.0, power=power, transition_steps=100)
for _ in range(23):
    case = random_transition()
    add("polynomial_schedule", transition_steps_of(case), **case, power=rng.choice((*POWERS, uniform(rng, 0.2, 5))))

# --- cosine

for case in (dict(init_value=0.001, decay_steps=100, alpha=0.1), dict(init_value=0.001, decay_steps=100),
             dict(init_value=1.0, decay_steps=1), dict(init_value=1.0, decay_steps=2), dict(init_value=1.0, decay_steps=3),
             dict(init_value=0.1, decay_steps=7, alpha=1.0), dict(init_value=0.1, decay_steps=7, alpha=0.0, exponent=2.0),
             dict(init_value=0.1, decay_steps=90, alpha=0.3, exponent=0.5), dict(init_value=0.0, decay_steps=10, alpha=0.5)):
    add("cosine_decay_schedule", steps(case["decay_steps"]), **case)
for _ in range(25):
    n = rng.choice(TOTALS)
    add("cosine_decay_schedule", steps(n, (n // 2,), between=12), init_value=base(), decay_steps=n,
        alpha=sometimes(rng.choice((0.0, 0.1, 1.0, log_uniform(rng, 1e-4, 1)))), exponent=sometimes(rng.choice(POWERS)))

# --- exponential


def exponential_case(start):
    n = rng.choice(TOTALS[:-1])
    end = rng.choice((None, None, 0.0, 1e-6 if start > 1e-6 else 0.0, 0.1 * start, start))
    return dict(transition_steps=n, decay_rate=rng.choice((0.1, 0.5, 0.9, 0.96, 0.99, 0.9999, uniform(rng, 0.1, 0.9999, 4))),
                transition_begin=sometimes(rng.choice((0, 1, 2, 10, n, 3 * n + 1))),
                staircase=rng.choice((True, True, False, None)), end_value=end)


def exponential_steps(start, decay):
    n, begin, rate_ = decay["transition_steps"], start + (decay.get("transition_begin") or 0), decay["decay_rate"]
    landmarks = [start, begin, begin + n, begin + 2 * n]
    lengths = 6.0
    if decay.get("end_value") and 0 < rate_ < 1 and decay["of"] > decay["end_value"]:
        # where the floor is met
        lengths = math.log(decay["end_value"] / decay["of"]) / math.log(rate_)
        if lengths < 1e4:
            landmarks.append(begin + lengths * n)
        lengths = min(lengths, 20.0)
    return steps(begin + round(lengths * n), landmarks, between=5)


def add_exponential(name, start, of, decay, **fields):
    chosen = exponential_steps(start, {**decay, "of": of})
    add(name, chosen, **fields, **decay)


for decay in (dict(transition_steps=1, decay_rate=0.1), dict(transition_steps=1, decay_rate=1.0),
              dict(transition_steps=10, decay_rate=0.5, staircase=True), dict(transition_steps=10, decay_rate=0.5),
              dict(transition_steps=1000, decay_rate=0.96, end_value=0.05),
              dict(transition_steps=7, decay_rate=0.3, transition_begin=5, staircase=True, end_value=0.001),
              dict(transition_steps=3, decay_rate=0.9, transition_begin=1, end_value=0.1),
              dict(transition_steps=10, decay_rate=1.0, end_value=0.05),
              dict(transition_steps=1_000_000, decay_rate=0.1)):
    add_exponential("exponential_decay", 0, 0.1, decay, init_value=0.1)
for _ in range(24):
    init_value = base()
    add_exponential("exponential_decay", 0, init_value, exponential_case(init_value), init_value=init_value)

# --- with a warm-up

for case in (dict(init_value=0.0, peak_value=0.001, warmup_steps=10), dict(init_value=0.0, peak_value=0.001, warmup_steps=0),
             dict(init_value=0.0, peak_value=0.001, warmup_steps=1), dict(init_value=0.001, peak_value=0.001, warmup_steps=5),
             dict(init_value=0.3, peak_value=0.1, warmup_steps=6)):
    add("warmup_constant_schedule", steps(case["warmup_steps"]), **case)
for _ in range(18):
    n, peak = rng.choice(TOTALS), base()
    add("warmup_constant_schedule", steps(n, between=12), init_value=rises(peak), peak_value=peak, warmup_steps=n)

for case in (dict(init_value=0.0, peak_value=1.0, warmup_steps=10, decay_steps=100, end_value=0.1),
             dict(init_value=0.0, peak_value=1.0, warmup_steps=0, decay_steps=100),
             dict(init_value=0.0, peak_value=1.0, warmup_steps=1, decay_steps=2),
             dict(init_value=0.0, peak_value=1.0, warmup_steps=99, decay_steps=100, end_value=0.1),
             dict(init_value=0.0, peak_value=1.0, warmup_steps=100, decay_steps=100),
             dict(init_value=0.0, peak_value=0.1, warmup_steps=10, decay_steps=100, end_value=0.4),
             dict(init_value=0.3, peak_value=0.1, warmup_steps=10, decay_steps=100, end_value=0.1, exponent=2.0),
             dict(init_value=0.2, peak_value=0.0, warmup_steps=10, decay_steps=30)):
    add("warmup_cosine_decay_schedule", steps(case["decay_steps"], (case["warmup_steps"],)), **case)
for _ in range(27):
    n, peak = rng.choice(TOTALS), base()
    warmup = warmups(rng, n)
    if warmup == n and rng.random() < 0.8:
        warmup = 0
    add("warmup_cosine_decay_schedule", steps(n, (warmup, (warmup + n) // 2), between=12), init_value=rises(peak),
        peak_value=peak, warmup_steps=warmup, decay_steps=n, end_value=sometimes(floors(rng, peak)),
        exponent=sometimes(rng.choice(POWERS)))

for warmup, decay in ((10, dict(transition_steps=10, decay_rate=0.5)), (0, dict(transition_steps=10, decay_rate=0.5)),
                      (1, dict(transition_steps=1, decay_rate=0.1, staircase=True)),
                      (5, dict(transition_steps=100, decay_rate=0.9, transition_begin=7, end_value=0.02)),
                      (7, dict(transition_steps=13, decay_rate=0.6, staircase=True, end_value=0.01))):
    add_exponential("warmup_exponential_decay_schedule", warmup, 0.1, decay, init_value=0.0, peak_value=0.1,
                    warmup_steps=warmup)
for _ in range(22):
    peak = base()
    decay = exponential_case(peak)
    warmup = warmups(rng, max(decay["transition_steps"], 2))
    add_exponential("warmup_exponential_decay_schedule", warmup, peak, decay, init_value=rises(peak), peak_value=peak,
                    warmup_steps=warmup)

# --- piecewise


def knots():
    n = rng.choice(TOTALS[2:])
    count = min(rng.choice((1, 2, 3, 5, 8)), n)
    boundaries = sorted(rng.sample(range(rng.choice((0, 1)), n + 1), count))
    scales = [rng.choice((0.1, 0.5, 0.3, 2.0, 1.0, uniform(rng, 0.05, 3))) for _ in boundaries]
    return boundaries, scales


PIECES = [([30, 60, 80], [0.1, 0.1, 0.1]), ([100], [0.5]), ([0, 10], [0.5, 0.1]), ([0], [0.3]), ([1, 2, 3], [0.5, 0.5, 4.0]),
          ([5, 6, 20], [0.1, 3.0, 0.0]), ([10, 40], [10.0, 0.001]), (None, None),
          ([*range(3, 45, 3)], [0.9, 1.1] * 7)]
for boundaries, scales in PIECES:
    chosen = steps(boundaries[-1] if boundaries else 10, boundaries or (), between=4)
    add("piecewise_constant_schedule", chosen, init_value=0.1, boundaries=boundaries, scales=scales)
    for kind in ("linear", "cosine"):
        add("piecewise_interpolate_schedule", chosen, interpolate_type=kind, init_value=0.1, boundaries=boundaries,
            scales=scales)
for _ in range(20):
    boundaries, scales = knots()
    add("piecewise_constant_schedule", steps(boundaries[-1], boundaries, between=4), init_value=base(),
        boundaries=boundaries, scales=scales)
for _ in range(24):
    boundaries, scales = knots()
    add("piecewise_interpolate_schedule", steps(boundaries[-1], boundaries, between=12),
        interpolate_type=rng.choice(("linear", "cosine")), init_value=base(), boundaries=boundaries, scales=scales)

# --- one cycle


def add_cycle(name, transition_steps, **fields):
    marks = [int((fields.get("pct_start") or 0.3) * transition_steps)]
    if name == "linear_onecycle_schedule":
        marks.append(int((fields.get("pct_final") or 0.85) * transition_steps))
    if fields.get("pct_start") == 0:
        marks[0] = 0
    marks.append(transition_steps)
    note = None
    if len(set(marks)) < len(marks):
        note = "two of the steps are one, and of their factors Optax's dictionary keeps only the later"
    add(name, steps(transition_steps, marks[:-1], between=12), note, transition_steps=transition_steps, **fields)


for n in TOTALS:
    add_cycle("cosine_onecycle_schedule", n, peak_value=0.1)
    add_cycle("linear_onecycle_schedule", n, peak_value=0.1)
for fields in (dict(pct_start=0.0), dict(pct_start=1.0), dict(pct_start=0.5), dict(pct_start=0.29), dict(div_factor=1.0),
               dict(final_div_factor=1.0)):
    add_cycle("cosine_onecycle_schedule", 100, peak_value=0.3, **fields)
for fields in (dict(pct_start=0.0), dict(pct_final=1.0), dict(pct_start=0.85), dict(pct_start=0.5, pct_final=0.57),
               dict(div_factor=1.0), dict(final_div_factor=1.0)):
    add_cycle("linear_onecycle_schedule", 100, peak_value=0.3, **fields)
for _ in range(20):
    add_cycle("cosine_onecycle_schedule", rng.choice(TOTALS[3:]), peak_value=base(), pct_start=sometimes(uniform(rng, 0, 1)),
              div_factor=sometimes(log_uniform(rng, 1, 100)), final_div_factor=sometimes(log_uniform(rng, 1, 1e5)))
    low, high = sorted((uniform(rng, 0, 0.85), uniform(rng, 0, 1)))
    add_cycle("linear_onecycle_schedule", rng.choice(TOTALS[3:]), peak_value=base(),
              pct_start=low, pct_final=sometimes(high) if low <= 0.85 else high,
              div_factor=sometimes(log_uniform(rng, 1, 100)), final_div_factor=sometimes(log_uniform(rng, 1, 1e5)))

# --- restarts


def add_restarts(cycles):
    """sgdr_schedule, in the text as a join whose boundaries are steps of the whole run."""
    ends = list(itertools.accumulate(c["decay_steps"] for c in cycles))
    parts = []
    for at, cycle in zip((0, *ends), cycles):
        parts += ([str(at)] if at else []) + [text("optax", "warmup_cosine_decay_schedule", **cycle)]
    schedule = optax.sgdr_schedule(cycles)
    starts = (0, *ends[:-1])

    def exact(s):
        k = [i for i in range(len(starts)) if starts[i] <= s][-1]
        return exact_warmup_cosine(s - starts[k], **cycles[k])

    landmarks = [*ends, *(at + c["warmup_steps"] for at, c in zip(starts, cycles))]
    trace.case(f"join({', '.join(parts)})", steps(ends[-1], landmarks, between=6), lambda s: rate(schedule, s), exact)


add_restarts([dict(init_value=0.0, peak_value=0.1, warmup_steps=5, decay_steps=50, end_value=0.01),
              dict(init_value=0.01, peak_value=0.05, warmup_steps=10, decay_steps=100, end_value=0.0)])
add_restarts([dict(init_value=0.3, peak_value=0.3 * 0.5**k, warmup_steps=0, decay_steps=10 * 2**k) for k in range(4)])
for _ in range(8):
    cycles = []
    for _ in range(rng.choice((2, 3))):
        n, peak = rng.choice(TOTALS[3:-1]), base()
        cycles.append(dict(init_value=rises(peak), peak_value=peak, warmup_steps=min(warmups(rng, n), n - 1), decay_steps=n,
                           end_value=floors(rng, peak), exponent=rng.choice(POWERS)))
    add_restarts(cycles)

trace.write()


# --- told on stdout alone

def show(label, make, at):
    try:
        schedule = make()
        print(f"{label}: " + ", ".join(f"{s}: {float(schedule(jnp.asarray(s))):.6g}" for s in at))
    except Exception as error:
        print(f"{label}: {type(error).__name__}: {error}")


print("-- beyond what is traced")
show("exponential decay_rate 0", lambda: optax.exponential_decay(0.1, 10, 0.0), (0, 5, 50))
show("exponential decay_rate 2, end 0.5", lambda: optax.exponential_decay(0.1, 10, 2.0, end_value=0.5), (0, 5, 10, 20, 30, 50))
show("exponential decay_rate 1, end 0.05 below the start", lambda: optax.exponential_decay(0.1, 10, 1.0, end_value=0.05), (0, 5))
show("exponential decay_rate 0.5, end 0.2 above the start", lambda: optax.exponential_decay(0.1, 10, 0.5, end_value=0.2), (0, 5))
show("exponential decay_rate -0.5", lambda: optax.exponential_decay(0.1, 10, -0.5), (0, 5, 10, 20))
show("exponential transition_steps 0", lambda: optax.exponential_decay(0.1, 0, 0.5), (0, 5))
show("exponential transition_begin -5", lambda: optax.exponential_decay(0.1, 10, 0.5, transition_begin=-5), (0, 5))
show("linear transition_steps -1", lambda: optax.linear_schedule(0.1, 0.2, -1), (0, 5))
show("polynomial power 0", lambda: optax.polynomial_schedule(0.1, 0.2, 0, 10), (0, 5, 10, 11))
show("cosine decay_steps 0", lambda: optax.cosine_decay_schedule(0.1, 0), (0,))
show("cosine alpha 2", lambda: optax.cosine_decay_schedule(0.1, 10, 2.0), (0, 5, 10))
show("cosine exponent 0", lambda: optax.cosine_decay_schedule(0.1, 10, 0.1, 0.0), (0, 5, 10))
show("warm-up of 0, peak 0 with end 0.1", lambda: optax.warmup_cosine_decay_schedule(0.2, 0.0, 5, 10, 0.1), (0, 5, 7, 10, 11))
show("cosine with warm-up longer than the run", lambda: optax.warmup_cosine_decay_schedule(0.0, 0.1, 11, 10), (0,))
show("piecewise constant, scale -1", lambda: optax.piecewise_constant_schedule(0.1, {5: -1.0}), (0,))
show("piecewise interpolate, unsorted", lambda: optax.piecewise_interpolate_schedule("linear", 1.0, {8: 0.1, 4: 0.5}), (0, 4, 8))
show("linear one-cycle, pct_final below pct_start", lambda: optax.linear_onecycle_schedule(100, 1.0, 0.5, 0.3), (0, 30, 50, 100))
show("linear one-cycle, pct_final above 1", lambda: optax.linear_onecycle_schedule(100, 1.0, 0.3, 1.2), (0, 30, 100, 120))
show("one-cycle of 0 steps", lambda: optax.cosine_onecycle_schedule(0, 1.0), (0,))
show("sgdr, no cycle", lambda: optax.sgdr_schedule([]), (0,))

print("-- resumed: the transformation's state (the counter) saved after 13 of 40 updates and given to a new one")
RESUMED = {
    "linear_schedule": dict(init_value=0.1, end_value=0.01, transition_steps=30),
    "polynomial_schedule": dict(init_value=0.1, end_value=0.01, power=1.7, transition_steps=30),
    "cosine_decay_schedule": dict(init_value=0.1, decay_steps=30),
    "exponential_decay": dict(init_value=0.1, transition_steps=7, decay_rate=0.7),
    "warmup_cosine_decay_schedule": dict(init_value=0.0, peak_value=0.1, warmup_steps=20, decay_steps=35),
    "piecewise_interpolate_schedule": dict(interpolate_type="cosine", init_value=0.1, boundaries=[9, 21], scales=[3.0, 0.1]),
    "linear_onecycle_schedule": dict(transition_steps=33, peak_value=0.1),
}
ones = jnp.ones((1,), dtype=jnp.float64)
for name, fields in RESUMED.items():
    make = SCHEDULES[name][0]

    def run(state, count):
        transformation = optax.scale_by_schedule(make(**fields))
        rates = []
        for _ in range(count):
            updates, state = transformation.update(ones, state)
            rates.append(float(updates[0]))
        return rates, state

    start = optax.ScaleByScheduleState(count=jnp.asarray(0, dtype=jnp.int64))
    whole, _ = run(start, 40)
    before, state = run(start, 13)
    after, _ = run(optax.ScaleByScheduleState(count=jnp.asarray(int(state.count), dtype=jnp.int64)), 27)
    direct = [rate(make(**fields), s) for s in range(40)]
    own, _ = run(optax.scale_by_schedule(make(**fields)).init(ones), 40)
    compiled = jax.jit(make(**fields))
    jitted = [float(compiled(jnp.asarray(s, dtype=jnp.int64))) for s in range(40)]
    far = max(abs(place(a) - place(b)) for a, b in zip(jitted, direct))
    print(f"{name}: resumed {'the same' if before + after == whole else 'DIFFERENT'}, "
          f"in a transformation {'the same' if whole == direct else 'DIFFERENT'}; with jit {far} doubles away at most; "
          f"with Optax's int32 counter {max(abs(a / b - 1) for a, b in zip(own, direct) if b):.1g} away (relative)")
