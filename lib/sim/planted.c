#include "sim/planted.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/text.h"

enum kind { CONST, ENRICH, MLP, GIVEN };
enum { HIDDEN = 16, PAIRS = 6 };

/* Mean and variance as they come (Welford 1962). */
struct moments {
    double n, mean, m2;
    bool binary; /* 0 and 1 were all that there was */
};

struct dw_planted {
    enum kind kind;
    size_t p;
    struct moments *column; /* (p) */
    double *log_x;          /* (p) ENRICH: log of its X, 0 where none */
    /* MLP */
    uint64_t seed;
    double spread;
    size_t n_used, *used; /* columns that vary */
    double *weight;       /* (n_used x HIDDEN) */
    double bias[HIDDEN], out[HIDDEN];
    struct pair {
        size_t a, b; /* of `used` */
        double gain; /* even ones AND, odd ones XOR */
    } pair[PAIRS];
    struct moments value; /* of the function before it is standardised */
    /* GIVEN */
    dw_planted_fn *fn;
    void *ctx;
    double sum;  /* of all variances, before they are scaled */
    double *row; /* variances of what is shown */
    size_t cap_row;
};

/* ---- what the user asked for ---- */

static int find_column(const char *text, size_t n, const char *const *name,
                       size_t p, size_t *at, dw_err *err)
{
    char word[256];

    for (*at = 0; *at < p; (*at)++)
        if (dw_span_eq((dw_span){text, n}, name[*at]))
            return 0;
    if (n >= sizeof word)
        n = sizeof word - 1;
    memcpy(word, text, n);
    word[n] = 0;

    const char *nearest = dw_text_nearest(word, name, p);

    return dw_fail(err, DW_EMISMATCH,
                   "--truth: the stream has no annotation \"%s\"%s%s", word,
                   nearest ? "; did you mean " : "", nearest ? nearest : "");
}

/* COL=X,COL=Y: a column's name may hold anything but a comma. */
static int parse_enrich(dw_planted *f, const char *text,
                        const char *const *name, dw_err *err)
{
    for (const char *at = text; *at;) {
        size_t n = strcspn(at, ","), eq = n, column;
        double x;

        while (eq > 0 && at[eq] != '=')
            eq--;
        if (eq == 0)
            return dw_fail(err, DW_EUSAGE, "--truth: \"%.*s\" is not COLUMN=X",
                           (int)n, at);
        if (dw_text_double((dw_span){at + eq + 1, n - eq - 1}, &x) < 0 ||
            !isfinite(x) || x <= 0)
            return dw_fail(err, DW_EUSAGE,
                           "--truth: \"%.*s\": an enrichment is a number > 0",
                           (int)n, at);
        if (find_column(at, eq, name, f->p, &column, err) < 0)
            return err->code;
        f->log_x[column] += log(x);
        at += n + (at[n] == ',');
    }
    return *text ? 0
                 : dw_fail(err, DW_EUSAGE,
                           "--truth: enrich: needs COLUMN=X, ...");
}

static int parse_mlp(dw_planted *f, const char *text, dw_err *err)
{
    dw_span field[2];
    size_t n = dw_text_split(dw_span_of(text), ',', field, 2);
    int64_t seed;

    f->spread = 1;
    if (n < 1 || n > 2 || dw_text_int64(field[0], &seed) < 0 || seed < 0 ||
        (n == 2 && (dw_text_double(field[1], &f->spread) < 0 ||
                    !(f->spread > 0 && f->spread <= 10))))
        return dw_fail(err, DW_EUSAGE,
                       "--truth: \"mlp:%s\" is not mlp:SEED or mlp:SEED,SD "
                       "with 0 < SD <= 10",
                       text);
    f->seed = (uint64_t)seed;
    return 0;
}

