#!/usr/bin/env python3
"""MAF spectrum and LD decay of PLINK panels, side by side.

    compare_panels.py NAME=PREFIX[,PREFIX...] ...

Each PREFIX is a .bed/.bim/.fam; those of one NAME are put together.  Only
variants with MAF >= --min-maf (0.01) count, alleles and order do not matter.
r^2 is the squared correlation of genotype dosages over pairs drawn at random
within each contig, and 1/(n-1) is what pairs without LD would show.
Needs nothing but Python 3.10.
"""
import argparse
import random
from collections import defaultdict

MAF_BINS = [0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5]
KB = 1000
DISTANCES = [0, KB, 5 * KB, 10 * KB, 25 * KB, 50 * KB, 100 * KB, 250 * KB,
             500 * KB, 1000 * KB]
R2_BINS = [0.01, 0.05, 0.2, 0.5, 0.8, 0.99]


class Variant:
    """Genotypes as two bit sets, and their first two moments."""

    def __init__(self, contig, pos, het, hom, n):
        self.contig, self.pos, self.het, self.hom = contig, pos, het, hom
        a, b = het.bit_count(), hom.bit_count()
        self.sum = a + 2 * b
        self.var = n * (a + 4 * b) - self.sum * self.sum  # times n^2
        f = self.sum / (2 * n)
        self.maf = min(f, 1 - f)


def planes(row, n):
    """The bits 'heterozygous' and 'homozygous for A1', or None if missing."""
    bits = int.from_bytes(row, "little")
    low = int.from_bytes(b"\x55" * len(row), "little")
    keep = (1 << (2 * n)) - 1
    lo, hi = bits & low & keep, (bits >> 1) & low & keep
    if lo & ~hi:
        return None
    return hi & ~lo, (hi | lo) ^ (low & keep)


def read(prefix, min_maf):
    with open(prefix + ".fam", encoding="utf-8") as f:
        n = sum(1 for _ in f)
    width = (n + 3) // 4
    variants = []
    with open(prefix + ".bim", encoding="utf-8") as bim, \
            open(prefix + ".bed", "rb") as bed:
        assert bed.read(3) == b"\x6c\x1b\x01", prefix + ".bed: not a .bed"
        for line in bim:
            field = line.split()
            p = planes(bed.read(width), n)
            if p is None:
                continue
            v = Variant(field[0], int(field[3]), p[0], p[1], n)
            if v.maf >= min_maf and v.var > 0:
                variants.append(v)
    return n, variants


def r2(a, b, n):
    dot = (a.het & b.het).bit_count() + \
        2 * ((a.het & b.hom).bit_count() + (a.hom & b.het).bit_count()) + \
        4 * (a.hom & b.hom).bit_count()
    cov = n * dot - a.sum * b.sum
    return cov * cov / (a.var * b.var)


def bin_of(x, edges):
    for i in range(len(edges) - 1):
        if edges[i] <= x < edges[i + 1] or x == edges[-1] == edges[i + 1]:
            return i
    return None


def measure(prefixes, args):
    rng = random.Random(args.seed)
    maf = [0] * (len(MAF_BINS) - 1)
    ld = [[0, 0.0, [0] * (len(R2_BINS) + 1)] for _ in DISTANCES[1:]]
    total = people = 0
    span = 0.0
    for prefix in prefixes:
        people, variants = read(prefix, args.min_maf)
        contigs = defaultdict(list)
        for v in variants:
            contigs[v.contig].append(v)
            total += 1
            i = bin_of(v.maf, MAF_BINS)
            if i is not None:
                maf[i] += 1
        for group in contigs.values():
            group.sort(key=lambda v: v.pos)
            span += (group[-1].pos - group[0].pos) / 1e6
            pair_up(group, people, ld, args.pairs, rng)
    return people, total, span, maf, ld


def pair_up(group, n, ld, pairs, rng):
    """Adds pairs of each distance bin: a first variant, a distance, and the
    variants that are about as far away."""
    from bisect import bisect_left
    pos = [v.pos for v in group]
    for i in range(len(DISTANCES) - 1):
        lo, hi = DISTANCES[i], DISTANCES[i + 1]
        for _ in range(pairs):
            a = rng.randrange(len(group))
            first = bisect_left(pos, pos[a] + max(lo, 1))
            last = bisect_left(pos, pos[a] + hi)
            if first == last:
                continue
            x = r2(group[a], group[rng.randrange(first, last)], n)
            ld[i][0] += 1
            ld[i][1] += x
            ld[i][2][sum(x >= e for e in R2_BINS)] += 1


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    p.add_argument("panel", nargs="+")
    p.add_argument("--min-maf", type=float, default=0.01)
    p.add_argument("--pairs", type=int, default=4000,
                   help="pairs a distance bin and contig")
    p.add_argument("--seed", type=int, default=1)
    args = p.parse_args()
    names, results = [], []
    for text in args.panel:
        name, _, prefixes = text.partition("=")
        names.append(name)
        results.append(measure(prefixes.split(","), args))

    def row(what, values):
        print("\t".join([what] + values))

    row("WHAT", names)
    row("people", [str(r[0]) for r in results])
    row("variants", [str(r[1]) for r in results])
    row("variants_per_Mb", ["%.0f" % (r[1] / r[2]) for r in results])
    for i in range(len(MAF_BINS) - 1):
        row("maf_%g-%g" % (MAF_BINS[i], MAF_BINS[i + 1]),
            ["%.4f" % (r[3][i] / r[1]) for r in results])
    for i in range(len(DISTANCES) - 1):
        label = "%g-%gkb" % (DISTANCES[i] / KB, DISTANCES[i + 1] / KB)
        row("mean_r2_" + label,
            ["%.4f" % (r[4][i][1] / max(r[4][i][0], 1)) for r in results])
    for i in range(len(DISTANCES) - 1):
        label = "%g-%gkb" % (DISTANCES[i] / KB, DISTANCES[i + 1] / KB)
        row("share_r2_over_0.8_" + label,
            ["%.4f" % (sum(r[4][i][2][5:]) / max(r[4][i][0], 1))
             for r in results])


if __name__ == "__main__":
    main()
