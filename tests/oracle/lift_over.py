"""A second formulation of lifting by a chain file, for the tests of dw-ingest.

Reads a UCSC chain file and variants (CHR POS ID REF ALT, tab-separated), and
prints them as dw-ingest(1) has to lift them: CHR POS ID REF ALT, or for those
that have no place ID and the reason.  Alleles of one base are complemented on a
chain that runs backwards.

    python3 lift_over.py CHAIN < VARIANTS > LIFTED
"""

import gzip
import sys

COMPLEMENT = {"A": "T", "C": "G", "G": "C", "T": "A"}


def opened(path):
    return gzip.open(path, "rt") if path.endswith(".gz") else open(path)


def bare(contig):
    name = contig[3:] if contig.lower().startswith("chr") else contig
    return "MT" if name == "M" else name


def chains_of(path):
    """Old contig -> chains: score, span, new contig and size, strand, pieces."""
    chains, pieces = {}, None
    with opened(path) as f:
        for line in f:
            field = line.split()
            if not field:
                continue
            if field[0] == "chain":
                t, q = int(field[5]), int(field[10])
                pieces = []
                chains.setdefault(bare(field[2]), []).append(
                    (int(field[1]), t, int(field[6]), bare(field[7]),
                     int(field[8]), field[9], pieces))
                continue
            size = int(field[0])
            pieces.append((t, size, q))
            t, q = t + size, q + size
            if len(field) == 3:
                t, q = t + int(field[1]), q + int(field[2])
    return chains


def lift(chains, contig, pos):
    """(new contig, new position, strand), or the reason why not."""
    at, spanned, found = pos - 1, False, []
    for score, start, end, new, size, strand, pieces in chains.get(contig, []):
        if not start <= at < end:
            continue
        spanned = True
        for t, n, q in pieces:
            if t <= at < t + n:
                x = q + at - t
                found.append((score, new, x if strand == "+" else size - 1 - x,
                              strand))
    if not spanned:
        return "lift_no_chain"
    if not found:
        return "lift_gap"
    found.sort(reverse=True)
    if len(found) > 1 and found[0][0] == found[1][0]:
        return "lift_ambiguous"
    return found[0][1], found[0][2] + 1, found[0][3]


def main():
    chains = chains_of(sys.argv[1])
    for line in sys.stdin:
        contig, pos, name, ref, alt = line.split()
        to = lift(chains, contig, int(pos))
        if isinstance(to, str):
            print(name, to, sep="\t")
            continue
        if to[2] == "-":
            ref, alt = COMPLEMENT[ref], COMPLEMENT[alt]
        print(to[0], to[1], name, ref, alt, sep="\t")


main()
