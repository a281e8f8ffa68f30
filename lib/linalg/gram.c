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

static int by_rows(dw_gram_ws *ws, size_t k, size_t n, const double *a,
                   double floor, double *v, double *w, size_t *kept)
{
    dw_syrk(false, k, n, 1, a, k, 0, v, k);
    return dw_eigen_above(ws->eigen, k, v, k, floor, w, kept);
}

static int by_columns(dw_gram_ws *ws, size_t k, size_t n, const double *a,
                      double floor, double *v, double *w, size_t *kept)
{
    int rc;

    if (!ws->square)
        ws->square =
            dw_try_alloc(ws->max_order, ws->max_order * sizeof *ws->square);
    if (!ws->square)
        return DW_ENOMEM;
    dw_syrk(true, n, k, 1, a, k, 0, ws->square, n);
    rc = dw_eigen_above(ws->eigen, n, ws->square, n, floor, w, kept);
    if (rc != 0)
        return rc;
    for (size_t i = 0; i < *kept; i++)
        dw_scal(n, 1 / sqrt(w[i]), ws->square + i * n);
    dw_gemm(false, false, k, *kept, n, 1, a, k, ws->square, n, 0, v, k);
    return 0;
}

int dw_gram_eigen(dw_gram_ws *ws, size_t k, size_t n, const double *a,
                  double floor, double *v, double *w, size_t *kept)
{
    *kept = 0;
    if ((k < n ? k : n) > ws->max_order || !(floor > 0))
        return DW_EBUG;
    return k <= n ? by_rows(ws, k, n, a, floor, v, w, kept)
                  : by_columns(ws, k, n, a, floor, v, w, kept);
}
