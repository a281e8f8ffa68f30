/* Factors stored in fewer bits: halves, eight bits, what it costs. */
#include <float.h>
#include <stdlib.h>

#include "base/half.h"
#include "base/mem.h"
#include "base/rng.h"
#include "lik/marginal.h"
#include "lik/rounding.h"
#include "linalg/blas.h"
#include "record/rec_ldbk.h"
#include "tap.h"

/* ---- halves ---- */

/* What the bits of a half mean, by the book. */
static double half_value(unsigned h)
{
    int exponent = (int)(h >> 10 & 31);
    double fraction = (double)(h & 1023);
    double x =
        exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);

    return h & 0x8000 ? -x : x;
}

/* Between a half and the next one: nearest, and of two that are as near the one
 * that is even. */
static size_t wrong_between(unsigned h)
{
    float low = (float)half_value(h), high = (float)half_value(h + 1);
    float middle = (low + high) / 2; /* exact: a half has 11 bits */
    unsigned even = h & 1 ? h + 1 : h;

    return (dw_half_of_float(middle) != even) +
           (dw_half_of_float(nextafterf(middle, low)) != h) +
           (dw_half_of_float(nextafterf(middle, high)) != h + 1) +
           (dw_half_of_float(-middle) != (even | 0x8000)) +
           (dw_half_of_float(nextafterf(low, high)) != h);
}

static void test_halves(void)
{
    size_t wrong = 0, there_and_back = 0, rounded = 0;

    for (unsigned h = 0; h < 65536; h++) {
        float x = dw_half_float((uint16_t)h);

        if ((h & 0x7c00) == 0x7c00) {
            wrong += h & 1023 ? !isnan(x) : !isinf(x);
            wrong += !signbit(x) != !(h & 0x8000);
            there_and_back += h & 1023
                                  ? !isnan(dw_half_float(dw_half_of_float(x)))
                                  : dw_half_of_float(x) != h;
            continue;
        }
        wrong += (double)x != half_value(h) || !signbit(x) != !(h & 0x8000);
        there_and_back += dw_half_of_float(x) != h;
    }
    for (unsigned h = 0; h < 0x7bff; h++)
        rounded += wrong_between(h) > 0;
    OK(wrong == 0, "each of 65,536 halves is the float that it means");
    OK(there_and_back == 0, "and comes back as itself");
    OK(rounded == 0, "between two halves: to the nearest, ties to even");
    OK(dw_half_of_float(65519.996f) == 0x7bff &&
           dw_half_of_float(65520) == 0x7c00 &&
           dw_half_of_float(-FLT_MAX) == 0xfc00,
       "the largest half, and infinite from 65520 on");
    OK(dw_half_of_float(0x1p-25f) == 0 &&
           dw_half_of_float(nextafterf(0x1p-25f, 1)) == 1 &&
           dw_half_of_float(-FLT_MIN) == 0x8000,
       "the smallest half, and what is less than half of it");
}

/* ---- blocks ---- */

enum { M = 11, CORE = 2, L = 7, K = 6 };

/* Eigenvalues for each way of storing a row. */
static const double EIGENVALUES[K] = {3, 0.5, 0.499, 0.001, 0.00099, 1e-4};

static void fill(dw_ldblock *b, double size)
{
    dw_rng rng = dw_rng_init(7, 0);
    dw_err err = {0};

    strcpy(b->contig, "22");
    b->start = 100;
    b->end = 200;
    b->people = 489;
    if (dw_ldblock_resize(b, M, K, &err) < 0)
        exit(1);
    b->core = CORE;
    b->l = L;
    b->trace = L;
    memcpy(b->lambda, EIGENVALUES, sizeof EIGENVALUES);
    for (size_t j = 0; j < M; j++) {
        for (size_t i = 0; i < K; i++)
            b->q[i + j * K] =
                (float)(size * dw_rng_normal(&rng) * sqrt(b->lambda[i] / L));
    }
    b->q[3 + 2 * K] = 0;
    for (size_t i = 0; i < K; i++) /* a variant that has no LD with the core */
        b->q[i + 9 * K] = 0;
}

static int back(dw_ldblock *b, unsigned version, const dw_buf *p, dw_err *err)
{
    return dw_ldblock_unpack(b, version, (unsigned char *)p->s, p->n, err);
}

