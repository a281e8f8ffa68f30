"""A second formulation of dw-ingest's join, for its tests.

Reads a study, a .bim (with its .bed) and an .annot, takes the rows that have to
be taken by the rules of dw-ingest(1), and holds them against the table that
`dw-view --variants` prints.  Prints what it counted; exits 1 on a difference.

    python3 ingest_join.py bolt|fastgwa STUDY PREFIX ANNOT VIEW [N]
"""

import csv
import gzip
import math
import sys

COMPLEMENT = {"A": "T", "C": "G", "G": "C", "T": "A"}


def opened(path):
    return gzip.open(path, "rt") if path.endswith(".gz") else open(path)


def rows_of(path):
    with opened(path) as f:
        yield from csv.DictReader(f, delimiter="\t")


def study_rows(kind, path, n):
    """(chr, pos), effect allele, other allele, z, frequency, N."""
    for r in rows_of(path):
        beta = float(r["BETA"])
        if kind == "bolt":
            chisq = float(r["CHISQ_BOLT_LMM"])
            if chisq <= 0:
                continue
            z = math.copysign(math.sqrt(chisq), beta) if beta else 0.0
            yield ((r["CHR"], r["BP"]), r["ALLELE1"], r["ALLELE0"], z,
                   float(r["A1FREQ"]), n)
        else:
            yield ((r["CHR"], r["POS"]), r["A1"], r["A2"],
                   beta / float(r["SE"]), float(r["AF1"]), float(r["N"]))


def a1_frequencies(prefix, m):
    with open(prefix + ".fam") as f:
        people = sum(1 for _ in f)
    size = (people + 3) // 4
    with open(prefix + ".bed", "rb") as f:
        assert f.read(3) == b"\x6c\x1b\x01"
        for _ in range(m):
            codes = [b >> s & 3 for b in f.read(size) for s in (0, 2, 4, 6)]
            codes = [c for c in codes[:people] if c != 1]
            yield sum({0: 2, 2: 1, 3: 0}[c] for c in codes) / (2 * len(codes))


def take(study, bim, freq):
    """key -> z, eaf, n of ALT = A1, and counts by what happened."""
    taken, counts = {}, {}

    def count(what):
        counts[what] = counts.get(what, 0) + 1

    contigs = {contig for contig, _ in bim}
    for place, ea, oa, z, f, n in study:
        if place not in bim:
            count("not_in_reference" if place[0] in contigs else
                  "contig_not_in_reference")
            continue
        for (ref, alt), i in bim[place].items():
            flip = None
            if (ea, oa) == (alt, ref):
                flip = False
            elif (ea, oa) == (ref, alt):
                flip = True
            elif (COMPLEMENT[ea], COMPLEMENT[oa]) == (alt, ref):
                flip = False
            elif (COMPLEMENT[ea], COMPLEMENT[oa]) == (ref, alt):
                flip = True
            if flip is None:
                continue
            if COMPLEMENT[ea] == oa:
                g = 1 - f if flip else f
                if abs(g - 0.5) <= 0.1 or abs(freq[i] - 0.5) <= 0.1:
                    count("ambiguous_eaf")
                    break
                if (g < 0.5) != (freq[i] < 0.5):
                    flip = not flip
                    count("turned")
            count("swapped" if flip else "same")
            taken[place + (ref, alt)] = (-z if flip else z, 1 - f if flip else f,
                                         n)
            break
        else:
            count("alleles_differ")
    return taken, counts


def near(a, b):
    return abs(a - b) <= 2e-7 * max(1, abs(a), abs(b))


def main():
    kind, study, prefix, annot, view = sys.argv[1:6]
    n = float(sys.argv[6]) if len(sys.argv) > 6 else None
    bim, m = {}, 0
    with open(prefix + ".bim") as f:
        for line in f:
            chrom, _, _, pos, a1, a2 = line.split()
            bim.setdefault((chrom, pos), {})[(a2, a1)] = m
            m += 1
    freq = list(a1_frequencies(prefix, m))
    taken, counts = take(study_rows(kind, study, n), bim, freq)
    values = {(r["CHR"], r["BP"]): r for r in rows_of(annot)}

    seen = wrong = 0
    for r in rows_of(view):
        key = (r["CHR"], r["POS"], r["REF"], r["ALT"])
        z, f, size = taken.get(key, (math.nan,) * 3)
        zs = [r[c] for c in r if c.startswith("Z:")]
        ns = [r[c] for c in r if c.startswith("N:")]
        ok = (near(float(zs[0]), z) and near(float(r["EAF"]), f) and
              near(float(ns[0]) / size, 1))
        for name, x in values.get(key[:2], {}).items():
            if name not in ("CHR", "BP", "SNP", "CM"):
                ok = ok and near(float(r[name]), float(x))
        seen += 1
        wrong += not ok
    print("taken %d, in the stream %d, wrong %d" % (len(taken), seen, wrong),
          *("%s %d" % kv for kv in sorted(counts.items())))
    sys.exit(seen != len(taken) or wrong > 0 or seen == 0)


main()
