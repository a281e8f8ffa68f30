# dw-fit over hours: stopped anywhere and gone on from, the same model comes out;
# steps that are not finite do no harm; memory is bounded, ranks share the work.
# shellcheck disable=SC2154 # stderr is set by run
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    twelve_pieces
    dw-fit -q --model mlp:8,4 --epochs 4 --log whole.tsv -o whole.dwm blocks.dws
}

setup() {
    set -o pipefail
    cd "$BATS_FILE_TMPDIR" || return 1
    rm -f ck
}

fit() {
    dw-fit --model mlp:8,4 --epochs 4 "$@" blocks.dws
}

# The table of epochs without its seconds.
rows() {
    cut -f 1-13,15- "$1"
}

# wait_for FILE: until it is there, and not empty; 30 seconds at most.
wait_for() {
    for _ in $(seq 600); do
        [ -s "$1" ] && return 0
        sleep 0.05
    done
    return 1
}

@test "a checkpoint changes nothing, and goes when the fit is done" {
    fit -q --checkpoint ck --checkpoint-every 0 -o ck.dwm
    cmp whole.dwm ck.dwm
    [ ! -e ck ]
}

@test "killed at any moment, again and again, --resume gives the same bytes" {
    killed=0
    for wait in 0.05 0.1 0.2 0.3 0.1 0.4 0.2 0.5 0.3; do
        dw-fit -q --model mlp:8,4 --epochs 4 --checkpoint ck \
            --checkpoint-every 0 --resume --log k.tsv -o k.dwm blocks.dws &
        pid=$!
        sleep "$wait"
        kill -KILL "$pid" 2>/dev/null || true
        status=0
        wait "$pid" 2>/dev/null || status=$?
        killed=$((killed + (status == 137)))
        [ ! -e ck ] || dw-view --head ck >/dev/null # always whole
    done
    [ "$killed" -gt 0 ] # a kill that misses dw-fit tests nothing
    fit -q --checkpoint ck --checkpoint-every 0 --resume --log k.tsv -o k.dwm
    cmp whole.dwm k.dwm
    cmp <(rows whole.tsv) <(rows k.tsv)
    [ ! -e ck ]
}

@test "stopped in each of its stages: before the linear model, in it, in training" {
    # Every pass and every step makes one: stop after n of them.
    for n in 1 3 6 10 14 18 22; do
        rm -f ck
        mkfifo "pipe$n"
        dw-fit -v --model mlp:8,4 --epochs 4 --checkpoint ck \
            --checkpoint-every 0 -o n.dwm blocks.dws 2>"pipe$n" &
        pid=$!
        awk -v n="$n" -v pid="$pid" '/: checkpoint / && ++i == n {
            system("kill -KILL " pid) }' <"pipe$n"
        wait "$pid" 2>/dev/null || true
        rm "pipe$n"
        fit -q --checkpoint ck --resume -o n.dwm
        cmp whole.dwm n.dwm
    done
}

@test "SIGTERM and SIGINT: a checkpoint, a message, status 1; no other file" {
    for signal in TERM INT; do
        rm -f ck out.dwm out.tsv
        # What a shell starts behind its back ignores SIGINT otherwise.
        env --default-signal=INT dw-fit -q --model mlp:64,64 --epochs 100000 \
            --patience 0 --checkpoint ck --log out.tsv -o out.dwm blocks.dws \
            2>stderr.txt &
        pid=$!
        wait_for out.tsv
        kill -$signal $pid
        status=0
        wait $pid || status=$?
        [ "$status" -eq 1 ]
        grep -qx "dw-fit: stopped by SIG$signal; the same command with --resume goes on from ck" \
            stderr.txt
        [ -z "$(find . -name '*out.dwm*')" ]
        dw-view ck | grep -q '^ckpt'
        # What is best so far is a model that can be used.
        dw-score -q -m ck -o scores.tsv blocks.dws
    done
}

