# dw-view --ldscores: windows, annotations and counts, against sums over the LD
# that dw-view --ld shows.
# shellcheck disable=SC2154 # stderr is set by run
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return
    dw-synth -q --seed 5 --people 60 --chroms 2 --length 2M --variants 900 \
        --annotations 3 -o p
    dw-ingest -q --ref p.bim --annot p.annot.gz -o p.var
    dw-ldblock -q --geno p.bed --window 1200k --flank 300k --min-eigen 1e-7 --store f32 \
        -o p.dws p.var
    # One block a chromosome has the LD of all pairs.
    dw-ldblock -q --geno p.bed --window 100M --flank 0 --min-eigen 1e-7 --store f32 \
        -o whole.dws p.var
}

# want KB CHUNK: L2 and the parts by annotation, as dw-view names and rounds them.
want() {
    for i in 1 2; do
        dw-view --ld $i whole.dws
    done >ld
    dw-view --variants whole.dws >variants
    python3 - "$1" "$2" <<'EOP'
import sys
kb, chunk, people = float(sys.argv[1]), int(sys.argv[2]), 60
rows = [l.rstrip("\n").split("\t") for l in open("variants")]
names, rows = rows[0][8:], rows[1:]
ld = [[float(x) for x in l.split("\t")] for l in open("ld")]
print("CHR", "SNP", "BP", "L2", *(n + "L2" for n in names), sep="\t")
for block in sorted({r[0] for r in rows}):
    at = [i for i, r in enumerate(rows) if r[0] == block]
    pos = [int(rows[i][3]) for i in at]
    first = []
    for j in range(len(at)):
        head = j // chunk * chunk
        left = next(i for i in range(len(at)) if pos[head] - pos[i] <= kb * 1000)
        first.append(left // chunk * chunk)
    for j in range(len(at)):
        sums = [0.0] * (1 + len(names))
        for i in range(len(at)):
            if first[max(i, j)] > min(i, j):
                continue
            r2 = ld[at[j]][i] ** 2
            r2 -= (1 - r2) / (people - 2)
            a = [1] + [float(x) for x in rows[at[i]][8:]]
            sums = [s + r2 * x for s, x in zip(sums, a)]
        r = rows[at[j]]
        print(r[2], r[4], r[3], *("%.3f" % s for s in sums), sep="\t")
EOP
}

# near WANT GOT: the same but for a unit of the last digit.
near() {
    python3 - "$1" "$2" <<'EOP'
import sys
a, b = ([l.split("\t") for l in open(f)] for f in sys.argv[1:])
assert len(a) == len(b) > 1 and a[0] == b[0], (a[0], b[0], len(a), len(b))
for x, y in zip(a[1:], b[1:]):
    assert x[:3] == y[:3], (x, y)
    for u, v in zip(x[3:], y[3:]):
        assert abs(float(u) - float(v)) < 0.0015, (x, y)
        assert len(v.strip().split(".")[1]) == 3, y
EOP
}

@test "--ld-wind-kb: the sum over variants so near, whatever the blocks" {
    cd "$BATS_FILE_TMPDIR"
    want 250 1 >all
    cut -f 1-4 all >total
    cut -f 1-3,5- all >parts
    dw-view --ldscores --ld-wind-kb 250 p.dws >got
    near total got
    dw-view --ldscores --ld-wind-kb 250 --by-annotation p.dws >got
    near parts got
    dw-view --ldscores --ld-wind-kb 250 --by-annotation -@2 p.dws | cmp - got
}

@test "--chunk-size: LDSC's windows" {
    cd "$BATS_FILE_TMPDIR"
    want 100 10 >all
    cut -f 1-4 all >total
    dw-view --ldscores --ld-wind-kb 100 --chunk-size 10 p.dws >got
    near total got
    # They are others than those by bases.
    dw-view --ldscores --ld-wind-kb 100 p.dws >other
    run ! near total other
}

@test "without --ld-wind-kb: over the block" {
    cd "$BATS_FILE_TMPDIR"
    want 1e6 1 >all
    cut -f 1-4 all >total
    dw-view --ldscores whole.dws >got
    near total got
}

@test "--counts: .l2.M and .l2.M_5_50, of core variants" {
    cd "$BATS_FILE_TMPDIR"
    dw-view --ldscores --counts total p.dws >scores
    m=$(($(wc -l <scores) - 1))
    [ "$(cat total.l2.M)" = "$m" ]
    dw-view --variants whole.dws | awk -F '\t' 'NR > 1 {
        f = $8 < 0.5 ? $8 : 1 - $8
        if (f > 0.05) n++
        for (i = 9; i <= NF; i++) { s[i] += $i; if (f > 0.05) c[i] += $i }
    } END {
        print n
        for (i = 9; i <= NF; i++) printf "%.5f%s", s[i], i < NF ? "\t" : "\n"
        for (i = 9; i <= NF; i++) printf "%.5f%s", c[i], i < NF ? "\t" : "\n"
    }' >want
    [ "$(cat total.l2.M_5_50)" = "$(head -n 1 want)" ]
    dw-view --ldscores --by-annotation --counts parts -o parts.tsv p.dws
    cat parts.l2.M parts.l2.M_5_50 | awk -F '\t' '{
        for (i = 1; i <= NF; i++) printf "%.5f%s", $i, i < NF ? "\t" : "\n"
    }' | diff - <(tail -n 2 want)
}

