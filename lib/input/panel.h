/*
 * panel: the genotypes of given variants, found in a panel by position and
 * alleles, either way round.
 *
 * The panel is read forwards, place by place; genotypes are unpacked only where
 * they are asked for.
 */
#ifndef DW_INPUT_PANEL_H
#define DW_INPUT_PANEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/variant.h"
#include "input/read_geno.h"

typedef struct dw_panel dw_panel;

dw_panel *dw_panel_new(dw_geno *g); /* borrows the panel */
void dw_panel_free(dw_panel *p);    /* NULL is fine */

/* To the start of a contig: 1, or 0 when the panel has none of it. */
int dw_panel_seek(dw_panel *p, const char *contig, dw_err *err) DW_MUST_CHECK;
/* To the start of the panel's next contig, in its own order: 1, 0, negative.
 * Not to be mixed with dw_panel_seek. */
int dw_panel_next_contig(dw_panel *p, dw_err *err) DW_MUST_CHECK;
/* To position pos, at or behind the one before.  The place may be empty. */
int dw_panel_at(dw_panel *p, uint32_t pos, dw_err *err) DW_MUST_CHECK;
/* To the next place of the panel, whatever it is: 1, 0 at the end, negative.
 * Its variants stand in the order of REF, then ALT; of those whose alleles are
 * the same either way round, the first is kept. */
int dw_panel_next(dw_panel *p, dw_err *err) DW_MUST_CHECK;

/* The place's variants; all is lent until the next call of the above. */
const char *dw_panel_contig(const dw_panel *p);
uint32_t dw_panel_pos(const dw_panel *p);
size_t dw_panel_size(const dw_panel *p);
const char *dw_panel_id(const dw_panel *p, size_t i);
const char *dw_panel_ref(const dw_panel *p, size_t i);
const char *dw_panel_alt(const dw_panel *p, size_t i);
const void *dw_panel_column(const dw_panel *p, size_t i);
/* The column counts the other allele from now on. */
void dw_panel_flip(dw_panel *p, size_t i);
/* All of them as a table without traits and annotations, frequencies missing.
 */
int dw_panel_table(const dw_panel *p, dw_variants *v,
                   dw_err *err) DW_MUST_CHECK;
/* The variant with these alleles, *swapped when the panel counts the other one;
 * SIZE_MAX when there is none. */
size_t dw_panel_find(const dw_panel *p, const char *ref, const char *alt,
                     bool *swapped);
/* Variants of the panel left out so far since another had their alleles. */
uint64_t dw_panel_duplicates(const dw_panel *p);

#endif
