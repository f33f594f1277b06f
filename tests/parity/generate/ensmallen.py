# SPDX-License-Identifier: MIT
"""Traces the step sizes of ensmallen's SGDR, which are those of its decay policy CyclicalDecay.

    git clone https://github.com/mlpack/ensmallen && git -C ensmallen checkout f65354c0420b29346ec485ef7d33c3d7766ce9d1
    apt-get install libarmadillo-dev    # 11.4.2, for its headers; where they are elsewhere, set CPLUS_INCLUDE_PATH
    python3 -m venv venv && venv/bin/pip install mpmath==1.4.1
    venv/bin/python tests/parity/generate/ensmallen.py ensmallen

Compiles include/ensmallen.hpp of the checkout with g++ (12 was tried), and runs SGDR's own Optimize() on a function of one number whose gradient
is 0. A callback after each update notes the step size that it had: StepSize(), before SGD divides it by the number of functions in the batch.
All is double.

What ensmallen calls an epoch in CyclicalDecay counts updates; the cosine's length is not the time between two restarts but
num_functions / batch_size. Between two restarts the step size first stays what it is, until the updates done in all are as many as
the current period, and follows the cosine from its start after that, and on beyond half a wave where the period is longer.
"""

import sys
from pathlib import Path

from common import Trace, hc, log_uniform, mpf, random_of, steps, text, uniform
from compiled import Driver, commit, version

DRIVER = r"""
#define ARMA_DONT_USE_WRAPPER
#define ARMA_DONT_USE_BLAS
#define ARMA_DONT_USE_LAPACK
#define ARMA_DONT_USE_ARPACK
#define ARMA_DONT_USE_SUPERLU
#define ARMA_DONT_USE_OPENMP
#include <ensmallen.hpp>

#include <cstdio>
#include <vector>

struct flat {
    std::size_t functions;
    std::size_t NumFunctions() const { return functions; }
    void Shuffle() {}
    double Evaluate(const arma::mat&, std::size_t, std::size_t) { return 1; }
    void Gradient(const arma::mat&, std::size_t, arma::mat& gradient, std::size_t) { gradient.zeros(1, 1); }
};

struct note {
    std::size_t last;
    std::vector<double> sizes{};
    template<typename Optimizer, typename Function, typename Matrix>
    bool StepTaken(Optimizer& optimizer, Function&, Matrix&) {
        sizes.push_back(optimizer.StepSize());
        return sizes.size() > last;
    }
};

int main() {
    double rate, mult;
    std::size_t restart, functions, batch, n, again;
    if (std::scanf("%lf %zu %lf %zu %zu %zu %zu", &rate, &restart, &mult, &functions, &batch, &again, &n) != 7)
        return 2;
    std::vector<std::size_t> chosen(n);
    for (std::size_t& s : chosen)
        if (std::scanf("%zu", &s) != 1)
            return 2;
    flat function{functions};
    arma::mat point(1, 1);
    ens::SGDR<> optimizer(restart, mult, batch, rate, 0, -1, false);
    note noted{chosen.back()};
    if (again > 0) {  // in two calls, of which the first ends after `again` updates
        note first{again - 1};
        optimizer.Optimize(function, point, first);
        noted.sizes = first.sizes;
    }
    optimizer.Optimize(function, point, noted);
    for (std::size_t s : chosen)
        std::printf("%a ", noted.sizes[s]);
}
"""

checkout = Path(sys.argv[1]).resolve()
rng = random_of(20240603)
driver = Driver().compile("g++", DRIVER, "-O2", "-std=c++17", "-w", f"-I{checkout / 'include'}")
trace = Trace("ensmallen", f"ensmallen {commit(checkout)[:12]} (3.11.1), g++ {version('g++')}, float64")


def landmarks(epoch_restart, mult_factor, last):
    """The updates from which on the step size stays, follows the cosine, stays, follows it ...: (update, whether it stays)."""
    found, period, restart = [(0, True)], epoch_restart, epoch_restart
    s = 0
    while s <= last:
        begin = max(s, period)  # CyclicalDecay's counter when the cosine is first computed
        end = restart + 1       # and when it is for the last time
        if begin <= end:
            found.append((begin + 1, False))
        found.append((end + 2, True))
        s = end + 1
        period = int(period * mult_factor)
        restart += period
    return found


