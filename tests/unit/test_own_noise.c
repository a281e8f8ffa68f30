/* Noise of blocks' own: a maximum by dense algebra, its evidence by quadrature,
 * what was planted found again; the intercept of LD-score regression. */
#include "differences.h"
#include "fit/fit_model.h"
#include "fit/intercept.h"
#include "lik/ldsr.h"
#include "lik_reference.h"
#include "linalg/blas.h"
#include "made_data.h"
#include "record/rec_modl.h"
#include "tap.h"

/* ---- one block ---- */

typedef struct sum {
    ref_block b;
    double f[REF_MAX];
    dw_noise noise;
    double v[2], u[2];
} sum;

/* log p less the penalty, by dense algebra. */
static double penalised(void *ctx)
{
    const sum *s = ctx;
    dw_noise at = {s->noise.s2 * exp(s->u[0]), s->noise.tau * exp(s->u[1])};
    double value = ref_evaluate(&s->b, s->f, at).loglik;

    for (int a = 0; a < 2; a++)
        value -= s->v[a] > 0 ? 0.5 * s->u[a] * s->u[a] / s->v[a] : 0;
    return value;
}

static sum make_sum(size_t l, double v0, double v1)
{
    sum s = {.noise = {0.9, 0.3}, .v = {v0, v1}};

    s.b = ref_make(5, 40, l, 0, l, 0);
    for (size_t j = 0; j < l; j++)
        s.f[j] = 0.1 + 0.1 * (double)(j % 3);
    return s;
}

static void test_maximum(void)
{
    const double v[][2] = {{0.5, 0}, {0, 2}, {0.4, 1.5}};
    dw_own_noise_ws *ws = dw_own_noise_ws_new(REF_MAX);

    for (size_t i = 0; i < DW_COUNT(v); i++) {
        sum s = make_sum(REF_MAX, v[i][0], v[i][1]);
        dw_factor factor = ref_factor(&s.b);
        dw_own_noise own = {0};
        dw_noise at;

        OK(dw_own_noise_find(ws, &factor, s.f, s.noise, s.v, &own) == 0,
           "u %g, %g", own.u[0], own.u[1]);
        memcpy(s.u, own.u, sizeof s.u);
        at = dw_own_noise_of(&own, s.noise);
        NEAR(at.tau, s.noise.tau * exp(own.u[1]), 1e-12, 0, "its tau");
        for (int a = 0; a < 2; a++) {
            if (s.v[a] > 0)
                OK(fabs(difference(penalised, &s, &s.u[a])) < 1e-3 &&
                       fabs(own.u[a]) > 0.05 && own.h[a][a] > 0,
                   "no slope by u_%d: %.2g", a,
                   difference(penalised, &s, &s.u[a]));
            else
                OK(own.u[a] == 0 && own.h[a][a] == 0 && own.h[0][1] == 0,
                   "u_%d is not the block's", a);
        }
    }
    dw_own_noise_ws_free(ws);
}

/* exp of the evidence is the mean of p over u. */
static void test_evidence(void)
{
    sum s = make_sum(REF_MAX, 0, 0.1);
    dw_own_noise_ws *ws = dw_own_noise_ws_new(REF_MAX);
    dw_factor factor = ref_factor(&s.b);
    dw_own_noise own = {0};
    const double step = 0.01;
    double mean = 0, top;

    s.noise = (dw_noise){1, 3};
    if (dw_own_noise_find(ws, &factor, s.f, s.noise, s.v, &own) != 0)
        OK(0, "no u");
    top = ref_evaluate(&s.b, s.f, dw_own_noise_of(&own, s.noise)).loglik;
    for (s.u[1] = -4; s.u[1] < 4; s.u[1] += step)
        mean += step * exp(penalised(&s) - top) / sqrt(2 * acos(-1) * s.v[1]);
    OK(own.evidence < -0.01 && fabs(log(mean) - own.evidence) < 0.01,
       "evidence: %.4f, by quadrature %.4f", own.evidence, log(mean));
    dw_own_noise_ws_free(ws);
}

static void test_curvature(void)
{
    const float z[] = {1, NAN, -3, 0.5f};
    const double score[] = {0.5, 2, 7, 30};
    double e[] = {1.5, 2, 3, 4}, slope[4], up[4], change = 0;
    size_t n;

    dw_ldsr_terms(4, z, score, e, 0.4, &n, slope);
    for (size_t j = 0; j < 4; j++)
        e[j] += 0.1;
    dw_ldsr_terms(4, z, score, e, 0.4, &n, up);
    for (size_t j = 0; j < 4; j++)
        change += (up[j] - slope[j]) / 0.1;
    NEAR(dw_ldsr_curvature(4, z, score, 0.4), change, 1e-12, 0,
         "what a change of the intercept does to the slope");
}