@test "a single annotation is called L2, a missing value counts as 0" {
    cd "$BATS_FILE_TMPDIR"
    awk 'BEGIN { print "CHR\tPOS\tREF\tALT\thalf" }
        { print $1 "\t" $4 "\t" $6 "\t" $5 "\t" (NR % 2 ? "NA" : 1) }' p.bim >half.tsv
    dw-ingest -q --ref p.bim --annot half.tsv -o half.var
    dw-ldblock -q --geno p.bed --window 1200k --flank 300k -o half.dws half.var
    run --separate-stderr dw-view --ldscores --by-annotation --ld-wind-kb 250 half.dws
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = $'CHR\tSNP\tBP\tL2' ]
    [[ $stderr =~ "values of annotations are missing, and taken as 0" ]]
}

@test "blocks whose flanks are too short for the window are refused" {
    cd "$BATS_FILE_TMPDIR"
    dw-view --ldscores --ld-wind-kb 290 -o ok.tsv p.dws
    run --separate-stderr dw-view --ldscores --ld-wind-kb 400 -o no.tsv p.dws
    refused 'block 1 \(contig .*\) does not hold all variants within 400 kb of its core: make blocks by dw-ldblock --flank 400000$'
    [ ! -e no.tsv ]
    run --separate-stderr dw-view --ldscores --ld-wind-kb 290 --chunk-size 50 -o no.tsv p.dws
    refused 'does not hold all variants within 290 kb .* and somewhat more$'
    # Blocks with gaps between their cores: their flanks are not numbered.
    printf '21\t5000000\t5500000\n21\t6000000\t9000000\n' >gap.bed
    contig=$(head -n 1 p.bim | cut -f 1)
    sed "s/^21/$contig/" gap.bed >gaps.bed
    dw-ldblock -q --geno p.bed --blocks gaps.bed --flank 300k -o gaps.dws p.var
    run --separate-stderr dw-view --ldscores --ld-wind-kb 20 --chunk-size 2 -o no.tsv gaps.dws
    refused 'block 2 has flanks that are in no core: chunks of variants cannot be counted'
    dw-view --ldscores --ld-wind-kb 290 -o ok.tsv gaps.dws
}

