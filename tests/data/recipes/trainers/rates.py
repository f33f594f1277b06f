#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes expected.csv: what would run with each of these recipes.

    rates.py >expected.csv

Every row is a rate by the trainer's own formula, as its source has it (named beside each), in Python's doubles: the
recipe, examples and processes it is run with, updates of the run, updates of warm-up, the update, its rate."""

import math

ROWS = []


def recipe(name, examples, world, total, warmup, rate, steps=None):
    for step in steps or sorted({0, 1, 2, warmup - 1, warmup, warmup + 1, total // 3, total // 2, total - 2, total - 1}):
        if 0 <= step < total:
            ROWS.append((name, examples, world, total, warmup, step, repr(float(rate(step)))))


def hf_cosine(peak, warmup, total, floor=0.0):
    """transformers: optimization.py, get_cosine_schedule_with_warmup, get_cosine_with_min_lr_schedule_with_warmup."""

    def rate(step):
        if step < warmup:
            return peak * (step / max(1, warmup))
        wave = 0.5 * (1 + math.cos(math.pi * ((step - warmup) / max(1, total - warmup))))
        return peak * max(0.0, wave * (1 - floor) + floor)

    return rate


# axolotl: utils/trainer.py (calculate_total_num_steps), core/builders/base.py (_configure_warmup_and_logging)
total = math.ceil(48_000 * 1 / (2 * 2 * 4))
recipe("axolotl_lora.yaml", 48_000, 4, total, int(0.1 * total), hf_cosine(2e-4, int(0.1 * total), total))

# transformers 4.57: Trainer; 61,135 / 8 / 8 processes / 2
total = math.ceil(math.ceil(math.ceil(61_135 / 8) / 8) / 2)
recipe("handbook_dpo.yaml", 61_135, 8, total, math.ceil(0.1 * total), hf_cosine(5e-7, math.ceil(0.1 * total), total))

# trl 0.24: GRPOConfig (1e-6), RepeatSampler: 16 x 7 x 4 / 16 prompts at a time
total = 93_733 // (16 * 7 * 4 // 16)
recipe("trl_grpo.yaml", 93_733, 7, total, math.ceil(0.1 * total), hf_cosine(1e-6, math.ceil(0.1 * total), total, 0.1))

# torchtune 0.6.1: recipes/lora_finetune_distributed.py
total = math.ceil(51_760 / 2) // 2 // 8
recipe("torchtune_lora.yaml", 51_760, 2, total, 100, hf_cosine(3e-4, 100, total))


def megatron_cosine(peak, floor, warmup, decay, batch):
    """megatron-core 0.16: optimizer_param_scheduler.py, in samples."""

    def rate(step):
        samples = step * batch
        if samples <= warmup:
            return peak * samples / warmup
        if samples > decay:
            return floor
        return floor + 0.5 * (math.cos(math.pi * ((samples - warmup) / (decay - warmup))) + 1) * (peak - floor)

    return rate


recipe("megatron_mixtral.sh", 0, 1, 500_000, 500, megatron_cosine(1e-4, 1e-5, 500 * 256, 320_000 * 256, 256))
recipe("megatron_samples.sh", 0, 1, 146_484_375 // 1536, math.ceil(183_105 / 1536),
       megatron_cosine(6e-5, 6e-6, 183_105, 126_953_125, 1536))

# transformers 4.57; torchrun's 4 processes
total = 3 * math.ceil(math.ceil(math.ceil(52_002 / 4) / 4) / 8)
recipe("alpaca.sh", 52_002, 0, total, math.ceil(0.03 * total), hf_cosine(2e-5, math.ceil(0.03 * total), total))

# ms-swift 4.6.0: trainers/arguments.py; 1 example, ceil(16 / 1 / 2) accumulations, 1e-4, cosine
total = math.ceil(math.ceil(1_000 / 2) / 8)
recipe("swift_sft.sh", 1_000, 0, total, math.ceil(0.05 * total), hf_cosine(1e-4, math.ceil(0.05 * total), total))

# OpenRLHF 0.8.0: cli/train_sft.py
total = 1 * (200_000 // 256)
recipe("openrlhf_sft.sh", 200_000, 8, total, math.ceil(0.03 * total), hf_cosine(5e-6, math.ceil(0.03 * total), total, 0.1))

# LLaMA-Factory: webui/runner.py, then transformers 4.57
total = 15 * math.ceil(math.ceil(2_000 / 2) / 8)
recipe("llama_board.yaml", 2_000, 1, total, 20, hf_cosine(1e-4, 20, total))

# LLaMA-Factory v1: core/utils/batching.py drops what is not a whole global batch; no scheduler
recipe("llama_factory_v1.yaml", 1_000, 4, 3 * (1_000 // 4 // 4), 0, lambda step: 1e-4)


def olmo(step):
    """ai2-olmo 0.6.0: optim.py (CosWithWarmup); the tokens of the batch that is being done are counted already."""
    tokens, warmup, length = (step + 1) * 1024 * 4096, 8_388_608_000, 5_000_000_000_000
    if tokens < warmup:
        return 0 + (3e-4 - 0) * min(tokens, warmup) / warmup
    floor = 3e-4 * 0.1
    return floor + (3e-4 - floor) * (1 + math.cos(math.pi * (tokens - warmup) / (length - warmup))) / 2


recipe("olmo_tokens.yaml", 900_000_000, 1, 900_000_000 // 1024, 2000, olmo)


def noam(step):
    """NeMo 2.4.0: core/optim/lr_scheduler.py (NoamAnnealing)."""
    at = max(1, step)
    rate = 2.0 * 512**-0.5 * min(at**-0.5, at * 10_000**-1.5)
    return max(rate, 1e-6) if at > 10_000 else rate


recipe("nemo_conformer.yaml", 281_241, 8, 100 * math.ceil(math.ceil(math.ceil(281_241 / 8) / 16) / 2), 10_000, noam)


def nemo_cosine(step):
    """NeMo 2.4.0: core/optim/lr_scheduler.py (CosineAnnealing with constant_steps)."""
    warmup, decay = 500, 100_000 - 50_000 - 500
    if step <= warmup:
        return 6e-4 * step / warmup
    if step > warmup + decay:
        return 6e-5
    return 6e-5 + 0.5 * (math.cos(math.pi * (step - warmup) / decay) + 1) * (6e-4 - 6e-5)


recipe("nemo_gpt.yaml", 0, 1, 100_000, 500, nemo_cosine)

epoch = math.ceil(math.ceil(117_266 / 8) / 2)


def faster_rcnn(step):
    """mmengine 0.10.7: optim/scheduler/param_scheduler.py; both at once, the second one by epoch."""
    line = 0.001 + (1 - 0.001) * min(step, 499) / 499
    return 0.02 * line * 0.1 ** sum(step // epoch >= m for m in (16, 22))


recipe("faster_rcnn.py", 117_266, 8, 24 * epoch, 500, faster_rcnn,
       [0, 1, 250, 499, 500, 16 * epoch - 1, 16 * epoch, 22 * epoch - 1, 22 * epoch, 24 * epoch - 1])


def neox(step):
    """gpt-neox: megatron/learning_rates.py (AnnealingLR)."""
    warmup, end = 0.01 * 320_000, 320_000
    if step <= warmup:
        return 0.0006 * max(1, step) / warmup
    return 0.00006 + (0.0006 - 0.00006) / 2.0 * (math.cos(math.pi * (step - warmup) / (end - warmup)) + 1)


recipe("neox_125m.yml", 0, 1, 320_000, 3200, neox)


def one_cycle(step):
    """DeepSpeed 0.17: runtime/lr_schedules.py (OneCycle), stairs as its later versions have them."""
    low, high = 0.0001, 0.001
    if step >= 2000:
        return low / (1 + 0.001 * (step - 2000) / 1000)
    part = step / 1000 if step <= 1000 else (2000 - step) / 1000
    return low + (high - low) * (math.floor(part * 500) / 500)


recipe("deepspeed_one_cycle.json", 0, 256, 5000, 1000, one_cycle, [0, 1, 2, 3, 999, 1000, 1001, 1500, 1999, 2000, 2001, 4999])

# sd-scripts: train_network.py, library/train_util.py (get_scheduler_fix), then transformers
total = 10 * math.ceil(math.ceil(301 / 2) / 1 / 1)
warmup = int(0.05 * total)


def restarts(step):
    if step < warmup:
        return 5e-4 * (step / warmup)
    part = (step - warmup) / (total - warmup)
    return 5e-4 * 0.5 * (1 + math.cos(math.pi * ((3 * part) % 1.0)))


recipe("kohya_lora.toml", 301, 1, total, warmup, restarts)


def torchtitan(step):
    """torchtitan 0.3.0: components/optimizer/lr_scheduler.py."""
    warmup, decay = 200, round(1000 * 0.25)
    stable = 1000 + 1 - warmup - decay
    if step < warmup:
        return 3e-4 * ((step + 1) / warmup)
    if step < warmup + stable:
        return 3e-4
    return 3e-4 * (0.1 + (1 - 0.1) * (1 - math.sqrt((step + 1 - (warmup + stable)) / decay)))


recipe("torchtitan_llama3.toml", 0, 1, 1000, 200, torchtitan, [0, 1, 199, 200, 500, 749, 750, 751, 752, 900, 998, 999])

print("recipe,examples,world_size,total_steps,warmup_steps,step,rate")
for row in ROWS:
    print(",".join(str(cell) for cell in row))
