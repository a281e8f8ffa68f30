#include "record/rec_true.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "record/rec_keys.h"
#include "stream/pack.h"

int dw_truth_resize(dw_truth *t, size_t m, dw_err *err)
{
    double *var = dw_try_realloc(t->var, m, sizeof *var);
    double *effect;

    if (var)
        t->var = var;
    effect = dw_try_realloc(t->effect, m, sizeof *effect);
    if (effect)
        t->effect = effect;
    t->m = var && effect ? m : 0;
    if (var && effect)
        return 0;
    return dw_fail(err, DW_ENOMEM,
                   "not enough memory for the truth of %zu variants", m);
}

void dw_truth_clear(dw_truth *t)
{
    dw_free(t->trait);
    dw_free(t->var);
    dw_free(t->effect);
    *t = (dw_truth){0};
}

void dw_truth_pack(const dw_truth *t, dw_buf *out)
{
    dw_pack_text(out, t->trait, strlen(t->trait));
    dw_pack_text(out, t->contig, strlen(t->contig));
    dw_pack_u32(out, (uint32_t)t->m);
    dw_pack_f64s(out, t->var, t->m);
    dw_pack_f64s(out, t->effect, t->m);
}

static int check_truth(const dw_truth *t, dw_err *err)
{
    for (size_t i = 0; i < t->m; i++) {
        if (!isfinite(t->var[i]) || t->var[i] < 0 || !isfinite(t->effect[i]))
            return dw_fail(err, DW_EFORMAT,
                           "true: no sensible variance and effect of variant "
                           "%zu",
                           i + 1);
    }
    return 0;
}

int dw_truth_unpack(dw_truth *t, unsigned version, const unsigned char *p,
                    size_t n, dw_err *err)
{
    dw_unpack u = {.p = p, .n = n};
    char *trait = NULL;
    size_t m;

    if (dw_rec_check_version("true", version, DW_TRUE_VERSION, err) < 0 ||
        dw_rec_take_name("true", &u, &trait, err) < 0)
        return err->code;
    dw_free(t->trait);
    t->trait = trait;
    if (dw_rec_take_contig("true", &u, t->contig, err) < 0)
        return err->code;
    m = dw_unpack_u32(&u);
    if (!dw_unpack_room(&u, m, 16))
        return dw_rec_no_room("true", err);
    if (dw_truth_resize(t, m, err) < 0)
        return err->code;
    dw_unpack_f64s(&u, t->var, m);
    dw_unpack_f64s(&u, t->effect, m);
    if (dw_rec_check_end("true", &u, err) < 0)
        return err->code;
    return check_truth(t, err);
}
