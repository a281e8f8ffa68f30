#!/usr/bin/env bats
# dw-ldblock --ld: a panel that is made once, and a study joined to it without
# genotypes: held against what the genotypes give.
# shellcheck disable=SC2154 # status, stdout and stderr are set by run
load helper

columns=CHR=CHR,POS=POS,ID=ID,EA=EA,OA=OA,Z=Z,N=N

# Q as it is: what rounding costs is for ld-store.bats to say.
dw-ldblock() {
    command dw-ldblock --store f32 "$@"
}

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    dw-synth -q --seed 7 --people 400 --chroms 2 --length 400k --missing 0.01 \
        --variants 900 --annotations 3 -o demo
    base=$(awk 'NR == 1 { print int($4 / 1e6) * 1000000 }' demo.bim)
    echo "$base" >base
    # Of the panel's variants every fourth is not in the study, and every third
    # of the others has its alleles the other way round.
    awk 'BEGIN { OFS = "\t"; print "CHR", "POS", "ID", "EA", "OA", "Z", "N" }
        NR % 4 == 0 { next }
        NR % 3 { print $1, $4, $2, $5, $6, NR % 7 - 3, 1000; next }
        { print $1, $4, $2, $6, $5, NR % 5 - 2, 1000 }' demo.bim >study.tsv
    dw-ingest -q --columns "$columns" --ambiguous keep study.tsv -o study.dws
    printf '%d\t%d\t%d\n' 1 "$base" $((base + 200000)) \
        1 $((base + 200000)) $((base + 400000)) 2 "$base" $((base + 400000)) \
        >blocks.bed
    windows="--window 150k --flank 50k"
    # A panel that is cut a decade lower leaves the cut to whoever joins it.
    echo "$windows" >windows
    # shellcheck disable=SC2086
    dw-ldblock -q --panel --geno demo.bed $windows --min-maf 0.05 --min-eigen 1e-5 -o panel.dws
    # shellcheck disable=SC2086
    dw-ldblock -q --geno demo.bed $windows --min-maf 0.05 study.dws -o direct.dws
    dw-view --variants study.dws | awk 'BEGIN { OFS = "\t"
            print "CHR", "POS", "REF", "ALT", "PRIOR_VAR" }
        NR > 1 { print $3, $4, $6, $7, 1e-4 * (1 + NR % 7) }' >prior.tsv
}

setup() {
    cd "$BATS_FILE_TMPDIR" || return 1
    base=$(cat base)
    windows=$(cat windows)
}

# is_panel FILE: all 900 variants, no trait.
is_panel() {
    dw-view --tail "$1" | awk '/dw-ldblock/ { n += $3 } END { exit n != 900 }'
    ! dw-view --head "$1" | grep '^trait'
}

@test "without a stream: a panel of all variants" {
    dw-ldblock -q --geno demo.bed -o null.dws </dev/null
    is_panel null.dws
    dw-ldblock -q --geno demo.bed -o closed.dws <&-
    cmp null.dws closed.dws
    # So is a terminal.
    python3 -c 'import os; os.openpty()' || skip "there are no pseudo-terminals"
    python3 - dw-ldblock --store f32 -q --geno demo.bed -o terminal.dws <<'PY'
import os, subprocess, sys
stdin = os.openpty()[1]
sys.exit(subprocess.run(sys.argv[1:], stdin=stdin, timeout=60).returncode)
PY
    cmp null.dws terminal.dws
    # --panel reads no stream, whatever there is.
    : >empty
    for stdin in empty study.dws study.tsv; do
        dw-ldblock -q --panel --geno demo.bed -o asked.dws <$stdin
        cmp <(dw-view --variants null.dws) <(dw-view --variants asked.dws)
    done
    # From LD, too.
    dw-ldblock -q --ld null.dws -o again.dws </dev/null
    cmp <(dw-view --variants null.dws) <(dw-view --variants again.dws)
    cmp <(dw-view --ld 1 null.dws) <(dw-view --ld 1 again.dws)
}

