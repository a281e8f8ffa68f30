#include "ld/kept.h"

size_t dw_factor_kept(const dw_factor_cut *cut, double trace, size_t n,
                      const double *lambda)
{
    double sum = 0, want = cut->keep_rank * trace;
    size_t k = 0;

    while (k < n && lambda[k] >= cut->min_eigen &&
           (cut->keep_rank >= 1 || sum < want))
        sum += lambda[k++];
    return k;
}
