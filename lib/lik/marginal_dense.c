#include "lik/marginal_core.h"

/* S^-1 y, h, r and diag(S^-1), by S = I + A A' = L L'. */
int dw_marginal_primal(dw_marginal_ws *ws, size_t k, unsigned want,
                       double *logdet, double *quad)
{
    const size_t n = ws->n_active;
    const size_t n_cols = want & DW_MARGINAL_VARIANTS ? n : 0;
    dw_mat a = ws->a, s = ws->s, y;
    int rc;

    a.ld = s.ld = k;
    y = dw_mat_from(a, 0, n);
    dw_mat_syrk(false, k, n, a, 0, s);
    dw_mat_add_identity(k, 1, s);
    if ((rc = dw_mat_factor(k, s)) != 0)
        return rc;
    *logdet += dw_mat_logdet(k, s);
    /* [A y] <- L^-1 [A y], of which y is always wanted. */
    dw_mat_put(k, ws->y, y, 0);
    dw_mat_solve(false, k, n_cols + 1, s, dw_mat_from(a, 0, n - n_cols));
    *quad = dw_mat_dot(k, y, 0, y, 0);
    for (size_t c = 0; c < n_cols; c++) {
        ws->h[c] = dw_mat_dot(k, a, c, a, c);
        ws->r[c] = dw_mat_dot(k, a, c, y, 0);
    }
    if (want & DW_MARGINAL_NOISE) {
        dw_mat_solve(true, k, 1, s, y);
        dw_mat_get(k, y, 0, ws->x);
        if ((rc = dw_mat_invert_factor(k, s)) != 0)
            return rc;
        dw_mat_inverse_diagonal(k, s, ws->dd);
    }
    return 0;
}

/* The same by T = I + A'A = L L':  S^-1 = I - A T^-1 A',  A' S^-1 = T^-1 A',
 * A' S^-1 A = I - T^-1. */
int dw_marginal_dual(dw_marginal_ws *ws, size_t k, unsigned want,
                     double *logdet, double *quad)
{
    const size_t n = ws->n_active;
    dw_mat a = ws->a, s = ws->s;
    int rc;

    a.ld = k;
    s.ld = n;
    dw_mat_syrk(true, n, k, a, 0, s);
    dw_mat_add_identity(n, 1, s);
    if ((rc = dw_mat_factor(n, s)) != 0)
        return rc;
    *logdet += dw_mat_logdet(n, s);
    dw_mat_put(k, ws->y, a, n);
    for (size_t c = 0; c < n; c++)
        ws->r[c] = dw_mat_dot(k, a, c, a, n);
    dw_mat_put(n, ws->r, ws->v, 0);
    dw_mat_solve(false, n, 1, s, ws->v);
    dw_mat_solve(true, n, 1, s, ws->v);
    dw_mat_get(n, ws->v, 0, ws->r);
    *quad = 0;
    for (size_t i = 0; i < k; i++)
        ws->x[i] = ws->y[i];
    for (size_t c = 0; c < n; c++)
        dw_mat_axpy(k, -ws->r[c], a, c, ws->x);
    for (size_t i = 0; i < k; i++)
        *quad += ws->x[i] * ws->y[i];
    if (want & DW_MARGINAL_NOISE) { /* a <- A L'^-1: rows give the diagonal */
        dw_mat_solve_right(true, k, n, s, a);
        for (size_t i = 0; i < k; i++)
            ws->dd[i] = 1;
        for (size_t c = 0; c < n; c++)
            dw_mat_add_squares(k, -1, a, c, ws->dd);
    }
    if (want & DW_MARGINAL_VARIANTS) {
        if ((rc = dw_mat_invert_factor(n, s)) != 0)
            return rc;
        dw_mat_inverse_diagonal(n, s, ws->h);
        for (size_t c = 0; c < n; c++)
            ws->h[c] = 1 - ws->h[c];
    }
    return 0;
}
