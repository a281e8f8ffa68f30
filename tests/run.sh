#!/bin/sh
# Runs every test of one build: unit programs, fuzz corpora, bats files.
# run.sh BUILD [PATTERN]: only the tests whose name matches the pattern.
# Its last line is "N passed, N failed, N skipped".
set -u
cd "$(dirname "$0")/.." || exit 1

build=$1
pattern=${2:-.}
DW_BIN=$(cd "$build/bin" && pwd)
export DW_BIN LC_ALL=C
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1
export UBSAN_OPTIONS=print_stacktrace=1
logs=$build/tap
rm -rf "$logs"
mkdir -p "$logs"

find "$build/unit" "$build/replay" tests/cli -name 'test_*' -o \
    -name 'fuzz_*' -o -name '*.bats' 2>/dev/null | grep -v '\.d$' | sort |
    grep -e "$pattern" | xargs -P "$(nproc)" -n 1 sh tests/run-one.sh "$logs"

# The numerical tests once more on the reference BLAS, where it lies beside.
reference=$(find /usr/lib -maxdepth 2 -type d -name blas | head -n 1)
if [ -n "$reference" ] && [ -z "${2:-}" ]; then
    for name in linalg mat cg marginal solving observe posterior ldsr ldsr_tiles \
        ldscores check_z; do
        [ -x "$build/unit/test_$name" ] || continue
        LD_LIBRARY_PATH=$(dirname "$reference")/lapack:$reference \
            "$build/unit/test_$name" >"$logs/reference_$name.tap" 2>&1 ||
            echo "not ok - $name on the reference BLAS" \
                >>"$logs/reference_$name.tap"
    done
fi

for log in "$logs"/*.tap; do
    if grep -q '^not ok' "$log"; then
        echo "== $(basename "$log" .tap)"
        grep -A 12 '^not ok' "$log"
    fi
    sed -n "s/^ok.*# skip/skipped, $(basename "$log" .tap):/p" "$log"
done
failed=$(cat "$logs"/*.tap | grep -c '^not ok')
skipped=$(cat "$logs"/*.tap | grep -c '^ok.*# skip')
passed=$(($(cat "$logs"/*.tap | grep -c '^ok') - skipped))
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
