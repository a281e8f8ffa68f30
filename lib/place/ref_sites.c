#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "data/contig.h"
#include "input/contig_cache.h"
#include "place/ref_rows.h"

/* Columns of a VCF that are looked at; a .pvar may leave out some. */
enum { CHROM, POS, ID, REF, ALT, INFO, FORMAT, WANTED };

static const char *const NAME[WANTED] = {"CHROM", "POS",  "ID",    "REF",
                                         "ALT",   "INFO", "FORMAT"};

/* No variant has so many alleles; their counts are kept on the stack. */
enum { MAX_COLUMNS = 12 };

struct ref_sites {
    dw_ref_rows *face;
    dw_lines *lines;
    int column[WANTED]; /* -1: not there */
    int n_columns;      /* up to the last of those */
    char sep;           /* tab, or ' ' for blanks */
    dw_contig_cache contig;
    char name[DW_CONTIG_MAX];
    dw_buf a1, a2;
    /* the current line; its ALTs are given one by one */
    dw_span field[WANTED];
    dw_span samples; /* what is behind FORMAT */
    dw_span alts;    /* those left */
    uint32_t pos;
    size_t alt; /* of the ALT given last, from 1; 0: read a line */
    float value;
};

/* ---- one line ---- */

/* Takes the next field off the line; false when there is none. */
static bool take_field(struct ref_sites *s, dw_span *rest, dw_span *field)
{
    size_t n = 0;

    if (s->sep == ' ') {
        while (rest->n && (*rest->s == ' ' || *rest->s == '\t'))
            *rest = (dw_span){rest->s + 1, rest->n - 1};
        while (n < rest->n && rest->s[n] != ' ' && rest->s[n] != '\t')
            n++;
        *field = (dw_span){rest->s, n};
        *rest = (dw_span){rest->s + n, rest->n - n};
        return n > 0;
    }
    if (!rest->s)
        return false;
    const char *tab = memchr(rest->s, '\t', rest->n);

    n = tab ? (size_t)(tab - rest->s) : rest->n;
    *field = (dw_span){rest->s, n};
    *rest = tab ? (dw_span){tab + 1, rest->n - n - 1} : (dw_span){NULL, 0};
    return true;
}

static int split_line(struct ref_sites *s, dw_span line, dw_err *err)
{
    dw_span field;

    s->samples = (dw_span){NULL, 0};
    for (int c = 0; c < s->n_columns; c++) {
        if (!take_field(s, &line, &field)) {
            return dw_lines_fail(s->lines, err, DW_EFORMAT, NULL,
                                 "%d fields where the header has more", c);
        }
        for (int w = 0; w < WANTED; w++) {
            if (s->column[w] == c)
                s->field[w] = field;
        }
    }
    if (s->column[FORMAT] >= 0)
        s->samples = line;
    return 0;
}

static int take_place(struct ref_sites *s, dw_err *err)
{
    dw_span raw = s->field[CHROM], pos = s->field[POS];
    int64_t x;

    if (dw_text_int64(pos, &x) < 0 || x < 0 || x > INT32_MAX)
        return dw_lines_fail(s->lines, err, DW_EFORMAT, "POS",
                             "\"%.*s\" is not a position",
                             pos.n > 40 ? 40 : (int)pos.n, pos.s);
    s->pos = (uint32_t)x;
    s->name[0] = 0;
    if (dw_span_eq(raw, "0"))
        return 0; /* plink2: not placed */
    if (dw_contig_cache_take(&s->contig, raw, DW_CONTIG_PLINK) < 0)
        return dw_lines_fail(s->lines, err, DW_EFORMAT, "CHROM",
                             "\"%.*s\" is no chromosome",
                             raw.n > 40 ? 40 : (int)raw.n, raw.s);
    strcpy(s->name, s->contig.name);
    dw_contig_settle(s->name, s->pos);
    return 0;
}

/* Reads the next line that has a record: 1, 0, negative. */
static int read_record(struct ref_sites *s, dw_err *err)
{
    dw_span line;
    int rc;

    do {
        if ((rc = dw_lines_next(s->lines, &line, err)) <= 0)
            return rc;
    } while (line.n == 0 || *line.s == '#');
    if ((rc = split_line(s, line, err)) < 0 || (rc = take_place(s, err)) < 0)
        return rc;
    s->alts = s->field[ALT];
    s->alt = 0;
    return 1;
}

