#include "record/rec_ldbk.h"

#include <string.h>

#include "record/rec_keys.h"
#include "stream/pack.h"

/* How Q is stored. */
enum { STORE_F32 = 0 };

void dw_ldblock_pack(const dw_ldblock *b, dw_buf *out)
{
    dw_buf_reserve(out, b->k * b->m * sizeof *b->q + b->k * 8 + 256);
    dw_pack_text(out, b->contig, strlen(b->contig));
    dw_pack_u32(out, b->start);
    dw_pack_u32(out, b->end);
    dw_pack_u64(out, b->people);
    dw_pack_u32(out, (uint32_t)b->m);
    dw_pack_u32(out, (uint32_t)b->core);
    dw_pack_u32(out, (uint32_t)b->l);
    dw_pack_u32(out, (uint32_t)b->k);
    dw_pack_f64(out, b->trace);
    dw_pack_f64s(out, b->lambda, b->k);
    dw_pack_u8(out, STORE_F32);
    dw_pack_f32s(out, b->q, b->k * b->m);
}

/* All but lambda and Q; m and k are given apart, since the arrays have not that
 * size yet. */
static int take_sizes(dw_unpack *u, dw_ldblock *b, size_t *m, size_t *k,
                      dw_err *err)
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
    b->trace = dw_unpack_f64(u);
    return 0;
}

int dw_ldblock_unpack(dw_ldblock *b, unsigned version, const unsigned char *p,
                      size_t n, dw_err *err)
{
    dw_unpack u = {.p = p, .n = n};
    size_t m = 0, k = 0;

    if (dw_rec_check_version("LDBK", version, DW_LDBK_VERSION, err) < 0 ||
        take_sizes(&u, b, &m, &k, err) < 0)
        return err->code;
    if (!dw_unpack_room(&u, k, 8 + m * 4))
        return dw_rec_no_room("LDBK", err);
    if (dw_ldblock_resize(b, m, k, err) < 0)
        return err->code;
    dw_unpack_f64s(&u, b->lambda, k);
    if (dw_unpack_u8(&u) != STORE_F32)
        return dw_fail(err, DW_EVERSION,
                       "LDBK is stored in a way that this program does not "
                       "know: it needs a newer dw");
    dw_unpack_f32s(&u, b->q, k * m);
    if (dw_rec_check_end("LDBK", &u, err) < 0)
        return err->code;
    return dw_ldblock_check(b, err);
}
