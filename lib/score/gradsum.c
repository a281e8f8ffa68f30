#include "score/gradsum.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

struct dw_gradsum {
    char contig[DW_CONTIG_MAX];
    dw_map *done;  /* contigs that were begun */
    dw_map *index; /* POS:REF:ALT to a number of those below */
    dw_texts id, ref, alt;
    struct entry {
        uint32_t pos;
        double f, grad;
    } * entry;
    size_t n, cap;
    dw_buf key;
};

dw_gradsum *dw_gradsum_new(void)
{
    dw_gradsum *g = dw_alloc(1, sizeof *g);

    g->index = dw_map_new();
    g->done = dw_map_new();
    return g;
}

void dw_gradsum_free(dw_gradsum *g)
{
    if (!g)
        return;
    dw_map_free(g->index);
    dw_map_free(g->done);
    dw_texts_clear(&g->id);
    dw_texts_clear(&g->ref);
    dw_texts_clear(&g->alt);
    dw_free(g->entry);
    dw_buf_clear(&g->key);
    dw_free(g);
}

static void reset(dw_gradsum *g)
{
    dw_map_free(g->index);
    g->index = dw_map_new();
    dw_texts_reset(&g->id);
    dw_texts_reset(&g->ref);
    dw_texts_reset(&g->alt);
    g->n = 0;
}

static int add_text(dw_texts *to, const dw_texts *from, size_t j)
{
    const char *s = dw_texts_at(from, j);

    return dw_texts_add(to, s, strlen(s));
}

static int new_entry(dw_gradsum *g, const dw_variants *v, size_t j)
{
    void *entry = g->entry;
    int rc = dw_try_grow(&entry, &g->cap, g->n + 1, sizeof *g->entry);

    g->entry = entry;
    if (rc < 0 || add_text(&g->id, &v->id, j) < 0 ||
        add_text(&g->ref, &v->ref, j) < 0 || add_text(&g->alt, &v->alt, j) < 0)
        return DW_ENOMEM;
    g->entry[g->n++] = (struct entry){.pos = v->pos[j]};
    return 0;
}

/* qsort has no context, so that what is sorted carries its key. */
struct sort_item {
    uint32_t pos;
    const char *ref, *alt;
    size_t i;
};

static int by_key(const void *a, const void *b)
{
    const struct sort_item *x = a, *y = b;
    int c;

    if (x->pos != y->pos)
        return x->pos < y->pos ? -1 : 1;
    c = strcmp(x->ref, y->ref);
    return c ? c : strcmp(x->alt, y->alt);
}

static struct sort_item *sorted(const dw_gradsum *g)
{
    struct sort_item *item = dw_try_alloc(g->n, sizeof *item);

    if (!item)
        return NULL;
    for (size_t i = 0; i < g->n; i++)
        item[i] = (struct sort_item){g->entry[i].pos, dw_texts_at(&g->ref, i),
                                     dw_texts_at(&g->alt, i), i};
    qsort(item, g->n, sizeof *item, by_key);
    return item;
}

int dw_gradsum_finish(dw_gradsum *g, dw_buf *out, dw_err *err)
{
    struct sort_item *item = sorted(g);

    if (!item)
        return dw_fail(err, DW_ENOMEM,
                       "not enough memory to sort %zu gradients", g->n);
    for (size_t i = 0; i < g->n; i++) {
        const struct entry *e = &g->entry[item[i].i];

        dw_buf_addf(out, "%s\t%u\t%s\t%s\t%s\t%.9g\t%.9g\n", g->contig, e->pos,
                    dw_texts_at(&g->id, item[i].i), item[i].ref, item[i].alt,
                    e->f, e->grad);
    }
    dw_free(item);
    reset(g);
    return 0;
}

static int begin_contig(dw_gradsum *g, const char *contig, dw_buf *out,
                        dw_err *err)
{
    bool fresh;

    if (dw_gradsum_finish(g, out, err) < 0)
        return err->code;
    memcpy(g->contig, contig, sizeof g->contig);
    if (!dw_map_put(g->done, contig, strlen(contig), &fresh))
        return dw_fail(err, DW_ENOMEM, "not enough memory");
    if (!fresh)
        return dw_fail(err, DW_EMISMATCH,
                       "chromosome %s comes back after another one: gradients "
                       "are summed over blocks that stand together, so put "
                       "the streams in the order of the genome",
                       contig);
    return 0;
}

int dw_gradsum_add(dw_gradsum *g, const dw_variants *v, const dw_eval *e,
                   double n, dw_buf *out, dw_err *err)
{
    if (strcmp(g->contig, v->contig) != 0 &&
        begin_contig(g, v->contig, out, err) < 0)
        return err->code;
    for (size_t j = 0; j < v->m; j++) {
        bool fresh;
        uint64_t *at;

        dw_buf_reset(&g->key);
        dw_buf_addf(&g->key, "%u:%s:%s", v->pos[j], dw_texts_at(&v->ref, j),
                    dw_texts_at(&v->alt, j));
        at = dw_map_put(g->index, g->key.s, g->key.n, &fresh);
        if (!at || (fresh && new_entry(g, v, j) < 0))
            return dw_fail(err, DW_ENOMEM,
                           "not enough memory for the gradients of %zu "
                           "variants of chromosome %s",
                           g->n + 1, v->contig);
        if (fresh)
            *at = g->n - 1;
        g->entry[*at].f = e->f[j] / n;
        g->entry[*at].grad += e->grad[j];
    }
    return 0;
}
