#!/usr/bin/env python3
"""A reader of dw streams, written from man/dw-stream.5 alone: it shares no code
with dw and proves that the page suffices.

read_stream.py --variants|--blocks STREAM, read_stream.py --runs TRACK STREAM,
read_stream.py --ld BLOCK STREAM print what dw-view prints.
Needs Python 3 and the zstd command.
"""
import struct
import subprocess
import sys

M64 = (1 << 64) - 1
P1, P2, P3, P4, P5 = (11400714785074694791, 14029467366897019727,
                      1609587929392839161, 9650029242287828579,
                      2870177450012600261)


def rotl(x, r):
    x &= M64
    return (x << r | x >> (64 - r)) & M64


def mix(acc, lane):
    return rotl(acc + lane * P2, 31) * P1 & M64


def xxh64(data):
    """XXH64 with seed 0."""
    h, whole = P5, len(data) // 32 * 32
    if whole:
        v = [P1 + P2, P2, 0, -P1]
        for lanes in struct.iter_unpack("<4Q", data[:whole]):
            v = [mix(a, x) for a, x in zip(v, lanes)]
        h = sum(rotl(a, r) for a, r in zip(v, (1, 7, 12, 18)))
        for a in v:
            h = (h ^ mix(0, a)) * P1 + P4 & M64
    h, rest = h + len(data) & M64, data[whole:]
    while len(rest) >= 8:
        h = rotl(h ^ mix(0, struct.unpack_from("<Q", rest)[0]), 27) * P1 + P4 & M64
        rest = rest[8:]
    if len(rest) >= 4:
        word = struct.unpack_from("<I", rest)[0] * P1 & M64
        h, rest = rotl(h ^ word, 23) * P2 + P3 & M64, rest[4:]
    for byte in rest:
        h = rotl(h ^ byte * P5 & M64, 11) * P1 & M64
    h = (h ^ h >> 33) * P2 & M64
    h = (h ^ h >> 29) * P3 & M64
    return h ^ h >> 32


def check(right, why):
    if not right:
        sys.exit("read_stream.py: " + why)


def chunks(data):
    """(type, header, payload) of each chunk of a stream."""
    raw = subprocess.run(["zstd", "-dcq"], input=data, stdout=subprocess.PIPE,
                         check=True).stdout
    at = at_raw = 0
    while at < len(data):
        header = data[at:at + 52]
        check(len(header) == 52, "cut short")
        (magic, size, name, major, kind, version, flags, _, raw_size, frame_size,
         reserved, digest) = struct.unpack("<II3sB4sHHQQQII", header)
        check((magic, size, name) == (0x184D2A5D, 44, b"dws"), "no chunk")
        check((major, flags, reserved) == (1, 0, 0), "a newer version")
        check(version == 1 or (version == 2 and kind in (b"LDBK", b"MODL")),
              "a newer version")
        check(digest == xxh64(header[:48]) & 0xFFFFFFFF, "a damaged header")
        yield kind.decode(), header, raw[at_raw:at_raw + raw_size]
        at, at_raw = at + 52 + frame_size, at_raw + raw_size
    check((at, at_raw) == (len(data), len(raw)), "cut short")


def lines(payload):
    return [line.split("\t") for line in payload.decode().split("\n")]


class Cursor:
    """Takes fields from a payload, in order."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        self.at += n
        check(self.at <= len(self.data), "a payload ends too early")
        return self.data[self.at - n:self.at]

    def one(self, code):
        return struct.unpack("<" + code, self.take(struct.calcsize("<" + code)))[0]

    def text(self):
        return self.take(self.one("I")).decode()

    def planes(self, code, n):
        size = struct.calcsize("<" + code)
        flat = self.take(size * n)
        items = bytes(flat[b * n + i] for i in range(n) for b in range(size))
        return struct.unpack("<%d%s" % (n, code), items)

    def texts(self, n):
        return [self.take(length).decode() for length in self.planes("I", n)]

    def end(self):
        check(self.at == len(self.data), "a payload ends too late")


def read_vars(payload):
    """One tuple a variant, in the order of dw-view's columns."""
    c = Cursor(payload)
    t, p, contig, m = c.one("I"), c.one("I"), c.text(), c.one("I")
    step = c.planes("I", m)
    pos = [sum(step[:i + 1]) for i in range(m)]
    columns = [[contig] * m, pos, c.texts(m), c.texts(m), c.texts(m), c.planes("f", m)]
    z, n = ([c.planes("f", m) for _ in range(t)] for _ in "zn")
    columns += [x for pair in zip(z, n) for x in pair]
    columns += [c.planes("f", m) for _ in range(p)]
    c.end()
    return list(zip(*columns))