@test "a pipe or a file on standard input is a stream, though it be empty" {
    : >empty
    for o in "--geno demo.bed" "--ld panel.dws"; do
        # shellcheck disable=SC2086
        run --separate-stderr dw-ldblock $o -o no.dws <empty
        refused 'standard input: empty, .*did the step before it fail. .--panel reads no stream.'
        # shellcheck disable=SC2086
        run --separate-stderr bash -c ": | dw-ldblock $o -o no.dws"
        refused 'did the step before it fail'
        # shellcheck disable=SC2086
        run --separate-stderr bash -c "dw-ldblock $o -o no.dws <study.tsv"
        refused 'not a dw stream .it looks like text.'
        [ ! -e no.dws ]
        # shellcheck disable=SC2086
        dw-ldblock -q $o study.dws | dw-view --variants >named
        # shellcheck disable=SC2086,SC2002
        cat study.dws | dw-ldblock -q $o | dw-view --variants | cmp named
        # shellcheck disable=SC2086
        dw-ldblock -q $o <study.dws | dw-view --variants | cmp named
        # shellcheck disable=SC2086
        dw-ldblock -q $o - <study.dws | dw-view --variants | cmp named
    done
    # What was named is a stream, and no less if it is the null device.
    run --separate-stderr dw-ldblock --geno demo.bed -o no.dws /dev/null
    refused '/dev/null: empty, '
    run --separate-stderr dw-ldblock --geno demo.bed -o no.dws - </dev/null
    refused 'standard input: empty, '
    # A step that fails is no panel.
    run bash -c 'dw-ingest -q none.tsv 2>err | dw-ldblock -q --geno demo.bed -o no.dws'
    [ "$status" -eq 1 ]
    [ ! -e no.dws ]
}

# same_evidence A B TOLERANCE: log p, its null and M, CORE, K of each block.
same_evidence() {
    for f in "$1" "$2"; do
        dw-eval -q --prior prior.tsv --s2 1 --tau "${4:-0.1}" --by block "$f" >"$f.ev"
    done
    paste "$1.ev" "$2.ev" | awk -v t="$3" '
        function apart(a, b) { return (a > b ? a - b : b - a) / (a < 0 ? -a : a) }
        NR > 1 {
            if ($2 != $9 || $3 != $10) { print "sizes of block " NR - 1; bad = 1 }
            if (apart($4, $11) > max) max = apart($4, $11)
            if (apart($5, $12) > max) max = apart($5, $12)
        }
        END { print "apart " max; exit bad || NR < 2 || max > t }'
}

variants_of() {
    dw-view --variants "$1" | awk 'NR > 1 { $8 = sprintf("%.5f", $8) } { print }'
}

# The same keys, z and N; frequencies that were turned round by a float.
same_variants() {
    cmp <(variants_of "$1") <(variants_of "$2")
    cmp <(dw-view --blocks "$1" | cut -f 1-6) <(dw-view --blocks "$2" | cut -f 1-6)
}

@test "a study joined to a panel is what the genotypes give" {
    run --separate-stderr dw-ldblock --ld panel.dws study.dws -o joined.dws
    [ "$status" -eq 0 ]
    [[ $stderr =~ "were taken out" ]]
    [[ $stderr =~ panel.dws:\ 400\ people ]]
    same_variants direct.dws joined.dws
    same_evidence direct.dws joined.dws 1e-6
    # Signs, and the frequencies that the study does not give, are of its ALT.
    dw-view --ld 1 direct.dws >d
    dw-view --ld 1 joined.dws >j
    paste d j | awk '{ for (i = 1; i <= NF / 2; i++) { x = $i - $(i + NF / 2)
            if (x > 1e-5 || x < -1e-5) bad = 1 } }
        END { exit bad || NR < 10 }'
}

@test "with the cores of a BED, and variants of both chromosomes" {
    dw-ldblock -q --panel --geno demo.bed --blocks blocks.bed --min-maf 0.05 --min-eigen 1e-8 -o p.dws
    dw-ldblock -q --geno demo.bed --blocks blocks.bed --min-maf 0.05 study.dws -o d.dws
    dw-ldblock -q --ld p.dws study.dws -o j.dws
    same_variants d.dws j.dws
    same_evidence d.dws j.dws 1e-6
}

