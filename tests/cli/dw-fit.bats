# dw-fit: what was planted is found; parts are kept apart; the same bytes for any
# number of threads; what cannot be fitted is refused.
# shellcheck disable=SC2154 # stderr is set by run
load helper

# A little panel with a trait whose truth depends on two annotations.
setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    twelve_pieces
}

setup() {
    set -o pipefail
    cd "$BATS_FILE_TMPDIR" || return 1
}

# gain LOG COLUMN: of the last row that is the best.
gain() {
    awk -v c="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == c) at = i }
        $13 == 1 { x = $at } END { print x }' "$1"
}

# above X Y: X > Y
above() {
    awk -v x="$1" -v y="$2" 'BEGIN { exit !(x != "NA" && x > y) }' ||
        { echo "$1 is not above $2"; return 1; }
}

@test "constant: h2 and tau within their standard errors" {
    dw-sim -q --n 500000 --h2 0.1 --tau 0.2 --trait sim -o flat.dws panel.dws
    run --separate-stderr dw-fit --model const -o const.dwm flat.dws
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    echo "$stderr" | awk '/constant model: h2/ {
        gsub(/[(),]/, ""); h = $5; se = $7; tau = $12; tse = $13 }
        END { exit !(h - 0.1 < 3 * se && 0.1 - h < 3 * se && se < 0.02 &&
            tau - 0.2 < 4 * tse && 0.2 - tau < 4 * tse && tse < 0.05) }'
}

@test "linear: the annotations that were planted are found" {
    # Without a penalty: with one, coefficients are smaller than the truth.
    dw-fit -q --model linear --weight-decay 0 --coefficients coef.tsv \
        -o linear.dwm blocks.dws
    [ "$(head -n 1 coef.tsv)" = "$(printf 'ANNOTATION\tINPUT\tCOEF\tSE\tZ\tP\tBLOCK_SE\tTRAIT')" ]
    # log(3) per standard deviation; log(30) from 0 to 1. Within 3 SE, both and
    # the others' 0.
    sd=$(dw-view --model linear.dwm | awk '$2 == "Coding" { print $5 }')
    awk -F '\t' -v sd="$sd" 'NR > 1 { x = 0
            if ($1 == "Conservation" && $2 == "value") x = log(3)
            if ($1 == "Coding") x = log(30) * sd
            if (x && $5 > 5) found++
            if (($3 - x)^2 > 9 * $4 * $4) { print; bad++ }
        } END { exit !(found == 2 && !bad) }' coef.tsv
    # A constant annotation is no input.
    run ! grep -q '^base' coef.tsv
}

# By average information alone these take 14 steps each.
@test "linear: a dozen steps, be the truth a line or a network" {
    cd "$BATS_TEST_TMPDIR"
    dw-synth -q --chroms 12 --length 3M --people 60 --variants 12000 \
        --annotations 24 --seed 3 -o p
    dw-ingest -q --ref p.bim --annot p.annot.gz |
        dw-ldblock -q --geno p.bed --blocks p.blocks.bed -o panel.dws
    for truth in enrich:Coding=30,Conservation=3 mlp:2,1.2; do
        dw-sim -q --truth $truth --n 400000 --h2 0.02 --tau 0.2 panel.dws |
            dw-fit --model linear -o line.dwm 2>line.txt
        steps=$(sed -n 's/.*linear model: \([0-9]*\) steps.*/\1/p' line.txt)
        [ "$steps" -le 12 ]
    done
}

@test "real data: a dozen steps where the folds of few blocks move the penalty" {
    need_shared
    cd "$BATS_TEST_TMPDIR"
    d=$SHARED/ukbb_height_windows
    for c in 1 2 3 4 6 8 10 11 13 14 16 17 18 19 21; do
        dw-ingest -q --n 450000 --ref "$d/geno/1000G.subset.$c.bim" \
            --annot "$d/annot/ens75_h3k4me1_recomb.$c.annot.gz" "$d/bolt.sumstats.txt.gz" |
            dw-ldblock -q --geno "$d/geno/1000G.subset.$c.bed"
    done >all.dws
    # To and fro between penalties of 100 and 1 it would take 17.
    dw-fit -@ 2 --model linear --holdout-chrom 2,3 -o line.dwm all.dws 2>line.txt
    grep -q 'linear model: [0-9]* steps, .* penalty 100' line.txt
    [ "$(sed -n 's/.*linear model: \([0-9]*\) steps.*/\1/p' line.txt)" -le 12 ]
}

@test "held out, linear and mlp gain over the constant model" {
    for model in linear mlp:16; do
        dw-fit -q --model $model --holdout-chrom 3,chr6,9 --epochs 4 \
            --log $model.tsv -o $model.dwm blocks.dws
        above "$(gain $model.tsv HELDOUT_GAIN)" 1
        above "$(gain $model.tsv TRAIN_GAIN)" 10
    done
    [ "$(gain linear.tsv VALID_GAIN)" = NA ]
}

