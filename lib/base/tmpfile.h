/*
 * tmpfile: room on disk that has no name, and so is gone with the process.
 */
#ifndef DW_BASE_TMPFILE_H
#define DW_BASE_TMPFILE_H

#include "base/err.h"

/* An open descriptor of an empty file in $TMPDIR (or /tmp), already unlinked;
 * the caller closes it.  Negative with the message set. */
int dw_tmpfile_open(dw_err *err) DW_MUST_CHECK;

#endif
