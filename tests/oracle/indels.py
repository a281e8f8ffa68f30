"""Made-up indels in a made-up genome of repeats, for the tests of dw-ingest.

Writes a FASTA with its index, and a VCF of insertions, deletions and others,
each with more common bases around it than it needs, and moved to the right
within its repeat.  bcftools norm says what they are.

    python3 indels.py SEED N FASTA VCF
"""

import random
import sys


def genome(rng, n):
    """Bases with runs of short repeats, over which indels can slide."""
    seq = []
    while len(seq) < n:
        unit = [rng.choice("ACGT") for _ in range(rng.choice((1, 1, 2, 3, 4)))]
        seq += unit * rng.choice((1, 1, 2, 5, 12))
        seq += [rng.choice("ACGT") for _ in range(rng.randrange(8))]
    return "".join(seq[:n])


def indel(rng, seq):
    """Position (from 1), REF and ALT, or None where it would be no variant."""
    start = rng.randrange(5, len(seq) - 60)
    left, right = rng.randrange(4), rng.randrange(4)
    gone = rng.choice((0, 0, 1, 2, 3, 6))
    more = "".join(rng.choice("ACGT") for _ in range(rng.choice((0, 1, 2, 4))))
    if rng.random() < 0.5:  # one more, or one less, of what is there
        more = seq[start:start + len(more)]
    before = seq[start - left:start]
    behind = seq[start + gone:start + gone + right]
    ref = before + seq[start:start + gone] + behind
    alt = before + more + behind
    if not ref or not alt or ref == alt:
        return None
    return start - left + 1, ref, alt


def main():
    rng = random.Random(int(sys.argv[1]))
    contigs = {"chr1": genome(rng, 20000), "chrX": genome(rng, 5000)}
    with open(sys.argv[3], "w") as fasta, open(sys.argv[3] + ".fai", "w") as fai:
        for name, seq in contigs.items():
            fasta.write(f">{name} made up\n")
            fai.write(f"{name}\t{len(seq)}\t{fasta.tell()}\t60\t61\n")
            for i in range(0, len(seq), 60):
                fasta.write(seq[i:i + 60].lower() + "\n")
    with open(sys.argv[4], "w") as vcf:
        vcf.write("##fileformat=VCFv4.2\n")
        for name, seq in contigs.items():
            vcf.write(f"##contig=<ID={name},length={len(seq)}>\n")
        vcf.write("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n")
        n = 0
        for name, seq in contigs.items():
            made = {indel(rng, seq) for _ in range(int(sys.argv[2]))} - {None}
            for pos, ref, alt in sorted(made):
                n += 1
                vcf.write(f"{name}\t{pos}\tv{n}\t{ref}\t{alt}\t.\t.\t.\n")


main()
