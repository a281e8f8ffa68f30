#include "annot/info_annot.h"

#include <math.h>
#include <string.h>

#include "annot/info_records.h"
#include "annot/keyed.h"
#include "annot/spec.h"
#include "base/buf.h"
#include "base/mem.h"
#include "data/allele.h"

/* A column, and what of a field it is. */
struct column {
    size_t field;
    size_t which; /* of several values: from 0 */
};

struct info {
    dw_spec spec;
    dw_info_records records;
    dw_info_field *field;  /* (n_words) */
    struct column *column; /* (p) */
    size_t p;
    size_t rows;
    size_t alt; /* the next ALT of the record; all given when n_alts */
    float *value;
    dw_buf upper1, upper2;
};

/* ---- the value of one ALT ---- */

static int wrong_count(const struct info *a, const dw_info_field *f,
                       size_t want, dw_err *err)
{
    bool one = want == 1 && f->n > 1;

    return dw_info_records_fail(
        &a->records, err, DW_EFORMAT, f->tag->name,
        "%zu values, and by the header it should be %zu%s%s%s", f->n, want,
        one ? "; " : "", one ? f->tag->name : "",
        one ? "/max, /min, /mean or /first makes one of them" : "");
}

/* Value `at` of `want`. */
static int value_at(const struct info *a, const dw_info_field *f, size_t at,
                    size_t want, float *x, dw_err *err)
{
    if (f->n != want)
        return wrong_count(a, f, want, err);
    *x = f->x[at];
    return 0;
}

static int value_of(const struct info *a, const struct column *c, float *x,
                    dw_err *err)
{
    const dw_info_field *f = &a->field[c->field];
    size_t alts = a->records.n_alts, k = a->alt + 1;

    if (f->tag->number == DW_INFO_FLAG) {
        *x = f->there;
        return 0;
    }
    *x = NAN;
    if (!f->there || f->n == 0 || (f->n == 1 && isnan(f->x[0])))
        return 0;
    switch (f->tag->number) {
    case DW_INFO_ALLELES: return value_at(a, f, k, alts + 1, x, err);
    case DW_INFO_GENOTYPES:
        /* j/k, j <= k, is value k (k + 1) / 2 + j. */
        return value_at(a, f,
                        c->which == 0   ? 0
                        : c->which == 1 ? k * (k + 1) / 2
                                        : k * (k + 1) / 2 + k,
                        (alts + 1) * (alts + 2) / 2, x, err);
    case DW_INFO_ALTS:
        /* Of a record that was split and kept the values of all its ALTs nobody
         * knows which one is its own. */
        if (alts > 1 || !f->ruled)
            return value_at(a, f, a->alt, alts, x, err);
        break;
    case DW_INFO_LIST:
        if (alts > 1 && f->n == alts)
            return value_at(a, f, a->alt, alts, x, err);
        break;
    case 1:
        if (f->tag->type == DW_INFO_NUMBER && !f->ruled)
            return value_at(a, f, 0, 1, x, err);
        break;
    default: return value_at(a, f, c->which, (size_t)f->tag->number, x, err);
    }
    *x = dw_ask_one(f->x, f->n, f->rule);
    return 0;
}

/* ---- rows ---- */

/* The next ALT that is an allele, of this record or a later one. */
static int next_alt(struct info *a, dw_err *err)
{
    dw_info_records *r = &a->records;

    for (;;) {
        int rc;

        while (++a->alt < r->n_alts) {
            dw_allele_upper_in(&a->upper1, r->alt[a->alt]);
            if (dw_allele_is_acgt((dw_span){a->upper1.s, a->upper1.n}))
                return 1;
        }
        do {
            if ((rc = dw_info_records_next(r, err)) <= 0)
                return rc;
            dw_allele_upper_in(&a->upper2, r->ref);
        } while (!dw_allele_is_acgt((dw_span){a->upper2.s, a->upper2.n}));
        a->alt = SIZE_MAX;
    }
}

static int next_row(void *self, dw_row *row, dw_err *err)
{
    struct info *a = self;
    int rc = next_alt(a, err);

    if (rc <= 0)
        return rc;
    for (size_t i = 0; i < a->p; i++) {
        if ((rc = value_of(a, &a->column[i], &a->value[i], err)) < 0)
            return rc;
    }
    *row = (dw_row){
        .contig = a->records.contig,
        .pos = a->records.pos,
        .index = a->rows++,
        .id = dw_span_of("."),
        .a1 = {a->upper1.s, a->upper1.n},
        .a2 = {a->upper2.s, a->upper2.n},
        .value = a->value,
    };
    return 1;
}