/* ---- many blocks ---- */

static const char *const NAMES[] = {"coding", "cons"};

static double truth(const float *a)
{
    return 2e-6 * exp(1.2 * a[0] - 0.7 * a[1]);
}

enum { BLOCKS = 120 };

/* tau of block i: 0.2 or 3.2, a standard deviation of log 4 of its logarithm
 * about log 0.8; in every sixth one, which is held out, too. */
static double tau_of(size_t i)
{
    return i / 6 % 2 ? 0.2 : 3.2;
}

static void build(dw_dataset *data)
{
    panel w = {.people = 300,
               .m = 60,
               .core = 5,
               .l = 50,
               .p = 2,
               .alike = 0.8,
               .n = 1e6,
               .s2 = 1,
               .variance = truth};
    dw_variants var = {0};
    dw_ldblock b = {0};

    *data = (dw_dataset){.p = w.p, .n_traits = 1, .keep_whole = true};
    for (size_t i = 0; i < BLOCKS; i++) {
        w.tau = tau_of(i);
        panel_block(&w, 17, i, &var, &b, NULL);
        made_take(data, &w, &var, &b, i % 6 ? DW_PART_TRAIN : DW_PART_HELDOUT);
    }
    made_complete(data, NULL, 0);
    dw_variants_clear(&var);
    dw_ldblock_clear(&b);
}

static dw_model new_model(void)
{
    dw_model model = {0};

    dw_model_add_trait(&model, "made up")->n = 1e6;
    return model;
}

static void fit(dw_dataset *data, dw_fit_plan *plan, dw_model *model,
                dw_fit_report *r)
{
    const dw_fit_watch watch = {0};
    dw_err err = {0};

    build(data);
    *model = new_model();
    plan->alpha = -1;
    plan->train.batch = 4;
    plan->train.lr = 3e-3;
    OK(dw_fit_model(data, NULL, NULL, NAMES, plan, &watch, model, r, &err) == 0,
       "it is fitted: %s", err.msg);
}

static void test_planted(void)
{
    dw_fit_plan plan = {.spec = "linear",
                        .train.noise = {.learn_tau = true, .s2 = 1}};
    dw_fit_report r, global;
    dw_model model, without;
    dw_dataset data;
    const dw_model_trait *t;
    size_t wrong = 0;
    dw_buf bytes = {0};
    dw_model back = {0};
    dw_err err = {0};

    fit(&data, &plan, &without, &global);
    OK(without.trait[0].spread[1] == 0 && data.block[0].of[0].own.u[1] == 0,
       "one tau for all: %g", without.trait[0].tau);
    dw_dataset_clear(&data);
    plan.train.noise.block_tau = true;
    fit(&data, &plan, &model, &r);
    t = &model.trait[0];
    OK(fabs(log(t->tau / 0.8)) < 0.3 && t->s2 == 1, "the middle: %g", t->tau);
    OK(fabs(sqrt(t->spread[1]) - log(4)) < 0.25 && t->spread[0] == 0,
       "the spread: %g", sqrt(t->spread[1]));
    for (size_t i = 0; i < BLOCKS; i++)
        wrong += (data.block[i].of[0].own.u[1] > 0) != (tau_of(i) > 0.8);
    OK(wrong <= 2, "blocks on the wrong side: %zu", wrong);
    OK(r.loglik[DW_PART_HELDOUT] > global.loglik[DW_PART_HELDOUT] + 50,
       "held out: %.1f, %.1f with one tau", r.loglik[DW_PART_HELDOUT],
       global.loglik[DW_PART_HELDOUT]);
    OK(r.loglik[DW_PART_HELDOUT] - r.base[DW_PART_HELDOUT] >
           global.loglik[DW_PART_HELDOUT] - global.base[DW_PART_HELDOUT],
       "its gain: %.1f, %.1f",
       r.loglik[DW_PART_HELDOUT] - r.base[DW_PART_HELDOUT],
       global.loglik[DW_PART_HELDOUT] - global.base[DW_PART_HELDOUT]);

    dw_modl_pack(&model, &bytes);
    OK(dw_modl_version(&without) == 1 && dw_modl_version(&model) == 3 &&
           dw_modl_unpack(&back, 3, (const unsigned char *)bytes.s, bytes.n,
                          &err) == 0 &&
           back.trait[0].spread[1] == t->spread[1] && back.trait[0].s2 == 1,
       "there and back: %s", err.msg);
    OK(dw_modl_unpack(&back, 4, (const unsigned char *)bytes.s, bytes.n,
                      &err) == DW_EVERSION,
       "%s", err.msg);
    dw_buf_clear(&bytes);
    dw_model_clear(&back);
    dw_fit_report_clear(&r);
    dw_fit_report_clear(&global);
    dw_model_clear(&model);
    dw_model_clear(&without);
    dw_dataset_clear(&data);
}

