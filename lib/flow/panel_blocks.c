#include "flow/panel_blocks.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "flow/store_cost.h"
#include "flow/track_pieces.h"
#include "input/panel.h"
#include "input/panel_match.h"
#include "input/read_regions.h"
#include "record/rec_stream.h"
#include "record/rec_vars.h"

struct dw_panel_blocks {
    const dw_panel_blocks_opts *o;
    dw_geno *geno;
    dw_panel *panel;
    dw_regions regions, cores;
    uint64_t cores_digest;
    dw_sink *sink;
    dw_blocks *blocks;
    bool on_panel;    /* the panel has the contig in hand */
    bool whole_panel; /* no stream: all that the panel has */
    bool ended;       /* a run whose TAIL is not written yet */
    bool waiting;     /* a table is in hand, whose TRAK may follow */
    dw_variants table;
    dw_track_pieces *tracks; /* of the tables that blocks are made of */
    dw_progress *progress;
    dw_tally run, all; /* variants by what became of them */
    dw_store_cost cost;
    uint64_t n_read;
};

/* ---- blocks ---- */

static int pack_chunk(const char *type, unsigned version, uint64_t records,
                      dw_buf *payload, dw_buf *packed, dw_err *err)
{
    int rc = dw_chunk_pack(type, version, records, payload->s, payload->n,
                           packed, err);

    dw_buf_reset(payload);
    return rc;
}

static int pack_tracks(const dw_panel_blocks *b, const dw_variants *v,
                       dw_buf *payload, dw_buf *packed, dw_err *err)
{
    dw_tracks t = {0};
    int rc = dw_track_pieces_cut(b->tracks, v, &t, err);

    if (rc > 0) {
        dw_tracks_pack(&t, payload);
        rc = pack_chunk("TRAK", DW_TRAK_VERSION, t.n, payload, packed, err);
    }
    dw_tracks_clear(&t);
    return rc;
}

/* A block's two or three chunks; in any thread. */
static int pack_block(void *ctx, const dw_variants *v, const dw_ldblock *ld,
                      dw_buf *packed, dw_err *err)
{
    dw_panel_blocks *b = ctx;
    dw_buf payload = {0};
    unsigned version;
    int rc;

    dw_variants_pack(v, &payload);
    rc = pack_chunk("VARS", DW_VARS_VERSION, v->m, &payload, packed, err);
    if (rc == 0)
        rc = pack_tracks(b, v, &payload, packed, err);
    if (rc == 0)
        rc = dw_store_cost_pack(&b->cost, v, ld, &payload, &version, err);
    if (rc == 0)
        rc = pack_chunk("LDBK", version, ld->k, &payload, packed, err);
    dw_buf_clear(&payload);
    return rc;
}

static int put_block(void *ctx, const dw_buf *packed, dw_err *err)
{
    dw_panel_blocks *b = ctx;

    dw_progress_at(b->progress, b->n_read, dw_blocks_contig(b->blocks));
    return dw_sink_packed(b->sink, packed, err);
}

/* ---- runs ---- */

/* What a file is called, without its folders. */
static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static void describe(const dw_panel_blocks_opts *o, dw_buf *how)
{
    dw_buf_adds(how, o->dosage ? "dosages" : "genotypes");
    if (o->cores)
        dw_buf_addf(how, ", blocks with flanks of %zu", o->flank);
    else
        dw_buf_addf(how, ", windows of %zu with flanks of %zu", o->window,
                    o->flank);
    dw_buf_addf(how, ", min-eigen %g", o->cut.min_eigen);
    if (o->cut.keep_rank < 1)
        dw_buf_addf(how, ", keep-rank %g", o->cut.keep_rank);
    if (o->admit.min_maf > 0)
        dw_buf_addf(how, ", min-maf %g", o->admit.min_maf);
    if (o->admit.max_missing < 1)
        dw_buf_addf(how, ", max-missing %g", o->admit.max_missing);
    if (o->max_variants)
        dw_buf_addf(how, ", max-variants %zu", o->max_variants);
}

