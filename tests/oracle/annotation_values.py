#!/usr/bin/env python3
"""Annotations once more, each variant looked up on its own.

    annotation_values.py info FILE VIEW NAME=TAG ...
    annotation_values.py table FILE VIEW NAME=COLUMN[/RULE] ...

VIEW is what dw-view --variants printed; NAME is a column of it.  A table is
keyed by CHR and BP and, if it has them, A1 and A2; else by SNP.  Prints how many
values were looked at, how many are there, and how many are wrong.
"""
import csv
import gzip
import math
import re
import sys

COMPLEMENT = {"A": "T", "C": "G", "G": "C", "T": "A"}
NA = {"", ".", "na", "nan", "n/a", "null"}


def lines(path):
    with open(path, "rb") as f:
        packed = f.read(2) == b"\x1f\x8b"
    with (gzip.open if packed else open)(path, "rt") as f:
        for line in f:
            yield line.rstrip("\n")


def contig(name):
    name = name[3:] if name.lower().startswith("chr") else name
    return {"23": "X", "24": "Y", "M": "MT"}.get(name, name)


def trim(pos, ref, alt):
    while len(ref) > 1 and len(alt) > 1 and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while len(ref) > 1 and len(alt) > 1 and ref[0] == alt[0]:
        pos, ref, alt = pos + 1, ref[1:], alt[1:]
    return pos, ref, alt


def number(text):
    if text.lower() in NA:
        return math.nan
    if text.lower() in ("true", "yes", "false", "no"):
        return float(text.lower() in ("true", "yes"))
    return float(text)


def one(texts, rule):
    x = [y for y in map(number, texts) if not math.isnan(y)]
    if not x:
        return math.nan
    return {"max": max, "min": min, "first": lambda l: l[0],
            "mean": lambda l: sum(l) / len(l)}[rule](x)


def info(path, asked):
    """(contig, pos, ref, alt) to {name: value}."""
    kind, rows = {}, {}
    for line in lines(path):
        if line.startswith("##INFO="):
            m = re.search(r"ID=([^,]+),Number=([^,]+),Type=([^,]+)", line)
            kind[m[1]] = (m[2], m[3])
        if line.startswith("#"):
            continue
        f = line.split("\t")
        fields = dict(x.split("=", 1) if "=" in x else (x, True)
                      for x in f[7].split(";"))
        alts = f[4].split(",")
        for a, alt in enumerate(alts):
            if not re.fullmatch("[ACGT]+", alt):
                continue
            got = {}
            for name, tag in asked:
                how, _ = kind[tag]
                x = fields.get(tag)
                if how == "0":
                    got[name] = float(x is not None)
                elif x is None:
                    got[name] = math.nan
                else:
                    x = x.split(",")
                    i = {"A": a, "R": a + 1}.get(how, 0)
                    got[name] = number(x[i] if len(x) > 1 else x[0])
            pos, r, t = trim(int(f[1]), f[3], alt)
            rows.setdefault((contig(f[0]), pos), []).append((r, t, ".", got))
    return rows


def table(path, asked):
    rows, header = {}, None
    for line in lines(path):
        if line.startswith("##") or not line:
            continue
        f = line.split("\t")
        if header is None:
            header = [x.lstrip("#") for x in f]
            at = {x.upper(): i for i, x in reversed(list(enumerate(header)))}
            alt = at.get("A1", at.get("ALT"))
            ref = at.get("A2", at.get("REF"))
            chrom = at.get("CHR", at.get("CHROM"))
            where = at.get("BP", at.get("POS"))
            continue
        got = {}
        for name, what in asked:
            column, _, rule = what.partition("/")
            got[name] = one(f[header.index(column)].split(";"), rule or "max")
        pos, r, t = int(f[where]), "", ""
        if alt is not None:
            pos, r, t = trim(pos, f[ref], f[alt])
        rows.setdefault((contig(f[chrom]), pos), []).append(
            (r, t, f[at["SNP"]] if "SNP" in at else ".", got))
    return rows


def find(rows, v):
    pos, ref, alt = trim(int(v["POS"]), v["REF"], v["ALT"])
    here = rows.get((v["CHR"], pos), [])
    strand = "".join(COMPLEMENT.get(x, "") for x in ref + alt)
    pairs = [(ref, alt), (alt, ref)]
    if len(ref) == len(alt) == 1:
        pairs += [(strand[0], strand[1]), (strand[1], strand[0])]
    for r, a in pairs:
        for row in here:
            if row[:2] == (r, a):
                return row[3]
    for row in here:
        if not row[0] and row[2] == v["ID"]:
            return row[3]
    return None


def main():
    how, path, view, words = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    asked = [w.split("=", 1) for w in words]
    rows = (info if how == "info" else table)(path, asked)
    looked = there = wrong = 0
    with open(view) as f:
        for v in csv.DictReader(f, delimiter="\t"):
            want = find(rows, v)
            for name, _ in asked:
                x = number(v[name])
                y = want[name] if want else math.nan
                looked += 1
                there += not math.isnan(y)
                # float32 keeps seven digits.
                same = (math.isnan(x) if math.isnan(y) else
                        abs(x - y) <= 1e-6 * abs(y))
                if not same:
                    wrong += 1
                    print(v["CHR"], v["POS"], v["REF"], v["ALT"], name, x, y,
                          file=sys.stderr)
    print(f"looked at {looked}, there {there}, wrong {wrong}")


main()
