/*
 * dw-synth: a synthetic panel out of nothing: genotypes with realistic LD and
 * MAF, annotations with spatial structure, blocks.  dw-synth(1).
 */
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "cli/opts.h"
#include "flow/synth_files.h"
#include "input/lines.h"
#include "sim/chroms.h"
#include "sim/landscape.h"

struct synth_opts {
    dw_synth_files files;
    const char *chroms;
    size_t length, block;
};

static int run(void *opts, const dw_common *common, dw_err *err)
{
    struct synth_opts *o = opts;
    dw_synth_files *f = &o->files;
    dw_synth_counts c;
    int rc;

    if (!common->out || strcmp(common->out, "-") == 0)
        return dw_fail(err, DW_EUSAGE,
                       "-o PREFIX is needed: a panel is many files");
    f->prefix = common->out;
    f->spec.seed = common->seed;
    f->spec.length = (double)o->length;
    f->spec.block = (double)o->block;
    rc = dw_chroms_parse(o->chroms, &f->chroms, err);
    if (rc < 0)
        dw_err_prefix(err, "--chroms");
    else
        rc = dw_synth_files_write(f, common->threads, &c, err);
    if (rc == 0)
        dw_note("%zu people, %zu chromosomes, %zu variants, %zu blocks: %s.*",
                f->spec.people, f->chroms.n, c.variants, c.blocks, f->prefix);
    dw_texts_clear(&f->chroms);
    return rc;
}

int main(int argc, char **argv)
{
    struct synth_opts o = {.files = {.spec = dw_synth_default()},
                           .chroms = "22",
                           .length = 5000000,
                           .block = 1000000};
    dw_synth_files *f = &o.files;
    dw_synth_spec *s = &f->spec;
    const dw_opt opt[] = {
        {"Panel", 'n', "people", DW_OPT_SIZE, &s->people, "INT", "people", 2,
         1e6, DW_OPT_LIVE, NULL},
        {NULL, 0, "chroms", DW_OPT_TEXT, &o.chroms, "LIST",
         "how many chromosomes, or which: 1-4,9,X", 0, 0, DW_OPT_LIVE, NULL},
        {NULL, 0, "length", DW_OPT_SIZE, &o.length, "BP",
         "length of each chromosome", 1e4, 3e8, DW_OPT_LIVE, NULL},
        {NULL, 0, "block-size", DW_OPT_SIZE, &o.block, "BP",
         "length of a block, about; cut at hot spots", 1e3, 3e8, DW_OPT_LIVE,
         NULL},
        {"Variants", 0, "variants", DW_OPT_SIZE, &f->variants, "INT",
         "keep that many in all, at random; 0: all", 0, 0, DW_OPT_LIVE, NULL},
        {NULL, 0, "min-maf", DW_OPT_REAL, &s->min_maf, "X",
         "leave out variants of a lower minor allele frequency", 0, 0.5,
         DW_OPT_LIVE, NULL},
        {NULL, 0, "indels", DW_OPT_REAL, &s->indels, "X",
         "share of insertions and deletions", 0, 1, DW_OPT_LIVE, NULL},
        {NULL, 0, "missing", DW_OPT_REAL, &s->missing, "X",
         "share of genotypes that are missing", 0, 1, DW_OPT_LIVE, NULL},
        {NULL, 0, "annotations", DW_OPT_SIZE, &s->annotations, "INT",
         "columns of PREFIX.annot.gz", 1, DW_LANDSCAPE_MAX, DW_OPT_LIVE, NULL},
        {"Files", 0, "by-chrom", DW_OPT_FLAG, &f->by_chrom, NULL,
         "PREFIX.CHR.bed and so on, not one file for all", 0, 0, 0, NULL},
        {NULL, 0, "vcf", DW_OPT_FLAG, &f->vcf, NULL,
         "PREFIX.vcf.gz too, with its index", 0, 0, 0, NULL},
        {NULL, 0, "bcf", DW_OPT_FLAG, &f->bcf, NULL,
         "PREFIX.bcf too, with its index", 0, 0, 0, NULL},
        {NULL, 0, "map", DW_OPT_FLAG, &f->map, NULL,
         "PREFIX.map too: the recombination map", 0, 0, 0, NULL},
    };
    const dw_tool tool = {
        .name = "dw-synth",
        .summary = "a synthetic panel out of nothing: PREFIX.bed, .bim, .fam, "
                   ".annot.gz, .blocks.bed",
        .synopsis = "[OPTION]... -o PREFIX",
        .opt = opt,
        .n_opts = DW_COUNT(opt),
        .library = {dw_input_library},
        .run = run,
    };

    return dw_tool_main(&tool, &o, argc, argv);
}
