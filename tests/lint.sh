#!/bin/sh
# The house rules that a machine can check: walls between folders, unique file
# names, format, shell scripts, manual pages.
set -u
cd "$(dirname "$0")/.." || exit 1
bad=0

fail() {
    echo "lint: $*" >&2
    bad=1
}

# Without the list of files most checks below would pass for want of any.
if ! git ls-files --error-unmatch tests/lint.sh >/dev/null 2>&1; then
    fail "git is not installed, or this is no checkout"
    exit 1
fi

# Walls: every #include against tests/layers.tsv.
awk '
    FNR == NR {
        if (/^#/) next
        split($0, f, "\t")
        known[f[1]] = 1
        n = split(f[2], below, " ")
        for (i = 1; i <= n; i++) may[f[1], below[i]] = 1
        n = split(f[3], door, " ")
        for (i = 1; i <= n; i++)
            if (door[i] != "-") { doors[door[i]] = 1; opens[f[1], door[i]] = 1 }
        next
    }
    FNR == 1 {
        n = split(FILENAME, part, "/")
        folder = part[1] == "lib" ? part[2] : part[1]
        if (!(folder in known)) {
            print FILENAME ": the folder is not in tests/layers.tsv"; bad = 1
        }
    }
    /^#[ \t]*include[ \t]*"/ {
        split($0, q, "\""); slash = index(q[2], "/")
        to = substr(q[2], 1, slash - 1)
        if (slash == 0) { print FILENAME ":" FNR ": include by folder: " q[2]; bad = 1 }
        else if (to != "base" && to != folder && !((folder, to) in may)) {
            print FILENAME ":" FNR ": " folder " may not include " q[2]; bad = 1
        }
    }
    /^#[ \t]*include[ \t]*</ {
        name = $0; sub(/.*</, "", name); sub(/>.*/, "", name)
        for (d in doors) if (index(name, d) == 1 && !((folder, d) in opens)) {
            print FILENAME ":" FNR ": " folder " may not include <" name ">"; bad = 1
        }
    }
    END { exit bad }
' tests/layers.tsv lib/*/*.[ch] tools/*.c >&2 || fail "a wall was crossed"

# One door each: BLAS and LAPACK by their Fortran names; stdout, stderr and
# exit belong to cli, log and the small allocations.
git ls-files 'lib/*.c' | grep -v '^lib/linalg/' | xargs grep -nE \
    '\b[sd](gemm|gemv|syrk|trsm|potr[fi]|syev[dr]|dot|axpy|scal)_\(' &&
    fail "BLAS outside lib/linalg"
git ls-files 'lib/*.c' | grep -vE '^lib/(cli/|base/(log|mem)\.c)' |
    xargs grep -nE '\b(printf|puts|exit)\(|\bstderr\b' &&
    fail "a library file prints or exits"

twice=$(git ls-files | grep -vE '^tests/(fuzz/corpus|golden)/|Makefile$' |
    sed 's|.*/||' | sort | uniq -d)
[ -z "$twice" ] || fail "file names that occur twice: $twice"

if command -v clang-format >/dev/null 2>&1; then
    git ls-files '*.c' '*.h' | xargs clang-format --dry-run -Werror ||
        fail "clang-format -i mends these"
else
    echo "lint: clang-format is not installed; skipped" >&2
fi
if command -v shellcheck >/dev/null 2>&1; then
    { git ls-files '*.sh' '*.bats' '*.bash'; echo .ci/run; } |
        xargs shellcheck -x -S style || fail "shellcheck"
else
    echo "lint: shellcheck is not installed; skipped" >&2
fi
if command -v mandoc >/dev/null 2>&1; then
    mandoc -T lint -W warning man/*.[157] || fail "mandoc"
else
    echo "lint: mandoc is not installed; skipped" >&2
fi

for tool in tools/dw-*.c; do
    name=$(basename "$tool" .c)
    [ -e "man/$name.1" ] || fail "$name has no manual page"
    [ -e "tests/cli/$name.bats" ] || fail "$name has no bats file"
done
[ "$bad" -eq 0 ] && echo "lint: clean"
exit "$bad"
