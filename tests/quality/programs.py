# SPDX-License-Identifier: MIT
"""The tests as programs that clang++ makes one by one, quickly: what mutate and coverage share."""

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

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


class Program(NamedTuple):
    """A program with a main of its own: its sources, what it is run with, and what it is compiled with. A run that names PROGRAM is a
    script's, which calls it."""

    sources: list
    runs: list
    flags: list = []
    for_mutants: bool = False  # soon made and run


OTHERS = {
    "expression/cpp_program": Program(["tests/expression/cpp_program.cpp"], ["tests/expression/cpp_cases.txt /dev/null"]),
    "expression/tables": Program(["tests/expression/tables.cpp"], ["--check README.md docs/expressions.md docs/dialects.md"]),
    "fuzz": Program(
        [f"tests/fuzz/{n}.cpp" for n in ("replay", "analysis", "checkpoint", "convert", "curve", "expression", "log", "recipe")],
        ["tests/fuzz/corpus"],
        ["-DPACER_FUZZ_RECIPES"],
    ),
    "pacer": Program(["tools/*.cpp"], ["python3 tests/tools/run.py PROGRAM .", "replay tests/data/runs/*[!d]"], ["-O1", "-lfmt", "-pthread"]),
    "parity": Program(["tests/parity/parity.cpp"], ["tests/parity/traces --check docs/parity.md"], for_mutants=True),
    "trainers": Program(["tests/trainers/trainers.cpp"], ["--check docs/trainers.md"], for_mutants=True),
}


def test_names(tests, for_mutants=True):
    """schedules/cosine and so on. Adapters need their trainers; speed measures time."""
    names = {str(p.relative_to(tests)).removesuffix(".test.cpp") for p in tests.rglob("*.test.cpp")}
    others = [n for n, p in OTHERS.items() if p.for_mutants or not for_mutants]
    return sorted([*(n for n in names if not n.startswith("adapters/") and n != "speed"), *others])


# What computes for longer than it is compiled.
OPTIMIZED = ["exact", "fill", "guarantees"]


def sources_of(name):
    if name not in OTHERS:
        return [f"tests/{name}.test.cpp"]
    return [str(p.relative_to(SOURCE)) for pattern in OTHERS[name].sources for p in sorted(SOURCE.glob(pattern))]


def run(name, program, **options):
    """The test, once it is compiled, until something is wrong; raises subprocess.TimeoutExpired."""
    for words in OTHERS[name].runs if name in OTHERS else ["--abort"]:
        command = [str(program) if w == "PROGRAM" else w for w in words.split()]
        if "PROGRAM" not in words:
            command.insert(0, str(program))
        # Paths with an asterisk are those that it finds.
        command = [path for w in command for path in (sorted(map(str, SOURCE.glob(w))) if "*" in w else [w])]
        done = subprocess.run(command, capture_output=True, cwd=SOURCE, **options)
        if done.returncode != 0:
            break
    return done


class Builder:
    """Compiles what is in `root` (include/ and tests/) and keeps what is made in `work`. With a library, what is dear to compile is
    compiled once."""

    def __init__(self, root, work, compiler, flags=(), with_library=False):
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
        self.compiled, self.defined = [], []
        if with_library:
            for name in ("pacer", "recipes"):
                self.make("-O1", f"-I{root}/include", "-c", self.root / f"src/{name}.cpp", "-o", self.work / f"{name}.o")
                self.compiled.append(self.work / f"{name}.o")
            self.defined = ["-DPACER_COMPILED", "-DPACER_COMPILED_RECIPES"]
        # As tools/CMakeLists.txt has it: the page is a string of the command.
        page = (SOURCE / "tools/page.html").read_text()
        text = f'#include <string_view>\nnamespace tools {{\ninline constexpr std::string_view page_text = R"PAGE({page})PAGE";\n}}\n'
        (self.work / "page.hpp").write_text(text)

    def make(self, *arguments):
        subprocess.run([*self.command, *map(str, arguments)], check=True)

    def includes(self):
        # Data comes from the source, of which no copy is made.
        return [f"-I{self.root}/include", f"-I{self.root}/tests", f"-I{self.work}", f'-DPACER_TEST_DATA="{SOURCE}/tests"']

    def compile(self, name, program, timeout=None):
        """Whether it compiles and links. Raises subprocess.TimeoutExpired."""
        own_main = name in OTHERS
        flags = OTHERS[name].flags if own_main else ["-O1"] if name in OPTIMIZED else []
        # What is precompiled is of the other level.
        begin = [] if own_main or flags else ["-include-pch", self.work / "precompiled.pch"]
        sources = sources_of(name)
        objects = [f"{program}.{k}.o" for k in range(len(sources))]
        compiling = [*self.command, *self.defined, *[f for f in flags if not f.startswith("-l")], *begin, *self.includes()]
        commands = [[*compiling, "-c", self.root / s, "-o", made] for s, made in zip(sources, objects)]
        main = [] if own_main else [self.work / "main.o"]
        commands.append([*self.command, *objects, *main, *self.compiled, *flags, *self.libraries, "-o", program])
        for command in commands:
            done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=timeout)
            if done.returncode != 0:
                self.said = done.stderr
                return False
        for made in objects:
            Path(made).unlink()
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
