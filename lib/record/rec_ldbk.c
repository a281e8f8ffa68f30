#include "record/rec_ldbk.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "record/rec_keys.h"
#include "stream/pack.h"

/* How Q is stored in version 1. */
enum { STORE_F32 = 0 };

/* The least eigenvalues of rows that are stored so; see the header.  Measured:
 * eight bits take some 1.5 % of an element, halves 0.02 %. */
static const double LEAST_I8 = 0.5, LEAST_F16 = 0.001;
/* Far beyond any correlation, far below the largest half. */
static const float LARGEST = 1000;
enum { I8_MAX = 127 };

/* Rows of Q from the first on, by how they are stored. */
struct rows {
    size_t i8, f16, f32;
};

const char *dw_store_name(enum dw_store store)
{
    static const char *const name[] = {"f32", "f16", "i8"};

    return name[store];
}

/* Bytes a variant. */
static size_t row_bytes(const struct rows *n)
{
    return (n->i8 ? sizeof(float) + n->i8 : 0) + 2 * n->f16 + 4 * n->f32;
}

/* ---- packing ---- */

static void pack_sizes(const dw_ldblock *b, dw_buf *out)
{
    dw_pack_text(out, b->contig, strlen(b->contig));
    dw_pack_u32(out, b->start);
    dw_pack_u32(out, b->end);
    dw_pack_u64(out, b->people);
    dw_pack_u32(out, (uint32_t)b->m);
    dw_pack_u32(out, (uint32_t)b->core);
    dw_pack_u32(out, (uint32_t)b->l);
    dw_pack_u32(out, (uint32_t)b->k);
}

static void pack_eigenvalues(const dw_ldblock *b, dw_buf *out)
{
    dw_pack_f64(out, b->trace);
    dw_pack_f64s(out, b->lambda, b->k);
}

void dw_ldblock_pack(const dw_ldblock *b, dw_buf *out)
{
    dw_buf_reserve(out, b->k * b->m * sizeof *b->q + b->k * 8 + 256);
    pack_sizes(b, out);
    pack_eigenvalues(b, out);
    dw_pack_u8(out, STORE_F32);
    dw_pack_f32s(out, b->q, b->k * b->m);
}

/* How many of the descending eigenvalues are at least that. */
static size_t count_from(const dw_ldblock *b, double least)
{
    size_t n = 0;

    while (n < b->k && b->lambda[n] >= least)
        n++;
    return n;
}

static bool of_correlations(const dw_ldblock *b)
{
    float largest = 0;

    for (size_t i = 0; i < b->k * b->m; i++)
        largest = fmaxf(largest, fabsf(b->q[i]));
    return largest < LARGEST;
}

/* r_i of the rows of codes: the size of a row's elements, since those of the
 * core are L_i when squared and added up. */
static void row_scales(const dw_ldblock *b, size_t rows, float *r)
{
    for (size_t i = 0; i < rows; i++)
        r[i] = (float)sqrt(b->lambda[i]);
}

/* That of the largest element, in row scales, which becomes the largest code.
 */
static float column_scale(const float *q, const float *r, size_t rows)
{
    float largest = 0;

    for (size_t i = 0; i < rows; i++)
        largest = fmaxf(largest, fabsf(q[i]) / r[i]);
    return largest / I8_MAX;
}

/* To the nearest, ties to even. */
static signed char code_of(float q, float unit)
{
    float x = unit > 0 ? rintf(q / unit) : 0;

    return (signed char)fmaxf(-I8_MAX, fminf(x, I8_MAX));
}

static void pack_i8(const dw_ldblock *b, size_t rows, dw_buf *out)
{
    float *r = dw_alloc(rows, sizeof *r);
    float *scale = dw_alloc(b->m, sizeof *scale);

    row_scales(b, rows, r);
    for (size_t j = 0; j < b->m; j++)
        scale[j] = column_scale(b->q + j * b->k, r, rows);
    dw_pack_f32s(out, scale, b->m);
    for (size_t j = 0; j < b->m; j++) {
        for (size_t i = 0; i < rows; i++) {
            float q = b->q[i + j * b->k];

            dw_pack_u8(out, (uint8_t)code_of(q, scale[j] * r[i]));
        }
    }
    dw_free(r);
    dw_free(scale);
}

