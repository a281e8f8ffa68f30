#!/bin/sh
# Are the libraries there, and new enough?  Says which package to install for
# each one that is not.  check-libraries.sh STAMP: done once, then remembered.
set -eu

stamp=$1
[ -e "$stamp" ] && exit 0
bad=0

# need MODULE LEAST PACKAGE
need() {
    if ! "$PKG_CONFIG" --exists "$1" 2>/dev/null; then
        echo "$1 was not found: install $3" >&2
        bad=1
    elif ! "$PKG_CONFIG" --atleast-version="$2" "$1"; then
        echo "$1 is $("$PKG_CONFIG" --modversion "$1"), but $2 is needed:" \
            "install a newer $3" >&2
        bad=1
    fi
}

if ! command -v "$PKG_CONFIG" >/dev/null 2>&1; then
    echo "pkg-config was not found: install pkg-config" >&2
    exit 1
fi
need htslib 1.13 libhts-dev
need libzstd 1.4.8 libzstd-dev
need libxxhash 0.8.0 libxxhash-dev
need yaml-0.1 0.2.1 libyaml-dev
need libzip 1.7.0 libzip-dev

mkdir -p "$(dirname "$stamp")"
program=$(dirname "$stamp")/.probe
trap 'rm -f "$program" "$program.c"' EXIT
# links FUNCTION LIBS: is the function in the libraries?
links() {
    echo "int $1(void); int main(void) { return $1 == 0; }" >"$program.c"
    # shellcheck disable=SC2086 # a list of words
    $CC -w -o "$program" "$program.c" $2 2>/dev/null
}

if ! links dpotrf_ "$LAPACK_LIBS"; then
    echo "LAPACK and BLAS were not found as $LAPACK_LIBS: install" \
        "libopenblas-dev, or name yours by LAPACK_LIBS=" >&2
    bad=1
fi
if ! links bwOpen "$BIGWIG_LIBS"; then
    echo "libBigWig was not found as $BIGWIG_LIBS: install libbigwig-dev," \
        "or name yours by BIGWIG_LIBS=" >&2
    bad=1
fi
[ "$bad" -eq 0 ] || exit 1
: >"$stamp"