static int rewind_rows(void *self, dw_err *err)
{
    struct info *a = self;

    a->rows = 0;
    a->records.n_alts = 0;
    a->alt = SIZE_MAX;
    return dw_info_records_rewind(&a->records, err);
}

static dw_origin origin_of(const void *self)
{
    const struct info *a = self;

    return dw_info_records_origin(&a->records);
}

static void seek_rows(void *self, const char *contig, const uint32_t *pos,
                      size_t n)
{
    struct info *a = self;

    dw_info_records_seek(&a->records, contig, pos[0], pos[n - 1]);
}

static void close_info(void *self)
{
    struct info *a = self;

    for (size_t i = 0; a->field && i < a->spec.n_words; i++)
        dw_free(a->field[i].x);
    dw_free(a->field);
    dw_free(a->column);
    dw_free(a->value);
    dw_buf_clear(&a->upper1);
    dw_buf_clear(&a->upper2);
    dw_info_records_close(&a->records);
    dw_spec_clear(&a->spec);
    dw_free(a);
}

/* ---- opening ---- */

/* How many columns a tag makes. */
static size_t columns_of(const dw_info_tag *tag)
{
    if (tag->number == DW_INFO_GENOTYPES)
        return 3;
    return tag->number > 1 ? (size_t)tag->number : 1;
}

static int take_tag(struct info *a, size_t i, dw_err *err)
{
    dw_ask ask;
    dw_info_field *f = &a->field[i];

    dw_ask_parse(&ask, a->spec.word[i]);
    f->tag = dw_info_header_find(&a->records.header, ask.column);
    f->rule = ask.rule;
    f->ruled = ask.ruled;
    if (!f->tag)
        dw_info_header_lacks(&a->records.header, a->spec.file, ask.column, err);
    dw_ask_clear(&ask);
    if (!f->tag)
        return DW_EFORMAT;
    for (size_t k = columns_of(f->tag), c = 0; c < k; c++) {
        a->column = dw_realloc(a->column, a->p + 1, sizeof *a->column);
        a->column[a->p++] = (struct column){i, c};
    }
    return 0;
}

static int open_info(struct info *a, const char *text, dw_err *err)
{
    int rc = dw_spec_parse(&a->spec, "--info", text, DW_SPEC_WORDS, err);

    if (rc == 0)
        rc = dw_info_records_open(&a->records, a->spec.file, err);
    if (rc == 0 && a->spec.n_words == 0)
        rc = dw_fail(err, DW_EUSAGE,
                     "--info %s: which of its INFO tags? (FILE:TAG,..)", text);
    if (rc < 0)
        return rc;
    a->field = dw_alloc(a->spec.n_words, sizeof *a->field);
    for (size_t i = 0; i < a->spec.n_words && rc == 0; i++)
        rc = take_tag(a, i, err);
    a->records.field = a->field;
    a->records.n_fields = a->spec.n_words;
    a->value = dw_alloc(a->p, sizeof *a->value);
    a->alt = SIZE_MAX;
    return rc;
}

static void give_names(const struct info *a, dw_annotator *to)
{
    static const char *const genotype[] = {"RR", "RA", "AA"};

    for (size_t i = 0; i < a->p; i++) {
        const struct column *c = &a->column[i];
        const dw_info_tag *tag = a->field[c->field].tag;
        dw_buf name = {0};
        dw_ask ask;

        dw_ask_parse(&ask, a->spec.word[c->field]);
        dw_buf_adds(&name, ask.name);
        if (tag->number == DW_INFO_GENOTYPES)
            dw_buf_addf(&name, "_%s", genotype[c->which]);
        else if (tag->number > 1)
            dw_buf_addf(&name, "_%zu", c->which + 1);
        dw_annotator_name(to, i, name.s,
                          tag->number == DW_INFO_FLAG ? "0/1" : ".");
        dw_buf_clear(&name);
        dw_ask_clear(&ask);
    }
}

dw_annotator *dw_info_annot_open(const char *text, const char *bim, dw_err *err)
{
    struct info *a = dw_alloc(1, sizeof *a);
    dw_annotator *annotator;
    bool indexed;

    (void)bim;
    if (open_info(a, text, err) < 0) {
        close_info(a);
        return NULL;
    }
    indexed = a->records.has_index;
    annotator = dw_keyed_annotator(
        &(dw_keyed_source){
            .reader = {a, a->p, next_row, rewind_rows, origin_of},
            .seek = indexed ? seek_rows : NULL,
            .close = close_info,
        },
        a->spec.file);
    give_names(a, annotator);
    if (dw_keyed_check_names(annotator, err) == 0)
        return annotator;
    dw_annotator_free(annotator);
    return NULL;
}
