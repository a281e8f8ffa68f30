/*
 * dw-view: any stream in, text out.  dw-view(1).
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "cli/given.h"
#include "cli/opts.h"
#include "flow/ldscore_geno.h"
#include "flow/view_flow.h"
#include "input/lines.h"
#include "linalg/blas.h"
#include "stream/payload.h"

enum { KINDS_MAX = 16 };

/* What was given for each kind, of which one may be. */
struct view_opts {
    bool flag[KINDS_MAX];
    size_t block[KINDS_MAX];
    const char *track[KINDS_MAX];
    dw_ldscore_plan ldscores;
    double wind_kb; /* 0: the block */
    dw_ldscore_panel panel;
    bool whole; /* all of that panel: no stream */
};

/* Were LD scores told how to be? */
static bool tells_ldscores(const struct view_opts *o)
{
    return o->ldscores.by_annotation || o->wind_kb > 0 ||
           o->ldscores.window.chunk > 1 || o->ldscores.counts || o->panel.geno;
}

/* Genotypes: what they go with, and what goes with them. */
static int check_genotypes(struct view_opts *o, const dw_common *common,
                           dw_err *err)
{
    if (!o->panel.geno &&
        (o->panel.query.samples || o->panel.query.dosage || o->whole))
        return dw_fail(err, DW_EUSAGE,
                       "--samples, --dosage and --panel go with --geno");
    if (o->panel.geno && o->wind_kb == 0)
        return dw_fail(err, DW_EUSAGE,
                       "--geno needs --ld-wind-kb: a chromosome is no window");
    if (o->whole && common->n_args)
        return dw_fail(err, DW_EUSAGE,
                       "--panel takes no stream: all is in --geno");
    if (o->panel.geno && !common->n_args && !dw_stdin_given())
        o->whole = true;
    if (o->whole && o->ldscores.by_annotation)
        return dw_fail(err, DW_EUSAGE,
                       "--by-annotation needs a stream: genotypes have no "
                       "annotations");
    return 0;
}

static int choose(const struct view_opts *o, dw_view_of *of, dw_err *err)
{
    size_t n = 0;

    for (size_t i = 0; dw_view_kind_at(i); i++) {
        if (!o->flag[i] && !o->block[i] && !o->track[i])
            continue;
        n++;
        *of = (dw_view_of){.kind = dw_view_kind_at(i),
                           .block = o->block[i],
                           .track = o->track[i],
                           .ldscores = &o->ldscores};
    }
    if (n > 1)
        return dw_fail(err, DW_EUSAGE, "one view at a time");
    if (tells_ldscores(o) &&
        (n == 0 || strcmp(of->kind->name, "ldscores") != 0))
        return dw_fail(err, DW_EUSAGE,
                       "--by-annotation, --ld-wind-kb, --chunk-size, "
                       "--counts and --geno go with --ldscores");
    if (o->ldscores.window.chunk > 1 && o->wind_kb == 0)
        return dw_fail(err, DW_EUSAGE, "--chunk-size goes with --ld-wind-kb");
    return 0;
}

static int run(void *opts, const dw_common *common, dw_err *err)
{
    struct view_opts *o = opts;
    dw_view_of of = {0};
    dw_source *src = NULL;
    dw_outfile *out;
    int rc = choose(o, &of, err);

    o->ldscores.threads = common->threads;
    if (o->wind_kb > 0)
        o->ldscores.window.reach = o->wind_kb * 1000;
    if (rc < 0 || (rc = check_genotypes(o, common, err)) < 0 ||
        (rc = dw_linalg_begin(err)) < 0)
        return rc;
    if (!o->whole) {
        src = dw_source_open(common->n_args ? common->arg[0] : NULL, err);
        if (!src)
            return err->code;
    }
    out = dw_outfile_open(common->out, false, err);
    if (!out)
        rc = err->code;
    else if (o->panel.geno)
        rc = dw_ldscore_of_genotypes(&o->ldscores, &o->panel, out, src, err);
    else
        rc = dw_view_stream(&of, out, src, err);
    if (rc == 0)
        rc = dw_outfile_close(out, err);
    else
        dw_outfile_abandon(out);
    dw_source_close(src);
    return rc;
}

/* The option of kind i, which sets its place in `o`. */
static dw_opt option_of(const dw_view_kind *kind, size_t i, struct view_opts *o)
{
    dw_opt opt = {.name = kind->name,
                  .type = DW_OPT_FLAG,
                  .value = &o->flag[i],
                  .arg = kind->arg,
                  .help = kind->help};

    if (kind->arg && strcmp(kind->arg, "BLOCK") == 0) {
        opt.type = DW_OPT_SIZE;
        opt.value = &o->block[i];
        opt.lo = 1;
        opt.hi = 1e15;
    } else if (kind->arg) {
        opt.type = DW_OPT_TEXT;
        opt.value = &o->track[i];
    }
    return opt;
}

int main(int argc, char **argv)
{
    struct view_opts o = {.ldscores.window = {INFINITY, 1}};
    const dw_opt ldscores[] = {
        {"LD scores", 0, "by-annotation", DW_OPT_FLAG,
         &o.ldscores.by_annotation, NULL,
         "one column for each annotation, not their total", 0, 0, 0, NULL},
        {NULL, 0, "ld-wind-kb", DW_OPT_REAL, &o.wind_kb, "KB",
         "over variants so near; else over the block", 1e-3, 1e6, 0, NULL},
        {NULL, 0, "chunk-size", DW_OPT_SIZE, &o.ldscores.window.chunk, "INT",
         "windows by chunks of variants; ldsc has 50", 1, 1e6, DW_OPT_LIVE,
         NULL},
        {NULL, 0, "counts", DW_OPT_TEXT, &o.ldscores.counts, "PREFIX",
         "write PREFIX.l2.M and PREFIX.l2.M_5_50 too", 0, 0, 0, NULL},
        {NULL, 0, "geno", DW_OPT_TEXT, &o.panel.geno, "FILE",
         "from genotypes, without blocks: .bed, VCF, BCF; @ in it", 0, 0, 0,
         NULL},
        {NULL, 0, "samples", DW_OPT_TEXT, &o.panel.query.samples, "FILE",
         "the people to take: IID, or FID IID, one a line", 0, 0, 0, NULL},
        {NULL, 0, "dosage", DW_OPT_FLAG, &o.panel.query.dosage, NULL,
         "DS of a VCF or BCF instead of GT", 0, 0, 0, NULL},
        {NULL, 0, "panel", DW_OPT_FLAG, &o.whole, NULL,
         "no stream in, whatever stdin is: all variants", 0, 0, 0, NULL},
    };
    dw_opt opt[KINDS_MAX + DW_COUNT(ldscores)];
    dw_tool tool = {
        .name = "dw-view",
        .summary = "any stream in, text out",
        .synopsis = "[OPTION]... [STREAM]",
        .opt = opt,
        .max_args = 1,
        .library = {dw_payload_library, dw_input_library, dw_linalg_library},
        .run = run};

    for (size_t i = 0; dw_view_kind_at(i); i++)
        opt[tool.n_opts++] = option_of(dw_view_kind_at(i), i, &o);
    opt[0].group = "Views (none: a summary)";
    for (size_t i = 0; i < DW_COUNT(ldscores); i++)
        opt[tool.n_opts++] = ldscores[i];
    return dw_tool_main(&tool, &o, argc, argv);
}
