#include "linalg/pivoted.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "linalg/dense.h"

enum {
    TRIED = 64,   /* pivots tried at a time */
    PROBES = 8,   /* vectors by which what is left is measured */
    ROUNDS = 4,   /* of the power iteration on them */
    COLUMNS = 64, /* of R that are widened at a time */
};

/* Of those tried, a pivot is taken while it is not below this share of the
 * largest one that is left anywhere: far smaller ones would be made of what
 * the others leave, and cost a column each. */
static const double TAKEN = 0.1;

/* A pivot below so many times what rounding leaves is rounding itself. */
static const double ROUNDING = 10;

struct dw_pivoted_ws {
    double *left; /* (n) diagonal of R - C C' */
    double *w;    /* (n x TRIED) columns of R - C C' */
    double *rows; /* (TRIED x rank) rows of C */
    size_t *tried;
    size_t cap_left, cap_w, cap_rows;
    double *probe[2]; /* (n x PROBES) */
    double *wide;     /* (n x COLUMNS) of R */
    double *inner;    /* (rank x PROBES) */
    size_t cap_probe[2], cap_wide, cap_inner;
};

dw_pivoted_ws *dw_pivoted_ws_new(void)
{
    dw_pivoted_ws *ws = dw_alloc(1, sizeof *ws);

    ws->tried = dw_alloc(TRIED, sizeof *ws->tried);
    return ws;
}

void dw_pivoted_ws_free(dw_pivoted_ws *ws)
{
    if (!ws)
        return;
    dw_free(ws->left);
    dw_free(ws->w);
    dw_free(ws->rows);
    dw_free(ws->tried);
    dw_free(ws->probe[0]);
    dw_free(ws->probe[1]);
    dw_free(ws->wide);
    dw_free(ws->inner);
    dw_free(ws);
}

/* ---- which pivots ---- */

/* The largest element left, and by how much the least one is below 0. */
static double largest_left(const dw_pivoted_ws *ws, size_t n, double *below)
{
    double largest = 0;

    *below = 0;
    for (size_t i = 0; i < n; i++) {
        largest = fmax(largest, ws->left[i]);
        *below = fmax(*below, -ws->left[i]);
    }
    return largest;
}

/* Draws up to TRIED of the rows with more than `floor` left, by how much they
 * have, with the largest one among them: systematic sampling, one draw for
 * every equal share of the sum. */
static size_t draw(dw_pivoted_ws *ws, size_t n, double floor, dw_rng *rng)
{
    double sum = 0, step, next, passed = 0;
    size_t count = 0, best = 0, above = 0;

    for (size_t i = 0; i < n; i++) {
        if (ws->left[i] > ws->left[best])
            best = i;
        above += ws->left[i] > floor;
        sum += ws->left[i] > floor ? ws->left[i] : 0;
    }
    step = sum / (TRIED - 1);
    next = step * dw_rng_uniform(rng);
    ws->tried[count++] = best;
    for (size_t i = 0; i < n && count < TRIED; i++) {
        if (!(ws->left[i] > floor))
            continue;
        passed += ws->left[i];
        if (i != best && (above <= TRIED || passed > next))
            ws->tried[count++] = i;
        while (passed > next)
            next += step;
    }
    return count;
}

/* ---- one panel ---- */

/* Columns `tried` of R - C C' into w; rows of C that belong to them into
 * ws->rows. */
static void make_columns(dw_pivoted_ws *ws, size_t n, const float *r,
                         size_t ldr, const double *c, size_t rank, size_t count)
{
    for (size_t t = 0; t < count; t++) {
        const float *from = r + ws->tried[t] * ldr;
        double *to = ws->w + t * n;

        for (size_t i = 0; i < n; i++)
            to[i] = (double)from[i];
    }
    for (size_t j = 0; j < rank; j++) {
        for (size_t t = 0; t < count; t++)
            ws->rows[t + j * TRIED] = c[ws->tried[t] + j * n];
    }
    dw_gemm(false, true, n, count, rank, -1, c, n, ws->rows, TRIED, 1, ws->w,
            n);
}

static void swap_sizes(size_t *x, size_t i, size_t j)
{
    size_t t = x[i];

    x[i] = x[j];
    x[j] = t;
}

/*
 * Pivoted Cholesky of the tried rows of w alone, which says in which order
 * they are taken and how many: s (TRIED x TRIED, lower) becomes the factor of
 * those, order[] their places among the tried.
 */
static size_t choose(const dw_pivoted_ws *ws, size_t n, size_t count,
                     double least, double *s, size_t *order)
{
    double left[TRIED];
    size_t taken = 0;

    for (size_t t = 0; t < count; t++) {
        order[t] = t;
        left[t] = ws->w[ws->tried[t] + t * n];
    }
    while (taken < count) {
        size_t best = taken;
        double pivot;

        for (size_t t = taken + 1; t < count; t++)
            best = left[order[t]] > left[order[best]] ? t : best;
        pivot = left[order[best]];
        if (!(pivot > least))
            break;
        swap_sizes(order, taken, best);
        for (size_t j = 0; j < taken; j++) { /* their rows so far */
            double x = s[taken + j * TRIED];

            s[taken + j * TRIED] = s[best + j * TRIED];
            s[best + j * TRIED] = x;
        }
        s[taken + taken * TRIED] = sqrt(pivot);
        for (size_t t = taken + 1; t < count; t++) {
            double x = ws->w[ws->tried[order[t]] + order[taken] * n];

            for (size_t j = 0; j < taken; j++)
                x -= s[t + j * TRIED] * s[taken + j * TRIED];
            x /= s[taken + taken * TRIED];
            s[t + taken * TRIED] = x;
            left[order[t]] -= x * x;
        }
        taken++;
    }
    return taken;
}

