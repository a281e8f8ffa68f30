/*
 * ld_order: from the order of a matrix to that of a block: sorted by position,
 * REF and ALT, each variant once, the core in one piece.
 *
 * Rows of the list are left out, and counted, as
 *     not_placed   no chromosome or no position
 *     bad_allele   an allele but A, C, G and T, or twice the same
 *     duplicate    the variant was there already, either allele as its ALT
 */
#ifndef DW_FOREIGN_LD_ORDER_H
#define DW_FOREIGN_LD_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/log.h"
#include "data/variant.h"
#include "foreign/ld_list.h"

#define DW_LD_ORDER_NONE SIZE_MAX

/* {0} is an empty one. */
typedef struct dw_ld_order {
    size_t n;          /* rows of the matrix */
    size_t m, core, l; /* the block; the core is [core, core + l) */
    size_t *row;       /* (m) of the matrix, of each variant of the block */
    size_t *place;     /* (n) in the block, of each row; or NONE */
    uint32_t start, end;
} dw_ld_order;

/*
 * Orders rows [begin, end) of the list, all of one contig; those of the core
 * lie in [core_start, core_end), 0-based; core_end 0: all of them do, and it
 * begins with the first and ends with the last.  DW_EMISMATCH when they are of
 * several contigs.
 */
int dw_ld_order_make(dw_ld_order *o, const dw_ld_list *list, size_t begin,
                     size_t end, uint32_t core_start, uint32_t core_end,
                     dw_tally *tally, dw_err *err) DW_MUST_CHECK;
void dw_ld_order_clear(dw_ld_order *o);

/* Takes out those of the m that have a reason; place[] is no more. */
void dw_ld_order_drop(dw_ld_order *o, const char *const *why);

/* The variants of the block; `begin` as it was. */
int dw_ld_order_variants(const dw_ld_order *o, const dw_ld_list *list,
                         size_t begin, dw_variants *v,
                         dw_err *err) DW_MUST_CHECK;

#endif
