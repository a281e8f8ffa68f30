#!/usr/bin/env python3
"""A step on one window as PyTorch takes it in the manner of the reference, m x m
matrices, Cholesky, autograd, against bench_marginal on the same numbers.
Written from the equations; asserts nothing.

    torch_window.py BENCH_MARGINAL M K REPEATS [M K REPEATS]...

A window of M variants whose core has rank K; s2 = 1, tau = 0.  P = R_tw R_w^+
R_wt and c = R_tw R_w^+ z depend on the window only, and are made before the
clock starts.  A step is

    A = I + F^1/2 P F^1/2,  log p = -1/2 (log|A| - c' F^1/2 A^-1 F^1/2 c) + const

with A's Cholesky factor, and its gradient by log F from autograd (A^-1 b is
detached, so that none of it goes through the solve), in double, one thread.
Medians of CPU time.
"""
import math
import subprocess
import sys
import tempfile
import time

try:
    import torch
except ImportError:
    print("torch_window: PyTorch is not here (python3-torch): left out")
    sys.exit(0)


def torch_step(p, c, log_f):
    log_f.grad = None
    root = torch.exp(0.5 * log_f)
    a = root[:, None] * p * root[None, :] + torch.eye(len(c), dtype=p.dtype)
    factor = torch.linalg.cholesky(a)
    b = root * c
    x = torch.cholesky_solve(b.detach()[:, None], factor.detach())[:, 0]
    logdet = 2 * torch.log(torch.diagonal(factor)).sum()
    loglik = -0.5 * (logdet - (2 * (b @ x) - x @ (a @ x)))
    loglik.backward()
    return loglik.item()


def median_time(work, repeats):
    taken = []
    for i in range(repeats + 1):
        start = time.process_time()
        value = work()
        taken.append(time.process_time() - start)
    taken = sorted(taken[1:]) if repeats > 1 else taken[1:]
    return taken[len(taken) // 2], value


def window(bench, m, k, repeats):
    torch.manual_seed(m)
    q = torch.randn(m, k, dtype=torch.float64) / math.sqrt(k)  # Q', m x k
    y = torch.randn(k, dtype=torch.float64)
    f = 0.5 + torch.rand(m, dtype=torch.float64)
    with tempfile.NamedTemporaryFile() as file:
        for part in (q, y, f):
            file.write(part.numpy().tobytes())
        file.flush()
        line = subprocess.run([bench, str(m), str(k), str(repeats), file.name],
                              check=True, capture_output=True, text=True).stdout
    double, single, loglik, slope = (float(x) for x in line.split())
    log_f = torch.log(f).requires_grad_(True)
    p, c = q @ q.T, q @ y
    took, value = median_time(lambda: torch_step(p, c, log_f), repeats)
    value -= 0.5 * (y @ y).item() + 0.5 * k * math.log(2 * math.pi)
    print("m %5d, k %5d: PyTorch %8.3f s, double %7.4f s (%5.1f x), single "
          "%7.4f s (%5.1f x); apart: log p %.0e, gradient %.0e"
          % (m, k, took, double, took / double, single, took / single,
             abs(value / loglik - 1),
             abs(log_f.grad.sum().item() / slope - 1)), flush=True)


def main():
    torch.set_num_threads(1)
    print("A step on a window, PyTorch %s in double and one thread, against dw"
          % torch.__version__)
    numbers = [int(x) for x in sys.argv[2:]]
    for i in range(0, len(numbers), 3):
        window(sys.argv[1], *numbers[i:i + 3])


main()
