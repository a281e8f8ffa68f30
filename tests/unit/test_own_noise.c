/* Blocks that have noise of their own: found where it is, shrunken where it is
 * not, and one chain of derivatives. */
#include "fit/fit_model.h"
#include "fit/own_noise.h"
#include "linalg/blas.h"
#include "made_blocks.h"
#include "tap.h"

enum { BLOCKS = 40 };

static double truth(const float *a)
{
    (void)a;
    return 3e-6;
}

/* tau is 1 in even blocks, `factor` in odd ones. */
static void build(dw_dataset *data, double factor, bool flanks)
{
    panel world = {.people = 300,
                   .m = 60,
                   .l = flanks ? 40 : 60,
                   .core = flanks ? 10 : 0,
                   .p = 2,
                   .alike = 0.6,
                   .n = 1e6,
                   .s2 = 1,
                   .variance = truth};
    dw_variants var = {0};
    dw_ldblock b = {0};
    dw_err err = {0};
    size_t n_empty;

    *data = (dw_dataset){.p = 2, .n_traits = 1, .keep_whole = true};
    for (size_t i = 0; i < BLOCKS; i++) {
        world.tau = i % 2 ? factor : 1;
        panel_block(&world, 3, i, &var, &b, NULL);
        if (dw_dataset_take(data, &var, &b,
                            &(dw_fit_column){0, world.n, b.people},
                            DW_PART_TRAIN, &err) < 0)
            OK(0, "%s", err.msg);
    }
    if (dw_dataset_complete(data, NULL, &n_empty, &err) < 0)
        OK(0, "%s", err.msg);
    dw_variants_clear(&var);
    dw_ldblock_clear(&b);
}

static const dw_fit_noise OWN = {.learn_tau = true, .s2 = 1, .own_tau = true};

static void test_planted(bool flanks)
{
    dw_dataset data;
    dw_constant common, again;
    double sd[2], mean[2] = {0}, s2 = 0;
    dw_err err = {0};

    build(&data, 20, flanks);
    OK(dw_constant_fit(&data, 0, NULL, NULL, &OWN, &common, &err) == 0 &&
           dw_own_noise_fit(&data, 0, NULL, NULL, &OWN, &common, sd, &err) == 0,
       "a factor of 20 between blocks%s: %s", flanks ? " with flanks" : "",
       err.msg);
    for (size_t i = 0; i < BLOCKS; i++) {
        const double *u = data.block[i].of[0].log_own;

        mean[i % 2] += u[1] / (BLOCKS / 2);
        s2 = fmax(s2, fabs(u[0]));
    }
    OK(fabs(mean[1] - mean[0] - log(20)) < 0.5, "is found: exp(%.2f)",
       mean[1] - mean[0]);
    OK(s2 == 0 && sd[0] == 0, "that of s2 was not asked for");
    OK(dw_constant_fit(&data, 0, NULL, NULL, &OWN, &again, &err) == 0 &&
           again.loglik > common.loglik + 50,
       "the log likelihood: %.1f, was %.1f", again.loglik, common.loglik);
    dw_dataset_clear(&data);
}

static void test_alike(void)
{
    dw_dataset data;
    dw_constant common;
    double sd[2], most = 0;
    dw_err err = {0};

    build(&data, 1, true);
    OK(dw_constant_fit(&data, 0, NULL, NULL, &OWN, &common, &err) == 0 &&
           dw_own_noise_fit(&data, 0, NULL, NULL, &OWN, &common, sd, &err) == 0,
       "blocks alike: %s", err.msg);
    for (size_t i = 0; i < BLOCKS; i++)
        most = fmax(most, fabs(data.block[i].of[0].log_own[1]));
    OK(sd[1] < 0.25 && most < 0.25, "are left alike: SD %.3f, most %.3f", sd[1],
       most);
    dw_dataset_clear(&data);
}

/* d / d tau and d / d s2 of all, where a block has its own, by differences. */
static void test_chain(enum dw_loss loss)
{
    dw_dataset data;
    dw_model model = {.link = DW_LINK_EXP};
    dw_err err = {0};
    dw_objective *o;
    dw_gradient g;
    dw_value v, up, down;
    const dw_fit_block *b;

    build(&data, 1, true);
    *dw_model_add_trait(&model, "made up") =
        (dw_model_trait){model.trait[0].name, 1e6, 3e-6, 1.1, 0.2};
    OK(dw_model_shape(&model, "const", &err) == 0, "a model");
    data.block[1].of[0].log_own[0] = 0.3;
    data.block[1].of[0].log_own[1] = -0.7;
    o = dw_objective_new(&data, NULL, &model.net,
                         &(dw_objective_opts){.loss = loss}, &err);
    b = dw_dataset_lend(&data, 0, 1);
    OK(o && dw_objective_block(o, loss, 0, 1, b, &model, NULL, &v, &g) == 0,
       "an objective: %g", v.value);
    for (int i = 0; i < 2; i++) {
        double *at = i ? &model.trait[0].tau : &model.trait[0].s2;
        double was = *at, e = 1e-5;
        int rc;

        *at = was + e;
        rc = dw_objective_block(o, loss, 0, 1, b, &model, NULL, &up, NULL);
        *at = was - e;
        rc |= dw_objective_block(o, loss, 0, 1, b, &model, NULL, &down, NULL);
        *at = was;
        OK(rc == 0 && tap_near((up.value - down.value) / (2 * e),
                               i ? v.dtau : v.ds2, 1e-6, 1e-2),
           "loss %d, noise %d", (int)loss, i);
    }
    dw_objective_free(o);
    dw_model_clear(&model);
    dw_dataset_clear(&data);
}

int main(void)
{
    dw_linalg_single_thread();
    test_planted(true);
    test_planted(false);
    test_alike();
    test_chain(DW_LOSS_LIKELIHOOD);
    test_chain(DW_LOSS_LDSR);
    return tap_done();
}
