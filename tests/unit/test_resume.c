/* A fit that is stopped at any moment and gone on with: the same model, and
 * each epoch told once. */
#include "fit/fit_model.h"
#include "linalg/blas.h"
#include "made_data.h"
#include "tap.h"

enum { BLOCKS = 14, EPOCHS = 3, MOST = 200 };

static const char *const NAMES[] = {"one", "two"};

static double truth(const float *a)
{
    return 3e-6 * exp(a[0]);
}

static void build(dw_dataset *data)
{
    const panel world = {.people = 200,
                         .m = 30,
                         .l = 30,
                         .p = 2,
                         .alike = 0.6,
                         .n = 1e6,
                         .s2 = 1,
                         .tau = 0.3,
                         .variance = truth};
    dw_variants var = {0};
    dw_ldblock b = {0};

    *data = (dw_dataset){.p = 2, .n_traits = 1, .keep_whole = true};
    for (size_t i = 0; i < BLOCKS; i++) {
        panel_block(&world, 5, i, &var, &b, NULL);
        made_take(data, &world, &var, &b,
                  i % 5 ? DW_PART_TRAIN : DW_PART_VALID);
    }
    made_complete(data, NULL, 0);
    dw_variants_clear(&var);
    dw_ldblock_clear(&b);
}

/* Stops the fit when the state was asked for so often; `always`: and hands it
 * over each time before. */
struct stop {
    size_t asked, at;
    bool always;
    bool modelled; /* the last one came with a model */
};

static bool due(void *ctx)
{
    struct stop *s = ctx;

    return ++s->asked == s->at || s->always;
}

static int save(void *ctx, const dw_snapshot *at, const dw_model *best,
                dw_err *err)
{
    struct stop *s = ctx;

    s->modelled = best != NULL;
    if (best && at->n_params == 0)
        return dw_fail(err, DW_EBUG, "a model without its training");
    return s->asked == s->at ? dw_fail(err, DW_ESTOPPED, "stop") : 0;
}

struct told {
    size_t epochs[EPOCHS + 1];
};

static void on_epoch(void *ctx, const dw_epoch *e)
{
    ((struct told *)ctx)->epochs[e->epoch]++;
}

static int fit(dw_keeper *keeper, struct told *told, dw_model *model,
               dw_train_result *train)
{
    const dw_fit_plan plan = {.spec = "mlp:3",
                              .alpha = 1,
                              .train = {.epochs = EPOCHS,
                                        .batch = 4,
                                        .lr = 3e-2,
                                        .warmup = 1,
                                        .clip = 1,
                                        .dropout = 0.1,
                                        .seed = 1,
                                        .noise = {.learn_tau = true, .s2 = 1}}};
    const dw_fit_watch watch = {.training = {.ctx = told, .epoch = on_epoch}};
    dw_fit_report r;
    dw_dataset data;
    dw_err err = {0};
    int rc;

    build(&data);
    *model = (dw_model){0};
    dw_model_add_trait(model, "made up")->n = 1e6;
    rc = dw_fit_model(&data, NULL, keeper, NAMES, &plan, &watch, model, &r,
                      &err);
    if (rc < 0 && rc != DW_ESTOPPED)
        OK(0, "%s", err.msg);
    *train = r.train;
    dw_fit_report_clear(&r);
    dw_dataset_clear(&data);
    return rc;
}

static bool same_model(const dw_model *a, const dw_model *b)
{
    return memcmp(a->param, b->param,
                  dw_net_n_params(&a->net) * sizeof *a->param) == 0 &&
           a->trait[0].tau == b->trait[0].tau;
}

static bool once_each(const struct told *told)
{
    for (size_t i = 0; i <= EPOCHS; i++) {
        if (told->epochs[i] != 1)
            return false;
    }
    return true;
}

static void test_stops(const dw_model *whole, bool always)
{
    size_t n = 0, wrong = 0, twice = 0, bare = 0, unlike = 0;

    for (size_t at = 1; at < MOST; at++) {
        struct stop stop = {.at = at, .always = always};
        dw_keeper keeper = {.ctx = &stop, .due = due, .save = save};
        struct told told = {{0}};
        dw_train_result train;
        dw_model model;
        int rc = fit(&keeper, &told, &model, &train);

        if (rc == DW_ESTOPPED) {
            n++;
            bare += told.epochs[0] && !stop.modelled;
            dw_model_clear(&model);
            keeper.due = NULL;
            keeper.recalled = 0;
            keeper.trained = NULL;
            rc = fit(&keeper, &told, &model, &train);
        } else {
            at = MOST;
        }
        wrong += rc != 0 || !same_model(&model, whole);
        twice += !once_each(&told);
        unlike += train.epochs != EPOCHS || train.stopped;
        dw_model_clear(&model);
        dw_keeper_clear(&keeper);
    }
    OK(n > 20 && n < MOST - 1, "stopped at %zu moments%s", n,
       always ? ", handed over at all before" : "");
    OK(wrong == 0, "the same model (not of %zu)", wrong);
    OK(twice == 0, "each epoch told once (not of %zu)", twice);
    OK(unlike == 0, "and the same account of them (not of %zu)", unlike);
    OK(bare == 0, "with the best so far from training on (not %zu)", bare);
}

int main(void)
{
    struct told told = {{0}};
    dw_train_result train;
    dw_model whole;

    dw_linalg_single_thread();
    OK(fit(NULL, &told, &whole, &train) == 0 && once_each(&told), "a fit");
    test_stops(&whole, true);
    test_stops(&whole, false);
    dw_model_clear(&whole);
    return tap_done();
}
