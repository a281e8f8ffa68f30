#!/usr/bin/env bats
# dw-sim: that what it plants is what it says, and what it refuses.
# shellcheck disable=SC2154 # status, stderr and lines are set by run
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    dw-synth -q -n 150 --chroms 2 --length 1M --variants 1200 -o p
    # Windows whose flanks are cores of others.
    dw-ingest -q --ref p.bim --annot p.annot.gz |
        dw-ldblock -q --geno p.bed --window 500k --flank 150k -o blocks.dws
    dw-sim -q --n 50000 --h2 0.4 --truth enrich:Intron=4,Conservation=2 \
        -o sim.dws blocks.dws
}

setup() {
    cd "$BATS_FILE_TMPDIR" || return 1
}

@test "variances add up to --h2, and follow the enrichments" {
    dw-view --truth sim.dws |
        awk '{ s += $6 } END { exit (s - 0.4) ^ 2 > 1e-12 }'
    # Intron is 0 or 1; Conservation, per SD, is left to the unit test.
    dw-sim -q --truth enrich:Intron=4 blocks.dws -o "$BATS_TEST_TMPDIR/s"
    paste <(dw-view --variants "$BATS_TEST_TMPDIR/s" |
        awk -F'\t' 'NR == 1 || $2 == 1') \
        <(dw-view --truth "$BATS_TEST_TMPDIR/s") | awk -F'\t' '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == "Intron") c = i; next }
        { v[$c] = $(NF - 1) } END { exit (v[1] / v[0] - 4) ^ 2 > 1e-10 }'
}

@test "const gives all the same" {
    dw-sim -q --h2 0.3 blocks.dws | dw-view --truth - | cut -f 6 | tail -n +2 |
        sort -u >"$BATS_TEST_TMPDIR/v"
    [ "$(cat "$BATS_TEST_TMPDIR/v")" = 0.00025 ]
}

@test "variances and effects are the same whatever the blocks are" {
    dw-ingest -q --ref p.bim --annot p.annot.gz |
        dw-ldblock -q --geno p.bed --blocks p.blocks.bed |
        dw-sim -q --n 50000 --h2 0.4 --truth enrich:Intron=4,Conservation=2 |
        dw-view --truth - >"$BATS_TEST_TMPDIR/t"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/t")" -eq 1201 ]
    dw-view --truth sim.dws | cmp - "$BATS_TEST_TMPDIR/t"
}

@test "z stands where a variant is core, and nowhere else" {
    dw-view --variants sim.dws | awk -F'\t' 'NR > 1 {
        if (($2 == 1) != ($9 != "NA") || ($2 == 1) != ($10 == 50000)) exit 1 }'
}

# The mean of z^2 over the core has to be 1 + tau + N h2/M times the mean LD
# score, flanks counted.  LD makes it vary by 40 % from seed to seed: over 25 of
# them the bound is some four standard errors.
@test "z^2 is as large as the truth and the LD say" {
    n=$(dw-view --blocks blocks.dws | tail -n +2 | wc -l)
    for ((b = 1; b <= n; b++)); do
        dw-view --ld "$b" blocks.dws |
            awk '{ for (i = 1; i <= NF; i++) s += $i * $i; c++ }
                 END { print s, c }'
    done >"$BATS_TEST_TMPDIR/ld"
    for ((seed = 1; seed <= 25; seed++)); do
        dw-sim -q --seed $seed --n 2000 --h2 0.5 --tau 0.5 blocks.dws |
            dw-view --variants - |
            awk -F'\t' 'NR > 1 && $2 == 1 { s += $9 * $9; c++ }
                        END { print s / c }'
    done >"$BATS_TEST_TMPDIR/z2"
    awk 'NR == FNR { s += $1; c += $2; next } { z2 += $1 / 25 }
         END { want = 1.5 + 2000 * 0.5 / 1200 * s / c
               print z2, want; exit !(z2 > 0.7 * want && z2 < 1.3 * want) }' \
        "$BATS_TEST_TMPDIR/ld" "$BATS_TEST_TMPDIR/z2"
}