def read_ldbk(payload, version):
    c = Cursor(payload)
    contig, start, end, _ = c.text(), c.one("I"), c.one("I"), c.one("Q")
    m, core, length, k = c.one("I"), c.one("I"), c.one("I"), c.one("I")
    k8, k16 = (c.one("I"), c.one("I")) if version == 2 else (0, 0)
    c.one("d")
    root = [x ** 0.5 for x in c.planes("d", k)]
    check(k8 + k16 <= k, "more rows than the rank")
    check(version == 2 or c.one("B") == 0, "Q is stored in an unknown way")
    scale = c.planes("f", m) if k8 else ()
    code = struct.unpack("<%db" % (k8 * m), c.take(k8 * m))
    half = c.planes("e", k16 * m)
    full = c.planes("f", (k - k8 - k16) * m)
    c.end()
    q = [[scale[j] * root[i] * code[i + j * k8] for i in range(k8)] +
         list(half[j * k16:(j + 1) * k16]) +
         list(full[j * (k - k8 - k16):(j + 1) * (k - k8 - k16)]) for j in range(m)]
    return (contig, start, end, m, length, k), range(core, core + length), q


def read_trak(payload, name):
    """(contig, start, end, value) of each run of a track that has data."""
    c, rows = Cursor(payload), []
    contig, window, size, tracks = c.text(), c.one("I"), c.one("I"), c.one("I")
    check(size > 0 and window % size == 0, "bins do not divide the window")
    for _ in range(tracks):
        found, _, at, n = c.text() == name, c.text(), c.one("I"), c.one("I")
        for length, value in zip(c.planes("I", n), c.planes("f", n)):
            check(length > 0, "an empty run")
            if found and value == value:
                rows.append((contig, at, at + length, value))
            at += length
    c.end()
    return rows


def show(*row):
    print(*("NA" if x != x else "%.9g" % x if isinstance(x, float) else x for x in row),
          sep="\t")


def main():
    view, *track, path = sys.argv[1:]
    with open(path, "rb") as f:
        data = f.read()
    run, blocks, titled, kind = [], 0, False, None  # run: headers since HEAD
    for kind, header, payload in chunks(data):
        check((kind == "HEAD") == (not run), "HEAD is not where it has to be")
        if kind == "HEAD":
            head = lines(payload)
            names = [x for line in head if line[0] == "trait"
                     for x in ("Z:" + line[1], "N:" + line[1])]
            names += [line[1] for line in head if line[0] == "annot"]
            if not titled and view == "--variants":
                show("BLOCK", "CORE", "CHR", "POS", "ID", "REF", "ALT", "EAF", *names)
            elif not titled and view == "--runs":
                show("BLOCK", "CHR", "START", "END", "VALUE")
            elif not titled and view == "--blocks":
                show("BLOCK", "CHR", "START", "END", "M", "CORE", "K")
            titled = True
        elif kind == "VARS":
            rows = read_vars(payload)
            if view == "--variants" and not any(line[0] == "panel" for line in head):
                for row in rows:
                    show(".", 1, *row)
        elif kind == "TRAK" and view == "--runs":
            in_block = any(line[0] == "panel" for line in head)
            for row in read_trak(payload, track[0]):
                show(blocks + 1 if in_block else ".", *row)
        elif kind == "LDBK":
            blocks += 1
            block, core, q = read_ldbk(payload, struct.unpack_from("<H", header, 16)[0])
            if view == "--blocks":
                show(blocks, *block)
            elif view == "--ld" and blocks == int(track[0]):
                for i in core:
                    show(*(sum(a * b for a, b in zip(q[i], column)) for column in q))
            for i, row in enumerate(rows if view == "--variants" else []):
                show(blocks, int(i in core), *row)
        elif kind == "TAIL":
            check(lines(payload)[:2] == [["chunks", str(len(run))],
                                         ["check", "%016x" % xxh64(b"".join(run))]],
                  "the run is not what its TAIL says")
        else:
            check(kind[0].islower() or kind in ("TRAK", "MODL", "SCOR"),
                  "an unknown critical type")
        run = run + [header] if kind != "TAIL" else []
    check(kind == "TAIL", "cut short")


if __name__ == "__main__":
    main()
