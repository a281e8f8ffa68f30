#include "flow/z_check.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "lik/check_z.h"
#include "lik/observe.h"
#include "stream/outfile.h"

static const char *const WORD[DW_Z_VERDICTS] = {
    "fine", "check_z_flip", "check_z_misfit", "check_z_pair",
    "check_z_untested"};

struct dw_z_check {
    const dw_z_check_opts *o;
    dw_outfile *report, *summary;
    char **trait; /* (t) of the run in hand */
    size_t t;
    uint64_t n[DW_Z_VERDICTS], stopped;
};

/* Behind the lines of both reports. */
struct footer {
    size_t n[DW_Z_VERDICTS], stopped;
    size_t report, summary; /* bytes of lines */
};

/* ---- one trait of one block ---- */

/* What is needed for it, in one thread. */
struct task {
    const dw_z_check *c;
    const dw_variants *v;
    const dw_ldblock *b;
    struct footer found;
    dw_buf report, summary;
    dw_observe_ws *observe;
    dw_check_z_ws *check;
    size_t trait, n; /* n: core variants that have its z */
    size_t *at;      /* (n) which they are, of the block's */
    double *q, *z;   /* (k x n), (n) */
    float *seen;     /* (m x t) what becomes of z */
};

/* 1.2e-350 is one too, in text. */
static void add_p(dw_buf *text, double off, double sd)
{
    double p = dw_check_z_p(off, sd), t = fabs(off) / sd, log10_p, whole;

    if (p > 1e-300) {
        dw_buf_addf(text, "%.3g", p);
        return;
    }
    /* 2 phi(t) / t, to one part in t^2 */
    log10_p = (log(2 / t) - 0.5 * log(2 * acos(-1)) - t * t / 2) / log(10);
    whole = floor(log10_p);
    dw_buf_addf(text, "%.2fe%.0f", pow(10, log10_p - whole), whole);
}

static void report_misfit(struct task *t, const dw_check_z *got, size_t i)
{
    const dw_variants *v = t->v;
    dw_buf *text = &t->report;
    size_t at = t->at[i];
    const bool drop = t->c->o->action == DW_Z_CHECK_DROP;

    dw_buf_addf(text, "%s\t%" PRIu32 "\t%s\t%s\t%s\t%s\t%.6g\t%.6g\t%.4g\t",
                v->contig, v->pos[at], dw_texts_at(&v->id, at),
                dw_texts_at(&v->ref, at), dw_texts_at(&v->alt, at),
                t->c->trait[t->trait], t->z[i], got->expected[i], got->sd[i]);
    add_p(text, t->z[i] - got->expected[i], got->sd[i]);
    dw_buf_addf(text, "\t%s\t%s\n", WORD[got->verdict[i]],
                drop ? "drop" : "mark");
}

static void add_number(dw_buf *text, double x)
{
    if (isnan(x))
        dw_buf_adds(text, "\tNA");
    else
        dw_buf_addf(text, "\t%.6g", x);
}

static void summarise(struct task *t, const dw_check_z *got, size_t k)
{
    dw_buf *text = &t->summary;
    double sum = 0;

    for (size_t i = 0; i < t->n; i++)
        sum += t->z[i] * t->z[i];
    dw_buf_addf(text, "%s\t%" PRIu32 "\t%" PRIu32 "\t%s\t%zu\t%zu",
                t->b->contig, t->b->start, t->b->end, t->c->trait[t->trait],
                t->n, k);
    add_number(text, t->n ? sum / (double)t->n : NAN);
    add_number(text, got->s2);
    add_number(text, got->tau);
    dw_buf_addf(text, "\t%zu\t%zu\t%zu\t%zu\n", got->n[DW_Z_FLIP],
                got->n[DW_Z_MISFIT], got->n[DW_Z_PAIR], got->n[DW_Z_UNTESTED]);
}

