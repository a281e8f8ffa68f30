/* A shrunk factor against (4) of a shrunk R, by dense algebra. */
#include "tap.h"

#include "base/mem.h"
#include "ld/shrink.h"
#include "lik_reference.h"

/* R becomes (1 - X) R + X P, P the projection on the kept range of the core. */
static void shrink_reference(ref_block *b, double share)
{
    for (size_t i = 0; i < b->m; i++) {
        for (size_t j = 0; j < b->m; j++)
            b->r[i][j] *= 1 - share;
    }
    for (size_t h = 0; h < b->k; h++) {
        for (size_t i = 0; i < b->l; i++) {
            for (size_t j = 0; j < b->l; j++)
                b->r[b->core + i][b->core + j] +=
                    share * b->u[h][i] * b->u[h][j];
        }
        b->lambda[h] = (1 - share) * b->lambda[h] + share;
    }
}

/* (4): L^-1/2 U' R_l. of the R that was shrunk. */
static double plain_q(const ref_block *b, size_t i, size_t j)
{
    double sum = 0;

    for (size_t h = 0; h < b->l; h++)
        sum += b->u[i][h] * b->r[b->core + h][j];
    return sum / sqrt(b->lambda[i]);
}

static void test_shape(size_t n, size_t m, size_t core, size_t l, size_t twin,
                       double share)
{
    ref_block b = ref_make(31 + m, n, m, core, l, twin);
    float q[REF_MAX * REF_MAX];
    dw_ldblock in = {.m = m, .core = core, .l = l, .k = b.k, .q = q}, out = {0};
    double worst = 0;
    dw_err err = {0};

    for (size_t i = 0; i < b.k * m; i++)
        q[i] = (float)b.q[i];
    in.lambda = b.lambda;
    in.trace = (double)l;
    OK(dw_shrink_block(&in, share, &out, &err) == 0, "shrinks by %g", share);
    shrink_reference(&b, share);
    for (size_t i = 0; i < b.k; i++)
        worst = fmax(worst, fabs(out.lambda[i] - b.lambda[i]));
    OK(worst < 1e-12 && out.k == b.k && out.core == core && out.l == l &&
           out.m == m,
       "eigenvalues, off by %.1g", worst);
    NEAR(out.trace, (double)l, 1e-12, 1, "the trace stays");
    worst = 0;
    for (size_t j = 0; j < m; j++) {
        for (size_t i = 0; i < b.k; i++)
            worst = fmax(worst,
                         fabs((double)out.q[i + j * b.k] - plain_q(&b, i, j)));
    }
    OK(worst < 3e-7, "Q in single precision, off by %.1g", worst);
    dw_ldblock_clear(&out);
}

static void test_broken(void)
{
    float q[4] = {1, 0, 0, 1};
    double lambda[2] = {1, 1};
    const dw_ldblock in = {
        .m = 2, .l = 2, .k = 2, .q = q, .lambda = lambda, .trace = 2};

    for (unsigned long i = 1; i <= 3; i++) {
        dw_ldblock out = {0};
        dw_err err = {0};

        dw_mem_fail_at(i);
        OK(dw_shrink_block(&in, 0.1, &out, &err) == DW_ENOMEM, "allocation %lu",
           i);
        dw_mem_fail_at(0);
        dw_ldblock_clear(&out);
    }
}

int main(void)
{
    test_shape(40, 8, 2, 4, 0, 0.2); /* full rank: R by itself */
    test_shape(40, 8, 0, 8, 0, 0);   /* no flanks, nothing changes */
    test_shape(5, 8, 1, 6, 0, 0.05); /* fewer people than variants */
    test_shape(40, 7, 0, 5, 3, 0.5); /* two of the core alike */
    test_shape(40, 6, 2, 3, 0, 1);   /* nothing left of it */
    test_broken();
    return tap_done();
}
