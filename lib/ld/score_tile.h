/*
 * score_tile: r^2 of some variants with others, and what it adds to the LD
 * scores of either.
 *
 *     l_ja = sum_i a_ia r2_ij,    r2_ij = r^2 - (1 - r^2) / (n - 2)
 *
 * over the variants i in the window of j, itself too.  r2 is the unbiased one
 * of LDSC in a panel of n people (n <= 2: not known, nothing is taken off).
 */
#ifndef DW_LD_SCORE_TILE_H
#define DW_LD_SCORE_TILE_H

#include <stdbool.h>
#include <stddef.h>

/* Variants on either side: r2 stays in the cache, and sums over its rows or
 * columns lose nothing that matters in single precision. */
enum { DW_SCORE_TILE = 128 };

/* Variants [at, at + n) of a block or a chromosome, n <= DW_SCORE_TILE. */
typedef struct dw_score_side {
    size_t at, n;
    const size_t *first; /* (n) the first of the window of each, never above it
                          */
    const float *annot;  /* (n x p) */
    size_t ld;           /* of annot */
} dw_score_side;

/* r (rows.n x columns.n, ld DW_SCORE_TILE), correlations of n people, becomes
 * r2, 0 where a pair is in no window.  The later of two says whether they are.
 */
void dw_score_tile_r2(const dw_score_side *rows, const dw_score_side *columns,
                      size_t people, float *r);

/* sum (p columns, ld DW_SCORE_TILE) <- what r2 adds to the scores of the rows,
 * or of the columns. */
void dw_score_tile_of_rows(const dw_score_side *rows,
                           const dw_score_side *columns, size_t p,
                           const float *r2, float *sum);
void dw_score_tile_of_columns(const dw_score_side *rows,
                              const dw_score_side *columns, size_t p,
                              const float *r2, float *sum);

#endif
