#!/usr/bin/env bats
# What dw-ingest does with files that are broken, cut, mistaken or hostile: one
# clear line, exit status 1, and no partial file.
# shellcheck disable=SC2154 # status, stdout and stderr are set by run
load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    printf '1\tr1\t0\t100\tA\tG\n1\tr2\t0\t200\tC\tT\n1\tr3\t0\t300\tG\tA\n' >p.bim
    {
        printf 'CHR\tSNP\tPOS\tA1\tA2\tN\tAF1\tBETA\tSE\tP\n'
        printf '1\tr1\t100\tA\tG\t1000\t0.2\t0.2\t0.1\t0.1\n'
        printf '1\tr2\t200\tT\tC\t1000\t0.3\t0.3\t0.1\t0.1\n'
        printf '1\tr3\t300\tG\tA\t1000\t0.4\t0.4\t0.1\t0.1\n'
    } >good.tsv
}

# refuses_study FILE PATTERN: dw-ingest refuses the study, and leaves no output.
refuses_study() {
    refuses "$2" dw-ingest --ref p.bim "$1"
}

# counts FILE REASON: rows with that reason are left out, and the others taken.
counts() {
    run --separate-stderr dw-ingest --ref p.bim --report r.tsv -o out.dws "$1"
    [ "$status" -eq 0 ] || { echo "$stderr"; return 1; }
    [ "$(awk -v r="$2" '$1 == "sumstats" && $2 == r { print $3 }' r.tsv)" = 1 ] || {
        cat r.tsv
        return 1
    }
    [ "$(dw-view --variants out.dws | wc -l)" -eq 3 ]
}

@test "the good file is taken" {
    run --separate-stderr dw-ingest --ref p.bim -o out.dws good.tsv
    [ "$status" -eq 0 ]
    [ "$(dw-view --variants out.dws | wc -l)" -eq 4 ]
}

@test "no such file, a folder" {
    refuses_study none.tsv '^dw-ingest: none.tsv: No such file or directory$'
    mkdir d
    refuses_study d 'd: is a directory'
    run --separate-stderr dw-ingest --ref none.bim good.tsv
    refused 'none.bim: No such file'
    run --separate-stderr dw-ingest --annot none.annot good.tsv
    refused 'none.annot: No such file'
    run --separate-stderr dw-ingest --exclude none.bed good.tsv
    refused 'none.bed: No such file'
}

@test "a .gz cut short: gzip, bgzip, zstd, in the middle and at the end" {
    { cat good.tsv; for i in $(seq 2000); do printf '2\ts%d\t%d\tA\tG\t1000\t0.2\t0.%d\t0.1\t0.1\n' "$i" "$i" "$i"; done; } >long.tsv
    gzip -c long.tsv >whole.gz
    bgzip -c long.tsv >whole.bgz
    zstd -q -c long.tsv >whole.zst
    for f in gz bgz zst; do
        size=$(stat -c %s whole.$f)
        for cut in 1 8 28 $((size / 2)); do
            head -c $((size - cut)) whole.$f >cut.$f
            refuses_study cut.$f "cut.$f: this .* file is broken or cut short, after line [0-9]+"
        done
    done
}

@test "an empty file, a header only, empty lines" {
    : >empty.tsv
    refuses_study empty.tsv 'empty.tsv: this file is empty: no header line'
    head -1 good.tsv >header.tsv
    refuses_study header.tsv 'header.tsv: has no rows'
    printf '\n\n' >blank.tsv
    refuses_study blank.tsv 'this file is empty'
    : >empty.bim
    run --separate-stderr dw-ingest --ref empty.bim good.tsv
    refused 'no chromosome in common'
}

@test "a missing column is named, with the nearest header" {
    sed '1s/POS/POSN/' good.tsv >pos.tsv
    refuses_study pos.tsv 'pos.tsv:1: no column POS; the nearest is POSN'
    sed '1s/A1/Allele/' good.tsv >allele.tsv
    refuses_study allele.tsv 'surely the effect and the other allele; say it with --columns'
    sed '1s/BETA/GAMMA/' good.tsv >beta.tsv
    refuses_study beta.tsv 'no columns to make z of'
    cut -f 1-5,7- good.tsv >n.tsv
    refuses_study n.tsv 'no column for the sample size: give it with --n'
    run --separate-stderr dw-ingest --columns BETA=BETTA good.tsv
    refused 'no column BETTA; the nearest is BETA .the header has: CHR'
}

