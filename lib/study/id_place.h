/*
 * id_place: the place that a variant's id names: chr1:12345, 1:12345:A:G,
 * 1_12345_A_G, X-12345-A-G.
 */
#ifndef DW_STUDY_ID_PLACE_H
#define DW_STUDY_ID_PLACE_H

#include <stdint.h>

#include "base/text.h"

/* The chromosome (as it is written, to be named by contig.h) and the position,
 * 1 .. 2^31-1: 0, or -1 when the id names none.  Only 1 to 26, X, Y, XY, M and
 * MT are chromosomes here, so that names such as AX-12345 are none. */
int dw_id_place(dw_span id, dw_span *contig, uint32_t *pos) DW_MUST_CHECK;

#endif
