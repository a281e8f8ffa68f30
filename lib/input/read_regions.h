/*
 * read_regions: the intervals of a BED file as a set of regions.
 *
 * What stands in a line is bed_lines' matter.  Order and overlap are free.
 */
#ifndef DW_INPUT_READ_REGIONS_H
#define DW_INPUT_READ_REGIONS_H

#include <stdint.h>

#include "base/err.h"
#include "data/region.h"

/* Adds the file's regions to the set and sorts it; the digest of its bytes if
 * `digest` is not NULL.  A file without any region is a fault. */
int dw_read_regions(const char *path, dw_regions *r, uint64_t *digest,
                    dw_err *err) DW_MUST_CHECK;

/* The same for the cores of blocks, which may not overlap. */
int dw_read_cores(const char *path, dw_regions *r, uint64_t *digest,
                  dw_err *err) DW_MUST_CHECK;

#endif