@test "a study of all of the panel's variants gets the panel's own factor" {
    dw-view --variants panel.dws | awk 'BEGIN { OFS = "\t"
            print "CHR", "POS", "ID", "EA", "OA", "Z", "N" }
        NR > 1 && $2 { print $3, $4, $5, $7, $6, NR % 5, 1000 }' |
        dw-ingest -q --columns "$columns" --ambiguous keep - -o all.dws
    run --separate-stderr dw-ldblock --ld panel.dws all.dws -o all.ld.dws
    [ "$status" -eq 0 ]
    [[ ! $stderr =~ "taken out" ]]
    for b in 1 5 8; do
        cmp <(dw-view --ld $b panel.dws) <(dw-view --ld $b all.ld.dws)
    done
    # It is what the genotypes give, byte for byte but for the HEAD.
    # shellcheck disable=SC2086
    dw-ldblock -q --geno demo.bed $windows --min-maf 0.05 all.dws -o all.geno.dws
    cmp <(dw-view --variants all.geno.dws) <(dw-view --variants all.ld.dws)
    for b in 1 5 8; do
        cmp <(dw-view --ld $b all.geno.dws) <(dw-view --ld $b all.ld.dws)
    done
}

@test "real variants: chromosome 22 of HapMap 3" {
    need_shared
    geno=$SHARED/ukbb_height_chr22_hm3/geno/1000G_eur_chr22
    bed=$SHARED/ldblocks/ldetect_grch37.eur.loci.bed
    dw-ingest -q --ref "$geno.bim" \
        "$SHARED/ukbb_height_chr22_hm3/ukb_height_chr22.fastGWA.gz" -o real.dws
    dw-ldblock -q --panel --geno "$geno.bed" --blocks "$bed" --min-eigen 1e-5 -o real.panel.dws
    dw-ldblock -q --geno "$geno.bed" --blocks "$bed" real.dws -o real.direct.dws
    dw-ldblock -q --ld real.panel.dws real.dws -o real.joined.dws
    [ "$(dw-view --blocks real.joined.dws | wc -l)" -eq 25 ]
    same_variants real.direct.dws real.joined.dws
    cp prior.tsv made.tsv
    dw-view --variants real.dws | awk 'BEGIN { OFS = "\t"
            print "CHR", "POS", "REF", "ALT", "PRIOR_VAR" }
        NR > 1 { print $3, $4, $6, $7, 1e-5 * (1 + NR % 7) }' >prior.tsv
    same_evidence real.direct.dws real.joined.dws 1e-6 0.35 || { cp made.tsv prior.tsv; return 1; }
    cp made.tsv prior.tsv
}

@test "the same bytes for any number of threads" {
    for t in 1 2 5; do
        dw-ldblock -q -@ $t --ld panel.dws study.dws -o $t.dws
        dw-ldblock -q -@ $t --panel --ld panel.dws --min-maf 0.1 -o p$t.dws
    done
    cmp 1.dws 2.dws
    cmp 1.dws 5.dws
    cmp p1.dws p5.dws
    # Where some blocks are not come to, and reasons come in another order.
    for t in 1 5; do
        dw-ldblock -q -@ $t --ld panel.dws -r "1:$((base + 120000))-$((base + 180000)),2" \
            study.dws -o r$t.dws
    done
    cmp r1.dws r5.dws
}

