#include "flow/geno_maker.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "flow/panel_feed.h"
#include "input/read_regions.h"

struct geno_maker {
    const dw_panel_blocks_opts *o;
    const dw_scope *scope;
    dw_regions cores;
    uint64_t cores_digest;
    dw_panel_feed *feed;
    dw_blocks *blocks;
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
    const dw_geno *geno = dw_panel_feed_geno(g->feed);
    const char *text;
    dw_buf how = {0};
    uint64_t digest;

    (void)err;
    say_how(o, &how);
    dw_head_set_panel(head, dw_path_name(o->geno), dw_geno_people(geno), how.s);
    dw_head_add_step(head, "dw-ldblock", o->version, o->args);
    for (size_t i = 0; (text = dw_geno_text(geno, i, &digest)); i++)
        dw_head_add_input(head, dw_path_name(text), digest);
    if (o->cores)
        dw_head_add_input(head, dw_path_name(o->cores), g->cores_digest);
    dw_buf_clear(&how);
    return 0;
}

/* ---- variants ---- */

static void begin(void *self, size_t t, size_t p)
{
    struct geno_maker *g = self;

    dw_blocks_begin(g->blocks, t, p);
}

static int turn(void *self, const char *contig, dw_err *err)
{
    struct geno_maker *g = self;

    return dw_panel_feed_turn(g->feed, contig, err);
}

static int take(void *self, const dw_variants *v, size_t row, dw_tally *run,
                dw_err *err)
{
    struct geno_maker *g = self;

    return dw_panel_feed_row(g->feed, v, row, run, err);
}

static int whole(void *self, uint64_t *n, dw_tally *run, dw_err *err)
{
    struct geno_maker *g = self;

    return dw_panel_feed_all(g->feed, g->scope, n, run, err);
}

/* With their genotypes. */
static int turn_blocks(void *self, const char *contig, dw_err *err)
{
    struct geno_maker *g = self;

    return dw_blocks_turn(g->blocks, contig, err);
}

static int take_found(void *self, const dw_variants *v, size_t row,
                      const void *column, dw_tally *run, dw_err *err)
{
    struct geno_maker *g = self;

    return dw_blocks_take(g->blocks, v, row, column, run, err);
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

    return dw_geno_people(dw_panel_feed_geno(g->feed));
}

static void report(const void *self)
{
    const struct geno_maker *g = self;
    dw_blocks_counts c = dw_blocks_counted(g->blocks);

    dw_panel_feed_note(g->feed);
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
    dw_panel_feed_close(g->feed);
    dw_regions_clear(&g->cores);
    dw_free(g);
}

static dw_blocks *new_blocks(struct geno_maker *g, const dw_blocks_out *out)
{
    const dw_panel_blocks_opts *o = g->o;
    const dw_geno *geno = dw_panel_feed_geno(g->feed);
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

    return dw_blocks_new(&opts, out, dw_geno_kind_of(geno),
                         dw_geno_people(geno));
}

static int open_all(struct geno_maker *g, const dw_blocks_out *out, dw_err *err)
{
    const dw_panel_blocks_opts *o = g->o;
    const dw_panel_feed_to to = {g, turn_blocks, take_found};
    const dw_geno_query query = {
        .samples = o->samples, .dosage = o->dosage, .regions = g->scope->only};

    if (o->cores &&
        dw_read_cores(o->cores, &g->cores, &g->cores_digest, err) < 0)
        return err->code;
    g->feed = dw_panel_feed_open(o->geno, &query, &to, err);
    if (!g->feed)
        return err->code;
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
