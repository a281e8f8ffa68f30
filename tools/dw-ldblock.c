/*
 * dw-ldblock: variant stream (or only a panel) and genotypes in, block stream
 * out.  dw-ldblock(1).
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/par.h"
#include "cli/opts.h"
#include "input/lines.h"
#include "input/panel.h"
#include "input/read_regions.h"
#include "ld/admit.h"
#include "ld/cutter.h"
#include "ld/factor.h"
#include "linalg/blas.h"
#include "record/rec_ldbk.h"
#include "record/rec_stream.h"
#include "record/rec_vars.h"

/* Fewer people than this and sampling is a visible part of every r. */
enum { FEW_PEOPLE = 2000 };
/* Below this share of matches the two inputs are not of one build. */
static const double NO_MATCH = 0.01;

struct ldblock_opts {
    const char *geno, *samples, *region, *blocks;
    bool panel, dosage;
    size_t window, flank;
    dw_factor_cut cut;
    dw_admit admit;
    size_t max_variants;
};

/* --flank was not given. */
enum { NO_FLANK = INT32_MAX };

/* What one thread needs to make a block. */
struct bench {
    dw_factor_ws *ws;
    dw_ldblock ld;
    dw_variants var;
    dw_buf payload;
};

/* A block that was planned; its chunks once they are made. */
struct order {
    dw_piece piece;
    dw_buf packed;
    size_t k;
    dw_err err;
};

struct maker {
    const struct ldblock_opts *o;
    const dw_common *common;
    dw_geno *geno;
    dw_panel *panel;
    dw_regions regions, blocks; /* -r, --blocks */
    uint64_t blocks_digest;
    dw_sink *sink;
    dw_slide *slide;
    dw_cutter cutter;
    bool on_panel; /* the panel has the contig in hand */
    dw_pool *pool;
    struct bench *bench; /* one a thread */
    struct order *order; /* of the batch: written in order */
    size_t n_orders, max_orders;
    dw_progress *progress;
    dw_tally run, all; /* variants by what became of them */
    uint64_t n_read, n_blocks, sum_k, sum_core;
};

/* ---- blocks ---- */

/* Makes order i; in any thread. */
static void make_block(void *ctx, size_t thread, size_t i)
{
    struct maker *mk = ctx;
    struct bench *b = &mk->bench[thread];
    struct order *order = &mk->order[i];
    const dw_piece *p = &order->piece;
    dw_err *err = &order->err;

    *err = (dw_err){0};
    dw_buf_reset(&order->packed);
    dw_buf_reset(&b->payload);
    if (dw_factor_genotypes(b->ws, dw_slide_genotypes(mk->slide), p->begin,
                            p->m, p->core, p->l, &mk->o->cut, &b->ld, err) < 0)
        return;
    strcpy(b->ld.contig, dw_slide_contig(mk->slide));
    b->ld.start = p->start;
    b->ld.end = p->end;
    order->k = b->ld.k;
    if (dw_slide_cut(mk->slide, p->begin, p->begin + p->m, &b->var, err) < 0)
        return;
    dw_variants_pack(&b->var, &b->payload);
    if (dw_chunk_pack("VARS", DW_VARS_VERSION, p->m, b->payload.s, b->payload.n,
                      &order->packed, err) < 0)
        return;
    dw_buf_reset(&b->payload);
    dw_ldblock_pack(&b->ld, &b->payload);
    /* The fault, if there is one, is in err. */
    (void)!dw_chunk_pack("LDBK", DW_LDBK_VERSION, b->ld.k, b->payload.s,
                         b->payload.n, &order->packed, err);
}

/* Makes the blocks ordered, and writes them in their order. */
static int make_batch(struct maker *mk, dw_err *err)
{
    dw_pool_for(mk->pool, mk->n_orders, make_block, mk);
    for (size_t i = 0; i < mk->n_orders; i++) {
        struct order *order = &mk->order[i];

        if (order->err.code) {
            *err = order->err;
            return dw_err_prefix(err, "block %s:%" PRIu32 "-%" PRIu32,
                                 dw_slide_contig(mk->slide), order->piece.start,
                                 order->piece.end);
        }
        if (dw_sink_packed(mk->sink, &order->packed, err) < 0)
            return err->code;
        mk->n_blocks++;
        mk->sum_k += order->k;
        mk->sum_core += order->piece.l;
    }
    mk->n_orders = 0;
    dw_cutter_drop(&mk->cutter, mk->slide);
    dw_progress_at(mk->progress, mk->n_read, dw_slide_contig(mk->slide));
    return 0;
}

