#include "sim/elements.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/draw.h"

/* Roughly as in people: 6 genes and 60 peaks a Mb, 1.5 % of the sequence in
 * coding exons, 5 % conserved, 45 % repeats, 3 % without an alignment. */
static const double GENE_GAP = 60e3, GENE_LENGTH = 25e3, LENGTH_SD = 1.2;
static const double INTRON_LENGTH = 2500, EXON_LENGTH = 140, EXON_SD = 0.5;
static const double UTR5 = 200, UTR3 = 1000, PROMOTER = 1000;
static const double PEAKS_A_GENE = 6, PEAK_REACH = 30e3, PEAK_WIDTH = 400;
static const double STRAY_PEAK_EVERY = 40e3;

static double least(double a, double b)
{
    return a < b ? a : b;
}

/* Part of an exon is translated: what lies between the two ends' UTRs. */
static void add_exon(dw_elements *e, double begin, double end, double coding,
                     double coding_end)
{
    dw_intervals_add(&e->utr, begin, least(end, coding), 1);
    dw_intervals_add(&e->utr, fmax(begin, coding_end), end, 1);
    dw_intervals_add(&e->coding, fmax(begin, coding), least(end, coding_end),
                     1);
}

static void add_gene(dw_elements *e, double begin, double end, bool forward,
                     dw_rng *rng)
{
    double tss = forward ? begin : end;
    double five = least(dw_draw_length(rng, UTR5, 0.5), 0.2 * (end - begin));
    double three = least(dw_draw_length(rng, UTR3, 0.7), 0.3 * (end - begin));
    double coding = begin + (forward ? five : three);
    double coding_end = end - (forward ? three : five);
    double at = begin;

    e->tss = dw_realloc(e->tss, e->n_genes + 1, sizeof *e->tss);
    e->tss[e->n_genes++] = tss;
    dw_intervals_add(&e->promoter, tss - (forward ? PROMOTER : 0),
                     tss + (forward ? 0 : PROMOTER), 1);
    /* Exons and introns in turn, an exon at either end. */
    while (at < end) {
        double exon = dw_draw_length(rng, EXON_LENGTH, EXON_SD);
        double intron = dw_draw_length(rng, INTRON_LENGTH, LENGTH_SD);

        if (at == begin)
            exon += coding - begin; /* the first reaches past its UTR */
        if (at + exon + intron >= end - (end - coding_end)) {
            double last = fmax(at, coding_end - exon);

            add_exon(e, at, least(at + exon, last), coding, coding_end);
            dw_intervals_add(&e->intron, at + exon, last, 1);
            add_exon(e, last, end, coding, coding_end);
            break;
        }
        add_exon(e, at, at + exon, coding, coding_end);
        dw_intervals_add(&e->intron, at + exon, at + exon + intron, 1);
        at += exon + intron;
    }
}

static void add_peak(dw_elements *e, size_t *cap, double centre, double breadth,
                     dw_rng *rng)
{
    double half = 0.5 * dw_draw_length(rng, PEAK_WIDTH, 0.5);

    if (e->n_peaks == *cap) {
        *cap = *cap ? 2 * *cap : 64;
        e->peak = dw_realloc(e->peak, *cap, sizeof *e->peak);
    }
    e->peak[e->n_peaks++] = (dw_peak){.begin = centre - half,
                                      .end = centre + half,
                                      .strength = dw_draw_gamma(rng, 1.5),
                                      .breadth = breadth};
}

/* A symmetric exponential distance: most enhancers lie near their gene. */
static double laplace(dw_rng *rng, double scale)
{
    double d = scale * dw_rng_exponential(rng);

    return dw_rng_uniform(rng) < 0.5 ? d : -d;
}

static void add_peaks(dw_elements *e, double length, dw_rng *rng)
{
    size_t cap = 0;

    for (size_t g = 0; g < e->n_genes; g++) {
        if (dw_rng_uniform(rng) < 0.7) /* promoters are open in many cells */
            add_peak(e, &cap, e->tss[g], 1 + dw_rng_normal(rng), rng);
        for (double x = dw_rng_exponential(rng); x < PEAKS_A_GENE;
             x += dw_rng_exponential(rng))
            add_peak(e, &cap, e->tss[g] + laplace(rng, PEAK_REACH),
                     dw_rng_normal(rng) - 0.3, rng);
    }
    for (double x = 0; x < length;
         x += STRAY_PEAK_EVERY * dw_rng_exponential(rng))
        add_peak(e, &cap, x, dw_rng_normal(rng) - 0.6, rng);
}

/* Stretches of a median length, in random places, `every` bp on average. */
static void scatter(dw_intervals *v, double length, double every, double median,
                    double sd, dw_rng *rng)
{
    for (double x = every * dw_rng_exponential(rng); x < length;
         x += every * dw_rng_exponential(rng))
        dw_intervals_add(v, x, x + dw_draw_length(rng, median, sd), 1);
}

static void add_conserved(dw_elements *e, double length, dw_rng *rng)
{
    for (size_t i = 0; i < e->coding.n; i++)
        if (dw_rng_uniform(rng) < 0.75)
            dw_intervals_add(&e->conserved, e->coding.at[i].begin,
                             e->coding.at[i].end, 1);
    for (size_t i = 0; i < e->n_peaks; i++)
        if (dw_rng_uniform(rng) < 0.25)
            dw_intervals_add(&e->conserved, e->peak[i].begin + 100,
                             e->peak[i].end - 100, 1);
    scatter(&e->conserved, length, 4e3, 90, 0.6, rng);
}

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

void dw_elements_draw(dw_elements *e, double length, dw_rng *rng)
{
    double at = GENE_GAP * dw_rng_uniform(rng);

    dw_elements_clear(e);
    while (at < length) {
        double end = at + 500 + dw_draw_length(rng, GENE_LENGTH, LENGTH_SD);

        add_gene(e, at, end, dw_rng_uniform(rng) < 0.5, rng);
        at = end + dw_draw_length(rng, GENE_GAP, LENGTH_SD);
    }
    if (e->n_genes)
        qsort(e->tss, e->n_genes, sizeof *e->tss, by_value);
    add_peaks(e, length, rng);
    add_conserved(e, length, rng);
    scatter(&e->repeat, length, 900, 350, 0.8, rng);
    scatter(&e->insulator, length, 50e3, 200, 0.3, rng);
    scatter(&e->unaligned, length, 60e3, 1100, 1, rng);
}

void dw_elements_clear(dw_elements *e)
{
    dw_intervals_clear(&e->coding);
    dw_intervals_clear(&e->utr);
    dw_intervals_clear(&e->promoter);
    dw_intervals_clear(&e->intron);
    dw_intervals_clear(&e->conserved);
    dw_intervals_clear(&e->repeat);
    dw_intervals_clear(&e->insulator);
    dw_intervals_clear(&e->unaligned);
    dw_free(e->tss);
    dw_free(e->peak);
    memset(e, 0, sizeof *e);
}
