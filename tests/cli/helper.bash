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

# refuses PATTERN TOOL ARG...: with an output file among its options the tool is
# refused as above, and leaves nothing of the file.
refuses() {
    local pattern=$1 tool=$2
    shift 2
    rm -f no.out
    run --separate-stderr "$tool" -o no.out "$@"
    refused "$pattern" || return 1
    [ -z "$(find . -name '*no.out*')" ] || { find . -name '*no.out*'; return 1; }
}

# six_rows: six variants as p.bed, whose four people give r4 (A/T) a frequency of
# 1/8, and study.tsv, where they are as written, swapped, on the other strand,
# ambiguous on the other strand, an indel swapped, and not in the reference.
six_rows() {
    printf '%s\t%s\t0\t%s\t%s\t%s\n' \
        1 r1 100 A G  1 r2 200 C T  1 r3 300 G A \
        1 r4 400 A T  1 r5 400 AC A  2 r6 50 T G >p.bim
    printf '%s %s 0 0 0 0\n' a a b b c c d d >p.fam
    printf '\154\033\001\376\376\376\376\376\376' >p.bed
    {
        printf 'CHR\tSNP\tPOS\tA1\tA2\tN\tAF1\tBETA\tSE\tP\n'
        printf '1\tr1\t100\tA\tG\t1000\t0.2\t0.2\t0.1\t0.1\n'
        printf '1\tr2\t200\tT\tC\t1000\t0.3\t0.3\t0.1\t0.1\n'
        printf '1\tr3\t300\tC\tT\t1000\t0.4\t0.4\t0.1\t0.1\n'
        printf '1\tr4\t400\tA\tT\t1000\t0.9\t0.5\t0.1\t0.1\n'
        printf '1\tr5\t400\tA\tAC\t1000\t0.6\t0.6\t0.1\t0.1\n'
        printf '2\tx\t60\tA\tC\t1000\t0.6\t0.6\t0.1\t0.1\n'
    } >study.tsv
}

# twelve_pieces [TRAIT]: a panel of twelve chromosomes as panel.dws, and blocks.dws
# with a trait (sim) whose truth depends on two of its annotations.
twelve_pieces() {
    dw-synth -q --chroms 12 --length 1M --people 250 --variants 4800 \
        --min-maf 0.05 --annotations 12 -o syn
    dw-ingest -q --ref syn.bim --annot syn.annot.gz |
        dw-ldblock -q --geno syn.bed --blocks syn.blocks.bed -o panel.dws
    dw-sim -q --truth enrich:Conservation=3,Coding=30 --n 500000 --h2 0.1 \
        --tau 0.2 --trait "${1:-sim}" panel.dws -o blocks.dws
}
