/* Any bytes as .fam, .bim and .bed: one byte each for the lengths of the first
 * two (in fours), then the three. */
#include "as_file.h"
#include "data/genotype.h"
#include "input/panel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put(const char *path, const char *suffix, const uint8_t *p,
                size_t n)
{
    char name[64];
    FILE *f;

    snprintf(name, sizeof name, "%s%s", path, suffix);
    f = fopen(name, "wb");
    if (!f || fwrite(p, 1, n, f) != n || fclose(f) != 0)
        abort();
}

static void drop(const char *path, const char *suffix)
{
    char name[64];

    snprintf(name, sizeof name, "%s%s", path, suffix);
    remove(name);
}

static void read_all(dw_geno *g, dw_err *err)
{
    size_t n = dw_geno_people(g), bytes = dw_geno_bytes(DW_GENO_PACKED, n);
    dw_panel *p = dw_panel_new(g);
    dw_variants v = {0};
    int rc;

    while ((rc = dw_panel_next(p, err)) > 0) {
        if (dw_panel_table(p, &v, err) < 0 || dw_variants_check(&v, err) < 0)
            abort();
        for (size_t i = 0; i < dw_panel_size(p); i++) {
            const unsigned char *c = dw_panel_column(p, i);
            dw_geno_stats s = dw_geno_stats_of(DW_GENO_PACKED, n, c);

            if (s.missing > n || s.mean < 0 || s.mean > 2 || s.ss < 0)
                abort();
            if (n % 4 && c[bytes - 1] >> n % 4 * 2)
                abort();
        }
    }
    if (rc < 0 && !err->msg[0])
        abort();
    dw_variants_clear(&v);
    dw_panel_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const dw_geno_query query = {0};
    size_t fam, bim;
    const char *path;
    dw_err err = {0};
    dw_geno *g;

    if (size < 2)
        return 0;
    fam = (size_t)data[0] * 4 < size - 2 ? (size_t)data[0] * 4 : size - 2;
    bim = (size_t)data[1] * 4 < size - 2 - fam ? (size_t)data[1] * 4
                                               : size - 2 - fam;
    path = as_file(data + 2 + fam + bim, size - 2 - fam - bim);
    put(path, ".fam", data + 2, fam);
    put(path, ".bim", data + 2 + fam, bim);
    g = dw_geno_open(path, &query, &err);
    if (g)
        read_all(g, &err);
    else if (!err.msg[0])
        abort();
    dw_geno_close(g);
    drop(path, ".fam");
    drop(path, ".bim");
    return 0;
}