/* Orders what is whole, in batches; at the end of a contig, all. */
static int order_blocks(struct maker *mk, bool at_end, dw_err *err)
{
    for (;;) {
        bool more = dw_cutter_next(&mk->cutter, mk->slide, at_end,
                                   &mk->order[mk->n_orders].piece);

        mk->n_orders += more;
        if (mk->n_orders == mk->max_orders || (!more && at_end)) {
            if (make_batch(mk, err) < 0)
                return err->code;
        }
        if (!more)
            break;
    }
    if (!mk->n_orders)
        dw_cutter_drop(&mk->cutter, mk->slide);
    return 0;
}

/* Row `row` of v into the window, with a column that counts its ALT. */
static int take_variant(struct maker *mk, const dw_variants *v, size_t row,
                        const void *column, dw_err *err)
{
    const dw_genotypes *g = dw_slide_genotypes(mk->slide);
    dw_geno_stats stats = dw_geno_stats_of(g->kind, g->n, column);
    const char *reason = dw_admit_reason(&mk->o->admit, g->n, &stats);
    float eaf = v->eaf[row];

    dw_tally_add(&mk->run, reason ? reason : "taken", 1);
    if (reason)
        return 0;
    if (isnan(eaf))
        eaf = (float)(stats.mean / 2);
    if (dw_slide_push(mk->slide, v, row, eaf, column, &stats, err) < 0)
        return err->code;
    return order_blocks(mk, false, err);
}

/* Finishes the contig in hand and begins another; "": none. */
static int turn_to(struct maker *mk, const char *contig, dw_err *err)
{
    if (order_blocks(mk, true, err) < 0)
        return err->code;
    dw_slide_begin(mk->slide, contig);
    dw_cutter_begin(&mk->cutter, contig);
    return 0;
}

/* ---- runs ---- */

/* What a file is called, without its folders. */
static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static void describe(const struct ldblock_opts *o, dw_buf *how)
{
    dw_buf_adds(how, o->dosage ? "dosages" : "genotypes");
    if (o->blocks)
        dw_buf_addf(how, ", blocks with flanks of %zu", o->flank);
    else
        dw_buf_addf(how, ", windows of %zu with flanks of %zu", o->window,
                    o->flank);
    dw_buf_addf(how, ", min-eigen %g", o->cut.min_eigen);
    if (o->cut.keep_rank < 1)
        dw_buf_addf(how, ", keep-rank %g", o->cut.keep_rank);
    if (o->admit.min_maf > 0)
        dw_buf_addf(how, ", min-maf %g", o->admit.min_maf);
}

/* HEAD of a run: that of the input (an empty one if it has none), the panel. */
static int begin_run(struct maker *mk, const dw_head *in, dw_err *err)
{
    const struct ldblock_opts *o = mk->o;
    size_t people = dw_geno_people(mk->geno);
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
    dw_head_add_step(&head, "dw-ldblock", dw_version(), mk->common->history);
    if (dw_geno_digest(mk->geno))
        dw_head_add_input(&head, base_name(o->geno), dw_geno_digest(mk->geno));
    if (o->blocks)
        dw_head_add_input(&head, base_name(o->blocks), mk->blocks_digest);
    rc = dw_sink_begin(mk->sink, &head, err);
    dw_slide_free(mk->slide);
    mk->slide = dw_slide_new(dw_geno_kind_of(mk->geno), people, head.t, head.p);
    dw_buf_clear(&how);
    dw_head_clear(&head);
    return rc;
}

static int end_run(struct maker *mk, const dw_source *src, dw_err *err)
{
    uint64_t outside;
    int rc = turn_to(mk, "", err);

    outside = mk->cutter.outside - dw_tally_get(&mk->all, "outside_blocks");
    if (outside)
        dw_tally_add(&mk->run, "outside_blocks", outside);
    if (rc == 0)
        rc = dw_sink_end(mk->sink, src, "dw-ldblock", &mk->run, err);
    for (size_t i = 0; i < mk->run.n_items; i++)
        dw_tally_add(&mk->all, mk->run.item[i].reason, mk->run.item[i].n);
    dw_tally_clear(&mk->run);
    return rc;
}

