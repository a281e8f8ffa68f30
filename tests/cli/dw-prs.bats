#!/usr/bin/env bats
# dw-prs: scores against PLINK's, from every container and table, and what it
# refuses.
# shellcheck disable=SC2154 # status, stdout and stderr are set by run
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    dw-synth -q --seed 6 --people 203 --chroms 2 --length 300k --missing 0.02 \
        --variants 900 --annotations 2 --vcf --bcf -o demo
    # Four of five variants, effect allele A1 or A2, as dw-score names columns.
    awk 'BEGIN { OFS = "\t"; print "CHR", "POS", "ID", "REF", "ALT", "EAF", "WEIGHT" }
        NR % 5 { w = sin(NR) / 3
            if (NR % 3) print $1, $4, $2, $6, $5, 0.5, w
            else print $1, $4, $2, $5, $6, 0.5, w }' demo.bim >weights.tsv
    dw-prs -q --geno demo.bed weights.tsv >scores.tsv
}

setup() {
    cd "$BATS_FILE_TMPDIR" || return 1
}

# near FILE TOLERANCE: "IID SCORE" in a file against scores.tsv.
near() {
    awk -v t="$2" 'FNR == NR { if (FNR > 1) s[$2] = $4; next }
        { d = s[$1] - $2; if (d < 0) d = -d; if (!($1 in s) || d > t) bad++; n++ }
        END { if (bad || n != 203) { print bad " of " n " differ"; exit 1 } }' \
        scores.tsv "$1"
}

@test "one line a person, in order" {
    [ "$(head -n 1 scores.tsv)" = $'FID\tIID\tN_VARIANTS\tSCORE' ]
    cut -f 1,2 scores.tsv | tail -n +2 | diff - <(awk '{ print $1 "\t" $2 }' demo.fam)
    awk 'NR > 1 && ($3 < 650 || $3 > 720) { bad = 1 } END { exit bad }' scores.tsv
}

@test "scores and counts are PLINK 1.9's" {
    need_cmd plink1.9
    plink1.9 --bfile demo --score weights.tsv 3 5 7 header sum --out p1 >/dev/null
    awk 'NR > 1 { print $2, $6 }' p1.profile >p1
    near p1 5e-5
    # CNT counts alleles.
    diff <(awk 'NR > 1 { print $2, $4 / 2 }' p1.profile) \
        <(awk 'NR > 1 { print $2, $3 }' scores.tsv)
}

@test "scores are PLINK 2's" {
    need_cmd plink2
    plink2 --bfile demo --score weights.tsv 3 5 7 header cols=+scoresums --out p2 >/dev/null
    awk 'NR > 1 { print $2, $NF }' p2.sscore >p2
    near p2 5e-5
}

@test "real genotypes with missing ones, against PLINK" {
    need_shared
    need_cmd plink1.9
    geno=$SHARED/geno/gwasvcf_chr1/eur
    awk 'BEGIN { OFS = "\t"; print "ID", "CHR", "POS", "A1", "A2", "WEIGHT" }
        NR % 2 { print $2, $1, $4, $5, $6, cos(NR) }' "$geno.bim" >real.w
    plink1.9 --bfile "$geno" --score real.w 1 4 6 header sum --out real >/dev/null
    dw-prs -q --geno "$geno.bed" real.w >real.tsv
    paste <(awk 'NR > 1 { print $2, $6 }' real.profile) \
        <(awk 'NR > 1 { print $2, $4 }' real.tsv) |
        awk '{ d = $2 - $4; if ($1 != $3 || d > 5e-5 || d < -5e-5) bad = 1 } END { exit bad || NR != 502 }'
}

@test "a .bed, a VCF and a BCF; one thread and four" {
    for panel in demo.vcf.gz demo.bcf; do
        dw-prs -q --geno "$panel" weights.tsv | cut -f 3,4 >other
        cut -f 3,4 scores.tsv | cmp - other
        dw-prs -q --geno - weights.tsv <"$panel" | cut -f 3,4 | cmp - other
    done
    dw-prs -q -@ 4 --geno demo.bed weights.tsv | cmp - scores.tsv
    dw-prs -q --geno demo.bed <weights.tsv | cmp - scores.tsv
    gzip -c weights.tsv >weights.gz
    dw-prs -q --geno demo.bed weights.gz -o out.tsv
    cmp out.tsv scores.tsv
}

