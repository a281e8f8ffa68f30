#!/usr/bin/env bats
# dw-ldblock --ld with LD that others made: each form against the same LD from
# the genotypes, what is left out, and what is refused.
# shellcheck disable=SC2154 # status, stdout and stderr are set by run
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    dw-synth -q --seed 11 --people 80 --chroms 1 --length 100k --variants 60 \
        --missing 0.01 -o demo
    # All of it is one block, with everything in its core.
    echo 1 0 100000000 >blocks.bed
    dw-ldblock -q --store f32 --panel --geno demo.bed --blocks blocks.bed -o geno.dws
    dw-view --ld 1 geno.dws >geno.tsv
    cat >compare.awk <<'AWK'
        # Do two tables differ by less than the limit?
        FNR == NR { for (i = 1; i <= NF; i++) a[FNR, i] = $i; rows = FNR; next }
        { for (i = 1; i <= NF; i++) { d = $i - a[FNR, i]; if (d < 0) d = -d
                                      if (d > max) max = d } n++ }
        END { exit !(n == rows && n > 1 && max < limit) }
AWK
}

setup() {
    cd "$BATS_FILE_TMPDIR" || return 1
}

make() {
    python3 "$ROOT/tests/oracle/ld_files.py" "$@"
}

# same OPTION...: the block made with them has the LD of the genotypes.
same() {
    dw-ldblock -q --store f32 --panel -o out.dws "$@"
    dw-view --ld 1 out.dws >out.tsv
    awk -v limit=2e-6 -f compare.awk geno.tsv out.tsv
}

@test "UKBB_LD: each format, triangle, diagonal and width" {
    for form in "format=csc" "format=csr part=upper" "format=coo diagonal=1" \
        "format=csr part=both diagonal=1 store=1" "format=coo part=upper float=f8 int=i8" \
        "zip64=1 store=1" "zip64=1 float=f8"; do
        # shellcheck disable=SC2086 # several options
        make npz one demo $form
        same --ld one.npz || { echo "$form"; return 1; }
    done
}

@test "square matrices: text, float64, float32, gzip; the .bim or a table names them" {
    make text demo.ld demo
    make bin demo.ld.bin demo
    make bin4 four.ld.bin demo
    make list list.tsv demo
    gzip -c demo.ld >packed.ld.gz
    same --ld demo.ld
    same --ld demo.ld.bin
    same --ld four.ld.bin --ld-snps list.tsv
    same --ld packed.ld.gz --ld-snps demo.bim
}

@test "a matrix of PLINK, with --keep-allele-order, is that of its .bim" {
    need_cmd plink1.9
    # Without missing genotypes: for PLINK leaves those out pair by pair.
    dw-synth -q --seed 12 --people 80 --chroms 1 --length 100k --variants 60 -o full
    # A1 is the more frequent allele of some, as in a .bim that VCF made.
    awk 'BEGIN { OFS = "\t" } NR % 2 { t = $5; $5 = $6; $6 = t } 1' full.bim >turned.bim
    python3 -c 'import sys
d = bytearray(open("full.bed", "rb").read()); size = 20
for k in range(3, len(d)):
    if (k - 3) // size % 2 == 0:
        d[k] = sum((3, 1, 2, 0)[d[k] >> 2 * i & 3] << 2 * i for i in range(4))
open("turned.bed", "wb").write(d)'
    cp full.fam turned.fam
    dw-ldblock -q --store f32 --panel --geno turned.bed --blocks blocks.bed -o turned.dws
    dw-view --ld 1 turned.dws >turned.tsv
    plink1.9 --bfile turned --keep-allele-order --r square bin --out plink >/dev/null 2>&1
    dw-ldblock -q --store f32 --panel --ld plink.ld.bin --ld-snps turned.bim -o out.dws
    dw-view --ld 1 out.dws >out.tsv
    awk -v limit=2e-6 -f compare.awk turned.tsv out.tsv
    plink1.9 --bfile turned --keep-allele-order --r square gz --out plink >/dev/null 2>&1
    dw-ldblock -q --store f32 --panel --ld plink.ld.gz --ld-snps turned.bim -o out.dws
    dw-view --ld 1 out.dws >out.tsv
    awk -v limit=1e-4 -f compare.awk turned.tsv out.tsv
}

