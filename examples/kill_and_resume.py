#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Kills stop_and_resume (kill -9) at 50 random moments and starts it again each time, by the same command.

Every rate it ever uses, and what it has learnt in the end, must be to the bit what one uninterrupted run gives: of the run as
it was begun, and of one that goes on with another rate, by each policy."""

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
short = ["--total-steps", "400"]


def rates_of(text):
    """The complete lines `update N rate R`, as pairs."""
    whole = text[: text.rfind("\n") + 1]
    return [(int(w[1]), w[3]) for w in map(str.split, whole.splitlines()) if w and w[0] == "update"]


def last_line(text):
    return text.rstrip().splitlines()[-1]


def killed_again_and_again(start, folder, arguments, expected, last, kills):
    """Starts the command, in a copy of the folder `start`, until it ends by itself, killed so many times before that."""
    # On a machine that stops for a moment a run may end before it was killed often enough: then again, slower.
    for pause in (1, 4, 16):
        if folder.exists():
            shutil.rmtree(folder)
        if start:
            shutil.copytree(start, folder)
        done, furthest, out = kill_until_it_ends([program, folder, *arguments, "--pause", str(pause)], expected, kills)
        if done == kills:
            break
    assert done == kills, f"it was done after {done} kills; nothing is proven"
    assert last_line(out) == last, f"{last_line(out)}; uninterrupted: {last}"
    print(f"killed {done} times, {furthest + 1} updates, the same rates and the same loss, to the bit")


def kill_until_it_ends(command, expected, kills):
    """How often it was killed, its furthest update, and what it said the last time."""
    done = 0
    furthest = 0
    while True:
        run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        if done < kills:
            time.sleep(random.uniform(0.005, 0.09))
            run.kill()
        out = run.communicate()[0]
        for update, rate in rates_of(out):
            assert expected[update] == rate, f"update {update}: {rate}, uninterrupted {expected[update]}"
            furthest = max(furthest, update)
        if done < kills and run.returncode == -9:
            done += 1
            continue
        # Not killed: it must have ended well, so no checkpoint was unreadable.
        assert run.returncode == 0, f"start {done + 1} failed with {run.returncode}"
        return done, furthest, out


work = Path(tempfile.mkdtemp(prefix="pacer_kill_"))
try:
    random.seed(20)
    whole = subprocess.run([program, work / "whole", *total], capture_output=True, text=True, check=True).stdout
    expected = dict(rates_of(whole))
    assert sorted(expected) == list(range(3000)), "the uninterrupted run makes each update once"
    killed_again_and_again(None, work / "killed", total, expected, last_line(whole), KILLS)

    # A run that is stopped, and goes on with another rate.
    half = subprocess.Popen([program, work / "half", "--pause", "20", *short], stdout=subprocess.PIPE, text=True)
    while not (work / "half" / "schedule.txt").exists():
        time.sleep(0.01)
    time.sleep(0.5)
    half.kill()
    half.communicate()
    assert half.returncode == -9, "stopped, not done"
    for policy in ("keep_saved", "use_new", "restart", "rewarm", "blend"):
        command = [*short, "--peak-lr", "0.01", "--policy", policy, "--over", "200"]
        shutil.copytree(work / "half", work / f"{policy}-once")
        once = subprocess.run([program, work / f"{policy}-once", *command], capture_output=True, text=True, check=True)
        print(policy, end=": ")
        killed_again_and_again(
            work / "half", work / f"{policy}-killed", command, dict(rates_of(once.stdout)), last_line(once.stdout), KILLS // 8
        )
finally:
    shutil.rmtree(work)