@test "text where a number belongs: line, column and what was found" {
    sed '3s/0\.3\t0\.1/1e5x\t0.1/' good.tsv >text.tsv
    refuses_study text.tsv '^dw-ingest: text.tsv:3: column BETA: "1e5x" is not a number$'
    sed '4s/300/3OO/' good.tsv >pos.tsv
    refuses_study pos.tsv 'pos.tsv:4: column POS: "3OO" is not a position'
    sed '2s/1000/many/' good.tsv >n.tsv
    refuses_study n.tsv 'n.tsv:2: column N: "many" is not a number'
}

@test "ragged rows, two headers" {
    sed '3s/\t0\.1$//' good.tsv >short.tsv
    refuses_study short.tsv 'short.tsv:3: 9 fields where the header has 10'
    sed '3s/$/\tx/' good.tsv >long.tsv
    refuses_study long.tsv 'long.tsv:3: 11 fields where the header has 10'
    cat good.tsv good.tsv >two.tsv
    refuses_study two.tsv 'two.tsv:5: column POS: a second header line'
}

@test "UTF-16, NUL bytes, other packings, binary files" {
    iconv -f UTF-8 -t UTF-16 good.tsv >utf16.tsv
    refuses_study utf16.tsv 'is UTF-16; convert it: iconv'
    iconv -f UTF-8 -t UTF-16LE good.tsv >le.tsv
    refuses_study le.tsv 'le.tsv:1: a NUL byte'
    { head -2 good.tsv; printf '1\0\n'; } >nul.tsv
    refuses_study nul.tsv 'nul.tsv:3: a NUL byte'
    tr '\n' '\r' <good.tsv >mac.tsv
    refuses_study mac.tsv 'CR alone'
    printf 'PK\003\004......................' >zip.tsv
    refuses_study zip.tsv 'is a zip archive; unpack it'
    dw-ingest -q good.tsv -o stream.dws
    refuses_study stream.dws 'is a stream of this suite'
    head -c 5000 /dev/urandom | tr -d '\0' >random.tsv
    run --separate-stderr dw-ingest --ref p.bim -o out.dws random.tsv
    [ "$status" -eq 1 ]
}

@test "se = 0, NaN, inf, p = 0, letters that are no base: counted, not taken" {
    sed '3s/0\.1\t0\.1$/0\t0.1/' good.tsv >se.tsv
    counts se.tsv se_not_positive
    sed '3s/0\.3\t0\.1/NaN\t0.1/' good.tsv >nan.tsv
    counts nan.tsv z_missing
    sed '3s/0\.3\t0\.1/inf\t0.1/' good.tsv >inf.tsv
    counts inf.tsv not_finite
    sed '3s/T\tC/I\tD/' good.tsv >indel.tsv
    counts indel.tsv indel_code
    sed '3s/T\tC/R\tY/' good.tsv >iupac.tsv
    counts iupac.tsv allele_not_acgt
    cut -f 1-8,10 good.tsv | sed '3s/0\.1$/0/; 4s/0\.1$/1e-400/' >p.tsv
    counts p.tsv p_zero
    [ "$(dw-view --variants out.dws | cut -f 9 | tail -1 | cut -c 1-7)" = 42.8264 ]
    sed '2,4s/0\.1\t0\.1$/0\t0.1/' good.tsv >all.tsv
    refuses_study all.tsv 'none of 3 rows can be taken; 3 of them: standard error of 0 or less'
}

@test "a broken .bim, .bed or .annot" {
    printf '1\tr1\t0\t100\tA\n' >short.bim
    run --separate-stderr dw-ingest --ref short.bim good.tsv
    refused 'short.bim:1: 5 fields where a .bim has 6'
    printf '1\tr1\t0\tx\tA\tG\n' >text.bim
    run --separate-stderr dw-ingest --ref text.bim good.tsv
    refused 'text.bim:1: column 4 .position.: "x" is not a position'
    printf '1 1 0 0 0 0\n' >p.fam
    printf 'not a bed' >p.bed
    run --separate-stderr dw-ingest --ref p.bim good.tsv
    refused 'p.bed: is not a .bed'
    printf '\154\033\001' >p.bed
    sed '3s/T\tC/A\tT/' good.tsv >at.tsv
    sed '2s/C\tT/A\tT/' p.bim >q.bim && cp p.fam q.fam && cp p.bed q.bed
    run --separate-stderr dw-ingest --ref q.bim at.tsv
    refused 'q.bed: ends before variant 1 of the .bim'
    rm p.bed
    printf 'CHR\tBP\tSNP\tx\n1\t100\tr1\tabc\n' >text.annot
    run --separate-stderr dw-ingest --ref p.bim --annot text.annot good.tsv
    refused 'text.annot:2: column x: "abc" is not a number'
    # Behind the last variant too: a file is read to its end.
    printf 'CHR\tBP\tSNP\tx\n1\t100\tr1\t1\n9\t1\tr9\tabc\n' >end.annot
    run --separate-stderr dw-ingest --ref p.bim --annot end.annot good.tsv
    refused 'end.annot:3: column x: "abc" is not a number'
    printf 'ANNOT\n1\n2\n' >thin.annot
    run --separate-stderr dw-ingest --ref p.bim --annot thin.annot good.tsv
    refused 'thin.annot: .* one row for each row of p.bim, and has fewer than its 3'
    run --separate-stderr dw-ingest --annot thin.annot good.tsv
    refused 'no columns CHR and BP'
    printf 'CHR\tBP\tSNP\tx\n1\t100\tr1\t1\n' >a.annot
    cp a.annot b.annot
    run --separate-stderr dw-ingest --annot a.annot --annot b.annot good.tsv
    refused 'b.annot: has an annotation x, as a.annot has'
}

