#!/usr/bin/env python3
"""A reader of dw streams, written from man/dw-stream.5 alone: it shares no code
with dw and proves that the page suffices.

read_stream.py --variants|--blocks STREAM prints what dw-view prints.
Needs Python 3 and the zstd command.
"""
import math
import struct
import subprocess
import sys

M64 = (1 << 64) - 1
P1, P2, P3, P4, P5 = (11400714785074694791, 14029467366897019727,
                      1609587929392839161, 9650029242287828579,
                      2870177450012600261)


def rotl(x, r):
    return (x << r | x >> (64 - r)) & M64


def mix(acc, lane):
    return rotl((acc + lane * P2) & M64, 31) * P1 & M64


def xxh64(data):
    """XXH64 with seed 0."""
    n, at = len(data), 0
    if n >= 32:
        v = [(P1 + P2) & M64, P2, 0, -P1 & M64]
        while at + 32 <= n:
            v = [mix(a, x) for a, x in zip(v, struct.unpack_from("<4Q", data, at))]
            at += 32
        h = sum(rotl(a, r) for a, r in zip(v, (1, 7, 12, 18))) & M64
        for a in v:
            h = ((h ^ mix(0, a)) * P1 + P4) & M64
    else:
        h = P5
    h = (h + n) & M64
    while at + 8 <= n:
        lane = struct.unpack_from("<Q", data, at)[0]
        h = (rotl(h ^ mix(0, lane), 27) * P1 + P4) & M64
        at += 8
    if at + 4 <= n:
        h = (rotl(h ^ struct.unpack_from("<I", data, at)[0] * P1 & M64, 23)
             * P2 + P3) & M64
        at += 4
    for byte in data[at:]:
        h = rotl(h ^ byte * P5 & M64, 11) * P1 & M64
    h = (h ^ h >> 33) * P2 & M64
    h = (h ^ h >> 29) * P3 & M64
    return h ^ h >> 32


def refuse(why):
    sys.exit("read_stream.py: " + why)


def chunks(data):
    """(type, version, records, header, payload) of each chunk of a stream."""
    raw = subprocess.run(["zstd", "-dcq"], input=data, stdout=subprocess.PIPE,
                         check=True).stdout
    at = at_raw = 0
    while at < len(data):
        header = data[at:at + 52]
        if len(header) < 52:
            refuse("cut short")
        (magic, size, name, major, kind, version, flags, records, raw_size,
         frame_size, reserved, check) = struct.unpack("<II3sB4sHHQQQII", header)
        if (magic, size, name) != (0x184D2A5D, 44, b"dws"):
            refuse("no chunk")
        if major != 1 or flags or reserved:
            refuse("a newer version")
        if check != xxh64(header[:48]) & 0xFFFFFFFF:
            refuse("a damaged header")
        at += 52 + frame_size
        yield kind.decode(), version, records, header, raw[at_raw:at_raw + raw_size]
        at_raw += raw_size
    if at != len(data) or at_raw != len(raw):
        refuse("cut short")


class Cursor:
    """Takes fields from a payload, in order."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        self.at += n
        if self.at > len(self.data):
            refuse("a payload ends too early")
        return self.data[self.at - n:self.at]

    def one(self, code):
        return struct.unpack("<" + code, self.take(struct.calcsize("<" + code)))[0]

    def text(self):
        return self.take(self.one("I")).decode()

    def planes(self, code, n):
        size = struct.calcsize("<" + code)
        flat, out = self.take(size * n), bytearray(size * n)
        for b in range(size):
            out[b::size] = flat[b * n:(b + 1) * n]
        return struct.unpack("<%d%s" % (n, code), bytes(out))

    def texts(self, n):
        return [self.take(length).decode() for length in self.planes("I", n)]

    def end(self):
        if self.at != len(self.data):
            refuse("a payload ends too late")


def read_vars(payload):
    c = Cursor(payload)
    t, p = c.one("I"), c.one("I")
    contig, m = c.text(), c.one("I")
    pos = list(c.planes("I", m))
    for i in range(1, m):
        pos[i] += pos[i - 1]
    columns = [pos, c.texts(m), c.texts(m), c.texts(m), c.planes("f", m)]
    z = [c.planes("f", m) for _ in range(t)]
    n = [c.planes("f", m) for _ in range(t)]
    annot = [c.planes("f", m) for _ in range(p)]
    c.end()
    for pair in zip(z, n):
        columns += pair
    return contig, list(zip(*(columns + annot)))


def read_ldbk(payload):
    c = Cursor(payload)
    block = dict(contig=c.text(), start=c.one("I"), end=c.one("I"),
                 people=c.one("Q"), m=c.one("I"), core=c.one("I"),
                 l=c.one("I"), k=c.one("I"), trace=c.one("d"))
    c.planes("d", block["k"])
    if c.one("B") != 0:
        refuse("Q is stored in an unknown way")
    c.planes("f", block["k"] * block["m"])
    c.end()
    return block


def show(x):
    if isinstance(x, float):
        return "NA" if math.isnan(x) else "%.9g" % x
    return str(x)


def print_variants(block, core, table):
    contig, rows = table
    for i, row in enumerate(rows):
        print(block, int(core is None or core["core"] <= i < core["core"] + core["l"]),
              contig, *map(show, row), sep="\t")


def main():
    view, path = sys.argv[1:]
    with open(path, "rb") as f:
        data = f.read()
    headers, n_chunks, n_blocks, table, seen = b"", 0, 0, None, False
    head, kind = None, None
    for kind, version, records, header, payload in chunks(data):
        if (kind == "HEAD") != (head is None):
            refuse("HEAD is not where it has to be")
        if version != 1:
            refuse("a newer version")
        if kind == "HEAD":
            head = [line.split("\t") for line in payload.decode().split("\n")]
            blocks = any(line[0] == "panel" for line in head)
        elif kind == "VARS":
            table = read_vars(payload)
            if view == "--variants" and not seen:
                names = [x for line in head if line[0] == "trait"
                         for x in ("Z:" + line[1], "N:" + line[1])]
                names += [line[1] for line in head if line[0] == "annot"]
                print("BLOCK", "CORE", "CHR", "POS", "ID", "REF", "ALT", "EAF",
                      *names, sep="\t")
            if view == "--variants" and not blocks:
                print_variants(".", None, table)
            seen = True
        elif kind == "LDBK":
            n_blocks += 1
            b = read_ldbk(payload)
            if view == "--variants":
                print_variants(n_blocks, b, table)
            else:
                if n_blocks == 1:
                    print("BLOCK", "CHR", "START", "END", "M", "CORE", "K", sep="\t")
                print(n_blocks, b["contig"], b["start"], b["end"], b["m"], b["l"],
                      b["k"], sep="\t")
        elif kind == "TAIL":
            tail = [line.split("\t") for line in payload.decode().split("\n")]
            if tail[:2] != [["chunks", str(n_chunks)],
                            ["check", "%016x" % xxh64(headers)]]:
                refuse("the run is not what its TAIL says")
            head, headers, n_chunks = None, b"", 0
            continue
        elif kind[0].isupper() and kind not in ("TRAK", "MODL", "SCOR"):
            refuse("an unknown critical type")
        headers += header
        n_chunks += 1
    if kind != "TAIL":
        refuse("cut short")


main()
