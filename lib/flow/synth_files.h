/*
 * synth_files: synthetic chromosomes, some at a time, into a panel's files.
 *
 *     PREFIX.bed .bim .fam .annot.gz, .vcf.gz, .bcf     output/panel_out.h;
 * with by_chrom PREFIX.CHR.bed and so on PREFIX.blocks.bed            blocks of
 * all chromosomes PREFIX.map                   their recombination maps
 */
#ifndef DW_FLOW_SYNTH_FILES_H
#define DW_FLOW_SYNTH_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "data/variant.h"
#include "sim/synth.h"

typedef struct dw_synth_files {
    dw_synth_spec spec; /* its `variants` is each chromosome's affair */
    const char *prefix;
    dw_texts chroms; /* their names, by sim/chroms.h */
    size_t variants; /* to keep in all; 0: every one */
    bool by_chrom, vcf, bcf, map;
} dw_synth_files;

typedef struct dw_synth_counts {
    size_t variants, blocks;
} dw_synth_counts;

/* Writes all files, each whole or not at all.  They do not depend on the number
 * of threads, which says how many chromosomes are in memory at a time. */
int dw_synth_files_write(const dw_synth_files *files, size_t threads,
                         dw_synth_counts *counts, dw_err *err) DW_MUST_CHECK;

#endif
