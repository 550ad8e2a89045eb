#!/usr/bin/env bash
# clang-tidy on the C++ files changed since main (or the ones named), eslint on the web client.
set -euo pipefail
command -v clang-tidy > /dev/null || { echo "lint: clang-tidy is missing: apt-get install clang-tidy" >&2; exit 1; }
[ -f build/dev/compile_commands.json ] || cmake --preset dev > /dev/null
files=("$@")
[ ${#files[@]} -gt 0 ] || mapfile -t files < <(git diff --name-only --diff-filter=AM "$(git merge-base HEAD main)" -- '*.cpp')
[ ${#files[@]} -eq 0 ] || clang-tidy -p build/dev --quiet "${files[@]}"
[ ! -d cloud-relay/web ] || (cd cloud-relay/web && npm run --silent lint)
