#include "foreign/square_source.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "foreign/file_bytes.h"
#include "foreign/ld_block.h"
#include "foreign/square_matrix.h"

struct square {
    char *path, *snps;
    bool done;
    dw_ld_inputs inputs;
};

struct item {
    char *path;
    dw_ld_list list;
    dw_square_matrix matrix;
    dw_ld_block block;
};

static void *item_new(void)
{
    return dw_alloc(1, sizeof(struct item));
}

static void item_free(void *self)
{
    struct item *it = self;

    if (!it)
        return;
    dw_free(it->path);
    dw_ld_list_clear(&it->list);
    dw_square_matrix_clear(&it->matrix);
    dw_ld_block_clear(&it->block);
    dw_free(it);
}

static int read_matrix(void *self, void *item, dw_err *err)
{
    struct square *q = self;
    struct item *it = item;

    if (q->done)
        return 0;
    q->done = true;
    dw_free(it->path);
    it->path = dw_strdup(q->path);
    if (dw_ld_list_read(&it->list, q->snps, err) < 0 ||
        dw_square_matrix_read(&it->matrix, q->path, it->list.n, err) < 0)
        return err->code;
    dw_ld_inputs_add(&q->inputs, q->path, it->matrix.digest);
    dw_ld_inputs_add(&q->inputs, q->snps, it->list.digest);
    return 1;
}

static int make_matrix(const void *self, void *item, const dw_factor_cut *cut,
                       dw_variants *v, dw_ldblock *b, dw_tally *tally,
                       dw_err *err)
{
    struct item *it = item;
    dw_ld_block *w = &it->block;
    int rc =
        dw_ld_order_make(&w->order, &it->list, 0, it->list.n, 0, 0, tally, err);

    (void)self;
    if (rc == 0)
        rc = dw_ld_block_begin(w, err);
    if (rc == 0) {
        dw_square_matrix_fill(&it->matrix, &w->order, &w->corr);
        dw_square_matrix_clear(&it->matrix);
        rc = dw_ld_block_make(w, &it->list, 0, cut, v, b, tally, err);
    }
    return rc < 0 ? dw_err_prefix(err, "%s", it->path) : 0;
}

static void tell_inputs(const void *self,
                        void (*add)(void *ctx, const char *name,
                                    uint64_t digest),
                        void *ctx)
{
    dw_ld_inputs_tell(&((const struct square *)self)->inputs, add, ctx);
}

static void close_square(void *self)
{
    struct square *q = self;

    dw_free(q->path);
    dw_free(q->snps);
    dw_ld_inputs_clear(&q->inputs);
    dw_free(q);
}

static const dw_ld_source_kind square_kind = {
    item_new, item_free, read_matrix, make_matrix, tell_inputs, close_square,
};

/* The .bim of the same name, up to any of its dots; to be freed; or NULL. */
static char *bim_beside(const char *path)
{
    size_t base = (size_t)(dw_file_base(path) - path);

    for (size_t n = strlen(path); n > base; n--) {
        dw_buf bim = {0};
        char *found = NULL;

        if (path[n - 1] != '.')
            continue;
        dw_buf_add(&bim, path, n);
        dw_buf_adds(&bim, "bim");
        if (dw_file_exists(bim.s))
            found = dw_strdup(bim.s);
        dw_buf_clear(&bim);
        if (found)
            return found;
    }
    return NULL;
}

dw_ld_source *dw_square_source_open(const char *path, const char *snps,
                                    dw_err *err)
{
    char *list = snps ? dw_strdup(snps) : bim_beside(path);
    dw_ld_source *s;
    struct square *q;

    if (!list) {
        dw_fail(err, DW_EUSAGE,
                "%s: a matrix does not name its variants: --ld-snps does, a "
                ".bim or a table in its order",
                path);
        return NULL;
    }
    s = dw_alloc(1, sizeof *s);
    q = dw_alloc(1, sizeof *q);
    s->kind = &square_kind;
    s->self = q;
    s->name = dw_strdup(dw_file_base(path));
    s->how = dw_strdup("a matrix of correlations");
    q->path = dw_strdup(path);
    q->snps = list;
    return s;
}
