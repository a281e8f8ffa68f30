# dw-score: its table, its formats, its streams, and what it refuses.
# shellcheck disable=SC2154 # stderr is set by run
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    dw-synth -q --chroms 2 --length 2M --people 200 --variants 1200 \
        --min-maf 0.05 --annotations 12 -o syn
    dw-ingest -q --ref syn.bim --annot syn.annot.gz -o variants.dws
    dw-ldblock -q --geno syn.bed --blocks syn.blocks.bed -o panel.dws \
        variants.dws
    dw-sim -q --truth enrich:Conservation=3 --n 500000 --h2 0.2 --trait sim \
        panel.dws -o blocks.dws
    dw-fit -q --model linear -o model.dwm blocks.dws
    dw-score -q -m model.dwm blocks.dws >scores.tsv
}

setup() {
    set -o pipefail
    cd "$BATS_FILE_TMPDIR" || return 1
}

@test "one line a variant, in order, with the columns of the contract" {
    printf 'CHR\tPOS\tID\tREF\tALT\tEAF\tPRIOR_VAR\tPOST_MEAN\tPOST_SD\tWEIGHT\n' |
        cmp - <(head -n 1 scores.tsv)
    dw-view --variants blocks.dws | tail -n +2 | cut -f 3-8 |
        cmp - <(tail -n +2 scores.tsv | cut -f 1-6)
    # Numbers as they should be: 0 < POST_SD^2 <= PRIOR_VAR; the weight.
    awk -F '\t' 'NR > 1 { w = $8 / sqrt(2 * $6 * (1 - $6))
        if (!($7 > 0 && $9 > 0 && $9 * $9 <= $7 * 1.000001)) bad++
        if ((w - $10)^2 > 1e-10 * w * w + 1e-24) bad++ }
        END { exit !(NR > 1000 && bad == 0) }' scores.tsv
}

@test "posterior effects are like the true ones" {
    dw-view --truth blocks.dws >truth.tsv
    paste <(tail -n +2 truth.tsv) <(tail -n +2 scores.tsv) |
        awk -F '\t' '{ x = $7; y = $15; n++; sx += x; sy += y; xy += x * y
            xx += x * x; yy += y * y }
            END { vx = xx - sx * sx / n; vy = yy - sy * sy / n
                r = (xy - sx * sy / n) / sqrt(vx * vy)
                print r; exit !(r > 0.5) }'
}

@test "the same bytes for any number of threads and any way in" {
    dw-score -q -@ 3 -m model.dwm blocks.dws | cmp - scores.tsv
    dw-score -q -m model.dwm - <blocks.dws | cmp - scores.tsv
    cat model.dwm blocks.dws | dw-score -q | cmp - scores.tsv
    dw-fit -q --model linear --pass blocks.dws | dw-score -q -o piped.tsv
    cmp piped.tsv scores.tsv
}

@test "a stream of variants gives the prior alone" {
    dw-score -q -m model.dwm variants.dws >prior.tsv
    cmp <(cut -f 1-7 prior.tsv) <(cut -f 1-7 scores.tsv) ||
        paste <(cut -f 7 prior.tsv) <(cut -f 7 scores.tsv) |
        awk 'NR > 1 && ($1 - $2)^2 > 1e-10 * $1 * $1 { bad++ } END { exit bad > 0 }'
    [ "$(tail -n +2 prior.tsv | cut -f 8-10 | sort -u)" = "$(printf 'NA\tNA\tNA')" ]
}

@test "flanks are scored once, where they are core" {
    dw-ldblock -q --geno syn.bed --window 1000000 --flank 250000 \
        -o flanked.panel.dws variants.dws
    dw-sim -q --n 500000 --h2 0.2 --trait sim flanked.panel.dws -o flanked.dws
    dw-view --blocks flanked.dws | awk 'NR > 1 && $5 > $6 { n++ } END { exit !n }'
    dw-score -q -m model.dwm flanked.dws >flanked.tsv
    [ "$(tail -n +2 flanked.tsv | cut -f 1-5 | sort | uniq -d | wc -l)" -eq 0 ]
    [ "$(tail -n +2 flanked.tsv | wc -l)" -eq "$(dw-view --variants flanked.dws |
        awk '$2 == 1' | wc -l)" ]
}

