/*
 * intervals: stretches of a chromosome, each with a value, and how they are
 * painted onto variants.  Positions are bp from the chromosome's first base,
 * half-open.
 */
#ifndef DW_SIM_INTERVALS_H
#define DW_SIM_INTERVALS_H

#include <stddef.h>
#include <stdint.h>

typedef struct dw_intervals {
    struct dw_interval {
        double begin, end, value;
    } * at;
    size_t n, cap;
} dw_intervals;

/* Empty ones are passed over. */
void dw_intervals_add(dw_intervals *v, double begin, double end, double value);
void dw_intervals_clear(dw_intervals *v);

/* out[i] becomes the largest of itself and the value of each interval that
 * pos[i] lies in; pos sorted, m of them. */
void dw_intervals_paint(const dw_intervals *v, const uint32_t *pos, size_t m,
                        float *out);

#endif
