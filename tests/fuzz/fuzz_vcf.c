/* Any bytes as a VCF or BCF, packed or not: the first bit of the first byte
 * says whether DS is read instead of GT. */
#include <math.h>

#include "as_file.h"
#include "data/genotype.h"
#include "input/panel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_column(dw_geno_kind kind, size_t n, const void *column)
{
    dw_geno_stats s = dw_geno_stats_of(kind, n, column);

    if (s.missing > n || !(s.mean >= 0 && s.mean <= 2) || !(s.ss >= 0))
        abort();
    for (size_t i = 0; kind == DW_GENO_DOSAGE && i < n; i++) {
        float x = ((const float *)column)[i];

        if (!isnan(x) && !(x >= 0 && x <= 2))
            abort();
    }
}

static void read_all(dw_geno *g, dw_err *err)
{
    dw_panel *p = dw_panel_new(g);
    dw_variants v = {0};
    int rc;

    while ((rc = dw_panel_next(p, err)) > 0) {
        if (dw_panel_table(p, &v, err) < 0 || dw_variants_check(&v, err) < 0)
            abort();
        for (size_t i = 0; i < dw_panel_size(p); i++)
            check_column(dw_geno_kind_of(g), dw_geno_people(g),
                         dw_panel_column(p, i));
    }
    if (rc < 0 && !err->msg[0])
        abort();
    dw_variants_clear(&v);
    dw_panel_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dw_geno_query query = {0};
    dw_err err = {0};
    dw_geno *g;

    if (size < 1)
        return 0;
    query.dosage = data[0] & 1;
    g = dw_geno_open(as_file(data + 1, size - 1), &query, &err);
    if (g)
        read_all(g, &err);
    else if (!err.msg[0])
        abort();
    dw_geno_close(g);
    return 0;
}
