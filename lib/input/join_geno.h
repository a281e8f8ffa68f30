/*
 * join_geno: the genotypes of given variants, found in a panel by position and
 * alleles, either way round.
 *
 * The panel is read forwards, place by place; genotypes are unpacked only where
 * they are asked for.
 */
#ifndef DW_INPUT_JOIN_GENO_H
#define DW_INPUT_JOIN_GENO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "input/read_geno.h"

typedef struct dw_join dw_join;

dw_join *dw_join_new(dw_geno *g); /* borrows the panel */
void dw_join_free(dw_join *j);    /* NULL is fine */

/* To the start of a contig: 1, or 0 when the panel has none of it. */
int dw_join_seek(dw_join *j, const char *contig, dw_err *err) DW_MUST_CHECK;
/* To position pos, at or behind the one before.  The place may be empty. */
int dw_join_at(dw_join *j, uint32_t pos, dw_err *err) DW_MUST_CHECK;
/* To the next place of the panel, whatever it is: 1, 0 at the end, negative.
 * Its variants stand in the order of REF, then ALT; of those whose alleles are
 * the same either way round, the first is kept. */
int dw_join_next(dw_join *j, dw_err *err) DW_MUST_CHECK;

/* The place's variants; all is lent until the next call of the above. */
const char *dw_join_contig(const dw_join *j);
uint32_t dw_join_pos(const dw_join *j);
size_t dw_join_size(const dw_join *j);
const char *dw_join_id(const dw_join *j, size_t i);
const char *dw_join_ref(const dw_join *j, size_t i);
const char *dw_join_alt(const dw_join *j, size_t i);
void *dw_join_column(dw_join *j, size_t i);
/* The variant with these alleles, *swapped when the panel counts the other one;
 * SIZE_MAX when there is none. */
size_t dw_join_find(const dw_join *j, const char *ref, const char *alt,
                    bool *swapped);
/* Variants of the panel left out so far since another had their alleles. */
uint64_t dw_join_duplicates(const dw_join *j);

#endif
