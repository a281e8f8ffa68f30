# shellcheck shell=sh
# LD scores against ldsc's own, where $LDSC is its ldsc.py: sourced by bench.sh.
# shellcheck disable=SC2154 # cpu is set by measure

dw-synth -q -@ 2 --seed 3 --people 500 --chroms 1 --length 100M --variants 100000 \
    --annotations 96 -o "$dir/scores"
gzip -dc "$dir/scores.annot.gz" | sed -e ':a' -e 's/\tNA\(\t\|$\)/\t0\1/;ta' |
    gzip -1 >"$dir/scores.full.annot.gz"
dw-ingest -q --ref "$dir/scores.bim" --annot "$dir/scores.full.annot.gz" -o "$dir/scores.var"

echo "LD scores of 100,000 variants, 500 people, within 1 Mb, as ldsc cuts windows"
runs=3
measure "dw-ldblock, before either" "dw-ldblock -q --geno $dir/scores.bed --window 27500k \
    --flank 1250k --min-eigen 1e-7 --store f32 -o $dir/scores.dws $dir/scores.var"
for parts in "" --by-annotation; do
    runs=3
    of=${parts:+, 96 annotations}
    measure "dw-view --ldscores$of" "dw-view --ldscores $parts --ld-wind-kb 1000 \
        --chunk-size 50 -o $dir/scores.l2 $dir/scores.dws"
    ours=$cpu
    if [ -n "${LDSC:-}" ]; then
        # shellcheck disable=SC2034 # measure reads it
        runs=1
        measure "ldsc --l2$of" "python3 $LDSC --bfile $dir/scores --l2 --ld-wind-kb 1000 \
            ${parts:+--annot $dir/scores.full.annot.gz} --out $dir/ldsc"
        ratio "$cpu" "$ours" "CPU, ldsc to dw-view"
    fi
done
unset runs
