/*
 * ingest_verdict: whether a study is healthy, in one line.
 */
#ifndef DW_OUTPUT_INGEST_VERDICT_H
#define DW_OUTPUT_INGEST_VERDICT_H

#include "base/buf.h"
#include "data/reason.h"

/* Adds "healthy: 98.9 % taken; 11533 swapped; no strand flips; frequencies
 * agree (r 0.998; 44 of 60000 more than 0.2 apart)", or "look again: " and what
 * gives reason to.  Nothing without a study. */
void dw_ingest_verdict(const dw_ingest_counts *c, dw_buf *out);

#endif
