/*
 * stream_truth: the function of annotations that dw-sim plants, when it has
 * learned from all blocks of a stream what it needs to know of them.
 */
#ifndef DW_FLOW_STREAM_TRUTH_H
#define DW_FLOW_STREAM_TRUTH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "data/track.h"
#include "sim/planted.h"

typedef struct dw_stream_truth dw_stream_truth;

/*
 * `truth` is a text of sim/planted.h, or "model:FILE" of dw-fit.  The stream at
 * `path` is read several times, and found whole at the first.
 *
 * DW_EDEGENERATE if no block has a variant; DW_EMISMATCH if annotations are not
 * there; DW_EIO if the stream changes meanwhile.
 */
dw_stream_truth *dw_stream_truth_new(const char *truth, const char *path,
                                     dw_err *err) DW_MUST_CHECK;
void dw_stream_truth_free(dw_stream_truth *t); /* NULL is fine */

/* Does it look at signal tracks?  Then these are to be shown to it before it is
 * asked for the variances of their variants (score/track_inputs). */
bool dw_stream_truth_looks(const dw_stream_truth *t);
int dw_stream_truth_tracks(dw_stream_truth *t, const dw_variants *v,
                           dw_tracks *tracks, dw_err *err) DW_MUST_CHECK;

/* To be asked for variances, which add up over the core variants. */
const dw_planted *dw_stream_truth_planted(const dw_stream_truth *t);
size_t dw_stream_truth_blocks(const dw_stream_truth *t);
size_t dw_stream_truth_core(const dw_stream_truth *t); /* variants */

#endif
