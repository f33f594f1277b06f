#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the pages that Sphinx makes the site of: the guides of docs/, a page for each schedule and each dialect, and one for
each header.

A schedule's page says what `pacer list`, `plot` and `convert` say of its example, and what its docstring says; there is no list
of schedules here."""

import argparse
import itertools
import json
import os
import re
import shlex
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

# What stands together in the margin. A guide that no group has is an error.
GUIDES = {
    "Start": ["first_five_minutes", "overview", "dialects", "stop-and-resume", "recipes-and-replay"],
    "Guides": ["schedules", "expressions", "composition", "command", "page", "adapters", "trainers", "device"],
    "Background": ["numerics-and-speed", "accuracy", "performance", "guarantees", "limits", "platforms", "packages", "parity", "bugs",
                   "quality"],
}

# The layers of include/pacer, from the top of what a reader needs.
LAYERS = {
    ".": "The core",
    "schedules": "Schedules",
    "expression": "Expressions",
    "training": "Training",
    "dialects": "Dialects",
    "recipes": "Recipes",
    "analysis": "Analysis",
    "analysis/convert": "Conversions",
    "adapters": "Adapters",
}

SECTIONS = (
    "briefdescription detaileddescription innernamespace innerclass define enum typedef var func public-type "
    "public-static-attrib public-attrib public-func public-static-func user-defined"
)
LANGUAGES = {".hpp": "cpp", ".cpp": "cpp", ".cu": "cuda", ".py": "python", ".c": "c", ".csv": "text", "": "text"}


def as_markdown(comment):
    """A comment of a header as a text of its own; what filter.py does for Doxygen is done here, too."""
    text = "\n".join(line[4:] for line in comment.splitlines())
    text = re.sub(r"^(Source:|An error)", r"\n\1", text, flags=re.MULTILINE)
    return re.sub(r"^@\w+ +(\S+)", r"\n\1:", text, flags=re.MULTILINE)


class Site:
    def __init__(self, source, output, xml, pacer):
        self.source, self.output, self.xml, self.pacer = source, output, xml, pacer
        self.listings = {}  # files of the project that pages link to, by path, with their places on the site
        compounds = [ElementTree.parse(path).getroot()[0] for path in xml.glob("*_8hpp.xml")]
        self.briefs = {}
        for c in compounds:
            header = Path(c.find("location").get("file")).relative_to("pacer")
            # Of a header without a comment of its own, that of the class it is named after.
            names = {i.text.rpartition("::")[2]: i.get("refid") for i in c.findall("innerclass")}
            own = c if c.findtext("briefdescription/para") or header.stem not in names else None
            own = own if own is not None else ElementTree.parse(xml / f"{names[header.stem]}.xml").getroot()[0]
            self.briefs[header] = " ".join("".join(own.find("briefdescription").itertext()).split())
        self.headers = sorted(self.briefs)

    def write(self, name, text):
        path = self.output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run(self, *arguments):
        return subprocess.run([self.pacer, *arguments], check=True, text=True, capture_output=True).stdout

    # Guides

    def place_of(self, path):
        """Where a file of the project stands on the site; None for a folder."""
        if path == "README.md":
            return "overview.md"
        if path.startswith("docs/"):
            return path.removeprefix("docs/")
        header = path.removeprefix("include/pacer/")
        if header != path and Path(header) in self.headers:
            return f"reference/{header}.rst"
        if not (self.source / path).is_file():
            return None
        self.listings[path] = f"files/{path.removesuffix('.md')}.md"
        return self.listings[path]

    def moved(self, text, page, to):
        """The text of a page of the project with its links as they are on the site."""

        def link(match):
            label, target = match["label"], match["target"]
            if re.match(r"\w+:", target):
                return match[0]
            path, _, anchor = target.partition("#")
            if path:
                path = os.path.normpath(self.source / Path(page).parent / path)
                place = self.place_of(os.path.relpath(path, self.source))
                if place is None:  # a folder
                    return label
                path = os.path.relpath(place, Path(to).parent)
            return f"[{label}]({path}{'#' + anchor if anchor else ''})"

        parts = re.split(r"(^```.*?^```[ ]*$)", text, flags=re.MULTILINE | re.DOTALL)
        for k in range(0, len(parts), 2):
            parts[k] = re.sub(r"^<!--.*?-->\n+", "", parts[k], flags=re.MULTILINE | re.DOTALL)
            parts[k] = re.sub(r"\[(?P<label>(?:`[^`]*`|[^\]`])*)\]\((?P<target>[^)\s]+)\)", link, parts[k])
        return "".join(parts)

    def guides(self):
        here = {p.stem for p in (self.source / "docs").glob("*.md")} | {"overview"}
        listed = [g for group in GUIDES.values() for g in group]
        if here != set(listed):
            raise SystemExit(f"docs/site/pages.py: in a group or in docs/, but not in both: {here ^ set(listed)}")
        for name in here - {"overview"}:
            page = f"docs/{name}.md"
            self.write(f"{name}.md", self.moved((self.source / page).read_text(), page, f"{name}.md"))
        for picture in (self.source / "docs").iterdir():
            if picture.suffix in (".svg", ".png"):
                shutil.copy(picture, self.output)

    def home(self):
        readme = self.moved((self.source / "README.md").read_text(), "README.md", "overview.md")
        top, rest = readme.split("\n## Use it\n")
        top, commands = top.split("```sh\n", 1)
        title, body = top.split("\n", 1)
        self.write("overview.md", f"# Use it\n{rest}")
        rows = re.findall(r"^\| \[(.+?)\]\((.+?)\) \| (.+) \|$", readme, re.MULTILINE)
        rows = [(label, place, re.sub(r"\[(.+?)\]\(.+?\)", r"\1", about)) for label, place, about in rows]
        cards = "\n".join(f"- **[{label}]({place})**\n\n  {about}\n" for label, place, about in rows)
        toctrees = "\n".join(self.toctree(group, pages) for group, pages in GUIDES.items())
        toctrees += self.toctree("Schedules", ["schedules/index", "schedules/dialects"])
        toctrees += self.toctree("Reference", ["reference/index"])
        self.write("index.md", f"{title}\n{body}\n## Where to go\n\n:::{{container}} cards\n{cards}:::\n\n{toctrees}")

    @staticmethod
    def toctree(caption, pages):
        options = (f":caption: {caption}\n" if caption else "") + ":hidden:\n:maxdepth: 1\n"
        return "```{toctree}\n" + options + "\n" + "\n".join(pages) + "\n```\n\n"

    def files(self):
        """What the pages link to: sources and data of the project."""
        written = {}
        while written != self.listings:  # pages among them link to more
            for path, place in sorted(self.listings.items() - written.items()):
                written[path] = place
                if path.endswith(".md"):
                    text = self.moved((self.source / path).read_text(), path, place)
                else:
                    language = LANGUAGES.get(Path(path).suffix, "text")
                    relative = os.path.relpath(self.source / path, (self.output / place).parent)
                    text = f"# `{path}`\n\n```{{literalinclude}} {relative}\n:language: {language}\n```\n"
                self.write(place, f"---\norphan: true\n---\n\n{text}")

    # Schedules

    def docstring(self, schedule):
        """What stands before the class of a schedule."""
        name = schedule["name"].rpartition("::")[2]
        for header in self.headers:
            text = (self.source / "include/pacer" / header).read_text()
            dialect = schedule["dialect"]
            if (header.parts[0] != ("dialects" if dialect else "schedules")) or (
                dialect and f"namespace pacer::{dialect} " not in text
            ):
                continue
            found = re.search(
                rf"((?:^///.*\n)+)(?:template <.*>\n)?(?:struct {name} :|class {name} :|using {name} =)", text, re.MULTILINE
            )
            if found:
                return as_markdown(found[1]), header
        raise SystemExit(f"docs/site/pages.py: no docstring of {schedule['name']} in include/pacer")

    def schedule(self, schedule, level, folder):
        name, example = schedule["name"], schedule["example"]
        short = name.rpartition("::")[2]
        doc, header = self.docstring(schedule)
        first, _, rest = doc.partition("\n\n")
        picture = f"{name.replace('::', '.')}.svg"
        folder_path = self.output / "schedules"
        folder_path.mkdir(parents=True, exist_ok=True)
        self.run("plot", "--svg", folder_path / picture, f"{short}={example}")
        curve = json.loads(self.run("plot", "--json", "--points", "2", example))["curves"][0]
        code = self.run("convert", "--to", "cpp", example)

        def row(*cells):
            return "| " + " | ".join(str(c).replace("|", "\\|") for c in cells) + " |\n"

        fields = row("field", "what it is", "accepted", "if not given") + "|---|---|---|---|\n"
        for f in schedule["fields"]:
            default = "must be given" if f["must_be_given"] else f"`{f['default']}`" if f["default"] else "may be left out"
            fields += row(f"`{f['name']}`", f["about"], f["accepted"], default)
        marks = row("step", "rate", "") + "|--:|--:|---|\n"
        for (step, rate), of_step in itertools.groupby(curve["landmarks"], key=lambda m: (m["step"], m["rate"])):
            marks += row(step, f"{rate:.6g}", ", ".join(m["about"] if m["kind"] == "past the end" else m["kind"] for m in of_step))
        h = "#" * (level + 1)
        of = "" if level == 1 else f" of {short}"
        return (
            f"{'#' * level} {short}\n\n{first}\n\n![{name}: the rate by step]({picture})\n\n{rest}\n\n"
            f"{h} Fields{of}\n\n{fields}\n"
            f"{h} The curve{of} in the picture\n\n{marks}\n"
            f"As an [expression](../expressions.md):\n\n```{{code-block}} none\n:class: expression\n\n{example}\n```\n\n"
            f"In C++:\n\n```cpp\n{code.rstrip()}\n```\n\n"
            f"Drawn by `pacer plot --svg {picture} {shlex.quote(example)}`. Reference: "
            f"[`pacer/{header}`](../reference/{header}.rst).\n\n"
        )

    def schedules(self):
        all_of_them = json.loads(self.run("list", "--json"))
        own = [s for s in all_of_them if not s["dialect"]]
        dialects = {}
        for s in all_of_them:
            if s["dialect"]:
                dialects.setdefault(s["dialect"], []).append(s)
        for s in own:
            self.write(f"schedules/{s['name']}.md", self.schedule(s, 1, "schedules"))
        for dialect, members in dialects.items():
            pages = "".join(self.schedule(s, 2, "schedules") for s in members)
            self.write(f"schedules/{dialect}.md", f"# {dialect}\n\n{self.introduction(dialect)}\n\n{pages}")

        def gallery(entries):
            items = "\n".join(
                f"- [![]({picture})]({place})\n\n  **[{label}]({place})**\n\n  {about}\n" for label, place, picture, about in entries
            )
            return f":::{{container}} gallery\n{items}:::\n\n"

        entries = [(s["name"], f"{s['name']}.md", f"{s['name']}.svg", f"`{s['formula']}`") for s in own]
        self.write(
            "schedules/index.md",
            "# The schedules of pacer\n\nEach with its formula, landmarks, picture, C++ and expression. P is `peak_lr`, T "
            "`total_steps`, W the warm-up in updates, s the step, r = (s - W) / (T - W). Under each name stands the rate after the warm-up.\n\n"
            + gallery(entries)
            + self.toctree("", [s["name"] for s in own]),
        )
        entries = [
            (d, f"{d}.md", f"{m[0]['name'].replace('::', '.')}.svg", f"{len(m)} schedule{'s' if len(m) > 1 else ''}")
            for d, m in dialects.items()
        ]
        self.write(
            "schedules/dialects.md",
            "# The schedules of each dialect\n\nUnder the names of their own libraries; [Dialects](../dialects.md) has what "
            "to watch when one is ported.\n\n" + gallery(entries) + self.toctree("", list(dialects)),
        )

    def introduction(self, dialect):
        for header in self.headers:
            text = (self.source / "include/pacer" / header).read_text()
            if header.parts[0] == "dialects" and f"namespace pacer::{dialect} " in text:
                found = re.search(r"\A(?:(?!///).*\n)+((?:///.*\n)+)", text)
                return as_markdown(found[1]) if found else ""
        raise SystemExit(f"docs/site/pages.py: no header of {dialect}")

    # Reference

    def concepts(self):
        """Doxygen's concepts, which Breathe does not know, by header."""
        found = {}
        for path in sorted(self.xml.glob("concept*.xml")):
            compound = ElementTree.parse(path).getroot()[0]
            initializer = re.sub(r"\s+", " ", "".join(compound.find("initializer").itertext())).strip()
            template, _, rest = initializer.partition(" concept ")
            texts = [
                " ".join("".join(p.itertext()).split())
                for part in ("briefdescription", "detaileddescription")
                for p in compound.find(part).iter("para")
            ]
            header = Path(compound.find("location").get("file").removeprefix("pacer/"))
            found.setdefault(header, []).append((template, rest.partition(" =")[0], texts))
        return found

    def reference(self):
        concepts = self.concepts()
        groups = {}
        for header in self.headers:
            groups.setdefault(str(header.parent), []).append(header)
            title = f"``pacer/{header}``"
            text = f"{title}\n{'=' * len(title)}\n\n"
            text += f".. code-block:: cpp\n\n   #include <pacer/{header}>\n\n"
            for template, name, paragraphs in concepts.get(header, []):
                text += f".. cpp:concept:: {template} {name}\n\n" + "".join(f"   {p}\n\n" for p in paragraphs)
            text += f".. doxygenfile:: pacer/{header}\n   :sections: {SECTIONS}\n"
            self.write(f"reference/{header}.rst", text)
        if set(groups) != set(LAYERS):
            raise SystemExit(f"docs/site/pages.py: no title for {set(groups) ^ set(LAYERS)}")
        index = "# Reference\n\nWhat each header has, made of its comments.\n\n"
        for folder, title in LAYERS.items():
            index += f"## {title}\n\n"
            for header in groups[folder]:
                index += f"- [`{header}`]({header}.rst) {self.briefs[header]}\n"
            index += "\n" + self.toctree("", [f"{h}" for h in groups[folder]])
        self.write("reference/index.md", index)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("source", "output", "xml", "pacer"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    o = parser.parse_args()
    site = Site(o.source.resolve(), o.output.resolve(), o.xml.resolve(), o.pacer.resolve())
    shutil.rmtree(site.output, ignore_errors=True)
    site.output.mkdir(parents=True)
    for name in ("conf.py", "static"):
        source = site.source / "docs/site" / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, site.output / name)
    site.guides()
    site.home()
    site.schedules()
    site.reference()
    site.files()


if __name__ == "__main__":
    main()
