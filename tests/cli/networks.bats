#!/usr/bin/env bats
# Networks that look at signal tracks, from the tracks to the scores.
load helper
# shellcheck source=tests/planted.sh
. "$BATS_TEST_DIRNAME/../planted.sh"

ORACLE=$BATS_TEST_DIRNAME/../oracle

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    planted 3 6M 6000 128
    dw-ldblock -q --geno demo.bed --blocks demo.blocks.bed -r 3 -o s.dws z.var
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    for f in z.dws z.var s.dws demo.bim signal.bw; do
        ln -s "$BATS_FILE_TMPDIR/$f" .
    done
}

# gain MODEL: its log likelihood on chromosome 3, its gain there over the
# constant model
gain() {
    dw-fit --model "$1" --epochs 12 --holdout-chrom 3 -o gain.dwm z.dws 2>&1 |
        sed -n 's/.*held out: .* likelihood \([-0-9.]*\), gain \([-0-9.]*\) over.*/\1 \2/p'
}

@test "a pattern that no annotation tells is learned from its signal" {
    mlp=$(gain mlp:16)
    transformer=$(gain transformer:dim=8,stem=5,down=1,heads=2,depth=1,dropout=0.1)
    conv=$(gain conv:dim=8,stem=5,dropout=0.1)
    echo "held out: $mlp; $conv; $transformer"
    [ "$(echo "$mlp" "$conv" "$transformer" |
        awk '{ print ($2 < 50) ($4 > 200) ($6 > 200) }')" = 111 ]
    # dw-eval finds the same on the blocks held out.
    dw-eval -q -m gain.dwm --by chrom z.dws | awk -v is="${conv% *}" '
        $1 == 3 { d = $4 - is; exit !(d < 0.01 && d > -0.01) }'
}

# as_oracle MODEL: dw-score of a stream of variants is what the pages say
as_oracle() {
    dw-score -q -m "$1" z.var | awk -v OFS='\t' 'NR > 1 && (NR - 1) % 97 == 0 {
        print $2, $7 }' >ours
    python3 "$ORACLE/network.py" "$1" z.var 97 >theirs
    [ "$(wc -l <ours)" -gt 50 ]
    cut -f 1 ours | diff - <(cut -f 1 theirs)
    paste ours theirs | awk '{ d = $2 / $4 - 1; if (d < 0) d = -d
        if (!(d < 1e-5)) bad++; if (NR > 1 && $2 != last) varied++; last = $2 }
        END { exit bad > 0 || varied < 10 }'
}

@test "variances are what the manual pages say, by a program without matrices" {
    fit() { dw-fit -q --model "$@" --lr 0.02 --valid-chrom 2 --patience 0 -o x.dwm z.dws; }
    fit mlp:8,8,norm,res,act=relu --epochs 3 --loss ldsr
    as_oracle x.dwm
    fit conv:dim=16,down=3,stem=3,kernel=3,bin=4 --epochs 3
    dw-view --model x.dwm | grep -q '^spec.conv:.*,window=128,bin=4$'
    as_oracle x.dwm
    fit transformer:dim=16,stem=5,down=2,heads=2,window=64,act=relu --epochs 3
    as_oracle x.dwm
}

@test "an ensemble of networks, each with its own scale of the tracks" {
    # Other training blocks: other means and deviations of the signal.
    for valid in 1 2; do
        dw-fit -q --model conv:dim=4,down=2,stem=3 --epochs 1 --valid-chrom $valid \
            -o $valid.dwm z.dws
    done
    [ "$(dw-view --model 1.dwm | grep ^track)" != "$(dw-view --model 2.dwm | grep ^track)" ]
    paste <(dw-score -q -m 1.dwm z.var | cut -f 7) \
        <(dw-score -q -m 2.dwm z.var | cut -f 7) \
        <(dw-score -q -m 1.dwm -m 2.dwm z.var | cut -f 7) | awk '
        NR > 1 { d = ($1 + $2) / 2 / $3 - 1; n++; if (d * d > 1e-14) bad++ }
        END { exit !(n > 100 && !bad) }'
}

@test "the same bytes whatever the threads, in memory and out of it" {
    for t in 1 3; do
        dw-fit -q -@ "$t" --model conv:dim=4,stem=3 --epochs 2 --patience 0 \
            --batch 3 -o "$t.dwm" z.dws
        dw-score -q -@ "$t" -m "$t.dwm" -o "$t.tsv" z.dws
        dw-eval -q -@ "$t" -m "$t.dwm" --by block -o "$t.eval" z.dws
    done
    cmp 1.dwm 3.dwm
    cmp 1.tsv 3.tsv
    cmp 1.eval 3.eval
    dw-fit --model conv:dim=4,stem=3 --epochs 2 --patience 0 --batch 3 \
        --memory 28M -o low.dwm z.dws 2>low
    grep -q 'the others are read again from z.dws' low
    cmp 1.dwm low.dwm
    # A block's prior is that of its variants, but for the rounding of products
    # that are cut into tiles elsewhere.
    dw-score -q -m 1.dwm z.var | cut -f 2,7 | paste - <(cut -f 2,7 1.tsv) | awk '
        NR > 1 { d = $2 / $4 - 1; if ($1 != $3 || d > 1e-6 || d < -1e-6) bad++ }
        END { exit NR < 1000 || bad > 0 }'
}

