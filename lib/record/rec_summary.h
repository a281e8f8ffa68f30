/*
 * rec_summary: what a stream is about and what it holds, for people.
 */
#ifndef DW_RECORD_REC_SUMMARY_H
#define DW_RECORD_REC_SUMMARY_H

#include "record/rec_stream.h"
#include "stream/outfile.h"

/* Reads the source to its end; payloads of variants and blocks stay packed. */
int dw_summary_stream(dw_outfile *out, dw_source *src,
                      dw_err *err) DW_MUST_CHECK;

#endif
