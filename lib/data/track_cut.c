#include "data/track_cut.h"

#include "base/mem.h"

/* A gap that is left out costs the run without data and the one that begins
 * anew behind it. */
enum { RUNS_OF_A_GAP = 2 };

void dw_spans_clear(dw_spans *s)
{
    dw_free(s->item);
    *s = (dw_spans){0};
}

int dw_spans_of_windows(dw_spans *s, const uint32_t *pos, size_t m,
                        uint32_t window, dw_err *err)
{
    s->n = 0;
    for (size_t i = 0; i < m; i++) {
        int64_t begin = (int64_t)pos[i] - 1 - window / 2, end = begin + window;
        void *item = s->item;

        begin = begin > 0 ? begin : 0;
        end = end < INT32_MAX ? end : INT32_MAX;
        if (begin >= end)
            continue;
        if (s->n && s->item[s->n - 1].end >= begin) {
            s->item[s->n - 1].end = (uint32_t)end;
            continue;
        }
        if (dw_try_grow(&item, &s->cap, s->n + 1, sizeof *s->item) < 0)
            return dw_fail(err, DW_ENOMEM, "not enough memory for %zu windows",
                           s->n + 1);
        s->item = item;
        s->item[s->n++] =
            (struct dw_span_of_bases){(uint32_t)begin, (uint32_t)end};
    }
    return 0;
}

static int put_all(const dw_runs *from, dw_runs *out)
{
    uint32_t begin = from->start;

    for (size_t i = 0; i < from->n; i++) {
        if (dw_runs_put(out, begin, from->end[i], from->value[i]) < 0)
            return DW_ENOMEM;
        begin = from->end[i];
    }
    return 0;
}

int dw_track_cut(const dw_spans *s, dw_runs_of *of, void *ctx, dw_runs *out,
                 dw_runs *scratch, dw_err *err)
{
    for (size_t i = 0; i < s->n; i++) {
        int rc;

        if (i && out->n) {
            dw_runs_reset(scratch);
            rc = of(ctx, s->item[i - 1].end, s->item[i].begin,
                    RUNS_OF_A_GAP + 1, scratch, err);
            if (rc > 0 && put_all(scratch, out) < 0)
                rc = dw_fail(err, DW_ENOMEM, "not enough memory for runs");
            if (rc < 0)
                return rc;
        }
        rc = of(ctx, s->item[i].begin, s->item[i].end, SIZE_MAX, out, err);
        if (rc < 0)
            return rc;
    }
    return 0;
}
