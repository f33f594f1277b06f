#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# run_scripts.sh SOURCE WORK: what examples/run and tests/run say and do with an old CMake, without a tool, and as a user who
# may not install.
set -euo pipefail
source=$1
work=$2
rm -rf "$work"
mkdir -p "$work/bin" "$work/project"

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# A CMake that says its version, and writes down what it is asked for.
fake_cmake() {
    printf '#!/bin/sh\nif [ "$1" = --version ]; then echo "cmake version %s"; else echo "$@" >>"%s/asked"; fi\n' "$1" "$work" \
        >"$work/bin/cmake"
    chmod +x "$work/bin/cmake"
    rm -f "$work/asked"
}
touch "$work/bin/ninja" "$work/bin/g++"
chmod +x "$work"/bin/*

# steps COMMAND...: in a project of its own, where only the fake tools are found first.
steps() {
    (
        cd "$work/project"
        PATH="$work/bin:$PATH"
        source "$source/cmake/steps.sh"
        "$@"
    ) 2>&1
}

fake_cmake 3.25.1
steps configure demo >"$work/said"
grep -qx -- "--preset demo" "$work/asked" || fail "CMake 3.25 is not asked for the preset: $(cat "$work/asked")"

fake_cmake 3.22.1
steps configure demo >"$work/said"
grep -q "presets are not used" "$work/said" || fail "nothing is said of presets"
grep -q -- "-S . -B build/demo -G Ninja .*-D PACER_BUILD_EXAMPLES=ON" "$work/asked" || fail "asked: $(cat "$work/asked")"

fake_cmake 3.18.4
steps configure demo >"$work/said" && fail "CMake 3.18 is taken"
grep -q "CMake 3.21 or newer is needed; this is 3.18" "$work/said" || fail "said: $(cat "$work/said")"
[ ! -e "$work/asked" ] || fail "CMake 3.18 is asked all the same"

# Packages that are missing, as a user: they are named, and it stops.
user() {
    (
        id() { echo 1000; }
        sudo() { return 1; }
        apt-get() { fail "apt-get is called"; }
        dpkg-query() { return 1; }
        source "$source/cmake/install_missing.sh"
        install_missing bash-made-up libfmt-dev && echo "went on"
    ) 2>&1 || true
}
if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
    user >"$work/said"
    grep -q "sudo apt-get install bash-made-up libfmt-dev" "$work/said" || fail "said: $(cat "$work/said")"
    grep -q "went on" "$work/said" && fail "it goes on without them"
    PACER_FETCH=1 user >"$work/said"
    [ "$(cat "$work/said")" = "went on" ] || fail "said with PACER_FETCH: $(cat "$work/said")"
fi

# Both scripts stop where these do.
for script in examples/run tests/run; do
    grep -q "set -euo pipefail" "$source/$script" && grep -q "^ *configure " "$source/$script" || fail "$script"
done
echo "as it should be"