@test "GCTB: ascending and descending, several blocks" {
    make gctb gctb demo size=60
    same --ld gctb
    make gctb gctb demo size=60 descending=1
    same --ld gctb/
    make gctb parts demo size=25
    dw-ldblock -q --store f32 --panel --ld parts -o out.dws
    run -0 dw-view --blocks out.dws
    [ "$(tail -n +2 <<<"$output" | cut -f 5 | paste -sd' ')" = "25 25 10" ]
    run -0 dw-view --head out.dws
    [[ $output = *snp.info*ldm.info* ]]
}

@test "a folder of windows: cores tile what they cover, whatever is missing" {
    mkdir -p windows
    base=$(awk 'NR == 1 { print int($4 / 1e6) * 1000000 }' demo.bim)
    for i in 0 1 2 4; do
        make npz "windows/chr1_$((base + 1 + i * 10000))_$((base + 1 + i * 10000 + 30000))" demo
    done
    dw-ldblock -q --store f32 --panel --ld windows -o out.dws
    run -0 dw-view --blocks out.dws
    # Three of 30 kb every 10 kb, one missing, one more.
    [ "$(tail -n +2 <<<"$output" | awk -v b="$base" '{ print $3 - b "-" $4 - b }' | paste -sd' ')" = \
        "0-20000 20000-30000 30000-45000 45000-70000" ]
    # By itself a window has the core that it has among the others.
    dw-ldblock -q --store f32 --panel --ld "windows/chr1_$((base + 10001))_$((base + 40001)).npz" -o one.dws
    run -0 dw-view --blocks one.dws
    [ "$(tail -n +2 <<<"$output" | awk -v b="$base" '{ print $3 - b "-" $4 - b }')" = "20000-30000" ]
}

@test "a study joined to it has the LD of the study joined to the genotypes" {
    # Every third variant is the other way round, every fifth is not there.
    awk 'BEGIN { OFS = "\t"; print "CHR", "POS", "ID", "EA", "OA", "Z", "N" }
        NR % 5 == 0 { next }
        NR % 3 { print $1, $4, $2, $5, $6, NR % 7 - 3, 1000; next }
        { print $1, $4, $2, $6, $5, NR % 5 - 2, 1000 }' demo.bim >study.tsv
    dw-ingest -q --columns CHR=CHR,POS=POS,ID=ID,EA=EA,OA=OA,Z=Z,N=N --ambiguous keep \
        -o study.dws study.tsv
    dw-ldblock -q --store f32 --geno demo.bed --blocks blocks.bed -o a.dws study.dws
    make npz one demo
    dw-ldblock -q --store f32 --ld one.npz -o b.dws study.dws
    dw-view --ld 1 a.dws >a.tsv
    dw-view --ld 1 b.dws >b.tsv
    # The cut takes another small eigenvalue before variants are taken out.
    awk -v limit=1e-4 -f compare.awk a.tsv b.tsv
    dw-ldblock -q -@ 3 --store f32 --ld one.npz -o c.dws study.dws
    cmp b.dws c.dws
}

