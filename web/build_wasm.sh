#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Compiles the library for the page, by Emscripten: build/pacer.wasm, and build/pacer.js that makes an instance of it, if they are
# not newer than the headers. Recipes need yaml-cpp and toml++, which get_libraries.sh brings; without them a page is built that reads none in YAML.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

mkdir -p build/objects
out=build/pacer.js
# Debian's Emscripten needs Debian's acorn, which only Debian's node looks for by itself.
export NODE_PATH=/usr/share/nodejs${NODE_PATH:+:$NODE_PATH}
export EMCC_CORES=${EMCC_CORES:-2}
# Exceptions of WebAssembly itself, which browsers have since 2022: smaller and faster than those by way of JavaScript.
flags=(-std=c++20 -Os -fwasm-exceptions)

with=()
libraries=()
if ./get_libraries.sh; then
    with=(-isystem build/third_party/include -DYAML_CPP_STATIC_DEFINE)
    libraries=(build/third_party/yaml-cpp.a)
else
    echo "the page is built without recipes in YAML and TOML" >&2
    with=(-DPACER_PAGE_WITHOUT_YAML)
fi

# Whether a file is older than one of those it is made of.
is_older() {
    local made=$1
    shift
    [ ! -e "$made" ] || [ -n "$(find "$@" -newer "$made" -type f -print -quit)" ]
}

if ((${#libraries[@]})) && is_older build/third_party/yaml-cpp.a build/third_party/yaml-cpp build_wasm.sh; then
    mkdir -p build/objects/yaml-cpp
    # The parser, and what it needs.
    for part in depthguard directives exceptions exp null parser regex_yaml scanner scanscalar scantag scantoken simplekey \
        singledocparser stream tag; do
        echo "$part"
    done | xargs -P 2 -I{} em++ "${flags[@]}" "${with[@]}" -c build/third_party/yaml-cpp/src/{}.cpp -o build/objects/yaml-cpp/{}.o
    rm -f build/third_party/yaml-cpp.a
    emar rcs build/third_party/yaml-cpp.a build/objects/yaml-cpp/*.o
fi

for part in api files; do
    if is_older "build/objects/$part.o" "$part.cpp" api.hpp build_wasm.sh ../include "${libraries[@]}"; then
        echo "$part"
    fi
done | xargs -r -P 2 -I{} em++ "${flags[@]}" "${with[@]}" -I../include -c {}.cpp -o build/objects/{}.o

objects=(build/objects/api.o build/objects/files.o)
if is_older "$out" "${objects[@]}" build_wasm.sh; then
    exports=$(sed -n 's/^\(const char\*\|const double\*\|int\|double\|void\) \(pacer_[a-z_]*\)(.*/_\2/p' api.cpp files.cpp | paste -sd,)
    em++ "${flags[@]}" "${objects[@]}" "${libraries[@]}" -o "$out" \
        -sMODULARIZE=1 -sEXPORT_ES6=1 -sUSE_ES6_IMPORT_META=0 -sENVIRONMENT=web,worker -sFILESYSTEM=0 \
        -sALLOW_MEMORY_GROWTH=1 -sTOTAL_STACK=1MB \
        -sEXPORTED_FUNCTIONS="$exports,_malloc,_free" -sEXPORTED_RUNTIME_METHODS=UTF8ToString,stringToUTF8,lengthBytesUTF8
fi
