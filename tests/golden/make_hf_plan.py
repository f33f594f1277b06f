#!/usr/bin/env python3
"""Record how many steps, and how many warmup steps, the Hugging Face Trainer plans.

    python make_hf_plan.py       writes, beside this file, named after the transformers installed,
                                 hf_plan_v4.csv
                                 hf_plan_v5_ratio.csv   a 5.x that still has warmup_ratio
                                 hf_plan_v5.csv         a 5.x that has not

A real Trainer on a dataset of the given length does the arithmetic (set_initial_training_values and
TrainingArguments.get_warmup_steps). With one process the run is also started, as far as its
on_train_begin callback, and what the state and the scheduler were given there must agree. For more
processes the Trainer's own loader is sharded by accelerate's prepare_data_loader, whose length must
be that of BatchSamplerShard on every process, and the Trainer's arithmetic is run on that loader.
"""

import dataclasses
import inspect
import logging
import os
import platform
import sys
import tempfile
import warnings

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import accelerate
import torch
import transformers
from accelerate.data_loader import BatchSamplerShard, prepare_data_loader
from transformers import Trainer, TrainerCallback, TrainingArguments

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

HERE = os.path.dirname(os.path.abspath(__file__))
MAJOR = int(transformers.__version__.split(".")[0])
HAS_RATIO = any(f.name == "warmup_ratio" for f in dataclasses.fields(TrainingArguments))
FLOAT_STEPS = MAJOR >= 5
COLUMNS = ["examples", "per_device_train_batch_size", "gradient_accumulation_steps", "num_train_epochs", "drop_last",
           "max_steps", "warmup_ratio", "warmup_steps", "total_steps", "warmup", "world_size"]


class Examples(torch.utils.data.Dataset):
    def __init__(self, length):
        self.length = length

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        return {"x": torch.zeros(1), "labels": torch.zeros(1)}


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(1, 1)

    def forward(self, x, labels=None):
        return {"loss": (self.linear(x) - labels).square().mean()}


class Begun(Exception):
    pass


class StopAtBegin(TrainerCallback):
    def on_train_begin(self, args, state, control, lr_scheduler=None, **kwargs):
        raise Begun(state.max_steps, lr_scheduler.lr_lambdas[0].keywords)


def build_rows():
    """[(examples, batch, accumulation, epochs, drop_last, max_steps, ratio, steps, world)], None: not set."""
    rows = []
    data = [  # examples, batch, accumulation, epochs
        (1, 1, 1, 1.0), (1, 8, 1, 3.0), (7, 8, 2, 3.0), (8, 8, 1, 3.0), (9, 8, 1, 3.0), (65, 4, 16, 2.0),
        (64, 4, 16, 2.0), (17, 4, 3, 1.7), (37, 4, 4, 0.1), (1000, 8, 1, None), (1000, 8, 4, 3.0), (1003, 8, 4, 2.5),
        (1000, 16, 3, 1.1), (1000, 16, 1, 0.5), (12345, 32, 2, 10.0), (52002, 4, 8, 3.0), (50000, 256, 1, 90.0),
    ]
    # a share of the run as warmup: warmup_ratio, or warmup_steps < 1 where it may be a float
    shares = [None, 0.1, 0.03, 0.06, 0.5, 0.001, 0.01]
    i = 0
    for examples, batch, accumulation, epochs in data:
        for world in (1, 2, 3, 8):
            for drop in (0, 1):
                share = shares[i % len(shares)]
                i += 1
                ratio, steps = (None, share) if FLOAT_STEPS and (not HAS_RATIO or i % 2) else (share, None)
                rows.append((examples, batch, accumulation, epochs, drop, None, ratio, steps, world))
    # max_steps: wins over epochs; 0 is a plan of no steps, negative means not set
    for max_steps in (1, 10, 1000, 0, -1):
        for world in (1, 2):
            rows.append((1000, 8, 4, 3.0, 0, max_steps, None, 5, world))
    rows.append((7, 8, 1, 3.0, 1, 10, None, None, 1))  # no whole batch, yet max_steps
    # epochs
    for epochs in (0.0, 0.001, 0.34, 2.9999999, 3.0000001, 1 / 3, 12.1):
        rows.append((100, 7, 3, epochs, 0, None, None, None, 1))
    # warmup, by itself
    for total, ratio in [(100, 0.0), (100, 0.07), (100, 0.14), (50, 0.28), (100, 0.29), (100, 0.1), (10, 0.05), (10, 0.1),
                         (1, 0.1), (1000, 0.03), (612, 0.03), (100, 1.0), (100, 0.999), (0, 0.1), (100, 5.0), (100, 1.5), (100, -0.1)]:
        rows.append((1000, 10, 1, None, 0, total, ratio, None, 1))
    for total, steps in [(100, 0), (100, 1), (100, 10), (100, 99), (100, 100), (100, 500), (0, 5), (100, -1)]:
        rows.append((1000, 10, 1, None, 0, total, None, steps, 1))
    for total, steps in [(100, 0.0), (100, 0.07), (100, 0.14), (50, 0.28), (100, 0.29), (100, 0.1), (10, 0.05), (10, 0.1),
                         (1, 0.1), (1000, 0.03), (612, 0.03), (100, 0.999), (100, 1.0), (100, 1.5), (100, 10.9), (100, 100.0),
                         (100, 500.5), (0, 0.1), (100, -0.5)]:
        rows.append((1000, 10, 1, None, 0, total, None, steps, 1))
    for ratio, steps in [(0.1, 50), (0.1, 0), (0.0, 500), (0.0, 0), (1.0, 7), (0.5, 1), (0.2, 0.4), (1.5, 7)]:
        rows.append((1000, 10, 1, None, 0, 100, ratio, steps, 1))
    # an empty loader and no max_steps
    rows.append((7, 8, 1, 3.0, 1, None, None, None, 1))
    return list({repr(row): row for row in rows}.values())  # by repr: 1 and 1.0 are different arguments


