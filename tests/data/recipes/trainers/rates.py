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

# nanotron, April 2026: helpers.py (lr_scheduler_builder), trainer.py


def nanotron(peak, warmup, start, decay, floor):
    def rate(step):
        if step <= warmup:
            return peak * step / max(warmup, 1)
        if step < start:
            return peak
        if step < start + decay:
            return floor + (peak - floor) * (1 + math.cos(math.pi * (step - start) / decay)) / 2
        return floor

    return rate


recipe("nanotron_moe.yaml", 0, 1, 1918, 100, nanotron(3e-4, 100, 100, 1818, 1e-5))
recipe("small.txt/nanotron_mup.yaml", 0, 1, 440, 100, nanotron(1e-3, 100, 100, 440 - 100, 1e-5))
recipe("small.txt/nanotron_tiny.yaml", 0, 1, 2000, 2, nanotron(3e-4, 2, 2, 13, 1e-5), [0, 1, 2, 3, 10, 14, 15, 16, 1999])

# axolotl, July 2026: utils/schedulers.py (JaggedLRRestartScheduler) around the Trainer's cosine; packed batches, 1 process
total = math.ceil(math.floor((20_000 // 16) * 4.0))


def jagged(step):
    inner = hf_cosine(2e-4, int(0.1 * total), total)(step)
    if step < 150 - 1:
        return inner
    at = step % 150
    part = at / 10 if at < 10 else min(1.0, (150 - at) / 1) if at > 150 - 1 else 1
    return inner * (part * (1 - 0.001) + 0.001)


recipe("axolotl_relora.yaml", 20_000, 1, total, int(0.1 * total), jagged,
       [0, 1, 75, 148, 149, 150, 151, 155, 159, 160, 161, 299, 300, 305, 499, 500, 501, 2000, 3000, total - 1])
total = math.ceil(math.floor((10_001 // 8) * 4.0))
recipe("small.txt/axolotl_packed.yaml", 10_001, 2, total, int(0.1 * total), hf_cosine(2e-4, int(0.1 * total), total))

# ms-swift 4.6.0: megatron/arguments/megatron_args.py (init_iters): 8 / 4 replicas of 8; then Megatron, in samples
counted = 2_970 // (8 * 2) * (8 * 2)
total = counted * 1 // 16
recipe("megatron_swift.sh", 2_970, 0, total, math.ceil(0.05 * total),
       megatron_cosine(1e-4, 1e-5, 0.05 * total * 16, total * 16, 16))

# Megatron-LM, August 2026: num_microbatches_calculator.py, training.py (update_train_iters)
BATCHES = []
consumed = 0
while consumed <= 6_000_000:
    BATCHES.append(consumed)
    consumed += 16 + int(consumed / (6_000_000 / ((2048 - 16) // 16))) * 16
GROWN = consumed


def consumed_at(step):
    return BATCHES[step] if step < len(BATCHES) else GROWN + (step - len(BATCHES)) * 2048


total = len(BATCHES) + (300_000_000 - GROWN) // 2048
last = next(step for step in range(total) if consumed_at(step) >= 216_320)
recipe("megatron_rampup.sh", 0, 0, total, last,
       lambda step: megatron_cosine(6e-5, 6e-6, 216_320, 126_953_125, 1)(consumed_at(step)),
       [0, 1, 2, 1000, 2000, last - 1, last, last + 1, len(BATCHES) - 1, len(BATCHES), len(BATCHES) + 1, 30_000, 60_000,
        70_000, total - 1])


def megatron_gpt(step):
    """NeMo 2.4.0: core/optim/lr_scheduler.py (_linear_warmup_with_cosine_annealing)."""
    warmup, decay = 500, 100_000 - 50_000
    if step <= warmup:
        return 6e-4 * step / warmup
    if step > decay:
        return 6e-5
    return 6e-5 + 0.5 * (math.cos(math.pi * ((step - warmup) / (decay - warmup))) + 1) * (6e-4 - 6e-5)


recipe("nemo_override.sh", 0, 0, 100_000, 500, megatron_gpt, [0, 1, 499, 500, 501, 25_000, 49_999, 50_000, 50_001, 99_999])

# sd-scripts: as kohya_lora.toml; transformers' cosine_with_restarts
total = 5 * math.ceil(math.ceil(2_000 / 2) / 1 / 1)


def three_restarts(step):
    if step < 180:
        return 0.00025 * (step / 180)
    part = (step - 180) / (total - 180)
    return 0.00025 * 0.5 * (1 + math.cos(math.pi * ((3 * part) % 1.0)))


recipe("kohya_restarts.toml", 2_000, 1, total, 180, three_restarts)
recipe("small.txt/kohya_steps.sh", 0, 1, 1500, 0, lambda step: 1e-4)
recipe("small.txt/kohya_warmup.sh", 1_003, 1, 50 * math.ceil(1_003 / 8), 0, lambda step: 3e-5)


def deepspeed_decay(step):
    """DeepSpeed 0.17: runtime/lr_schedules.py (WarmupDecayLR, log); the scheduler is one update late."""
    at = max(step - 1, 0)
    part = math.log(at + 1) / math.log(4400) if at < 4400 else max(0.0, (88_000 - at) / max(1.0, 88_000 - 4400))
    return 0 + (1e-4 - 0) * part


def deepspeed_warmup(step):
    at = max(step - 1, 0)
    return 1e-3 * (math.log(at + 1) / math.log(1000) if at < 1000 else 1)


recipe("deepspeed_decay.json", 0, 32, 88_000, 4400, deepspeed_decay)
recipe("small.txt/deepspeed_warmup.json", 0, 8, 5000, 1000, deepspeed_warmup)

# mmengine 0.10: optim/scheduler/param_scheduler.py; 2 x 1 examples at a time, the rate scaled by 2 / 16
epoch = math.ceil(1_464 / 1 / 2)


def voc(step):
    rate = 2e-5 * 2 / 16 * 0.1 ** sum(step // epoch >= at for at in (45, 55))
    return rate * (0.001 + (1 - 0.001) * min(step, 999) / 999)


recipe("mmengine_voc.py", 1_464, 1, 60 * epoch, 1000, voc,
       [0, 1, 500, 998, 999, 1000, epoch, 45 * epoch - 1, 45 * epoch, 55 * epoch - 1, 55 * epoch, 60 * epoch - 1])
imagenet = math.ceil(1_281_167 / 16 / 64)


def imagenet_cosine(step):
    rise = 5 * imagenet
    if step < rise:
        return 1e-3 * (1e-4 + (1 - 1e-4) * step / (rise - 1))
    return 1e-3 * (1 + math.cos(math.pi * (step // imagenet - 5) / 95)) / 2


recipe("small.txt/mmpretrain_cosine.py", 1_281_167, 16, 100 * imagenet, 5 * imagenet, imagenet_cosine,
       [0, 1, 1000, 5 * imagenet - 1, 5 * imagenet, 6 * imagenet - 1, 6 * imagenet, 50 * imagenet, 99 * imagenet])
recipe("small.txt/mmseg_poly.py", 0, 1, 160_000, 0,
       lambda step: (1e-2 - 1e-4) * (1 - step / (160_000 - 1)) ** 0.9 + 1e-4, [0, 1, 2, 40_000, 80_000, 159_998])


def mmcv(regular, kind, warmup, ratio):
    """mmcv 1.7: runner/hooks/lr_updater.py (get_warmup_lr)."""

    def rate(step):
        if step >= warmup:
            return regular(step)
        if kind == "constant":
            return regular(step) * ratio
        return regular(step) * (1 - (1 - step / warmup) * (1 - ratio))

    return rate


recipe("mmcv_poly.py", 0, 1, 120_000, 1000,
       mmcv(lambda step: (0.002 - 0.0) * (1 - step / 120_000) ** 0.9 + 0.0, "linear", 1000, 1e-3))
epoch = math.ceil(4_883 / 2)
recipe("mmcv_cosine.py", 4_883, 1, 50 * epoch, 1000,
       mmcv(lambda step: 0.01 * 1e-6 + 0.5 * (0.01 - 0.01 * 1e-6) * (math.cos(math.pi * (step // epoch / 50)) + 1),
            "linear", 1000, 0.1))
recipe("small.txt/mmcv_floor.py", 0, 1, 40_000, 0, lambda step: (0.001 - 1e-4) * (1 - step / 40_000) ** 0.9 + 1e-4)
few = math.ceil(38_400 / 4 / 64)
recipe("small.txt/mmcv_few_shot.py", 38_400, 4, 200 * few, 3000,
       mmcv(lambda step: 0.05 * 0.1 ** (0 if step // few < 60 else 1 if step // few < 120 else 2), "linear", 3000, 0.25),
       [0, 1, 2999, 3000, 3001, 60 * few - 1, 60 * few, 120 * few - 1, 120 * few, 200 * few - 1])
city = math.ceil(1_001 / 8)
recipe("small.txt/mmcv_by_epoch.py", 1_001, 1, 20 * city, 5 * city,
       mmcv(lambda step: 0.01 * 0.1 ** (0 if step // city < 10 else 1 if step // city < 15 else 2), "linear", 5 * city, 0.1))
self_epoch = math.ceil(1_281_167 / 8 / 128)
recipe("small.txt/mmselfsup_cosine.py", 1_281_167, 8, 300 * self_epoch, 40 * self_epoch,
       mmcv(lambda step: 0.5 * 6e-4 * (math.cos(math.pi * (step / (300 * self_epoch))) + 1), "linear", 40 * self_epoch, 1e-4))
recipe("small.txt/mmcv_constant_warmup.py", 1_281_167, 8, 360 * self_epoch, 5000,
       mmcv(lambda step: 0.5 * (1 - step / (360 * self_epoch)), "constant", 5000, 0.1))

# OpenRLHF 0.8.0: cli/train_ppo_ray.py, trainer/ppo_trainer.py; cli/train_dpo.py
total = 10_000 * 1 // 128 * 1 * 1
recipe("openrlhf_ppo.sh", 50_000, 0, total, math.ceil(0.03 * total), hf_cosine(5e-7, math.ceil(0.03 * total), total, 0.1))
total = 1 * (77_016 // 128)
recipe("small.txt/openrlhf_dpo.sh", 77_016, 4, total, math.ceil(0.03 * total),
       hf_cosine(5e-7, math.ceil(0.03 * total), total, 0.1))

# ms-swift 4.6.0 and transformers 4.57
total = 5 * math.ceil(math.ceil(math.ceil(9_999 / 2) / 8) / 4)
recipe("swift_full.sh", 9_999, 0, total, math.ceil(0.05 * total), hf_cosine(1e-4, math.ceil(0.05 * total), total))
recipe("small.txt/swift_streaming.sh", 0, 1, 1000, 0, hf_cosine(1e-4, 0, 1000))
total = math.ceil(4_001 / 16)
recipe("small.txt/swift_dpo.sh", 4_001, 1, total, math.ceil(0.05 * total), hf_cosine(1e-4, math.ceil(0.05 * total), total))
total = math.ceil(math.ceil(200 / 4) / 2)
recipe("small.txt/swift_tiled.sh", 200, 0, total, math.ceil(0.05 * total), hf_cosine(1e-5, math.ceil(0.05 * total), total))

# transformers 4.57
total = 2 * math.ceil(20_000 / 2)
recipe("small.txt/llama_factory_full.sh", 20_000, 1, total, math.ceil(0.1 * total), hf_cosine(1e-5, math.ceil(0.1 * total), total))
total = 6 * math.ceil(math.ceil(8_063 / 4) / 16)
recipe("small.txt/llama_factory_vision.sh", 8_063, 1, total, 0, hf_cosine(2e-5, 0, total))
total = 10 * math.ceil(math.ceil(1_023 / 10) / 4)
recipe("small.txt/chatglm_tuning.sh", 1_023, 1, total, 0, hf_cosine(5e-5, 0, total))
total = 10 * math.ceil(math.ceil(33_333 / 8) / 8)
total_10, warmup_10 = total, math.ceil(0.1 * total)
recipe("small.txt/dpo_module.sh", 33_333, 0, total, warmup_10,
       lambda step: 5e-7 * (step / warmup_10 if step < warmup_10 else (total_10 - step) / (total_10 - warmup_10)))

# diffusers 0.35: optimization.py
recipe("small.txt/dreambooth.sh", 0, 1, 400, 0, lambda step: 5e-6)
recipe("small.txt/text_to_image.sh", 0, 0, 6000, 0, hf_cosine(1e-5, 0, 6000))

# Megatron-LM: 1 % of the decay
recipe("small.txt/megatron_synthetic.sh", 0, 0, 500_000, 3200, megatron_cosine(1.5e-4, 0.0, 3200 * 8, 320_000 * 8, 8))


def neox_cosine(step):
    """gpt-neox: megatron/learning_rates.py (AnnealingLR); the rate of the first update is the second one's."""
    at = max(step, 1)
    if at <= 1430:
        return 2e-4 * at / 1430
    return max(2e-5 + (2e-4 - 2e-5) / 2.0 * (math.cos(math.pi * (at - 1430) / (143_000 - 1430)) + 1), 2e-5)


recipe("neox_pythia.yml", 0, 1, 143_000, 1430, neox_cosine)


def olmo_1b(step):
    """ai2-olmo 0.6.0: optim.py (CosWithWarmup); the update that is being done is counted already."""
    at = step + 1
    if at < 2000:
        return 4e-5 + (4e-4 - 4e-5) * min(at, 2000) / 2000
    floor = 4e-4 * 0.1
    return floor + (4e-4 - floor) * (1 + math.cos(math.pi * (at - 2000) / (739_328 - 2000))) / 2


recipe("small.txt/olmo_1b.yaml", 0, 1, 739_328, 2000, olmo_1b)
recipe("small.txt/torchtune_full.yaml", 51_760, 4, 3 * (math.ceil(51_760 / 4) // 2 // 8), 0, lambda step: 2e-5)


def debug(step):
    """torchtitan: components/lr_scheduler.py."""
    warmup, decay = 2, round(10 * 0.8)
    stable = 10 + 1 - warmup - decay
    if step < warmup:
        return 8e-4 * ((step + 1) / warmup)
    if step < warmup + stable:
        return 8e-4
    return 8e-4 * (1 - (step + 1 - (warmup + stable)) / decay)


recipe("small.txt/torchtitan_debug.toml", 0, 1, 10, 2, debug)

# ms-swift 4.6.0: sequence_parallel/utils.py (SequenceParallelSampler: the processes of the data dimension, 8 / 4). With
# 2,000 examples the script's own log has 189 updates, 1e-05 at the first and 9.035e-05 at the 46th.
total = 3 * math.ceil(math.ceil(math.ceil(2_000 / 2) / 2) / 8)
assert total == 189
recipe("small.txt/swift_sequence_parallel.sh", 2_000, 0, total, 10, hf_cosine(1e-4, 10, total))

# transformers 4.57; the projector's rate is of a group of its own
total = math.ceil(math.ceil(665_298 / 8) / 16)
recipe("small.txt/llava_lora.sh", 665_298, 8, total, math.ceil(0.03 * total), hf_cosine(2e-4, math.ceil(0.03 * total), total))

# ai2-olmo 0.6.0: optim.py (LinearWithWarmup), train.py (stop_at, behind the end)
total_anneal = math.ceil(50e9 / (1024 * 4096))
recipe("small.txt/olmo_anneal.yaml", 0, 1, total_anneal, 0, lambda step: 6.1499e-5 * (1 - min(step + 1, total_anneal) / total_anneal))

# open-instruct, July 2026: finetune.py (_create_scheduler); each of 8 processes steps the scheduler in every update
steps, warm = 3126 * 8, int(3126 * 8 * 0.03)
recipe("small.txt/accelerate_sft.sh", 0, 0, 3126, warm // 8,
       lambda step: 5e-6 * (8 * step / warm if 8 * step < warm else (steps - 8 * step) / (steps - warm)))

print("recipe,examples,world_size,total_steps,warmup_steps,step,rate")
for row in ROWS:
    print(",".join(str(cell) for cell in row))
