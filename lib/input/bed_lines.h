/*
 * bed_lines: the lines of a BED, narrowPeak, broadPeak or bedGraph, however it
 * was written.
 *
 * Contig, start, end, and whatever follows; 0-based and half-open.  The first
 * three are divided by blanks and tabs; what follows by tabs, where blanks
 * around them are no part of a field, or by blanks in a line of less than two
 * tabs.  Passed over: empty lines, "#", "track" and "browser" lines, and one
 * first line that is a header: it holds no numbers, or its first field is what
 * a column is called (Chrom, chr ...).
 */
#ifndef DW_INPUT_BED_LINES_H
#define DW_INPUT_BED_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "input/lines.h"

typedef struct dw_bed_lines dw_bed_lines;

/* The fields beyond the third are asked for by dw_bed_field. */
typedef struct dw_bed_interval {
    const char *contig;  /* by dw_contig_name; lent until the next line */
    uint32_t start, end; /* start <= end <= INT32_MAX */
} dw_bed_interval;

dw_bed_lines *dw_bed_lines_open(const char *path, dw_err *err) DW_MUST_CHECK;
void dw_bed_lines_close(dw_bed_lines *b); /* NULL is fine */
int dw_bed_lines_next(dw_bed_lines *b, dw_bed_interval *at,
                      dw_err *err) DW_MUST_CHECK; /* 1, 0, negative */

const dw_lines *dw_bed_lines_text(const dw_bed_lines *b);
/* Of the current line. */
size_t dw_bed_lines_width(const dw_bed_lines *b);
/* Its field by number, from 1; s is NULL when it has fewer. */
dw_span dw_bed_field(const dw_bed_lines *b, size_t column);

/* Before the first interval: did a track line say type=TYPE (case ignored)? */
bool dw_bed_lines_is_type(const dw_bed_lines *b, const char *type);
/* The number of the column that the header, or the last "#" line before the
 * first interval, calls so (case ignored); 0: none. */
size_t dw_bed_lines_find(const dw_bed_lines *b, const char *name);

#endif