def exact(s, step_size, epoch_restart, mult_factor, num_functions, batch_size):
    """The piece is found from the ends of the cycles; no counter goes up by one."""
    length = mpf(num_functions) / batch_size
    pieces = landmarks(epoch_restart, mult_factor, s)
    value = mpf(step_size)
    for (start, stays), (end, _) in zip(pieces, [*pieces[1:], (s + 1, None)]):
        if start > s:
            break
        if not stays:
            value = mpf(step_size) * hc((min(s, end - 1) - start) / length)
    return value


def add(step_size, epoch_restart, mult_factor, num_functions, batch_size, cycles=3, between=12):
    given = dict(step_size=step_size, epoch_restart=epoch_restart, mult_factor=mult_factor, num_functions=num_functions, batch_size=batch_size)
    fields = {name: value for name, value in given.items() if value is not None}
    full = dict(epoch_restart=50, mult_factor=2.0, batch_size=1000) | fields
    pieces = landmarks(full["epoch_restart"], full["mult_factor"], 0)
    total = 0
    while len([s for s, stays in pieces if stays]) <= cycles:
        total = 2 * total + 1
        pieces = landmarks(full["epoch_restart"], full["mult_factor"], total)
    marks = [s for s, _ in pieces][1:2 * cycles + 1]
    chosen = steps(marks[-1], marks, between=between)
    rates = driver.ask([full["step_size"], full["epoch_restart"], full["mult_factor"], full["num_functions"], full["batch_size"], 0], chosen)
    trace.case(text("ensmallen", "cyclical_decay", **fields), chosen, rates, lambda s: exact(s, **full))


add(0.01, None, None, 100_000, None)
add(0.01, 50, 2.0, 100, 1)
add(1.0, 50, 2.0, 100, 1, cycles=5)
add(0.1, 100, 1.0, 100, 1, cycles=4)    # the cosine as long as the cycle
add(0.1, 100, 1.0, 1000, 10, cycles=4)
add(0.1, 10, 1.0, 1000, 1)              # but the start of it
add(0.1, 100, 1.0, 70, 10, cycles=3)    # several waves in a cycle
add(0.1, 10, 2.0, 105, 10, cycles=4)    # the last batch is not full: its length is no whole number
add(0.1, 10, 1.5, 100, 7, cycles=6)     # periods are cut to whole numbers
add(0.1, 10, 1.1, 100, 7, cycles=8)
add(0.1, 10, 1.7, 100, 7, cycles=6)
add(0.1, 3, 3.0, 10, 1, cycles=5)
add(0.1, 1, 1.0, 10, 1, cycles=8)
add(0.1, 1, 2.0, 10, 1, cycles=8)
add(0.1, 2, 1.0, 10, 1, cycles=8)
add(0.1, 10, 2.0, 10, 10, cycles=4)     # one update is half a wave
add(0.1, 10, 2.0, 10, 100, cycles=4)    # a batch larger than the data
add(0.1, 10, 2.0, 1, 1, cycles=4)
add(0.1, 10, 2.0, 3, 2, cycles=4)
add(0.1, 1000, 2.0, 1_000_000, 100, cycles=4)
add(0.1, 12_345, 1.0, 12_345, 1, cycles=2)
add(0.1, 200, 10.0, 100_000, 32, cycles=3)
for _ in range(28):
    restart, batch = rng.choice((1, 2, 3, 7, 10, 50, 100, 1000)), rng.choice((1, 8, 10, 32, 1000))
    mult = rng.choice((1.0, 2.0, 2.0, 3.0, uniform(rng, 1, 3, 3)))
    functions = max(1, round(batch * restart * log_uniform(rng, 0.2, 20)))
    add(log_uniform(rng, 1e-5, 1), restart, mult, functions, batch, cycles=rng.choice((2, 3, 4) if mult > 1 else (2, 5)))

trace.write()

print("-- beyond what is traced")
settings = [0.1, 10, 2.0, 20, 1]
print("the first of SGDR's updates: " + " ".join(f"{rate:.6g}" for rate in driver.ask([*settings, 0], list(range(56)))))
print("the same in two calls of Optimize(), of 15 updates and the rest, which takes the step size of the first's end for its own: "
      + " ".join(f"{rate:.6g}" for rate in driver.ask([*settings, 15], list(range(56)))))
print("epoch_restart 0: " + " ".join(f"{rate:.6g}" for rate in driver.ask([0.1, 0, 2.0, 10, 1, 0], list(range(12)))))
print("mult_factor 0.5: " + " ".join(f"{rate:.6g}" for rate in driver.ask([0.1, 10, 0.5, 20, 1, 0], list(range(40)))))
