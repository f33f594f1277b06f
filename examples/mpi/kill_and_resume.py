#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Kills mpi_data_parallel at a random update, and has it go on with another number of ranks.

    kill_and_resume.py --program build/demo/examples/mpi/mpi_data_parallel --ranks 4 --resume-ranks 2

Three runs are compared, to the bit:
  whole     not interrupted
  resumed   one rank killed; goes on with other ranks and the same batch: the whole run must be the same
  rebatched the same killed run goes on with the same batch per rank, so with another batch: the curve over samples
            must be the same, at every sample that begins an update of both
"""

import argparse
import pathlib
import random
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile


def read_log(file):
    """The curve and the rate, as bits, by the number of samples before the update; and the last line."""
    lines = file.read_text().splitlines()
    rows = [line.split() for line in lines[:-1]]
    log = {int(samples): (curve, rate) for samples, curve, rate in rows}
    if len(log) != len(rows) or list(log) != sorted(log):
        sys.exit(f"{file}: an update is logged twice, or out of order")
    return log, lines[-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--ranks", type=int, required=True)
    parser.add_argument("--resume-ranks", type=int, required=True)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--launcher", default="mpirun --allow-run-as-root --oversubscribe")
    given = parser.parse_args()
    print(f"--ranks {given.ranks} --resume-ranks {given.resume_ranks} --seed {given.seed}", flush=True)
    choose = random.Random(given.seed)
    batch = 32

    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)

        def train(ranks, name, *arguments):
            command = [*shlex.split(given.launcher), "-n", str(ranks), given.program, "--log", str(work / f"{name}.log"),
                       "--checkpoint", str(work / f"{name}.txt"), *map(str, arguments)]
            return subprocess.run(command, timeout=240, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

        def expect_success(done):
            print(done.stdout, end="", flush=True)
            if done.returncode != 0:
                sys.exit(f"failed with {done.returncode}")

        expect_success(train(given.ranks, "whole", "--batch", batch))
        whole, whole_end = read_log(work / "whole.log")

        die_at = choose.randrange(1, len(whole))
        die_rank = choose.randrange(given.ranks)
        killed = train(given.ranks, "resumed", "--batch", batch, "--die-at", die_at, "--die-rank", die_rank)
        if killed.returncode == 0:
            sys.exit(f"was not killed at update {die_at}:\n{killed.stdout}")
        print(f"killed rank {die_rank} in update {die_at} of {len(whole)}: exit status {killed.returncode}", flush=True)
        if killed.returncode not in (128 + signal.SIGKILL, -signal.SIGKILL):
            sys.exit(f"not by the signal:\n{killed.stdout}")
        for suffix in (".txt", ".log"):
            if (work / f"resumed{suffix}").exists():
                shutil.copy(work / f"resumed{suffix}", work / f"rebatched{suffix}")

        expect_success(train(given.resume_ranks, "resumed", "--batch", batch))
        resumed, resumed_end = read_log(work / "resumed.log")
        if resumed != whole or resumed_end != whole_end:
            differ = [s for s in sorted(whole.keys() | resumed.keys()) if whole.get(s) != resumed.get(s)]
            sys.exit(f"the resumed run is another one from sample {differ[:1]}:\n{whole_end}\n{resumed_end}")
        print(f"resumed: the same {len(whole)} rates, the same model", flush=True)

        expect_success(train(given.resume_ranks, "rebatched", "--batch-per-rank", batch // given.ranks))
        rebatched, _ = read_log(work / "rebatched.log")
        both = whole.keys() & rebatched.keys()
        wrong = [s for s in sorted(both) if whole[s][0] != rebatched[s][0]]
        if wrong:
            sys.exit(f"the curve is another one at sample {wrong[0]}: {whole[wrong[0]]}, {rebatched[wrong[0]]}")
        if len(both) < len(whole) // 4 or (die_at < len(whole) // 2 and len(rebatched) == len(whole)):
            sys.exit(f"{len(whole)} and {len(rebatched)} updates, {len(both)} at the same samples: nothing was shown")
        print(f"rebatched: {len(rebatched)} updates instead of {len(whole)}; the same curve at {len(both)} samples")


if __name__ == "__main__":
    main()
