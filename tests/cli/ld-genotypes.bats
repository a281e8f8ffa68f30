#!/usr/bin/env bats
# dw-ldblock: genotypes in all the ways in which they come, chromosomes in files
# of their own, blocks that are too large, regions that are left out.
# shellcheck disable=SC2154 # status, stdout and stderr are set by run
load helper

columns=CHR=CHR,POS=POS,ID=ID,EA=EA,OA=OA,Z=Z,N=N

# Q as it is: what rounding costs is for ld-store.bats to say.
dw-ldblock() {
    command dw-ldblock --store f32 "$@"
}

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    dw-synth -q --seed 8 --people 60 --chroms 3 --length 300k --missing 0.01 \
        --variants 600 --annotations 2 --vcf --bcf -o demo
    awk 'BEGIN { OFS = "\t"; print "CHR", "POS", "ID", "EA", "OA", "Z", "N" }
        { print $1, $4, $2, $5, $6, NR % 7 - 3, 1000 }' demo.bim >study.tsv
    dw-ingest -q --columns "$columns" --ambiguous keep study.tsv -o study.dws
    awk 'NR == 1 { print int($4 / 1e6) * 1000000 }' demo.bim >base
    # The same people in one file a chromosome.
    for c in 1 2 3; do
        awk -v c=$c '$1 == c { print NR - 1 }' demo.bim >rows
        awk -v c=$c '$1 == c' demo.bim >p.chr$c.bim
        cp demo.fam p.chr$c.fam
        { printf '\154\033\001'
            tail -c +4 demo.bed | tail -c "+$(($(head -n 1 rows) * 15 + 1))" |
                head -c "$(($(wc -l <rows) * 15))"; } >p.chr$c.bed
        gunzip -c demo.vcf.gz | awk -v c=$c '/^#/ || $1 == c' >v.chr$c.vcf
    done
}

setup() {
    cd "$BATS_FILE_TMPDIR" || return 1
    base=$(cat base)
}

# same_ld A B [BLOCK]: the same variants and the same LD.
same_ld() {
    cmp <(dw-view --variants "$1") <(dw-view --variants "$2")
    for b in ${3:-1 2 3}; do
        cmp <(dw-view --ld "$b" "$1") <(dw-view --ld "$b" "$2")
    done
}

@test "@ in a name: a file for each chromosome" {
    dw-ldblock -q --panel --geno demo.bed -o one.dws
    dw-ldblock -q --geno demo.bed study.dws -o one.study.dws
    for geno in p.chr@.bed v.chr@.vcf; do
        dw-ldblock -q --panel --geno $geno -o set.dws
        same_ld one.dws set.dws
        dw-ldblock -q -@ 2 --geno $geno study.dws -o set.dws
        same_ld one.study.dws set.dws
    done
    dw-view --head one.dws | grep -c '^input' | grep -qx 1
    dw-ldblock -q --panel --geno p.chr@.bed | dw-view --head >set.head
    [ "$(awk '/^input/ { print $2 }' set.head | xargs)" = "p.chr1.bim p.chr2.bim p.chr3.bim" ]
    grep -q '^panel.p.chr@.bed.60' set.head
    # Chromosomes of the study in another order, some again.
    for c in 3 1 2 1; do
        awk -v c=$c 'NR == 1 || $1 == c' study.tsv |
            dw-ingest -q --columns "$columns" --ambiguous keep - >>turned.dws
    done
    dw-ldblock -q --geno demo.bed turned.dws -o one.turned.dws
    for geno in p.chr@.bed v.chr@.vcf; do
        dw-ldblock -q --geno $geno turned.dws -o set.dws
        same_ld one.turned.dws set.dws "1 2 3 4"
    done
    # A region, and people.
    head -n 30 demo.fam >some
    dw-ldblock -q --panel --geno demo.bed -r 2,3 --samples some -o one.some.dws
    dw-ldblock -q --panel --geno p.chr@.bed -r 2,3 --samples some -o set.dws
    same_ld one.some.dws set.dws "1 2"
    # dw-prs reads the same files.
    printf 'CHR\tPOS\tREF\tALT\tWEIGHT\n' >w.tsv
    awk '{ print $1, $4, $6, $5, NR % 5 }' OFS='\t' demo.bim >>w.tsv
    dw-prs -q --geno demo.bed w.tsv -o one.prs
    dw-prs -q --geno p.chr@.bed w.tsv -o set.prs
    cmp one.prs set.prs
}

