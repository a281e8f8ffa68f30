#!/usr/bin/env bats
# dw-ldblock: LD against PLINK, blocks and windows, panels in all containers,
# and what it refuses.
# shellcheck disable=SC2154 # status, stdout and stderr are set by run
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    dw-synth -q --seed 5 --people 150 --chroms 2 --length 500k --missing 0.01 \
        --variants 1200 --annotations 3 --vcf --bcf -o demo
    # Where dw-synth begins a chromosome is its affair.
    base=$(awk 'NR == 1 { print int($4 / 1e6) * 1000000 }' demo.bim)
    echo "$base" >base
    # A study of the panel's variants, the alleles of every third one swapped.
    awk 'BEGIN { OFS = "\t"; print "CHR", "POS", "ID", "EA", "OA", "Z", "N" }
        NR % 3 { print $1, $4, $2, $5, $6, NR % 7 - 3, 1000; next }
        { print $1, $4, $2, $6, $5, NR % 5 - 2, 1000 }' demo.bim >study.tsv
    columns=CHR=CHR,POS=POS,ID=ID,EA=EA,OA=OA,Z=Z,N=N
    dw-ingest -q --columns "$columns" --ambiguous keep study.tsv -o study.dws
    printf 'chr\tstart\tstop\n2\t%d\t%d\n1\t%d\t%d\n1 \t %d \t %d\n2\t%d\t%d\n' \
        "$base" $((base + 250000)) "$base" $((base + 200000)) $((base + 200000)) \
        $((base + 500000)) $((base + 300000)) $((base + 300001)) >blocks.bed
    cat >compare.awk <<'AWK'
        # The largest difference of two matrices of the same shape.
        FNR == NR { for (i = 1; i <= NF; i++) a[FNR, i] = $i; rows = FNR; width = NF; next }
        {
            if (NF != width) { print "other width"; exit }
            for (i = 1; i <= NF; i++) { d = $i - a[FNR, i]; if (d < 0) d = -d; if (d > max) max = d }
            n++
        }
        END { printf "%s %.9f\n", n == rows ? "same" : "other", max }
AWK
}

setup() {
    cd "$BATS_FILE_TMPDIR" || return 1
    base=$(cat base)
    part=2:$((base + 100000))-$((base + 400000))
}

# near A B TOLERANCE: matrices in two files.
near() {
    run awk -f compare.awk "$1" "$2"
    [[ $output =~ ^same ]] || { echo "$output"; return 1; }
    awk -v d="${output#same }" -v t="$3" 'BEGIN { exit !(d <= t) }' || {
        echo "differ by ${output#same }"
        return 1
    }
}

@test "LD of a made-up panel is PLINK's" {
    need_cmd plink1.9
    # plink leaves out pairs with a missing genotype, we take the mean.
    plink1.9 --bfile demo --geno 0 --keep-allele-order --make-bed --out full >/dev/null
    plink1.9 --bfile full --keep-allele-order --chr 1 --r square --out full >/dev/null
    dw-ldblock -q --panel --geno full.bed --min-eigen 1e-8 --store f32 -o full.dws
    dw-view --ld 1 full.dws >full.r
    near full.r full.ld 1e-5
}

@test "LD of a real window is PLINK's" {
    need_shared
    need_cmd plink1.9
    geno=$SHARED/ukbb_height_windows/geno/1000G.subset.2
    plink1.9 --bfile "$geno" --keep-allele-order --chr 2 --from-bp 20400001 \
        --to-bp 20600000 --r square --out real >/dev/null
    dw-ldblock -q --panel --geno "$geno.bed" --window 600k --flank 200k \
        --min-eigen 1e-6 --store f32 -r 2:20200001-20800000 -o real.dws
    # The core's rows and columns of the block in the middle.
    read -r core l < <(dw-view --variants real.dws |
        awk '$1 == 2 { m++; if ($2) { if (!l++) first = m } } END { print first, l }')
    dw-view --ld 2 real.dws | cut -f "$core-$((core + l - 1))" >real.r
    [ "$l" -gt 500 ]
    near real.r real.ld 1e-5
}

@test "the history names the text inputs, each with its own digest" {
    dw-ldblock -q --geno demo.bed --blocks blocks.bed study.dws -o history.dws
    dw-view --head history.dws | sed '1,/^step.*dw-ldblock/d' | cut -f 2 >names
    [ "$(xargs <names)" = "demo.bim blocks.bed" ]
    dw-ingest -q --ref demo.bim | dw-view --head | grep '^input.demo.bim' >bim
    dw-view --head history.dws | grep '^input.demo.bim' | diff - bim
}

