/*
 * log: what a tool tells its user, on stderr and nowhere else.
 *
 * The only state of the process: the tool's name, how much is said, and an
 * extra file that receives everything.  Lines start with "dw-tool: ".
 */
#ifndef DW_BASE_LOG_H
#define DW_BASE_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { DW_LOG_QUIET = -1, DW_LOG_NORMAL = 0, DW_LOG_VERBOSE = 1 };

void dw_log_init(const char *prog, int level);
int dw_log_open_file(const char *path, dw_err *err) DW_MUST_CHECK;
void dw_log_close(void);
const char *dw_log_prog(void);

void dw_error(const dw_err *err);                     /* always */
void dw_warn(const char *fmt, ...) DW_PRINTF(1, 2);   /* always but -q */
void dw_note(const char *fmt, ...) DW_PRINTF(1, 2);   /* always but -q */
void dw_detail(const char *fmt, ...) DW_PRINTF(1, 2); /* with -v */

/* Counts by reason, in the order in which the reasons first came. {0} is an
 * empty one.  A reason is a word of [a-z0-9_]: it goes into files. */
typedef struct dw_tally {
    struct dw_tally_item {
        char *reason;
        uint64_t n;
    } * item;
    size_t n_items;
} dw_tally;

void dw_tally_add(dw_tally *tally, const char *reason, uint64_t n);
uint64_t dw_tally_get(const dw_tally *tally, const char *reason);
void dw_tally_note(const dw_tally *tally); /* a line each, as dw_note */
void dw_tally_clear(dw_tally *tally);

/* Progress on a terminal only: what, how much of how much (0: unknown), ETA. */
typedef struct dw_progress dw_progress;
dw_progress *dw_progress_begin(const char *what, uint64_t total);
void dw_progress_at(dw_progress *p, uint64_t done, const char *extra);
void dw_progress_end(dw_progress *p); /* clears the line; NULL is fine */

#endif
