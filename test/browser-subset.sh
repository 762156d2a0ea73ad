#!/usr/bin/env bash
# Compiles lib/ with clang 14 against libc++ 13, the compiler and the library
# inside Debian's emscripten 3.1.6 (decision D9 in ARCHITECTURE.md).
set -euo pipefail
cd "$(dirname "$0")/.."
build=build/release
check() {
  clang++-14 -std=c++20 -fsyntax-only -nostdinc++ \
    -isystem /usr/lib/llvm-13/include/c++/v1 \
    -I include -I lib -I "$build/generated" -I "$build/generated/include" "$1"
}
export -f check
export build
find lib -name '*.cpp' -print0 | xargs -0 -P 2 -n 1 bash -c 'check "$0"'
echo "lib/ compiles with clang 14 and libc++ 13"
