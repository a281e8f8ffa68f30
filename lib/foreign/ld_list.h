/*
 * ld_list: the variants of a matrix that does not name them, in its order.
 *
 * A .bim, or a table with a header: chromosome, position, an allele that is
 * counted (allele1, A1, the effect allele, ALT) and the other one, with an id
 * and a frequency if it has them; as the .gz of UKBB_LD, snp.info of GCTB, the
 * z file of FINEMAP, a .pvar.  ALT is the allele that is counted.
 */
#ifndef DW_FOREIGN_LD_LIST_H
#define DW_FOREIGN_LD_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/contig_set.h"
#include "data/variant.h"
#include "input/table.h"

/* {0} is an empty one. */
typedef struct dw_ld_list {
    size_t n;
    char *name; /* of the file; owned */
    dw_contig_set contigs;
    size_t *contig;        /* (n) its number; SIZE_MAX: not placed */
    uint32_t *pos;         /* (n) 1-based; 0: not placed */
    float *eaf;            /* (n) of ALT; NAN where not known */
    dw_texts id, alt, ref; /* (n) alleles in upper case; id "." if none */
    uint64_t people;       /* the largest sample size it has; 0: none */
    uint64_t digest;       /* of the text */
    size_t cap_contig, cap_pos, cap_eaf;
} dw_ld_list;

/* Reads the whole file; the list is emptied first. */
int dw_ld_list_read(dw_ld_list *list, const char *path,
                    dw_err *err) DW_MUST_CHECK;
void dw_ld_list_clear(dw_ld_list *list);
/* The contig of the first of rows [begin, end) that is placed; DW_EDEGENERATE:
 * none is. */
int dw_ld_list_contig(const dw_ld_list *list, size_t begin, size_t end,
                      char contig[DW_CONTIG_MAX], dw_err *err) DW_MUST_CHECK;

#endif
