# Several -m: means of what the models say, in dw-score and in dw-eval alike.
# shellcheck disable=SC2154 # stderr is set by run
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    dw-synth -q --chroms 6 --length 3M --people 300 --variants 6000 \
        --min-maf 0.02 --annotations 8 -o syn
    dw-ingest -q --ref syn.bim --annot syn.annot.gz |
        dw-ldblock -q --geno syn.bed --blocks syn.blocks.bed |
        dw-sim -q --truth mlp:3 --n 2000000 --h2 0.4 --tau 0.2 --trait sim -o blocks.dws
    for seed in 1 2 3 4; do
        dw-fit -q --model mlp:16 --epochs 5 --lr 0.02 --valid-chrom 5 --holdout-chrom 6 \
            --seed $seed -o $seed.dwm blocks.dws
    done
}

setup() {
    set -o pipefail
    cd "$BATS_FILE_TMPDIR" || return 1
}

@test "dw-eval of two models is that of the mean of two tables" {
    for i in 1 2; do dw-score -q -m $i.dwm -o $i.tsv blocks.dws; done
    paste 1.tsv 2.tsv | awk -F '\t' -v OFS='\t' 'NR == 1 { print $1, $2, $4, $5, $7; next }
        { print $1, $2, $4, $5, sprintf("%.9g", ($7 + $17) / 2) }' >mean.tsv
    read -r s2 tau < <(for i in 1 2; do dw-view --model $i.dwm; done |
        awk '$1 == "s2" { s += $2 / 2 } $1 == "tau" { t += $2 / 2 }
            END { printf "%.9g %.9g\n", s, t }')
    dw-eval -q -m 1.dwm -m 2.dwm --gradient both.grad blocks.dws | cut -f 1-6 >both.txt
    dw-eval -q --prior mean.tsv --s2 "$s2" --tau "$tau" --gradient mean.grad blocks.dws |
        cut -f 1-6 >mean.txt
    paste both.txt mean.txt | awk 'NR == 2 { d = $4 - $10; exit !(d * d < 1e-4) }'
    paste both.grad mean.grad | awk 'NR > 1 { d += ($7 - $14)^2; n += $14^2 }
        END { exit !(n > 0 && d < 1e-8 * n) }'
    dw-eval -q -@ 3 -m 1.dwm -m 2.dwm blocks.dws | cut -f 1-6 | cmp - both.txt
}

@test "the mean of four is likelier than one of them is on average" {
    for i in 1 2 3 4; do dw-eval -q -m $i.dwm --by chrom blocks.dws; done |
        awk '$1 == 6 { s += $4 / 4 } END { printf "%.3f\n", s }' >one.txt
    dw-eval -q -m 1.dwm -m 2.dwm -m 3.dwm -m 4.dwm --by chrom blocks.dws |
        awk '$1 == 6 { print $4 }' >four.txt
    echo "one: $(cat one.txt), four: $(cat four.txt)"
    awk -v a="$(cat four.txt)" -v b="$(cat one.txt)" 'BEGIN { exit !(a > b) }'
}

@test "models of two traits are refused, and a table beside a model" {
    dw-sim -q --n 1000 --h2 0.2 --trait other -o other.dws blocks.dws
    dw-fit -q --model const --trait other -o other.dwm other.dws
    run --separate-stderr dw-eval -m 1.dwm -m other.dwm blocks.dws
    refused '1.dwm is a model of sim, and other.dwm of other'
    run --separate-stderr dw-eval -m 1.dwm -m 2.dwm --prior x.tsv blocks.dws
    [ "$status" -eq 2 ]
}
