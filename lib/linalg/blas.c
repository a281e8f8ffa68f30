#include "linalg/blas.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "linalg/chol.h"
#include "linalg/dense.h"
#include "linalg/eigen.h"
#include "linalg/fortran.h"

void dw_linalg_single_thread(void)
{
    if (openblas_set_num_threads)
        openblas_set_num_threads(1);
    /* The others were started with the program and wait for work: at first by
     * asking for it all the time, which costs us a tenth of a second. */
    if (blas_thread_shutdown_)
        blas_thread_shutdown_();
}

const char *dw_linalg_library(void)
{
    static char name[64];
    const char *config = openblas_get_config ? openblas_get_config() : NULL;
    size_t n;

    if (!config)
        return "reference BLAS";
    /* "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ...": the first two words. */
    n = strcspn(config, " ");
    n += config[n] == ' ' ? 1 + strcspn(config + n + 1, " ") : 0;
    n = n < sizeof(name) ? n : sizeof(name) - 1;
    memcpy(name, config, n);
    name[n] = 0;
    return name;
}

/*
 * The test problem: T (n x n) with 2 on the diagonal and -1 beside it has the
 * eigenvalues 4 sin^2(i pi / (2 (n + 1))), i = 1 .. n, and determinant n + 1.
 * n is past the sizes at which blocked code takes over from plain code.
 */
enum { CHECK_N = 150 };

static const double CHECK_TOL = 1e-10; /* rounding is below 1e-12 here */

static void fill(double *t)
{
    memset(t, 0, sizeof(*t) * CHECK_N * CHECK_N);
    for (size_t i = 0; i < CHECK_N; i++) {
        t[i + i * CHECK_N] = 2;
        if (i + 1 < CHECK_N) {
            t[i + 1 + i * CHECK_N] = -1;
            t[i + (i + 1) * CHECK_N] = -1;
        }
    }
}

/* The largest error of V' T V against the known eigenvalues; product (n x n)
 * and t (n x n) are overwritten. */
static double eigen_error(dw_eigen_ws *ws, double *v, double *t,
                          double *product)
{
    const double pi = 3.14159265358979323846;
    double w[CHECK_N], worst = 0;
    const size_t n = CHECK_N;

    fill(v);
    fill(t);
    if (dw_eigen_symmetric(ws, n, v, n, w))
        return INFINITY;
    dw_gemm(false, false, n, n, n, 1, t, n, v, n, 0, product, n);
    dw_gemm(true, false, n, n, n, 1, v, n, product, n, 0, t, n);
    for (size_t j = 0; j < n; j++) {
        double root = sin((double)(n - j) * pi / (2.0 * (n + 1)));

        t[j + j * n] -= 4 * root * root;
        for (size_t i = 0; i < n; i++)
            worst = fmax(worst, fabs(t[i + j * n]));
        worst = fmax(worst, fabs(w[j] - 4 * root * root));
        if (isnan(w[j]) || !dw_all_finite(n, t + j * n))
            return INFINITY;
    }
    return worst;
}

/* |T| and L L' = T. */
static double chol_error(double *l, double *t)
{
    const size_t n = CHECK_N;
    double worst;

    fill(l);
    fill(t);
    if (dw_chol_factor(n, l, n))
        return INFINITY;
    worst = fabs(dw_chol_logdet(n, l, n) - log(n + 1.0));
    for (size_t j = 1; j < n; j++)
        memset(l + j * n, 0, j * sizeof(*l));
    dw_syrk(false, n, n, -1, l, n, 1, t, n);
    for (size_t j = 0; j < n; j++)
        for (size_t i = j; i < n; i++)
            worst = t[i + j * n] == t[i + j * n]
                        ? fmax(worst, fabs(t[i + j * n]))
                        : INFINITY;
    return worst;
}

int dw_linalg_check(dw_err *err)
{
    dw_eigen_ws *ws = NULL;
    double *work = NULL;
    const size_t square = (size_t)CHECK_N * CHECK_N;
    const char *config = openblas_get_config ? openblas_get_config() : "";
    int rc = 0;

    /* Our 32-bit integers would be read with 32 bits of rubbish beside. */
    if (strstr(config, "USE64BITINT"))
        return dw_fail(err, DW_EBUG,
                       "the BLAS found (%s) takes 64-bit integers: use one "
                       "with 32-bit integers, such as libopenblas0",
                       dw_linalg_library());
    ws = dw_eigen_ws_new(CHECK_N);
    work = dw_try_alloc(3 * square, sizeof(*work));
    if (!ws || !work)
        rc = dw_fail(err, DW_ENOMEM, "not enough memory to begin");
    else if (!(eigen_error(ws, work, work + square, work + 2 * square) <
               CHECK_TOL) ||
             !(chol_error(work, work + square) < CHECK_TOL))
        rc = dw_fail(err, DW_EBUG,
                     "the BLAS found (%s) gives wrong answers on this "
                     "processor: install another (libopenblas0, libblas3 and "
                     "liblapack3), or set OPENBLAS_CORETYPE=Haswell",
                     dw_linalg_library());
    dw_free(work);
    dw_eigen_ws_free(ws);
    return rc;
}

int dw_linalg_begin(dw_err *err)
{
    dw_linalg_single_thread();
    return dw_linalg_check(err);
}
