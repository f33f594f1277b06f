# SPDX-License-Identifier: MIT
"""The tests as programs that clang++ makes one by one, quickly: what mutate and coverage share."""

import re
import subprocess
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
FLAGS = ["-std=c++20", "-O0", "-fno-crash-diagnostics", "-ferror-limit=1", "-w"]

# What most tests include, compiled once.
PRECOMPILED = """#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>
"""


# Tests with a main of their own: the source, and what they are run with.
OTHERS = {
    "parity": ("tests/parity/parity.cpp", ["tests/parity/traces", "--check", "docs/parity.md"]),
    "trainers": ("tests/trainers/trainers.cpp", ["--check", "docs/trainers.md"]),
}


def test_names(tests):
    """schedules/cosine and so on. Adapters need their trainers; speed measures time."""
    names = {str(p.relative_to(tests)).removesuffix(".test.cpp") for p in tests.rglob("*.test.cpp")}
    return sorted([*(n for n in names if not n.startswith("adapters/") and n != "speed"), *OTHERS])


# What computes for longer than it is compiled.
OPTIMIZED = ["exact", "fill", "guarantees"]


def source_of(name):
    return OTHERS[name][0] if name in OTHERS else f"tests/{name}.test.cpp"


def run(name, program, **options):
    """The test, once it is compiled, until something is wrong; raises subprocess.TimeoutExpired."""
    arguments = OTHERS[name][1] if name in OTHERS else ["--abort"]
    return subprocess.run([program, *arguments], capture_output=True, cwd=SOURCE, **options)


class Builder:
    """Compiles what is in `root` (include/ and tests/) and keeps what is made in `work`."""

    def __init__(self, root, work, compiler, flags=()):
        self.root, self.work = Path(root), Path(work)
        self.work.mkdir(parents=True, exist_ok=True)
        self.command = [compiler, *FLAGS, *flags]
        (self.work / "precompiled.hpp").write_text(f'#include "{SOURCE}/tests/catch.hpp"\n{PRECOMPILED}')
        (self.work / "main.cpp").write_text(
            "#if !__has_include(<catch2/catch_test_macros.hpp>)\n#define CATCH_CONFIG_MAIN\n#include <catch2/catch.hpp>\n#endif\n"
        )
        self.make("-x", "c++-header", self.work / "precompiled.hpp", "-o", self.work / "precompiled.pch")
        self.make("-c", self.work / "main.cpp", "-o", self.work / "main.o")
        probe = "#if __has_include(<catch2/catch_test_macros.hpp>)\nyes\n#endif\n"
        made = subprocess.run([compiler, "-std=c++20", "-E", "-P", "-x", "c++", "-"], input=probe, text=True, capture_output=True)
        self.libraries = (["-lCatch2Main", "-lCatch2"] if "yes" in made.stdout else []) + ["-lyaml-cpp"]

    def make(self, *arguments):
        subprocess.run([*self.command, *map(str, arguments)], check=True)

    def includes(self):
        # Data comes from the source, of which no copy is made.
        return [f"-I{self.root}/include", f"-I{self.root}/tests", f'-DPACER_TEST_DATA="{SOURCE}/tests"']

    def compile(self, name, program, timeout=None):
        """Whether it compiles and links. Raises subprocess.TimeoutExpired."""
        source, own_main = source_of(name), name in OTHERS
        optimized = ["-O1"] if name in OPTIMIZED else []
        # What is precompiled is of the other level.
        begin = [] if own_main or optimized else ["-include-pch", self.work / "precompiled.pch"]
        compiling = [*self.command, *optimized, *begin, *self.includes(), "-c", self.root / source, "-o", f"{program}.o"]
        main = [] if own_main else [self.work / "main.o"]
        linking = [*self.command, f"{program}.o", *main, *self.libraries, "-o", program]
        for command in (compiling, linking):
            done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=timeout)
            if done.returncode != 0:
                self.said = done.stderr
                return False
        Path(f"{program}.o").unlink()
        return True


def between_markers(page, name, text):
    """Writes text between <!-- NAME --> and <!-- end of NAME --> of a page."""
    pattern = rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)"
    old = page.read_text()
    if not re.search(pattern, old, re.DOTALL):
        raise SystemExit(f"{page}: no <!-- {name} --> ... <!-- end of {name} -->")
    page.write_text(re.sub(pattern, lambda m: m[1] + text + m[2], old, flags=re.DOTALL))


def compiler_version(compiler):
    first = subprocess.run([compiler, "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    return re.sub(r".*?(clang|g\+\+)\D*(\d+\.\d+).*", r"\1 \2", first)
