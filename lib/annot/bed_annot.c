#include "annot/bed_annot.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "annot/bigbed_items.h"
#include "annot/bigwig_check.h"
#include "annot/cover_fill.h"
#include "annot/spec.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "input/bed_blocks.h"
#include "input/bed_lines.h"

enum type { BED, NARROW_PEAK, BROAD_PEAK, BED_GRAPH, GUESS };

static const struct {
    const char *name, *ending[3];
} types[] = {
    [BED] = {"BED", {".bed"}},
    [NARROW_PEAK] = {"narrowPeak", {".narrowPeak"}},
    [BROAD_PEAK] = {"broadPeak", {".broadPeak"}},
    [BED_GRAPH] = {"bedGraph", {".bedGraph", ".bg", ".bdg"}},
};

/* Columns by the names of their formats. */
static const struct {
    const char *name;
    size_t column;
} columns[] = {
    {"name", 4},        {"value", 4},  {"dataValue", 4}, {"score", 5},
    {"signalValue", 7}, {"pValue", 8}, {"qValue", 9},    {"peak", 10},
};

static const char *const rules[] = {
    [DW_COVER_MAX] = "max",     [DW_COVER_MIN] = "min",
    [DW_COVER_MEAN] = "mean",   [DW_COVER_SUM] = "sum",
    [DW_COVER_COUNT] = "count",
};

#define WORDS "max, min, mean, sum, count, zero, na, blocks"

struct bed_annot {
    char *file;
    enum type type;
    size_t column;      /* of the value, from 1; 0: none */
    dw_cover_rule rule; /* INSIDE: none was asked for */
    bool zero, na;      /* outside, as asked for */
    bool blocks;        /* of a BED12, instead of the whole */
    float outside;
    dw_contig_set contigs;
    dw_cover *cover; /* (k) without padding, then with each */
    size_t k;
    uint64_t digest;
    size_t n, n_empty, n_valued; /* intervals */
    bool all_numbers;            /* four columns, the fourth a number, */
    bool row_numbers;            /* and that of its row */
    bool contig_met;
    uint64_t n_variants, n_inside;
};

static void close_bed(void *self)
{
    struct bed_annot *b = self;

    for (size_t i = 0; i < b->k; i++)
        dw_cover_clear(&b->cover[i]);
    dw_free(b->cover);
    dw_contig_set_clear(&b->contigs);
    dw_free(b->file);
    dw_free(b);
}

/* ---- filling ---- */

static int fill(void *self, const dw_variants *v, float *out, dw_err *err)
{
    struct bed_annot *b = self;
    size_t contig = dw_contig_set_find(&b->contigs, v->contig);

    (void)err;
    b->contig_met |= contig != SIZE_MAX;
    b->n_variants += v->m;
    for (size_t i = 0; i < b->k; i++) {
        size_t inside =
            dw_cover_fill(&b->cover[i], contig, v, b->outside, out + i * v->m);

        if (i == 0)
            b->n_inside += inside;
    }
    return 0;
}

static void say_what_it_is(const struct bed_annot *b, dw_buf *words)
{
    dw_buf_addf(words, "%s: %s, ", b->file, types[b->type].name);
    if (b->rule == DW_COVER_INSIDE)
        dw_buf_adds(words, "inside or not");
    else if (b->rule == DW_COVER_COUNT)
        dw_buf_adds(words, "how many intervals");
    else
        dw_buf_addf(words, "%s of column %zu", rules[b->rule], b->column);
    dw_buf_addf(words, "%s, outside %s; ", b->blocks ? ", by blocks" : "",
                isnan(b->outside) ? "NA" : "0");
    dw_buf_add_count(words, b->n, "interval");
    dw_buf_adds(words, " on ");
    dw_buf_add_count(words, b->contigs.n, "chromosome");
    if (b->n_empty)
        dw_buf_addf(words, ", %zu more of no length not used", b->n_empty);
}

/* The file was read when it was opened: what is left is to say what was found,
 * and what is odd about it. */
