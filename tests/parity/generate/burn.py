# SPDX-License-Identifier: MIT
"""Traces the schedulers of Burn.

    python3 -m venv venv && venv/bin/pip install mpmath==1.4.1
    venv/bin/python tests/parity/generate/burn.py FOLDER

Cargo (1.95 was tried) brings the crate burn-optim 0.22.1 from crates.io and builds it in FOLDER, without its default features, of which it
needs `std`, and with Burn's backend for the CPU, without which no record can be loaded; the first time takes some minutes. A scheduler is made
by its configuration's init() and stepped as burn-train's learner does: update s runs with what call s + 1 of step() returns. All is double.
"""

import sys
from pathlib import Path

from common import TOTALS, Trace, floors, hc, log_uniform, mpf, random_of, steps, text, uniform
from compiled import Driver, run

DRIVER = r"""
use burn_optim::lr_scheduler::cosine::CosineAnnealingLrSchedulerConfig;
use burn_optim::lr_scheduler::exponential::ExponentialLrSchedulerConfig;
use burn_optim::lr_scheduler::linear::LinearLrSchedulerConfig;
use burn_optim::lr_scheduler::module_lr_scheduler::{ModuleLrScheduler, ModuleLrSchedulerConfig};
use burn_optim::lr_scheduler::noam::NoamLrSchedulerConfig;
use burn_optim::lr_scheduler::sequential::SequentialLrSchedulerConfig;
use burn_optim::lr_scheduler::step::StepLrSchedulerConfig;
use burn_optim::lr_scheduler::{LrSchedulerConfig, LrSchedulerRecord};

type Words<'a> = std::str::SplitWhitespace<'a>;

fn number(words: &mut Words) -> f64 {
    words.next().unwrap().parse().unwrap()
}

fn whole(words: &mut Words) -> usize {
    words.next().unwrap().parse().unwrap()
}

// A word that is `-` stands for the default.
fn given<T: std::str::FromStr>(words: &mut Words) -> Option<T> {
    words.next().unwrap().parse().ok()
}

fn config(words: &mut Words) -> LrSchedulerConfig {
    match words.next().unwrap() {
        "constant" => LrSchedulerConfig::Constant(number(words)),
        "linear" => LinearLrSchedulerConfig::new(number(words), number(words), whole(words)).into(),
        "exponential" => ExponentialLrSchedulerConfig::new(number(words), number(words)).into(),
        "cosine_annealing" => {
            let made = CosineAnnealingLrSchedulerConfig::new(number(words), whole(words));
            match given(words) { Some(lr) => made.with_min_lr(lr), None => made }.into()
        }
        "step" => {
            let made = StepLrSchedulerConfig::new(number(words), whole(words));
            match given(words) { Some(gamma) => made.with_gamma(gamma), None => made }.into()
        }
        "noam" => {
            let made = NoamLrSchedulerConfig::new(number(words));
            let made = match given(words) { Some(steps) => made.with_warmup_steps(steps), None => made };
            match given(words) { Some(size) => made.with_model_size(size), None => made }.into()
        }
        "sequential" => {
            let count = whole(words);
            let schedulers: Vec<LrSchedulerConfig> = (0..count).map(|_| config(words)).collect();
            let milestones: Vec<usize> = (1..count).map(|_| whole(words)).collect();
            SequentialLrSchedulerConfig::new(schedulers, milestones).into()
        }
        other => panic!("{other}"),
    }
}

fn hexadecimal(x: f64) -> String {
    if !x.is_finite() {
        return x.to_string();
    }
    let bits = x.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i64;
    let fraction = bits & 0xf_ffff_ffff_ffff;
    let sign = if x.is_sign_negative() { "-" } else { "" };
    let mantissa = if exponent == 0 { fraction } else { fraction | 1 << 52 };
    format!("{sign}0x{mantissa:x}p{}", exponent.max(1) - 1075)
}

fn make(config: &LrSchedulerConfig) -> ModuleLrScheduler {
    ModuleLrSchedulerConfig::new(config.clone()).init().unwrap_or_else(|error| {
        eprintln!("{error}");
        std::process::exit(3);
    })
}

fn main() {
    let input = std::io::read_to_string(std::io::stdin()).unwrap();
    let mut words = input.split_whitespace();
    let resumed_at = whole(&mut words); // 0: not at all
    let config = config(&mut words);
    let count = whole(&mut words);
    let mut scheduler = make(&config);
    let mut at = 0;
    for _ in 0..count {
        let step = whole(&mut words);
        let mut rate = f64::NAN;
        while at <= step {
            if at == resumed_at && at > 0 {
                let saved = scheduler.to_record().into_bytes().unwrap();
                scheduler = make(&config).load_record(LrSchedulerRecord::from_bytes(saved).unwrap());
            }
            rate = scheduler.step().base();
            at += 1;
        }
        print!("{} ", hexadecimal(rate));
    }
}
"""