static void test_rows(enum dw_store store, size_t i8, size_t f16)
{
    const char *name = dw_store_name(store);
    dw_ldblock want = {0}, got = {0};
    dw_buf packed = {0};
    dw_err err = {0};
    size_t far8 = 0, far16 = 0, other = 0;
    unsigned version;

    fill(&want, 1);
    version = dw_ldblock_pack_as(&want, store, &packed);
    OK(version == 2 && back(&got, version, &packed, &err) == 0,
       "%s: comes back: %s", name, err.msg);
    OK(got.m == M && got.k == K && got.l == L && got.core == CORE &&
           got.people == 489 && got.trace == want.trace &&
           !memcmp(got.lambda, want.lambda, sizeof EIGENVALUES),
       "%s: all but Q is as it was", name);
    for (size_t j = 0; j < M; j++) {
        double largest = 0;

        for (size_t i = 0; i < i8; i++)
            largest = fmax(largest, fabs((double)want.q[i + j * K]) /
                                        sqrt(EIGENVALUES[i]));
        for (size_t i = 0; i < K; i++) {
            double q = (double)want.q[i + j * K];
            double d = fabs(q - (double)got.q[i + j * K]);

            if (i < i8) /* half a step; rounding of the steps themselves */
                far8 += d > largest * sqrt(EIGENVALUES[i]) / 254 * (1 + 1e-5);
            else if (i < i8 + f16)
                far16 += d > fmax(fabs(q) * 0x1p-11, 0x1p-25);
            else
                other += d > 0;
        }
    }
    OK(far8 == 0, "%s: %zu rows to half a step of the column", name, i8);
    OK(far16 == 0, "%s: %zu rows to half a bit of a half", name, f16);
    OK(other == 0, "%s: %zu rows exactly", name, K - i8 - f16);
    dw_ldblock_clear(&want);
    dw_ldblock_clear(&got);
    dw_buf_clear(&packed);
}

/* Cut anywhere, or longer: refused.  Each allocation fails in turn: told. */
static void test_broken(enum dw_store store)
{
    const char *name = dw_store_name(store);
    dw_ldblock b = {0};
    dw_buf packed = {0};
    dw_err err = {0};
    size_t taken = 0, silent = 0;
    unsigned long fails = 0;
    unsigned version;
    int rc = -1;

    fill(&b, 1);
    version = dw_ldblock_pack_as(&b, store, &packed);
    for (size_t n = 0; n < packed.n; n++) {
        unsigned char *cut = dw_alloc(n, 1);

        memcpy(cut, packed.s, n);
        err = (dw_err){0};
        taken += dw_ldblock_unpack(&b, version, cut, n, &err) == 0;
        silent += !err.msg[0];
        dw_free(cut);
    }
    OK(taken == 0 && silent == 0, "%s: no cut is taken: %s", name, err.msg);
    while (rc < 0) {
        dw_ldblock_clear(&b);
        dw_mem_fail_at(++fails);
        rc = back(&b, version, &packed, &err);
        dw_mem_fail_at(0);
        silent += rc < 0 && rc != DW_ENOMEM;
    }
    OK(fails > 2 && silent == 0, "%s: each failed allocation is told: %s", name,
       err.msg);
    dw_buf_addc(&packed, 0);
    OK(back(&b, version, &packed, &err) == DW_EFORMAT,
       "%s: a byte too many: %s", name, err.msg);
    packed.s[38] = 7; /* rows of eight bits, of six */
    OK(back(&b, version, &packed, &err) == DW_EFORMAT &&
           strstr(err.msg, "more rows than its rank"),
       "%s: %s", name, err.msg);
    dw_ldblock_clear(&b);
    dw_buf_clear(&packed);
}

static void test_lowest_version(void)
{
    dw_ldblock b = {0}, got = {0};
    dw_buf one = {0}, other = {0};
    dw_err err = {0};

    fill(&b, 1);
    dw_ldblock_pack(&b, &one);
    OK(dw_ldblock_pack_as(&b, DW_STORE_F32, &other) == 1 && one.n == other.n &&
           !memcmp(one.s, other.s, one.n),
       "f32 is version 1");
    OK(back(&got, 1, &one, &err) == 0 &&
           !memcmp(got.q, b.q, K * M * sizeof *b.q),
       "which is still read: %s", err.msg);
    b.q[5] = 1e5f;
    dw_buf_reset(&other);
    OK(dw_ldblock_pack_as(&b, DW_STORE_I8, &other) == 1 &&
           back(&got, 1, &other, &err) == 0 && got.q[5] == 1e5f,
       "what is no correlation is stored as it is");
    if (dw_ldblock_resize(&b, M, 0, &err) < 0)
        exit(1);
    dw_buf_reset(&other);
    OK(back(&got, dw_ldblock_pack_as(&b, DW_STORE_I8, &other), &other, &err) ==
               0 &&
           got.k == 0 && got.m == M,
       "a factor of rank 0 comes back: %s", err.msg);
    dw_ldblock_clear(&b);
    dw_ldblock_clear(&got);
    dw_buf_clear(&one);
    dw_buf_clear(&other);
}

