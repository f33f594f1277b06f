# SPDX-License-Identifier: MIT
"""Traces the learning-rate policies of darknet.

    git clone https://github.com/AlexeyAB/darknet && git -C darknet checkout 59596d7880f6504768df41d6daa586f5cb2b932f
    python3 -m venv venv && venv/bin/pip install mpmath==1.4.1
    venv/bin/python tests/parity/generate/darknet.py darknet

Compiles src/network.c and src/parser.c of the checkout, and the few files that they need, with gcc (12 was tried) for the CPU. The settings
go through parse_net_options() as the [net] section of a configuration. The network has one layer that does nothing but note the rate that
train_network() gives it: update s is the call of train_network() before which s batches were seen.

train_network() counts its images as seen before it asks for the rate, so update s runs with the rate of batch s + 1.
Rates are float32, and so are the settings; powers, exponentials and cosines are computed in double from them.
"""

import ctypes
import math
import sys
from pathlib import Path

import mpmath
from common import POWERS, TOTALS, Trace, hc, log_uniform, mpf, random_of, steps, text, uniform, written
from compiled import Driver, commit, version

DRIVER = r"""
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "network.h"
#include "option_list.h"
#include "parser.h"

void parse_net_options(list *options, network *net);

static double rate_given;

static void nothing(layer l, network_state state) {}
static void note(layer l, int batch, float rate, float momentum, float decay) { rate_given = rate; }
int wait_key_cv(int delay) { return 0; }  /* of OpenCV, for windows alone */

int main(void) {
    int count, n;
    char (*words)[4096] = malloc(64 * sizeof *words);
    list *options = make_list();
    if (scanf("%d", &count) != 1 || count > 64)
        return 2;
    for (int i = 0; i < count; ++i)
        if (scanf("%4095s", words[i]) != 1 || !read_option(words[i], options))
            return 2;
    network net = make_network(1);
    parse_net_options(options, &net);
    net.layers[0].train = 1;
    net.layers[0].forward = nothing;
    net.layers[0].backward = nothing;
    net.layers[0].update = note;
    data d = {0};
    d.X = make_matrix(net.batch * net.subdivisions, 1);
    d.y = make_matrix(net.batch * net.subdivisions, 1);
    if (scanf("%d", &n) != 1)
        return 2;
    for (int i = 0; i < n; ++i) {
        int64_t step;
        if (scanf("%" SCNd64, &step) != 1)
            return 2;
        if (step >= 0) {
            *net.seen = step * net.batch * net.subdivisions;
            *net.cur_iteration = step;
        } /* else: go on from the last one */
        train_network(net, d);
        printf("%a ", rate_given);
    }
}
"""

checkout = Path(sys.argv[1]).resolve()
rng = random_of(20240602)
SOURCES = [checkout / "src" / f"{name}.c" for name in ("network", "parser", "option_list", "list", "utils", "data", "matrix", "blas", "box")]
OPTIONS = ["-w", "-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections",
           *(f"-I{checkout / folder}" for folder in ("include", "src", "3rdparty/stb/include")), *SOURCES, "-lm"]
driver = Driver().compile("gcc", DRIVER, "-O2", *OPTIONS)
as_built = Driver().compile("gcc", DRIVER, "-Ofast", *OPTIONS)  # as darknet's Makefile has it
trace = Trace("darknet", f"AlexeyAB/darknet {commit(checkout)[:12]}, gcc {version('gcc')}, float32", far=1e-6)
trace.comment("The peer's values are float32 numbers: darknet's own arithmetic. Update s runs with the rate of batch s + 1.")


def float32(value):
    return ctypes.c_float(value).value


# --- the formulas, in exact numbers; b is darknet's number of the batch

