#include "fit/fit_text.h"

#include <math.h>

static const char *const part_name[DW_PARTS] = {"training", "validation",
                                                "held out"};

/* ---- the log ---- */

void dw_fit_log_header(dw_buf *out)
{
    dw_buf_adds(out, "EPOCH\tTRAIN_LOGLIK\tTRAIN_GAIN\tVALID_GAIN\tHELDOUT_GAIN"
                     "\tTRAIN_VALUE\tVALID_VALUE\tS2\tTAU\tH2\tLR\tGRAD_NORM"
                     "\tBEST\tSECONDS\n");
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
    dw_buf_addf(out, "\t%d\t%.3f\n", e->best, seconds);
}

void dw_fit_log_final(const dw_fit_report *report, const dw_model *model,
                      double seconds, dw_buf *out)
{
    dw_epoch e = {.s2 = model->trait[0].s2,
                  .tau = model->trait[0].tau,
                  .h2 = report->h2,
                  .lr = NAN,
                  .grad_norm = NAN,
                  .best = true};

    for (int part = 0; part < DW_PARTS; part++)
        e.loglik[part] = e.value[part] =
            report->size[part].blocks ? report->loglik[part] : NAN;
    dw_fit_log_row(&e, report->base, seconds, out);
}

/* ---- coefficients ---- */

void dw_fit_coefficients(const dw_fit_report *report, const dw_model *model,
                         dw_buf *out)
{
    const double root_half = 0.70710678118654752;

    dw_buf_adds(out, "ANNOTATION\tINPUT\tCOEF\tSE\tZ\tP\tBLOCK_SE\n");
    for (size_t i = 0; i < model->n_inputs; i++) {
        const dw_input *in = &model->input[i];
        double v = report->linear.coef[1 + i], se = report->linear.se[1 + i];

        dw_buf_addf(out, "%s\t%s", in->name, in->missing ? "missing" : "value");
        add(out, v);
        add(out, se);
        add(out, v / se);
        add(out, erfc(fabs(v / se) * root_half));
        add(out, report->linear.block_se[1 + i]);
        dw_buf_addc(out, '\n');
    }
}

/* ---- summary ---- */

static void add_part(const dw_fit_report *report, dw_part part, dw_buf *out)
{
    const dw_part_size *size = &report->size[part];

    if (size->blocks == 0)
        return;
    dw_buf_addf(out,
                "%s: %zu blocks, %zu variants (%zu with z), log likelihood "
                "%.3f, gain %.3f over the constant model\n",
                part_name[part], size->blocks, size->variants, size->observed,
                report->loglik[part],
                report->loglik[part] - report->base[part]);
}

static void add_constant(const dw_fit_report *report, dw_buf *out)
{
    const dw_constant *c = &report->constant;
    size_t m = 0;

    for (int part = 0; part < DW_PARTS; part++)
        m += report->size[part].variants;
    dw_buf_addf(out,
                "constant model: h2 %.4g (SE %.2g), s2 %.4g (%.2g), tau %.4g "
                "(%.2g)\n",
                c->c * (double)m, c->c_se * (double)m, c->s2, c->s2_se, c->tau,
                c->tau_se);
}

void dw_fit_summary(const dw_fit_report *report, const dw_model *model,
                    size_t bytes, dw_buf *out)
{
    char spec[DW_NET_SPEC_MAX];

    add_constant(report, out);
    if (report->has_linear)
        dw_buf_addf(out,
                    "linear model: %zu steps, %.1f of %zu coefficients "
                    "determined, penalty %.3g\n",
                    report->linear.steps, report->linear.gamma, model->n_inputs,
                    report->linear.alpha);
    if (report->has_train)
        dw_buf_addf(out, "network: epoch %zu of %zu is the best%s\n",
                    report->train.best_epoch, report->train.epochs,
                    report->train.stopped ? "; stopped early" : "");
    for (int part = 0; part < DW_PARTS; part++)
        add_part(report, (dw_part)part, out);
    dw_net_spec(&model->net, spec);
    dw_buf_addf(out,
                "%s: %s, %zu inputs, %zu parameters, h2 %.4g, s2 %.4g, tau "
                "%.4g; %.0f MB of blocks\n",
                model->trait[0].name, spec, model->n_inputs,
                dw_net_n_params(&model->net), report->h2, model->trait[0].s2,
                model->trait[0].tau, (double)bytes / 1e6);
}
