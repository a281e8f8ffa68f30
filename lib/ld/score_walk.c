#include "ld/score_walk.h"

#include <math.h>
#include <string.h>

#include "base/crew.h"
#include "base/mem.h"
#include "ld/count_corr.h"
#include "ld/score_tile.h"
#include "ld/slide.h"
#include "linalg/dense.h"

enum { TILE = DW_SCORE_TILE };

/* What one thread makes a tile with. */
struct bench {
    dw_count_corr *corr;
    double r[TILE * TILE];
    float r2[TILE * TILE];
    float *sum; /* (TILE x p) */
};

/*
 * Up to TILE variants, one behind the other, whose job is r2 with those before
 * them, and among themselves.  What that adds to the scores of others is kept
 * apart until those that came before have added theirs.
 */
struct tile {
    dw_job job;
    dw_score_walk *walk;
    size_t at; /* the first variant's number on the contig */
    dw_variants var;
    dw_genotypes geno;
    float *x;             /* (n x m) dosages, standardised; NULL: by counts */
    size_t *first;        /* (m) */
    double *score;        /* (m x p) */
    struct tile **before; /* (n_before) tiles that its windows reach into */
    size_t n_before;
    float *share; /* (TILE x p) of each of them */
    dw_err err;
};

struct dw_score_walk {
    dw_score_walk_opts o;
    dw_score_walk_out out;
    dw_geno_kind kind;
    size_t people, p;
    bool by_annotation;
    dw_slide *slide; /* variants of the next tile */
    float one[TILE]; /* the annotation of the total */
    dw_crew *crew;
    struct bench *bench; /* one a thread */
    /* Tiles of the contig in hand whose scores are not out yet: of the first
     * n_done of them the job is done. */
    struct tile **tile;
    size_t n_tiles, n_done, cap_tiles, max_jobs;
    uint32_t *pos; /* of their variants */
    size_t *first;
    size_t cap_pos, cap_first;
};

static int no_memory(size_t people, size_t tiles, dw_err *err)
{
    return dw_fail(err, DW_ENOMEM,
                   "not enough memory for LD scores over windows of %zu "
                   "variants, of %zu people",
                   tiles * TILE, people);
}

/* ---- before and after ---- */

static void free_tile(struct tile *t)
{
    dw_variants_clear(&t->var);
    dw_genotypes_clear(&t->geno);
    dw_free(t->x);
    dw_free(t->first);
    dw_free(t->score);
    dw_free(t->before);
    dw_free(t->share);
    dw_free(t);
}

dw_score_walk *dw_score_walk_new(const dw_score_walk_opts *opts,
                                 const dw_score_walk_out *out,
                                 dw_geno_kind kind, size_t people, size_t p)
{
    dw_score_walk *w = dw_alloc(1, sizeof *w);

    w->o = *opts;
    w->out = *out;
    w->kind = kind;
    w->people = people;
    w->by_annotation = p > 0;
    w->p = p ? p : 1;
    w->slide = dw_slide_new(kind, people, 0, p);
    for (size_t i = 0; i < TILE; i++)
        w->one[i] = 1;
    w->crew = dw_crew_new(opts->threads);
    w->bench = dw_alloc(opts->threads, sizeof *w->bench);
    for (size_t i = 0; i < opts->threads; i++) {
        w->bench[i].corr = dw_count_corr_new();
        w->bench[i].sum = dw_alloc(TILE * w->p, sizeof *w->bench[i].sum);
    }
    /* Three a thread, as where blocks are joined. */
    w->max_jobs = opts->threads > 1 ? 3 * opts->threads : 1;
    return w;
}

void dw_score_walk_free(dw_score_walk *w)
{
    if (!w)
        return;
    for (size_t i = w->n_done; i < w->n_tiles; i++)
        dw_crew_cancel(w->crew, &w->tile[i]->job);
    dw_crew_free(w->crew);
    for (size_t i = 0; i < w->n_tiles; i++)
        free_tile(w->tile[i]);
    for (size_t i = 0; i < w->o.threads; i++) {
        dw_count_corr_free(w->bench[i].corr);
        dw_free(w->bench[i].sum);
    }
    dw_slide_free(w->slide);
    dw_free(w->bench);
    dw_free(w->tile);
    dw_free(w->pos);
    dw_free(w->first);
    dw_free(w);
}

/* ---- the job of a tile ---- */

