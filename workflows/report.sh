#!/bin/sh
# The short table at the end of `make demo`, from the files in this folder.
# report.sh HELD_OUT_CHROMOSOME
set -eu

held=$1
model=mlp

# Variants by reason, over the chromosomes; what belongs to other chromosomes'
# runs is no loss.
echo
echo "Variants of the study, by what became of them"
awk -F '\t' '
    FNR == 1 || $1 != "sumstats" || $2 == "contig_not_in_reference" { next }
    $2 == "rows" { rows = $3; next } # each run read the whole study
    !($2 in n) { order[++k] = $2 }
    { n[$2] += $3 }
    END {
        for (i = 1; i <= k; i++)
            printf "  %-44s %8d  %5.1f %%\n", order[i], n[order[i]], 100 * n[order[i]] / rows
    }' "$model"/?.ingest.tsv

# Log-likelihood on the chromosome that was held out.
gain() {
    awk -v c="$held" '$1 == c { print $4 }' "$1/eval.tsv"
}

# Pearson correlation of the two numbers on each line.
correlation() {
    awk '{ n++; x += $1; y += $2; xx += $1 * $1; yy += $2 * $2; xy += $1 * $2 }
        END { printf "%.3f", (n * xy - x * y) / sqrt((n * xx - x * x) * (n * yy - y * y)) }'
}

# True and predicted log variance of each variant of the held-out chromosome.
log_variances() {
    awk -F '\t' '
        FNR == 1 { next }
        NR == FNR { truth[$2, $4, $5] = $6; next }
        ($2, $4, $5) in truth { print log(truth[$2, $4, $5]), log($7) }' \
        "true.$held.tsv" "$model/$held.scores.tsv"
}

# The scores of each person, summed over the files of the chromosomes.
total() {
    awk 'FNR > 1 { n = FNR; sum[n] += $4 } END { for (i = 2; i <= n; i++) print sum[i] }' "$@"
}

# The true genetic value of each person against the score.
accuracy() {
    total true.?.prs.tsv >true.values
    total "$1"/?.prs.tsv | paste true.values - | correlation
}

echo
echo "On chromosome $held, which the training never saw"
awk -v a="$(gain $model)" -v b="$(gain const)" 'BEGIN {
    printf "  log-likelihood gained over one variance for all      %8.1f\n", a - b }'
printf '  correlation of predicted with true log variance      %8s\n' "$(log_variances | correlation)"
echo
echo "Polygenic score of 500 people outside study and panel"
printf '  correlation with their true genetic value            %8s\n' "$(accuracy $model)"
printf '  the same with one variance for all variants          %8s\n' "$(accuracy const)"
echo
echo "Files, in demo/$model/"
echo "  1.scores.tsv ...  every variant: prior variance, posterior effect, weight"
echo "  1.prs.tsv ...     every person's score"
echo "  model.dwm         the model (dw-view --model); fit.tsv, how it was trained"
echo "  eval.tsv, calibration.tsv   how well it predicts"
echo "  all.dws           variants and LD of all chromosomes (dw-view)"
