#!/bin/sh
# Which model and which settings of its training are worth what: the gain on
# held-out blocks of made-up traits, as dw-fit(1), THE DEFAULTS, shows it.
# defaults.sh BIN [TRAITS [DIR]]: that many traits of each truth; what is made
# stays in DIR, if one is named.  $CHROMS (12 at least) and $VARIANTS, of each
# chromosome, are the size of the panel.  Prints a table, asserts nothing; five
# traits of the panel that is made by default take some ten minutes of a core.
set -eu

PATH=$(cd "$1" && pwd):$PATH
LC_ALL=C
export PATH LC_ALL
traits=${2:-5}
chroms=${CHROMS:-15} variants=${VARIANTS:-5000}
if [ -n "${3:-}" ]; then
    cd "$3"
else
    dir=$(mktemp -d)
    trap 'rm -rf "$dir"' EXIT
    cd "$dir"
fi

# The linear model comes first: the others are held against it.
configs='linear
mlp:32
mlp:64,64
mlp:64,64 --dropout 0
mlp:64,64 --dropout 0.5
mlp:64,64 --lr 1e-3
mlp:64,64 --lr 1e-2
mlp:64,64 --lr 1e-2 --dropout 0'

# truth KIND SEED
truth() {
    case $1 in
    mlp) echo "mlp:$2,1.2" ;;
    enrich) echo "enrich:Coding=30,Conservation=3" ;;
    esac
}

# gain MODEL OPTION...: on the blocks held out, over the constant model's.
gain() {
    dw-fit -q --holdout-chrom 3,6,9,12 --valid-chrom 2,8 --log log.tsv -o m.dwm \
        --model "$@" trait.dws
    awk -F '\t' 'NR > 1 && $13 { gain = $5 } END { print gain }' log.tsv
}

dw-synth -q --chroms "$chroms" --length 10M --people 250 --annotations 24 \
    --variants $((chroms * variants)) --seed 3 -o p
dw-ingest -q --ref p.bim --annot p.annot.gz |
    dw-ldblock -q --geno p.bed --blocks p.blocks.bed -o panel.dws
: >gains.tsv
for kind in mlp enrich; do
    for seed in $(seq "$traits"); do
        dw-sim -q --truth "$(truth "$kind" "$seed")" --n 400000 --h2 0.06 --tau 0.2 \
            --seed "$seed" -o trait.dws panel.dws
        echo "$configs" | while read -r config; do
            # shellcheck disable=SC2086 # a model and its options
            printf '%s\t%s\t%s\t%s\n' "$kind" "$seed" "$config" "$(gain $config)" >>gains.tsv
        done
    done
done

awk -F '\t' '
    function sd(s, q, n) { return n > 1 && q > s * s / n ? sqrt((q - s * s / n) / (n - 1)) : 0 }
    $3 == "linear" { linear[$1, $2] = $4 }
    {
        at = $1 "\t" $3; d = $4 - linear[$1, $2]
        if (!n[at]++) order[++rows] = at
        s[at] += $4; q[at] += $4 * $4; over[at] += d; over2[at] += d * d
    }
    END {
        print "TRUTH\tMODEL\tN\tGAIN\tSD\tOVER_LINEAR\tSD"
        for (i = 1; i <= rows; i++) {
            at = order[i]
            printf "%s\t%d\t%.1f\t%.1f\t%.1f\t%.1f\n", at, n[at], s[at] / n[at],
                sd(s[at], q[at], n[at]), over[at] / n[at], sd(over[at], over2[at], n[at])
        }
    }' gains.tsv