@test "what cannot be gone on from is refused" {
    rm -f out.tsv
    dw-fit -q --model mlp:64,64 --epochs 100000 --patience 0 --checkpoint ck \
        --log out.tsv -o out.dwm blocks.dws &
    pid=$!
    wait_for out.tsv
    kill -TERM $pid
    wait $pid || true
    [ -s ck ]
    long() {
        dw-fit -q --model mlp:64,64 --epochs 100000 --patience 0 -o out.dwm "$@"
    }
    run --separate-stderr long --checkpoint ck blocks.dws
    refused 'ck is there.*--resume goes on from it'
    run --separate-stderr long --checkpoint ck --resume --lr 1 blocks.dws
    refused 'of other options: .*--lr 1'
    dw-sim -q --n 400000 --h2 0.1 --trait sim -o other.dws panel.dws
    run --separate-stderr long --checkpoint ck --resume other.dws
    refused 'of other blocks'
    run --separate-stderr long --checkpoint whole.dwm --resume blocks.dws
    refused 'whole.dwm is no checkpoint'
    head -c 2000 ck >short.ck
    run --separate-stderr long --checkpoint short.ck --resume blocks.dws
    refused 'cut short'
    run --separate-stderr dw-fit --resume blocks.dws
    [ "$status" -eq 2 ]
    run --separate-stderr fit -q --checkpoint absent/ck -o none.dwm
    refused 'cannot write absent/ck'
    # None yet: the fit begins.
    run --separate-stderr fit --checkpoint none --resume -o none.dwm
    [ "$status" -eq 0 ]
    [[ $stderr == *'no checkpoint none yet'* ]]
    cmp whole.dwm none.dwm
}

@test "a second signal ends it at once, and leaves no half-written file" {
    dw-fit -q --model mlp:8 --epochs 100000 --patience 0 --checkpoint ck \
        --log twice.tsv -o twice.dwm blocks.dws &
    pid=$!
    wait_for twice.tsv
    # Both are there before it comes to the end of a step.
    kill -STOP $pid
    kill -TERM $pid
    kill -CONT $pid
    kill -TERM $pid || true
    status=0
    wait $pid || status=$?
    [ "$status" -eq 143 ] || [ "$status" -eq 1 ]
    [ -z "$(find . -name '*twice.dwm*')" ]
}

@test "the log can be watched: whole rows while it trains" {
    dw-fit -q --model mlp:64,64 --epochs 100000 --patience 0 --log live.tsv \
        -o live.dwm blocks.dws &
    pid=$!
    wait_for live.tsv
    rows=$(wc -l <live.tsv)
    for _ in $(seq 600); do
        # A row is never cut: all have as many fields as the header.
        awk -F '\t' 'NR == 1 { n = NF } NF != n { exit 1 }' live.tsv
        [ "$(wc -l <live.tsv)" -lt $((rows + 5)) ] || break
        sleep 0.05
    done
    [ "$(wc -l <live.tsv)" -ge $((rows + 5)) ]
    kill $pid
    wait $pid || true
    # A pipe gets them as they come.
    dw-fit -q --model mlp:8,4 --epochs 4 --log /dev/stdout -o out.dwm \
        blocks.dws >piped.tsv
    cmp <(rows whole.tsv) <(rows piped.tsv)
}

@test "on a terminal: epochs, time left and gains, and messages on lines of their own" {
    need_cmd script
    script -qec "dw-fit --model mlp:64,64 --epochs 40 --patience 0 --lr 1e4 \
        --holdout-chrom 3 --valid-chrom 4 -o term.dwm blocks.dws" /dev/null >term.txt
    grep -qE 'reading, MB [0-9]+.*, block 1' term.txt
    grep -qE 'constant model, pass 1, block [0-9]+ of 10, [0-9]+ s left of it' term.txt
    grep -qE 'linear model, pass [0-9]+, block [0-9]+ of 10, [0-9]+ s left of it' term.txt
    grep -qE 'training, block [0-9]+ of [0-9]+, [0-9]+ s left, epoch [0-9]+ of 40, block ([1-9]|10) of 10; gain [-0-9.]+ in validation, [-0-9.]+ at best, [-0-9.]+ held out' term.txt
    # A fault is told while the line stands: that is cleared before.
    grep -q 'taken back' term.txt
    awk 'BEGIN { RS = "\r|\n" } gsub(/dw-fit: /, "") > 1 { exit 1 }' term.txt
}

@test "steps that are not finite are told, taken back, and survived" {
    run --separate-stderr fit --lr 1e5 -o wild.dwm
    [ "$status" -eq 0 ]
    [[ $stderr == *'block '*'the step before is taken back, and the learning rate halved'* ]]
    [[ $stderr == *'steps taken back'* ]]
    dw-score -q -m wild.dwm blocks.dws | awk -F '\t' '
        NR > 1 && !($7 > 0 && $7 < 1) { exit 1 }'
    run --separate-stderr dw-fit -q --model mlp:8,4 --epochs 30 --patience 0 \
        --lr 1e30 -o never.dwm blocks.dws
    refused 'block .*finite.*10 steps were taken back.*--lr'
    [ ! -e never.dwm ]
}