/* Both at once; s2 is the same in all blocks, which are too small to tell. */
static void test_both(void)
{
    dw_fit_plan plan = {.spec = "const",
                        .train.noise = {true, true, 1, 0, true, true}};
    dw_fit_report r;
    dw_model model;
    dw_dataset data;

    fit(&data, &plan, &model, &r);
    OK(model.trait[0].spread[0] < 0.9, "the spread of s2: %g",
       sqrt(model.trait[0].spread[0]));
    OK(fabs(sqrt(model.trait[0].spread[1]) - log(4)) < 0.25, "that of tau: %g",
       sqrt(model.trait[0].spread[1]));
    dw_fit_report_clear(&r);
    dw_model_clear(&model);
    dw_dataset_clear(&data);
}

/* ---- LD-score regression ---- */

static double ldsr_value(dw_objective *o, const dw_model *model)
{
    const bool wanted[DW_PARTS] = {true};
    dw_value sums[DW_PARTS];
    dw_err err;

    if (dw_objective_parts(o, DW_LOSS_LDSR, model, wanted, sums, &err) < 0)
        return NAN;
    return sums[DW_PART_TRAIN].value;
}

/* At the end of a fit the loss is least by what is learned: to either side it
 * is more. */
static void test_intercept(dw_fit_noise noise)
{
    const dw_objective_opts opts = {.loss = DW_LOSS_LDSR};
    dw_fit_plan plan = {
        .spec = "linear",
        .train = {.loss = DW_LOSS_LDSR, .epochs = 3, .noise = noise}};
    dw_fit_report r;
    dw_model model;
    dw_dataset data;
    dw_objective *o;
    dw_err err = {0};
    double best, tau, s2;

    fit(&data, &plan, &model, &r);
    o = dw_objective_new(&data, NULL, &model.net, &opts, &err);
    OK(model.trait[0].s2 == r.trait[0].constant.s2 &&
           model.trait[0].tau == r.trait[0].constant.tau,
       "the model has the likelihood's noise: %g + %g", model.trait[0].s2,
       model.trait[0].tau);
    model.trait[0].s2 = s2 = r.trait[0].ldsr_noise.s2;
    model.trait[0].tau = tau = r.trait[0].ldsr_noise.tau;
    best = ldsr_value(o, &model);
    OK(fabs(s2 + tau - r.trait[0].constant.s2 - r.trait[0].constant.tau) > 0.01,
       "LD-score regression's: %g + %g", s2, tau);
    NEAR(r.trait[0].ldsr[DW_PART_TRAIN], -best, 1e-9, 0, "its loss is told");
    for (int i = -1; i <= 1; i += 2) {
        model.trait[0].tau = tau * (1 + 0.02 * i);
        OK(ldsr_value(o, &model) < best, "tau %g: %.6g, less than %.6g",
           model.trait[0].tau, ldsr_value(o, &model), best);
    }
    model.trait[0].tau = tau;
    OK(dw_intercept_fit(o, &noise, &model, &err) == 0, "once more");
    NEAR(model.trait[0].tau, tau, 1e-9, 0, "which moves nothing");
    noise = (dw_fit_noise){.s2 = 1, .tau = 0.5};
    s2 = model.trait[0].s2;
    OK(dw_intercept_fit(o, &noise, &model, &err) == 0 &&
           model.trait[0].s2 == s2,
       "nothing is learned");
    dw_objective_free(o);
    dw_fit_report_clear(&r);
    dw_model_clear(&model);
    dw_dataset_clear(&data);
}

int main(void)
{
    dw_err err;

    if (dw_linalg_begin(&err) < 0)
        OK(0, "%s", err.msg);
    test_maximum();
    test_evidence();
    test_curvature();
    test_planted();
    test_both();
    test_intercept((dw_fit_noise){.learn_tau = true, .s2 = 1});
    test_intercept((dw_fit_noise){.learn_s2 = true, .learn_tau = true});
    test_intercept(
        (dw_fit_noise){.learn_tau = true, .s2 = 1, .block_tau = true});
    return tap_done();
}
