# From dw-view --variants to a GWAS table as consortia send them: columns named
# another way, every second variant with its alleles exchanged, every tenth on
# the other strand, every hundredth of a sample too small, one in fifty lost,
# one in two hundred that no panel knows.
BEGIN {
    FS = OFS = "\t"
    complement["A"] = "T"; complement["T"] = "A"
    complement["C"] = "G"; complement["G"] = "C"
    print "SNP", "CHR", "BP", "A1", "A2", "FRQ", "BETA", "SE", "N"
}
NR == 1 { next }
NR % 50 == 7 { next }
{
    # BLOCK CORE CHR POS ID REF ALT EAF Z N
    ref = $6; alt = $7; f = $8; z = $9; n = $10
    if (NR % 2) { swap = ref; ref = alt; alt = swap; f = 1 - f; z = -z }
    if (NR % 10 == 3 && ref in complement && alt in complement) {
        ref = complement[ref]; alt = complement[alt]
    }
    if (NR % 100 == 11) n = int(n / 3)
    se = 1 / sqrt(2 * f * (1 - f) * (n + z * z))
    print $5, $3, $4 + (NR % 200 == 19), alt, ref, f, z * se, se, n
}
