#!/usr/bin/env bats
# bigWig and bigBed as annotations and as signal tracks, against readings that
# share no code with ours.
load helper

# tells WORDS: the last `run --separate-stderr` ended with 0 and said so.
# shellcheck disable=SC2154 # status and stderr are set by run
tells() {
    [ "$status" -eq 0 ] && [[ $stderr == *"$1"* ]] && return
    echo "status $status, stderr: $stderr"
    return 1
}

ORACLE=$BATS_TEST_DIRNAME/../oracle/signals.py

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    BW=$SHARED/annot/bigwig/hela_h3k4_chr22.hg19.bw
    BG=$SHARED/annot/bed/valr_hela.h3k4.chip.bg.gz
}

# A panel of ten variants of two chromosomes, and a signal in steps: zeros, a
# gap, neighbours of one value, nothing on chromosome 3.
small() {
    printf 'chr2\t100\t150\t0\nchr2\t150\t160\t2\nchr2\t160\t200\t2\n' >s.bg
    printf 'chr2\t300\t301\t-1.5\nchr2\t301\t330\t4\n' >>s.bg
    python3 "$ORACLE" write s.bw chr2=243199373 <s.bg
    for pos in 1 100 101 150 151 200 201 301 302 331; do
        printf '2\trs%s\t0\t%s\tA\tG\n' "$pos" "$pos"
    done >p.bim
    printf '3\trs3\t0\t5\tA\tG\n' >>p.bim
}

# positions of the panel's variants on a chromosome
positions() {
    awk -v c="$2" '$1 == c { print $4 }' "$1"
}

# dense N: a panel of N variants of chr22 where the real signal is, a few bases
# apart at first, then far from each other.
dense() {
    zcat "$BG" | awk -v n="$1" 'NR % int(20685 / n) == 1 && $2 > last {
        printf "22\trs%d\t0\t%d\tA\tG\n22\trs%dx\t0\t%d\tA\tG\n",
            $2, $2 + 1, $2, $2 + 37; last = $2 + 37 }' >p.bim
}

@test "--bigwig: the base and means of windows, missing told from 0" {
    small
    dw-ingest -q --ref p.bim --bigwig "s=s.bw@1,50,1k" -o v.dws
    dw-view --variants v.dws | awk 'NR == 1' | cut -f 9- >names
    [ "$(cat names)" = $'s\ts.1\ts.50\ts.1000' ]
    dw-view --variants v.dws | awk '$3 == 2' | cut -f 4,9- >ours
    positions p.bim 2 | python3 "$ORACLE" columns s.bg chr2 1 50 1000 >theirs
    diff ours theirs
    grep -q $'^101\t0\t' ours
    grep -q $'^201\tNA\t' ours
    [ "$(dw-view --variants v.dws | awk '$3 == 3' | cut -f 9-)" = \
        $'NA\tNA\tNA\tNA' ]
    dw-view --head v.dws | grep -q $'^annot\ts\t.\t5$'
    dw-view --head v.dws | grep -q $'^input\ts.bw\t'
}

@test "--bigwig: a real one against the bedGraph it was made of" {
    need_shared
    dense 1000
    dw-ingest -q --ref p.bim --bigwig "h=$BW@200,5k" -o v.dws
    dw-view --variants v.dws | tail -n +2 | cut -f 4,9- >ours
    positions p.bim 22 | python3 "$ORACLE" columns "$BG" chr22 200 5000 >theirs
    [ "$(wc -l <ours)" -gt 1000 ]
    diff ours theirs
}

@test "--track: bins of a real one against the bedGraph it was made of" {
    need_shared
    dense 1000
    dw-ingest -q --ref p.bim --track "h=$BW" --track-window 320 \
        --track-bin 32 -o v.dws
    dw-view --bins h v.dws | tail -n +2 | cut -f 4,8- >ours
    positions p.bim 22 | python3 "$ORACLE" bins "$BG" chr22 320 32 >theirs
    [ "$(wc -l <ours)" -gt 1000 ]
    diff ours theirs
    # All that is stored of the signal is as the bedGraph has it.
    dw-view --runs h v.dws | tail -n +2 | cut -f 2- >runs
    zcat "$BG" | sed 's/^chr//' | sort -k 2n >wanted
    awk -v OFS='\t' 'NR == FNR { for (i = $2; i < $3; i++) v[i] = $4; next }
        { for (i = $2; i < $3; i++) if (v[i] != $4) bad++ }
        END { exit bad > 0 }' wanted runs
}

