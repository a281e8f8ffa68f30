#include "sim/intervals.h"

#include <string.h>

#include "base/mem.h"

void dw_intervals_add(dw_intervals *v, double begin, double end, double value)
{
    if (begin >= end)
        return;
    if (v->n == v->cap) {
        v->cap = v->cap ? 2 * v->cap : 64;
        v->at = dw_realloc(v->at, v->cap, sizeof *v->at);
    }
    v->at[v->n++] = (struct dw_interval){begin, end, value};
}

void dw_intervals_clear(dw_intervals *v)
{
    dw_free(v->at);
    memset(v, 0, sizeof *v);
}

/* The first i with pos[i] >= at. */
static size_t lower_bound(const uint32_t *pos, size_t m, double at)
{
    size_t lo = 0, hi = m;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (pos[mid] < at)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

void dw_intervals_paint(const dw_intervals *v, const uint32_t *pos, size_t m,
                        float *out)
{
    for (size_t k = 0; k < v->n; k++) {
        float value = (float)v->at[k].value;

        for (size_t i = lower_bound(pos, m, v->at[k].begin);
             i < m && pos[i] < v->at[k].end; i++)
            if (out[i] < value)
                out[i] = value;
    }
}
