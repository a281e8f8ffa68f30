#include "foreign/gctb_source.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "foreign/file_bytes.h"
#include "foreign/gctb_eigen.h"
#include "foreign/ld_list.h"
#include "input/table.h"

/* One row of ldm.info: rows [begin, end) of snp.info. */
struct block {
    char *name;
    size_t begin, end;
};

struct gctb {
    char *folder;
    dw_ld_list list; /* snp.info */
    struct block *block;
    size_t n, next;
    uint64_t digest; /* of ldm.info */
};

struct item {
    dw_file_bytes file;
    char *path;
    size_t begin, end; /* rows of snp.info */
    char contig[DW_CONTIG_MAX];
    dw_ld_order order;
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
    dw_file_bytes_clear(&it->file);
    dw_free(it->path);
    dw_ld_order_clear(&it->order);
    dw_free(it);
}

static const char *contig_of(const void *item)
{
    return ((const struct item *)item)->contig;
}

static int read_block(void *self, void *item, dw_err *err)
{
    struct gctb *g = self;
    struct item *it = item;
    const struct block *block;
    dw_buf name = {0};

    if (g->next == g->n)
        return 0;
    block = &g->block[g->next++];
    it->begin = block->begin;
    it->end = block->end;
    dw_buf_addf(&name, "block%s.eigen.bin", block->name);
    dw_free(it->path);
    it->path = dw_file_in(g->folder, name.s);
    dw_buf_clear(&name);
    if (dw_ld_list_contig(&g->list, it->begin, it->end, it->contig, err) < 0 ||
        dw_file_bytes_read(&it->file, it->path, err) < 0)
        return err->code;
    return 1;
}

static int make_block(const void *self, void *item, const dw_factor_cut *cut,
                      dw_variants *v, dw_ldblock *b, dw_tally *tally,
                      dw_err *err)
{
    const struct gctb *g = self;
    struct item *it = item;
    dw_ld_order *o = &it->order;
    dw_gctb_eigen e;
    int rc = dw_gctb_eigen_read(it->file.p, it->file.n, it->end - it->begin, &e,
                                err);

    if (rc == 0)
        rc =
            dw_ld_order_make(o, &g->list, it->begin, it->end, 0, 0, tally, err);
    if (rc == 0)
        rc = dw_ld_order_variants(o, &g->list, it->begin, v, err);
    if (rc == 0 && o->m)
        rc = dw_gctb_eigen_factor(&e, o, cut, b, err);
    else if (rc == 0)
        rc = dw_ldblock_resize(b, 0, 0, err);
    dw_file_bytes_clear(&it->file); /* while others wait for theirs */
    if (rc < 0)
        return dw_err_prefix(err, "%s", it->path);
    strcpy(v->contig, it->contig);
    strcpy(b->contig, it->contig);
    b->l = o->m;
    b->start = o->start;
    b->end = o->end;
    b->people = g->list.people;
    return 0;
}

static void tell_inputs(const void *self,
                        void (*add)(void *ctx, const char *name,
                                    uint64_t digest),
                        void *ctx)
{
    const struct gctb *g = self;

    add(ctx, "snp.info", g->list.digest);
    add(ctx, "ldm.info", g->digest);
}

static void close_gctb(void *self)
{
    struct gctb *g = self;

    for (size_t i = 0; i < g->n; i++)
        dw_free(g->block[i].name);
    dw_free(g->block);
    dw_free(g->folder);
    dw_ld_list_clear(&g->list);
    dw_free(g);
}

static const dw_ld_source_kind gctb_kind = {
    .item_new = item_new,
    .item_free = item_free,
    .read = read_block,
    .make = make_block,
    .contig = contig_of,
    .inputs = tell_inputs,
    .close = close_gctb,
};

/* ---- ldm.info ---- */

struct columns {
    int block, from, from_id, to, to_id, size;
};

