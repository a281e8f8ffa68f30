/*
 * panel_out: all the files of a panel of genotypes with annotations: PREFIX.bed
 * .bim .fam .annot.gz, and PREFIX.vcf.gz and PREFIX.bcf where they are wanted.
 */
#ifndef DW_OUTPUT_PANEL_OUT_H
#define DW_OUTPUT_PANEL_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/variant.h"
#include "output/vcf_out.h"

typedef struct dw_panel_spec {
    dw_texts people, columns; /* names */
    dw_vcf_contigs contigs;
    bool want_vcf, want_bcf;
} dw_panel_spec;

/* The kinds of files: calls for different kinds may run at the same time. */
enum dw_panel_kind {
    DW_PANEL_PLINK,
    DW_PANEL_ANNOT,
    DW_PANEL_VCF,
    DW_PANEL_BCF,
    DW_PANEL_KINDS
};

typedef struct dw_panel_out dw_panel_out;

/* The spec is borrowed until the panel is closed. */
dw_panel_out *dw_panel_out_open(const char *prefix, const dw_panel_spec *spec,
                                dw_err *err) DW_MUST_CHECK;
bool dw_panel_out_wants(const dw_panel_out *out, enum dw_panel_kind kind);

/* Genotypes of variant i: hap (2 x people), 0 REF, 1 ALT, -1 missing. */
typedef void dw_panel_fn(const void *ctx, size_t i, int8_t *hap);

/* Adds all variants of the table to the files of one kind; cm (m). */
int dw_panel_out_add(dw_panel_out *out, enum dw_panel_kind kind,
                     const dw_variants *v, const double *cm,
                     dw_panel_fn *genotypes, const void *ctx,
                     dw_err *err) DW_MUST_CHECK;

int dw_panel_out_close(dw_panel_out *out, dw_err *err) DW_MUST_CHECK;
void dw_panel_out_abandon(dw_panel_out *out); /* NULL is fine */

#endif
