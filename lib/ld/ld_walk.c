#include "ld/ld_walk.h"

#include <string.h>

#include "base/mem.h"
#include "data/contig_set.h"

struct dw_ld_walk {
    dw_ld_source *source;
    const dw_ld_source_kind *kind; /* the same, however often it is opened */
    dw_ld_source *(*open)(const void *ctx, dw_err *err);
    const void *ctx;
    dw_factor_cut cut;

    dw_ld_item ahead; /* read, and not yet given */
    bool has_ahead, at_end;
    char contig[DW_CONTIG_MAX]; /* of the item ahead, or given last */
    bool fresh;                 /* no block of that contig was given */

    bool sought;
    char wanted[DW_CONTIG_MAX]; /* "": the source has nothing of it */

    dw_contig_set known; /* contigs seen, and in which pass last */
    size_t *pass, n_passes;
    bool all_known; /* one pass came to the end */
};

dw_ld_walk *dw_ld_walk_new(dw_ld_source *take,
                           dw_ld_source *(*open)(const void *ctx, dw_err *err),
                           const void *ctx, const dw_factor_cut *cut)
{
    dw_ld_walk *w = dw_alloc(1, sizeof *w);

    w->source = take;
    w->kind = take->kind;
    w->open = open;
    w->ctx = ctx;
    w->cut = *cut;
    w->n_passes = 1;
    return w;
}

void dw_ld_walk_clear(const dw_ld_walk *w, dw_ld_item *item)
{
    if (item->bytes)
        w->kind->item_free(item->bytes);
    dw_variants_clear(&item->var);
    dw_ldblock_clear(&item->ld);
    dw_tally_clear(&item->tally);
    *item = (dw_ld_item){0};
}

void dw_ld_walk_free(dw_ld_walk *w)
{
    if (!w)
        return;
    dw_ld_walk_clear(w, &w->ahead);
    dw_ld_source_close(w->source);
    dw_contig_set_clear(&w->known);
    dw_free(w->pass);
    dw_free(w);
}

int dw_ld_walk_make(const dw_ld_walk *w, dw_ld_item *item, dw_err *err)
{
    int rc = 0;

    if (!item->made) {
        dw_tally_clear(&item->tally);
        rc = w->kind->make(w->source->self, item->bytes, &w->cut, &item->var,
                           &item->ld, &item->tally, err);
    }
    item->made = rc == 0;
    return rc;
}

/* ---- contigs ---- */

/* The item ahead is of another contig than the one before it. */
static int enter_contig(dw_ld_walk *w, const char *contig, dw_err *err)
{
    size_t known = w->known.n, i = dw_contig_set_add(&w->known, contig);

    if (i == SIZE_MAX)
        return dw_fail(err, DW_ENOMEM, "%s: too many chromosomes",
                       w->source->name);
    if (i == known) {
        w->pass = dw_realloc(w->pass, known + 1, sizeof *w->pass);
        w->pass[i] = 0;
    }
    if (w->pass[i] == w->n_passes)
        return dw_fail(err, DW_EFORMAT,
                       "%s: comes back to chromosome %s behind %s; each has to "
                       "be in one piece",
                       w->source->name, contig, w->contig);
    w->pass[i] = w->n_passes;
    strcpy(w->contig, contig);
    w->fresh = true;
    return 0;
}

/* Makes `ahead` the next block: 1, 0 at the end, negative. */
static int look_ahead(dw_ld_walk *w, dw_err *err)
{
    const char *contig;
    int rc;

    if (w->has_ahead)
        return 1;
    if (w->at_end)
        return 0;
    if (!w->ahead.bytes)
        w->ahead.bytes = w->kind->item_new();
    w->ahead.made = false;
    rc = w->kind->read(w->source->self, w->ahead.bytes, err);
    w->has_ahead = rc > 0;
    w->at_end = rc == 0;
    w->all_known |= rc == 0;
    if (rc <= 0)
        return rc;
    contig = w->kind->contig ? w->kind->contig(w->ahead.bytes) : NULL;
    if (!contig) {
        if (dw_ld_walk_make(w, &w->ahead, err) < 0)
            return err->code;
        contig = w->ahead.ld.contig;
    }
    if (strcmp(contig, w->contig) != 0 && enter_contig(w, contig, err) < 0)
        return err->code;
    return 1;
}

static int reopen(dw_ld_walk *w, dw_err *err)
{
    dw_ld_source *again = w->open(w->ctx, err);

    if (!again)
        return err->code;
    dw_ld_source_close(w->source);
    w->source = again;
    w->has_ahead = w->at_end = false;
    w->contig[0] = 0;
    w->n_passes++;
    return 0;
}

int dw_ld_walk_seek(dw_ld_walk *w, const char *contig, dw_err *err)
{
    size_t i = dw_contig_set_find(&w->known, contig);
    bool here = w->has_ahead && w->fresh && strcmp(w->contig, contig) == 0;
    int rc;

    w->sought = true;
    w->wanted[0] = 0;
    if (i == SIZE_MAX && w->all_known)
        return 0;
    if (i != SIZE_MAX && w->pass[i] == w->n_passes && !here &&
        reopen(w, err) < 0)
        return err->code;
    while ((rc = look_ahead(w, err)) > 0) {
        if (strcmp(w->contig, contig) == 0) {
            strcpy(w->wanted, contig);
            return 1;
        }
        w->has_ahead = false;
    }
    return rc;
}

int dw_ld_walk_next(dw_ld_walk *w, dw_ld_item *item, dw_err *err)
{
    dw_ld_item given;
    int rc;

    if (w->sought && !w->wanted[0])
        return 0;
    rc = look_ahead(w, err);
    if (rc <= 0 || (w->sought && strcmp(w->contig, w->wanted) != 0))
        return rc < 0 ? rc : 0;
    given = w->ahead;
    w->ahead = *item;
    *item = given;
    w->has_ahead = w->fresh = false;
    return 1;
}
