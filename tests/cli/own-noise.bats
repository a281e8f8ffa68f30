# dw-fit --s2 block, --tau block: noise that each block has of its own.
# shellcheck disable=SC2154 # stderr is set by run
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    PATH=${DW_BIN:-$BATS_TEST_DIRNAME/../../build/plain/bin}:$PATH
    dw-synth -q --chroms 6 --length 1M --people 250 --variants 2400 \
        --min-maf 0.05 --annotations 12 -o syn
    dw-ingest -q --ref syn.bim --annot syn.annot.gz -o variants.dws
    # Every other chromosome is one that the panel fits badly.
    for c in 1 2 3 4 5 6; do
        dw-ldblock -q --geno syn.bed --blocks syn.blocks.bed -r "$c" \
            variants.dws | dw-sim -q --truth enrich:Conservation=3 --n 500000 \
            --h2 0.01 --tau $((c % 2 ? 3 : 100))e-2 --seed "$c" --trait sim \
            -o "$c.dws"
    done
    cat [1-6].dws >blocks.dws
    fit -q -o whole.dwm
}

setup() {
    set -o pipefail
    cd "$BATS_FILE_TMPDIR" || return 1
}

fit() {
    dw-fit --tau block --model mlp:4 --epochs 2 "$@" blocks.dws
}

# in_training: the log likelihood on stderr
in_training() {
    sed -n 's/.*training: .*log likelihood \([-0-9.]*\),.*/\1/p'
}

@test "blocks that differ are told apart, and fitted the better" {
    dw-fit --model linear -o x.dwm blocks.dws 2>one.txt
    dw-fit --model linear --tau block -o x.dwm blocks.dws 2>own.txt
    awk -v a="$(in_training <one.txt)" -v b="$(in_training <own.txt)" \
        'BEGIN { exit !(b > a + 50) }'
    # log(1 / 0.03) apart: an SD of half of that, or more about what is common.
    sed -n 's/.*tau of its own.*differs by \([0-9.]*\) (SD).*/\1/p' own.txt |
        awk '{ n++; if ($1 < 1.2 || $1 > 3) exit 1 } END { exit n != 1 }'
    run grep -q 'own' one.txt
    [ "$status" -eq 1 ]
}

@test "both noises, and LD-score regression" {
    for loss in likelihood ldsr; do
        run --separate-stderr fit --s2 block --loss "$loss" -o both.dwm
        [ "$status" -eq 0 ]
        [[ $stderr == *'s2 of its own'*'tau of its own'* ]]
        dw-score -q -m both.dwm blocks.dws | awk -F '\t' '
            NR > 1 && !($7 > 0 && $7 < 1) { exit 1 }'
    done
}

@test "LD-score regression learns what is learned" {
    for tau in learn 0.25; do
        dw-fit -q --model mlp:4 --epochs 5 --loss ldsr --tau "$tau" \
            --log "$tau.tsv" -o x.dwm blocks.dws
    done
    awk -F '\t' 'NR > 1 { print $9 }' learn.tsv | sort -u | wc -l | grep -qx 6
    [ "$(awk -F '\t' 'NR > 1 { print $9 }' 0.25.tsv | sort -u)" = 0.25 ]
}

@test "the same bytes: threads, memory, a checkpoint, ranks" {
    fit -q -@ 3 -o t.dwm
    cmp whole.dwm t.dwm
    fit -q --memory 43M -o t.dwm
    cmp whole.dwm t.dwm
    rm -f ck
    for wait in 0.1 0.2 0.3; do
        dw-fit -q --tau block --model mlp:4 --epochs 2 --checkpoint ck \
            --checkpoint-every 0 --resume -o ck.dwm blocks.dws &
        pid=$!
        sleep "$wait"
        kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    fit -q --checkpoint ck --resume -o ck.dwm
    cmp whole.dwm ck.dwm
    need_cmd mpirun
    dw-fit --version | grep -q 'without MPI' && skip "built without MPI"
    mpirun --allow-run-as-root --oversubscribe -n 2 dw-fit -q --tau block \
        --model mlp:4 --epochs 2 -o m.dwm blocks.dws
    cmp whole.dwm m.dwm
}

@test "a word that is none" {
    run --separate-stderr fit --s2 blocks -o x.dwm
    [ "$status" -eq 2 ]
    [[ $stderr == *'--s2: "blocks" is no number from 0 to 10000, nor learn or block'* ]]
}
