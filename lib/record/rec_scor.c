#include "record/rec_scor.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "record/rec_keys.h"
#include "stream/pack.h"

int dw_scores_fit(dw_scores *s, dw_err *err)
{
    for (size_t j = 0; j < DW_SCORES; j++) {
        float *column = dw_try_realloc(s->score[j], s->var.m, sizeof *column);

        if (!column)
            return dw_fail(err, DW_ENOMEM,
                           "not enough memory for the scores of %zu variants",
                           s->var.m);
        s->score[j] = column;
    }
    return 0;
}

void dw_scores_clear(dw_scores *s)
{
    for (size_t j = 0; j < DW_SCORES; j++)
        dw_free(s->score[j]);
    dw_free(s->trait);
    dw_variants_clear(&s->var);
    *s = (dw_scores){0};
}

void dw_scores_pack(const dw_scores *s, dw_buf *out)
{
    dw_pack_text(out, s->trait, strlen(s->trait));
    dw_rec_pack_keys(&s->var, out);
    for (size_t j = 0; j < DW_SCORES; j++)
        dw_pack_f32s(out, s->score[j], s->var.m);
}

static int check_scores(const dw_scores *s, dw_err *err)
{
    for (size_t j = 0; j < DW_SCORES; j++) {
        for (size_t i = 0; i < s->var.m; i++) {
            if (isinf(s->score[j][i]))
                return dw_fail(err, DW_EFORMAT,
                               "SCOR: a score of variant %zu is infinite",
                               i + 1);
        }
    }
    return dw_variants_check(&s->var, err);
}

int dw_scores_unpack(dw_scores *s, unsigned version, const unsigned char *p,
                     size_t n, dw_err *err)
{
    dw_unpack u = {.p = p, .n = n};
    char *trait = NULL;

    if (dw_rec_check_version("SCOR", version, DW_SCOR_VERSION, err) < 0 ||
        dw_rec_take_name("SCOR", &u, &trait, err) < 0)
        return err->code;
    dw_free(s->trait);
    s->trait = trait;
    if (dw_rec_take_keys("SCOR", &u, &s->var, 0, 0, err) < 0)
        return err->code;
    if (!dw_unpack_room(&u, s->var.m, DW_SCORES * 4))
        return dw_rec_no_room("SCOR", err);
    if (dw_scores_fit(s, err) < 0)
        return err->code;
    for (size_t j = 0; j < DW_SCORES; j++)
        dw_unpack_f32s(&u, s->score[j], s->var.m);
    if (dw_rec_check_end("SCOR", &u, err) < 0)
        return err->code;
    return check_scores(s, err);
}
