/* Several traits: what is a trait's own is as if it were fitted alone; what is
 * shared is shared; what is missing is left out. */
#include "fit/fit_model.h"
#include "linalg/blas.h"
#include "made_data.h"
#include "tap.h"

static const char *const NAMES[] = {"coding", "cons", "dhs", "noise"};

static double first_truth(const float *a)
{
    return 2e-6 * exp(1.2 * a[0] - 0.7 * a[1]);
}

static double second_truth(const float *a)
{
    return 3e-6 * exp(-0.5 * a[0] + 0.8 * a[2]);
}

static const panel WORLD = {.people = 300,
                            .m = 50,
                            .core = 5,
                            .l = 40,
                            .p = 4,
                            .alike = 0.6,
                            .n = 1e6,
                            .s2 = 1,
                            .tau = 0.3};

enum { BLOCKS = 60 };

/* How often blocks were read again, and after how many times that fails. */
static struct {
    size_t n, fails;
} again;

static int read_again(void *ctx, size_t index, dw_variants *var, dw_ldblock *ld,
                      dw_tracks *tracks, dw_err *err)
{
    dw_variants own_var = {0};
    dw_ldblock own_ld = {0};
    panel first = WORLD;

    (void)ctx;
    (void)tracks;
    first.variance = first_truth;
    if (again.n++ == again.fails)
        return dw_fail(err, DW_EMISMATCH, "it is another now");
    panel_block(&first, 5, index, var ? var : &own_var, ld ? ld : &own_ld,
                NULL);
    dw_variants_clear(&own_var);
    dw_ldblock_clear(&own_ld);
    return 0;
}

/* Traits `from` to `to` of two.  The second has no z in each twentieth block,
 * which is held out, and lacks some in each seventh.  room: as data->room. */
static void build(dw_dataset *data, size_t from, size_t to, size_t room,
                  dw_pool *pool)
{
    const double n[] = {WORLD.n, 0.9 * WORLD.n};
    dw_variants var = {0}, other = {0};
    dw_ldblock b = {0}, same = {0};
    dw_err err = {0};
    panel first = WORLD, second = WORLD;

    first.variance = first_truth;
    second.variance = second_truth;
    *data = (dw_dataset){.p = 4,
                         .n_traits = to - from,
                         .keep_whole = true,
                         .room = room,
                         .origin = {read_again, NULL}};
    for (size_t i = 0; i < BLOCKS; i++) {
        dw_fit_column column[2] = {{0, n[from], 0}, {1, n[1], 0}};
        float *both = dw_alloc(2 * WORLD.m, sizeof *both);
        size_t m = WORLD.m;

        /* The same people and annotations, other effects. */
        panel_block(&first, 5, i, &var, &b, NULL);
        panel_block(&second, 5, i, &other, &same, NULL);
        memcpy(both, (from ? other.z : var.z), m * sizeof *both);
        memcpy(both + m, other.z, m * sizeof *both);
        for (size_t t = from; t < to; t++) {
            float *z = both + (t - from) * m;

            for (size_t j = 0; j < m; j++) {
                if (t == 1 && (i % 20 == 0 || (i % 7 == 0 && j % 3 == 0)))
                    z[j] = NAN;
            }
        }
        dw_free(var.z);
        var.z = both;
        if (dw_dataset_take(data, &var, &b, column,
                            i % 4 ? DW_PART_TRAIN : DW_PART_HELDOUT, &err) < 0)
            OK(0, "%s", err.msg);
    }
    made_complete(data, pool, from == 1 ? BLOCKS / 20 : 0);
    dw_variants_clear(&var);
    dw_variants_clear(&other);
    dw_ldblock_clear(&b);
    dw_ldblock_clear(&same);
}

static const double WEIGHT[] = {1, 0.5};

static dw_fit_plan plan_of(const char *spec)
{
    return (dw_fit_plan){.spec = spec,
                         .alpha = -1,
                         .train = {.epochs = 3,
                                   .batch = 4,
                                   .lr = 3e-3,
                                   .warmup = 1,
                                   .clip = 1,
                                   .seed = 1,
                                   .weight = WEIGHT,
                                   .noise = {.learn_tau = true, .s2 = 1}}};
}

/* Fits traits from .. to. */
static void fit(const char *spec, size_t from, size_t to, dw_model *model,
                dw_fit_report *r)
{
    dw_fit_plan plan = plan_of(spec);
    const dw_fit_watch watch = {0};
    dw_dataset data;
    dw_err err = {0};

    build(&data, from, to, 0, NULL);
    *model = (dw_model){0};
    for (size_t t = from; t < to; t++)
        dw_model_add_trait(model, t ? "second" : "first")->n = WORLD.n;
    OK(dw_fit_model(&data, NULL, NULL, NAMES, &plan, &watch, model, r, &err) ==
           0,
       "%s, traits %zu to %zu: %s", spec, from, to, err.msg);
    dw_dataset_clear(&data);
}

