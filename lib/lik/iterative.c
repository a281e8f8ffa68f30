#include "lik/iterative.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "linalg/cg.h"
#include "linalg/dense.h"
#include "linalg/mat.h"

enum {
    TILE = 256, /* columns of Q at a time: they stay in cache */
    /* Of M: as many rows as have more signal than noise, in steps, so that it
     * seldom changes while F does; half of all and 1024 at most. */
    RANK_STEP = 32,
    MAX_RANK = 1024,
    MAX_STEPS = 100
};

struct dw_iterative {
    size_t max_m, max_k, max_rank, probes;
    bool single;
    double tol;
    dw_cg *cg;
    double *b, *x;   /* (k x 1 + probes) y and z = M^1/2 w; S^-1 of these */
    double *g;       /* (k x 1 + 2 probes) what Q' is taken of for (8) */
    double *d;       /* (k) diag(S) - 1, then the d of M */
    double *inverse; /* (k) 1 / d */
    dw_mat panel;    /* (k x rank) */
    dw_mat tile;     /* (k x TILE) columns of Q, or of A */
    dw_mat in, acc;  /* (k x 1 + 2 probes) */
    dw_mat w;        /* (TILE x 1 + 2 probes) */

    /* Of the block at hand. */
    const dw_factor *block;
    const double *f, *u;
    size_t rank;
};

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t rank_bound(size_t k)
{
    return smaller((k + 1) / 2, MAX_RANK);
}

static size_t probes_of(const dw_solving *how)
{
    return how->cg_probes ? how->cg_probes : DW_CG_PROBES;
}

size_t dw_iterative_bytes(size_t max_m, size_t max_k, const dw_solving *how)
{
    size_t p = probes_of(how), c = 1 + 2 * p, n_tile = smaller(TILE, max_m);
    size_t doubles = max_k * (2 * (1 + p) + c + 2) + /* and linalg/cg */
                     4 * max_k * (1 + p) + 2 * MAX_STEPS * (1 + p) +
                     MAX_STEPS * (size_t)MAX_STEPS;
    size_t of_precision = max_k * (rank_bound(max_k) + n_tile + 2 * c);

    return doubles * sizeof(double) +
           (of_precision + n_tile * c) *
               dw_mat_size(how->precision == DW_PRECISION_SINGLE);
}

dw_iterative *dw_iterative_new(size_t max_m, size_t max_k,
                               const dw_solving *how)
{
    dw_iterative *it = dw_alloc(1, sizeof *it);
    size_t p = probes_of(how);
    size_t c = 1 + 2 * p, n_tile = smaller(TILE, max_m);
    bool single = how->precision == DW_PRECISION_SINGLE;

    it->max_m = max_m;
    it->max_k = max_k;
    it->max_rank = rank_bound(max_k);
    it->probes = p;
    it->single = single;
    it->tol = how->cg_tol > 0 ? how->cg_tol : DW_CG_TOL;
    it->cg = dw_cg_new(max_k, 1 + p, MAX_STEPS);
    it->b = dw_try_alloc(1 + p, max_k * sizeof(double));
    it->x = dw_try_alloc(1 + p, max_k * sizeof(double));
    it->g = dw_try_alloc(c, max_k * sizeof(double));
    it->d = dw_try_alloc(max_k, sizeof(double));
    it->inverse = dw_try_alloc(max_k, sizeof(double));
    it->panel = dw_mat_alloc(max_k, it->max_rank, single);
    it->tile = dw_mat_alloc(max_k, n_tile, single);
    it->in = dw_mat_alloc(max_k, c, single);
    it->acc = dw_mat_alloc(max_k, c, single);
    it->w = dw_mat_alloc(n_tile, c, single);
    if (!it->cg || !it->b || !it->x || !it->g || !it->d || !it->inverse ||
        !it->panel.at || !it->tile.at || !it->in.at || !it->acc.at ||
        !it->w.at) {
        dw_iterative_free(it);
        return NULL;
    }
    return it;
}

