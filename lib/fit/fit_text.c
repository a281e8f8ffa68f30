#include "fit/fit_text.h"

#include <math.h>

static const char *const part_name[DW_PARTS] = {"training", "validation",
                                                "held out"};

/* ---- the log ---- */

void dw_fit_log_header(dw_buf *out)
{
    dw_buf_adds(out, "EPOCH\tTRAIN_LOGLIK\tTRAIN_GAIN\tVALID_GAIN\tHELDOUT_GAIN"
                     "\tTRAIN_VALUE\tVALID_VALUE\tS2\tTAU\tH2\tLR\tGRAD_NORM"
                     "\tBEST\tSECONDS\tHELDOUT_VALUE\tFAULTS"
                     "\tVALID_LDSR\tHELDOUT_LDSR\n");
}

static void add(dw_buf *out, double x)
{
    if (isfinite(x))
        dw_buf_addf(out, "\t%.9g", x);
    else
        dw_buf_adds(out, "\tNA");
}

void dw_fit_log_row(const dw_epoch *e, const double base[DW_PARTS],
                    double seconds, dw_buf *out)
{
    dw_buf_addf(out, "%zu", e->epoch);
    add(out, e->loglik[DW_PART_TRAIN]);
    for (int part = 0; part < DW_PARTS; part++)
        add(out, e->loglik[part] - base[part]);
    add(out, e->value[DW_PART_TRAIN]);
    add(out, e->value[DW_PART_VALID]);
    add(out, e->s2);
    add(out, e->tau);
    add(out, e->h2);
    add(out, e->lr);
    add(out, e->grad_norm);
    dw_buf_addf(out, "\t%d\t%.3f", e->best, seconds);
    add(out, e->value[DW_PART_HELDOUT]);
    dw_buf_addf(out, "\t%zu", e->faults);
    add(out, e->ldsr[DW_PART_VALID]);
    add(out, e->ldsr[DW_PART_HELDOUT]);
    dw_buf_addc(out, '\n');
}

/* The loss per variant with a z, over traits by weight as all of the log. */
static double ldsr_of(const dw_fit_report *report, const double *weight,
                      int part)
{
    double loss = 0, n = 0;

    for (size_t t = 0; t < report->n_traits; t++) {
        const dw_trait_report *r = &report->trait[t];
        double of = weight ? weight[t] : 1;

        loss += r->size[part].observed ? of * r->ldsr[part] : 0;
        n += of * (double)r->size[part].observed;
    }
    return n > 0 ? loss / n : NAN;
}

void dw_fit_log_final(const dw_fit_report *report, const dw_model *model,
                      const double *weight, double seconds, dw_buf *out)
{
    dw_epoch e = {.s2 = model->trait[0].s2,
                  .tau = model->trait[0].tau,
                  .lr = NAN,
                  .grad_norm = NAN,
                  .best = true};

    for (size_t t = 0; t < report->n_traits; t++)
        e.h2 += report->trait[t].h2;
    for (int part = 0; part < DW_PARTS; part++) {
        e.loglik[part] = e.value[part] =
            report->trait[0].size[part].blocks ? report->loglik[part] : NAN;
        e.ldsr[part] = ldsr_of(report, weight, part);
    }
    dw_fit_log_row(&e, report->base, seconds, out);
}

/* ---- coefficients ---- */

static void add_coefficients(const dw_linear_fit *fit, const dw_model *model,
                             const char *trait, dw_buf *out)
{
    const double root_half = 0.70710678118654752;

    for (size_t i = 0; i < model->n_inputs; i++) {
        const dw_input *in = &model->input[i];
        double v = fit->coef[1 + i], se = fit->se[1 + i];

        dw_buf_addf(out, "%s\t%s", in->name, in->missing ? "missing" : "value");
        add(out, v);
        add(out, se);
        add(out, v / se);
        add(out, erfc(fabs(v / se) * root_half));
        add(out, fit->block_se[1 + i]);
        dw_buf_addf(out, "\t%s\n", trait);
    }
}

