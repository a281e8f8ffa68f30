#include "flow/geno_maker.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "input/panel.h"
#include "input/read_regions.h"

struct geno_maker {
    const dw_panel_blocks_opts *o;
    const dw_scope *scope;
    dw_regions cores;
    uint64_t cores_digest;
    dw_geno *geno;
    dw_panel *panel;
    dw_blocks *blocks;
    bool on_panel;         /* the panel has the contig in hand */
    uint64_t told_outside; /* of dw_blocks_counted */
};

/* ---- HEAD ---- */

static void say_how(const dw_panel_blocks_opts *o, dw_buf *how)
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
    if (o->memory != DW_BLOCK_MEMORY)
        dw_buf_addf(how, ", memory %zu", o->memory);
}

static int describe(void *self, dw_head *head, dw_err *err)
{
    struct geno_maker *g = self;
    const dw_panel_blocks_opts *o = g->o;
    const char *text;
    dw_buf how = {0};
    uint64_t digest;

    (void)err;
    say_how(o, &how);
    dw_head_set_panel(head, dw_path_name(o->geno), dw_geno_people(g->geno),
                      how.s);
    dw_head_add_step(head, "dw-ldblock", o->version, o->args);
    for (size_t i = 0; (text = dw_geno_text(g->geno, i, &digest)); i++)
        dw_head_add_input(head, dw_path_name(text), digest);
    if (o->cores)
        dw_head_add_input(head, dw_path_name(o->cores), g->cores_digest);
    dw_buf_clear(&how);
    return 0;
}

/* ---- variants of a stream ---- */

static void begin(void *self, size_t t, size_t p)
{
    struct geno_maker *g = self;

    dw_blocks_begin(g->blocks, t, p);
}

static int turn(void *self, const char *contig, dw_err *err)
{
    struct geno_maker *g = self;
    int rc = dw_blocks_turn(g->blocks, contig, err);

    g->on_panel = false;
    if (rc < 0 || !*contig)
        return rc;
    rc = dw_panel_seek(g->panel, contig, err);
    g->on_panel = rc > 0;
    return rc < 0 ? rc : 0;
}

static int take(void *self, const dw_variants *v, size_t row, dw_tally *run,
                dw_err *err)
{
    struct geno_maker *g = self;
    bool swapped;
    size_t i;
    int rc;

    if (!g->on_panel) {
        dw_tally_add(run, "contig_not_in_panel", 1);
        return 0;
    }
    if (dw_panel_at(g->panel, v->pos[row], err) < 0)
        return err->code;
    i = dw_panel_find(g->panel, dw_texts_at(&v->ref, row),
                      dw_texts_at(&v->alt, row), &swapped);
    if (i == SIZE_MAX) {
        dw_tally_add(
            run, dw_panel_size(g->panel) ? "alleles_differ" : "not_in_panel",
            1);
        return 0;
    }
    if (swapped)
        dw_panel_flip(g->panel, i);
    rc = dw_blocks_take(g->blocks, v, row, dw_panel_column(g->panel, i), run,
                        err);
    if (swapped) /* another variant of the stream may ask for it */
        dw_panel_flip(g->panel, i);
    return rc;
}

static const char *contig_of(const void *self)
{
    const struct geno_maker *g = self;

    return dw_blocks_contig(g->blocks);
}

static uint32_t first_of(const void *self)
{
    const struct geno_maker *g = self;

    return dw_blocks_first(g->blocks);
}

/* ---- all variants of the panel ---- */

static int take_place(struct geno_maker *g, const dw_variants *v, uint64_t *n,
                      dw_tally *run, dw_err *err)
{
    for (size_t i = 0; i < v->m; i++) {
        const char *why = dw_scope_reason(g->scope, v->contig, v->pos[i]);

        ++*n;
        if (why)
            dw_tally_add(run, why, 1);
        else if (dw_blocks_take(g->blocks, v, i, dw_panel_column(g->panel, i),
                                run, err) < 0)
            return err->code;
    }
    return 0;
}

static int whole(void *self, uint64_t *n, dw_tally *run, dw_err *err)
{
    struct geno_maker *g = self;
    dw_variants v = {0};
    int rc = 0;

    while (rc == 0 && (rc = dw_panel_next(g->panel, err)) > 0) {
        rc = dw_panel_table(g->panel, &v, err);
        if (rc == 0 && strcmp(v.contig, dw_blocks_contig(g->blocks)) != 0)
            rc = dw_blocks_turn(g->blocks, v.contig, err);
        if (rc == 0)
            rc = take_place(g, &v, n, run, err);
    }
    dw_variants_clear(&v);
    if (dw_panel_duplicates(g->panel))
        dw_tally_add(run, "duplicate", dw_panel_duplicates(g->panel));
    if (dw_geno_unplaced(g->geno))
        dw_tally_add(run, "no_place", dw_geno_unplaced(g->geno));
    return rc;
}

