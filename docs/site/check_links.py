#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_links.py FOLDER: every link of a built site leads to a file that is there and, where it says one, to a place in it;
and nothing is loaded from the network."""

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.places = set()
        self.links = []
        self.loaded = []
        self.feed(path.read_text())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.places |= {attributes[name] for name in ("id", "name") if attributes.get(name)}
        for name in ("href", "src", "data"):
            if attributes.get(name) is not None:
                self.links.append(attributes[name])
                if tag != "a":
                    self.loaded.append(attributes[name])


def main():
    root = Path(sys.argv[1]).resolve()
    pages = {path: Page(path) for path in root.rglob("*.html")}
    problems = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                if link in page.loaded and parts.scheme != "data":
                    problems.append(f"{path.relative_to(root)} loads {link}")
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file():
                problems.append(f"{path.relative_to(root)} links to {link}, which is not there")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].places:
                problems.append(f"{path.relative_to(root)} links to {link}, a place that is not there")
    for problem in sorted(set(problems)):
        print(problem, file=sys.stderr)
    print(f"{len(pages)} pages, {sum(len(p.links) for p in pages.values())} links, {len(set(problems))} problems")
    return 1 if problems or not pages else 0


if __name__ == "__main__":
    sys.exit(main())
