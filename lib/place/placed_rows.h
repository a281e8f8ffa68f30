/*
 * placed_rows: the rows of a study, at the places and with the alleles that
 * the reference has them at.
 *
 * Wraps a study's reader.  In this order: 25 that means MT; lifting to another
 * build; XY or X, as the reference has it; without a reference, REF as the
 * genome has it; indels as the reference writes them, else normalised.  Rows
 * for which there is no place are told to `fates`; rows that are known by their
 * id only are passed on as they are.
 */
#ifndef DW_PLACE_PLACED_ROWS_H
#define DW_PLACE_PLACED_ROWS_H

#include <stdbool.h>

#include "data/reason.h"
#include "input/ordered.h"
#include "place/build_evidence.h"
#include "place/chain.h"
#include "place/genome.h"
#include "place/genome_fit.h"
#include "place/survey.h"

/* All borrowed; NULL: none. */
typedef struct dw_placed_opts {
    dw_chain *chain;
    dw_genome *genome; /* of the reference's build */
    bool has_ref;
    const dw_survey *survey; /* NULL: nothing is known of the reference */
    dw_fates *fates;
} dw_placed_opts;

typedef struct dw_placed_rows dw_placed_rows;

/* The study's reader is borrowed.  Its first three numbers are those of
 * harmonise.h. */
dw_placed_rows *dw_placed_rows_new(const dw_row_reader *study,
                                   const dw_placed_opts *opts);
void dw_placed_rows_free(dw_placed_rows *p); /* NULL is fine */
const dw_row_reader *dw_placed_rows_reader(const dw_placed_rows *p);
/* Was there a row whose place depends on what a survey would say? */
bool dw_placed_rows_needs_survey(const dw_placed_rows *p);
/* Of the rows since the last rewind, before they were lifted. */
const dw_build_evidence *dw_placed_rows_evidence(const dw_placed_rows *p);
/* Of the same, once lifted, where the genome tells REF. */
const dw_genome_fit *dw_placed_rows_fit(const dw_placed_rows *p);

#endif
