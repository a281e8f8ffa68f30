/*
 * chroms: which chromosomes a panel is to have, as a user writes it.
 */
#ifndef DW_SIM_CHROMS_H
#define DW_SIM_CHROMS_H

#include "base/err.h"
#include "data/variant.h"

/* A count ("22": 1 to 22) or a list of names and ranges ("1-4,9,X"; "7," is
 * chromosome 7 alone), in the order of dw_contig_cmp, none twice.  Adds their
 * names by dw_contig_name.  DW_EUSAGE when it is neither. */
int dw_chroms_parse(const char *text, dw_texts *names,
                    dw_err *err) DW_MUST_CHECK;

#endif
