/* Fitting: what was planted is found again, the same for any number of
 * threads, and what cannot be fitted is refused. */
#include "fit/fit_model.h"
#include "fit/judge.h"
#include "linalg/blas.h"
#include "made_data.h"
#include "tap.h"

static const char *const NAMES[] = {"coding", "cons", "dhs", "noise"};

static double constant_truth(const float *a)
{
    (void)a;
    return 4e-6;
}

static double linear_truth(const float *a)
{
    return 2e-6 * exp(1.2 * a[0] - 0.7 * a[1] + 0.3 * a[2]);
}

/* Nothing but an exclusive or: a line sees none of it. */
static double crossed_truth(const float *a)
{
    return 3e-6 * exp((a[0] > 0.5) == (a[1] > 0) ? 1.5 : -1.5);
}

static const panel WORLD = {.people = 400,
                            .m = 60,
                            .core = 10,
                            .l = 40,
                            .p = 4,
                            .alike = 0.6,
                            .n = 1e6,
                            .s2 = 1,
                            .tau = 0.3};

/* Blocks whose contig is 3, 6 or 9 are held out. */
static void build_from(panel w, dw_dataset *data,
                       double (*variance)(const float *), size_t n,
                       bool blemished)
{
    dw_variants var = {0};
    dw_ldblock b = {0};

    w.variance = variance;
    *data = (dw_dataset){.p = w.p, .n_traits = 1, .keep_whole = true};
    for (size_t i = 0; i < n; i++) {
        bool held;

        panel_block(&w, 11, i, &var, &b, NULL);
        held = strchr("369", var.contig[0]) && !var.contig[1];
        for (size_t j = 0; j < w.m && blemished; j++) {
            if (j % 7 == 0)
                var.annot[j + w.m] = NAN;
            var.annot[j + 2 * w.m] = 5;
            if ((i + j) % 11 == 0)
                var.z[j] = NAN;
        }
        made_take(data, &w, &var, &b, held ? DW_PART_HELDOUT : DW_PART_TRAIN);
    }
    made_complete(data, NULL, 0);
    dw_variants_clear(&var);
    dw_ldblock_clear(&b);
}

static void build(dw_dataset *data, double (*variance)(const float *), size_t n,
                  bool blemished)
{
    build_from(WORLD, data, variance, n, blemished);
}

static dw_fit_plan plan_of(const char *spec)
{
    return (dw_fit_plan){.spec = spec,
                         .alpha = -1,
                         .train = {.epochs = 12,
                                   .batch = 4,
                                   .lr = 3e-3,
                                   .warmup = 1,
                                   .weight_decay = 0.01,
                                   .clip = 1,
                                   .dropout = 0.1,
                                   .seed = 1,
                                   .noise = {.learn_tau = true, .s2 = 1}}};
}

static dw_model new_model(void)
{
    dw_model model = {0};

    dw_model_add_trait(&model, "made up")->n = 4e5;
    return model;
}

/* ---- constant ---- */

static void test_constant(void)
{
    dw_fit_plan plan = plan_of("const");
    dw_fit_watch watch = {0};
    dw_fit_report r;
    dw_model model = new_model();
    dw_dataset data;
    dw_err err = {0};
    dw_constant c;

    build(&data, constant_truth, 150, false);
    plan.train.noise.learn_s2 = true;
    OK(dw_fit_model(&data, NULL, NULL, NAMES, &plan, &watch, &model, &r,
                    &err) == 0,
       "a constant model: %s", err.msg);
    c = r.trait[0].constant;
    OK(c.converged && fabs(c.c - 4e-6) < 3 * c.c_se && c.c_se < 4e-7,
       "its variance: %g +- %g", c.c, c.c_se);
    OK(fabs(c.tau - 0.3) < 3 * c.tau_se && c.tau_se < 0.15, "its tau: %g +- %g",
       c.tau, c.tau_se);
    OK(fabs(c.s2 - 1) < 3 * c.s2_se && c.s2_se < 0.6, "its s2: %g +- %g", c.s2,
       c.s2_se);
    NEAR(c.loglik, r.base[DW_PART_TRAIN], 1e-7, 0,
         "its likelihood by lik/marginal");
    NEAR(r.trait[0].h2, c.c * 40 * 150, 1e-6, 0, "the variance of all");
    dw_fit_report_clear(&r);
    dw_model_clear(&model);

    /* The optimum is one: to either side it is lower. */
    for (int i = -1; i <= 1; i += 2) {
        dw_constant near;

        plan.train.noise =
            (dw_fit_noise){.learn_s2 = true, .s2 = 1, .tau = c.tau};
        plan.train.noise.tau = 0.3 * (1 + 0.2 * i);
        OK(dw_constant_fit(&data, 0, NULL, NULL, &plan.train.noise, &near,
                           &err) == 0 &&
               near.loglik < c.loglik - 1e-3 && near.tau_se == 0,
           "with tau held at %g: %.3f", near.tau, near.loglik);
    }
    dw_dataset_clear(&data);
}