@test "--memory: blocks beyond it are read again, and that changes nothing" {
    # From the file itself: there is no need of TMPDIR.
    TMPDIR=absent run --separate-stderr fit --memory 24M -o small.dwm
    [ "$status" -eq 0 ]
    [[ $stderr == *' of 12 blocks in memory; the others are read again from blocks.dws'* ]]
    cmp whole.dwm small.dwm
    TMPDIR=absent dw-fit -q -@ 3 --model mlp:8,4 --epochs 4 --memory 43M \
        -o stdin.dwm <blocks.dws
    cmp whole.dwm stdin.dwm
    # Of a pipe from what is laid down of it.
    mkdir -p tmp
    dw-fit --model mlp:8,4 --epochs 4 --memory 24M -o pipe.dwm \
        < <(cat blocks.dws) 2>pipe.txt
    grep -q ' of 12 blocks in memory; the others are read again from /' pipe.txt
    cmp whole.dwm pipe.dwm
    TMPDIR=tmp dw-fit -q --model mlp:8,4 --epochs 4 --memory 24M -o pipe.dwm \
        < <(cat blocks.dws)
    cmp whole.dwm pipe.dwm
    [ -z "$(ls -A tmp)" ]
    TMPDIR=absent run --separate-stderr dw-fit -q --memory 24M -o none.dwm \
        < <(cat blocks.dws)
    refused 'absent'
    run --separate-stderr fit --memory 1M -o none.dwm
    refused '--memory 1M is not enough'
}

@test "--memory: a stream that changes while it is fitted to is refused" {
    dw-sim -q --n 400000 --h2 0.1 --trait sim -o other.dws panel.dws
    for change in 'cp other.dws' 'head -c 2000 other.dws | tee' 'truncate -s 0'; do
        cp blocks.dws now.dws
        rm -f now.tsv
        timeout 60 dw-fit -q --model mlp:64,64 --epochs 100000 --patience 0 --memory 26M \
            --log now.tsv -o now.dwm now.dws 2>stderr.txt &
        pid=$!
        wait_for now.tsv
        eval "$change now.dws >/dev/null"
        status=0
        wait $pid || status=$?
        [ "$status" -eq 1 ]
        [ "$(wc -l <stderr.txt)" -eq 1 ]
        grep -q '^dw-fit: block .*: now.dws: its .* chunk at byte .* has changed since it was first read' stderr.txt
        [ ! -e now.dwm ]
    done
}

# keeps ARG..: dw-fit with these takes no more than it states, but more than a
# third of it.
keeps() {
    rm -f peak.dwm
    run --separate-stderr /usr/bin/time -f 'peak %M' dw-fit -o peak.dwm "$@"
    [ -e peak.dwm ]
    stated=$(sed -n 's/.*memory: at most \([0-9]*\) MB.*/\1/p' <<<"$stderr")
    peak=$(sed -n 's/^peak //p' <<<"$stderr")
    echo "stated: $stated MB, taken: $peak KiB"
    case $DW_BIN in *asan* | *tsan*) return 0 ;; esac
    [ $((peak * 1024)) -le $((stated * 1000000)) ]
    [ $((stated * 1000000)) -le $((3 * peak * 1024)) ]
}

@test "the memory that is stated before training is not exceeded" {
    need_cmd /usr/bin/time
    for memory in 38 36; do
        keeps --model mlp:64,64 --epochs 2 -@ 2 --memory ${memory}M blocks.dws
        [ "$stated" -le $memory ]
        [[ $stderr == *'read again'* ]]
    done
}

@test "nor where matrices of the constant model are kept beside the blocks" {
    need_cmd /usr/bin/time
    dw-synth -q --seed 7 --chroms 2 --length 15M --people 200 --variants 10000 \
        --min-maf 0.05 -o wide
    dw-ldblock -q --geno wide.bed --window 1M --flank 300k |
        dw-sim -q --n 500000 --h2 0.1 --tau 0.2 --trait sim -o wide.dws
    for _ in $(seq 12); do cat wide.dws; done >wider.dws
    keeps --model const wider.dws
}

@test "nor with inputs that say which annotations are missing" {
    need_cmd /usr/bin/time
    zcat syn.annot.gz | awk -v OFS='\t' '
        NR > 1 { for (i = 5; i <= NF; i++) if ((NR + i) % 50 == 0) $i = "NA" }
        { $1 = $1; print }' >some.annot
    dw-ldblock -q --geno syn.bed --blocks syn.blocks.bed |
        dw-ingest -q --add --annot some.annot |
        dw-sim -q --n 500000 --h2 0.1 --tau 0.2 --trait sim -o some.dws
    keeps --model mlp:64,64 --epochs 1 some.dws
    keeps --model mlp:64,64 --epochs 1 --memory 27M some.dws
    [ "$stated" -le 27 ]
    [[ $stderr == *'read again'* ]]
}

