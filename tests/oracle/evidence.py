#!/usr/bin/env python3
"""The log evidence of blocks and its gradient, from text alone.

    evidence.py VARIANTS PRIOR TRAIT S2 TAU LD1 [LD2 ...]

VARIANTS is what dw-view --variants prints, LDi what dw-view --ld i prints (the
core's rows of R), PRIOR a table with CHR POS REF ALT PRIOR_VAR.  Written from
equation (3) of dw-model(7), with no factor: C = R_o. F R_.o + s2 R_oo + tau I,
looked at in the range of R_oo (eigenvalues above 1e-4), o the core variants
that have a z.  Prints "block M K LOGLIK NULL", then "POS REF ALT GRAD" for each
variant, summed over blocks.  Needs nothing but Python 3.10; blocks of some
hundred variants at most.
"""
import math
import sys


def jacobi(a):
    """Eigenvalues and eigenvectors (rows of v) of a symmetric matrix."""
    n = len(a)
    a = [row[:] for row in a]
    v = [[float(i == j) for j in range(n)] for i in range(n)]
    for _ in range(100):
        off = 0.0
        for p in range(n):
            for q in range(p + 1, n):
                off = max(off, abs(a[p][q]))
                if abs(a[p][q]) < 1e-18:
                    continue
                t = 0.5 * math.atan2(2 * a[p][q], a[p][p] - a[q][q])
                c, s = math.cos(t), math.sin(t)
                for i in range(n):
                    x, y = a[i][p], a[i][q]
                    a[i][p], a[i][q] = c * x + s * y, c * y - s * x
                a[p], a[q] = ([c * x + s * y for x, y in zip(a[p], a[q])],
                              [c * y - s * x for x, y in zip(a[p], a[q])])
                v[p], v[q] = ([c * x + s * y for x, y in zip(v[p], v[q])],
                              [c * y - s * x for x, y in zip(v[p], v[q])])
        if off < 1e-14:
            break
    return [a[i][i] for i in range(n)], v


def invert(a):
    """Inverse and log determinant of a positive definite matrix."""
    n = len(a)
    a = [row[:] + [float(i == j) for j in range(n)]
         for i, row in enumerate(a)]
    logdet = 0.0
    for c in range(n):
        top = max(range(c, n), key=lambda i: abs(a[i][c]))
        a[c], a[top] = a[top], a[c]
        pivot = a[c][c]
        logdet += math.log(abs(pivot))
        a[c] = [x / pivot for x in a[c]]
        for i in range(n):
            if i != c and a[i][c] != 0:
                f = a[i][c]
                a[i] = [x - f * y for x, y in zip(a[i], a[c])]
    return [row[n:] for row in a], logdet


def dot(x, y):
    return sum(a * b for a, b in zip(x, y))


def evidence(rows, z, big_f, s2, tau):
    """K, log p and its gradient by log F; rows (o x m) of R, z (o)."""
    observed, r = [i for i, x in enumerate(z) if x is not None], rows
    columns = [r[i]["core"] for i in observed]
    r_oo = [[r[i]["r"][j] for j in columns] for i in observed]
    values, vectors = jacobi(r_oo)
    kept = [i for i, x in enumerate(values) if x >= 1e-4]
    x = [dot(vectors[i], [z[j] for j in observed]) for i in kept]
    m = len(big_f)
    g = [[dot(vectors[i], [r[o]["r"][j] for o in observed]) for j in range(m)]
         for i in kept]
    cov = [[dot([a * f for a, f in zip(gi, big_f)], gh) for gh in g]
           for gi in g]
    for at, i in enumerate(kept):
        cov[at][at] += s2 * values[i] + tau
    inverse, logdet = invert(cov)
    v = [dot(row, x) for row in inverse]
    loglik = -0.5 * (logdet + dot(x, v) + len(kept) * math.log(2 * math.pi))
    loglik += 0.5 * sum(math.log(values[i]) for i in kept)
    grad = []
    for j in range(m):
        a = [gi[j] for gi in g]
        quad = dot(a, [dot(row, a) for row in inverse])
        grad.append(-0.5 * big_f[j] * (quad - dot(a, v) ** 2))
    return len(kept), loglik, grad


def read(path):
    with open(path, encoding="utf-8") as file:
        head = file.readline().rstrip("\n").split("\t")
        return [dict(zip(head, line.rstrip("\n").split("\t")))
                for line in file]


def main(variants, prior, trait, s2, tau, *lds):
    f = {(r["CHR"], r["POS"], r["REF"], r["ALT"]): float(r["PRIOR_VAR"])
         for r in read(prior)}
    by_block, total = {}, {}
    for row in read(variants):
        by_block.setdefault(row["BLOCK"], []).append(row)
    for number, path in enumerate(lds, 1):
        block = by_block[str(number)]
        n = max(float(r["N:" + trait]) for r in block
                if r["N:" + trait] != "NA")
        core = [j for j, r in enumerate(block) if r["CORE"] == "1"]
        with open(path, encoding="utf-8") as file:
            rows = [{"core": j, "r": [float(x) for x in line.split("\t")]}
                    for j, line in zip(core, file)]
        z = [None if block[j]["Z:" + trait] == "NA"
             else float(block[j]["Z:" + trait]) for j in core]
        key = [(r["CHR"], r["POS"], r["REF"], r["ALT"]) for r in block]
        big_f = [n * (f.get(k, f.get((*k[:2], k[3], k[2]), 0.0)))
                 for k in key]
        k, loglik, grad = evidence(rows, z, big_f, float(s2), float(tau))
        null = evidence(rows, z, [0.0] * len(big_f), float(s2), float(tau))[1]
        seen = sum(x is not None for x in z)
        print(number, seen, k, f"{loglik:.12g}", f"{null:.12g}", sep="\t")
        for at, value in zip(key, grad):
            total[at] = total.get(at, 0.0) + value
    for at, value in sorted(total.items(), key=lambda x: (int(x[0][1]),
                                                          x[0][2:])):
        print(*at[1:], f"{value:.9g}", sep="\t")


if __name__ == "__main__":
    main(*sys.argv[1:])
