#include "flow/panel_blocks.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "data/build.h"
#include "flow/block_chunks.h"
#include "flow/geno_maker.h"
#include "flow/ld_maker.h"
#include "flow/track_pieces.h"
#include "flow/z_check.h"
#include "input/panel_match.h"
#include "input/read_regions.h"
#include "ld/shrink.h"
#include "record/rec_stream.h"

/* Fewer people than this and sampling is a visible part of every r. */
enum { FEW_PEOPLE = 2000 };

struct dw_panel_blocks {
    const dw_panel_blocks_opts *o;
    dw_regions region, except;
    uint64_t except_digest;
    dw_scope scope;
    dw_block_maker maker;
    dw_z_check *check; /* NULL: not wanted */
    dw_sink *sink;
    bool whole;   /* no stream: all that the panel has */
    bool ended;   /* a run whose TAIL is not written yet */
    bool waiting; /* a table is in hand, whose TRAK may follow */
    dw_variants table;
    uint32_t last_pos;       /* of the contig in hand */
    dw_track_pieces *tracks; /* of the tables that blocks are made of */
    dw_progress *progress;
    dw_tally run, all; /* variants by what became of them */
    dw_store_cost cost;
    uint64_t n_read;
};

/* What the LD comes from, for messages. */
static const char *name_of(const dw_panel_blocks *b)
{
    return b->o->ld ? b->o->ld : b->o->geno;
}

static const char *contig_of(const dw_panel_blocks *b)
{
    return b->maker.kind->contig(b->maker.self);
}

/* ---- blocks ---- */

/* The chunks of a block, its LD shrunk if that is asked for. */
static int pack_chunks(dw_panel_blocks *b, const dw_variants *v,
                       const dw_tracks *t, const dw_ldblock *ld, dw_buf *packed,
                       dw_err *err)
{
    dw_ldblock shrunk = {0};
    int rc;

    if (b->o->shrink == 0)
        return dw_block_chunks_pack(t, &b->cost, v, ld, packed, err);
    rc = dw_shrink_block(ld, b->o->shrink, &shrunk, err);
    if (rc == 0)
        rc = dw_block_chunks_pack(t, &b->cost, v, &shrunk, packed, err);
    dw_ldblock_clear(&shrunk);
    return rc;
}

/* In the thread that takes and drops tracks. */
static int cut_tracks(void *ctx, const dw_variants *v, dw_tracks *t,
                      dw_err *err)
{
    const dw_panel_blocks *b = ctx;
    int rc = dw_track_pieces_cut(b->tracks, v, t, err);

    return rc < 0 ? rc : 0;
}

static int pack_block(void *ctx, const dw_variants *v, const dw_tracks *t,
                      const dw_ldblock *ld, dw_buf *packed, dw_err *err)
{
    dw_panel_blocks *b = ctx;
    dw_variants seen;
    dw_buf found = {0};
    int rc;

    if (!b->check)
        return pack_chunks(b, v, t, ld, packed, err);
    rc = dw_z_check_block(b->check, v, ld, &seen, &found, err);
    if (rc == 0) {
        rc = pack_chunks(b, &seen, t, ld, packed, err);
        dw_buf_add(packed, found.s, found.n);
        dw_z_check_done(&seen);
    }
    dw_buf_clear(&found);
    return rc;
}

static int put_block(void *ctx, const dw_buf *packed, dw_err *err)
{
    dw_panel_blocks *b = ctx;
    dw_buf chunks;

    dw_progress_at(b->progress, b->n_read, contig_of(b));
    if (!b->check)
        return dw_sink_packed(b->sink, packed, err);
    chunks = dw_z_check_collect(b->check, packed);
    return dw_sink_packed(b->sink, &chunks, err);
}

/* ---- runs ---- */

/* The panel's making, and what is done to it here. */
static void say_shrink(double share, dw_head *head)
{
    char *name = dw_strdup(head->panel.name);
    dw_buf how = {0};

    dw_buf_addf(&how, "%s, shrunk by %g", head->panel.how, share);
    dw_head_set_panel(head, name, head->panel.people, how.s);
    dw_buf_clear(&how);
    dw_free(name);
}

/* HEAD of a run: that of the input (an empty one if it has none), the panel. */
static int begin_run(dw_panel_blocks *b, const dw_head *in, dw_err *err)
{
    dw_head head = {0};
    int rc;

    if (b->check && dw_z_check_begin(b->check, in, err) < 0)
        return err->code;
    dw_head_copy(&head, in);
    rc = b->maker.kind->describe(b->maker.self, &head, err);
    if (rc == 0 && b->o->shrink > 0)
        say_shrink(b->o->shrink, &head);
    if (rc == 0 && b->o->except)
        dw_head_add_input(&head, dw_path_name(b->o->except), b->except_digest);
    if (rc == 0)
        rc = dw_sink_begin(b->sink, &head, err);
    if (rc == 0)
        b->maker.kind->begin(b->maker.self, head.t, head.p);
    b->last_pos = 0;
    dw_head_clear(&head);
    return rc;
}