static int finish(void *self, dw_err *err)
{
    const struct bed_annot *b = self;
    dw_buf words = {0};

    (void)err;
    say_what_it_is(b, &words);
    dw_note("%s; %" PRIu64 " of %" PRIu64 " variants inside", words.s,
            b->n_inside, b->n_variants);
    dw_buf_clear(&words);
    if (b->n_variants && !b->contig_met)
        dw_warn("%s: no chromosome of the variants is in it; its first is %s",
                b->file, b->contigs.name[0]);
    else if (b->n_variants && b->n_inside == 0)
        dw_warn("%s: no variant is inside; is it of another genome build?",
                b->file);
    if (b->column && b->n_valued == 0)
        dw_warn("%s: no interval has a value in column %zu", b->file,
                b->column);
    if (b->type == BED && b->all_numbers && !b->row_numbers &&
        b->rule == DW_COVER_INSIDE)
        dw_warn("%s: column 4 is all numbers, which are not used: %s:4 takes "
                "them as values",
                b->file, b->file);
    return 0;
}

static void inputs(const void *self,
                   void (*add)(void *ctx, const char *name, uint64_t digest),
                   void *ctx)
{
    const struct bed_annot *b = self;

    add(ctx, b->file, b->digest);
}

static const dw_annotator_kind kind = {fill, finish, inputs, close_bed, NULL};

/* ---- what was asked for ---- */

static bool ends_in(const char *name, size_t n, const char *ending)
{
    size_t k = strlen(ending);

    return n > k && dw_span_eq_nocase((dw_span){name + n - k, k}, ending);
}

/* By a track line, else by the name without how it is packed. */
static enum type told_type(const dw_bed_lines *l, const char *file)
{
    static const char *const packed[] = {".gz", ".bgz", ".zst"};
    size_t n = strlen(file);

    for (size_t t = 0; t < DW_COUNT(types); t++) {
        if (dw_bed_lines_is_type(l, types[t].name))
            return (enum type)t;
    }
    for (size_t i = 0; i < DW_COUNT(packed); i++) {
        if (ends_in(file, n, packed[i])) {
            n -= strlen(packed[i]);
            break;
        }
    }
    for (size_t t = 0; t < DW_COUNT(types); t++) {
        for (size_t i = 0; i < 3 && types[t].ending[i]; i++) {
            if (ends_in(file, n, types[t].ending[i]))
                return (enum type)t;
        }
    }
    return GUESS;
}

static bool take_rule(struct bed_annot *b, const char *word)
{
    for (size_t r = DW_COVER_MAX; r < DW_COUNT(rules); r++) {
        if (strcmp(word, rules[r]) != 0)
            continue;
        b->rule = (dw_cover_rule)r;
        return true;
    }
    return false;
}

/* A column by number, by the file's own header, or by its format. */
static size_t find_column(const dw_bed_lines *l, const char *word)
{
    int64_t number;
    size_t column;

    if (dw_text_int64(dw_span_of(word), &number) == 0)
        return number >= 1 && number <= INT32_MAX ? (size_t)number : 0;
    if (l && (column = dw_bed_lines_find(l, word)) > 0)
        return column;
    for (size_t i = 0; i < DW_COUNT(columns); i++) {
        if (dw_span_eq_nocase(dw_span_of(word), columns[i].name))
            return columns[i].column;
    }
    return 0;
}

/* Asked for once the first interval was read, and the header before it; l NULL:
 * there is none. */
static int take_words(struct bed_annot *b, const dw_spec *s,
                      const dw_bed_lines *l, dw_err *err)
{
    for (size_t i = 0; i < s->n_words; i++) {
        const char *word = s->word[i];

        if (strcmp(word, "zero") == 0)
            b->zero = true;
        else if (strcmp(word, "na") == 0)
            b->na = true;
        else if (strcmp(word, "blocks") == 0)
            b->blocks = true;
        else if (!take_rule(b, word)) {
            if (b->column)
                return dw_fail(err, DW_EUSAGE,
                               "--bed %s:%s: a column is named already, or it "
                               "is none of " WORDS,
                               s->file, word);
            b->column = find_column(l, word);
            if (!b->column)
                return dw_fail(err, DW_EUSAGE,
                               "--bed %s:%s: is no column by number, by the "
                               "file's header, or of score, signalValue, "
                               "pValue, qValue; and none of " WORDS,
                               s->file, word);
        }
    }
    if (b->zero && b->na)
        return dw_fail(err, DW_EUSAGE, "--bed %s: zero and na", s->file);
    return 0;
}

/* ---- reading ---- */

/* Peaks say -1 where there is no p or q value. */
static bool is_missing(const struct bed_annot *b, double x)
{
    return (b->type == NARROW_PEAK || b->type == BROAD_PEAK) &&
           (b->column == 8 || b->column == 9) && x == -1;
}

