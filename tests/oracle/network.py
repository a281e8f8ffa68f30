#!/usr/bin/env python3
"""Variances by a network, written from dw-fit(1), "MODELS" and "THE MODEL", and
from dw-stream(5): it shares no code with dw and has no matrices, so that it
proves that the pages suffice.

network.py MODEL STREAM [STEP]   POS and f of each STEP-th variant of a stream of
variants whose network has one trait.
"""
import math
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
from read_stream import Cursor, chunks, lines, read_vars  # noqa: E402


def gelu(x):
    return x / 2 * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))


def relu(x):
    return max(x, 0.0)


class Model:
    def __init__(self, data):
        payload = next(p for kind, _, p in chunks(data) if kind == "MODL")
        c = Cursor(payload)
        self.lines = lines(c.text().encode())
        n = c.one("Q")
        self.param, self.at = c.planes("f", n), 0
        c.end()
        one = {f[0]: f[1:] for f in self.lines}
        self.c = float(one["c"][0] if "c" in one else one["trait"][2])
        self.link = one["link"][0]
        self.inputs = [f[1:] for f in self.lines if f[0] == "input"]
        self.tracks = [(f[1], float(f[2]), float(f[3])) for f in self.lines
                       if f[0] == "track"]
        self.kind, _, items = one["spec"][0].partition(":")
        items = [i.partition("=") for i in items.split(",") if i]
        self.flags = [i[0] for i in items if not i[1]]
        self.widths = [int(f) for f in self.flags if f.isdigit()]
        self.opt = {i[0]: i[2] for i in items if i[1]}
        self.act = relu if self.opt.get("act") == "relu" else gelu

    def take(self, n):
        self.at += n
        return self.param[self.at - n:self.at]

    def matrix(self, rows, columns):
        """A list of columns."""
        flat = self.take(rows * columns)
        return [flat[i * rows:(i + 1) * rows] for i in range(columns)]


def times(w, x):
    y = [0.0] * len(w[0])
    for column, v in zip(w, x):
        for i, a in enumerate(column):
            y[i] += a * v
    return y


def plus(*terms):
    return [sum(t) for t in zip(*terms)]


def normed(m, x):
    """x is a list of places."""
    gain, offset = m.take(len(x[0])), m.take(len(x[0]))
    out = []
    for place in x:
        mean = sum(place) / len(place)
        sd = math.sqrt(sum((v - mean) ** 2 for v in place) / len(place) + 1e-5)
        out.append([g * (v - mean) / sd + o for g, v, o in zip(gain, place, offset)])
    return out


def acted(m, x):
    return [[m.act(v) for v in place] for place in x]


def linear(m, x, width):
    w, b = m.matrix(width, len(x[0])), m.take(width)
    return [plus(times(w, place), b) for place in x]


