# shellcheck shell=sh
# What the benches share: timing commands, and telling.  $dir is where they work.
# shellcheck disable=SC2034,SC2154 # cpu, wall and memory are for the caller

# median COLUMN: of the numbers in $dir/times.
median() {
    awk -v c="$1" '{ print c == 0 ? $1 + $2 : $c }' "$dir/times" | sort -n |
        awk '{ x[NR] = $1 } END { print x[int((NR + 1) / 2)] }'
}

# measure NAME COMMAND: medians over $runs runs (five), after one that is not
# counted, into $cpu, $wall, $memory; prints them.  One run alone: just that.
measure() {
    name=$1
    [ "${runs:-5}" -eq 1 ] || sh -c "$2" >/dev/null 2>&1
    : >"$dir/times"
    for _ in $(seq "${runs:-5}"); do
        /usr/bin/time -a -o "$dir/times" -f '%U %S %e %M' sh -c "$2" >/dev/null 2>&1
    done
    cpu=$(median 0)
    wall=$(median 3)
    memory=$(median 4 | awk '{ print $1 / 1024 }')
    printf '  %-44s %7.2f s CPU %7.2f s wall %7.0f MB\n' "$name" "$cpu" "$wall" "$memory"
}

# ratio A B WHAT: prints A / B.
ratio() {
    awk -v a="$1" -v b="$2" -v what="$3" 'BEGIN {
        printf "  %-44s %7.2f x\n", what, a / (b > 0.005 ? b : 0.005) }'
}

have() {
    command -v "$1" >/dev/null || {
        echo "  ($1 is not installed: no comparison)"
        return 1
    }
}
