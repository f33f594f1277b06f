# SPDX-License-Identifier: MIT
"""Runs what pacer writes for other trainers in these trainers, and compares the rates step by step with pacer's.

    python3.11 -m venv venv
    DS_BUILD_OPS=0 venv/bin/pip install torch==2.15.0 transformers==5.24.0 optax==0.2.8 deepspeed==0.19.8 PyYAML packaging
    venv/bin/pip install --no-deps megatron-core==0.16.1
    c++ -std=c++20 -O1 -Iinclude tests/convert/write.cpp -o write
    venv/bin/python tests/convert/prove.py ./write [CASES]

With a file of other expressions it only says what is wrong. It writes proven.txt, which the test of analysis/convert.hpp holds pacer to: for each expression of cases.txt and each target

    > EXPRESSION
    @ TARGET
    % a note
    | a line of the text
    ~ N steps, worst DIFFERENCE BOUND        or   ! why there is no text
    = STEP RATE ...                          what the other gave, at some of the steps

A difference is in units of the last place of the rate (`ulp`) where all of the text is a formula of pacer's, and relative to the
highest rate where the other has a formula of its own (`of the highest`), with its rounding. Steps past the end are left out
where the text says that the other differs there."""

import argparse
import json
import logging
import math
import subprocess
import sys
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path = [p for p in sys.path if Path(p or ".").resolve() != HERE]
warnings.filterwarnings("ignore")
import deepspeed  # noqa: E402
import jax  # noqa: E402
import optax  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
import yaml  # noqa: E402
from deepspeed.runtime import lr_schedules  # noqa: E402
from deepspeed.utils import logger  # noqa: E402
from importlib.metadata import version  # noqa: E402
from megatron.core.optimizer_param_scheduler import OptimizerParamScheduler  # noqa: E402
from types import SimpleNamespace  # noqa: E402

logger.setLevel(logging.ERROR)
jax.config.update("jax_enable_x64", True)

ULP = 8
# Of the others' own formulas. PyTorch's go from step to step.
OF_THE_HIGHEST = {"hf-yaml": 2e-15, "pytorch": 1e-12, "optax": 2e-15, "megatron": 1e-15, "deepspeed": 2e-15}


def optimizer(lr=1.0):
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)


def stepped(opt, scheduler, count):
    rates = []
    for _ in range(count):
        rates.append(float(opt.param_groups[0]["lr"]))
        opt.step()
        scheduler.step()
    return rates


def run_pytorch(text, count):
    names = {}
    exec(text, names)
    opt = optimizer()
    return stepped(opt, names["make_scheduler"](opt), count)


def run_optax(text, count):
    names = {}
    exec(text, names)
    lr = jax.vmap(lambda step: names["lr"](step) + 0.0 * step)
    return [float(x) for x in lr(jax.numpy.arange(count))]


def run_hf(text, count):
    recipe = yaml.safe_load(text)
    assert isinstance(recipe["learning_rate"], float), recipe
    opt = optimizer(recipe["learning_rate"])
    scheduler = transformers.get_scheduler(
        recipe["lr_scheduler_type"], opt, num_warmup_steps=recipe.get("warmup_steps", 0),
        num_training_steps=recipe.get("max_steps", 10**9), scheduler_specific_kwargs=recipe.get("lr_scheduler_kwargs"))
    return stepped(opt, scheduler, count)


def run_megatron(text, count):
    """As get_optimizer_param_scheduler of megatron/training/training.py makes it, with a global batch of 8."""
    batch = 8
    parser = argparse.ArgumentParser()
    for name, kind, default in (("lr", float, None), ("min-lr", float, 0.0), ("lr-warmup-init", float, 0.0),
                                ("lr-warmup-iters", int, 0), ("lr-warmup-fraction", float, None),
                                ("lr-decay-iters", int, None), ("lr-decay-style", str, "linear"),
                                ("lr-wsd-decay-iters", int, None), ("lr-wsd-decay-style", str, "exponential")):
        parser.add_argument("--" + name, type=kind, default=default)
    words = " ".join(line for line in text.splitlines() if not line.startswith("#")).replace("\\", "").split()
    args = parser.parse_args(words)
    decay = (args.lr_decay_iters or 10**6) * batch
    warmup = args.lr_warmup_iters * batch if args.lr_warmup_fraction is None else args.lr_warmup_fraction * decay
    group = {"lr": 0.0, "weight_decay": 0.0, "max_lr": args.lr, "min_lr": args.min_lr}
    scheduler = OptimizerParamScheduler(
        SimpleNamespace(param_groups=[group]), init_lr=args.lr_warmup_init, max_lr=args.lr, min_lr=args.min_lr,
        lr_warmup_steps=warmup, lr_decay_steps=decay, lr_decay_style=args.lr_decay_style, start_wd=0.0, end_wd=0.0,
        wd_incr_steps=1, wd_incr_style="constant",
        wsd_decay_steps=args.lr_wsd_decay_iters * batch if args.lr_wsd_decay_iters else None,
        lr_wsd_decay_style=args.lr_wsd_decay_style)
    rates = []
    for _ in range(count):
        rates.append(group["lr"])
        scheduler.step(increment=batch)
    return rates


