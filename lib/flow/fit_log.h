/*
 * fit_log: a table that can be watched while it grows.
 *
 * A file is replaced whole each time, so that whoever reads it finds complete
 * rows; a pipe or a device gets each row as it comes.
 */
#ifndef DW_FLOW_FIT_LOG_H
#define DW_FLOW_FIT_LOG_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

typedef struct dw_fit_log dw_fit_log;

/* Nothing is there before the first dw_fit_log_show, but that it can be. */
dw_fit_log *dw_fit_log_open(const char *path, dw_err *err) DW_MUST_CHECK;
/* Shows the table as it is now: what it was before, and more. */
int dw_fit_log_show(dw_fit_log *log, const dw_buf *text,
                    dw_err *err) DW_MUST_CHECK;
/* What was shown last stays.  NULL is fine, and all is well, in both. */
int dw_fit_log_close(dw_fit_log *log, dw_err *err) DW_MUST_CHECK;
void dw_fit_log_abandon(dw_fit_log *log);

#endif