static void test_apart_and_together(void)
{
    dw_model one[2], both;
    dw_fit_report r[2], all;

    fit("linear", 0, 1, &one[0], &r[0]);
    fit("linear", 1, 2, &one[1], &r[1]);
    fit("linear", 0, 2, &both, &all);
    OK(all.trait[0].size[DW_PART_TRAIN].observed >
           all.trait[1].size[DW_PART_TRAIN].observed,
       "%zu and %zu z-scores", all.trait[0].size[DW_PART_TRAIN].observed,
       all.trait[1].size[DW_PART_TRAIN].observed);
    OK(all.trait[0].size[DW_PART_TRAIN].blocks == 45,
       "a block without z of one is there");
    for (size_t t = 0; t < 2; t++) {
        bool same = both.n_inputs == one[t].n_inputs;

        for (size_t i = 0; i <= both.n_inputs; i++)
            same = same && both.param[t + 2 * i] == one[t].param[i];
        OK(same && both.trait[t].tau == one[t].trait[0].tau &&
               both.trait[t].c == one[t].trait[0].c,
           "trait %zu: the linear model that it has alone", t);
        OK(all.trait[t].loglik[DW_PART_HELDOUT] ==
               r[t].trait[0].loglik[DW_PART_HELDOUT],
           "and its likelihood");
    }
    NEAR(all.loglik[0],
         all.trait[0].loglik[0] * WEIGHT[0] +
             all.trait[1].loglik[0] * WEIGHT[1],
         1e-12, 0, "all together, weighted");
    for (size_t t = 0; t < 2; t++) {
        dw_fit_report_clear(&r[t]);
        dw_model_clear(&one[t]);
    }
    dw_fit_report_clear(&all);
    dw_model_clear(&both);
}

/* Gradient of the weighted sum, by differences; one head's weights move one
 * trait alone. */
static void test_gradient(dw_dataset *data, dw_model *model, enum dw_loss loss)
{
    const dw_objective_opts opts = {.loss = loss};
    size_t n = dw_net_n_params(&model->net);
    const size_t which[] = {0, 1, 3, 2 * model->n_inputs + 5, n - 2};
    float *grad = dw_alloc(n, sizeof *grad);
    dw_err err = {0};
    dw_objective *o = dw_objective_new(data, NULL, &model->net, &opts, &err);
    const dw_fit_block *b = dw_dataset_lend(data, 0, 7);
    dw_value v[2], up[2], down[2];
    dw_gradient g;

    OK(o && dw_objective_block(o, loss, 0, 7, b, model, NULL, v, &g) == 0,
       "block 7: %g and %g", v[0].value, v[1].value);
    dw_objective_backward(o, 0, b, model, NULL, WEIGHT, grad);
    for (size_t i = 0; i < DW_COUNT(which); i++) {
        float *at = &model->param[which[i]], was = *at;
        const double h = 1e-2;
        double slope;
        int rc;

        *at = was + (float)h;
        rc = dw_objective_block(o, loss, 0, 7, b, model, NULL, up, NULL);
        *at = was - (float)h;
        rc |= dw_objective_block(o, loss, 0, 7, b, model, NULL, down, NULL);
        *at = was;
        slope = (WEIGHT[0] * (up[0].value - down[0].value) +
                 WEIGHT[1] * (up[1].value - down[1].value)) /
                (2 * h);
        OK(rc == 0 && tap_near(slope, grad[which[i]], 5e-3, 1),
           "parameter %zu: %g against %g", which[i], slope,
           (double)grad[which[i]]);
        if (i < 2)
            OK(up[!i].value == v[!i].value, "the other head is left alone");
    }
    /* Block 20 has no z of the second trait. */
    b = dw_dataset_lend(data, 0, 20);
    OK(dw_objective_block(o, loss, 0, 20, b, model, NULL, v, &g) == 0 &&
           v[1].weight == 0 && v[1].value == 0 && v[1].h2 > 0 &&
           v[0].weight > 0 && g.d_a[b->m] == 0,
       "a trait that is missing adds nothing");
    dw_objective_free(o);
    dw_free(grad);
}

static void test_network(void)
{
    dw_model model;
    dw_fit_report r;
    dw_dataset data;
    dw_model like;
    dw_err err = {0};

    fit("mlp:6", 0, 2, &model, &r);
    OK(model.net.heads == 2 && r.has_train, "a network of two heads");
    dw_fit_report_clear(&r);
    build(&data, 0, 2, 0, NULL);
    like = model;
    like.input = NULL;
    like.n_inputs = 0;
    OK(dw_dataset_standardise(&data, &like, NAMES, &model, &err) == 0 &&
           like.n_inputs == model.n_inputs &&
           like.input[0].mean == model.input[0].mean,
       "inputs as another model's: %s", err.msg);
    for (size_t i = 0; i < dw_net_n_params(&model.net); i++)
        model.param[i] += 0.05f;
    test_gradient(&data, &model, DW_LOSS_LIKELIHOOD);
    test_gradient(&data, &model, DW_LOSS_LDSR);
    for (size_t i = 0; i < like.n_inputs; i++)
        dw_free(like.input[i].name);
    dw_free(like.input);
    dw_dataset_clear(&data);
    dw_model_clear(&model);
}

