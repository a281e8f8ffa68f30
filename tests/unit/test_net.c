/* Networks, built in double: every parameter by central differences, with
 * dropout and without; specifications, good and bad. */
#define DW_REAL_DOUBLE
#include "nn/layer.c"
#include "nn/net.c"

#include "tap.h"

enum { P = 3, M = 700, HEADS = 3 }; /* more variants than a tile holds */

static double x[P * M], weight[HEADS * M];

static double loss_of(const dw_net *net, dw_net_ws *ws, const double *param,
                      const dw_net_noise *noise)
{
    double out[HEADS * M], loss = 0;

    dw_net_forward(net, ws, param, M, x, noise, out);
    for (size_t j = 0; j < net->heads * M; j++)
        loss += weight[j] * out[j] + out[j] * out[j] / 2;
    return loss;
}

/* d loss / d param[i] by central differences of the fourth order: their error
 * is h^4, so that h can be wide enough for the sums to keep their digits. */
static double difference(const dw_net *net, dw_net_ws *ws, double *param,
                         size_t i, const dw_net_noise *noise)
{
    static const double weights[] = {1, -8, 0, 8, -1};
    const double h = 1e-3, at = param[i];
    double sum = 0;

    for (int s = -2; s <= 2; s++) {
        param[i] = at + s * h;
        if (s)
            sum += weights[s + 2] * loss_of(net, ws, param, noise);
    }
    param[i] = at;
    return sum / (12 * h);
}

/* Each parameter of the net, on its own. */
static void test_gradient(const char *spec, size_t heads, double rate)
{
    dw_net_noise noise = {rate, 99};
    dw_rng rng = dw_rng_init(5, 5);
    double *param, *grad, out[HEADS * M], worst = 0;
    dw_err err = {0};
    dw_net net;
    dw_net_ws *ws;
    size_t n;

    if (dw_net_parse(&net, spec, P, &err) < 0) {
        OK(0, "%s: %s", spec, err.msg);
        return;
    }
    net.heads = heads;
    n = dw_net_n_params(&net);
    param = dw_alloc(n, sizeof *param);
    grad = dw_alloc(n, sizeof *grad);
    ws = dw_net_ws_new(&net);
    for (size_t i = 0; i < n; i++)
        param[i] = 0.5 * dw_rng_normal(&rng);

    dw_net_forward(&net, ws, param, M, x, &noise, out);
    for (size_t j = 0; j < heads * M; j++)
        out[j] += weight[j];
    dw_net_backward(&net, ws, param, M, x, &noise, out, grad);
    for (size_t i = 0; i < n; i++) {
        double d = difference(&net, ws, param, i, &noise);

        worst = fmax(worst, fabs(d - grad[i]) / fmax(1, fabs(grad[i])));
    }
    OK(worst < 1e-7, "%s, %zu heads, dropout %g: all of %zu parameters: %.2g",
       spec, heads, rate, n, worst);
    dw_net_ws_free(ws);
    dw_free(grad);
    dw_free(param);
}

static void test_start(void)
{
    dw_err err = {0};
    dw_net net;
    dw_net_ws *ws;
    double *param, out[M], most = 0;
    uint8_t *decays;
    size_t n, n_free = 0;

    OK(dw_net_parse(&net, "mlp:7,5", P, &err) == 0 &&
           dw_net_n_params(&net) == 1 + P + 7 * (P + 1) + 5 * 8 + 5,
       "the parameters of mlp:7,5");
    n = dw_net_n_params(&net);
    param = dw_alloc(n, sizeof *param);
    decays = dw_alloc(n, 1);
    ws = dw_net_ws_new(&net);
    dw_net_init(&net, 1, param);
    dw_net_forward(&net, ws, param, M, x, NULL, out);
    for (size_t j = 0; j < M; j++)
        most = fmax(most, fabs(out[j]));
    OK(most == 0, "a new net is the constant 0");
    OK(param[1 + P] != 0, "its hidden weights are not");
    dw_net_decays(&net, decays);
    for (size_t i = 0; i < n; i++)
        n_free += !decays[i];
    OK(n_free == 1 + P + 7 + 5 && !decays[P] && decays[P + 1] && decays[n - 1],
       "offsets and the linear part do not decay: %zu", n_free);
    dw_net_ws_free(ws);
    dw_free(decays);
    dw_free(param);
}

