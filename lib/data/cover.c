#include "data/cover.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- intervals as they come ---- */

void dw_stretches_clear(dw_stretches *s)
{
    dw_free(s->item);
    dw_contig_set_clear(&s->contigs);
    *s = (dw_stretches){0};
}

static int no_memory(size_t n, dw_err *err)
{
    return dw_fail(err, DW_ENOMEM, "not enough memory for %zu intervals", n);
}

int dw_stretches_add(dw_stretches *s, const char *contig, uint32_t start,
                     uint32_t end, float value, dw_err *err)
{
    void *p = s->item;

    if (start >= end)
        return 0;
    /* Files are mostly sorted: the last one's contig again. */
    if (s->n == 0 || strcmp(s->contigs.name[s->last], contig) != 0) {
        size_t c = dw_contig_set_add(&s->contigs, contig);

        if (c >= UINT32_MAX)
            return no_memory(s->n + 1, err);
        s->last = c;
    }
    if (dw_try_grow(&p, &s->cap, s->n + 1, sizeof *s->item) < 0)
        return no_memory(s->n + 1, err);
    s->item = p;
    s->item[s->n++] = (dw_stretch){.start = start,
                                   .end = end,
                                   .contig = (uint32_t)s->last,
                                   .value = value};
    return 0;
}

/* The values too, so that a sum does not depend on the order of the lines. */
static int cmp_stretches(const void *a, const void *b)
{
    const dw_stretch *x = a, *y = b;

    if (x->contig != y->contig)
        return x->contig < y->contig ? -1 : 1;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    if (isnan(x->value) || isnan(y->value))
        return (isnan(x->value) != 0) - (isnan(y->value) != 0);
    return (x->value > y->value) - (x->value < y->value);
}

void dw_stretches_sort(dw_stretches *s)
{
    for (size_t i = 1; i < s->n; i++) {
        if (cmp_stretches(&s->item[i - 1], &s->item[i]) > 0) {
            qsort(s->item, s->n, sizeof *s->item, cmp_stretches);
            return;
        }
    }
}

/* ---- several intervals on a place ---- */

/* What is known of those that hold a place: commutes, so it can be put together
 * in any order. */
struct sum {
    double x;      /* extreme or sum of the values, by rule */
    uint32_t n;    /* how many have a value */
    bool any_held; /* any at all */
};

static void sum_add(struct sum *to, const struct sum *a, dw_cover_rule rule)
{
    to->any_held |= a->any_held;
    if (a->n == 0)
        return;
    if (to->n == 0)
        to->x = a->x;
    else if (rule == DW_COVER_MAX)
        to->x = fmax(to->x, a->x);
    else if (rule == DW_COVER_MIN)
        to->x = fmin(to->x, a->x);
    else
        to->x += a->x;
    to->n += a->n;
}

/* A sum beyond the greatest float is that one: a value is no infinity. */
static float sum_value(const struct sum *s, dw_cover_rule rule)
{
    double x = rule == DW_COVER_MEAN ? s->x / s->n : s->x;

    if (s->n == 0)
        return NAN;
    return (float)fmax(-FLT_MAX, fmin(x, FLT_MAX));
}

static struct sum sum_of(const dw_stretch *s, dw_cover_rule rule)
{
    if (rule == DW_COVER_COUNT)
        return (struct sum){1, 1, true};
    if (isnan(s->value))
        return (struct sum){0, 0, true};
    return (struct sum){s->value, 1, true};
}

/* ---- pieces ---- */

