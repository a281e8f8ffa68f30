/*
 * elements: where the genes and the regulatory elements of a made-up chromosome
 * lie.
 */
#ifndef DW_SIM_ELEMENTS_H
#define DW_SIM_ELEMENTS_H

#include <stddef.h>

#include "base/rng.h"
#include "sim/intervals.h"

/* One stretch of open chromatin. */
typedef struct dw_peak {
    double begin, end;
    double strength; /* Gamma, mean 1 */
    double breadth;  /* standard normal: open in few cell types or in most */
} dw_peak;

typedef struct dw_elements {
    double *tss; /* (n_genes) start of transcription, sorted */
    size_t n_genes;
    dw_intervals coding, utr, promoter, intron;
    dw_intervals conserved, repeat, insulator, unaligned;
    dw_peak *peak; /* (n_peaks) in no order */
    size_t n_peaks;
} dw_elements;

/* Draws those of a chromosome of `length` bp.  {0} is an empty set. */
void dw_elements_draw(dw_elements *e, double length, dw_rng *rng);
void dw_elements_clear(dw_elements *e);

#endif
