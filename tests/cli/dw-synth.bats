#!/usr/bin/env bats
# dw-synth: its files as PLINK and bcftools read them, and what it refuses.
# shellcheck disable=SC2154 # status, stderr and lines are set by run
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    dw-synth -q -n 83 --chroms 3,X --length 300k --indels 0.1 --missing 0.02 \
        --vcf --bcf --map -o p
}

setup() {
    cd "$BATS_FILE_TMPDIR" || return 1
}

# ID, ALT and its frequency, missing people, in order: of a .bed by PLINK.
by_plink() {
    plink1.9 --bfile "$1" --keep-allele-order --freq --allow-no-sex \
        --out "$BATS_TEST_TMPDIR/f" >/dev/null
    awk 'NR > 1 { printf "%s %s %s %.3f %d\n", $2, $4, $3, $5, $6 }' \
        "$BATS_TEST_TMPDIR/f.frq"
}

# The same of a VCF or BCF.
by_bcftools() {
    bcftools query -f '%ID %REF %ALT[ %GT]\n' "$1" |
        awk '{ a = n = 0
               for (i = 4; i <= NF; i++) {
                   split($i, g, "|")
                   for (k = 1; k <= 2; k++)
                       if (g[k] != ".") { a += g[k]; n++ }
               }
               printf "%s %s %s %.3f %d\n", $1, $2, $3, a / n, n }'
}

@test "PLINK and bcftools read the same genotypes" {
    need_cmd plink1.9
    need_cmd bcftools
    by_plink p >"$BATS_TEST_TMPDIR/plink"
    by_bcftools p.vcf.gz >"$BATS_TEST_TMPDIR/vcf"
    by_bcftools p.bcf >"$BATS_TEST_TMPDIR/bcf"
    cmp "$BATS_TEST_TMPDIR/vcf" "$BATS_TEST_TMPDIR/bcf"
    # PLINK's frequencies have four digits: their third may be rounded twice.
    paste -d' ' "$BATS_TEST_TMPDIR/plink" "$BATS_TEST_TMPDIR/vcf" | awk '
        $1 != $6 || $2 != $7 || $3 != $8 || ($4 - $9) ^ 2 > 0.0011 ^ 2 ||
        $5 != $10 { print; bad = 1 }
        END { exit bad || NR < 1000 }'
    [ "$(wc -l <"$BATS_TEST_TMPDIR/plink")" -eq "$(wc -l <p.bim)" ]
}

@test "every genotype of the .bed is that of the .vcf" {
    need_cmd plink1.9
    need_cmd bcftools
    plink1.9 --bfile p --keep-allele-order --recode A-transpose \
        --allow-no-sex --out "$BATS_TEST_TMPDIR/t" >/dev/null
    # COUNTED is the .bim's A1: ours is ALT.
    tail -n +2 "$BATS_TEST_TMPDIR/t.traw" | cut -f 2,5,7- >"$BATS_TEST_TMPDIR/a"
    bcftools query -f '%ID\t%ALT[\t%GT]\n' p.vcf.gz |
        sed 's/0|0/0/g; s/[01]|[01]/&;/g; s/0|1;/1/g; s/1|0;/1/g; s/1|1;/2/g; s/\.|\./NA/g' \
            >"$BATS_TEST_TMPDIR/b"
    cmp "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
}

@test "the indexes work" {
    need_cmd bcftools
    for f in p.vcf.gz p.bcf; do
        bcftools view -H -r X:5100000-5110000 "$f" | cut -f 1-5 >"$BATS_TEST_TMPDIR/r"
        bcftools view -H "$f" |
            awk '$1 == "X" && $2 >= 5100000 && $2 <= 5110000' | cut -f 1-5 |
            cmp - "$BATS_TEST_TMPDIR/r"
        [ -s "$BATS_TEST_TMPDIR/r" ]
    done
}

@test "annotations stand beside their variants, in the order of the .bim" {
    gzip -dc p.annot.gz | awk 'NR > 1 { print $1, $2, $3, $4 }' >"$BATS_TEST_TMPDIR/a"
    awk '{ print $1, $4, $2, $3 }' p.bim | cmp - "$BATS_TEST_TMPDIR/a"
    [ "$(gzip -dc p.annot.gz | head -1 | wc -w)" -eq 24 ]
    gzip -dc p.annot.gz | awk -F'\t' 'NF != 24 { exit 1 }'
}

