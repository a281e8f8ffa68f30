#include "annot/signal_tracks.h"

#include <inttypes.h>
#include <string.h>

#include "annot/bigwig_annot.h"
#include "annot/spec.h"
#include "base/mem.h"
#include "base/par.h"
#include "data/track_cut.h"

/* Bases of the windows of a table, if none overlaps: each may be a run. */
enum { BASES_MAX = 1 << 19 };

struct dw_signal_tracks {
    dw_track_plan plan;
    dw_pool *pool;
    struct one {
        dw_spec spec;
        dw_signal *signal;
        dw_signal_misses misses;
        dw_runs runs, scratch;
        dw_err err;
    } * one;        /* (plan.n) */
    dw_spans spans; /* of the table in hand */
};

static const char OPTION[] = "--track";

static int check_plan(const dw_track_plan *p, dw_err *err)
{
    if (p->bin == 0 || p->window % p->bin == 0)
        return 0;
    return dw_fail(err, DW_EUSAGE,
                   "--track-bin %zu does not divide --track-window %zu", p->bin,
                   p->window);
}

static int open_one(dw_signal_tracks *s, size_t i, dw_err *err)
{
    struct one *one = &s->one[i];
    size_t column = 0;

    if (dw_spec_parse(&one->spec, OPTION, s->plan.text[i],
                      DW_SPEC_NAME | DW_SPEC_WORDS, err) < 0 ||
        dw_signal_spec_column(&one->spec, OPTION, s->plan.text[i], &column,
                              err) < 0)
        return err->code;
    for (size_t j = 0; j < i; j++) {
        if (strcmp(s->one[j].spec.name, one->spec.name) == 0)
            return dw_fail(err, DW_EUSAGE, "%s: two are named %s", OPTION,
                           one->spec.name);
    }
    one->signal = dw_signal_open(one->spec.file, column, 1, err);
    return one->signal ? 0 : err->code;
}

dw_signal_tracks *dw_signal_tracks_open(const dw_track_plan *plan, dw_err *err)
{
    dw_signal_tracks *s;
    int rc = check_plan(plan, err);

    if (rc < 0)
        return NULL;
    s = dw_alloc(1, sizeof *s);
    s->plan = *plan;
    s->one = dw_alloc(plan->n, sizeof *s->one);
    s->pool = plan->threads > 1 ? dw_pool_new(plan->threads) : NULL;
    for (size_t i = 0; i < plan->n && rc == 0; i++)
        rc = open_one(s, i, err);
    if (rc == 0)
        return s;
    dw_signal_tracks_close(s);
    return NULL;
}

void dw_signal_tracks_close(dw_signal_tracks *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->plan.n; i++) {
        dw_signal_close(s->one[i].signal);
        dw_spec_clear(&s->one[i].spec);
        dw_runs_clear(&s->one[i].runs);
        dw_runs_clear(&s->one[i].scratch);
    }
    dw_pool_free(s->pool);
    dw_spans_clear(&s->spans);
    dw_free(s->one);
    dw_free(s);
}

static int runs_of_signal(void *signal, uint32_t begin, uint32_t end,
                          size_t limit, dw_runs *out, dw_err *err)
{
    return dw_signal_runs(signal, begin, end, limit, out, err);
}

/* Track i of the table; in any thread. */
static void cut_one(void *ctx, size_t thread, size_t i)
{
    dw_signal_tracks *s = ctx;
    struct one *one = &s->one[i];

    (void)thread;
    dw_runs_reset(&one->runs);
    /* A fault is in err. */
    (void)!dw_track_cut(&s->spans, runs_of_signal, one->signal, &one->runs,
                        &one->scratch, &one->err);
    dw_signal_rest(one->signal);
}

int dw_signal_tracks_fill(dw_signal_tracks *s, const dw_variants *v,
                          dw_tracks *t, dw_err *err)
{
    dw_tracks_clear(t);
    strcpy(t->contig, v->contig);
    t->window = (uint32_t)s->plan.window;
    t->bin = (uint32_t)s->plan.bin;
    if (dw_spans_of_windows(&s->spans, v->pos, v->m, t->window, err) < 0)
        return err->code;
    for (size_t i = 0; i < s->plan.n; i++)
        dw_signal_meet(s->one[i].signal, v, &s->one[i].misses);
    dw_pool_for(s->pool, s->plan.n, cut_one, s);
    for (size_t i = 0; i < s->plan.n; i++) {
        struct one *one = &s->one[i];

        if (one->err.code) {
            *err = one->err;
            return err->code;
        }
        if (dw_runs_track(&one->runs, one->spec.name, ".", t, err) < 0)
            return err->code;
        dw_runs_clear(&one->runs);
    }
    return 0;
}

void dw_signal_tracks_tell(const dw_signal_tracks *s)
{
    for (size_t i = 0; i < s->plan.n; i++)
        dw_signal_tell(s->one[i].signal, &s->one[i].misses);
}

void dw_signal_tracks_inputs(const dw_signal_tracks *s,
                             void (*add)(void *ctx, const char *name,
                                         uint64_t digest),
                             void *ctx)
{
    for (size_t i = 0; i < s->plan.n; i++)
        add(ctx, s->one[i].spec.file,
            dw_bigwig_digest(dw_signal_file(s->one[i].signal)));
}

int dw_signal_tracks_check_build(const dw_signal_tracks *s, const char *build,
                                 dw_err *err)
{
    for (size_t i = 0; i < s->plan.n; i++) {
        int rc = dw_signal_check_build(s->one[i].signal, build, err);

        if (rc < 0)
            return rc;
    }
    return 0;
}

size_t dw_track_plan_batch(const dw_track_plan *plan, size_t most)
{
    size_t n = plan->n && plan->window ? BASES_MAX / plan->window : most;

    return n == 0 ? 1 : n < most ? n : most;
}
