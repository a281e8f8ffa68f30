#include "ld/factor_corr.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "ld/kept.h"
#include "linalg/chol.h"
#include "linalg/dense.h"
#include "linalg/eigen.h"
#include "linalg/pivoted.h"

enum {
    COLUMNS = 256, /* of R that are widened at a time */
};

/* The Cholesky goes on until no diagonal element of what is left is above this
 * share of the eigenvalue at which is cut: sums of them stay below it too. */
static const double TOL_SHARE = 0.1;
/* The largest eigenvalue left that is let pass, as share of the same. */
static const double LEFT_SHARE = 0.25;
/* And once C was made anew.  What is left then is what R was rounded by, or
 * summed up by in float32, which may well be above the cut: eigenvalues of that
 * size say nothing, and 10 times as long a decomposition would say it. */
static const double REFINED_SHARE = 10;
/* Beyond this share of l, the full decomposition is as fast. */
static const double RANK_SHARE = 0.6;

struct dw_corr_ws {
    double *square; /* C'C, then V; or R_ll, then U */
    double *lambda;
    double *c;    /* (l x rank) */
    double *w;    /* (l x k)  U L^-1/2 */
    double *wide; /* (l x COLUMNS) of R */
    double *q;    /* (k x COLUMNS) */
    size_t cap_square, cap_lambda, cap_c, cap_w, cap_wide, cap_q;
    dw_eigen_ws *eigen;
    dw_pivoted_ws *pivoted;
};

/* One block on its way. */
struct task {
    dw_corr_ws *ws;
    size_t l, m, core;
    const float *r;
    const dw_factor_cut *cut;
    dw_corr_found *found;
    dw_ldblock *out;
};

dw_corr_ws *dw_corr_ws_new(void)
{
    dw_corr_ws *ws = dw_alloc(1, sizeof *ws);

    ws->pivoted = dw_pivoted_ws_new();
    return ws;
}

void dw_corr_ws_free(dw_corr_ws *ws)
{
    if (!ws)
        return;
    dw_free(ws->square);
    dw_free(ws->lambda);
    dw_free(ws->c);
    dw_free(ws->w);
    dw_free(ws->wide);
    dw_free(ws->q);
    dw_eigen_ws_free(ws->eigen);
    dw_pivoted_ws_free(ws->pivoted);
    dw_free(ws);
}

/* ---- memory ---- */

static bool fit_eigen(dw_corr_ws *ws, size_t order)
{
    if (!dw_linalg_fits(order) ||
        !dw_fit_doubles(&ws->square, &ws->cap_square, order, order) ||
        !dw_fit_doubles(&ws->lambda, &ws->cap_lambda, order, 1))
        return false;
    return dw_eigen_ws_fit(&ws->eigen, order) == 0;
}

static int no_memory(const struct task *t, dw_err *err)
{
    return dw_fail(err, DW_ENOMEM,
                   "not enough memory for the correlations of %zu variants "
                   "with %zu",
                   t->l, t->m);
}

/* ---- eigenvalues ---- */

static int decompose(const struct task *t, size_t order, dw_err *err)
{
    dw_corr_ws *ws = t->ws;
    int rc =
        dw_eigen_symmetric(ws->eigen, order, ws->square, order, ws->lambda);

    if (rc == 0)
        return 0;
    return dw_fail(err, DW_EDEGENERATE,
                   "the eigenvalues of a block of %zu variants cannot be found "
                   "(column %d)",
                   t->l, rc);
}

/* Makes `out` and ws->w the right size, with the eigenvalues that stay. */
static int begin_out(const struct task *t, size_t order, dw_err *err)
{
    dw_ldblock *out = t->out;

    if (dw_ldblock_resize(
            out, t->m,
            dw_factor_kept(t->cut, (double)t->l, order, t->ws->lambda),
            err) < 0)
        return err->code;
    out->core = t->core;
    out->l = t->l;
    out->trace = (double)t->l; /* the diagonal is 1 */
    memcpy(out->lambda, t->ws->lambda, out->k * sizeof *out->lambda);
    if (!dw_fit_doubles(&t->ws->w, &t->ws->cap_w, t->l, out->k))
        return no_memory(t, err);
    return 0;
}

