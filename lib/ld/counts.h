/*
 * counts: products of packed genotypes, as whole numbers.
 *
 * A column is what each person carries of ALT (0, 1, 2; 0 where missing), or
 * who is missing (1; else 0).  With C = A'B, all that correlations need of two
 * sets of columns is known exactly: sums of products of 0, 1 and 2 over n
 * people are at most 4 n, which a float holds up to n = 4 million.  So eight
 * bits a person suffice, four times as many in a register as floats: with AVX2,
 * where the processor has it; elsewhere by SGEMM.  Both give the same bits.
 */
#ifndef DW_LD_COUNTS_H
#define DW_LD_COUNTS_H

#include <stdbool.h>
#include <stddef.h>

#include "data/genotype.h"

enum { DW_COUNTS_MAX_PEOPLE = 4000000 };

typedef struct dw_counts_column {
    size_t variant; /* of the window */
    bool missing;   /* who is missing; else ALT alleles */
} dw_counts_column;

/* One side of a product: n columns of a window of packed genotypes. */
typedef struct dw_counts_side {
    const dw_genotypes *g;
    size_t n;
    const dw_counts_column *column;
} dw_counts_side;

enum dw_counts_way { DW_COUNTS_PLAIN, DW_COUNTS_AVX2 };

/* The fastest way that this processor has. */
enum dw_counts_way dw_counts_best(void);

/* Floats of workspace for a product of a x b columns. */
size_t dw_counts_work(size_t a, size_t b);

/*
 * c (left.n x right.n, ld left.n) <- A'B, both of the same people; `work` is
 * from dw_counts_work.  Allocates nothing; from many threads at once.
 */
void dw_counts_product(enum dw_counts_way way, const dw_counts_side *left,
                       const dw_counts_side *right, float *work, float *c);

#endif
