/*
 * bigwig_check: is a file a bigWig or bigBed whose parts all lie within it?
 *
 * libBigWig believes what a file says of itself: numbers of chromosomes, places
 * of nodes, sizes of blocks.  So header, list of chromosomes and index are
 * walked before it is let loose, and it never sees a file that fails here.
 * The blocks themselves are not read.
 */
#ifndef DW_ANNOT_BIGWIG_CHECK_H
#define DW_ANNOT_BIGWIG_CHECK_H

#include <stdint.h>

#include "base/err.h"

typedef enum dw_bigwig_kind {
    DW_NOT_BIGWIG,
    DW_BIGWIG,
    DW_BIGBED,
} dw_bigwig_kind;

/* What the first bytes of a file say; one that cannot be opened is neither. */
dw_bigwig_kind dw_bigwig_kind_of(const char *path);

/* *digest is that of dw-stream(5), "input", for files that are not read whole.
 * DW_EFORMAT, with what is wrong and where. */
int dw_bigwig_check(const char *path, dw_bigwig_kind *kind, uint64_t *digest,
                    dw_err *err) DW_MUST_CHECK;

#endif
