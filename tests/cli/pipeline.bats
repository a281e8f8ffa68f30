# The whole pipeline on a small made-up panel: in steps and as one pipe, for
# any number of threads, put together by cat, planted and recovered.
# shellcheck disable=SC2154 # stderr is set by run
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    dw-synth -q --seed 3 --people 200 --chroms 3 --length 1.2M --block-size 300k \
        --variants 2400 --annotations 8 --by-chrom -o panel
    dw-synth -q --seed 3 --people 200 --chroms 3 --length 1.2M --block-size 300k \
        --variants 2400 --annotations 8 -o whole
    dw-ingest -q --ref whole.bim --annot whole.annot.gz |
        dw-ldblock -q --geno whole.bed --blocks whole.blocks.bed |
        dw-sim -q --n 100000 --h2 0.3 --truth mlp:5 --trait height -o truth.dws
    dw-view --variants truth.dws | cut -f 3-10 | gzip >study.tsv.gz
}

setup() {
    cd "$BATS_FILE_TMPDIR" || return 1
    columns=CHR=CHR,POS=POS,ID=ID,EA=ALT,OA=REF,EAF=EAF,Z=Z:height,N=N:height
}

ingest() {
    dw-ingest -q --trait height --columns "$columns" --ref "$1.bim" \
        --annot "$1.annot.gz" study.tsv.gz
}

@test "four steps and one pipe give the same bytes" {
    ingest whole >variants.dws
    dw-ldblock -q --geno whole.bed --blocks whole.blocks.bed -o blocks.dws \
        variants.dws
    dw-fit -q --model mlp:8 --epochs 3 -o model.dwm blocks.dws
    dw-score -q -m model.dwm blocks.dws >steps.tsv

    set -o pipefail
    ingest whole |
        dw-ldblock -q --geno whole.bed --blocks whole.blocks.bed |
        tee piped.dws |
        dw-fit -q --model mlp:8 --epochs 3 --pass |
        dw-score -q >pipe.tsv
    cmp blocks.dws piped.dws
    cmp steps.tsv pipe.tsv
    [ "$(wc -l <steps.tsv)" -eq 2401 ] || [ "$(wc -l <steps.tsv)" -gt 2000 ]
}

@test "the same bytes for one thread and for three" {
    for threads in 1 3; do
        ingest whole |
            dw-ldblock -q -@ $threads --geno whole.bed --blocks whole.blocks.bed \
                -o $threads.dws
        dw-fit -q -@ $threads --model mlp:8 --epochs 3 -o $threads.dwm $threads.dws
        dw-score -q -@ $threads -m $threads.dwm -o $threads.tsv $threads.dws
        dw-eval -q -@ $threads -m $threads.dwm --by block -o $threads.eval $threads.dws
        dw-sim -q -@ $threads --n 1e5 --h2 0.2 --trait y $threads.dws -o $threads.sim
    done
    cmp 1.dws 3.dws
    cmp 1.dwm 3.dwm
    cmp 1.tsv 3.tsv
    cmp 1.eval 3.eval
    cmp 1.sim 3.sim
}

@test "chromosomes made apart and put together by cat score alike" {
    for c in 1 2 3; do
        ingest "panel.$c" |
            dw-ldblock -q --geno "panel.$c.bed" --blocks panel.blocks.bed \
                -o "part.$c.dws"
    done
    cat part.1.dws part.2.dws part.3.dws >together.dws
    ingest whole | dw-ldblock -q --geno whole.bed --blocks whole.blocks.bed \
        -o apart.dws
    # N is one number a trait and run, here the same in all.
    dw-fit -q --model linear -o apart.dwm apart.dws
    dw-score -q -m apart.dwm apart.dws >apart.tsv
    dw-score -q -m apart.dwm together.dws >together.tsv
    cmp apart.tsv together.tsv
    zstd -tq together.dws
}

@test "a model gains over the constant one on chromosomes that it never saw" {
    dw-fit -q --seed 2 --model linear --holdout-chrom 3 -o gain.dwm truth.dws
    dw-fit -q --model const --holdout-chrom 3 -o const.dwm truth.dws
    linear=$(dw-eval -q -m gain.dwm --by chrom truth.dws | awk '$1 == 3 { print $4 }')
    const=$(dw-eval -q -m const.dwm --by chrom truth.dws | awk '$1 == 3 { print $4 }')
    awk -v a="$linear" -v b="$const" 'BEGIN { exit !(a > b) }'
}

@test "a closed pipe ends the tools quietly" {
    ingest whole | dw-ldblock -q --geno whole.bed --blocks whole.blocks.bed -o pipe.dws
    dw-view --variants pipe.dws 2>err | head -n 1 >/dev/null
    [ ! -s err ]
    dw-fit -q --model const -o const.dwm pipe.dws
    dw-score -q -m const.dwm pipe.dws 2>err | head -n 1 >/dev/null
    [ ! -s err ]
}

@test "a full disk is told by every tool, with status 1" {
    [ -e /dev/full ] || skip "no /dev/full here"
    ingest whole >variants.dws
    dw-ldblock -q --geno whole.bed --blocks whole.blocks.bed -o blocks.dws variants.dws
    dw-fit -q --model const -o const.dwm blocks.dws
    full() {
        run bash -c '"$@" >/dev/full' bash "$@"
        [ "$status" -eq 1 ]
        [[ $output == *"No space left"* ]]
    }
    full dw-view --variants blocks.dws
    full dw-ldblock -q --geno whole.bed --blocks whole.blocks.bed variants.dws
    full dw-fit -q --model const blocks.dws
    full dw-score -q -m const.dwm blocks.dws
    full dw-eval -q -m const.dwm blocks.dws
    full dw-sim -q --n 1e5 --h2 0.1 --trait y blocks.dws
    full dw-prs -q --geno whole.bed <(dw-score -q -m const.dwm blocks.dws)
}

@test "nothing is left of an output that could not be finished" {
    ingest whole >variants.dws
    head -c 5000 variants.dws >cut.dws
    mkdir -p out
    run dw-ldblock -q --geno whole.bed --blocks whole.blocks.bed -o out/x.dws cut.dws
    [ "$status" -eq 1 ]
    [ -z "$(ls -A out)" ]
}
