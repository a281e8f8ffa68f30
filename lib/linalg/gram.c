#include "linalg/gram.h"

#include <math.h>

#include "base/mem.h"
#include "linalg/dense.h"
#include "linalg/eigen.h"

struct dw_gram_ws {
    size_t max_order;
    dw_eigen_ws *eigen;
    double *square; /* (n x n) A'A, then U; only where n < k */
};

dw_gram_ws *dw_gram_ws_new(size_t max_order)
{
    dw_eigen_ws *eigen = dw_eigen_ws_new(max_order);
    dw_gram_ws *ws;

    if (!eigen)
        return NULL;
    ws = dw_alloc(1, sizeof *ws);
    ws->max_order = max_order;
    ws->eigen = eigen;
    return ws;
}

void dw_gram_ws_free(dw_gram_ws *ws)
{
    if (!ws)
        return;
    dw_eigen_ws_free(ws->eigen);
    dw_free(ws->square);
    dw_free(ws);
}

static size_t above(size_t order, const double *w, double floor)
{
    size_t kept = 0;

    while (kept < order && w[kept] >= floor)
        kept++;
    return kept;
}

static int by_rows(dw_gram_ws *ws, size_t k, size_t n, const double *a,
                   double *v, double *w)
{
    dw_syrk(false, k, n, 1, a, k, 0, v, k);
    return dw_eigen_symmetric(ws->eigen, k, v, k, w);
}

static int by_columns(dw_gram_ws *ws, size_t k, size_t n, const double *a,
                      double floor, double *v, double *w)
{
    size_t kept;
    int rc;

    if (!ws->square)
        ws->square =
            dw_try_alloc(ws->max_order, ws->max_order * sizeof *ws->square);
    if (!ws->square)
        return DW_ENOMEM;
    dw_syrk(true, n, k, 1, a, k, 0, ws->square, n);
    if ((rc = dw_eigen_symmetric(ws->eigen, n, ws->square, n, w)) != 0)
        return rc;
    kept = above(n, w, floor);
    for (size_t i = 0; i < kept; i++)
        dw_scal(n, 1 / sqrt(w[i]), ws->square + i * n);
    dw_gemm(false, false, k, kept, n, 1, a, k, ws->square, n, 0, v, k);
    return 0;
}

int dw_gram_eigen(dw_gram_ws *ws, size_t k, size_t n, const double *a,
                  double floor, double *v, double *w, size_t *kept)
{
    size_t order = k < n ? k : n;
    int rc;

    if (order > ws->max_order || !(floor > 0))
        return DW_EBUG;
    rc = k <= n ? by_rows(ws, k, n, a, v, w)
                : by_columns(ws, k, n, a, floor, v, w);
    *kept = rc == 0 ? above(order, w, floor) : 0;
    return rc;
}
