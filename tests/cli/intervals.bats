#!/usr/bin/env bats
# dw-ingest --bed and --gtf: against bedtools, against a plain reading of a GTF,
# and against annotations that somebody else made of the same files.
# shellcheck disable=SC2154 # status, stdout and stderr are set by run
load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    printf '%s\t%s\t0\t%s\t%s\t%s\n' \
        1 a 10 A G  1 b 11 A G  1 c 20 A ACG  1 d 21 A G  2 e 5 A G >p.bim
}

# column NAME STREAM: an annotation of a stream's variants.
column() {
    [ "$2" = - ] || [ "$2.tsv" -nt "$2" ] || dw-view --variants "$2" >"$2.tsv"
    if [ "$2" = - ]; then dw-view --variants -; else cat "$2.tsv"; fi | awk -F '\t' -v name="$1" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i; next }
        { print $c }'
}

# same_column A B: two files of a number or NA a line, to five digits; some of
# them not 0.
same_column() {
    [ "$(wc -l <"$1")" -eq "$(wc -l <"$2")" ]
    paste "$1" "$2" | awk '
        { d = $1 - $2; if (d < 0) d = -d
          if (($1 == "NA") != ($2 == "NA") || d > 2e-5 * (1 + $2)) { bad++; line = NR ": " $0 }
          some += $2 > 0 }
        END { if (bad) print bad " differ, such as line " line
              if (some <= 5) print "all are 0"
              exit bad > 0 || some <= 5 }'
}

# real_bim: SNPs of chromosome 22, every seventh made a deletion of up to 400
# bases, as p.bim; and as a sorted BED of the bases of REF, p.bed3.
real_bim() {
    need_shared
    awk -F '\t' -v OFS='\t' '
        NR % 7 == 0 { n = NR % 400 + 2; $6 = "A"; for (i = 1; i < n; i++) $6 = $6 "C"; $5 = "A" }
        { print }' "$SHARED/ukbb_height_chr22_hm3/geno/1000G_eur_chr22.bim" >p.bim
    dw-ingest -q --ref p.bim -o p.dws
    dw-view --variants p.dws | awk -F '\t' -v OFS='\t' '
        NR > 1 { print "chr" $3, $4 - 1, $4 - 1 + length($6) }' >p.bed3
}

@test "in an interval or not: its columns, units and missing counts in HEAD" {
    printf 'chr1\t10\t20\tx\t5\nchr1\t15\t15\n' >x.bed
    run --separate-stderr dw-ingest --ref p.bim --bed x=x.bed@2 -o out.dws
    [ "$status" -eq 0 ]
    [[ $stderr == *"x.bed: BED, inside or not, outside 0; 1 interval on 1 chromosome, 1 more of no length not used; 2 of 5 variants inside"* ]]
    [ "$(column x out.dws | tr '\n' ' ')" = "0 1 1 0 0 " ]
    [ "$(column x.extend.2 out.dws | tr '\n' ' ')" = "1 1 1 1 0 " ]
    head -1 x.bed >s.bed
    dw-ingest -q --ref p.bim --bed x=x.bed@2 --bed n=x.bed:count --bed s=s.bed:5 -o out.dws
    [ "$(dw-view --head out.dws | grep '^annot' | tr '\t\n' ' ,')" = \
        "annot x 0/1 0,annot x.extend.2 0/1 0,annot n intervals 0,annot s . 0," ]
}

@test "what a source of intervals is refused for, and warned of" {
    printf '1\t10\t20\n1\t30\t25\n' >bad.bed
    run --separate-stderr dw-ingest --ref p.bim --bed x=bad.bed
    refused 'bad.bed:2: column 3 \(end\): 25 is before the start, 30'
    run --separate-stderr dw-ingest --ref p.bim --bed x.bed
    [ "$status" -eq 2 ]
    [[ $stderr == *"--bed x.bed: is not NAME=FILE"* ]]
    run --separate-stderr dw-ingest --ref p.bim --bed x=bad.bed:colour
    [ "$status" -eq 2 ]
    [[ $stderr == *"bad.bed:colour: is no column by number"* ]]
    printf 'scaffold_1\t10\t20\n' >other.bed
    run --separate-stderr dw-ingest --ref p.bim --bed x=other.bed -o out.dws
    [ "$status" -eq 0 ]
    [[ $stderr == *"warning"*"other.bed: no chromosome of the variants is in it; its first is scaffold_1"* ]]
    printf '1\t1000\t2000\n' >far.bed
    run --separate-stderr dw-ingest --ref p.bim --bed x=far.bed -o out.dws
    [[ $stderr == *"far.bed: no variant is inside; is it of another genome build?"* ]]
    printf '1\t10\t20\n' >x.bed
    run --separate-stderr dw-ingest --ref p.bim --bed x=x.bed --bed x=far.bed
    refused 'far.bed: has an annotation x, as x.bed has'
}

