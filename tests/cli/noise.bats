# --s2 block, --tau block: where the panel fits some blocks better than others,
# that is found, told, kept in the model, and taken up by dw-eval and dw-score.
# shellcheck disable=SC2154 # stderr is set by run
load helper

# Twelve pieces; every other one was simulated with sixteen times the tau.
setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    dw-synth -q --chroms 6 --length 2M --people 300 --variants 3600 \
        --min-maf 0.02 --annotations 8 -o syn
    dw-ingest -q --ref syn.bim --annot syn.annot.gz -o syn.dwv
    for chrom in 1 2 3 4 5 6; do
        for half in 0 1; do
            at=$(awk -v c="$chrom" -v h="$half" '$1 == c { x[n++] = $4 }
                END { print x[int(h * n / 2)] "-" x[int((h + 1) * n / 2) - 1] }' syn.bim)
            tau=0.05
            [ "$half" = 0 ] || tau=0.8
            dw-ldblock -q --geno syn.bed -r "$chrom:$at" --flank 0 syn.dwv |
                dw-sim -q --seed "$chrom$half" --truth enrich:Conservation=3 \
                    --n 200000 --h2 0.01 --tau $tau --trait sim
        done
    done >blocks.dws
    fit learn >one.txt
    fit block >own.txt
}

fit() {
    dw-fit --log-file "$1.log" --model linear --holdout-chrom 5,6 --tau "$1" \
        -o "$1.dwm" blocks.dws 2>&1
}

setup() {
    set -o pipefail
    cd "$BATS_FILE_TMPDIR" || return 1
}

heldout() {
    sed -n 's/.*held out: .*log likelihood \(-[0-9.]*\),.*/\1/p' "$1"
}

@test "dw-fit --tau block: the spread is found, and held-out blocks gain by it" {
    # A standard deviation of log(16) / 2 = 1.39.
    sd=$(sed -n 's/.*log tau of blocks: standard deviation //p' own.txt)
    awk -v x="$sd" 'BEGIN { exit !(x > 1.1 && x < 1.7) }'
    run ! grep -q 'of blocks:' one.txt
    awk -v x="$(heldout own.txt)" -v y="$(heldout one.txt)" \
        'BEGIN { exit !(x > y + 50) }'
}

@test "dw-eval finds the same evidence; --tau takes one for all" {
    dw-eval -q -m block.dwm --by chrom blocks.dws >eval.txt
    awk -v x="$(heldout own.txt)" 'NR > 1 && $1 >= 5 { s += $4 }
        END { exit !(s - x < 0.01 && x - s < 0.01) }' eval.txt
    dw-eval -q -m block.dwm --tau 0.2 --by chrom blocks.dws >fixed.txt
    awk 'NR == FNR { a[$1] = $4; next } FNR > 1 && !(a[$1] > $4) { exit 1 }' \
        eval.txt fixed.txt
}

@test "dw-score: posteriors by each block's own noise are nearer to the truth" {
    for tau in learn block; do
        dw-eval -q -m $tau.dwm --truth $tau.truth blocks.dws >/dev/null
        dw-score -q -m $tau.dwm -o $tau.tsv blocks.dws
    done
    awk 'NR == FNR { a[$1] = $3; next } $1 == "effect" { exit !($3 > a[$1]) }' \
        learn.truth block.truth
    run ! cmp -s learn.tsv block.tsv
    dw-score -q -@ 3 -m block.dwm blocks.dws | cmp - block.tsv
}

@test "dw-fit --s2 block --tau block: the same bytes for any number of threads, and resumed" {
    both=(dw-fit -q --model mlp:4 --epochs 2 --s2 block --tau block)
    "${both[@]}" -o a.dwm blocks.dws
    "${both[@]}" -@ 3 -o b.dwm blocks.dws
    cmp a.dwm b.dwm
    run timeout -s INT 0.4 "${both[@]}" --checkpoint ck --checkpoint-every 0 \
        -o c.dwm blocks.dws
    "${both[@]}" --checkpoint ck --resume -o c.dwm blocks.dws
    cmp a.dwm c.dwm
    run --separate-stderr dw-fit --tau blocks -o d.dwm blocks.dws
    [ "$status" -eq 2 ]
    [[ $stderr == *'"blocks" is neither a number from 0 to 10000 nor learn nor block'* ]]
}

@test "dw-fit --loss ldsr: its own noise is learned, the model has the likelihood's" {
    ldsr=(dw-fit --model linear --loss ldsr --epochs 2)
    "${ldsr[@]}" --log l.tsv -o l.dwm blocks.dws 2>l.txt
    "${ldsr[@]}" --tau 0.3 --log f.tsv -o f.dwm blocks.dws 2>f.txt
    grep -q 'LD-score regression: s2 1, tau ' l.txt
    awk -F '\t' 'NR > 1 { print $9 }' f.tsv | sort -u | grep -qx 0.3
    run ! grep -qx "$(sed -n 's/.*sim: h2.*tau //p' l.txt)" \
        <(sed -n 's/.*LD-score regression: .*tau //p' l.txt)
}