/* The first 1 + p parameters of an mlp are those of a linear model. */
static void test_linear_in_mlp(void)
{
    dw_err err = {0};
    dw_net linear, mlp;
    dw_net_ws *ws;
    double *param, a[M], b[M], most = 0;

    if (dw_net_parse(&linear, "linear", P, &err) < 0 ||
        dw_net_parse(&mlp, "mlp:4", P, &err) < 0) {
        OK(0, "%s", err.msg);
        return;
    }
    param = dw_alloc(dw_net_n_params(&mlp), sizeof *param);
    dw_net_init(&mlp, 3, param);
    for (size_t i = 0; i <= P; i++)
        param[i] = (double)i - 1.5;
    ws = dw_net_ws_new(&mlp);
    dw_net_forward(&mlp, ws, param, M, x, NULL, a);
    dw_net_forward(&linear, ws, param, M, x, NULL, b);
    for (size_t j = 0; j < M; j++)
        most = fmax(most, fabs(a[j] - b[j]));
    OK(most < 1e-14, "a linear model is the beginning of an mlp: %g", most);
    dw_net_ws_free(ws);
    dw_free(param);
}

static void test_specs(void)
{
    static const char *const good[] = {"const", "linear", "mlp:1", "mlp:64,64",
                                       "mlp:4096,1,2,3,4,5,6,7"};
    static const char *const bad[] = {
        "",       "Const",    "mlp",     "mlp:",    "mlp:0",
        "mlp:-1", "mlp:4097", "mlp:6x4", "mlp:64,", "mlp:1,1,1,1,1,1,1,1,1",
        "conv:3", "linear ",  "mlp:1e3"};
    char back[DW_NET_SPEC_MAX];
    dw_net net;

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        dw_err err = {0};
        int rc = dw_net_parse(&net, good[i], P, &err);

        if (rc == 0)
            dw_net_spec(&net, back);
        OK(rc == 0 && strcmp(back, good[i]) == 0, "%s", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        dw_err err = {0};

        OK(dw_net_parse(&net, bad[i], P, &err) == DW_EUSAGE &&
               strstr(err.msg, bad[i]),
           "refused: %s", err.msg);
    }
}

static void test_no_memory(void)
{
    dw_err err = {0};
    dw_net net;

    for (unsigned long i = 1; i <= 3; i++) {
        dw_net_ws *ws;

        if (dw_net_parse(&net, "mlp:3,2", P, &err) < 0)
            break;
        dw_mem_fail_at(i);
        ws = dw_net_ws_new(&net);
        OK(!ws, "no memory, %lu", i);
        dw_mem_fail_at(0);
        dw_net_ws_free(ws);
    }
}

int main(void)
{
    dw_rng rng = dw_rng_init(2, 2);

    for (size_t i = 0; i < P * M; i++)
        x[i] = dw_rng_normal(&rng);
    for (size_t i = 0; i < HEADS * M; i++)
        weight[i] = dw_rng_normal(&rng);
    for (size_t heads = 1; heads <= HEADS; heads += HEADS - 1) {
        test_gradient("const", heads, 0);
        test_gradient("linear", heads, 0);
        test_gradient("mlp:6", heads, 0);
        test_gradient("mlp:6,5,4", heads, 0);
        test_gradient("mlp:6,5,4", heads, 0.3);
    }
    test_start();
    test_linear_in_mlp();
    test_specs();
    test_no_memory();
    return tap_done();
}
