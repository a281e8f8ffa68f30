#include "flow/fit_show.h"

#include <math.h>

#include "base/clock.h"

void dw_fit_show_begin(dw_fit_show *s, const dw_model *model,
                       const dw_fit_report *report)
{
    *s = (dw_fit_show){.model = model,
                       .report = report,
                       .loglik = NAN,
                       .first = SIZE_MAX,
                       .valid = NAN,
                       .best = NAN,
                       .heldout = NAN};
}

static void end_line(dw_fit_show *s)
{
    dw_progress_end(s->line);
    s->line = NULL;
}

void dw_fit_show_end(dw_fit_show *s)
{
    end_line(s);
    dw_buf_clear(&s->text);
}

/* ---- stages of passes ---- */

void dw_fit_show_stage(dw_fit_show *s, const char *stage)
{
    end_line(s);
    s->stage = stage;
    s->pass = s->done = 0;
    s->loglik = NAN;
    dw_buf_reset(&s->text);
    dw_buf_addf(&s->text, "%s, pass", stage);
    s->line = dw_progress_begin(s->text.s, 0);
}

/* How many passes a stage takes nobody knows before; how long the one at hand
 * takes can be told. */
void dw_fit_show_passing(void *show, size_t done, size_t n)
{
    dw_fit_show *s = show;
    double now = dw_clock_now();

    if (!s->stage || !s->line)
        return;
    if (s->pass == 0 || done <= s->done) {
        s->pass++;
        s->began = now;
    }
    s->done = done;
    dw_buf_reset(&s->text);
    dw_buf_addf(&s->text, "block %zu of %zu, %.0f s left of it", done, n,
                (now - s->began) * ((double)n / (double)done - 1));
    if (!isnan(s->loglik))
        dw_buf_addf(&s->text, "; log likelihood %.1f", s->loglik);
    dw_progress_at(s->line, s->pass, s->text.s);
}

void dw_fit_show_constant(dw_fit_show *s, size_t trait, const dw_constant *c)
{
    const char *name = s->model->trait[trait].name;

    dw_detail("%s, constant model: %zu steps, log likelihood %.3f", name,
              c->steps, c->loglik);
    if (!c->converged)
        dw_warn("%s: the constant model did not converge in %zu steps", name,
                c->steps);
    if (c->no_signal)
        dw_warn("%s: no variance but noise was found: the z-scores hold no "
                "signal",
                name);
}

void dw_fit_show_linear(dw_fit_show *s, size_t step, double loglik)
{
    s->loglik = loglik;
    dw_detail("linear model, step %zu: log likelihood %.3f", step, loglik);
}

/* ---- training ---- */

/* Adds "gain 12.3 in validation" or, behind another, ", 12.3 in validation";
 * nothing where there is no such part. */
static void add_gain(dw_buf *text, bool *first, double gain, const char *where)
{
    if (isnan(gain))
        return;
    dw_buf_addf(text, "%s%.1f %s", *first ? "gain " : ", ", gain, where);
    *first = false;
}

void dw_fit_show_train(dw_fit_show *s, const dw_net *net, size_t n_blocks,
                       size_t n_epochs)
{
    dw_note("training %zu parameters on %zu blocks", dw_net_n_params(net),
            n_blocks);
    if (n_epochs == 0) /* by passes */
        return;
    end_line(s);
    s->stage = NULL;
    s->n_epochs = n_epochs;
}

void dw_fit_show_step(dw_fit_show *s, size_t epoch, size_t done, size_t n)
{
    size_t at = (epoch - 1) * n + done;
    dw_buf *text = &s->text;
    bool first = true;

    if (s->first == SIZE_MAX) {
        s->first = at;
        s->line =
            dw_progress_begin("training, block", n * s->n_epochs - s->first);
    }
    dw_buf_reset(text);
    dw_buf_addf(text, "epoch %zu of %zu, block %zu of %zu; ", epoch,
                s->n_epochs, done, n);
    add_gain(text, &first, s->valid, "in validation");
    add_gain(text, &first, s->best, "at best");
    add_gain(text, &first, s->heldout, "held out");
    dw_progress_at(s->line, at - s->first, text->s);
}

void dw_fit_show_epoch(dw_fit_show *s, const dw_epoch *e)
{
    const double *base = s->report->base;
    bool first = true;
    double train = e->loglik[DW_PART_TRAIN] - base[DW_PART_TRAIN];

    s->valid = e->loglik[DW_PART_VALID] - base[DW_PART_VALID];
    s->heldout = e->loglik[DW_PART_HELDOUT] - base[DW_PART_HELDOUT];
    if (e->best)
        s->best = s->valid;
    dw_buf_reset(&s->text);
    add_gain(&s->text, &first, train, "in training");
    add_gain(&s->text, &first, s->valid, "in validation");
    add_gain(&s->text, &first, s->heldout, "held out");
    dw_detail("epoch %zu: %s%s", e->epoch, s->text.n ? s->text.s : "",
              e->best ? " (best)" : "");
}