/* Without flanks S is diagonal, and is taken as such: the same optimum, since
 * the likelihood by lik/marginal is lower to either side. */
static void test_no_flanks(void)
{
    panel w = WORLD;
    dw_fit_plan plan = plan_of("const");
    dw_fit_watch watch = {0};
    dw_fit_report r;
    dw_model model = new_model();
    dw_dataset data;
    dw_err err = {0};

    w.m = w.l = 40;
    w.core = 0;
    build_from(w, &data, constant_truth, 60, false);
    OK(dw_fit_model(&data, NULL, NULL, NAMES, &plan, &watch, &model, &r,
                    &err) == 0 &&
           r.trait[0].constant.converged &&
           fabs(r.trait[0].constant.c - 4e-6) < 3 * r.trait[0].constant.c_se,
       "no flanks: %g +- %g", r.trait[0].constant.c, r.trait[0].constant.c_se);
    NEAR(r.trait[0].constant.loglik, r.base[DW_PART_TRAIN], 1e-7, 0,
         "its likelihood by lik/marginal");
    for (int i = 0; i < 4; i++) {
        const bool all[DW_PARTS] = {true, true, true};
        dw_model_trait *of = &model.trait[0];
        double *at = i < 2 ? &of->c : &of->tau, was = *at;
        dw_value sum[DW_PARTS];
        dw_objective *o = dw_objective_new(&data, NULL, &model.net,
                                           &(dw_objective_opts){0}, &err);

        *at = was * (i % 2 ? 1.02 : 0.98);
        OK(o &&
               dw_objective_parts(o, DW_LOSS_LIKELIHOOD, &model, all, sum,
                                  &err) == 0 &&
               sum[DW_PART_TRAIN].value < r.base[DW_PART_TRAIN],
           "it is the optimum, %d: %.5f", i,
           sum[DW_PART_TRAIN].value - r.base[DW_PART_TRAIN]);
        *at = was;
        dw_objective_free(o);
    }
    dw_fit_report_clear(&r);
    dw_model_clear(&model);
    dw_dataset_clear(&data);
}

/* Noise alone: no variance is found, and it is said. */
static double no_truth(const float *a)
{
    (void)a;
    return 1e-30;
}

static void test_no_signal(void)
{
    dw_fit_noise noise = {.learn_tau = true, .s2 = 1};
    dw_constant c;
    dw_dataset data;
    dw_err err = {0};

    build(&data, no_truth, 40, false);
    OK(dw_constant_fit(&data, 0, NULL, NULL, &noise, &c, &err) == 0 &&
           c.converged && c.c < 2 * c.c_se + 1e-7,
       "noise alone: %g +- %g %d", c.c, c.c_se, c.no_signal);
    dw_dataset_clear(&data);
}

/* ---- linear ---- */

/* The mean of an annotation over the cores of the training blocks. */
static double training_mean(const dw_dataset *data, size_t column)
{
    double sum = 0;
    size_t n = 0;

    for (size_t i = 0; i < data->n; i++) {
        const dw_fit_block *b = &data->block[i];

        for (size_t j = b->core; j < b->core + b->l; j++) {
            if (b->part != DW_PART_TRAIN)
                continue;
            sum += b->annot[j + column * b->m];
            n++;
        }
    }
    return sum / (double)n;
}

/* A penalty as large as a coefficient's information halves it. */
static void test_penalty(dw_dataset *data, const dw_fit_report *free, double v)
{
    dw_scoring_opts opts = {.noise = {.learn_tau = true, .s2 = 1}};
    double se = free->trait[0].linear.se[2];
    dw_linear_fit fit;
    dw_model model = new_model();
    dw_err err = {0};
    dw_objective *o;

    model.trait[0].c = free->trait[0].constant.c;
    model.trait[0].s2 = 1;
    model.trait[0].tau = free->trait[0].constant.tau;
    model.n_inputs = 4;
    model.input = dw_alloc(4, sizeof *model.input);
    if (dw_model_shape(&model, "linear", &err) < 0)
        OK(0, "%s", err.msg);
    o = dw_objective_new(data, NULL, &model.net, &(dw_objective_opts){0}, &err);
    opts.alpha = 1 / (se * se);
    OK(dw_linear_fit_run(data, NULL, NULL, o, &opts, &model, &fit, &err) == 0 &&
           fit.converged && fabs(fit.coef[2] / v - 0.5) < 0.1,
       "with a penalty of %.0f: %.3f of %.3f", fit.alpha, fit.coef[2], v);
    OK(fit.loglik < free->trait[0].linear.loglik - 10, "at a price: %.1f",
       fit.loglik - free->trait[0].linear.loglik);
    dw_free(fit.coef);
    dw_free(fit.se);
    dw_free(fit.block_se);
    dw_objective_free(o);
    dw_model_clear(&model);
}

