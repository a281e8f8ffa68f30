/*
 * panel_match: whether a panel and the variants looked up in it can be of the
 * same genome build.
 */
#ifndef DW_INPUT_PANEL_MATCH_H
#define DW_INPUT_PANEL_MATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

typedef struct dw_panel_match {
    uint64_t asked; /* variants looked up, on chromosomes of the panel */
    uint64_t found;
    uint64_t other; /* of those not found: others stand at their position */
    bool by_id;     /* by id, not by position */
} dw_panel_match;

/* DW_EMISMATCH with the likely reason when next to nothing was found. */
int dw_panel_match_check(const dw_panel_match *m, const char *panel,
                         const char *variants, dw_err *err) DW_MUST_CHECK;

#endif