@test "HEAD: panel, people and how are the panel's; both histories" {
    dw-ldblock -q --ld panel.dws --min-maf 0.1 study.dws | dw-view --head >head.txt
    grep -q '^panel.demo.bed.400.genotypes, windows of 150000 .*min-maf 0.05; joined with min-eigen 0.0001, min-maf 0.1$' head.txt
    [ "$(awk '/^step/ { print $2, $3 }' head.txt | xargs)" = \
        "0 dw-ingest 1 dw-ldblock 0 dw-ldblock 1 dw-ldblock" ]
    grep -q '^input.demo.bim' head.txt
    # Chromosomes that were joined apart are cat.
    dw-ldblock -q --ld panel.dws -r 1 study.dws -o j1.dws
    dw-ldblock -q --ld panel.dws -r 2 study.dws -o j2.dws
    cmp <(cat j1.dws j2.dws | dw-view --variants) \
        <(dw-ldblock -q --ld panel.dws study.dws | dw-view --variants)
}

@test "a panel in pieces, and chromosomes in another order" {
    for c in 1 2; do
        # shellcheck disable=SC2086
        dw-ldblock -q --panel --geno demo.bed $windows --min-maf 0.05 -r $c -o p$c.dws
        awk -v c=$c 'NR == 1 || $1 == c' study.tsv |
            dw-ingest -q --columns "$columns" --ambiguous keep - -o s$c.dws
    done
    cat p1.dws p2.dws >p12.dws
    cat p2.dws p1.dws >p21.dws
    dw-ldblock -q --ld panel.dws study.dws -o whole.dws
    for p in p12 p21; do
        dw-ldblock -q --ld $p.dws study.dws -o j.dws
        same_variants whole.dws j.dws
        for b in 1 8; do
            cmp <(dw-view --ld $b whole.dws) <(dw-view --ld $b j.dws)
        done
    done
    # Both pieces' histories, side by side with the study's.
    [ "$(dw-view --head j.dws | awk '/^step/ { print $2 }' | sort -u | wc -l)" -eq 3 ]
    # Several runs, one chromosome again and again.
    cat s2.dws s1.dws s2.dws s2.dws >runs.dws
    dw-ldblock -q --ld panel.dws runs.dws -o runs.out
    [ "$(dw-view --blocks runs.out | awk 'NR > 1 { print $2 }' | uniq | xargs)" = "2 1 2" ]
    dw-ldblock -q --ld panel.dws s2.dws -o one.out
    n=$(($(dw-view --blocks one.out | wc -l) - 1))
    all=$(($(dw-view --blocks runs.out | wc -l) - 1))
    for b in 1 $((all - n + 1)) $((all - 2 * n + 1)); do
        cmp <(dw-view --ld 1 one.out) <(dw-view --ld $b runs.out)
    done
    [ "$(dw-view --tail runs.out | grep -c 'dw-ldblock/taken')" -eq 4 ]
    # One chromosome comes back.
    cat p1.dws p2.dws p1.dws >back.dws
    run --separate-stderr dw-ldblock -q --panel --ld back.dws -o no.dws
    refused 'comes back to chromosome 1 behind 2'
}

@test "several traits, each with its own z missing" {
    awk 'NR == 1 || NR % 2' study.tsv >odd.tsv
    dw-ingest -q --columns "$columns" --ambiguous keep --trait odd --add odd.tsv study.dws -o two.dws
    dw-ldblock -q --ld panel.dws two.dws -o two.ld
    # shellcheck disable=SC2086
    dw-ldblock -q --geno demo.bed $windows --min-maf 0.05 two.dws -o two.geno
    same_variants two.ld two.geno
    for t in study odd; do
        for f in two.ld two.geno; do
            dw-eval -q --prior prior.tsv --trait $t --s2 1 --tau 0.1 --by block $f >$f.$t
        done
        paste two.ld.$t two.geno.$t | awk '
            NR > 1 { d = ($4 - $11) / $4; if (d > 1e-6 || d < -1e-6) bad = 1 }
            END { exit bad || NR < 5 }'
    done
}