@test "the truth is the likeliest of its multiples" {
    for c in 0.5 1 2; do
        dw-view --truth sim.dws | awk -v c=$c 'BEGIN { OFS = "\t" }
            NR == 1 { print "CHR", "POS", "REF", "ALT", "PRIOR_VAR"; next }
            !seen[$1, $2, $4, $5]++ { print $1, $2, $4, $5, $6 * c }' \
            >"$BATS_TEST_TMPDIR/prior.tsv"
        dw-eval -q --prior "$BATS_TEST_TMPDIR/prior.tsv" --s2 1 --tau 0 sim.dws |
            tail -1 | cut -f 4
    done >"$BATS_TEST_TMPDIR/loglik"
    awk '{ l[NR] = $1 } END { exit !(l[2] > l[1] && l[2] > l[3]) }' \
        "$BATS_TEST_TMPDIR/loglik"
}

@test "block factors are passed on byte for byte" {
    # A chunk's header holds its sizes; behind it stands its frame.
    python3 - blocks.dws sim.dws <<'EOF'
import struct, sys

def chunks(path):
    data, at = open(path, "rb").read(), 0
    while at < len(data):
        kind = data[at + 12:at + 16]
        end = at + 52 + struct.unpack_from("<Q", data, at + 36)[0]
        yield kind, data[at:end]
        at = end

a, b = (list(chunks(p)) for p in sys.argv[1:])
assert [c for c in a if c[0] == b"LDBK"] == [c for c in b if c[0] == b"LDBK"]
assert sum(k == b"LDBK" for k, _ in a) > 4
kinds = [k for k, _ in b]
assert all(kinds[i:i + 3] == [b"VARS", b"true", b"LDBK"]
           for i in range(1, len(kinds) - 1, 3)), kinds
EOF
}

@test "a pipe gives the same bytes as a file, and leaves nothing in TMPDIR" {
    mkdir "$BATS_TEST_TMPDIR/tmp"
    TMPDIR=$BATS_TEST_TMPDIR/tmp dw-sim -q --n 50000 --h2 0.4 \
        --truth enrich:Intron=4,Conservation=2 < <(cat blocks.dws) |
        cmp - sim.dws
    [ -z "$(ls -A "$BATS_TEST_TMPDIR/tmp")" ]
}

@test "another seed and another name give another trait" {
    for o in "--seed 2" "--trait b" "--seed 1"; do
        # shellcheck disable=SC2086
        dw-sim -q $o blocks.dws | dw-view --truth - | cksum
    done >"$BATS_TEST_TMPDIR/sums"
    [ "$(sort -u "$BATS_TEST_TMPDIR/sums" | wc -l)" -eq 3 ]
}

@test "traits are added, or --replace drops them and their truth" {
    dw-sim -q --trait two --truth mlp:3 sim.dws -o "$BATS_TEST_TMPDIR/two.dws"
    run --separate-stderr dw-view --head "$BATS_TEST_TMPDIR/two.dws"
    [[ $output == *$'trait\tsim\tsimulated\t50000\ntrait\ttwo\tsimulated\t100000'* ]]
    cmp <(dw-view --variants "$BATS_TEST_TMPDIR/two.dws" | cut -f 9-10) \
        <(dw-view --variants sim.dws | cut -f 9-10)
    dw-sim -q --trait three --replace "$BATS_TEST_TMPDIR/two.dws" \
        -o "$BATS_TEST_TMPDIR/three.dws"
    run --separate-stderr dw-view --head "$BATS_TEST_TMPDIR/three.dws"
    [ "$(grep -c ^trait <<<"$output")" -eq 1 ]
    # The same as if the others had never been there, but for the history.
    dw-sim -q --trait three blocks.dws -o "$BATS_TEST_TMPDIR/once.dws"
    for view in --variants --truth --blocks; do
        cmp <(dw-view $view "$BATS_TEST_TMPDIR/three.dws") \
            <(dw-view $view "$BATS_TEST_TMPDIR/once.dws")
    done
}

