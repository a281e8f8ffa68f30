#!/usr/bin/env python3
"""The places that a GTF makes, another way: a mask of bases a column.

gene_places.py GTF CHROM UP DOWN all|protein_coding < POS-LENGTH-lines

prints for each line (position from 1, number of bases) the columns of
dw-ingest --gtf: gene exon coding utr5 utr3 noncoding_exon intron splice_site
splice_region promoter tss_distance.
"""
import bisect
import gzip
import math
import re
import sys

COLUMNS = ("gene exon coding utr5 utr3 noncoding_exon intron splice_site "
           "splice_region promoter").split()


def read_transcripts(path, chrom):
    genes, transcripts = {}, {}
    for line in gzip.open(path, "rt"):
        if line.startswith("#"):
            continue
        f = line.rstrip("\n").split("\t")
        if f[0] != chrom:
            continue
        attributes = dict(re.findall(r'(\w+) "([^"]*)"', f[8]))
        first, last = int(f[3]), int(f[4])
        if f[2] == "gene":
            genes[attributes["gene_id"]] = (first, last)
            continue
        t = transcripts.setdefault(attributes["transcript_id"], {
            "gene": attributes["gene_id"], "strand": f[6], "biotype": f[1],
            "exon": set(), "coding": set(), "span": None})
        if f[2] == "transcript":
            t["span"] = (first, last)
        elif f[2] == "exon":
            t["exon"].add((first, last))
        elif f[2] in ("CDS", "stop_codon"):
            t["coding"].add((first, last))
    return genes, transcripts


def places(t, up, down):
    exons = sorted(t["exon"])
    for first, last in exons:
        yield "exon", first, last
        if not t["coding"]:
            yield "noncoding_exon", first, last
    for first, last in t["coding"]:
        yield "coding", first, last
    if t["coding"]:
        begin = min(c[0] for c in t["coding"])
        end = max(c[1] for c in t["coding"])
        left, right = ("utr5", "utr3") if t["strand"] == "+" else ("utr3", "utr5")
        for first, last in exons:
            yield left, first, min(last, begin - 1)
            yield right, max(first, end + 1), last
    for (a, b), (c, d) in zip(exons, exons[1:]):
        intron = range(b + 1, c)
        if not intron:
            continue
        yield "intron", intron[0], intron[-1]
        site = {*intron[:2], *intron[-2:]}
        for x in site:
            yield "splice_site", x, x
        for x in {*intron[:8], *intron[-8:]} - site:
            yield "splice_region", x, x
        yield "splice_region", max(a, b - 2), b
        yield "splice_region", c, min(d, c + 2)
    span = t["span"] or (exons[0][0], exons[-1][1])
    if t["strand"] == "+":
        yield "tss", span[0], span[0]
        yield "promoter", span[0] - up, span[0] + down
    else:
        yield "tss", span[1], span[1]
        yield "promoter", span[1] - down, span[1] + up


def main():
    path, chrom, up, down, which = sys.argv[1:]
    genes, transcripts = read_transcripts(path, chrom)
    size = max(last for _, last in genes.values()) + 1_000_000
    mask = {c: bytearray(size) for c in COLUMNS}
    tss = set()
    for t in transcripts.values():
        if which == "protein_coding" and t["biotype"] != "protein_coding":
            continue
        for name, first, last in places(t, int(up), int(down)):
            if name == "tss":
                tss.add(first)
            elif last >= first:
                first = max(first, 1)
                mask[name][first:last + 1] = b"\1" * (last + 1 - first)
        first, last = genes[t["gene"]]
        mask["gene"][first:last + 1] = b"\1" * (last + 1 - first)
    tss = sorted(tss)
    for line in sys.stdin:
        pos, n = map(int, line.split())
        i = bisect.bisect_left(tss, pos)
        near = [max(0, tss[j] - (pos + n - 1)) if tss[j] >= pos else pos - tss[j]
                for j in (i - 1, i) if 0 <= j < len(tss)]
        print(*(int(any(mask[c][pos:pos + n])) for c in COLUMNS),
              "%.8g" % math.log10(1 + min(near)), sep="\t")


main()