/* One variant of the stream, looked up in the panel. */
static int look_up(struct maker *mk, const dw_variants *v, size_t row,
                   dw_err *err)
{
    const dw_genotypes *g = dw_slide_genotypes(mk->slide);
    bool swapped;
    void *column;
    size_t i;
    int rc;

    if (dw_panel_at(mk->panel, v->pos[row], err) < 0)
        return err->code;
    i = dw_panel_find(mk->panel, dw_texts_at(&v->ref, row),
                      dw_texts_at(&v->alt, row), &swapped);
    if (i == SIZE_MAX) {
        dw_tally_add(
            &mk->run,
            dw_panel_size(mk->panel) ? "alleles_differ" : "not_in_panel", 1);
        return 0;
    }
    column = dw_panel_column(mk->panel, i);
    if (swapped)
        dw_geno_flip(g->kind, g->n, column);
    rc = take_variant(mk, v, row, column, err);
    if (swapped) /* another variant of the stream may ask for it */
        dw_geno_flip(g->kind, g->n, column);
    return rc;
}

/* One VARS of the stream. */
static int take_chunk(struct maker *mk, const dw_variants *v, dw_err *err)
{
    const dw_regions *r = mk->o->region ? &mk->regions : NULL;
    size_t c = r ? dw_regions_contig(r, v->contig) : 0;
    int rc = 0;

    if (strcmp(v->contig, dw_slide_contig(mk->slide)) != 0) {
        if (turn_to(mk, v->contig, err) < 0 ||
            (rc = dw_panel_seek(mk->panel, v->contig, err)) < 0)
            return err->code;
        mk->on_panel = rc > 0;
    } else if (mk->on_panel && v->m && v->pos[0] < dw_panel_pos(mk->panel)) {
        return dw_fail(err, DW_EFORMAT, "variants of contig %s are not sorted",
                       v->contig);
    }
    rc = 0;
    for (size_t row = 0; row < v->m && rc == 0; row++) {
        mk->n_read++;
        if (r && dw_regions_find(r, c, v->pos[row]) == SIZE_MAX)
            dw_tally_add(&mk->run, "outside_region", 1);
        else if (!mk->on_panel)
            dw_tally_add(&mk->run, "contig_not_in_panel", 1);
        else
            rc = look_up(mk, v, row, err);
    }
    return rc;
}

static int run_stream(struct maker *mk, const char *path, dw_err *err)
{
    dw_source *src = dw_source_open(path, err);
    dw_variants v = {0};
    dw_chunk chunk;
    int rc = src ? 0 : err->code;

    while (src && (rc = dw_source_next(src, &chunk, err)) > 0) {
        if (dw_chunk_is(&chunk, "HEAD"))
            rc = begin_run(mk, dw_source_head(src), err);
        else if (dw_chunk_is(&chunk, "TAIL"))
            rc = end_run(mk, src, err);
        else if (!dw_chunk_is(&chunk, "VARS"))
            rc = dw_sink_pass(mk->sink, src, err);
        else if ((rc = dw_source_variants(src, &v, err)) == 0)
            rc = take_chunk(mk, &v, err);
        if (rc < 0)
            break;
    }
    dw_variants_clear(&v);
    dw_source_close(src);
    return rc;
}

/* The panel's next place as a table. */
static int table_of_place(const dw_panel *panel, dw_variants *v, dw_err *err)
{
    size_t m = dw_panel_size(panel);
    int rc = dw_variants_resize(v, m, 0, 0, err);

    strcpy(v->contig, dw_panel_contig(panel));
    for (size_t i = 0; i < m && rc == 0; i++) {
        dw_span id = dw_span_of(dw_panel_id(panel, i));
        dw_span ref = dw_span_of(dw_panel_ref(panel, i));
        dw_span alt = dw_span_of(dw_panel_alt(panel, i));

        v->pos[i] = dw_panel_pos(panel);
        v->eaf[i] = NAN;
        if (dw_texts_add(&v->id, id.s, id.n) < 0 ||
            dw_texts_add(&v->ref, ref.s, ref.n) < 0 ||
            dw_texts_add(&v->alt, alt.s, alt.n) < 0)
            rc = dw_fail(err, DW_ENOMEM, "not enough memory for variants");
    }
    return rc;
}

