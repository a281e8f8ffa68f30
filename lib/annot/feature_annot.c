#include "annot/feature_annot.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

typedef double feature_fn(double f);

static double maf(double f)
{
    return fmin(f, 1 - f);
}

static double sd(double f)
{
    return sqrt(2 * f * (1 - f));
}

static const struct feature {
    const char *name, *unit;
    feature_fn *of;
} features[] = {
    {"maf", "frequency", maf},
    {"sd", "alleles", sd},
};

struct features {
    feature_fn **of; /* (k) */
    size_t k;
};

static int fill(void *self, const dw_variants *v, float *columns, dw_err *err)
{
    const struct features *s = self;

    (void)err;
    for (size_t i = 0; i < s->k; i++) {
        float *column = columns + i * v->m;

        for (size_t j = 0; j < v->m; j++)
            column[j] = isnan(v->eaf[j]) ? NAN : (float)s->of[i](v->eaf[j]);
    }
    return 0;
}

/* No file is read. */
static void inputs(const void *self,
                   void (*add)(void *ctx, const char *name, uint64_t digest),
                   void *ctx)
{
    (void)self;
    (void)add;
    (void)ctx;
}

static void close_features(void *self)
{
    struct features *s = self;

    dw_free(s->of);
    dw_free(s);
}

static const struct feature *find(dw_span name)
{
    for (size_t i = 0; i < DW_COUNT(features); i++) {
        if (dw_span_eq(name, features[i].name))
            return &features[i];
    }
    return NULL;
}

static int refuse(dw_span name, dw_err *err)
{
    if (dw_span_eq(name, "ldscore"))
        return dw_fail(err, DW_EUSAGE,
                       "--feature ldscore needs LD: add it behind dw-ldblock, "
                       "with dw-ingest --add --feature ldscore");
    return dw_fail(err, DW_EUSAGE,
                   "--feature: \"%.*s\" is none of maf, sd, ldscore",
                   name.n > 40 ? 40 : (int)name.n, name.s);
}

dw_annotator *dw_feature_annot_open(const char *text, const char *bim,
                                    dw_err *err)
{
    static const dw_annotator_kind kind = {fill, NULL, inputs, close_features,
                                           NULL};
    size_t k = dw_text_split(dw_span_of(text), ',', NULL, 0);
    struct features *s = dw_alloc(1, sizeof *s);
    dw_span *name = dw_alloc(k, sizeof *name);
    dw_annotator *a;

    (void)bim;
    s->k = k;
    s->of = dw_alloc(k, sizeof(*s->of));
    dw_text_split(dw_span_of(text), ',', name, k);
    a = dw_annotator_new(&kind, s, "--feature", k);
    for (size_t i = 0; i < k; i++) {
        const struct feature *f = find(name[i]);

        if (!f) {
            (void)!refuse(name[i], err);
            dw_annotator_free(a);
            a = NULL;
            break;
        }
        s->of[i] = f->of;
        dw_annotator_name(a, i, f->name, f->unit);
    }
    dw_free(name);
    return a;
}
