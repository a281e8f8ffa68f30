/* LD scores straight from genotypes against sums over all pairs, in double. */
#include "tap.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "ld/score_walk.h"
#include "linalg/blas.h"

enum { M = 1000, PEOPLE = 90, P = 3 };

/* Two contigs of a panel: variants in bursts, neighbours alike. */
typedef struct made {
    dw_geno_kind kind;
    dw_variants v;
    dw_genotypes g;
    double x[M][PEOPLE]; /* standardised */
} made;

/* Each person's genotype of a variant, as a column. */
static void pack(const made *d, const float *dosage, unsigned char *column)
{
    memset(column, 0, d->g.bytes);
    if (d->kind == DW_GENO_DOSAGE)
        memcpy(column, dosage, PEOPLE * sizeof *dosage);
    for (size_t i = 0; d->kind == DW_GENO_PACKED && i < PEOPLE; i++) {
        unsigned code = isnan(dosage[i])   ? DW_GENO_MISSING
                        : dosage[i] < 0.5f ? DW_GENO_ALT0
                        : dosage[i] < 1.5f ? DW_GENO_ALT1
                                           : DW_GENO_ALT2;

        column[i / 4] |= (unsigned char)(code << i % 4 * 2);
    }
}

static void make(made *d, dw_geno_kind kind, double missing)
{
    dw_rng rng = dw_rng_init(5, 0);
    float dosage[PEOPLE] = {0};
    unsigned char column[PEOPLE * sizeof(float)];
    dw_err err = {0};
    uint32_t pos = 1000;

    memset(d, 0, sizeof *d);
    d->kind = kind;
    dw_genotypes_init(&d->g, kind, PEOPLE);
    if (dw_variants_resize(&d->v, M, 0, P, &err) < 0)
        exit(1);
    for (size_t j = 0; j < M; j++) {
        dw_geno_stats s;
        char id[16];

        pos += j % 150 == 149 ? 4000 : 1 + j % 3;
        d->v.pos[j] = pos;
        d->v.eaf[j] = NAN;
        snprintf(id, sizeof id, "v%zu", j);
        if (dw_texts_add(&d->v.id, id, strlen(id)) < 0 ||
            dw_texts_add(&d->v.ref, "A", 1) < 0 ||
            dw_texts_add(&d->v.alt, "C", 1) < 0)
            exit(1);
        for (size_t i = 0; i < PEOPLE; i++) {
            float old = dosage[i];

            if (isnan(old) || dw_rng_below(&rng, 3) == 0)
                dosage[i] = kind == DW_GENO_PACKED
                                ? (float)dw_rng_below(&rng, 3)
                                : (float)(2 * dw_rng_uniform(&rng));
            if (dw_rng_uniform(&rng) < missing && j % 4)
                dosage[i] = NAN;
        }
        for (size_t a = 0; a < P; a++)
            d->v.annot[j + a * M] = (float)(dw_rng_uniform(&rng) * 4 - 1);
        pack(d, dosage, column);
        s = dw_geno_stats_of(kind, PEOPLE, column);
        if (dw_genotypes_push(&d->g, column, &s, &err) < 0)
            exit(1);
        for (size_t i = 0; i < PEOPLE; i++)
            d->x[j][i] = isnan(dosage[i])
                             ? 0
                             : ((double)dosage[i] - s.mean) / sqrt(s.ss);
    }
}

static void clear(made *d)
{
    dw_variants_clear(&d->v);
    dw_genotypes_clear(&d->g);
}

/* What came out, in order. */
struct got {
    size_t n, wrong_place;
    const made *d;
    double score[M][P];
    float eaf[M];
};

static int put(void *ctx, const dw_variants *v, const double *score,
               dw_err *err)
{
    struct got *got = ctx;
    const size_t p = v->p ? v->p : 1;

    (void)err;
    for (size_t i = 0; i < v->m && got->n < M; i++, got->n++) {
        char id[16];

        snprintf(id, sizeof id, "v%zu", got->n);
        got->wrong_place += strcmp(id, dw_texts_at(&v->id, i)) != 0 ||
                            strcmp(v->contig, got->n < 700 ? "1" : "2") != 0;
        got->eaf[got->n] = v->eaf[i];
        for (size_t a = 0; a < p; a++)
            got->score[got->n][a] = score[i + a * v->m];
    }
    return 0;
}