/* All variants of the panel, without a trait. */
static int run_panel(struct maker *mk, dw_err *err)
{
    const dw_head head = {0};
    dw_variants v = {0};
    int rc = begin_run(mk, &head, err);

    while (rc == 0 && (rc = dw_panel_next(mk->panel, err)) > 0) {
        rc = table_of_place(mk->panel, &v, err);
        if (rc == 0 && strcmp(v.contig, dw_slide_contig(mk->slide)) != 0)
            rc = turn_to(mk, v.contig, err);
        for (size_t i = 0; i < v.m && rc == 0; i++) {
            mk->n_read++;
            rc = take_variant(mk, &v, i, dw_panel_column(mk->panel, i), err);
        }
    }
    dw_variants_clear(&v);
    return rc < 0 ? rc : end_run(mk, NULL, err);
}

/* ---- before and after ---- */

static int check_usage(struct ldblock_opts *o, const dw_common *common,
                       dw_err *err)
{
    if (!o->geno)
        return dw_fail(err, DW_EUSAGE, "--geno is missing: a .bed, VCF or BCF");
    if (o->panel && common->n_args)
        return dw_fail(err, DW_EUSAGE,
                       "--panel takes no stream: all is in --geno");
    if (o->flank == NO_FLANK)
        o->flank = o->blocks ? 0 : 1000000;
    if (!o->blocks && o->window <= 2 * o->flank)
        return dw_fail(err, DW_EUSAGE,
                       "--window %zu leaves no core between two flanks of %zu",
                       o->window, o->flank);
    return 0;
}

static int read_blocks(struct maker *mk, dw_err *err)
{
    const char *path = mk->o->blocks;
    size_t i;

    if (dw_read_regions(path, &mk->blocks, &mk->blocks_digest, err) < 0)
        return err->code;
    i = dw_regions_overlap(&mk->blocks);
    if (i != SIZE_MAX)
        return dw_fail(err, DW_EFORMAT,
                       "%s:%zu: this block overlaps the one of line %zu; a "
                       "variant belongs to one core",
                       path, mk->blocks.item[i].line,
                       mk->blocks.item[mk->blocks.item[i - 1].reach].line);
    mk->cutter.plan.blocks = &mk->blocks;
    return 0;
}

static int open_all(struct maker *mk, dw_err *err)
{
    const struct ldblock_opts *o = mk->o;
    dw_geno_query query = {.samples = o->samples, .dosage = o->dosage};

    if (o->region) {
        if (dw_regions_add_text(&mk->regions, o->region, err) < 0)
            return err->code;
        dw_regions_sort(&mk->regions);
        query.regions = &mk->regions;
    }
    if (o->blocks && read_blocks(mk, err) < 0)
        return err->code;
    mk->geno = dw_geno_open(o->geno, &query, err);
    if (!mk->geno)
        return err->code;
    if (dw_geno_people(mk->geno) < 2)
        return dw_fail(err, DW_EDEGENERATE,
                       "%s: one person has no correlations", o->geno);
    if (dw_geno_people(mk->geno) < FEW_PEOPLE)
        dw_warn("%s: %zu people; with fewer than %d the LD is a noisy one, "
                "which dw-fit has to learn (tau)",
                o->geno, dw_geno_people(mk->geno), FEW_PEOPLE);
    mk->panel = dw_panel_new(mk->geno);
    mk->cutter.plan.step = (uint32_t)(o->window - 2 * o->flank);
    mk->cutter.plan.flank = (uint32_t)o->flank;
    mk->cutter.max_variants = o->max_variants;
    mk->pool = dw_pool_new(mk->common->threads);
    mk->bench = dw_alloc(mk->common->threads, sizeof *mk->bench);
    for (size_t i = 0; i < mk->common->threads; i++)
        mk->bench[i].ws = dw_factor_ws_new();
    mk->max_orders = 2 * mk->common->threads;
    mk->order = dw_alloc(mk->max_orders, sizeof *mk->order);
    mk->sink = dw_sink_open(mk->common->out, err);
    return mk->sink ? 0 : err->code;
}

