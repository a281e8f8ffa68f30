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

real=../shared/data
if [ -d "$real" ]; then
    "$build/bench/bench_tracks" "$real/ukbb_height_windows/geno/1000G.subset.1.bim"
    "$build/bench/bench_tracks" "$real/ukbb_height_windows/geno/1000G.subset.1.bim" \
        "$real/annot/bigwig/hela_h3k4_chr22.hg19.bw" "$real/annot/bigwig/valr_hg19.dnase1.bw"
fi

# measure NAME COMMAND: medians over five runs, after one that is not counted,
# into $cpu, $wall, $memory; prints them.
measure() {
    name=$1
    sh -c "$2" >/dev/null 2>&1
    : >"$dir/times"
    for _ in 1 2 3 4 5; do
        /usr/bin/time -a -o "$dir/times" -f '%U %S %e %M' sh -c "$2" >/dev/null 2>&1
    done
    cpu=$(awk '{ print $1 + $2 }' "$dir/times" | sort -n | sed -n 3p)
    wall=$(awk '{ print $3 }' "$dir/times" | sort -n | sed -n 3p)
    memory=$(awk '{ print $4 / 1024 }' "$dir/times" | sort -n | sed -n 3p)
    printf '  %-44s %7.2f s CPU %7.2f s wall %7.0f MB\n' "$name" "$cpu" "$wall" "$memory"
}

# against OTHER: the ratio of the CPU just measured to that of the one before.
ratio() {
    awk -v a="$1" -v b="$2" -v what="$3" 'BEGIN {
        printf "  %-44s %7.1f x\n", what, a / (b > 0.005 ? b : 0.005) }'
}

have() {
    command -v "$1" >/dev/null || {
        echo "  ($1 is not installed: no comparison)"
        return 1
    }
}

dw-synth -q -@ 2 --seed 1 --people 500 --chroms 1 --length 3M --variants 9000 -o "$dir/few"
dw-synth -q -@ 2 --seed 1 --people 5000 --chroms 1 --length 3M --variants 8000 -o "$dir/many"
dw-synth -q -@ 2 --seed 1 --people 5000 --chroms 1 --length 21M --variants 20000 -o "$dir/cohort"
dw-ingest -q --ref "$dir/few.bim" -o "$dir/few.var"
dw-ingest -q --ref "$dir/many.bim" -o "$dir/many.var"

echo "LD of all 3 Mb windows: 500 people x 9,000 variants, 5,000 x 8,000"
for panel in few many; do
    measure "dw-ldblock, $panel people, all windows" \
        "dw-ldblock -q --geno $dir/$panel.bed -o $dir/$panel.dws $dir/$panel.var"
    ours=$cpu
    if have plink1.9; then
        last=$(tail -n 1 "$dir/$panel.bim" | cut -f 4)
        windows=
        from=0
        while [ "$from" -lt "$last" ]; do
            low=$((from > 1000000 ? from - 1000000 : 1))
            windows="$windows plink1.9 --bfile $dir/$panel --chr 1 --from-bp $low --to-bp $((from + 2000000)) --r square bin4 --threads 1 --out $dir/plink;"
            from=$((from + 1000000))
        done
        measure "plink1.9 --r square, the same windows" "$windows"
        ratio "$cpu" "$ours" "CPU, plink1.9 to dw-ldblock"
    fi
done

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

echo "Reading a study of 2,000,000 rows"
awk 'BEGIN {
    srand(1); OFS = "\t"; print "CHR", "SNP", "POS", "A1", "A2", "N", "AF1", "BETA", "SE", "P"
    for (i = 1; i <= 2000000; i++)
        printf "1\trs%d\t%d\tA\tG\t%d\t%.6f\t%.6g\t%.6g\t%.6g\n", i, 100 * i, 450000 - int(rand() * 1000), \
            0.01 + 0.98 * rand(), (rand() - 0.5) / 50, 0.003 + rand() / 1000, rand()
}' | bgzip >"$dir/study.gz"
measure "dw-ingest" "dw-ingest -q -o $dir/study.var $dir/study.gz"
ours=$wall
measure "bgzip -dc | wc -l" "bgzip -dc $dir/study.gz | wc -l"
ratio "$wall" "$ours" "wall, of bgzip's speed"
