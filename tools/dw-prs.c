/*
 * dw-prs: weights of alleles and genotypes in, one line a person out.
 * dw-prs(1).
 */
#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "cli/opts.h"
#include "flow/prs_flow.h"
#include "input/lines.h"
#include "stream/outfile.h"

static int check_usage(const dw_prs_opts *o, const char *weights, dw_err *err)
{
    if (!o->geno)
        return dw_fail(err, DW_EUSAGE, "--geno is missing: a .bed, VCF or BCF");
    if (strcmp(o->geno, "-") == 0 && (!weights || strcmp(weights, "-") == 0))
        return dw_fail(err, DW_EUSAGE,
                       "weights and genotypes cannot both come from stdin");
    return 0;
}

static int write_scores(const dw_prs *s, const char *path, dw_err *err)
{
    dw_outfile *out = dw_outfile_open(path, false, err);

    if (!out)
        return err->code;
    dw_prs_print(s, out);
    return dw_outfile_close(out, err);
}

static void report(const dw_prs *s)
{
    const dw_tally *tally = dw_prs_tally(s);

    dw_note("%zu people, %" PRIu64 " of %" PRIu64 " weights used",
            dw_prs_people(s), dw_tally_get(tally, "used"),
            dw_tally_get(tally, "rows"));
    dw_tally_note(tally);
}

static int run(void *opts, const dw_common *common, dw_err *err)
{
    dw_prs_opts *o = opts;
    const char *weights = common->n_args ? common->arg[0] : NULL;
    dw_prs *s;
    int rc = check_usage(o, weights, err);

    if (rc < 0)
        return rc;
    o->threads = common->threads;
    if (!(s = dw_prs_open(o, weights, err)))
        return err->code;
    rc = dw_prs_run(s, err);
    if (rc == 0)
        rc = write_scores(s, common->out, err);
    if (rc == 0)
        report(s);
    dw_prs_free(s);
    return rc;
}

int main(int argc, char **argv)
{
    dw_prs_opts o = {0};
    const dw_opt opt[] = {
        {"Genotypes", 0, "geno", DW_OPT_TEXT, &o.geno, "FILE",
         "PLINK .bed (.bim and .fam beside it), VCF, BCF", 0, 0, 0, NULL},
        {NULL, 0, "samples", DW_OPT_TEXT, &o.samples, "FILE",
         "the people to take: IID, or FID IID, one a line", 0, 0, 0, NULL},
        {NULL, 'r', "region", DW_OPT_TEXT, &o.region, "REGION",
         "only there: 22, 6:25000000-34000000, or several by commas", 0, 0, 0,
         NULL},
        {NULL, 0, "dosage", DW_OPT_FLAG, &o.dosage, NULL,
         "DS of a VCF or BCF instead of GT", 0, 0, 0, NULL},
        {"Weights", 0, "columns", DW_OPT_TEXT, &o.columns, "LIST",
         "CHR=NAME,POS=NAME,ID=NAME,EA=NAME,OA=NAME,WEIGHT=NAME", 0, 0, 0,
         NULL},
    };
    const dw_tool tool = {
        .name = "dw-prs",
        .summary = "weights and genotypes in, one line a person out",
        .synopsis = "--geno FILE [OPTION]... [WEIGHTS]",
        .opt = opt,
        .n_opts = DW_COUNT(opt),
        .max_args = 1,
        .library = {dw_input_library},
        .run = run,
    };

    return dw_tool_main(&tool, &o, argc, argv);
}