@test "variants that cannot be are left out, by reason" {
    make text demo.ld demo
    make list list.tsv demo
    # Row 3 is NaN, row 5 is 0, of 7 the diagonal is 0.5, 9 and 10 are at 1.5.
    awk 'BEGIN { OFS = "\t" } {
        for (i = 1; i <= NF; i++) {
            if (NR == 3 || i == 3) $i = "nan"
            else if (NR == 5 || i == 5) $i = 0
            else if (NR == 7 && i == 7) $i = 0.5
            else if ((NR == 9 && i == 10) || (NR == 10 && i == 9)) $i = 1.5
            else if (NR == 20 && i == 30) $i += 0.01
        }
        print }' demo.ld >spoiled.ld
    # Variant 12 is 13 again, 14 has no place, 16 an allele that is none.
    awk 'BEGIN { FS = OFS = "\t" } NR == 14 { keep = $0 }
        { line[NR] = $0 } END {
            for (i = 1; i <= NR; i++) {
                $0 = line[i]
                if (i == 13) { split(line[14], f, FS); $3 = f[3]; $4 = f[5]; $5 = f[4] }
                if (i == 15) $3 = 0
                if (i == 17) $4 = "N"
                print
            } }' list.tsv >spoiled.tsv
    sed -i 's/^\(rsid.*\)$/\1/; s/\t0\t/\tNA\t/' spoiled.tsv
    run -0 --separate-stderr dw-ldblock --panel --ld spoiled.ld --ld-snps spoiled.tsv -o out.dws
    for reason in not_finite monomorphic wrong_diagonal above_one asymmetric duplicate \
        not_placed bad_allele; do
        grep -qE "$reason +1\$" <<<"$stderr" || { echo "$reason"; echo "$stderr"; return 1; }
    done
    run -0 dw-view --blocks out.dws
    [ "$(tail -n +2 <<<"$output" | cut -f 5)" = 53 ]
    run -0 dw-view --tail out.dws
    [[ $output = *above_one* ]]
}

@test "eigenvalues below 0 are cut off and told, many are refused" {
    printf 'CHR BP SNP A1 A2\n1 10 a A G\n1 20 b A G\n1 30 c A G\n' >three.tsv
    printf '1 -.53 -.53\n-.53 1 -.53\n-.53 -.53 1\n' >little.ld
    printf '1 -.9 -.9\n-.9 1 -.9\n-.9 -.9 1\n' >much.ld
    run -0 --separate-stderr dw-ldblock --panel --ld little.ld --ld-snps three.tsv -o out.dws
    [[ $stderr = *"1 eigenvalue below 0, 2.00 % of the trace, is dropped"* ]]
    grep -qE 'negative_trace_millionths +20000$' <<<"$stderr"
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld much.ld --ld-snps three.tsv -o out.dws
    refused 'much.ld: .*26.7 % of the trace'
}

# no OPTION PATTERN: an npz spoiled so is refused with that.
no() {
    make npz bad demo "spoil=$1"
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld bad.npz -o out.dws
    refused "bad.npz: .*$2" || { echo "spoil=$1"; return 1; }
}

@test "an npz that is not what it says is refused in one line" {
    no format 'format.npy: No such file'
    no shape 'shape.npy: No such file'
    no data 'data.npy: No such file'
    no indices 'indices.npy: No such file'
    no indptr 'indptr.npy: No such file'
    no range 'of a matrix of 60'
    no negative 'indices.npy: holds a negative number'
    no descends 'indptr.npy: descends at item 3'
    no short 'indices.npy: has 1830 items where 1829 belong'
    no oblong 'a matrix of 60 x 61, not square'
    no other 'a matrix of 61 variants, but the list has 60'
    no huge 'data.npy: 1000000000000 items of 4 bytes, but'
    no objects 'Python objects .a pickle'
    no records 'array of records'
    no big 'big-endian'
    no half "array of '<f2'"
    no version 'version 4'
    no bsr 'format "bsr"'
    no dimensions 'has 2 dimensions'
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld bad.npz -o out.dws
    [ ! -e out.dws ] || [ "$status" -ne 0 ]
    make npz bad demo
    head -c 2000 bad.npz >cut.npz
    cp bad.gz cut.gz
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld cut.npz -o out.dws
    refused 'cut.npz: is no whole .npz'
    make npz bad demo store=1
    printf 'X' | dd of=bad.npz bs=1 seek=3000 conv=notrunc 2>/dev/null
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld bad.npz -o out.dws
    refused 'bad.npz: .*CRC error'
}

