# SPDX-License-Identifier: MIT
"""Compiles a small driver against the source of a peer that is not written in Python, and asks it.

A driver reads one line from its standard input: the settings, then the steps, all as words. It answers with one word a step: the rate
as C's %a writes it, or `abort` where the peer ends the program. Where the peer refuses the settings with a message, the driver may end with
exit status 3 and have the message on its standard error.
"""

import subprocess
import tempfile
from pathlib import Path


def run(command, **options):
    done = subprocess.run([str(word) for word in command], text=True, capture_output=True, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed ({done.returncode}):\n{done.stderr[-4000:]}")
    return done.stdout


def commit(checkout):
    """The commit of a checkout, as its files are now."""
    changed = run(["git", "-C", checkout, "status", "--porcelain", "--untracked-files=no"]).strip()
    assert not changed, f"{checkout} has changed files"
    return run(["git", "-C", checkout, "rev-parse", "HEAD"]).strip()


def version(compiler):
    return run([compiler, "-dumpfullversion"]).strip()


REFUSED = 3


class Aborted(Exception):
    """The peer ended the program."""


def word(value):
    """A number so that C reads back the same double."""
    if isinstance(value, bool):
        return str(int(value))
    return value.hex() if isinstance(value, float) else str(value)


class Driver:
    """A program that was compiled in a folder of its own, which goes when this object goes."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory()
        self.folder = Path(self._folder.name)
        self.program = self.folder / "driver"

    def compile(self, compiler, source, *options):
        """`source` is the text of the driver; its name's ending is that of the compiler's language."""
        file = self.folder / ("driver.cpp" if "++" in compiler else "driver.c")
        file.write_text(source, encoding="ascii")
        run([compiler, file, "-o", self.program, *options])
        return self

    def cargo(self, source, dependencies, target):
        """A driver in Rust; `dependencies` are lines of Cargo.toml, and `target` is a folder in which what is built stays for the next run."""
        (self.folder / "src").mkdir()
        (self.folder / "src" / "main.rs").write_text(source, encoding="ascii")
        (self.folder / "Cargo.toml").write_text(
            f'[package]\nname = "driver"\nedition = "2021"\n\n[dependencies]\n{dependencies}\n\n[profile.dev]\ndebug = false\n', encoding="ascii")
        run(["cargo", "build", "--quiet", "--manifest-path", self.folder / "Cargo.toml", "--target-dir", target])
        self.program = Path(target) / "debug" / "driver"
        return self

    def ask(self, settings, chosen):
        """The rates of the chosen steps, with an Aborted where there is none."""
        words = [*map(word, settings), len(chosen), *chosen]
        done = subprocess.run([self.program], input=" ".join(map(str, words)) + "\n", text=True, capture_output=True, timeout=60)
        if done.returncode != 0:
            if done.returncode == REFUSED:
                return [Aborted(f"refused: {done.stderr.strip()}")] * len(chosen)
            how = f"signal {-done.returncode}" if done.returncode < 0 else f"exit status {done.returncode}"
            return [Aborted(f"the program ends with {how}")] * len(chosen)
        answers = done.stdout.split()
        assert len(answers) == len(chosen), (len(answers), len(chosen))
        return [Aborted("the program aborts") if a == "abort" else float.fromhex(a) for a in answers]