/* ---- two ways to W = U L^-1/2  (l x k) ---- */

/* Eigenvectors V and eigenvalues of C'C. */
static int decompose_c(const struct task *t, size_t rank, dw_err *err)
{
    dw_corr_ws *ws = t->ws;

    if (!fit_eigen(ws, rank))
        return no_memory(t, err);
    dw_syrk(true, rank, t->l, 1, ws->c, t->l, 0, ws->square, rank);
    return decompose(t, rank, err);
}

/* W <- C V, its column i times the eigenvalue to the power of -1, or -1/2. */
static void rotate(const struct task *t, size_t rank, size_t k, bool root)
{
    dw_corr_ws *ws = t->ws;

    for (size_t i = 0; i < k; i++) {
        double x = root ? sqrt(ws->lambda[i]) : ws->lambda[i];

        dw_scal(rank, 1 / x, ws->square + i * rank);
    }
    dw_gemm(false, false, t->l, k, rank, 1, ws->c, t->l, ws->square, rank, 0,
            ws->w, t->l);
}

/* Y <- R_ll Z,  both (l x k). */
static void times_core(const struct task *t, const double *z, size_t k,
                       double *y)
{
    const float *r = t->r + t->core * t->l;
    size_t l = t->l;

    for (size_t j = 0; j < l; j += COLUMNS) {
        size_t width = l - j < COLUMNS ? l - j : COLUMNS;

        for (size_t i = 0; i < l * width; i++)
            t->ws->wide[i] = (double)r[j * l + i];
        dw_gemm(false, false, l, k, width, 1, t->ws->wide, l, z + j, l,
                j ? 1 : 0, y, l);
    }
}

/*
 * The pivots' rows of R may be nearly dependent, and then C C' holds what R was
 * rounded by, many times over.  Made anew on an orthonormal basis Z of the
 * range of C it does not: Y = R Z, C C' = Y (Z'Y)^-1 Y'.
 *
 * 0: done; 1: Z'Y is not positive definite; negative.
 */
static int refine(const struct task *t, size_t *rank, dw_err *err)
{
    dw_corr_ws *ws = t->ws;
    size_t l = t->l, k = 0;

    if (decompose_c(t, *rank, err) < 0)
        return err->code;
    while (k < *rank && ws->lambda[k] > LEFT_SHARE * t->cut->min_eigen)
        k++;
    if (!dw_fit_doubles(&ws->w, &ws->cap_w, l, k) ||
        !dw_fit_doubles(&ws->wide, &ws->cap_wide, l, COLUMNS))
        return no_memory(t, err);
    rotate(t, *rank, k, true);
    times_core(t, ws->w, k, ws->c);
    dw_gemm(true, false, k, k, l, 1, ws->w, l, ws->c, l, 0, ws->square, k);
    if (dw_chol_factor(k, ws->square, k) != 0)
        return 1;
    dw_trsm_right(true, l, k, ws->square, k, ws->c, l);
    *rank = k;
    return 0;
}

static int measure(const struct task *t, size_t rank, dw_err *err)
{
    t->found->left = dw_pivoted_left(
        t->ws->pivoted, t->l, t->r + t->core * t->l, t->l, t->ws->c, rank);
    return t->found->left < 0 ? no_memory(t, err) : 0;
}

/* C, such that next to nothing is left: 0; 1: there is none of a small rank,
 * or R_ll is not what it should be; negative. */
static int find_c(const struct task *t, bool whatever, size_t *rank,
                  dw_err *err)
{
    dw_corr_ws *ws = t->ws;
    double good = LEFT_SHARE * t->cut->min_eigen;
    size_t most = whatever ? t->l : (size_t)(RANK_SHARE * (double)t->l);
    int rc;

    if (!dw_fit_doubles(&ws->c, &ws->cap_c, t->l, most + 1))
        return no_memory(t, err);
    rc = dw_pivoted_factor(ws->pivoted, t->l, t->r + t->core * t->l, t->l,
                           TOL_SHARE * t->cut->min_eigen, most, ws->c, rank);
    if (rc < 0)
        return no_memory(t, err);
    if (rc > 0)
        return rc;
    rc = measure(t, *rank, err);
    if (rc == 0 && t->found->left > good) {
        good = REFINED_SHARE * t->cut->min_eigen;
        rc = refine(t, rank, err);
        t->found->refined = true;
        if (rc == 0)
            rc = measure(t, *rank, err);
    }
    if (rc == 0 && t->found->left > good && !whatever)
        rc = 1;
    return rc;
}

