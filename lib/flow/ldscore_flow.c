#include "flow/ldscore_flow.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/par.h"
#include "flow/block_flow.h"
#include "flow/ldscore_edges.h"

/* LDSC's M_5_50 counts the variants above. */
static const double COMMON_MAF = 0.05;

/* What is worked out of one block. */
struct scored {
    dw_ld_place place; /* of its core on the chromosome */
    size_t missing;    /* annotations without a value */
    size_t *first;
    double *score;
    size_t cap_first, cap_score;
    dw_buf text;
};

struct job {
    const dw_ldscore_plan *plan;
    dw_outfile *out;
    dw_source *src;
    dw_ldscores_ws **ws;      /* a thread's own */
    const dw_flow_item *last; /* that was read */
    dw_ld_place behind;       /* where `last` ends */
    dw_ld_edges *edges;
    dw_err edge_err; /* of a block long gone: told without the one in hand */
    bool headed;
    size_t p, missing;
    double *all, *common; /* (p) sums of annotations over core variants */
};

/* ---- in the thread that reads ---- */

static int begin_block(void *self, dw_source *src, dw_flow_item *item,
                       dw_err *err)
{
    struct job *j = self;
    struct scored *own = item->own;
    const dw_head *head = dw_source_head(src);

    if (j->p == 0) {
        j->p = j->plan->by_annotation ? head->p : 1;
        if (j->p == 0)
            return dw_fail(err, DW_EMISMATCH,
                           "the stream has no annotations (dw-ingest takes "
                           "them in)");
        j->all = dw_alloc(j->p, sizeof *j->all);
        j->common = dw_alloc(j->p, sizeof *j->common);
    }
    if (j->last)
        dw_ld_place_next(&j->behind, &j->last->b.ld);
    j->last = item;
    own->place = j->behind;
    return 0;
}

/* ---- in any thread ---- */

/* Three digits behind the point, as LDSC has it. */
static void add_number(dw_buf *text, double x)
{
    char digit[24];
    size_t at = sizeof digit;
    uint64_t n;

    if (!(fabs(x) < 1e12)) {
        dw_buf_addf(text, "%.3f", x);
        return;
    }
    n = (uint64_t)llrint(fabs(x) * 1000);
    for (int i = 0; n || i < 5; i++) {
        digit[--at] = i == 3 ? '.' : (char)('0' + n % 10);
        n = i == 3 ? n : n / 10;
    }
    if (signbit(x))
        digit[--at] = '-';
    dw_buf_add(text, digit + at, sizeof digit - at);
}

static void write_rows(struct scored *own, const dw_block *b, size_t p)
{
    const dw_variants *v = &b->var;
    const size_t l = b->ld.l;

    dw_buf_reset(&own->text);
    for (size_t i = 0; i < l; i++) {
        size_t at = b->ld.core + i;

        dw_buf_addf(&own->text, "%s\t%s\t%" PRIu32, v->contig,
                    dw_texts_at(&v->id, at), v->pos[at]);
        for (size_t a = 0; a < p; a++) {
            dw_buf_addc(&own->text, '\t');
            add_number(&own->text, own->score[i + a * l]);
        }
        dw_buf_addc(&own->text, '\n');
    }
}

static int make_room(struct scored *own, const dw_ldblock *b, size_t p)
{
    void *first = own->first, *score = own->score;
    int rc = dw_try_grow(&first, &own->cap_first, b->m, sizeof *own->first);

    own->first = first;
    if (rc == 0)
        rc = dw_try_grow(&score, &own->cap_score, b->l, p * sizeof(double));
    own->score = score;
    return rc;
}

static void score_block(void *self, size_t thread, dw_flow_item *item)
{
    struct job *j = self;
    struct scored *own = item->own;
    dw_variants *v = &item->b.var;
    const dw_ldblock *b = &item->b.ld;
    const bool each = j->plan->by_annotation;

    own->missing = 0;
    for (size_t i = 0; each && i < v->m * v->p; i++) {
        if (isnan(v->annot[i])) {
            size_t row = i % v->m;

            own->missing += row >= b->core && row < b->core + b->l;
            v->annot[i] = 0;
        }
    }
    dw_ld_place_settle(&own->place, b);
    if (make_room(own, b, j->p) < 0) {
        (void)!dw_fail(&item->err, DW_ENOMEM, "no memory for %zu LD scores",
                       b->l * j->p);
        return;
    }
    dw_ld_window_first(&j->plan->window, b->m, v->pos,
                       own->place.rank - b->core, own->first);
    if (dw_ldscores_block(j->ws[thread], b, own->first, j->p,
                          each ? v->annot : NULL, own->score) < 0) {
        (void)!dw_fail(&item->err, DW_ENOMEM,
                       "no memory for the LD of %zu variants", b->m);
        return;
    }
    write_rows(own, &item->b, j->p);
}