/* ---- counts ---- */

static void tell(void *self, dw_tally *run)
{
    struct geno_maker *g = self;
    uint64_t outside = dw_blocks_counted(g->blocks).outside;

    if (outside > g->told_outside)
        dw_tally_add(run, "outside_blocks", outside - g->told_outside);
    g->told_outside = outside;
}

static dw_blocks_counts counted(const void *self)
{
    const struct geno_maker *g = self;

    return dw_blocks_counted(g->blocks);
}

static uint64_t people(const void *self)
{
    const struct geno_maker *g = self;

    return dw_geno_people(g->geno);
}

static void report(const void *self)
{
    const struct geno_maker *g = self;
    dw_blocks_counts c = dw_blocks_counted(g->blocks);
    uint64_t unplaced = dw_geno_unplaced(g->geno);

    if (dw_panel_duplicates(g->panel))
        dw_note("%" PRIu64 " variants of the panel are there twice; the first "
                "of each was taken",
                dw_panel_duplicates(g->panel));
    if (unplaced)
        dw_note("%" PRIu64 " variants of the panel have no position or no "
                "second allele, and were passed over",
                unplaced);
    if (c.split)
        dw_note("%" PRIu64 " blocks of more than %zu variants were cut into "
                "equal runs",
                c.split, g->o->max_variants);
    if (c.shrunk)
        dw_note("%" PRIu64 " blocks would take more than %zu bytes each, and "
                "were cut into equal runs (--memory)",
                c.shrunk, g->o->memory);
}

/* ---- before and after ---- */

static void close_maker(void *self)
{
    struct geno_maker *g = self;

    dw_blocks_free(g->blocks);
    dw_panel_free(g->panel);
    dw_geno_close(g->geno);
    dw_regions_clear(&g->cores);
    dw_free(g);
}

static dw_blocks *new_blocks(struct geno_maker *g, const dw_blocks_out *out)
{
    const dw_panel_blocks_opts *o = g->o;
    const dw_blocks_opts opts = {
        .cut = o->cut,
        .admit = o->admit,
        .blocks = o->cores ? &g->cores : NULL,
        .step = o->cores ? 0 : (uint32_t)(o->window - 2 * o->flank),
        .flank = (uint32_t)o->flank,
        .max_variants = o->max_variants,
        .memory = o->memory,
        .threads = o->threads,
    };

    return dw_blocks_new(&opts, out, dw_geno_kind_of(g->geno),
                         dw_geno_people(g->geno));
}

static int open_all(struct geno_maker *g, const dw_blocks_out *out, dw_err *err)
{
    const dw_panel_blocks_opts *o = g->o;
    dw_geno_query query = {
        .samples = o->samples, .dosage = o->dosage, .regions = g->scope->only};

    if (o->cores &&
        dw_read_cores(o->cores, &g->cores, &g->cores_digest, err) < 0)
        return err->code;
    g->geno = dw_geno_open(o->geno, &query, err);
    if (!g->geno)
        return err->code;
    if (dw_geno_people(g->geno) < 2)
        return dw_fail(err, DW_EDEGENERATE,
                       "%s: one person has no correlations", o->geno);
    g->panel = dw_panel_new(g->geno);
    g->blocks = new_blocks(g, out);
    return 0;
}

dw_block_maker dw_geno_maker_open(const dw_panel_blocks_opts *o,
                                  const dw_scope *scope,
                                  const dw_blocks_out *out, dw_err *err)
{
    static const dw_block_maker_kind kind = {
        .describe = describe,
        .begin = begin,
        .turn = turn,
        .take = take,
        .contig = contig_of,
        .first = first_of,
        .whole = whole,
        .tell = tell,
        .counted = counted,
        .people = people,
        .report = report,
        .close = close_maker,
    };
    struct geno_maker *g = dw_alloc(1, sizeof *g);

    g->o = o;
    g->scope = scope;
    if (open_all(g, out, err) < 0) {
        close_maker(g);
        g = NULL;
    }
    return (dw_block_maker){&kind, g};
}
