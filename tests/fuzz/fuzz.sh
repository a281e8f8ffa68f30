#!/bin/sh
# Fuzzes each target for some seconds, from its corpus, which it leaves alone.
# fuzz.sh SECONDS TARGET...
set -u

seconds=$1
shift
bad=0
# htslib takes what a BCF's record says of its size, up to 8 GB, and only then
# sees that the file is not so long.  Here it does not get it.
export ASAN_OPTIONS=allocator_may_return_null=1:max_allocation_size_mb=1024
for target in "$@"; do
    name=$(basename "$target")
    corpus=$(dirname "$0")/corpus/${name#fuzz_}
    found=$(dirname "$target")/found/${name#fuzz_}
    mkdir -p "$found"
    echo "== $name"
    log=$found.log
    "$target" -max_total_time="$seconds" -rss_limit_mb=4096 -timeout=20 \
        -print_final_stats=1 -artifact_prefix="$found/" "$found" "$corpus" \
        >"$log" 2>&1
    status=$?
    grep -E 'stat::number|ERROR|SUMMARY|runtime error|artifact' "$log"
    if [ "$status" -ne 0 ]; then
        echo "$name ended with status $status: see $log and $found" >&2
        bad=1
    fi
done
exit "$bad"
