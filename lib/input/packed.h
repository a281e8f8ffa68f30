/*
 * packed: the bytes of a file, however they are packed.
 *
 * Plain, gzip, bgzip and zstd are told by content; what is no text is refused
 * with what to do about it.  A cut .gz or .zst is a fault, never a short file.
 */
#ifndef DW_INPUT_PACKED_H
#define DW_INPUT_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

typedef struct dw_packed dw_packed;

/* "-" is stdin.  `kept`: it can be rewound whatever it is: a pipe is first
 * copied, as it is packed, to a temporary file. */
dw_packed *dw_packed_open(const char *path, bool kept,
                          dw_err *err) DW_MUST_CHECK;
void dw_packed_close(dw_packed *p); /* NULL is fine */

const char *dw_packed_name(const dw_packed *p);
const char *dw_packed_kind(const dw_packed *p); /* "plain text", "gzip" .. */

/* Up to n unpacked bytes: how many; 0 at a whole end; DW_EFORMAT, DW_EIO. */
ssize_t dw_packed_read(dw_packed *p, char *to, size_t n) DW_MUST_CHECK;
/* Says what the fault was that dw_packed_read returned, with the line up to
 * which all was well; returns its code. */
int dw_packed_fail(const dw_packed *p, size_t line, dw_err *err);

/* Back to the start, as if just opened.  Fails for a pipe that is not kept. */
int dw_packed_rewind(dw_packed *p, dw_err *err) DW_MUST_CHECK;

#endif
