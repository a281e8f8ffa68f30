/* Predictions of a block against dense algebra on (3), and against the effects
 * that were really there. */
#include "base/mem.h"
#include "linalg/blas.h"
#include "made_blocks.h"
#include "score/predict.h"
#include "score/score_text.h"
#include "tap.h"

static double truth(const float *a)
{
    return 3e-6 * exp(1.5 * a[0] - 0.6 * a[1]);
}

static const panel WORLD = {.people = 300,
                            .m = 30,
                            .core = 5,
                            .l = 20,
                            .p = 2,
                            .alike = 0.5,
                            .n = 4e5,
                            .s2 = 1,
                            .tau = 0.2,
                            .variance = truth};

static dw_tracks none; /* that the model would look at */

/* The model that the world was made by, in terms of raw annotations. */
static void make_model(dw_model *model)
{
    dw_model_trait *trait;
    dw_err err = {0};

    *model = (dw_model){.n_inputs = 2, .link = DW_LINK_EXP};
    trait = dw_model_add_trait(model, "made up");
    trait->n = 4e5;
    trait->c = 3e-6;
    trait->s2 = 1;
    trait->tau = 0.2;
    model->input = dw_alloc(2, sizeof *model->input);
    model->input[0] = (dw_input){dw_strdup("a"), false, 0, 1};
    model->input[1] = (dw_input){dw_strdup("b"), false, 0, 1};
    if (dw_model_shape(model, "linear", &err) < 0)
        OK(0, "%s", err.msg);
    model->param[1] = 1.5f;
    model->param[2] = -0.6f;
}

/*
 * mean and sd of b by (3) itself: with R = Q_l' Q of the observed rows o, S =
 * R_o F R_o' + s2 R_oo + tau I and C = F R_o',  E b = C S^-1 z / sqrt(N),  Var
 * = (F - C S^-1 C') / N.
 */
static void dense(const dw_variants *var, const dw_ldblock *b, const double *f,
                  double *mean, double *sd)
{
    size_t m = b->m, k = b->k, n = 0;
    double *q = dw_alloc(k * m, sizeof *q), *r = dw_alloc(m * m, sizeof *r);
    double *s = dw_alloc(m * m, sizeof *s), *c = dw_alloc(m * m, sizeof *c);
    double z[64];
    size_t o[64];

    for (size_t i = 0; i < k * m; i++)
        q[i] = b->q[i];
    dw_gemm(true, false, m, m, k, 1, q, k, q, k, 0, r, m);
    for (size_t j = b->core; j < b->core + b->l; j++) {
        if (!isnan(var->z[j])) {
            z[n] = var->z[j];
            o[n++] = j;
        }
    }
    for (size_t x = 0; x < n; x++) {
        for (size_t y = 0; y < n; y++) {
            double sum = r[o[x] + o[y] * m] + 0.2 * (x == y);

            for (size_t j = 0; j < m; j++)
                sum += r[o[x] + j * m] * 4e5 * f[j] * r[o[y] + j * m];
            s[x + y * n] = sum;
        }
        for (size_t j = 0; j < m; j++)
            c[x + j * n] = 4e5 * f[j] * r[o[x] + j * m];
    }
    if (dw_chol_factor(n, s, n) != 0)
        printf("Bail out! no Cholesky\n");
    dw_trsm(false, n, 1, s, n, z, n);
    dw_trsm(false, n, m, s, n, c, n);
    for (size_t j = 0; j < m; j++) {
        double h = dw_dot(n, c + j * n, c + j * n);

        mean[j] = dw_dot(n, c + j * n, z) / sqrt(4e5);
        sd[j] = sqrt((4e5 * f[j] - h) / 4e5);
    }
    dw_free(q);
    dw_free(r);
    dw_free(s);
    dw_free(c);
}

static void test_dense(dw_predict_ws *ws, bool missing)
{
    double mean[64], sd[64], worst = 0, worst_sd = 0, worst_w = 0;
    dw_variants var = {0};
    dw_ldblock b = {0};
    dw_prediction p = {0};
    dw_err err = {0};

    panel_block(&WORLD, 2, 0, &var, &b, NULL);
    if (missing) {
        var.z[WORLD.core + 2] = NAN;
        var.z[WORLD.core + 7] = NAN;
    }
    var.eaf[6] = 0;
    var.eaf[7] = NAN;
    OK(dw_predict_block(ws, &var, &none, &b, 0, WORLD.n, &p, &err) == 0 &&
           p.begin == 5 && p.end == 25,
       "the core is predicted: %s", err.msg);
    dense(&var, &b, p.f, mean, sd);
    for (size_t j = p.begin; j < p.end; j++) {
        double w = mean[j] / sqrt(2 * var.eaf[j] * (1 - var.eaf[j]));

        worst = fmax(worst, fabs(p.mean[j] - mean[j]));
        worst_sd = fmax(worst_sd, fabs(p.sd[j] - sd[j]));
        if (j > 7)
            worst_w = fmax(worst_w, fabs(p.w[j] - w));
    }
    /* Effects are of the order of 1e-3; Q is in single precision. */
    OK(worst < 1e-8 && worst_sd < 1e-8 && worst_w < 3e-8,
       "%s: mean to %.2g, sd to %.2g, weight to %.2g",
       missing ? "with missing z" : "with all z", worst, worst_sd, worst_w);
    OK(isnan(p.w[6]) && isnan(p.w[7]) && isfinite(p.mean[6]),
       "no frequency, no weight");
    dw_prediction_clear(&p);
    dw_variants_clear(&var);
    dw_ldblock_clear(&b);
}