@test "a model as the truth: what dw-score would predict" {
    dw-fit -q --model linear --epochs 2 -o "$BATS_TEST_TMPDIR/m.dwm" sim.dws
    dw-sim -q --replace --h2 0.2 --truth "model:$BATS_TEST_TMPDIR/m.dwm" \
        sim.dws -o "$BATS_TEST_TMPDIR/s.dws"
    need_cmd dw-score
    dw-score -q -m "$BATS_TEST_TMPDIR/m.dwm" sim.dws |
        awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "PRIOR_VAR") c = i
                             next } { print $1 ":" $2, $c }' |
        sort >"$BATS_TEST_TMPDIR/prior"
    dw-view --truth "$BATS_TEST_TMPDIR/s.dws" |
        awk 'NR > 1 { print $1 ":" $2, $6 }' | sort |
        join - "$BATS_TEST_TMPDIR/prior" |
        awk '{ r = $2 / $3; if (NR == 1) first = r
               if ((r / first - 1) ^ 2 > 1e-6) exit 1 } END { exit NR != 1200 }'
}

@test "what it refuses" {
    run --separate-stderr dw-sim --trait sim sim.dws
    refused 'a trait "sim" already.*--replace'
    run --separate-stderr dw-sim --truth enrich:intron=2 blocks.dws
    refused 'no annotation "intron"; did you mean Intron'
    run --separate-stderr dw-sim --truth model:no.dwm blocks.dws
    refused 'no.dwm'
    run --separate-stderr dw-sim no.dws
    refused 'no.dws: No such file'
    dw-ingest -q --ref p.bim --annot p.annot.gz -o "$BATS_TEST_TMPDIR/v.dws"
    run --separate-stderr dw-sim "$BATS_TEST_TMPDIR/v.dws"
    refused 'variants without LD; dw-ldblock makes blocks of them'
    head -c 20000 blocks.dws >"$BATS_TEST_TMPDIR/cut.dws"
    run --separate-stderr dw-sim "$BATS_TEST_TMPDIR/cut.dws"
    refused 'cut'
    run --separate-stderr dw-sim -o "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/cut.dws"
    refused 'cut'
    [ ! -e "$BATS_TEST_TMPDIR/out" ]
}

@test "wrong usage ends with 2" {
    for bad in "--truth nothing" "--truth mlp:x" "--truth enrich:Intron" \
        "--h2 2" "--n 0" "--n 1.5" "--tau -1" "a b"; do
        # shellcheck disable=SC2086
        run --separate-stderr dw-sim $bad blocks.dws
        [ "$status" -eq 2 ]
        [ -z "$output" ]
    done
}

@test "a full TMPDIR and a full disk are told" {
    mkdir "$BATS_TEST_TMPDIR/full"
    # shellcheck disable=SC2016
    run --separate-stderr bash -c \
        'ulimit -f 8; trap "" XFSZ; cat blocks.dws | TMPDIR=$1 dw-sim' \
        _ "$BATS_TEST_TMPDIR/full"
    refused 'TMPDIR'
    # shellcheck disable=SC2016
    run --separate-stderr bash -c \
        'ulimit -f 8; trap "" XFSZ; exec dw-sim blocks.dws -o "$1/x"' \
        _ "$BATS_TEST_TMPDIR/full"
    refused 'cannot write'
    [ -z "$(ls -A "$BATS_TEST_TMPDIR/full")" ]
}

@test "the examples of the manual page run" {
    sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/{/^\.Bd/,/^\.Ed/{/^\.[BE]d/d;p}}' \
        "$ROOT/man/dw-sim.1" >"$BATS_TEST_TMPDIR/examples.sh"
    [ "$(grep -c ^dw-sim "$BATS_TEST_TMPDIR/examples.sh")" -eq 2 ]
    cp blocks.dws "$BATS_TEST_TMPDIR"
    cd "$BATS_TEST_TMPDIR"
    bash -e examples.sh
    dw-view sim.dws >/dev/null
}