dw_planted *dw_planted_new(const char *text, const char *const *name, size_t p,
                           dw_err *err)
{
    dw_planted *f = dw_alloc(1, sizeof *f);
    int rc = 0;

    f->p = p;
    f->column = dw_alloc(p, sizeof *f->column);
    f->log_x = dw_alloc(p, sizeof *f->log_x);
    for (size_t i = 0; i < p; i++)
        f->column[i].binary = true;
    if (strcmp(text, "const") == 0) {
        f->kind = CONST;
    } else if (strncmp(text, "enrich:", 7) == 0) {
        f->kind = ENRICH;
        rc = parse_enrich(f, text + 7, name, err);
    } else if (strncmp(text, "mlp:", 4) == 0) {
        f->kind = MLP;
        rc = parse_mlp(f, text + 4, err);
    } else {
        rc = dw_fail(err, DW_EUSAGE,
                     "--truth: \"%s\" is not const, enrich:COL=X,..., mlp:SEED "
                     "or model:FILE",
                     text);
    }
    if (rc < 0) {
        dw_planted_free(f);
        return NULL;
    }
    return f;
}

dw_planted *dw_planted_of(dw_planted_fn *fn, void *ctx)
{
    dw_planted *f = dw_alloc(1, sizeof *f);

    f->kind = GIVEN;
    f->fn = fn;
    f->ctx = ctx;
    return f;
}

void dw_planted_free(dw_planted *f)
{
    if (!f)
        return;
    dw_free(f->column);
    dw_free(f->log_x);
    dw_free(f->used);
    dw_free(f->weight);
    dw_free(f->row);
    dw_free(f);
}

/* ---- learning ---- */

static void moments_add(struct moments *m, double x)
{
    double d = x - m->mean;

    m->n++;
    m->mean += d / m->n;
    m->m2 += d * (x - m->mean);
    m->binary = m->binary && (x == 0 || x == 1);
}

/* 0 where there is no spread to speak of: a constant, but for rounding. */
static double moments_sd(const struct moments *m)
{
    double sd = m->n > 1 ? sqrt(m->m2 / m->n) : 0;

    return sd > 1e-9 * fabs(m->mean) ? sd : 0;
}

/* Passes before the one that adds up. */
static size_t passes_to_learn(const dw_planted *f)
{
    return f->kind == MLP ? 2 : f->kind == ENRICH ? 1 : 0;
}

size_t dw_planted_passes(const dw_planted *f)
{
    return passes_to_learn(f) + 1;
}

static double raw_mlp(const dw_planted *f, const dw_variants *v, size_t i);
static void raw_variances(const dw_planted *f, const dw_variants *v,
                          size_t begin, size_t end, double *out);

static int add_up(dw_planted *f, const dw_variants *v, size_t begin, size_t end)
{
    void *row = f->row;

    if (dw_try_grow(&row, &f->cap_row, end - begin, sizeof *f->row) < 0)
        return DW_ENOMEM;
    f->row = row;
    raw_variances(f, v, begin, end, f->row);
    for (size_t i = 0; i < end - begin; i++)
        f->sum += f->row[i];
    return 0;
}

int dw_planted_show(dw_planted *f, size_t pass, const dw_variants *v,
                    size_t begin, size_t end)
{
    if (pass == passes_to_learn(f))
        return add_up(f, v, begin, end);
    for (size_t i = begin; pass == 1 && i < end; i++)
        moments_add(&f->value, raw_mlp(f, v, i));
    for (size_t j = 0; pass == 0 && j < f->p; j++) {
        for (size_t i = begin; i < end; i++) {
            double x = (double)v->annot[j * v->m + i];

            if (!isnan(x))
                moments_add(&f->column[j], x);
        }
    }
    return 0;
}

/* Draws the function, of the columns that turned out to vary. */
static int draw_mlp(dw_planted *f, dw_err *err)
{
    dw_rng rng = dw_rng_init(f->seed, 0);

    f->used = dw_alloc(f->p, sizeof *f->used);
    for (size_t j = 0; j < f->p; j++)
        if (moments_sd(&f->column[j]) > 0)
            f->used[f->n_used++] = j;
    if (f->n_used < 2)
        return dw_fail(err, DW_EDEGENERATE,
                       "--truth: mlp: needs two annotations that vary; there "
                       "%s %zu",
                       f->n_used == 1 ? "is" : "are", f->n_used);
    f->weight = dw_alloc(f->n_used * HIDDEN, sizeof *f->weight);
    for (size_t h = 0; h < HIDDEN; h++) {
        for (size_t j = 0; j < f->n_used; j++)
            f->weight[h * f->n_used + j] =
                1.5 * dw_rng_normal(&rng) / sqrt((double)f->n_used);
        f->bias[h] = 0.5 * dw_rng_normal(&rng);
        f->out[h] = dw_rng_normal(&rng) / sqrt((double)HIDDEN);
    }
    for (size_t k = 0; k < PAIRS; k++) {
        struct pair *q = &f->pair[k];

        q->a = dw_rng_below(&rng, f->n_used);
        q->b = dw_rng_below(&rng, f->n_used - 1);
        q->b += q->b >= q->a;
        q->gain = (dw_rng_uniform(&rng) < 0.5 ? -1 : 1) *
                  (0.5 + dw_rng_uniform(&rng));
    }
    return 0;
}