static int find_columns(const dw_table *t, struct columns *c, dw_err *err)
{
    if (dw_table_require(t, "Block", &c->block, err) < 0 ||
        dw_table_require(t, "StartSnpIdx", &c->from, err) < 0 ||
        dw_table_require(t, "StartSnpID", &c->from_id, err) < 0 ||
        dw_table_require(t, "EndSnpIdx", &c->to, err) < 0 ||
        dw_table_require(t, "EndSnpID", &c->to_id, err) < 0 ||
        dw_table_require(t, "NumSnps", &c->size, err) < 0)
        return err->code;
    return 0;
}

static bool is_id(const dw_ld_list *list, size_t i, dw_span id)
{
    return dw_span_eq(id, dw_texts_at(&list->id, i));
}

/* The current row, against snp.info. */
static int take_row(struct gctb *g, const dw_table *t, const struct columns *c,
                    dw_err *err)
{
    dw_span name = dw_table_field(t, c->block);
    uint64_t from, to, size;

    if (dw_text_digits(dw_table_field(t, c->from), &from) < 0 ||
        dw_text_digits(dw_table_field(t, c->to), &to) < 0 ||
        dw_text_digits(dw_table_field(t, c->size), &size) < 0 || from > to ||
        size != to - from + 1)
        return dw_lines_fail(dw_table_lines(t), err, DW_EFORMAT, NULL,
                             "StartSnpIdx, EndSnpIdx and NumSnps are not the "
                             "first, the last and the number of some rows");
    if (to >= g->list.n ||
        !is_id(&g->list, from, dw_table_field(t, c->from_id)) ||
        !is_id(&g->list, to, dw_table_field(t, c->to_id)))
        return dw_lines_fail(dw_table_lines(t), err, DW_EMISMATCH, NULL,
                             "rows %" PRIu64 " and %" PRIu64
                             " (from 0) of snp.info, which has %zu, are not "
                             "its StartSnpID and EndSnpID",
                             from, to, g->list.n);
    if (name.n == 0 || memchr(name.s, '/', name.n))
        return dw_lines_fail(dw_table_lines(t), err, DW_EFORMAT, "Block",
                             "\"%.*s\" is no name of a block",
                             name.n > 40 ? 40 : (int)name.n, name.s);
    g->block = dw_realloc(g->block, g->n + 1, sizeof *g->block);
    g->block[g->n++] = (struct block){dw_strndup(name.s, name.n), (size_t)from,
                                      (size_t)to + 1};
    return 0;
}

static int read_blocks(struct gctb *g, const char *path, dw_err *err)
{
    dw_table *t = dw_table_open(path, err);
    struct columns c = {0};
    int rc = t ? find_columns(t, &c, err) : err->code;

    while (rc >= 0 && (rc = dw_table_next(t, err)) > 0)
        rc = take_row(g, t, &c, err);
    if (t)
        g->digest = dw_lines_digest(dw_table_lines(t));
    dw_table_close(t);
    return rc;
}

/* Blocks by the contig's first place in snp.info, then by their first row: GCTB
 * numbers them so, and a list put together from parts may not. */
static int by_first_row(const void *a, const void *b)
{
    const struct block *x = a, *y = b;

    return x->begin != y->begin ? (x->begin < y->begin ? -1 : 1) : 0;
}

dw_ld_source *dw_gctb_source_open(const char *folder, dw_err *err)
{
    dw_ld_source *s = dw_alloc(1, sizeof *s);
    struct gctb *g = dw_alloc(1, sizeof *g);
    char *snps = dw_file_in(folder, "snp.info");
    char *blocks = dw_file_in(folder, "ldm.info");
    int rc;

    s->kind = &gctb_kind;
    s->self = g;
    s->name = dw_strdup(dw_file_base(folder));
    s->how = dw_strdup("eigen-decompositions of GCTB's form");
    g->folder = dw_strdup(folder);
    if ((rc = dw_ld_list_read(&g->list, snps, err)) == 0)
        rc = read_blocks(g, blocks, err);
    if (rc == 0 && g->n)
        qsort(g->block, g->n, sizeof *g->block, by_first_row);
    s->people = g->list.people;
    dw_free(snps);
    dw_free(blocks);
    if (rc < 0) {
        dw_ld_source_close(s);
        return NULL;
    }
    return s;
}
