/*
 * rec_ldbk: LDBK, block factors to bytes and back.  dw-stream(5), "LDBK".
 */
#ifndef DW_RECORD_REC_LDBK_H
#define DW_RECORD_REC_LDBK_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "data/ldblock.h"

enum { DW_LDBK_VERSION = 2 }; /* the highest that is read */

/*
 * How Q is stored.  What of a row i of Q is lost comes back in y, which divides
 * by L_i (5): rounding that takes the share e of an element adds e z / L_i^1/2
 * to y_i.  So rows of small eigenvalues are stored more finely:
 *
 *     f16   halves, and floats where L_i < 0.001
 *     i8    eight bits where L_i >= 0.5, with a scale a column; else as f16
 */
enum dw_store { DW_STORE_F32, DW_STORE_F16, DW_STORE_I8 };
#define DW_STORE_CHOICES "f32|f16|i8" /* in that order */

const char *dw_store_name(enum dw_store store);

/* As f32, which is version 1. */
void dw_ldblock_pack(const dw_ldblock *b, dw_buf *out);
/* Returns the version, which is the lowest that can say it.  A factor that is
 * none of correlations (an element beyond 1000) is stored as f32. */
unsigned dw_ldblock_pack_as(const dw_ldblock *b, enum dw_store store,
                            dw_buf *out);
/* Checks the factor too (dw_ldblock_check). */
int dw_ldblock_unpack(dw_ldblock *b, unsigned version, const unsigned char *p,
                      size_t n, dw_err *err) DW_MUST_CHECK;

#endif
