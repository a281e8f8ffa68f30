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
#include "cli/opts.h"
#include "input/lines.h"
#include "input/panel.h"
#include "input/panel_match.h"
#include "input/read_regions.h"
#include "ld/blocks.h"
#include "linalg/blas.h"
#include "record/rec_ldbk.h"
#include "record/rec_stream.h"
#include "record/rec_vars.h"

/* Fewer people than this and sampling is a visible part of every r. */
enum { FEW_PEOPLE = 2000 };
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

struct maker {
    const struct ldblock_opts *o;
    const dw_common *common;
    dw_geno *geno;
    dw_panel *panel;
    dw_regions regions, cores; /* -r, --blocks */
    uint64_t cores_digest;
    dw_sink *sink;
    dw_blocks *blocks;
    bool on_panel; /* the panel has the contig in hand */
    dw_progress *progress;
    dw_tally run, all; /* variants by what became of them */
    uint64_t n_read;
};

/* A block's two chunks; in any thread. */
static int pack_block(const dw_variants *v, const dw_ldblock *b, dw_buf *packed,
                      dw_err *err)
{
    dw_buf payload = {0};
    int rc;

    dw_variants_pack(v, &payload);
    rc = dw_chunk_pack("VARS", DW_VARS_VERSION, v->m, payload.s, payload.n,
                       packed, err);
    dw_buf_reset(&payload);
    if (rc == 0) {
        dw_ldblock_pack(b, &payload);
        rc = dw_chunk_pack("LDBK", DW_LDBK_VERSION, b->k, payload.s, payload.n,
                           packed, err);
    }
    dw_buf_clear(&payload);
    return rc;
}

static int put_block(void *ctx, const dw_buf *packed, dw_err *err)
{
    struct maker *mk = ctx;

    dw_progress_at(mk->progress, mk->n_read, dw_blocks_contig(mk->blocks));
    return dw_sink_packed(mk->sink, packed, err);
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
        dw_head_add_input(&head, base_name(o->blocks), mk->cores_digest);
    rc = dw_sink_begin(mk->sink, &head, err);
    dw_blocks_begin(mk->blocks, head.t, head.p);
    dw_buf_clear(&how);
    dw_head_clear(&head);
    return rc;
}

static int end_run(struct maker *mk, const dw_source *src, dw_err *err)
{
    uint64_t outside;
    int rc = dw_blocks_turn(mk->blocks, "", err);

    outside = dw_blocks_counted(mk->blocks).outside -
              dw_tally_get(&mk->all, "outside_blocks");
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
    bool swapped;
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
    if (swapped)
        dw_panel_flip(mk->panel, i);
    rc = dw_blocks_take(mk->blocks, v, row, dw_panel_column(mk->panel, i),
                        &mk->run, err);
    if (swapped) /* another variant of the stream may ask for it */
        dw_panel_flip(mk->panel, i);
    return rc;
}

