# The two workflows: they run, agree byte for byte, and run again only what
# changed.
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    dw-synth -q --seed 3 --people 150 --chroms 2 --length 800k --block-size 200k \
        --variants 1200 --annotations 6 --by-chrom -o panel
    dw-synth -q --seed 3 --people 150 --chroms 2 --length 800k --block-size 200k \
        --variants 1200 --annotations 6 -o whole
    dw-ingest -q --ref whole.bim --annot whole.annot.gz |
        dw-ldblock -q --geno whole.bed --blocks whole.blocks.bed |
        dw-sim -q --n 100000 --h2 0.3 --trait height |
        dw-view --variants | gzip >study.tsv.gz
    echo --columns CHR=CHR,POS=POS,ID=ID,EA=ALT,OA=REF,EAF=EAF,Z=Z:height,N=N:height \
        >columns
}

setup() {
    cd "$BATS_FILE_TMPDIR" || return 1
}

make_workflow() {
    make -f "$ROOT/workflows/Makefile" OUT="$1" TRAIT=height SUMSTATS=study.tsv.gz \
        GENO=panel.@ ANNOT=panel.@.annot.gz BLOCKS=panel.blocks.bed CHROMS="1 2" \
        TARGET=panel.@ HOLDOUT=2 MODEL=mlp:4 FIT_OPTS="--epochs 2" \
        INGEST_OPTS="$(cat columns)"
}

@test "the Makefile runs, and then has nothing left to do" {
    make_workflow by-make
    [ -s by-make/model.dwm ]
    [ -s by-make/eval.tsv ]
    [ "$(head -n 1 by-make/1.scores.tsv | cut -f 1-3)" = "$(printf 'CHR\tPOS\tID')" ]
    [ -s by-make/2.prs.tsv ]
    run make_workflow by-make
    [ "$status" -eq 0 ]
    [[ $output != *dw-fit* && $output != *dw-ldblock* ]]
    sleep 1
    touch panel.2.bim
    run make_workflow by-make
    [ "$status" -eq 0 ]
    [ "$(grep -c 'dw-ldblock -q' <<<"$output")" -eq 1 ]
}

@test "the Snakefile runs, gives the same bytes, and then has nothing left to do" {
    need_cmd snakemake
    [ -s by-make/model.dwm ] || make_workflow by-make
    cat >config.yaml <<END
out: by-snakemake
trait: height
sumstats: study.tsv.gz
geno: panel.@
annot: panel.@.annot.gz
blocks: panel.blocks.bed
chroms: [1, 2]
target: panel.@
holdout: "2"
model: mlp:4
fit_opts: --epochs 2
ingest_opts: $(cat columns)
END
    snakemake -q -s "$ROOT/workflows/Snakefile" -j 2 --configfile config.yaml
    for f in model.dwm eval.tsv 1.scores.tsv 2.prs.tsv 1.dws; do
        cmp "by-make/$f" "by-snakemake/$f"
    done
    run snakemake -s "$ROOT/workflows/Snakefile" -j 2 --configfile config.yaml
    [ "$status" -eq 0 ]
    [[ $output == *"Nothing to be done"* ]]
}
