#!/usr/bin/env bats
# dw-ingest --add: annotations and traits onto streams that are there already.
# shellcheck disable=SC2154 # status, stdout and stderr are set by run
load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    dw-synth -q --seed 5 --people 200 --chroms 2 --length 2M --variants 800 -o s
    awk 'BEGIN { print "CHR\tBP\tSNP\tCM\tone\ttwo" }
        { print $1 "\t" $4 "\t" $2 "\t0\t" NR % 7 "\t" (NR % 3 ? NR / 8 : "NA") }' s.bim >a.annot
    dw-ingest -q --ref s.bim -o bare.dws
    dw-ingest -q --ref s.bim --annot a.annot -o want.dws
    dw-ldblock -q --geno s.bed --window 1500000 --flank 500000 -o bare.blocks bare.dws
    dw-ldblock -q --geno s.bed --window 1500000 --flank 500000 -o want.blocks want.dws
}

variants() {
    dw-view --variants "$@"
}

@test "annotations added are those that would have been there" {
    dw-ingest -q --add --annot a.annot -o got.dws bare.dws
    cmp <(variants got.dws) <(variants want.dws)
    [ "$(dw-view --head got.dws | grep '^annot')" = "$(dw-view --head want.dws | grep '^annot')" ]
}

@test "onto blocks that overlap, from a pipe too; factors pass untouched" {
    dw-ingest -q --add --annot a.annot -o got.blocks bare.blocks
    cmp <(variants got.blocks) <(variants want.blocks)
    cmp <(dw-view --blocks got.blocks) <(dw-view --blocks want.blocks)
    for b in 1 2 3; do
        cmp <(dw-view --ld $b got.blocks) <(dw-view --ld $b bare.blocks)
    done
    # shellcheck disable=SC2002 # a pipe is what is tested
    cat bare.blocks | dw-ingest -q --add --annot a.annot | cmp - got.blocks
}

@test "in an order that is not the file's" {
    { head -n 1 a.annot; tail -n +2 a.annot | shuf --random-source=s.bed; } >shuffled.annot
    dw-ingest -q --add --annot shuffled.annot -o got.blocks bare.blocks
    cmp <(variants got.blocks) <(variants want.blocks)
    dw-ingest -q --add --annot a.annot -o twice.blocks <(cat bare.blocks bare.blocks)
    cmp <(variants twice.blocks | tail -n +2 | cut -f 3- | sort -u) \
        <(variants want.blocks | tail -n +2 | cut -f 3- | sort -u)
}

@test "what is missing stands in HEAD, by run" {
    dw-ingest -q --add --annot a.annot -o got.dws bare.dws
    variants got.dws | awk 'NR > 1 && $NF == "NA"' | wc -l >n
    [ "$(dw-view --head got.dws | awk -F '\t' '$2 == "two" { print $4 }')" = "$(cat n)" ]
    [ "$(cat n)" -gt 0 ]
}

@test "features: maf and sd from the frequency, ldscore from the factors" {
    dw-ingest -q --add --feature maf,ldscore,sd -o got.blocks bare.blocks
    [ "$(dw-view --head got.blocks | awk -F '\t' '$1 == "annot" { printf "%s:%s ", $2, $3 }')" = \
        "maf:frequency ldscore:. sd:alleles " ]
    # Every variant of a block of one chromosome is core somewhere.
    variants got.blocks | awk 'NR > 1 { f = $8; m = f < 0.5 ? f : 1 - f
        d = $9 - m; e = $11 - sqrt(2 * f * (1 - f)); if (d * d > 1e-12 || e * e > 1e-10 || $10 == "NA") exit 1 }'
}

@test "ldscore equals the sum of r^2 over the block, less its bias" {
    dw-ldblock -q --geno s.bed --blocks <(printf '1 0 6000000\n') -o one.blocks bare.dws
    dw-ingest -q --add --feature ldscore -o got.blocks one.blocks
    plink1.9 --bfile s --chr 1 --to-bp 6000000 --r square --out p >/dev/null
    awk '{ s = 0; for (i = 1; i <= NF; i++) s += $i * $i - (1 - $i * $i) / 198; print s }' p.ld >want
    variants got.blocks | awk 'NR > 1 { print $NF }' >got
    [ "$(wc -l <got)" = "$(wc -l <want)" ]
    paste got want | awk '{ d = ($1 - $2) / $2; if (d * d > 1e-4) { print; bad++ } } END { exit bad > 0 }'
}

@test "refused: a name that is there, ldscore without LD, what is no stream" {
    run --separate-stderr dw-ingest --add --annot a.annot -o x want.dws
    refused 'want.dws: has an annotation one already'
    run --separate-stderr dw-ingest --add --feature ldscore -o x bare.dws
    refused 'dw-ldblock'
    run --separate-stderr dw-ingest --add --annot a.annot -o x a.annot
    refused 'a.annot'
    run --separate-stderr dw-ingest --ref s.bim --feature ldscore -o x
    [ "$status" -eq 2 ]
    [[ $stderr == *"dw-ingest --add --feature ldscore"* ]]
    [ ! -e x ]
}
