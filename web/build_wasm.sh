#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Compiles the library for the page, by Emscripten: build/pacer.js, with the WebAssembly in it, if it is not newer than
# the headers.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

mkdir -p build
out=build/pacer.js
if [ -e "$out" ] && [ -z "$(find api.cpp build_wasm.sh ../include -newer "$out" -type f -print -quit)" ]; then
    exit 0
fi

exports=$(sed -n 's/^\(const char\*\|const double\*\|int\|double\|void\) \(pacer_[a-z_]*\)(.*/_\2/p' api.cpp | paste -sd,)
# Debian's Emscripten needs Debian's acorn, which only Debian's node looks for by itself.
NODE_PATH=/usr/share/nodejs${NODE_PATH:+:$NODE_PATH} em++ -std=c++20 -O2 -fexceptions -I../include api.cpp -o "$out" \
    -sMODULARIZE=1 -sEXPORT_ES6=1 -sSINGLE_FILE=1 -sENVIRONMENT=web -sFILESYSTEM=0 -sALLOW_MEMORY_GROWTH=1 \
    -sEXPORTED_FUNCTIONS="$exports,_malloc,_free" -sEXPORTED_RUNTIME_METHODS=UTF8ToString,stringToUTF8,lengthBytesUTF8
