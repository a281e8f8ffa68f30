#!/usr/bin/env bats
# dw-view: every view of the golden streams, and what it refuses.
load helper

G=$BATS_TEST_DIRNAME/../golden

# same_as FILE: the last output is what the file holds.
same_as() {
    diff <(printf '%s\n' "$output") "$1"
}

@test "--variants of a block stream" {
    run --separate-stderr dw-view --variants "$G/blocks.dws"
    [ "$status" -eq 0 ]
    same_as "$G/blocks.variants.tsv"
}

@test "--variants of a variant stream: no block, all core, two traits" {
    run --separate-stderr dw-view --variants "$G/variants.dws"
    [ "$status" -eq 0 ]
    same_as "$G/variants.variants.tsv"
}

@test "--blocks" {
    run --separate-stderr dw-view --blocks "$G/blocks.dws"
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = $'BLOCK\tCHR\tSTART\tEND\tM\tCORE\tK' ]
    [ "${lines[1]}" = $'1\t22\t99\t499\t5\t3\t2' ]
    [ "${lines[2]}" = $'2\t22\t299\t699\t5\t3\t2' ]
    [ "${#lines[@]}" -eq 3 ]
}

@test "--ld is Q_l' Q, core by all" {
    # Q is -1/2 -3/8 -1/4 ... column by column, two rows; core columns 1 to 3.
    python3 - >"$BATS_TEST_TMPDIR/ld" <<'EOF'
q = [[(2 * j + i) / 8 - 0.5 for i in range(2)] for j in range(5)]
for a in q[1:4]:
    print(*("%.9g" % sum(x * y for x, y in zip(a, b)) for b in q), sep="\t")
EOF
    run --separate-stderr dw-view --ld 2 "$G/blocks.dws"
    [ "$status" -eq 0 ]
    same_as "$BATS_TEST_TMPDIR/ld"
}

@test "--ldscores: the sum of r^2 less its bias, core variants, LDSC's columns" {
    people=$(dw-view --head "$G/blocks.dws" | awk '$1 == "panel" { print $3; exit }')
    [ "$people" -gt 2 ]
    for i in 1 2; do
        dw-view --ld $i "$G/blocks.dws"
    done | awk -v n="$people" '{
        l = 0
        for (j = 1; j <= NF; j++) l += $j * $j - (1 - $j * $j) / (n - 2)
        printf "%.3f\n", l
    }' >"$BATS_TEST_TMPDIR/want"
    run --separate-stderr dw-view --ldscores "$G/blocks.dws"
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = $'CHR\tSNP\tBP\tL2' ]
    [ "${lines[2]:0:15}" = $'22\trs3;rs33\t107' ]
    printf '%s\n' "${lines[@]:1}" | cut -f 4 |
        diff - "$BATS_TEST_TMPDIR/want"
    run --separate-stderr dw-view --ldscores "$G/variants.dws"
    refused 'holds variants without LD; dw-ldblock makes blocks of them'
}

@test "--truth: core variants of each block" {
    run --separate-stderr dw-view --truth "$G/blocks.dws"
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 7 ]
    [ "${lines[0]}" = $'CHR\tPOS\tID\tREF\tALT\tTRUE_VAR\tTRUE_EFFECT' ]
    [ "${lines[2]}" = $'22\t107\trs3;rs33\tACGT\tA\t2e-06\t0.00141421356' ]
}

@test "--scores, NA where missing" {
    run --separate-stderr dw-view --scores "$G/scores.dws"
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 6 ]
    [ "${lines[2]}" = $'22\t100\t.\tA\tG\tNA\t0.25\t0.5\t0.75\t1' ]
    [ "${lines[4]}" = $'22\t400\trs4\tC\tT\t0\tNA\tNA\tNA\tNA' ]
}

@test "--model prints its lines and not its parameters" {
    run --separate-stderr dw-view --model "$G/model.dws"
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = $'spec\tlinear' ]
    [ "${lines[9]}" = $'input\tcons\tmissing\t0.125\t1' ]
    [ "${#lines[@]}" -eq 10 ]
}

