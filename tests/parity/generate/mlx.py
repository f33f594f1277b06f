# SPDX-License-Identifier: MIT
"""Traces the schedules of MLX.

    python3 -m venv venv && venv/bin/pip install "mlx[cpu]==0.32.4" mpmath==1.4.1
    venv/bin/python tests/parity/generate/mlx.py

The schedules are asked as MLX's optimizers ask them: with a counter that is a uint64 array, which makes all arithmetic float32.
So the peer's values here are float32 numbers, and nearly every one has its exact value behind it.

An exponential decay raises the float32 that is nearest to its decay_rate to a power. Where that moves the rate by more than
a millionth of the largest one, the case has a note.
"""

import itertools
import struct
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

# This file has the name of the package that it traces.
sys.path = [p for p in sys.path if Path(p or ".").resolve() != Path(__file__).resolve().parent]
import mlx.core as mx  # noqa: E402
import mlx.optimizers as optimizers  # noqa: E402
from mlx.utils import tree_flatten, tree_unflatten  # noqa: E402

sys.path.append(str(Path(__file__).resolve().parent))
from common import TOTALS, Trace, floors, hc, log_uniform, mpf, random_of, steps, text, uniform  # noqa: E402

mx.set_default_device(mx.cpu)
rng = random_of(20240503)
trace = Trace("mlx", f"mlx {version('mlx')} on the CPU, float32", far=1e-6)
trace.comment("The peer's values are float32 numbers: MLX's own arithmetic.")


# --- the formulas, in exact numbers

def exact_exponential(s, init, decay_rate):
    return mpf(init) * mpf(decay_rate) ** s