static int by_pivots(const struct task *t, bool whatever, dw_err *err)
{
    size_t rank;
    int rc = find_c(t, whatever, &rank, err);

    if (rc != 0)
        return rc;
    t->found->rank = rank;
    t->found->pivoted = true;
    if (decompose_c(t, rank, err) < 0 || begin_out(t, rank, err) < 0)
        return err->code;
    rotate(t, rank, t->out->k, false); /* W = U L^-1/2 = C V L^-1 */
    return 0;
}

static int by_all(const struct task *t, dw_err *err)
{
    dw_corr_ws *ws = t->ws;
    size_t l = t->l;

    if (!fit_eigen(ws, l))
        return no_memory(t, err);
    for (size_t j = 0; j < l; j++) {
        const float *r = t->r + (t->core + j) * l;

        for (size_t i = j; i < l; i++)
            ws->square[i + j * l] = (double)r[i];
    }
    if (decompose(t, l, err) < 0 || begin_out(t, l, err) < 0)
        return err->code;
    for (size_t i = l; i-- > 0 && ws->lambda[i] < -t->cut->min_eigen;) {
        t->found->negative++;
        t->found->negative_part -= ws->lambda[i] / (double)l;
    }
    for (size_t i = 0; i < t->out->k; i++) {
        memcpy(ws->w + i * l, ws->square + i * l, l * sizeof *ws->w);
        dw_scal(l, 1 / sqrt(ws->lambda[i]), ws->w + i * l);
    }
    return 0;
}

/* ---- Q ---- */

/* Q_l = L W'. */
static void fill_core(const struct task *t)
{
    const dw_ldblock *out = t->out;

    for (size_t j = 0; j < t->l; j++) {
        float *q = out->q + (t->core + j) * out->k;

        for (size_t i = 0; i < out->k; i++)
            q[i] = (float)(out->lambda[i] * t->ws->w[j + i * t->l]);
    }
}

/* Q_f = W' R_lf  of columns [from, to).  In double: for a small eigenvalue it
 * is a small sum of large terms. */
static void fill_flank(const struct task *t, size_t from, size_t to)
{
    dw_corr_ws *ws = t->ws;
    size_t k = t->out->k;

    for (size_t j = from; j < to; j += COLUMNS) {
        size_t width = to - j < COLUMNS ? to - j : COLUMNS;
        float *q = t->out->q + j * k;

        for (size_t i = 0; i < t->l * width; i++)
            ws->wide[i] = (double)t->r[j * t->l + i];
        dw_gemm(true, false, k, width, t->l, 1, ws->w, t->l, ws->wide, t->l, 0,
                ws->q, k);
        for (size_t i = 0; i < k * width; i++)
            q[i] = (float)ws->q[i];
    }
}

int dw_factor_corr(dw_corr_ws *ws, size_t l, size_t m, size_t core,
                   const float *r, const dw_factor_cut *cut, dw_corr_way way,
                   dw_corr_found *found, dw_ldblock *out, dw_err *err)
{
    const struct task t = {ws, l, m, core, r, cut, found, out};
    int rc = 1;

    *found = (dw_corr_found){0};
    if (way != DW_CORR_FULL)
        rc = by_pivots(&t, way == DW_CORR_PIVOTED, err);
    if (rc > 0)
        rc = by_all(&t, err);
    if (rc < 0)
        return rc;
    if (m > l && (!dw_fit_doubles(&ws->wide, &ws->cap_wide, l, COLUMNS) ||
                  !dw_fit_doubles(&ws->q, &ws->cap_q, out->k, COLUMNS)))
        return no_memory(&t, err);
    fill_core(&t);
    fill_flank(&t, 0, core);
    fill_flank(&t, core + l, m);
    return 0;
}