@test "@ in a name: with an index, chromosomes are told from it" {
    need_cmd tabix
    for c in 1 2 3; do
        bgzip -c v.chr$c.vcf >i.chr$c.vcf.gz
        tabix -f -p vcf i.chr$c.vcf.gz
    done
    # The names do not say which chromosome is in them.
    mkdir -p mixed
    for e in vcf.gz vcf.gz.tbi; do
        cp i.chr1.$e mixed/7.$e
        cp i.chr2.$e mixed/X.$e
        cp i.chr3.$e mixed/5.$e
    done
    dw-ldblock -q --geno demo.bed study.dws -o one.dws
    dw-ldblock -q --geno i.chr@.vcf.gz study.dws -o set.dws
    same_ld one.dws set.dws
    dw-ldblock -q --geno mixed/@.vcf.gz study.dws -o set.dws
    same_ld one.dws set.dws
    dw-ldblock -q --geno mixed/@.vcf.gz -r "2:$((base + 1))-$((base + 200000)),3" \
        study.dws -o set.dws
    dw-ldblock -q --geno demo.bed -r "2:$((base + 1))-$((base + 200000)),3" study.dws -o one.dws
    same_ld one.dws set.dws "1 2"
}

@test "@ in a name: files that do not belong together" {
    refuses 'q.chr@.bed: no such file, whatever chromosome stands for @' dw-ldblock --panel --geno q.chr@.bed
    for c in 1 2; do
        cp p.chr$c.bed o.chr$c.bed
        cp p.chr$c.bim o.chr$c.bim
        cp p.chr$c.fam o.chr$c.fam
    done
    tac p.chr2.fam >o.chr2.fam
    refuses 'o.chr2.bed: its people are not those of o.chr1.bed, in the same order' dw-ldblock \
        --panel --geno o.chr@.bed
    cp p.chr1.bed o.chr2.bed
    cp p.chr1.bim o.chr2.bim
    cp p.chr1.fam o.chr2.fam
    refuses 'o.chr2.bed: has chromosome 1, as o.chr1.bed has' dw-ldblock --panel --geno o.chr@.bed
    cp v.chr1.vcf w.chr1.vcf
    cp v.chr1.vcf w.chr2.vcf
    refuses 'w.chr2.vcf: has chromosome 1, as w.chr1.vcf has' dw-ldblock --panel --geno w.chr@.vcf
    head -c 1000 p.chr3.bed >o.chr2.bed
    refuses 'o.chr2.bed: holds 1000 bytes' dw-ldblock --panel --geno o.chr@.bed
    # A file that is called so is that file.
    cp demo.bed a@b.bed
    cp demo.bim a@b.bim
    cp demo.fam a@b.fam
    dw-ldblock -q --panel --geno a@b.bed -o at.dws
}

# vcf_of <LINES: a VCF of eight people; CHROM POS REF ALT FORMAT and a genotype
# of each.
vcf_of() {
    printf '##fileformat=VCFv4.2\n##contig=<ID=1>\n##contig=<ID=X>\n'
    printf '##FORMAT=<ID=GT,Number=1,Type=String,Description="G">\n'
    printf '##FORMAT=<ID=DS,Number=A,Type=Float,Description="D">\n'
    printf '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb\tc\td\te\tf\tg\th\n'
    awk '{ printf "%s\t%s\t%s\t%s\t%s\t.\t.\t.\t%s", $1, $2, "v" NR, $3, $4, $5
        for (i = 6; i <= 13; i++) printf "\t%s", $i; print "" }'
}