/* The core variants that have a z, and their columns of the factor. */
static int observe(struct task *t, dw_factor *factor, dw_err *err)
{
    const dw_ldblock *b = t->b;
    const float *z = t->v->z + t->trait * t->v->m + b->core;
    int rc = dw_observe(t->observe, b->m, b->k, b->core, b->l, b->q, b->lambda,
                        z, DW_OBSERVE_MIN_EIGEN, factor, NULL);

    if (rc != 0)
        return dw_fail(err, rc,
                       "%s:%" PRIu32 "-%" PRIu32
                       ": the variants with a z of trait %s have no factor",
                       b->contig, b->start, b->end, t->c->trait[t->trait]);
    t->n = 0;
    for (size_t i = 0; i < b->l; i++) {
        size_t at = b->core + i;
        const double *column;
        double *to;

        if (isnan(z[i]))
            continue;
        to = t->q + t->n * factor->k;
        column = dw_factor_column(factor, at, to);
        if (column != to)
            memcpy(to, column, factor->k * sizeof *to);
        t->z[t->n] = z[i];
        t->at[t->n++] = at;
    }
    return 0;
}

static int check_trait(struct task *t, dw_err *err)
{
    const bool drop = t->c->o->action == DW_Z_CHECK_DROP;
    dw_factor factor;
    dw_check_z got;
    int rc = observe(t, &factor, err);

    if (rc < 0)
        return rc;
    rc = dw_check_z_block(t->check, t->n, factor.k, factor.lambda, t->q, t->z,
                          t->b->people, t->c->o->p, &got);
    if (rc < 0)
        return dw_fail(err, rc,
                       "%s:%" PRIu32 "-%" PRIu32
                       ": its %zu z-scores cannot be checked (no memory, or "
                       "numbers that are not finite)",
                       t->b->contig, t->b->start, t->b->end, t->n);
    for (size_t i = 0; i < t->n; i++) {
        enum dw_z_verdict verdict = got.verdict[i];

        t->found.n[verdict]++;
        if (verdict == DW_Z_FINE || verdict == DW_Z_UNTESTED)
            continue;
        report_misfit(t, &got, i);
        if (drop)
            t->seen[t->at[i] + t->trait * t->v->m] = NAN;
    }
    t->found.stopped += got.stopped;
    summarise(t, &got, factor.k);
    return 0;
}

/* ---- one block ---- */

static void end_task(struct task *t)
{
    dw_observe_ws_free(t->observe);
    dw_check_z_ws_free(t->check);
    dw_buf_clear(&t->report);
    dw_buf_clear(&t->summary);
    dw_free(t->at);
    dw_free(t->q);
    dw_free(t->z);
}

static int begin_task(struct task *t, dw_err *err)
{
    const dw_ldblock *b = t->b;

    t->observe = dw_observe_ws_new(b->m, b->k);
    t->check = dw_check_z_ws_new();
    t->at = dw_try_alloc(b->l, sizeof *t->at);
    t->q = dw_try_alloc(b->l, b->k * sizeof *t->q);
    t->z = dw_try_alloc(b->l, sizeof *t->z);
    if (t->observe && t->at && t->q && t->z && t->seen)
        return 0;
    return dw_fail(err, DW_ENOMEM, "no memory to check %zu z-scores", b->l);
}

int dw_z_check_block(const dw_z_check *c, const dw_variants *v,
                     const dw_ldblock *b, dw_variants *seen, dw_buf *found,
                     dw_err *err)
{
    struct task t = {.c = c, .v = v, .b = b};
    int rc;

    t.seen = dw_try_alloc(v->m, v->t * sizeof *t.seen);
    rc = begin_task(&t, err);
    if (rc == 0)
        memcpy(t.seen, v->z, v->m * v->t * sizeof *t.seen);
    for (t.trait = 0; t.trait < v->t && rc == 0; t.trait++)
        rc = check_trait(&t, err);
    if (rc == 0) {
        t.found.report = t.report.n;
        t.found.summary = t.summary.n;
        dw_buf_add(found, t.report.s, t.report.n);
        dw_buf_add(found, t.summary.s, t.summary.n);
        dw_buf_add(found, &t.found, sizeof t.found);
        *seen = *v;
        seen->z = t.seen;
    } else {
        dw_free(t.seen);
    }
    end_task(&t);
    return rc;
}