@test "both losses of each epoch, whichever is trained on" {
    for loss in likelihood ldsr; do
        fit() {
            dw-fit --model mlp:8 --loss $loss --epochs 3 --patience 0 \
                --valid-chrom 2 --holdout-chrom 3,6,9 "$@" blocks.dws
        }
        fit --log both.tsv -o both.dwm 2>both.txt
        [ "$(tail -n +2 both.tsv | wc -l)" -eq 4 ]
        [ "$(head -n 1 both.tsv | cut -f 17,18)" = "$(printf 'VALID_LDSR\tHELDOUT_LDSR')" ]
        # What is reported of the model, in double, is what its epoch's row says.
        for part in VALID:validation HELDOUT:"held out"; do
            grep "${part#*:}: .* blocks" both.txt |
                sed 's/.*gain \([-0-9.]*\) over.*loss \([0-9.e+]*\), was.*/\1 \2/' >said
            read -r gain ldsr <said
            awk -v a="$(gain both.tsv "${part%:*}_GAIN")" -v b="$gain" \
                -v c="$(gain both.tsv "${part%:*}_LDSR")" -v d="$ldsr" 'BEGIN {
                exit !((a - b)^2 < 1e-2 && (c / d - 1)^2 < 1e-6) }'
        done
        # Only looked at: the model is the same where nobody asks.
        fit -q -o alone.dwm
        cmp <(dw-view --model both.dwm) <(dw-view --model alone.dwm)
    done
    # A model without epochs, too.
    dw-fit --model linear --holdout-chrom 3,6,9 --log line.tsv -o line.dwm blocks.dws \
        2>line.txt
    [ "$(cut -f 17 line.tsv | tail -n 1)" = NA ]
    [ "$(gain line.tsv HELDOUT_LDSR | xargs printf '%.5g')" = \
        "$(sed -n 's/.*held out: .*loss \([0-9.]*\), was.*/\1/p' line.txt)" ]
    # Not where some variant has no z.
    dw-view --variants blocks.dws | awk -F '\t' -v OFS='\t' '
        NR == 1 { print "CHR", "POS", "OA", "EA", "EAF", "Z", "N" }
        $2 == 1 && NR % 7 { print $3, $4, $6, $7, $8, $9, $10 }' >most.tsv
    dw-ingest -q --ref syn.bim --all --annot syn.annot.gz most.tsv |
        dw-ldblock -q --geno syn.bed --blocks syn.blocks.bed -o some.dws
    dw-fit -q --model mlp:4 --epochs 1 --valid-chrom 2 --holdout-chrom 3 \
        --log some.tsv -o some.dwm some.dws
    [ "$(tail -n +2 some.tsv | cut -f 17,18 | sort -u)" = "$(printf 'NA\tNA')" ]
    [ "$(gain some.tsv HELDOUT_GAIN)" != NA ]
}

@test "held-out blocks have no bearing on the model" {
    awk '$1 != 12' syn.bim >most.bim
    awk '$1 == 12' syn.bim >last.bim
    for part in most last; do
        dw-ingest -q --ref $part.bim --annot syn.annot.gz |
            dw-ldblock -q --geno syn.bed --blocks syn.blocks.bed \
                -o $part.panel.dws
    done
    dw-sim -q --n 500000 --h2 0.1 --trait sim -o most.dws most.panel.dws
    dw-sim -q --n 500000 --h2 0.01 --trait sim -o small.dws last.panel.dws
    dw-sim -q --n 500000 --h2 0.9 --trait sim -o large.dws last.panel.dws
    for other in small large; do
        cat most.dws $other.dws | dw-fit -q --model mlp:4 --epochs 2 \
            --holdout-chrom 12 --log $other.tsv -o $other.dwm
        dw-view --model $other.dwm >$other.txt
    done
    cmp small.txt large.txt
    [ "$(gain small.tsv HELDOUT_GAIN)" != "$(gain large.tsv HELDOUT_GAIN)" ]
    # Both runs are in the model's history.
    dw-view --head small.dwm | grep -c '^step.*dw-ldblock' | grep -qx 2
}

@test "the same bytes for any number of threads" {
    for t in 1 3; do
        dw-fit -q --model mlp:8,4 --epochs 3 -@ $t -o t$t.dwm blocks.dws
    done
    cmp t1.dwm t3.dwm
    dw-fit -q --model mlp:8,4 --epochs 3 --seed 2 -o s2.dwm blocks.dws
    run ! cmp -s t1.dwm s2.dwm
}

@test "a file and a pipe give the same model" {
    dw-fit -q --model linear -o file.dwm blocks.dws
    dw-fit -q --model linear - <blocks.dws >pipe.dwm
    cmp file.dwm pipe.dwm
}

@test "--pass writes the model and, byte for byte, its input" {
    dw-fit -q --model const -o alone.dwm blocks.dws
    cat alone.dwm blocks.dws >both.dws
    dw-fit -q --model const --pass -o passed.dws blocks.dws
    cmp both.dws passed.dws
    dw-fit -q --model const --pass <blocks.dws | cmp - both.dws
}