/* Over many blocks: what was predicted came true, as often as it should. */
static void test_calibration(dw_predict_ws *ws)
{
    double effect[64], square = 0, xy = 0, xx = 0, yy = 0;
    dw_variants var = {0};
    dw_ldblock b = {0};
    dw_prediction p = {0};
    dw_err err = {0};
    size_t n = 0;

    for (size_t i = 0; i < 150; i++) {
        panel_block(&WORLD, 3, i, &var, &b, effect);
        if (dw_predict_block(ws, &var, &none, &b, 0, WORLD.n, &p, &err) < 0)
            OK(0, "%s", err.msg);
        for (size_t j = p.begin; j < p.end; j++) {
            double d = (effect[j] - p.mean[j]) / p.sd[j];

            square += d * d;
            xy += effect[j] * p.mean[j];
            xx += p.mean[j] * p.mean[j];
            yy += effect[j] * effect[j];
            n++;
        }
    }
    /* 3000 squares of mean 1: their mean is within 0.05 x 3 of it (they are
     * correlated in a block). */
    NEAR(square / (double)n, 1, 0.12, 0, "mean square of (b - mean) / sd");
    NEAR(xy / xx, 1, 0.08, 0, "slope of effects on their predictions");
    OK(xy / sqrt(xx * yy) > 0.5, "correlation: %.3f", xy / sqrt(xx * yy));
    dw_prediction_clear(&p);
    dw_variants_clear(&var);
    dw_ldblock_clear(&b);
}

static void name(dw_variants *var, size_t m)
{
    for (size_t j = 0; j < m; j++) {
        if (dw_texts_add(&var->id, j == 1 ? "." : "rs7", j == 1 ? 1 : 3) < 0 ||
            dw_texts_add(&var->ref, "A", 1) < 0 ||
            dw_texts_add(&var->alt, "CT", 2) < 0)
            printf("Bail out! no memory\n");
    }
}

static void test_text(dw_predict_ws *ws)
{
    dw_variants var = {0};
    dw_prediction p = {0};
    dw_err err = {0};
    dw_buf b = {0};

    if (dw_variants_resize(&var, 2, 0, 2, &err) < 0)
        OK(0, "%s", err.msg);
    snprintf(var.contig, sizeof var.contig, "X");
    name(&var, 2);
    for (size_t j = 0; j < 2; j++) {
        var.pos[j] = (uint32_t)(j + 10);
        var.eaf[j] = j ? 0.5f : NAN;
        var.annot[j] = var.annot[j + 2] = 0;
    }
    OK(dw_predict_prior(ws, &var, &none, &p, &err) == 0 && p.begin == 0 &&
           p.end == 2,
       "variants without LD: %s", err.msg);
    dw_score_text_rows(DW_SCORE_TSV, &var, &p, &b);
    OK(strcmp(b.s, "X\t10\trs7\tA\tCT\tNA\t3e-06\tNA\tNA\tNA\n"
                   "X\t11\t.\tA\tCT\t0.5\t3e-06\tNA\tNA\tNA\n") == 0,
       "have a prior and no more");
    dw_buf_reset(&b);
    OK(dw_score_text_rows(DW_SCORE_PGS, &var, &p, &b) == 0, "and no weight");
    p.w[1] = 0.25;
    OK(dw_score_text_rows(DW_SCORE_PGS, &var, &p, &b) == 1 &&
           strcmp(b.s, "\tX\t11\tCT\tA\t0.25\t0.5\n") == 0,
       "a weight");
    dw_buf_reset(&b);
    OK(dw_score_text_rows(DW_SCORE_SNPVAR, &var, &p, &b) == 2 &&
           strcmp(b.s, "X\trs7\t10\tCT\tA\t3e-06\nX\t.\t11\tCT\tA\t3e-06\n") ==
               0,
       "a prior for PolyFun");
    dw_buf_clear(&b);
    dw_prediction_clear(&p);
    dw_variants_clear(&var);
}

static void test_no_memory(dw_model *model, const size_t *column)
{
    dw_variants var = {0};
    dw_ldblock b = {0};
    unsigned long i = 0;
    int rc;

    panel_block(&WORLD, 2, 0, &var, &b, NULL);
    var.z[WORLD.core + 2] = NAN;
    do {
        const dw_predictor of = {model, 0, column};
        dw_predict_ws *ws = dw_predict_ws_new(&of, 1);
        dw_prediction p = {0};
        dw_err err = {0};

        dw_mem_fail_at(++i);
        rc = dw_predict_block(ws, &var, &none, &b, 0, WORLD.n, &p, &err);
        dw_mem_fail_at(0);
        dw_prediction_clear(&p);
        dw_predict_ws_free(ws);
    } while (rc == DW_ENOMEM && i < 100);
    OK(rc == 0 && i > 5, "memory that is not there, %lu times", i - 1);
    dw_variants_clear(&var);
    dw_ldblock_clear(&b);
}

int main(void)
{
    const size_t column[] = {0, 1};
    dw_predict_ws *ws;
    dw_model model;

    dw_linalg_single_thread();
    make_model(&model);
    ws = dw_predict_ws_new(&(dw_predictor){&model, 0, column}, 1);
    test_dense(ws, false);
    test_dense(ws, true);
    test_calibration(ws);
    test_text(ws);
    test_no_memory(&model, column);
    dw_predict_ws_free(ws);
    dw_model_clear(&model);
    return tap_done();
}