void dw_fit_coefficients(const dw_fit_report *report, const dw_model *model,
                         dw_buf *out)
{
    dw_buf_adds(out, "ANNOTATION\tINPUT\tCOEF\tSE\tZ\tP\tBLOCK_SE\tTRAIT\n");
    for (size_t t = 0; t < report->n_traits; t++) {
        if (report->trait[t].has_linear)
            add_coefficients(&report->trait[t].linear, model,
                             model->trait[t].name, out);
    }
}

/* ---- summary ---- */

static void add_part(const dw_trait_report *r, dw_part part, dw_buf *out)
{
    const dw_part_size *size = &r->size[part];

    if (size->blocks == 0)
        return;
    dw_buf_addf(out,
                "%s: %zu blocks, %zu variants (%zu with z), log likelihood "
                "%.3f, gain %.3f over the constant model",
                part_name[part], size->blocks, size->variants, size->observed,
                r->loglik[part], r->loglik[part] - r->base[part]);
    if (isfinite(r->ldsr[part]))
        dw_buf_addf(out, "; LD-score regression's loss %.5g, was %.5g",
                    r->ldsr[part] / (double)size->observed,
                    r->base_ldsr[part] / (double)size->observed);
    dw_buf_addc(out, '\n');
}

static void add_constant(const dw_trait_report *r, dw_buf *out)
{
    const dw_constant *c = &r->constant;
    size_t m = 0;

    for (int part = 0; part < DW_PARTS; part++)
        m += r->size[part].variants;
    dw_buf_addf(out,
                "constant model: h2 %.4g (SE %.2g), s2 %.4g (%.2g), tau %.4g "
                "(%.2g)\n",
                c->c * (double)m, c->c_se * (double)m, c->s2, c->s2_se, c->tau,
                c->tau_se);
}

static void add_spread(const dw_model_trait *trait, dw_buf *out)
{
    const char *const name[2] = {"s2", "tau"};

    for (int a = 0; a < 2; a++) {
        if (trait->spread[a] > 0)
            dw_buf_addf(out, "log %s of blocks: standard deviation %.3g\n",
                        name[a], sqrt(trait->spread[a]));
    }
}

static void add_trait(const dw_trait_report *r, const dw_model *model, size_t t,
                      dw_buf *out)
{
    const dw_model_trait *trait = &model->trait[t];

    if (model->n_traits > 1)
        dw_buf_addf(out, "%s:\n", trait->name);
    add_constant(r, out);
    add_spread(trait, out);
    if (r->has_linear)
        dw_buf_addf(out,
                    "linear model: %zu steps, %.1f of %zu coefficients "
                    "determined, penalty %.3g\n",
                    r->linear.steps, r->linear.gamma, model->n_inputs,
                    r->linear.alpha);
    for (int part = 0; part < DW_PARTS; part++)
        add_part(r, (dw_part)part, out);
    if (r->ldsr_noise.s2 + r->ldsr_noise.tau > 0)
        dw_buf_addf(out, "LD-score regression: s2 %.4g, tau %.4g\n",
                    r->ldsr_noise.s2, r->ldsr_noise.tau);
    dw_buf_addf(out, "%s: h2 %.4g, s2 %.4g, tau %.4g\n", trait->name, r->h2,
                trait->s2, trait->tau);
}

void dw_fit_summary(const dw_fit_report *report, const dw_model *model,
                    dw_buf *out)
{
    char spec[DW_NET_SPEC_MAX];

    for (size_t t = 0; t < report->n_traits; t++)
        add_trait(&report->trait[t], model, t, out);
    if (report->from_constant)
        dw_buf_adds(out, "the linear model is worse than the constant one in "
                         "validation: training began with the latter\n");
    if (report->has_train) {
        dw_buf_addf(out, "network: epoch %zu of %zu is the best%s",
                    report->train.best_epoch, report->train.epochs,
                    report->train.stopped ? "; stopped early" : "");
        if (report->train.faults) {
            dw_buf_adds(out, "; ");
            dw_buf_add_count(out, report->train.faults, "step");
            dw_buf_adds(out, " taken back");
        }
        dw_buf_addc(out, '\n');
    }
    dw_net_spec(&model->net, spec);
    dw_buf_addf(out, "%s, %zu inputs, %zu parameters\n", spec, model->n_inputs,
                dw_net_n_params(&model->net));
}
