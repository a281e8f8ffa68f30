#!/usr/bin/env python3
"""LD in the forms of others, from a PLINK panel, by plain Python.

    ld_files.py FORM OUT PREFIX [OPTION=VALUE]...

PREFIX.bed, .bim and .fam are read; R is that of A1, a missing genotype counts
as its variant's mean.  Forms:

    npz   OUT.npz and OUT.gz, as UKBB_LD has them
          format=csc|csr|coo  part=lower|upper|both  diagonal=0.5  float=f4|f8
          int=i4|i8  store=1 (not deflated)  zip64=1
    gctb  the folder OUT: ldm.info, snp.info, blockB.eigen.bin, blocks of at most
          size=40 variants; descending=1
    text  OUT: a row a line
    bin   OUT: float64; bin4: float32
    list  OUT: a table of the variants

rows=FROM-TO takes those of the .bim only, from 1; spoil=WORD writes an npz that
nobody should take: see `spoil`.
"""
import gzip
import math
import os
import struct
import sys
import zipfile


def read_panel(prefix, first, last):
    """The variants, and a standardised column of each (mean 0, length 1)."""
    with open(prefix + ".fam") as f:
        people = sum(1 for _ in f)
    with open(prefix + ".bim") as f:
        bim = [line.split() for line in f]
    size = (people + 3) // 4
    variants, columns = [], []
    with open(prefix + ".bed", "rb") as f:
        f.seek(3)
        for i, row in enumerate(bim):
            packed = f.read(size)
            if not first <= i + 1 <= last:
                continue
            codes = [packed[p // 4] >> p % 4 * 2 & 3 for p in range(people)]
            dose = [(2.0, None, 1.0, 0.0)[c] for c in codes]
            known = [d for d in dose if d is not None]
            mean = sum(known) / len(known) if known else 0.0
            x = [0.0 if d is None else d - mean for d in dose]
            length = math.sqrt(sum(v * v for v in x))
            if length == 0:
                continue
            variants.append((row[0], row[1], int(row[3]), row[4], row[5],
                             mean / 2, people))
            columns.append([v / length for v in x])
    return variants, columns


def correlations(columns):
    m = len(columns)
    r = [[1.0] * m for _ in range(m)]
    for i in range(m):
        for j in range(i):
            r[i][j] = r[j][i] = sum(a * b for a, b in
                                    zip(columns[i], columns[j]))
    return r


def npy(kind, shape, values, version=1):
    """One array as NumPy stores it."""
    code = {"f4": "f", "f8": "d", "i4": "i", "i8": "q"}.get(kind[1:])
    if code:
        body = struct.pack("<%d%s" % (len(values), code), *values)
    else:
        body = values
    text = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (
        kind, shape)
    start = 10 if version == 1 else 12
    text += " " * (-(start + len(text) + 1) % 64) + "\n"
    head = b"\x93NUMPY" + bytes((version, 0))
    head += struct.pack("<H" if version == 1 else "<I", len(text))
    return head + text.encode() + body


def sparse_arrays(r, o):
    """The arrays of scipy.sparse.save_npz, by name."""
    m = len(r)
    part, kind = o.get("part", "lower"), o.get("format", "csc")
    diagonal = float(o.get("diagonal", "0.5"))
    real, whole = "<" + o.get("float", "f4"), "<" + o.get("int", "i4")
    major, minor, data, pointer = [], [], [], [0]
    for a in range(m):
        for b in range(m):
            row, column = (b, a) if kind == "csc" else (a, b)
            if part == "lower" and row < column:
                continue
            if part == "upper" and row > column:
                continue
            major.append(a)
            minor.append(b)
            data.append(diagonal if a == b else r[a][b])
        pointer.append(len(data))
    n = len(data)
    arrays = {
        "format": npy("|S3", "()", kind.encode()),
        "shape": npy("<i8", "(2,)", [m, m]),
        "data": npy(real, "(%d,)" % n, data),
    }
    if kind == "coo":
        arrays["row"] = npy(whole, "(%d,)" % n, major)
        arrays["col"] = npy(whole, "(%d,)" % n, minor)
    else:
        arrays["indices"] = npy(whole, "(%d,)" % n, minor)
        arrays["indptr"] = npy(whole, "(%d,)" % (m + 1), pointer)
    return spoil(arrays, o.get("spoil"), m, n, minor, pointer)


def spoil(arrays, word, m, n, minor, pointer):
    """What is wrong with it, one thing at a time."""
    items = "(%d,)" % n
    if word in ("format", "shape", "data", "indices", "indptr"):
        del arrays[word]
    elif word == "range":
        arrays["indices"] = npy("<i4", items, minor[:-1] + [m])
    elif word == "negative":
        arrays["indices"] = npy("<i4", items, minor[:-1] + [-1])
    elif word == "descends":
        arrays["indptr"] = npy("<i4", "(%d,)" % (m + 1),
                               [0, 5, 4] + pointer[3:])
    elif word == "short":
        arrays["data"] = npy("<f4", "(%d,)" % (n - 1), [0.0] * (n - 1))
    elif word == "oblong":
        arrays["shape"] = npy("<i8", "(2,)", [m, m + 1])
    elif word == "other":
        arrays["shape"] = npy("<i8", "(2,)", [m + 1, m + 1])
    elif word == "huge":
        arrays["data"] = npy("<f4", "(%d,)" % 10 ** 12, [0.0] * n)
    elif word == "objects":
        arrays["data"] = npy("|O", items, b"cos\nsystem\n(S'true'\ntR.")
    elif word == "records":
        arrays["data"] = npy("<f4", items, [0.0] * n).replace(
            b"'<f4'", b"[('a','f')]", 1)
    elif word == "big":
        arrays["data"] = npy("<f4", items, [0.0] * n).replace(b"<f4", b">f4")
    elif word == "half":
        arrays["data"] = npy("<f2", items, b"\0" * 2 * n)
    elif word == "version":
        arrays["data"] = npy("<f4", items, [0.0] * n, 4)
    elif word == "bsr":
        arrays["format"] = npy("|S3", "()", b"bsr")
    elif word == "dimensions":
        arrays["data"] = npy("<f4", "(%d, 1)" % n, [0.0] * n)
    elif word == "nan":
        arrays["data"] = npy("<f4", items, [math.nan] * n)
    elif word:
        sys.exit("spoil=%s is not known" % word)
    return arrays


def write_list(out, variants, header="rsid\tchromosome\tposition\tallele1\tallele2"):
    text = header + "\n" + "".join(
        "%s\t%s\t%d\t%s\t%s\n" % (v[1], v[0], v[2], v[3], v[4])
        for v in variants)
    if out.endswith(".gz"):
        with open(out, "wb") as f:
            f.write(gzip.compress(text.encode(), mtime=0))
    else:
        with open(out, "w") as f:
            f.write(text)


def write_npz(out, variants, r, o):
    how = zipfile.ZIP_STORED if "store" in o else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(out + ".npz", "w", how) as z:
        for name, body in sparse_arrays(r, o).items():
            info = zipfile.ZipInfo(name + ".npy")
            info.compress_type = how
            with z.open(info, "w", force_zip64="zip64" in o) as f:
                f.write(body)
    write_list(out + ".gz", variants)


def jacobi(a):
    """Eigenvalues and vectors of a symmetric matrix, ascending."""
    n = len(a)
    a = [row[:] for row in a]
    v = [[float(i == j) for j in range(n)] for i in range(n)]
    for _ in range(60):
        if sum(a[i][j] ** 2 for i in range(n) for j in range(i)) < 1e-22:
            break
        for p in range(n):
            for q in range(p + 1, n):
                if abs(a[p][q]) < 1e-300:
                    continue
                t = (a[q][q] - a[p][p]) / (2 * a[p][q])
                t = math.copysign(1, t) / (abs(t) + math.hypot(t, 1))
                c = 1 / math.hypot(t, 1)
                s = t * c
                for k in range(n):
                    x, y = a[k][p], a[k][q]
                    a[k][p], a[k][q] = c * x - s * y, s * x + c * y
                for k in range(n):
                    x, y = a[p][k], a[q][k]
                    a[p][k], a[q][k] = c * x - s * y, s * x + c * y
                for k in range(n):
                    x, y = v[k][p], v[k][q]
                    v[k][p], v[k][q] = c * x - s * y, s * x + c * y
    order = sorted(range(n), key=lambda i: a[i][i])
    return ([a[i][i] for i in order],
            [[v[k][i] for k in range(n)] for i in order])


def write_gctb(out, variants, r, o):
    os.makedirs(out, exist_ok=True)
    size = int(o.get("size", "40"))
    snp = ["Chrom ID Index GenPos PhysPos A1 A2 A1Freq N Block"]
    ldm = ["Block Chrom StartSnpIdx StartSnpID EndSnpIdx EndSnpID NumSnps"]
    for block, begin in enumerate(range(0, len(r), size), 1):
        end = min(begin + size, len(r))
        values, vectors = jacobi([row[begin:end] for row in r[begin:end]])
        kept = [i for i in range(end - begin) if values[i] > 1e-5]
        if "descending" in o:
            kept.reverse()
        body = struct.pack("<iiff", end - begin, len(kept),
                           sum(values[i] for i in kept), 1)
        for i in kept:
            body += struct.pack("<f", values[i])
        for i in kept:
            body += struct.pack("<%df" % (end - begin), *vectors[i])
        with open("%s/block%d.eigen.bin" % (out, block), "wb") as f:
            f.write(body)
        ldm.append("%d %s %d %s %d %s %d" % (
            block, variants[begin][0], begin, variants[begin][1], end - 1,
            variants[end - 1][1], end - begin))
        for i in range(begin, end):
            v = variants[i]
            snp.append("%s %s %d 0 %d %s %s %.6f %d %d" % (
                v[0], v[1], i, v[2], v[3], v[4], v[5], v[6], block))
    for name, lines in (("snp.info", snp), ("ldm.info", ldm)):
        with open("%s/%s" % (out, name), "w") as f:
            f.write("\n".join(lines).replace(" ", "\t") + "\n")


def main():
    form, out, prefix = sys.argv[1:4]
    o = dict(word.split("=", 1) for word in sys.argv[4:])
    first, last = o.get("rows", "1-1000000000").split("-")
    variants, columns = read_panel(prefix, int(first), int(last))
    if form == "list":
        write_list(out, variants)
        return
    r = correlations(columns)
    if form == "npz":
        write_npz(out, variants, r, o)
    elif form == "gctb":
        write_gctb(out, variants, r, o)
    elif form == "text":
        with open(out, "w") as f:
            for row in r:
                f.write("\t".join("%.9g" % x for x in row) + "\n")
    elif form in ("bin", "bin4"):
        code = "d" if form == "bin" else "f"
        with open(out, "wb") as f:
            for row in r:
                f.write(struct.pack("<%d%s" % (len(row), code), *row))
    else:
        sys.exit("form %s is not known" % form)


if __name__ == "__main__":
    main()
