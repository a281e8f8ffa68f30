/*
 * pack: numbers and texts to bytes and back, little-endian, field by field.
 *
 * dw_pack_* add to a buffer.  dw_unpack_* take from a cursor that cannot run
 * past its end: a take that would sets `bad`, moves nothing and gives zeros;
 * the caller tests `bad` once at the end, and dw_unpack_room before it takes
 * memory for a count that it read.  Layout: dw-stream(5), "Primitive types".
 */
#ifndef DW_STREAM_PACK_H
#define DW_STREAM_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/text.h"

void dw_pack_u8(dw_buf *b, uint8_t x);
void dw_pack_u16(dw_buf *b, uint16_t x);
void dw_pack_u32(dw_buf *b, uint32_t x);
void dw_pack_u64(dw_buf *b, uint64_t x);
void dw_pack_f64(dw_buf *b, double x);
void dw_pack_text(dw_buf *b, const char *s, size_t n); /* u32 length, bytes */

/* Arrays of n numbers, as byte planes: all lowest bytes first, then all second
 * ones ...; what is alike stands together, and compresses. */
void dw_pack_u32s(dw_buf *b, const uint32_t *x, size_t n);
void dw_pack_f32s(dw_buf *b, const float *x, size_t n);
void dw_pack_f64s(dw_buf *b, const double *x, size_t n);

/* Some rows of a matrix (columns apart by ld), column by column, as one array;
 * as halves: to the nearest one, ties to even. */
void dw_pack_f32_rows(dw_buf *b, const float *x, size_t ld, size_t rows,
                      size_t columns);
void dw_pack_f16_rows(dw_buf *b, const float *x, size_t ld, size_t rows,
                      size_t columns);

typedef struct dw_unpack {
    const unsigned char *p;
    size_t n; /* bytes left */
    bool bad;
} dw_unpack;

uint8_t dw_unpack_u8(dw_unpack *u);
uint16_t dw_unpack_u16(dw_unpack *u);
uint32_t dw_unpack_u32(dw_unpack *u);
uint64_t dw_unpack_u64(dw_unpack *u);
double dw_unpack_f64(dw_unpack *u);
dw_span dw_unpack_text(dw_unpack *u); /* lent from the payload */

/* Are there n items of `size` bytes left?  If not, sets bad. */
bool dw_unpack_room(dw_unpack *u, uint64_t n, size_t size);
void dw_unpack_u32s(dw_unpack *u, uint32_t *x, size_t n);
void dw_unpack_f32s(dw_unpack *u, float *x, size_t n);
void dw_unpack_f64s(dw_unpack *u, double *x, size_t n);
void dw_unpack_f32_rows(dw_unpack *u, float *x, size_t ld, size_t rows,
                        size_t columns);
void dw_unpack_f16_rows(dw_unpack *u, float *x, size_t ld, size_t rows,
                        size_t columns);
/* n bytes, lent from the payload; NULL with `bad` set when they are not there.
 */
const unsigned char *dw_unpack_bytes(dw_unpack *u, size_t n);

#endif