@test "every packing, and line ends of all kinds, give the same" {
    need_cmd zstd
    printf 'track name=x\r\nchr1\t10\t20\r\n\r\n1 5 6' >x.bed
    gzip -k x.bed
    zstd -q x.bed
    for f in x.bed x.bed.gz x.bed.zst; do
        [ "$(dw-ingest -q --ref p.bim --bed "x=$f" | column x - | tr '\n' ' ')" = "0 1 1 0 0 " ]
    done
}

@test "real BEDs, with padding, as bedtools intersect has them" {
    need_cmd bedtools
    real_bim
    bed=$SHARED/annot/bed
    genes=$bed/valr_hg19.refGene.chr22.bed.gz
    vhmec=$bed/UCSF-UBC.Breast_vHMEC.H3K4me1.bed.gz
    dw-ingest -q --ref p.bim --bed "g=$genes" --bed "e=$genes:blocks" --bed "k=$vhmec@500" \
        --bed "s=$bed/valr_hg19.snps147.chr22.bed.gz" -o out.dws
    in_it() { # NAME BED
        column "$1" out.dws >ours
        bedtools intersect -c -a p.bed3 -b "$2" | awk '{ print ($NF > 0) + 0 }' >theirs
        same_column ours theirs
    }
    in_it g "$genes"
    column e out.dws >ours
    bedtools intersect -split -c -a p.bed3 -b "$genes" | awk '{ print ($NF > 0) + 0 }' >theirs
    same_column ours theirs
    zcat "$vhmec" | tail -n +2 >k.bed
    in_it k k.bed
    awk -v OFS='\t' '{ print $1, $2 < 500 ? 0 : $2 - 500, $3 + 500 }' k.bed >k500.bed
    in_it k.extend.500 k500.bed
    # bedtools takes an interval of no length to touch its neighbours.
    zcat "$bed/valr_hg19.snps147.chr22.bed.gz" | awk '$2 < $3' >s.bed
    in_it s s.bed
}

@test "real scores and signals, as bedtools map has them" {
    need_cmd bedtools
    real_bim
    bed=$SHARED/annot/bed
    # Of several bases a mean is by bases, bedtools' by intervals: SNPs.
    cp "$SHARED/ukbb_height_chr22_hm3/geno/1000G_eur_chr22.bim" snp.bim
    dw-ingest -q --ref snp.bim -o snp.dws
    dw-view --variants snp.dws | awk -v OFS='\t' 'NR > 1 { print "chr" $3, $4 - 1, $4 }' >snp.bed3
    for f in narrowPeak broadPeak; do
        zcat "$bed/valr_sample.$f.gz" | sort -k1,1 -k2,2n >peaks
        peaks=$bed/valr_sample.$f.gz
        dw-ingest -q --ref snp.bim --bed "max=$peaks:signalValue" \
            --bed "mean=$peaks:7,mean" --bed "min=$peaks:7,min" \
            --bed "sum=$peaks:7,sum" --bed "count=$peaks:count" \
            --bed "q=$peaks:qValue" -o snp.dws
        dw-ingest -q --ref p.bim --bed "max=$peaks:signalValue" -o out.dws
        for rule in max mean min sum count; do
            column "$rule" snp.dws >ours
            bedtools map -a snp.bed3 -b peaks -c 7 -o "$rule" -null 0 | cut -f 4 >theirs
            same_column ours theirs
        done
        column max out.dws >ours
        bedtools map -a p.bed3 -b peaks -c 7 -o max -null 0 | cut -f 4 >theirs
        same_column ours theirs
        # No peak has a q value: NA in one, 0 outside.
        [ "$(column q snp.dws | sort | uniq -c | awk '{ print $2 }' | tr '\n' ' ')" = "0 NA " ]
        [ "$(column q snp.dws | grep -c NA)" -eq \
            "$(column count snp.dws | awk '$1 > 0' | wc -l)" ]
    done
    zcat "$bed/valr_hela.h3k4.chip.bg.gz" >hela.bg
    dw-ingest -q --ref p.bim --bed "h=hela.bg" -o out.dws
    column h out.dws >ours
    bedtools map -a p.bed3 -b hela.bg -c 4 -o max -null NA | cut -f 4 >theirs
    same_column ours theirs
}

