#include "input/bed_lines.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "input/contig_cache.h"

enum { CONTIG = 1, START, END };

struct dw_bed_lines {
    dw_lines *lines;
    dw_span line;       /* the current one */
    bool tabs;          /* divide it */
    bool header_passed; /* or no longer to come */
    dw_buf header, track;
    dw_contig_cache contig;
};

dw_bed_lines *dw_bed_lines_open(const char *path, dw_err *err)
{
    dw_lines *l = dw_lines_open(path, err);
    dw_bed_lines *b;

    if (!l)
        return NULL;
    b = dw_alloc(1, sizeof *b);
    b->lines = l;
    return b;
}

void dw_bed_lines_close(dw_bed_lines *b)
{
    if (!b)
        return;
    dw_lines_close(b->lines);
    dw_buf_clear(&b->header);
    dw_buf_clear(&b->track);
    dw_free(b);
}

const dw_lines *dw_bed_lines_text(const dw_bed_lines *b)
{
    return b->lines;
}

/* ---- fields ---- */

/* Does the line have the two tabs that would divide its first three fields? */
static bool has_tabs(dw_span line)
{
    const char *tab = memchr(line.s, '\t', line.n);

    return tab && memchr(tab + 1, '\t', (size_t)(line.s + line.n - tab - 1));
}

/* Takes the next field off a trimmed line; false at its end. */
static bool next_field(dw_span *line, bool tabs, dw_span *field)
{
    const char *s = line->s, *to = s, *end;

    if (!s)
        return false;
    end = s + line->n;
    while (to < end && (tabs ? *to != '\t' : !dw_is_blank(*to)))
        to++;
    *field = dw_span_trim((dw_span){s, (size_t)(to - s)});
    if (to == end)
        *line = (dw_span){0};
    else
        *line = (dw_span){to + 1, (size_t)(end - to - 1)};
    if (!tabs && line->s)
        *line = dw_span_trim(*line);
    return true;
}

static size_t width_of(dw_span line, bool tabs)
{
    dw_span field;
    size_t n = 0;

    while (next_field(&line, tabs, &field))
        n++;
    return n;
}

size_t dw_bed_lines_width(const dw_bed_lines *b)
{
    return width_of(b->line, b->tabs);
}

dw_span dw_bed_field(const dw_bed_lines *b, size_t column)
{
    dw_span line = b->line, field = {0};

    while (column-- > 0) {
        if (!next_field(&line, b->tabs, &field))
            return (dw_span){0};
    }
    return field;
}

/* ---- what stands before the intervals ---- */

static void keep(dw_buf *to, dw_span line)
{
    dw_buf_reset(to);
    dw_buf_add(to, line.s, line.n);
}

static dw_span first_word(dw_span line)
{
    dw_span word = {0};

    line = dw_span_trim(line);
    if (line.n)
        next_field(&line, false, &word);
    return word;
}

/* Is the line none of intervals?  Those of use later are kept. */
static bool pass_over(dw_bed_lines *b, dw_span line)
{
    dw_span word = first_word(line);

    if (word.n == 0)
        return true;
    if (line.s[0] == '#') {
        if (!b->header_passed)
            keep(&b->header, (dw_span){line.s + 1, line.n - 1});
        return true;
    }
    if (dw_span_eq(word, "track")) {
        if (!b->header_passed)
            keep(&b->track, line);
        return true;
    }
    return dw_span_eq(word, "browser");
}

static bool names_a_column(dw_span word)
{
    static const char *const names[] = {"chr",   "chrom",    "chromosome",
                                        "chrm",  "contig",   "seqname",
                                        "seqid", "seqnames", "chromosome_name"};

    for (size_t i = 0; i < DW_COUNT(names); i++) {
        if (dw_span_eq_nocase(word, names[i]))
            return true;
    }
    return false;
}