static void close_all(struct maker *mk)
{
    for (size_t i = 0; i < mk->max_orders; i++)
        dw_buf_clear(&mk->order[i].packed);
    for (size_t i = 0; mk->bench && i < mk->common->threads; i++) {
        dw_factor_ws_free(mk->bench[i].ws);
        dw_ldblock_clear(&mk->bench[i].ld);
        dw_variants_clear(&mk->bench[i].var);
        dw_buf_clear(&mk->bench[i].payload);
    }
    dw_free(mk->bench);
    dw_free(mk->order);
    dw_pool_free(mk->pool);
    dw_slide_free(mk->slide);
    dw_panel_free(mk->panel);
    dw_geno_close(mk->geno);
    dw_regions_clear(&mk->regions);
    dw_regions_clear(&mk->blocks);
    dw_sink_abandon(mk->sink);
    dw_tally_clear(&mk->run);
    dw_tally_clear(&mk->all);
}

/* Nothing found, or next to nothing: says what is the likely reason. */
static int check_match(const struct maker *mk, dw_err *err)
{
    uint64_t elsewhere = dw_tally_get(&mk->all, "contig_not_in_panel");
    uint64_t outside = dw_tally_get(&mk->all, "outside_region");
    uint64_t other = dw_tally_get(&mk->all, "alleles_differ");
    uint64_t absent = dw_tally_get(&mk->all, "not_in_panel");
    uint64_t asked = mk->n_read - elsewhere - outside;
    uint64_t found = asked - other - absent;
    const char *geno = mk->o->geno;

    if (mk->n_read == 0)
        return mk->o->panel
                   ? dw_fail(err, DW_EDEGENERATE, "%s: no variant in it", geno)
                   : 0;
    if (outside == mk->n_read)
        return dw_fail(err, DW_EMISMATCH, "-r %s: no variant lies there",
                       mk->o->region);
    if (asked == 0)
        return dw_fail(err, DW_EMISMATCH,
                       "%s has none of the stream's chromosomes%s", geno,
                       mk->o->region ? " in that region" : "");
    if ((double)found < NO_MATCH * (double)asked)
        return dw_fail(err, DW_EMISMATCH,
                       "%s has %" PRIu64 " of the stream's %" PRIu64
                       " variants on its chromosomes; %s",
                       geno, found, asked,
                       other > absent ? "most positions are there, but with "
                                        "other alleles: is it another strand, "
                                        "or are alleles coded?"
                                      : "are they of one genome build?");
    return 0;
}

static int check_blocks(const struct maker *mk, dw_err *err)
{
    if (mk->n_blocks || !mk->n_read)
        return 0;
    if (dw_tally_get(&mk->all, "taken") == 0)
        return dw_fail(err, DW_EDEGENERATE,
                       "%s: none of the variants found can be used "
                       "(%" PRIu64 " monomorphic, %" PRIu64 " below --min-maf, "
                       "%" PRIu64 " above --max-missing)",
                       mk->o->geno, dw_tally_get(&mk->all, "monomorphic"),
                       dw_tally_get(&mk->all, "low_maf"),
                       dw_tally_get(&mk->all, "high_missing"));
    return dw_fail(err, DW_EMISMATCH,
                   "%s: no variant lies in any of these blocks; are they of "
                   "another genome build?",
                   mk->o->blocks);
}

static void report(const struct maker *mk)
{
    dw_note("%" PRIu64 " variants in, %" PRIu64 " blocks out, mean rank %.0f "
            "of %.0f core variants",
            mk->n_read, mk->n_blocks,
            (double)mk->sum_k / (double)(mk->n_blocks ? mk->n_blocks : 1),
            (double)mk->sum_core / (double)(mk->n_blocks ? mk->n_blocks : 1));
    for (size_t i = 0; i < mk->all.n_items; i++)
        dw_note("  %-20s %10" PRIu64, mk->all.item[i].reason,
                mk->all.item[i].n);
    if (dw_panel_duplicates(mk->panel))
        dw_note("%" PRIu64 " variants of the panel are there twice; the first "
                "of each was taken",
                dw_panel_duplicates(mk->panel));
    if (mk->cutter.empty)
        dw_note("%" PRIu64 " blocks have no variant and were passed over",
                mk->cutter.empty);
    if (mk->cutter.split)
        dw_note("%" PRIu64 " blocks of more than %zu variants were cut into "
                "equal runs",
                mk->cutter.split, mk->o->max_variants);
}

