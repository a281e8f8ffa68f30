# The two workflows: they run, agree byte for byte, and run again only what
# changed.
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    dw-synth -q --seed 3 --people 150 --chroms 2 --length 800k --block-size 200k \
        --variants 1200 --annotations 6 --by-chrom -o panel
    dw-synth -q --seed 3 --people 150 --chroms 2 --length 800k --block-size 200k \
        --variants 1200 --annotations 6 -o whole
    dw-ingest -q --ref whole.bim --annot whole.annot.gz |
        dw-ldblock -q --geno whole.bed --blocks whole.blocks.bed |
        dw-sim -q --n 100000 --h2 0.3 --trait height |
        dw-view --variants | gzip >study.tsv.gz
    echo --columns CHR=CHR,POS=POS,ID=ID,EA=ALT,OA=REF,EAF=EAF,Z=Z:height,N=N:height \
        >columns
}

setup() {
    cd "$BATS_FILE_TMPDIR" || return 1
}

make_workflow() {
    make -f "$ROOT/workflows/Makefile" OUT="$1" TRAIT=height SUMSTATS=study.tsv.gz \
        GENO=panel.@ ANNOT=panel.@.annot.gz BLOCKS=panel.blocks.bed CHROMS="1 2" \
        TARGET=panel.@ HOLDOUT=2 MODEL=mlp:4 FIT_OPTS="--epochs 2" \
        INGEST_OPTS="$(cat columns)"
}

@test "the Makefile runs, and then has nothing left to do" {
    make_workflow by-make
    [ -s by-make/model.dwm ]
    [ -s by-make/eval.tsv ]
    [ "$(head -n 1 by-make/1.scores.tsv | cut -f 1-3)" = "$(printf 'CHR\tPOS\tID')" ]
    [ -s by-make/2.prs.tsv ]
    run make_workflow by-make
    [ "$status" -eq 0 ]
    [[ $output != *dw-fit* && $output != *dw-ldblock* ]]
    sleep 1
    touch panel.2.bim
    run make_workflow by-make
    [ "$status" -eq 0 ]
    [ "$(grep -c 'dw-ldblock -q' <<<"$output")" -eq 1 ]
}

@test "the Snakefile runs, gives the same bytes, and then has nothing left to do" {
    need_cmd snakemake
    [ -s by-make/model.dwm ] || make_workflow by-make
    cat >config.yaml <<END
out: by-snakemake
trait: height
sumstats: study.tsv.gz
geno: panel.@
annot: panel.@.annot.gz
blocks: panel.blocks.bed
chroms: [1, 2]
target: panel.@
holdout: "2"
model: mlp:4
fit_opts: --epochs 2
ingest_opts: $(cat columns)
END
    snakemake -q -s "$ROOT/workflows/Snakefile" -j 2 --configfile config.yaml
    for f in model.dwm eval.tsv 1.scores.tsv 2.prs.tsv 1.dws; do
        cmp "by-make/$f" "by-snakemake/$f"
    done
    run snakemake -s "$ROOT/workflows/Snakefile" -j 2 --configfile config.yaml
    [ "$status" -eq 0 ]
    [[ $output == *"Nothing to be done"* ]]
}

# fake NAME: a program of that name, which is what stdin says.
fake() {
    mkdir -p "$BATS_TEST_TMPDIR/fakes"
    { echo '#!/bin/sh'; cat; } >"$BATS_TEST_TMPDIR/fakes/$1"
    chmod +x "$BATS_TEST_TMPDIR/fakes/$1"
}

