/*
 * core_order: the cores of blocks lie one behind the other, so that no z is
 * counted twice.
 */
#ifndef DW_LD_CORE_ORDER_H
#define DW_LD_CORE_ORDER_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "data/contig.h"
#include "data/variant.h"
#include "ld/factor.h"

/* Where the last core ended; {0}: there was none yet. */
typedef struct dw_core_order {
    char contig[DW_CONTIG_MAX];
    uint32_t pos;
    dw_buf ref, alt;
} dw_core_order;

void dw_core_order_clear(dw_core_order *o);
/* The next block.  DW_EFORMAT if its core begins before the last one of its
 * contig ends, or with the variant that is the last one's last.  What has no
 * core is passed over. */
int dw_core_order_next(dw_core_order *o, const dw_variants *v,
                       const dw_ldblock *b, dw_err *err) DW_MUST_CHECK;

#endif
