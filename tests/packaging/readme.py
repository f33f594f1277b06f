#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks every fenced code block and every link of a page, README.md or of docs/ or examples/, against the source.

cpp    A block with main() is a program: compiled and run; if a block `text` or `output` follows, it must print that.
       A block with an #include but no main() is compiled; any other block, or one after `<!-- given: ... -->`, is a
       piece of a function body, compiled behind the declarations that are given there, which a reader does not see.
       The first block of README.md is examples/quickstart.cpp, character for character.
cuda   Compiled for a device by clang, where there is one.
cmake  Configured in a project of its own with this source tree in place of the download, and built.
sh     Every script it calls exists and can be executed. An example of ours, or the command, is run: it must make the picture
       that it names, and print the block `text` that follows, among other things.
json   Can be parsed.
yaml   Can be parsed where Python has a parser; read by the tests of the recipes otherwise.

A block after the line `<!-- file: NAME -->` is the file of that name beside the page, character for character, and nothing
else is asked of it. A block after the line `<!-- untested: REASON -->` is left alone. A version number on the page is the version. A link
into the tree leads to a file that is there and, in a page, to a heading that it has."""

import argparse
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

FENCE = re.compile(
    r"(?:^<!-- untested: (?P<reason>.+?) -->\n+)?(?:^<!-- file: (?P<file>.+?) -->\n+)?(?:^<!-- given:(?P<given>.+?)-->\n+)?^```(?P<tag>[\w+-]*)[^\n]*\n(?P<code>.*?)^```[ ]*$",
    re.MULTILINE | re.DOTALL,
)

INCLUDE = re.compile(r"^#include .*\n", re.MULTILINE)

# As tests/device compiles: without any vendor's headers, which a reader of the block has.
CUDA = ["-std=c++20", "-x", "cuda", "--cuda-gpu-arch=sm_70", "-nocudainc", "-nocudalib", "--cuda-device-only"]
CUDA += ["-Xclang", "-fno-cuda-host-device-constexpr", "-fsyntax-only", "-include", "cstdlib"]
CUDA += [f"-D__{word}__=__attribute__(({word}))" for word in ("global", "host", "device")]
CUDA_HEADERS = """struct uint3 { unsigned x, y, z; };
struct dim3 { unsigned x, y, z; };
#include <__clang_cuda_builtin_vars.h>
"""

problems = []


def complain(block, text):
    problems.append(f"{block['page']}:{block['line']}: {text}")


def run(block, command, may_find=False, **options):
    done = subprocess.run([str(c) for c in command], text=True, capture_output=True, **options)
    if done.returncode != 0 and not (may_find and done.returncode == 1):
        command = " ".join(str(c) for c in command)
        complain(block, f"failed ({done.returncode}): {command}\n{done.stdout}{done.stderr}")
        return None
    return done.stdout


def blocks_of(page, text):
    return [
        {
            "page": page,
            "tag": m["tag"],
            "code": m["code"],
            "reason": m["reason"],
            "file": m["file"],
            "given": m["given"],
            "start": m.start("code"),
            "end": m.end(),
            "line": text.count("\n", 0, m.start("code")),
        }
        for m in FENCE.finditer(text)
    ]


def flags_of(code):
    """Compiler flags for the third parties that a block includes."""
    packages = []
    if "<fmt/" in code:
        packages.append("fmt")
    if re.search(r"<pacer/(recipes|analysis)/", code):
        packages += ["yaml-cpp", "tomlplusplus"]
    if not packages:
        return []
    done = subprocess.run(["pkg-config", "--cflags", "--libs", *packages], text=True, capture_output=True)
    return done.stdout.split()


def in_function(block):
    """A piece of a function body as a file."""
    code = (block["given"] or "") + block["code"]
    headers = "".join(INCLUDE.findall(code))
    name = f"piece_of_line_{block['line']}"
    return f"{headers}#include <pacer/pacer.hpp>\nvoid {name}();\nvoid {name}() {{\n{INCLUDE.sub('', code)};\n}}\n"


def compiler(options):
    command = [options.cxx, "-std=c++20", "-Wall", "-Wextra", f"-I{options.source}/include"]
    for directory in options.third_party:
        command += ["-isystem", directory]
    return command


def compile_pieces(pieces, options):
    """All pieces as one file, which takes a fraction of the time; each by itself only where that does not compile."""
    source = options.work / "pieces.cpp"
    source.write_text("".join(in_function(block) for block in pieces))
    command = [str(c) for c in [*compiler(options), "-fsyntax-only", source]]
    if len(pieces) > 1 and subprocess.run(command, capture_output=True).returncode == 0:
        return
    for block in pieces:
        source.write_text(in_function(block))
        run(block, command)


def check_cpp(block, following, options):
    code = block["code"]
    is_program = re.search(r"\bmain\s*\(", code)
    is_piece = not is_program and (block["given"] or "#include" not in code)
    command = compiler(options)

    # An adapter block can only be compiled where its third party is.
    for header in re.findall(r"#include <([^>]+)>", (block["given"] or "") * bool(is_piece) + code):
        if not header.startswith("pacer/") or header.startswith("pacer/adapters/"):
            probe = subprocess.run(
                command + ["-x", "c++", "-E", "-"], input=f"#include <{header}>\n", text=True, capture_output=True
            )
            if probe.returncode != 0:
                return f"not compiled: no <{header}> here"

    if is_piece:
        options.pieces.append(block)
        return "compiled"

    stem = options.work / f"line_{block['line']}"
    source = stem.with_suffix(".cpp")
    source.write_text(code)
    if not is_program:
        run(block, [*command, source, "-fsyntax-only"])
        return "compiled"
    flags = flags_of(code)
    if re.search(r"<pacer/(recipes|analysis|expression)/", code):
        # The first program of a page compiles the readers itself, as a reader would; the others take the library.
        if options.linked:
            flags = [*options.compiled, *flags]
        options.linked = True
    if run(block, [*command, source, "-o", stem, *flags]) is None:
        return "failed"
    printed = run(block, [stem], cwd=options.source)
    if following and following["tag"] in ("text", "output"):
        if printed is not None and printed.rstrip() != following["code"].rstrip():
            complain(block, f"prints\n{printed}and the page says\n{following['code']}")
        return "run, and its output compared"
    return "run"


def check_file(block, options):
    file = (options.source / block["page"]).parent / block["file"]
    if not file.exists():
        complain(block, f"{block['file']} does not exist")
    elif block["code"] != file.read_text():
        complain(block, f"is not {block['file']}, character for character")
    return f"compared with {block['file']}"


def check_cuda(block, options):
    names = ["clang++", *(f"clang++-{version}" for version in range(19, 13, -1))]
    clang = next(filter(None, map(shutil.which, names)), None)
    if clang is None:
        return "not compiled: no clang++ here"
    source = options.work / f"line_{block['line']}.cu"
    source.write_text(f"{CUDA_HEADERS}#include <pacer/pacer.hpp>\n{block['code']}")
    run(block, [clang, *CUDA, f"-I{options.source}/include", source])
    return "compiled for a device"


def check_cmake(block, options, main):
    code = block["code"]
    directory = options.work / f"cmake_{block['line']}"
    directory.mkdir()
    (directory / "main.cpp").write_text(main)
    if not re.search(r"^project\(", code, re.MULTILINE):
        code = f"cmake_minimum_required(VERSION 3.21...4.2)\nproject(reader LANGUAGES CXX)\n{code}"
    if "add_executable(" not in code:
        for target in dict.fromkeys(re.findall(r"target_link_libraries\(\s*(\S+)", code)):
            code = code.replace("target_link_libraries(", f"add_executable({target} main.cpp)\ntarget_link_libraries(", 1)
    else:
        for name in re.findall(r"[\w./-]+\.cpp", code):
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            (directory / name).write_text(main)
    if "pacer" not in code or "target_link_libraries" not in code:
        complain(block, "does not link pacer")
    (directory / "CMakeLists.txt").write_text(code)
    configure = [options.cmake, "-S", directory, "-B", directory / "build", f"-DCMAKE_CXX_COMPILER={options.cxx}"]
    configure += [f"-DFETCHCONTENT_SOURCE_DIR_PACER={options.source}", f"-DCMAKE_PREFIX_PATH={options.prefix}"]
    if run(block, configure) is not None:
        run(block, [options.cmake, "--build", directory / "build"])
    return "configured and built"


def check_sh(block, following, options):
    for script in re.findall(r"(?:^|\s)((?:\./|bench/|tests/|examples/)[\w./-]+)", block["code"]):
        path = options.source / script
        if not path.exists():
            complain(block, f"{script} does not exist")
        elif path.is_file() and not script.startswith("tests/data/") and not os.access(path, os.X_OK):
            complain(block, f"{script} cannot be executed")
    result = "its scripts exist"
    for folder, line in re.findall(r"^build/demo/(examples|tools)/(.*)$", block["code"].replace("\\\n", " "), re.MULTILINE):
        name, *arguments = shlex.split(line)
        pictures = [a for a in arguments if a.endswith(".svg")]
        arguments = [options.work / Path(a).name if a in pictures else a for a in arguments]
        built = options.examples.parent / folder / name
        if not ((options.source / f"{folder}/{name}.cpp").exists() or (folder, name) == ("tools", "pacer")):
            complain(block, f"{folder}/{name} does not exist")
        if not built.exists():
            return f"not run: {name} is not built"
        # The command ends with 1 where it has found something.
        printed = run(block, [built, *arguments], may_find=folder == "tools", cwd=options.source)
        if printed is None:
            return "failed"
        result = f"{name} run"
        for picture in pictures:
            result += ", and its picture compared"
            if (options.work / Path(picture).name).read_text() != (options.source / picture).read_text():
                complain(block, f"does not make {picture}")
        # The cosines of another C library would make the trainer's rates others.
        if following and following["tag"] == "text" and platform.libc_ver()[0] == "glibc":
            result += ", and its output compared"
            if following["code"].rstrip() not in printed:
                complain(block, f"prints\n{printed}and the page says\n{following['code']}")
    return result


def check_yaml(block):
    try:
        import yaml
    except ImportError:
        return "not parsed: Python has no yaml here"
    try:
        list(yaml.safe_load_all(block["code"]))
    except yaml.YAMLError as error:
        complain(block, str(error))
    return "parsed"


def check_json(block):
    try:
        json.loads(block["code"])
    except ValueError as error:
        complain(block, str(error))
    return "parsed"


def anchors_of(text):
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def check_links(page, text, options):
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"\w+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = options.source / page if not path else (options.source / page).parent / path
        if not target.exists():
            problems.append(f"{page} links to {link}, which does not exist")
        elif anchor and anchor not in anchors_of(target.read_text()):
            problems.append(f"{page} links to {link}, a heading that is not there")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("source", "prefix", "work", "examples"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--third-party", type=Path, nargs="*", default=[], help="where headers of trainers are")
    parser.add_argument("--compiled", nargs="*", default=[], help="the compiled libraries, who needs others first")
    parser.add_argument("--page", required=True, help="relative to the source")
    for name in ("version", "cxx", "cmake"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    options.pieces = []
    options.linked = False
    if options.compiled:
        options.compiled += ["-DPACER_COMPILED", "-DPACER_COMPILED_RECIPES"]

    subprocess.run([options.cmake, "-E", "rm", "-rf", options.work], check=True)
    options.work.mkdir(parents=True)

    page = options.page
    text = (options.source / page).read_text()
    blocks = blocks_of(page, text)
    fences = len(re.findall(r"^\s*```", text, re.MULTILINE))
    if fences != 2 * len(blocks):
        problems.append(f"{page} has {fences} fences, which do not make the {len(blocks)} blocks found")

    quickstart = (options.source / "examples/quickstart.cpp").read_text()
    if page == "README.md":
        programs = [b for b in blocks if b["tag"] == "cpp"]
        if not programs:
            problems.append(f"{page} has no cpp block")
        elif programs[0]["code"] != quickstart:
            complain(programs[0], "is not examples/quickstart.cpp, character for character")
    check_links(page, text, options)

    for block, following in zip(blocks, blocks[1:] + [None]):
        # Output belongs to a program if nothing but a sentence or two stands between.
        if following and text[block["end"] : following["start"]].count("\n\n") > 2:
            following = None
        if block["reason"]:
            result = f"left alone: {block['reason']}"
        elif block["file"]:
            result = check_file(block, options)
        elif block["tag"] in ("cpp", "c++"):
            result = check_cpp(block, following, options)
        elif block["tag"] == "cuda":
            result = check_cuda(block, options)
        elif block["tag"] == "cmake":
            result = check_cmake(block, options, quickstart)
        elif block["tag"] in ("sh", "bash", "console"):
            result = check_sh(block, following, options)
        elif block["tag"] in ("yaml", "yml"):
            result = check_yaml(block)
        elif block["tag"] == "json":
            result = check_json(block)
        elif block["tag"] in ("text", "output"):
            result = "text"
        else:
            result = "unknown"
            complain(block, f"has the tag '{block['tag']}', of which nothing is known")
        print(f"{page}:{block['line']}: {block['tag'] or 'no tag'}: {result}")

    compile_pieces(options.pieces, options)

    for version in re.findall(r"\bpacer(?:/archive/(?:refs/tags/)?v| )(\d+\.\d+\.\d+)", text):
        if version != options.version:
            problems.append(f"{page} names version {version}; the headers say {options.version}")

    for problem in problems:
        print(f"\n{problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
