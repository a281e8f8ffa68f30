#include "flow/block_index.h"

#include "base/mem.h"
#include "record/rec_ldbk.h"
#include "record/rec_trak.h"
#include "record/rec_vars.h"
#include "stream/reread.h"

/* The chunks of a block.  A size of 0: there is none. */
struct entry {
    dw_place vars, ldbk, trak;
};

struct dw_block_index {
    dw_source *src;
    dw_reread *reread;
    struct entry *entry; /* (n) */
    size_t n, cap;
};

dw_block_index *dw_block_index_new(dw_source *src, dw_err *err)
{
    dw_reread *reread = dw_reread_new(dw_source_reader(src), err);
    dw_block_index *x;

    if (!reread)
        return NULL;
    x = dw_alloc(1, sizeof *x);
    x->src = src;
    x->reread = reread;
    return x;
}

void dw_block_index_free(dw_block_index *x)
{
    if (!x)
        return;
    dw_reread_free(x->reread);
    dw_free(x->entry);
    dw_free(x);
}

int dw_block_index_note(dw_block_index *x, size_t i, dw_err *err)
{
    dw_place place;

    if (!dw_reader_place(dw_source_reader(x->src), &place))
        return dw_fail(err, DW_EUSAGE,
                       "%s: what comes through a pipe cannot be read again",
                       dw_source_name(x->src));
    if (dw_try_grow((void **)&x->entry, &x->cap, i + 1, sizeof *x->entry) < 0)
        return dw_fail(err, DW_ENOMEM, "no memory for an index of %zu blocks",
                       i + 1);
    for (; x->n <= i; x->n++)
        x->entry[x->n] = (struct entry){0};
    if (dw_chunk_is(&place.chunk, "VARS"))
        x->entry[i].vars = place;
    else if (dw_chunk_is(&place.chunk, "LDBK"))
        x->entry[i].ldbk = place;
    else
        x->entry[i].trak = place;
    return 0;
}

/* ---- reading again ---- */

static int read_again(void *ctx, size_t i, dw_variants *var, dw_ldblock *ld,
                      dw_tracks *tracks, dw_err *err)
{
    dw_block_index *x = ctx;
    const struct entry *e = &x->entry[i];
    const unsigned char *p;
    size_t n;

    if (var && (dw_reread_payload(x->reread, &e->vars, &p, &n, err) < 0 ||
                dw_variants_unpack(var, e->vars.chunk.version, p, n, err) < 0))
        return err->code;
    if (ld && (dw_reread_payload(x->reread, &e->ldbk, &p, &n, err) < 0 ||
               dw_ldblock_unpack(ld, e->ldbk.chunk.version, p, n, err) < 0))
        return err->code;
    if (tracks &&
        (dw_reread_payload(x->reread, &e->trak, &p, &n, err) < 0 ||
         dw_tracks_unpack(tracks, e->trak.chunk.version, p, n, err) < 0))
        return err->code;
    return 0;
}

dw_fit_origin dw_block_index_origin(dw_block_index *x)
{
    return (dw_fit_origin){read_again, x};
}