@test "missing values and the other options" {
    dw-fit -q --model mlp:4 --epochs 1 --loss ldsr --link softplus --s2 learn \
        --tau 0.2 --batch 1 --lr 1e-3 --lr-warmup 0.5 --weight-decay 0.1 \
        --clip 0.1 --dropout 0 --patience 0 --solver dual --valid-chrom 2 \
        --log odd.tsv -o odd.dwm blocks.dws
    [ "$(tail -n +2 odd.tsv | wc -l)" -eq 2 ]
    [ "$(gain odd.tsv TAU)" = 0.2 ]
    dw-view --model odd.dwm | grep -q softplus
    dw-fit -q --model mlp:4 --link relu --epochs 1 -o relu.dwm blocks.dws
}

@test "refusals" {
    run --separate-stderr dw-fit --model mlp:64x64 blocks.dws
    [ "$status" -eq 2 ]
    [[ $stderr == *'"64x64" is no width'* ]]
    run --separate-stderr dw-fit --s2 0 --tau 0 blocks.dws
    [ "$status" -eq 2 ]
    run --separate-stderr dw-fit --tau lean blocks.dws
    [ "$status" -eq 2 ]
    run --separate-stderr dw-fit --model const --coefficients c.tsv blocks.dws
    [ "$status" -eq 2 ]
    run --separate-stderr dw-fit --trait weight -o no.dwm blocks.dws
    refused 'no trait weight; it holds sim'
    run --separate-stderr dw-fit -q -o no.dwm panel.dws
    refused 'no trait'
    run --separate-stderr dw-fit -o no.dwm \
        --holdout-chrom 1,2,3,4,5,6,7,8,9,10,11,12 blocks.dws
    refused 'no block is left to train on'
    dw-ingest -q --ref syn.bim --annot syn.annot.gz -o variants.dws
    run --separate-stderr dw-fit -o no.dwm variants.dws
    refused 'dw-ldblock'
    head -c 10000 blocks.dws >cut.dws
    run --separate-stderr dw-fit -o no.dwm cut.dws
    refused 'cut short'
    run --separate-stderr dw-fit -o no.dwm absent.dws
    refused 'absent.dws'
    run --separate-stderr dw-fit -q --model mlp:4 --lr 1e30 -o no.dwm blocks.dws
    refused 'block .*finite.*--lr'
    [ ! -e no.dwm ]
}

@test "outputs are opened before blocks are read: no fit is lost for a folder" {
    head -c 10000 blocks.dws >cut.dws
    run --separate-stderr dw-fit -o nowhere/model cut.dws
    refused 'cannot write nowhere/model: No such file'
    run --separate-stderr dw-fit --log nowhere/log -o early.dwm cut.dws
    refused 'cannot write nowhere/log: No such file'
    run --separate-stderr dw-fit --model linear --coefficients nowhere/tsv -o early.dwm cut.dws
    refused 'cannot write nowhere/tsv: No such file'
    run --separate-stderr dw-fit --log early.tsv -o early.dwm cut.dws
    refused 'cut short'
    [ -z "$(find . -name 'early*')" ]
}

@test "a chromosome that is not there is told" {
    run --separate-stderr dw-fit --model const --holdout-chrom 17 -o c.dwm \
        blocks.dws
    [ "$status" -eq 0 ]
    [[ $stderr == *'--holdout-chrom 17: no block is there'* ]]
}

@test "real z-scores of height: tau is needed, and annotations tell" {
    need_shared
    d=$SHARED/ukbb_height_chr22_hm3
    dw-ingest -q --trait height --ref "$d/geno/1000G_eur_chr22.bim" \
        --annot "$d/annot/ens75_h3k4_recomb.22.annot.gz" \
        "$d/ukb_height_chr22.fastGWA.gz" |
        dw-ldblock -q --geno "$d/geno/1000G_eur_chr22.bed" --blocks \
            "$SHARED/ldblocks/ldetect_grch37.eur.loci.bed" -o real.dws
    dw-fit -q --model const --tau 0 --log zero.tsv -o zero.dwm real.dws
    dw-fit -q --model linear --log real.tsv -o real.dwm real.dws
    above "$(gain real.tsv TRAIN_LOGLIK)" "$(gain zero.tsv TRAIN_LOGLIK)"
    above "$(gain real.tsv TRAIN_GAIN)" 20
    above "$(gain real.tsv TAU)" 0.1
    above "$(gain zero.tsv H2)" "$(gain real.tsv H2)"
}

@test "the examples of the manual page" {
    cd "$BATS_TEST_TMPDIR"
    sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/{/^\.Bd/,/^\.Ed/{/^\.[BE]d/d;p}}' \
        "$ROOT/man/dw-fit.1" | sed 's/\\e/\\/g' >examples.sh
    bash -eo pipefail examples.sh
    [ -s fit.tsv ] && [ -s coefficients.tsv ] && [ -s scores.tsv ]
}