void dw_iterative_free(dw_iterative *it)
{
    if (!it)
        return;
    dw_cg_free(it->cg);
    dw_free(it->b);
    dw_free(it->x);
    dw_free(it->g);
    dw_free(it->d);
    dw_free(it->inverse);
    dw_free(it->panel.at);
    dw_free(it->tile.at);
    dw_free(it->in.at);
    dw_free(it->acc.at);
    dw_free(it->w.at);
    dw_free(it);
}

double dw_iterative_tol(const dw_iterative *it)
{
    return it->tol;
}

/* ---- S and its preconditioner ---- */

/* Columns [j0, j0 + n) of Q in our precision: lent where Q has it, else copied
 * to `tile`. */
static dw_mat q_columns(dw_iterative *it, size_t j0, size_t n)
{
    dw_mat q = dw_mat_from(dw_factor_q(it->block), 0, j0), to = it->tile;

    if (q.single == it->single)
        return q;
    to.ld = it->block->k;
    dw_mat_copy(to.ld, n, q, to);
    return to;
}

/* tile (k x n) <- the same columns of A. */
static dw_mat a_columns(dw_iterative *it, size_t j0, size_t n)
{
    dw_mat q = dw_factor_q(it->block), a = it->tile;
    size_t k = it->block->k;

    a.ld = k;
    for (size_t c = 0; c < n; c++)
        dw_mat_put_scaled(k, sqrt(it->f[j0 + c]), it->u, q, j0 + c, a, c);
    return a;
}

/* in (k x c) <- D^-1/2 V */
static dw_mat scaled(dw_iterative *it, size_t c, const double *v)
{
    size_t k = it->block->k;
    dw_mat in = it->in;

    in.ld = k;
    for (size_t j = 0; j < c; j++)
        dw_mat_put(k, v + j * k, in, j);
    dw_mat_scale_rows(k, c, it->u, in);
    return in;
}

/* out <- V + D^-1/2 Q F Q' D^-1/2 V, Q read once. */
static void product(void *ctx, size_t c, const double *v, double *out)
{
    dw_iterative *it = ctx;
    const size_t k = it->block->k, m = it->block->m;
    dw_mat in = scaled(it, c, v), acc = it->acc, w = it->w;

    acc.ld = k;
    for (size_t j0 = 0; j0 < m; j0 += TILE) {
        size_t n = smaller(TILE, m - j0);
        dw_mat q = q_columns(it, j0, n);

        dw_mat_gemm(true, false, n, c, k, 1, q, in, 0, w);
        dw_mat_scale_rows(n, c, it->f + j0, w);
        dw_mat_gemm(false, false, k, c, n, 1, q, w, j0 ? 1 : 0, acc);
    }
    if (m == 0)
        memset(acc.at, 0, k * c * dw_mat_size(acc.single));
    dw_mat_scale_rows(k, c, it->u, acc);
    for (size_t j = 0; j < c; j++) {
        dw_mat_get(k, acc, j, out + j * k);
        dw_axpy(k, 1, v + j * k, out + j * k);
    }
}

/*
 * M = C C',  C = [ L  0  ; P  d^1/2 ]: the leading columns of the Cholesky
 * factor of S, L (r x r) and P (k - r x r) together in `panel`, and what they
 * leave of the diagonal.
 */
static dw_mat below(const dw_iterative *it)
{
    return dw_mat_from(it->panel, it->rank, 0);
}

/* V (k x c) <- C'^-1 C^-1 V */
static void precondition(void *ctx, size_t c, double *v)
{
    dw_iterative *it = ctx;
    const size_t k = it->block->k, r = it->rank;
    dw_mat in = it->in, lower;

    in.ld = k;
    lower = dw_mat_from(in, r, 0);
    for (size_t j = 0; j < c; j++)
        dw_mat_put(k, v + j * k, in, j);
    dw_mat_solve(false, r, c, it->panel, in);
    dw_mat_gemm(false, false, k - r, c, r, -1, below(it), in, 1, lower);
    dw_mat_scale_rows(k - r, c, it->inverse + r, lower);
    dw_mat_gemm(true, false, r, c, k - r, -1, below(it), lower, 1, in);
    dw_mat_solve(true, r, c, it->panel, in);
    for (size_t j = 0; j < c; j++)
        dw_mat_get(k, in, j, v + j * k);
}

