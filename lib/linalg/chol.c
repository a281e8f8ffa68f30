#include "linalg/chol.h"

#include <math.h>

#include "linalg/dense.h"
#include "linalg/fortran.h"

int dw_chol_factor(size_t n, double *a, size_t lda)
{
    dw_blasint bn = dw_blasint_of(n), blda = dw_blasint_of(lda), info = 0;

    if (n == 0)
        return 0;
    for (size_t j = 0; j < n; j++)
        if (!dw_all_finite(n - j, a + j + j * lda))
            return (int)j + 1;
    dpotrf_("L", &bn, a, &blda, &info, 1);
    return info;
}

double dw_chol_logdet(size_t n, const double *l, size_t ldl)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += log(l[i + i * ldl]);
    return 2 * sum;
}

void dw_chol_solve(size_t n, size_t nrhs, const double *l, size_t ldl,
                   double *b, size_t ldb)
{
    dw_trsm(false, n, nrhs, l, ldl, b, ldb);
    dw_trsm(true, n, nrhs, l, ldl, b, ldb);
}

int dw_chol_inverse(size_t n, double *l, size_t ldl)
{
    dw_blasint bn = dw_blasint_of(n), bldl = dw_blasint_of(ldl), info = 0;

    if (n == 0)
        return 0;
    dpotri_("L", &bn, l, &bldl, &info, 1);
    return info;
}