@test "signs are those of the stream's ALT" {
    dw-ldblock -q --geno demo.bed --blocks blocks.bed study.dws >signed.dws
    dw-ldblock -q --panel --geno demo.bed --blocks blocks.bed >panel.dws
    dw-view --variants signed.dws | awk '$1 == 1 { print $4, $6, $7 }' | tail -n +1 >a
    dw-view --variants panel.dws | awk '$1 == 1 { print $4, $6, $7 }' | tail -n +1 >b
    [ "$(wc -l <a)" -eq "$(wc -l <b)" ]
    awk 'FNR == NR { ref[FNR] = $2; next } { print $2 == ref[FNR] ? 1 : -1 }' a b >signs
    grep -q -- -1 signs
    grep -qx 1 signs
    # The study gives no frequencies: those of ALT in the panel stand in.
    paste signs <(dw-view --variants signed.dws | awk '$1 == 1 { print $8 }') \
        <(dw-view --variants panel.dws | awk '$1 == 1 { print $8 }') |
        awk '{ d = $1 > 0 ? $2 - $3 : $2 - 1 + $3; if (d * d > 1e-12) bad = 1 }
            END { exit bad || NR < 50 }'
    dw-view --ld 1 panel.dws |
        awk 'FNR == NR { s[FNR] = $1; next }
            { for (i = 1; i <= NF; i++) printf "%.9g ", $i * s[i] * s[FNR]; print "" }' \
            signs - >turned
    dw-view --ld 1 signed.dws >direct
    near direct turned 1e-6
}

@test "a .bed, a VCF and a BCF give the same LD; an index changes nothing" {
    dw-ldblock -q --panel --geno demo.bed -o bed.dws
    dw-view --variants bed.dws >bed.v
    for panel in demo.vcf.gz demo.bcf; do
        dw-ldblock -q --panel --geno "$panel" -o other.dws
        dw-view --variants other.dws >other.v
        cmp bed.v other.v
        cmp <(dw-view --ld 2 bed.dws) <(dw-view --ld 2 other.dws)
        dw-ldblock -q --panel --geno "$panel" -r "$part" -o part.dws
        dw-ldblock -q --panel --geno - -r "chr$part" -o piped.dws <"$panel"
        cmp <(dw-view --variants part.dws) <(dw-view --variants piped.dws)
        dw-ldblock -q --panel --geno demo.bed -r "$part" -o part.bed.dws
        cmp <(dw-view --ld 1 part.bed.dws) <(dw-view --ld 1 part.dws)
        dw-ldblock -q --geno "$panel" --blocks blocks.bed study.dws -o other.dws
        dw-ldblock -q --geno demo.bed --blocks blocks.bed study.dws -o same.dws
        cmp <(dw-view --ld 3 same.dws) <(dw-view --ld 3 other.dws)
    done
}

@test "a long deletion that reaches into a second region is taken once" {
    need_cmd tabix
    {
        printf '##fileformat=VCFv4.2\n##contig=<ID=1>\n'
        printf '##FORMAT=<ID=GT,Number=1,Type=String,Description="G">\n'
        printf '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb\tc\n'
        printf '1\t%d\t%s\t%s\tA\t.\t.\t.\tGT\t0/0\t0/1\t1/1\n' 90 before AC \
            150 long ACCCCCCCCCCCCCCCCCCCCCC 162 between AC 170 second AC
    } | bgzip >long.vcf.gz
    tabix -f -p vcf long.vcf.gz
    run --separate-stderr dw-ldblock --panel --geno long.vcf.gz \
        -r 1:100-160,1:165-300 -o long.dws
    [ "$status" -eq 0 ]
    [[ $stderr =~ "2 variants in" ]]
    [[ ! $stderr =~ twice ]]
    [ "$(dw-view --variants long.dws | awk 'NR > 1 { print $5 }' | xargs)" = "long second" ]
}