@test "dosages" {
    gunzip -c demo.vcf.gz | awk 'BEGIN { FS = OFS = "\t" }
        /^##/ { print; next }
        /^#CHROM/ { print "##FORMAT=<ID=DS,Number=A,Type=Float,Description=\"D\">"; print; next }
        { $9 = "GT:DS"
            for (i = 10; i <= NF; i++) { split($i, g, /[|\/:]/)
                $i = $i ":" (g[1] == "." ? "." : g[1] + g[2]) }
            print }' >ds.vcf
    dw-prs -q --dosage --geno ds.vcf weights.tsv | tail -n +2 | cut -f 2,4 >ds
    near ds 1e-6
}

@test "by id, by columns of other names, from the PGS Catalog's" {
    cut -f 3,5,7 weights.tsv | sed '1s/.*/rsID effect_allele effect_weight/' |
        tr '\t' ' ' >ids
    dw-prs -q --geno demo.bed ids | cmp - scores.tsv
    dw-prs -q --geno demo.bcf ids | cut -f 3,4 | cmp - <(cut -f 3,4 scores.tsv)
    sed '1s/.*/a,b,c,d,e,f,g/; s/\t/,/g' weights.tsv >named.csv
    dw-prs -q --geno demo.bed --columns CHR=a,POS=b,EA=e,OA=d,WEIGHT=g named.csv |
        cmp - scores.tsv
    {
        printf '###PGS CATALOG SCORING FILE\n#format_version=2.0\n##POLYGENIC SCORE\n#trait=a b\n'
        awk 'BEGIN { FS = OFS = "\t" }
            NR == 1 { print "rsID", "chr_name", "chr_position", "effect_allele", "other_allele", "effect_weight" }
            NR > 1 { print $3, $1, $2, $5, $4, $7 }' weights.tsv
    } >pgs.txt
    dw-prs -q --geno demo.bed pgs.txt | cmp - scores.tsv
}

@test "a real score of the PGS Catalog" {
    need_shared
    need_cmd plink1.9
    geno=$SHARED/ukbb_height_chr22_hm3/geno/1000G_eur_chr22
    dw-prs -q --geno "$geno.bed" "$SHARED/pgs/scorefile.txt" >pgs.tsv
    dw-prs -q --geno "$geno.bed" "$SHARED/pgs/PGS001229_22.txt" | cmp - pgs.tsv
    grep -v '^#' "$SHARED/pgs/PGS001229_22.txt" | cut -f 1,4,6 >plain
    plink1.9 --bfile "$geno" --score plain 1 2 3 header sum --out pgs >/dev/null
    paste <(awk 'NR > 1 { print $6 }' pgs.profile) <(awk 'NR > 1 { print $4 }' pgs.tsv) |
        awk '{ d = $1 - $2; if (d > 1e-5 || d < -1e-5) bad = 1 } END { exit bad || NR != 378 }'
}

@test "strand, other alleles, duplicates, missing weights" {
    # All single bases on the other strand; A/T and C/G would not be found out.
    awk 'BEGIN { OFS = "\t"; c["A"] = "T"; c["T"] = "A"; c["C"] = "G"; c["G"] = "C" }
        NR > 1 && c[$4] != $5 { $4 = c[$4]; $5 = c[$5] } { print }' weights.tsv >strand.tsv
    run --separate-stderr dw-prs --geno demo.bed strand.tsv
    [ "$status" -eq 0 ]
    cmp <(printf '%s\n' "$output") scores.tsv
    [[ $stderr =~ other_strand\ +[1-9] ]]
    {
        cat weights.tsv
        tail -n 3 weights.tsv
        printf '1\t77\tx\tA\tC\t.\t1\n'
        printf '1\tNA\tx\tA\tC\t.\t1\n'
        printf '1\t78\tx\tA\tC\t.\tNA\n'
        printf '7\t78\tx\tA\tC\t.\t1\n'
        head -n 2 weights.tsv | tail -n 1 | awk 'BEGIN { OFS = "\t" } { $4 = "AAA"; print }'
    } >rest.tsv
    run --separate-stderr dw-prs --geno demo.bed rest.tsv
    [ "$status" -eq 0 ]
    cmp <(printf '%s\n' "$output") scores.tsv
    for reason in 'duplicate +3' 'not_in_panel +1' 'no_position +1' 'no_weight +1' \
        'contig_not_in_panel +1' 'alleles_differ +1'; do
        [[ $stderr =~ $reason ]] || { echo "$reason: $stderr"; return 1; }
    done
}