# shellcheck disable=SC2154 # stderr is set by run
@test "missing packages are named and installed, and nobody is asked a thing" {
    there=$BATS_TEST_TMPDIR/fakes/there
    fake dpkg-query <<'END'
for package; do :; done
grep -qsx "$package" "$(dirname "$0")/there" && echo install ok installed
END
    fake id <<'END'
echo 1000
END
    # As the real one: no variable of the caller's comes through.
    fake sudo <<'END'
echo "$*" >>"$(dirname "$0")/sudo.log"
exec env -i PATH="$PATH" "$@"
END
    fake apt-get <<'END'
echo "$DEBIAN_FRONTEND: $*" >>"$(dirname "$0")/apt.log"
END
    echo one >"$there"
    PATH=$BATS_TEST_TMPDIR/fakes:$PATH
    run --separate-stderr sh "$ROOT/workflows/install-missing.sh" one two three
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "Missing packages: two three" ]
    [ "${lines[1]}" = "Installing them by: sudo apt-get install two three" ]
    cat "$BATS_TEST_TMPDIR/fakes/apt.log"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/fakes/apt.log")" -eq 2 ]
    grep -q '^noninteractive: .*update' "$BATS_TEST_TMPDIR/fakes/apt.log"
    grep -q '^noninteractive: .*install.* two three$' "$BATS_TEST_TMPDIR/fakes/apt.log"
    # All there: not a word.
    run sh "$ROOT/workflows/install-missing.sh" one
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    # No sudo: what to do is said, and nothing is done.
    rm "$BATS_TEST_TMPDIR/fakes/sudo" "$BATS_TEST_TMPDIR/fakes/apt.log"
    for program in sh grep dirname; do
        ln -s "$(command -v $program)" "$BATS_TEST_TMPDIR/fakes/$program"
    done
    run --separate-stderr env PATH="$BATS_TEST_TMPDIR/fakes" \
        sh "$ROOT/workflows/install-missing.sh" one two
    [ "$status" -eq 1 ]
    [ "$stderr" = "Install them as root: apt-get install two" ]
    [ ! -e "$BATS_TEST_TMPDIR/fakes/apt.log" ]
}

@test "make install puts tools and pages there, make uninstall takes them away" {
    cd "$ROOT"
    for what in install uninstall; do
        make -s B="$(dirname "$DW_BIN")" "$what" DESTDIR="$BATS_TEST_TMPDIR/dest" PREFIX=/usr
        (cd "$BATS_TEST_TMPDIR/dest/usr" && find . -type f | sort) >"$BATS_TEST_TMPDIR/$what"
    done
    {
        for page in man/*.[157]; do echo "./share/man/man${page##*.}/${page#man/}"; done
        for tool in tools/dw-*.c; do echo "./bin/$(basename "$tool" .c)"; done
    } | sort | diff - "$BATS_TEST_TMPDIR/install"
    [ ! -s "$BATS_TEST_TMPDIR/uninstall" ]
}

@test "a library that is missing or too old is told with the package to install" {
    libraries() {
        run --separate-stderr env CC="${CC:-cc}" LAPACK_LIBS="${LAPACK_LIBS:--llapack -lblas}" \
            BIGWIG_LIBS="${BIGWIG_LIBS:--lBigWig -lz}" \
            PKG_CONFIG="$1" sh "$ROOT/workflows/check-libraries.sh" "$BATS_TEST_TMPDIR/stamp"
    }
    libraries pkg-config
    [ "$status" -eq 0 ]
    rm "$BATS_TEST_TMPDIR/stamp"
    fake old-config <<'END'
case $* in
*--atleast-version=*libzstd) exit 1 ;;
--modversion*) echo 1.0 ;;
'--exists libxxhash') exit 1 ;;
esac
END
    libraries "$BATS_TEST_TMPDIR/fakes/old-config"
    [ "$status" -eq 1 ]
    # shellcheck disable=SC2154 # set by run
    [ "${stderr_lines[0]}" = "libzstd is 1.0, but 1.4.8 is needed: install a newer libzstd-dev" ]
    [ "${stderr_lines[1]}" = "libxxhash was not found: install libxxhash-dev" ]
    [ "${#stderr_lines[@]}" -eq 2 ]
    LAPACK_LIBS=-lnone libraries pkg-config
    [ "$status" -eq 1 ]
    [[ $stderr == *"install libopenblas-dev"* ]]
    BIGWIG_LIBS=-lnone libraries pkg-config
    [ "$status" -eq 1 ]
    [[ $stderr == *"install libbigwig-dev"* ]]
    libraries none-config
    [ "$stderr" = "pkg-config was not found: install pkg-config" ]
    [ ! -e "$BATS_TEST_TMPDIR/stamp" ]
}