def conv(m, x, width, kernel):
    taps = [m.matrix(width, len(x[0])) for _ in range(kernel)]
    b = m.take(width)
    out = []
    for j in range(len(x)):
        y = list(b)
        for s, w in enumerate(taps):
            if 0 <= j + s - kernel // 2 < len(x):
                y = plus(y, times(w, x[j + s - kernel // 2]))
        out.append(y)
    return out


def pool(m, x):
    w = m.matrix(len(x[0]), len(x[0]))
    out = []
    for j in range(0, len(x) - 1, 2):
        logits = [times(w, place) for place in x[j:j + 2]]
        y = []
        for i in range(len(x[0])):
            e = [math.exp(logit[i]) for logit in logits]
            y.append((e[0] * x[j][i] + e[1] * x[j + 1][i]) / sum(e))
        out.append(y)
    return out + x[len(out) * 2:]


def residual(m, x):
    return [plus(a, b) for a, b in zip(x, linear(m, acted(m, normed(m, x)), len(x[0])))]


def attention(m, x, heads):
    c, t = len(x[0]), len(x)
    e = c // heads
    w = m.matrix(3 * c, c)
    distance = [m.take(2 * t - 1) for _ in range(heads)]
    o, b = m.matrix(c, c), m.take(c)
    qkv = [times(w, place) for place in x]
    out = []
    for j in range(t):
        y = []
        for h in range(heads):
            q = qkv[j][h * e:(h + 1) * e]
            logit = []
            for s in range(t):
                k = qkv[s][c + h * e:c + (h + 1) * e]
                logit.append(sum(a * v for a, v in zip(q, k)) / math.sqrt(e) +
                             distance[h][s - j + t - 1])
            weight = [math.exp(v - max(logit)) for v in logit]
            for i in range(e):
                y.append(sum(a * qkv[s][2 * c + h * e + i]
                             for s, a in enumerate(weight)) / sum(weight))
        out.append(plus(times(o, y), b))
    return out


def windowed(m, x, window):
    """h, all places behind one another."""
    dim, down = int(m.opt["dim"]), int(m.opt["down"])
    blocks = max(down - 1, 0)
    y = conv(m, window, dim // 2 if blocks else dim, int(m.opt["stem"]))
    y = residual(m, y)
    if down:
        y = pool(m, y)
    for i in range(1, blocks + 1):
        grain = 1 if dim % 16 else 8
        width = math.floor(dim * 2 ** ((i - blocks) / blocks) / grain + 0.5) * grain
        y = conv(m, acted(m, normed(m, y)), width, int(m.opt["kernel"]))
        y = pool(m, residual(m, y))
    for _ in range(int(m.opt.get("depth", 0))):
        y = [plus(a, b) for a, b in
             zip(y, attention(m, normed(m, y), int(m.opt["heads"])))]
        z = acted(m, linear(m, normed(m, y), 2 * dim))
        y = [plus(a, b) for a, b in zip(y, linear(m, z, dim))]
    y = acted(m, normed(m, y))
    top = int(m.opt["top"])
    w, wx, b = m.matrix(top, len(y[0])), m.matrix(top, len(x)), m.take(top)
    own = plus(times(wx, x), b) if x else b
    return [v for place in acted(m, [plus(times(w, p), own) for p in y]) for v in place]


def mlp(m, x):
    for i, width in enumerate(m.widths):
        before = x
        y = linear(m, [x], width)
        if "norm" in m.flags:
            y = normed(m, y)
        x = acted(m, y)[0]
        if "res" in m.flags and i and width == len(before):
            x = plus(x, before)
    return x


def variance(m, x, window):
    m.at = 0
    a, v = m.take(1)[0], m.take(len(x))
    a += sum(p * q for p, q in zip(v, x))
    if m.kind not in ("const", "linear"):
        h = windowed(m, x, window) if m.tracks else mlp(m, x)
        a += sum(p * q for p, q in zip(m.take(len(h)), h))
    assert m.at == len(m.param)
    if m.link == "exp":
        return m.c * math.exp(a)
    return m.c * (math.log1p(math.exp(a)) if m.link == "softplus" else max(a, 1e-5))


def read_tracks(payload):
    """By name, the (start, end, value) of runs with data."""
    c = Cursor(payload)
    c.text()
    _, _, n = c.one("I"), c.one("I"), c.one("I")
    tracks = {}
    for _ in range(n):
        name, _, at, runs = c.text(), c.text(), c.one("I"), c.one("I")
        rows = tracks[name] = []
        for length, v in zip(c.planes("I", runs), c.planes("f", runs)):
            if v == v:
                rows.append((at, at + length, v))
            at += length
    c.end()
    return tracks


def cut(m, tracks, pos):
    window, size = int(m.opt["window"]), int(m.opt["bin"])
    begin, out = pos - 1 - window // 2, []
    for lo in range(begin, begin + window, size):
        place = []
        for name, mean, sd in m.tracks:
            total = bases = 0
            for start, end, v in tracks[name]:
                shared = min(end, lo + size) - max(start, lo)
                if shared > 0:
                    log = math.log1p(v) if v >= 0 else -math.log1p(-v)
                    total += shared * (log - mean) / sd
                    bases += shared
            place.append(total / bases if bases else 0.0)
        out.append(place)
    return out


def main():
    with open(sys.argv[1], "rb") as f:
        m = Model(f.read())
    with open(sys.argv[2], "rb") as f:
        data = f.read()
    step, seen, rows, tracks = int((sys.argv + [1])[3]), 0, [], None
    names = []

    def show():
        nonlocal seen
        for row in rows:
            seen += 1
            if seen % step:
                continue
            annot = dict(zip(names, row[len(row) - len(names):]))
            x = []
            for name, what, mean, sd in m.inputs:
                v = annot[name]
                v = float(v != v) if what == "missing" else v
                x.append(0.0 if v != v else (v - float(mean)) / float(sd))
            window = cut(m, tracks, row[1]) if m.tracks else None
            print(row[1], "%.9g" % variance(m, x, window), sep="\t")

    for kind, _, payload in chunks(data):
        if kind == "HEAD":
            names = [f[1] for f in lines(payload) if f[0] == "annot"]
        elif kind in ("VARS", "TAIL"):
            show()
            rows = read_vars(payload) if kind == "VARS" else []
        elif kind == "TRAK":
            tracks = read_tracks(payload)


if __name__ == "__main__":
    main()
