/*
 * panel_source: a block stream of this suite as a source of LD.
 *
 * Its variants' keys and frequencies and its factors are read; traits,
 * annotations and tracks are passed over.  It has to be a file, since its HEADs
 * are read before its blocks, and it may be gone through more than once.
 */
#ifndef DW_FLOW_PANEL_SOURCE_H
#define DW_FLOW_PANEL_SOURCE_H

#include <stdbool.h>

#include "base/err.h"
#include "ld/ld_source.h"
#include "record/rec_head.h"

/* Is it a file that begins as a stream does?  1, 0, negative. */
int dw_panel_source_is(const char *path, dw_err *err) DW_MUST_CHECK;

/* DW_EMISMATCH for a stream without LD; a stream that is cut short is refused
 * here, not when its end is come to. */
dw_ld_source *dw_panel_source_open(const char *path, dw_err *err) DW_MUST_CHECK;
/* The histories of all its runs, side by side; lent. */
const dw_head *dw_panel_source_head(const dw_ld_source *s);

#endif
