/*
 * dw-ldblock: variant stream (or only a panel) and the LD of a panel in, from
 * its genotypes or made before; block stream out.  dw-ldblock(1).
 */
#include "base/log.h"
#include "base/mem.h"
#include "cli/given.h"
#include "cli/opts.h"
#include "flow/panel_blocks.h"
#include "foreign/npz.h"
#include "input/lines.h"
#include "linalg/blas.h"
#include "stream/payload.h"

enum { WINDOW = 3000000, FLANK = 1000000, NO_FLANK = INT32_MAX };
/* Less and blocks would be of a variant or a few: not bytes were meant. */
enum { MEMORY_LEAST = 100000 };

struct ldblock_opts {
    dw_panel_blocks_opts o;
    bool panel;       /* read no stream */
    bool stdin_given; /* there is one on standard input */
    int check_z;      /* enum dw_z_check_action */
};

/* What bears on genotypes has no place beside LD that is made. */
static int check_ld_usage(const dw_panel_blocks_opts *o, dw_err *err)
{
    const struct {
        bool given;
        const char *name, *why;
    } odd[] = {
        {o->geno, "geno", "gives the LD already"},
        {o->samples, "samples", "has no people to choose from"},
        {o->dosage, "dosage", "has no genotypes"},
        {o->admit.max_missing < 1, "max-missing", "has no genotypes"},
        {o->cores, "blocks", "has blocks, which stay as they are"},
        {o->window, "window", "has blocks, which stay as they are"},
        {o->flank != NO_FLANK, "flank", "has blocks, which stay as they are"},
        {o->max_variants, "max-variants", "has blocks, which stay as they are"},
        {o->memory != DW_BLOCK_MEMORY, "memory",
         "has blocks, which stay as they are"},
    };

    for (size_t i = 0; i < DW_COUNT(odd); i++) {
        if (odd[i].given)
            return dw_fail(err, DW_EUSAGE,
                           "--%s does not go with --ld, which "
                           "%s",
                           odd[i].name, odd[i].why);
    }
    return 0;
}

static int check_z_usage(struct ldblock_opts *opts, dw_err *err)
{
    dw_z_check_opts *check = &opts->o.check;

    check->action = (enum dw_z_check_action)opts->check_z;
    if (check->action == DW_Z_CHECK_OFF && (check->report || check->summary))
        return dw_fail(err, DW_EUSAGE,
                       "--report and --block-report go with --check-z");
    if (check->action != DW_Z_CHECK_OFF && opts->panel)
        return dw_fail(err, DW_EUSAGE,
                       "--check-z is for a stream, which has z-scores");
    return 0;
}

static int check_usage(struct ldblock_opts *opts, const dw_common *common,
                       dw_err *err)
{
    dw_panel_blocks_opts *o = &opts->o;

    if (!o->geno && !o->ld)
        return dw_fail(err, DW_EUSAGE,
                       "--geno is missing: a .bed, VCF or BCF; or --ld, LD "
                       "that was made before");
    if (o->ld && check_ld_usage(o, err) < 0)
        return err->code;
    if (o->ld_snps && !o->ld)
        return dw_fail(err, DW_EUSAGE,
                       "--ld-snps names the variants of a matrix that --ld "
                       "names");
    if (opts->panel && common->n_args)
        return dw_fail(err, DW_EUSAGE,
                       "--panel takes no stream: all is in --%s",
                       o->ld ? "ld" : "geno");
    if (!common->n_args && !opts->stdin_given)
        opts->panel = true;
    if (check_z_usage(opts, err) < 0)
        return err->code;
    if (o->memory && o->memory < MEMORY_LEAST)
        return dw_fail(err, DW_EUSAGE,
                       "--memory %zu is in bytes, 100k or more: 2G, say",
                       o->memory);
    if (o->build && !opts->panel)
        return dw_fail(err, DW_EUSAGE,
                       "--build is for a panel without a stream: this one's "
                       "HEAD says it");
    if (!o->window)
        o->window = WINDOW;
    if (o->flank == NO_FLANK)
        o->flank = o->cores ? 0 : FLANK;
    if (!o->cores && o->window <= 2 * o->flank)
        return dw_fail(err, DW_EUSAGE,
                       "--window %zu leaves no core between two flanks of %zu",
                       o->window, o->flank);
    return 0;
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
        dw_panel_blocks_report(b);
    dw_panel_blocks_free(b);
    return rc;
}

