/*
 * annot_out: annotations as an LDSC .annot.gz: CHR BP SNP CM, then a column
 * each; tab-separated, bgzipped, NA where a value is missing.
 */
#ifndef DW_OUTPUT_ANNOT_OUT_H
#define DW_OUTPUT_ANNOT_OUT_H

#include <stddef.h>

#include "base/err.h"
#include "data/variant.h"

typedef struct dw_annot_out dw_annot_out;

/* `names`: the columns' names. */
dw_annot_out *dw_annot_out_open(const char *path, const dw_texts *names,
                                dw_err *err) DW_MUST_CHECK;
/* Adds all variants of the table, which has as many annotations as there are
 * names; cm (m). */
void dw_annot_out_add(dw_annot_out *out, const dw_variants *v,
                      const double *cm);
int dw_annot_out_finish(dw_annot_out *out, dw_err *err) DW_MUST_CHECK;
int dw_annot_out_close(dw_annot_out *out, dw_err *err) DW_MUST_CHECK;
void dw_annot_out_abandon(dw_annot_out *out); /* NULL is fine */

#endif
