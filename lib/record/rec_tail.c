#include "record/rec_tail.h"

#include <inttypes.h>

#include "base/mem.h"
#include "record/rec_keys.h"
#include "record/rec_lines.h"

size_t dw_tail_pack(const dw_run *run, const dw_tally *tally, dw_buf *out)
{
    dw_rec_field(out, "chunks");
    dw_rec_field_u64(out, run->chunks);
    dw_rec_line_end(out);
    dw_rec_field(out, "check");
    dw_rec_field_hex(out, dw_run_check(run));
    dw_rec_line_end(out);
    for (size_t i = 0; i < run->n_types; i++) {
        dw_rec_field(out, "count");
        dw_rec_field(out, run->count[i].type);
        dw_rec_field_u64(out, run->count[i].chunks);
        dw_rec_field_u64(out, run->count[i].records);
        dw_rec_line_end(out);
    }
    for (size_t i = 0; i < tally->n_items; i++) {
        dw_rec_field(out, "tally");
        dw_rec_field(out, tally->item[i].reason);
        dw_rec_field_u64(out, tally->item[i].n);
        dw_rec_line_end(out);
    }
    return 2 + run->n_types + tally->n_items;
}

static int not_this_run(dw_err *err)
{
    return dw_fail(err, DW_EFORMAT,
                   "the run is not what its TAIL says: a chunk was lost, "
                   "doubled, moved or changed");
}

/* The n-th count line, of the n-th type that was seen. */
static int take_count(const dw_run *run, size_t n, const dw_rec_lines *l,
                      dw_err *err)
{
    const struct dw_run_count *seen = &run->count[n];
    uint64_t chunks, records;

    if (l->n < 2 || n >= run->n_types || !dw_span_eq(l->field[1], seen->type))
        return not_this_run(err);
    if (dw_rec_take_u64(l, 2, &chunks, err) < 0 ||
        dw_rec_take_u64(l, 3, &records, err) < 0)
        return err->code;
    if (chunks != seen->chunks || records != seen->records)
        return not_this_run(err);
    return 0;
}

static int take_tally(dw_tally *tally, const dw_rec_lines *l, dw_err *err)
{
    char *reason = NULL;
    uint64_t n = 0;
    int rc = dw_rec_take_text(l, 1, &reason, err);

    if (rc == 0)
        rc = dw_rec_take_u64(l, 2, &n, err);
    if (rc == 0)
        dw_tally_add(tally, reason, n);
    dw_free(reason);
    return rc;
}

/* The value of the next line, which has to have that key. */
static int take_first(dw_rec_lines *l, const char *key,
                      int (*take)(const dw_rec_lines *, size_t, uint64_t *,
                                  dw_err *),
                      uint64_t *x, dw_err *err)
{
    int rc = dw_rec_lines_next(l, err);

    if (rc < 0)
        return rc;
    if (rc == 0 || !dw_span_eq(l->field[0], key))
        return dw_fail(err, DW_EFORMAT, "it has no %s where that has to be",
                       key);
    return take(l, 1, x, err);
}

static int take_check(const dw_run *run, dw_rec_lines *l, dw_err *err)
{
    uint64_t chunks, check;

    if (take_first(l, "chunks", dw_rec_take_u64, &chunks, err) < 0 ||
        take_first(l, "check", dw_rec_take_hex, &check, err) < 0)
        return err->code;
    if (chunks != run->chunks || check != dw_run_check(run))
        return not_this_run(err);
    return 0;
}

static int take_lines(const dw_run *run, dw_tally *tally, dw_rec_lines *l,
                      dw_err *err)
{
    size_t counts = 0, tallies = 0;
    int rc = take_check(run, l, err);

    while (rc >= 0 && (rc = dw_rec_lines_next(l, err)) > 0) {
        if (dw_span_eq(l->field[0], "count"))
            rc = take_count(run, counts++, l, err);
        else if (!dw_span_eq(l->field[0], "tally"))
            rc = dw_rec_unknown_key(l, err);
        else if (tallies++ < DW_TALLIES_MAX)
            rc = take_tally(tally, l, err);
        else
            rc = dw_fail(err, DW_EFORMAT, "more than %d tallies",
                         DW_TALLIES_MAX);
    }
    return rc == 0 && counts != run->n_types ? not_this_run(err) : rc;
}

int dw_tail_unpack(const dw_run *run, dw_tally *tally, unsigned version,
                   const unsigned char *p, size_t n, dw_err *err)
{
    dw_rec_lines lines;

    if (dw_rec_check_version("TAIL", version, DW_TAIL_VERSION, err) < 0)
        return err->code;
    dw_rec_lines_begin(&lines, p, n);
    return take_lines(run, tally, &lines, err);
}
