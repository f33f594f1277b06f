#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""inputs.py SOURCE DIRECTORY: writes what llm.c's train_gpt2 opens in its working directory.

The model is a GPT-2 of 121,088 random weights, small enough for seconds on one core; its tokens are bytes. The text
is llm.c's own source, so that the losses do not change with anything but llm.c's commit."""

import random
import sys
from array import array
from pathlib import Path

source, directory = map(Path, sys.argv[1:])
CONTEXT, TOKENS, PADDED, LAYERS, HEADS, CHANNELS = 64, 257, 264, 2, 4, 64
END_OF_TEXT = 256


def write(path, header, *parts):
    """A header of 256 ints, and what follows it, in this machine's byte order, as llm.c reads it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as out:
        array("i", header + [0] * (256 - len(header))).tofile(out)
        for part in parts:
            part.tofile(out) if isinstance(part, array) else out.write(part)


def normal(count, deviation):
    return array("f", (random.gauss(0, deviation) for _ in range(count)))


def constant(count, value):
    return array("f", [value]) * count


def layer_norm(layers):
    return [constant(layers * CHANNELS, 1), constant(layers * CHANNELS, 0)]


def linear(inputs, outputs, deviation=0.02):
    return [normal(LAYERS * outputs * inputs, deviation), constant(LAYERS * outputs, 0)]


def tokens(path, *names):
    text = b"".join((source / name).read_bytes() for name in names)
    write(path, [20240520, 1, len(text)], array("H", list(text)))


random.seed(20)
into_residual = 0.02 / (2 * LAYERS) ** 0.5
vocabulary = [bytes([1, byte]) for byte in range(256)] + [b"\x05<end>"]
data = directory / "dev/data/tinyshakespeare"

write(directory / "gpt2_124M.bin", [20240326, 3, CONTEXT, TOKENS, LAYERS, HEADS, CHANNELS, PADDED],
      normal(PADDED * CHANNELS, 0.02), normal(CONTEXT * CHANNELS, 0.02),
      *layer_norm(LAYERS), *linear(CHANNELS, 3 * CHANNELS), *linear(CHANNELS, CHANNELS, into_residual),
      *layer_norm(LAYERS), *linear(CHANNELS, 4 * CHANNELS), *linear(4 * CHANNELS, CHANNELS, into_residual),
      *layer_norm(1))
write(directory / "gpt2_tokenizer.bin", [20240328, 2, TOKENS, END_OF_TEXT], *vocabulary)
tokens(data / "tiny_shakespeare_train.bin", "train_gpt2.c", "llmc/utils.h", "llmc/rand.h", "llmc/tokenizer.h")
tokens(data / "tiny_shakespeare_val.bin", "llmc/dataloader.h")
