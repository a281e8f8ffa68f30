/*
 * bgzf_out: text written as blocked gzip, there whole or not at all.
 */
#ifndef DW_OUTPUT_BGZF_OUT_H
#define DW_OUTPUT_BGZF_OUT_H

#include <stddef.h>

#include "base/err.h"

typedef struct dw_bgzf_out dw_bgzf_out;

dw_bgzf_out *dw_bgzf_out_open(const char *path, dw_err *err) DW_MUST_CHECK;
/* A failed write is kept and told by dw_bgzf_out_close. */
void dw_bgzf_out_write(dw_bgzf_out *out, const void *p, size_t n);
/* All is on its way: after it only the renaming is left to close. */
int dw_bgzf_out_finish(dw_bgzf_out *out, dw_err *err) DW_MUST_CHECK;
int dw_bgzf_out_close(dw_bgzf_out *out, dw_err *err) DW_MUST_CHECK; /* frees */
void dw_bgzf_out_abandon(dw_bgzf_out *out); /* NULL is fine */

#endif