static void test_linear(void)
{
    /* Of log f per standard deviation of the annotation: 0.3 (1 - 0.3). */
    const double truth[] = {1.2 * 0.4583, -0.7, 0.3, 0};
    double mean;
    dw_fit_plan plan = plan_of("linear");
    dw_fit_watch watch = {0};
    dw_fit_report r;
    dw_model model = new_model();
    dw_dataset data;
    dw_err err = {0};

    build(&data, linear_truth, 220, false);
    mean = training_mean(&data, 1);
    OK(dw_fit_model(&data, NULL, NULL, NAMES, &plan, &watch, &model, &r,
                    &err) == 0,
       "a linear model: %s", err.msg);
    OK(r.trait[0].linear.converged && model.n_inputs == 4, "in %zu steps",
       r.trait[0].linear.steps);
    for (size_t i = 0; i < 4; i++) {
        double se = r.trait[0].linear.se[1 + i], v = model.param[1 + i];

        OK(fabs(v - truth[i]) < 3 * se && se > 0.01 && se < 0.15,
           "%s: %.3f +- %.3f of %.3f", NAMES[i], v, se, truth[i]);
    }
    OK(r.loglik[DW_PART_HELDOUT] > r.base[DW_PART_HELDOUT] + 5,
       "gain where it was not fitted: %.1f",
       r.loglik[DW_PART_HELDOUT] - r.base[DW_PART_HELDOUT]);
    NEAR(r.trait[0].linear.loglik, r.loglik[DW_PART_TRAIN], 1e-7, 0,
         "its likelihood");
    NEAR(model.input[1].mean, mean, 1e-12, 0, "mean of the training part");
    test_penalty(&data, &r, model.param[2]);
    dw_fit_report_clear(&r);
    dw_model_clear(&model);
    dw_dataset_clear(&data);
}

/* ---- objective ---- */

/* The whole chain by differences: one offset moves all outputs, one weight
 * some.  (Each piece is held to 1e-7 in its own test; here it is their sign
 * and scale, through single precision.) */
static void test_chain(dw_dataset *data, dw_model *model, enum dw_loss loss)
{
    const size_t which[] = {0, 2, model->n_inputs + 3};
    const double h = 1e-2;
    size_t n = dw_net_n_params(&model->net);
    float *grad = dw_alloc(n, sizeof *grad);
    dw_err err = {0};
    dw_objective *o = dw_objective_new(
        data, NULL, &model->net, &(dw_objective_opts){.loss = loss}, &err);
    const dw_fit_block *b = dw_dataset_lend(data, 0, 3);
    const double one = 1;
    dw_gradient g;
    dw_value v, up, down;
    double *noise[2] = {&model->trait[0].s2, &model->trait[0].tau};

    OK(o && dw_objective_block(o, loss, 0, 3, b, model, NULL, &v, &g) == 0,
       "objective %d: %g", (int)loss, v.value);
    dw_objective_backward(o, 0, b, model, NULL, &one, grad);
    for (size_t i = 0; i < sizeof which / sizeof *which; i++) {
        float *at = &model->param[which[i]], was = *at;
        int rc;

        *at = was + (float)h;
        rc = dw_objective_block(o, loss, 0, 3, b, model, NULL, &up, NULL);
        *at = was - (float)h;
        rc |= dw_objective_block(o, loss, 0, 3, b, model, NULL, &down, NULL);
        *at = was;
        OK(rc == 0 && tap_near((up.value - down.value) / (2 * h),
                               grad[which[i]], 5e-3, 1),
           "parameter %zu: %g against %g", which[i],
           (up.value - down.value) / (2 * h), (double)grad[which[i]]);
    }
    for (int i = 0; i < 2; i++) {
        double was = *noise[i], e = 1e-5;
        int rc;

        *noise[i] = was + e;
        rc = dw_objective_block(o, loss, 0, 3, b, model, NULL, &up, NULL);
        *noise[i] = was - e;
        rc |= dw_objective_block(o, loss, 0, 3, b, model, NULL, &down, NULL);
        *noise[i] = was;
        OK(rc == 0 && tap_near((up.value - down.value) / (2 * e),
                               i ? v.dtau : v.ds2, 1e-5, 1e-2),
           "noise %d", i);
    }
    dw_objective_free(o);
    dw_free(grad);
}

