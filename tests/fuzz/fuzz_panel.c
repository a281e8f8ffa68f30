/* Any bytes as a panel of LD, joined to nothing and to variants: what comes out
 * is good, or a message says what is wrong.  The first byte says how. */
#include "as_file.h"
#include "base/mem.h"
#include "flow/panel_source.h"
#include "ld/ld_join.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *path;

static dw_ld_source *open_again(const void *ctx, dw_err *err)
{
    (void)ctx;
    return dw_panel_source_open(path, err);
}

static int check(void *ctx, const dw_variants *v, const dw_tracks *t,
                 const dw_ldblock *b, dw_buf *packed, dw_err *err)
{
    (void)ctx;
    (void)t;
    (void)packed;
    if (b->m != v->m || !b->l || dw_variants_check(v, err) < 0 ||
        dw_ldblock_check(b, err) < 0)
        abort();
    return 0;
}

static int put(void *ctx, const dw_buf *packed, dw_err *err)
{
    (void)ctx;
    (void)packed;
    (void)err;
    return 0;
}

/* Some variants at some of the first positions of contig 22, twice. */
static int join_some(dw_ld_join *j, unsigned how, dw_err *err)
{
    static const char *const allele[] = {"A", "C", "G", "ACGT", "GTTT"};
    dw_variants v = {0};
    int rc = dw_variants_resize(&v, 1, 0, 0, err);

    strcpy(v.contig, "22");
    for (int again = 0; again < 2 && rc == 0; again++) {
        rc = dw_ld_join_turn(j, "22", err);
        for (unsigned i = 0; i < 60 && rc == 0; i++) {
            const char *ref = allele[(how + i) % 5];
            const char *alt = allele[(how + i / 3 + 1) % 5];

            dw_texts_reset(&v.id);
            dw_texts_reset(&v.ref);
            dw_texts_reset(&v.alt);
            v.pos[0] = 100 + i / 4 * (1 + how % 8);
            v.eaf[0] = 0.5f;
            if (dw_texts_add(&v.id, ".", 1) < 0 ||
                dw_texts_add(&v.ref, ref, strlen(ref)) < 0 ||
                dw_texts_add(&v.alt, alt, strlen(alt)) < 0)
                abort();
            rc = dw_ld_join_take(j, &v, 0, err);
        }
        if (rc == 0)
            rc = dw_ld_join_turn(j, "", err);
    }
    dw_variants_clear(&v);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dw_ld_join_opts opts = {
        .open = open_again,
        .cut = {.min_eigen = 1e-4, .keep_rank = 1},
        .threads = 1,
    };
    const dw_blocks_out out = {NULL, NULL, check, put};
    dw_err err = {0};
    dw_ld_source *s;
    dw_ld_join *j;
    int rc;

    if (size < 1)
        return 0;
    path = as_file(data + 1, size - 1);
    opts.min_maf = data[0] & 64 ? 0.1 : 0;
    s = dw_panel_source_open(path, &err);
    if (!s) {
        if (!err.msg[0])
            abort();
        return 0;
    }
    j = dw_ld_join_new(&opts, s, &out);
    rc = data[0] & 128 ? dw_ld_join_whole(j, &err) : join_some(j, *data, &err);
    if (rc < 0 && !err.msg[0])
        abort();
    dw_ld_join_free(j);
    return 0;
}