@test "--track: one TRAK behind each VARS, of few bytes where variants are far" {
    small
    dw-ingest -q --ref p.bim --track s=s.bw --track-window 8 --track-bin 2 \
        -o v.dws
    [ "$(dw-view v.dws | awk '$1 == "TRAK" { print $2, $3 }')" = "2 2" ]
    run dw-view --tracks v.dws
    [ "${lines[0]}" = \
        $'BLOCK\tCHR\tTRACK\tUNIT\tWINDOW\tBIN\tSTART\tEND\tRUNS\tCOVERED\tMEAN' ]
    # Windows at 1, 96-104 (variants 100, 101), 145-154, 195-204, 296-305,
    # 326-334.  What lies between 104 and 145, and between 154 and 195, is one
    # run at most, and kept.
    run dw-view --runs s v.dws
    [ "${lines[1]}" = $'.\t2\t100\t150\t0' ]
    [ "${lines[2]}" = $'.\t2\t150\t200\t2' ]
    [ "${lines[3]}" = $'.\t2\t300\t301\t-1.5' ]
    [ "${lines[4]}" = $'.\t2\t301\t330\t4' ]
    run dw-view --bins s v.dws
    [ "${lines[0]}" = $'BLOCK\tCORE\tCHR\tPOS\tID\tREF\tALT\t-4\t-2\t+0\t+2' ]
    dw-view --bins s v.dws | awk '$3 == 2' | cut -f 4,8- >ours
    positions p.bim 2 | python3 "$ORACLE" bins s.bg chr2 8 2 >theirs
    diff ours theirs
}

@test "--track: blocks get what their variants need, whatever the threads" {
    need_shared
    geno=$SHARED/ukbb_height_chr22_hm3/geno/1000G_eur_chr22
    dw-ingest -q --ref "$geno.bim" --track "h=$BW" \
        --track "d=$SHARED/annot/bigwig/valr_hg19.dnase1.bw" \
        --track-window 10240 --track-bin 1024 -o v.dws
    [ "$(dw-view v.dws | awk '$1 == "VARS" { print $2 }')" -gt 50 ]
    for t in 1 3; do
        dw-ldblock -q -@ "$t" --geno "$geno.bed" -r 22:16000000-30000000 \
            --window 500k --flank 100k -o "b$t.dws" v.dws
    done
    cmp b1.dws b3.dws
    zstd -tq <b1.dws
    for f in v b1; do
        python3 "$ROOT/tests/oracle/read_stream.py" --runs h "$f.dws" |
            diff - <(dw-view --runs h "$f.dws")
    done
    [ "$(dw-view b1.dws | awk '$1 == "TRAK" { print $2 * 2 }')" = \
        "$(dw-view --tracks b1.dws | tail -n +2 | wc -l)" ]
    for track in h d; do
        dw-view --bins "$track" v.dws | tail -n +2 | cut -f 3- |
            awk '$2 <= 30000000' >one
        dw-view --bins "$track" b1.dws | awk '$2 == 1' | cut -f 3- |
            sort -t "$(printf '\t')" -k 2n >two
        [ "$(wc -l <two)" -gt 3000 ]
        diff one two
        [ "$(cut -f 6- two | tr '\t' '\n' | grep -vc NA)" -gt 20 ]
        # Flanks have their windows too.
        dw-view --bins "$track" b1.dws | awk '$2 == 0' | cut -f 3- | sort -u >f
        sort one | comm -23 f - >alien
        [ ! -s alien ]
    done
}

@test "--add: annotations and tracks onto variants and onto blocks" {
    need_shared
    dense 300
    sed 's/rs/r/' p.bim >q.bim
    dw-ingest -q --ref p.bim --bigwig "h=$BW@1k" --track "h=$BW" -o want.dws
    dw-ingest -q --ref p.bim -o v.dws
    dw-ingest -q --add --bigwig "h=$BW@1k" --track "h=$BW" -o got.dws v.dws
    diff <(dw-view --variants want.dws) <(dw-view --variants got.dws)
    diff <(dw-view --bins h want.dws) <(dw-view --bins h got.dws)
    run --separate-stderr dw-ingest -q --add --track "x=$BW" -o x.dws got.dws
    refused 'got.dws: has tracks already'
    [ ! -e x.dws ]
    geno=$SHARED/ukbb_height_chr22_hm3/geno/1000G_eur_chr22
    dw-ldblock -q --panel --geno "$geno.bed" -r 22:18000000-20000000 \
        --window 1M --flank 100k -o b.dws
    dw-ingest -q --add --bigwig "h=$BW" --track "h=$BW" -o c.dws b.dws
    [ "$(dw-view c.dws | awk '$1 == "TRAK" { print $2 }')" = \
        "$(dw-view c.dws | awk '$1 == "LDBK" { print $2 }')" ]
    dw-view --variants c.dws | tail -n +2 | cut -f 4,9 | sort -u >ours
    cut -f 1 ours | python3 "$ORACLE" columns "$BG" chr22 | cut -f 1,2 >theirs
    diff ours theirs
    dw-view --bins h c.dws | tail -n +2 | cut -f 4,8- | sort -u >ours
    cut -f 1 ours | python3 "$ORACLE" bins "$BG" chr22 256 16 >theirs
    diff ours theirs
}

