#include "flow/ldscore_annot.h"

#include <string.h>

#include "annot/keyed.h"
#include "base/mem.h"
#include "flow/added.h"
#include "flow/table_rows.h"
#include "lik/ldsr.h"
#include "record/hold.h"
#include "record/rec_stream.h"

static int next_table(void *self, dw_variants *v, dw_err *err)
{
    return dw_hold_next(self, v, err);
}

static int rewind_tables(void *self, dw_err *err)
{
    return dw_hold_rewind(self, err);
}

static void score_of(void *self, const dw_variants *v, size_t i, float *value)
{
    (void)self;
    *value = v->annot[i];
}

static void close_tables(void *self)
{
    dw_hold_free(self);
}

static void close_rows(void *self)
{
    dw_table_rows_free(self);
}

/* ---- the pass over the blocks ---- */

/* What is reused from block to block. */
struct pass {
    dw_ldsr_ws *ws;
    size_t max_m, max_k; /* of ws */
    double *score;       /* (max_m) */
    dw_variants core, scored;
};

static int make_room(struct pass *p, const dw_ldblock *b, dw_err *err)
{
    if (p->ws && b->m <= p->max_m && b->k <= p->max_k)
        return 0;
    p->max_m = b->m > p->max_m ? b->m : p->max_m;
    p->max_k = b->k > p->max_k ? b->k : p->max_k;
    dw_ldsr_ws_free(p->ws);
    dw_free(p->score);
    p->score = dw_try_alloc(p->max_m, sizeof(*p->score));
    p->ws = p->score ? dw_ldsr_ws_new(p->max_m, p->max_k) : NULL;
    if (!p->ws)
        return dw_fail(err, DW_ENOMEM, "no memory for a block of %zu variants",
                       b->m);
    return 0;
}

/* The core's keys with their scores, as a table of one annotation. */
static int keep_core(struct pass *p, const dw_block *block, dw_hold *hold,
                     dw_err *err)
{
    const dw_ldblock *b = &block->ld;
    const dw_ldsr_block factor = {.m = b->m,
                                  .k = b->k,
                                  .core = b->core,
                                  .l = b->l,
                                  .q = b->q,
                                  .people = b->people};
    dw_variants bare = block->var;

    bare.t = bare.p = 0;
    if (b->l == 0)
        return 0;
    if (make_room(p, b, err) < 0 ||
        dw_variants_slice(&p->core, &bare, b->core, b->core + b->l, err) < 0 ||
        dw_added_widen(&p->scored, &p->core, 0, 1, err) < 0)
        return err->code;
    if (dw_ldsr_scores(p->ws, &factor, p->score) < 0)
        return dw_fail(err, DW_EBUG, "block %zu: no LD scores", block->index);
    for (size_t i = 0; i < b->l; i++)
        p->scored.annot[i] = (float)p->score[i];
    return dw_hold_put(hold, &p->scored, err);
}

static int read_blocks(const char *path, dw_hold *hold, dw_err *err)
{
    dw_source *src = dw_source_open(path, err);
    dw_block block = {0};
    struct pass p = {0};
    int rc = src ? 0 : err->code;

    while (src && (rc = dw_source_block(src, &block, err)) > 0) {
        if ((rc = keep_core(&p, &block, hold, err)) < 0)
            break;
    }
    dw_ldsr_ws_free(p.ws);
    dw_free(p.score);
    dw_variants_clear(&p.core);
    dw_variants_clear(&p.scored);
    dw_block_clear(&block);
    dw_source_close(src);
    return rc;
}

dw_annotator *dw_ldscore_annot_open(const char *path, dw_err *err)
{
    dw_hold *scores = dw_hold_new(err); /* of all cores */
    const dw_table_source tables = {
        .self = scores,
        .name = "--feature ldscore",
        .next = next_table,
        .rewind = rewind_tables,
        .k = 1,
        .values = score_of,
        .close = close_tables,
    };
    dw_keyed_source keyed = {.close = close_rows};
    dw_table_rows *rows;
    dw_annotator *a;

    if (!scores || read_blocks(path, scores, err) < 0) {
        dw_hold_free(scores);
        return NULL;
    }
    rows = dw_table_rows_new(&tables);
    keyed.reader = *dw_table_rows_reader(rows);
    a = dw_keyed_annotator(&keyed, tables.name);
    dw_annotator_name(a, 0, "ldscore", ".");
    return a;
}
