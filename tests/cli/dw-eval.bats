# dw-eval: its figures against a second program, its tables, and what it refuses.
# shellcheck disable=SC2154 # stderr is set by run
load helper

setup() {
    set -o pipefail
    cd "$BATS_TEST_TMPDIR" || return 1
    blocks=$ROOT/tests/golden/blocks.dws
    model=$ROOT/tests/golden/model.dws
    # G/A is the other way round than in the stream; 22:500 is not in it.
    printf '%s\t%s\t%s\t%s\t%s\n' CHR POS REF ALT PRIOR_VAR \
        22 600 C T 4e-6 22 100 A C 1e-5 chr22 100 g a 2e-5 22 107 ACGT A 3e-6 \
        22 70100 G GTTT 5e-6 22 500 C T 9e-6 >prior.tsv
    sed 's/^chr//; s/\tg\ta/\tG\tA/' prior.tsv >plain.tsv
}

# agree FILE FILE: line by line, numbers to 1e-6 relative (dw-view prints R to 9
# digits, of which float has 7), all else as text.
agree() {
    awk -v a="$1" -v b="$2" 'function off(x, y, s) {
            s = x < 0 ? -x : x
            return (x > y ? x - y : y - x) > 1e-6 * (s > 1e-3 ? s : 1e-3)
        }
        BEGIN {
            for (;;) {
                ra = getline x < a; rb = getline y < b
                if (ra <= 0 || rb <= 0) break
                n = split(x, u, "\t"); k = split(y, v, "\t"); lines++
                bad += n != k
                for (i = 1; i <= n; i++)
                    if (u[i] ~ /^-?[0-9.]+(e[-+]?[0-9]+)?$/ ? off(u[i], v[i]) \
                        : u[i] != v[i]) { print x " | " y; bad++ }
            }
            exit bad > 0 || ra != rb || lines == 0
        }'
}

# The numbers of a second program, which starts from (3) and knows no factor.
oracle() {
    dw-view --variants "$1" >variants.txt
    n=$(dw-view --blocks "$1" | tail -n +2 | wc -l)
    for i in $(seq "$n"); do
        dw-view --ld "$i" "$1" >"ld.$i"
    done
    # shellcheck disable=SC2046 # file names without blanks, in order
    python3 "$ROOT/tests/oracle/evidence.py" variants.txt plain.tsv "$2" \
        "$3" "$4" $(seq -f ld.%.0f "$n") >oracle.txt
}

@test "log-likelihood and gradient are those of the second program" {
    oracle "$blocks" height 1.2 0.3
    for solver in auto primal dual; do
        dw-eval -q --prior prior.tsv --s2 1.2 --tau 0.3 --by block \
            --solver $solver --gradient grad.tsv "$blocks" >eval.tsv
        tail -n +2 eval.tsv | cut -f 1-5 >mine.txt
        tail -n +2 grad.tsv | cut -f 2,4,5,7 >>mine.txt
        agree mine.txt oracle.txt
    done
}

@test "the gradient is the slope of the log-likelihood" {
    dw-eval -q --prior prior.tsv --tau 0.3 --gradient grad.tsv "$blocks" >eval.tsv
    [ "$(head -1 grad.tsv)" = "$(printf 'CHR\tPOS\tID\tREF\tALT\tPRIOR_VAR\tGRAD')" ]
    [ "$(wc -l <grad.tsv)" -eq 11 ]
    grep -qP '^22\t100\t\.\tA\tG\t2e-05\t' grad.tsv
    for sign in + -; do
        awk -F '\t' -v OFS='\t' "NR > 1 && \$3 == \"g\" {
            \$5 = sprintf(\"%.17g\", \$5 * exp(${sign}1e-3)) } 1" prior.tsv >moved.tsv
        dw-eval -q --prior moved.tsv --tau 0.3 "$blocks" |
            awk 'NR == 2 { print $4 }'
    done >slope.txt
    want=$(awk '$5 == "G" && $2 == 100 { print $7 }' grad.tsv)
    awk -v g="$want" 'NR == 1 { up = $1 } NR == 2 {
        d = (up - $1) / 2e-3 - g; exit !(d < 1e-5 && d > -1e-5) }' slope.txt
}

