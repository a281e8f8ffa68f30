/*
 * scope: where on the genome variants are taken from.
 */
#ifndef DW_DATA_SCOPE_H
#define DW_DATA_SCOPE_H

#include <stdint.h>

#include "data/region.h"

/* Sorted sets, borrowed; {0} is everywhere. */
typedef struct dw_scope {
    const dw_regions *only;   /* NULL: everywhere */
    const dw_regions *except; /* NULL: nowhere */
} dw_scope;

/* Why a position (from 1) is out of scope, as a tally has it: outside_region,
 * excluded; NULL when it is not. */
const char *dw_scope_reason(const dw_scope *s, const char *contig,
                            uint32_t pos);

#endif
