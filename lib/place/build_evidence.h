/*
 * build_evidence: of which genome build rows are, by what they are.
 *
 * By some common variants whose positions in GRCh37 and GRCh38 are known here,
 * by the lengths that a header states for its chromosomes, and by positions
 * that lie beyond the end of a chromosome.
 */
#ifndef DW_PLACE_BUILD_EVIDENCE_H
#define DW_PLACE_BUILD_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "data/build.h"
#include "data/rows.h"

/* {0} is an empty one. */
typedef struct dw_build_evidence {
    uint64_t rows;              /* with a place */
    uint64_t known;             /* rows with a known id, on its chromosome */
    uint64_t at[DW_BUILDS];     /* of those, at its position in the build */
    uint64_t sizes;             /* lengths stated of chromosomes of people */
    uint64_t sized[DW_BUILDS];  /* of those, the build's */
    uint64_t beyond[DW_BUILDS]; /* rows beyond the end of their chromosome */
    /* of the last row's chromosome */
    char contig[DW_CONTIG_MAX];
    uint32_t length[DW_BUILDS], shortest;
    uint64_t endings[64]; /* bits: of known ids, by their last letters */
} dw_build_evidence;

void dw_build_evidence_row(dw_build_evidence *e, const dw_row *row);
void dw_build_evidence_size(dw_build_evidence *e, const char *contig,
                            uint32_t length);

/* The build of which nearly all of it is, or DW_BUILD_NONE when it is little or
 * divided.  Adds the words why: "34 of 34 known variants". */
int dw_build_evidence_tell(const dw_build_evidence *e, dw_buf *why);
/* Does it speak against the build?  Adds the words. */
bool dw_build_evidence_denies(const dw_build_evidence *e, int build,
                              dw_buf *why);

#endif
