#include "sim/landscape.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "sim/elements.h"

enum {
    BASE,
    CODING,
    UTR,
    PROMOTER,
    INTRON,
    LOG10_DIST_TSS,
    CONSERVATION,
    CONSERVED,
    OPEN_ANY,
    OPEN_SIGNAL,
    ACTIVE,
    INSULATOR,
    GC,
    RECOMB,
    REPEAT,
    LOG10_AGE,
    CELLS /* this and all that follow: one cell type each */
};

static const char *const names[CELLS] = {
    "base",
    "Coding",
    "UTR",
    "Promoter",
    "Intron",
    "Log10DistTSS",
    "Conservation",
    "ConservedElement",
    "OpenAny",
    "OpenSignal",
    "ActiveChromatin",
    "InsulatorSite",
    "GC",
    "Log10RecombRate",
    "Repeat",
    "Log10AlleleAge",
};

static const double OPEN_WIDER = 1000; /* bp on either side: active chromatin */
static const double RATE_SPAN = 5000;  /* bp over which the rate is averaged */

void dw_landscape_name(size_t i, dw_buf *out)
{
    if (i < CELLS)
        dw_buf_adds(out, names[i]);
    else
        dw_buf_addf(out, "OpenCell%zu", i - CELLS + 1);
}

/* What the painters work on. */
struct canvas {
    const dw_genmap *map;
    const uint32_t *pos;
    const float *age;
    size_t m, p;
    float *annot;
    float *mask;   /* (m) scratch */
    uint64_t seed; /* each painter draws from a stream of its own, so that no
                      column depends on which others are there */
};

/* The elements painted as 0 and 1; lent until the next call. */
static const float *mask_of(const struct canvas *c, const dw_intervals *a,
                            const dw_intervals *b)
{
    memset(c->mask, 0, c->m * sizeof *c->mask);
    dw_intervals_paint(a, c->pos, c->m, c->mask);
    if (b)
        dw_intervals_paint(b, c->pos, c->m, c->mask);
    return c->mask;
}

/* The column, or NULL when it was not asked for. */
static float *column(const struct canvas *c, size_t i)
{
    return i < c->p ? c->annot + i * c->m : NULL;
}

static void paint(const struct canvas *c, size_t i, const dw_intervals *v)
{
    if (column(c, i))
        dw_intervals_paint(v, c->pos, c->m, column(c, i));
}

/* Adds to out a process that wanders about 0 with this standard deviation and
 * forgets itself over `reach` bp (Ornstein and Uhlenbeck's, drawn exactly at
 * the variants). */
static void wander(const struct canvas *c, double sd, double reach, float *out,
                   dw_rng *rng)
{
    double x = dw_rng_normal(rng);

    for (size_t i = 0; i < c->m; i++) {
        double gap = i ? c->pos[i] - c->pos[i - 1] : 0;
        double keep = exp(-gap / reach);

        x = keep * x + sqrt(1 - keep * keep) * dw_rng_normal(rng);
        out[i] += (float)(sd * x);
    }
}

static void paint_dist_tss(const struct canvas *c, const dw_elements *e)
{
    float *out = column(c, LOG10_DIST_TSS);
    size_t g = 0;

    for (size_t i = 0; out && i < c->m; i++) {
        double at = c->pos[i], d = dw_genmap_length(c->map);

        while (g < e->n_genes && e->tss[g] < at)
            g++;
        if (g < e->n_genes)
            d = fmin(d, e->tss[g] - at);
        if (g > 0)
            d = fmin(d, at - e->tss[g - 1]);
        out[i] = (float)log10(1 + d);
    }
}

/* Like a phyloP score: a mean that the element gives, local likeness, noise,
 * and stretches that no other species has. */
static void paint_conservation(const struct canvas *c, const dw_elements *e)
{
    float *out = column(c, CONSERVATION);
    dw_rng rng = dw_rng_init(c->seed, CONSERVATION);
    static const double gain[3] = {1.2, 0.5, 1.8};
    const dw_intervals *element[3] = {&e->coding, &e->utr, &e->conserved};

    if (!out)
        return;
    for (size_t k = 0; k < 3; k++) {
        const float *mask = mask_of(c, element[k], NULL);

        for (size_t i = 0; i < c->m; i++)
            out[i] += (float)gain[k] * mask[i];
    }
    wander(c, 0.4, 300, out, &rng);
    wander(c, 0.2, 50e3, out, &rng);
    for (size_t i = 0; i < c->m; i++)
        out[i] += (float)(0.5 * dw_rng_normal(&rng));

    const float *mask = mask_of(c, &e->unaligned, NULL);

    for (size_t i = 0; i < c->m; i++)
        if (mask[i] > 0)
            out[i] = NAN;
}

