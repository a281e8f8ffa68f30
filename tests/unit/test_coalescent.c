/*
 * The coalescent against theory: for a constant size of N people and n
 * haplotypes
 *
 *     E[root] = 4 N (1 - 1/n)      E[length] = 4 N sum_{i<n} 1/i
 *     E[variants carried by i of n] = 4 N mu L / i
 *     E[D^2] / E[p (1-p) q (1-q)] = (10 + C) / (22 + 13 C + C^2),  C = 4 N c
 *
 * (Watterson 1975; Fu 1995; Ohta and Kimura 1971).  Seeds are fixed, so that
 * nothing here fails now and then; bounds are 4 standard errors where no other
 * reason is given.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "sim/coalescent.h"
#include "sim/demography.h"
#include "sim/draw.h"
#include "sim/genmap.h"
#include "sim/haplotype.h"
#include "tap.h"

static double harmonic(size_t n)
{
    double sum = 0;

    for (size_t i = 1; i < n; i++)
        sum += 1 / (double)i;
    return sum;
}

/* Mean and its standard error. */
struct stat {
    double n, sum, sum2;
};

static void stat_add(struct stat *s, double x)
{
    s->n++;
    s->sum += x;
    s->sum2 += x * x;
}

static double stat_mean(const struct stat *s)
{
    return s->sum / s->n;
}

static double stat_se(const struct stat *s)
{
    double mean = stat_mean(s);

    return sqrt((s->sum2 / s->n - mean * mean) / s->n);
}

static void near_theory(const struct stat *s, double theory, const char *what)
{
    OK(fabs(stat_mean(s) - theory) < 4 * stat_se(s),
       "%s: %.6g, theory %.6g, standard error %.2g", what, stat_mean(s), theory,
       stat_se(s));
    OK(stat_se(s) < 0.05 * theory, "%s: enough of them to tell", what);
}

static void test_clock(void)
{
    dw_demography d = dw_demography_european();
    double worst = 0, last = -1, fell = 0;

    for (double t = 0; t < 5e4; t = t * 1.1 + 1) {
        double u = dw_demography_clock(&d, t);

        worst = fmax(worst, fabs(dw_demography_time(&d, u) - t) / (t + 1));
        fell += u <= last;
        last = u;
    }
    OK(worst < 1e-9, "the clock and its inverse agree: %.2g", worst);
    OK(fell == 0, "the clock never stands still");
    d = dw_demography_constant(5000);
    NEAR(dw_demography_clock(&d, 1000), 0.1, 1e-12, 1, "1000 of 2 x 5000");
    const dw_epoch grow[] = {{0, 1000, 0.01}, {100, 50, 0}};
    const int steps = 90000; /* one ends at 100 */
    double sum = 0;

    d = dw_demography_init(grow, 2);
    for (int i = 0; i < steps; i++) {
        double t = (i + 0.5) * 150 / steps;

        sum += 150.0 / steps / (2 * (t < 100 ? 1000 * exp(-0.01 * t) : 50));
    }
    NEAR(dw_demography_clock(&d, 150), sum, 1e-6, 1, "integral of 1 / 2N");
}

static void test_first_tree(void)
{
    const size_t n = 10;
    const double size = 10000;
    dw_demography d = dw_demography_constant(size);
    struct stat root = {0}, length = {0};

    for (uint64_t i = 0; i < 4000; i++) {
        dw_coalescent *c = dw_coalescent_new(n, &d, dw_rng_init(1, i));

        stat_add(&root, dw_coalescent_root(c));
        stat_add(&length, dw_coalescent_length(c));
        dw_coalescent_free(c);
    }
    near_theory(&root, 4 * size * (1 - 1 / (double)n), "age of the root");
    near_theory(&length, 4 * size * harmonic(n), "length of the tree");
}

/* Far along the chromosome, after many recombinations, trees are still those of
 * the coalescent: numbers of variants, and how many carry them. */
