# From dw-view --truth beside dw-view --variants to true.CHR.tsv: the true variance
# of each variant, and the weight of one ALT allele in the true genetic value.
BEGIN { FS = OFS = "\t" }
NR == 1 { next }
{
    file = "true." $1 ".tsv"
    if (!(file in begun)) {
        print "CHR", "POS", "ID", "REF", "ALT", "TRUE_VAR", "WEIGHT" > file
        begun[file]
    }
    f = $15 # behind the 7 columns of --truth: BLOCK CORE CHR POS ID REF ALT EAF
    print $1, $2, $3, $4, $5, $6, $7 / sqrt(2 * f * (1 - f)) > file
}
