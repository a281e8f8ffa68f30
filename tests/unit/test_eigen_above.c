/* The top of a spectrum, past the sizes at which reflectors come in blocks. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "linalg/dense.h"
#include "linalg/eigen.h"
#include "tap.h"

/* B B' of a random B (n x rank), over rank. */
static void make(size_t n, size_t rank, double *a)
{
    dw_rng rng = dw_rng_init(3, n);
    double *b = dw_alloc(n * rank, sizeof *b);

    for (size_t i = 0; i < n * rank; i++)
        b[i] = dw_rng_normal(&rng);
    dw_syrk(false, n, rank, 1 / (double)rank, b, n, 0, a, n);
    dw_symmetrise(n, a, n);
    dw_free(b);
}

/* |A V - V W| and |V'V - I|, the largest elements. */
static void check(size_t n, size_t k, const double *a, const double *v,
                  const double *w)
{
    double *av = dw_alloc(n * k, sizeof *av), *vv = dw_alloc(k * k, sizeof *vv);
    double off = 0, apart = 0;

    dw_gemm(false, false, n, k, n, 1, a, n, v, n, 0, av, n);
    for (size_t i = 0; i < n * k; i++)
        off = fmax(off, fabs(av[i] - v[i] * w[i / n]));
    dw_gemm(true, false, k, k, n, 1, v, n, v, n, 0, vv, k);
    for (size_t i = 0; i < k * k; i++)
        apart = fmax(apart, fabs(vv[i] - (i % (k + 1) == 0)));
    OK(off < 1e-12 * w[0], "n = %zu, k = %zu: A V = V W to %.1e", n, k, off);
    OK(apart < 1e-12, "n = %zu, k = %zu: V'V = I to %.1e", n, k, apart);
    dw_free(av);
    dw_free(vv);
}

int main(void)
{
    /* Below, at and above one and two blocks of 128 reflectors. */
    static const size_t size[] = {1, 2, 128, 129, 130, 257, 300};

    for (size_t s = 0; s < DW_COUNT(size); s++) {
        const size_t n = size[s], rank = (n + 1) / 2;
        dw_eigen_ws *ws = dw_eigen_ws_new(n);
        double *a = dw_alloc(n * n, sizeof *a), *v = dw_alloc(n * n, sizeof *v);
        double *w = dw_alloc(n, sizeof *w), *all = dw_alloc(n, sizeof *all);
        size_t k;

        make(n, rank, a);
        memcpy(v, a, n * n * sizeof *v);
        OK(dw_eigen_above(ws, n, v, n, 1e-10, w, &k) == 0 && k == rank,
           "n = %zu: %zu eigenvalues are not 0", n, rank);
        check(n, k, a, v, w);
        memcpy(v, a, n * n * sizeof *v);
        OK(dw_eigen_symmetric(ws, n, v, n, all) == 0 &&
               !memcmp(w, all, n * sizeof *w),
           "n = %zu: all of them, the same", n);
        check(n, n, a, v, all);
        memcpy(v, a, n * n * sizeof *v);
        OK(dw_eigen_above(ws, n, v, n, 2 * w[0], w, &k) == 0 && k == 0,
           "n = %zu: none above the largest", n);
        dw_eigen_ws_free(ws);
        dw_free(a);
        dw_free(v);
        dw_free(w);
        dw_free(all);
    }
    return tap_done();
}