static bool same_value(float a, float b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* Adds one behind all others, or makes the last one longer. */
static int add_piece(dw_cover *c, size_t contig, uint32_t start, uint32_t end,
                     float value, dw_err *err)
{
    void *p = c->piece;
    dw_piece *last = c->n > c->first[contig] ? &c->piece[c->n - 1] : NULL;

    if (last && last->end == start && same_value(last->value, value)) {
        last->end = end;
        return 0;
    }
    if (dw_try_grow(&p, &c->cap, c->n + 1, sizeof *c->piece) < 0)
        return no_memory(c->n + 1, err);
    c->piece = p;
    c->piece[c->n++] = (dw_piece){start, end, value};
    return 0;
}

static dw_stretch padded(dw_stretch s, uint32_t pad)
{
    s.start = s.start > pad ? s.start - pad : 0;
    s.end = s.end < (uint32_t)INT32_MAX - pad ? s.end + pad : INT32_MAX;
    return s;
}

static int cmp_bounds(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* The bounds of all, sorted, each once; returns how many. */
static size_t take_bounds(uint32_t *bound, const dw_stretch *s, size_t n,
                          uint32_t pad)
{
    size_t used = 0;

    for (size_t i = 0; i < n; i++) {
        dw_stretch x = padded(s[i], pad);

        bound[2 * i] = x.start;
        bound[2 * i + 1] = x.end;
    }
    qsort(bound, 2 * n, sizeof *bound, cmp_bounds);
    for (size_t i = 0; i < 2 * n; i++) {
        if (used == 0 || bound[used - 1] != bound[i])
            bound[used++] = bound[i];
    }
    return used;
}

static size_t index_of(const uint32_t *bound, size_t n, uint32_t x)
{
    const uint32_t *at = bsearch(&x, bound, n, sizeof *bound, cmp_bounds);

    return (size_t)(at - bound);
}

/*
 * Intervals that overlap each other, n of them.  Between two bounds lies a
 * leaf; an interval is added to the few nodes of a binary tree that make up its
 * leaves, and a leaf's value is the sum of its ancestors: n log n for any
 * overlap, and nothing is ever subtracted.  Leaf i is tree[n_leaves + i], the
 * parent of node j is j / 2.  The tree comes zeroed.
 */
static int cover_cluster(dw_cover *c, size_t contig, const dw_stretch *s,
                         size_t n, uint32_t pad, uint32_t *bound,
                         struct sum *tree, dw_err *err)
{
    size_t n_bounds = take_bounds(bound, s, n, pad), n_leaves = n_bounds - 1;
    int rc = 0;

    for (size_t i = 0; i < n; i++) {
        dw_stretch x = padded(s[i], pad);
        struct sum one = sum_of(&x, c->rule);
        size_t lo = index_of(bound, n_bounds, x.start) + n_leaves;
        size_t hi = index_of(bound, n_bounds, x.end) + n_leaves;

        for (; lo < hi; lo /= 2, hi /= 2) {
            if (lo % 2)
                sum_add(&tree[lo++], &one, c->rule);
            if (hi % 2)
                sum_add(&tree[--hi], &one, c->rule);
        }
    }
    for (size_t i = 2; i < 2 * n_leaves; i++)
        sum_add(&tree[i], &tree[i / 2], c->rule);
    for (size_t i = 0; rc == 0 && i < n_leaves; i++) {
        const struct sum *leaf = &tree[n_leaves + i];

        if (leaf->any_held)
            rc = add_piece(c, contig, bound[i], bound[i + 1],
                           sum_value(leaf, c->rule), err);
    }
    return rc;
}

static int cover_overlapping(dw_cover *c, size_t contig, const dw_stretch *s,
                             size_t n, uint32_t pad, dw_err *err)
{
    uint32_t *bound = dw_try_alloc(2 * n, sizeof *bound);
    struct sum *tree = dw_try_alloc(4 * n, sizeof *tree);
    int rc = bound && tree
                 ? cover_cluster(c, contig, s, n, pad, bound, tree, err)
                 : no_memory(n, err);

    dw_free(bound);
    dw_free(tree);
    return rc;
}

/* How many of the n intervals from s on overlap each other, the next starting
 * before the last of the others ends; *end is where they end. */
static size_t cluster_size(const dw_stretch *s, size_t n, uint32_t pad,
                           uint32_t *end)
{
    size_t i = 1;

    *end = padded(s[0], pad).end;
    for (; i < n; i++) {
        dw_stretch x = padded(s[i], pad);

        if (x.contig != s[0].contig || x.start >= *end)
            break;
        if (x.end > *end)
            *end = x.end;
    }
    return i;
}

static int cover_all(dw_cover *c, const dw_stretches *s, uint32_t pad,
                     dw_err *err)
{
    size_t next = 0; /* the contig whose first piece is not yet known */
    int rc = 0;

    for (size_t i = 0, n; rc == 0 && i < s->n; i += n) {
        const dw_stretch *from = &s->item[i];
        uint32_t start = padded(*from, pad).start, end;

        while (next <= from->contig)
            c->first[next++] = c->n;
        n = cluster_size(from, s->n - i, pad, &end);
        if (c->rule == DW_COVER_INSIDE)
            rc = add_piece(c, from->contig, start, end, 1, err);
        else if (n > 1)
            rc = cover_overlapping(c, from->contig, from, n, pad, err);
        else {
            struct sum one = sum_of(from, c->rule);

            rc = add_piece(c, from->contig, start, end,
                           sum_value(&one, c->rule), err);
        }
    }
    while (next <= c->n_contigs)
        c->first[next++] = c->n;
    return rc;
}

int dw_cover_make(dw_cover *c, const dw_stretches *s, dw_cover_rule rule,
                  uint32_t pad, dw_err *err)
{
    int rc;

    *c = (dw_cover){.rule = rule, .n_contigs = s->contigs.n};
    c->first = dw_try_alloc(c->n_contigs + 1, sizeof *c->first);
    rc = c->first ? cover_all(c, s, pad, err) : no_memory(s->n, err);
    if (rc < 0)
        dw_cover_clear(c);
    return rc;
}

void dw_cover_clear(dw_cover *c)
{
    dw_free(c->piece);
    dw_free(c->first);
    *c = (dw_cover){0};
}

/* ---- asked along a chromosome ---- */

dw_cover_walk dw_cover_begin(const dw_cover *c, size_t contig)
{
    dw_cover_walk w = {.cover = c};

    if (contig < c->n_contigs) {
        w.begin = w.at = c->first[contig];
        w.end = c->first[contig + 1];
    }
    return w;
}

/* Moves to the first piece that ends behind `start`: steps that double, then by
 * halves, so that near ones are found at once and far ones soon. */
static void advance(dw_cover_walk *w, uint32_t start)
{
    const dw_piece *piece = w->cover->piece;
    size_t lo = w->at, step = 1, hi;

    while (lo + step <= w->end && piece[lo + step - 1].end <= start) {
        lo += step;
        step *= 2;
    }
    hi = lo + step <= w->end ? lo + step - 1 : w->end;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (piece[mid].end <= start)
            lo = mid + 1;
        else
            hi = mid;
    }
    w->at = lo;
}

static uint32_t common_bases(const dw_piece *p, uint32_t start, uint32_t end)
{
    return (p->end < end ? p->end : end) -
           (p->start > start ? p->start : start);
}

bool dw_cover_at(dw_cover_walk *w, uint32_t start, uint32_t end, float *value)
{
    const dw_piece *piece = w->cover->piece;
    dw_cover_rule rule = w->cover->rule;
    struct sum all = {0};
    double bases = 0;

    advance(w, start);
    for (size_t i = w->at; i < w->end && piece[i].start < end; i++) {
        struct sum one = {piece[i].value, !isnan(piece[i].value), true};

        if (rule == DW_COVER_MEAN && one.n) {
            uint32_t common = common_bases(&piece[i], start, end);

            one.x *= common;
            bases += common;
        }
        sum_add(&all, &one,
                rule == DW_COVER_MIN || rule == DW_COVER_MEAN ? rule
                                                              : DW_COVER_MAX);
    }
    if (!all.any_held)
        return false;
    if (all.n == 0)
        *value = NAN;
    else
        *value = (float)(rule == DW_COVER_MEAN ? all.x / bases : all.x);
    return true;
}

uint32_t dw_cover_distance(dw_cover_walk *w, uint32_t start, uint32_t end)
{
    const dw_piece *piece = w->cover->piece;
    uint32_t nearest = UINT32_MAX;

    advance(w, start);
    if (w->at < w->end)
        nearest = piece[w->at].start < end ? 0 : piece[w->at].start - end + 1;
    if (w->at > w->begin && start - piece[w->at - 1].end + 1 < nearest)
        nearest = start - piece[w->at - 1].end + 1;
    return nearest;
}