@test "the real region in two containers" {
    need_shared
    for f in reference.vcf.gz reference.bcf; do
        dw-ldblock -q --panel --min-maf 0.05 -r 20:1500000-2500000 \
            --geno "$SHARED/geno/shapeit4_chr20/$f" -o "$f.dws"
    done
    cmp <(dw-view --variants reference.vcf.gz.dws) <(dw-view --variants reference.bcf.dws)
    cmp <(dw-view --ld 1 reference.vcf.gz.dws | head -20) \
        <(dw-view --ld 1 reference.bcf.dws | head -20)
}

@test "windows: cores tile the chromosome, flanks reach beyond" {
    dw-ldblock -q --panel --geno demo.bed --window 300k --flank 100k -o w.dws
    dw-view --blocks w.dws | awk -v b="$base" 'NR > 1 { print $2, $3 - b, $4 - b }' >ranges
    diff ranges - <<'END'
1 0 100000
1 100000 200000
1 200000 300000
1 300000 400000
1 400000 500000
2 0 100000
2 100000 200000
2 200000 300000
2 300000 400000
2 400000 500000
END
    dw-view --variants w.dws | awk 'NR > 1 && $2' | wc -l >cores
    [ "$(cat cores)" -eq "$(wc -l <demo.bim)" ]
    dw-view --variants w.dws | awk -v b="$base" '
        NR > 1 { lo = b + ($1 - 1) % 5 * 100000
            if ($2 != ($4 > lo && $4 <= lo + 100000)) bad = 1
            if ($4 <= lo - 100000 || $4 > lo + 200000) bad = 1 }
        END { exit bad }'
}

@test "blocks from a BED: order, headers, empty ones, what lies outside" {
    run --separate-stderr dw-ldblock --geno demo.bed --blocks blocks.bed -o b.dws study.dws
    [ "$status" -eq 0 ]
    [[ $stderr =~ outside_blocks\ +[1-9] ]]
    [[ $stderr =~ "have no variant and were passed over" ]]
    dw-view --blocks b.dws | awk -v b="$base" 'NR > 1 { print $2, $3 - b, $4 - b }' | diff - <(
        printf '1 0 200000\n1 200000 500000\n2 0 250000\n')
    n=$(dw-view --tail b.dws | awk '$2 == "dw-ldblock/outside_blocks" { print $3 }')
    taken=$(dw-view --tail b.dws | awk '$2 == "dw-ldblock/taken" { print $3 }')
    [ "$((taken - n))" -eq "$(dw-view --variants b.dws | tail -n +2 | wc -l)" ]
}

@test "--max-variants cuts a core into equal runs" {
    dw-ldblock -q --panel --geno demo.bed --blocks blocks.bed --max-variants 100 -o cut.dws
    dw-ldblock -q --panel --geno demo.bed --blocks blocks.bed -o whole.dws
    dw-view --blocks cut.dws | awk 'NR > 1 && $6 > 100 { bad = 1 } END { exit bad }'
    cmp <(dw-view --variants cut.dws | cut -f 3-8) <(dw-view --variants whole.dws | cut -f 3-8)
    # Cores still tile what they tiled.
    dw-view --blocks cut.dws | awk -v b="$base" '
        NR > 1 && $2 == 1 { if ($3 - b != end) bad = 1; end = $4 - b }
        END { exit bad || end != 500000 }'
}

@test "the same bytes for any number of threads" {
    for t in 1 2 5; do
        dw-ldblock -q -@ $t --geno demo.bed --window 60k --flank 20k study.dws -o $t.dws
    done
    cmp 1.dws 2.dws
    cmp 1.dws 5.dws
}

@test "a .bim out of order gives what a sorted one gives" {
    need_cmd python3
    # The rows backwards, by hand: plink would sort them.
    n=$(wc -l <demo.fam)
    bytes=$(((n + 3) / 4))
    rows=$(wc -l <demo.bim)
    cp demo.fam back.fam
    tac demo.bim >back.bim
    printf '\154\033\001' >back.bed
    python3 -c 'import sys
n = int(sys.argv[1])
rows = open("demo.bed", "rb").read()[3:]
rows = [rows[i : i + n] for i in range(0, len(rows), n)]
sys.stdout.buffer.write(b"".join(reversed(rows)))' "$bytes" >>back.bed
    [ "$(wc -c <back.bed)" -eq $((3 + rows * bytes)) ]
    dw-ldblock -q --geno demo.bed study.dws --blocks blocks.bed -o 1.dws
    dw-ldblock -q --geno back.bed study.dws --blocks blocks.bed -o 2.dws
    cmp <(dw-view --ld 2 1.dws) <(dw-view --ld 2 2.dws)
    cmp <(dw-view --variants 1.dws) <(dw-view --variants 2.dws)
}