/* ---- networks ---- */

static void count_epoch(void *ctx, const dw_epoch *e)
{
    size_t *n = ctx;

    *n += isfinite(e->value[DW_PART_TRAIN]) && e->h2 > 0;
}

static void test_mlp(void)
{
    dw_fit_plan plan = plan_of("mlp:16");
    size_t n_epochs = 0;
    dw_fit_watch watch = {.training = {.ctx = &n_epochs, .epoch = count_epoch}};
    dw_model one = new_model(), four = new_model();
    dw_fit_report r, linear;
    dw_pool *pool = dw_pool_new(4);
    dw_dataset data;
    dw_err err = {0};
    size_t p;

    build(&data, crossed_truth, 180, false);
    plan.train.dropout = 0;
    plan.train.epochs = 25;
    plan.train.lr = 1e-2;
    OK(dw_fit_model(&data, NULL, NULL, NAMES, &plan, &watch, &one, &r, &err) ==
           0,
       "an mlp: %s", err.msg);
    OK(n_epochs == plan.train.epochs + 1, "%zu epochs seen", n_epochs);
    p = dw_net_n_params(&one.net);
    dw_fit_report_clear(&r);
    dw_dataset_clear(&data);

    build(&data, crossed_truth, 180, false);
    OK(dw_fit_model(&data, pool, NULL, NAMES, &plan, &watch, &four, &r, &err) ==
               0 &&
           memcmp(one.param, four.param, p * sizeof *one.param) == 0 &&
           one.trait[0].tau == four.trait[0].tau,
       "the same bytes by four threads");
    test_chain(&data, &one, DW_LOSS_LIKELIHOOD);
    test_chain(&data, &one, DW_LOSS_LDSR);
    dw_dataset_clear(&data);

    plan.spec = "linear";
    dw_model_clear(&four);
    four = new_model();
    build(&data, crossed_truth, 180, false);
    OK(dw_fit_model(&data, NULL, NULL, NAMES, &plan, &watch, &four, &linear,
                    &err) == 0,
       "a line: %s", err.msg);
    OK(r.loglik[DW_PART_HELDOUT] > linear.loglik[DW_PART_HELDOUT] + 10 &&
           r.loglik[DW_PART_HELDOUT] > r.base[DW_PART_HELDOUT] + 10,
       "held out, it gains %.1f where a line gains %.1f",
       r.loglik[DW_PART_HELDOUT] - r.base[DW_PART_HELDOUT],
       linear.loglik[DW_PART_HELDOUT] - linear.base[DW_PART_HELDOUT]);
    dw_fit_report_clear(&r);
    dw_fit_report_clear(&linear);
    dw_model_clear(&one);
    dw_model_clear(&four);
    dw_dataset_clear(&data);
    dw_pool_free(pool);
}

/* LD-score regression, z-scores and annotations that are missing, validation.
 */
static void test_blemished(void)
{
    dw_fit_plan plan = plan_of("mlp:8");
    dw_fit_watch watch = {0};
    dw_model model = new_model();
    dw_fit_report r;
    dw_dataset data;
    dw_err err = {0};
    size_t n_valid;

    build(&data, linear_truth, 120, true);
    OK(data.block[0].of[0].own_q && data.block[0].of[0].n_observed < 40 &&
           data.block[0].of[0].k < data.block[0].k,
       "%zu of 40 z-scores", data.block[0].of[0].n_observed);
    n_valid = dw_dataset_set_aside(&data, 1);
    OK(n_valid == dw_dataset_size(&data, 0, DW_PART_VALID).blocks &&
           n_valid == 10,
       "%zu blocks set aside", n_valid);
    plan.train.loss = DW_LOSS_LDSR;
    plan.train.patience = 3;
    plan.train.batch = 1;
    OK(dw_fit_model(&data, NULL, NULL, NAMES, &plan, &watch, &model, &r,
                    &err) == 0,
       "LD-score regression: %s", err.msg);
    OK(model.n_inputs == 4 && model.input[2].missing &&
           strcmp(model.input[2].name, "cons") == 0 &&
           strcmp(model.input[3].name, "noise") == 0,
       "inputs: one more where values miss, none from a constant");
    OK(r.loglik[DW_PART_HELDOUT] > r.base[DW_PART_HELDOUT],
       "held out, it gains %.1f",
       r.loglik[DW_PART_HELDOUT] - r.base[DW_PART_HELDOUT]);
    OK(!r.trait[0].has_linear && r.train.best_epoch <= r.train.epochs,
       "best epoch: %zu", r.train.best_epoch);
    dw_fit_report_clear(&r);
    dw_model_clear(&model);
    dw_dataset_clear(&data);
}

