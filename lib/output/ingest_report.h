/*
 * ingest_report: what became of every row that dw-ingest read.
 *
 * Tables, tab-separated with a header: counts by reason (SOURCE REASON COUNT
 * SHARE), one line for each row that was not taken (SOURCE CHR POS ID A1 A2
 * REASON), and one for each that was changed.  SOURCE is sumstats, reference or
 * an annotation; in the counts also actions and frequencies.
 */
#ifndef DW_OUTPUT_INGEST_REPORT_H
#define DW_OUTPUT_INGEST_REPORT_H

#include "base/err.h"
#include "base/log.h"
#include "data/reason.h"

int dw_ingest_report_write(const char *path, const dw_ingest_counts *c,
                           dw_err *err) DW_MUST_CHECK;
/* The same for people: notes, by dw_note. */
void dw_ingest_report_tell(const dw_ingest_counts *c);
/* DW_EDEGENERATE: no row of `name` was taken, and the reason of most. */
int dw_ingest_report_refuse(const dw_ingest_counts *c, const char *name,
                            dw_err *err);
/* The same for TAIL. */
void dw_ingest_report_tally(const dw_ingest_counts *c, dw_tally *tally);

/* ---- one line a row ---- */

typedef struct dw_drop_log dw_drop_log;

/* Lines are kept in a temporary file until it is known that they stand. */
dw_drop_log *dw_drop_log_new(dw_err *err) DW_MUST_CHECK;
void dw_drop_log_free(dw_drop_log *d); /* NULL is fine */
void dw_drop_log_reset(dw_drop_log *d);
/* As dw_fates.tell takes it, with a dw_drop_log for ctx. */
void dw_drop_log_add(void *d, const dw_row *row, dw_reason reason);
int dw_drop_log_write(dw_drop_log *d, const char *path,
                      dw_err *err) DW_MUST_CHECK;

/* The same of rows that were taken, and to which something was done (ROW CHR
 * POS ID REF ALT ACTIONS; ROW is the row of the study, from 1). */
void dw_action_log_add(void *log, const dw_row *study, const dw_row *variant,
                       uint32_t actions);
int dw_action_log_write(dw_drop_log *d, const char *path,
                        dw_err *err) DW_MUST_CHECK;

#endif
