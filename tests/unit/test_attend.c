/* Self-attention, built in double: against its formula in loops, and each
 * number's gradient by central differences. */
#define DW_REAL_DOUBLE
#include "nn/attend.c"
#include "nn/layer.c"

#include "base/mem.h"
#include "differences.h"
#include "tap.h"

enum { C = 6, T = 5, H = 2, N = 3, E = C / H };

static const dw_attend SHAPE = {C, T, H};

struct attention {
    double param[512], x[C * T * N], y[C * T * N], weight[C * T * N];
    double kept[2048], room[2048];
};

static double loss_of_attention(void *ctx)
{
    struct attention *a = ctx;

    dw_attend_forward(&SHAPE, N, a->param, a->x, a->y, a->kept);
    return loss_of_output(C * T * N, a->weight, a->y);
}

/* Row r of Wq x, Wk x and Wv x together, at place j of window i. */
static double product(const struct attention *a, size_t r, size_t j, size_t i)
{
    double sum = 0;

    for (size_t q = 0; q < C; q++)
        sum += a->param[r + 3 * C * q] * a->x[q + C * (j + T * i)];
    return sum;
}

/* Row r of the heads' outputs at place j of window i. */
static double plain_head(const struct attention *a, size_t r, size_t j,
                         size_t i)
{
    size_t head = r / E;
    const double *distance =
        a->param + 3 * C * C + head * (2 * T - 1) + (T - 1);
    double sum = 0, total = 0;

    for (size_t s = 0; s < T; s++) {
        double logit = 0;

        for (size_t e = head * E; e < (head + 1) * E; e++)
            logit += product(a, e, j, i) * product(a, C + e, s, i) / sqrt(E);
        logit += distance[(long)s - (long)j];
        total += exp(logit);
        sum += exp(logit) * product(a, 2 * C + r, s, i);
    }
    return sum / total;
}

static double plain_attention(const struct attention *a)
{
    const double *o = a->param + dw_attend_at_out(&SHAPE);
    const double *b = a->param + dw_attend_at_offset(&SHAPE);
    double most = 0;

    for (size_t at = 0; at < C * T * N; at++) {
        size_t q = at % C, j = at / C % T, i = at / C / T;
        double sum = b[q];

        for (size_t r = 0; r < C; r++)
            sum += o[q + C * r] * plain_head(a, r, j, i);
        most = fmax(most, fabs(sum - a->y[at]));
    }
    return most;
}

int main(void)
{
    static struct attention a;
    static double grad[512], dx[C * T * N];
    size_t n = dw_attend_n_params(&SHAPE);
    dw_rng rng = dw_rng_init(1, 9);

    OK(n == 4 * C * C + C + H * (2 * T - 1) &&
           dw_attend_kept(&SHAPE) * N <= DW_COUNT(a.kept) &&
           dw_attend_room(&SHAPE) * N <= DW_COUNT(a.room),
       "%zu parameters", n);
    fill_normal(&rng, n, a.param);
    fill_normal(&rng, C * T * N, a.x);
    fill_normal(&rng, C * T * N, a.weight);
    for (size_t i = 0; i < DW_COUNT(a.room); i++)
        a.room[i] = NAN; /* what is read was written */
    loss_of_attention(&a);
    OK(plain_attention(&a) < 1e-12, "attention: %g from its formula",
       plain_attention(&a));
    gradient_of_output(C * T * N, a.weight, a.y);
    dw_attend_backward(&SHAPE, N, a.param, a.x, a.kept, a.y, grad, dx, a.room);
    OK(worst(loss_of_attention, &a, a.param, grad, n) < 1e-7,
       "each parameter: %g", worst(loss_of_attention, &a, a.param, grad, n));
    OK(worst(loss_of_attention, &a, a.x, dx, C * T * N) < 1e-7,
       "each input: %g", worst(loss_of_attention, &a, a.x, dx, C * T * N));
    a.param[3 * C * C] = 800; /* far above what exp can hold */
    loss_of_attention(&a);
    OK(isfinite(a.y[0]), "a logit beyond the range of exp: %g", a.y[0]);
    return tap_done();
}
