#include "ld/admit.h"

/* Dosages that differ by rounding only have no variance: per person, far below
 * that of one carrier in ten million. */
static const double NO_VARIANCE = 1e-8;

const char *dw_admit_reason(const dw_admit *a, size_t n,
                            const dw_geno_stats *stats)
{
    double f = stats->mean / 2;

    if ((double)stats->missing > a->max_missing * (double)n)
        return "high_missing";
    if (stats->missing == n)
        return "no_genotype";
    if (stats->ss <= NO_VARIANCE * (double)n)
        return "monomorphic";
    if ((f < 0.5 ? f : 1 - f) < a->min_maf)
        return "low_maf";
    return NULL;
}
