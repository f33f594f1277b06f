# SPDX-License-Identifier: MIT
# configure PRESET and build PRESET [NAME]: as the presets of CMakePresets.json say; without them where CMake is too old to read
# them (they are for 3.25, pacer itself for 3.21).
pacer_cmake_version() { cmake --version | sed -n 's/^cmake version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p'; }

pacer_has_presets() {
    local major minor
    read -r major minor <<<"$(pacer_cmake_version)"
    ((major > 3 || (major == 3 && minor >= 25)))
}

need_tools() {
    local tool missing=()
    for tool in cmake ninja; do
        command -v "$tool" >/dev/null || missing+=("$tool")
    done
    command -v "${CXX:-c++}" >/dev/null || command -v g++ >/dev/null || missing+=("a C++20 compiler")
    if ((${#missing[@]})); then
        (
            IFS=,
            echo "needed and not found: ${missing[*]}" >&2
        )
        return 1
    fi
    local major minor
    read -r major minor <<<"$(pacer_cmake_version)"
    if ((major < 3 || (major == 3 && minor < 21))); then
        echo "CMake 3.21 or newer is needed; this is $major.$minor ($(command -v cmake)). A newer one: pip install cmake" >&2
        return 1
    fi
}

# Quiet, unless it fails.
configure() {
    need_tools || return 1
    mkdir -p build
    local command=(cmake --preset "$1")
    if ! pacer_has_presets; then
        command=(cmake -S . -B "build/$1" -G Ninja -D CMAKE_BUILD_TYPE=Release -D CMAKE_CXX_FLAGS_RELEASE=-O2
            -D PACER_RECIPES=ON -D PACER_BUILD_EXAMPLES=ON)
        [ "$1" = demo ] || command+=(-D PACER_BUILD_TESTS=ON)
        echo "CMake is older than 3.25: presets are not used" >&2
    fi
    "${command[@]}" >"build/$1.log" 2>&1 || {
        cat "build/$1.log" >&2
        echo "the configuration failed: ${command[*]}" >&2
        return 1
    }
}

build() { cmake --build "build/$1" --parallel "$(nproc)"; }