@test "--geno: from genotypes, without blocks" {
    cd "$BATS_FILE_TMPDIR"
    want 250 1 >all
    cut -f 1-4 all >total
    cut -f 1-3,5- all >parts
    dw-view -q --ldscores --ld-wind-kb 250 --geno p.bed p.var >got
    near total got
    dw-view -q --ldscores --ld-wind-kb 250 --geno p.bed --counts geno </dev/null | cmp - got
    dw-view -q --ldscores --ld-wind-kb 250 --geno p.bed --panel -@2 <p.var | cmp - got
    [ "$(cat geno.l2.M)" = 900 ]
    dw-view -q --ldscores --ld-wind-kb 250 --by-annotation --geno p.bed -@2 --counts gparts \
        p.var >got
    near parts got
    dw-view --ldscores --ld-wind-kb 250 --by-annotation --counts parts -o parts.tsv p.dws
    cmp gparts.l2.M_5_50 parts.l2.M_5_50
    want 100 10 >all
    cut -f 1-4 all >total
    dw-view -q --ldscores --ld-wind-kb 100 --chunk-size 10 --geno p.bed p.var >got
    near total got
}

@test "--geno: samples, dosages, missing genotypes, as blocks have them" {
    cd "$BATS_FILE_TMPDIR"
    awk 'NR % 2 { print $2 }' p.fam >half
    # Each seventh genotype is missing, or in between.
    awk 'BEGIN { OFS = "\t"; srand(3) }
        NR == FNR { people = people "\t" $2; n++; next }
        FNR == 1 { print "##fileformat=VCFv4.2\n##contig=<ID=" $1 ">"
            print "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"\">"
            print "##FORMAT=<ID=DS,Number=A,Type=Float,Description=\"\">"
            print "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT" people
            contig = $1 }
        $1 == contig { printf "%s\t%s\t%s\t%s\t%s\t.\t.\t.\tGT:DS", $1, $4, $2, $6, $5
            for (i = 0; i < n; i++) { g = int(3 * rand()); d = g + (g < 2 ? 0.3 : -0.3)
                printf "\t%s:%s", rand() < 1 / 7 ? "./." : g < 1 ? "0/0" : g < 2 ? "0/1" : "1/1",
                    rand() < 1 / 7 ? "." : d }
            print "" }' p.fam p.bim >odd.vcf
    for with in "" "--samples half" --dosage "--dosage --samples half"; do
        # shellcheck disable=SC2086 # an option and its value
        dw-ldblock -q --panel --geno odd.vcf --window 100M --flank 0 --min-eigen 1e-8 \
            --store f32 $with -o odd.dws
        dw-view --ldscores --ld-wind-kb 200 odd.dws >want
        # shellcheck disable=SC2086
        dw-view -q --ldscores --ld-wind-kb 200 --geno odd.vcf --panel $with >got
        near want got
        [ "$(wc -l <got)" -gt 100 ]
    done
}

@test "--geno: what was not used is counted under its reason" {
    cd "$BATS_FILE_TMPDIR"
    contig=$(head -n 1 p.bim | cut -f 1)
    awk -v contig="$contig" 'BEGIN { OFS = "\t" }
        $1 == contig && NR % 10 == 1 { t = $5; $5 = $6; $6 = t } # swapped: the same variant
        $1 == contig && NR % 10 == 2 { $5 = $5 == "A" || $6 == "A" ? "G" : "A"; $6 = "TT" }
        $1 == contig && NR % 10 == 3 { $4 += 1; $5 = "T"; $6 = "TTTT" }
        { $1 = $1; print }' p.bim | sort -k 1,1n -k 4,4n >other.bim
    dw-ingest -q --ref other.bim -o other.var </dev/null || dw-ingest -q --ref other.bim -o other.var
    run --separate-stderr dw-view --ldscores --ld-wind-kb 100 --geno p.bed -o got other.var
    [ "$status" -eq 0 ]
    taken=$(($(wc -l <got) - 1))
    [[ $stderr == *"900 variants in, LD scores of $taken from 60 people"* ]]
    [[ $stderr =~ alleles_differ\ +[0-9]+ ]]
    [[ $stderr =~ not_in_panel\ +[0-9]+ ]]
    sum=$(echo "$stderr" | awk '/^dw-view:   / { n += $3 } END { print n }')
    [ "$sum" -eq 900 ]
}