@test "columns, scopes and sums" {
    dw-eval -q --prior prior.tsv --by block "$blocks" >block.tsv
    dw-eval -q --prior prior.tsv --by chrom "$blocks" >chrom.tsv
    dw-eval -q --prior prior.tsv "$blocks" >total.tsv
    [ "$(head -1 total.tsv)" = "$(printf 'SCOPE\tM\tK\tLOGLIK\tNULL\tDELTA\tLDSR')" ]
    [ "$(cut -f 1 block.tsv | xargs)" = "SCOPE 1 2" ]
    [ "$(cut -f 1-3 chrom.tsv | tail -1)" = "$(printf '22\t4\t4')" ]
    [ "$(tail -1 chrom.tsv | cut -f 2-)" = "$(tail -1 total.tsv | cut -f 2-)" ]
    awk 'NR > 1 { m += $2; k += $3; l += $4; d += $6; r += $2 * $7 }
        END { printf "total\t%d\t%d\t%.9g\t%.9g\t%.7g\n", m, k, l, d, r / m }' \
        block.tsv >sum.txt
    awk 'NR > 1 { printf "%s\t%d\t%d\t%.9g\t%.9g\t%.7g\n", $1, $2, $3, $4, $6, $7 }' \
        total.tsv | diff sum.txt -
    awk 'NR > 1 { d = $4 - $5 - $6; exit !(d < 1e-9 && d > -1e-9) }' block.tsv
}

@test "variance 0 everywhere is the null" {
    awk -v OFS='\t' 'NR > 1 { $5 = 0 } 1' prior.tsv >zero.tsv
    dw-eval -q --prior zero.tsv "$blocks" |
        awk 'NR == 2 { ok = $6 == 0 && $4 == $5 } END { exit !ok }'
}

@test "the same bytes for any number of threads, and from a pipe" {
    for threads in 1 2 5; do
        dw-eval -q -@ $threads --prior prior.tsv --by block --gradient g.$threads \
            --calibration c.$threads -o e.$threads <"$blocks"
        cmp e.1 e.$threads
        cmp g.1 g.$threads
        cmp c.1 c.$threads
    done
}

@test "a model by name, or from the stream before its blocks" {
    dw-eval -m "$model" "$blocks" >named.tsv
    cat "$model" "$blocks" | dw-eval >piped.tsv
    cmp named.tsv piped.tsv
    dw-eval -m "$model" --tau 0.2 --s2 1 "$blocks" >other.tsv
    run ! cmp -s named.tsv other.tsv
}

@test "a model's variances, through a table, give what the model gives" {
    dw-eval -m "$model" --s2 1 --tau 0.1 --gradient g.tsv "$blocks" | cut -f 1-6 >a.tsv
    dw-eval --prior g.tsv --s2 1 --tau 0.1 "$blocks" | cut -f 1-6 >b.tsv
    agree a.tsv b.tsv
}

@test "calibration: ten parts that hold all observed core variants" {
    dw-eval -q --prior prior.tsv --calibration c.tsv "$blocks" >/dev/null
    [ "$(head -1 c.tsv)" = "$(printf 'DECILE\tN\tLOW\tHIGH\tEXPECTED\tOBSERVED')" ]
    [ "$(wc -l <c.tsv)" -eq 11 ]
    awk 'NR > 1 { n += $2 } END { exit n != 4 }' c.tsv
    # z is -2 and 0 in each block.
    awk 'NR > 1 && $2 { s += $6; t += $5 } END { exit !(s == 8 && t > 4) }' c.tsv
}

@test "a simulated trait is drawn from the panel's own LD: no bias is taken off" {
    dw-synth -q --people 50 --chroms 1, --length 300k --block-size 300k -o syn
    dw-ingest -q --ref syn.bim --annot syn.annot.gz |
        dw-ldblock -q --geno syn.bed --blocks syn.blocks.bed |
        dw-sim -q --n 10000 --h2 0.5 --tau 0.5 --trait y -o sim.dws
    dw-view --truth sim.dws | cut -f 1,2,4-6 | sed '1s/TRUE_VAR/PRIOR_VAR/' >true.tsv
    dw-eval -q --prior true.tsv --tau 0.5 --calibration c.tsv sim.dws >/dev/null
    # All variances are the same: 1.5 + N f mean_j sum_i r_ij^2.
    dw-view --ld 1 sim.dws | awk -v f="$(sed -n 2p true.tsv | cut -f 5)" '
        { for (i = 1; i <= NF; i++) s += $i * $i }
        END { print 1.5 + 10000 * f * s / NR }' >want
    awk 'NR == FNR { want = $1; next }
        FNR > 1 { s += $2 * $5; n += $2 }
        END { print want, s / n
            exit !(s / n > want * 0.9999 && s / n < want * 1.0001) }' want c.tsv
}

@test "truth: correlations of what was planted" {
    dw-sim -q --n 1e5 --h2 0.4 --trait y --truth mlp:3 "$blocks" -o sim.dws
    dw-eval -q --prior prior.tsv --trait y --truth t.tsv sim.dws >/dev/null
    [ "$(cut -f 1 t.tsv | xargs)" = "QUANTITY log_variance effect" ]
    awk 'NR > 1 && $3 != "NA" { exit !($3 >= -1 && $3 <= 1) }' t.tsv
    [ "$(awk '$1 == "effect" { print $2 }' t.tsv)" -eq 6 ]
    run --separate-stderr dw-eval -q --prior prior.tsv --truth t2.tsv \
        --trait height "$model" "$blocks"
    [ "$status" -eq 2 ]
}

