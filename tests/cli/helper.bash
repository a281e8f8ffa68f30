# What every bats file loads: the tools on PATH, the shared data if they are
# there, and ways of skipping that are seen.
bats_require_minimum_version 1.5.0

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
DW_BIN=${DW_BIN:-$ROOT/build/plain/bin}
PATH=$DW_BIN:$PATH
export LC_ALL=C
SHARED=
if [ -d "$ROOT/../shared/data" ]; then
    SHARED=$(cd "$ROOT/../shared/data" && pwd)
fi
export ROOT SHARED

need_shared() {
    [ -n "$SHARED" ] || skip "the real data (../shared/data) are not here"
}

need_cmd() {
    command -v "$1" >/dev/null || skip "$1 is not installed"
}

# refused PATTERN: the last `run --separate-stderr` ended with 1, in one line on
# stderr that matches, and with nothing on stdout.
# shellcheck disable=SC2154 # status, stdout and stderr are set by run
refused() {
    if [ "$status" -ne 1 ]; then
        echo "status $status, not 1; stderr: $stderr"
        return 1
    fi
    if [ -n "$output" ]; then
        echo "stdout is not empty: $output"
        return 1
    fi
    if [ "${#stderr_lines[@]}" -ne 1 ] || ! [[ $stderr =~ $1 ]]; then
        echo "stderr is not one line that matches $1: $stderr"
        return 1
    fi
}
