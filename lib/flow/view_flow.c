#include "flow/view_flow.h"

#include <string.h>

#include "base/mem.h"
#include "flow/ld_text.h"
#include "flow/ldscore_flow.h"
#include "record/rec_json.h"
#include "record/rec_summary.h"
#include "record/rec_text.h"
#include "record/track_text.h"
#include "stream/pack.h"

struct view {
    dw_source *src;
    dw_outfile *out;
    const dw_chunk *chunk;
    const dw_view_of *of;
    size_t block; /* how many were seen */
    size_t rows;  /* how many things were shown */
    /* Of the variants at hand: factor, truth and tracks are there. */
    bool whole, truth, tracked;
    dw_block data;
    dw_truth true_data;
    dw_tracks tracks;
};

/* ---- one function a kind: each is given every chunk ---- */

/* The text of HEAD, TAIL or MODL, as it stands. */
static int view_lines(struct view *v, dw_err *err)
{
    const unsigned char *p;
    unsigned version;
    dw_span text;
    size_t n;

    if (!dw_chunk_is(v->chunk, v->of->kind->type))
        return 0;
    if (dw_source_payload(v->src, &p, &n, &version, err) < 0)
        return err->code;
    text = (dw_span){(const char *)p, n};
    if (dw_chunk_is(v->chunk, "MODL")) /* its text is followed by numbers */
        text = dw_unpack_text(&(dw_unpack){.p = p, .n = n});
    dw_outfile_write(v->out, text.s, text.n);
    v->rows++;
    return 0;
}

/* Takes VARS and LDBK in; 1 when a block, or variants of a run without LD, have
 * just become whole. */
static int take_block(struct view *v, dw_err *err)
{
    int rc;

    if (dw_chunk_is(v->chunk, "VARS")) {
        v->truth = v->tracked = false;
        rc = dw_source_variants(v->src, &v->data.var, err);
        v->whole = !dw_source_head(v->src)->panel.name;
    } else if (dw_chunk_is(v->chunk, "LDBK")) {
        rc = dw_source_ldblock(v->src, &v->data.ld, err);
        v->data.index = ++v->block;
        v->whole = true;
    } else {
        return 0;
    }
    return rc < 0 ? rc : v->whole;
}

static const dw_ldblock *factor_of(const struct view *v)
{
    return dw_source_head(v->src)->panel.name ? &v->data.ld : NULL;
}

static int view_variants(struct view *v, dw_err *err)
{
    int rc = take_block(v, err);

    if (rc <= 0)
        return rc;
    if (v->rows++ == 0)
        dw_text_variants_head(v->out, dw_source_head(v->src));
    dw_text_variants(v->out, &v->data.var, factor_of(v), v->data.index);
    return 0;
}

static int view_blocks(struct view *v, dw_err *err)
{
    int rc = take_block(v, err);

    if (rc <= 0 || !factor_of(v))
        return rc < 0 ? rc : 0;
    if (v->rows++ == 0)
        dw_text_block_head(v->out);
    dw_text_block(v->out, &v->data.ld, v->data.index);
    return 0;
}

/* Core variants alone: where blocks overlap, each variant is shown once. */
static int view_truth(struct view *v, dw_err *err)
{
    const dw_ldblock *ld;
    int rc = take_block(v, err);

    if (rc >= 0 && dw_chunk_is(v->chunk, "true")) {
        rc = dw_source_truth(v->src, &v->true_data, err);
        v->truth = true;
    }
    if (rc < 0)
        return rc;
    if (!v->whole || !v->truth)
        return 0;
    v->truth = false;
    if (v->rows++ == 0)
        dw_text_truth_head(v->out);
    ld = factor_of(v);
    dw_text_truth(v->out, &v->data.var, &v->true_data, ld ? ld->core : 0,
                  ld ? ld->core + ld->l : v->data.var.m);
    return 0;
}

/* Takes TRAK in too; 1 when it and its variants have just become whole. */
static int take_tracks(struct view *v, dw_err *err)
{
    int rc = take_block(v, err);

    if (rc >= 0 && dw_chunk_is(v->chunk, "TRAK")) {
        rc = dw_source_tracks(v->src, &v->tracks, err);
        v->tracked = true;
    }
    if (rc < 0)
        return rc;
    rc = v->whole && v->tracked;
    v->tracked = v->tracked && !rc;
    return rc;
}

static size_t block_of(const struct view *v)
{
    return factor_of(v) ? v->data.index : 0;
}

static int view_tracks(struct view *v, dw_err *err)
{
    int rc = take_tracks(v, err);

    if (rc <= 0)
        return rc;
    if (v->rows++ == 0)
        dw_text_tracks_head(v->out);
    dw_text_tracks(v->out, &v->tracks, block_of(v));
    return 0;
}

/* The number of the track that was asked for, of those just taken in. */
static int find_track(const struct view *v, size_t *i, dw_err *err)
{
    *i = dw_tracks_find(&v->tracks, v->of->track);
    if (*i != SIZE_MAX)
        return 0;
    return dw_fail(err, DW_EMISMATCH,
                   "%s: no track %s (--tracks names those that there are)",
                   dw_source_name(v->src), v->of->track);
}

static int view_bins(struct view *v, dw_err *err)
{
    int rc = take_tracks(v, err);
    size_t i;

    if (rc <= 0 || (rc = find_track(v, &i, err)) < 0)
        return rc;
    if (v->rows++ == 0)
        dw_text_bins_head(v->out, &v->tracks);
    return dw_text_bins(v->out, &v->data.var, factor_of(v), &v->tracks, i,
                        block_of(v), err);
}