/* ---- blocks that are away ---- */

static int fit_away(dw_dataset *data, dw_pool *pool, dw_model *model,
                    dw_fit_report *r, dw_err *err)
{
    dw_fit_plan plan = plan_of("mlp:6");
    const dw_fit_watch watch = {0};

    *model = (dw_model){0};
    for (size_t t = 0; t < 2; t++)
        dw_model_add_trait(model, t ? "second" : "first")->n = WORLD.n;
    return dw_fit_model(data, pool, NULL, NAMES, &plan, &watch, model, r, err);
}

/* ---- passes ---- */

struct order {
    size_t at[BLOCKS], n, told;
};

static void note_block(void *ctx, size_t t, size_t i)
{
    struct order *o = ctx;

    (void)t;
    o->at[o->n++ % BLOCKS] = i;
}

static void note_told(void *ctx, size_t done, size_t n)
{
    struct order *o = ctx;

    o->told += done == o->n && n == 30;
}

/* Of blocks that are alike but for their rank the highest ranks come first. */
static void test_pass(void)
{
    size_t list[30], falling = 1;
    struct order o = {0};
    dw_dataset data;
    dw_pass pass = {.list = list, .n = 30, .fn = note_block, .ctx = &o};

    build(&data, 0, 1, 0, NULL);
    data.passing = (dw_fit_passing){note_told, &o};
    for (size_t i = 0; i < 30; i++) {
        list[i] = 2 * i;
        data.block[list[i]].of[0].k = 1 + 7 * i % 31; /* all others */
    }
    dw_dataset_run(&data, NULL, &pass);
    for (size_t i = 1; i < o.n; i++)
        falling += data.block[list[o.at[i]]].of[0].k <
                   data.block[list[o.at[i - 1]]].of[0].k;
    OK(o.n == 30 && falling == 30, "a pass: those with most to do come first");
    OK(o.told == 30, "and how far it is is told");
    o = (struct order){0};
    pass.portion = true;
    dw_dataset_run(&data, NULL, &pass);
    OK(o.n == 30 && o.told == 0, "not of a portion");
    dw_dataset_clear(&data);
}

/* Room for a third of the blocks: the others, and what is a trait's own of
 * them, come back as they were. */
static void test_away(void)
{
    dw_pool *pool = dw_pool_new(3);
    dw_model here, away;
    dw_fit_report r, s;
    dw_dataset data;
    dw_err err = {0};
    size_t n_away = 0;

    again.fails = SIZE_MAX;
    fit("mlp:6", 0, 2, &here, &r);
    build(&data, 0, 2, 20 * 50 * 44 * sizeof(float), pool);
    for (size_t i = 0; i < data.n; i++)
        n_away += data.block[i].away;
    OK(n_away > 30 && n_away < 50 && data.bytes <= data.room, "%zu blocks away",
       n_away);
    OK(dw_shelf_bytes(data.shelf) > 0 &&
           dw_shelf_bytes(data.shelf) < 9 * 50 * 40 * sizeof(float),
       "%zu bytes on the shelf: what is the second trait's own",
       (size_t)dw_shelf_bytes(data.shelf));
    again.n = 0;
    OK(fit_away(&data, pool, &away, &s, &err) == 0, "fitted: %s", err.msg);
    OK(memcmp(here.param, away.param,
              dw_net_n_params(&here.net) * sizeof *here.param) == 0 &&
           here.trait[1].tau == away.trait[1].tau &&
           r.loglik[DW_PART_HELDOUT] == s.loglik[DW_PART_HELDOUT],
       "the same model, byte for byte, of blocks read %zu times", again.n);
    dw_fit_report_clear(&s);
    dw_model_clear(&away);
    dw_dataset_clear(&data);

    /* In the middle of training. */
    build(&data, 0, 2, 1, pool);
    again.fails = again.n - 300;
    again.n = 0;
    OK(fit_away(&data, pool, &away, &s, &err) < 0 &&
           strstr(err.msg, "block ") == err.msg &&
           strstr(err.msg, "it is another now"),
       "one that cannot be read: %s", err.msg);
    dw_fit_report_clear(&r);
    dw_fit_report_clear(&s);
    dw_model_clear(&here);
    dw_model_clear(&away);
    dw_dataset_clear(&data);
    dw_pool_free(pool);
}

int main(void)
{
    dw_linalg_single_thread();
    test_pass();
    test_away();
    test_apart_and_together();
    test_network();
    return tap_done();
}