@test "nor where z are missing, in blocks that all threads make at once" {
    need_cmd /usr/bin/time
    dw-synth -q --seed 7 --people 800 --chroms 6 --length 1M --variants 12000 -o gaps
    dw-ldblock -q --geno gaps.bed --blocks gaps.blocks.bed |
        dw-sim -q --n 500000 --h2 0.1 --tau 0.2 --trait sim -o gaps.dws
    dw-view --variants gaps.dws | awk -v OFS='\t' '
        NR == 1 { print "CHR", "POS", "OA", "EA", "Z", "N" }
        NR > 1 && NR % 10 { print $3, $4, $6, $7, $9, $10 }' >gaps.tsv
    dw-ingest -q --add --trait gaps gaps.tsv gaps.dws -o with.dws
    keeps -@ 6 --trait gaps --model const with.dws
}

# mpi K COMMAND..: in K ranks.
mpi() {
    mpirun --allow-run-as-root --oversubscribe -n "$@"
}

need_mpi() {
    need_cmd mpirun
    dw-fit --version | grep -q 'without MPI' && skip "built without MPI"
    return 0
}

@test "ranks: the same bytes for any number, and from a checkpoint of any" {
    need_mpi
    need_cmd pgrep
    for n in 2 3; do
        mpi $n dw-fit -q --model mlp:8,4 --epochs 4 --log m.tsv -o m.dwm \
            blocks.dws
        cmp whole.dwm m.dwm
        cmp <(rows whole.tsv) <(rows m.tsv)
    done
    run --separate-stderr mpi 2 dw-fit -v --model mlp:8,4 --epochs 4 \
        --memory 35M -o m.dwm blocks.dws
    [[ $stderr == *'2 ranks: '*' bytes a step'* ]]
    [[ $stderr == *' of 6 blocks in memory; the others are read again'* ]]
    cmp whole.dwm m.dwm
    # A rank that dies takes the others with it; three go on from there.
    for wait in 0.5 1; do
        timeout 60 mpirun --allow-run-as-root --oversubscribe -n 2 dw-fit -q --model mlp:8,4 --epochs 4 --checkpoint ck \
            --checkpoint-every 0 --resume -o dead.dwm blocks.dws &
        pid=$!
        sleep $wait
        # None yet, or none any more: then this round kills nobody.
        parent=$(pgrep -P $pid) || parent=
        victim=$(pgrep -P "${parent:-$$}" -x dw-fit | tail -n 1) || victim=
        [ -z "$victim" ] || kill -KILL "$victim" 2>/dev/null || true
        wait $pid || true
    done
    mpi 3 dw-fit -q --model mlp:8,4 --epochs 4 --checkpoint ck --resume \
        -o dead.dwm blocks.dws
    cmp whole.dwm dead.dwm
    # Errors are told once, with the usual status.
    run --separate-stderr mpi 2 dw-fit -q -o no.dwm absent.dws
    [ "$status" -eq 1 ]
    [ "$(grep -c '^dw-fit: cannot read absent.dws' <<<"$stderr")" -eq 1 ]
    run --separate-stderr mpi 2 dw-fit -q -o no.dwm <blocks.dws
    [ "$status" -eq 2 ]
}

# told_once PATTERN: of what ranks said in `ranks.txt` dw-fit has one line, which
# matches; mpirun adds its own.
told_once() {
    grep '^dw-fit: ' ranks.txt >told.txt
    if [ "$(wc -l <told.txt)" -ne 1 ] || ! grep -q "$1" told.txt; then
        cat ranks.txt
        return 1
    fi
}

@test "ranks: what one of them cannot read is told once, in its own words" {
    need_mpi
    # The last block, of the second rank alone; then those of both.
    for size in -2000 0; do
        cp blocks.dws now.dws
        rm -f now.tsv
        timeout 60 mpirun --allow-run-as-root --oversubscribe -n 2 \
            dw-fit -q --model mlp:64,64 --epochs 100000 --patience 0 \
            --memory 37M --log now.tsv -o now.dwm now.dws 2>ranks.txt &
        pid=$!
        wait_for now.tsv
        truncate -s $size now.dws
        status=0
        wait $pid || status=$?
        [ "$status" -eq 1 ]
        told_once '^dw-fit: block .*: now.dws: its .* chunk at byte .* has changed since it was first read'
        [ ! -e now.dwm ]
    done
    # Read for the first time.
    cp blocks.dws now.dws
    at=$(($(wc -c <now.dws) - 2000))
    printf 'broken' | dd of=now.dws bs=1 seek=$at conv=notrunc status=none
    status=0
    mpi 2 dw-fit -q -o now.dwm now.dws 2>ranks.txt || status=$?
    [ "$status" -eq 1 ]
    told_once '^dw-fit: now.dws: .*LDBK'
    [ ! -e now.dwm ]
}
