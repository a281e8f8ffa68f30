# Models of several traits, models that begin with others, schedules.
# shellcheck disable=SC2154 # stderr is set by run
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    twelve_pieces first
    dw-sim -q --truth enrich:Coding=30 --n 300000 --h2 0.1 --seed 9 --trait second \
        -o two.dws blocks.dws
}

setup() {
    set -o pipefail
    cd "$BATS_FILE_TMPDIR" || return 1
}

@test "several traits: each trait's linear model is the one that it has alone" {
    dw-fit -q --model linear --trait first,second --coefficients both.tsv \
        -o both.dwm two.dws
    for trait in first second; do
        dw-fit -q --model linear --trait $trait --coefficients one.tsv \
            -o $trait.dwm two.dws
        cmp <(awk -F '\t' -v t=$trait '$8 == t' both.tsv) <(tail -n +2 one.tsv)
        cmp <(dw-score -q -m both.dwm --trait $trait two.dws) \
            <(dw-score -q -m $trait.dwm --trait $trait two.dws)
        cmp <(dw-eval -q -m both.dwm --trait $trait two.dws) \
            <(dw-eval -q -m $trait.dwm --trait $trait two.dws)
    done
}

@test "several traits: one network, their weights, the same bytes by threads" {
    dw-fit -q --model mlp:8 --epochs 3 --trait first,second=0.5 --log one.tsv \
        -o one.dwm two.dws
    dw-fit -q --model mlp:8 --epochs 3 --trait first,second=0.5 -@ 3 \
        -o three.dwm two.dws
    cmp one.dwm three.dwm
    dw-fit -q --model mlp:8 --epochs 3 --trait first,second=2 --log two.tsv \
        -o two.dwm two.dws
    run ! cmp -s one.tsv two.tsv
    run --separate-stderr dw-score -m one.dwm two.dws
    [ "$status" -eq 2 ]
    [[ $stderr == *'of several traits: --trait NAME says which of first, second'* ]]
}

@test "several traits: refusals" {
    run --separate-stderr dw-fit -o no.dwm two.dws
    [ "$status" -eq 2 ]
    [[ $stderr == *'--trait NAME says which of first, second'* ]]
    run --separate-stderr dw-fit -o no.dwm --trait first,first two.dws
    [ "$status" -eq 2 ]
    run --separate-stderr dw-fit -o no.dwm --trait first=0 two.dws
    [ "$status" -eq 2 ]
    run --separate-stderr dw-fit -o no.dwm --trait first,third two.dws
    refused 'no trait third; it holds first, second'
}

@test "--init: a linear model begins a network; where nothing is trained it stays" {
    dw-fit -q --model linear --trait first -o line.dwm two.dws
    dw-fit -q --model mlp:8 --init line.dwm --epochs 0 --trait first \
        -o same.dwm two.dws
    cmp <(dw-score -q -m line.dwm --trait first two.dws) \
        <(dw-score -q -m same.dwm --trait first two.dws)
    dw-fit -q --model const --trait first -o const.dwm two.dws
    dw-fit -q --model mlp:8 --init const.dwm --epochs 0 --trait first \
        -o same.dwm two.dws
    cmp <(dw-score -q -m const.dwm --trait first two.dws) \
        <(dw-score -q -m same.dwm --trait first two.dws)
    # Its own kind, on; for another trait too.
    dw-fit -q --model mlp:8 --init same.dwm --epochs 3 --trait first \
        -o more.dwm two.dws
    run ! cmp -s same.dwm more.dwm
    run --separate-stderr dw-fit --model linear --init line.dwm --epochs 2 \
        --trait second -o other.dwm two.dws
    [ "$status" -eq 0 ]
    [[ $stderr == *'line.dwm was fitted to first; it is the start for second'* ]]
}

@test "--init: refusals" {
    dw-fit -q --model mlp:8 --epochs 0 --trait first -o eight.dwm two.dws
    run --separate-stderr dw-fit --model mlp:4 --init eight.dwm --trait first \
        -o no.dwm two.dws
    refused 'eight.dwm is mlp:8, and fits into --model mlp:8 alone'
    run --separate-stderr dw-fit --model mlp:8 --init eight.dwm --link relu \
        --trait first -o no.dwm two.dws
    refused 'eight.dwm has --link exp'
    run --separate-stderr dw-fit -q --model mlp:8 --init eight.dwm \
        --trait first,second -o no.dwm two.dws
    refused 'a model of 1 traits, and 2 are fitted'
    run --separate-stderr dw-fit -q --model mlp:8 --init two.dws \
        --trait first -o no.dwm two.dws
    refused 'holds no model'
    run --separate-stderr dw-fit --model linear --init eight.dwm \
        --coefficients c.tsv -o no.dwm two.dws
    [ "$status" -eq 2 ]
}

@test "--schedule: cosine ends near 0, constant stays, plateau is halved" {
    for how in cosine constant plateau; do
        dw-fit -q --model mlp:8 --epochs 8 --patience 0 --lr 0.05 --trait first \
            --schedule $how --log $how.tsv -o s.dwm two.dws
    done
    lr() { awk -F '\t' 'END { print $11 }' "$1.tsv"; }
    awk -v c="$(lr cosine)" -v k="$(lr constant)" -v p="$(lr plateau)" 'BEGIN {
        exit !(c < 0.005 && k == 0.05 && p < k) }'
    # Halved, no more and no less.
    awk -v p="$(lr plateau)" 'BEGIN { h = log(0.05 / p) / log(2)
        exit !((h - int(h + 0.5)) ^ 2 < 1e-12) }'
}