/*
 * Open chromatin: in cell type t peak i is open when
 *
 *     0.6 breadth_i + 0.5 g_(i, t mod 3) + 0.6 e_it > 0.5
 *
 * where g is shared by the cell types of one of three lineages: so tracks
 * resemble one another, those of a lineage more.
 */
static bool open_in_cell(const struct canvas *c, const dw_peak *k, size_t i,
                         size_t t)
{
    dw_rng own = dw_rng_init(c->seed, (i << 12 | t) + 4096);
    dw_rng shared = dw_rng_init(~c->seed, i << 2 | t % 3);

    return 0.6 * k->breadth + 0.5 * dw_rng_normal(&shared) +
               0.6 * dw_rng_normal(&own) >
           0.5;
}

static void paint_open(const struct canvas *c, const dw_elements *e)
{
    dw_intervals any = {0}, signal = {0}, active = {0}, cell = {0};

    for (size_t i = 0; i < e->n_peaks; i++) {
        const dw_peak *k = &e->peak[i];

        dw_intervals_add(&any, k->begin, k->end, 1);
        dw_intervals_add(&signal, k->begin, k->end, log1p(10 * k->strength));
        if (k->strength > 1)
            dw_intervals_add(&active, k->begin - OPEN_WIDER,
                             k->end + OPEN_WIDER, 1);
    }
    paint(c, OPEN_ANY, &any);
    paint(c, OPEN_SIGNAL, &signal);
    paint(c, ACTIVE, &active);
    for (size_t t = 0; CELLS + t < c->p; t++) {
        dw_rng rng = dw_rng_init(c->seed, CELLS + t);

        cell.n = 0;
        for (size_t i = 0; i < e->n_peaks; i++) {
            double height =
                signal.at[i].value * (0.5 + 0.5 * dw_rng_uniform(&rng));

            if (open_in_cell(c, &e->peak[i], i, t))
                dw_intervals_add(&cell, e->peak[i].begin, e->peak[i].end,
                                 height);
        }
        paint(c, CELLS + t, &cell);
    }
    dw_intervals_clear(&any);
    dw_intervals_clear(&signal);
    dw_intervals_clear(&active);
    dw_intervals_clear(&cell);
}

static void paint_gc(const struct canvas *c, const dw_elements *e)
{
    float *out = column(c, GC);
    dw_rng rng = dw_rng_init(c->seed, GC);

    if (!out)
        return;

    const float *mask = mask_of(c, &e->coding, &e->promoter);

    for (size_t i = 0; i < c->m; i++)
        out[i] = (float)(0.41 + 0.12 * mask[i]);
    wander(c, 0.04, 100e3, out, &rng);
    wander(c, 0.03, 500, out, &rng);
}

/* log10 of cM/Mb, averaged over a few kb about the variant. */
static void paint_recomb(const struct canvas *c)
{
    float *out = column(c, RECOMB);

    for (size_t i = 0; out && i < c->m; i++) {
        double lo = fmax(0, c->pos[i] - RATE_SPAN / 2);
        double hi = fmin(dw_genmap_length(c->map), lo + RATE_SPAN);
        double morgan =
            dw_genmap_morgan(c->map, hi) - dw_genmap_morgan(c->map, lo);

        out[i] = (float)log10(1e-3 + 1e8 * morgan / (hi - lo));
    }
}

int dw_landscape_paint(const dw_genmap *map, const uint32_t *pos,
                       const float *age, size_t m, size_t p, uint64_t seed,
                       float *annot)
{
    float *mask = dw_try_alloc(m, sizeof *mask);
    const struct canvas c = {map, pos, age, m, p, annot, mask, seed};
    dw_rng rng = dw_rng_init(seed, BASE);
    dw_elements e = {0};

    if (!mask)
        return DW_ENOMEM;
    memset(annot, 0, m * p * sizeof *annot);
    dw_elements_draw(&e, dw_genmap_length(map), &rng);
    for (size_t i = 0; i < m && column(&c, BASE); i++)
        column(&c, BASE)[i] = 1;
    paint(&c, CODING, &e.coding);
    paint(&c, UTR, &e.utr);
    paint(&c, PROMOTER, &e.promoter);
    paint(&c, INTRON, &e.intron);
    paint(&c, CONSERVED, &e.conserved);
    paint(&c, INSULATOR, &e.insulator);
    paint(&c, REPEAT, &e.repeat);
    paint_dist_tss(&c, &e);
    paint_conservation(&c, &e);
    paint_open(&c, &e);
    paint_gc(&c, &e);
    paint_recomb(&c);
    for (size_t i = 0; i < m && column(&c, LOG10_AGE); i++)
        column(&c, LOG10_AGE)[i] = (float)log10(1 + (double)age[i]);
    dw_elements_clear(&e);
    dw_free(mask);
    return 0;
}