@test "blocks follow one another, the map grows" {
    awk '$1 == c && $2 != e { exit 1 } { c = $1; e = $3 } $2 >= $3 { exit 1 }' \
        p.blocks.bed
    [ "$(cut -f 1 p.blocks.bed | uniq)" = $'3\nX' ]
    awk 'NR == 1 { next }
         $1 == c && ($2 <= b || $4 < m) { exit 1 } { c = $1; b = $2; m = $4 }' p.map
}

@test "the same bytes for one thread and for three, none for another seed" {
    cd "$BATS_TEST_TMPDIR"
    dw-synth -q -n 20 --chroms 5 --length 100k --bcf -@ 1 -o a
    dw-synth -q -n 20 --chroms 5 --length 100k --bcf -@ 3 -o b
    dw-synth -q -n 20 --chroms 5 --length 100k --bcf --seed 2 -o c
    for s in bed bim fam annot.gz blocks.bed bcf bcf.csi; do
        cmp "a.$s" "b.$s"
    done
    run cmp a.bim c.bim
    [ "$status" -eq 1 ]
}

@test "--by-chrom: a chromosome is the same alone" {
    cd "$BATS_TEST_TMPDIR"
    dw-synth -q -n 20 --chroms 2-3 --length 100k --by-chrom -o a
    dw-synth -q -n 20 --chroms 3, --length 100k -o b
    for s in bed bim fam annot.gz; do
        cmp "a.3.$s" "b.$s"
    done
    [ -e a.2.bed ]
    [ ! -e a.bed ]
}

@test "--variants keeps that many" {
    cd "$BATS_TEST_TMPDIR"
    dw-synth -q -n 20 --chroms 3 --length 200k --variants 100 --annotations 30 -o a
    [ "$(wc -l <a.bim)" -eq 100 ]
    gzip -dc a.annot.gz | head -1 | grep -q 'OpenCell14$'
}

@test "says what it made, and -q says nothing" {
    cd "$BATS_TEST_TMPDIR"
    run --separate-stderr dw-synth -n 20 --chroms 1 --length 100k -o a
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    [[ $stderr =~ ^"dw-synth: 20 people, 1 chromosomes, "[0-9]+" variants, 1 blocks: a."\*$ ]]
    run --separate-stderr dw-synth -q -n 20 --chroms 1 --length 100k -o a
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
}

# bats keeps files of its own in BATS_TEST_TMPDIR.
empty_folder() {
    mkdir "$BATS_TEST_TMPDIR/empty"
    cd "$BATS_TEST_TMPDIR/empty" || return 1
}

@test "wrong usage ends with 2 and makes no file" {
    empty_folder
    for bad in "" "-o -" "-o a --chroms 0" "-o a --chroms 2,1" "-o a -n 1" \
        "-o a --min-maf 0.6" "-o a --annotations 0" "-o a --length 12x" \
        "-o a --people" "-o a --nothing" "-o a operand"; do
        # shellcheck disable=SC2086 # the words of a command line
        run --separate-stderr dw-synth $bad
        [ "$status" -eq 2 ]
        [ -z "$output" ]
    done
    [ -z "$(ls -A)" ]
}

@test "no variant at all is told" {
    empty_folder
    # Two people, 10 kb, half of the four haplotypes: some chromosome has none.
    run --separate-stderr dw-synth -n 2 --chroms 20 --length 10k --min-maf 0.5 -o a
    refused "chromosome [0-9]+: no variant .* make it longer"
    [ -z "$(ls -A)" ]
}

@test "a folder that is not there is told, a full disk too" {
    cd "$BATS_TEST_TMPDIR"
    run --separate-stderr dw-synth -n 20 --chroms 1 --length 100k -o no/where
    refused "cannot write no/where.* No such file or directory"
    mkdir small
    # htslib 1.16 loses its own buffers when the last write of a VCF fails.
    export ASAN_OPTIONS=detect_leaks=0
    for kind in "" --vcf --bcf; do
        # shellcheck disable=SC2086,SC2016
        run --separate-stderr bash -c 'ulimit -f 8; trap "" XFSZ; exec dw-synth "$@"' \
            _ -n 200 --chroms 1 --length 300k $kind -o small/a
        refused "cannot write small/a"
        [ -z "$(ls -A small)" ]
    done
}

@test "the examples of the manual page run" {
    cd "$BATS_TEST_TMPDIR"
    sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/{/^\.Bd/,/^\.Ed/{/^\.[BE]d/d;p}}' \
        "$ROOT/man/dw-synth.1" >examples.sh
    [ "$(grep -c ^dw-synth examples.sh)" -eq 2 ]
    bash -e examples.sh
    [ -s toy.vcf.gz ]
    [ "$(wc -l <thin.bim)" -eq 4000 ]
}