unsigned dw_ldblock_pack_as(const dw_ldblock *b, enum dw_store store,
                            dw_buf *out)
{
    struct rows n = {0};

    if (store == DW_STORE_F32 || !of_correlations(b)) {
        dw_ldblock_pack(b, out);
        return 1;
    }
    n.i8 = store == DW_STORE_I8 ? count_from(b, LEAST_I8) : 0;
    n.f16 = count_from(b, LEAST_F16) - n.i8;
    n.f32 = b->k - n.i8 - n.f16;
    dw_buf_reserve(out, row_bytes(&n) * b->m + b->k * 8 + 256);
    pack_sizes(b, out);
    dw_pack_u32(out, (uint32_t)n.i8);
    dw_pack_u32(out, (uint32_t)n.f16);
    pack_eigenvalues(b, out);
    if (n.i8)
        pack_i8(b, n.i8, out);
    dw_pack_f16_rows(out, b->q + n.i8, b->k, n.f16, b->m);
    dw_pack_f32_rows(out, b->q + n.i8 + n.f16, b->k, n.f32, b->m);
    return 2;
}

/* ---- unpacking ---- */

/* All before the trace; m and k are given apart, since the arrays have not that
 * size yet. */
static int take_sizes(dw_unpack *u, unsigned version, dw_ldblock *b, size_t *m,
                      size_t *k, struct rows *n, dw_err *err)
{
    if (dw_rec_take_contig("LDBK", u, b->contig, err) < 0)
        return err->code;
    b->start = dw_unpack_u32(u);
    b->end = dw_unpack_u32(u);
    b->people = dw_unpack_u64(u);
    *m = dw_unpack_u32(u);
    b->core = dw_unpack_u32(u);
    b->l = dw_unpack_u32(u);
    *k = dw_unpack_u32(u);
    n->i8 = version > 1 ? dw_unpack_u32(u) : 0;
    n->f16 = version > 1 ? dw_unpack_u32(u) : 0;
    if (n->i8 > *k || n->f16 > *k - n->i8)
        return dw_fail(err, DW_EFORMAT, "LDBK has more rows than its rank");
    n->f32 = *k - n->i8 - n->f16;
    return 0;
}

static void decode(float *q, float scale, const float *r, size_t rows,
                   const unsigned char *code)
{
    for (size_t i = 0; i < rows; i++)
        q[i] = scale * r[i] * (float)(signed char)code[i];
}

static int take_i8(dw_unpack *u, dw_ldblock *b, size_t rows, dw_err *err)
{
    float *r = dw_try_alloc(rows, sizeof *r);
    float *scale = dw_try_alloc(b->m, sizeof *scale);
    const bool enough = r && scale;
    const unsigned char *code;

    if (enough) {
        row_scales(b, rows, r);
        dw_unpack_f32s(u, scale, b->m);
        code = dw_unpack_bytes(u, b->m * rows);
        for (size_t j = 0; code && j < b->m; j++)
            decode(b->q + j * b->k, scale[j], r, rows, code + j * rows);
    }
    dw_free(r);
    dw_free(scale);
    return enough ? 0 : dw_fail(err, DW_ENOMEM, "not enough memory for LDBK");
}

int dw_ldblock_unpack(dw_ldblock *b, unsigned version, const unsigned char *p,
                      size_t n, dw_err *err)
{
    dw_unpack u = {.p = p, .n = n};
    struct rows rows = {0};
    size_t m = 0, k = 0;

    if ((version != 1 &&
         dw_rec_check_version("LDBK", version, DW_LDBK_VERSION, err) < 0) ||
        take_sizes(&u, version, b, &m, &k, &rows, err) < 0)
        return err->code;
    b->trace = dw_unpack_f64(&u);
    /* Each row has a byte or more a variant: so no product overflows. */
    if (!dw_unpack_room(&u, k, 8 + m) ||
        !dw_unpack_room(&u, row_bytes(&rows), m))
        return dw_rec_no_room("LDBK", err);
    if (dw_ldblock_resize(b, m, k, err) < 0)
        return err->code;
    dw_unpack_f64s(&u, b->lambda, k);
    if (version == 1 && dw_unpack_u8(&u) != STORE_F32)
        return dw_fail(err, DW_EVERSION,
                       "LDBK is stored in a way that this program does not "
                       "know: it needs a newer dw");
    if (rows.i8 && take_i8(&u, b, rows.i8, err) < 0)
        return err->code;
    dw_unpack_f16_rows(&u, b->q + rows.i8, k, rows.f16, m);
    dw_unpack_f32_rows(&u, b->q + rows.i8 + rows.f16, k, rows.f32, m);
    if (dw_rec_check_end("LDBK", &u, err) < 0)
        return err->code;
    return dw_ldblock_check(b, err);
}
