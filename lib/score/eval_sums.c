#include "score/eval_sums.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

int dw_scopes_add(dw_scopes *s, const char *name, const dw_eval *e, dw_err *err)
{
    void *scope = s->scope;
    size_t i = s->n;
    int rc;

    /* Mostly the last one. */
    while (i > 0 && strcmp(s->scope[i - 1].name, name) != 0)
        i--;
    if (i == 0) {
        rc = dw_try_grow(&scope, &s->cap, s->n + 1, sizeof *s->scope);
        s->scope = scope;
        if (rc < 0)
            return dw_fail(err, rc, "not enough memory for %zu figures",
                           s->n + 1);
        i = ++s->n;
        s->scope[i - 1] = (dw_scope){0};
        strncpy(s->scope[i - 1].name, name, DW_CONTIG_MAX - 1);
    }
    s->scope[i - 1].m += e->n_observed;
    s->scope[i - 1].k += e->k;
    s->scope[i - 1].loglik += e->loglik;
    s->scope[i - 1].null += e->null;
    s->scope[i - 1].ldsr += e->ldsr;
    return 0;
}

void dw_scopes_print(const dw_scopes *s, dw_buf *out)
{
    for (size_t i = 0; i < s->n; i++) {
        const dw_scope *a = &s->scope[i];

        dw_buf_addf(out, "%s\t%zu\t%zu\t%.12g\t%.12g\t%.12g\t", a->name, a->m,
                    a->k, a->loglik, a->null, a->loglik - a->null);
        if (a->m)
            dw_buf_addf(out, "%.9g\n", a->ldsr / (double)a->m);
        else
            dw_buf_adds(out, "NA\n");
    }
}

void dw_scopes_reset(dw_scopes *s)
{
    s->n = 0;
}

void dw_scopes_clear(dw_scopes *s)
{
    dw_free(s->scope);
    *s = (dw_scopes){0};
}

void dw_corr_add(dw_corr *c, double x, double y)
{
    double dx = x - c->mean_x, dy = y - c->mean_y;

    c->n++;
    c->mean_x += dx / (double)c->n;
    c->mean_y += dy / (double)c->n;
    c->sxx += dx * (x - c->mean_x);
    c->syy += dy * (y - c->mean_y);
    c->sxy += dx * (y - c->mean_y);
}

double dw_corr_value(const dw_corr *c)
{
    return c->sxx > 0 && c->syy > 0 ? c->sxy / sqrt(c->sxx * c->syy) : NAN;
}

void dw_corr_print(const dw_corr *c, const char *name, dw_buf *out)
{
    double value = dw_corr_value(c);

    dw_buf_addf(out, "%s\t%zu\t", name, c->n);
    if (isnan(value))
        dw_buf_adds(out, "NA\n");
    else
        dw_buf_addf(out, "%.9g\n", value);
}