@test "genes of a real GTF, as a plain reading has them" {
    need_cmd python3
    real_bim
    gtf=$SHARED/annot/gtf/Homo_sapiens.GRCh37.75.chr22.gtf.gz
    names="gene exon coding utr5 utr3 noncoding_exon intron splice_site splice_region promoter tss_distance"
    awk '{ print $2 + 1, $3 - $2 }' p.bed3 >places
    for which in all protein_coding; do
        words=${names// /,}
        [ "$which" = all ] || words=$words,$which
        dw-ingest -q --ref p.bim --gtf "$gtf:$words@1500,300" -o out.dws
        python3 "$ROOT/tests/oracle/gene_places.py" "$gtf" 22 1500 300 "$which" <places >want
        i=0
        for name in $names; do
            i=$((i + 1))
            column "$name" out.dws >ours
            cut -f "$i" want >theirs
            # All such transcripts have a CDS.
            [ "$which:$name" != protein_coding:noncoding_exon ] || continue
            echo "$which: $name"
            same_column ours theirs
        done
    done
}

@test "as in the .annot that somebody made of the same GTF and BEDs" {
    need_shared
    dir=$SHARED/ukbb_height_chr22_hm3
    gtf=$SHARED/annot/gtf/Homo_sapiens.GRCh37.75.chr22.gtf.gz
    bed=$SHARED/annot/bed
    dw-ingest -q --ref "$dir/geno/1000G_eur_chr22.bim" \
        --annot "$dir/annot/ens75_h3k4_recomb.22.annot.gz" \
        --gtf "$gtf:coding,utr5,utr3,promoter,tss_distance,protein_coding@1k" \
        --bed "v=$bed/UCSF-UBC.Breast_vHMEC.H3K4me1.bed.gz@500" \
        --bed "m=$bed/UCSF-UBC.Breast_Myoepithelial_Cells.H3K4me1.bed.gz@500" \
        --bed "n=$bed/valr_sample.narrowPeak.gz" --bed "b=$bed/valr_sample.broadPeak.gz" \
        --bed "h=$bed/valr_hela.h3k4.chip.bg.gz:zero" -o out.dws
    same() { # OURS THEIRS
        column "$1" out.dws >ours
        column "$2" out.dws >theirs
        echo "$1 against $2"
        same_column ours theirs
    }
    same promoter Promoter1kb_Ens75
    same tss_distance Log10DistTSS_Ens75
    same v H3K4me1_vHMEC
    same v.extend.500 H3K4me1_vHMEC.ext500
    same m H3K4me1_Myoepithelial
    same m.extend.500 H3K4me1_Myoepithelial.ext500
    same n valr_narrowPeak
    same b valr_broadPeak
    same h HeLaH3K4_signal
    # Theirs has stop codons in neither coding nor UTR.
    column coding out.dws >ours
    column Coding_Ens75 out.dws >theirs
    [ "$(paste ours theirs | awk '$1 < $2' | wc -l)" -eq 0 ]
    [ "$(paste ours theirs | awk '$1 > $2' | wc -l)" -le 5 ]
    paste <(column utr5 out.dws) <(column utr3 out.dws) | awk '{ print $1 || $2 ? 1 : 0 }' >ours
    column UTR_Ens75 out.dws >theirs
    same_column ours theirs
}

@test "a GTF: genes of no strand, of no chromosome in common, without a part" {
    printf '1\tx\texon\t10\t20\t.\t.\t.\tgene_id "g"; transcript_id "t";\n' >x.gtf
    run --separate-stderr dw-ingest --ref p.bim --gtf x.gtf:exon,promoter -o out.dws
    [ "$status" -eq 0 ]
    [[ $stderr == *"x.gtf: GTF, 0 genes, 1 transcript on 1 chromosome"* ]]
    [[ $stderr == *"1 transcript without a strand"* ]]
    [[ $stderr == *"x.gtf: it has nothing for the annotation promoter"* ]]
    [ "$(column exon out.dws | tr '\n' ' ')" = "1 1 1 0 0 " ]
    run --separate-stderr dw-ingest --ref p.bim --gtf x.gtf:codons -o out.dws
    [ "$status" -eq 2 ]
    [[ $stderr == *"codons: is none of gene, exon, coding"* ]]
}