bool dw_bed_lines_is_type(const dw_bed_lines *b, const char *type)
{
    dw_span line = {b->track.s, b->track.n}, word;

    while (next_field(&line, false, &word)) {
        if (word.n <= 5 || !dw_span_eq_nocase((dw_span){word.s, 5}, "type="))
            continue;
        word = (dw_span){word.s + 5, word.n - 5};
        if (word.n > 2 && (word.s[0] == '"' || word.s[0] == '\''))
            word = (dw_span){word.s + 1, word.n - 2};
        return dw_span_eq_nocase(word, type);
    }
    return false;
}

size_t dw_bed_lines_find(const dw_bed_lines *b, const char *name)
{
    dw_span line = dw_span_trim((dw_span){b->header.s, b->header.n}), field;
    bool tabs = line.n && has_tabs(line);

    for (size_t i = 1; line.n && next_field(&line, tabs, &field); i++) {
        if (dw_span_eq_nocase(field, name))
            return i;
    }
    return 0;
}

/* ---- intervals ---- */

/* A bound of an interval; as a double too, since R writes 1e+06. */
static bool is_bound(dw_span a, uint32_t *x)
{
    double d = 0;

    if (a.n && a.n < 10) {
        size_t i = 0;

        for (*x = 0; i < a.n && a.s[i] >= '0' && a.s[i] <= '9'; i++)
            *x = *x * 10 + (uint32_t)(a.s[i] - '0');
        if (i == a.n)
            return true;
    }
    if (dw_text_double(a, &d) < 0 || !(d >= 0) || d > INT32_MAX ||
        d != (double)(uint32_t)d)
        return false;
    *x = (uint32_t)d;
    return true;
}

static int bad_bound(const dw_lines *l, dw_span a, const char *column,
                     dw_err *err)
{
    return dw_lines_fail(l, err, DW_EFORMAT, column,
                         "\"%.*s\" is no position of 0 to 2147483647",
                         a.n > 40 ? 40 : (int)a.n, a.s);
}

/* 1, or 0 for the header. */
static int take_line(dw_bed_lines *b, dw_bed_interval *at, dw_err *err)
{
    const dw_lines *l = b->lines;
    dw_span rest = b->line, f[END + 1] = {{0}};
    size_t n = 0;
    bool has_start, has_end, header_may_come = !b->header_passed;

    /* None of these holds a blank, so that blanks divide them in any line. */
    while (n < END && next_field(&rest, false, &f[n + 1]))
        n++;
    has_start = n >= START && is_bound(f[START], &at->start);
    has_end = n >= END && is_bound(f[END], &at->end);
    b->header_passed = true;
    if (header_may_come &&
        ((!has_start && !has_end) || names_a_column(f[CONTIG]))) {
        keep(&b->header, b->line);
        return 0;
    }
    if (n < END)
        return dw_lines_fail(l, err, DW_EFORMAT, NULL,
                             "%zu field%s where a BED has contig, start, end",
                             n, n == 1 ? "" : "s");
    if (!has_start)
        return bad_bound(l, f[START], "2 (start)", err);
    if (!has_end)
        return bad_bound(l, f[END], "3 (end)", err);
    if (at->start > at->end)
        return dw_lines_fail(l, err, DW_EFORMAT, "3 (end)",
                             "%u is before the start, %u", (unsigned)at->end,
                             (unsigned)at->start);
    if (dw_contig_cache_take(&b->contig, f[CONTIG], DW_CONTIG_PLINK) < 0)
        return dw_lines_fail(
            l, err, DW_EFORMAT, "1 (contig)", "\"%.*s\" is no chromosome",
            f[CONTIG].n > 40 ? 40 : (int)f[CONTIG].n, f[CONTIG].s);
    at->contig = b->contig.name;
    return 1;
}

int dw_bed_lines_next(dw_bed_lines *b, dw_bed_interval *at, dw_err *err)
{
    dw_span line;
    int rc;

    while ((rc = dw_lines_next(b->lines, &line, err)) > 0) {
        if (pass_over(b, line))
            continue;
        b->line = dw_span_trim(line);
        b->tabs = has_tabs(b->line);
        if ((rc = take_line(b, at, err)) != 0)
            return rc;
    }
    return rc;
}
