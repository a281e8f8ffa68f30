/* The rows of one place. */
#include <stdio.h>

#include "base/mem.h"
#include "data/group.h"
#include "tap.h"

enum { ROWS = 100 };

/* Row i of any group: texts of all lengths, k numbers. */
static dw_row row_of(size_t i, char text[64], float value[2])
{
    static const char letters[] = "ACGTACGTACGTACGTACGTACGT";

    snprintf(text, 64, "rs%zu", i * i * i);
    value[0] = (float)i;
    value[1] = (float)i / 2;
    return (dw_row){.contig = "1",
                    .pos = 7,
                    .index = i,
                    .id = dw_span_of(i % 5 ? text : ""),
                    .a1 = {letters, i % 20 + 1},
                    .a2 = {letters + 1, i % 3},
                    .value = value,
                    .actions = (uint32_t)i};
}

static bool same_text(dw_span a, dw_span b)
{
    return a.n == b.n && memcmp(a.s, b.s, a.n) == 0;
}

static size_t wrong_rows(const dw_group *g)
{
    size_t wrong = 0;

    for (size_t i = 0; i < g->n; i++) {
        char text[64];
        float value[2];
        dw_row want = row_of(i, text, value);
        const dw_row *is = &g->row[i];

        wrong += !same_text(is->id, want.id) || !same_text(is->a1, want.a1) ||
                 !same_text(is->a2, want.a2) || is->index != i ||
                 is->actions != i || is->pos != 7;
        wrong += g->k ? memcmp(is->value, value, g->k * sizeof *value) != 0
                      : is->value != NULL;
    }
    return wrong;
}

static int fill(dw_group *g, size_t rows)
{
    char text[64];
    float value[2];
    int rc = 0;

    dw_group_reset(g);
    for (size_t i = 0; rc == 0 && i < rows; i++) {
        dw_row row = row_of(i, text, value);

        rc = dw_group_add(g, &row);
    }
    return rc;
}

int main(void)
{
    for (size_t k = 0; k <= 2; k += 2) {
        dw_group g = {.k = k};

        OK(fill(&g, ROWS) == 0 && g.n == ROWS && wrong_rows(&g) == 0,
           "rows of %zu numbers are what they were", k);
        OK(fill(&g, 3) == 0 && g.n == 3 && wrong_rows(&g) == 0,
           "and so are those of the next place");
        dw_group_clear(&g);
        for (size_t n = 1; n <= 12; n++) {
            int rc;

            dw_mem_fail_at(n);
            rc = fill(&g, ROWS);
            dw_mem_fail_at(0);
            OK((rc == 0 || rc == DW_ENOMEM) && wrong_rows(&g) == 0 &&
                   fill(&g, ROWS) == 0 && wrong_rows(&g) == 0,
               "memory that fails at %zu", n);
            dw_group_clear(&g);
        }
    }
    return tap_done();
}
