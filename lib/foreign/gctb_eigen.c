#include "foreign/gctb_eigen.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ld/kept.h"
#include "ld/restrict.h"

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

/* Q of the k largest and of the m rows given; NULL: of all, as they stand. */
static int fill(const dw_gctb_eigen *e, const struct value *value, size_t k,
                const size_t *row, size_t m, dw_ldblock *b, dw_err *err)
{
    if (dw_ldblock_resize(b, m, k, err) < 0)
        return err->code;
    b->core = 0;
    b->l = m;
    b->trace = (double)m; /* the diagonal was 1 before it was cut */
    for (size_t i = 0; i < k; i++) {
        double root = sqrt(value[i].lambda);

        b->lambda[i] = value[i].lambda;
        for (size_t j = 0; j < m; j++)
            b->q[i + j * k] =
                (float)(root * float_at(e->u, (row ? row[j] : j) +
                                                  value[i].at * e->m));
    }
    return 0;
}

/* Some are left out: those that stay, of all. */
static int restrict_to(const dw_gctb_eigen *e, const struct value *value,
                       const dw_ld_order *o, const dw_factor_cut *cut,
                       dw_ldblock *b, dw_err *err)
{
    dw_restrict_ws *ws = dw_restrict_ws_new();
    dw_stay *stay = dw_try_alloc(o->m, sizeof *stay);
    dw_ldblock all = {0};
    int rc = stay ? fill(e, value, e->k, NULL, e->m, &all, err)
                  : dw_fail(err, DW_ENOMEM,
                            "not enough memory for %zu variants", o->m);

    strcpy(all.contig, "."); /* where it lies does not matter here */
    all.end = 1;
    for (size_t j = 0; rc == 0 && j < o->m; j++)
        stay[j].column = o->row[j];
    if (rc == 0)
        rc = dw_restrict_block(ws, &all, o->m, stay, cut, b, err);
    dw_ldblock_clear(&all);
    dw_free(stay);
    dw_restrict_ws_free(ws);
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
        rc = o->m == e->m
                 ? fill(e, value,
                        dw_factor_kept(cut, (double)o->m, e->k, lambda), o->row,
                        o->m, b, err)
                 : restrict_to(e, value, o, cut, b, err);
    }
    dw_free(value);
    dw_free(lambda);
    return rc;
}
