#!/usr/bin/env bash
# Runs every fuzz target of build/fuzz for the given number of seconds on a copy of its corpus; fails on the first find.
set -euo pipefail
seconds=${1:-60}
for target in build/fuzz/fuzz/fuzz_*; do
    [ -x "$target" ] || continue
    name=$(basename "$target")
    corpus=tests/fuzz/corpus/${name#fuzz_}
    [ -d "$corpus" ] || corpus=tests/fuzz/${name#fuzz_}/corpus
    work=build/fuzz/corpus/$name
    mkdir -p "$work" "build/fuzz/artifacts"
    echo "== $name for $seconds s"
    "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="build/fuzz/artifacts/$name-" \
        -print_final_stats=0 -verbosity=0 "$work" $([ -d "$corpus" ] && echo "$corpus")
done
echo "no finds"
