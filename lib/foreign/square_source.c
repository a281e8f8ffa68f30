#include "foreign/square_source.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "foreign/file_bytes.h"
#include "foreign/ld_block.h"
#include "foreign/square_matrix.h"

/* Read when it is opened: there is only one. */
struct square {
    char *path, *snps;
    dw_ld_list list;
    dw_square_matrix matrix;
    uint64_t digest, list_digest;
    bool done;
};

struct item {
    char *path;
    char contig[DW_CONTIG_MAX];
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

static const char *contig_of(const void *item)
{
    return ((const struct item *)item)->contig;
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
    dw_ld_list_clear(&it->list);
    dw_square_matrix_clear(&it->matrix);
    it->list = q->list;
    it->matrix = q->matrix;
    q->list = (dw_ld_list){0};
    q->matrix = (dw_square_matrix){0};
    if (dw_ld_list_contig(&it->list, 0, it->list.n, it->contig, err) < 0)
        return err->code;
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
    dw_ld_block_clear(w);
    return rc < 0 ? dw_err_prefix(err, "%s", it->path) : 0;
}

static void tell_inputs(const void *self,
                        void (*add)(void *ctx, const char *name,
                                    uint64_t digest),
                        void *ctx)
{
    const struct square *q = self;

    add(ctx, dw_file_base(q->path), q->digest);
    add(ctx, dw_file_base(q->snps), q->list_digest);
}

static void close_square(void *self)
{
    struct square *q = self;

    dw_free(q->path);
    dw_free(q->snps);
    dw_ld_list_clear(&q->list);
    dw_square_matrix_clear(&q->matrix);
    dw_free(q);
}

static const dw_ld_source_kind square_kind = {
    .item_new = item_new,
    .item_free = item_free,
    .read = read_matrix,
    .make = make_matrix,
    .contig = contig_of,
    .inputs = tell_inputs,
    .close = close_square,
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
        dw_fail(err, DW_EMISMATCH,
                "%s: is no LD that is known by itself; of a square matrix "
                "--ld-snps names the variants: a .bim, or a table in its order",
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
    if (dw_ld_list_read(&q->list, list, err) < 0 ||
        dw_square_matrix_read(&q->matrix, path, q->list.n, err) < 0) {
        dw_ld_source_close(s);
        return NULL;
    }
    q->digest = q->matrix.digest;
    q->list_digest = q->list.digest;
    return s;
}
