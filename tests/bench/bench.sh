#!/bin/sh
# Timings of this build against what else does the job, in one run: medians of
# five, and their ratios.  bench.sh BUILD.  Prints tables, asserts nothing.
set -eu
cd "$(dirname "$0")/../.."

build=$1
PATH=$(cd "$build/bin" && pwd):$PATH
LC_ALL=C
export PATH LC_ALL
dir=$build/bench-data
mkdir -p "$dir"
command -v /usr/bin/time >/dev/null || {
    echo "bench: /usr/bin/time is needed: install the package time" >&2
    exit 1
}

for program in "$build"/bench/bench_*; do
    case $program in *.d | *.o) continue ;; esac
    [ -x "$program" ] && "$program"
done

# PyTorch as Debian has it, which is the system's Python and no other.
python=$(command -v /usr/bin/python3 || command -v python3)
OPENBLAS_NUM_THREADS=1 "$python" tests/bench/torch_window.py "$build/bench/bench_marginal" \
    1000 333 5 1000 1000 5 4000 1011 1
"$build/bench/bench_solvers" 4000 8000 16

real=../shared/data
if [ -d "$real" ]; then
    "$build/bench/bench_tracks" "$real/ukbb_height_windows/geno/1000G.subset.1.bim"
    "$build/bench/bench_tracks" "$real/ukbb_height_windows/geno/1000G.subset.1.bim" \
        "$real/annot/bigwig/hela_h3k4_chr22.hg19.bw" "$real/annot/bigwig/valr_hg19.dnase1.bw"
fi

# shellcheck source=tests/bench/measure.sh
. tests/bench/measure.sh

dw-synth -q -@ 2 --seed 1 --people 5000 --chroms 1 --length 21M --variants 20000 -o "$dir/cohort"

# shellcheck source=tests/bench/ldblock.sh
. tests/bench/ldblock.sh

echo "Scores of 5,000 people by 20,000 weights"
awk 'BEGIN { print "CHR\tPOS\tID\tREF\tALT\tWEIGHT" }
    { print $1 "\t" $4 "\t" $2 "\t" $6 "\t" $5 "\t" (NR % 7 - 3) / 100 }' \
    "$dir/cohort.bim" >"$dir/weights.tsv"
measure "dw-prs, .bed" "dw-prs -q --geno $dir/cohort.bed -o $dir/prs.tsv $dir/weights.tsv"
ours=$cpu
if have plink1.9; then
    measure "plink1.9 --score, .bed" \
        "plink1.9 --bfile $dir/cohort --score $dir/weights.tsv 3 5 6 header sum --threads 1 --out $dir/plink"
    ratio "$cpu" "$ours" "CPU, plink1.9 to dw-prs"
fi

# shellcheck source=tests/bench/ingest.sh
. tests/bench/ingest.sh

# shellcheck source=tests/bench/ldscores.sh
. tests/bench/ldscores.sh
