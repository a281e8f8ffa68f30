/* Networks, built in double: every parameter by central differences, with
 * dropout and without; specifications, good and bad. */
#define DW_REAL_DOUBLE
#include <stdlib.h>

#include "nn/attend.c"
#include "nn/conv.c"
#include "nn/layer.c"
#include "nn/net.c"
#include "nn/net_plan.c"
#include "nn/net_spec.c"
#include "nn/net_tile.c"

#include "differences.h"
#include "linalg/dense.h"
#include "tap.h"

enum { P = 3, M = 700, HEADS = 3 }; /* more variants than a tile holds */
enum { TRACKS = 2, WINDOW = 24, BIN = 2, BINS = WINDOW / BIN };

static double x[P * M], weight[HEADS * M], window[TRACKS * BINS * M];

static void cut(void *ctx, size_t at, size_t n, dw_real *to)
{
    (void)ctx;
    memcpy(to, window + TRACKS * BINS * at, TRACKS * BINS * n * sizeof *to);
}

static const dw_net_input INPUT = {x, {cut, NULL}};

/* A net, what it is evaluated on, and its loss. */
struct trial {
    dw_net net;
    dw_net_ws *ws;
    size_t m, n; /* variants, parameters */
    double *param, *grad, *out;
    dw_net_noise noise;
};

static void begin(struct trial *t, const char *spec, size_t heads, size_t m,
                  double rate)
{
    dw_rng rng = dw_rng_init(5, 5);
    dw_err err = {0};

    *t = (struct trial){.m = m, .noise = {rate, 99}};
    if (dw_net_parse(&t->net, spec, P, &err) < 0 ||
        (dw_net_looks(&t->net) &&
         dw_net_set_tracks(&t->net, TRACKS, WINDOW, BIN, &err) < 0)) {
        OK(0, "%s: %s", spec, err.msg);
        exit(1);
    }
    t->net.heads = heads;
    t->n = dw_net_n_params(&t->net);
    t->param = dw_alloc(t->n, sizeof *t->param);
    t->grad = dw_alloc(t->n, sizeof *t->grad);
    t->out = dw_alloc(heads * m, sizeof *t->out);
    t->ws = dw_net_ws_new(&t->net);
    fill_normal(&rng, t->n, t->param);
    for (size_t i = 0; i < t->n; i++)
        t->param[i] *= 0.5;
}

static void end(struct trial *t)
{
    dw_net_ws_free(t->ws);
    dw_free(t->out);
    dw_free(t->grad);
    dw_free(t->param);
}

static double loss_of(void *ctx)
{
    struct trial *t = ctx;

    dw_net_forward(&t->net, t->ws, t->param, t->m, &INPUT, &t->noise, t->out);
    return loss_of_output(t->net.heads * t->m, weight, t->out);
}

/* Each parameter of the net, on its own. */
static void test_gradient(const char *spec, size_t heads, size_t m, double rate)
{
    struct trial t;
    double most;

    begin(&t, spec, heads, m, rate);
    loss_of(&t);
    gradient_of_output(heads * m, weight, t.out);
    dw_net_backward(&t.net, t.ws, t.param, m, &INPUT, &t.noise, t.out, t.grad);
    most = worst(loss_of, &t, t.param, t.grad, t.n);
    OK(most < 1e-7, "%s, %zu heads, dropout %g: all of %zu parameters: %.2g",
       spec, heads, rate, t.n, most);
    end(&t);
}

static void test_gradients(void)
{
    for (size_t heads = 1; heads <= HEADS; heads += HEADS - 1) {
        test_gradient("const", heads, M, 0);
        test_gradient("linear", heads, M, 0);
        test_gradient("mlp:6", heads, M, 0);
        test_gradient("mlp:6,5,4", heads, M, 0);
        test_gradient("mlp:6,5,4", heads, M, 0.3);
    }
    test_gradient("mlp:4,4,4,norm,res", 1, 600, 0.2);
    test_gradient("mlp:5,4,4,res,dropout=0.4", 2, 600, 0);
    /* Tiles of windows are of 341 variants. */
    test_gradient("conv:dim=4,down=0,stem=3,kernel=3,top=3", 1, 5, 0);
    test_gradient("conv:dim=4,down=1,stem=3,kernel=3,top=3", 2, 350, 0.3);
    test_gradient("conv:dim=6,down=3,stem=5,kernel=3,top=4", 1, 20, 0.3);
    test_gradient("transformer:dim=4,down=1,stem=3,heads=2,depth=1,top=3", 1,
                  20, 0);
    test_gradient("transformer:dim=6,down=2,stem=3,kernel=3,heads=3,depth=2,"
                  "top=5",
                  2, 10, 0.3);
}

/* ---- starts ---- */

