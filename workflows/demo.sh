#!/bin/sh
# The whole pipeline on made-up data, and what came out.  demo.sh BIN
#
# 2,500 people are made up on six chromosomes of 10 Mb: 1,500 whose LD the study
# has, 500 as the reference panel that a user would have, and 500 to be scored.
# The truth is a nonlinear function of the annotations.  The study's table is
# written as tables come: half of the alleles the other way round, some on the
# other strand, some variants that the panel lacks, some of too small a sample.
set -eu

bin=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
PATH=$bin:$PATH
threads=$(getconf _NPROCESSORS_ONLN)
chroms="1 2 3 4 5 6"
holdout=6
began=$(date +%s)
mkdir -p demo
cd demo

say() {
    printf '%3d s  %s\n' $(($(date +%s) - began)) "$*"
}

say "People, genotypes and annotations out of nothing (dw-synth)"
dw-synth -q -@ "$threads" --seed 1 --people 2500 --chroms 6 --length 10M \
    --variants 45000 --by-chrom -o people
awk '{ print $1, $2 > (NR <= 1500 ? "study" : NR <= 2000 ? "panel" : "target") ".samples" }' \
    people.1.fam

say "A study of 300,000 people, heritability 0.05 in these 60 Mb, on variances drawn by a network (dw-sim)"
for c in $chroms; do
    dw-ingest -q --ref "people.$c.bim" --annot "people.$c.annot.gz" |
        dw-ldblock -q -@ "$threads" --geno "people.$c.bed" \
            --samples study.samples --blocks people.blocks.bed -o "truth.$c.dws"
done
cat truth.?.dws |
    dw-sim -q -@ "$threads" --seed 1 --n 300000 --h2 0.05 --truth mlp:1 --trait height -o truth.dws
dw-view --variants truth.dws >variants.tsv
awk -f "$here/as-sent.awk" variants.tsv | gzip >study.tsv.gz
dw-view --truth truth.dws | paste - variants.tsv | awk -f "$here/true-weights.awk"
for c in $chroms; do
    dw-prs -q --geno "people.$c.bed" --samples target.samples -o "true.$c.prs.tsv" "true.$c.tsv"
done

say "From the study's table to scored variants (dw-ingest, dw-ldblock, dw-fit, dw-score, dw-prs)"
for model in const mlp:32; do
    out=${model%:*}
    make -s -f "$here/Makefile" OUT="$out" TRAIT=height SUMSTATS=study.tsv.gz \
        GENO=people.@ ANNOT=people.@.annot.gz BLOCKS=people.blocks.bed \
        SAMPLES=panel.samples CHROMS="$chroms" HOLDOUT=$holdout MODEL=$model \
        TARGET=people.@ TARGET_SAMPLES=target.samples THREADS="$threads"
done

say "Done"
sh "$here/report.sh" "$holdout"
