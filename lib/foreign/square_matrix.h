/*
 * square_matrix: the entries of a square matrix, as a file has them.
 */
#ifndef DW_FOREIGN_SQUARE_MATRIX_H
#define DW_FOREIGN_SQUARE_MATRIX_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "foreign/ld_order.h"
#include "ld/corr.h"

/* {0} is an empty one. */
typedef struct dw_square_matrix {
    size_t n;
    float *x; /* (n x n), row after row; 0 where a triangle has nothing */
    size_t cap;
    uint64_t digest; /* of the text, or of the file if it is binary */
} dw_square_matrix;

void dw_square_matrix_clear(dw_square_matrix *s);

/* Reads a matrix of n variants: see square_source.h. */
int dw_square_matrix_read(dw_square_matrix *s, const char *path, size_t n,
                          dw_err *err) DW_MUST_CHECK;

/* Adds all entries to c, placed as `o` says. */
void dw_square_matrix_fill(const dw_square_matrix *s, const dw_ld_order *o,
                           dw_corr *c);

#endif
