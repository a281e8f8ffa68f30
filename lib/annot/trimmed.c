#include "annot/trimmed.h"

#include <string.h>

#include "base/mem.h"

/* Rows whose position moved wait for those before it; of more than this at a
 * time the alleles are no alleles. */
enum { MAX_SHIFT = 1000, MAX_WAITING = 4096 };

struct dw_trimmed {
    dw_row_reader of, reader;
    dw_row ahead; /* the reader's row, if has_ahead, and what it was before */
    uint32_t from;
    bool has_ahead, at_end;

    dw_rows rows; /* those that wait, and some that did */
    struct {
        uint32_t pos;
        size_t row;
    } waiting[MAX_WAITING]; /* (n_waiting) the first one last */
    size_t n_waiting;
};

uint32_t dw_trim_alleles(dw_span *a1, dw_span *a2)
{
    size_t front = 0;

    while (a1->n > 1 && a2->n > 1 && a1->s[a1->n - 1] == a2->s[a2->n - 1]) {
        a1->n--;
        a2->n--;
    }
    while (a1->n > front + 1 && a2->n > front + 1 &&
           a1->s[front] == a2->s[front])
        front++;
    if (front > MAX_SHIFT)
        return 0;
    *a1 = (dw_span){a1->s + front, a1->n - front};
    *a2 = (dw_span){a2->s + front, a2->n - front};
    return (uint32_t)front;
}

static int hold_back(dw_trimmed *t, dw_err *err)
{
    size_t i = t->n_waiting;

    if (t->n_waiting == MAX_WAITING)
        return dw_fail(err, DW_EFORMAT,
                       "%s: more than %d rows before %s:%u begin with the same "
                       "bases in both alleles: are those the columns of "
                       "alleles?",
                       t->of.origin(t->of.self).name, MAX_WAITING,
                       t->ahead.contig, (unsigned)t->ahead.pos);
    if (t->n_waiting == 0)
        dw_rows_reset(&t->rows);
    if (dw_rows_add(&t->rows, &t->ahead) < 0)
        return dw_fail(err, DW_ENOMEM, "%s: no memory for its rows",
                       t->of.origin(t->of.self).name);
    for (; i && t->waiting[i - 1].pos <= t->ahead.pos; i--)
        t->waiting[i] = t->waiting[i - 1];
    t->waiting[i].pos = t->ahead.pos;
    t->waiting[i].row = t->rows.n - 1;
    t->n_waiting++;
    return 0;
}

/* Is the first row that waits before the reader's? */
static bool is_due(const dw_trimmed *t)
{
    dw_row row;

    if (t->n_waiting == 0 || t->at_end)
        return t->n_waiting > 0;
    row = dw_rows_at(&t->rows, t->waiting[t->n_waiting - 1].row);
    return strcmp(row.contig, t->ahead.contig) != 0 || row.pos <= t->from;
}

/* Reads a row and trims it. */
static int read_ahead(dw_trimmed *t, dw_err *err)
{
    int rc = t->of.next(t->of.self, &t->ahead, err);

    if (rc < 0)
        return rc;
    t->at_end = rc == 0;
    t->has_ahead = rc > 0;
    t->from = t->ahead.pos;
    if (rc > 0 && t->ahead.pos && t->ahead.a1.n && t->ahead.a2.n)
        t->ahead.pos += dw_trim_alleles(&t->ahead.a1, &t->ahead.a2);
    return 0;
}

static int next_row(void *self, dw_row *row, dw_err *err)
{
    dw_trimmed *t = self;

    for (;;) {
        int rc;

        if (!t->has_ahead && !t->at_end && (rc = read_ahead(t, err)) < 0)
            return rc;
        if (is_due(t)) {
            *row = dw_rows_at(&t->rows, t->waiting[--t->n_waiting].row);
            return 1;
        }
        if (t->at_end)
            return 0;
        t->has_ahead = false;
        if (t->ahead.pos == t->from) {
            *row = t->ahead;
            return 1;
        }
        if ((rc = hold_back(t, err)) < 0)
            return rc;
    }
}

static int rewind_rows(void *self, dw_err *err)
{
    dw_trimmed *t = self;

    t->has_ahead = t->at_end = false;
    t->n_waiting = 0;
    return t->of.rewind(t->of.self, err);
}

static dw_origin origin_of(const void *self)
{
    const dw_trimmed *t = self;

    return t->of.origin(t->of.self);
}

dw_trimmed *dw_trimmed_new(const dw_row_reader *of)
{
    dw_trimmed *t = dw_alloc(1, sizeof *t);

    t->of = *of;
    t->rows.k = of->k;
    t->reader = (dw_row_reader){t, of->k, next_row, rewind_rows, origin_of};
    return t;
}

void dw_trimmed_free(dw_trimmed *t)
{
    if (!t)
        return;
    dw_rows_clear(&t->rows);
    dw_free(t);
}

const dw_row_reader *dw_trimmed_reader(const dw_trimmed *t)
{
    return &t->reader;
}
