#include "foreign/gctb_eigen.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ld/kept.h"
#include "linalg/dense.h"
#include "linalg/eigen.h"

enum { HEADER = 16 }; /* two sizes, the sum, the share kept */

/* float32 of numbers that add up to 1, or to less. */
static const double SLACK = 0.01;

static uint32_t u32_at(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

static double float_at(const unsigned char *p, size_t i)
{
    uint32_t bits = u32_at(p + 4 * i);
    float x;

    memcpy(&x, &bits, sizeof x);
    return (double)x;
}

int dw_gctb_eigen_read(const void *bytes, size_t n, size_t m, dw_gctb_eigen *e,
                       dw_err *err)
{
    const unsigned char *p = bytes;

    *e = (dw_gctb_eigen){0};
    if (n < HEADER)
        return dw_fail(err, DW_EFORMAT, "is cut short: %zu bytes", n);
    e->m = u32_at(p);
    e->k = u32_at(p + 4);
    if (e->m == 0 || e->m > INT32_MAX || e->k == 0 || e->k > e->m ||
        (n - HEADER) / 4 / (e->m + 1) != e->k ||
        (n - HEADER) != 4 * e->k * (e->m + 1))
        return dw_fail(err, DW_EFORMAT,
                       "says it holds %zu eigenvectors of %zu variants, which "
                       "%zu bytes do not: it is cut short, or no .eigen.bin",
                       e->k, e->m, n);
    if (e->m != m)
        return dw_fail(err, DW_EMISMATCH,
                       "is of %zu variants, but ldm.info says %zu", e->m, m);
    e->lambda = p + HEADER;
    e->u = e->lambda + 4 * e->k;
    return 0;
}

/* ---- is it what it should be? ---- */

static int check_lengths(const dw_gctb_eigen *e, dw_err *err)
{
    for (size_t i = 0; i < e->k; i++) {
        double lambda = float_at(e->lambda, i), sum = 0;

        for (size_t j = 0; j < e->m; j++) {
            double x = float_at(e->u, j + i * e->m);

            sum += x * x;
        }
        if (!(lambda > 0 && lambda <= (double)e->m * (1 + SLACK)))
            return dw_fail(err, DW_EFORMAT,
                           "eigenvalue %zu is %g: not of correlations", i + 1,
                           lambda);
        if (!(fabs(sum - 1) <= SLACK))
            return dw_fail(err, DW_EFORMAT,
                           "eigenvector %zu has the length %g, not 1: not a "
                           "file of this machine's numbers",
                           i + 1, sqrt(sum));
    }
    return 0;
}

static int check_variances(const dw_gctb_eigen *e, dw_err *err)
{
    for (size_t j = 0; j < e->m; j++) {
        double sum = 0;

        for (size_t i = 0; i < e->k; i++) {
            double x = float_at(e->u, j + i * e->m);

            sum += x * x * float_at(e->lambda, i);
        }
        if (!(sum <= 1 + SLACK))
            return dw_fail(err, DW_EFORMAT,
                           "variant %zu has a variance of %g in it, above 1",
                           j + 1, sum);
    }
    return 0;
}

/* ---- the factor ---- */

struct value {
    double lambda;
    size_t at;
};

static int by_size(const void *a, const void *b)
{
    const struct value *x = a, *y = b;

    if (x->lambda != y->lambda)
        return x->lambda > y->lambda ? -1 : 1;
    return x->at < y->at ? -1 : 1;
}

static int begin_out(dw_ldblock *b, size_t m, size_t k, dw_err *err)
{
    int rc = dw_ldblock_resize(b, m, k, err);

    b->core = 0;
    b->l = m;
    b->trace = (double)m; /* the diagonal was 1 before it was cut */
    return rc;
}

/* All variants are taken: what is cut is the smallest values. */
static int whole(const dw_gctb_eigen *e, const struct value *value,
                 const double *lambda, const dw_ld_order *o,
                 const dw_factor_cut *cut, dw_ldblock *b, dw_err *err)
{
    size_t k = dw_factor_kept(cut, o->m, e->k, lambda);

    if (begin_out(b, o->m, k, err) < 0)
        return err->code;
    for (size_t i = 0; i < k; i++) {
        double root = sqrt(value[i].lambda);

        b->lambda[i] = value[i].lambda;
        for (size_t j = 0; j < o->m; j++)
            b->q[i + j * k] =
                (float)(root * float_at(e->u, o->row[j] + value[i].at * e->m));
    }
    return 0;
}

/* Q (k x m) in double, and Q Q' decomposed. */
struct part {
    double *q, *square, *lambda, *out;
    dw_eigen_ws *eigen;
};

static void clear_part(struct part *p)
{
    dw_free(p->q);
    dw_free(p->square);
    dw_free(p->lambda);
    dw_free(p->out);
    dw_eigen_ws_free(p->eigen);
}

static int some(const dw_gctb_eigen *e, const struct value *value,
                const dw_ld_order *o, const dw_factor_cut *cut, dw_ldblock *b,
                dw_err *err)
{
    size_t m = o->m, n = e->k, k = 0;
    struct part p = {dw_try_alloc(n, m * sizeof(double)),
                     dw_try_alloc(n, n * sizeof(double)),
                     dw_try_alloc(n, sizeof(double)),
                     dw_try_alloc(n, m * sizeof(double)), dw_eigen_ws_new(n)};
    int rc = 0;

    if (!p.q || !p.square || !p.lambda || !p.out || !p.eigen)
        rc = dw_fail(err, DW_ENOMEM,
                     "not enough memory for a block factor of %zu variants and "
                     "rank %zu",
                     m, n);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        double root = sqrt(value[i].lambda);

        for (size_t j = 0; j < m; j++)
            p.q[i + j * n] =
                root * float_at(e->u, o->row[j] + value[i].at * e->m);
    }
    if (rc == 0) {
        dw_syrk(false, n, m, 1, p.q, n, 0, p.square, n);
        if (dw_eigen_symmetric(p.eigen, n, p.square, n, p.lambda) != 0)
            rc = dw_fail(err, DW_EDEGENERATE,
                         "the eigenvalues of a block of %zu variants cannot be "
                         "found",
                         m);
    }
    if (rc == 0) {
        k = dw_factor_kept(cut, m, n < m ? n : m, p.lambda);
        rc = begin_out(b, m, k, err);
    }
    if (rc == 0) {
        memcpy(b->lambda, p.lambda, k * sizeof *p.lambda);
        dw_gemm(true, false, k, m, n, 1, p.square, n, p.q, n, 0, p.out, k);
        for (size_t i = 0; i < k * m; i++)
            b->q[i] = (float)p.out[i];
    }
    clear_part(&p);
    return rc;
}

int dw_gctb_eigen_factor(const dw_gctb_eigen *e, const dw_ld_order *o,
                         const dw_factor_cut *cut, dw_ldblock *b, dw_err *err)
{
    struct value *value = NULL;
    double *lambda = NULL;
    int rc = check_lengths(e, err);

    if (rc < 0 || (rc = check_variances(e, err)) < 0)
        return rc;
    value = dw_try_alloc(e->k, sizeof *value);
    lambda = dw_try_alloc(e->k, sizeof *lambda);
    if (!value || !lambda) {
        rc = dw_fail(err, DW_ENOMEM, "not enough memory for %zu eigenvalues",
                     e->k);
    } else {
        for (size_t i = 0; i < e->k; i++)
            value[i] = (struct value){float_at(e->lambda, i), i};
        qsort(value, e->k, sizeof *value, by_size);
        for (size_t i = 0; i < e->k; i++)
            lambda[i] = value[i].lambda;
        rc = o->m == e->m ? whole(e, value, lambda, o, cut, b, err)
                          : some(e, value, o, cut, b, err);
    }
    dw_free(value);
    dw_free(lambda);
    return rc;
}