/* ---- frequencies ---- */

/* The i-th of values with commas between, from 0. */
static bool nth_value(dw_span list, size_t i, double *x)
{
    for (;;) {
        const char *comma = memchr(list.s, ',', list.n);
        size_t n = comma ? (size_t)(comma - list.s) : list.n;

        if (i == 0)
            return dw_text_double((dw_span){list.s, n}, x) == 0 && isfinite(*x);
        if (!comma)
            return false;
        i--;
        list = (dw_span){comma + 1, list.n - n - 1};
    }
}

static bool has_key(dw_span item, const char *key, dw_span *value)
{
    if (item.n < 3 || item.s[0] != key[0] || item.s[1] != key[1] ||
        item.s[2] != '=')
        return false;
    *value = (dw_span){item.s + 3, item.n - 3};
    return true;
}

/* From INFO: AF, or else AC / AN. */
static float info_frequency(dw_span info, size_t alt)
{
    double af, ac = NAN, an = NAN;

    while (info.n) {
        const char *end = memchr(info.s, ';', info.n);
        size_t n = end ? (size_t)(end - info.s) : info.n;
        dw_span item = {info.s, n}, value;

        if (has_key(item, "AF", &value) && nth_value(value, alt - 1, &af))
            return af >= 0 && af <= 1 ? (float)af : NAN;
        if (has_key(item, "AC", &value) && !nth_value(value, alt - 1, &ac))
            ac = NAN;
        if (has_key(item, "AN", &value) && !nth_value(value, 0, &an))
            an = NAN;
        info = end ? (dw_span){end + 1, info.n - n - 1} : (dw_span){NULL, 0};
    }
    return an > 0 && ac >= 0 && ac <= an ? (float)(ac / an) : NAN;
}

/* From the genotypes, where they begin with GT. */
static float genotype_frequency(const struct ref_sites *s, size_t alt)
{
    const char *p = s->samples.s, *end = p ? p + s->samples.n : NULL;
    dw_span format = s->field[FORMAT];
    size_t of = 0, n = 0;

    if (!p || format.n < 2 || memcmp(format.s, "GT", 2) != 0 ||
        (format.n > 2 && format.s[2] != ':'))
        return NAN;
    while (p < end) {
        while (p < end && *p != '\t' && *p != ':') {
            size_t allele = 0;
            const char *from = p;

            for (; p < end && *p >= '0' && *p <= '9'; p++)
                allele = 10 * allele + (size_t)(*p - '0');
            n += p > from;
            of += p > from && allele == alt;
            p += p == from; /* a '.', '/' or '|' */
        }
        p = memchr(p, '\t', (size_t)(end - p));
        if (!p)
            break;
        p++;
    }
    return n ? (float)((double)of / (double)n) : NAN;
}

static float frequency_of(const struct ref_sites *s)
{
    float f = NAN;

    if (s->column[INFO] >= 0)
        f = info_frequency(s->field[INFO], s->alt);
    return isnan(f) ? genotype_frequency(s, s->alt) : f;
}

/* ---- rows ---- */

static bool take_alt(struct ref_sites *s, dw_span *alt)
{
    const char *comma;

    if (!s->alts.s)
        return false;
    comma = memchr(s->alts.s, ',', s->alts.n);
    alt->s = s->alts.s;
    alt->n = comma ? (size_t)(comma - s->alts.s) : s->alts.n;
    s->alts = comma ? (dw_span){comma + 1, s->alts.n - alt->n - 1}
                    : (dw_span){NULL, 0};
    s->alt++;
    return true;
}

static int next_row(void *self, dw_row *row, dw_err *err)
{
    struct ref_sites *s = self;
    dw_span alt;
    int rc;

    for (;;) {
        while (take_alt(s, &alt)) {
            bool na = dw_text_is_na(s->field[ID]);

            dw_row_begin(row, s->name, s->pos,
                         na ? (dw_span){".", 1} : s->field[ID]);
            row->index = s->face->rows;
            row->value = &s->value;
            if (!dw_ref_take(s->face, row, alt, s->field[REF], &s->a1, &s->a2))
                continue;
            s->value = frequency_of(s);
            return 1;
        }
        if ((rc = read_record(s, err)) <= 0)
            return rc;
    }
}

