/*
 * outfile: an output that is there whole, or not at all.
 *
 * A path is written beside itself under a temporary name and renamed when it
 * is closed; NULL or "-" is stdout.  What was begun and not closed is removed:
 * by dw_outfile_abandon, on exit, and on SIGINT, SIGTERM and SIGHUP.  Devices,
 * pipes and what lies under /dev are written directly.
 *
 * Opened, closed and abandoned by one thread at a time; written by any, one at
 * a time.
 */
#ifndef DW_STREAM_OUTFILE_H
#define DW_STREAM_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

typedef struct dw_outfile dw_outfile;

/* binary: refuses to write to a terminal. */
dw_outfile *dw_outfile_open(const char *path, bool binary,
                            dw_err *err) DW_MUST_CHECK;

/* Buffered; a failed write is kept and told by dw_outfile_close, so that the
 * lines of a table need no check each.  dw_outfile_failed asks sooner. */
void dw_outfile_write(dw_outfile *out, const void *p, size_t n);
void dw_outfile_printf(dw_outfile *out, const char *fmt, ...) DW_PRINTF(2, 3);
bool dw_outfile_failed(const dw_outfile *out);

/* Flushes, and gives the temporary name under which it is being written: for a
 * library that must open the file itself, or to read back what will be
 * abandoned.  NULL when there is none (stdout, a device).  Lent until close. */
const char *dw_outfile_path(dw_outfile *out);

/* Flushes, syncs, checks, renames.  Frees `out` whether or not it succeeds. */
int dw_outfile_close(dw_outfile *out, dw_err *err) DW_MUST_CHECK;
void dw_outfile_abandon(dw_outfile *out); /* NULL is fine */

#endif
