#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The inputs that a fuzzer has found, as one file: each after its length, four bytes, the lowest first.

    kept.py pack FOLDER FILE      the files of a folder, the short ones first
    kept.py unpack FILE FOLDER"""

import sys
from pathlib import Path


def pack(folder, file):
    inputs = sorted({f.read_bytes() for f in folder.iterdir()}, key=lambda b: (len(b), b))
    file.write_bytes(b"".join(len(b).to_bytes(4, "little") + b for b in inputs))


def unpack(file, folder):
    folder.mkdir(parents=True, exist_ok=True)
    bytes_left, number = file.read_bytes(), 0
    while bytes_left:
        end = 4 + int.from_bytes(bytes_left[:4], "little")
        (folder / f"kept_{number}").write_bytes(bytes_left[4:end])
        bytes_left, number = bytes_left[end:], number + 1


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in ("pack", "unpack"):
        sys.exit(__doc__)
    globals()[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
