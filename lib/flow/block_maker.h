/*
 * block_maker: how variants come to have LD, from genotypes or from LD that was
 * made before.  One of these is behind panel_blocks.
 *
 * Variants are taken contig by contig; blocks go to a dw_blocks_out when they
 * are whole.
 */
#ifndef DW_FLOW_BLOCK_MAKER_H
#define DW_FLOW_BLOCK_MAKER_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/log.h"
#include "data/variant.h"
#include "ld/blocks.h"
#include "record/rec_head.h"

typedef struct dw_block_maker_kind {
    /* Sets the panel of a run's HEAD, and adds this tool's step with its
     * inputs, behind what there is of history. */
    int (*describe)(void *self, dw_head *head, dw_err *err);
    /* The rest as for dw_blocks (ld/blocks.h). */
    void (*begin)(void *self, size_t t, size_t p);
    int (*turn)(void *self, const char *contig, dw_err *err);
    int (*take)(void *self, const dw_variants *v, size_t row, dw_tally *run,
                dw_err *err);
    const char *(*contig)(const void *self);
    uint32_t (*first)(const void *self);
    /* Blocks of all that there is, without a stream; *n counts variants. */
    int (*whole)(void *self, uint64_t *n, dw_tally *run, dw_err *err);
    /* Adds what became of variants taken that `take` did not say. */
    void (*tell)(void *self, dw_tally *run);
    dw_blocks_counts (*counted)(const void *self);
    uint64_t (*people)(const void *self); /* 0: not known */
    void (*report)(const void *self);     /* as notes */
    void (*close)(void *self);
} dw_block_maker_kind;

typedef struct dw_block_maker {
    const dw_block_maker_kind *kind;
    void *self;
} dw_block_maker;

#endif