def exact_step(s, init, decay_rate, step_size):
    return mpf(init) * mpf(decay_rate) ** (s // step_size)


def exact_cosine(s, init, decay_steps, end=0.0):
    return mpf(end) + (mpf(init) - mpf(end)) * hc(mpf(min(s, decay_steps)) / decay_steps)


def exact_linear(s, init, end, steps):
    return mpf(init) + (mpf(end) - mpf(init)) * min(s, steps) / steps


# --- MLX

SCHEDULES = {
    "exponential_decay": (optimizers.exponential_decay, exact_exponential),
    "step_decay": (optimizers.step_decay, exact_step),
    "cosine_decay": (optimizers.cosine_decay, exact_cosine),
    "linear_schedule": (optimizers.linear_schedule, exact_linear),
}


def rate(schedule, s):
    value = schedule(mx.array(s, mx.uint64))
    assert value.dtype == mx.float32, value.dtype
    return value.item()


def float32(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def add(name, chosen, note=None, **fields):
    make, formula = SCHEDULES[name]
    given = {field: value for field, value in fields.items() if value is not None}
    schedule = make(**given)
    trace.case(text("mlx", name, **fields), chosen, lambda s: rate(schedule, s), lambda s: formula(s, **given), note)


def base():
    return log_uniform(rng, 1e-5, 1)


def rounded_base(decay_rate, powers):
    """The note of a decay whose base as float32 shows."""
    off = max(abs(float32(decay_rate) ** n - decay_rate ** n) for n in powers)
    return "the decay_rate is rounded to float32 before it is raised to a power" if off > 2e-7 else None


GAMMAS = (0.1, 0.5, 0.9, 0.96, 0.99, 0.999, 0.9999)

# --- exponential


def add_exponential(init, decay_rate, n):
    chosen = steps(n, (n // 2,), between=10)
    add("exponential_decay", chosen, rounded_base(decay_rate, chosen), init=init, decay_rate=decay_rate)


for decay_rate in (*GAMMAS, 1.0, 0.7):
    add_exponential(0.1, decay_rate, 20 if decay_rate < 0.9 else 200)
add_exponential(0.2, 0.9999, 20_000)
for _ in range(22):
    add_exponential(base(), rng.choice((*GAMMAS, uniform(rng, 0.1, 0.9999, 4))), rng.choice(TOTALS[3:6]))

# --- stairs


def add_stairs(init, decay_rate, step_size):
    chosen = steps(6 * step_size, (step_size, 2 * step_size, 3 * step_size), between=6)
    add("step_decay", chosen, rounded_base(decay_rate, [s // step_size for s in chosen]), init=init, decay_rate=decay_rate,
        step_size=step_size)


for step_size in (1, 2, 3, 10, 100, 1000):
    add_stairs(0.1, 0.5, step_size)
add_stairs(0.1, 0.1, 30)
add_stairs(0.1, 1.0, 7)
for _ in range(24):
    add_stairs(base(), rng.choice((*GAMMAS, uniform(rng, 0.1, 0.9999, 4))), rng.choice(TOTALS[1:]))

# --- cosine and linear

for case in (dict(init=0.001, decay_steps=100, end=0.0001), dict(init=0.001, decay_steps=100), dict(init=1.0, decay_steps=1),
             dict(init=1.0, decay_steps=2), dict(init=1.0, decay_steps=3), dict(init=0.1, decay_steps=7, end=0.1),
             dict(init=0.01, decay_steps=90, end=0.3)):
    add("cosine_decay", steps(case["decay_steps"]), **case)
for _ in range(26):
    n, init = rng.choice(TOTALS), base()
    add("cosine_decay", steps(n, (n // 2,)), init=init, decay_steps=n, end=rng.choice((None, floors(rng, init))))

for case in (dict(init=0.0, end=0.1, steps=100), dict(init=0.1, end=0.0, steps=100), dict(init=1.0, end=0.1, steps=1),
             dict(init=1.0, end=0.1, steps=2), dict(init=1.0, end=0.1, steps=3), dict(init=0.1, end=0.1, steps=7),
             dict(init=0.1, end=0.7, steps=49), dict(init=0.0, end=0.001, steps=10),
             # these end at a float32 that is not quite 0: the first below, the second above
             dict(init=0.1, end=0.0, steps=3), dict(init=0.1, end=0.0, steps=11)):
    add("linear_schedule", steps(case["steps"]), **case)
for _ in range(30):
    n, init = rng.choice(TOTALS), base()
    end = rng.choice((0.0, floors(rng, init), base()))
    if rng.random() < 0.4:
        init, end = end, init
    add("linear_schedule", steps(n, (n // 2,)), init=init, end=end, steps=n)


# --- joined

def add_joined(parts, boundaries):
    """`parts`: name and fields of each schedule."""
    words = [text("mlx", parts[0][0], **parts[0][1])]
    for boundary, (name, fields) in zip(boundaries, parts[1:]):
        words += [str(boundary), text("mlx", name, **fields)]
    schedule = optimizers.join_schedules([SCHEDULES[name][0](**fields) for name, fields in parts], boundaries)

    def exact(s):
        k = sum(s >= boundary for boundary in boundaries)
        name, fields = parts[k]
        return SCHEDULES[name][1](s - (0, *boundaries)[k], **fields)

    length = max(list(fields.values())[-1] for name, fields in parts if name == "linear_schedule")
    trace.case(f"join({', '.join(words)})", steps(boundaries[-1] + length, boundaries, between=10),
               lambda s: rate(schedule, s), exact)


add_joined([("linear_schedule", dict(init=0.0, end=0.1, steps=10)), ("cosine_decay", dict(init=0.1, decay_steps=90, end=0.01))],
           [10])
add_joined([("linear_schedule", dict(init=0.0, end=0.1, steps=10)), ("linear_schedule", dict(init=0.1, end=0.1, steps=30)),
            ("step_decay", dict(init=0.1, decay_rate=0.5, step_size=7))], [10, 40])
add_joined([("linear_schedule", dict(init=0.1, end=0.01, steps=100)), ("exponential_decay", dict(init=0.01, decay_rate=0.5))],
           [50])
for _ in range(6):
    peak, warmup, n = base(), rng.choice(TOTALS[:5]), rng.choice(TOTALS[3:6])
    add_joined([("linear_schedule", dict(init=rng.choice((0.0, 0.1 * peak)), end=peak, steps=warmup)),
                ("cosine_decay", dict(init=peak, decay_steps=n, end=floors(rng, peak)))], [warmup])

trace.write()


# --- told on stdout alone

def show(label, make, at):
    try:
        schedule = make()
        print(f"{label}: " + ", ".join(f"{s}: {schedule(mx.array(s, mx.uint64)).item():.6g}" for s in at))
    except Exception as error:
        print(f"{label}: {type(error).__name__}: {error}")


print("-- beyond what is traced")
show("exponential, decay_rate 0", lambda: optimizers.exponential_decay(0.1, 0.0), (0, 1, 2))
show("exponential, decay_rate 2", lambda: optimizers.exponential_decay(0.1, 2.0), (0, 1, 10))
show("exponential, decay_rate -0.5", lambda: optimizers.exponential_decay(0.1, -0.5), (0, 1, 2))
show("steps of 0", lambda: optimizers.step_decay(0.1, 0.5, 0), (0,))
show("cosine of 0 steps", lambda: optimizers.cosine_decay(0.1, 0), (0,))
show("linear of 0 steps", lambda: optimizers.linear_schedule(0.1, 0.2, 0), (0,))
show("joined, a boundary too few",
     lambda: optimizers.join_schedules([optimizers.linear_schedule(0.0, 0.1, 5)] * 2, []), (0,))
show("joined, none", lambda: optimizers.join_schedules([], []), (0,))
show("joined, boundaries that fall",
     lambda: optimizers.join_schedules([lambda s, k=k: s * 0 + k for k in (1.0, 2.0, 3.0)], [20, 10]), (0, 9, 10, 19, 20, 21))
whole = optimizers.exponential_decay(0.1, 0.9)
print(f"exponential at the Python int 25: {whole(25)!r}, at a uint64 array: {whole(mx.array(25, mx.uint64)).item()!r}, "
      f"at a float64 array: {whole(mx.array(25, mx.float64)).item()!r}")
large = optimizers.linear_schedule(0.0, 1.0, 2**25)
print("linear over 2^25, at 2^24..2^24+3 in units of 2^-25: "
      + ", ".join(f"{large(mx.array(2**24 + k, mx.uint64)).item() * 2**25:.0f}" for k in range(4)))
late = optimizers.exponential_decay(1.0, 0.9999)
print("exponential, decay_rate 0.9999, against the exact value: "
      + ", ".join(f"{s}: {late(mx.array(s, mx.uint64)).item() / 0.9999**s - 1:.1e}" for s in (100, 1000, 10_000, 100_000)))
ends = [(init, n) for init, n in itertools.product((0.1, 0.3, 0.7, 0.001, 0.0003), range(1, 1001))
        if optimizers.linear_schedule(init, 0.0, n)(mx.array(n, mx.uint64)).item() != 0]
below = [(init, n) for init, n in ends if optimizers.linear_schedule(init, 0.0, n)(mx.array(n, mx.uint64)).item() < 0]
print(f"linear to 0 over 1..1000 steps, from 5 rates: {len(ends)} of 5000 do not end at 0, {len(below)} below it {below[:5]}")

print("-- in an optimizer: rates of 40 updates, and resumed from the state saved after 13 of them")


def run(optimizer, weights, count):
    rates = []
    for _ in range(count):
        weights.update(optimizer.apply_gradients({"w": mx.ones(1)}, weights))
        rates.append(optimizer.learning_rate.item())
    return rates


for name, fields in {"exponential_decay": dict(init=0.1, decay_rate=0.9),
                     "step_decay": dict(init=0.1, decay_rate=0.5, step_size=6),
                     "cosine_decay": dict(init=0.1, decay_steps=30, end=0.01),
                     "linear_schedule": dict(init=0.0, end=0.1, steps=25)}.items():
    make = SCHEDULES[name][0]
    weights = {"w": mx.zeros(1)}
    whole = run(optimizers.SGD(make(**fields), momentum=0.9), weights, 40)
    weights = {"w": mx.zeros(1)}
    optimizer = optimizers.SGD(make(**fields), momentum=0.9)
    before = run(optimizer, weights, 13)
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "state.safetensors")
        mx.save_safetensors(file, dict(tree_flatten(optimizer.state)))
        resumed = optimizers.SGD(make(**fields), momentum=0.9)
        resumed.state = tree_unflatten(list(mx.load(file).items()))
        after = run(resumed, weights, 27)
    direct = [rate(make(**fields), s) for s in range(40)]
    print(f"{name}: resumed {'the same' if before + after == whole else 'DIFFERENT'}, "
          f"in an optimizer {'the same' if whole == direct else 'DIFFERENT'}")