@test "--geno: refused" {
    cd "$BATS_FILE_TMPDIR"
    run --separate-stderr dw-view --ldscores --ld-wind-kb 100 --geno p.bed -o no.tsv p.dws
    refused 'p.dws: chunk 1 \(HEAD\): the stream holds blocks already, made from p.bed: LD scores of them go without --geno$'
    awk 'BEGIN { OFS = "\t" } { $4 += 7; print }' p.bim >far.bim
    dw-ingest -q --ref far.bim -o far.var
    run --separate-stderr dw-view --ldscores --ld-wind-kb 100 --geno p.bed -o no.tsv far.var
    refused 'p.bed'
    printf '30\tv\t0\t5\tA\tC\n' >lone.bim
    dw-ingest -q --ref lone.bim -o lone.var
    run --separate-stderr dw-view --ldscores --ld-wind-kb 100 --geno p.bed -o no.tsv lone.var
    refused "p.bed has none of the stream's chromosomes"
    [ ! -e no.tsv ]
    for o in '--geno p.bed' '--samples x' '--ld-wind-kb 5 --panel' \
        '--ld-wind-kb 5 --geno p.bed --panel p.var' \
        '--ld-wind-kb 5 --geno p.bed --panel --by-annotation'; do
        # shellcheck disable=SC2086 # several words
        run --separate-stderr dw-view --ldscores $o -o no.tsv
        [ "$status" -eq 2 ]
        [[ $stderr =~ --(geno|panel|by-annotation) ]]
    done
}

@test "LD scores of what has none, and options without --ldscores" {
    cd "$BATS_FILE_TMPDIR"
    dw-ldblock -q --panel --geno p.bed -o bare.dws
    run --separate-stderr dw-view --ldscores --by-annotation bare.dws
    refused 'the stream has no annotations'
    for o in --by-annotation '--ld-wind-kb 1' '--chunk-size 2' '--counts x' '--geno p.bed'; do
        # shellcheck disable=SC2086 # two words
        run --separate-stderr dw-view --blocks $o bare.dws
        [ "$status" -eq 2 ]
        [[ $stderr =~ "go with --ldscores" ]]
    done
    run --separate-stderr dw-view --ldscores --chunk-size 2 bare.dws
    [ "$status" -eq 2 ]
    [[ $stderr =~ "--chunk-size goes with --ld-wind-kb" ]]
}

@test "real data: HapMap 3 of chromosome 22 as ldsc has it" {
    need_shared
    cd "$BATS_FILE_TMPDIR"
    data=$SHARED/ukbb_height_chr22_hm3
    dw-ldblock -q --panel --geno "$data/geno/1000G_eur_chr22.bed" --window 12M --flank 1500k \
        --min-eigen 1e-7 --store f32 -o c22.dws
    dw-view --ldscores --ld-wind-kb 1000 --chunk-size 50 --counts c22 c22.dws >c22.tsv
    # ldsc 3.0.1 (CBIIT's fork) --l2 --ld-wind-kb 1000 gave these.
    [ "$(cat c22.l2.M)" = 15938 ]
    [ "$(cat c22.l2.M_5_50)" = 14465 ]
    cat >want <<'EOP'
rs5752002 11.491
rs16988936 4.533
rs2281082 12.522
rs2294917 11.704
rs17824774 7.912
rs202628 100.414
EOP
    dw-view -q --ldscores --ld-wind-kb 1000 --chunk-size 50 --counts g22 --panel \
        --geno "$data/geno/1000G_eur_chr22.bed" >g22.tsv
    cmp c22.l2.M_5_50 g22.l2.M_5_50
    for scores in c22.tsv g22.tsv; do
        awk '
            NR == FNR { want[$1] = $2; next }
            FNR > 1 { sum += $4 }
            $2 in want { d = $4 - want[$2]; if (d * d < 0.0015 ^ 2) n++ }
            END { d = sum - 283590.190; exit !(n == 6 && d * d < 0.25) }
        ' want $scores
    done
}