# shellcheck disable=SC2086 # $fit is words
@test "tracks over ranks, and in a fit that is stopped and gone on with" {
    fit='dw-fit -q --model conv:dim=4,stem=3 --epochs 3 --patience 0'
    $fit -o whole.dwm z.dws
    # Killed at any moment; what it had done may be all or nothing.
    timeout -s KILL 2 $fit --checkpoint ck --checkpoint-every 0.0001 \
        -o half.dwm z.dws || true
    $fit --checkpoint ck --resume -o half.dwm z.dws
    cmp whole.dwm half.dwm
    need_cmd mpirun
    OMP_NUM_THREADS=1 mpirun --allow-run-as-root --oversubscribe -n 2 $fit -o ranks.dwm \
        z.dws
    cmp whole.dwm ranks.dwm
}

# shellcheck disable=SC2154 # stderr is set by run
@test "how many parameters there are is said before training" {
    run --separate-stderr dw-fit --model conv:dim=4,stem=3 --epochs 0 -o x.dwm z.dws
    [ "$status" -eq 0 ]
    # 1 + 2 inputs; stem 16, its block 8 + 20, pool 16; top 8 + 4 8 + 2 8 + 8; U 64
    [[ $stderr == *"training 191 parameters on"* ]]
    dw-view --model x.dwm | grep -q '^n_params.191$'
    run --separate-stderr dw-fit --model linear -o x.dwm z.dws
    [[ $stderr == *"training 3 parameters on"*"linear model:"* ]]
}

@test "dw-sim plants what a network says" {
    dw-fit -q --model conv:dim=8,stem=5,dropout=0.1 --epochs 12 -o x.dwm z.dws
    dw-sim -q --truth model:x.dwm --n 300000 --h2 0.3 --replace -o sim.dws z.dws
    dw-eval -q -m x.dwm --truth truth.tsv sim.dws
    # f of the model and variance of the truth are alike but for a factor.
    awk '$1 == "log_variance" { exit !($3 > 0.9999) }' truth.tsv
}

# shellcheck disable=SC2086 # $command is words
@test "refusals" {
    dw-ingest -q --ref demo.bim -o bare.var
    dw-ldblock -q --geno "$BATS_FILE_TMPDIR/demo.bed" -r 3 -o bare.dws bare.var
    dw-sim -q -o bare.sim bare.dws
    dw-fit -q --model conv:dim=4,stem=3 --epochs 0 -o x.dwm z.dws
    run --separate-stderr dw-fit -q --model conv -o no.dwm bare.sim
    refused 'looks at signal tracks, which the blocks do not have; dw-ingest --track'
    for command in "dw-score -q -m x.dwm bare.sim" "dw-score -q -m x.dwm bare.var" \
        "dw-eval -q -m x.dwm bare.sim" "dw-sim -q --truth model:x.dwm bare.dws"; do
        run --separate-stderr $command
        refused 'needs annotation "near"|looks at signal tracks'
    done
    dw-ingest -q --ref demo.bim --annot "$BATS_FILE_TMPDIR/near.annot" -o near.var
    run --separate-stderr dw-score -q -m x.dwm near.var
    refused 'looks at signal tracks, which the stream does not have; dw-ingest --track'
    dw-ingest -q --ref demo.bim --annot "$BATS_FILE_TMPDIR/near.annot" \
        --track t=signal.bw -o t.var
    run --separate-stderr dw-score -q -m x.dwm t.var
    refused 'needs track "s", which the stream does not have'
    dw-ingest -q --ref demo.bim --annot "$BATS_FILE_TMPDIR/near.annot" \
        --track s=signal.bw --track-window 64 -o t.var
    run --separate-stderr dw-score -q -m x.dwm t.var
    refused 'looks at windows of 128 bases, and the stream holds what windows of 64'
    for model in conv:window=256 conv:bin=7 conv:down=9 transformer:heads=3; do
        run --separate-stderr dw-fit -q --model "$model" -o no.dwm s.dws
        [ "$status" -eq 2 ]
    done
    [ ! -e no.dwm ]
}

@test "real z-scores and real signals" {
    need_shared
    d=$SHARED/ukbb_height_chr22_hm3
    dw-ingest -q --trait height --ref "$d/geno/1000G_eur_chr22.bim" \
        --track "h3k4=$SHARED/annot/bigwig/hela_h3k4_chr22.hg19.bw" \
        --track "dnase=$SHARED/annot/bigwig/valr_hg19.dnase1.bw" \
        --track-window 1024 --track-bin 32 -o real.var \
        "$d/ukb_height_chr22.fastGWA.gz"
    dw-ldblock -q --geno "$d/geno/1000G_eur_chr22.bed" --blocks \
        "$SHARED/ldblocks/ldetect_grch37.eur.loci.bed" -o real.dws real.var
    dw-fit -q --model conv:dim=8,stem=7 --epochs 2 --log real.tsv -o real.dwm real.dws
    dw-view --model real.dwm | grep -q $'^track\th3k4\t'
    dw-score -q -m real.dwm real.dws | awk 'NR > 1 { n++
        if (!($7 > 0) || $8 == "NA") bad++ } END { exit n < 10000 || bad > 0 }'
    # From z-scores of 22 blocks no network of signals has to be better; that
    # which is kept is not worse in validation.
    awk -F '\t' 'NR == 2 { at = $4 } $13 == 1 { best = $4 } END { exit !(best >= at) }' \
        real.tsv
}
