#include "ld/count_corr.h"

#include <math.h>
#include <stdint.h>

#include "base/mem.h"
#include "ld/counts.h"

/* One side of a product: its columns, and behind them who is missing in those
 * of which any is. */
struct side {
    const dw_genotypes *g;
    dw_counts_column *column;
    size_t cap_column;
    size_t n, n_columns;
    size_t *missing;             /* (n) that column; SIZE_MAX: none is */
    double *sum, *mean, *scale;  /* (n) */
    size_t cap_missing, cap_sum; /* sum, mean and scale are one array */
};

struct dw_count_corr {
    struct side left, right;
    float *counts, *work;
    size_t cap_counts, cap_work;
};

dw_count_corr *dw_count_corr_new(void)
{
    return dw_alloc(1, sizeof(dw_count_corr));
}

static void free_side(struct side *s)
{
    dw_free(s->column);
    dw_free(s->missing);
    dw_free(s->sum);
}

void dw_count_corr_free(dw_count_corr *ws)
{
    if (!ws)
        return;
    free_side(&ws->left);
    free_side(&ws->right);
    dw_free(ws->counts);
    dw_free(ws->work);
    dw_free(ws);
}

bool dw_count_corr_suits(const dw_genotypes *g)
{
    return g->kind == DW_GENO_PACKED && g->n <= DW_COUNTS_MAX_PEOPLE;
}

/* Columns of variants, and all about them. */
static int fill_side(struct side *s, const dw_corr_side *of)
{
    const dw_genotypes *g = of->g;
    const size_t n = of->n;

    if (dw_try_grow((void **)&s->column, &s->cap_column, 2 * n,
                    sizeof *s->column) < 0 ||
        dw_try_grow((void **)&s->missing, &s->cap_missing, n,
                    sizeof *s->missing) < 0 ||
        dw_try_grow((void **)&s->sum, &s->cap_sum, 3 * n, sizeof *s->sum) < 0)
        return DW_ENOMEM;
    s->mean = s->sum + n;
    s->scale = s->mean + n;
    s->g = g;
    s->n = s->n_columns = n;
    for (size_t i = 0; i < n; i++) {
        const size_t variant = of->variant ? of->variant[i] : i;
        const dw_geno_stats *stats = dw_genotypes_stats(g, variant);

        s->column[i] = (dw_counts_column){variant, false};
        s->mean[i] = stats->mean;
        s->sum[i] = nearbyint(stats->mean * (double)(g->n - stats->missing));
        s->scale[i] = (of->weight ? of->weight[i] : 1) / sqrt(stats->ss);
        s->missing[i] = SIZE_MAX;
        if (stats->missing) {
            s->missing[i] = s->n_columns;
            s->column[s->n_columns++] = (dw_counts_column){variant, true};
        }
    }
    return 0;
}

/* How many of column i of a side are missing, by its statistics. */
static double n_missing(const struct side *s, size_t i)
{
    return (double)dw_genotypes_stats(s->g, s->column[i].variant)->missing;
}

static double count_at(const float *c, size_t a, size_t i, size_t j)
{
    return i == SIZE_MAX || j == SIZE_MAX ? 0 : (double)c[i + j * a];
}

/* n times the covariance where either may have missing ones. */
static double covariance(const dw_count_corr *ws, size_t i, size_t j)
{
    const struct side *l = &ws->left, *r = &ws->right;
    const float *c = ws->counts;
    const size_t a = l->n_columns, mi = l->missing[i], mj = r->missing[j];
    double sum_i = l->sum[i] - count_at(c, a, i, mj);
    double sum_j = r->sum[j] - count_at(c, a, mi, j);
    double both = (double)l->g->n - n_missing(l, i) - n_missing(r, j) +
                  count_at(c, a, mi, mj);

    return (double)c[i + j * a] - l->mean[i] * sum_j - r->mean[j] * sum_i +
           l->mean[i] * r->mean[j] * both;
}

static void correlate(const dw_count_corr *ws, double *r, size_t ldr)
{
    const struct side *left = &ws->left, *right = &ws->right;
    const size_t a = left->n_columns;
    const double n = (double)left->g->n;

    for (size_t j = 0; j < right->n; j++, r += ldr) {
        const float *c = ws->counts + j * a;
        double sum = right->sum[j], scale = right->scale[j] / n;

        for (size_t i = 0; i < left->n; i++)
            r[i] = ((double)c[i] * n - left->sum[i] * sum) *
                   (left->scale[i] * scale);
        for (size_t i = 0; i < left->n; i++) {
            if (left->missing[i] != SIZE_MAX || right->missing[j] != SIZE_MAX)
                r[i] = covariance(ws, i, j) * left->scale[i] * right->scale[j];
        }
    }
}

int dw_count_corr_make(dw_count_corr *ws, const dw_corr_side *left,
                       const dw_corr_side *right, double *r, size_t ldr)
{
    const struct side *l = &ws->left, *h = &ws->right;

    if (fill_side(&ws->left, left) < 0 || fill_side(&ws->right, right) < 0 ||
        dw_try_grow((void **)&ws->counts, &ws->cap_counts,
                    l->n_columns * h->n_columns, sizeof *ws->counts) < 0 ||
        dw_try_grow((void **)&ws->work, &ws->cap_work,
                    dw_counts_work(l->n_columns, h->n_columns),
                    sizeof *ws->work) < 0)
        return DW_ENOMEM;
    dw_counts_product(
        dw_counts_best(), &(dw_counts_side){l->g, l->n_columns, l->column},
        &(dw_counts_side){h->g, h->n_columns, h->column}, ws->work, ws->counts);
    correlate(ws, r, ldr);
    return 0;
}