static int bad_value(const struct bed_annot *b, const dw_bed_lines *l,
                     dw_span field, dw_err *err)
{
    char name[32];

    snprintf(name, sizeof name, "%zu", b->column);
    return dw_lines_fail(dw_bed_lines_text(l), err, DW_EFORMAT, name,
                         "\"%.*s\" is not a number",
                         field.n > 40 ? 40 : (int)field.n, field.s);
}

static int read_value(struct bed_annot *b, const dw_bed_lines *l, float *value,
                      dw_err *err)
{
    dw_span field = dw_bed_field(l, b->column);
    double x;

    if (!field.s)
        return dw_lines_fail(dw_bed_lines_text(l), err, DW_EFORMAT, NULL,
                             "%zu fields, and the value is in column %zu",
                             dw_bed_lines_width(l), b->column);
    if (dw_text_is_na(field))
        return 0;
    if (dw_text_double(field, &x) < 0 || !isfinite((float)x))
        return bad_value(b, l, field, err);
    if (is_missing(b, x))
        return 0;
    *value = (float)x;
    b->n_valued++;
    return 0;
}

/* The value of a line that may be one of a bedGraph, for all that is known. One
 * whose fourth column counts its rows has names there, no signal. */
static void guess_value(struct bed_annot *b, const dw_bed_lines *l, size_t row,
                        float *value)
{
    double x;

    if (!b->all_numbers)
        return;
    b->all_numbers = dw_bed_lines_width(l) == 4 &&
                     dw_text_double(dw_bed_field(l, 4), &x) == 0 &&
                     isfinite((float)x);
    if (!b->all_numbers)
        return;
    b->row_numbers &= x == (double)row || x == (double)(row + 1);
    *value = (float)x;
}

static int add_interval(struct bed_annot *b, const dw_bed_interval *at,
                        float value, dw_stretches *to, dw_err *err)
{
    if (at->start == at->end)
        b->n_empty++;
    return dw_stretches_add(to, at->contig, at->start, at->end, value, err);
}

static int add_blocks(struct bed_annot *b, const dw_bed_lines *l,
                      const dw_bed_interval *at, float value, dw_stretches *to,
                      dw_err *err)
{
    dw_bed_interval block;
    dw_bed_blocks k;
    int rc;

    if (dw_bed_blocks_begin(&k, l, at, err) < 0)
        return err->code;
    while ((rc = dw_bed_blocks_next(&k, &block, err)) > 0) {
        if ((rc = add_interval(b, &block, value, to, err)) < 0)
            break;
    }
    return rc;
}

static int take_interval(struct bed_annot *b, const dw_bed_lines *l,
                         const dw_bed_interval *at, dw_stretches *to,
                         dw_err *err)
{
    float value = NAN;
    int rc = 0;

    if (b->column)
        rc = read_value(b, l, &value, err);
    else
        guess_value(b, l, to->n + b->n_empty, &value);
    if (rc < 0)
        return rc;
    return b->blocks ? add_blocks(b, l, at, value, to, err)
                     : add_interval(b, at, value, to, err);
}

/* What the first line, and those before it, tell. */
static int take_first(struct bed_annot *b, const dw_spec *s,
                      const dw_bed_lines *l, dw_err *err)
{
    int rc = take_words(b, s, l, err);

    b->type = told_type(l, b->file);
    b->all_numbers = b->row_numbers = true;
    if (b->type == BED_GRAPH && !b->column)
        b->column = 4;
    return rc;
}

/* All is read: what was left open is decided. */
static int settle(struct bed_annot *b, size_t n, dw_err *err)
{
    b->n = n;
    if (b->type == GUESS)
        b->type = b->all_numbers && !b->row_numbers ? BED_GRAPH : BED;
    if (b->type == BED_GRAPH && !b->column) {
        b->column = 4;
        b->n_valued = n;
    }
    if (b->rule == DW_COVER_INSIDE && b->column)
        b->rule = DW_COVER_MAX;
    if (b->rule != DW_COVER_INSIDE && b->rule != DW_COVER_COUNT && !b->column)
        return dw_fail(err, DW_EUSAGE, "--bed %s:%s: of which column?", b->file,
                       rules[b->rule]);
    b->outside = 0;
    if (b->na ||
        (b->type == BED_GRAPH && b->rule != DW_COVER_COUNT && !b->zero))
        b->outside = NAN;
    return 0;
}