void dw_z_check_done(dw_variants *seen)
{
    dw_free(seen->z);
    seen->z = NULL;
}

dw_buf dw_z_check_collect(dw_z_check *c, const dw_buf *packed)
{
    dw_buf before = *packed;
    struct footer found;
    const char *lines;

    before.n -= sizeof found;
    memcpy(&found, packed->s + before.n, sizeof found);
    before.n -= found.report + found.summary;
    lines = packed->s + before.n;
    for (size_t i = 0; i < DW_Z_VERDICTS; i++)
        c->n[i] += found.n[i];
    c->stopped += found.stopped;
    if (c->report)
        dw_outfile_write(c->report, lines, found.report);
    if (c->summary)
        dw_outfile_write(c->summary, lines + found.report, found.summary);
    return before;
}

/* ---- runs, and the whole ---- */

static void forget_traits(dw_z_check *c)
{
    for (size_t i = 0; i < c->t; i++)
        dw_free(c->trait[i]);
    dw_free(c->trait);
    c->trait = NULL;
    c->t = 0;
}

int dw_z_check_begin(dw_z_check *c, const dw_head *head, dw_err *err)
{
    forget_traits(c);
    if (head->t == 0)
        return dw_fail(err, DW_EMISMATCH,
                       "the stream has no trait whose z-scores --check-z "
                       "could check");
    c->trait = dw_alloc(head->t, sizeof *c->trait);
    for (c->t = 0; c->t < head->t; c->t++)
        c->trait[c->t] = dw_strdup(head->trait[c->t].name);
    return 0;
}

static int open_tables(dw_z_check *c, dw_err *err)
{
    if (c->o->report) {
        c->report = dw_outfile_open(c->o->report, false, err);
        if (!c->report)
            return err->code;
        dw_outfile_printf(c->report, "CHR\tPOS\tID\tREF\tALT\tTRAIT\tZ\t"
                                     "EXPECTED\tSD\tP\tREASON\tACTION\n");
    }
    if (c->o->summary) {
        c->summary = dw_outfile_open(c->o->summary, false, err);
        if (!c->summary)
            return err->code;
        dw_outfile_printf(c->summary,
                          "CHR\tSTART\tEND\tTRAIT\tN\tK\tMEAN_Z2\tS2\tTAU\t"
                          "FLIP\tMISFIT\tPAIR\tUNTESTED\n");
    }
    return 0;
}

dw_z_check *dw_z_check_open(const dw_z_check_opts *o, dw_err *err)
{
    dw_z_check *c = dw_alloc(1, sizeof *c);

    c->o = o;
    if (open_tables(c, err) < 0) {
        dw_z_check_free(c);
        return NULL;
    }
    return c;
}

void dw_z_check_free(dw_z_check *c)
{
    if (!c)
        return;
    dw_outfile_abandon(c->report);
    dw_outfile_abandon(c->summary);
    forget_traits(c);
    dw_free(c);
}

void dw_z_check_tell(dw_z_check *c, dw_tally *run)
{
    for (size_t i = DW_Z_FLIP; i < DW_Z_VERDICTS; i++) {
        if (c->n[i])
            dw_tally_add(run, WORD[i], c->n[i]);
    }
    if (c->stopped)
        dw_tally_add(run, "check_z_stopped", c->stopped);
    memset(c->n, 0, sizeof c->n);
    c->stopped = 0;
}

int dw_z_check_finish(dw_z_check *c, dw_err *err)
{
    dw_outfile *report = c->report, *summary = c->summary;
    int rc = 0;

    c->report = c->summary = NULL;
    if (report)
        rc = dw_outfile_close(report, err);
    if (rc < 0)
        dw_outfile_abandon(summary);
    else if (summary)
        rc = dw_outfile_close(summary, err);
    return rc;
}
