#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes docs/performance.md of performance.md.in (the prose) and results.json (what was measured last), both next to
this file.

    make_page.py                                    makes the page again, after a change of the prose
    make_page.py --check                            says whether the page is what they make
    make_page.py --compiler CXX --take FILE...      first takes new results of a compiler; bench/run does that

In performance.md.in, {{table NAME}} stands for a table of TABLES, {{machine}}, {{unmet}}, {{faster}} and {{counted}} for
what their names say."""

import argparse
import csv
import datetime
import json
import math
import platform
import re
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs/performance.md"
PROSE = HERE / "performance.md.in"
RESULTS = HERE / "results.json"
BUDGET = HERE.parent / "tests/budget/budget.csv"
TIMES, FASTER, PLUS = "times", "faster", "plus"
UNITS = {"seconds": (1e3, "ms"), "lines": (1, "lines"), "bytes": (1, "bytes")}


class Row:
    """`who` against `other` in one ROW/WAY, as a ratio of what they take, with what that ratio has to be.

    target: TIMES or FASTER or PLUS, and x: at most x times as much, at least x times as fast, at most x more. Without x
    the row is shown only."""

    def __init__(self, title, row, who, other="by hand", target=(TIMES, None)):
        self.title, self.who, self.other = title, f"{row}/{who}", f"{row}/{other}"
        self.kind, self.limit = target


COSINE = "cosine_with_min_lr"

def bulk(size):
    row = f"bulk, {size}/double"
    large = size == "1e7"
    return [
        Row(f"{size}: `fill`, as this processor can", row, "pacer, fill", target=(FASTER, 8)),
        Row(f"{size}: `fill`, any processor (SSE2)", row, "pacer, fill, baseline", target=(FASTER, 8)),
        Row(f"{size}: `fill`, AVX2", row, "pacer, fill, AVX2", target=(FASTER, 15)),
        Row(f"{size}: `fill`, AVX-512", row, "pacer, fill, AVX-512", target=(FASTER, 28 if large else None)),
        Row(f"{size}: `fill`, AVX-512, against memset", row, "pacer, fill, AVX-512", "memset",
            (TIMES, 1.5 if large else None)),
        Row(f"{size}: `fill` of `exact`", row, "pacer, exact", target=(FASTER, 4 if large else None)),
        Row(f"{size}: a loop over pacer's schedule", row, "pacer, a loop", target=(FASTER, None)),
        Row(f"{size}: by hand, `-O3 -ffast-math`, vector cosine, SSE2", row, "by hand, -ffast-math",
            target=(FASTER, None)),
        Row(f"{size}: the same, AVX2", row, "by hand, -ffast-math, AVX2", target=(FASTER, None)),
        Row(f"{size}: the same, AVX-512", row, "by hand, -ffast-math, AVX-512", target=(FASTER, None)),
        Row(f"{size}: memset", row, "memset", target=(FASTER, None)),
    ]


def update(groups, least, least_in_place):
    row = f"update of {groups}/update"
    return [
        Row(f"{groups}: the rate, times a factor for each", row, "pacer, a loop", "libtorch StepLR", (FASTER, least)),
        Row(f"{groups}: `group_rates`", row, "pacer, group_rates", "libtorch StepLR", (FASTER, None)),
        Row(f"{groups}: `hyperparameters`, into the optimizer", row, "pacer, hyperparameters", "libtorch StepLR",
            (FASTER, least_in_place)),
        Row(f"{groups}: `set_lr` into the optimizer", row, "pacer, set_lr", "libtorch StepLR", (FASTER, None)),
    ]


TABLES = {
    "reference": [
        Row("throughput", f"{COSINE}/throughput", "pacer", target=(TIMES, 0.25)),
        Row("latency", f"{COSINE}/latency", "pacer", target=(TIMES, 0.55)),
        Row("random steps", f"{COSINE}/random", "pacer", target=(TIMES, 0.18)),
        Row("throughput, `any_schedule`", f"{COSINE}/throughput", "pacer, any_schedule", target=(TIMES, 0.33)),
        Row("latency, `any_schedule`", f"{COSINE}/latency", "pacer, any_schedule"),
        Row("throughput, `float`", f"{COSINE}/throughput", "pacer, float"),
        Row("latency, `float`", f"{COSINE}/latency", "pacer, float"),
        Row("throughput, `float`, against `float` by hand", f"{COSINE}/throughput", "pacer, float", "by hand, float"),
        Row("latency, `float`, against `float` by hand", f"{COSINE}/latency", "pacer, float", "by hand, float"),
        Row("throughput, `exact`", f"{COSINE}/throughput", "pacer, exact"),
        Row("latency, `exact`", f"{COSINE}/latency", "pacer, exact", target=(TIMES, 1.1)),
    ],
    "hand": [
        Row("throughput, `float`", f"{COSINE}/throughput", "by hand, float"),
        Row("latency, `float`", f"{COSINE}/latency", "by hand, float"),
        Row("throughput, divisions done beforehand", f"{COSINE}/throughput", "by hand, divided beforehand"),
        Row("latency, divisions done beforehand", f"{COSINE}/latency", "by hand, divided beforehand"),
    ],
    "bulk": [row for size in ("1e4", "1e6", "1e7") for row in bulk(size)],
    "updates": update("1 group", 20, 5) + update("10 groups", None, None) + update("1000 groups", 30, 10),
    "python": [
        *(Row(f"{size}: NumPy, {how}", f"bulk in Python, {size}/double", "pacer", f"NumPy, {how}", (FASTER, 1))
          for size in ("1e6", "1e7") for how in ("temporaries", "in place")),
        *(Row(f"{groups}: PyTorch `LambdaLR`", f"update in Python, {groups}/update", "pacer", "PyTorch LambdaLR",
              (FASTER, 100))
          for groups in ("1 group", "10 groups", "1000 groups")),
    ],
    "compiler": [
        Row("`#include <pacer/pacer.hpp>`, against `<cmath>`: time", "include/seconds", "pacer.hpp", "cmath",
            (TIMES, 0.5)),
        Row("`#include <pacer/pacer.hpp>`, against `<cmath>`: lines", "include/lines", "pacer.hpp", "cmath",
            (TIMES, 0.5)),
        *(Row(f"{said}{how}, against `#include <cmath>`", "include/seconds", f"{what}{once}", "cmath")
          for what, said in (("a program of one cosine", "a program of one `cosine`"),
                             ("a program of one exact cosine", "a program of one `exact(cosine)`"),
                             ("fill of a polynomial", "`fill` of a `polynomial`"), ("make by name", "`make` by name"))
          for how, once in (("", ""), (", with `pacer::pacer_compiled`", ", compiled once"))),
        Row("a constexpr table of 10,000 rates, against one of 1", "constexpr table/seconds", "10,000 entries",
            "1 entry", (PLUS, 0.25)),
        Row("a loop over one schedule, against one over nothing", "a loop over one schedule/bytes", "pacer", "nothing",
            (PLUS, 1024)),
    ],
}  # fmt: skip


def tables(results):
    """TABLES, and what was measured of schedules: every row that has a formula by hand, in the order of measuring."""
    names = dict.fromkeys(
        name.rsplit("/", 2)[0] for one in results["compilers"].values() for name in one["values"]
        if name.endswith("/throughput/by hand")
    )  # fmt: skip
    dialects = dict.fromkeys(
        name.rsplit("/", 2)[0] for one in results["compilers"].values() for name in one["values"]
        if name.endswith(f"/fill/{COSINE}")
    )  # fmt: skip
    return TABLES | {way: [Row(f"`{name}`", f"{name}/{way}", "pacer") for name in names]
                     for way in ("throughput", "latency")} | {
        "dialects": [Row(f"`{name}`{note}", f"{name}/{way}", "pacer", COSINE)
                     for name in dialects for way, note in (("call", ""), ("fill", ", 4,096 rates"))]}  # fmt: skip


TITLES = {
    "reference": "one rate", "hand": "by other hands", "throughput": "throughput", "latency": "latency",
    "dialects": "dialects", "bulk": "a whole curve", "updates": "an update", "python": "Python", "compiler": "the compiler",
}  # fmt: skip


def quartiles(values):
    if len(values) < 4:
        return min(values), max(values)
    first, _, third = statistics.quantiles(values, n=4)
    return first, third


def take(files):
    """{name: [median, half of the distance between the quartiles]}, in ns or in what the benchmark says."""
    values = {}
    for file in files:
        for run in json.loads(Path(file).read_text())["benchmarks"]:
            if run.get("run_type") != "iteration" or run.get("error_occurred"):
                continue
            name = re.sub(r"/(repeats|min_time|iterations):[^/]*", "", run["name"])
            value = run["value"] if "value" in run else 1e9 / run["items_per_second"]
            values.setdefault(name, []).append(value)
    digits = lambda x: float(f"{x:.4g}")  # noqa: E731
    return {
        name: [digits(statistics.median(all_)), digits((quartiles(all_)[1] - quartiles(all_)[0]) / 2)]
        for name, all_ in values.items()
    }


def versions(files):
    found = {}
    for file in files:
        found.update(json.loads(Path(file).read_text()).get("versions", {}))
    return found


def processor():
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine()

    def field(name):
        found = re.search(rf"^{name}\s*: (.+)$", text, re.MULTILINE)
        return found[1] if found else "?"

    flags = field("flags").split()
    sets = [name for flag, name in (("avx2", "AVX2"), ("fma", "FMA"), ("avx512f", "AVX-512")) if flag in flags]
    kind = f"family {field('cpu family')}, model {field('model')}{', virtual' if 'hypervisor' in flags else ''}"
    return f"{field('model name')} ({kind}; {', '.join(sets) or 'SSE2'})"


def system():
    try:
        name = re.search(r'^PRETTY_NAME="?([^"\n]+)', Path("/etc/os-release").read_text(), re.MULTILINE)[1]
    except (OSError, TypeError):
        name = platform.system()
    libc = " ".join(platform.libc_ver()).strip()
    return f"{name}, {libc}" if libc else name


def compiler_of(cxx):
    text = subprocess.run([cxx, "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"\d+\.\d+\.\d+", text)[0]
    return f"{'clang++' if 'clang' in text.lower() else 'g++'} {version}"


def amount(name, value):
    """A value as text, with its unit."""
    unit = next((u for u in UNITS if f"/{u}/" in name), None)
    if not unit:
        return f"{value:.3g} ns" if value < 1000 else f"{value:,.0f} ns"
    factor, text = UNITS[unit]
    return f"{value * factor:,.0f} {text}"


def compare(row, values):
    """(both times, the comparison, whether the target is met), or None if one of the two was not measured"""
    if row.who not in values or row.other not in values:
        return None
    (own, own_spread), (other, other_spread) = values[row.who], values[row.other]
    times = f"{amount(row.who, own)} / {amount(row.who, other)}"
    if row.kind == PLUS:
        return times, f"+{amount(row.who, own - other)}", own - other <= row.limit
    ratio = own / other if row.kind == TIMES else other / own
    spread = ratio * math.hypot(own_spread / own, other_spread / other)
    places = 0 if ratio >= 100 else 1 if ratio >= 10 else 2
    text = f"{ratio:,.{places}f}" + ("x" if row.kind == FASTER else "")
    if spread >= 0.5 * 10**-places:
        text += f" ± {spread:,.{places}f}"
    met = None if row.limit is None else ratio <= row.limit if row.kind == TIMES else ratio >= row.limit
    return times, text, met


def target_text(row):
    if row.limit is None:
        return ""
    if row.kind == FASTER:
        return f"≥ {row.limit:g}x" if row.limit != 1 else "> 1x"
    return f"≤ +{amount(row.who, row.limit)}" if row.kind == PLUS else f"≤ {row.limit:g}"


def table(rows, results):
    compilers = list(results["compilers"])
    speed = rows[0].kind == FASTER
    lines = ["| | " + " | ".join(f"{c} | {'faster' if speed else 'ratio'}" for c in compilers) + " | target | met |"]
    lines.append("|---" * (2 * len(compilers) + 3) + "|")
    for row in rows:
        cells, verdicts = [], []
        for compiler in compilers:
            found = compare(row, results["compilers"][compiler]["values"])
            if found is None:
                cells += ["", ""]
                continue
            cells += found[:2]
            verdicts.append(found[2])
        if verdicts:
            verdict = "" if verdicts[0] is None else "yes" if all(verdicts) else "**no**"
            lines.append(f"| {row.title} | " + " | ".join(cells) + f" | {target_text(row)} | {verdict} |")
    return "\n".join(lines)


def unmet(results):
    lines = []
    for name, rows in tables(results).items():
        for row in rows:
            for compiler, one in results["compilers"].items():
                found = compare(row, one["values"])
                if found and found[2] is False:
                    lines.append(f"- {TITLES[name]}, {row.title}, {compiler}: {found[1]} (target {target_text(row)})")
    return "\n".join(lines) or "All targets are met."


def faster(results):
    """In how many rows the schedule takes less time than the formula by hand."""
    lines = []
    for name in ("throughput", "latency"):
        for compiler, one in results["compilers"].items():
            values = one["values"]
            ratios = [values[r.who][0] / values[r.other][0] for r in tables(results)[name] if compare(r, values)]
            count = sum(ratio < 1 for ratio in ratios)
            lines.append(f"- {name}, {compiler}: {count} of {len(ratios)}, the highest ratio {max(ratios):.2f}")
    return "\n".join(lines)


def machine(results):
    lines = []
    for compiler, one in results["compilers"].items():
        peers = "".join(f", {n} {v}" for n, v in one["versions"].items())
        lines.append(f"- {compiler}: {one['date']}, {one['processor']}, {one['system']}{peers}")
    return "\n".join(lines)


def page(results):
    def fill(found):
        what, _, argument = found[1].partition(" ")
        if what == "table":
            return table(tables(results)[argument], results)
        if what == "counted":
            return counted()
        return {"faster": faster, "machine": machine, "unmet": unmet}[what](results)

    prose = PROSE.read_text()
    if not tables(results)["dialects"]:  # measured before there were any
        prose = re.sub(r"## Dialects\n.*?(?=## )", "", prose, flags=re.DOTALL)
    return re.sub(r"\{\{(.+?)\}\}", fill, prose)


def counted():
    """Instructions per step of tests/budget, for the schedules that are counted by hand, too."""
    with open(BUDGET, newline="") as file:
        costs = {row.pop("what"): row for row in csv.DictReader(file) if row.pop("unit") == "instructions"}
    compilers = sorted(next(iter(costs.values())), reverse=True)
    lines = ["| instructions per step | " + " | ".join(f"{c} | by hand" for c in compilers) + " |",
             "|---|" + "---|---|" * len(compilers)]
    for what in costs:
        hand = costs.get(f"{what}, by hand")
        if hand:
            lines.append(f"| `{what}` | " + " | ".join(f"{costs[what][c]} | {hand[c]}" for c in compilers) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--compiler")
    parser.add_argument("--take", nargs="+", metavar="FILE")
    args = parser.parse_args()

    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"compilers": {}}
    if args.take:
        name = compiler_of(args.compiler)
        kind = name.split()[0]
        results["compilers"] = {c: v for c, v in results["compilers"].items() if c.split()[0] != kind}
        results["compilers"][name] = {
            "date": datetime.date.today().isoformat(),
            "processor": processor(),
            "system": system(),
            "versions": versions(args.take),
            "values": take(args.take),
        }
        results["compilers"] = dict(sorted(results["compilers"].items(), reverse=True))
        text = json.dumps(results, indent=1)
        RESULTS.write_text(re.sub(r"\[\s+([\d.e+-]+),\s+([\d.e+-]+)\s+\]", r"[\1, \2]", text) + "\n")
    text = page(results)
    if args.check:
        if PAGE.read_text() != text:
            sys.exit("docs/performance.md is not what bench/make_page.py makes of bench/results.json: run it")
    else:
        PAGE.write_text(text)


if __name__ == "__main__":
    main()