int main(int argc, char **argv)
{
    struct ldblock_opts opts = {
        .o.flank = NO_FLANK,
        .o.memory = DW_BLOCK_MEMORY,
        .o.cut = {.min_eigen = DW_MIN_EIGEN, .keep_rank = 1},
        .o.store = DW_STORE_F16,
        .o.admit = {.min_maf = 0, .max_missing = 1},
        .o.check = {.p = 5e-8},
        .stdin_given = dw_stdin_given(),
    };
    dw_panel_blocks_opts *o = &opts.o;
    const dw_opt opt[] = {
        {"Panel", 0, "geno", DW_OPT_TEXT, &o->geno, "FILE",
         "genotypes: .bed, VCF, BCF; @ in it: a file a chromosome", 0, 0, 0,
         NULL},
        {NULL, 0, "ld", DW_OPT_TEXT, &o->ld, "FILE",
         "instead: LD made before: a block stream, UKBB_LD, GCTB, a matrix", 0,
         0, 0, NULL},
        {NULL, 0, "ld-snps", DW_OPT_TEXT, &o->ld_snps, "FILE",
         "the variants of such a matrix: a .bim, or a table", 0, 0, 0, NULL},
        {NULL, 0, "samples", DW_OPT_TEXT, &o->samples, "FILE",
         "the people to take: IID, or FID IID, one a line", 0, 0, 0, NULL},
        {NULL, 'r', "region", DW_OPT_TEXT, &o->region, "REGION",
         "only there: 22, 6:25000000-34000000, or several by commas", 0, 0, 0,
         NULL},
        {NULL, 0, "exclude", DW_OPT_TEXT, &o->except, "FILE",
         "a BED of regions to leave out, of long-range LD", 0, 0, 0, NULL},
        {NULL, 0, "dosage", DW_OPT_FLAG, &o->dosage, NULL,
         "DS of a VCF or BCF instead of GT", 0, 0, 0, NULL},
        {NULL, 0, "panel", DW_OPT_FLAG, &opts.panel, NULL,
         "no stream in, whatever stdin is: all variants", 0, 0, 0, NULL},
        {NULL, 0, "build", DW_OPT_TEXT, &o->build, "NAME",
         "genome build of a panel without a stream: GRCh37", 0, 0, 0, NULL},
        {NULL, 0, "min-maf", DW_OPT_REAL, &o->admit.min_maf, "X",
         "leave out variants below, in the panel", 0, 0.5, DW_OPT_LIVE, NULL},
        {NULL, 0, "max-missing", DW_OPT_REAL, &o->admit.max_missing, "X",
         "leave out variants above: share of people", 0, 1, DW_OPT_LIVE, NULL},
        {"Blocks", 0, "blocks", DW_OPT_TEXT, &o->cores, "FILE",
         "cores from a BED, instead of windows", 0, 0, 0, NULL},
        {NULL, 0, "window", DW_OPT_SIZE, &o->window, "BP",
         "sliding windows: core and two flanks (3000000)", 1, 1e9, 0, NULL},
        {NULL, 0, "flank", DW_OPT_SIZE, &o->flank, "BP",
         "on either side of a core (1000000; 0 with --blocks)", 0, 5e8, 0,
         NULL},
        {NULL, 0, "max-variants", DW_OPT_SIZE, &o->max_variants, "INT",
         "cut cores with more into equal runs; 0: never", 0, 1e9, DW_OPT_LIVE,
         NULL},
        {NULL, 0, "memory", DW_OPT_SIZE, &o->memory, "BYTES",
         "cut cores whose block would take more; 0: never", 0, 1e15,
         DW_OPT_LIVE, NULL},
        {"Factor", 0, "min-eigen", DW_OPT_REAL, &o->cut.min_eigen, "X",
         "drop eigenvalues below", 1e-8, 1, DW_OPT_LIVE, NULL},
        {NULL, 0, "keep-rank", DW_OPT_REAL, &o->cut.keep_rank, "X",
         "of the others keep this share of the trace", 1e-6, 1, DW_OPT_LIVE,
         NULL},
        {NULL, 0, "shrink", DW_OPT_REAL, &o->shrink, "X",
         "draw correlations towards 0 by this share", 0, 1, DW_OPT_LIVE, NULL},
        {NULL, 0, "store", DW_OPT_CHOICE, &o->store, DW_STORE_CHOICES,
         "the factor in so many bits; what it costs is told", 0, 0, DW_OPT_LIVE,
         NULL},
        {"Check of z", 0, "check-z", DW_OPT_CHOICE, &opts.check_z,
         "off|drop|mark", "z-scores that their neighbours in LD contradict", 0,
         0, DW_OPT_LIVE, NULL},
        {NULL, 0, "check-z-p", DW_OPT_REAL, &o->check.p, "P",
         "those less likely than this", 1e-300, 1, DW_OPT_LIVE, NULL},
        {NULL, 0, "report", DW_OPT_TEXT, &o->check.report, "FILE",
         "write them there, one a line", 0, 0, 0, NULL},
        {NULL, 0, "block-report", DW_OPT_TEXT, &o->check.summary, "FILE",
         "write one line a block there: noise and counts", 0, 0, 0, NULL},
    };
    const dw_tool tool = {
        .name = "dw-ldblock",
        .summary = "variant stream in, block stream out",
        .synopsis = "--geno FILE | --ld FILE [OPTION]... [STREAM]",
        .opt = opt,
        .n_opts = DW_COUNT(opt),
        .max_args = 1,
        .library = {dw_payload_library, dw_input_library, dw_foreign_library,
                    dw_linalg_library},
        .run = run,
    };

    return dw_tool_main(&tool, &opts, argc, argv);
}
