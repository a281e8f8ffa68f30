/*
 * shelf: what memory has no room for, and cannot be read from the stream again,
 * laid down in a file without a name in $TMPDIR, and read back as often as it
 * is needed.
 */
#ifndef DW_FIT_SHELF_H
#define DW_FIT_SHELF_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

typedef struct dw_shelf dw_shelf;

dw_shelf *dw_shelf_new(dw_err *err) DW_MUST_CHECK;
void dw_shelf_free(dw_shelf *s); /* NULL is fine */

/* Lays n bytes down; *at says where.  One thread at a time. */
int dw_shelf_put(dw_shelf *s, const void *p, size_t n, uint64_t *at,
                 dw_err *err) DW_MUST_CHECK;
/* Reads them back: 0 or DW_EIO.  Any number of threads. */
int dw_shelf_get(const dw_shelf *s, uint64_t at, void *p,
                 size_t n) DW_MUST_CHECK;
uint64_t dw_shelf_bytes(const dw_shelf *s); /* NULL: 0 */

#endif