# r <LINES: correlations of rows of numbers, NA taken for the row's mean.
r() {
    awk '{ n = 0; s = 0
            for (i = 1; i <= NF; i++) if ($i != "NA") { n++; s += $i }
            q = 0
            for (i = 1; i <= NF; i++) { x[NR, i] = $i == "NA" ? 0 : $i - s / n; q += x[NR, i] ^ 2 }
            for (i = 1; i <= NF; i++) x[NR, i] /= sqrt(q) }
        END { for (a = 1; a <= NR; a++) { for (b = 1; b <= NR; b++) { d = 0
                for (i = 1; i <= NF; i++) d += x[a, i] * x[b, i]
                printf "%.6f ", d }
            print "" } }'
}

# near A B: the matrices in two files, to 1e-5.
near() {
    paste "$1" "$2" | awk '{ for (i = 1; i <= NF / 2; i++) { d = $i - $(i + NF / 2)
            if (d > 1e-5 || d < -1e-5) bad = 1 } }
        END { exit bad || NR < 2 }' || { paste "$1" "$2"; return 1; }
}

@test "missing, multi-allelic, phased and haploid genotypes, as numbers" {
    vcf_of >g.vcf <<'END'
1 100 A C GT 0/0 0/1 1/1 ./. 0|1 1|0 0/0 1/1
1 200 A C,G GT 0/1 1/2 2/2 0/0 0|2 ./1 . 0/0
1 300 A * GT 0/1 0/0 0/0 0/0 0/0 0/0 0/0 0/0
1 400 A T GT 0/1 0/0 0/1 1/1 0/0 0/0 0/1 0/0
X 500 A T GT 0 1 0/1 1 0 1/1 . 0/0
X 600 A T GT 0/0 1/1 0/1 1/1 0/0 1/1 0/1 ./.
END
    printf '%s\n' '0 1 2 NA 1 1 0 2' '1 1 0 0 0 NA NA 0' '0 1 2 0 1 NA NA 0' \
        '1 0 1 2 0 0 1 0' | r >want
    # A man has his one allele twice; one who has two is taken as he is.
    printf '%s\n' '0 2 1 2 0 2 NA 0' '0 2 1 2 0 2 1 NA' | r >want.x
    run --separate-stderr dw-ldblock --panel --min-eigen 1e-8 --geno g.vcf -o g.dws
    [ "$status" -eq 0 ]
    dw-view --ld 1 g.dws >got
    dw-view --ld 2 g.dws >got.x
    near want got
    near want.x got.x
    # What is no variant is counted.
    [[ $stderr =~ no_place\ +1 ]]
    dw-view --tail g.dws | grep -q 'dw-ldblock/no_place.1$'
    need_cmd bcftools
    bcftools view -Ob -o g.bcf g.vcf 2>/dev/null
    dw-ldblock -q --panel --min-eigen 1e-8 --geno g.bcf -o b.dws
    same_ld g.dws b.dws "1 2"
    # Split into a record an allele, by bcftools: alleles but one's own are
    # then REF, as they are here.
    bcftools norm -m- g.vcf 2>/dev/null | bcftools view -e 'ALT="*"' >split.vcf
    dw-ldblock -q --panel --min-eigen 1e-8 --geno split.vcf -o s.dws
    cmp <(dw-view --ld 2 g.dws) <(dw-view --ld 2 s.dws)
    cut -f 1,4 <(dw-view --ld 1 g.dws) | cmp - <(cut -f 1,4 <(dw-view --ld 1 s.dws))
}

@test "alleles that a record does not have; variants of which nobody is known" {
    vcf_of >odd.vcf <<'END'
1 100 A C GT 0/0 0/1 1/1 ./. 0|1 1|0 0/0 1/1
1 200 A C GT 0/0 0/1 1/1 0/2 0|1 1|0 0/0 1/1
END
    run --separate-stderr dw-ldblock --panel --geno odd.vcf -o no.dws
    refused 'odd.vcf: record 2, at or behind 1:200, has a genotype of an allele that it does not have'
    sed 's,0/2,02,' odd.vcf >haploid.vcf
    run --separate-stderr dw-ldblock --panel --geno haploid.vcf -o no.dws
    refused 'of an allele that it does not have'
    if bcftools view -Ob -o odd.bcf odd.vcf 2>/dev/null; then
        run --separate-stderr dw-ldblock --panel --geno odd.bcf -o no.dws
        refused 'of an allele that it does not have'
    fi
    vcf_of >none.vcf <<'END'
1 100 A C GT 0/0 0/1 1/1 ./. 0|1 1|0 0/0 1/1
1 200 A C GT ./. . ./. ./. .|. ./. ./. ./.
END
    run -0 --separate-stderr dw-ldblock --panel --geno none.vcf -o some.dws
    [[ $stderr =~ no_genotype\ +1 ]]
}

