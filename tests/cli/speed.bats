#!/usr/bin/env bats
# dw-ingest with threads, on files of many steps of the reader: the same bytes,
# the same refusals; memory that does not grow; bombs.
# shellcheck disable=SC2154 # status, stdout and stderr are set by run
load helper

# study ROWS: a study, in order; a twentieth of the rows has a low N.
study() {
    awk -v rows="$1" 'BEGIN {
        srand(3); OFS = "\t"
        print "CHR", "SNP", "POS", "A1", "A2", "N", "AF1", "BETA", "SE", "P"
        for (i = 1; i <= rows; i++) {
            c = 1 + int(3 * (i - 1) / rows)
            print c, "rs" i, 100 * i, i % 3 ? "A" : "AC", i % 3 ? "G" : "A",
                i % 20 ? 450000 - i % 977 : 1000, 0.01 + 0.98 * rand(),
                (rand() - 0.5) / 50, 0.003 + rand() / 1000, rand()
        }
    }'
}

# peak COMMAND..: its peak memory in KiB.
peak() {
    /usr/bin/time -f %M -o memory "$@" >/dev/null
    tail -n 1 memory
}

# below A B: is A less than B?  The sanitizers have a memory of their own: with
# them only what the program does and says is looked at.
below() {
    case $DW_BIN in *asan* | *tsan*) return 0 ;; esac
    [ "$1" -lt "$2" ]
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
}

@test "the same bytes with any -@, in every packing, with and without --ref" {
    need_cmd bgzip
    need_cmd zstd
    mkdir a b c
    study 60000 >a/s.tsv
    gzip -c a/s.tsv >b/s.tsv
    bgzip -c a/s.tsv >c/s.tsv
    awk 'NR > 1 && NR % 7 { print $1 "\t" $2 "\t0\t" $3 "\t" $4 "\t" $5 }' a/s.tsv >r.bim
    for ref in "" "--ref r.bim"; do
        for at in 1 2 3; do
            for dir in a b c; do
                # shellcheck disable=SC2086 # two words, or none
                (cd $dir && dw-ingest -q -@ $at ${ref:+--ref ../r.bim} -o out s.tsv)
                dw-view --variants $dir/out >$dir/text
                cmp a/text $dir/text
                # What is packed does not matter to the digest either.
                cmp a/out $dir/out
            done
            [ ! -e before ] || cmp before a/out
            cp a/out before
        done
        rm before
    done
    zstd -q a/s.tsv -o b/s.tsv -f
    dw-ingest -q -@ 2 --ref r.bim -o a/again b/s.tsv
    dw-view --variants a/again | cmp - a/text
}

@test "not sorted, and without places: the same bytes with any -@" {
    study 30000 >s.tsv
    (head -n 1 s.tsv && tail -n +2 s.tsv | sort -k 2,2) >mixed.tsv
    awk 'NR > 1 { print $1 "\t" $2 "\t0\t" $3 "\t" $4 "\t" $5 }' s.tsv >r.bim
    cut -f 2,4- s.tsv >ids.tsv
    for file in mixed ids; do
        dw-ingest -q --ref r.bim -o one $file.tsv
        dw-ingest -q -@ 2 --ref r.bim -o two $file.tsv
        cmp one two
    done
}

@test "cut files are refused with threads too, at the ends of blocks as well" {
    need_cmd bgzip
    need_cmd zstd
    study 30000 >s.tsv
    gzip -c s.tsv >s.gz
    bgzip -c s.tsv >s.bgz
    zstd -q s.tsv -o s.zst
    # The starts of bgzip's blocks: each says how long it is.
    python3 - <<'PY' >blocks
import struct
b = open("s.bgz", "rb").read()
at = 0
while at < len(b):
    print(at)
    at += struct.unpack("<H", b[at + 16:at + 18])[0] + 1
PY
    for kind in gz bgz zst; do
        size=$(stat -c %s s.$kind)
        cuts="100 $((size / 3)) $((size / 2)) $((size - 1))"
        [ $kind != bgz ] || cuts="$cuts $(sed -n '2p;9p;$p' blocks | tr '\n' ' ')"
        for n in $cuts; do
            head -c "$n" s.$kind >part
            for at in 1 2; do
                run --separate-stderr dw-ingest -@ $at part
                refused "cut short"
                [ $at = 1 ] || [ "$stderr" = "$first" ]
                first=$stderr
            done
        done
    done
}

@test "a fault deep in a file is told with its line, with threads too" {
    need_cmd bgzip
    study 50000 >s.tsv
    awk 'NR == 43210 { sub(/\t[^\t]*$/, "") } 1' s.tsv | bgzip >few.gz
    awk -v OFS='\t' 'NR == 43210 { $8 = "1e5x" } 1' s.tsv | bgzip >word.gz
    awk 'NR == 43210 { $0 = $0 "\001" } 1' s.tsv | tr '\001' '\0' | bgzip >nul.gz
    for at in 1 2; do
        run --separate-stderr dw-ingest -@ $at few.gz
        refused "few.gz:43210: 9 fields where the header has 10"
        run --separate-stderr dw-ingest -@ $at word.gz
        refused "word.gz:43210: column BETA: .1e5x. is not a number"
        run --separate-stderr dw-ingest -@ $at nul.gz
        refused "nul.gz:43210: a NUL byte"
    done
}

@test "bombs end in one line and little memory" {
    need_cmd /usr/bin/time
    need_cmd zstd
    study 10 >s.tsv
    (cat s.tsv && head -c 300M /dev/zero) | gzip -1 >zeros.gz
    (cat s.tsv && head -c 300M /dev/zero | tr '\0' '\n') | zstd -q >empty.zst
    (cat s.tsv && head -c 300M /dev/zero | tr '\0' x) | zstd -q >line.zst
    for bomb in zeros.gz empty.zst line.zst; do
        for at in 1 2; do
            run --separate-stderr /usr/bin/time -q -f %M -o memory dw-ingest -@ $at $bomb
            refused "is this a text file|this is no text file"
            below "$(cat memory)" 250000
        done
    done
}

@test "memory does not grow with files that are sorted" {
    need_cmd /usr/bin/time
    for rows in 20000 400000; do
        study $rows >s.tsv
        awk 'NR > 1 { print $1 "\t" $2 "\t0\t" $3 "\t" $4 "\t" $5 }' s.tsv >r.bim
        peak dw-ingest -q -@ 2 -o out s.tsv >alone.$rows
        peak dw-ingest -q -@ 2 --ref r.bim -o out s.tsv >ref.$rows
    done
    # Half as much again is left to the allocator.
    below "$(cat alone.400000)" $(($(cat alone.20000) * 3 / 2))
    below "$(cat ref.400000)" $(($(cat ref.20000) * 3 / 2))
}