@test "what is left out is counted, once a variant" {
    # Variants that the panel has not, one with other alleles, one chromosome
    # that it has not.
    {
        cat study.tsv
        awk 'NR % 100 == 1 { print $1, $4 + 1, "new" NR, "A", "C", 1, 1000 }' OFS='\t' demo.bim
        awk 'NR % 100 == 4 { print $1, $4, "odd" NR, "AAA", "C", 1, 1000 }' OFS='\t' demo.bim
        printf '9\t1000\tnine\tA\tC\t1\t1000\n'
    } >more.tsv
    dw-ingest -q --columns "$columns" --ambiguous keep more.tsv -o more.dws
    # shellcheck disable=SC2086
    dw-ldblock -q --panel --geno demo.bed $windows -o all.dws
    run --separate-stderr dw-ldblock --ld all.dws --min-maf 0.05 \
        -r 1,9,2:1-$((base + 300000)) more.dws -o more.ld
    [ "$status" -eq 0 ]
    [[ $stderr =~ "were taken out" ]]
    dw-view --tail more.ld | awk '/dw-ldblock/ { n[substr($2, 12)] = $3; all += $3 }
        END { print n["contig_not_in_panel"], n["alleles_differ"]
            exit all != '"$(($(wc -l <more.tsv) - 1))"' || !n["outside_region"] || !n["low_maf"] ||
                n["not_in_panel"] < 5 || n["not_in_panel"] > 9 }' >shown
    [ "$(cut -d ' ' -f 1 shown)" -eq 1 ]
    # The genotypes say the same.
    # shellcheck disable=SC2086
    dw-ldblock -q --geno demo.bed $windows --min-maf 0.05 \
        -r 1,9,2:1-$((base + 300000)) more.dws -o more.geno
    diff <(dw-view --tail more.ld | grep dw-ldblock | sort) \
        <(dw-view --tail more.geno | grep dw-ldblock | sort)
}

@test "a panel of a panel: a region, a higher cut" {
    run --separate-stderr dw-ldblock --panel --ld panel.dws --min-maf 0.2 -r 1 \
        --keep-rank 0.9 -o small.dws
    [ "$status" -eq 0 ]
    [[ $stderr =~ low_maf\ +[1-9] ]]
    [[ $stderr =~ outside_region\ +[1-9] ]]
    dw-view --variants small.dws | awk 'NR > 1 && ($3 != 1 || $8 < 0.2 || $8 > 0.8) { bad = 1 }
        END { exit bad || NR < 50 }'
    # shellcheck disable=SC2086
    dw-ldblock -q --panel --geno demo.bed $windows --min-maf 0.2 -r 1 --keep-rank 0.9 -o want.dws
    same_variants want.dws small.dws
    cmp <(dw-view --blocks want.dws) <(dw-view --blocks small.dws)
    # A block stream with a study is a panel too; its study is not asked.
    dw-ldblock -q --ld direct.dws study.dws -o again.dws
    same_variants direct.dws again.dws
    cmp <(dw-view --ld 3 direct.dws) <(dw-view --ld 3 again.dws)
}

@test "tracks of the stream are cut for the blocks of the panel" {
    need_shared
    geno=$SHARED/ukbb_height_chr22_hm3/geno/1000G_eur_chr22
    bed=$SHARED/ldblocks/ldetect_grch37.eur.loci.bed
    region=22:16000000-26000000
    dw-ingest -q --ref "$geno.bim" --track-window 10240 --track-bin 1024 \
        --track "h=$SHARED/annot/bigwig/hela_h3k4_chr22.hg19.bw" \
        "$SHARED/ukbb_height_chr22_hm3/ukb_height_chr22.fastGWA.gz" -o track.dws
    dw-ldblock -q --panel --geno "$geno.bed" --blocks "$bed" -r $region -o track.panel
    dw-ldblock -q -@ 2 --ld track.panel -r $region track.dws -o track.ld
    dw-ldblock -q --geno "$geno.bed" --blocks "$bed" -r $region track.dws -o track.geno
    dw-ldblock -q -@ 5 --geno "$geno.bed" --blocks "$bed" -r $region track.dws -o track.geno5
    cmp track.geno track.geno5
    [ "$(dw-view track.ld | awk '$1 == "TRAK" { print $2 }')" -gt 5 ]
    cmp <(dw-view --tracks track.ld) <(dw-view --tracks track.geno)
}

