#include "score/calibration.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

int dw_calibration_add(dw_calibration *c, const float *z, size_t l,
                       const dw_eval *e, dw_err *err)
{
    void *item = c->item;
    int rc = dw_try_grow(&item, &c->cap, c->n + l, sizeof *c->item);

    c->item = item;
    if (rc < 0)
        return dw_fail(err, rc, "not enough memory to calibrate %zu variants",
                       c->n + l);
    for (size_t j = 0; j < l; j++) {
        if (isnan(z[j]))
            continue;
        c->item[c->n++] = (struct dw_calibration_item){
            e->expected[j], (double)z[j] * (double)z[j]};
    }
    return 0;
}

static int by_expected(const void *a, const void *b)
{
    const struct dw_calibration_item *x = a, *y = b;

    if (x->expected != y->expected)
        return x->expected < y->expected ? -1 : 1;
    return (x->observed > y->observed) - (x->observed < y->observed);
}

void dw_calibration_deciles(dw_calibration *c, dw_decile decile[DW_DECILES])
{
    if (c->n)
        qsort(c->item, c->n, sizeof *c->item, by_expected);
    for (size_t d = 0; d < DW_DECILES; d++) {
        size_t begin = c->n * d / DW_DECILES;
        size_t end = c->n * (d + 1) / DW_DECILES;
        dw_decile *to = &decile[d];

        *to = (dw_decile){.n = end - begin, .low = NAN, .high = NAN};
        for (size_t i = begin; i < end; i++) {
            to->expected += c->item[i].expected;
            to->observed += c->item[i].observed;
        }
        to->expected /= (double)to->n; /* 0 / 0: NAN */
        to->observed /= (double)to->n;
        if (to->n) {
            to->low = c->item[begin].expected;
            to->high = c->item[end - 1].expected;
        }
    }
}

void dw_calibration_print(dw_calibration *c, dw_buf *out)
{
    dw_decile decile[DW_DECILES];

    dw_calibration_deciles(c, decile);
    dw_buf_adds(out, "DECILE\tN\tLOW\tHIGH\tEXPECTED\tOBSERVED\n");
    for (int d = 0; d < DW_DECILES; d++) {
        const dw_decile *e = &decile[d];

        if (e->n == 0)
            dw_buf_addf(out, "%d\t0\tNA\tNA\tNA\tNA\n", d + 1);
        else
            dw_buf_addf(out, "%d\t%zu\t%.9g\t%.9g\t%.9g\t%.9g\n", d + 1, e->n,
                        e->low, e->high, e->expected, e->observed);
    }
}

void dw_calibration_clear(dw_calibration *c)
{
    dw_free(c->item);
    *c = (dw_calibration){0};
}
