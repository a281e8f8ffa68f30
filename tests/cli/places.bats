#!/usr/bin/env bats
# dw-ingest: references of every kind, the genome, indels, chromosomes' names,
# builds and lifting.
# shellcheck disable=SC2154 # status, stdout and stderr are set by run
load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    six_rows
    # The same reference as sites, with ALT's frequency of r4, 1/8.
    {
        printf '##fileformat=VCFv4.2\n##contig=<ID=1>\n##contig=<ID=2>\n'
        printf '##INFO=<ID=AF,Number=A,Type=Float,Description="a">\n'
        printf '##INFO=<ID=AC,Number=A,Type=Integer,Description="a">\n'
        printf '##INFO=<ID=AN,Number=1,Type=Integer,Description="a">\n'
        printf '##FORMAT=<ID=GT,Number=1,Type=String,Description="a">\n'
        printf '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n'
        printf '%s\t%s\t%s\t%s\t%s\t.\t.\t%s\n' \
            1 100 r1 G A AF=0.125  1 200 r2 T C AF=0.125  1 300 r3 A G AF=0.125 \
            1 400 r4 T A AF=0.125  1 400 r5 A AC AF=0.125  2 50 r6 G T AF=0.125
    } >sites.vcf
}

# CHR POS ID REF ALT EAF Z N of a stream.
variants() {
    dw-view --variants "$@" | cut -f 3-10 | tail -n +2 | tr '\t' ' '
}

# taken [OPTION...] STUDY: CHR POS ID REF ALT Z of what is taken.
taken() {
    dw-ingest -q "$@" | dw-view --variants | tail -n +2 | cut -f 3-7,9 |
        tr '\t' ' '
}

# count SOURCE REASON FILE: the count in a report.
count() {
    awk -v s="$1" -v r="$2" '$1 == s && $2 == r { print $3 }' "$3"
}

adds_up() {
    awk 'NR > 1 && $1 ~ /^(sumstats|reference)$/ {
             if ($2 == "rows") rows[$1] = $3; else sum[$1] += $3 }
         END { for (s in rows) if (rows[s] != sum[s]) { print s, rows[s], sum[s]; exit 1 } }' "$1"
}

# table ROW...: a study of rows "CHR POS ID EA OA EAF Z".
table() {
    printf 'CHR\tPOS\tSNP\tEA\tOA\tEAF\tZ\tN\n'
    for row in "$@"; do
        # shellcheck disable=SC2086 # the fields are divided here
        printf '%s\t' $row
        printf '1000\n'
    done
}

