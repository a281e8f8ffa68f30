#include "record/rec_vars.h"

#include "record/rec_keys.h"
#include "stream/pack.h"

void dw_variants_pack(const dw_variants *v, dw_buf *out)
{
    dw_buf_reserve(out, v->m * (5 + 2 * v->t + v->p) * 4);
    dw_pack_u32(out, (uint32_t)v->t);
    dw_pack_u32(out, (uint32_t)v->p);
    dw_rec_pack_keys(v, out);
    for (size_t j = 0; j < v->t; j++)
        dw_pack_f32s(out, v->z + j * v->m, v->m);
    for (size_t j = 0; j < v->t; j++)
        dw_pack_f32s(out, v->n + j * v->m, v->m);
    for (size_t j = 0; j < v->p; j++)
        dw_pack_f32s(out, v->annot + j * v->m, v->m);
}

int dw_variants_unpack(dw_variants *v, unsigned version, const unsigned char *p,
                       size_t n, dw_err *err)
{
    dw_unpack u = {.p = p, .n = n};
    size_t traits, annots;

    if (dw_rec_check_version("VARS", version, DW_VARS_VERSION, err) < 0)
        return err->code;
    traits = dw_unpack_u32(&u);
    annots = dw_unpack_u32(&u);
    if (traits > DW_TRAITS_MAX || annots > DW_ANNOTS_MAX)
        return dw_fail(err, DW_EFORMAT,
                       "VARS claims %zu traits and %zu annotations", traits,
                       annots);
    if (dw_rec_take_keys("VARS", &u, v, traits, annots, err) < 0)
        return err->code;
    for (size_t j = 0; j < traits; j++)
        dw_unpack_f32s(&u, v->z + j * v->m, v->m);
    for (size_t j = 0; j < traits; j++)
        dw_unpack_f32s(&u, v->n + j * v->m, v->m);
    for (size_t j = 0; j < annots; j++)
        dw_unpack_f32s(&u, v->annot + j * v->m, v->m);
    if (dw_rec_check_end("VARS", &u, err) < 0)
        return err->code;
    return dw_variants_check(v, err);
}
