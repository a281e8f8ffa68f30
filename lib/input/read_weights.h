/*
 * read_weights: weights of alleles, as dw-score writes them, the PGS Catalog
 * keeps them, or any table names them.
 *
 * Columns are found by name: CHR and POS, or an id; the effect allele, the
 * other allele (it may be missing), the weight.  Where none is called that, ALT
 * is the effect allele and REF the other one.
 */
#ifndef DW_INPUT_READ_WEIGHTS_H
#define DW_INPUT_READ_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/log.h"
#include "data/contig.h"

typedef struct dw_weight {
    uint32_t contig;   /* index into the table's contigs */
    uint32_t pos;      /* 1-based */
    size_t id, ea, oa; /* dw_weights_text; oa is "" when not known */
    double weight;     /* of one copy of the effect allele */
    size_t next;       /* while ids are placed: the next one of this id */
} dw_weight;

typedef struct dw_weights dw_weights;

/* `columns`: "CHR=chrom,POS=bp,ID=..,EA=..,OA=..,WEIGHT=..", any of them, for a
 * table with other names; NULL: by the names that are known.  Rows that cannot
 * be used are tallied: no_weight, no_position, bad_allele; "rows" counts all.
 */
dw_weights *dw_weights_read(const char *path, const char *columns,
                            dw_tally *tally, dw_err *err) DW_MUST_CHECK;
void dw_weights_free(dw_weights *w); /* NULL is fine */

/* Those with a place, sorted by contig, position, line.  If the table has ids
 * only, all lack a place until dw_weights_place. */
size_t dw_weights_size(const dw_weights *w);
const dw_weight *dw_weights_at(const dw_weights *w, size_t i);
const char *dw_weights_contig(const dw_weights *w, const dw_weight *x);
const char *dw_weights_text(const dw_weights *w, size_t text);
bool dw_weights_by_id(const dw_weights *w);
/* The weights of a contig: [*begin, *end), empty when there are none. */
void dw_weights_of(const dw_weights *w, const char *contig, size_t *begin,
                   size_t *end);

/* Tells where the variants of an id are; the first place told stays. */
int dw_weights_place(dw_weights *w, const char *id, const char *contig,
                     uint32_t pos, dw_err *err) DW_MUST_CHECK;
/* Behind the last dw_weights_place: sorts, and tallies those without a place as
 * not_in_panel. */
void dw_weights_placed(dw_weights *w, dw_tally *tally);

#endif