@test "a build that does not fit, told with the share that matched" {
    need_shared
    D=$SHARED/ukbb_height_chr22_hm3
    zcat "$D/ukb_height_chr22.fastGWA.gz" |
        awk 'BEGIN { OFS = "\t" } NR > 1 { $3 += 12345 } 1' >other.tsv
    run --separate-stderr dw-ingest --ref "$D/geno/1000G_eur_chr22.bim" -o out.dws other.tsv
    refused 'of 15[0-9]* positions that could be in both, [0-9]* .*100 % of its ids are there, at other positions: is it of another genome build'
    [ ! -e out.dws ]
}

@test "a full disk" {
    [ -w /dev/full ] || skip "there is no /dev/full"
    run --separate-stderr dw-ingest --ref p.bim -o /dev/full good.tsv
    refused 'No space left on device'
    run --separate-stderr bash -c 'dw-ingest --ref p.bim good.tsv >/dev/full'
    refused 'No space left on device'
    # A report that cannot be written: no stream either.
    rm -f out.dws
    for report in report report-variants report-actions; do
        run --separate-stderr dw-ingest -q --ref p.bim --$report /dev/full -o out.dws good.tsv
        [ "$status" -eq 1 ]
        [[ $stderr == *"No space left on device"* ]]
        [ ! -e out.dws ]
    done
    TMPDIR=/nonexistent run --separate-stderr dw-ingest --ref p.bim good.tsv
    refused 'temporary file /nonexistent'
}

@test "a closed pipe ends quietly" {
    { cat good.tsv; for i in $(seq 30000); do printf '2\ts%d\t%d\tA\tG\t1000\t0.2\t0.%d\t0.1\t0.1\n' "$i" "$i" "$i"; done; } >long.tsv
    # shellcheck disable=SC2016 # it is the inner shell that expands it
    run --separate-stderr bash -c 'dw-ingest -q long.tsv | head -c 10 >/dev/null; echo "${PIPESTATUS[0]}"'
    [ -z "$stderr" ]
    [ "$output" -eq 141 ] || [ "$output" -eq 0 ]
}

@test "an output that is closed is an error, and harms no input" {
    cp good.tsv study.tsv
    # shellcheck disable=SC2016 # it is the inner shell that expands it
    for closed in '>&-' '>&- 2>&-' '<&- >&-'; do
        run bash -c "dw-ingest --ref p.bim study.tsv $closed"
        [ "$status" -eq 1 ]
        cmp good.tsv study.tsv
    done
    run --separate-stderr bash -c 'dw-ingest -q --ref p.bim study.tsv >&-'
    [[ $stderr == 'dw-ingest: cannot write standard output: Bad file descriptor' ]]
    # Standard error need not be there for a result to be.
    dw-ingest --ref p.bim study.tsv -o quiet.dws 2>&-
    dw-view --tail quiet.dws >/dev/null
}

@test "an option of a study is refused where none is" {
    dw-ingest -q --ref p.bim -o v.dws good.tsv
    for option in --min-n-share\ 0.5 --ambiguous\ drop --trait\ x --chain\ p.bim --min-maf\ 0.1 --all --check-sd --report\ r.tsv; do
        # shellcheck disable=SC2086 # an option and its argument
        run --separate-stderr dw-ingest --add $option -o out.dws v.dws
        [ "$status" -eq 2 ]
        [[ $stderr == "dw-ingest: ${option% *} goes with a study: --add ... SUMSTATS STREAM"* ]]
        [ ! -e out.dws ]
    done
}

@test "--explain leaves no file of what it could not understand" {
    echo before >said
    for file in none.tsv p.bim; do
        run --separate-stderr dw-ingest --explain -o said $file
        refused "$file:"
        [ "$(cat said)" = before ]
    done
    dw-ingest --explain -o said good.tsv
    grep -q '^format ' said
}