@test "a scoring file of the PGS Catalog, and PolyFun's prior" {
    dw-score -q --format pgs -m model.dwm blocks.dws >pgs.txt
    [[ "$(head -n 1 pgs.txt)" == '###PGS CATALOG SCORING FILE'* ]]
    grep -qx '#format_version=2.0' pgs.txt
    grep -qx '#genome_build=[A-Za-z0-9]*' pgs.txt
    cmp <(grep -v '^#' pgs.txt | tail -n +2 | cut -f 1-6) \
        <(tail -n +2 scores.tsv | awk -v OFS='\t' '{ print $3, $1, $2, $5, $4, $10 }')
    dw-score -q --format snpvar -m model.dwm blocks.dws >snpvar.tsv
    cmp <(tail -n +2 snpvar.tsv) \
        <(tail -n +2 scores.tsv | awk -v OFS='\t' '{ print $1, $3, $2, $5, $4, $7 }')
    [ "$(head -n 1 snpvar.tsv)" = "$(printf 'CHR\tSNP\tBP\tA1\tA2\tSNPVAR')" ]
}

@test "an annotation that the stream lacks is named" {
    zcat syn.annot.gz | cut -f 1-9 | gzip >fewer.annot.gz
    dw-ingest -q --ref syn.bim --annot fewer.annot.gz -o fewer.dws
    run --separate-stderr dw-score -m model.dwm fewer.dws
    [ "$status" -eq 1 ]
    [[ $stderr == *'the model needs annotation "'* ]]
    # More than it needs, or in another order, is none of its concern.
    zcat syn.annot.gz | awk -v OFS='\t' '{ x = $NF; $NF = $6; $6 = x
        print $0, NR == 1 ? "extra" : NR }' | gzip >turned.annot.gz
    dw-ingest -q --ref syn.bim --annot turned.annot.gz -o turned.dws
    dw-score -q -m model.dwm variants.dws >straight.tsv
    dw-score -q -m model.dwm turned.dws | cmp - straight.tsv
}

@test "refusals" {
    run --separate-stderr dw-score blocks.dws
    [ "$status" -eq 2 ]
    [[ $stderr == *'no model before the first variants'* ]]
    run --separate-stderr dw-score -m blocks.dws blocks.dws
    refused 'no model'
    run --separate-stderr dw-score -m model.dwm model.dwm
    refused 'no variants'
    run --separate-stderr dw-score -m model.dwm -o no.tsv --format pgs variants.dws
    refused 'dw-ldblock'
    run --separate-stderr dw-score -m model.dwm --trait other -o no.tsv blocks.dws
    refused 'no trait other'
    head -c 20000 blocks.dws >cut.dws
    run --separate-stderr dw-score -m model.dwm -o no.tsv cut.dws
    refused 'cut short'
    [ ! -e no.tsv ]
    run --separate-stderr dw-score -m absent.dwm blocks.dws
    refused 'absent.dwm'
    run --separate-stderr sh -c 'dw-score -q -m model.dwm blocks.dws >/dev/full'
    [ "$status" -eq 1 ]
    [[ $stderr == *'No space left'* ]]
}

@test "a closed pipe ends it quietly" {
    run --separate-stderr sh -c 'dw-score -m model.dwm blocks.dws 2>err | head -n 1'
    [ "$status" -eq 0 ]
    [ ! -s err ]
}

@test "the examples of the manual page" {
    cd "$BATS_TEST_TMPDIR"
    sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/{/^\.Bd/,/^\.Ed/{/^\.[BE]d/d;p}}' \
        "$ROOT/man/dw-score.1" | sed 's/\\e/\\/g' >examples.sh
    bash -e examples.sh >top.txt # sort is cut short by head
    [ "$(wc -l <top.txt)" -eq 10 ] && [ -s demo.pgs.txt ]
}
