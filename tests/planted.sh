# shellcheck shell=sh
# A truth that is a pattern, for networks that look at signal tracks.

# planted CHROMS LENGTH VARIANTS WINDOW: here, in z.var and z.dws.
#
# Around each variant (those apart from each other) the signal is high on its
# left and low on its right, or the mirror image; variance comes with the first
# alone.  The means around it say nothing, which are the annotation `near`.
# Beyond 64 bases of a variant there are no data.  $ROOT is where the sources are.
planted() {
    dw-synth -q --seed 4 --chroms "$1" --length "$2" --people 300 --variants "$3" -o demo
    awk -v OFS='\t' '
        function noise() { seed = (seed * 1103 + 12345) % 65536; return seed / 65536 }
        BEGIN { seed = 7; print "CHR", "BP", "SNP", "near" >"near.annot" }
        $1 != chr { chr = $1; last = 0 }
        $4 - 101 < last { print $1, $4, $2, "NA" >"near.annot"; next }
        { first = noise() < 0.3; last = $4 + 99; at = $4 - 1
          left = (first ? 5 : 1) + noise(); right = (first ? 1 : 5) + noise()
          print "chr" $1, at - 64, at, left
          print "chr" $1, at, at + 64, right
          print $1, $4, $2, (left + right) / 2 >"near.annot"
          if (first) print "chr" $1, at - 4, at + 5 >"truth.bed" }' demo.bim >signal.bg
    # shellcheck disable=SC2046 # one word for each chromosome
    python3 "$ROOT/tests/oracle/signals.py" write signal.bw \
        $(seq -f 'chr%.0f=30000000' "$1") <signal.bg
    dw-ingest -q --ref demo.bim --bed pattern=truth.bed -o truth.var
    dw-ldblock -q --geno demo.bed --blocks demo.blocks.bed truth.var |
        dw-sim -q --truth enrich:pattern=50 --n 300000 --h2 0.3 |
        dw-view --variants - |
        awk -F '\t' -v OFS='\t' 'NR == 1 { print "CHR", "POS", "OA", "EA", "EAF", "Z", "N" }
            $2 == 1 { print $3, $4, $6, $7, $8, $9, $10 }' >z.tsv
    dw-ingest -q --ref demo.bim --annot near.annot --track s=signal.bw \
        --track-window "$4" --track-bin 8 -o z.var z.tsv
    dw-ldblock -q --geno demo.bed --blocks demo.blocks.bed -o z.dws z.var
}