@test "dosages" {
    vcf_of >d.vcf <<'END'
1 100 A C GT:DS 0/0:0.1 0/1:1.3 1/1:1.9 ./.:. 0|1:1 1|0:0.8 0/0:0 1/1:2
1 200 A C,G DS 0,1 1,0.5 0.2,1.1 . 0.3,0.3 1,1 0,0 0.1,1
1 300 A T GT:DS 0/1:0.9 0/0:0.1 0/1:1 1/1:1.7 0/0:0 0/0:0.2 0/1:1.4 0/0:0
END
    printf '%s\n' '0.1 1.3 1.9 NA 1 0.8 0 2' '0 1 0.2 NA 0.3 1 0 0.1' \
        '1 0.5 1.1 NA 0.3 1 0 1' '0.9 0.1 1 1.7 0 0.2 1.4 0' | r >want
    dw-ldblock -q --panel --dosage --min-eigen 1e-8 --geno d.vcf -o d.dws
    dw-view --ld 1 d.dws >got
    near want got
    dw-view --head d.dws | grep -q '^panel.*dosages'
    need_cmd bcftools
    bcftools view -Ob -o d.bcf d.vcf 2>/dev/null
    dw-ldblock -q --panel --dosage --min-eigen 1e-8 --geno d.bcf -o b.dws
    same_ld d.dws b.dws 1
}

@test "real genotypes with indels and missing ones are PLINK's" {
    need_shared
    need_cmd plink1.9
    geno=$(find "$SHARED/geno/gwasvcf_chr1" -name '*.bed' | head -n 1)
    plink1.9 --bfile "${geno%.bed}" --geno 0 --maf 0.05 --keep-allele-order --chr 1 \
        --to-bp 1000000 --make-bed --out full >/dev/null
    plink1.9 --bfile full --keep-allele-order --r square --out full >/dev/null
    dw-ldblock -q --panel --min-maf 0.05 --max-missing 0 --geno "${geno%.bed}.bed" \
        -r 1:1-1000000 --min-eigen 1e-8 -o real.dws
    dw-view --ld 1 real.dws >got
    [ "$(wc -l <got)" -gt 100 ]
    near full.ld got
}

@test "variants that the panel has twice are counted" {
    cat demo.bim <(sed -n 600p demo.bim) >dup.bim
    cp demo.fam dup.fam
    { cat demo.bed; tail -c 15 demo.bed; } >dup.bed
    run --separate-stderr dw-ldblock --panel --geno dup.bed -o dup.dws
    [ "$status" -eq 0 ]
    [[ $stderr =~ duplicate\ +1 ]]
    dw-view --tail dup.dws | grep -q 'dw-ldblock/duplicate.1$'
    dw-ldblock -q --panel --geno demo.bed -o one.dws
    same_ld one.dws dup.dws
}

@test "--memory cuts a block that would take more, by a stated rule" {
    run --separate-stderr dw-ldblock --panel --geno demo.bed --memory 200000 -o small.dws
    [ "$status" -eq 0 ]
    [[ $stderr =~ "3 blocks would take more than 200000 bytes each, and were cut" ]]
    dw-view --blocks small.dws | awk 'NR > 1 { s = $6 < 60 ? $6 : 60; n++
            if (28 * s * s + 16 * s * $5 > 200000) bad = 1 }
        END { exit bad || n < 9 }'
    dw-view --head small.dws | grep -q 'memory 200000'
    # The cores still tile; the same for any number of threads.
    [ "$(dw-view --variants small.dws | awk '$2 == 1' | wc -l)" -eq 600 ]
    dw-ldblock -q -@ 4 --panel --geno demo.bed --memory 200000 | dw-view --blocks >four
    cmp four <(dw-view --blocks small.dws)
    # The default says nothing of panels of this size, nor does 0.
    run --separate-stderr dw-ldblock --panel --geno demo.bed -o d.dws
    [[ ! $stderr =~ "would take" ]]
    dw-ldblock -q --panel --geno demo.bed --memory 0 -o never.dws
    same_ld d.dws never.dws
    # Gigabytes meant.
    for few in 10 99999; do
        run --separate-stderr dw-ldblock --panel --geno demo.bed --memory $few -o no.dws
        [ "$status" -eq 2 ]
        [[ $stderr == *"--memory $few is in bytes, 100k or more: 2G, say"* ]]
        [ ! -e no.dws ]
    done
}