/* S_ii - 1 is about the mean F times L_i / D_i, by Q Q' = L. */
static size_t find_rank(const dw_iterative *it)
{
    const dw_factor *b = it->block;
    double mean = 0;
    size_t n = 0;

    for (size_t j = 0; j < b->m; j++)
        mean += it->f[j] / (double)b->m;
    for (size_t i = 0; i < b->k; i++)
        n += mean * b->lambda[i] * it->u[i] * it->u[i] > 1;
    n = (n + RANK_STEP - 1) / RANK_STEP * RANK_STEP;
    return smaller(n, rank_bound(b->k));
}

static int make_preconditioner(dw_iterative *it, double *logdet)
{
    const size_t k = it->block->k, m = it->block->m, r = find_rank(it);
    double *d = it->d;
    int rc;

    it->rank = r;
    it->panel.ld = k;
    memset(d, 0, k * sizeof *d);
    for (size_t j0 = 0; j0 < m; j0 += TILE) {
        size_t n = smaller(TILE, m - j0);
        dw_mat a = a_columns(it, j0, n);

        dw_mat_gemm(false, true, k, r, n, 1, a, a, j0 ? 1 : 0, it->panel);
        for (size_t c = 0; c < n; c++)
            dw_mat_add_squares(k, 1, a, c, d);
    }
    dw_mat_add_identity(r, 1, it->panel);
    if ((rc = dw_mat_factor(r, it->panel)) != 0)
        return rc;
    dw_mat_solve_right(true, k - r, r, it->panel, below(it));
    for (size_t j = 0; j < r; j++)
        dw_mat_add_squares(k - r, -1, below(it), j, d + r);
    *logdet = dw_mat_logdet(r, it->panel);
    for (size_t i = r; i < k; i++) {
        d[i] = fmax(1, 1 + d[i]); /* I is below S: less is rounding */
        it->inverse[i] = 1 / d[i];
        *logdet += log(d[i]);
    }
    return 0;
}

/* ---- estimates ---- */

/* Columns 1 to probes of b <- C w. */
static void draw_probes(dw_iterative *it)
{
    const size_t k = it->block->k;
    dw_rng rng = dw_rng_init(it->block->id, 0x70726f6265u);
    uint64_t bits = 0;

    for (size_t p = 1; p <= it->probes; p++) {
        double *z = it->b + p * k;

        for (size_t i = 0; i < k; i++) {
            if (i % 64 == 0)
                bits = dw_rng_u64(&rng);
            z[i] = bits >> (i % 64) & 1 ? 1 : -1;
        }
        for (size_t i = it->rank; i < k; i++)
            z[i] *= sqrt(it->d[i]);
        for (size_t j = it->rank; j-- > 0;) { /* in place, from the right */
            double sign = z[j];

            z[j] = 0;
            dw_mat_axpy(k - j, sign, dw_mat_from(it->panel, j, j), 0, z + j);
        }
    }
}

/* log(x) less what is known of its mean. */
static double log_beyond_linear(double x)
{
    return log(x) - (x - 1);
}

/* g <- [S^-1 y | M^-1 z | (S^-1 - M^-1) z] */
static void make_differences(dw_iterative *it)
{
    const size_t k = it->block->k, p = it->probes;
    double *mz = it->g + k, *diff = mz + p * k;

    memcpy(it->g, it->x, k * sizeof *it->g);
    memcpy(mz, it->b + k, p * k * sizeof *it->g);
    precondition(it, p, mz);
    for (size_t i = 0; i < p * k; i++)
        diff[i] = it->x[k + i] - mz[i];
}