/* One VARS of the stream. */
static int take_chunk(struct maker *mk, const dw_variants *v, dw_err *err)
{
    const dw_regions *r = mk->o->region ? &mk->regions : NULL;
    size_t c = r ? dw_regions_contig(r, v->contig) : 0;
    int rc = 0;

    if (strcmp(v->contig, dw_blocks_contig(mk->blocks)) != 0) {
        if (dw_blocks_turn(mk->blocks, v->contig, err) < 0 ||
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

/* All variants of the panel, without a trait. */
static int run_panel(struct maker *mk, dw_err *err)
{
    const dw_head head = {0};
    dw_variants v = {0};
    int rc = begin_run(mk, &head, err);

    while (rc == 0 && (rc = dw_panel_next(mk->panel, err)) > 0) {
        rc = dw_panel_table(mk->panel, &v, err);
        if (rc == 0 && strcmp(v.contig, dw_blocks_contig(mk->blocks)) != 0)
            rc = dw_blocks_turn(mk->blocks, v.contig, err);
        for (size_t i = 0; i < v.m && rc == 0; i++) {
            mk->n_read++;
            rc = dw_blocks_take(mk->blocks, &v, i,
                                dw_panel_column(mk->panel, i), &mk->run, err);
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

static dw_blocks *new_blocks(struct maker *mk)
{
    const struct ldblock_opts *o = mk->o;
    const dw_blocks_opts opts = {
        .cut = o->cut,
        .admit = o->admit,
        .blocks = o->blocks ? &mk->cores : NULL,
        .step = (uint32_t)(o->window - 2 * o->flank),
        .flank = (uint32_t)o->flank,
        .max_variants = o->max_variants,
        .threads = mk->common->threads,
    };
    const dw_blocks_out out = {mk, pack_block, put_block};

    return dw_blocks_new(&opts, &out, dw_geno_kind_of(mk->geno),
                         dw_geno_people(mk->geno));
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
    if (o->blocks &&
        dw_read_cores(o->blocks, &mk->cores, &mk->cores_digest, err) < 0)
        return err->code;
    mk->geno = dw_geno_open(o->geno, &query, err);
    if (!mk->geno)
        return err->code;
    if (dw_geno_people(mk->geno) < 2)
        return dw_fail(err, DW_EDEGENERATE,
                       "%s: one person has no correlations", o->geno);
    mk->panel = dw_panel_new(mk->geno);
    mk->blocks = new_blocks(mk);
    mk->sink = dw_sink_open(mk->common->out, err);
    return mk->sink ? 0 : err->code;
}

static void close_all(struct maker *mk)
{
    dw_blocks_free(mk->blocks);
    dw_panel_free(mk->panel);
    dw_geno_close(mk->geno);
    dw_regions_clear(&mk->regions);
    dw_regions_clear(&mk->cores);
    dw_sink_abandon(mk->sink);
    dw_tally_clear(&mk->run);
    dw_tally_clear(&mk->all);
}

/* Nothing found, or next to nothing: says what is the likely reason. */
static int check_match(const struct maker *mk, dw_err *err)
{
    uint64_t outside = dw_tally_get(&mk->all, "outside_region");
    dw_panel_match m = {
        .asked = mk->n_read - outside -
                 dw_tally_get(&mk->all, "contig_not_in_panel"),
        .other = dw_tally_get(&mk->all, "alleles_differ"),
    };
    const char *geno = mk->o->geno;

    m.found = m.asked - m.other - dw_tally_get(&mk->all, "not_in_panel");
    if (mk->n_read == 0)
        return mk->o->panel
                   ? dw_fail(err, DW_EDEGENERATE, "%s: no variant in it", geno)
                   : 0;
    if (outside == mk->n_read)
        return dw_fail(err, DW_EMISMATCH, "-r %s: no variant lies there",
                       mk->o->region);
    if (m.asked == 0)
        return dw_fail(err, DW_EMISMATCH,
                       "%s has none of the stream's chromosomes%s", geno,
                       mk->o->region ? " in that region" : "");
    return dw_panel_match_check(&m, geno, "the stream", err);
}

static int check_blocks(const struct maker *mk, dw_err *err)
{
    if (dw_blocks_counted(mk->blocks).blocks || !mk->n_read)
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
    dw_blocks_counts c = dw_blocks_counted(mk->blocks);
    double n = (double)(c.blocks ? c.blocks : 1);
    size_t people = dw_geno_people(mk->geno);

    dw_note("%" PRIu64 " variants in, %" PRIu64 " blocks out, mean rank %.0f "
            "of %.0f core variants",
            mk->n_read, c.blocks, (double)c.rank / n, (double)c.core / n);
    for (size_t i = 0; i < mk->all.n_items; i++)
        dw_note("  %-20s %10" PRIu64, mk->all.item[i].reason,
                mk->all.item[i].n);
    if (people < FEW_PEOPLE)
        dw_warn("%s: %zu people; with fewer than %d the LD is a noisy one, "
                "which dw-fit has to learn (tau)",
                mk->o->geno, people, FEW_PEOPLE);
    if (dw_panel_duplicates(mk->panel))
        dw_note("%" PRIu64 " variants of the panel are there twice; the first "
                "of each was taken",
                dw_panel_duplicates(mk->panel));
    if (c.empty)
        dw_note("%" PRIu64 " blocks have no variant and were passed over",
                c.empty);
    if (c.split)
        dw_note("%" PRIu64 " blocks of more than %zu variants were cut into "
                "equal runs",
                c.split, mk->o->max_variants);
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