static int correlate(struct bench *bench, const struct tile *a,
                     const struct tile *b)
{
    const dw_corr_side left = {&a->geno, a->var.m, NULL, NULL};
    const dw_corr_side right = {&b->geno, b->var.m, NULL, NULL};
    const size_t n = b->walk->people;

    if (b->x) {
        dw_sgemm(true, false, a->var.m, b->var.m, n, 1, a->x, n, b->x, n, 0,
                 bench->r2, TILE);
        return 0;
    }
    if (dw_count_corr_make(bench->corr, &left, &right, bench->r, TILE) < 0)
        return DW_ENOMEM;
    for (size_t i = 0; i < TILE * right.n; i++)
        bench->r2[i] = (float)bench->r[i];
    return 0;
}

static dw_score_side side_of(const struct tile *t)
{
    const dw_score_walk *w = t->walk;

    return (dw_score_side){
        .at = t->at,
        .n = t->var.m,
        .first = t->first,
        .annot = w->by_annotation ? t->var.annot : w->one,
        .ld = w->by_annotation ? t->var.m : TILE,
    };
}

static void add_scores(struct tile *t, const float *sum)
{
    for (size_t a = 0; a < t->walk->p; a++) {
        for (size_t i = 0; i < t->var.m; i++)
            t->score[i + a * t->var.m] += (double)sum[i + a * TILE];
    }
}

/* r2 of all pairs of a tile before, or the tile itself, with the tile. */
static int score_pairs(struct bench *bench, struct tile *t, struct tile *before,
                       float *share)
{
    const dw_score_walk *w = t->walk;
    const dw_score_side rows = side_of(before), columns = side_of(t);

    if (correlate(bench, before, t) < 0)
        return no_memory(w->people, t->n_before + 1, &t->err);
    dw_score_tile_r2(&rows, &columns, w->people, bench->r2);
    dw_score_tile_of_columns(&rows, &columns, w->p, bench->r2, bench->sum);
    add_scores(t, bench->sum);
    if (share)
        dw_score_tile_of_rows(&rows, &columns, w->p, bench->r2, share);
    return 0;
}

/* In any thread. */
static void score_tile(void *ctx)
{
    struct tile *t = ctx;
    struct bench *bench = &t->walk->bench[t->job.thread];

    for (size_t i = 0; i < t->n_before; i++) {
        if (score_pairs(bench, t, t->before[i],
                        t->share + i * TILE * t->walk->p) < 0)
            return;
    }
    (void)!score_pairs(bench, t, t, NULL); /* a fault is in err */
}

/* ---- in order ---- */

/* Puts out the tiles that lie before a variant, which no window to come holds.
 */
static int put_before(dw_score_walk *w, size_t at, dw_err *err)
{
    size_t n = 0;
    int rc = 0;

    while (rc == 0 && n < w->n_done &&
           w->tile[n]->at + w->tile[n]->var.m <= at) {
        rc = w->out.put(w->out.ctx, &w->tile[n]->var, w->tile[n]->score, err);
        free_tile(w->tile[n++]);
    }
    w->n_tiles -= n;
    w->n_done -= n;
    if (n)
        memmove(w->tile, w->tile + n, w->n_tiles * sizeof(*w->tile));
    return rc;
}

/* Waits for the first job that is under way. */
static int settle_first(dw_score_walk *w, dw_err *err)
{
    struct tile *t = w->tile[w->n_done];

    dw_crew_wait_busy(w->crew, &t->job);
    if (t->err.code) {
        *err = t->err;
        return err->code;
    }
    w->n_done++;
    for (size_t i = 0; i < t->n_before; i++)
        add_scores(t->before[i], t->share + i * TILE * w->p);
    dw_free(t->share);
    t->share = NULL;
    return put_before(w, t->first[t->var.m - 1], err);
}

static int settle_all(dw_score_walk *w, dw_err *err)
{
    while (w->n_done < w->n_tiles) {
        if (settle_first(w, err) < 0)
            return err->code;
    }
    return put_before(w, SIZE_MAX, err);
}

/* ---- a tile is made ---- */

