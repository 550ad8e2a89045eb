#!/usr/bin/env bash
# scripts/fuzz.sh SECONDS [TARGET...]: runs fuzz targets of build/fuzz, all or the named ones, two at a time and each for
# SECONDS. What they learn stays in build/fuzz/corpus, finds in build/fuzz/artifacts. Fails when there is one.
set -euo pipefail
seconds=$1
shift
names=("$@")
[ ${#names[@]} -gt 0 ] || for target in build/fuzz/fuzz/fuzz_*; do names+=("${target##*/fuzz_}"); done
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1} UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
mkdir -p build/fuzz/artifacts build/fuzz/logs

fuzz_one() {
    local name=$1 log=build/fuzz/logs/$1.log work=build/fuzz/corpus/$1 seeds=()
    for folder in "tests/fuzz/corpus/$name" "tests/fuzz/$name/corpus"; do [ ! -d "$folder" ] || seeds+=("$folder"); done
    mkdir -p "$work"
    local status=0
    "build/fuzz/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=1 \
        -artifact_prefix="build/fuzz/artifacts/$name-" "$work" "${seeds[@]}" > "$log" 2>&1 || status=$?
    local runs; runs=$(sed -n 's/^stat::number_of_executed_units: //p' "$log")
    if [ "$status" = 0 ]; then
        printf '%-16s %3s s %12s runs, no finds\n' "$name" "$seconds" "${runs:-?}"
    else
        printf '%-16s found something after %s runs; the end of %s:\n' "$name" "${runs:-?}" "$log"
        tail -n 60 "$log"
        return 1
    fi
}

failed=0 running=0
for name in "${names[@]}"; do
    if [ "$running" = 2 ]; then
        wait -n || failed=1
        running=1
    fi
    fuzz_one "$name" &
    running=$((running + 1))
done
while [ "$running" -gt 0 ]; do
    wait -n || failed=1
    running=$((running - 1))
done
[ "$failed" = 0 ] && echo "${#names[@]} fuzz targets, no finds"
exit "$failed"
