# Several models in dw-score: the mean of what they say, and what is refused.
# shellcheck disable=SC2154 # stderr is set by run
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    PATH=${DW_BIN:-$BATS_TEST_DIRNAME/../../build/plain/bin}:$PATH
    dw-synth -q --chroms 3 --length 1M --people 200 --variants 900 \
        --min-maf 0.05 --annotations 12 -o syn
    dw-ingest -q --ref syn.bim --annot syn.annot.gz |
        dw-ldblock -q --geno syn.bed --blocks syn.blocks.bed -o panel.dws
    dw-sim -q --truth mlp:1 --n 500000 --h2 0.2 --trait sim panel.dws \
        -o blocks.dws
    for seed in 1 2 3; do
        dw-fit -q --model mlp:8 --epochs 3 --seed $seed -o $seed.dwm blocks.dws
    done
    dw-fit -q --model linear --tau 0.5 -o line.dwm blocks.dws
}

setup() {
    set -o pipefail
    cd "$BATS_FILE_TMPDIR" || return 1
}

# column N MODEL...: of the scores by these models
column() {
    local n=$1 args=()
    shift
    for model in "$@"; do args+=(-m "$model"); done
    dw-score -q "${args[@]}" blocks.dws | tail -n +2 | cut -f "$n"
}

@test "the prior variance is the mean of the models'" {
    paste <(column 7 1.dwm) <(column 7 2.dwm) <(column 7 line.dwm) \
        <(column 7 1.dwm 2.dwm line.dwm) | awk '
        { mean = ($1 + $2 + $3) / 3; d = mean / $4 - 1; apart += $1 != $2
          if (d > 1e-7 || d < -1e-7) bad++ }
        END { exit !(NR == 900 && apart > 800 && !bad) }'
}

@test "the posterior is that of these variances and the models' mean noise" {
    # Twice the same model is the model.
    cmp <(column 7-10 1.dwm) <(column 7-10 1.dwm 1.dwm)
    # Of one network with three noises, the mean of two is the third.
    for tau in 0.25 0.5 0.75; do
        dw-fit -q --model mlp:8 --init 1.dwm --epochs 0 --s2 1 \
            --tau $tau -o tau$tau.dwm blocks.dws
    done
    cmp <(column 7-10 tau0.25.dwm tau0.75.dwm) <(column 7-10 tau0.5.dwm)
    run cmp -s <(column 8 tau0.25.dwm) <(column 8 tau0.5.dwm)
    [ "$status" -eq 1 ]
}

@test "threads, and a stream of variants" {
    cmp <(dw-score -q -@ 3 -m 1.dwm -m 2.dwm blocks.dws) \
        <(dw-score -q -m 1.dwm -m 2.dwm blocks.dws)
    dw-ingest -q --ref syn.bim --annot syn.annot.gz -o variants.dws
    cmp <(dw-score -q -m 1.dwm -m 2.dwm variants.dws | tail -n +2 | cut -f 7) \
        <(column 7 1.dwm 2.dwm)
}

@test "models of two traits are refused" {
    dw-sim -q --n 500000 --h2 0.2 --trait other -o other.dws panel.dws
    dw-fit -q --model const -o other.dwm other.dws
    run --separate-stderr dw-score -q -m 1.dwm -m other.dwm blocks.dws
    refused '1.dwm is a model of sim, and other.dwm of other'
    run --separate-stderr dw-score -q -m 1.dwm -m absent.dwm blocks.dws
    refused 'absent.dwm'
}
