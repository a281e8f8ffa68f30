# shellcheck shell=sh
# LD: dw-ldblock against plink1.9 on the same windows, two threads against one,
# memory, and bytes a variant of each --store.  Sourced by bench.sh, which has
# sourced measure.sh; $dir is where it works.
# shellcheck disable=SC2154 # cpu, wall and memory are set by measure

dw-synth -q -@ 2 --seed 1 --people 500 --chroms 1 --length 3M --variants 9000 -o "$dir/few"
dw-synth -q -@ 2 --seed 1 --people 5000 --chroms 1 --length 3M --variants 8000 -o "$dir/many"
dw-synth -q -@ 2 --seed 1 --people 500 --chroms 1 --length 100M --variants 100000 -o "$dir/long"
dw-synth -q -@ 2 --seed 1 --people 5000 --chroms 1 --length 21M --variants 20000 -o "$dir/cohort"
for panel in few many long cohort; do
    dw-ingest -q --ref "$dir/$panel.bim" -o "$dir/$panel.var"
done

# windows PANEL: plink's commands for the windows that dw-ldblock makes.
windows() {
    tail -n 1 "$dir/$1.bim" | cut -f 4 | {
        read -r last
        from=0
        while [ "$from" -lt "$last" ]; do
            low=$((from > 1000000 ? from - 1000000 : 1))
            # Only where the core has a variant, as dw-ldblock does.
            awk -v a="$from" '$4 > a && $4 <= a + 1000000 { exit found = 1 } END { exit !found }' \
                "$dir/$1.bim" &&
                printf 'plink1.9 --bfile %s --chr 1 --from-bp %d --to-bp %d --r square bin4 --threads 1 --out %s;' \
                    "$dir/$1" "$low" $((from + 2000000)) "$dir/plink"
            from=$((from + 1000000))
        done
    }
}

# plink COMMANDS: what they take, against the CPU time that $ours is.
plink() {
    have plink1.9 || return 0
    runs=1 measure "plink1.9 --r square, the same windows" "$1"
    ratio "$cpu" "$ours" "CPU, plink1.9 to dw-ldblock"
}

echo "LD of all 3 Mb windows: 500 people x 9,000 variants, 5,000 x 8,000"
for panel in few many; do
    measure "dw-ldblock, $panel people" \
        "dw-ldblock -q --geno $dir/$panel.bed -o $dir/$panel.dws $dir/$panel.var"
    ours=$cpu
    plink "$(windows $panel)"
done

# two WHAT COMMAND: with one thread and with two; the last's files stay.
two() {
    runs=1 measure "$1" "dw-ldblock -q -@ 1 $2"
    one=$wall
    ours=$cpu
    runs=1 measure "$1, -@ 2" "dw-ldblock -q -@ 2 $2"
    ratio "$one" "$wall" "wall, one thread to two"
}

# largest STREAM: floats of its largest block, the factor alone.
largest() {
    dw-view --blocks "$1" | awk 'NR > 1 && $5 * $7 > most { most = $5 * $7 }
        END { printf "  %-44s %35.0f MB\n", "its largest factor, as floats", most * 4 / 2^20 }'
}

echo "LD in windows of 3 Mb: 500 people x 100,000 variants, 5,000 x 20,000"
for panel in long cohort; do
    two "dw-ldblock, $panel" "--geno $dir/$panel.bed -o $dir/$panel.dws $dir/$panel.var"
    largest "$dir/$panel.dws"
    plink "$(windows $panel)"
done

real=../shared/data/ukbb_height_windows
if [ -d "$real" ]; then
    echo "LD of 15 real windows of 1 Mb: 489 people x 58,926 variants, with z of height"
    printf '\154\033\001' >"$dir/real.bed"
    for c in 1 2 3 4 6 8 10 11 13 14 16 17 18 19 21; do
        cat "$real/geno/1000G.subset.$c.bim" >&3
        tail -c +4 "$real/geno/1000G.subset.$c.bed" >>"$dir/real.bed"
        printf '%d\t20000000\t21000000\n' "$c"
    done 3>"$dir/real.bim" >"$dir/real.blocks"
    cp "$real/geno/1000G.subset.1.fam" "$dir/real.fam"
    dw-ingest -q --n 450000 --ref "$dir/real.bim" -o "$dir/real.var" \
        "$real/bolt.sumstats.txt.gz"
    two "dw-ldblock, real" "--blocks $dir/real.blocks --geno $dir/real.bed -o $dir/real.dws $dir/real.var"
    plink "$(cut -f 1 "$dir/real.blocks" | while read -r c; do
        printf 'plink1.9 --bfile %s --chr %d --r square bin4 --threads 1 --out %s;' \
            "$dir/real" "$c" "$dir/plink"
    done)"
    for store in f32 f16 i8; do
        dw-ldblock -q -@ 2 --store $store --blocks "$dir/real.blocks" \
            --geno "$dir/real.bed" -o "$dir/real.dws" "$dir/real.var"
        dw-view --tail "$dir/real.dws" |
            awk -v store=$store -v bytes="$(wc -c <"$dir/real.dws")" '
            $1 == "count" && $2 == "VARS" { m = $4; blocks = $3 }
            $2 ~ /store_log_p/ { loglik = $3 / 1e6 }
            $2 ~ /store_gradient/ { slope = $3 / 1e6 }
            END { printf "  --store %s: %5.0f bytes a variant; a block: log p %.2g, gradient %.2g %%\n",
                store, bytes / m, loglik / blocks, 100 * slope / blocks }'
    done
fi
