#!/bin/sh
# Fuzzes each target for some seconds, from its corpus, which it leaves alone.
# fuzz.sh SECONDS TARGET...
set -u

seconds=$1
shift
bad=0
for target in "$@"; do
    name=$(basename "$target")
    corpus=$(dirname "$0")/corpus/${name#fuzz_}
    found=$(dirname "$target")/found/${name#fuzz_}
    mkdir -p "$found"
    echo "== $name"
    # One allocation may be large: htslib takes what a BCF's record says of its
    # size, up to 8 GB, and only then sees that the file is not so long.
    "$target" -max_total_time="$seconds" -rss_limit_mb=4096 \
        -malloc_limit_mb=16384 -timeout=20 \
        -print_final_stats=1 -artifact_prefix="$found/" "$found" "$corpus" \
        2>&1 | grep -E 'stat::number|ERROR|SUMMARY|artifact' || true
    if [ -n "$(find "$found" -name 'crash-*' -o -name 'timeout-*' \
        -o -name 'oom-*')" ]; then
        echo "$name: see $found" >&2
        bad=1
    fi
done
exit "$bad"
