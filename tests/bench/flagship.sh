#!/bin/sh
# What the networks that look at windows take to be trained to their end, and what
# they come to, as dw-fit(1), THREADS AND MACHINES, shows it: on a pattern planted
# around variants of twelve blocks, of which two are held out.
# flagship.sh BIN [DIM ...]: transformers of these widths (64, 128, 384).  Prints a
# table, asserts nothing; takes two minutes of a core.
set -eu

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
PATH=$(cd "$1" && pwd):$PATH
LC_ALL=C
export PATH LC_ALL
shift
[ $# -gt 0 ] || set -- 64 128 384
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

# shellcheck source=tests/planted.sh
. "$ROOT/tests/planted.sh"
planted 12 1M 600 1024

# Seconds are those of a core.  A step takes four of the nine blocks that are trained
# on, so there are three an epoch.
printf '%-19s%11s%8s%9s%5s%9s%6s\n' model parameters seconds "s a step" MB "held out" norm
for dim; do
    /usr/bin/time -o time -f '%U %S %M' dw-fit -v --model "transformer:dim=$dim" --epochs 10 \
        --patience 0 --lr 1e-3 --holdout-chrom 11,12 --valid-chrom 10 --log log.tsv \
        -o m.dwm z.dws 2>messages
    parameters=$(sed -n 's/.*: training \([0-9]*\) parameters.*/\1/p' messages)
    cpu=$(sed -n 's/.*seconds of a core: \([0-9.]*\) network.* \([0-9.]*\) sums.*/\1 \2/p' messages)
    gain=$(sed -n 's/.*: held out: .* gain \([-0-9.]*\) over.*/\1/p' messages)
    # The largest of the epochs' mean norms of gradients.
    norm=$(awk -F '\t' 'NR > 1 && $12 > most { most = $12 } END { print most }' log.tsv)
    echo "transformer:dim=$dim $parameters $(cat time) $cpu $gain $norm" | awk '{
        printf "%-19s%11d%8.1f%9.2f%5.0f%9.1f%6.3g\n", $1, $2, $3 + $4, ($6 + $7) / 30,
            $5 / 1024, $8, $9 }'
done
