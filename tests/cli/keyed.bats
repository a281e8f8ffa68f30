#!/usr/bin/env bats
# dw-ingest: annotations keyed by variant: --annot, --info, --table.
# shellcheck disable=SC2154 # status, stdout and stderr are set by run
load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    VCF=$SHARED/annot/vcf_info
}

# bim_of VCF: its variants, one ALT a row.
bim_of() {
    bcftools norm -m- "$1" 2>/dev/null |
        bcftools query -f '%CHROM\t%ID\t0\t%POS\t%ALT\t%REF\n' |
        awk -F '\t' '$5 ~ /^[ACGT]+$/' | sort -u -k 1,1 -k 4,4n -k 5,6
}

# looked_up HOW FILE NAME=WHAT ..: out.dws against looking each variant up.
looked_up() {
    dw-view --variants out.dws >view.tsv
    run python3 "$ROOT/tests/oracle/annotation_values.py" "$1" "$2" view.tsv "${@:3}"
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == "looked at "*" wrong 0" ]]
    [[ $output != *"there 0,"* ]]
}

# The annotations of out.dws, without their header.
annotations() {
    dw-view --variants out.dws | tail -n +2 | cut -f 9- | tr '\t' ' '
}

@test "--annot FILE:COLUMN: some columns of a table that holds text, renamed" {
    printf '1 r1 0 100 A G\n1 r2 0 200 C T\n' >p.bim
    printf 'CHR\tBP\tSNP\tgene\tscore\tcoding\n1\t100\tr1\tABC\t0.5\tTRUE\n1\t200\tr2\tDEF\t.\tno\n' >t.tsv
    dw-ingest -q --ref p.bim --annot t.tsv:coding,cadd=score -o out.dws
    [ "$(dw-view --variants out.dws | cut -f 9- | tr '\t' ' ')" = "coding cadd
1 0.5
0 NA" ]
    run --separate-stderr dw-ingest --ref p.bim --annot t.tsv
    refused 't.tsv:2: column gene: "ABC" is not a number: name the columns to read, FILE:COLUMN'
    run --separate-stderr dw-ingest --ref p.bim --annot t.tsv:scor
    refused 't.tsv:1: no column scor; the nearest is score'
}

@test "--annot: keys of other columns, and rows that lack them" {
    printf '1 . 0 100 C A\n1 . 0 200 C T\n' >p.bim
    printf '#chr\tpos\tref\talt\thg19_chr\thg19_pos(1-based)\tx\n1\t90\tA\tC\t1\t100\t1;3\n1\t95\tT\tC\t.\t.\t2\n1\t99\tT\tC\t1\t200\t4\n' >t.tsv
    dw-ingest -q --ref p.bim -o out.dws \
        --annot 't.tsv:CHR=hg19_chr,POS=hg19_pos(1-based),x/mean'
    [ "$(annotations)" = "2
4" ]
}

@test "--annot: not in order, among others that are" {
    printf '1 a 0 100 A G\n1 b 0 200 C T\n2 c 0 100 C T\n' >p.bim
    printf 'CHR BP SNP x\n2 100 c 3\n1 200 b 2\n1 100 a 1\n' >x.txt
    printf 'CHR BP SNP y\n1 100 a 1\n1 200 b 2\n2 100 c 3\n' >y.txt
    dw-ingest -q --ref p.bim --annot x.txt --annot y.txt -o out.dws
    [ "$(annotations)" = "1 1
2 2
3 3" ]
    # One row that is late: the values before it are right all the same.
    printf 'CHR BP SNP x\n1 200 b 2\n2 100 c 3\n1 100 a 1\n' >x.txt
    dw-ingest -q --ref p.bim --annot x.txt --annot y.txt -o out.dws
    [ "$(annotations)" = "1 1
2 2
3 3" ]
    # From a pipe, which cannot be read twice.
    dw-ingest -q --ref p.bim --annot <(cat x.txt) -o out.dws
    [ "$(annotations)" = "1
2
3" ]
}

@test "--info: several ALTs, trimmed indels, exchanged alleles, flags" {
    {
        printf '##fileformat=VCFv4.2\n'
        printf '##INFO=<ID=AF,Number=A,Type=Float,Description="f">\n'
        printf '##INFO=<ID=DB,Number=0,Type=Flag,Description="d">\n'
        printf '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n'
        printf 'chr1\t100\t.\tCTT\tC,CT\t.\t.\tAF=0.125,0.25;DB\n'
        printf 'chr1\t200\t.\tA\tG\t.\t.\tAF=0.5\n'
        printf 'chr1\t300\t.\tCAG\tCAT\t.\t.\tAF=0.75\n'
    } >x.vcf
    printf '1 a 0 100 C CT\n1 b 0 100 C CTT\n1 c 0 200 A G\n1 d 0 302 T G\n1 e 0 400 T G\n' >p.bim
    dw-ingest -q --ref p.bim --info x.vcf:AF,known=DB -o out.dws
    [ "$(dw-view --variants out.dws | cut -f 5,9- | tr '\t' ' ')" = "ID AF known
a 0.25 1
b 0.125 1
c 0.5 0
d 0.75 0
e NA NA" ]
    gzip -k x.vcf
    dw-ingest -q --ref p.bim --info x.vcf.gz:AF,known=DB -o gz.dws
    cmp <(dw-view --variants out.dws) <(dw-view --variants gz.dws)
    run --separate-stderr dw-ingest --ref p.bim --info x.vcf:AFF
    refused 'x.vcf: its header has no INFO AFF; the nearest is AF'
    run --separate-stderr dw-ingest --ref p.bim --info x.vcf
    [ "$status" -eq 2 ]
    [[ $stderr == *"which of its INFO tags? (FILE:TAG,..)"* ]]
}

@test "--table: by its index, and the same without" {
    need_cmd tabix
    {
        printf '#chr\tpos(1-based)\tref\talt\tSIFT_score\tx\tpred\n'
        printf '1\t100\tA\tG\t.;0.25;0.5\t1;2;6\tD\n'
        printf '1\t100\tA\tT\t.;.\t.\tD\n'
        printf '1\t200\tC\tT\t1\t3\tD\n'
        printf '1\t200\tC\tT\t0.5\t5\tD\n'
    } >t.tsv
    printf '1 a 0 100 G A\n1 b 0 100 T A\n1 c 0 200 T C\n1 d 0 200 G C\n' >p.bim
    bgzip -k t.tsv
    tabix -s 1 -b 2 -e 2 t.tsv.gz
    dw-ingest -q --ref p.bim --table t.tsv.gz:SIFT_score,x,mean=x/mean,first=x/first -o out.dws
    [ "$(annotations)" = "0.25 6 3 1
NA NA NA NA
NA NA NA NA
0.5 5 4 3" ]
    run --separate-stderr dw-ingest --ref p.bim --table t.tsv.gz:pred
    refused 't.tsv.gz: at 1:100: column 7 \(pred\): "D" is not a number'
    run --separate-stderr dw-ingest --ref p.bim --table t.tsv.gz
    [ "$status" -eq 2 ]
    rm t.tsv.gz.tbi
    printf '1 a 0 100 G A\n' >p.bim
    sed -i 's/pos(1-based)/pos/' t.tsv
    dw-ingest -q --ref p.bim --table t.tsv:SIFT_score,x -o out.dws
    [ "$(annotations)" = "0.25 6" ]
}

@test "--table: an index older than its file is told" {
    need_cmd tabix
    printf '#c\tp\tx\n1\t100\t1\n' | bgzip >t.gz
    tabix -s 1 -b 2 -e 2 t.gz
    touch -d '2001-01-01' t.gz.tbi
    printf '1 a 0 100 G A\n' >p.bim
    run --separate-stderr dw-ingest --ref p.bim --table t.gz:x -o out.dws
    [ "$status" -eq 0 ]
    [[ $stderr == *"t.gz.tbi: is older than its file"* ]]
}

@test "--add of each kind onto a stream of blocks" {
    need_cmd tabix
    D=$SHARED/ukbb_height_windows
    need_shared
    dw-ingest -q --ref "$D/geno/1000G.subset.6.bim" --n 450000 "$D/bolt.sumstats.txt.gz" |
        dw-ldblock -q --geno "$D/geno/1000G.subset.6.bed" -o blocks.dws
    A=$D/annot/ens75_h3k4me1_recomb.6.annot.gz
    dw-ingest -q --add --annot "$A" blocks.dws -o out.dws
    # Each variant of each block has what the table has for it, as for a run of
    # variants, whose join another test looks at.
    dw-ingest -q --ref "$D/geno/1000G.subset.6.bim" --annot "$A" -o whole.dws
    dw-view --variants whole.dws | tail -n +2 | cut -f 4- | cut -f 1-4,6- | sort -u >whole
    dw-view --variants out.dws | tail -n +2 | cut -f 4-7,11- | sort -u >blocks
    [ "$(wc -l <blocks)" -gt 1000 ]
    [ "$(comm -13 whole blocks | wc -l)" -eq 0 ]
}

@test "real: ExAC by its index, without, and as BCF, against bcftools" {
    need_shared
    need_cmd bcftools
    bim_of "$VCF/vcfanno_exac.vcf.gz" >p.bim
    # Records that were split, and kept the values of all their ALTs.
    run --separate-stderr dw-ingest --ref p.bim --info "$VCF/vcfanno_exac.vcf.gz:AC"
    refused 'at 1:13404: INFO AC: 2 values, and by the header it should be 1; AC/max, /min'
    tags=AC/first,AF/first,AN,DB,InbreedingCoeff,VQSLOD
    dw-ingest -q --ref p.bim --info "$VCF/vcfanno_exac.vcf.gz:$tags" -o out.dws
    looked_up info "$VCF/vcfanno_exac.vcf.gz" AC=AC AF=AF AN=AN DB=DB \
        InbreedingCoeff=InbreedingCoeff VQSLOD=VQSLOD
    dw-view --variants out.dws | tail -n +2 |
        awk -F '\t' '{ print $4, $6, $7, $9, $11 }' | sort >got
    bcftools query -f '%POS %REF %ALT %AC %AN\n' "$VCF/vcfanno_exac.vcf.gz" |
        sed 's/,[^ ]*//' | sort >want
    cmp got want
    cp "$VCF/vcfanno_exac.vcf.gz" plain.vcf.gz
    dw-ingest -q --ref p.bim --info "plain.vcf.gz:$tags" -o plain.dws
    cmp <(dw-view --variants out.dws) <(dw-view --variants plain.dws)
    bcftools view -Ob -o x.bcf "$VCF/vcfanno_exac.vcf.gz"
    bcftools index x.bcf
    dw-ingest -q --ref p.bim --info "x.bcf:$tags" -o bcf.dws
    cmp <(dw-view --variants out.dws) <(dw-view --variants bcf.dws)
}

@test "real: gnomAD exomes and genomes, gzip that is not bgzip, chr1" {
    need_shared
    need_cmd bcftools
    f=$VCF/hail_gnomad.exomes.r2.1.1.chr1.vcf.gz
    bim_of "$f" >p.bim
    dw-ingest -q --ref p.bim --info "$f:AC,AF,segdup,n_alt_alleles,rf_tp_probability,VQSLOD" -o out.dws
    looked_up info "$f" AC=AC AF=AF segdup=segdup n_alt_alleles=n_alt_alleles \
        rf_tp_probability=rf_tp_probability VQSLOD=VQSLOD
    f=$VCF/hail_gnomad.genomes.r3.0.chr1.vcf.gz
    bim_of "$f" >p.bim
    dw-ingest -q --ref p.bim --info "$f:AC,AF,lcr,QD" -o out.dws
    looked_up info "$f" AC=AC AF=AF lcr=lcr QD=QD
}

@test "real: freebayes haplotypes and several ALTs, and plain text named .gz" {
    need_shared
    need_cmd bcftools
    f=$VCF/vcfanno_query.vcf.gz
    bim_of "$f" >p.bim
    dw-ingest -q --ref p.bim --info "$f:AB,AC,AF,AN,AO" -o out.dws
    looked_up info "$f" AB=AB AC=AC AF=AF AN=AN AO=AO
    f=$VCF/vcfanno_test-gnomad.vcf.gz
    bim_of "$f" >p.bim
    dw-ingest -q --ref p.bim --info "$f:AC,AF,AN,DB" -o out.dws
    looked_up info "$f" AC=AC AF=AF AN=AN DB=DB
    f=$VCF/vcfanno_notbgz.vcf.gz
    awk -F '\t' '!/^#/ && $5 ~ /^[ACGT]+$/ { print $1, $3, 0, $2, $5, $4 }' "$f" >p.bim
    dw-ingest -q --ref p.bim --info "$f:DP,MQ,SOR" -o out.dws
    looked_up info "$f" DP=DP MQ=MQ SOR=SOR
}

@test "real: dbNSFP by its index, whose header has more columns than its rows" {
    need_shared
    f=$VCF/vcfanno_dbNSFP_ex.txt.gz
    zcat "$f" | awk -F '\t' 'NR > 1 { print $1 "\t.\t0\t" $3 "\t" $5 "\t" $4 }' >p.bim
    run --separate-stderr dw-ingest --ref p.bim --table "$f:SIFT_score"
    refused 'a row of 181 columns .* where the header has 183'
    dw-ingest -q --ref p.bim --table "$f:EA=5,OA=4,sift=25,cadd=68" -o out.dws
    dw-view --variants out.dws | tail -n +2 | awk -F '\t' '{ print $4, $6, $7, $9, $10 }' | sort >got
    zcat "$f" | awk -F '\t' 'NR > 1 {
        printf "%s %s %s", $3, $4, $5
        for (i = 25; i <= 68; i += 43)
            printf " %s", $i == "." ? "NA" : sprintf("%.7g", $i)
        print "" }' | sort >want
    [ "$(wc -l <want)" -eq 12 ]
    # float32 keeps seven digits of what the file has.
    awk '{ printf "%s %s %s", $1, $2, $3
           for (i = 4; i <= 5; i++) printf " %s", $i == "NA" ? $i : sprintf("%.7g", $i)
           print "" }' got | cmp - want
}

@test "real: fitCons, intervals by an index, against awk" {
    need_shared
    f=$VCF/vcfanno_fitcons.bed.gz
    awk 'BEGIN { for (p = 1; p < 120000; p += 61) print 1, ".", 0, p, "A", "C" }' >p.bim
    dw-ingest -q --ref p.bim --table "$f:fitcons=4" -o out.dws
    dw-view --variants out.dws | tail -n +2 | awk -F '\t' '{ print $4, $9 }' >got
    zcat "$f" | awk 'BEGIN { n = 0 } NR == FNR { if ($1 == 1) { b[n] = $2; e[n] = $3; x[n++] = $4 } next }
        { v = "NA"; for (i = 0; i < n; i++) if (b[i] < $4 && $4 <= e[i]) v = x[i]
          print $4, v }' - p.bim >want
    [ "$(grep -vc NA want)" -gt 100 ]
    paste -d ' ' got want | awk '
        { d = $2 - $4; if ($1 != $3 || ($2 == "NA") != ($4 == "NA") || d * d > 1e-12) bad++ }
        END { exit bad > 0 }'
}

@test "real: baselineLD, 97 annotations; three annotations; baseline-LF" {
    need_shared
    f=$SHARED/annot/annot/baselineLD.subset.1.annot.gz
    zcat "$f" | awk 'NR > 1 { print $1, $3, 0, $2, "A", "C" }' >p.bim
    dw-ingest -q --ref p.bim --annot "$f" -o out.dws
    [ "$(dw-view --variants out.dws | awk -F '\t' '{ print NF - 8; exit }')" = \
        "$(zcat "$f" | awk -F '\t' '{ print NF - 4; exit }')" ]
    mapfile -t asked < <(zcat "$f" | head -1 | tr '\t' '\n' | tail -n +5 | sed 's/.*/&=&/')
    [ "${#asked[@]}" -ge 96 ]
    looked_up table "$f" "${asked[@]}"
    f=$SHARED/annot/annot/3_annotations.1.annot
    dw-ingest -q --ref p.bim --annot "$f" -o out.dws
    looked_up table "$f" base=base Coding_UCSC=Coding_UCSC GERP.NS=GERP.NS
    f=$SHARED/annot/annotations.20.annot.tsv.gz
    zcat "$f" | awk 'NR > 1 { print $2, $1, 0, $3, $5, $4 }' >p.bim
    dw-ingest -q --ref p.bim --annot "$f:base,low=Coding_UCSC_lowfreq" -o out.dws
    looked_up table "$f" base=base low=Coding_UCSC_lowfreq
}
