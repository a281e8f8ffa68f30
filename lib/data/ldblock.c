#include "data/ldblock.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

int dw_ldblock_resize(dw_ldblock *b, size_t m, size_t k, dw_err *err)
{
    bool fits = m <= SIZE_MAX / sizeof *b->q;
    double *lambda = dw_try_realloc(b->lambda, k, sizeof *b->lambda);
    float *q = fits ? dw_try_realloc(b->q, k, m * sizeof *b->q) : NULL;

    if (lambda)
        b->lambda = lambda;
    if (q)
        b->q = q;
    b->m = lambda && q ? m : 0;
    b->k = lambda && q ? k : 0;
    if (lambda && q)
        return 0;
    return dw_fail(err, DW_ENOMEM,
                   "not enough memory for a block factor of %zu variants and "
                   "rank %zu",
                   m, k);
}

void dw_ldblock_clear(dw_ldblock *b)
{
    dw_free(b->lambda);
    dw_free(b->q);
    *b = (dw_ldblock){0};
}

uint64_t dw_ldblock_id(const char *contig, uint32_t start, uint32_t end)
{
    uint64_t place = (uint64_t)start << 32 | end;

    return dw_hash(contig, strlen(contig)) ^ place;
}

static int bad_block(const dw_ldblock *b, dw_err *err, const char *what)
{
    return dw_fail(err, DW_EFORMAT,
                   "block factor %s:%" PRIu32 "-%" PRIu32 ": %s", b->contig,
                   b->start, b->end, what);
}

static int check_lambda(const dw_ldblock *b, dw_err *err)
{
    for (size_t i = 0; i < b->k; i++) {
        if (!isfinite(b->lambda[i]) || b->lambda[i] <= 0)
            return bad_block(b, err, "an eigenvalue is not positive");
        if (i && b->lambda[i] > b->lambda[i - 1])
            return bad_block(b, err, "the eigenvalues do not descend");
    }
    return 0;
}

int dw_ldblock_check(const dw_ldblock *b, dw_err *err)
{
    if (!b->contig[0])
        return bad_block(b, err, "no contig");
    if (b->start >= b->end)
        return bad_block(b, err, "the core's range is empty");
    if (b->core > b->m || b->l > b->m - b->core)
        return bad_block(b, err, "the core is not within the block");
    if (b->k > b->l)
        return bad_block(b, err, "the rank is above the size of the core");
    if (!isfinite(b->trace) || b->trace < 0)
        return bad_block(b, err, "the trace is no size");
    for (size_t i = 0; i < b->k * b->m; i++) {
        if (!isfinite(b->q[i]))
            return bad_block(b, err, "the factor holds a value not finite");
    }
    return check_lambda(b, err);
}