def call_training_values(trainer, args, loader):
    """-> total steps; the two majors differ in the arguments but both return max_steps last."""
    function = trainer.set_initial_training_values
    if "total_train_batch_size" in inspect.signature(function).parameters:
        return function(args, loader, trainer.get_total_train_batch_size(args))[-1]
    return function(args, loader)[-1]


def plan(examples, batch, accumulation, epochs, drop, max_steps, ratio, steps, world, folder):
    """-> (total, warmup)"""
    options = {"num_train_epochs": epochs, "max_steps": max_steps, "warmup_ratio": ratio, "warmup_steps": steps}
    args = TrainingArguments(
        output_dir=folder,
        per_device_train_batch_size=batch,
        gradient_accumulation_steps=accumulation,
        dataloader_drop_last=bool(drop),
        lr_scheduler_type="linear",
        use_cpu=True,
        report_to=[],
        save_strategy="no",
        disable_tqdm=True,
        dataloader_pin_memory=False,
        **{k: v for k, v in options.items() if v is not None},
    )
    trainer = Trainer(model=Model(), args=args, train_dataset=Examples(examples), callbacks=[StopAtBegin()])
    assert trainer.accelerator.num_processes == 1
    if world == 1:
        loader = trainer.get_train_dataloader()
        total = call_training_values(trainer, args, loader)
        warmup = args.get_warmup_steps(total)
        try:
            trainer.train()
            raise AssertionError("on_train_begin was not called")
        except Begun as begun:
            state_max_steps, given = begun.args
        wanted = {"num_warmup_steps": warmup, "num_training_steps": total}
        assert state_max_steps == total and given == wanted, (state_max_steps, given, wanted)
        return total, warmup

    accelerator = trainer.accelerator
    prepare = accelerator.prepare
    accelerator.prepare = lambda loader, *rest, **kw: loader
    whole = trainer.get_train_dataloader()
    accelerator.prepare = prepare
    plans = set()
    for rank in range(world):
        loader = prepare_data_loader(
            whole, num_processes=world, process_index=rank, put_on_device=False, dispatch_batches=False,
            split_batches=accelerator.split_batches, even_batches=accelerator.even_batches,
        )
        shard = BatchSamplerShard(
            whole.batch_sampler, num_processes=world, process_index=rank,
            split_batches=accelerator.split_batches, even_batches=accelerator.even_batches,
        )
        assert len(loader) == len(shard), (len(loader), len(shard))
        plans.add(call_training_values(trainer, args, loader))
    assert len(plans) == 1, plans
    total = plans.pop()
    return total, args.get_warmup_steps(total)


def cell(value):
    return "" if value is None else str(value)


def main():
    lines, raised, no_ratio = [], [], 0
    with tempfile.TemporaryDirectory() as folder:
        for row in build_rows():
            if row[6] is not None and not HAS_RATIO:
                no_ratio += 1
                if no_ratio > 1:
                    continue  # one is enough to show what happens
            cells = [cell(v) for v in row]
            try:
                total, warmup = plan(*row, folder)
            except (ValueError, TypeError) as e:
                raised.append(",".join(cells[:8] + ["", ""] + cells[8:]) + f": {type(e).__name__}: " + " ".join(str(e).split()))
                continue
            assert isinstance(total, int) and isinstance(warmup, int)
            lines.append(",".join(cells[:8] + [str(total), str(warmup)] + cells[8:]))

    name = "hf_plan_v4" if MAJOR == 4 else "hf_plan_v5_ratio" if HAS_RATIO else f"hf_plan_v{MAJOR}"
    path = os.path.join(HERE, name + ".csv")
    with open(path, "w", newline="\n") as f:
        f.write("# Step and warmup counts of the transformers Trainer, made by make_hf_plan.py; do not edit.\n")
        f.write(f"# python {platform.python_version()}, transformers {transformers.__version__}, "
                f"accelerate {accelerate.__version__}, torch {torch.__version__}\n")
        f.write("# An empty field is an argument that was not given.\n")
        if no_ratio:
            f.write(f"# This version has no warmup_ratio: {no_ratio} rows that give it are not made.\n")
        for line in raised:
            f.write(f"# raises: {line}\n")
        f.write("# " + ",".join(COLUMNS) + "\n")
        f.write("\n".join(lines) + "\n")
    print(f"{path}: {len(lines)} rows, {len(raised)} raised, {os.path.getsize(path)} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