/* A bigBed is a BED, packed with an index. */
static int read_bigbed(struct bed_annot *b, const dw_spec *s, dw_stretches *to,
                       dw_err *err)
{
    int rc = take_words(b, s, NULL, err);

    b->type = BED;
    if (rc == 0)
        rc = dw_bigbed_items(b->file, b->column, to, &b->digest, err);
    for (size_t i = 0; rc == 0 && i < to->n; i++)
        b->n_valued += !isnan(to->item[i].value);
    return rc;
}

static int read_text(struct bed_annot *b, const dw_spec *s, dw_stretches *to,
                     dw_err *err)
{
    dw_bed_lines *l = dw_bed_lines_open(b->file, err);
    dw_bed_interval at;
    bool first = true;
    int rc;

    if (!l)
        return err->code;
    while ((rc = dw_bed_lines_next(l, &at, err)) > 0) {
        if (first)
            rc = take_first(b, s, l, err);
        first = false;
        if (rc >= 0)
            rc = take_interval(b, l, &at, to, err);
        if (rc < 0)
            break;
    }
    b->digest = dw_lines_digest(dw_bed_lines_text(l));
    dw_bed_lines_close(l);
    return rc;
}

static int read_all(struct bed_annot *b, const dw_spec *s, dw_stretches *to,
                    dw_err *err)
{
    int rc = dw_bigwig_kind_of(b->file) != DW_NOT_BIGWIG
                 ? read_bigbed(b, s, to, err)
                 : read_text(b, s, to, err);

    if (rc == 0 && to->n == 0)
        rc = dw_fail(err, DW_EFORMAT,
                     "%s: no interval in it; a line is contig, start, end",
                     b->file);
    if (rc == 0)
        rc = settle(b, to->n, err);
    if (rc == 0)
        dw_stretches_sort(to);
    return rc;
}

/* ---- opening ---- */

static int make_covers(struct bed_annot *b, const dw_spec *s,
                       dw_stretches *from, dw_err *err)
{
    int rc = 0;

    b->cover = dw_alloc(s->n_sizes + 1, sizeof *b->cover);
    for (size_t i = 0; rc == 0 && i <= s->n_sizes; i++) {
        rc = dw_cover_make(&b->cover[i], from, b->rule, i ? s->size[i - 1] : 0,
                           err);
        b->k = i + 1;
    }
    b->contigs = from->contigs;
    from->contigs = (dw_contig_set){0};
    return rc;
}

static dw_annotator *make_annotator(struct bed_annot *b, const dw_spec *s)
{
    dw_annotator *a = dw_annotator_new(&kind, b, b->file, b->k);
    const char *unit = b->rule == DW_COVER_INSIDE  ? "0/1"
                       : b->rule == DW_COVER_COUNT ? "intervals"
                                                   : ".";

    dw_annotator_name(a, 0, s->name, unit);
    for (size_t i = 0; i < s->n_sizes; i++) {
        dw_buf name = {0};

        dw_buf_addf(&name, "%s.extend.%u", s->name, (unsigned)s->size[i]);
        dw_annotator_name(a, i + 1, name.s, unit);
        dw_buf_clear(&name);
    }
    return a;
}

/* A size that is there twice would be two columns of one name. */
static int check_sizes(const dw_spec *s, dw_err *err)
{
    for (size_t i = 0; i < s->n_sizes; i++) {
        for (size_t j = 0; j < i; j++) {
            if (s->size[i] == s->size[j])
                return dw_fail(err, DW_EUSAGE, "--bed %s: @%u twice", s->file,
                               (unsigned)s->size[i]);
        }
    }
    return 0;
}

dw_annotator *dw_bed_annot_open(const char *text, const char *bim, dw_err *err)
{
    dw_annotator *a = NULL;
    struct bed_annot *b;
    dw_stretches all = {0};
    dw_spec s;
    int rc;

    (void)bim;
    rc = dw_spec_parse(&s, "--bed", text,
                       DW_SPEC_NAME | DW_SPEC_WORDS | DW_SPEC_SIZES, err);
    if (rc < 0)
        return NULL;
    b = dw_alloc(1, sizeof *b);
    b->file = dw_strdup(s.file);
    rc = check_sizes(&s, err);
    if (rc == 0)
        rc = read_all(b, &s, &all, err);
    if (rc == 0)
        rc = make_covers(b, &s, &all, err);
    if (rc == 0)
        a = make_annotator(b, &s);
    else
        close_bed(b);
    dw_stretches_clear(&all);
    dw_spec_clear(&s);
    return a;
}