def exact(s, policy, lr=0.001, burn_in=0, power=4.0, **f):
    b = s + 1
    lr, power = mpf(lr), mpf(power)
    if b < burn_in:
        return lr * (mpf(b) / burn_in) ** power
    if policy == "constant":
        return lr
    if policy == "step":
        return lr * mpf(f.get("scale", 1.0)) ** (b // f.get("step", 1))
    if policy == "steps":
        rate = lr
        for at, scale in zip(f["steps"], f["scales"]):
            if b < at:
                break
            rate *= mpf(scale)
        return rate
    if policy == "exp":
        return lr * mpf(f.get("gamma", 1.0)) ** b
    if policy == "poly":
        return lr * (1 - mpf(b) / f["max_batches"]) ** power
    if policy == "sigmoid":
        return lr / (1 + mpmath.exp(mpf(f.get("gamma", 1.0)) * (b - f.get("step", 1))))
    assert policy == "sgdr"
    low, start, size = mpf(f.get("learning_rate_min", 1e-5)), 0, f["sgdr_cycle"]
    while b > start + size:
        start, size = start + size, size * f.get("sgdr_mult", 2)
    return low + (lr - low) * hc(mpf(b - start) / size)


# --- darknet

compared = differing = 0
farthest = 0.0


def configured(policy, fields):
    words = [f"policy={policy}", "inputs=1"]
    for name, value in fields.items():
        words.append(f"{name}={written(value).strip('[]').replace(' ', '')}")
    return [len(words), *words]


def add(policy, chosen, note=None, **fields):
    global compared, differing, farthest
    fields = {name: value for name, value in fields.items() if value is not None}
    settings = configured(policy, fields)
    rates = driver.ask(settings, chosen)
    for one, other in zip(rates, as_built.ask(settings, chosen)):
        if not isinstance(one, Exception) and not isinstance(other, Exception) and math.isfinite(one):
            compared += 1
            differing += one != other
            farthest = max(farthest, abs(one - other))
    given = {"lr" if name == "learning_rate" else name: value for name, value in fields.items()}
    trace.case(text("darknet", policy, **fields), chosen, rates, lambda s: exact(s, policy, **given), note)


def powers(base, exponents, what):
    """The note of a power whose base as float32 shows."""
    off = max(abs(float32(base) ** n - base ** n) for n in exponents)
    return f"the {what} is rounded to float32 before it is raised to a power" if off > 2e-7 else None


def base():
    return log_uniform(rng, 1e-5, 1)


def burn_in(total):
    """Fields of a burn-in, or none."""
    if rng.random() < 0.4:
        return {}
    return dict(burn_in=rng.choice(sorted({0, 1, min(2, total), total // 10, total // 3})),
                power=rng.choice((None, None, *POWERS)))


def marks(*batches):
    """The updates around batches."""
    return [b - 1 for b in batches]


GAMMAS = (0.1, 0.5, 0.9, 0.96, 0.99, 0.999, 0.9999)

# --- constant

for fields in (dict(learning_rate=0.001), dict(), dict(learning_rate=0.001, burn_in=1000), dict(learning_rate=0.001, burn_in=1),
               dict(learning_rate=0.001, burn_in=2), dict(learning_rate=0.00261, burn_in=3, power=1.0),
               *(dict(learning_rate=0.1, burn_in=100, power=power) for power in POWERS),
               dict(learning_rate=1e-5, burn_in=12_345), dict(learning_rate=1.0, burn_in=1_000_000)):
    add("constant", steps(2 * fields.get("burn_in", 50), marks(fields.get("burn_in", 0))), **fields)
for _ in range(12):
    total = rng.choice(TOTALS)
    add("constant", steps(2 * total, marks(total)), learning_rate=base(), burn_in=total, power=rng.choice((None, *POWERS)))

# --- stairs


def add_step(learning_rate, step, scale, **more):
    chosen = steps(6 * step, marks(step, 2 * step, 3 * step, more.get("burn_in") or 0), between=6)
    note = None if scale is None else powers(scale, [(s + 1) // step for s in chosen], "scale")
    add("step", chosen, note, learning_rate=learning_rate, step=step, scale=scale, **more)


for step in (1, 2, 3, 10, 100, 1000):
    add_step(0.1, step, 0.5)
add_step(0.1, 30, 0.1)
add_step(0.1, 30, None)
add_step(0.1, 30, 0.1, burn_in=50)
add_step(0.1, 30, 0.1, burn_in=45, power=1.0)
for _ in range(20):
    step = rng.choice(TOTALS[1:])
    add_step(base(), step, rng.choice((*GAMMAS, uniform(rng, 0.1, 0.9999, 4))), **burn_in(3 * step))

# --- stairs at given batches


def add_steps(learning_rate, at, scales, **more):
    add("steps", steps(max(at) + 10, marks(*at, more.get("burn_in") or 0), between=8), learning_rate=learning_rate, steps=at, scales=scales,
        **more)


add_steps(0.001, [400_000, 450_000], [0.1, 0.1], burn_in=1000)
add_steps(0.00261, [1600, 1800], [0.1, 0.1], burn_in=1000)
add_steps(0.1, [10], [0.5])
add_steps(0.1, [1], [0.5])
add_steps(0.1, [1, 2, 3], [0.5, 0.5, 2.0])
add_steps(0.1, [0, 5], [0.1, 10.0])
add_steps(0.1, [5, 5, 9], [0.5, 0.1, 0.3])
add_steps(0.1, [20, 10, 30], [0.5, 0.1, 0.3])  # the second comes with the first
add_steps(0.0001, [100, 25_000, 35_000], [10.0, 0.1, 0.1])
add_steps(0.1, [30, 60, 90], [0.1, 0.1, 0.1], burn_in=45)
for _ in range(18):
    total = rng.choice(TOTALS[3:])
    at = sorted(rng.sample(range(1, total), rng.choice((1, 2, 3, 5))))
    add_steps(base(), at, [rng.choice((0.1, 0.5, 0.3, 2.0, uniform(rng, 0.1, 1.0))) for _ in at], **burn_in(total))

# --- exponential


def add_exp(learning_rate, gamma, total, **more):
    chosen = steps(total, marks(more.get("burn_in") or 0), between=10)
    note = None if gamma is None else powers(gamma, [s + 1 for s in chosen], "gamma")
    add("exp", chosen, note, learning_rate=learning_rate, gamma=gamma, **more)


for gamma in (*GAMMAS, 1.0, None, 0.7):
    add_exp(0.1, gamma, 20 if gamma is not None and gamma < 0.9 else 200)
add_exp(0.2, 0.9999, 20_000)
add_exp(0.1, 0.99, 200, burn_in=100)
add_exp(0.1, 0.99, 200, burn_in=100, power=1.0)
for _ in range(16):
    total = rng.choice(TOTALS[3:6])
    add_exp(base(), rng.choice((*GAMMAS, uniform(rng, 0.1, 0.9999, 4))), total, **burn_in(total))

# --- polynomial


def add_poly(learning_rate, max_batches, power=None, **more):
    chosen = steps(max_batches, marks(max_batches, more.get("burn_in") or 0))
    p = 4.0 if power is None else power
    off = [abs(float32(1 - float32((s + 1) / max_batches)) ** p - (1 - (s + 1) / max_batches) ** p)
           for s in chosen if more.get("burn_in", 0) <= s + 1 < max_batches]
    note = ("the rest of the run, 1 - batch / max_batches, is a difference of float32 numbers, of which few digits are left near the end"
            if max(off, default=0) > 3e-7 else None)
    add("poly", chosen, note, learning_rate=learning_rate, max_batches=max_batches, power=power, **more)


add_poly(0.1, 100)
add_poly(0.01, 500_200)
for power in POWERS:
    add_poly(0.1, 100, power)
    add_poly(0.1, 49, power, burn_in=10)
for total in TOTALS:
    add_poly(0.1, total, 1.0)
    add_poly(0.1, total, 2.0)
add_poly(0.1, 100, 4.0, burn_in=99)
add_poly(0.1, 100, 4.0, burn_in=100)
add_poly(0.1, 100, 4.0, burn_in=101)
for _ in range(20):
    total, more = rng.choice(TOTALS), {}
    if rng.random() < 0.5:
        more = dict(burn_in=rng.choice((1, total // 10, total // 3)))
    add_poly(base(), total, rng.choice((None, *POWERS, uniform(rng, 0.3, 4, 2))), **more)

# --- sigmoid


def add_sigmoid(learning_rate, gamma, step, **more):
    at = 1 if step is None else step
    add("sigmoid", steps(2 * at, marks(at, at // 2, more.get("burn_in") or 0)), learning_rate=learning_rate, gamma=gamma, step=step, **more)


for gamma in (0.001, 0.01, 0.1, 1.0, None):
    add_sigmoid(0.1, gamma, 100)
add_sigmoid(0.1, 0.1, None)
add_sigmoid(0.1, 0.5, 1)
add_sigmoid(0.1, -0.1, 50)
add_sigmoid(0.1, 0.05, 100, burn_in=50)
for _ in range(20):
    step = rng.choice(TOTALS)
    add_sigmoid(base(), float(f"{uniform(rng, 1, 20) / step:.3g}"), step, **burn_in(step))

# --- cosine with restarts


def add_sgdr(learning_rate, sgdr_cycle, sgdr_mult=None, learning_rate_min=None, cycles=3, **more):
    mult = 2 if sgdr_mult is None else sgdr_mult
    restarts, size = [], sgdr_cycle
    for _ in range(cycles):
        restarts.append((restarts[-1] if restarts else 0) + size)
        size *= mult
    add("sgdr", steps(restarts[-1], marks(*restarts, *(r + 1 for r in restarts), more.get("burn_in") or 0)), learning_rate=learning_rate,
        learning_rate_min=learning_rate_min, sgdr_cycle=sgdr_cycle, sgdr_mult=sgdr_mult, **more)


add_sgdr(0.1, 100)
add_sgdr(0.1, 100, 1)
add_sgdr(0.1, 100, 2, 0.0)
add_sgdr(0.1, 100, 3, 0.01)
add_sgdr(0.1, 1, 1, 0.001, 6)
add_sgdr(0.1, 1, 2, 0.001, 8)
add_sgdr(0.1, 2, 1, 0.0, 5)
add_sgdr(0.1, 3, 10, 0.0)
add_sgdr(0.1, 7, 2, 0.1)
add_sgdr(0.1, 10, 2, 0.001, 5, burn_in=25)
add_sgdr(0.1, 10, 2, 0.001, 5, burn_in=30, power=1.0)
add_sgdr(1e-5, 100, 2)
for _ in range(22):
    cycle, mult, lr = rng.choice(TOTALS[:-1]), rng.choice((None, 1, 2, 2, 3)), base()
    add_sgdr(lr, cycle, mult, rng.choice((None, 0.0, 0.1 * lr, lr)), rng.choice((1, 2, 3, 4)), **burn_in(2 * cycle))

trace.write()
print(f"built with -Ofast: {differing} of {compared} rates differ, by {farthest:.2g} at most")

# --- told on stdout alone

print("-- beyond what is traced")


def show(label, policy, at, **fields):
    print(f"{label}: " + ", ".join(f"{s}: {rate}" for s, rate in zip(at, driver.ask(configured(policy, fields), at))))


show("poly past the end, power 1", "poly", (9, 10, 11), learning_rate=0.1, max_batches=10, power=1.0)
show("poly past the end, power 2", "poly", (9, 10, 11), learning_rate=0.1, max_batches=10, power=2.0)
show("poly past the end, power 0.5", "poly", (9, 10, 11), learning_rate=0.1, max_batches=10, power=0.5)
show("poly without max_batches", "poly", (0, 1), learning_rate=0.1)
show("sgdr without sgdr_cycle: max_batches", "sgdr", (0, 49, 98, 99, 100), learning_rate=0.1, max_batches=100)
show("step of 0", "step", (0,), learning_rate=0.1, step=0, scale=0.1)
show("fewer scales than steps", "steps", (0,), learning_rate=0.1, steps=[10, 20], scales=[0.1])
show("more scales than steps", "steps", (8, 9), learning_rate=0.1, steps=[10], scales=[0.1, 0.1])
show("steps without scales", "steps", (0,), learning_rate=0.1, steps=[10])
show("unknown policy", "cosine", (0,), learning_rate=0.1)

print("-- update after update, against the same updates one by one from their number of images seen")
for batch, subdivisions in ((1, 1), (64, 16)):
    for policy, fields in (("constant", dict(burn_in=20)), ("steps", dict(steps=[10, 30], scales=[0.1, 0.5], burn_in=5)),
                           ("sgdr", dict(sgdr_cycle=7)), ("poly", dict(max_batches=50))):
        settings = configured(policy, dict(learning_rate=0.1, batch=batch, subdivisions=subdivisions, **fields))
        walked, jumped = driver.ask(settings, [-1] * 50), driver.ask(settings, list(range(50)))
        print(f"{policy}, batch={batch}, subdivisions={subdivisions}: {'the same' if walked == jumped else 'DIFFERENT'}")
