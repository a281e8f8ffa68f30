/*
 * read_plink: a PLINK .bed with its .bim and .fam; behind read_geno, which says
 * what each function does.
 *
 * The .bim is streamed twice: once to count it and to see its order, and once
 * for its rows.  Only one that is out of order is held in memory.
 */
#ifndef DW_INPUT_READ_PLINK_H
#define DW_INPUT_READ_PLINK_H

#include <stdbool.h>

#include "data/contig_set.h"
#include "input/panel_people.h"
#include "input/read_geno.h"

typedef struct dw_plink dw_plink;

/* Do the first bytes of a file say that it is a .bed or another of PLINK's
 * binary formats? */
bool dw_plink_magic(const unsigned char *p, size_t n);

dw_plink *dw_plink_open(const char *path, const dw_geno_query *query,
                        dw_err *err) DW_MUST_CHECK;
void dw_plink_close(dw_plink *p);
const dw_people *dw_plink_people(const dw_plink *p);
const char *dw_plink_text(const dw_plink *p);
uint64_t dw_plink_digest(const dw_plink *p);
bool dw_plink_contigs(const dw_plink *p, dw_contig_set *set);
uint64_t dw_plink_unplaced(const dw_plink *p);
int dw_plink_seek(dw_plink *p, const char *contig, dw_err *err) DW_MUST_CHECK;
int dw_plink_next(dw_plink *p, dw_site *site, dw_err *err) DW_MUST_CHECK;
int dw_plink_column(dw_plink *p, unsigned char *column,
                    dw_err *err) DW_MUST_CHECK;

#endif
