"""Signals as a second program sees them: no libBigWig, no code of ours.

signals.py write OUT CHROM=LENGTH.. < bedGraph     a bigWig, one block, unpacked
signals.py columns BEDGRAPH CHROM W.. < positions  POS, value at the base, means
signals.py bins BEDGRAPH CHROM WINDOW BIN < positions

Values are as dw-view writes them; NA is no data.
"""
import gzip
import struct
import sys


def rows(path):
    raw = sys.stdin.buffer if path == "-" else open(path, "rb")
    if path.endswith(".gz"):
        raw = gzip.open(path)
    for line in raw:
        f = line.decode().split()
        if len(f) == 4 and f[0] != "track":
            yield f[0], int(f[1]), int(f[2]), float(f[3])


def write(out, chroms):
    names = [c.split("=")[0] for c in chroms]
    sizes = [int(c.split("=")[1]) for c in chroms]
    key = max(len(n) for n in names)
    items = list(rows("-"))
    tree = struct.pack("<IIIIQQBBH", 0x78CA8C91, len(names), key, 8,
                       len(names), 0, 1, 0, len(names))
    for i, (n, s) in enumerate(zip(names, sizes)):
        tree += n.encode().ljust(key, b"\0") + struct.pack("<II", i, s)
    body, leaves = struct.pack("<Q", len(items)), []
    at = 64 + len(tree)
    for c in names:
        mine = [r for r in items if r[0] == c]
        if not mine:
            continue
        i = names.index(c)
        block = struct.pack("<IIIIIBBH", i, mine[0][1], mine[-1][2], 0, 0, 1, 0,
                            len(mine))
        for _, start, end, value in mine:
            block += struct.pack("<IIf", start, end, value)
        leaves.append((i, mine[0][1], i, mine[-1][2], at + len(body),
                       len(block)))
        body += block
    index = struct.pack("<IIQIIIIQII", 0x2468ACE0, 256, len(leaves), 0, 0, 0, 0,
                        0, 1, 0) + struct.pack("<BBH", 1, 0, len(leaves))
    for leaf in leaves:
        index += struct.pack("<IIIIQQ", *leaf)
    head = struct.pack("<IHHQQQHHQQIQ", 0x888FFC26, 4, 0, 64, at,
                       at + len(body), 0, 0, 0, 0, 0, 0)
    with open(out, "wb") as f:
        f.write(head + tree + body + index)


def signal(path, chrom):
    base = {}
    for c, start, end, value in rows(path):
        if c == chrom:
            for at in range(start, end):
                base[at] = value
    return base


def mean(base, begin, end):
    got = [base[at] for at in range(begin, end) if at in base]
    return "%.9g" % struct.unpack("f", struct.pack(
        "f", sum(got) / len(got))) if got else "NA"


def main():
    what, args = sys.argv[1], sys.argv[2:]
    if what == "write":
        write(args[0], args[1:])
        return
    base = signal(args[0], args[1])
    sizes = [int(w) for w in args[2:]]
    for line in sys.stdin:
        pos = int(line)
        if what == "columns":
            begins = [(pos - 1 - w // 2, w) for w in [1] + sizes]
        else:
            begins = [(pos - 1 - sizes[0] // 2 + at, sizes[1])
                      for at in range(0, sizes[0], sizes[1])]
        print(pos, *(mean(base, b, b + w) for b, w in begins), sep="\t")


main()