@test "what is left out is counted" {
    run --separate-stderr dw-ldblock --panel --geno demo.bed --min-maf 0.1 \
        --max-missing 0.02 -o few.dws
    [ "$status" -eq 0 ]
    [[ $stderr =~ low_maf\ +[1-9] ]]
    [[ $stderr =~ high_missing\ +[1-9] ]]
    [[ $stderr =~ "150 people; with fewer than 2000" ]]
    dw-view --tail few.dws | awk '/dw-ldblock/ && !/store_/ { n += $3 } END { exit n != 1200 }'
    dw-view --variants few.dws | awk 'NR > 1 && $2 && ($8 < 0.1 || $8 > 0.9) { bad = 1 } END { exit bad }'
    # Half of the variants are not in this panel, and one has other alleles.
    awk 'NR % 2 { print $2 }' demo.bim >half.ids
    need_cmd plink1.9
    plink1.9 --bfile demo --extract half.ids --keep-allele-order --make-bed --out half >/dev/null
    sed -i '1s/\(\S*\)\t\(\S*\)$/AAAA\tCCCC/' half.bim
    run --separate-stderr dw-ldblock --geno half.bed --blocks blocks.bed -o half.dws study.dws
    [ "$status" -eq 0 ]
    [[ $stderr =~ not_in_panel\ +600 ]]
    [[ $stderr =~ alleles_differ\ +1 ]]
}

@test "--samples" {
    need_cmd plink1.9
    awk 'NR % 2 { print $1, $2 }' demo.fam >keep
    plink1.9 --bfile demo --keep keep --keep-allele-order --make-bed --out kept >/dev/null
    dw-ldblock -q --panel --geno kept.bed -o 1.dws
    dw-ldblock -q --panel --geno demo.bed --samples keep -o 2.dws
    cmp <(dw-view --ld 1 1.dws) <(dw-view --ld 1 2.dws)
    cut -d ' ' -f 2 keep >iids
    dw-ldblock -q --panel --geno demo.bcf --samples iids -o 3.dws
    cmp <(dw-view --ld 1 1.dws) <(dw-view --ld 1 3.dws)
    sed '3s/$/x/' keep >unknown
    run --separate-stderr dw-ldblock -q --panel --geno demo.bed --samples unknown -o no.dws
    refused 'unknown:3: ".*x" is nobody in demo.fam$'
}

@test "cat of chromosomes made apart is what is made at once" {
    for c in 1 2; do
        dw-ldblock -q --geno demo.bed --blocks blocks.bed -r $c study.dws -o $c.dws
    done
    dw-ldblock -q --geno demo.bed --blocks blocks.bed study.dws -o whole.dws
    cat 1.dws 2.dws >both.dws
    cmp <(dw-view --variants both.dws) <(dw-view --variants whole.dws)
    cmp <(dw-view --ld 3 both.dws) <(dw-view --ld 3 whole.dws)
}

@test "chromosomes in another order than the panel's" {
    columns=CHR=CHR,POS=POS,ID=ID,EA=EA,OA=OA,Z=Z,N=N
    for c in 2 1; do
        awk -v c=$c 'NR == 1 || $1 == c' study.tsv |
            dw-ingest -q --columns "$columns" --ambiguous keep - -o $c.study.dws
    done
    gunzip -c demo.vcf.gz >plain.vcf
    cat 2.study.dws 1.study.dws 2.study.dws >turned.dws
    for panel in demo.bed demo.bcf plain.vcf; do
        dw-ldblock -q --geno $panel turned.dws -o t.dws
        [ "$(dw-view --blocks t.dws | awk 'NR > 1 { print $2 }' | xargs)" = "2 1 2" ]
        dw-view --ld 1 t.dws | cksum >sum.1
        dw-view --ld 3 t.dws | cksum | cmp sum.1
        [ ! -e sum.bed ] || cmp sum.1 sum.bed
        mv sum.1 sum.bed
    done
    run --separate-stderr dw-ldblock -q --geno - -o no.dws turned.dws <plain.vcf
    refused 'come in another order .1 is asked for behind 2., and stdin'
}

