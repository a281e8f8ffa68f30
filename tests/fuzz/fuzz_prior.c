/* Any bytes as a table of prior variances, and the variances of some variants
 * by it. */
#include <math.h>

#include "as_file.h"
#include "input/read_prior.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_up(const dw_prior *p)
{
    static const uint32_t pos[] = {100, 100, 200};
    dw_err err = {0};
    dw_variants v = {0};
    double f[3];

    if (dw_variants_resize(&v, 3, 0, 0, &err) < 0)
        abort();
    snprintf(v.contig, sizeof v.contig, "22");
    for (size_t i = 0; i < 3; i++) {
        v.pos[i] = pos[i];
        if (dw_texts_add(&v.id, ".", 1) < 0 ||
            dw_texts_add(&v.ref, "A", 1) < 0 ||
            dw_texts_add(&v.alt, i ? "G" : "C", 1) < 0)
            abort();
    }
    dw_prior_variances(p, &v, f);
    for (size_t i = 0; i < 3; i++)
        if (!isnan(f[i]) && !(f[i] >= 0 && isfinite(f[i])))
            abort();
    dw_variants_clear(&v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dw_err err = {0};
    dw_prior *p = dw_prior_read(as_file(data, size), &err);

    if (p) {
        if (!dw_prior_n(p) || !(dw_prior_mean(p) >= 0))
            abort();
        look_up(p);
    } else if (!err.msg[0]) {
        abort();
    }
    dw_prior_free(p);
    return 0;
}