static void test_far_along(void)
{
    const size_t n = 20, replicates = 300;
    const double size = 10000, mu = 2e-8, length = 400e3;
    dw_demography d = dw_demography_constant(size);
    struct stat all = {0}, once = {0}, half = {0};
    dw_genmap map = {0};

    if (dw_genmap_flat(&map, 1e-8, length))
        return;
    for (uint64_t i = 0; i < replicates; i++) {
        dw_haplotypes h = {0};
        double count[3] = {0};

        if (dw_haplotypes_draw(&h, n, 1, &d, &map, mu, dw_rng_init(2, i)))
            break;
        for (size_t j = 0; j < h.m; j++) {
            if (h.pos[j] < 300000)
                continue;
            count[0]++;
            count[1] += h.count[j] == 1;
            count[2] += h.count[j] == 10;
        }
        stat_add(&all, count[0]);
        stat_add(&once, count[1]);
        stat_add(&half, count[2]);
        dw_haplotypes_clear(&h);
    }
    double theta = 4 * size * mu * 100e3;

    near_theory(&all, theta * harmonic(n), "variants in the last quarter");
    near_theory(&once, theta, "of them carried by 1");
    near_theory(&half, theta / 10, "of them carried by 10");
    dw_genmap_clear(&map);
}

static int bit(const dw_haplotypes *h, size_t j, size_t i)
{
    return (int)(h->bits[j * h->words + i / 64] >> (i % 64) & 1);
}

/* D^2 and p (1-p) q (1-q) of two variants. */
static void two_loci(const dw_haplotypes *h, size_t a, size_t b, double *num,
                     double *den)
{
    double n = (double)h->n, both = 0;
    double p = h->count[a] / n, q = h->count[b] / n;

    for (size_t i = 0; i < h->n; i++)
        both += bit(h, a, i) & bit(h, b, i);
    *num += (both / n - p * q) * (both / n - p * q);
    *den += p * (1 - p) * q * (1 - q);
}

/* sigma_d^2 by distance.  A sample of n adds about 1/n.  Bound: 12 %, since
 * pairs of one replicate are alike (its standard error is some 4 %). */
static void test_two_loci(void)
{
    static const double distance[] = {1250, 5000, 12500, 50000};
    const double size = 10000, rate = 1e-8, length = 300e3;
    dw_demography d = dw_demography_constant(size);
    dw_genmap map = {0};
    double num[4] = {0}, den[4] = {0};

    if (dw_genmap_flat(&map, rate, length))
        return;
    for (uint64_t i = 0; i < 120; i++) {
        dw_haplotypes h = {0};

        if (dw_haplotypes_draw(&h, 100, 1, &d, &map, 1e-8, dw_rng_init(3, i)))
            break;
        for (size_t a = 0; a < h.m; a++) {
            for (size_t b = a + 1; b < h.m; b++) {
                double gap = h.pos[b] - h.pos[a];

                for (int k = 0; k < 4; k++)
                    if (fabs(gap / distance[k] - 1) < 0.1)
                        two_loci(&h, a, b, &num[k], &den[k]);
            }
        }
        dw_haplotypes_clear(&h);
    }
    for (int k = 0; k < 4; k++) {
        double c = 4 * size * rate * distance[k];
        double theory = (10 + c) / (22 + 13 * c + c * c) + 0.01;

        OK(fabs(num[k] / den[k] / theory - 1) < 0.12,
           "LD at C = %g: %.4f, theory %.4f", c, num[k] / den[k], theory);
    }
    dw_genmap_clear(&map);
}

static void test_map(void)
{
    dw_genmap_spec s = dw_genmap_human();
    dw_rng rng = dw_rng_init(4, 0);
    dw_genmap map = {0};
    double worst = 0, hot = 0, total = 0, hot_bp = 0, length = 1e9;

    if (dw_genmap_draw(&map, &s, length, &rng))
        return;
    for (size_t i = 0; i < map.n; i++) {
        double morgan = map.morgan[i + 1] - map.morgan[i];

        total += morgan;
        hot += map.hot[i] ? morgan : 0;
        hot_bp += map.hot[i] ? map.begin[i + 1] - map.begin[i] : 0;
    }
    for (double x = 0; x < total; x += total / 2000)
        worst = fmax(worst,
                     fabs(dw_genmap_morgan(&map, dw_genmap_bp(&map, x)) - x));
    OK(fabs(total / length / s.rate - 1) < 0.15, "mean rate %.3g",
       total / length);
    OK(fabs(hot / total - s.hot_share) < 0.07, "%.3f of it in hot spots",
       hot / total);
    OK(hot_bp / length < 0.06, "which are %.3f of the sequence",
       hot_bp / length);
    OK(worst < 2, "map and its inverse agree within a base or two: %.2g",
       worst);
    OK(dw_genmap_bp(&map, total * 1.001) > length,
       "past the end of the map is past the end of the chromosome");
    dw_genmap_clear(&map);
}