@test "a list and a matrix that do not belong together" {
    make npz one demo
    make npz two demo rows=1-50
    make text demo.ld demo
    make bin demo.ld.bin demo
    make list list.tsv demo rows=1-58
    cp one.npz three.npz
    cp two.gz three.gz
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld three.npz -o out.dws
    refused 'three.npz: is a matrix of 60 variants, but the list has 50'
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld demo.ld --ld-snps list.tsv -o out.dws
    refused 'demo.ld:1: 60 fields in a row of a matrix whose list has 58 variants'
    head -n 59 demo.ld >short.ld
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld short.ld --ld-snps demo.bim -o out.dws
    refused 'short.ld: 59 rows, but its list has 60 variants'
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld demo.ld.bin --ld-snps list.tsv -o out.dws
    refused 'demo.ld.bin: 28800 bytes are no matrix of the 58 variants'
    sed '3s/^[^\t]*/x/' demo.ld >word.ld
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld word.ld --ld-snps demo.bim -o out.dws
    refused 'word.ld:3: field 1: "x" is not a number'
    cp demo.ld other.ld
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld other.ld -o out.dws
    refused 'other.ld: is no LD that is known by itself; .*--ld-snps'
    awk 'NR == 30 { $1 = 2 } 1' demo.bim >two.bim
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld demo.ld --ld-snps two.bim -o out.dws
    refused 'lie on chromosome 1 and on 2'
    printf 'rsid chromosome position\nx 1 5\n' >poor.tsv
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld demo.ld --ld-snps poor.tsv -o out.dws
    refused 'poor.tsv: no column allele1'
}

@test "a matrix that is none of correlations is refused" {
    make text demo.ld demo
    awk 'BEGIN { OFS = "\t" } { $NR = 3; print }' demo.ld >covariance.ld
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld covariance.ld --ld-snps demo.bim -o out.dws
    refused 'covariance.ld: the diagonal is 1 for 0 of 60 variants only'
    awk 'BEGIN { OFS = "\t" } { for (i = NR + 1; i <= NF; i++) $i = -$i; print }' demo.ld >turned.ld
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld turned.ld --ld-snps demo.bim -o out.dws
    refused 'turned.ld: this matrix is not symmetric'
    awk 'BEGIN { OFS = "\t" } { for (i = NR + 1; i <= NF; i++) if (i > 20) $i = 0; print }' demo.ld >part.ld
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld part.ld --ld-snps demo.bim -o out.dws
    refused 'part.ld: this matrix is neither symmetric nor a triangle'
    # Every variant is left out, and it is said why.
    awk 'BEGIN { OFS = "\t" } { for (i = 1; i <= NF; i++) $i = 0; print }' demo.ld >zero.ld
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld zero.ld --ld-snps demo.bim -o out.dws
    refused 'zero.ld: no variant in it that can be used: 60 monomorphic'
}

