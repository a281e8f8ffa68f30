/*
 * gtf_lines: the lines of a GTF or GFF3, and their attributes.
 *
 * Which of the two it is, is told by "##gff-version 3", else by how attributes
 * are written: key "value"; or key=value;.  Nothing behind "##FASTA" is read.
 */
#ifndef DW_ANNOT_GTF_LINES_H
#define DW_ANNOT_GTF_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "input/lines.h"

typedef struct dw_gtf_lines dw_gtf_lines;

/* Lent until the next line. */
typedef struct dw_gtf_line {
    const char *contig; /* by dw_contig_name */
    dw_span source, feature;
    uint32_t start, end; /* 0-based, half-open; start < end */
    char strand;         /* '+', '-', or '.' when it is not known */
    dw_span attributes;
} dw_gtf_line;

dw_gtf_lines *dw_gtf_lines_open(const char *path, dw_err *err) DW_MUST_CHECK;
void dw_gtf_lines_close(dw_gtf_lines *g); /* NULL is fine */
int dw_gtf_lines_next(dw_gtf_lines *g, dw_gtf_line *line,
                      dw_err *err) DW_MUST_CHECK; /* 1, 0, negative */
const dw_lines *dw_gtf_lines_text(const dw_gtf_lines *g);
bool dw_gtf_lines_is_gff3(const dw_gtf_lines *g); /* once a line was read */

/* Takes the next attribute off what is left of `attributes`: 1, 0 at the end,
 * or a fault: a quote that does not end. */
int dw_gtf_attribute(const dw_gtf_lines *g, dw_span *attributes, dw_span *key,
                     dw_span *value, dw_err *err) DW_MUST_CHECK;

#endif