/* Rates that make numbers overflow end in a refusal that names a block. */
static void test_runaway(void)
{
    dw_fit_plan plan = plan_of("mlp:8");
    dw_fit_watch watch = {0};
    dw_model model = new_model();
    dw_fit_report r;
    dw_dataset data;
    dw_err err = {0};

    build(&data, linear_truth, 30, false);
    plan.train.lr = 1e30;
    OK(dw_fit_model(&data, NULL, NULL, NAMES, &plan, &watch, &model, &r,
                    &err) == DW_EDEGENERATE &&
           strstr(err.msg, "block ") && strstr(err.msg, "--lr"),
       "%s", err.msg);
    dw_fit_report_clear(&r);
    dw_model_clear(&model);
    dw_dataset_clear(&data);
}

/* ---- both losses of an epoch ---- */

static void test_judge(void)
{
    const dw_objective_opts opts = {.loss = DW_LOSS_LDSR};
    dw_fit_plan plan = plan_of("const");
    dw_fit_watch watch = {0};
    dw_model model = new_model();
    dw_model_trait *trait;
    dw_judge judge;
    dw_objective *o;
    dw_fit_report r;
    dw_dataset data;
    dw_err err = {0};
    dw_epoch e = {0}, gone = {0};

    build(&data, constant_truth, 12, false);
    OK(dw_fit_model(&data, NULL, NULL, NAMES, &plan, &watch, &model, &r,
                    &err) == 0 &&
           (o = dw_objective_new(&data, NULL, &model.net, &opts, &err)),
       "a model and an objective: %s", err.msg);
    trait = &model.trait[0];
    plan.train.both_losses = true;
    dw_judge_begin(&judge, o, &plan.train, &model);
    OK(dw_judge_epoch(&judge, false, &e, &err) == 0, "judged: %s", err.msg);
    NEAR(e.loglik[DW_PART_HELDOUT], r.loglik[DW_PART_HELDOUT], 1e-9, 0,
         "its likelihood is the reported one");
    NEAR(e.ldsr[DW_PART_HELDOUT],
         r.trait[0].ldsr[DW_PART_HELDOUT] /
             (double)r.trait[0].size[DW_PART_HELDOUT].observed,
         1e-9, 0, "so is LD-score regression's loss");
    OK(isnan(e.ldsr[DW_PART_VALID]) && isnan(e.loglik[DW_PART_VALID]),
       "a part without blocks has neither");

    /* Squares overflow, logarithms do not. */
    trait->c = 1e200;
    OK(dw_judge_epoch(&judge, false, &gone, &err) == 0 &&
           isfinite(gone.loglik[DW_PART_HELDOUT]) &&
           isnan(gone.ldsr[DW_PART_HELDOUT]),
       "a loss that is only looked at may be none: %g, %g",
       gone.loglik[DW_PART_HELDOUT], gone.ldsr[DW_PART_HELDOUT]);
    plan.train.loss = DW_LOSS_LDSR;
    OK(dw_judge_epoch(&judge, false, &gone, &err) == DW_EDEGENERATE,
       "one that is trained on may not: %s", err.msg);

    /* The noise is LD-score regression's by now. */
    trait->c = r.trait[0].constant.c;
    trait->s2 = 3;
    gone = (dw_epoch){0};
    OK(dw_judge_epoch(&judge, false, &gone, &err) == 0 && trait->s2 == 3 &&
           gone.loglik[DW_PART_HELDOUT] == e.loglik[DW_PART_HELDOUT] &&
           gone.ldsr[DW_PART_HELDOUT] != e.ldsr[DW_PART_HELDOUT],
       "each loss by noise of its own");
    dw_judge_end(&judge);
    dw_objective_free(o);
    dw_fit_report_clear(&r);
    dw_dataset_clear(&data);
    dw_model_clear(&model);
}

int main(void)
{
    dw_linalg_single_thread();
    test_constant();
    test_no_flanks();
    test_no_signal();
    test_linear();
    test_mlp();
    test_blemished();
    test_runaway();
    test_judge();
    return tap_done();
}
