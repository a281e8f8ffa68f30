/* A model: inputs from annotations, missing values, columns by name, links. */
#include "base/mem.h"
#include "nn/model.h"
#include "tap.h"

static const dw_net_windows NONE = {0};

static void test_links(void)
{
    static const double at[] = {-40, -12, -1.5, 1e-3, 0.3, 2, 29, 35, 500};

    for (dw_link link = DW_LINK_EXP; link <= DW_LINK_RELU; link++) {
        const char *name = dw_link_name(link);
        dw_link back;
        double worst = 0;

        NEAR(dw_link_value(link, dw_link_start(link)), 1, 1e-15, 0, name);
        OK(dw_link_find(name, &back) == 0 && back == link, "%s by name", name);
        for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
            double h = 1e-5 * fabs(at[i]);
            double slope = (log(dw_link_value(link, at[i] + h)) -
                            log(dw_link_value(link, at[i] - h))) /
                           (2 * h);

            if (!isfinite(dw_link_value(link, at[i])) ||
                dw_link_value(link, at[i]) <= 0)
                worst = INFINITY;
            worst = fmax(worst, fabs(slope - dw_link_slope(link, at[i])) /
                                    fmax(1, fabs(slope)));
        }
        OK(worst < 1e-7, "slope of %s: %.2g", name, worst);
    }
    OK(dw_link_find("log", &(dw_link){0}) < 0, "no such link");
}

/* f = c exp(b + v'x), of values 1 and 3 (mean 2, sd 0.5) and one missing. */
static void test_variances(void)
{
    const char *const have[] = {"other", "cons", "dhs"};
    const char *const lacks[] = {"other", "const", "dhs"};
    /* Three variants; columns other, cons, dhs. */
    const float annot[] = {9, 9, 9, 1, NAN, 3, 0, 1, 1};
    dw_input input[] = {
        {NULL, false, 2, 0.5}, {NULL, true, 0, 1}, {NULL, false, 0.25, 2}};
    dw_model model = {.n_inputs = 3, .link = DW_LINK_EXP};
    size_t column[3];
    double f[3];
    dw_err err = {0};
    dw_net_ws *ws;

    model.input = dw_alloc(3, sizeof *input);
    memcpy(model.input, input, sizeof input);
    model.input[0].name = dw_strdup("cons");
    model.input[1].name = dw_strdup("cons");
    model.input[2].name = dw_strdup("dhs");
    dw_model_add_trait(&model, "one")->c = 1e-6;
    dw_model_add_trait(&model, "two")->c = 1e-4;
    OK(dw_model_shape(&model, "linear", &err) == 0, "a linear model");
    for (size_t i = 0; i < 4; i++) {
        model.param[2 * i] = (float[]){0.5f, 0.25f, -2, 1}[i];
        model.param[2 * i + 1] = i ? 0 : 1;
    }
    ws = dw_net_ws_new(&model.net);

    OK(dw_model_bind(&model, 3, have, column, &err) == 0 && column[0] == 1 &&
           column[1] == 1 && column[2] == 2,
       "columns are found by name");
    dw_model_variances(&model, 0, column, ws, 3, annot, 3, NONE, f);
    NEAR(f[0], 1e-6 * exp(0.5 + 0.25 * -2 + -0.125), 1e-6, 0, "a value");
    NEAR(f[1], 1e-6 * exp(0.5 - 2 + 0.375), 1e-6, 0, "a missing value");
    NEAR(f[2], 1e-6 * exp(0.5 + 0.25 * 2 + 0.375), 1e-6, 0, "another");
    dw_model_variances(&model, 1, column, ws, 3, annot, 3, NONE, f);
    NEAR(f[1], 1e-4 * exp(1), 1e-6, 0, "another trait");
    OK(dw_model_bind(&model, 3, lacks, column, &err) == DW_EMISMATCH &&
           strstr(err.msg, "\"cons\"") && strstr(err.msg, "\"const\""),
       "an annotation that is not there: %s", err.msg);
    dw_net_ws_free(ws);
    dw_model_clear(&model);
}

/* More variants than are taken at once, one by one and together. */
static void test_tiles(void)
{
    enum { M = 1300 };
    static float annot[M];
    static double f[M], one[M];
    dw_model model = {.n_inputs = 1, .link = DW_LINK_SOFTPLUS};
    size_t column = 0, n_wrong = 0;
    dw_err err = {0};
    dw_net_ws *ws;

    model.input = dw_alloc(1, sizeof *model.input);
    model.input[0] = (dw_input){dw_strdup("x"), false, 0, 1};
    dw_model_add_trait(&model, "one")->c = 2;
    OK(dw_model_shape(&model, "mlp:5,3", &err) == 0, "an mlp");
    dw_net_init(&model.net, 4, model.param);
    model.param[dw_net_n_params(&model.net) - 1] = 1;
    for (size_t j = 0; j < M; j++)
        annot[j] = (float)j / M;
    ws = dw_net_ws_new(&model.net);
    dw_model_variances(&model, 0, &column, ws, M, annot, M, NONE, f);
    for (size_t j = 0; j < M; j++) {
        dw_model_variances(&model, 0, &column, ws, 1, annot + j, 1, NONE,
                           one + j);
        n_wrong += !tap_near(f[j], one[j], 1e-5, 0);
    }
    OK(n_wrong == 0 && f[0] != f[M - 1], "%zu of %d differ", n_wrong, M);
    dw_net_ws_free(ws);
    dw_model_clear(&model);
}

int main(void)
{
    test_links();
    test_variances();
    test_tiles();
    return tap_done();
}