@test "what is not in the table is told" {
    run --separate-stderr dw-eval --prior prior.tsv "$blocks"
    [ "$status" -eq 0 ]
    [[ $stderr == "dw-eval: 3 of 6 core variants are not in prior.tsv"* ]]
}

@test "tables that cannot be used are refused, by line and column" {
    sed 's/3e-6/-3e-6/' prior.tsv >bad.tsv
    run --separate-stderr dw-eval --prior bad.tsv "$blocks"
    refused 'bad.tsv:5: column PRIOR_VAR: -3e-06 is no variance'
    sed 's/3e-6/inf/' prior.tsv >bad.tsv
    run --separate-stderr dw-eval --prior bad.tsv "$blocks"
    refused 'bad.tsv:5: column PRIOR_VAR: .*inf'
    sed 's/3e-6/3e-6x/' prior.tsv >bad.tsv
    run --separate-stderr dw-eval --prior bad.tsv "$blocks"
    refused 'bad.tsv:5: column PRIOR_VAR: "3e-6x"'
    sed 's/PRIOR_VAR/PRIORVAR/' prior.tsv >bad.tsv
    run --separate-stderr dw-eval --prior bad.tsv "$blocks"
    refused 'bad.tsv:.*PRIOR_VAR.*PRIORVAR'
    (cat prior.tsv && printf '22\t100\tC\tA\t1\n') >bad.tsv
    run --separate-stderr dw-eval --prior bad.tsv "$blocks"
    refused 'bad.tsv: 22:100 .*twice, in rows 2 and 7'
    sed 's/^22/21/; s/^chr22/21/' prior.tsv >bad.tsv
    run --separate-stderr dw-eval --prior bad.tsv "$blocks"
    refused 'bad.tsv has none of the 6 core variants'
    head -1 prior.tsv >bad.tsv
    run --separate-stderr dw-eval --prior bad.tsv "$blocks"
    refused 'bad.tsv: no prior variance in it'
}

@test "streams that cannot be used are refused with the mend" {
    run --separate-stderr dw-eval --prior prior.tsv "$ROOT/tests/golden/variants.dws"
    refused 'variants without LD; dw-ldblock makes'
    run --separate-stderr dw-eval --prior prior.tsv "$model"
    refused 'model.dws: no block in it'
    run --separate-stderr dw-eval --prior prior.tsv --trait weight "$blocks"
    refused 'no trait weight; it holds height'
    run --separate-stderr dw-eval -m "$blocks" "$blocks"
    refused 'holds no model'
    head -c 1200 "$blocks" >cut.dws
    run --separate-stderr dw-eval --prior prior.tsv cut.dws
    refused 'cut short'
    run --separate-stderr dw-eval --prior nothere.tsv "$blocks"
    refused 'nothere.tsv: No such file'
}

@test "no likelihood, no numbers" {
    run --separate-stderr dw-eval --prior prior.tsv --s2 0 --tau 0 "$blocks"
    refused 'block 1 \(22:99-499\): no likelihood .* s2 0 and tau 0'
    awk -v OFS='\t' 'NR > 1 { $5 = "1e308" } 1' prior.tsv >huge.tsv
    run --separate-stderr dw-eval -q --prior huge.tsv "$blocks"
    refused 'block 1 .*finite'
}

@test "called wrongly: status 2" {
    run --separate-stderr dw-eval "$blocks"
    [ "$status" -eq 2 ]
    [[ $stderr == *"-m, or prior variances with --prior"* ]]
    run --separate-stderr dw-eval -m "$model" --prior prior.tsv "$blocks"
    [ "$status" -eq 2 ]
    run --separate-stderr dw-eval --prior prior.tsv --by gene "$blocks"
    [ "$status" -eq 2 ]
    [[ $stderr == *"total|chrom|block"* ]]
    run --separate-stderr dw-eval --prior prior.tsv --tau -1 "$blocks"
    [ "$status" -eq 2 ]
}

@test "chromosomes that come back are refused for gradients, not for sums" {
    cat "$blocks" "$blocks" >twice.dws
    dw-eval -q --prior prior.tsv --gradient g.tsv twice.dws >two.tsv
    dw-eval -q --prior prior.tsv "$blocks" >one.tsv
    awk 'NR == 2 { print 2 * $4 }' one.tsv >a.txt
    awk 'NR == 2 { print 1 * $4 }' two.tsv | diff a.txt -
}

@test "the examples of the manual page run" {
    cp "$blocks" blocks.dws
    cp "$model" height.dwm
    sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/s/^\.Dl //p' "$ROOT/man/dw-eval.1" >examples.sh
    [ "$(grep -c '^dw-eval' examples.sh)" -eq 3 ]
    bash -e examples.sh >shown.txt
    [ "$(grep -c ^SCOPE shown.txt)" -eq 3 ]
    [ "$(wc -l <deciles.tsv)" -eq 11 ]
}
