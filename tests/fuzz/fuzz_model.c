/* MODL from hostile bytes, of either version: what is taken can be used, and
 * packs to what gives the same model. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "record/rec_modl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_BYTES = 64 << 20 }; /* of a workspace */

static void cut(void *ctx, size_t at, size_t n, float *to)
{
    const dw_net *net = ctx;
    size_t bins = net->window / net->bin;

    (void)at;
    for (size_t i = 0; i < net->tracks * bins * n; i++)
        to[i] = i % 2 ? 1e30f : 0;
}

static void use(const dw_model *model)
{
    const float annot[] = {0, 1e30f, NAN};
    size_t *column = dw_alloc(model->n_inputs, sizeof *column);
    dw_net net = model->net;
    dw_net_ws *ws =
        dw_net_ws_bytes(&net) < MOST_BYTES ? dw_net_ws_new(&net) : NULL;
    double f[3];

    if (ws)
        dw_model_variances(model, model->n_traits - 1, column, ws, 3, annot, 3,
                           (dw_net_windows){cut, &net}, f);
    dw_net_ws_free(ws);
    dw_free(column);
}

static void one(unsigned version, const uint8_t *data, size_t size)
{
    dw_model model = {0};
    dw_buf a = {0}, b = {0};
    dw_err err = {0};

    if (dw_modl_unpack(&model, version, data, size, &err) == 0) {
        use(&model);
        dw_modl_pack(&model, &a);
        if (dw_modl_unpack(&model, dw_modl_version(&model),
                           (unsigned char *)a.s, a.n, &err) < 0)
            abort();
        dw_modl_pack(&model, &b);
        if (a.n != b.n || memcmp(a.s, b.s, a.n) != 0)
            abort();
    } else if (!err.msg[0]) {
        abort();
    }
    dw_buf_clear(&a);
    dw_buf_clear(&b);
    dw_model_clear(&model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (unsigned version = 1; version <= DW_MODL_VERSION; version++)
        one(version, data, size);
    return 0;
}