@test "bigBed: within its items or not, and a column" {
    small
    need_shared
    /usr/bin/python3 -c 'import pyBigWig' 2>/dev/null ||
        skip "python3-pybigwig is not installed"
    bb=$SHARED/annot/bigwig/valr_test.bb
    /usr/bin/python3 - "$bb" >want <<'PY'
import sys, pyBigWig
b = pyBigWig.open(sys.argv[1])
for c in ("chr1", "chr10", "chr20"):
    for s, e, rest in b.entries(c, 0, b.chroms(c)):
        for pos in (s, s + 1, e, e + 1):
            hit = b.entries(c, pos - 1, pos)
            print(c[3:], pos, int(bool(hit)),
                  max(int(h[2].split("\t")[1]) for h in hit) if hit else "NA",
                  sep="\t")
PY
    sort -u want | sort -k 1n -k 2n >want.sorted
    awk -v OFS='\t' '{ print $1, "rs" NR, 0, $2, "A", "G" }' want.sorted >p.bim
    dw-ingest -q --ref p.bim --bigwig "in=$bb" --bigwig "score=$bb:5" -o v.dws
    dw-view --variants v.dws | tail -n +2 | cut -f 3,4,9,10 >ours
    [ -s ours ]
    diff ours want.sorted
}

@test "--bed of a bigBed is --bed of its text" {
    need_shared
    /usr/bin/python3 -c 'import pyBigWig' 2>/dev/null ||
        skip "python3-pybigwig is not installed"
    bb=$SHARED/annot/bigwig/valr_test.bb
    /usr/bin/python3 - "$bb" >text.bed <<'PY'
import sys, pyBigWig
b = pyBigWig.open(sys.argv[1])
for c in b.chroms():
    for s, e, rest in b.entries(c, 0, b.chroms(c)):
        print(c, s, e, rest, sep="\t")
PY
    awk -v OFS='\t' '{ c = substr($1, 4)
        print c, "a" NR, 0, $2, "A", "G"; print c, "b" NR, 0, $2 + 1, "A", "G"
        print c, "c" NR, 0, $3, "A", "G"; print c, "d" NR, 0, $3 + 300, "A", "G" }' \
        text.bed | sort -k 1n -k 4n | awk '!seen[$1, $4]++' >p.bim
    for words in x@500 x:score x:score,mean,na x:count@1k; do
        dw-ingest -q --ref p.bim --bed "${words/x/x=$bb}" -o bb.dws
        dw-ingest -q --ref p.bim --bed "${words/x/x=text.bed}" -o text.dws
        diff <(dw-view --variants bb.dws) <(dw-view --variants text.dws)
        dw-view --variants bb.dws | cut -f 9 | grep -q 1
    done
    run --separate-stderr dw-ingest -q --ref p.bim --bed "x=$bb:13"
    refused 'has no column 13 of values'
    run --separate-stderr dw-ingest -q --ref p.bim --bed "x=$BW"
    [ "$status" -eq 2 ]
    run --separate-stderr dw-ingest --ref p.bim --bed "x=$bb" -o bb.dws
    tells 'BED, inside or not'
}

@test "--track: variants that fall for their N have no window" {
    small
    {
        printf 'CHR\tPOS\tSNP\tEA\tOA\tN\tZ\n'
        awk -v OFS='\t' '$1 == 2 { print $1, $4, $2, "A", "G",
            ($4 > 140 && $4 < 160 ? 10 : 1000), 1 }' p.bim
    } >study.tsv
    dw-ingest -q --ref p.bim --track s=s.bw --track-window 8 --track-bin 2 \
        -o v.dws study.tsv
    [ "$(dw-view v.dws | awk '$1 == "TRAK" { print $2, $3 }')" = "1 1" ]
    dw-view --bins s v.dws | tail -n +2 | cut -f 4,8- >ours
    positions p.bim 2 | awk '$1 < 140 || $1 > 160' |
        python3 "$ORACLE" bins s.bg chr2 8 2 >theirs
    diff ours theirs
    # Nothing is kept for those: between 104 and 195 the signal has one step.
    awk '$2 != 100 && $2 != 101' study.tsv >far
    dw-ingest -q --ref p.bim --track s=s.bw --track-window 8 --track-bin 2 \
        -o v.dws far
    [ "$(dw-view --runs s v.dws | awk 'NR == 2' | cut -f 3)" -gt 160 ]
}

