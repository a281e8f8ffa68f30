/*
 * prs_flow: weights of alleles, looked up in a panel of genotypes, become one
 * sum a person.  dw-prs(1).
 */
#ifndef DW_FLOW_PRS_FLOW_H
#define DW_FLOW_PRS_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/log.h"
#include "stream/outfile.h"

typedef struct dw_prs_opts {
    const char *geno;    /* as input/read_geno.h */
    const char *samples; /* NULL: all people */
    const char *region;  /* NULL: everywhere */
    const char *columns; /* of the weights: input/read_weights.h */
    bool dosage;
    size_t threads;
} dw_prs_opts;

typedef struct dw_prs dw_prs;

/*
 * Reads the weights (NULL or "-": stdin), opens the panel.  Options are
 * borrowed.  A panel is read twice, and cannot be stdin (DW_EUSAGE), if the
 * weights have ids and no positions.
 */
dw_prs *dw_prs_open(const dw_prs_opts *o, const char *weights,
                    dw_err *err) DW_MUST_CHECK;
void dw_prs_free(dw_prs *s); /* NULL is fine */

/* Sums all weights, in the order of the panel's contigs, once.  DW_EMISMATCH if
 * next to none is in the panel, DW_EDEGENERATE if there is none. */
int dw_prs_run(dw_prs *s, dw_err *err) DW_MUST_CHECK;

/* FID IID N_VARIANTS SCORE, one line a person. */
void dw_prs_print(const dw_prs *s, dw_outfile *out);

size_t dw_prs_people(const dw_prs *s);
/* Weights by what became of them: "rows" are all, "used" those summed. */
const dw_tally *dw_prs_tally(const dw_prs *s);

#endif