@test "GCTB: files that do not belong together" {
    make gctb gctb demo size=30
    rm -rf bad && cp -r gctb bad && rm bad/block2.eigen.bin
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld bad -o out.dws
    refused 'bad/block2.eigen.bin: No such file'
    rm -rf bad && cp -r gctb bad && head -c 1000 gctb/block1.eigen.bin >bad/block1.eigen.bin
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld bad -o out.dws
    refused 'block1.eigen.bin: says it holds .* it is cut short'
    rm -rf bad && cp -r gctb bad && sed -i 3d bad/snp.info
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld bad -o out.dws
    refused 'bad/ldm.info:2: rows 0 and 29 .* of snp.info, which has 59'
    rm -rf bad && cp -r gctb bad
    awk 'BEGIN { OFS = "\t" } NR == 2 { $7 = 29 } 1' gctb/ldm.info >bad/ldm.info
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld bad -o out.dws
    refused 'bad/ldm.info:2: StartSnpIdx, EndSnpIdx and NumSnps'
    # Eigenvectors that are none: the last bytes are the first's.
    rm -rf bad && cp -r gctb bad
    { head -c -400 gctb/block1.eigen.bin; head -c 400 /dev/zero; } >bad/block1.eigen.bin
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld bad -o out.dws
    refused 'eigenvector .* has the length .*, not 1'
    # Blocks that share variants would count their z twice.
    rm -rf bad && cp -r gctb bad && cp gctb/block1.eigen.bin bad/block2.eigen.bin
    awk 'BEGIN { OFS = "\t" } NR == 3 { print 2, 1, last; next }
        { last = $3 OFS $4 OFS $5 OFS $6 OFS $7 } 1' gctb/ldm.info >bad/ldm.info
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld bad -o out.dws
    refused 'no variant may be in two cores'
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld gctb/block1.eigen.bin -o out.dws
    [ "$status" -eq 2 ]
    [[ $stderr = *"name its folder"* ]]
    mkdir -p empty
    run --separate-stderr dw-ldblock -q --store f32 --panel --ld empty -o out.dws
    refused 'empty: this folder holds neither ldm.info .* nor chrC_START_END.npz'
}

@test "real: UKBB_LD's form is PLINK's matrix" {
    need_shared
    D=$SHARED/ld/ukbb_ld_npz_fixture
    dw-ldblock -q --store f32 --panel --ld "$D/plink1.9_r.ld.gz" \
        --ld-snps "$D/chr22_20000001_20300001.gz" -o plink.dws
    dw-view --ld 1 plink.dws >plink.tsv
    for ld in "$D" "$D/chr22_20000001_20300001.coo.npz"; do
        dw-ldblock -q --store f32 --panel --ld "$ld" -o npz.dws
        dw-view --ld 1 npz.dws >npz.tsv
        # Each is off by what it is rounded by: 5e-7, and 1e-6 of dw-view's.
        awk -v limit=3e-6 -f compare.awk plink.tsv npz.tsv
    done
}

@test "real: a window of UKBB_LD, and a study of the whole chromosome" {
    need_shared
    H=$SHARED/ukbb_height_chr22_hm3
    dw-ingest -q --ref "$H/geno/1000G_eur_chr22.bim" -o hm3.dws
    run -0 --separate-stderr dw-ldblock --ld "$SHARED/ld/ukbb_ld_npz_fixture" -o out.dws hm3.dws
    grep -qE 'taken +8[0-9]$' <<<"$stderr"
    # Another build is told from what lies there.
    awk 'BEGIN { OFS = "\t" } { $4 += 3; print }' "$H/geno/1000G_eur_chr22.bim" >far.bim
    dw-ingest -q --ref far.bim -o far.dws
    run --separate-stderr dw-ldblock -q --ld "$SHARED/ld/ukbb_ld_npz_fixture" -o out.dws far.dws
    refused 'has [0-9] of the [0-9]+ variants of the stream; are they of one genome build'
}

@test "real: susieR's matrix with its header of names" {
    need_shared
    D=$SHARED/ld/susie_SummaryConsistency
    gzip -dc "$D/ld.tsv.gz" | head -n 1 | tr '\t' '\n' |
        awk 'BEGIN { print "ID CHR BP A1 A2" }
            { split($1, f, "_"); print f[1], 19, 1000 + NR, f[2], f[2] == "A" ? "G" : "A" }' >susie.tsv
    dw-ldblock -q --store f32 --panel --ld "$D/ld.tsv.gz" --ld-snps susie.tsv -o out.dws
    dw-view --ld 1 out.dws >out.tsv
    gzip -dc "$D/ld.tsv.gz" | tail -n +2 >susie.ld
    # As far as the cut lets them be.
    paste out.tsv susie.ld | awk '{ for (i = 1; i <= NF / 2; i++) { d = $i - $(i + NF / 2)
        if (d > max) max = d; if (-d > max) max = -d } n++ } END { exit !(n == 200 && max < 1e-4) }'
}
