/*
 * bigbed_items: all items of a bigBed, as intervals in memory.
 */
#ifndef DW_ANNOT_BIGBED_ITEMS_H
#define DW_ANNOT_BIGBED_ITEMS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/cover.h"

/* Adds them to `to`, with the values of a column (from 4; 0: NAN). *digest is
 * the file's.  DW_EUSAGE for a bigWig, which has no items. */
int dw_bigbed_items(const char *path, size_t column, dw_stretches *to,
                    uint64_t *digest, dw_err *err) DW_MUST_CHECK;

#endif
