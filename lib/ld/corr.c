#include "ld/corr.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"

static const float R_MOST = 1.001f;        /* beyond is no correlation */
static const double SAME = 0.001;          /* of the two triangles */
static const double DIAG_SLACK = 0.01;     /* about 1 */
static const double ASYMMETRIC_MOST = 0.1; /* of the pairs */

static bool refit(float **p, size_t *cap, size_t n)
{
    void *q = *p;
    int rc = dw_try_grow(&q, cap, n, sizeof **p);

    *p = q;
    if (rc == 0)
        memset(q, 0, n * sizeof **p);
    return rc == 0;
}

int dw_corr_begin(dw_corr *c, size_t l, size_t m, size_t core, dw_err *err)
{
    c->l = l;
    c->m = m;
    c->core = core;
    c->below = c->above = 0;
    if (l > DW_CORR_CORE_MAX || (l && m > DW_CORR_SIZE_MAX / l))
        return dw_fail(err, DW_EFORMAT,
                       "correlations of %zu variants with %zu are more than is "
                       "made at once (%d, and 2^31 pairs)",
                       l, m, DW_CORR_CORE_MAX);
    if (!refit(&c->r, &c->cap_r, l * m + 1) ||
        !refit(&c->diag, &c->cap_diag, m + 1))
        return dw_fail(err, DW_ENOMEM,
                       "not enough memory for the correlations of %zu variants "
                       "with %zu",
                       l, m);
    return 0;
}

void dw_corr_clear(dw_corr *c)
{
    dw_free(c->r);
    dw_free(c->diag);
    *c = (dw_corr){0};
}

/* ---- what kind of matrix it is ---- */

static int find_kind(const dw_corr *c, bool *full, dw_err *err)
{
    uint64_t less = c->below < c->above ? c->below : c->above;
    uint64_t more = c->below < c->above ? c->above : c->below;

    *full = less > 0;
    if (less > 0 && less < more / 2)
        return dw_fail(err, DW_EFORMAT,
                       "this matrix is neither symmetric nor a triangle: "
                       "%" PRIu64 " entries below the diagonal, %" PRIu64
                       " above it",
                       c->below, c->above);
    return 0;
}

static bool is_near(double x, double to)
{
    return fabs(x - to) <= DIAG_SLACK * to;
}

static bool is_row_empty(const dw_corr *c, size_t j)
{
    size_t a = j - c->core;

    for (size_t i = 0; i < c->l; i++) {
        if (c->r[i + j * c->l] != 0)
            return false;
    }
    /* Of a triangle the rest stands in its row. */
    for (size_t i = 0; a < c->l && i < c->m; i++) {
        if (c->r[a + i * c->l] != 0)
            return false;
    }
    return true;
}

/* Makes the diagonal one that should be of 1: see the header. */
static int scale_diagonal(dw_corr *c, bool full, dw_err *err)
{
    size_t ones = 0, halves = 0, set = 0;

    for (size_t j = 0; j < c->m; j++) {
        double d = (double)c->diag[j];

        ones += is_near(d, 1);
        halves += is_near(d, 0.5);
        set += isfinite(d) && d != 0;
    }
    if (!full && halves > ones) {
        for (size_t j = 0; j < c->m; j++)
            c->diag[j] *= 2;
        ones = halves;
    }
    if (ones < set - set / 2)
        return dw_fail(err, DW_EFORMAT,
                       "the diagonal is 1 for %zu of %zu variants only: this "
                       "is no matrix of correlations",
                       ones, c->m);
    for (size_t j = 0; set == 0 && j < c->m; j++) {
        if (c->diag[j] == 0 && !is_row_empty(c, j))
            c->diag[j] = 1;
    }
    return 0;
}

/* The core's part from one triangle, or from both; flanks were summed. */
static int symmetrise(dw_corr *c, bool full, dw_tally *tally, dw_err *err)
{
    float *core = c->r + c->core * c->l;
    size_t l = c->l;
    uint64_t apart = 0;

    for (size_t j = 0; j < l; j++) {
        for (size_t i = j + 1; i < l; i++) {
            float *x = &core[i + j * l], *y = &core[j + i * l];
            float mean = full ? 0.5f * (*x + *y) : *x + *y;

            apart += full && fabs((double)*x - (double)*y) > SAME;
            *x = *y = mean;
        }
        core[j + j * l] = 1;
    }
    for (size_t j = 0; full && j < c->m; j++) {
        for (size_t i = 0; j - c->core >= l && i < l; i++)
            c->r[i + j * l] *= 0.5f;
    }
    if (apart)
        dw_tally_add(tally, "asymmetric", apart);
    if ((double)apart > ASYMMETRIC_MOST * (double)l * (double)(l - 1) / 2)
        return dw_fail(err, DW_EFORMAT,
                       "this matrix is not symmetric: the triangles differ by "
                       "more than %g in %" PRIu64 " of %" PRIu64 " pairs",
                       SAME, apart, (uint64_t)l * (l - 1) / 2);
    return 0;
}