@test "no chromosome in common, and another build, are told" {
    small
    printf 'chr9\t1\t9\t1\n' | python3 "$ORACLE" write n.bw chr9=100
    run --separate-stderr dw-ingest --ref p.bim --bigwig n=n.bw -o v.dws
    tells "warning: n.bw: has none of the variants' chromosomes: they \
have 2, it has chr9"
    printf 'chr2\t1\t9\t1\n' | python3 "$ORACLE" write n.bw chr2=242193529
    run --separate-stderr dw-ingest -q --ref p.bim --build hg19 --bigwig n=n.bw
    refused 'n.bw: is of GRCh38, by the lengths of its chromosomes, and the '
    run --separate-stderr dw-ingest -q --ref p.bim --build hg19 --track n=n.bw
    refused 'n.bw: is of GRCh38, by the lengths of its chromosomes, and the '
    printf 'chr2\t1\t9\t1\n' | python3 "$ORACLE" write n.bw chr2=300
    run --separate-stderr dw-ingest --ref p.bim --track n=n.bw -o v.dws
    tells "n.bw: 3 variants lie behind the end of their chromosome"
}

@test "values that are infinite count as missing, and are told" {
    small
    printf 'chr2\t99\t100\t1\nchr2\t100\t101\tinf\nchr2\t150\t151\tnan\n' |
        python3 "$ORACLE" write i.bw chr2=243199373
    run --separate-stderr dw-ingest --ref p.bim --bigwig i=i.bw@4 -o v.dws
    tells "infinite, the first at 2:101; they count as missing"
    [ "$(dw-view --variants v.dws | awk '$4 == 101' | cut -f 9-)" = \
        $'NA\t1' ]
}

@test "what is no bigWig, cut short, big-endian or far away is refused" {
    small
    size=$(wc -c <s.bw)
    head -c $((size - 9)) s.bw >cut.bw
    run --separate-stderr dw-ingest -q --ref p.bim --bigwig s=cut.bw
    refused 'cut.bw: broken: .* cut short|cut.bw: broken: .* does not fit'
    run --separate-stderr dw-ingest -q --ref p.bim --track s=p.bim
    refused 'p.bim: is neither bigWig nor bigBed'
    {
        printf '\x88\x8f\xfc\x26'
        tail -c +5 s.bw
    } >big.bw
    run --separate-stderr dw-ingest -q --ref p.bim --bigwig s=big.bw
    refused 'big.bw: is big-endian'
    run --separate-stderr dw-ingest -q --ref p.bim --bigwig s=/dev/null
    refused '/dev/null: is neither bigWig nor bigBed'
    run --separate-stderr dw-ingest -q --ref p.bim --track s=none.bw
    refused 'none.bw: No such file'
    for wrong in --bigwig=s.bw --bigwig=s=s.bw@5,5 --bigwig=s=http://a/b.bw \
        --bigwig=s=s.bw:x --track=s.bw --track-window=100; do
        run --separate-stderr dw-ingest -q --ref p.bim --track t=s.bw "$wrong"
        [ "$status" -eq 2 ]
        [ -z "$output" ]
    done
    run --separate-stderr dw-ingest -q --ref p.bim --track t=s.bw --track t=s.bw
    [ "$status" -eq 2 ]
}

@test "dw-view: a track that is not there, and a stream without any" {
    small
    dw-ingest -q --ref p.bim --track s=s.bw -o v.dws
    run --separate-stderr dw-view --bins other v.dws
    refused 'v.dws: no track other'
    dw-ingest -q --ref p.bim -o v.dws
    run --separate-stderr dw-view --tracks v.dws
    refused 'v.dws holds no tracks'
}

@test "streams whose tracks are not alike do not belong together" {
    small
    dw-ingest -q --ref p.bim --track s=s.bw -o a.dws
    dw-ingest -q --ref p.bim --track t=s.bw -o b.dws
    cat a.dws b.dws >c.dws
    run --separate-stderr dw-view --tracks -o table c.dws
    refused 'TRAK.: track 1 is t \(.\), and before it s \(.\)'
    [ ! -e table ]
}