@test "panels that are none, or not of this study" {
    refuses 'study.dws: holds variants without LD; a panel is made by dw-ldblock --geno' dw-ldblock \
        --ld study.dws study.dws
    refuses 'study.tsv: is no LD that is known' dw-ldblock --ld study.tsv study.dws
    refuses 'none.dws: No such file' dw-ldblock --ld none.dws study.dws
    head -c 20000 panel.dws >cut.dws
    refuses 'cut.dws: cut short' dw-ldblock --ld cut.dws study.dws
    refuses 'is not a regular file' dw-ldblock --ld <(cat panel.dws) study.dws
    refuses 'direct.dws: chunk 1 \(HEAD\): the stream holds blocks already, made from demo.bed' dw-ldblock --ld panel.dws direct.dws
    # Bytes that are other ones, in the middle.
    cp panel.dws bad.dws
    printf 'x' | dd of=bad.dws bs=1 seek=$(($(wc -c <panel.dws) / 2)) conv=notrunc status=none
    refuses 'bad.dws: ' dw-ldblock --ld bad.dws study.dws
    # Another build: by what HEAD says, by positions, by alleles.
    # shellcheck disable=SC2086
    dw-ldblock -q --panel --geno demo.bed $windows --build hg38 -o p38.dws
    dw-ingest -q --columns "$columns" --ambiguous keep --build hg19 study.tsv -o s37.dws
    refuses 'p38.dws is of genome build GRCh38, and the stream of GRCh37' dw-ldblock --ld p38.dws s37.dws
    dw-ldblock -q --ld p38.dws study.dws | dw-view --head | grep -q '^build.GRCh38'
    awk 'NR > 1 { $2 += 7 } { print }' OFS='\t' study.tsv |
        dw-ingest -q --columns "$columns" --ambiguous keep - -o far.dws
    refuses 'panel.dws has [0-9]+ of the [0-9]+ variants of the stream; are they of one genome build' dw-ldblock \
        --ld panel.dws far.dws
    awk 'NR > 1 { $4 = "AAAA"; $5 = "C" } { print }' OFS='\t' study.tsv |
        dw-ingest -q --columns "$columns" --ambiguous keep - -o other.dws
    refuses 'with other alleles' dw-ldblock --ld panel.dws other.dws
    awk 'NR > 1 { $1 = 9 } { print }' OFS='\t' study.tsv | sort -k 2n |
        dw-ingest -q --columns "$columns" --ambiguous keep - -o nine.dws
    refuses 'panel.dws has none of the stream.s chromosomes' dw-ldblock --ld panel.dws nine.dws
    refuses 'none of the variants found can be used' dw-ldblock --ld panel.dws --min-maf 0.5 study.dws
    refuses '-r 7: no variant lies there' dw-ldblock --ld panel.dws -r 7 study.dws
}

@test "what does not go with --ld" {
    for o in "--geno demo.bed" "--samples demo.fam" --dosage "--window 3M" "--flank 1" \
        "--blocks blocks.bed" "--max-variants 100" "--max-missing 0.1"; do
        # shellcheck disable=SC2086
        run --separate-stderr dw-ldblock --ld panel.dws $o study.dws
        [ "$status" -eq 2 ]
        [[ $stderr =~ "does not go with --ld" ]] || { echo "$o: $stderr"; return 1; }
    done
    run --separate-stderr dw-ldblock --ld panel.dws --build hg19 study.dws
    [ "$status" -eq 2 ]
}

@test "the pipeline over a panel: a model, scores" {
    dw-ldblock -q --ld panel.dws study.dws | dw-fit -q --model const - -o m.dws
    dw-ldblock -q --ld panel.dws study.dws | dw-score -q -m m.dws - >scores
    dw-fit -q --model const direct.dws -o md.dws
    dw-score -q -m md.dws direct.dws >direct.scores
    paste scores direct.scores | awk 'NR > 1 { n++; if ($3 != $(NF / 2 + 3)) bad = 1 }
        END { exit bad || n < 400 }'
}