/* h_j and r_j of a tile: |C^-1 a_j|^2 and what the probes add to it. */
static void tile_variants(dw_iterative *it, dw_mat in, size_t j0, size_t n,
                          double *h, double *r)
{
    const size_t k = it->block->k, p = it->probes, rank = it->rank;
    dw_mat a = a_columns(it, j0, n), w = it->w, lower;

    dw_mat_gemm(true, false, n, 1 + 2 * p, k, 1, a, in, 0, w);
    dw_mat_solve(false, rank, n, it->panel, a);
    lower = dw_mat_from(a, rank, 0);
    dw_mat_gemm(false, false, k - rank, n, rank, -1, below(it), a, 1, lower);
    for (size_t c = 0; c < n; c++) {
        double both = 0;

        for (size_t i = 1; i <= p; i++)
            both += dw_mat_entry(w, c, i) * dw_mat_entry(w, c, i + p);
        h[c] = dw_mat_dot(rank, a, c, a, c) + both / (double)p +
               dw_mat_weighted_squares(k - rank, it->inverse + rank, lower, c);
        r[c] = dw_mat_entry(w, c, 0);
    }
}

static void find_variants(dw_iterative *it, double *h, double *r)
{
    const size_t k = it->block->k, m = it->block->m;
    dw_mat in = it->in;

    in.ld = k;
    for (size_t j = 0; j < 1 + 2 * it->probes; j++)
        dw_mat_put(k, it->g + j * k, in, j);
    for (size_t j0 = 0; j0 < m; j0 += TILE)
        tile_variants(it, in, j0, smaller(TILE, m - j0), h + j0, r + j0);
}

/* diag(S^-1), of which diag(M^-1) is known: with X = -d^-1/2 P L^-1 it is the
 * sum of squares of columns of L^-1 and X, and 1/d.  Destroys P. */
static void find_inverse_diagonal(dw_iterative *it, double *diag)
{
    const size_t k = it->block->k, p = it->probes, rank = it->rank;
    const double *mz = it->g + k, *diff = mz + p * k;

    dw_mat_inverse_diagonal(rank, it->panel, it->tile, smaller(TILE, it->max_m),
                            diag);
    dw_mat_solve_right(false, k - rank, rank, it->panel, below(it));
    for (size_t j = 0; j < rank; j++)
        diag[j] +=
            dw_mat_weighted_squares(k - rank, it->inverse + rank, below(it), j);
    for (size_t i = rank; i < k; i++)
        diag[i] = it->inverse[i];
    for (size_t j = 0; j < p; j++)
        for (size_t i = 0; i < k; i++)
            diag[i] += mz[i + j * k] * diff[i + j * k] / (double)p;
}

int dw_iterative_solve(dw_iterative *it, const dw_factor *b, const double *f,
                       const double *u, const double *y, dw_iterative_out *out)
{
    const dw_cg_system s = {b->k, it, product, precondition};
    dw_cg_end end;
    double beyond = 0;
    int rc;

    if (b->k > it->max_k || b->m > it->max_m)
        return DW_EBUG;
    it->block = b;
    it->f = f;
    it->u = u;
    if ((rc = make_preconditioner(it, &out->logdet)) != 0)
        return rc;
    memcpy(it->b, y, b->k * sizeof *y);
    draw_probes(it);
    rc = dw_cg_solve(it->cg, &s, 1 + it->probes, it->b, it->x, it->tol, &end);
    if (rc != 0)
        return rc;
    for (size_t p = 1; p <= it->probes; p++)
        beyond += dw_cg_quadrature(it->cg, p, log_beyond_linear);
    out->logdet += beyond / (double)it->probes;
    out->quad = dw_dot(b->k, y, it->x);
    memcpy(out->x, it->x, b->k * sizeof *y);
    out->steps = end.steps;
    out->residual = end.residual;
    make_differences(it);
    if (out->h)
        find_variants(it, out->h, out->r);
    if (out->diag)
        find_inverse_diagonal(it, out->diag);
    return 0;
}