@test "broken genotypes" {
    cp demo.bim cut.bim
    cp demo.fam cut.fam
    head -c 5000 demo.bed >cut.bed
    refuses 'cut.bed: holds 5000 bytes, but 1200 variants .*cut short' dw-ldblock --panel --geno cut.bed
    cp demo.bed cut.bed
    printf x >>cut.bed
    refuses 'these do not belong to it' dw-ldblock --panel --geno cut.bed
    head -n 7 demo.bim >cut.bim
    refuses 'but 7 variants' dw-ldblock --panel --geno cut.bed
    { printf '\154\033\000'; tail -c +4 demo.bed; } >cut.bed
    refuses 'person by person' dw-ldblock --panel --geno cut.bed
    { printf 'abc'; tail -c +4 demo.bed; } >cut.bed
    refuses 'begins with 61 62 63' dw-ldblock --panel --geno cut.bed
    printf '\154' >cut.bed
    refuses 'cut.bed: holds 1 bytes, too few for a .bed' dw-ldblock --panel --geno cut.bed
    refuses '-r 9: no variant of demo.bed lies there' dw-ldblock --panel --geno demo.bed -r 9
    refuses '-r 9: no variant of demo.bcf lies there' dw-ldblock --panel --geno demo.bcf -r 9
    rm cut.bim
    cp demo.bed cut.bed
    refuses 'cut.bim: No such file' dw-ldblock --panel --geno cut.bed
    refuses 'none.bed: No such file' dw-ldblock --panel --geno none.bed
    head -c 20000 demo.bcf >cut.bcf
    refuses 'cut.bcf: is cut short' dw-ldblock --panel --geno cut.bcf
    gunzip -c demo.vcf.gz | head -c 100000 >cut.vcf
    refuses 'cut.vcf: record [0-9]+, at or behind 1:[0-9]+, has' dw-ldblock --panel --geno cut.vcf
    for f in fewer_people:'1, at or behind 1:100, has another number of people' \
        gt_of_characters:'1, at or behind 1:100, has a GT that is no genotype'; do
        tail -c +2 "$ROOT/tests/fuzz/corpus/vcf/${f%%:*}" >odd.bcf
        refuses "odd.bcf: record ${f#*:}" dw-ldblock --panel --geno odd.bcf
    done
    refuses 'neither a .bed nor a VCF or BCF' dw-ldblock --panel --geno study.tsv
    refuses 'nobody' dw-ldblock --panel --geno demo.bed --samples study.tsv
}

@test "broken blocks" {
    printf '1 0 100\n1 50 200\n' >over.bed
    refuses 'over.bed:2: this block overlaps the one of line 1' dw-ldblock --panel --geno demo.bed --blocks over.bed
    printf '1 0 100\none two three\n' >text.bed
    refuses 'text.bed:2: column 2 \(start\): "two"' dw-ldblock --panel --geno demo.bed --blocks text.bed
    printf '9 0 100000000\n' >other.bed
    refuses 'no variant lies in any of these blocks' dw-ldblock --panel --geno demo.bed --blocks other.bed
    : >empty.bed
    refuses 'empty.bed: no interval' dw-ldblock --panel --geno demo.bed --blocks empty.bed
}

@test "inputs that do not belong together" {
    awk '{ $4 += 7; print }' OFS='\t' demo.bim >shifted.bim
    cp demo.bed shifted.bed
    cp demo.fam shifted.fam
    refuses 'has [0-9]+ of the 1200 variants of the stream; .*genome build' dw-ldblock --geno shifted.bed study.dws
    awk '{ $5 = "AAAAA"; $6 = "C"; print }' OFS='\t' demo.bim >shifted.bim
    refuses 'with other alleles' dw-ldblock --geno shifted.bed study.dws
    awk '{ $1 = 9; print }' OFS='\t' demo.bim >shifted.bim
    refuses 'none of the stream.s chromosomes' dw-ldblock --geno shifted.bed study.dws
    dw-ldblock -q --geno demo.bed study.dws -o done.dws
    refuses 'done.dws: chunk 1 \(HEAD\): the stream holds blocks already, made from demo.bed' dw-ldblock --geno demo.bed done.dws
    refuses '-r 7: no variant lies there' dw-ldblock --geno demo.bed -r 7 study.dws
    head -c 3000 study.dws >short.dws
    refuses 'cut short' dw-ldblock --geno demo.bed short.dws
}