/* ---- what is left out ---- */

static void judge_diagonal(const dw_corr *c, const char **why)
{
    for (size_t j = 0; j < c->m; j++) {
        double d = (double)c->diag[j];

        why[j] = !isfinite(d)    ? "not_finite"
                 : d == 0        ? "monomorphic"
                 : is_near(d, 1) ? NULL
                                 : "wrong_diagonal";
    }
}

static bool is_bad(float x)
{
    return !(fabsf(x) <= R_MOST);
}

/* Calls f for all bad correlations of variant v with one not left out: of its
 * partner and the value. */
static void each_bad(const dw_corr *c, const char *const *why, size_t v,
                     void (*f)(void *ctx, size_t partner, float x), void *ctx)
{
    size_t a = v - c->core, l = c->l;

    for (size_t i = 0; i < l; i++) {
        float x = c->r[i + v * l];

        if (is_bad(x) && c->core + i != v && !why[c->core + i])
            f(ctx, c->core + i, x);
    }
    for (size_t j = 0; a < l && j < c->m; j++) {
        float x = c->r[a + j * l];

        if (j - c->core >= l && is_bad(x) && !why[j])
            f(ctx, j, x);
    }
}

struct bad {
    uint32_t *n; /* (m) bad correlations of each with those not left out */
    size_t of;   /* whose are being gone through */
    bool not_finite;
};

static void count_bad(void *ctx, size_t partner, float x)
{
    struct bad *b = ctx;

    (void)partner;
    (void)x;
    b->n[b->of]++;
}

static void drop_bad(void *ctx, size_t partner, float x)
{
    struct bad *b = ctx;

    b->n[partner]--;
    b->not_finite |= !isfinite(x);
}

/* Leaves out the variant with most bad correlations until there are none. */
static int judge_pairs(const dw_corr *c, const char **why, dw_err *err)
{
    struct bad b = {.n = dw_try_alloc(c->m + 1, sizeof *b.n)};

    if (!b.n)
        return dw_fail(err, DW_ENOMEM, "not enough memory for %zu variants",
                       c->m);
    for (b.of = 0; b.of < c->m; b.of++) {
        if (!why[b.of])
            each_bad(c, why, b.of, count_bad, &b);
    }
    for (;;) {
        size_t most = 0;

        for (size_t j = 1; j < c->m; j++)
            most = b.n[j] > b.n[most] ? j : most;
        if (c->m == 0 || b.n[most] == 0)
            break;
        b.not_finite = false;
        b.n[most] = 0;
        each_bad(c, why, most, drop_bad, &b);
        why[most] = b.not_finite ? "not_finite" : "above_one";
    }
    dw_free(b.n);
    return 0;
}

/* Takes the variants with a reason out of the matrix. */
static void compact(dw_corr *c, const char *const *why)
{
    size_t m = 0, core = 0, l = 0, to = 0;

    for (size_t j = 0; j < c->m; j++) {
        if (why[j])
            continue;
        for (size_t i = 0; i < c->l; i++) { /* never overtakes the reading */
            if (!why[c->core + i])
                c->r[to++] = c->r[i + j * c->l];
        }
        core += j < c->core;
        l += j - c->core < c->l;
        c->diag[m++] = 1;
    }
    c->m = m;
    c->core = core;
    c->l = l;
}

int dw_corr_settle(dw_corr *c, const char **why, dw_tally *tally, dw_err *err)
{
    bool full;

    if (find_kind(c, &full, err) < 0 || scale_diagonal(c, full, err) < 0)
        return err->code;
    judge_diagonal(c, why);
    if (symmetrise(c, full, tally, err) < 0 || judge_pairs(c, why, err) < 0)
        return err->code;
    for (size_t j = 0; j < c->m; j++) {
        if (why[j])
            dw_tally_add(tally, why[j], 1);
    }
    compact(c, why);
    for (size_t i = 0; i < c->l * c->m; i++)
        c->r[i] = fminf(fmaxf(c->r[i], -1), 1);
    return 0;
}
