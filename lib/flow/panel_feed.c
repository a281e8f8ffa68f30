#include "flow/panel_feed.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "input/panel.h"

struct dw_panel_feed {
    dw_panel_feed_to to;
    dw_geno *geno;
    dw_panel *panel;
    bool on_panel; /* the panel has the contig in hand */
};

dw_panel_feed *dw_panel_feed_open(const char *path, const dw_geno_query *query,
                                  const dw_panel_feed_to *to, dw_err *err)
{
    dw_geno *geno = dw_geno_open(path, query, err);
    dw_panel_feed *f;

    if (geno && dw_geno_people(geno) < 2) {
        dw_fail(err, DW_EDEGENERATE, "%s: one person has no correlations",
                path);
        dw_geno_close(geno);
        geno = NULL;
    }
    if (!geno)
        return NULL;
    f = dw_alloc(1, sizeof *f);
    f->to = *to;
    f->geno = geno;
    f->panel = dw_panel_new(geno);
    return f;
}

void dw_panel_feed_close(dw_panel_feed *f)
{
    if (!f)
        return;
    dw_panel_free(f->panel);
    dw_geno_close(f->geno);
    dw_free(f);
}

const dw_geno *dw_panel_feed_geno(const dw_panel_feed *f)
{
    return f->geno;
}

/* ---- variants of a stream ---- */

int dw_panel_feed_turn(dw_panel_feed *f, const char *contig, dw_err *err)
{
    int rc = f->to.turn(f->to.ctx, contig, err);

    f->on_panel = false;
    if (rc < 0 || !*contig)
        return rc;
    rc = dw_panel_seek(f->panel, contig, err);
    f->on_panel = rc > 0;
    return rc < 0 ? rc : 0;
}

int dw_panel_feed_row(dw_panel_feed *f, const dw_variants *v, size_t row,
                      dw_tally *tally, dw_err *err)
{
    bool swapped;
    size_t i;
    int rc;

    if (!f->on_panel) {
        dw_tally_add(tally, "contig_not_in_panel", 1);
        return 0;
    }
    if (dw_panel_at(f->panel, v->pos[row], err) < 0)
        return err->code;
    i = dw_panel_find(f->panel, dw_texts_at(&v->ref, row),
                      dw_texts_at(&v->alt, row), &swapped);
    if (i == SIZE_MAX) {
        dw_tally_add(
            tally, dw_panel_size(f->panel) ? "alleles_differ" : "not_in_panel",
            1);
        return 0;
    }
    if (swapped)
        dw_panel_flip(f->panel, i);
    rc =
        f->to.take(f->to.ctx, v, row, dw_panel_column(f->panel, i), tally, err);
    if (swapped) /* another variant of the stream may ask for it */
        dw_panel_flip(f->panel, i);
    return rc;
}

/* ---- all variants of the panel ---- */

static int take_place(dw_panel_feed *f, const dw_variants *v,
                      const dw_scope *scope, dw_tally *tally, dw_err *err)
{
    for (size_t i = 0; i < v->m; i++) {
        const char *why = dw_scope_reason(scope, v->contig, v->pos[i]);

        if (why)
            dw_tally_add(tally, why, 1);
        else if (f->to.take(f->to.ctx, v, i, dw_panel_column(f->panel, i),
                            tally, err) < 0)
            return err->code;
    }
    return 0;
}

int dw_panel_feed_all(dw_panel_feed *f, const dw_scope *scope, uint64_t *n,
                      dw_tally *tally, dw_err *err)
{
    char contig[DW_CONTIG_MAX] = "";
    dw_variants v = {0};
    int rc = 0;

    while (rc == 0 && (rc = dw_panel_next(f->panel, err)) > 0) {
        rc = dw_panel_table(f->panel, &v, err);
        if (rc == 0 && strcmp(v.contig, contig) != 0) {
            rc = f->to.turn(f->to.ctx, v.contig, err);
            strcpy(contig, v.contig);
        }
        *n += v.m;
        if (rc == 0)
            rc = take_place(f, &v, scope, tally, err);
    }
    dw_variants_clear(&v);
    if (dw_panel_duplicates(f->panel))
        dw_tally_add(tally, "duplicate", dw_panel_duplicates(f->panel));
    if (dw_geno_unplaced(f->geno))
        dw_tally_add(tally, "no_place", dw_geno_unplaced(f->geno));
    return rc;
}

/* ---- counts ---- */

void dw_panel_feed_note(const dw_panel_feed *f)
{
    uint64_t twice = dw_panel_duplicates(f->panel);
    uint64_t unplaced = dw_geno_unplaced(f->geno);

    if (twice)
        dw_note("%" PRIu64 " variants of the panel are there twice; the first "
                "of each was taken",
                twice);
    if (unplaced)
        dw_note("%" PRIu64 " variants of the panel have no position or no "
                "second allele, and were passed over",
                unplaced);
}
