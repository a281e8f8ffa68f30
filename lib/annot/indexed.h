/*
 * indexed: lines of a text file, all of them or, by its index, those of a
 * region.
 *
 * The index is FILE.csi or FILE.tbi (tabix), if the file is packed by bgzip and
 * one of them lies beside it.  Once a region was sought only its lines are
 * given, and the file is never read as a whole.
 */
#ifndef DW_ANNOT_INDEXED_H
#define DW_ANNOT_INDEXED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "input/lines.h"

typedef struct dw_indexed dw_indexed;

/* What the index says of the columns, which count from 0. */
typedef struct dw_index_columns {
    int contig, first, last; /* last: -1 when there is none */
    bool from_0;             /* 0-based, half-open */
    char meta;               /* begins lines that are no rows */
    int skip;                /* so many first lines are no rows */
} dw_index_columns;

dw_indexed *dw_indexed_open(const char *path, dw_err *err) DW_MUST_CHECK;
void dw_indexed_close(dw_indexed *x); /* NULL is fine */
/* NULL: it has no index. */
const dw_index_columns *dw_indexed_columns(const dw_indexed *x);

/* The next line, lent until the next call: 1, 0, negative. */
int dw_indexed_next(dw_indexed *x, dw_span *line, dw_err *err) DW_MUST_CHECK;
/* Positions [first, last] of a contig, by its own name for it (contig.h):
 * dw_indexed_rewind then leads to them.  Only with an index. */
void dw_indexed_seek(dw_indexed *x, const char *contig, uint32_t first,
                     uint32_t last);
/* To the first line; after a seek, to those sought. */
int dw_indexed_rewind(dw_indexed *x, dw_err *err) DW_MUST_CHECK;

/* The digest is that of the index, where there is one; the line 0, once a
 * region was sought. */
dw_origin dw_indexed_origin(const dw_indexed *x);

/* A file that can be read anywhere, unlike a pipe. */
bool dw_index_is_file(const char *path);
/* XXH64 of a file's bytes as unpacked by bgzip: of an index. */
int dw_index_digest(const char *path, uint64_t *digest,
                    dw_err *err) DW_MUST_CHECK;
/* Finds FILE.csi or FILE.tbi, and says so when it is older than the file: the
 * name, to be freed by dw_free, or NULL. */
char *dw_index_find(const char *path);

#endif