# genome NAME BASES...: g.fa and its index.
genome() {
    : >g.fa
    : >g.fa.fai
    while [ $# -gt 0 ]; do
        printf '>%s\n' "$1" >>g.fa
        printf '%s\t%d\t%d\t%d\t%d\n' "$1" "${#2}" "$(wc -c <g.fa)" "${#2}" \
            $((${#2} + 1)) >>g.fa.fai
        printf '%s\n' "$2" >>g.fa
        shift 2
    done
}

# ---- references ----

@test "a VCF, packed or not, a BCF and a .pvar give what the .bim gives" {
    dw-ingest -q --trait y --ref p.bim study.tsv | variants >want
    bgzip -c sites.vcf >sites.vcf.gz
    bcftools view -Ob -o sites.bcf sites.vcf
    bcftools view -Ou -o raw.bcf sites.vcf
    # A header of its own, blanks, and columns in another order.
    awk -v OFS='\t' '/^##/ { next } { print $1, $2, $3, $4, $5, $8 }' \
        sites.vcf >p.pvar
    zstd -q p.pvar
    for f in sites.vcf sites.vcf.gz sites.bcf raw.bcf p.pvar p.pvar.zst; do
        dw-ingest -q --trait y --ref $f --report r.tsv study.tsv | variants >got
        cmp want got || { echo "$f"; cat got; return 1; }
        adds_up r.tsv
    done
    dw-ingest -q --trait y --ref <(cat sites.vcf.gz) study.tsv | variants |
        cmp want
}

@test "the frequency of ALT: INFO AF, AC and AN, or the genotypes" {
    af() { # what r4, an A/T, becomes by it
        taken --ref "$1" study.tsv | grep r4
    }
    [ "$(af sites.vcf)" = "1 400 r4 T A -5" ]
    sed 's/AF=0.125/AN=8;AC=7/' sites.vcf >ac.vcf
    [ "$(af ac.vcf)" = "1 400 r4 T A 5" ]
    sed 's/AF=0.125/AN=8;AC=1/' sites.vcf >ac.vcf
    [ "$(af ac.vcf)" = "1 400 r4 T A -5" ]
    # AF is believed before AC, also behind it.
    sed 's/AF=0.125/AN=8;AC=7;AF=0.125/' sites.vcf >both.vcf
    [ "$(af both.vcf)" = "1 400 r4 T A -5" ]
    genotypes='s/\tINFO$/&\tFORMAT\ta\tb\tc\td/; s/AF=0.125/.\tGT:DP'
    sed "$genotypes\t1|1:3\t1\/1:.\t1\/0:4\t1|1:1/" sites.vcf >gt.vcf
    sed -i '/ID=GT/a ##FORMAT=<ID=DP,Number=1,Type=Integer,Description="a">' gt.vcf
    [ "$(af gt.vcf)" = "1 400 r4 T A 5" ]
    bcftools view -Ob -o gt.bcf gt.vcf
    [ "$(af gt.bcf)" = "1 400 r4 T A 5" ]
    sed "$genotypes\t0|1:3\t.\/.:.\t0\/0:4\t.:1/" sites.vcf >gt.vcf
    sed -i '/ID=GT/a ##FORMAT=<ID=DP,Number=1,Type=Integer,Description="a">' gt.vcf
    [ "$(af gt.vcf)" = "1 400 r4 T A -5" ]
    bcftools view -Ob -o gt.bcf gt.vcf
    [ "$(af gt.bcf)" = "1 400 r4 T A -5" ]
    bcftools view -Ob -o ac.bcf ac.vcf
    [ "$(af ac.bcf)" = "1 400 r4 T A -5" ]
    # None of them, or nonsense: not known.
    for none in . AF=. AF=1.5 AN=0\;AC=0 AC=9\;AN=8; do
        sed "s/AF=0.125/$none/" sites.vcf >none.vcf
        dw-ingest -q --ref none.vcf --report r.tsv study.tsv >/dev/null
        [ "$(count sumstats ambiguous_no_eaf r.tsv)" = 1 ] || { echo "$none"; return 1; }
    done
}

@test "multi-allelic records are a row an ALT; symbolic ones are counted" {
    {
        grep '^#' sites.vcf
        printf '1\t100\ta\tG\tA,C,<DEL>\t.\t.\tAF=0.1,0.2,0.3\n'
        printf '1\t200\tb\tT\t*\t.\t.\t.\n1\t300\tc\tA\t.\t.\t.\t.\n'
        printf '1\t400\td\tN\tA\t.\t.\t.\n1\t500\te\tT\tA[2:50[\t.\t.\t.\n'
        printf '1\t600\tf\tT\tC,A\t.\t.\tAF=0.3,0.9\n'
    } >multi.vcf
    bcftools view -Ob -o multi.bcf multi.vcf
    table "1 100 a C G 0.2 1" "1 100 a A G 0.1 2" "1 100 a A C 0.1 3" \
        "1 600 f A T 0.1 4" >s.tsv
    for ref in multi.vcf multi.bcf; do
        dw-ingest -q --ref $ref --report r.tsv -o out.dws s.tsv
        [ "$(variants out.dws)" = "1 100 a G A 0.100000001 2 1000
1 100 a G C 0.200000003 1 1000
1 600 f T A 0.899999976 -4 1000" ] || { echo $ref; variants out.dws; return 1; }
        [ "$(count reference rows r.tsv)" = 9 ]
        [ "$(count reference ref_symbolic r.tsv)" = 4 ]
        [ "$(count reference ref_allele r.tsv)" = 1 ]
        [ "$(count reference ref_no_z r.tsv)" = 1 ]
        [ "$(count sumstats alleles_differ r.tsv)" = 1 ]
        adds_up r.tsv
    done
}

@test "a broken VCF, BCF or .pvar: one line" {
    refuses() {
        run --separate-stderr dw-ingest --ref "$1" study.tsv
        refused "$2"
    }
    sed 's/^1\t200/1\tx/' sites.vcf >pos.vcf
    refuses pos.vcf 'pos.vcf:10: column POS: "x" is not a position'
    sed '10s/\t.*//' sites.vcf >few.vcf
    refuses few.vcf 'few.vcf:10: 1 fields where the header has more'
    sed '/^#CHROM/d' sites.vcf >names.vcf
    refuses names.vcf 'names.vcf:8: no #CHROM line before the first record'
    sed 's/\tREF\t/\tRFE\t/' sites.vcf >ref.vcf
    refuses ref.vcf 'ref.vcf:8: the header has no column REF'
    bcftools view -Ob -o sites.bcf sites.vcf
    head -c 300 sites.bcf >cut.bcf
    refuses cut.bcf 'cut.bcf: is cut short'
    bgzip -dc sites.bcf | head -c -3 >raw.bcf
    refuses raw.bcf 'raw.bcf: record 6 cannot be read'
}

# ---- the genome ----

@test "--fasta: REF is what the genome has; strand; what fits neither" {
    genome chr1 acgtacgtaa
    #          as written       swapped          other strand     both
    table "1 1 a C A 0.1 1" "1 2 b C T 0.2 2" "1 3 c T C 0.3 3" "1 4 d A G 0.4 4" \
        "1 6 e A T 0.1 5" "1 10 f A T 0.1 6" "1 11 g A T 0.1 7" "2 1 h A C 0.1 8" \
        >s.tsv
    dw-ingest -q --fasta g.fa --report r.tsv --report-actions a.tsv -o out.dws s.tsv
    # g is beyond the end, e fits neither, since A/T is T/A on the other strand.
    [ "$(variants out.dws)" = "1 1 a A C 0.100000001 1 1000
1 2 b C T 0.800000012 -2 1000
1 3 c G A 0.300000012 3 1000
1 4 d T C 0.600000024 -4 1000
1 10 f A T 0.899999976 -6 1000" ]
    [ "$(count sumstats fasta_mismatch r.tsv)" = 2 ]
    [ "$(count sumstats fasta_no_contig r.tsv)" = 1 ]
    [ "$(count actions swapped r.tsv)" = 3 ]
    [ "$(count actions strand r.tsv)" = 2 ]
    adds_up r.tsv
    [ "$(cut -f 1,4,7 a.tsv | tail -n +2 | tr '\t\n' '  ')" = \
        "2 b swapped 3 c strand 4 d strand,swapped 6 f swapped " ]
}

@test "--fasta without an index, with a broken one, and packed by bgzip" {
    genome chr1 acgtacgtaa
    table "1 2 b C T 0.2 2" >s.tsv
    bgzip -c g.fa >z.fa
    cp g.fa.fai z.fa.fai
    run --separate-stderr dw-ingest --fasta z.fa s.tsv
    refused 'z.fa: cannot be read with its index; is it plain, or packed by bgzip with a .gzi'
    bgzip -r z.fa
    [ "$(taken --fasta z.fa s.tsv)" = "1 2 b C T -2" ]
    printf 'chr1\t10\t6\t0\t0\n' >g.fa.fai
    run --separate-stderr dw-ingest --fasta g.fa s.tsv
    refused 'g.fa.fai:1: not a line of the index of a FASTA; samtools faidx makes it anew'
    printf 'chr1\t1000\t6\t10\t11\n' >g.fa.fai
    run --separate-stderr dw-ingest --fasta g.fa s.tsv
    refused 'g.fa: bases 1 to 1000 of chr1 cannot be read: is the index of another file'
    printf 'chr1\t10\t6\t10\t11\n1\t10\t6\t10\t11\n' >g.fa.fai
    run --separate-stderr dw-ingest --fasta g.fa s.tsv
    refused 'g.fa: has chromosome 1 twice, as chr1 and as 1'
    rm g.fa.fai
    run --separate-stderr dw-ingest --fasta g.fa s.tsv
    refused 'g.fa: has no index beside it; samtools faidx g.fa makes it'
    run --separate-stderr dw-ingest --fasta none.fa s.tsv
    refused 'none.fa: No such file'
}

@test "indels are normalised as bcftools norm does it" {
    need_cmd python3
    for seed in 1 2 3; do
        python3 "$ROOT/tests/oracle/indels.py" $seed 2000 g.fa g.vcf
        bcftools norm -f g.fa g.vcf 2>/dev/null | awk -v OFS='\t' '!/^#/ {
            sub(/^chr/, "", $1); print $3, $1, $2, toupper($4), toupper($5) }' |
            sort >want
        awk -v OFS='\t' 'BEGIN { print "CHR", "POS", "SNP", "OA", "EA", "Z", "N" }
            !/^#/ { print $1, $2, $3, $4, $5, 1, 1000 }' g.vcf >s.tsv
        dw-ingest -q --fasta g.fa -o out.dws s.tsv
        dw-view --variants out.dws | tail -n +2 |
            awk -v OFS='\t' '{ print $5, $3, $4, $6, $7 }' | sort >got
        [ "$(wc -l <got)" -gt 2500 ]
        [ -z "$(join want got | awk '$2 != $6 || $3 != $7 || $4 != $8 || $5 != $9')" ]
    done
}

@test "an indel written in another way finds the reference's, and takes its form" {
    genome 1 GGGCACACACTTT
    # The reference writes CA's loss in the middle of the repeat, and a SNP with
    # a base too many; the stream has them as it does.
    printf '1\td\t0\t7\tA\tACA\n1\ts\t0\t11\tTA\tTT\n' >q.bim
    table "1 3 a GCA G 0.1 2" "1 12 b A T 0.2 3" >s.tsv
    [ "$(taken --fasta g.fa --ref q.bim s.tsv)" = "1 7 d ACA A -2
1 11 s TT TA 3" ]
    # Without the genome only what is common is trimmed.
    table "1 5 a CACA CA 0.1 2" "1 12 b A T 0.2 3" >s.tsv
    dw-ingest -q --ref q.bim --report r.tsv -o out.dws s.tsv
    [ "$(variants out.dws)" = "1 11 s TT TA 0.200000003 3 1000" ]
    table "1 7 a ACAC AC 0.1 2" "1 9 c T C 0.1 1" "1 12 b A T 0.2 3" >s.tsv
    [ "$(taken --ref q.bim s.tsv)" = "1 7 d ACA A -2
1 11 s TT TA 3" ]
}

@test "I and D: the one indel of the reference there" {
    printf '1\ta\t0\t5\tA\tAC\n1\tb\t0\t6\tATT\tA\n1\tc\t0\t7\tA\tAC\n1\tc2\t0\t7\tA\tAG\n1\td\t0\t8\tA\tG\n' >q.bim
    table "1 5 a I D 0.1 1" "1 6 b I D 0.1 2" "1 7 c D I 0.1 3" "1 8 d D I 0.1 4" \
        "1 9 e D I 0.1 4" >s.tsv
    dw-ingest -q --ref q.bim --report r.tsv --report-actions a.tsv -o out.dws s.tsv
    [ "$(variants out.dws)" = "1 5 a AC A 0.899999976 -1 1000
1 6 b A ATT 0.100000001 2 1000" ]
    [ "$(count sumstats indel_code r.tsv)" = 2 ]
    [ "$(count sumstats not_in_reference r.tsv)" = 1 ]
    adds_up r.tsv
    [ "$(cut -f 1,7 a.tsv | tail -n +2 | tr '\t\n' '  ')" = \
        "1 indel_coded,swapped 2 indel_coded " ]
    run --separate-stderr dw-ingest s.tsv
    refused 'none of 5 rows can be taken; 5 of them: an allele is not made of ACGT'
}

# ---- names of chromosomes ----

@test "chr, accessions and number codes; 25 is MT or XY by its positions" {
    printf '1\ta\t0\t100\tA\tG\nX\tb\t0\t100\tA\tG\nMT\tc\t0\t263\tA\tG\nXY\td\t0\t70000\tA\tG\n' >q.bim
    printf '1\ta\t0\t100\tA\tG\n23\tb\t0\t100\tA\tG\n26\tc\t0\t263\tA\tG\n25\td\t0\t70000\tA\tG\n' >n.bim
    want="1 100 a G A 1
X 100 b G A 2
XY 70000 d G A 4
MT 263 c G A 3"
    for names in "1 X MT XY" "chr1 chrX chrM PAR1" "NC_000001.10 NC_000023.10 NC_012920.1 25" \
        "01 23 25 25" "Chr1 x 26 par"; do
        # shellcheck disable=SC2086 # the names are divided here
        set -- $names
        table "$1 100 a A G 0.1 1" "$2 100 b A G 0.1 2" "$3 263 c A G 0.1 3" \
            "$4 70000 d A G 0.1 4" >s.tsv
        for ref in q.bim n.bim; do
            [ "$(taken --ref $ref s.tsv)" = "$want" ] || {
                echo "$names $ref"
                taken --ref $ref s.tsv
                return 1
            }
        done
    done
    table "chr1_random 100 a A G 0.1 1" "1 100 a A G 0.1 2" >s.tsv
    dw-ingest -q --ref q.bim --report r.tsv -o out.dws s.tsv
    [ "$(count sumstats contig_not_in_reference r.tsv)" = 1 ]
}

@test "what X and Y share: XY in one file and X in the other" {
    # Once in each build: PAR1 begins at 60,001 or 10,001.
    printf 'XY\ta\t0\t70000\tA\tG\nX\tb\t0\t5000000\tA\tG\n' >xy.bim
    printf 'X\ta\t0\t70000\tA\tG\nX\tb\t0\t5000000\tA\tG\n' >x.bim
    table "X 70000 a A G 0.1 1" "X 5000000 b A G 0.1 2" >x.tsv
    table "XY 70000 a A G 0.1 1" "X 5000000 b A G 0.1 2" >xy.tsv
    for s in x.tsv xy.tsv; do
        [ "$(taken --ref xy.bim $s)" = "X 5000000 b G A 2
XY 70000 a G A 1" ]
        [ "$(taken --ref x.bim $s)" = "X 70000 a G A 1
X 5000000 b G A 2" ]
    done
    dw-ingest -q --ref x.bim --report-actions a.tsv xy.tsv >/dev/null
    [ "$(tail -n +2 a.tsv | cut -f 2,3,7)" = "$(printf 'X\t70000\tcontig')" ]
}

# ---- ids ----

@test "ids only: at several places, and ids that are places" {
    printf '1\trs1\t0\t100\tA\tG\n1\trs2\t0\t200\tA\tG\n2\trs2\t0\t50\tA\tG\n1\t1:300\t0\t300\tA\tG\n1\trs4\t0\t400\tA\tG\n1\trs5\t0\t500\tA\tG\n1\trs5\t0\t500\tA\tC\n' >q.bim
    {
        printf 'SNP\tA1\tA2\tZ\tN\n'
        printf '%s\tA\tG\t1\t1000\n' rs1 rs2 1:300 chr1:400:G:A rs5 rs9 1_999
    } >s.tsv
    dw-ingest -q --ref q.bim --report r.tsv -o out.dws s.tsv
    [ "$(variants out.dws | cut -d ' ' -f 1-5)" = "1 100 rs1 G A
1 300 1:300 G A
1 400 rs4 G A
1 500 rs5 G A" ]
    [ "$(count sumstats id_ambiguous r.tsv)" = 1 ]
    [ "$(count sumstats id_unknown r.tsv)" = 1 ]
    [ "$(count sumstats not_in_reference r.tsv)" = 1 ]
    adds_up r.tsv
}

# ---- A/T and C/G ----

@test "--ambiguous af:X says how rare is rare" {
    printf '1\ta\t0\t5\tA\tT\n' >q.bim
    sed 's/^1\t400\tr4\tT\tA.*/1\t5\ta\tT\tA\t.\t.\tAF=0.3/; /r[12356]/d' sites.vcf >q.vcf
    table "1 5 a A T 0.66 1" >s.tsv
    [ "$(taken --ambiguous af --ref q.vcf s.tsv)" = "1 5 a T A -1" ]
    [ "$(taken --ambiguous af:0.4 --ref q.vcf s.tsv)" = "1 5 a T A -1" ]
    dw-ingest --ambiguous af:0.32 --ref q.vcf --report r.tsv s.tsv >/dev/null || true
    [ "$(count sumstats ambiguous_eaf r.tsv)" = 1 ]
    for wrong in af: af:0 af:0.6 af:x maybe; do
        run dw-ingest --ambiguous $wrong --ref q.vcf s.tsv
        [ "$status" -eq 2 ]
    done
}

@test "the summary judges: healthy, or what to look at" {
    awk 'BEGIN { for (i = 1; i <= 200; i++) {
        f = (i % 97 + 1) / 100
        printf "1\t%d\tr%d\tG\tA\t.\t.\tAF=%g\n", 100 * i, i, f > "rows"
        printf "1\t%d\tr%d\tA\tG\t%g\t1\t1000\n", 100 * i, i, f > "good"
        printf "1\t%d\tr%d\tA\tG\t%g\t1\t1000\n", 100 * i, i, 1 - f > "turned"
        printf "1\t%d\tr%d\tA\t%s\t%g\t1\t1000\n", 100 * i, i, \
            i % 10 ? "G" : "C", i % 20 ? f : (f + 0.5) % 1 > "odd" } }'
    { grep '^#' sites.vcf; cat rows; } >q.vcf
    for s in good turned odd; do
        { table; cat $s; } >$s.tsv
        dw-ingest --ref q.vcf --report r.tsv --trait y -o out.dws $s.tsv 2>$s.log
    done
    grep -q 'healthy: 100.0 % taken; 0 swapped; no strand flips; frequencies agree (r 1.000; 0 of 200 more than 0.2 apart)' good.log
    grep -q 'look again: frequencies are those of the other allele (r -1.000)' turned.log
    grep -q 'look again: 20 rows have other alleles' odd.log
    dw-ingest -q --ref q.vcf --report r.tsv good.tsv >/dev/null
    [ "$(awk '$1 == "frequencies"' r.tsv | tr '\t\n' '  ')" = \
        "frequencies correlation 200 1 frequencies far_apart 0 0 " ]
}

# ---- lifting ----

# A chain of 100 bases that runs forward, one that runs backwards, an overlap of
# lower score with a gap, and two of the same score.
chains() {
    printf 'chain 1000 chr1 5000 + 100 200 chr1 6000 + 300 400 1\n50\t10\t10\n40\n\n'
    printf 'chain 900 chr1 5000 + 1000 1100 chr2 7000 - 6000 6100 2\n100\n\n'
    printf 'chain 10 chr1 5000 + 150 1050 chr3 9000 + 150 1050 3\n5\t45\t45\n850\n\n'
    printf 'chain 10 chr1 5000 + 2000 2010 chr3 9000 + 2000 2010 4\n10\n\n'
    printf 'chain 10 chr1 5000 + 2000 2010 chr4 9000 + 2000 2010 5\n10\n'
}

@test "--chain: forward, backwards, gaps, the better of two, and two as good" {
    chains >c.chain
    #      150 is base 49 of chain 1 -> 350; 155 in its gap, but in chain 3;
    #      157 in both gaps; 1001 is the last of the reversed: 7000 - 6000
    table "1 150 a A G 0.1 1" "1 155 b A G 0.1 2" "1 157 c A G 0.1 3" \
        "1 1001 d A C 0.1 4" "1 2001 e A G 0.1 5" "1 3000 f A G 0.1 6" \
        "5 10 g A G 0.1 7" >s.tsv
    dw-ingest -q --chain c.chain --report r.tsv --report-actions a.tsv -o out.dws s.tsv
    [ "$(variants out.dws | cut -d ' ' -f 1-7)" = "1 350 a G A 0.100000001 1
2 1000 d G T 0.100000001 4
3 155 b G A 0.100000001 2" ]
    [ "$(count sumstats lift_gap r.tsv)" = 1 ]
    [ "$(count sumstats lift_ambiguous r.tsv)" = 1 ]
    [ "$(count sumstats lift_no_chain r.tsv)" = 2 ]
    [ "$(count actions lifted r.tsv)" = 3 ]
    [ "$(count actions reversed r.tsv)" = 1 ]
    adds_up r.tsv
    grep -q "$(printf '^4\t2\t1000\td\tG\tT\tlifted,reversed$')" a.tsv
    # Packed, and with the name of the chain in the history.
    gzip -c c.chain >c.gz
    dw-ingest -q --chain c.gz --trait y s.tsv | variants >got
    variants out.dws | cmp got
    dw-view --head out.dws | grep -q "^input.*c.chain"
}

@test "--chain and a reference of the new build: exchanged REF and ALT, order" {
    chains >c.chain
    printf '1\ta\t0\t350\tG\tA\n2\td2\t0\t999\tG\tA\n2\td\t0\t1000\tG\tT\n' >q.bim
    table "1 150 a A G 0.1 1" "1 1001 d A C 0.1 4" "1 1002 d2 C T 0.1 5" >s.tsv
    dw-ingest -q --chain c.chain --ref q.bim --report r.tsv -o out.dws s.tsv
    [ "$(variants out.dws)" = "1 350 a A G 0.899999976 -1 1000
2 999 d2 A G 0.100000001 5 1000
2 1000 d T G 0.899999976 -4 1000" ]
    [ "$(count actions swapped r.tsv)" = 2 ]
    adds_up r.tsv
}

@test "--chain backwards and an indel: the genome of the new build places it" {
    printf 'chain 9 chr1 40 + 0 20 chr1 40 - 0 20 1\n20\n' >c.chain
    # Old 1..20 are new 40..21: the loss of T behind the A at 5 is that of A
    # before the T at 36.
    table "1 5 a A AT 0.1 1" >s.tsv
    run --separate-stderr dw-ingest --chain c.chain --report r.tsv s.tsv
    refused 'none of 1 rows can be taken; 1 of them: indel in a reversed chain'
    [ "$(count sumstats lift_indel r.tsv)" = 1 ]
    #        1234567890123456789012345678901234567890
    genome 1 CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCGATCCCC
    # New 34 G, 35 A, 36 T: with its anchor, GA to G at 34.
    [ "$(taken --chain c.chain --fasta g.fa s.tsv)" = "1 34 a GA G 1" ]
    # The longer allele is the effect's: REF by the genome all the same.
    table "1 5 a AT A 0.1 1" >s.tsv
    dw-ingest -q --chain c.chain --fasta g.fa --report r.tsv -o out.dws s.tsv
    [ "$(variants out.dws | wc -l)" -eq 1 ]
}

@test "a broken chain file: one line" {
    refuses() {
        run --separate-stderr dw-ingest --chain "$1" study.tsv
        refused "$2"
    }
    chains >c.chain
    sed '2s/50/51/' c.chain >sum.chain
    refuses sum.chain 'sum.chain:3: the pieces are longer than their chain'
    sed '2s/50/49/' c.chain >sum.chain
    refuses sum.chain 'sum.chain:3: the pieces do not add up to their chain'
    head -2 c.chain >cut.chain
    refuses cut.chain 'cut.chain:2: the file ends within a chain: is it cut short'
    sed '1s/+ 100/- 100/' c.chain >strand.chain
    refuses strand.chain 'strand.chain:1: "-" is not the first strand'
    printf 'chr1\t1\t2\n' >bed.chain
    refuses bed.chain 'bed.chain:1: no "chain" line of a UCSC chain file'
    : >none.chain
    refuses none.chain 'none.chain: holds no chain'
}

@test "real: positions of every chromosome, lifted as a second formulation does" {
    need_shared
    need_cmd python3
    chain=$SHARED/annot/chain/hg19ToHg38.over.chain.gz
    {
        awk -v OFS='\t' '{ print $1, $4, "w" NR, $6, $5 }' \
            "$SHARED"/ukbb_height_windows/geno/*.bim
        awk -v OFS='\t' 'length($5 $6) == 2 { print $1, $4, "c" NR, $6, $5 }' \
            "$SHARED"/ukbb_height_chr22_hm3/geno/*.bim "$SHARED"/geno/gwasvcf_chr1/eur.bim
        # All over the genome, where chains are short and run backwards.
        awk 'BEGIN { OFS = "\t"; for (c = 1; c <= 22; c++)
            for (i = 1; i < 1500; i++) print c, i * 33211 + c, "g" c "." i, "A", "C" }'
    } >v.tsv
    python3 "$ROOT/tests/oracle/lift_over.py" "$chain" <v.tsv | sort >want
    awk -v OFS='\t' 'BEGIN { print "CHR", "POS", "SNP", "OA", "EA", "Z", "N" }
        { print $0, 1, 1000 }' v.tsv >s.tsv
    dw-ingest -q --chain "$chain" --report r.tsv --report-variants d.tsv -o out.dws s.tsv
    dw-view --variants out.dws | tail -n +2 | cut -f 3-7 >got
    # Twice in v.tsv: once is enough.
    awk -v OFS='\t' '$1 == "sumstats" { print $4, $7 }' d.tsv >dropped
    grep -v duplicate dropped | sort - got >all
    join -t "$(printf '\t')" -v 1 <(awk -F '\t' -v OFS='\t' \
        'NF == 5 { print $3, $1, $2, $4, $5 } NF == 2' want | sort) \
        <(awk -F '\t' -v OFS='\t' 'NF == 5 { print $3, $1, $2, $4, $5 } NF == 2' all | sort) |
        cut -f 1 | sort >missing
    grep duplicate dropped | cut -f 1 | sort | cmp - missing
    [ -z "$(comm -13 want all)" ]
    [ "$(count actions reversed r.tsv)" -gt 100 ]
    [ "$(count sumstats lift_gap r.tsv)" -gt 100 ]
    adds_up r.tsv
}

# ---- builds ----

@test "real: the build is told from known variants, and --build is checked" {
    need_shared
    d=$SHARED/ukbb_height_chr22_hm3
    study=$d/ukb_height_chr22.fastGWA.gz
    run --separate-stderr dw-ingest -o out.dws "$study"
    [ "$status" -eq 0 ]
    [[ $stderr == *"build GRCh37, by "*"36 of 36 known variants"* ]]
    dw-view --head out.dws | grep -qx "$(printf 'build\tGRCh37')"
    run --separate-stderr dw-ingest --build hg38 "$study"
    refused 'fastGWA.gz: is of GRCh37 .36 of 36 known variants., not of GRCh38 as --build says$'
    run --separate-stderr dw-ingest --ref "$d/geno/1000G_eur_chr22.bim" --build hg38 "$study"
    refused 'is of GRCh37 .36 of 36 known variants., not of GRCh38 as --build says .1e.02 % of the positions match.'
}

@test "real: a study of another build than the reference is refused, and lifted" {
    need_shared
    d=$SHARED/ukbb_height_chr22_hm3
    study=$d/ukb_height_chr22.fastGWA.gz
    chain=$SHARED/annot/chain/hg19ToHg38.over.chain.gz
    # The panel in the new build, by the chain itself.
    awk -v OFS='\t' 'BEGIN { print "CHR", "POS", "SNP", "EA", "OA", "Z", "N" }
        { print $1, $4, $2, $5, $6, 1, 100 }' "$d/geno/1000G_eur_chr22.bim" >panel.tsv
    dw-ingest -q --ambiguous keep --chain "$chain" panel.tsv | dw-view --variants |
        tail -n +2 | awk -v OFS='\t' '{ print $3, $5, 0, $4, $7, $6 }' >new.bim
    run --separate-stderr dw-ingest --ref new.bim "$study"
    refused 'fastGWA.gz is of GRCh37 .36 of 36 known variants., but new.bim of GRCh38 .36 of 36 known variants.; --chain FILE lifts the study .* % of the positions match.'
    run --separate-stderr dw-ingest --chain "$chain" --ref "$d/geno/1000G_eur_chr22.bim" "$study"
    refused 'is of GRCh38 .lifted by --chain., but .*1000G_eur_chr22.bim of GRCh37'
    run --separate-stderr dw-ingest --chain "$chain" panel_of_none.tsv
    refused 'No such file'
    # Lifted, it has what it has in the old build, at other places.
    dw-ingest -q --ambiguous keep --chain "$chain" --ref new.bim -o new.dws "$study"
    dw-ingest -q --ambiguous keep --ref "$d/geno/1000G_eur_chr22.bim" -o old.dws "$study"
    dw-view --head new.dws | grep -qx "$(printf 'build\tGRCh38')"
    variants new.dws | cut -d ' ' -f 3,6- | sort >got
    variants old.dws | cut -d ' ' -f 3,6- | sort >want
    [ "$(comm -13 want got | wc -l)" -eq 0 ]
    [ "$(wc -l <got)" -gt 15900 ]
    # A study that is of the new build already.
    dw-view --variants new.dws | awk -v OFS='\t' 'BEGIN { print "CHR", "POS", "SNP", "EA", "OA", "Z", "N" }
        NR > 1 { print $3, $4, $5, $7, $6, $9, $10 }' >lifted.tsv
    run --separate-stderr dw-ingest --chain "$chain" lifted.tsv
    refused 'lifted.tsv: is of GRCh38 .36 of 36 known variants., and .*hg19ToHg38.over.chain.gz lifts from GRCh37: leave --chain out'
}

@test "builds: positions beyond a chromosome's end, lengths in headers" {
    table "17 82000000 a A G 0.1 1" "17 100 b A G 0.1 1" >s.tsv
    run --separate-stderr dw-ingest --build GRCh37 s.tsv
    refused 's.tsv: cannot be of GRCh37 as --build says: 1 positions lie beyond the ends of its chromosomes, and within those of GRCh38'
    dw-ingest -q --build GRCh38 s.tsv >/dev/null
    sed 's/ID=1>/ID=1,length=248956422>/' sites.vcf >new.vcf
    dw-ingest -q --ref new.vcf -o out.dws study.tsv
    dw-view --head out.dws | grep -qx "$(printf 'build\tGRCh38')"
    run --separate-stderr dw-ingest --ref new.vcf --build hg19 study.tsv
    refused 'new.vcf: is of GRCh38 .the lengths of 1 of 1 chromosomes., not of GRCh37 as --build says'
    bcftools view -Ob -o new.bcf new.vcf
    run --separate-stderr dw-ingest --ref new.bcf --build hg19 study.tsv
    refused 'new.bcf: is of GRCh38'
    genome 1 ACGT
    printf '1\t249250621\t3\t60\t61\n' >g.fa.fai
    sed -i '/r[45]/d' new.vcf
    run --separate-stderr dw-ingest --ref new.vcf --fasta g.fa <(grep -v 'r[45]' study.tsv)
    refused 'is of GRCh38 .*, but g.fa of GRCh37 .the lengths of 1 of 1 chromosomes.'
    # Another genome's name is nobody's business.
    dw-ingest -q --build mm10 -o out.dws s.tsv
    dw-view --head out.dws | grep -qx "$(printf 'build\tmm10')"
}

@test "--fasta of another build, and positions that count from 0" {
    need_cmd python3
    python3 "$ROOT/tests/oracle/indels.py" 5 1 g.fa g.vcf
    # A/T or C/G where the genome has one of them; as written, and moved.
    awk '!/^>/ { seq = seq toupper($1) } /chrX/ { exit }
        END { for (i = 100; i < 15000; i += 37) {
            b = substr(seq, i, 1); o = b ~ /[AT]/ ? "A T" : "C G"
            print 1, i, "r" i, o, 0.3, 1 } }' g.fa >rows.txt
    mapfile -t rows <rows.txt
    table "${rows[@]}" >s.tsv
    dw-ingest -q --fasta g.fa --report r.tsv s.tsv >/dev/null
    [ "$(count sumstats taken r.tsv)" = "$(count sumstats rows r.tsv)" ]
    awk -v OFS='\t' 'NR > 1 { $2-- } { print }' s.tsv >zero.tsv
    run --separate-stderr dw-ingest --fasta g.fa zero.tsv
    refused 'zero.tsv: of its A/T and C/G only [4-7]. % fit g.fa; they do one base further on: does it count positions from 0'
    awk -v OFS='\t' 'NR > 1 { $2 += 500 } { print }' s.tsv >other.tsv
    run --separate-stderr dw-ingest --fasta g.fa other.tsv
    refused 'other.tsv: of its A/T and C/G only [4-7]. % fit g.fa; is it of another genome build'
    # The same of a reference.
    awk -v OFS='\t' 'NR > 1 { print $1, $3, 0, $2, $4, $5 }' other.tsv >q.bim
    run --separate-stderr dw-ingest --ref q.bim --fasta g.fa other.tsv
    refused 'q.bim: of its A/T and C/G only [4-7]. % fit g.fa'
}

@test "lifted for nothing: the share without --chain is told" {
    awk 'BEGIN { for (i = 1; i < 100; i++) {
        printf "1\tr%d\t0\t%d\tA\tG\n", i, i * 10 > "q.bim"
        print 1, i * 10, "s" i, "A", "G", 0.1, 1 > "rows.txt" } }'
    mapfile -t rows <rows.txt
    table "${rows[@]}" >s.tsv
    printf 'chain 1 chr1 5000 + 0 4000 chr1 5000 + 3 4003 1\n4000\n' >c.chain
    run --separate-stderr dw-ingest --chain c.chain --ref q.bim s.tsv
    refused '100 % of the positions are there without --chain'
}

# ---- real sites ----

@test "real: VCF and BCF of one panel, and AF as bcftools reads it" {
    need_shared
    d=$SHARED/geno/shapeit4_chr20
    bcftools query -f '%CHROM\t%POS\t%ID\t%ALT\t%REF\t%INFO/AF\t1\t1000\n' \
        "$d/reference.bcf" >rows
    { table; cat rows; } >s.tsv
    for f in reference.vcf.gz reference.bcf; do
        dw-ingest -q --trait y --min-n-share 0 --ref "$d/$f" --report r.$f.tsv \
            -o $f.dws s.tsv
        [ "$(count frequencies correlation r.$f.tsv)" = "$(count sumstats taken r.$f.tsv)" ]
        [ "$(awk '$2 == "correlation" { print $4 }' r.$f.tsv)" = 1 ]
        [ "$(count frequencies far_apart r.$f.tsv)" = 0 ]
        adds_up r.$f.tsv
        variants $f.dws >$f.txt
    done
    cmp reference.vcf.gz.txt reference.bcf.txt
    cmp r.reference.vcf.gz.tsv r.reference.bcf.tsv
    [ "$(count sumstats rows r.reference.bcf.tsv)" = 24990 ]
    # From the genotypes: against bcftools' own count of them.
    bcftools annotate -x INFO "$d/unphased.bcf" -Ob -o bare.bcf
    bcftools view -Oz -o bare.vcf.gz bare.bcf
    bcftools +fill-tags bare.bcf -- -t AF | bcftools query \
        -f '%CHROM\t%POS\t%ID\t%ALT\t%REF\t%INFO/AF\t1\t1000\n' >rows
    { table; cat rows; } >s.tsv
    for f in bare.vcf.gz bare.bcf; do
        dw-ingest -q --ref $f --report r.tsv s.tsv >/dev/null
        [ "$(awk '$2 == "correlation" { print $4 }' r.tsv)" = 1 ]
        [ "$(count frequencies far_apart r.tsv)" = 0 ]
    done
}

@test "real: frequencies of study and panel, as PLINK and awk compare them" {
    need_shared
    need_cmd plink1.9
    d=$SHARED/ukbb_height_windows
    plink1.9 --bfile "$d/geno/1000G.subset.10" --freq --keep-allele-order \
        --out f >/dev/null
    dw-ingest -q --n 450000 --ambiguous keep --ref "$d/geno/1000G.subset.10.bim" \
        --report r.tsv -o out.dws "$d/bolt.sumstats.txt.gz"
    # Both frequencies are of A1, which is ALT.
    dw-view --variants out.dws | tail -n +2 |
        awk '{ print $5 ":" $6 ":" $7, $8 }' | sort >study
    awk 'NR > 1 { print $2 ":" $4 ":" $3, $5 }' f.frq | sort >panel
    join study panel >both
    awk '{ n++; x += $2; y += $3; xx += $2 * $2; yy += $3 * $3; xy += $2 * $3
           far += ($2 - $3)^2 > 0.04 }
         END { printf "%d %.4f %d\n", n,
               (xy - x * y / n) / sqrt((xx - x * x / n) * (yy - y * y / n)), far }' both >want
    [ "$(cat want)" = "$(awk '$2 == "correlation" { printf "%d %.4f ", $3, $4 }
        $2 == "far_apart" { print $3 }' r.tsv)" ] || { cat want r.tsv; return 1; }
}

@test "real: what the summary says of odd copies of a good study" {
    need_shared
    D=$SHARED/ukbb_height_chr22_hm3
    zcat "$D/ukb_height_chr22.fastGWA.gz" >good.tsv
    sed '1s/A1\tA2/A2\tA1/' good.tsv >turned.tsv
    awk 'BEGIN { OFS = "\t" } NR > 1 && $7 > 0.5 { $7 = 1 - $7 } 1' good.tsv >minor.tsv
    awk 'BEGIN { OFS = "\t"; c["A"] = "T"; c["T"] = "A"; c["C"] = "G"; c["G"] = "C" }
         NR > 1 && NR % 2 { $4 = c[$4]; $5 = c[$5] } 1' good.tsv >strand.tsv
    for f in good turned minor strand; do
        dw-ingest --ref "$D/geno/1000G_eur_chr22.bim" --trait x -o $f.dws $f.tsv 2>$f.log
    done
    grep -q 'healthy: 98.9 % taken; 11445 swapped; no strand flips; frequencies agree' good.log
    grep -q 'look again: frequencies are those of the other allele (r -0.6' turned.log
    grep -q 'warning: AF1 is never above 0.5' minor.log
    grep -q 'look again: frequencies' minor.log
    grep -q 'healthy: 98.9 % taken; 11445 swapped; 7482 on the other strand' strand.log
    cmp <(dw-view --variants good.dws) <(dw-view --variants strand.dws)
}

@test "without a reference nothing is said of one" {
    table "1 5 a A G 0.1 1" "1 5 a A G 0.1 2" "1 6 b A G 0.1 1" >s.tsv
    run --separate-stderr dw-ingest -o out.dws --all s.tsv
    [ "$status" -eq 0 ]
    [[ $stderr == *duplicate_conflict* ]]
    [[ $stderr != *ref_no_z* ]]
    [ "$(variants out.dws | wc -l)" -eq 1 ]
}
