/*
 * dw-ldblock: variant stream (or only a panel) and genotypes in, block stream
 * out.  dw-ldblock(1).
 */
#include <inttypes.h>

#include "base/log.h"
#include "base/mem.h"
#include "cli/opts.h"
#include "flow/panel_blocks.h"
#include "input/lines.h"
#include "linalg/blas.h"
#include "stream/frame.h"

/* Fewer people than this and sampling is a visible part of every r. */
enum { FEW_PEOPLE = 2000 };
/* --flank was not given. */
enum { NO_FLANK = INT32_MAX };

struct ldblock_opts {
    dw_panel_blocks_opts o;
    bool panel; /* read no stream */
};

static int check_usage(struct ldblock_opts *opts, const dw_common *common,
                       dw_err *err)
{
    dw_panel_blocks_opts *o = &opts->o;

    if (!o->geno)
        return dw_fail(err, DW_EUSAGE, "--geno is missing: a .bed, VCF or BCF");
    if (opts->panel && common->n_args)
        return dw_fail(err, DW_EUSAGE,
                       "--panel takes no stream: all is in --geno");
    if (o->flank == NO_FLANK)
        o->flank = o->cores ? 0 : 1000000;
    if (!o->cores && o->window <= 2 * o->flank)
        return dw_fail(err, DW_EUSAGE,
                       "--window %zu leaves no core between two flanks of %zu",
                       o->window, o->flank);
    return 0;
}

static void report(const dw_panel_blocks *b, const char *geno,
                   size_t max_variants)
{
    dw_blocks_counts c = dw_panel_blocks_counted(b);
    double n = (double)(c.blocks ? c.blocks : 1);
    size_t people = dw_panel_blocks_people(b);

    dw_note("%" PRIu64 " variants in, %" PRIu64 " blocks out, mean rank %.0f "
            "of %.0f core variants",
            dw_panel_blocks_read(b), c.blocks, (double)c.rank / n,
            (double)c.core / n);
    dw_tally_note(dw_panel_blocks_tally(b));
    dw_store_cost_note(dw_panel_blocks_cost(b));
    if (people < FEW_PEOPLE)
        dw_warn("%s: %zu people; with fewer than %d the LD is a noisy one, "
                "which dw-fit has to learn (tau)",
                geno, people, FEW_PEOPLE);
    if (dw_panel_blocks_duplicates(b))
        dw_note("%" PRIu64 " variants of the panel are there twice; the first "
                "of each was taken",
                dw_panel_blocks_duplicates(b));
    if (c.empty)
        dw_note("%" PRIu64 " blocks have no variant and were passed over",
                c.empty);
    if (c.split)
        dw_note("%" PRIu64 " blocks of more than %zu variants were cut into "
                "equal runs",
                c.split, max_variants);
}

static int run(void *opts, const dw_common *common, dw_err *err)
{
    struct ldblock_opts *l = opts;
    dw_panel_blocks *b = NULL;
    int rc = check_usage(l, common, err);

    l->o.version = dw_version();
    l->o.args = common->history;
    l->o.threads = common->threads;
    if (rc == 0 && (rc = dw_linalg_begin(err)) == 0) {
        b = dw_panel_blocks_open(&l->o, common->out, err);
        rc = b ? 0 : err->code;
    }
    if (rc == 0 && l->panel)
        rc = dw_panel_blocks_of_panel(b, err);
    else if (rc == 0)
        rc = dw_panel_blocks_of_stream(
            b, common->n_args ? common->arg[0] : NULL, err);
    if (rc == 0 && (rc = dw_panel_blocks_finish(b, err)) == 0)
        report(b, l->o.geno, l->o.max_variants);
    dw_panel_blocks_free(b);
    return rc;
}

int main(int argc, char **argv)
{
    struct ldblock_opts opts = {
        .o.window = 3000000,
        .o.flank = NO_FLANK,
        .o.cut = {.min_eigen = 1e-4, .keep_rank = 1},
        .o.store = DW_STORE_F16,
        .o.admit = {.min_maf = 0, .max_missing = 1},
    };
    dw_panel_blocks_opts *o = &opts.o;
    const dw_opt opt[] = {
        {"Panel", 0, "geno", DW_OPT_TEXT, &o->geno, "FILE",
         "genotypes: PLINK .bed (.bim and .fam beside it), VCF, BCF", 0, 0, 0,
         NULL},
        {NULL, 0, "samples", DW_OPT_TEXT, &o->samples, "FILE",
         "the people to take: IID, or FID IID, one a line", 0, 0, 0, NULL},
        {NULL, 'r', "region", DW_OPT_TEXT, &o->region, "REGION",
         "only there: 22, 6:25000000-34000000, or several by commas", 0, 0, 0,
         NULL},
        {NULL, 0, "dosage", DW_OPT_FLAG, &o->dosage, NULL,
         "DS of a VCF or BCF instead of GT", 0, 0, 0, NULL},
        {NULL, 0, "panel", DW_OPT_FLAG, &opts.panel, NULL,
         "no stream in: all variants of the panel", 0, 0, 0, NULL},
        {NULL, 0, "min-maf", DW_OPT_REAL, &o->admit.min_maf, "X",
         "leave out variants below, in the panel", 0, 0.5, DW_OPT_LIVE, NULL},
        {NULL, 0, "max-missing", DW_OPT_REAL, &o->admit.max_missing, "X",
         "leave out variants above: share of people", 0, 1, DW_OPT_LIVE, NULL},
        {"Blocks", 0, "blocks", DW_OPT_TEXT, &o->cores, "FILE",
         "cores from a BED, instead of windows", 0, 0, 0, NULL},
        {NULL, 0, "window", DW_OPT_SIZE, &o->window, "BP",
         "sliding windows: core and two flanks", 1, 1e9, DW_OPT_LIVE, NULL},
        {NULL, 0, "flank", DW_OPT_SIZE, &o->flank, "BP",
         "on either side of a core (1000000; 0 with --blocks)", 0, 5e8, 0,
         NULL},
        {NULL, 0, "max-variants", DW_OPT_SIZE, &o->max_variants, "INT",
         "cut cores with more into equal runs; 0: never", 0, 1e9, DW_OPT_LIVE,
         NULL},
        {"Factor", 0, "min-eigen", DW_OPT_REAL, &o->cut.min_eigen, "X",
         "drop eigenvalues below", 1e-8, 1, DW_OPT_LIVE, NULL},
        {NULL, 0, "keep-rank", DW_OPT_REAL, &o->cut.keep_rank, "X",
         "of the others keep this share of the trace", 1e-6, 1, DW_OPT_LIVE,
         NULL},
        {NULL, 0, "store", DW_OPT_CHOICE, &o->store, DW_STORE_CHOICES,
         "the factor in so many bits; what it costs is told", 0, 0, DW_OPT_LIVE,
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

    return dw_tool_main(&tool, &opts, argc, argv);
}
