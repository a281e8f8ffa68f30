#!/usr/bin/env bats
# The stream as any tool meets it: valid zstd, cat, cuts, other files, disks.
load helper

G=$BATS_TEST_DIRNAME/../golden

# patch FILE OFFSET BYTE: one byte of a copy replaced.
patch() {
    printf '%b' "\\x$3" |
        dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

@test "zstd verifies every golden stream" {
    need_cmd zstd
    for f in "$G"/*.dws; do
        zstd -tq <"$f"
    done
}

@test "a reader written from the manual page alone reads the same" {
    need_cmd zstd
    cat "$G/blocks.dws" "$G/blocks.dws" >"$BATS_TEST_TMPDIR/two"
    for f in "$G/blocks.dws" "$G/variants.dws" "$G/tracks.dws" \
        "$BATS_TEST_TMPDIR/two"; do
        python3 "$ROOT/tests/oracle/read_stream.py" --variants "$f" |
            diff - <(dw-view --variants "$f")
    done
    for f in "$G/blocks.dws" "$BATS_TEST_TMPDIR/two"; do
        python3 "$ROOT/tests/oracle/read_stream.py" --blocks "$f" |
            diff - <(dw-view --blocks "$f")
    done
}

@test "a stream cut short is refused, from a file and from a pipe" {
    size=$(wc -c <"$G/blocks.dws")
    for n in 1 20 51 52 60 300 $((size - 1)); do
        head -c "$n" "$G/blocks.dws" >"$BATS_TEST_TMPDIR/cut"
        run --separate-stderr dw-view "$BATS_TEST_TMPDIR/cut"
        refused 'cut: cut short|cut: not a dw stream'
        run --separate-stderr bash -c "dw-view <'$BATS_TEST_TMPDIR/cut'"
        refused 'standard input: (cut short|not a dw stream)'
    done
}

@test "cut between two chunks: zstd is content, we are not" {
    # 52 bytes of header and the frame of HEAD.
    frame=$(od -An -tu8 -j36 -N8 "$G/blocks.dws")
    head -c $((52 + frame)) "$G/blocks.dws" >"$BATS_TEST_TMPDIR/cut"
    run --separate-stderr dw-view "$BATS_TEST_TMPDIR/cut"
    refused 'cut short: the stream ends before its TAIL'
}

@test "a lost chunk is found by TAIL" {
    head=$((52 + $(od -An -tu8 -j36 -N8 "$G/variants.dws")))
    next=$((52 + $(od -An -tu8 -j$((head + 36)) -N8 "$G/variants.dws")))
    {
        head -c "$head" "$G/variants.dws"
        tail -c +$((head + next + 1)) "$G/variants.dws"
    } >"$BATS_TEST_TMPDIR/lost"
    run --separate-stderr dw-view "$BATS_TEST_TMPDIR/lost"
    refused 'not what its TAIL says: a chunk was lost'
}

@test "a stream of a newer version" {
    cp "$G/blocks.dws" "$BATS_TEST_TMPDIR/new"
    patch "$BATS_TEST_TMPDIR/new" 11 02
    run --separate-stderr dw-view --variants "$BATS_TEST_TMPDIR/new"
    refused 'new: a dw stream of version 2, .* it needs a newer dw'
}

@test "a damaged header, a damaged payload" {
    cp "$G/blocks.dws" "$BATS_TEST_TMPDIR/bad"
    patch "$BATS_TEST_TMPDIR/bad" 30 ff
    run --separate-stderr dw-view "$BATS_TEST_TMPDIR/bad"
    refused 'bad: a chunk header is damaged'
    cp "$G/blocks.dws" "$BATS_TEST_TMPDIR/bad"
    head=$((52 + $(od -An -tu8 -j36 -N8 "$G/blocks.dws")))
    patch "$BATS_TEST_TMPDIR/bad" $((head + 52 + 40)) 00
    run --separate-stderr dw-view --variants "$BATS_TEST_TMPDIR/bad"
    [ "$status" -eq 1 ]
    [[ $stderr =~ 'the VARS chunk is damaged' ]]
}

@test "other files are named for what they look like" {
    cd "$BATS_TEST_TMPDIR"
    printf 'SNP\tCHR\n' >text
    gzip -c text >gz
    run --separate-stderr dw-view text
    refused 'text: not a dw stream \(it looks like text\); dw-ingest makes one'
    run --separate-stderr dw-view gz
    refused 'gz: not a dw stream \(it looks like gzip\)'
    run --separate-stderr dw-view /dev/null
    refused 'empty, and not a dw stream'
    run --separate-stderr dw-view nowhere.dws
    refused 'cannot read nowhere.dws: No such file'
    run --separate-stderr dw-view .
    refused 'Is a directory'
    printf '\x6c\x1b\x01\xff' >bed
    run --separate-stderr dw-view bed
    refused 'it looks like a PLINK .bed'
}

@test "what is read more than once: no end, no stream, no room" {
    cd "$BATS_TEST_TMPDIR"
    export TMPDIR=$BATS_TEST_TMPDIR
    # A limit on files stands for a full disk.
    limit="trap '' XFSZ; ulimit -f 500"
    for tool in "dw-sim --n 9 --h2 0.1" "dw-fit --model linear" "dw-ingest --add"; do
        run --separate-stderr bash -c "$limit; timeout 60 $tool -o no.dws /dev/zero"
        refused '/dev/zero: not a dw stream .it looks like some other binary'
    done
    run --separate-stderr bash -c ": | dw-sim --n 9 --h2 0.1 -o no.dws"
    refused 'standard input: empty, and not a dw stream'
    run --separate-stderr bash -c "$limit
        cat '$G/blocks.dws' /dev/zero | timeout 60 dw-sim --n 9 --h2 0.1 -o no.dws"
    refused "cannot keep standard input in $TMPDIR, .*; set TMPDIR"
    run -0 find . -name '*dw-*' -o -name '*dws*'
    [ -z "$output" ]
}

@test "runs that do not belong together" {
    run --separate-stderr bash -c "cat '$G/variants.dws' '$G/tracks.dws' | dw-view"
    refused 'do not belong together: one has 2 traits and the other 1'
    run --separate-stderr bash -c "cat '$G/blocks.dws' '$G/tracks.dws' | dw-view"
    refused 'one has LD, the other has none'
}

@test "a model may stand before the blocks that it is for" {
    run --separate-stderr bash -c \
        "cat '$G/model.dws' '$G/blocks.dws' | dw-view --blocks"
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 3 ]
}

@test "a full disk is told" {
    [ -c /dev/full ] || skip "no /dev/full"
    run --separate-stderr dw-view --variants -o /dev/full "$G/blocks.dws"
    refused 'cannot write /dev/full: No space left on device'
    run --separate-stderr bash -c "dw-view --head '$G/blocks.dws' >/dev/full"
    refused 'cannot write standard output: No space left'
}

# at_terminal WORD...: runs a command with a terminal for all three; its output
# and status.
at_terminal() {
    # shellcheck disable=SC2016 # it is python's
    run timeout 20 python3 -c 'import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' "$@" </dev/null
}

@test "a stream is neither written to a terminal nor read from one" {
    python3 -c 'import os; os.openpty()' || skip "there are no pseudo-terminals"
    cd "$BATS_TEST_TMPDIR"
    printf '1\tr1\t0\t100\tA\tG\n' >p.bim
    cp "$G/model.dws" m
    for words in "dw-ingest --ref p.bim" "dw-sim --n 1000 $G/blocks.dws" \
        "dw-fit --model const --trait height --pass $G/blocks.dws"; do
        # shellcheck disable=SC2086 # they are words
        at_terminal $words
        echo "$words: $status $output"
        [ "$status" -eq 2 ]
        [[ $output == *"binary is not written to a terminal"* ]]
    done
    for words in dw-view "dw-view -" "dw-fit -o x" "dw-score -m m" "dw-eval -m m" \
        "dw-sim --n 1000 -o x" "dw-fit --pass -o x"; do
        # shellcheck disable=SC2086 # they are words
        at_terminal $words
        echo "$words: $status $output"
        [ "$status" -eq 2 ]
        [[ $output == *"a stream is not typed at a terminal"* ]]
    done
    [ ! -e x ]
}

@test "a closed pipe ends quietly" {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        cat "$G/blocks.dws" "$G/blocks.dws" "$G/blocks.dws"
    done >"$BATS_TEST_TMPDIR/many"
    for _ in 1 2 3 4 5 6 7; do
        cat "$BATS_TEST_TMPDIR/many" "$BATS_TEST_TMPDIR/many" >"$BATS_TEST_TMPDIR/x"
        mv "$BATS_TEST_TMPDIR/x" "$BATS_TEST_TMPDIR/many"
    done
    run --separate-stderr bash -c \
        "dw-view --variants '$BATS_TEST_TMPDIR/many' | head -n 1
        exit \${PIPESTATUS[0]}"
    [ "$status" -eq 141 ]
    [ -z "$stderr" ]
}

@test "an output is there whole or not at all" {
    cd "$BATS_TEST_TMPDIR"
    mkdir out
    echo before >out/file
    head -c 900 "$G/blocks.dws" >short
    run --separate-stderr dw-view --variants -o out/file short
    refused 'cut short'
    [ "$(cat out/file)" = before ]
    [ "$(ls -A out)" = file ]
    run --separate-stderr dw-view --blocks -o nowhere/file "$G/blocks.dws"
    refused 'cannot write nowhere/file: No such file'
}

@test "an interrupted tool removes what it had begun" {
    cd "$BATS_TEST_TMPDIR"
    mkdir out
    mkfifo pipe
    dw-view --variants -o out/file pipe 3>&- &
    pid=$!
    exec 4>pipe
    head -c 900 "$G/blocks.dws" >&4
    for _ in $(seq 50); do
        [ -n "$(ls -A out)" ] && break
        sleep 0.1
    done
    [ -n "$(ls -A out)" ]
    kill -TERM "$pid"
    ended=0
    wait "$pid" || ended=$?
    exec 4>&-
    [ "$ended" -eq 143 ]
    [ -z "$(ls -A out)" ]
}

@test "a symbolic link stays one, and rights are kept" {
    cd "$BATS_TEST_TMPDIR"
    echo before >real
    chmod 640 real
    ln -s real link
    dw-view --blocks -o link "$G/blocks.dws"
    [ -L link ]
    [ "$(wc -l <real)" -eq 3 ]
    [ "$(stat -c %a real)" = 640 ]
}
