#!/usr/bin/env bats
# dw-ldblock --store: smaller factors, what they cost, and that it is told.
# shellcheck disable=SC2154 # status, stdout and stderr are set by run
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    dw-synth -q --seed 6 --people 150 --chroms 2 --length 400k \
        --variants 1000 -o demo
    base=$(awk 'NR == 1 { print int($4 / 1e6) * 1000000 }' demo.bim)
    printf '%s\t%d\t%d\n' 1 "$base" $((base + 200000)) 1 $((base + 200000)) \
        $((base + 400000)) 2 "$base" $((base + 400000)) >blocks.bed
    awk 'BEGIN { OFS = "\t"; print "CHR", "POS", "ID", "EA", "OA", "Z", "N" }
        { print $1, $4, $2, $5, $6, NR % 7 - 3, 1000 }' demo.bim >study.tsv
    dw-ingest -q --columns CHR=CHR,POS=POS,ID=ID,EA=EA,OA=OA,Z=Z,N=N \
        --ambiguous keep study.tsv -o study.dws
    for store in f32 f16 i8; do
        dw-ldblock -q --store $store --geno demo.bed --blocks blocks.bed \
            --flank 20k -o $store.dws study.dws
    done
}

setup() {
    cd "$BATS_FILE_TMPDIR" || return 1
}

# apart A B: the largest difference of two matrices.
apart() {
    paste "$1" "$2" | awk '{ for (i = 1; i <= NF / 2; i++) {
        d = $i - $(i + NF / 2); if (d < 0) d = -d; if (d > max) max = d } }
        END { print max }'
}

# figure NAME STREAM: of the TAIL.
figure() {
    dw-view --tail "$2" | awk -v name="dw-ldblock/$1" '$2 == name { print $3 }'
}

@test "fewer bits, fewer bytes; half is the default" {
    f32=$(wc -c <f32.dws) f16=$(wc -c <f16.dws) i8=$(wc -c <i8.dws)
    [ $((2 * f16)) -lt $((f32 + f32 / 5)) ]
    [ $((10 * i8)) -lt $((9 * f16)) ]
    dw-ldblock -q --geno demo.bed --blocks blocks.bed --flank 20k study.dws |
        cmp <(dw-view --ld 2 f16.dws) <(dw-view --ld 2 -)
    dw-view --head f16.dws | grep -q -- '--store f16'
}

@test "correlations are what they were, to the bits that there are" {
    for block in 1 2 3; do
        for store in f32 f16 i8; do
            dw-view --ld $block $store.dws >$store.r
        done
        apart f32.r f16.r | awk '{ exit !($1 > 0 && $1 < 0.001) }'
        apart f32.r i8.r | awk '{ exit !($1 > 0.001 && $1 < 0.03) }'
    done
    cmp <(dw-view --blocks f32.dws) <(dw-view --blocks i8.dws)
    cmp <(dw-view --variants f32.dws) <(dw-view --variants i8.dws)
}

@test "what it costs is in TAIL, and is what dw-eval finds" {
    awk 'BEGIN { OFS = "\t"; print "CHR", "POS", "REF", "ALT", "PRIOR_VAR" }
        { print $1, $4, $6, $5, 1e-5 }' demo.bim >prior.tsv
    for store in f32 f16 i8; do
        dw-eval -q --prior prior.tsv --by block $store.dws | cut -f 4 >$store.p
    done
    for store in f16 i8; do
        [ "$(figure store_$store $store.dws)" -eq 3 ]
        [ "$(figure store_gradient_millionths $store.dws)" -gt 0 ]
        # At another variance, and with the flanks: the same to a factor.
        cost=$(figure store_log_p_millionths $store.dws)
        paste f32.p $store.p | awk -v told="$cost" 'NR > 1 { d = $1 - $2
            sum += d < 0 ? -d : d } END { told /= 1e6
            exit !(sum > told / 5 && sum < told * 5) }'
    done
    [ "$(figure store_log_p_millionths f16.dws)" -lt \
        "$(figure store_log_p_millionths i8.dws)" ]
    [ -z "$(dw-view --tail f32.dws | grep store)" ]
}

@test "what it costs is told, without z at drawn ones" {
    run --separate-stderr dw-ldblock --panel --store i8 --geno demo.bed \
        --blocks blocks.bed -o panel.dws
    [ "$status" -eq 0 ]
    [[ $stderr =~ "stored as i8: log p of a block changes by "[0-9.e-]+" (at most "[0-9.e-]+"), its gradient by "[0-9.]+" % (at most "[0-9.]+" %)" ]]
    [ "$(figure store_i8 panel.dws)" -eq 3 ]
    run --separate-stderr dw-ldblock --panel --store f32 --geno demo.bed \
        --blocks blocks.bed -o panel.dws
    [[ ! $stderr =~ stored ]]
}

@test "the same bytes for any number of threads" {
    for store in f16 i8; do
        dw-ldblock -q -@ 3 --store $store --geno demo.bed --blocks blocks.bed \
            --flank 20k -o 3.dws study.dws
        cmp $store.dws 3.dws
    done
}

@test "a reader written from dw-stream(5) alone reads both versions" {
    need_cmd python3
    need_cmd zstd
    for store in f32 f16 i8; do
        python3 "$ROOT/tests/oracle/read_stream.py" --blocks $store.dws |
            cmp - <(dw-view --blocks $store.dws)
        python3 "$ROOT/tests/oracle/read_stream.py" --ld 2 $store.dws >$store.ld
        dw-view --ld 2 $store.dws >$store.view
        [ "$(wc -l <$store.ld)" -gt 100 ]
        apart $store.ld $store.view | awk '{ exit !($1 < 1e-6) }'
    done
}

@test "streams that are stored otherwise are one stream by cat" {
    cat f16.dws f32.dws i8.dws >all.dws
    [ "$(dw-view --blocks all.dws | wc -l)" -eq 10 ]
}

@test "rows of small eigenvalues are not what is saved on" {
    # Many people, so that the smallest eigenvalues are at the cut, where y
    # divides by 1e-4: a rounding of all rows alike would cost hundreds.
    dw-synth -q --seed 7 --people 1200 --chroms 1 --length 300k \
        --variants 700 -o many
    for store in f16 i8; do
        dw-ldblock -q --panel --store $store --geno many.bed -o many.dws
        dw-view --tail many.dws | awk -v most="$([ $store = i8 ] && echo 5 || echo 1)" '
            $2 ~ /store_(i8|f16)$/ { n = $3 }
            $2 ~ /store_log_p/ { sum = $3 / 1e6 }
            END { exit !(n > 0 && sum / n < most) }'
    done
}

@test "a way of storing that there is not" {
    run --separate-stderr dw-ldblock --panel --store f8 --geno demo.bed
    [ "$status" -eq 2 ]
    [[ ${stderr_lines[0]} =~ "--store" ]]
}

@test "real windows: halves are not to be seen in log p" {
    need_shared
    real=$SHARED/ukbb_height_windows
    dw-ingest -q --n 450000 --ref "$real/geno/1000G.subset.17.bim" \
        -o real.var "$real/bolt.sumstats.txt.gz"
    dw-ldblock -q --geno "$real/geno/1000G.subset.17.bed" \
        --blocks <(printf '17\t20000000\t21000000\n') -o real.dws real.var
    figure store_log_p_millionths real.dws | awk '{ exit !($1 < 200000) }'
    figure store_gradient_millionths real.dws | awk '{ exit !($1 < 1000) }'
}
