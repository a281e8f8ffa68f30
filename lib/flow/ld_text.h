/*
 * ld_text: what a block's factor says of LD, as tables of text.
 */
#ifndef DW_FLOW_LD_TEXT_H
#define DW_FLOW_LD_TEXT_H

#include "base/err.h"
#include "data/ldblock.h"
#include "stream/outfile.h"

/* Q_l' Q (l x m), one line a core variant, without a line of names. */
int dw_ld_text_matrix(dw_outfile *out, const dw_ldblock *b,
                      dw_err *err) DW_MUST_CHECK;

#endif