/* HEAD of a run: that of the input (an empty one if it has none), the panel. */
static int begin_run(dw_panel_blocks *b, const dw_head *in, dw_err *err)
{
    const dw_panel_blocks_opts *o = b->o;
    size_t people = dw_geno_people(b->geno);
    dw_head head = {0};
    dw_buf how = {0};
    int rc;

    if (in->panel.name)
        return dw_fail(err, DW_EMISMATCH,
                       "the stream holds blocks already, made from %s",
                       in->panel.name);
    dw_head_copy(&head, in);
    describe(o, &how);
    dw_head_set_panel(&head, base_name(o->geno), people, how.s);
    dw_head_add_step(&head, "dw-ldblock", b->o->version, b->o->args);
    if (dw_geno_text(b->geno))
        dw_head_add_input(&head, base_name(dw_geno_text(b->geno)),
                          dw_geno_digest(b->geno));
    if (o->cores)
        dw_head_add_input(&head, base_name(o->cores), b->cores_digest);
    rc = dw_sink_begin(b->sink, &head, err);
    dw_blocks_begin(b->blocks, head.t, head.p);
    dw_buf_clear(&how);
    dw_head_clear(&head);
    return rc;
}

/* The run's last blocks; what it counted is added to the whole.  Its TAIL is
 * still to come: see write_tail. */
static int end_run(dw_panel_blocks *b, dw_err *err)
{
    uint64_t outside;
    int rc = dw_blocks_turn(b->blocks, "", err);

    outside = dw_blocks_counted(b->blocks).outside -
              dw_tally_get(&b->all, "outside_blocks");
    if (outside)
        dw_tally_add(&b->run, "outside_blocks", outside);
    for (size_t i = 0; i < b->run.n_items; i++)
        dw_tally_add(&b->all, b->run.item[i].reason, b->run.item[i].n);
    b->ended = true;
    return rc;
}

/* The TAIL of a run that has ended, if it is not there yet.  It waits until
 * another run begins, or until all that was read is found to be good, so that
 * what is refused is a stream cut short for whoever reads from a pipe. */
static int write_tail(dw_panel_blocks *b, const dw_source *src, dw_err *err)
{
    int rc = 0;

    dw_store_cost_end(&b->cost, &b->run);
    if (b->ended)
        rc = dw_sink_end(b->sink, src, "dw-ldblock", &b->run, err);
    b->ended = false;
    dw_tally_clear(&b->run);
    return rc;
}

/* One variant of the stream, looked up in the panel. */
static int look_up(dw_panel_blocks *b, const dw_variants *v, size_t row,
                   dw_err *err)
{
    bool swapped;
    size_t i;
    int rc;

    if (dw_panel_at(b->panel, v->pos[row], err) < 0)
        return err->code;
    i = dw_panel_find(b->panel, dw_texts_at(&v->ref, row),
                      dw_texts_at(&v->alt, row), &swapped);
    if (i == SIZE_MAX) {
        dw_tally_add(
            &b->run,
            dw_panel_size(b->panel) ? "alleles_differ" : "not_in_panel", 1);
        return 0;
    }
    if (swapped)
        dw_panel_flip(b->panel, i);
    rc = dw_blocks_take(b->blocks, v, row, dw_panel_column(b->panel, i),
                        &b->run, err);
    if (swapped) /* another variant of the stream may ask for it */
        dw_panel_flip(b->panel, i);
    return rc;
}

/* One VARS of the stream. */
static int take_chunk(dw_panel_blocks *b, const dw_variants *v, dw_err *err)
{
    const dw_regions *r = b->o->region ? &b->regions : NULL;
    size_t c = r ? dw_regions_contig(r, v->contig) : 0;
    int rc = 0;

    if (strcmp(v->contig, dw_blocks_contig(b->blocks)) != 0) {
        if (dw_blocks_turn(b->blocks, v->contig, err) < 0 ||
            (rc = dw_panel_seek(b->panel, v->contig, err)) < 0)
            return err->code;
        b->on_panel = rc > 0;
    } else if (b->on_panel && v->m && v->pos[0] < dw_panel_pos(b->panel)) {
        return dw_fail(err, DW_EFORMAT, "variants of contig %s are not sorted",
                       v->contig);
    }
    rc = 0;
    for (size_t row = 0; row < v->m && rc == 0; row++) {
        b->n_read++;
        if (r && dw_regions_find(r, c, v->pos[row]) == SIZE_MAX)
            dw_tally_add(&b->run, "outside_region", 1);
        else if (!b->on_panel)
            dw_tally_add(&b->run, "contig_not_in_panel", 1);
        else
            rc = look_up(b, v, row, err);
    }
    return rc;
}

/* The table in hand goes into blocks, which need its TRAK: so it waits until
 * what follows it is known. */
static int settle_table(dw_panel_blocks *b, dw_err *err)
{
    int rc = 0;

    if (b->waiting)
        rc = take_chunk(b, &b->table, err);
    b->waiting = false;
    dw_track_pieces_drop(b->tracks, dw_blocks_contig(b->blocks),
                         dw_blocks_first(b->blocks));
    return rc;
}