/* ---- in the order of the stream ---- */

static void write_head(struct job *j)
{
    const dw_head *head = dw_source_head(j->src);

    dw_outfile_printf(j->out, "CHR\tSNP\tBP");
    if (j->p == 1)
        dw_outfile_printf(j->out, "\tL2");
    for (size_t a = 0; j->p > 1 && a < j->p; a++)
        dw_outfile_printf(j->out, "\t%sL2", head->annot[a].name);
    dw_outfile_printf(j->out, "\n");
    j->headed = true;
}

static void count(struct job *j, const dw_block *b)
{
    const dw_variants *v = &b->var;

    for (size_t a = 0; a < j->p; a++) {
        for (size_t i = b->ld.core; i < b->ld.core + b->ld.l; i++) {
            double x = j->plan->by_annotation ? v->annot[i + a * v->m] : 1;
            double maf = fmin(v->eaf[i], 1 - v->eaf[i]);

            j->all[a] += x;
            j->common[a] += maf > COMMON_MAF ? x : 0;
        }
    }
}

static int finish_block(void *self, dw_flow_item *item, dw_err *err)
{
    struct job *j = self;
    struct scored *own = item->own;

    (void)err;
    if (dw_ld_edges_add(j->edges, &item->b, &own->place, &j->edge_err) < 0)
        return -1;
    if (!j->headed)
        write_head(j);
    dw_outfile_write(j->out, own->text.s, own->text.n);
    count(j, &item->b);
    j->missing += own->missing;
    return dw_outfile_failed(j->out) ? -1 : 0;
}

static void clear_block(void *self)
{
    struct scored *own = self;

    dw_free(own->first);
    dw_free(own->score);
    dw_buf_clear(&own->text);
}

/* ---- the counts beside the scores ---- */

static int write_counts(const char *prefix, const char *suffix,
                        const double *sum, size_t p, dw_err *err)
{
    dw_buf path = {0};
    dw_outfile *out;

    dw_buf_addf(&path, "%s%s", prefix, suffix);
    out = dw_outfile_open(path.s, false, err);
    dw_buf_clear(&path);
    if (!out)
        return err->code;
    for (size_t a = 0; a < p; a++)
        dw_outfile_printf(out, "%s%.15g", a ? "\t" : "", sum[a]);
    dw_outfile_printf(out, "\n");
    return dw_outfile_close(out, err);
}

static int finish(struct job *j, dw_err *err)
{
    const char *prefix = j->plan->counts;
    int rc = dw_ld_edges_finish(j->edges, err);

    if (rc == 0 && prefix)
        rc = write_counts(prefix, ".l2.M", j->all, j->p, err);
    if (rc == 0 && prefix)
        rc = write_counts(prefix, ".l2.M_5_50", j->common, j->p, err);
    if (rc == 0 && j->missing)
        dw_note("%zu values of annotations are missing, and taken as 0",
                j->missing);
    return rc;
}

/* A block was refused; or writing failed, of which closing says why. */
static int tell_edge(const struct job *j, dw_err *err)
{
    if (j->edge_err.code)
        *err = j->edge_err;
    return j->edge_err.code;
}

int dw_ldscore_run(const dw_ldscore_plan *plan, dw_outfile *out, dw_source *src,
                   dw_err *err)
{
    struct job j = {.plan = plan, .out = out, .src = src};
    const dw_flow flow = {.own_size = sizeof(struct scored),
                          .begin = begin_block,
                          .work = score_block,
                          .finish = finish_block,
                          .clear = clear_block};
    dw_pool *pool = dw_pool_new(plan->threads);
    int rc;

    j.ws = dw_alloc(plan->threads, sizeof *j.ws);
    for (size_t t = 0; t < plan->threads; t++)
        j.ws[t] = dw_ldscores_ws_new();
    j.edges = dw_ld_edges_new(&plan->window);
    rc = dw_flow_run(&flow, &j, src, pool, err);
    if (rc == 0)
        rc = finish(&j, err);
    else if (!err->code)
        rc = tell_edge(&j, err);
    for (size_t t = 0; t < plan->threads; t++)
        dw_ldscores_ws_free(j.ws[t]);
    dw_free(j.ws);
    dw_free(j.all);
    dw_free(j.common);
    dw_ld_edges_free(j.edges);
    dw_pool_free(pool);
    return rc;
}
