/*
 * spool: an input that can be read more than once.
 *
 * A file is left where it is.  What comes through a pipe is laid down in
 * TMPDIR (/tmp), in a file that goes away when the spool is closed, on exit and
 * on a signal.
 */
#ifndef DW_STREAM_SPOOL_H
#define DW_STREAM_SPOOL_H

#include <stdbool.h>

#include "base/err.h"

typedef struct dw_spool dw_spool;

/* Can what is there be read but once, and on?  NULL or "-" is stdin. */
bool dw_spool_needed(const char *path);

/* NULL or "-" is stdin, which is read to its end. */
dw_spool *dw_spool_open(const char *path, dw_err *err) DW_MUST_CHECK;
const char *dw_spool_path(const dw_spool *s); /* what to open, any often */
void dw_spool_close(dw_spool *s);             /* NULL is fine */

#endif