@test "--head and --tail print their lines" {
    run --separate-stderr dw-view --head "$G/blocks.dws"
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = $'build\tGRCh37' ]
    [ "${lines[3]}" = $'annot\tDNase\\nHepG2\tfold' ]
    [ "${lines[6]}" = $'input\tin.tsv\t0123456789abcdef' ]
    run --separate-stderr dw-view --tail "$G/blocks.dws"
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = $'chunks\t7' ]
    [ "${lines[6]}" = $'tally\tdw-ingest/ambiguous\t3' ]
}

@test "--json is JSON and says what is there" {
    cat "$G/model.dws" "$G/blocks.dws" | dw-view --json >"$BATS_TEST_TMPDIR/j"
    run python3 - "$BATS_TEST_TMPDIR/j" <<'EOF'
import json, sys
runs = json.load(open(sys.argv[1]))["runs"]
print([len(r["chunks"]) for r in runs], runs[0]["panel"],
      runs[1]["panel"]["people"], runs[1]["annotations"][1]["name"].split(),
      runs[1]["tally"], runs[0]["history"][0]["inputs"][1]["xxh64"])
EOF
    [ "$output" = "[3, 8] None 489 ['DNase', 'HepG2'] {'dw-ingest/ambiguous': 3} 0000000000000007" ]
}

@test "the summary of several runs" {
    cat "$G/model.dws" "$G/blocks.dws" "$G/blocks.dws" >"$BATS_TEST_TMPDIR/s"
    run --separate-stderr dw-view "$BATS_TEST_TMPDIR/s"
    [ "$status" -eq 0 ]
    grep -qx $'runs\t3' <<<"$output"
    grep -q $'^panel\tpanel, 489 people' <<<"$output"
    grep -q $'^LDBK\t4\t8\t' <<<"$output"
    grep -qx $'dw-ingest/ambiguous\t9' <<<"$output"
    # The three histories are one and the same.
    [ "$(grep -c ^history <<<"$output")" -eq 1 ]
}

@test "cat: the header is printed once, blocks are numbered on" {
    run --separate-stderr bash -c \
        "cat '$G/blocks.dws' '$G/blocks.dws' | dw-view --variants"
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 21 ]
    [ "$(grep -c ^BLOCK <<<"$output")" -eq 1 ]
    [ "${lines[20]%%$'\t'*}" = 4 ]
}

@test "-o writes a file, and stdin is -" {
    dw-view --blocks -o "$BATS_TEST_TMPDIR/b" - <"$G/blocks.dws"
    run cat "$BATS_TEST_TMPDIR/b"
    [ "${#lines[@]}" -eq 3 ]
}

@test "a stream without what was asked for is refused, with what makes it" {
    run --separate-stderr dw-view --model "$G/blocks.dws"
    refused 'holds no model \(dw-fit makes one\)'
    run --separate-stderr dw-view --blocks "$G/variants.dws"
    refused 'holds no blocks \(dw-ldblock makes them\)'
    run --separate-stderr dw-view --truth "$G/variants.dws"
    refused 'holds no truth'
    run --separate-stderr dw-view --scores "$G/variants.dws"
    refused 'holds no scores'
    run --separate-stderr dw-view --ld 3 "$G/blocks.dws"
    refused 'holds no block of that number'
}

@test "two views, an unknown option, two operands: usage" {
    for words in "--head --tail" "--ld 0" "--variant" "a b"; do
        # shellcheck disable=SC2086 # they are words
        run --separate-stderr dw-view $words "$G/blocks.dws"
        [ "$status" -eq 2 ]
        [ -z "$output" ]
    done
}

@test "the examples of the manual page run" {
    cp "$G/blocks.dws" "$BATS_TEST_TMPDIR"
    cd "$BATS_TEST_TMPDIR"
    dw-synth -q --people 50 --chroms 1 --length 2M --variants 300 -o demo
    sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/{/^\.Bd/,/^\.Ed/{/^\.[BE]d/d;p}}' \
        "$ROOT/man/dw-view.1" | sed 's/\\e/\\/g' >examples.sh
    run --separate-stderr bash -euo pipefail examples.sh
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    grep -qx '22 100 . 2' <<<"$output"
    [ "$(wc -l <ld.tsv)" -eq 3 ]
    [ "$(zcat demo.l2.ldscore.gz | wc -l)" -eq 301 ]
    [ "$(cat demo.l2.M)" -eq 300 ]
}
