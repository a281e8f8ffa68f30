/*
 * npy: the header of an array as NumPy stores it, versions 1 to 3.
 *
 *     "\x93NUMPY" major minor length, then a Python dictionary as text:
 *     {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
 *
 * Plain numbers and strings are taken; an array of Python objects, which is a
 * program, or of records is refused, and so is one of big-endian numbers.
 */
#ifndef DW_FOREIGN_NPY_H
#define DW_FOREIGN_NPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { DW_NPY_START = 12, DW_NPY_HEADER_MAX = 65536, DW_NPY_DIMS_MAX = 4 };

typedef struct dw_npy {
    char kind;   /* 'f', 'i', 'u' numbers, 'S' bytes, 'U' UCS-4 */
    size_t size; /* bytes of an item */
    bool fortran;
    size_t dims; /* 0: one item */
    uint64_t shape[DW_NPY_DIMS_MAX];
    uint64_t items; /* the product of the shape */
} dw_npy;

/* From the first DW_NPY_START bytes: sets how many bytes stand before the
 * dictionary, 10 or 12, and how many are it. */
int dw_npy_begin(const unsigned char *p, size_t *before, size_t *length,
                 dw_err *err) DW_MUST_CHECK;
/* From the dictionary, which is not 0-terminated. */
int dw_npy_parse(const char *text, size_t n, dw_npy *a,
                 dw_err *err) DW_MUST_CHECK;

/* Items as numbers; n * size bytes at p.  For kinds f, i, u. */
void dw_npy_floats(const dw_npy *a, const unsigned char *p, size_t n,
                   float *to);
/* For kinds i, u; false when one is negative. */
bool dw_npy_indices(const dw_npy *a, const unsigned char *p, size_t n,
                    uint64_t *to);

#endif
