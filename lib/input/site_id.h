/*
 * site_id: a place that is written in a variant's id.
 */
#ifndef DW_INPUT_SITE_ID_H
#define DW_INPUT_SITE_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "data/contig.h"

/* "1:12345", "chr1_12345_A_G", "X:100:AC:A": chromosome and position, divided
 * by ':' or '_', and anything behind them.  False when the id is no such one.
 */
bool dw_site_id_place(dw_span id, char contig[DW_CONTIG_MAX], uint32_t *pos);

/* The two alleles of "1:12345:A:G", as they are written; false when there are
 * not just two behind the place. */
bool dw_site_id_alleles(dw_span id, dw_span *first, dw_span *second);

#endif