static int take_tracks(dw_panel_blocks *b, dw_source *src, dw_err *err)
{
    dw_tracks t = {0};
    int rc = dw_source_tracks(src, &t, err);

    if (rc == 0)
        dw_track_pieces_take(b->tracks, &b->table, &t);
    dw_tracks_clear(&t);
    return rc;
}

/* ---- is it what was meant? ---- */

/* Nothing found, or next to nothing: says what is the likely reason. */
static int check_match(const dw_panel_blocks *b, dw_err *err)
{
    uint64_t outside = dw_tally_get(&b->all, "outside_region");
    dw_panel_match m = {
        .asked =
            b->n_read - outside - dw_tally_get(&b->all, "contig_not_in_panel"),
        .other = dw_tally_get(&b->all, "alleles_differ"),
    };
    const char *geno = b->o->geno;

    m.found = m.asked - m.other - dw_tally_get(&b->all, "not_in_panel");
    if (b->n_read == 0)
        return b->whole_panel
                   ? dw_fail(err, DW_EDEGENERATE, "%s: no variant in it", geno)
                   : 0;
    if (outside == b->n_read)
        return dw_fail(err, DW_EMISMATCH, "-r %s: no variant lies there",
                       b->o->region);
    if (m.asked == 0)
        return dw_fail(err, DW_EMISMATCH,
                       "%s has none of the stream's chromosomes%s", geno,
                       b->o->region ? " in that region" : "");
    return dw_panel_match_check(&m, geno, "the stream", err);
}

/* No block came out. */
static int check_blocks(const dw_panel_blocks *b, dw_err *err)
{
    if (dw_blocks_counted(b->blocks).blocks || !b->n_read)
        return 0;
    if (dw_tally_get(&b->all, "taken") == 0)
        return dw_fail(err, DW_EDEGENERATE,
                       "%s: none of the variants found can be used "
                       "(%" PRIu64 " monomorphic, %" PRIu64 " below --min-maf, "
                       "%" PRIu64 " above --max-missing)",
                       b->o->geno, dw_tally_get(&b->all, "monomorphic"),
                       dw_tally_get(&b->all, "low_maf"),
                       dw_tally_get(&b->all, "high_missing"));
    return dw_fail(err, DW_EMISMATCH,
                   "%s: no variant lies in any of these blocks; are they of "
                   "another genome build?",
                   b->o->cores);
}

/* What was read has ended. */
static int finish(dw_panel_blocks *b, const dw_source *src, dw_err *err)
{
    if (check_match(b, err) < 0 || check_blocks(b, err) < 0)
        return err->code;
    return write_tail(b, src, err);
}

/* ---- what is read ---- */

static int begin_next_run(dw_panel_blocks *b, const dw_source *src, dw_err *err)
{
    int rc = write_tail(b, src, err);

    return rc < 0 ? rc : begin_run(b, dw_source_head(src), err);
}

static int take_any(dw_panel_blocks *b, dw_source *src, const dw_chunk *chunk,
                    dw_err *err)
{
    bool vars = dw_chunk_is(chunk, "VARS"), head = dw_chunk_is(chunk, "HEAD");
    int rc = 0;

    if (dw_chunk_is(chunk, "TRAK"))
        return take_tracks(b, src, err);
    if (!vars && !head && !dw_chunk_is(chunk, "TAIL"))
        return dw_sink_pass(b->sink, src, err);
    rc = settle_table(b, err);
    if (rc < 0)
        return rc;
    if (vars) {
        b->waiting = true;
        return dw_source_variants(src, &b->table, err);
    }
    if (head)
        return begin_next_run(b, src, err);
    rc = end_run(b, err);
    dw_track_pieces_clear(b->tracks);
    return rc;
}

int dw_panel_blocks_of_stream(dw_panel_blocks *b, const char *path, dw_err *err)
{
    dw_source *src = dw_source_open(path, err);
    dw_chunk chunk;
    int rc = src ? 0 : err->code;

    while (src && (rc = dw_source_next(src, &chunk, err)) > 0) {
        rc = take_any(b, src, &chunk, err);
        if (rc < 0)
            break;
    }
    if (rc == 0 && src)
        rc = finish(b, src, err);
    dw_source_close(src);
    return rc;
}