/* The first 700 variants on one contig, the rest on another. */
static int walk(const made *d, const dw_ld_window *window, size_t p,
                size_t threads, struct got *got, dw_err *err)
{
    const dw_score_walk_opts opts = {*window, threads};
    const dw_score_walk_out out = {got, put};
    dw_score_walk *w = dw_score_walk_new(&opts, &out, d->kind, PEOPLE, p);
    dw_tally tally = {0};
    int rc = dw_score_walk_turn(w, "1", err);

    got->n = got->wrong_place = 0;
    for (size_t j = 0; j < M && rc == 0; j++) {
        if (j == 700)
            rc = dw_score_walk_turn(w, "2", err);
        if (rc == 0)
            rc = dw_score_walk_take(w, &d->v, j, dw_genotypes_column(&d->g, j),
                                    &tally, err);
    }
    if (rc == 0)
        rc = dw_score_walk_turn(w, "", err);
    dw_tally_clear(&tally);
    dw_score_walk_free(w);
    return rc;
}

/* The largest difference from the sums over all pairs of a contig. */
static double apart(const made *d, const dw_ld_window *window, size_t p,
                    const struct got *got)
{
    static size_t first[M];
    double worst = 0;

    for (size_t from = 0; from < M; from += 700) {
        size_t m = from ? M - 700 : 700;

        dw_ld_window_first(window, m, d->v.pos + from, 0, first);
        for (size_t j = 0; j < m; j++) {
            double sum[P] = {0};

            for (size_t i = 0; i < m; i++) {
                size_t low = i < j ? i : j, high = i < j ? j : i;
                double r = 0, r2;

                if (low < first[high])
                    continue;
                for (size_t k = 0; k < PEOPLE; k++)
                    r += d->x[from + i][k] * d->x[from + j][k];
                r2 = r * r - (1 - r * r) / (PEOPLE - 2);
                for (size_t a = 0; a < (p ? p : 1); a++)
                    sum[a] +=
                        p ? r2 * (double)d->v.annot[from + i + a * M] : r2;
            }
            for (size_t a = 0; a < (p ? p : 1); a++)
                worst = fmax(worst, fabs(sum[a] - got->score[from + j][a]));
        }
    }
    return worst;
}

static void test_scores(const made *d, const char *name)
{
    static const dw_ld_window window[] = {
        {100, 1}, {400, 50}, {3000, 7}, {1e6, 1}, {0.5, 64}};
    static struct got got, again;
    dw_err err = {0};

    for (size_t w = 0; w < DW_COUNT(window); w++) {
        for (size_t p = 0; p <= P; p += P) {
            double off;

            OK(walk(d, &window[w], p, 1, &got, &err) == 0 && got.n == M &&
                   got.wrong_place == 0,
               "%s, window %zu, %zu annotations: all come out in order", name,
               w, p);
            off = apart(d, &window[w], p, &got);
            OK(off < 2e-5, "to %.1e", off);
            OK(walk(d, &window[w], p, 3, &again, &err) == 0 &&
                   !memcmp(again.score, got.score, sizeof got.score),
               "the same by three threads");
        }
    }
    OK(fabs((double)got.eaf[5] - dw_genotypes_stats(&d->g, 5)->mean / 2) < 1e-6,
       "a frequency that was missing is the panel's");
}

static void test_no_memory(const made *d)
{
    static struct got got;
    unsigned long fails = 0, told = 0;

    for (;;) {
        dw_err err = {0};
        int rc;

        dw_mem_fail_at(++fails);
        rc = walk(d, &(dw_ld_window){400, 1}, 0, 1, &got, &err);
        dw_mem_fail_at(0);
        if (rc == 0)
            break;
        told += rc == DW_ENOMEM && err.msg[0];
    }
    OK(fails > 20 && told == fails - 1,
       "each of %lu failed allocations is told", told);
}

static void test_useless(void)
{
    static made d;
    unsigned char none[(PEOPLE + 3) / 4] = {0};
    const dw_score_walk_out out = {NULL, put};
    const dw_score_walk_opts opts = {{100, 1}, 1};
    dw_score_walk *w =
        dw_score_walk_new(&opts, &out, DW_GENO_PACKED, PEOPLE, 0);
    dw_tally tally = {0};
    dw_err err = {0};

    make(&d, DW_GENO_PACKED, 0);
    OK(dw_score_walk_turn(w, "1", &err) == 0 &&
           dw_score_walk_take(w, &d.v, 0, none, &tally, &err) == 0 &&
           dw_tally_get(&tally, "monomorphic") == 1 &&
           dw_score_walk_turn(w, "", &err) == 0,
       "a variant without variance is counted, and nothing comes out");
    dw_score_walk_free(w);
    dw_score_walk_free(NULL);
    dw_tally_clear(&tally);
    clear(&d);
}

int main(void)
{
    static made d;

    dw_linalg_single_thread();
    make(&d, DW_GENO_PACKED, 0);
    test_scores(&d, "packed");
    test_no_memory(&d);
    clear(&d);
    make(&d, DW_GENO_PACKED, 0.05);
    test_scores(&d, "packed, some missing");
    clear(&d);
    make(&d, DW_GENO_DOSAGE, 0.05);
    test_scores(&d, "dosages");
    clear(&d);
    test_useless();
    return tap_done();
}
