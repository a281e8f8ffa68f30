/* Layers, built in double: each gradient by central differences, one number at
 * a time, and forward passes against loops that hide nothing. */
#define DW_REAL_DOUBLE
#include "nn/layer.c"

#include "differences.h"
#include "tap.h"

enum { IN = 3, OUT = 4, M = 5 };

/* ---- linear ---- */

struct linear {
    double w[OUT * IN], b[OUT], x[IN * M], weight[OUT * M];
};

static double linear_loss(void *ctx)
{
    const struct linear *l = ctx;
    double y[OUT * M];

    dw_layer_linear_forward(IN, OUT, M, l->w, l->b, l->x, y);
    return loss_of_output(OUT * M, l->weight, y);
}

static void test_linear(void)
{
    dw_rng rng = dw_rng_init(1, 1);
    struct linear l;
    double y[OUT * M], dy[OUT * M], plain = 0;
    double dw[OUT * IN] = {0}, db[OUT] = {0}, dx[IN * M] = {0};
    double twice[OUT * IN];

    fill_normal(&rng, OUT * IN, l.w);
    fill_normal(&rng, OUT, l.b);
    fill_normal(&rng, IN * M, l.x);
    fill_normal(&rng, OUT * M, l.weight);
    dw_layer_linear_forward(IN, OUT, M, l.w, l.b, l.x, y);
    for (size_t j = 0; j < M; j++) {
        for (size_t i = 0; i < OUT; i++) {
            double sum = l.b[i];

            for (size_t q = 0; q < IN; q++)
                sum += l.w[i + q * OUT] * l.x[q + j * IN];
            plain = fmax(plain, fabs(sum - y[i + j * OUT]));
        }
    }
    OK(plain < 1e-14, "linear is W x + b: %g", plain);

    memcpy(dy, y, sizeof dy);
    gradient_of_output(OUT * M, l.weight, dy);
    dw_layer_linear_backward(IN, OUT, M, l.w, l.x, dy, dw, db, dx);
    OK(worst(linear_loss, &l, l.w, dw, OUT * IN) < 1e-7,
       "each weight of a linear layer");
    OK(worst(linear_loss, &l, l.b, db, OUT) < 1e-7,
       "each offset of a linear layer");
    OK(worst(linear_loss, &l, l.x, dx, IN * M) < 1e-7,
       "each input of a linear layer");

    memcpy(twice, dw, sizeof twice);
    dw_layer_linear_backward(IN, OUT, M, l.w, l.x, dy, dw, db, NULL);
    OK(fabs(dw[5] - 2 * twice[5]) < 1e-12, "gradients are added to");
}

/* ---- gelu ---- */

static void test_gelu(void)
{
    /* By the formula, in Python with 50 digits. */
    static const double known[][2] = {
        {-3, -0.0036373920817729943}, {-0.5, -0.15428599017485772}, {0, 0},
        {1, 0.84119199060827676},     {4, 3.9999297540518075},
    };
    const double h = 1e-5;
    double error = 0;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        double y, slope, up, down, x = known[i][0];
        double d = 2;

        dw_layer_gelu_forward(1, &x, &y, &slope);
        NEAR(y, known[i][1], 1e-13, 1e-2, "gelu");
        x += h;
        dw_layer_gelu_forward(1, &x, &up, NULL);
        x -= 2 * h;
        dw_layer_gelu_forward(1, &x, &down, NULL);
        dw_layer_slope_backward(1, &slope, &d);
        error = fmax(error, fabs(d - 2 * (up - down) / (2 * h)));
    }
    OK(error < 1e-7, "the slope of gelu: %g", error);
    {
        double far[2] = {-1000, 1000}, y[2];

        dw_layer_gelu_forward(2, far, y, NULL);
        OK(y[0] == 0 && y[1] == 1000, "gelu far out: %g %g", y[0], y[1]);
    }
}

static void test_relu(void)
{
    double x[] = {-2, 0, 3}, y[3], slope[3];

    dw_layer_relu_forward(3, x, y, slope);
    OK(y[0] == 0 && y[1] == 0 && y[2] == 3, "relu");
    OK(slope[0] == 0 && slope[1] == 0 && slope[2] == 1, "the slope of relu");
    dw_layer_relu_forward(3, x, x, NULL);
    OK(memcmp(x, y, sizeof y) == 0, "in place");
}

/* ---- layer norm ---- */

struct norm {
    double gain[IN], offset[IN], x[IN * M], weight[IN * M], y[IN * M];
    double stat[2 * M];
};

static double norm_loss(void *ctx)
{
    struct norm *s = ctx;

    dw_layer_norm_forward(IN, M, s->gain, s->offset, s->x, s->y, s->stat);
    return loss_of_output(IN * M, s->weight, s->y);
}

static void test_norm(void)
{
    double dgain[IN] = {0}, doffset[IN] = {0}, dx[IN * M] = {0}, square = 0;
    dw_rng rng = dw_rng_init(4, 4);
    struct norm s;

    fill_normal(&rng, IN, s.gain);
    fill_normal(&rng, IN, s.offset);
    fill_normal(&rng, IN * M, s.x);
    fill_normal(&rng, IN * M, s.weight);
    norm_loss(&s);
    for (size_t i = 0; i < IN; i++) {
        double h = (s.y[i + IN] - s.offset[i]) / s.gain[i];

        square += h * h / IN;
    }
    NEAR(square, 1, 1e-2, 0, "the variance of a column");
    gradient_of_output(IN * M, s.weight, s.y);
    dw_layer_norm_backward(IN, M, s.gain, s.x, s.stat, s.y, dgain, doffset, dx);
    OK(worst(norm_loss, &s, s.gain, dgain, IN) < 1e-7, "each gain");
    OK(worst(norm_loss, &s, s.offset, doffset, IN) < 1e-7, "each offset");
    OK(worst(norm_loss, &s, s.x, dx, IN * M) < 1e-7, "each input: %g",
       worst(norm_loss, &s, s.x, dx, IN * M));
    for (size_t i = 0; i < IN; i++)
        s.x[i] = 7;
    norm_loss(&s);
    OK(s.y[0] == s.offset[0], "a column of equal numbers is its offset");
}

/* ---- dropout ---- */

static void test_dropout(void)
{
    enum { N = 100001 };
    static uint8_t mask[N], again[N];
    dw_rng rng = dw_rng_init(7, 3), same = rng;
    double scale = dw_layer_dropout_mask(N, 0.3, &rng, mask);
    double kept = 0, x[3] = {1, 2, 3};
    const uint8_t some[3] = {1, 0, 1};

    for (size_t i = 0; i < N; i++)
        kept += mask[i];
    NEAR(kept / N, 0.7, 0.01, 0, "share of units that stay");
    NEAR(scale, 1 / 0.7, 1e-4, 0, "what they are multiplied by");
    dw_layer_dropout_mask(N, 0.3, &same, again);
    OK(memcmp(mask, again, N) == 0, "the same draws give the same mask");
    dw_layer_dropout_apply(3, some, 2, x);
    OK(x[0] == 2 && x[1] == 0 && x[2] == 6, "what is dropped is 0");
    scale = dw_layer_dropout_mask(N, 0, &rng, mask);
    kept = 0;
    for (size_t i = 0; i < N; i++)
        kept += mask[i];
    OK(kept == N && scale == 1, "a rate of 0 drops nothing");
}

int main(void)
{
    test_linear();
    test_gelu();
    test_relu();
    test_norm();
    test_dropout();
    return tap_done();
}
