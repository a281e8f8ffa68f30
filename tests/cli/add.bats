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

@test "ldscore of chromosomes in an order that is not the genome's" {
    for c in 1 2; do
        awk -v c=$c '$1 == c' s.bim >"$c.bim"
        dw-ingest -q --ref $c.bim -o $c.dws
        dw-ldblock -q --geno s.bed --window 1500000 --flank 500000 -o $c.blocks $c.dws
    done
    dw-ingest -q --add --feature ldscore -o got.blocks <(cat 2.blocks 1.blocks)
    dw-ingest -q --add --feature ldscore -o want.blocks bare.blocks
    cmp <(variants got.blocks | tail -n +2 | cut -f 3- | sort) \
        <(variants want.blocks | tail -n +2 | cut -f 3- | sort)
    [ "$(variants got.blocks | cut -f 9 | grep -c NA)" -eq 0 ]
}

# A study on every second variant of s.bim; every third with its alleles
# exchanged, every fifth on the other strand, every seventh of a low N.
study() {
    awk -v OFS='\t' 'function other(a) { return substr("TGCA", index("ACGT", a), 1) }
        BEGIN { print "CHR", "POS", "SNP", "EA", "OA", "EAF", "BETA", "SE", "N" }
        NR % 2 { a = $5; b = $6; z = (NR % 11 - 5) / 3; f = 0.2
            if (NR % 3 == 0) { t = a; a = b; b = t; z = -z; f = 0.8 }
            if (NR % 5 == 0) { a = other(a); b = other(b) }
            print $1, $4, $2, a, b, f, z, 1, (NR % 7 ? 1000 : 10) }' s.bim
}

@test "a trait added is the one that would have been there" {
    study >bmi.tsv
    dw-ingest -q --trait bmi --all --ambiguous keep --ref s.bim --report want.tsv -o want.dws bmi.tsv
    dw-ingest -q --add --trait bmi --ambiguous keep --report got.tsv -o got.dws bmi.tsv bare.dws
    cmp <(variants got.dws | cut -f 3-7,9-) <(variants want.dws | cut -f 3-7,9-)
    dw-view --head got.dws | grep -q "^trait	bmi	quantitative	1000$"
    dw-view --head got.dws | grep -q "^input	bmi.tsv"
    for r in rows taken n_low; do
        [ "$(awk -v r=$r '$1 == "sumstats" && $2 == r' got.tsv)" = \
            "$(awk -v r=$r '$1 == "sumstats" && $2 == r' want.tsv)" ]
    done
    [ "$(dw-view --tail got.dws | grep -c "tally	dw-ingest:bmi/n_low	")" -eq 1 ]
}

@test "a second trait, with an annotation, onto blocks that are in a pipe" {
    study >bmi.tsv
    awk -v OFS='\t' 'NR > 1 { $7 = -2 * $7 } 1' bmi.tsv >whr.tsv
    dw-ingest -q --add --trait bmi -o one.blocks bmi.tsv bare.blocks
    # shellcheck disable=SC2002 # a pipe is what is tested
    cat one.blocks | dw-ingest -q --add --trait whr --annot a.annot -o two.blocks whr.tsv -
    [ "$(variants two.blocks | head -n 1 | cut -f 8-)" = \
        "$(printf 'EAF\tZ:bmi\tN:bmi\tZ:whr\tN:whr\tone\ttwo')" ]
    variants two.blocks | awk 'NR > 1 && $9 != "NA" { n++; d = $11 + 2 * $9; if (d * d > 1e-10) exit 1 } END { exit n < 100 }'
    cmp <(variants two.blocks | cut -f 13-) <(variants want.blocks | cut -f 9-)
    cmp <(dw-view --ld 2 two.blocks) <(dw-view --ld 2 bare.blocks)
    dw-fit -q --model const --trait whr -o whr.dwm two.blocks
    run --separate-stderr dw-ingest --add --trait bmi -o x bmi.tsv two.blocks
    refused 'two.blocks: has a trait bmi already'
    [ ! -e x ]
    run ! compgen -G "${TMPDIR:-/tmp}/dw-trait-*"
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