/* ---- what it costs ---- */

/* Rows of q (k x l) become orthogonal, with L_i = |q_i|^2. */
static void orthogonalise(float *q, double *lambda)
{
    double x[K * L];

    for (size_t i = 0; i < K; i++) {
        for (size_t j = 0; j < L; j++)
            x[i + j * K] = (double)q[i + j * K];
        for (size_t h = 0; h < i; h++) {
            double dot = 0;

            for (size_t j = 0; j < L; j++)
                dot += x[h + j * K] * x[i + j * K];
            for (size_t j = 0; j < L; j++)
                x[i + j * K] -= dot / lambda[h] * x[h + j * K];
        }
        lambda[i] = 0;
        for (size_t j = 0; j < L; j++)
            lambda[i] += x[i + j * K] * x[i + j * K];
    }
    for (size_t i = 0; i < K * L; i++)
        q[i] = (float)x[i];
}

/* (7) and (8) of the core, dense; grad is by F. */
static double evidence(const float *q, const double *lambda, const float *z,
                       double f, double *grad)
{
    dw_marginal_ws *ws =
        dw_marginal_ws_new(L, K, &(dw_solving){.solver = DW_SOLVER_PRIMAL});
    double y[K] = {0}, all_f[L], loglik = NAN;
    dw_factor fac = {.m = L, .k = K, .lambda = lambda, .y = y, .q32 = q};

    for (size_t j = 0; j < L; j++) {
        all_f[j] = f;
        for (size_t i = 0; i < K; i++)
            y[i] += (double)q[i + j * K] * (double)z[j] / lambda[i];
    }
    if (dw_marginal_block(ws, &fac, all_f, (dw_noise){1, 0}, &loglik, grad,
                          NULL) != 0)
        exit(1);
    dw_marginal_ws_free(ws);
    return loglik;
}

static void test_cost(void)
{
    static const float z[L] = {1, -2, 0.5f, 3, 0, -1, 2};
    double lambda[K], grad[L], other[L], work[4 * K], size = 0, change = 0;
    dw_ldblock b = {0};
    float *q, rounded[K * L];
    dw_rounding r;
    double f, loglik;

    fill(&b, 1);
    q = b.q + CORE * K;
    orthogonalise(q, lambda);
    for (size_t i = 0; i < K * L; i++)
        rounded[i] = q[i] * (1 + (i % 3 ? 1e-4f : -2e-4f));
    f = dw_rounding_variance(K, L, lambda, z);
    loglik = 0;
    for (size_t i = 0; i < K; i++)
        loglik += lambda[i] * lambda[i];
    NEAR(f * loglik, 1 + 4 + 0.25 + 9 + 1 + 4 - 7, 1e-12, 0,
         "F by the mean of z^2");
    OK(dw_rounding_variance(K, L, lambda, (float[L]){0}) == 0,
       "0 where z is no larger than noise");
    loglik = evidence(rounded, lambda, z, f, other) -
             evidence(q, lambda, z, f, grad);
    for (size_t j = 0; j < L; j++) {
        size += grad[j] * grad[j];
        change += (other[j] - grad[j]) * (other[j] - grad[j]);
    }
    r = dw_rounding_of(K, L, q, rounded, lambda, z, f, work);
    /* Of second order in a change of 1e-4: 1e-3 of the change itself. */
    NEAR(r.loglik, loglik, 1e-2, 0, "the change in log p, dense");
    NEAR(r.gradient, sqrt(change / size), 1e-2, 0, "in its gradient, dense");
    r = dw_rounding_of(K, L, q, q, lambda, z, f, work);
    OK(r.loglik == 0 && r.gradient == 0, "of no rounding: none");
    dw_ldblock_clear(&b);
}

int main(void)
{
    dw_linalg_single_thread();
    test_halves();
    test_rows(DW_STORE_F16, 0, 4);
    test_rows(DW_STORE_I8, 2, 2);
    test_broken(DW_STORE_F16);
    test_broken(DW_STORE_I8);
    test_lowest_version();
    test_cost();
    return tap_done();
}
