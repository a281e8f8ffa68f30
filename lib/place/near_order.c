#include "place/near_order.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

/* Bases behind the newest row at which a row is given, and rows held at most:
 * more than that within so few bases are not worth it. */
enum { WINDOW = 2048, MOST = 1 << 14 };

/* A row and all that it points to. */
struct held {
    dw_row row;
    char contig[DW_CONTIG_MAX];
    dw_buf text;
    float *value;
};

struct dw_near_order {
    dw_row_reader inner, reader;
    struct held **held; /* (n) from `first` on, in order; behind: free ones */
    size_t first, n, cap;
    struct held *lent; /* the row given last */
    struct held **spare;
    size_t n_spare, cap_spare;
    bool at_end;
};

static struct held *take_spare(dw_near_order *o)
{
    struct held *h;

    if (o->n_spare)
        return o->spare[--o->n_spare];
    h = dw_alloc(1, sizeof *h);
    h->value = dw_alloc(o->inner.k, sizeof *h->value);
    return h;
}

static void give_back(dw_near_order *o, struct held *h)
{
    void *p = o->spare;

    if (!h)
        return;
    if (dw_try_grow(&p, &o->cap_spare, o->n_spare + 1, sizeof *o->spare) == 0) {
        o->spare = p;
        o->spare[o->n_spare++] = h;
        return;
    }
    dw_buf_clear(&h->text);
    dw_free(h->value);
    dw_free(h);
}

static void copy_row(const dw_near_order *o, struct held *h, const dw_row *row)
{
    strcpy(h->contig, row->contig);
    dw_buf_reset(&h->text);
    dw_buf_reserve(&h->text, row->id.n + row->a1.n + row->a2.n + 1);
    dw_buf_add(&h->text, row->id.s, row->id.n);
    dw_buf_add(&h->text, row->a1.s, row->a1.n);
    dw_buf_add(&h->text, row->a2.s, row->a2.n);
    if (o->inner.k)
        memcpy(h->value, row->value, o->inner.k * sizeof *h->value);
    h->row = *row;
    h->row.contig = h->contig;
    h->row.id.s = h->text.s;
    h->row.a1.s = h->text.s + row->id.n;
    h->row.a2.s = h->row.a1.s + row->a1.n;
    h->row.value = h->value;
}

/* From the end on, since nearly all rows belong there. */
static int insert(dw_near_order *o, struct held *h)
{
    void *p = o->held;
    size_t i;

    if (o->first && o->first + o->n == o->cap) {
        memmove(o->held, o->held + o->first, o->n * sizeof *o->held);
        o->first = 0;
    }
    if (dw_try_grow(&p, &o->cap, o->first + o->n + 1, sizeof *o->held) < 0)
        return DW_ENOMEM;
    o->held = p;
    for (i = o->first + o->n; i > o->first; i--) {
        const dw_row *before = &o->held[i - 1]->row;

        if (before->pos <= h->row.pos ||
            strcmp(before->contig, h->row.contig) != 0)
            break;
        o->held[i] = o->held[i - 1];
    }
    o->held[i] = h;
    o->n++;
    return 0;
}

/* Can nothing that is still to come lie before the first one? */
static bool is_settled(const dw_near_order *o)
{
    const dw_row *first, *last;

    if (o->n == 0)
        return false;
    first = &o->held[o->first]->row;
    last = &o->held[o->first + o->n - 1]->row;
    return o->at_end || o->n == MOST || last->pos - first->pos > WINDOW ||
           strcmp(first->contig, last->contig) != 0;
}

static int next_row(void *self, dw_row *row, dw_err *err)
{
    dw_near_order *o = self;

    give_back(o, o->lent);
    o->lent = NULL;
    while (!is_settled(o) && !o->at_end) {
        dw_row next;
        struct held *h;
        int rc = o->inner.next(o->inner.self, &next, err);

        if (rc < 0)
            return rc;
        o->at_end = rc == 0;
        if (rc == 0)
            break;
        h = take_spare(o);
        copy_row(o, h, &next);
        if (insert(o, h) < 0) {
            give_back(o, h);
            return dw_fail(err, DW_ENOMEM, "%s: no memory for %zu rows",
                           o->inner.origin(o->inner.self).name, o->n);
        }
    }
    if (o->n == 0)
        return 0;
    o->lent = o->held[o->first++];
    o->n--;
    *row = o->lent->row;
    return 1;
}

static int rewind_rows(void *self, dw_err *err)
{
    dw_near_order *o = self;

    give_back(o, o->lent);
    o->lent = NULL;
    while (o->n)
        give_back(o, o->held[o->first + --o->n]);
    o->first = 0;
    o->at_end = false;
    return o->inner.rewind(o->inner.self, err);
}

static dw_origin origin_of(const void *self)
{
    const dw_near_order *o = self;

    return o->inner.origin(o->inner.self);
}

dw_near_order *dw_near_order_new(const dw_row_reader *reader)
{
    dw_near_order *o = dw_alloc(1, sizeof *o);

    o->inner = *reader;
    o->reader = (dw_row_reader){o, reader->k, next_row, rewind_rows, origin_of};
    return o;
}

void dw_near_order_free(dw_near_order *o)
{
    if (!o)
        return;
    give_back(o, o->lent);
    while (o->n)
        give_back(o, o->held[o->first + --o->n]);
    while (o->n_spare) {
        struct held *h = o->spare[--o->n_spare];

        dw_buf_clear(&h->text);
        dw_free(h->value);
        dw_free(h);
    }
    dw_free(o->held);
    dw_free(o->spare);
    dw_free(o);
}

const dw_row_reader *dw_near_order_reader(const dw_near_order *o)
{
    return &o->reader;
}