def run_deepspeed(text, count, notes=()):
    config = json.loads(text)["scheduler"]
    lr = [float(note.split()[-1]) for note in notes if note.startswith("the optimizer's lr must be ")]
    opt = optimizer(*lr)
    scheduler = getattr(lr_schedules, config["type"])(opt, **config["params"])
    return stepped(opt, scheduler, count)


RUN = {"hf-yaml": run_hf, "pytorch": run_pytorch, "optax": run_optax, "megatron": run_megatron, "deepspeed": run_deepspeed}


def is_formula(target, text):
    """Whether the rates are those of a formula of pacer's alone."""
    if target == "pytorch":
        return "LambdaLR" in text and text.count("lr_scheduler.") == text.count("lr_scheduler.LambdaLR")
    return target == "optax" and "optax." not in text


def compared(target, text, notes, rates, total):
    count = len(rates)
    if total >= 0 and any(word in text for word in ("# past step", "raises an error after")):
        count = min(count, total)
    got = run_deepspeed(text, count, notes) if target == "deepspeed" else RUN[target](text, count)
    highest = max(rates)
    worst = 0.0
    formula = is_formula(target, text)
    for step, (a, b) in enumerate(zip(rates, got)):
        assert math.isfinite(b), (step, b)
        d = abs(a - b) / (math.ulp(a) if formula else highest) if a != b else 0.0
        if formula and a == 0 and b != 0:
            d = math.inf
        worst = max(worst, d)
    bound = ULP if formula else OF_THE_HIGHEST[target]
    shown = sorted({0, 1, 2, count // 3, count // 2, 2 * count // 3, count - 2, count - 1} & set(range(count)))
    missed = [s for s in range(count) if not abs(rates[s] - got[s]) <= bound * (math.ulp(rates[s]) if formula else highest)]
    return count, worst, bound, formula, [(s, got[s]) for s in shown], missed


def main():
    others = sys.argv[2] if len(sys.argv) > 2 else None
    written = subprocess.run([sys.argv[1], others or HERE / "cases.txt"], capture_output=True, text=True, check=True).stdout
    out = [f"# torch {torch.__version__.split('+')[0]}, transformers {transformers.__version__}, optax {optax.__version__}, "
           f"deepspeed {deepspeed.__version__}, megatron-core {version('megatron-core')}"]
    failures = 0
    proven = {}
    lines = written.splitlines()
    k = 0
    worsts = {}
    while k < len(lines):
        case = lines[k]
        total = int(lines[k + 1][2:])
        rates = [float.fromhex(x) for x in lines[k + 2][2:].split()]
        out.append(case)
        k += 3
        while k < len(lines) and lines[k].startswith("@ "):
            target = lines[k][2:]
            k += 1
            text = []
            refusal = None
            notes = []
            while k < len(lines) and lines[k][0] in "|!%":
                if lines[k][0] == "!":
                    refusal = lines[k]
                elif lines[k][0] == "%":
                    notes.append(lines[k])
                else:
                    text.append(lines[k])
                k += 1
            if target not in RUN:
                continue
            out.append(f"@ {target}")
            if refusal is not None:
                out.append(refusal)
                continue
            out += notes + text
            code = "\n".join(line[2:] for line in text) + "\n"
            try:
                count, worst, bound, formula, shown, missed = compared(target, code, [n[2:] for n in notes], rates, total)
            except Exception as error:  # noqa: BLE001
                print(f"{case}\n  {target}: {type(error).__name__}: {error}")
                failures += 1
                continue
            what = "ulp" if formula else "of the highest"
            out.append(f"~ {count} steps, worst {worst:.3g} {what}, at most {bound:g}")
            out.append("= " + " ".join(f"{s} {r.hex()}" for s, r in shown))
            proven[target] = proven.get(target, 0) + 1
            key = (target, what)
            worsts[key] = max(worsts.get(key, 0), worst)
            if missed:
                print(f"{case}\n  {target}: worst {worst:.3g} {what}, {len(missed)} steps from {missed[0]}: "
                      f"{rates[missed[0]]!r}")
                failures += 1
    print(proven, worsts, failures, "failures")
    if failures == 0 and others is None:
        (HERE / "proven.txt").write_text("\n".join(out) + "\n", encoding="utf-8")
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