@test "--samples and --region" {
    awk 'NR % 4 == 0 { print $2 }' demo.fam >keep
    dw-prs -q --geno demo.bed --samples keep weights.tsv | tail -n +2 | cut -f 2 | cmp - keep
    for c in 1 2; do
        dw-prs -q --geno demo.bed -r chr$c weights.tsv >$c.tsv
    done
    paste 1.tsv 2.tsv | awk 'NR > 1 { printf "%s %.9g\n", $2, $4 + $8 }' >both
    near both 1e-6
    dw-prs -q --geno demo.bcf -r 2 weights.tsv | cut -f 3,4 | cmp - <(cut -f 3,4 2.tsv)
    run --separate-stderr dw-prs --geno demo.bed -r 2 weights.tsv
    [[ $stderr =~ outside_region\ +[1-9] ]]
}

@test "what cannot be" {
    awk 'BEGIN { OFS = "\t" } NR > 1 { $2 += 3 } { print }' weights.tsv >shifted.tsv
    refuses 'demo.bed has [0-9]+ of the 720 variants of shifted.tsv; .*genome build' dw-prs \
        --geno demo.bed shifted.tsv
    cut -f 3,5,7 weights.tsv | sed '2,$s/^/x/' >ids
    refuses 'ids of one kind' dw-prs --geno demo.bed ids
    head -n 1 weights.tsv >none.tsv
    refuses 'none.tsv: no weight in it' dw-prs --geno demo.bed none.tsv
    sed '5s/\t[^\t]*$/\tabc/' weights.tsv >text.tsv
    refuses 'text.tsv:5: column WEIGHT: "abc"' dw-prs --geno demo.bed text.tsv
    cut -f 1-6 weights.tsv >short.tsv
    refuses 'no column of the weight' dw-prs --geno demo.bed short.tsv
    refuses 'none: No such file' dw-prs --geno demo.bed none
    refuses 'none.bed: No such file' dw-prs --geno none.bed weights.tsv
    head -c 1000 demo.bed >cut.bed
    cp demo.bim cut.bim
    cp demo.fam cut.fam
    refuses 'cut.bed: holds 1000 bytes' dw-prs --geno cut.bed weights.tsv
    gzip -c weights.tsv | head -c 2000 >cut.gz
    refuses 'cut' dw-prs --geno demo.bed cut.gz
}

@test "usage" {
    run --separate-stderr dw-prs weights.tsv
    [ "$status" -eq 2 ]
    run --separate-stderr dw-prs --geno demo.bed --columns XX=a weights.tsv
    [ "$status" -eq 2 ]
    run --separate-stderr dw-prs --geno -
    [ "$status" -eq 2 ]
    cut -f 3,5,7 weights.tsv >ids
    run --separate-stderr dw-prs --geno - ids <demo.bcf
    [ "$status" -eq 2 ]
    [[ $stderr =~ "read twice" ]]
}

@test "the examples of the manual page run" {
    cp demo.bed demo.bim demo.fam weights.tsv "$BATS_TEST_TMPDIR"
    cd "$BATS_TEST_TMPDIR"
    sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/{/^\.Bd/,/^\.Ed/{/^\.[BE]d/d;p}}' \
        "$ROOT/man/dw-prs.1" >examples.sh
    [ "$(grep -c '^dw-prs' examples.sh)" -eq 2 ]
    bash -e examples.sh
    [ "$(wc -l <scores.tsv)" -eq 204 ]
}
