#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Brings the sources of yaml-cpp and the headers of toml++ to build/third_party, where they are not yet: from a folder that
# PACER_YAML_CPP or PACER_TOMLPLUSPLUS names; else from Debian's packages; else the archives that CMake takes, pinned by their
# hashes. Fails where neither can be had.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

to=$PWD/build/third_party
mkdir -p "$to/include"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# archive NAME: the folder of the archive that cmake/third_party.cmake pins, unpacked.
archive() {
    local url hash
    read -r url hash <<<"$(sed -n "/^set(pacer_third_party_$1\$/,/)/p" ../cmake/third_party.cmake | tail -n +2 | tr -d ')' | xargs)"
    curl -fsSL --connect-timeout 10 --retry 2 -o "$work/$1.tar.gz" "$url" 2>/dev/null || return 1
    echo "$hash  $work/$1.tar.gz" | sha256sum --check --status || {
        echo "$url: another hash than expected" >&2
        return 1
    }
    mkdir "$work/$1" && tar -xzf "$work/$1.tar.gz" -C "$work/$1" --strip-components=1 && echo "$work/$1"
}

# of_debian NAME: the folder of the source package, unpacked; the system's own lists stay as they are.
of_debian() {
    command -v apt-get >/dev/null || return 1
    mkdir -p "$work/sources" "$work/lists" "$work/get"
    local file
    for file in /etc/apt/sources.list.d/{debian,ubuntu}.sources; do
        [ ! -e "$file" ] || sed 's/^Types: .*/Types: deb-src/' "$file" >"$work/sources/${file##*/}"
    done
    [ ! -s /etc/apt/sources.list ] || sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$work/sources/all.list"
    local options=(-qq -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$work/sources"
        -o "Dir::State::Lists=$work/lists" -o APT::Sandbox::User="$(id -un)")
    (
        cd "$work/get"
        apt-get "${options[@]}" update && apt-get "${options[@]}" source --download-only "$1"
        tar -xf "$1"_*.orig.tar.*
    ) >/dev/null 2>&1 || return 1
    find "$work/get" -mindepth 1 -maxdepth 1 -type d -name "$1*" -print -quit
}

if [ ! -e "$to/yaml-cpp/src/parser.cpp" ]; then
    from=${PACER_YAML_CPP:-$(of_debian yaml-cpp || archive yaml-cpp)} || from=
    [ -e "$from/src/parser.cpp" ] || {
        echo "yaml-cpp cannot be had: neither by apt-get nor from its archive; PACER_YAML_CPP names a folder of its sources" >&2
        exit 1
    }
    rm -rf "$to/yaml-cpp" && mkdir "$to/yaml-cpp" && cp -R "$from/src" "$from/include" "$to/yaml-cpp"
fi
ln -sfn "$to/yaml-cpp/include/yaml-cpp" "$to/include/yaml-cpp"

if [ ! -e "$to/include/toml++/toml.h" ]; then
    from=${PACER_TOMLPLUSPLUS:-}
    [ -n "$from" ] || if [ -e /usr/include/toml++/toml.h ]; then from=/usr; else from=$(archive tomlplusplus) || from=; fi
    [ -e "$from/include/toml++/toml.h" ] || {
        echo "toml++ cannot be had: neither installed nor from its archive; PACER_TOMLPLUSPLUS names a folder of its sources" >&2
        exit 1
    }
    ln -sfn "$(cd "$from" && pwd)/include/toml++" "$work/link" && rm -rf "$to/include/toml++" &&
        cp -RL "$work/link" "$to/include/toml++"
fi