static void test_start(const char *spec, size_t n_free)
{
    struct trial t;
    uint8_t *decays;
    size_t found = 0;
    double most = 0, hidden = 0;

    begin(&t, spec, 1, 20, 0);
    decays = dw_alloc(t.n, 1);
    dw_net_init(&t.net, 1, t.param);
    loss_of(&t);
    for (size_t j = 0; j < t.m; j++)
        most = fmax(most, fabs(t.out[j]));
    for (size_t i = 1 + P; i < t.n; i++)
        hidden = fmax(hidden, fabs(t.param[i]));
    OK(most == 0 && hidden > 0, "%s starts as the constant 0", spec);
    dw_net_decays(&t.net, decays);
    for (size_t i = 0; i < t.n; i++)
        found += !decays[i];
    OK(found == n_free && !decays[P] && decays[P + 1] && decays[t.n - 1],
       "offsets, gains and the linear part do not decay: %zu", found);

    /* With U, it is no constant, and all that varies is of the order of 1. */
    for (size_t i = t.ws->plan.u; i < t.n; i++)
        t.param[i] = i % 2 ? 0.1 : -0.1;
    loss_of(&t);
    OK(t.out[0] != t.out[1] && fabs(t.out[0]) < 10, "%g and %g", t.out[0],
       t.out[1]);
    dw_free(decays);
    end(&t);
}

static void test_starts(void)
{
    struct trial t;
    char part[DW_NET_PART_MAX], last[DW_NET_PART_MAX];

    begin(&t, "mlp:7,5", 1, 20, 0);
    OK(t.n == 1 + P + 7 * (P + 1) + 5 * 8 + 5, "the parameters of mlp:7,5");
    dw_net_part(&t.net, 1 + P + 7 * (P + 1), part);
    dw_net_part(&t.net, t.n - 1, last);
    OK(strcmp(part, "layer 2 (linear)") == 0 && strcmp(last, "the output") == 0,
       "they are of %s and of %s", part, last);
    end(&t);
    test_start("mlp:7,5", 1 + P + 7 + 5);
    test_start("mlp:7,7,norm,res", 1 + P + 3 * 7 + 3 * 7);
    /* stem and its block, pool; top */
    test_start("conv:dim=4,down=1,stem=3,top=3", 1 + P + 4 + 8 + 4 + 8 + 3);
    test_start("transformer:dim=4,down=1,stem=3,heads=2,depth=1,top=3",
               1 + P + 4 + 8 + 4 + (8 + 2 * 11 + 4) + (8 + 8 + 4) + 8 + 3);
}

/* The norm of the layers' gradient after a first step, which has moved U alone,
 * by a learning rate.  Tracks have data in `bins` on either side of the
 * variant. */
static double norm_of_layers(struct trial *t, size_t bins)
{
    static double all[TRACKS * BINS * M];
    size_t first = dw_net_n_linear(&t->net), u = t->ws->plan.u;

    memcpy(all, window, sizeof all);
    for (size_t i = 0; i < DW_COUNT(window); i++) {
        size_t bin = i / TRACKS % BINS;

        if (bin + bins < BINS / 2 || bin >= BINS / 2 + bins)
            window[i] = 0;
    }
    dw_net_init(&t->net, 1, t->param);
    for (size_t i = u; i < t->n; i++)
        t->param[i] = i % 2 ? 1e-3 : -1e-3;
    memset(t->grad, 0, t->n * sizeof *t->grad);
    dw_net_backward(&t->net, t->ws, t->param, t->m, &INPUT, NULL, weight,
                    t->grad);
    memcpy(window, all, sizeof all);
    return dw_nrm2(u - first, t->grad + first);
}

/* No layer norm is of a column of equal numbers, where there is no signal. */
static void test_empty_places(const char *spec)
{
    double full, some, none;
    struct trial t;

    begin(&t, spec, 1, 100, 0);
    full = norm_of_layers(&t, BINS / 2);
    some = norm_of_layers(&t, 1);
    none = norm_of_layers(&t, 0);
    OK(full > 0 && some < 10 * full && none < 10 * full,
       "%s: a gradient of %.3g; where most bins have no data of %.3g; where "
       "none has of %.3g",
       spec, full, some, none);
    end(&t);
}

/* The first parameters of all others are those of a linear model. */
static void test_linear_in(const char *spec)
{
    double linear[M], most = 0;
    struct trial t;

    begin(&t, "linear", 1, 20, 0);
    loss_of(&t);
    memcpy(linear, t.out, t.m * sizeof *linear);
    end(&t);
    begin(&t, spec, 1, 20, 0);
    dw_net_init(&t.net, 3, t.param + 0);
    {
        dw_rng rng = dw_rng_init(5, 5);

        for (size_t i = 0; i < dw_net_n_linear(&t.net); i++)
            t.param[i] = 0.5 * dw_rng_normal(&rng);
    }
    loss_of(&t);
    for (size_t j = 0; j < t.m; j++)
        most = fmax(most, fabs(linear[j] - t.out[j]));
    OK(most < 1e-14, "a linear model is the beginning of %s: %g", spec, most);
    end(&t);
}

/* ---- specifications ---- */