/* Its windows, by the positions of all tiles in hand. */
static int find_first(dw_score_walk *w, struct tile *t)
{
    const size_t from = w->n_tiles ? w->tile[0]->at : t->at;
    const size_t n = t->at - from + t->var.m;

    t->first = dw_try_alloc(t->var.m, sizeof *t->first);
    if (!t->first ||
        dw_try_grow((void **)&w->pos, &w->cap_pos, n, sizeof *w->pos) < 0 ||
        dw_try_grow((void **)&w->first, &w->cap_first, n, sizeof *w->first) < 0)
        return DW_ENOMEM;
    for (size_t i = 0; i < w->n_tiles; i++)
        memcpy(w->pos + (w->tile[i]->at - from), w->tile[i]->var.pos,
               w->tile[i]->var.m * sizeof *w->pos);
    memcpy(w->pos + (t->at - from), t->var.pos, t->var.m * sizeof *w->pos);
    dw_ld_window_first(&w->o.window, n, w->pos, from, w->first);
    for (size_t i = 0; i < t->var.m; i++)
        t->first[i] = from + w->first[t->at - from + i];
    return 0;
}

/* The tiles before that its windows reach into. */
static int find_before(const dw_score_walk *w, struct tile *t)
{
    size_t i = w->n_tiles;

    while (i > 0 && w->tile[i - 1]->at + w->tile[i - 1]->var.m > t->first[0])
        i--;
    t->n_before = w->n_tiles - i;
    t->before = dw_try_alloc(t->n_before, sizeof(*t->before));
    t->share = dw_try_alloc(t->n_before, TILE * w->p * sizeof *t->share);
    t->score = dw_try_alloc(t->var.m, w->p * sizeof *t->score);
    if (!t->before || !t->share || !t->score)
        return DW_ENOMEM;
    memcpy(t->before, w->tile + i, t->n_before * sizeof(*t->before));
    return 0;
}

static int standardise(const dw_score_walk *w, struct tile *t)
{
    t->x = dw_try_alloc(t->var.m, w->people * sizeof *t->x);
    if (!t->x)
        return DW_ENOMEM;
    for (size_t i = 0; i < t->var.m; i++) {
        const dw_geno_stats *stats = dw_genotypes_stats(&t->geno, i);

        dw_geno_centre_float(w->kind, dw_genotypes_column(&t->geno, i), 0,
                             w->people, stats->mean, 1 / sqrt(stats->ss),
                             t->x + i * w->people);
    }
    dw_genotypes_clear(&t->geno);
    return 0;
}

/* What has gathered in the slide. */
static int fill_tile(dw_score_walk *w, struct tile *t, dw_err *err)
{
    const struct tile *last = w->n_tiles ? w->tile[w->n_tiles - 1] : NULL;
    const size_t m = dw_slide_size(w->slide);

    t->job = (dw_job){.fn = score_tile, .ctx = t};
    t->walk = w;
    t->at = last ? last->at + last->var.m : 0;
    dw_genotypes_init(&t->geno, w->kind, w->people);
    if (dw_slide_cut(w->slide, 0, m, &t->var, err) < 0 ||
        dw_genotypes_copy(&t->geno, dw_slide_genotypes(w->slide), 0, m, err) <
            0)
        return err->code;
    dw_slide_drop(w->slide, m);
    if ((!dw_count_corr_suits(&t->geno) && standardise(w, t) < 0) ||
        find_first(w, t) < 0 || find_before(w, t) < 0)
        return no_memory(w->people, w->n_tiles + 1, err);
    return 0;
}

static int start_tile(dw_score_walk *w, dw_err *err)
{
    struct tile *t;

    if (w->n_tiles - w->n_done == w->max_jobs && settle_first(w, err) < 0)
        return err->code;
    if (dw_try_grow((void **)&w->tile, &w->cap_tiles, w->n_tiles + 1,
                    sizeof(*w->tile)) < 0)
        return no_memory(w->people, w->n_tiles + 1, err);
    t = dw_alloc(1, sizeof *t);
    if (fill_tile(w, t, err) < 0) {
        free_tile(t);
        return err->code;
    }
    w->tile[w->n_tiles++] = t;
    dw_crew_start(w->crew, &t->job);
    return 0;
}

/* ---- variants ---- */

int dw_score_walk_turn(dw_score_walk *w, const char *contig, dw_err *err)
{
    if ((dw_slide_size(w->slide) && start_tile(w, err) < 0) ||
        settle_all(w, err) < 0)
        return err->code;
    dw_slide_begin(w->slide, contig);
    return 0;
}

int dw_score_walk_take(dw_score_walk *w, const dw_variants *v, size_t row,
                       const void *column, dw_tally *tally, dw_err *err)
{
    static const dw_admit all = {.min_maf = 0, .max_missing = 1};
    int rc = dw_slide_admit(w->slide, &all, v, row, column, tally, err);

    if (rc > 0)
        rc = dw_slide_size(w->slide) < TILE ? 0 : start_tile(w, err);
    return rc;
}
