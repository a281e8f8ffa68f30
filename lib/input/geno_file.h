/*
 * geno_file: one file of genotypes, whichever format it is of; behind
 * read_geno, which says what each function does.
 */
#ifndef DW_INPUT_GENO_FILE_H
#define DW_INPUT_GENO_FILE_H

#include "data/contig_set.h"
#include "input/panel_people.h"
#include "input/read_geno.h"

typedef struct dw_geno_file dw_geno_file;

dw_geno_file *dw_geno_file_open(const char *path, const dw_geno_query *query,
                                dw_err *err) DW_MUST_CHECK;
void dw_geno_file_close(dw_geno_file *g); /* NULL is fine */
dw_geno_kind dw_geno_file_kind(const dw_geno_file *g);
const dw_people *dw_geno_file_people(const dw_geno_file *g);
/* Adds the contigs that it has variants of; false where only reading it would
 * tell, or when memory is exhausted. */
bool dw_geno_file_contigs(const dw_geno_file *g, dw_contig_set *set);
const char *dw_geno_file_text(const dw_geno_file *g);
uint64_t dw_geno_file_digest(const dw_geno_file *g);
uint64_t dw_geno_file_unplaced(const dw_geno_file *g);
int dw_geno_file_seek(dw_geno_file *g, const char *contig,
                      dw_err *err) DW_MUST_CHECK;
int dw_geno_file_next(dw_geno_file *g, dw_site *site,
                      dw_err *err) DW_MUST_CHECK;
int dw_geno_file_column(dw_geno_file *g, void *column,
                        dw_err *err) DW_MUST_CHECK;

#endif
