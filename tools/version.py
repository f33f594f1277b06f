#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The version is written in include/pacer/version.hpp. Package managers want it in files of their own as well:

    version.py                 prints it
    version.py --check         fails where another file says another version
    version.py --write         writes it into those files
    version.py --hashes FILE   writes the hashes of that archive into the package files of release
"""

import argparse
import hashlib
import re
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1]

# Where it is written again: the file, and the text before and after it.
COPIES = [
    ("meson.build", "  version: '", "'"),
    ("MODULE.bazel", '    version = "', '"'),
    ("packaging/vcpkg/ports/pacer/vcpkg.json", '  "version": "', '"'),
    ("packaging/xmake/packages/p/pacer/xmake.lua", 'add_versions("', '"'),
    ("packaging/meson/pacer.wrap", "directory = pacer-", "\n"),
    ("packaging/meson/pacer.wrap", "/releases/download/v", "/"),
    ("packaging/meson/pacer.wrap", "source_filename = pacer-", ".tar.gz"),
]


def version():
    text = (SOURCE / "include/pacer/version.hpp").read_text()
    return ".".join(re.search(rf"PACER_VERSION_{part} (\d+)", text)[1] for part in ("MAJOR", "MINOR", "PATCH"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--hashes", type=Path)
    args = parser.parse_args()
    now = version()
    wrong = 0
    for name, before, after in COPIES:
        path = SOURCE / name
        text = path.read_text()
        pattern = re.escape(before) + r"(\d+\.\d+\.\d+)" + re.escape(after)
        found = re.findall(pattern, text)
        if len(found) != 1:
            sys.exit(f"{name}: {len(found)} versions after {before!r}, not one")
        if found[0] != now:
            wrong += 1
            print(f"{name} says {found[0]}, include/pacer/version.hpp {now}")
        if args.write:
            path.write_text(re.sub(pattern, lambda _: before + now + after, text))
        elif args.check and args.hashes is None and "pacer.wrap" in name and f"pacer-{now}.tar.gz" not in text:
            sys.exit(f"{name}: its source_url is of another version")
    if args.write:  # the last part of the address
        path = SOURCE / "packaging/meson/pacer.wrap"
        path.write_text(re.sub(r"/pacer-\d+\.\d+\.\d+\.tar\.gz", f"/pacer-{now}.tar.gz", path.read_text()))
    if args.hashes:
        data = args.hashes.read_bytes()
        sha256, sha512 = hashlib.sha256(data).hexdigest(), hashlib.sha512(data).hexdigest()
        for name, pattern, hexadecimal in [
            ("packaging/meson/pacer.wrap", r"(?<=source_hash = )[0-9a-f]+", sha256),
            ("packaging/xmake/packages/p/pacer/xmake.lua", rf'(?<=add_versions\("{re.escape(now)}", ")[0-9a-f]+', sha256),
        ]:
            path = SOURCE / name
            text, count = re.subn(pattern, hexadecimal, path.read_text())
            if count != 1:
                sys.exit(f"{name}: no place for a hash")
            path.write_text(text)
        print(f"sha256 {sha256}\nsha512 {sha512}")
    elif not args.check and not args.write:
        print(now)
    return 1 if args.check and wrong else 0


sys.exit(main())
