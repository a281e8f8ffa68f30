# --solver cg, --cg-tol, --cg-probes, --precision: near what dense algebra in
# double says, the same bytes for any number of threads, and told where not.
# shellcheck disable=SC2154 # stderr is set by run
load helper

# Four blocks of some 300 eigenpairs each, and a prior that varies.
setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    dw-synth -q --chroms 4 --length 1M --people 350 --variants 4000 \
        --min-maf 0.02 --annotations 12 -o syn
    dw-ingest -q --ref syn.bim --annot syn.annot.gz |
        dw-ldblock -q --geno syn.bed --blocks syn.blocks.bed |
        dw-sim -q --truth enrich:Conservation=3 --n 500000 --h2 0.1 --tau 0.2 \
            --trait sim -o blocks.dws
    awk 'BEGIN { srand(1); print "CHR\tPOS\tREF\tALT\tPRIOR_VAR" }
        { printf "%s\t%s\t%s\t%s\t%.6g\n", $1, $4, $6, $5, 2e-5 * exp(2 * rand()) }' \
        syn.bim >prior.tsv
}

setup() {
    set -o pipefail
    cd "$BATS_FILE_TMPDIR" || return 1
}

# total FILE: the log-likelihood of all blocks.
total() {
    awk 'NR == 2 { print $4 }' "$1"
}

# within X Y D: |X - Y| <= D
within() {
    awk -v x="$1" -v y="$2" -v d="$3" \
        'BEGIN { exit !(x - y <= d && y - x <= d && x != "" && y != "") }' ||
        { echo "$1 is not within $3 of $2"; return 1; }
}

# apart FILE FILE: the relative distance of two gradients.
apart() {
    paste "$1" "$2" | awk 'NR > 1 { d += ($7 - $14)^2; n += $14^2 }
        END { print sqrt(d / n) }'
}

@test "dw-eval: cg estimates what primal says, the better the more probes" {
    common=(-q --prior prior.tsv --tau 0.2)
    dw-eval "${common[@]}" --solver primal --gradient exact.tsv blocks.dws >exact.txt
    dw-eval "${common[@]}" --solver cg --gradient cg.tsv blocks.dws >cg.txt
    dw-eval "${common[@]}" --solver cg --cg-probes 400 --gradient many.tsv \
        blocks.dws >many.txt
    within "$(total cg.txt)" "$(total exact.txt)" 0.2
    within "$(total many.txt)" "$(total exact.txt)" 0.05
    within "$(apart cg.tsv exact.tsv)" 0 0.05
    within "$(apart many.tsv exact.tsv)" 0 0.01
    # Not the same, or cg was not taken.
    run ! cmp -s cg.tsv exact.tsv
    # The blocks' own random numbers: neither threads nor runs change a byte.
    dw-eval "${common[@]}" -@ 3 --seed 9 --solver cg --gradient again.tsv blocks.dws \
        >again.txt
    cmp cg.tsv again.tsv
    cmp cg.txt again.txt
    run --separate-stderr dw-eval -v --prior prior.tsv --solver cg blocks.dws
    [ "$status" -eq 0 ]
    [[ $stderr =~ [0-9]+\ steps\ of\ cg\ to\ a\ residual\ of ]]
}

@test "dw-eval: a block for which cg does not converge is named" {
    run --separate-stderr dw-eval --prior prior.tsv --solver cg --cg-tol 1e-300 \
        blocks.dws
    [ "$status" -eq 0 ]
    [[ $stderr =~ :[0-9]+-[0-9]+:\ conjugate\ gradients\ did\ not\ converge ]]
    [[ $stderr == *'--solver primal'* ]]
}

@test "dw-fit: single and cg train as well as double does" {
    common=(-q --model mlp:8 --epochs 4 --holdout-chrom 4 --valid-chrom 3)
    for how in 'auto --precision double' 'auto --precision single' 'cg' ; do
        # shellcheck disable=SC2086 # options
        dw-fit "${common[@]}" --solver $how -o "fit.${how##* }" blocks.dws
        dw-eval -q -m "fit.${how##* }" --by chrom blocks.dws |
            awk '$1 == 4 { print $6 }' >"gain.${how##* }"
    done
    awk '{ exit !($1 > 5) }' gain.double
    within "$(cat gain.single)" "$(cat gain.double)" 0.01
    within "$(cat gain.cg)" "$(cat gain.double)" 1
    dw-fit "${common[@]}" -@ 3 --solver cg -o again.dwm blocks.dws
    cmp <(dw-view --model fit.cg) <(dw-view --model again.dwm)
    # --precision single is the default.
    dw-fit "${common[@]}" --solver auto -o again.dwm blocks.dws
    cmp <(dw-view --model fit.single) <(dw-view --model again.dwm)
}

@test "dw-fit: a block that cg does not converge for is named" {
    run --separate-stderr dw-fit --model linear --solver cg --cg-tol 1e-300 \
        --tau 0.2 -o short.dwm blocks.dws
    [ "$status" -eq 0 ]
    [[ $stderr =~ :[0-9]+-[0-9]+:\ conjugate\ gradients\ did\ not\ converge ]]
}