static int run(void *opts, const dw_common *common, dw_err *err)
{
    struct ldblock_opts *o = opts;
    struct maker mk = {.o = o, .common = common};
    int rc = check_usage(o, common, err);

    dw_linalg_single_thread();
    if (rc == 0)
        rc = dw_linalg_check(err);
    if (rc == 0)
        rc = open_all(&mk, err);
    mk.progress = rc == 0 ? dw_progress_begin("variants", 0) : NULL;
    if (rc == 0)
        rc = o->panel
                 ? run_panel(&mk, err)
                 : run_stream(&mk, common->n_args ? common->arg[0] : NULL, err);
    dw_progress_end(mk.progress);
    if (rc == 0 && (rc = check_match(&mk, err)) == 0)
        rc = check_blocks(&mk, err);
    if (rc == 0) {
        rc = dw_sink_close(mk.sink, err);
        mk.sink = NULL;
    }
    if (rc == 0)
        report(&mk);
    close_all(&mk);
    return rc;
}

int main(int argc, char **argv)
{
    struct ldblock_opts o = {
        .window = 3000000,
        .flank = NO_FLANK,
        .cut = {.min_eigen = 1e-4, .keep_rank = 1},
        .admit = {.min_maf = 0, .max_missing = 1},
    };
    const dw_opt opt[] = {
        {"Panel", 0, "geno", DW_OPT_TEXT, &o.geno, "FILE",
         "genotypes: PLINK .bed (.bim and .fam beside it), VCF, BCF", 0, 0, 0,
         NULL},
        {NULL, 0, "samples", DW_OPT_TEXT, &o.samples, "FILE",
         "the people to take: IID, or FID IID, one a line", 0, 0, 0, NULL},
        {NULL, 'r', "region", DW_OPT_TEXT, &o.region, "REGION",
         "only there: 22, 6:25000000-34000000, or several by commas", 0, 0, 0,
         NULL},
        {NULL, 0, "dosage", DW_OPT_FLAG, &o.dosage, NULL,
         "DS of a VCF or BCF instead of GT", 0, 0, 0, NULL},
        {NULL, 0, "panel", DW_OPT_FLAG, &o.panel, NULL,
         "no stream in: all variants of the panel", 0, 0, 0, NULL},
        {NULL, 0, "min-maf", DW_OPT_REAL, &o.admit.min_maf, "X",
         "leave out variants below, in the panel", 0, 0.5, DW_OPT_LIVE, NULL},
        {NULL, 0, "max-missing", DW_OPT_REAL, &o.admit.max_missing, "X",
         "leave out variants above: share of people", 0, 1, DW_OPT_LIVE, NULL},
        {"Blocks", 0, "blocks", DW_OPT_TEXT, &o.blocks, "FILE",
         "cores from a BED, instead of windows", 0, 0, 0, NULL},
        {NULL, 0, "window", DW_OPT_SIZE, &o.window, "BP",
         "sliding windows: core and two flanks", 1, 1e9, DW_OPT_LIVE, NULL},
        {NULL, 0, "flank", DW_OPT_SIZE, &o.flank, "BP",
         "on either side of a core (1000000; 0 with --blocks)", 0, 5e8, 0,
         NULL},
        {NULL, 0, "max-variants", DW_OPT_SIZE, &o.max_variants, "INT",
         "cut cores with more into equal runs; 0: never", 0, 1e9, DW_OPT_LIVE,
         NULL},
        {"Factor", 0, "min-eigen", DW_OPT_REAL, &o.cut.min_eigen, "X",
         "drop eigenvalues below", 1e-8, 1, DW_OPT_LIVE, NULL},
        {NULL, 0, "keep-rank", DW_OPT_REAL, &o.cut.keep_rank, "X",
         "of the others keep this share of the trace", 1e-6, 1, DW_OPT_LIVE,
         NULL},
    };
    const dw_tool tool = {
        .name = "dw-ldblock",
        .summary = "variant stream in, block stream out",
        .synopsis = "--geno FILE [OPTION]... [STREAM]",
        .opt = opt,
        .n_opts = DW_COUNT(opt),
        .max_args = 1,
        .library = {dw_frame_library, dw_input_library, dw_linalg_library},
        .run = run,
    };

    return dw_tool_main(&tool, &o, argc, argv);
}
