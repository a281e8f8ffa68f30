#!/bin/sh
# Which model and which settings of its training are worth what: the gain on
# held-out blocks of made-up traits, as dw-fit(1), THE DEFAULTS, shows it.
# defaults.sh BIN [TRAITS [DIR]]: that many traits of each truth; what is made
# stays in DIR, if one is named.  $CHROMS (12 at least) and $VARIANTS, of each
# chromosome, are the size of the panel.  Prints a table, asserts nothing; six
# traits of the panel that is made by default take some 25 minutes of a core.
set -eu

PATH=$(cd "$1" && pwd):$PATH
LC_ALL=C
export PATH LC_ALL
traits=${2:-6}
chroms=${CHROMS:-15} variants=${VARIANTS:-5000}
if [ -n "${3:-}" ]; then
    cd "$3"
else
    dir=$(mktemp -d)
    trap 'rm -rf "$dir"' EXIT
    cd "$dir"
fi

# All are held against the linear model and against the default, trait by trait.
default=mlp:64,64
configs='linear
mlp:32
mlp:64,64
mlp:64,64 --patience 0
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
for kind in mlp enrich; do
    for seed in $(seq "$traits"); do
        dw-sim -q --truth "$(truth "$kind" "$seed")" --n 400000 --h2 0.06 --tau 0.2 \
            --seed "$seed" -o trait.dws panel.dws
        echo "$configs" | while read -r config; do
            # shellcheck disable=SC2086 # a model and its options
            gain=$(gain $config)
            printf '%s\t%s\t%s\t%s\n' "$kind" "$seed" "$config" "$gain"
        done
    done
done >gains.tsv

# Better is what shows in the table: models are alike but for their last digits
# where no network was kept.
awk -F '\t' -v default="$default" '
    function tenths(x) { return sprintf("%.1f", x) + 0 } # never -0.0
    # The mean of x over the traits, and its standard error.
    function mean(x,    i, sum, square) {
        for (i = 1; i <= traits; i++) sum += x[i]
        for (i = 1; i <= traits; i++) square += (x[i] - sum / traits) ^ 2
        return sprintf("%.1f (%.1f)", tenths(sum / traits),
            traits > 1 ? sqrt(square / (traits - 1) / traits) : 0)
    }
    function row(kind, model,    i, sum, better, linear, other) {
        for (i = 1; i <= traits; i++) {
            sum += gain[kind, model, i]
            linear[i] = gain[kind, model, i] - gain[kind, "linear", i]
            other[i] = gain[kind, model, i] - gain[kind, default, i]
            better += tenths(other[i]) > 0
        }
        printf "%-32s%7.1f%13s%15s%7d\n", model, sum / traits, mean(linear),
            mean(other), better
    }
    !(($1, $3) in known) { known[$1, $3]; kind[++rows] = $1; model[rows] = $3 }
    { gain[$1, $3, $2] = $4; traits = $2 > traits ? $2 : traits }
    END {
        truth["mlp"] = "network"; truth["enrich"] = "log-linear"
        for (i = 1; i <= rows; i++) {
            if (kind[i] != kind[i - 1])
                printf "%-32s%7s%13s%15s%7s\n", "truth: " truth[kind[i]], "gain",
                    "over linear", "over " default, "better"
            row(kind[i], model[i])
        }
    }' gains.tsv
