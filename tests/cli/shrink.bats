# dw-ldblock --shrink: the LD that comes out, against that which went in.
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return
    # Many people, few variants.
    dw-synth -q --seed 2 --people 800 --chroms 1 --length 1M --variants 60 --min-maf 0.1 -o p
    dw-ldblock -q --panel --geno p.bed --window 400k --flank 100k --min-eigen 1e-7 --store f32 -o plain.dws
    dw-ldblock -q --panel --geno p.bed --window 400k --flank 100k --min-eigen 1e-7 --store f32 --shrink 0.25 \
        -o shrunk.dws
}

@test "correlations are drawn towards 0, and a variant's with itself stays 1" {
    cd "$BATS_FILE_TMPDIR"
    dw-view --blocks plain.dws | cut -f 1-7 | diff - <(dw-view --blocks shrunk.dws | cut -f 1-7)
    # Those of full rank; one has two variants that nobody tells apart.
    dw-view --blocks plain.dws | awk 'NR > 1 && $6 == $7 { print $1 }' >full
    [ "$(wc -l <full)" -ge 3 ]
    while read -r i; do
        paste <(dw-view --ld "$i" plain.dws) <(dw-view --ld "$i" shrunk.dws)
    done <full | awk '{
        for (j = 1; j <= NF / 2; j++) {
            want = $j > 0.99999 ? 1 : 0.75 * $j
            d = $(j + NF / 2) - want
            if (d * d > 1e-11) exit 1
        }
    }'
    dw-view --head shrunk.dws | grep -q '^panel.*shrunk by 0.25$'
    run ! grep -q shrunk <(dw-view --head plain.dws)
}

@test "a share of 0 changes nothing, one above 1 is refused" {
    cd "$BATS_FILE_TMPDIR"
    dw-ldblock -q --panel --geno p.bed --window 400k --flank 100k --min-eigen 1e-7 --store f32 --shrink 0 -o 0.dws
    for view in --blocks '--ld 2' --variants; do
        # shellcheck disable=SC2086 # two words
        diff <(dw-view $view 0.dws) <(dw-view $view plain.dws)
    done
    run --separate-stderr dw-ldblock --panel --geno p.bed --shrink 1.5
    [ "$status" -eq 2 ]
    [ -z "$output" ]
}