static int view_runs(struct view *v, dw_err *err)
{
    int rc = take_tracks(v, err);
    size_t i;

    if (rc <= 0 || (rc = find_track(v, &i, err)) < 0)
        return rc;
    if (v->rows++ == 0)
        dw_text_runs_head(v->out);
    dw_text_runs(v->out, &v->tracks, i, block_of(v));
    return 0;
}

static int view_scores(struct view *v, dw_err *err)
{
    dw_scores s = {0};
    int rc = 0;

    if (!dw_chunk_is(v->chunk, "SCOR"))
        return 0;
    rc = dw_source_scores(v->src, &s, err);
    if (rc == 0 && v->rows++ == 0)
        dw_text_scores_head(v->out);
    if (rc == 0)
        dw_text_scores(v->out, &s);
    dw_scores_clear(&s);
    return rc;
}

/* Other blocks are not unpacked. */
static int view_ld(struct view *v, dw_err *err)
{
    if (!dw_chunk_is(v->chunk, "LDBK") || ++v->block != v->of->block)
        return 0;
    v->rows++;
    if (dw_source_ldblock(v->src, &v->data.ld, err) < 0)
        return err->code;
    return dw_ld_text_matrix(v->out, &v->data.ld, err);
}

/* ---- the kinds ---- */

static int whole_json(const dw_view_of *of, dw_outfile *out, dw_source *src,
                      dw_err *err)
{
    (void)of;
    return dw_json_stream(out, src, err);
}

static int whole_ldscores(const dw_view_of *of, dw_outfile *out, dw_source *src,
                          dw_err *err)
{
    return dw_ldscore_run(of->ldscores, out, src, err);
}

/* What shows a kind, and what a stream that has nothing to show lacks; or,
 * where `view` is NULL, what reads the stream for itself. */
static const struct shown {
    dw_view_kind kind;
    int (*view)(struct view *, dw_err *);
    const char *lack;
    int (*whole)(const dw_view_of *, dw_outfile *, dw_source *, dw_err *);
} KINDS[] = {
    {{"head", NULL, "what the stream is about, and its history", "HEAD"},
     view_lines,
     "head",
     NULL},
    {{"blocks", NULL, "one line a block: BLOCK CHR START END M CORE K", NULL},
     view_blocks,
     "blocks (dw-ldblock makes them)",
     NULL},
    {{"variants", NULL, "one line a variant, with z, N and annotations", NULL},
     view_variants,
     "variants",
     NULL},
    {{"ld", "BLOCK", "the LD of one block: core variants x all variants", NULL},
     view_ld,
     "block of that number",
     NULL},
    {{"ldscores", NULL, "LD scores of core variants: CHR SNP BP L2", NULL},
     NULL,
     NULL,
     whole_ldscores},
    {{"tracks", NULL, "one line a signal track, of each block", NULL},
     view_tracks,
     "tracks (dw-ingest --track takes them in)",
     NULL},
    {{"bins", "TRACK", "one line a variant, with the bins of one track", NULL},
     view_bins,
     "tracks (dw-ingest --track takes them in)",
     NULL},
    {{"runs", "TRACK", "one line a run of one track", NULL},
     view_runs,
     "tracks (dw-ingest --track takes them in)",
     NULL},
    {{"model", NULL, "what a model is", "MODL"},
     view_lines,
     "model (dw-fit makes one)",
     NULL},
    {{"scores", NULL, "one line a variant, with its scores", NULL},
     view_scores,
     "scores (dw-score makes them)",
     NULL},
    {{"truth", NULL, "one line a variant, with what it was simulated from",
      NULL},
     view_truth,
     "truth (dw-sim makes it)",
     NULL},
    {{"tail", NULL, "counts and tallies", "TAIL"}, view_lines, "tail", NULL},
    {{"json", NULL, "heads, chunks and tails, for programs", NULL},
     NULL,
     NULL,
     whole_json},
};

const dw_view_kind *dw_view_kind_at(size_t i)
{
    return i < DW_COUNT(KINDS) ? &KINDS[i].kind : NULL;
}

static const struct shown *shown_of(const dw_view_kind *kind)
{
    size_t i = 0;

    while (&KINDS[i].kind != kind)
        i++;
    return &KINDS[i];
}

static int walk(struct view *v, const struct shown *c, dw_err *err)
{
    dw_chunk chunk;
    int rc;

    v->chunk = &chunk;
    while ((rc = dw_source_next(v->src, &chunk, err)) > 0) {
        rc = c->view(v, err);
        if (rc < 0)
            break;
        if (dw_outfile_failed(v->out))
            return 0; /* closing it will say why */
    }
    if (rc == 0 && v->rows == 0)
        rc = dw_fail(err, DW_EMISMATCH, "%s holds no %s",
                     dw_source_name(v->src), c->lack);
    return rc;
}

int dw_view_stream(const dw_view_of *of, dw_outfile *out, dw_source *src,
                   dw_err *err)
{
    struct view v = {.of = of, .src = src, .out = out};
    const struct shown *shown = of->kind ? shown_of(of->kind) : NULL;
    int rc;

    if (!shown)
        rc = dw_summary_stream(out, src, err);
    else if (!shown->view)
        rc = shown->whole(of, out, src, err);
    else
        rc = walk(&v, shown, err);
    dw_block_clear(&v.data);
    dw_truth_clear(&v.true_data);
    dw_tracks_clear(&v.tracks);
    return rc;
}