static void test_specs(void)
{
    static const char *const good[] = {
        "const",
        "linear",
        "mlp:1",
        "mlp:64,64",
        "mlp:4096,1,2,3,4,5,6,7",
        "mlp:64,64,norm,res,act=relu,dropout=0.25",
        "conv:dim=64,stem=15,kernel=5,top=128",
        "conv:dim=2,down=0,stem=1,kernel=1,top=1,window=256,bin=4",
        "transformer:dim=384,down=12,stem=63,kernel=63,depth=64,heads=64,"
        "top=8192,window=65536,bin=65536,act=relu,dropout=0.123457"};
    static const char *const bad[] = {"",
                                      "Const",
                                      "const:",
                                      "mlp",
                                      "mlp:",
                                      "mlp:0",
                                      "mlp:-1",
                                      "mlp:4097",
                                      "mlp:6x4",
                                      "mlp:64,",
                                      "mlp:1,1,1,1,1,1,1,1,1",
                                      "mlp:norm",
                                      "mlp:4,dim=3",
                                      "mlp:4,act=tanh",
                                      "mlp:4,dropout=1",
                                      "mlp:4;norm",
                                      "conv:3",
                                      "conv:",
                                      "conv:dim",
                                      "conv:dim=",
                                      "conv:dim=3",
                                      "conv:dim=0",
                                      "conv:stem=4",
                                      "conv:depth=2",
                                      "conv:norm",
                                      "conv:window=100,bin=3",
                                      "transformer:dim=64,heads=3",
                                      "linear ",
                                      "mlp:1e3"};
    char back[DW_NET_SPEC_MAX];
    dw_net net;

    for (size_t i = 0; i < DW_COUNT(good); i++) {
        dw_err err = {0};
        int rc = dw_net_parse(&net, good[i], P, &err);

        if (rc == 0)
            dw_net_spec(&net, back);
        OK(rc == 0 && strcmp(back, good[i]) == 0, "%s", good[i]);
    }
    for (size_t i = 0; i < DW_COUNT(bad); i++) {
        dw_err err = {0};

        OK(dw_net_parse(&net, bad[i], P, &err) == DW_EUSAGE &&
               strstr(err.msg, bad[i]),
           "refused: %s", err.msg);
    }
}

/* What a specification leaves open is told by the stream. */
static void test_tracks(void)
{
    static const struct {
        const char *spec;
        size_t tracks, window, bin;
        const char *becomes; /* or a word of the refusal */
    } is[] = {
        {"conv", 5, 256, 1, "down=5,stem=15,kernel=5,top=128,window=256,bin=1"},
        {"conv:bin=16", 5, 256, 1, "down=1,"},
        {"conv:window=16,bin=16", 5, 0, 0, "down=0,"},
        {"transformer", 5, 1024, 8, "down=3,"},
        {"conv", 0, 256, 1, "there are 0"},
        {"conv:window=512", 5, 256, 1, "windows of 256"},
        {"conv:bin=7", 5, 256, 1, "do not divide"},
        {"conv", 5, 0, 0, "do not divide"},
        {"conv:down=6", 5, 32, 1, "less than one"},
        {"conv", 5, 65536, 1, "1 to 4096 bins"},
    };

    for (size_t i = 0; i < DW_COUNT(is); i++) {
        char spec[DW_NET_SPEC_MAX] = "";
        dw_err err = {0};
        dw_net net;

        if (dw_net_parse(&net, is[i].spec, P, &err) == 0 &&
            dw_net_set_tracks(&net, is[i].tracks, is[i].window, is[i].bin,
                              &err) == 0)
            dw_net_spec(&net, spec);
        OK(strstr(*spec ? spec : err.msg, is[i].becomes), "%s: %s", is[i].spec,
           *spec ? spec : err.msg);
    }
}

/* ---- memory ---- */

static void test_no_memory(const char *spec)
{
    dw_net_ws *ws = NULL;
    unsigned long i = 0;
    struct trial t;

    begin(&t, spec, 1, 1, 0);
    do {
        dw_net_ws_free(ws);
        dw_mem_fail_at(++i);
        ws = dw_net_ws_new(&t.net);
        dw_mem_fail_at(0);
    } while (!ws && i < 100);
    OK(ws && i > 3, "%s: no memory, %lu times; then %zu bytes", spec, i - 1,
       dw_net_ws_bytes(&t.net));
    dw_net_ws_free(ws);
    end(&t);
}

int main(void)
{
    dw_rng rng = dw_rng_init(2, 2);

    fill_normal(&rng, P * M, x);
    fill_normal(&rng, HEADS * M, weight);
    fill_normal(&rng, TRACKS * BINS * M, window);
    test_gradients();
    test_starts();
    test_empty_places("conv:dim=16,stem=3,kernel=3,down=3");
    test_empty_places("transformer:dim=16,stem=3,down=1,depth=3");
    test_linear_in("mlp:4");
    test_linear_in("conv:dim=4");
    test_specs();
    test_tracks();
    test_no_memory("mlp:3,2");
    test_no_memory("conv:dim=4");
    return tap_done();
}
