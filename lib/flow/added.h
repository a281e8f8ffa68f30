/*
 * added: the new columns of a stream that is there already.
 *
 * A HEAD tells what is missing of each column, and the digests of the files
 * that were read, before the first variant: so a first pass over the stream
 * works the columns out and keeps them on disk, and a second one, which writes,
 * takes them up again.
 */
#ifndef DW_FLOW_ADDED_H
#define DW_FLOW_ADDED_H

#include <stddef.h>
#include <stdint.h>

#include "annot/annotator.h"
#include "base/err.h"
#include "data/variant.h"

typedef struct dw_added dw_added;

/* The first pass, over the whole stream at `path`; `columns` is borrowed, and
 * read to its end. */
dw_added *dw_added_make(const char *path, dw_annotators *columns,
                        dw_err *err) DW_MUST_CHECK;
void dw_added_free(dw_added *a); /* NULL is fine */

/* Variants of run i (from 0) that have no value in a column. */
uint64_t dw_added_missing(const dw_added *a, size_t run, size_t column);
/* The columns of the next VARS of the stream: (m x p), ld m. */
int dw_added_next(dw_added *a, size_t m, float *columns,
                  dw_err *err) DW_MUST_CHECK;

/* dst becomes src with room for `traits` more traits, which are missing, and
 * `annots` more annotations, which are undefined. */
int dw_added_widen(dw_variants *dst, const dw_variants *src, size_t traits,
                   size_t annots, dw_err *err) DW_MUST_CHECK;

#endif