static int rewind_rows(void *self, dw_err *err)
{
    struct ref_sites *s = self;

    s->face->rows = 0;
    s->alts = (dw_span){NULL, 0};
    return dw_lines_rewind(s->lines, err);
}

static dw_origin origin_of(const void *self)
{
    const struct ref_sites *s = self;

    return dw_lines_origin(s->lines);
}

/* ---- the header ---- */

/* The value of KEY= in "##contig=<ID=1,length=249250621>". */
static bool header_value(dw_span line, const char *key, dw_span *value)
{
    size_t k = strlen(key);

    for (size_t i = 1; i + k < line.n; i++) {
        if ((line.s[i - 1] != '<' && line.s[i - 1] != ',') ||
            memcmp(line.s + i, key, k) != 0)
            continue;
        value->s = line.s + i + k;
        value->n = 0;
        while (i + k + value->n < line.n && !strchr(",>", value->s[value->n]))
            value->n++;
        return true;
    }
    return false;
}

static void take_contig_line(dw_span line, dw_build_evidence *evidence)
{
    char name[DW_CONTIG_MAX];
    dw_span id, length;
    int64_t n;

    if (line.n > 9 && memcmp(line.s, "##contig=", 9) == 0 &&
        header_value(line, "ID=", &id) &&
        header_value(line, "length=", &length) &&
        dw_text_int64(length, &n) == 0 && n > 0 && n <= INT32_MAX &&
        dw_contig_name(id, DW_CONTIG_PLINK, name) == 0)
        dw_build_evidence_size(evidence, name, (uint32_t)n);
}

/* "#CHROM POS ID REF ALT ...". */
static int take_names(struct ref_sites *s, dw_span line, dw_err *err)
{
    dw_span rest = {line.s + 1, line.n - 1}, field;

    s->sep = memchr(line.s, '\t', line.n) ? '\t' : ' ';
    for (int w = 0; w < WANTED; w++)
        s->column[w] = -1;
    for (int c = 0; c < MAX_COLUMNS && take_field(s, &rest, &field); c++) {
        for (int w = 0; w < WANTED; w++) {
            if (s->column[w] < 0 && dw_span_eq(field, NAME[w])) {
                s->column[w] = c;
                s->n_columns = c + 1;
            }
        }
        if (s->column[FORMAT] >= 0)
            break;
    }
    for (int w = CHROM; w <= ALT; w++) {
        if (s->column[w] < 0)
            return dw_lines_fail(s->lines, err, DW_EFORMAT, NULL,
                                 "the header has no column %s: a VCF or .pvar "
                                 "has CHROM, POS, ID, REF and ALT",
                                 NAME[w]);
    }
    return 0;
}

static int read_header(struct ref_sites *s, dw_build_evidence *evidence,
                       dw_err *err)
{
    dw_span line;
    int rc;

    while ((rc = dw_lines_next(s->lines, &line, err)) > 0) {
        if (line.n > 1 && line.s[0] == '#' && line.s[1] == '#') {
            take_contig_line(line, evidence);
            continue;
        }
        if (line.n > 1 && line.s[0] == '#')
            return take_names(s, line, err);
        break;
    }
    return rc < 0 ? rc
                  : dw_lines_fail(s->lines, err, DW_EFORMAT, NULL,
                                  "no #CHROM line before the first record");
}

static void close_sites(void *self)
{
    struct ref_sites *s = self;

    dw_lines_close(s->lines);
    dw_buf_clear(&s->a1);
    dw_buf_clear(&s->a2);
    dw_free(s);
}

int dw_ref_sites_open(dw_ref_rows *r, dw_lines *take_lines,
                      dw_build_evidence *evidence, dw_err *err)
{
    struct ref_sites *s = dw_alloc(1, sizeof *s);

    s->face = r;
    s->lines = take_lines;
    r->reader = (dw_row_reader){s, 1, next_row, rewind_rows, origin_of};
    r->close = close_sites;
    return read_header(s, evidence, err);
}