static void test_gamma(void)
{
    dw_rng rng = dw_rng_init(5, 0);

    for (double shape = 0.5; shape < 5; shape *= 3) {
        struct stat s = {0}, s2 = {0};

        for (int i = 0; i < 20000; i++) {
            double x = dw_draw_gamma(&rng, shape);

            stat_add(&s, x);
            stat_add(&s2, (x - 1) * (x - 1));
        }
        near_theory(&s, 1, "mean of a Gamma");
        near_theory(&s2, 1 / shape, "its variance");
    }
}

static int popcount(const dw_haplotypes *h, size_t j)
{
    int n = 0;

    for (size_t i = 0; i < h->n; i++)
        n += bit(h, j, i);
    return n;
}

/* 130 haplotypes fill two words and a bit; people grew in number. */
static void test_haplotypes(void)
{
    dw_demography d = dw_demography_european();
    dw_genmap_spec spec = dw_genmap_human();
    dw_rng rng = dw_rng_init(6, 0);
    dw_genmap map = {0};
    dw_haplotypes a = {0}, b = {0};
    size_t bad = 0, m;

    if (dw_genmap_draw(&map, &spec, 200e3, &rng) ||
        dw_haplotypes_draw(&a, 130, 3, &d, &map, 2e-8, dw_rng_init(6, 1)) ||
        dw_haplotypes_draw(&b, 130, 3, &d, &map, 2e-8, dw_rng_init(6, 1)))
        return;
    OK(a.words == 3 && a.m > 100, "%zu variants", a.m);
    OK(a.m == b.m && memcmp(a.bits, b.bits, a.m * 3 * sizeof *a.bits) == 0,
       "the same numbers give the same haplotypes");
    for (size_t j = 0; j < a.m; j++)
        bad += popcount(&a, j) != (int)a.count[j] || a.count[j] < 3 ||
               a.count[j] > 127 || !(a.age[j] > 0) ||
               (j && a.pos[j] <= a.pos[j - 1]);
    OK(bad == 0, "counts, ages and order are right");
    m = a.m;
    dw_haplotypes_thin(&a, m + 5, &rng);
    OK(a.m == m, "nothing to thin");
    dw_haplotypes_thin(&a, 40, &rng);
    OK(a.m == 40, "thinned to 40");
    bad = 0;
    for (size_t j = 0, k = 0; j < a.m; j++, k++) {
        while (k < b.m && b.pos[k] != a.pos[j])
            k++;
        bad += k == b.m || memcmp(a.bits + j * 3, b.bits + k * 3, 24) != 0;
    }
    OK(bad == 0, "what is left is what was there");
    dw_haplotypes_clear(&a);
    dw_haplotypes_clear(&b);
    dw_genmap_clear(&map);
}

static void test_no_memory(void)
{
    dw_demography d = dw_demography_european();
    dw_genmap_spec spec = dw_genmap_human();
    unsigned long n = 0;
    int rc;

    do {
        dw_rng rng = dw_rng_init(7, 0);
        dw_haplotypes h = {0};
        dw_genmap map = {0};

        dw_mem_fail_at(++n);
        rc = dw_genmap_draw(&map, &spec, 50e3, &rng);
        if (rc == 0)
            rc = dw_haplotypes_draw(&h, 20, 1, &d, &map, 2e-8, rng);
        dw_mem_fail_at(0);
        if (rc != 0 && rc != DW_ENOMEM)
            break;
        dw_haplotypes_clear(&h);
        dw_genmap_clear(&map);
    } while (rc && n < 1000);
    OK(rc == 0 && n > 10, "every one of %lu allocations may fail", n - 1);
}

int main(void)
{
    test_clock();
    test_first_tree();
    test_far_along();
    test_two_loci();
    test_map();
    test_gamma();
    test_haplotypes();
    test_no_memory();
    return tap_done();
}
