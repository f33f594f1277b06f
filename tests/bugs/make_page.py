#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes docs/bugs.md of the tests next to this file, or (--check) says whether it is what they make.

Each tests/bugs/*.test.cpp has a line `// section: TITLE`. Each of its tests is

    // reported: what the report says
    // why: why it happened, as far as the report says it
    // here: what pacer does
    TEST_CASE("OWNER/REPOSITORY#NUMBER: what went wrong") {

where a text goes on in lines that begin with `//   `."""

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/bugs.md"
KEYS = ("reported", "why", "here")

INTRO = """\
# Reported bugs of learning-rate schedules, replayed

<!-- Made by tests/bugs/make_page.py of the tests; do not edit. -->

{count} public reports about schedules, in many projects. Each is a test: it computes what was reported, the way it was
reported, and shows that pacer's rate is another one, and the right one; or that what led to it cannot be written down.

*Reported* is what the report says, at the time it was written; many of these have been fixed since. *Why* is the cause,
as the report or its answers give it.
"""


class Wrong(Exception):
    pass


def wrapped(text, width=120):
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return "\n".join([*lines, line])


def comment_above(lines, number, where):
    first = number
    while first > 0 and lines[first - 1].startswith("//"):
        first -= 1
    texts = {}
    for line in lines[first:number]:
        start = re.fullmatch(r"// (\w+): (.+)", line)
        more = re.fullmatch(r"//   (\S.*)", line)
        if start and start[1] in KEYS and start[1] not in texts:
            key = start[1]
            texts[key] = start[2]
        elif more and texts:
            texts[key] += " " + more[1]
        else:
            raise Wrong(f"{where}: not a line of 'reported', 'why' and 'here': {line}")
    if tuple(texts) != KEYS:
        raise Wrong(f"{where}: there must be 'reported', 'why' and 'here', in this order")
    return texts


def cases_of(path):
    source = path.read_text()
    lines = source.splitlines()
    title = re.search(r"^// section: (.+)$", source, re.MULTILINE)
    if not title:
        raise Wrong(f"{path.name}: no line '// section: TITLE'")
    cases = []
    for number, line in enumerate(lines):
        if not line.startswith("TEST_CASE("):
            continue
        where = f"{path.name}:{number + 1}"
        name = re.fullmatch(r'TEST_CASE\("([\w.-]+/[\w.-]+)#(\d+): (.+)"\) \{', line)
        if not name:
            raise Wrong(f"{where}: not TEST_CASE(\"OWNER/REPOSITORY#NUMBER: ...\")")
        cases.append((name[1], name[2], name[3], comment_above(lines, number, where)))
    if not cases:
        raise Wrong(f"{path.name}: no test")
    return title[1], cases


def page():
    sections, seen = [], set()
    for path in sorted(Path(__file__).parent.glob("*.test.cpp")):
        title, cases = cases_of(path)
        text = f"\n## {title}\n\n"
        text += wrapped(f"Tests: [`tests/bugs/{path.name}`](../tests/bugs/{path.name})") + "\n"
        for repository, number, statement, texts in cases:
            reference = f"{repository}#{number}"
            if reference in seen:
                raise Wrong(f"{path.name}: {reference} is there twice")
            seen.add(reference)
            text += f"\n### {statement[0].upper()}{statement[1:]}\n\n"
            link = f"[{reference}](https://github.com/{repository}/issues/{number})"
            text += wrapped(f"**Reported** in {link}: {texts['reported']}") + "\n\n"
            text += wrapped(f"**Why**: {texts['why']}") + "\n\n"
            text += wrapped(f"**Here**: {texts['here']}") + "\n"
        sections.append(text)
    return INTRO.format(count=len(seen)) + "".join(sections)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; fail if the page is another")
    options = parser.parse_args()
    try:
        text = page()
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        return 1
    if not options.check:
        PAGE.write_text(text)
    elif not PAGE.exists() or PAGE.read_text() != text:
        print("docs/bugs.md is not what the tests make: run tests/bugs/make_page.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
