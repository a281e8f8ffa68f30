#!/usr/bin/env bats
# What dw-ingest says where an input is good for something else, or odd.
# shellcheck disable=SC2154 # status, stdout and stderr are set by run
load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    printf '1\trs1\t0\t100\tA\tG\n' >p.bim
}

# study HIGH: 1000 rows of N 100, and of 1000 those of N 126 and of N 125.
study() {
    awk -v high="$1" 'BEGIN {
        OFS = "\t"; print "CHR", "SNP", "POS", "A1", "A2", "N", "AF1", "BETA", "SE", "P"
        for (i = 1; i <= 1000; i++)
            print 1, "rs" i, 100 * i, "A", "G", i <= high ? 126 : i <= 2 * high ? 125 : 100, 0.5, 1, 1, 0.3
    }'
}

@test "an N far above the median is taken and counted; of many it is told" {
    study 10 >few.tsv
    dw-ingest --report r.tsv -o out.dws few.tsv 2>said
    grep -q $'^sumstats\ttaken\t1000\t1$' r.tsv
    grep -q $'^actions\tn_high\t10\t0.01$' r.tsv
    grep -q '10 variants have an N above 1.25 times the median' said
    grep -q 'healthy' said
    study 30 >many.tsv
    dw-ingest -o out.dws many.tsv 2>said
    grep -q 'look again: 3.0 % have an N above 1.25 times the median' said
    study 0 >none.tsv
    dw-ingest --report r.tsv -o out.dws none.tsv 2>said
    run ! grep -q n_high r.tsv
    run ! grep -q 'above 1.25' said
}

@test "--annot NAME=FILE is told of --bed" {
    run --separate-stderr dw-ingest --ref p.bim --annot peaks=x.bed -o out.dws
    [ "$status" -eq 2 ]
    [[ $stderr == *'peaks=x.bed: no such file; NAME=FILE is for --bed'* ]]
    run --separate-stderr dw-ingest --ref p.bim --annot x.annot -o out.dws
    refused 'x.annot: No such file'
    # A file of such a name is a file.
    printf 'CHR\tBP\tx\n1\t100\t7\n' >a=b.annot
    dw-ingest -q --ref p.bim --annot a=b.annot -o out.dws
    dw-view --variants out.dws | grep -q 7
}

@test "a BCF through a pipe is told as one" {
    command -v bcftools >/dev/null || skip "bcftools is not there"
    printf '%s\n' '##fileformat=VCFv4.2' '##contig=<ID=1,length=1000>' \
        '##INFO=<ID=AF,Number=A,Type=Float,Description="f">' \
        $'#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO' \
        $'1\t100\trs1\tG\tA\t.\t.\tAF=0.1' | bcftools view -Ob -o i.bcf
    run --separate-stderr bash -c 'dw-ingest --ref p.bim --info <(cat i.bcf):AF -o out.dws'
    refused 'is a BCF, which is read from a file and not through a pipe'
    run --separate-stderr bash -c 'dw-ingest -o out.dws - <i.bcf'
    refused 'stdin: is a BCF'
}

@test "of several studies in a BCF the one that is asked for" {
    command -v bcftools >/dev/null || skip "bcftools is not there"
    printf '%s\n' '##fileformat=VCFv4.2' '##contig=<ID=1,length=1000>' \
        '##FORMAT=<ID=ES,Number=A,Type=Float,Description="effect">' \
        '##FORMAT=<ID=SE,Number=A,Type=Float,Description="its error">' \
        '##FORMAT=<ID=SS,Number=A,Type=Float,Description="size">' \
        $'#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tone\ttwo\tthree' \
        $'1\t100\trs1\tG\tA\t.\t.\t.\tES:SE:SS\t1:1:10\t2:1:20\t3:1:30' \
        $'1\t200\trs2\tG\tA,C\t.\t.\t.\tES:SE:SS\t1,4:1,1:10,10\t.:.:.\t3,6:1,1:30,30' >s.vcf
    bcftools view -Ob -o s.bcf s.vcf
    for study in one two three; do
        dw-ingest -q --trait t --study $study s.vcf | dw-view --variants >want
        dw-ingest -q --trait t --study $study s.bcf | dw-view --variants | cmp want
    done
    [ "$(wc -l <want)" -eq 4 ]
    run --separate-stderr dw-ingest -o out.dws s.bcf
    refused 'has 3 studies: choose one with --study'
}
