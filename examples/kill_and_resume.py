#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Kills stop_and_resume (kill -9) at 50 random moments and starts it again each time.

Every rate it ever uses, and what it has learnt in the end, must be to the bit what one uninterrupted run gives."""

import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

KILLS = 50
program = sys.argv[1]
total = ["--total-steps", "3000"]


def rates_of(text):
    """The complete lines `update N rate R`, as pairs."""
    whole = text[: text.rfind("\n") + 1]
    return [(int(w[1]), w[3]) for w in map(str.split, whole.splitlines()) if w and w[0] == "update"]


def last_line(text):
    return text.rstrip().splitlines()[-1]


work = Path(tempfile.mkdtemp(prefix="pacer_kill_"))
try:
    whole = subprocess.run([program, work / "whole", *total], capture_output=True, text=True, check=True).stdout
    expected = dict(rates_of(whole))
    assert sorted(expected) == list(range(3000)), "the uninterrupted run makes each update once"

    random.seed(20)
    kills = 0
    furthest = 0
    while True:
        run = subprocess.Popen([program, work / "killed", "--pause", "1", *total], stdout=subprocess.PIPE, text=True)
        if kills < KILLS:
            time.sleep(random.uniform(0.005, 0.09))
            run.kill()
        out = run.communicate()[0]
        for update, rate in rates_of(out):
            assert expected[update] == rate, f"update {update}: {rate}, uninterrupted {expected[update]}"
            furthest = max(furthest, update)
        if kills < KILLS and run.returncode == -9:
            kills += 1
            continue
        # Not killed: it must have ended well, so no checkpoint was unreadable.
        assert run.returncode == 0, f"start {kills + 1} failed with {run.returncode}"
        break
    assert kills == KILLS, f"it was done after {kills} kills; nothing is proven"
    assert last_line(out) == last_line(whole), f"{last_line(out)}; uninterrupted: {last_line(whole)}"
    print(f"killed {kills} times, {furthest + 1} updates, the same rates and the same loss, to the bit")
finally:
    shutil.rmtree(work)
