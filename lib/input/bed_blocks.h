/*
 * bed_blocks: the blocks of a line of a BED12: the exons of a transcript, the
 * parts of an alignment.
 */
#ifndef DW_INPUT_BED_BLOCKS_H
#define DW_INPUT_BED_BLOCKS_H

#include "input/bed_lines.h"

/* {0} before the first; lent from the line. */
typedef struct dw_bed_blocks {
    const dw_bed_lines *line;
    dw_bed_interval whole;
    dw_span sizes, starts; /* what is left of columns 11 and 12 */
    int64_t left;          /* what is left of column 10 */
} dw_bed_blocks;

/* A fault when there are no twelve columns. */
int dw_bed_blocks_begin(dw_bed_blocks *k, const dw_bed_lines *line,
                        const dw_bed_interval *whole,
                        dw_err *err) DW_MUST_CHECK;
/* 1, 0 behind as many as column 10 says, or a fault: another number of them,
 * or one that does not lie within the whole. */
int dw_bed_blocks_next(dw_bed_blocks *k, dw_bed_interval *block,
                       dw_err *err) DW_MUST_CHECK;

#endif
