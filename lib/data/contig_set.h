/*
 * contig_set: the chromosomes that a file names, each with a number, however
 * many there are.
 */
#ifndef DW_DATA_CONTIG_SET_H
#define DW_DATA_CONTIG_SET_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "data/contig.h"

/* {0} is an empty one. */
typedef struct dw_contig_set {
    dw_map *index;
    char (*name)[DW_CONTIG_MAX]; /* (n) in the order in which they came */
    size_t n, cap;
} dw_contig_set;

void dw_contig_set_clear(dw_contig_set *s);
/* The number of a name given by dw_contig_name, a new one if it is new;
 * SIZE_MAX: no memory. */
size_t dw_contig_set_add(dw_contig_set *s, const char *contig) DW_MUST_CHECK;
/* SIZE_MAX: not there. */
size_t dw_contig_set_find(const dw_contig_set *s, const char *contig);

#endif
