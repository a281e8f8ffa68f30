/*
 * action: what was done to a row of a study so that it fits.
 *
 * A row that is taken may carry several.  The words go into reports.
 */
#ifndef DW_DATA_ACTION_H
#define DW_DATA_ACTION_H

#include <stdint.h>

#include "base/buf.h"

/* In the order in which they are done. */
#define DW_ACTION_CODES(X)                                                     \
    X(CONTIG, "contig")             /* another chromosome's name: XY, X, MT */ \
    X(LIFTED, "lifted")             /* by --chain */                           \
    X(REVERSED, "reversed")         /* on a chain that runs backwards */       \
    X(NORMALISED, "normalised")     /* indel: trimmed, left-aligned, or as the \
                                     * reference writes it */                  \
    X(INDEL_CODE, "indel_coded")    /* I and D, read as the reference's */     \
    X(OTHER_ALLELE, "other_allele") /* taken from the reference */             \
    X(STRAND, "strand")             /* alleles of the other strand */          \
    X(SWAPPED, "swapped")           /* effect allele is REF: z turned */       \
    X(BY_FREQUENCY, "by_frequency") /* A/T or C/G turned by frequency */

typedef enum dw_action {
#define DW_ACTION_ENUM(name, word) DW_ACTION_##name,
    DW_ACTION_CODES(DW_ACTION_ENUM)
#undef DW_ACTION_ENUM
        DW_ACTION_COUNT
} dw_action;

#define DW_ACTION_BIT(a) (UINT32_C(1) << (a))

const char *dw_action_word(dw_action action); /* "lifted" */
/* Adds "lifted,swapped"; "." when nothing was done. */
void dw_action_tell(uint32_t actions, dw_buf *out);
/* Counts each action once. */
void dw_action_count(uint32_t actions, uint64_t n[DW_ACTION_COUNT]);

#endif