/* The columns chosen, in order, become columns of C; what is left shrinks. */
static void take(dw_pivoted_ws *ws, size_t n, size_t taken, const double *s,
                 const size_t *order, double *c)
{
    for (size_t t = 0; t < taken; t++)
        memcpy(c + t * n, ws->w + order[t] * n, n * sizeof *c);
    dw_trsm_right(true, n, taken, s, TRIED, c, n);
    for (size_t t = 0; t < taken; t++) {
        const double *x = c + t * n;

        for (size_t i = 0; i < n; i++)
            ws->left[i] -= x[i] * x[i];
    }
    /* A pivot's own column is exact: what rounding leaves there says nothing
     * of how well R is known. */
    for (size_t t = 0; t < taken; t++)
        ws->left[ws->tried[order[t]]] = 0;
}

int dw_pivoted_factor(dw_pivoted_ws *ws, size_t n, const float *r, size_t ldr,
                      double tol, size_t max_rank, double *c, size_t *rank)
{
    dw_rng rng = dw_rng_init(0x70697631, 0);
    double s[TRIED * TRIED];
    size_t order[TRIED];

    *rank = 0;
    if (!dw_fit_doubles(&ws->left, &ws->cap_left, n, 1) ||
        !dw_fit_doubles(&ws->w, &ws->cap_w, n, TRIED) ||
        !dw_fit_doubles(&ws->rows, &ws->cap_rows, TRIED, max_rank + 1))
        return DW_ENOMEM;
    for (size_t i = 0; i < n; i++)
        ws->left[i] = (double)r[i + i * ldr];
    for (;;) {
        double below, most = largest_left(ws, n, &below);
        double floor = fmax(tol, ROUNDING * below);
        size_t count, taken;

        if (!(most > floor))
            return 0;
        count = draw(ws, n, floor, &rng);
        make_columns(ws, n, r, ldr, c, *rank, count);
        taken = choose(ws, n, count, fmax(floor, TAKEN * most), s, order);
        if (taken == 0) /* rounding made two of one */
            return 0;
        if (taken > max_rank - *rank)
            return 1;
        take(ws, n, taken, s, order, c + *rank * n);
        *rank += taken;
    }
}

/* ---- what is left ---- */

/* y = (R - C C') x, PROBES columns each. */
static void apply_left(dw_pivoted_ws *ws, size_t n, const float *r, size_t ldr,
                       const double *c, size_t rank, const double *x, double *y)
{
    for (size_t j = 0; j < n; j += COLUMNS) {
        size_t width = n - j < COLUMNS ? n - j : COLUMNS;

        for (size_t t = 0; t < width; t++) {
            const float *from = r + (j + t) * ldr;

            for (size_t i = 0; i < n; i++)
                ws->wide[i + t * n] = (double)from[i];
        }
        dw_gemm(false, false, n, PROBES, width, 1, ws->wide, n, x + j, n,
                j ? 1 : 0, y, n);
    }
    dw_gemm(true, false, rank, PROBES, n, 1, c, n, x, n, 0, ws->inner, rank);
    dw_gemm(false, false, n, PROBES, rank, -1, c, n, ws->inner, rank, 1, y, n);
}

double dw_pivoted_left(dw_pivoted_ws *ws, size_t n, const float *r, size_t ldr,
                       const double *c, size_t rank)
{
    dw_rng rng = dw_rng_init(0x6c656674, 0);
    double norm = 0;

    if (!dw_fit_doubles(&ws->probe[0], &ws->cap_probe[0], n, PROBES) ||
        !dw_fit_doubles(&ws->probe[1], &ws->cap_probe[1], n, PROBES) ||
        !dw_fit_doubles(&ws->wide, &ws->cap_wide, n, COLUMNS) ||
        !dw_fit_doubles(&ws->inner, &ws->cap_inner, rank + 1, PROBES))
        return -1;
    for (size_t i = 0; i < n * PROBES; i++)
        ws->probe[0][i] = dw_rng_normal(&rng);
    for (size_t round = 0; round < ROUNDS; round++) {
        double *x = ws->probe[round % 2], *y = ws->probe[1 - round % 2];

        for (size_t t = 0; t < PROBES; t++) {
            double size = dw_nrm2(n, x + t * n);

            if (size > 0)
                dw_scal(n, 1 / size, x + t * n);
        }
        apply_left(ws, n, r, ldr, c, rank, x, y);
        for (size_t t = 0; t < PROBES; t++)
            norm = fmax(norm, dw_nrm2(n, y + t * n));
    }
    return norm;
}
