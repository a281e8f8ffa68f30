/*
 * rec_ldbk: LDBK, block factors to bytes and back.  dw-stream(5), "LDBK".
 */
#ifndef DW_RECORD_REC_LDBK_H
#define DW_RECORD_REC_LDBK_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "data/ldblock.h"

enum { DW_LDBK_VERSION = 1 };

void dw_ldblock_pack(const dw_ldblock *b, dw_buf *out);
/* Checks the factor too (dw_ldblock_check). */
int dw_ldblock_unpack(dw_ldblock *b, unsigned version, const unsigned char *p,
                      size_t n, dw_err *err) DW_MUST_CHECK;

#endif