# downstream ARG...: dw-ldblock into a pipe; 1 for both, the filter behind it
# reads a stream that is cut short.
downstream() {
    ended="? 0"
    dw-ldblock -q "$@" 2>err | dw-view >/dev/null 2>shown || ended=${PIPESTATUS[*]}
    [ "$ended" = "1 1" ] || { echo "ended with $ended"; return 1; }
    grep -q 'cut short' shown || { cat shown; return 1; }
}

@test "what is refused is a stream cut short for whoever reads from the pipe" {
    cp demo.bed far.bed
    cp demo.fam far.fam
    # Few of 1200 match: there are blocks, and they are good ones.
    awk 'NR > 5 { $4 += 7 } { print }' OFS='\t' demo.bim >far.bim
    downstream --geno far.bed study.dws
    grep -q 'has [5-9] of the 1200 variants of the stream' err
    cat study.dws study.dws >twice.dws
    downstream --geno far.bed twice.dws
    # Of good ones, each run is as it is alone.
    dw-ldblock -q --geno demo.bed study.dws -o once.dws
    dw-ldblock -q --geno demo.bed twice.dws | cmp - <(cat once.dws once.dws)
    downstream --geno demo.bed -r 7 study.dws
    printf '9 0 100000000\n' >other.bed
    downstream --geno demo.bed --blocks other.bed study.dws
    downstream --panel --geno demo.bed --blocks other.bed
    # Runs are judged together: one of them may well have nothing.
    awk '$1 == 2 { $4 += 7 } { print }' OFS='\t' demo.bim >far.bim
    columns=CHR=CHR,POS=POS,ID=ID,EA=EA,OA=OA,Z=Z,N=N
    for c in 1 2; do
        awk -v c=$c 'NR == 1 || $1 == c' study.tsv |
            dw-ingest -q --columns "$columns" --ambiguous keep - -o $c.run.dws
    done
    cat 1.run.dws 2.run.dws >runs.dws
    dw-ldblock -q --geno far.bed runs.dws | dw-view --tail >tails
    [ "$(grep -c dw-ldblock/not_in_panel tails)" -eq 1 ]
    [ "$(grep -c dw-ldblock/taken tails)" -ge 1 ]
}

@test "nothing to tell LD from" {
    head -n 1 demo.fam | cut -f 1,2 >one
    refuses 'one person has no correlations' dw-ldblock --panel --geno demo.bed --samples one
    # Two people who are alike in all.
    cp demo.bim twins.bim
    head -n 2 demo.fam >twins.fam
    { printf '\154\033\001'; head -c 1200 /dev/zero | tr '\0' '\012'; } >twins.bed
    refuses 'can be used \(1200 monomorphic, 0 below' dw-ldblock --panel --geno twins.bed
}

@test "usage" {
    run --separate-stderr dw-ldblock study.dws
    [ "$status" -eq 2 ]
    [[ $stderr =~ "--geno is missing" ]]
    run --separate-stderr dw-ldblock --geno demo.bed --window 2M --flank 1M study.dws
    [ "$status" -eq 2 ]
    [[ $stderr =~ "leaves no core" ]]
    run --separate-stderr dw-ldblock --panel --geno demo.bed study.dws
    [ "$status" -eq 2 ]
    run --separate-stderr dw-ldblock --geno demo.bed -r 1:x study.dws
    [ "$status" -ne 0 ]
    [[ $stderr =~ "is no region" ]]
}

@test "a closed pipe and a full disk" {
    set +o pipefail
    dw-ldblock -q --panel --geno demo.bed --window 60k --flank 20k 2>err | head -c 100 >/dev/null
    [ ! -s err ]
    [ -w /dev/full ] || skip "no /dev/full"
    run --separate-stderr dw-ldblock -q --panel --geno demo.bed -o /dev/full
    [ "$status" -eq 1 ]
}

@test "the examples of the manual page run" {
    cp demo.bed demo.bim demo.fam study.dws blocks.bed "$BATS_TEST_TMPDIR"
    cd "$BATS_TEST_TMPDIR"
    sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/{/^\.Bd/,/^\.Ed/{/^\.[BE]d/d;p}}' \
        "$ROOT/man/dw-ldblock.1" | sed 's/\\e$/\\/' >examples.sh
    [ "$(grep -c '^dw-ldblock' examples.sh)" -eq 5 ]
    bash -e examples.sh >shown.txt
    head -n 1 shown.txt | grep -q '^BLOCK'
    dw-view --blocks blocks.dws >/dev/null
}