int dw_planted_learn(dw_planted *f, size_t pass, dw_err *err)
{
    if (pass == passes_to_learn(f))
        return f->sum > 0 && isfinite(f->sum)
                   ? 0
                   : dw_fail(err, DW_EDEGENERATE,
                             "--truth: the variances add up to %g, which "
                             "cannot be scaled",
                             f->sum);
    if (f->kind == MLP && pass == 0)
        return draw_mlp(f, err);
    if (f->kind == MLP && moments_sd(&f->value) == 0)
        return dw_fail(err, DW_EDEGENERATE,
                       "--truth: mlp: all variants have the same annotations");
    return 0;
}

/* ---- asking ---- */

/* (value - mean) / sd; 0 where missing. */
static double standardised(const dw_planted *f, const dw_variants *v, size_t i,
                           size_t j)
{
    double x = (double)v->annot[j * v->m + i];
    double sd = moments_sd(&f->column[j]);

    return isnan(x) || sd == 0 ? 0 : (x - f->column[j].mean) / sd;
}

static double enrichment(const dw_planted *f, const dw_variants *v, size_t i)
{
    double a = 0;

    for (size_t j = 0; j < f->p; j++) {
        double x = (double)v->annot[j * v->m + i];

        if (f->log_x[j] == 0)
            continue;
        if (!f->column[j].binary)
            a += f->log_x[j] * standardised(f, v, i, j);
        else
            a += f->log_x[j] * (isnan(x) ? f->column[j].mean : x);
    }
    return a;
}

/* 0 for low, 1 for high. */
static double step(double x)
{
    return 1 / (1 + exp(-2 * x));
}

static double raw_mlp(const dw_planted *f, const dw_variants *v, size_t i)
{
    double sum[HIDDEN], a = 0;

    memcpy(sum, f->bias, sizeof sum);
    for (size_t j = 0; j < f->n_used; j++) {
        double x = standardised(f, v, i, f->used[j]);

        for (size_t h = 0; x != 0 && h < HIDDEN; h++)
            sum[h] += f->weight[h * f->n_used + j] * x;
    }
    for (size_t h = 0; h < HIDDEN; h++)
        a += f->out[h] * tanh(sum[h]);
    for (size_t k = 0; k < PAIRS; k++) {
        const struct pair *q = &f->pair[k];
        double x = standardised(f, v, i, f->used[q->a]);
        double y = standardised(f, v, i, f->used[q->b]);

        a +=
            q->gain * (k % 2 == 0 ? 2 * step(x) * step(y) : -tanh(x) * tanh(y));
    }
    return a;
}

static void raw_variances(const dw_planted *f, const dw_variants *v,
                          size_t begin, size_t end, double *out)
{
    if (f->kind == GIVEN) {
        f->fn(f->ctx, v, begin, end, out);
        return;
    }
    for (size_t i = begin; i < end; i++) {
        double a = 0;

        if (f->kind == ENRICH)
            a = enrichment(f, v, i);
        else if (f->kind == MLP)
            a = f->spread * (raw_mlp(f, v, i) - f->value.mean) /
                moments_sd(&f->value);
        out[i - begin] = exp(a);
    }
}

void dw_planted_variances(const dw_planted *f, double total,
                          const dw_variants *v, size_t begin, size_t end,
                          double *out)
{
    raw_variances(f, v, begin, end, out);
    for (size_t i = 0; i < end - begin; i++)
        out[i] *= total / f->sum;
}
