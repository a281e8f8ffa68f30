#!/usr/bin/env bats
# dw-ingest: formats, packings, harmonising, joining, filters and reports.
# shellcheck disable=SC2154 # status, stdout and stderr are set by run
load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    six_rows
}

# CHR POS ID REF ALT EAF Z N of a stream.
variants() {
    dw-view --variants "$@" | cut -f 3-10 | tail -n +2 | tr '\t' ' '
}

# count SOURCE REASON FILE: the count in a report.
count() {
    awk -v s="$1" -v r="$2" '$1 == s && $2 == r { print $3 }' "$3"
}

# adds_up FILE: rows = taken + all reasons, for the study and the reference.
adds_up() {
    awk 'NR > 1 && $1 ~ /^(sumstats|reference)$/ {
             if ($2 == "rows") rows[$1] = $3; else sum[$1] += $3 }
         END { for (s in rows) if (rows[s] != sum[s]) { print s, rows[s], sum[s]; exit 1 } }' "$1"
}

@test "harmonised with a .bim: swapped, other strand, by frequency, indel" {
    run --separate-stderr dw-ingest --ref p.bim --report r.tsv -o out.dws study.tsv
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    [ "$(variants out.dws)" = "1 100 r1 G A 0.200000003 2 1000
1 200 r2 T C 0.699999988 -3 1000
1 300 r3 A G 0.400000006 4 1000
1 400 r5 A AC 0.399999976 -6 1000
1 400 r4 T A 0.100000024 -5 1000" ]
    adds_up r.tsv
    [ "$(count sumstats rows r.tsv)" = 6 ]
    [ "$(count sumstats taken r.tsv)" = 5 ]
    [ "$(count sumstats not_in_reference r.tsv)" = 1 ]
    [ "$(count reference ref_no_z r.tsv)" = 1 ]
    [[ $stderr == *"fastgwa: z = BETA / SE; effect allele A1"* ]]
    [[ $stderr == *"5 of 6 rows taken"* ]]
    [[ $stderr == *"not_in_reference"* ]]
}

@test "ambiguous alleles: dropped, kept as written, and without a .bed" {
    dw-ingest -q --ambiguous drop --ref p.bim --report r.tsv study.tsv >/dev/null
    [ "$(count sumstats ambiguous r.tsv)" = 1 ]
    adds_up r.tsv
    [ "$(dw-ingest -q --ambiguous keep --ref p.bim study.tsv | variants | grep r4)" = \
        "1 400 r4 T A 0.899999976 5 1000" ]
    rm p.bed
    dw-ingest -q --ref p.bim --report r.tsv study.tsv >/dev/null
    [ "$(count sumstats ambiguous_no_eaf r.tsv)" = 1 ]
    adds_up r.tsv
}

@test "--all keeps variants of the reference without a z" {
    dw-ingest -q --all --ref p.bim --report r.tsv -o out.dws study.tsv
    [ "$(variants out.dws | tail -1)" = "2 50 r6 G T NA NA NA" ]
    [ "$(count reference taken r.tsv)" = 6 ]
    adds_up r.tsv
}

@test "without a study: the reference's variants, no trait" {
    run --separate-stderr dw-ingest --ref p.bim -o out.dws
    [ "$status" -eq 0 ]
    [[ $stderr == *"no SUMSTATS"* ]]
    [ "$(dw-view --variants out.dws | wc -l)" -eq 7 ]
    run ! grep -q '^trait' <(dw-view --head out.dws)
}

@test "without a reference: the study's alleles, other is REF" {
    dw-ingest -q -o out.dws study.tsv
    [ "$(variants out.dws | head -2)" = "1 100 r1 G A 0.200000003 2 1000
1 200 r2 C T 0.300000012 3 1000" ]
    [ "$(variants out.dws | wc -l)" -eq 6 ]
}

@test "plain, gzip, bgzip, zstd, a pipe and stdin: the same variants" {
    dw-ingest -q --trait y --ref p.bim study.tsv | dw-view --variants >want
    gzip -c study.tsv >gz
    bgzip -c study.tsv >bgz
    zstd -q -c study.tsv >zst
    for f in gz bgz zst; do
        dw-ingest -q --trait y --ref p.bim $f | dw-view --variants >got
        cmp want got
    done
    dw-ingest -q --trait y --ref p.bim - <study.tsv | dw-view --variants | cmp want
    # shellcheck disable=SC2002 # a pipe is what is tested
    cat gz | dw-ingest -q --trait y --ref p.bim - | dw-view --variants | cmp want
    dw-ingest -q --trait y --ref <(cat p.bim) --ambiguous keep <(cat zst) |
        dw-view --variants >got
    dw-ingest -q --trait y --ref p.bim --ambiguous keep study.tsv |
        dw-view --variants | cmp got
}

@test "rows in any order give the same variants" {
    dw-ingest -q --trait y --ref p.bim --report want.tsv study.tsv |
        dw-view --variants >want
    { head -1 study.tsv; tail -n +2 study.tsv | tac; } >reversed.tsv
    tac p.bim >q.bim && cp p.fam q.fam && cp p.bed q.bed
    dw-ingest -q --trait y --ref p.bim --report r.tsv reversed.tsv |
        dw-view --variants | cmp want
    cmp want.tsv r.tsv
    dw-ingest -q --trait y --ref q.bim --report r.tsv reversed.tsv |
        dw-view --variants | cmp want
    cmp want.tsv r.tsv
    # From a pipe, which cannot be read twice.
    dw-ingest -q --trait y --ref <(cat p.bim) --ambiguous keep <(cat reversed.tsv) |
        dw-view --variants >got
    dw-ingest -q --trait y --ref p.bim --ambiguous keep study.tsv |
        dw-view --variants | cmp got
}

@test "lower case, CR LF, a BOM, a chr prefix, R's quotes change nothing" {
    dw-ingest -q --trait y --ref p.bim study.tsv | dw-view --variants >want
    awk 'BEGIN { OFS = "\t" } NR > 1 { $4 = tolower($4); $5 = tolower($5) } 1' study.tsv >lower
    sed 's/$/\r/' study.tsv >crlf
    { printf '\357\273\277'; cat study.tsv; } >bom
    sed '2,$s/^/chr/' study.tsv >chr
    sed 's/\t/,/g; s/[^,]*/"&"/g' study.tsv >quoted
    tr '\t' ' ' <study.tsv | sed 's/^/  /; s/ /   /g' >blanks
    for f in lower crlf bom chr quoted blanks; do
        dw-ingest -q --trait y --ref p.bim $f | dw-view --variants | cmp want
    done
}

@test "a study with ids only gets its positions from the reference" {
    {
        printf 'SNP A1 A2 N Z\n'
        printf 'r6 T G 50 3\nr1 G A 50 -2\nnone A G 50 1\nr3 A G 50 4\n'
    } >ids
    dw-ingest -q --ref p.bim --report r.tsv -o out.dws ids
    [ "$(variants out.dws)" = "1 100 r1 G A NA 2 50
1 300 r3 A G NA -4 50
2 50 r6 G T NA 3 50" ]
    [ "$(count sumstats id_unknown r.tsv)" = 1 ]
    adds_up r.tsv
    run --separate-stderr dw-ingest ids
    refused 'has ids but no positions'
}

@test "--columns, --n, --n-cases: any table" {
    sed 1d study.tsv | cut -f 1,3- >body
    { printf 'kr,wo,eff,oth,n,af,b,se,p\n'; tr '\t' , <body; } >any.csv
    dw-ingest -q --trait y --ref p.bim study.tsv | variants | cut -d ' ' -f 1,2,4- >want
    dw-ingest -q --columns CHR=kr,POS=wo,EA=eff,OA=oth,N=n,EAF=af,BETA=b,SE=se \
        --ref p.bim any.csv | variants | cut -d ' ' -f 1,2,4- | cmp want
    dw-ingest -q --n-cases 100 --n-controls 300 --ref p.bim study.tsv -o out.dws
    dw-view --head out.dws | grep -q $'^trait\tstudy\tbinary\t300$'
    dw-ingest -q --n 77 --trait 'my trait' --build hg19 --ref p.bim study.tsv -o out.dws
    dw-view --head out.dws | grep -q $'^trait\tmy trait\tquantitative\t77$'
    dw-view --head out.dws | grep -q $'^build\tGRCh37$'
    run --separate-stderr dw-ingest --n-cases 100 study.tsv
    [ "$status" -eq 2 ]
}

@test "the trait's N is the median; far lower ones are left out, or latent" {
    awk 'BEGIN { OFS = "\t" } NR == 3 { $6 = 500 } NR == 4 { $6 = 900 } 1' study.tsv >low.tsv
    dw-ingest -q --ref p.bim --report r.tsv --report-variants v.tsv -o out.dws low.tsv
    dw-view --head out.dws | grep -q $'^trait\tlow\tquantitative\t1000$'
    [ "$(count sumstats n_low r.tsv)" = 1 ]
    adds_up r.tsv
    grep -q $'^sumstats\t1\t200\tr2\tC\tT\tn_low$' v.tsv
    [ "$(variants out.dws | wc -l)" -eq 4 ]
    dw-ingest -q --all --ref p.bim --report r.tsv -o out.dws low.tsv
    adds_up r.tsv
    [ "$(variants out.dws | grep r2)" = "1 200 r2 T C 0.699999988 NA NA" ]
    dw-ingest -q --min-n-share 0.4 --ref p.bim -o out.dws low.tsv
    [ "$(variants out.dws | wc -l)" -eq 5 ]
}

@test "duplicates: the same z once, different ones not at all" {
    { cat study.tsv; sed -n 2p study.tsv; sed -n '3s/0.3\t0.1/0.9\t0.1/p' study.tsv; } >dup.tsv
    dw-ingest -q --ref p.bim --report r.tsv -o out.dws dup.tsv
    [ "$(count sumstats duplicate r.tsv)" = 1 ]
    [ "$(count sumstats duplicate_conflict r.tsv)" = 2 ]
    adds_up r.tsv
    [ "$(variants out.dws | wc -l)" -eq 4 ]
}

@test "annotations: full by id and by alleles, thin, several files, NA" {
    printf 'CHR\tBP\tSNP\tCM\tone\ttwo\n1\t200\tr2\t0\t0.5\t1\n1\t400\tr5\t0\t5\t5\n1\t400\tr4\t0\t4\tNA\n' |
        gzip >full.annot.gz
    printf 'ANNOT\n11\n12\n13\n14\n15\n16\n' >thin.annot
    printf 'CHR BP A1 A2 al\n2 50 T G 6\n1 400 A AC 5\n1 100 G A 1\n1 100 C T 9\n' >alleles.txt
    dw-ingest -q --ref p.bim --annot full.annot.gz --annot thin.annot \
        --annot alleles.txt -o out.dws
    [ "$(dw-view --variants out.dws | cut -f 5,9- | tr '\t' ' ')" = "ID one two thin al
r1 NA NA 11 1
r2 0.5 1 12 NA
r3 NA NA 13 NA
r5 5 5 15 5
r4 4 NA 14 NA
r6 NA NA 16 6" ]
    # A thin file follows the .bim through any order of it.
    tac p.bim >q.bim
    dw-ingest -q --ref q.bim --annot thin.annot -o out.dws
    [ "$(dw-view --variants out.dws | cut -f 5,9- | tr '\t' ' ' | tail -1)" = "r6 11" ]
}

@test "filters: --min-maf, --min-info, --exclude" {
    dw-ingest -q --min-maf 0.25 --ref p.bim --report r.tsv study.tsv >/dev/null
    [ "$(count sumstats maf_low r.tsv)" = 2 ]
    adds_up r.tsv
    printf '1\t199\t300\n' >x.bed
    dw-ingest -q --exclude x.bed --ref p.bim --report r.tsv --all -o out.dws study.tsv
    [ "$(count sumstats excluded r.tsv)" = 2 ]
    [ "$(count reference ref_excluded r.tsv)" = 2 ]
    adds_up r.tsv
    [ "$(variants out.dws | cut -d ' ' -f 3 | tr '\n' ' ')" = "r1 r5 r4 r6 " ]
    run --separate-stderr dw-ingest --min-info 0.5 --ref p.bim study.tsv
    refused 'asks for a column that is not there.*INFO=NAME'
}

@test "rows of chromosomes that the reference lacks are no loss of this run" {
    # One before, one between and one behind the reference's chromosomes 1 and 3.
    awk -v OFS='\t' '$1 == 2 { $1 = 3 } { print }' p.bim >q.bim
    { cat study.tsv; for c in 2 3 22 X; do sed -n 2p study.tsv | awk -v OFS='\t' -v c=$c '{ $1 = c; $3 = 77; print }'; done; } >more.tsv
    run --separate-stderr dw-ingest --ref q.bim --report r.tsv -o out.dws more.tsv
    [ "$status" -eq 0 ]
    adds_up r.tsv
    [ "$(count sumstats rows r.tsv)" = 10 ]
    [ "$(count sumstats contig_not_in_reference r.tsv)" = 4 ]
    [ "$(count sumstats not_in_reference r.tsv)" = 1 ]
    [[ $stderr == *"4 of 6 rows on the reference's chromosomes taken"* ]]
}

@test "--report-variants: one line for each row that is not taken" {
    dw-ingest -q --ref p.bim --report r.tsv --report-variants v.tsv study.tsv >/dev/null
    [ "$(cat v.tsv)" = $'SOURCE\tCHR\tPOS\tID\tA1\tA2\tREASON
reference\t2\t50\tr6\tT\tG\tref_no_z
sumstats\t2\t60\tx\tA\tC\tnot_in_reference' ]
}

@test "little in common: a warning, and what it may be" {
    # All positions of the study counted from 0.
    awk 'BEGIN { OFS = "\t" } NR > 1 { $3-- } 1' study.tsv >zero.tsv
    run --separate-stderr dw-ingest --ref p.bim zero.tsv
    refused 'one base further on: does the study count positions from 0'
    # The ids are right, the positions are another build's.
    awk 'BEGIN { OFS = "\t" } NR > 1 { $3 += 17 } 1' study.tsv >build.tsv
    run --separate-stderr dw-ingest --ref p.bim build.tsv
    refused 'of its ids are there, at other positions: is it of another genome build'
    # Positions right, alleles not.
    awk 'BEGIN { OFS = "\t" } NR > 1 { $4 = "ACT"; $5 = "G" } 1' study.tsv >alleles.tsv
    run --separate-stderr dw-ingest --ref p.bim alleles.tsv
    refused 'with other alleles: are the allele columns right'
    sed 's/^[12]\t/7\t/' study.tsv >chrom.tsv
    run --separate-stderr dw-ingest --ref p.bim chrom.tsv
    refused 'no chromosome in common'
    # One of four positions: enough to go on with, not enough to say nothing.
    awk 'BEGIN { OFS = "\t" } NR > 2 && NR < 7 { $3 += 17 } 1' study.tsv >few.tsv
    run --separate-stderr dw-ingest --ref p.bim -o out.dws few.tsv
    [ "$status" -eq 0 ]
    [[ $stderr == *"another genome build"* ]]
}

@test "the same input gives the same bytes; the history names inputs and digests" {
    dw-ingest -q --ref p.bim study.tsv -o a.dws
    dw-ingest -q --ref p.bim study.tsv --output b.dws -@ 4
    cmp a.dws b.dws
    run --separate-stderr dw-view --head a.dws
    [[ $output == *$'step\t0\tdw-ingest\t'*'--ref p.bim study.tsv'* ]]
    [[ $output == *$'input\tstudy.tsv\t'* ]]
    [[ $output == *$'input\tp.bim\t'* ]]
}

@test "usage: --help, --version, an unknown option, two operands" {
    run --separate-stderr dw-ingest --help
    [ "$status" -eq 0 ]
    [[ $output == *"Usage: dw-ingest"* ]]
    run --separate-stderr dw-ingest --version
    [ "$status" -eq 0 ]
    [[ ${lines[0]} == "dw-ingest "* ]]
    [[ $output == *htslib* ]]
    run --separate-stderr dw-ingest --reff p.bim
    [ "$status" -eq 2 ]
    [[ $stderr == *"did you mean --ref"* ]]
    run --separate-stderr dw-ingest study.tsv study.tsv
    [ "$status" -eq 2 ]
    run --separate-stderr dw-ingest --format bolted study.tsv
    [ "$status" -eq 2 ]
    [[ $stderr == *"formats are bolt"* ]]
}

@test "the examples of the manual page run" {
    for e in bim bed fam; do cp p.$e panel.$e; done
    printf 'CHR\tBP\tSNP\tCM\tone\n1\t200\tr2\t0\t0.5\n' | gzip >panel.annot.gz
    gzip -c study.tsv >study.fastGWA.gz
    printf 'chain 1 chr1 1000 + 0 900 chr1 2000 + 10 910 1\n900\n' |
        gzip >hg19ToHg38.over.chain.gz
    printf '#CHROM\tPOS\tID\tREF\tALT\n1\t110\tr1\tG\tA\n1\t210\tr2\tT\tC\n' |
        bgzip >sites.vcf.gz
    printf 'chr1\t90\t260\t2.5\n' |
        python3 "$ROOT/tests/oracle/signals.py" write dnase.bw chr1=1000
    printf '1\t150\t250\tx\t0\t.\t7\t-1\t-1\t9\n' | gzip >peaks.narrowPeak.gz
    printf '1\tx\texon\t150\t250\t.\t+\t.\tgene_id "g"; transcript_id "t";\n' |
        gzip >genes.gtf.gz
    sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/{/^\.Bd/,/^\.Ed/{/^\.[BE]d/d;p}}' \
        "$ROOT/man/dw-ingest.1" | sed 's/\\e$/\\/' >examples.sh
    [ "$(grep -c dw-ingest examples.sh)" -eq 7 ]
    run --separate-stderr bash -e -o pipefail examples.sh
    [ "$status" -eq 0 ]
    [[ $output == *$'tally\tdw-ingest/taken\t4'* ]]
    [ -s report.tsv ] && [ -s height.dws ] && [ -s panel.dws ] &&
        [ -s windows.dws ] && [ -s genes.dws ]
    [ "$(grep -c lifted actions.tsv)" -eq 2 ]
}

@test "reasons that need a table of their own" {
    {
        printf 'CHR\tPOS\tSNP\tEA\tOA\tBETA\tCHISQ\tP\tEAF\tINFO\tN\n'
        printf '1\t100\tr1\tA\tG\t1\t4\t.\t0.2\t0.9\t1000\n'
        printf '1\t200\tr2\tT\tC\t1\t-4\t.\t0.2\t0.9\t1000\n'
        printf '1\t300\tr3\tA\tG\t1\t.\t1.5\t0.2\t0.9\t1000\n'
        printf '1\t301\ta\tA\tG\t1\t4\t.\t1.2\t0.9\t1000\n'
        printf '1\t302\tb\tA\tG\t1\t4\t.\t.\t0.9\t1000\n'
        printf '1\t303\tc\tA\tG\t1\t4\t.\t0.001\t0.9\t1000\n'
        printf '1\t304\td\tA\tG\t1\t4\t.\t0.2\t.\t1000\n'
        printf '1\t305\te\tA\tG\t1\t4\t.\t0.2\t0.3\t1000\n'
    } >odd.tsv
    cp p.bim odd.bim
    printf '%s\t%s\t0\t%s\t%s\t%s\n' 0 nowhere 0 A G 1 again 100 A G >>odd.bim
    dw-ingest -q --min-maf 0.01 --min-info 0.5 --min-overlap 0 --ref odd.bim \
        --report r.tsv -o out.dws odd.tsv
    for reason in chisq_not_positive p_out_of_range eaf_out_of_range maf_missing \
        maf_low info_missing info_low taken; do
        [ "$(count sumstats $reason r.tsv)" = 1 ] || { cat r.tsv; return 1; }
    done
    [ "$(count reference ref_no_place r.tsv)" = 1 ]
    [ "$(count reference ref_duplicate r.tsv)" = 1 ]
    adds_up r.tsv
}

@test "--min-overlap refuses what has less in common; an action tells of a frequency" {
    awk -v OFS='\t' '$1 == "CHR" || $3 == 100 || $3 == 400 { print; next } { $3 += 7 } 1' study.tsv >few.tsv
    dw-ingest -q --min-overlap 0.2 --ref p.bim -o out.dws few.tsv
    run --separate-stderr dw-ingest -q --min-overlap 0.9 --ref p.bim -o none.dws few.tsv
    refused '--min-overlap 0.9'
    [ ! -e none.dws ]
    dw-ingest -q --ref p.bim --report-actions a.tsv -o out.dws study.tsv
    [ "$(grep -c by_frequency a.tsv)" = 1 ]
    grep -q 'r4.*by_frequency' a.tsv
}

@test "every reason is in the manual page" {
    sed -n 's/^    X([A-Z_]*, "\([a-z_]*\)".*/\1/p' "$ROOT/lib/data/reason.h" >reasons
    [ "$(wc -l <reasons)" -gt 30 ]
    while read -r reason; do
        grep -qw "$reason" "$ROOT/man/dw-ingest.1" || { echo "$reason"; return 1; }
    done <reasons
}

@test "every format of a study is in the manual page" {
    run --separate-stderr dw-ingest --format none study.tsv
    [ "$status" -eq 2 ]
    formats=${stderr##*formats are }
    formats=${formats%%$'\n'*}
    [ "$(wc -w <<<"$formats")" -gt 20 ]
    for format in ${formats//,/}; do
        grep -qE "^\.It Cm (.* , )?$format( , .*)?\$" "$ROOT/man/dw-formats.7" ||
            { echo "$format"; return 1; }
    done
}

@test "real: chromosome 22 against a second formulation" {
    need_shared
    D=$SHARED/ukbb_height_chr22_hm3
    dw-ingest -q --ref "$D/geno/1000G_eur_chr22.bim" --report r.tsv -o out.dws \
        --annot "$D/annot/ens75_h3k4_recomb.22.annot.gz" "$D/ukb_height_chr22.fastGWA.gz"
    adds_up r.tsv
    [ "$(count sumstats rows r.tsv)" = 15935 ]
    [ "$(count sumstats taken r.tsv)" = 15764 ]
    dw-view --variants out.dws >view.tsv
    run python3 "$ROOT/tests/oracle/ingest_join.py" fastgwa "$D/ukb_height_chr22.fastGWA.gz" \
        "$D/geno/1000G_eur_chr22" "$D/annot/ens75_h3k4_recomb.22.annot.gz" view.tsv
    [ "$status" -eq 0 ]
    [[ $output == "taken 15764, in the stream 15764, wrong 0 "* ]]
}

@test "real: a window of BOLT-LMM statistics against a second formulation" {
    need_shared
    D=$SHARED/ukbb_height_windows
    dw-ingest -q --n 450000 --ref "$D/geno/1000G.subset.6.bim" --report r.tsv -o out.dws \
        --annot "$D/annot/ens75_h3k4me1_recomb.6.annot.gz" "$D/bolt.sumstats.txt.gz"
    adds_up r.tsv
    dw-view --variants out.dws >view.tsv
    run python3 "$ROOT/tests/oracle/ingest_join.py" bolt "$D/bolt.sumstats.txt.gz" \
        "$D/geno/1000G.subset.6" "$D/annot/ens75_h3k4me1_recomb.6.annot.gz" view.tsv 450000
    [ "$status" -eq 0 ]
    [[ $output == *" wrong 0 "* ]]
}

@test "real: annotations keyed by alleles (PolyFun)" {
    need_shared
    zcat "$SHARED/annot/annotations.22.annot.tsv.gz" |
        awk -F '\t' 'NR > 1 { print $2 "\t" $1 "\t0\t" $3 "\t" $5 "\t" $4 }' >a.bim
    dw-ingest -q --ref a.bim --annot "$SHARED/annot/annotations.22.annot.tsv.gz" -o out.dws
    [ "$(dw-view --tail out.dws | grep -c annot_missing)" -eq 0 ]
    zcat "$SHARED/annot/annotations.22.annot.tsv.gz" |
        awk -F '\t' 'NR > 1 { n += $6; s += $7 } END { print n, s }' >want
    dw-view --variants out.dws | awk -F '\t' 'NR > 1 { n += $9; s += $10 } END { print n, s }' |
        cmp want
}
