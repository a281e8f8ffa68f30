# shellcheck shell=sh
# LD scores against ldsc's own, where $LDSC is its ldsc.py: sourced by bench.sh.
# shellcheck disable=SC2154 # cpu is set by measure

dw-synth -q -@ 2 --seed 3 --people 500 --chroms 1 --length 100M --variants 100000 \
    --annotations 96 -o "$dir/scores"
gzip -dc "$dir/scores.annot.gz" | sed -e ':a' -e 's/\tNA\(\t\|$\)/\t0\1/;ta' |
    gzip -1 >"$dir/scores.full.annot.gz"
dw-ingest -q --ref "$dir/scores.bim" --annot "$dir/scores.full.annot.gz" -o "$dir/scores.var"

echo "LD scores of 100,000 variants, 500 people, within 1 Mb, as ldsc cuts windows"
window="--ld-wind-kb 1000"
runs=3
measure "dw-ldblock, before dw-view of blocks" "dw-ldblock -q --geno $dir/scores.bed \
    --window 27500k --flank 1250k --min-eigen 1e-7 --store f32 -o $dir/scores.dws $dir/scores.var"
for parts in "" --by-annotation; do
    runs=3
    of=${parts:+, 96 annotations}
    ours="dw-view -q --ldscores $parts $window --chunk-size 50 -o $dir/scores.l2"
    measure "dw-view, of blocks$of" "$ours $dir/scores.dws"
    blocks=$cpu
    measure "dw-view, of genotypes$of" "$ours --geno $dir/scores.bed $dir/scores.var"
    genotypes=$cpu
    measure "the same, -@2" "$ours -@2 --geno $dir/scores.bed $dir/scores.var"
    if [ -n "${LDSC:-}" ]; then
        # shellcheck disable=SC2034 # measure reads it
        runs=1
        measure "ldsc --l2$of" "OPENBLAS_NUM_THREADS=1 python3 $LDSC --bfile $dir/scores --l2 \
            $window ${parts:+--annot $dir/scores.full.annot.gz} --yes-really --out $dir/ldsc"
        ratio "$cpu" "$blocks" "CPU, ldsc to dw-view of blocks"
        ratio "$cpu" "$genotypes" "CPU, ldsc to dw-view of genotypes"
    fi
done
unset runs