@test "--exclude: regions as they are published, with a reason" {
    # No header, a number behind the interval, blanks.
    printf '%s\n' "1 $((base + 50000)) $((base + 100000)) 1" "2 $base $((base + 10)) 2" \
        "chr3 $((base)) $((base + 150000)) 3" >high.txt
    for how in "--geno demo.bed study.dws" "--panel --geno demo.bed" "--ld whole.dws study.dws" \
        "--panel --ld whole.dws"; do
        dw-ldblock -q --panel --geno demo.bed -o whole.dws
        # shellcheck disable=SC2086
        run --separate-stderr dw-ldblock --exclude high.txt $how -o less.dws
        [ "$status" -eq 0 ]
        n=$(awk -v b="$base" '$1 == 1 && $4 > b + 50000 && $4 <= b + 100000 ||
            $1 == 3 && $4 <= b + 150000' demo.bim | wc -l)
        [[ $stderr =~ excluded\ +$n ]] || { echo "$how: not $n: $stderr"; return 1; }
        dw-view --variants less.dws | awk -v b="$base" '
            NR > 1 && ($3 == 1 && $4 > b + 50000 && $4 <= b + 100000 || $3 == 3 && $4 <= b + 150000) { bad = 1 }
            END { exit bad }'
        [ "$(dw-view --variants less.dws | tail -n +2 | wc -l)" -eq $((600 - n)) ]
        dw-view --head less.dws | grep -q '^input.high.txt'
    done
    printf '1 0 900000000\n2 0 900000000\n3 0 900000000\n' >all.txt
    refuses '--exclude all.txt: no variant lies elsewhere' dw-ldblock --geno demo.bed --exclude all.txt study.dws
    refuses '--exclude all.txt: no variant lies elsewhere' dw-ldblock --panel --ld whole.dws --exclude all.txt
    printf 'one two three\n1 x y\n' >text.txt
    refuses 'text.txt:2: column 2' dw-ldblock --panel --geno demo.bed --exclude text.txt
}

@test "published regions and blocks: all are read" {
    need_shared
    geno=$SHARED/ukbb_height_chr22_hm3/geno/1000G_eur_chr22.bed
    for f in ldetect_grch37 ldetect_grch38; do
        dw-ldblock -q --panel --geno "$geno" --blocks "$SHARED/ldblocks/$f.eur.loci.bed" -o real.dws
        awk '$1 == 22 { print $2, $3 }' "$SHARED/ldblocks/$f.eur.loci.bed" >want
        dw-view --blocks real.dws | awk 'NR > 1 { print $3, $4 }' | diff - want
        # Whatever is in no block is counted: none but at the ends.
        out=$(dw-view --tail real.dws | awk '/outside_blocks/ { print $3 }')
        in=$(dw-view --variants real.dws | tail -n +2 | wc -l)
        [ "$((in + ${out:-0}))" -eq "$(wc -l <"${geno%.bed}.bim")" ]
    done
    dw-ldblock -q --panel --geno "$geno" \
        --exclude "$SHARED/ldblocks/high-LD-regions-hg19-GRCh37.txt" -o real.dws
    # Windows: each variant is core once, from the first to the last.
    dw-view --variants real.dws | awk 'NR > 1 && $2 { print $4 }' |
        cmp - <(awk '{ print $4 }' "${geno%.bed}.bim")
    dw-view --blocks real.dws | awk 'NR > 1 && ($3 % 1000000 || $4 - $3 != 1000000) { bad = 1 }
        END { exit bad }'
}
