# SPDX-License-Identifier: MIT
"""Traces the schedulers that kohya's sd-scripts make by rules of their own.

    git clone https://github.com/kohya-ss/sd-scripts && git -C sd-scripts checkout 48d368fa557731ad0488c07304dfeba8c07910eb
    python3.11 -m venv venv && venv/bin/pip install transformers==5.24.0 torch==2.15.0 mpmath==1.3.0
    venv/bin/python tests/parity/generate/kohya.py sd-scripts

Runs get_scheduler_fix() of library/train_util.py, which is cut out of that file, because the rest of it needs a GPU's libraries.
"""

import argparse
import ast
import sys
import typing
from pathlib import Path

# The scripts here have the names of the packages that they trace.
sys.path = [p for p in sys.path if Path(p or ".").resolve() != Path(__file__).resolve().parent]
import torch  # noqa: E402
import transformers  # noqa: E402
from mpmath import mp, mpf  # noqa: E402
from transformers.optimization import TYPE_TO_SCHEDULER_FUNCTION, SchedulerType  # noqa: E402

sys.path.append(str(Path(__file__).resolve().parent))
from common import Trace, hc, log_uniform, random_of, steps, text, uniform  # noqa: E402
from compiled import commit  # noqa: E402
from torch_walk import walk  # noqa: E402

checkout = Path(sys.argv[1]).resolve()
source = (checkout / "library" / "train_util.py").read_text(encoding="utf-8")
function = next(node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == "get_scheduler_fix")
world = {"ast": ast, "torch": torch, "Optional": typing.Optional, "Optimizer": torch.optim.Optimizer, "SchedulerType": SchedulerType,
         "TYPE_TO_SCHEDULER_FUNCTION": TYPE_TO_SCHEDULER_FUNCTION, "is_schedulefree_optimizer": lambda optimizer, args: False,
         "DiffusersSchedulerType": argparse.Namespace(PIECEWISE_CONSTANT=argparse.Namespace(value="piecewise_constant"))}
exec(compile(ast.Module([function], []), "train_util.py", "exec"), world)

rng = random_of(1600)
trace = Trace("kohya", f"sd-scripts {commit(checkout)[:8]}, transformers {transformers.__version__}, torch {torch.__version__.split('+')[0]}, float64")
DEFAULTS = dict(lr_scheduler_type="", lr_scheduler_args=None, lr_warmup_steps=0, lr_decay_steps=0, max_train_steps=1600, lr_scheduler_num_cycles=1,
                lr_scheduler_power=1, lr_scheduler_timescale=None, lr_scheduler_min_lr_ratio=None)


def wave(x, cycles):
    """A cosine of so many half waves."""
    return max(mpf(0), (1 + mp.cos(mp.pi * cycles * x)) / 2)


def cosine_with_min_lr(learning_rate, lr_scheduler_min_lr_ratio, lr_warmup_steps=0, max_train_steps=1600, lr_scheduler_num_cycles=1):
    W, T, low = lr_warmup_steps, max_train_steps, mpf(lr_scheduler_min_lr_ratio)

    def value(s):
        if s < W:
            return mpf(learning_rate) * s / W
        return mpf(learning_rate) * (low + (1 - low) * wave(mpf(s - W) / max(1, T - W), lr_scheduler_num_cycles))
    return value


def warmup_stable_decay(learning_rate, lr_warmup_steps=0, lr_decay_steps=0, max_train_steps=1600, lr_scheduler_num_cycles=1,
                        lr_scheduler_min_lr_ratio=0.0):
    W, D, T, low = lr_warmup_steps, lr_decay_steps, max_train_steps, mpf(lr_scheduler_min_lr_ratio)
    stable = T - W - D

    def value(s):
        if s < W:
            g = mpf(s) / W * (1 - low) + low
        elif s < W + stable:
            g = mpf(1)
        elif s < W + stable + D:
            g = low + (1 - low) * wave(mpf(s - W - stable) / max(1, D), lr_scheduler_num_cycles)
        else:
            g = low
        return mpf(learning_rate) * g
    return value


EXACT = {f.__name__: f for f in (cosine_with_min_lr, warmup_stable_decay)}


def case(name, chosen, **fields):
    fields = {k: v for k, v in fields.items() if v is not None}
    args = argparse.Namespace(**{**DEFAULTS, **fields, "lr_scheduler": name})
    rates = walk(lambda optim: world["get_scheduler_fix"](args, optim, 1), fields["learning_rate"], chosen)
    trace.case(text("kohya", name, **fields), chosen, rates, EXACT[name](**fields))


for W in (0, 1, 10, 99, 100):
    for cycles in (None, 1, 2, 3, 8):
        case("cosine_with_min_lr", steps(100, [W]), learning_rate=1e-4, lr_warmup_steps=W, max_train_steps=100, lr_scheduler_num_cycles=cycles,
             lr_scheduler_min_lr_ratio=0.1)
        case("warmup_stable_decay", steps(100, [W, 80]), learning_rate=1e-4, lr_warmup_steps=W, lr_decay_steps=min(20, 100 - W), max_train_steps=100,
             lr_scheduler_num_cycles=cycles, lr_scheduler_min_lr_ratio=0.1)
case("cosine_with_min_lr", steps(1600), learning_rate=1e-4, lr_scheduler_min_lr_ratio=0.0)
case("cosine_with_min_lr", steps(1600), learning_rate=1e-4, lr_scheduler_min_lr_ratio=1.0)
case("warmup_stable_decay", steps(1600), learning_rate=1e-4)
case("warmup_stable_decay", steps(100, [60]), learning_rate=1e-4, lr_warmup_steps=60, lr_decay_steps=60, max_train_steps=100)
for _ in range(20):
    T, W = rng.choice((1, 2, 10, 100, 1000, 12_345)), rng.choice((0, 0, 1, 2))
    W = min(T, W + rng.choice((0, T // 10, T // 3)))
    case("cosine_with_min_lr", steps(T, [W]), learning_rate=log_uniform(rng, 1e-5, 1), lr_warmup_steps=W, max_train_steps=T,
         lr_scheduler_num_cycles=rng.choice((None, 2, 3)), lr_scheduler_min_lr_ratio=rng.choice((0.0, 0.1, uniform(rng, 0, 1))))
    D = (T - W) // rng.choice((1, 2, 5))
    case("warmup_stable_decay", steps(T, [W, T - D]), learning_rate=log_uniform(rng, 1e-5, 1), lr_warmup_steps=W, lr_decay_steps=D, max_train_steps=T,
         lr_scheduler_num_cycles=rng.choice((None, 2, 3)), lr_scheduler_min_lr_ratio=rng.choice((None, 0.1, uniform(rng, 0, 1))))

trace.write()
