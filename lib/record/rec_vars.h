/*
 * rec_vars: VARS, variants to bytes and back.  dw-stream(5), "VARS".
 */
#ifndef DW_RECORD_REC_VARS_H
#define DW_RECORD_REC_VARS_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "data/variant.h"

enum { DW_VARS_VERSION = 1 };

/* How many variants writers put into one VARS of a run of variants. */
enum { DW_VARS_CHUNK = 16384 };

/* What a count in a file may claim at most. */
enum { DW_TRAITS_MAX = 65536, DW_ANNOTS_MAX = 1048576 };

void dw_variants_pack(const dw_variants *v, dw_buf *out);
/* Checks the variants too (dw_variants_check). */
int dw_variants_unpack(dw_variants *v, unsigned version, const unsigned char *p,
                       size_t n, dw_err *err) DW_MUST_CHECK;

#endif
