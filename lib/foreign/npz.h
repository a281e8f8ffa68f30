/*
 * npz: the arrays of a zip archive of NumPy, one behind the other or side by
 * side, from the archive's bytes; the one door to libzip.
 *
 * Stored or deflated, zip64 or not.  Items are unpacked as they are asked for:
 * nothing is taken of a size that a header says.
 */
#ifndef DW_FOREIGN_NPZ_H
#define DW_FOREIGN_NPZ_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "foreign/npy.h"

typedef struct dw_npz dw_npz;
typedef struct dw_npz_array dw_npz_array;

/* The bytes are borrowed as long as it is open. */
dw_npz *dw_npz_open(const void *bytes, size_t n, dw_err *err) DW_MUST_CHECK;
void dw_npz_close(dw_npz *z); /* NULL is fine */

/* The array NAME, which is NAME.npy in the archive.  Its size in the archive is
 * that of its header and shape, or it is refused. */
dw_npz_array *dw_npz_array_open(dw_npz *z, const char *name,
                                dw_err *err) DW_MUST_CHECK;
void dw_npz_array_close(dw_npz_array *a); /* NULL is fine */
const dw_npy *dw_npz_array_shape(const dw_npz_array *a);

/* The next n items; with the last of the array, its checksum is known to be
 * good. */
int dw_npz_floats(dw_npz_array *a, float *to, size_t n,
                  dw_err *err) DW_MUST_CHECK;
/* Whole numbers, none negative. */
int dw_npz_indices(dw_npz_array *a, uint64_t *to, size_t n,
                   dw_err *err) DW_MUST_CHECK;
/* The only item, of text, 0-terminated. */
int dw_npz_word(dw_npz_array *a, char *to, size_t room,
                dw_err *err) DW_MUST_CHECK;

/* "libzip 1.7.3", for --version. */
const char *dw_foreign_library(void);

#endif
