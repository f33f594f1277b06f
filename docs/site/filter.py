#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""filter.py HEADER: what Doxygen reads instead of a header.

- The comment in the head, before the first #include, is that of the file.
- "Source:" and "An error" begin a paragraph.
- What headers need of each other's members is left out; schedules/description.hpp and segments.hpp say once what it is.
- Left out is what Doxygen or Sphinx takes for something else: constraints behind a template, marks between digits."""

import re
import sys

PROTOCOL = re.compile(
    r"""^\ +(
    using\ (rate_type|nameless|params_type)\ =
  | static\ constexpr\ (const\ char\*\ (name|formula|elsewhere)(\ =|$)|bool\ is_unfused\ =)
  | (PACER_\w+\ )*constexpr\ explicit\ \w+\((const\ \w+_params(<Real>)?&\ p|const\ detail::ramp_ends|double\ rise)
  | (\[\[.*\]\]\ )?(PACER_\w+\ )*(static\ |friend\ )?constexpr\ [^=(]*\b(visit_fields|check|curve|end|schedule|kept_until
    |check_stretching|resolved|with_total|split_point|with_schedules|visit_segments|visit_kernel|done|left|symmetric|on_side
    |moved|is_linear|as_linear|power_at|waves|floor|rise|shape)\(
  | .*\boperator==\(
  | \ {4}(step_t|double)\ \w+_(\ =\ 0)?;$  # of a private union, which Doxygen takes for public
    )
    | ^using\ (dialect_)?schedules\ =""",
    re.VERBOSE,
)
LENGTH = re.compile(r"^ +PACER_\w+ constexpr step_t total_steps\(\) const")  # of a dialect's parameters


def main():
    name = sys.argv[1]
    is_hidden = re.compile(r"^ +static constexpr bool is_unfused") if re.search(r"/(description|segments)\.hpp$", name) else PROTOCOL
    lines = open(name).read().splitlines()
    in_head = True
    after = ""
    for k, line in enumerate(lines):
        if in_head and line.startswith("///"):
            print("/// @file\n///")
            in_head = False
        elif line.startswith(("#include", "namespace")):
            in_head = False
        if re.match(r" *///", line):
            if re.match(r" */// (Source:|An error)", line) and not re.fullmatch(r" *///", after):
                print("///")
            after = line
            print(line)
            continue
        after = line
        line = re.sub(r"(?<=\d)'(?=\d)", "", line)
        line = re.sub(r"^requires [^\[(]*?(?=\[\[|PACER_)", "", line)
        declared = lines[k + 1] if re.match(r" +template <.*>$", line) and k + 1 < len(lines) else line
        is_declared_already = declared is line and k > 0 and re.match(r" +template <.*>$", lines[k - 1])
        if not is_declared_already and (is_hidden.match(declared) or ("/dialects/" in name and LENGTH.match(declared))):
            print("/// @private")
        if re.match(r"#define PACER_(?!\w*_HPP$)", line) and not lines[k - 1].startswith("///"):
            print("/// For pacer's own use.")
        if re.match(r"inline constexpr .*\[\] = \{", line):
            print("/// @hideinitializer")
        print(line)


if __name__ == "__main__":
    main()