/* All variants of the panel, without a trait. */
int dw_panel_blocks_of_panel(dw_panel_blocks *b, dw_err *err)
{
    const dw_head head = {0};
    dw_variants v = {0};
    int rc = begin_run(b, &head, err);

    b->whole_panel = true;
    while (rc == 0 && (rc = dw_panel_next(b->panel, err)) > 0) {
        rc = dw_panel_table(b->panel, &v, err);
        if (rc == 0 && strcmp(v.contig, dw_blocks_contig(b->blocks)) != 0)
            rc = dw_blocks_turn(b->blocks, v.contig, err);
        for (size_t i = 0; i < v.m && rc == 0; i++) {
            b->n_read++;
            rc = dw_blocks_take(b->blocks, &v, i, dw_panel_column(b->panel, i),
                                &b->run, err);
        }
    }
    dw_variants_clear(&v);
    if (rc == 0)
        rc = end_run(b, err);
    return rc < 0 ? rc : finish(b, NULL, err);
}

/* ---- before and after ---- */

static dw_blocks *new_blocks(dw_panel_blocks *b)
{
    const dw_panel_blocks_opts *o = b->o;
    const dw_blocks_opts opts = {
        .cut = o->cut,
        .admit = o->admit,
        .blocks = o->cores ? &b->cores : NULL,
        .step = o->cores ? 0 : (uint32_t)(o->window - 2 * o->flank),
        .flank = (uint32_t)o->flank,
        .max_variants = o->max_variants,
        .threads = o->threads,
    };
    const dw_blocks_out out = {b, pack_block, put_block};

    return dw_blocks_new(&opts, &out, dw_geno_kind_of(b->geno),
                         dw_geno_people(b->geno));
}

static int open_all(dw_panel_blocks *b, const char *out, dw_err *err)
{
    const dw_panel_blocks_opts *o = b->o;
    dw_geno_query query = {.samples = o->samples, .dosage = o->dosage};

    if (o->region) {
        if (dw_regions_add_text(&b->regions, o->region, err) < 0)
            return err->code;
        dw_regions_sort(&b->regions);
        query.regions = &b->regions;
    }
    if (o->cores &&
        dw_read_cores(o->cores, &b->cores, &b->cores_digest, err) < 0)
        return err->code;
    b->geno = dw_geno_open(o->geno, &query, err);
    if (!b->geno)
        return err->code;
    if (dw_geno_people(b->geno) < 2)
        return dw_fail(err, DW_EDEGENERATE,
                       "%s: one person has no correlations", o->geno);
    b->panel = dw_panel_new(b->geno);
    b->blocks = new_blocks(b);
    b->sink = dw_sink_open(out, err);
    return b->sink ? 0 : err->code;
}

dw_panel_blocks *dw_panel_blocks_open(const dw_panel_blocks_opts *o,
                                      const char *out, dw_err *err)
{
    dw_panel_blocks *b = dw_alloc(1, sizeof *b);

    b->o = o;
    b->cost.store = o->store;
    b->tracks = dw_track_pieces_new();
    if (open_all(b, out, err) < 0) {
        dw_panel_blocks_free(b);
        return NULL;
    }
    b->progress = dw_progress_begin("variants", 0);
    return b;
}

void dw_panel_blocks_free(dw_panel_blocks *b)
{
    if (!b)
        return;
    dw_progress_end(b->progress);
    dw_blocks_free(b->blocks);
    dw_panel_free(b->panel);
    dw_track_pieces_free(b->tracks);
    dw_variants_clear(&b->table);
    dw_geno_close(b->geno);
    dw_regions_clear(&b->regions);
    dw_regions_clear(&b->cores);
    dw_sink_abandon(b->sink);
    dw_tally_clear(&b->run);
    dw_tally_clear(&b->all);
    dw_free(b);
}

int dw_panel_blocks_finish(dw_panel_blocks *b, dw_err *err)
{
    dw_sink *sink = b->sink;

    dw_progress_end(b->progress);
    b->progress = NULL;
    b->sink = NULL;
    return dw_sink_close(sink, err);
}

const dw_tally *dw_panel_blocks_tally(const dw_panel_blocks *b)
{
    return &b->all;
}

dw_blocks_counts dw_panel_blocks_counted(const dw_panel_blocks *b)
{
    return dw_blocks_counted(b->blocks);
}

uint64_t dw_panel_blocks_read(const dw_panel_blocks *b)
{
    return b->n_read;
}

uint64_t dw_panel_blocks_duplicates(const dw_panel_blocks *b)
{
    return dw_panel_duplicates(b->panel);
}

size_t dw_panel_blocks_people(const dw_panel_blocks *b)
{
    return dw_geno_people(b->geno);
}

const dw_store_cost *dw_panel_blocks_cost(const dw_panel_blocks *b)
{
    return &b->cost;
}
