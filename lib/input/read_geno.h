/*
 * read_geno: the genotypes of a panel, one variant behind the other, from a
 * PLINK .bed (with .bim and .fam beside it), a VCF or a BCF; told by content.
 *
 * A path with an @ is a set of files, one or a few chromosomes each: @ stands
 * for 1 to 99, X, Y, XY, MT or M, and those that are there are taken, in this
 * order.  The people of all have to be the same, in the same order, and a
 * chromosome may not be in two of them.  Two files are open at a time at most.
 *
 * ALT of a .bed is A1 and REF is A2, as plink2 takes them.  Each ALT of a
 * multi-allelic record is a variant of its own, all other alleles together its
 * REF.  A haploid genotype counts as a homozygous one, as PLINK has it; one
 * that is missing in part is missing.
 */
#ifndef DW_INPUT_READ_GENO_H
#define DW_INPUT_READ_GENO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/contig.h"
#include "data/genotype.h"
#include "data/region.h"

typedef struct dw_geno_query {
    const char *samples;       /* a file of those to take; NULL: all */
    const dw_regions *regions; /* sorted, borrowed; NULL: everywhere */
    bool dosage;               /* DS of a VCF or BCF instead of GT */
} dw_geno_query;

/* One variant.  Texts are lent until the next call; alleles are upper case. */
typedef struct dw_site {
    char contig[DW_CONTIG_MAX];
    uint32_t pos; /* 1-based */
    const char *id, *ref, *alt;
} dw_site;

typedef struct dw_geno dw_geno;

dw_geno *dw_geno_open(const char *path, const dw_geno_query *query,
                      dw_err *err) DW_MUST_CHECK;
void dw_geno_close(dw_geno *g); /* NULL is fine */

const char *dw_geno_name(const dw_geno *g);
dw_geno_kind dw_geno_kind_of(const dw_geno *g);
/* The people taken, in the order of the panel; n > 0. */
size_t dw_geno_people(const dw_geno *g);
const char *dw_geno_fid(const dw_geno *g, size_t i);
const char *dw_geno_iid(const dw_geno *g, size_t i);
/* Name and XXH64 of the i-th .bim; NULL when there are no more, as for others.
 */
const char *dw_geno_text(const dw_geno *g, size_t i, uint64_t *digest);
/* Variants passed over since they have no place or no ALT allele; of a .bed all
 * of them, of others those come to so far. */
uint64_t dw_geno_unplaced(const dw_geno *g);

/* To the first variant of a contig; dw_geno_next then ends where the contig
 * ends.  1, or 0 when the panel has none on it.  Going back needs a file. */
int dw_geno_seek(dw_geno *g, const char *contig, dw_err *err) DW_MUST_CHECK;

/* The next variant that the query takes.  Within a contig positions do not
 * descend: a .bim in another order is sorted, a VCF in another order refused.
 * Without dw_geno_seek contigs come in the panel's order, each in one piece.
 * 1, 0, negative. */
int dw_geno_next(dw_geno *g, dw_site *site, dw_err *err) DW_MUST_CHECK;
/* The current variant's column, dw_geno_bytes(kind, people) of it. */
int dw_geno_column(dw_geno *g, void *column, dw_err *err) DW_MUST_CHECK;

#endif
