#include "data/group.h"

#include <string.h>

#include "base/mem.h"

/* Points row i to what is its own: its texts begin at `at`, and the next row's
 * at what is returned. */
static inline char *point(dw_group *g, size_t i, char *at)
{
    dw_row *row = &g->row[i];

    row->id.s = at;
    row->a1.s = at += row->id.n;
    row->a2.s = at += row->a1.n;
    row->value = g->k ? g->value + i * g->k : NULL;
    return at + row->a2.n;
}

static int more_rows(dw_group *g)
{
    size_t cap = g->cap_row ? 2 * g->cap_row : 16;
    void *row = dw_try_realloc(g->row, cap, sizeof *g->row), *value;

    if (!row)
        return DW_ENOMEM;
    g->row = row;
    value = dw_try_realloc(g->value, cap, g->k * sizeof *g->value);
    if (!value)
        return DW_ENOMEM;
    g->value = value;
    g->cap_row = cap;
    return 0;
}

static int make_room(dw_group *g, size_t text)
{
    void *bytes = g->text;
    int rc = g->n == g->cap_row ? more_rows(g) : 0;
    char *at;

    if (rc == 0)
        rc = dw_try_grow(&bytes, &g->cap_text, g->n_text + text, 1);
    g->text = at = bytes;
    for (size_t i = 0; i < g->n; i++)
        at = point(g, i, at);
    return rc;
}

/* `to` is where `point` has it, in g->text. */
static inline void copy_text(const char *to, dw_span a)
{
    if (a.n == 1) /* as most alleles are */
        *(char *)to = *a.s;
    else if (a.n)
        memcpy((char *)to, a.s, a.n);
}

int dw_group_add(dw_group *g, const dw_row *row)
{
    size_t n = row->id.n + row->a1.n + row->a2.n;
    dw_row *own;

    if ((g->n == g->cap_row || g->n_text + n > g->cap_text) &&
        make_room(g, n) < 0)
        return DW_ENOMEM;
    own = &g->row[g->n];
    *own = *row;
    point(g, g->n, g->text + g->n_text);
    copy_text(own->id.s, row->id);
    copy_text(own->a1.s, row->a1);
    copy_text(own->a2.s, row->a2);
    for (size_t j = 0, at = g->n * g->k; j < g->k; j++)
        g->value[at + j] = row->value[j];
    g->n_text += n;
    g->n++;
    return 0;
}

void dw_group_clear(dw_group *g)
{
    dw_free(g->row);
    dw_free(g->value);
    dw_free(g->text);
    *g = (dw_group){.k = g->k};
}