VERSION = "0.22.1"
rng = random_of(20240605)
driver = Driver().cargo(DRIVER, f"""
burn-optim = {{ version = "={VERSION}", default-features = false, features = ["std"] }}
burn-core = {{ version = "={VERSION}", default-features = false, features = ["std", "flex"] }}
""", Path(sys.argv[1]).resolve())
trace = Trace("burn", f"burn-optim {VERSION}, {' '.join(run(['rustc', '--version']).split()[:2])}, float64")


# --- the formulas, in exact numbers

def exact_constant(s, lr):
    return mpf(lr)


def exact_linear(s, initial_lr, final_lr, num_iters):
    return mpf(initial_lr) + (mpf(final_lr) - mpf(initial_lr)) * min(s, num_iters) / num_iters


def exact_exponential(s, initial_lr, gamma):
    return mpf(initial_lr) * mpf(gamma) ** s


def exact_cosine(s, initial_lr, num_iters, min_lr=0.0):
    return mpf(min_lr) + (mpf(initial_lr) - mpf(min_lr)) * hc(mpf(s) / num_iters)


def exact_step(s, initial_lr, step_size, gamma=0.1):
    return mpf(initial_lr) * mpf(gamma) ** (s // step_size)


def exact_noam(s, factor, warmup_steps=4000, model_size=512):
    t, w = mpf(s + 1), mpf(warmup_steps)
    return mpf(factor) / mpf(model_size) ** 0.5 * min(1 / t ** 0.5, t / w ** mpf(1.5))


FORMULAS = {"constant": exact_constant, "linear": exact_linear, "exponential": exact_exponential, "cosine_annealing": exact_cosine,
            "step": exact_step, "noam": exact_noam}


# --- Burn

def words(name, fields):
    return [name, *("-" if value is None else repr(value) for value in fields.values())]


def ask(settings, chosen, at=0):
    return driver.ask([at, *settings], chosen)


def add(name, chosen, **fields):
    """The fields are in the order of the driver."""
    given = {field: value for field, value in fields.items() if value is not None}
    trace.case(text("burn", name, **fields), chosen, ask(words(name, fields), chosen), lambda s: FORMULAS[name](s, **given))


def base():
    return log_uniform(rng, 1e-5, 1)


GAMMAS = (0.1, 0.5, 0.9, 0.96, 0.99, 0.999, 0.9999)

for lr in (0.1, 1e-5, 1.0, 0.0):
    add("constant", (0, 1, 2, 10, 1000), lr=lr)

for initial, final, n in ((0.1, 0.0, 100), (0.1, 0.01, 100), (0.001, 1.0, 10), (1.0, 0.1, 1), (1.0, 0.1, 2), (1.0, 0.1, 3), (0.1, 0.1, 7),
                          (0.1, 0.7, 49), (0.1, 0.0, 3), (0.3, 0.0, 10), (1e-5, 0.01, 100)):
    add("linear", steps(n), initial_lr=initial, final_lr=final, num_iters=n)
for _ in range(26):
    n, lr = rng.choice(TOTALS), base()
    add("linear", steps(n, (n // 2,), last=1_000_002), initial_lr=lr, final_lr=rng.choice((floors(rng, lr), base())), num_iters=n)

for gamma in (*GAMMAS, 1.0, 0.7):
    n = 20 if gamma < 0.9 else 200
    add("exponential", steps(n), initial_lr=0.1, gamma=gamma)
add("exponential", steps(20_000), initial_lr=0.2, gamma=0.9999)
add("exponential", steps(100_000), initial_lr=0.2, gamma=0.99999)
for _ in range(24):
    n = rng.choice(TOTALS[3:6])
    add("exponential", steps(n, (n // 2,)), initial_lr=base(), gamma=rng.choice((*GAMMAS, uniform(rng, 0.1, 0.9999, 4))))

for lr, n, low in ((0.1, 100, None), (0.1, 100, 0.01), (1.0, 1, 0.0), (1.0, 2, 0.0), (1.0, 3, 0.1), (0.5, 2, 0.1), (0.1, 7, 0.1), (0.1, 49, 0.001)):
    add("cosine_annealing", steps(n, (2 * n, 3 * n)), initial_lr=lr, num_iters=n, min_lr=low)
for _ in range(26):
    n, lr = rng.choice(TOTALS), base()
    add("cosine_annealing", steps(n, (n // 2, 2 * n), last=1_000_002), initial_lr=lr, num_iters=n, min_lr=rng.choice((None, floors(rng, lr))))

for size in (1, 2, 3, 10, 100, 1000):
    add("step", steps(6 * size, (size, 2 * size, 3 * size), between=6), initial_lr=0.1, step_size=size, gamma=0.5)
add("step", steps(180, (30, 60, 90), between=6), initial_lr=0.1, step_size=30, gamma=None)
add("step", steps(180, (30, 60, 90), between=6), initial_lr=0.1, step_size=30, gamma=1.0)
add("step", steps(18, (3, 6, 9), between=6), initial_lr=0.001, step_size=3, gamma=1.5)
for _ in range(22):
    size = rng.choice(TOTALS[1:-1])
    add("step", steps(6 * size, (size, 2 * size, 3 * size), between=6), initial_lr=base(), step_size=size,
        gamma=rng.choice((None, *GAMMAS, uniform(rng, 0.1, 0.9999, 4))))

for factor, warmup, size in ((1.0, None, None), (0.1, 4000, 512), (1.0, 1, 1), (1.0, 2, 64), (2.0, 3, 512), (1.0, 10, 100), (0.5, 100, 768),
                             (1e-5, 12_345, 4096), (1.0, 333_333, 1)):
    add("noam", steps(3 * (warmup or 4000), ((warmup or 4000) - 1,), last=1_000_002), factor=factor, warmup_steps=warmup, model_size=size)
for _ in range(20):
    warmup = rng.choice((None, *TOTALS[:-1], rng.randint(1, 5000)))
    add("noam", steps(3 * (warmup or 4000), ((warmup or 4000) - 1,)), factor=log_uniform(rng, 1e-3, 10), warmup_steps=warmup,
        model_size=rng.choice((None, 1, 64, 256, 768, 4096, rng.randint(1, 10_000))))


# --- one after another

def add_sequential(parts, milestones):
    """`parts`: name and fields of each scheduler."""
    parts = [(name, fields) for name, fields in parts]
    written = [text("burn", parts[0][0], **parts[0][1])]
    for milestone, (name, fields) in zip(milestones, parts[1:]):
        written += [str(milestone), text("burn", name, **fields)]
    settings = ["sequential", len(parts), *(word for part in parts for word in words(*part)), *milestones]

    def exact(s):
        k = sum(s >= milestone for milestone in milestones)
        name, fields = parts[k]
        return FORMULAS[name](s - (0, *milestones)[k], **{field: value for field, value in fields.items() if value is not None})

    chosen = steps(2 * milestones[-1], milestones)
    trace.case(f"join({', '.join(written)})", chosen, ask(settings, chosen), exact)


def linear(initial_lr, final_lr, num_iters):
    return "linear", dict(initial_lr=initial_lr, final_lr=final_lr, num_iters=num_iters)


def cosine(initial_lr, num_iters, min_lr=None):
    return "cosine_annealing", dict(initial_lr=initial_lr, num_iters=num_iters, min_lr=min_lr)


add_sequential([linear(1e-5, 0.01, 100), cosine(0.01, 900)], [100])
add_sequential([linear(1e-5, 0.01, 10), cosine(0.01, 90, 0.001)], [10])
add_sequential([("constant", dict(lr=0.001)), ("constant", dict(lr=0.1)), ("exponential", dict(initial_lr=0.1, gamma=0.9))], [5, 20])
add_sequential([linear(0.001, 0.1, 20), ("step", dict(initial_lr=0.1, step_size=7, gamma=0.5))], [13])
add_sequential([("noam", dict(factor=1.0, warmup_steps=10, model_size=64)), cosine(0.01, 20)], [30])

trace.write()

print("-- settings that Burn refuses")
for name, fields in (("linear", dict(a=0.0, b=0.1, n=10)), ("linear", dict(a=1.1, b=0.1, n=10)), ("linear", dict(a=0.1, b=1.1, n=10)),
                     ("linear", dict(a=0.1, b=0.1, n=0)), ("exponential", dict(a=0.1, g=0.0)), ("exponential", dict(a=0.1, g=1.1)),
                     ("cosine_annealing", dict(a=0.1, n=0, m=None)), ("cosine_annealing", dict(a=0.1, n=10, m=0.2)),
                     ("step", dict(a=0.1, n=0, g=None)), ("step", dict(a=-0.1, n=1, g=-1.0)), ("noam", dict(f=-1.0, w=None, m=None)),
                     ("noam", dict(f=1.0, w=0, m=None)), ("noam", dict(f=1.0, w=1, m=0)), ("constant", dict(lr=-1.0))):
    print(f"{name} {', '.join(words(name, fields)[1:])}: {ask(words(name, fields), [0, 1])}")

print("-- resumed from the record saved before update 13 of 40")
for name, fields in (linear(0.1, 0.01, 30), cosine(0.1, 30), ("exponential", dict(initial_lr=0.1, gamma=0.9)),
                     ("step", dict(initial_lr=0.1, step_size=6, gamma=0.5)), ("noam", dict(factor=1.0, warmup_steps=10, model_size=64))):
    whole, resumed = (ask(words(name, fields), list(range(40)), at) for at in (0, 13))
    print(f"{name}: {'the same' if whole == resumed else 'DIFFERENT'}")
settings = ["sequential", 2, *words(*linear(0.01, 0.1, 10)), *words(*cosine(0.1, 30)), 10]
whole, resumed = (ask(settings, list(range(40)), at) for at in (0, 13))
print(f"one after another: {'the same' if whole == resumed else 'DIFFERENT'}")