/* The run's last blocks; what it counted is added to the whole.  Its TAIL is
 * still to come: see write_tail. */
static int end_run(dw_panel_blocks *b, dw_err *err)
{
    int rc = b->maker.kind->turn(b->maker.self, "", err);

    b->maker.kind->tell(b->maker.self, &b->run);
    if (b->check)
        dw_z_check_tell(b->check, &b->run);
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

/* One VARS of the stream. */
static int take_chunk(dw_panel_blocks *b, const dw_variants *v, dw_err *err)
{
    int rc = 0;

    if (strcmp(v->contig, contig_of(b)) != 0) {
        rc = b->maker.kind->turn(b->maker.self, v->contig, err);
        b->last_pos = 0;
    }
    for (size_t row = 0; row < v->m && rc == 0; row++) {
        const char *why = dw_scope_reason(&b->scope, v->contig, v->pos[row]);

        b->n_read++;
        if (why)
            dw_tally_add(&b->run, why, 1);
        else
            rc = b->maker.kind->take(b->maker.self, v, row, &b->run, err);
        b->last_pos = v->pos[row];
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
    dw_track_pieces_drop(b->tracks, contig_of(b),
                         b->maker.kind->first(b->maker.self));
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

/* A panel without a stream, of which no variant came. */
static int no_variant(const dw_panel_blocks *b, dw_err *err)
{
    dw_buf why = {0};

    if (b->o->region)
        return dw_fail(err, DW_EMISMATCH, "-r %s: no variant of %s lies there",
                       b->o->region, name_of(b));
    for (size_t i = 0; i < b->all.n_items; i++)
        dw_buf_addf(&why, "%s%" PRIu64 " %s", i ? ", " : ": ", b->all.item[i].n,
                    b->all.item[i].reason);
    dw_fail(err, DW_EDEGENERATE, "%s: no variant in it that can be used%s",
            name_of(b), why.s ? why.s : "");
    dw_buf_clear(&why);
    return err->code;
}

/* Nothing found, or next to nothing: says what is the likely reason. */
static int check_match(const dw_panel_blocks *b, dw_err *err)
{
    uint64_t off = dw_tally_get(&b->all, "outside_region");
    uint64_t except = dw_tally_get(&b->all, "excluded");
    uint64_t asked = b->n_read - off - except;
    dw_panel_match m = {
        .asked = asked - dw_tally_get(&b->all, "contig_not_in_panel"),
        .other = dw_tally_get(&b->all, "alleles_differ"),
    };
    const char *name = name_of(b);
    uint64_t beyond = b->maker.kind->counted(b->maker.self).beyond;

    m.found = m.asked - m.other - dw_tally_get(&b->all, "not_in_panel");
    if (b->n_read == 0)
        return b->whole ? no_variant(b, err) : 0;
    if (asked == 0)
        return except ? dw_fail(err, DW_EMISMATCH,
                                "--exclude %s: no variant lies elsewhere",
                                b->o->except)
                      : dw_fail(err, DW_EMISMATCH,
                                "-r %s: no variant lies there", b->o->region);
    if (m.asked == 0)
        return dw_fail(err, DW_EMISMATCH,
                       "%s has none of the stream's chromosomes%s", name,
                       b->o->region ? " in that region" : "");
    /* LD of a part of a chromosome says nothing of what lies elsewhere. */
    m.asked -= beyond;
    if (m.asked == 0)
        return dw_fail(err, DW_EMISMATCH,
                       "%s has no block where any variant of the stream is; "
                       "are they of one genome build?",
                       name);
    return dw_panel_match_check(&m, name, "the stream", err);
}

/* No block came out. */
static int check_blocks(const dw_panel_blocks *b, dw_err *err)
{
    if (b->maker.kind->counted(b->maker.self).blocks || !b->n_read)
        return 0;
    if (dw_tally_get(&b->all, "taken") == 0)
        return dw_fail(err, DW_EDEGENERATE,
                       "%s: none of the variants found can be used "
                       "(%" PRIu64 " monomorphic, %" PRIu64 " below --min-maf, "
                       "%" PRIu64 " above --max-missing)",
                       name_of(b), dw_tally_get(&b->all, "monomorphic"),
                       dw_tally_get(&b->all, "low_maf"),
                       dw_tally_get(&b->all, "high_missing"));
    if (b->o->ld)
        return dw_fail(err, DW_EMISMATCH,
                       "%s: no variant lies in the core of any of its blocks",
                       b->o->ld);
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
    const dw_head *head = dw_source_head(src);

    if (head->panel.name) {
        dw_fail(err, DW_EMISMATCH,
                "the stream holds blocks already, made from %s",
                head->panel.name);
        return dw_source_fail(src, err);
    }
    if (write_tail(b, src, err) < 0)
        return err->code;
    return begin_run(b, head, err);
}

/* The table that waits, until what follows it is known. */
static int read_table(dw_panel_blocks *b, dw_source *src, dw_err *err)
{
    const dw_variants *v = &b->table;

    if (dw_source_variants(src, &b->table, err) < 0)
        return err->code;
    b->waiting = true;
    if (v->m == 0 || strcmp(v->contig, contig_of(b)) != 0 ||
        v->pos[0] >= b->last_pos)
        return 0;
    dw_fail(err, DW_EFORMAT, "variants of contig %s are not sorted", v->contig);
    return dw_source_fail(src, err);
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
    if (vars)
        return read_table(b, src, err);
    if (head)
        return begin_next_run(b, src, err);
    rc = end_run(b, err);
    dw_track_pieces_clear(b->tracks);
    return rc;
}

/* Standard input, which nobody named, is no stream: perhaps none was meant. */
static int name_panel(dw_err *err)
{
    dw_err why = *err;

    return dw_fail(err, why.code, "%s (--panel reads no stream)", why.msg);
}

int dw_panel_blocks_of_stream(dw_panel_blocks *b, const char *path, dw_err *err)
{
    dw_source *src = dw_source_open(path, err);
    bool begun = false;
    dw_chunk chunk;
    int rc = src ? 0 : err->code;

    while (src && (rc = dw_source_next(src, &chunk, err)) > 0) {
        begun = true;
        rc = take_any(b, src, &chunk, err);
        if (rc < 0)
            break;
    }
    if (rc == DW_EFORMAT && !path && !begun)
        rc = name_panel(err);
    if (rc == 0 && src)
        rc = finish(b, src, err);
    dw_source_close(src);
    return rc;
}

int dw_panel_blocks_of_panel(dw_panel_blocks *b, dw_err *err)
{
    dw_head head = {0};
    int rc;

    if (b->o->build)
        dw_head_set_build(&head, dw_build_name(b->o->build));
    rc = begin_run(b, &head, err);
    dw_head_clear(&head);
    b->whole = true;
    if (rc == 0)
        rc = b->maker.kind->whole(b->maker.self, &b->n_read, &b->run, err);
    if (rc == 0)
        rc = end_run(b, err);
    return rc < 0 ? rc : finish(b, NULL, err);
}

/* ---- before and after ---- */

static int open_all(dw_panel_blocks *b, const char *out, dw_err *err)
{
    const dw_panel_blocks_opts *o = b->o;
    const dw_blocks_out to = {b, cut_tracks, pack_block, put_block};

    if (o->region) {
        if (dw_regions_add_text(&b->region, o->region, err) < 0)
            return err->code;
        dw_regions_sort(&b->region);
        b->scope.only = &b->region;
    }
    if (o->except) {
        if (dw_read_regions(o->except, &b->except, &b->except_digest, err) < 0)
            return err->code;
        b->scope.except = &b->except;
    }
    b->maker = o->ld ? dw_ld_maker_open(o, &b->scope, &to, err)
                     : dw_geno_maker_open(o, &b->scope, &to, err);
    if (!b->maker.self)
        return err->code;
    if (o->check.action != DW_Z_CHECK_OFF) {
        b->check = dw_z_check_open(&o->check, err);
        if (!b->check)
            return err->code;
    }
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
    if (b->maker.self)
        b->maker.kind->close(b->maker.self);
    dw_track_pieces_free(b->tracks);
    dw_variants_clear(&b->table);
    dw_regions_clear(&b->region);
    dw_regions_clear(&b->except);
    dw_z_check_free(b->check);
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
    if (b->check && dw_z_check_finish(b->check, err) < 0) {
        dw_sink_abandon(sink);
        return err->code;
    }
    return dw_sink_close(sink, err);
}

void dw_panel_blocks_report(const dw_panel_blocks *b)
{
    dw_blocks_counts c = b->maker.kind->counted(b->maker.self);
    uint64_t people = b->maker.kind->people(b->maker.self);
    double n = (double)(c.blocks ? c.blocks : 1);

    dw_note("%" PRIu64 " variants in, %" PRIu64 " blocks out, mean rank %.0f "
            "of %.0f core variants",
            b->n_read, c.blocks, (double)c.rank / n, (double)c.core / n);
    dw_tally_note(&b->all);
    dw_store_cost_note(&b->cost);
    if (people && people < FEW_PEOPLE)
        dw_warn("%s: %" PRIu64 " people; with fewer than %d the LD is a noisy "
                "one, which dw-fit has to learn (tau)",
                name_of(b), people, FEW_PEOPLE);
    if (c.empty)
        dw_note("%" PRIu64 " blocks have no variant and were passed over",
                c.empty);
    b->maker.kind->report(b->maker.self);
}
