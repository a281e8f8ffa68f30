#include "annot/gtf_lines.h"

#include <string.h>

#include "base/mem.h"
#include "input/contig_cache.h"

enum {
    SEQNAME,
    SOURCE,
    FEATURE,
    START,
    END,
    SCORE,
    STRAND,
    FRAME,
    ATTRIBUTES,
    FIELDS
};

enum dialect { NOT_YET, GTF, GFF3 };

struct dw_gtf_lines {
    dw_lines *lines;
    enum dialect dialect;
    dw_contig_cache contig;
};

dw_gtf_lines *dw_gtf_lines_open(const char *path, dw_err *err)
{
    dw_lines *l = dw_lines_open(path, err);
    dw_gtf_lines *g;

    if (!l)
        return NULL;
    g = dw_alloc(1, sizeof *g);
    g->lines = l;
    return g;
}

void dw_gtf_lines_close(dw_gtf_lines *g)
{
    if (!g)
        return;
    dw_lines_close(g->lines);
    dw_free(g);
}

const dw_lines *dw_gtf_lines_text(const dw_gtf_lines *g)
{
    return g->lines;
}

bool dw_gtf_lines_is_gff3(const dw_gtf_lines *g)
{
    return g->dialect == GFF3;
}

/* ---- lines ---- */

/* An equals sign in the first key: a GFF3. */
static enum dialect told_by(dw_span attributes)
{
    for (size_t i = 0; i < attributes.n; i++) {
        char c = attributes.s[i];

        if (c == '=')
            return GFF3;
        if (c == '"' || c == ';' || (c == ' ' && i > 0))
            break;
    }
    return GTF;
}

static int bad_field(const dw_gtf_lines *g, dw_span a, const char *column,
                     const char *what, dw_err *err)
{
    return dw_lines_fail(g->lines, err, DW_EFORMAT, column, "\"%.*s\" is %s",
                         a.n > 40 ? 40 : (int)a.n, a.s, what);
}

static bool is_position(dw_span a, int64_t *x)
{
    return dw_text_int64(a, x) == 0 && *x >= 1 && *x <= INT32_MAX;
}

static int take_line(dw_gtf_lines *g, dw_span text, dw_gtf_line *line,
                     dw_err *err)
{
    dw_span f[FIELDS];
    size_t n = dw_text_split(text, '\t', f, FIELDS);
    int64_t start, end;

    if (n != FIELDS)
        return dw_lines_fail(g->lines, err, DW_EFORMAT, NULL,
                             "%zu field%s divided by tabs, where a GTF has 9",
                             n, n == 1 ? "" : "s");
    if (dw_contig_cache_take(&g->contig, f[SEQNAME], DW_CONTIG_PLINK) < 0)
        return bad_field(g, f[SEQNAME], "1 (seqname)", "no chromosome", err);
    if (!is_position(f[START], &start))
        return bad_field(g, f[START], "4 (start)",
                         "no position of 1 to 2147483647", err);
    if (!is_position(f[END], &end))
        return bad_field(g, f[END], "5 (end)", "no position of 1 to 2147483647",
                         err);
    if (end < start)
        return bad_field(g, f[END], "5 (end)", "before the start", err);
    if (g->dialect == NOT_YET)
        g->dialect = told_by(f[ATTRIBUTES]);
    *line = (dw_gtf_line){
        .contig = g->contig.name,
        .source = f[SOURCE],
        .feature = f[FEATURE],
        .start = (uint32_t)start - 1,
        .end = (uint32_t)end,
        .strand = '.',
        .attributes = f[ATTRIBUTES],
    };
    if (dw_span_eq(f[STRAND], "+") || dw_span_eq(f[STRAND], "-"))
        line->strand = f[STRAND].s[0];
    else if (!dw_span_eq(f[STRAND], ".") && !dw_span_eq(f[STRAND], "?"))
        return bad_field(g, f[STRAND], "7 (strand)", "neither + nor - nor .",
                         err);
    return 1;
}

int dw_gtf_lines_next(dw_gtf_lines *g, dw_gtf_line *line, dw_err *err)
{
    bool sequences = false;
    dw_span text;
    int rc;

    while ((rc = dw_lines_next(g->lines, &text, err)) > 0) {
        if (dw_span_begins(text, "##FASTA"))
            sequences = true; /* read on, for the digest and a proper end */
        if (dw_span_begins(text, "##gff-version") && g->dialect == NOT_YET &&
            memchr(text.s, '3', text.n))
            g->dialect = GFF3;
        if (sequences || text.n == 0 || text.s[0] == '#')
            continue;
        return take_line(g, text, line, err);
    }
    return rc;
}

/* ---- attributes ---- */

/* The text up to, without, the first of a character; *rest is behind it. */
static dw_span cut(dw_span a, char c, dw_span *rest)
{
    const char *at = a.n ? memchr(a.s, c, a.n) : NULL;
    size_t n = at ? (size_t)(at - a.s) : a.n;

    *rest = at ? (dw_span){at + 1, a.n - n - 1} : (dw_span){a.s + a.n, 0};
    return (dw_span){a.s, n};
}

/* key=value; where neither holds either sign. */
static void gff3_attribute(dw_span *rest, dw_span *key, dw_span *value)
{
    dw_span pair = cut(*rest, ';', rest);

    *key = dw_span_trim(cut(pair, '=', value));
    *value = dw_span_trim(*value);
}

/* key "value"; where a quoted value may hold semicolons and blanks; or
 * key value; */
static int gtf_attribute(const dw_gtf_lines *g, dw_span *rest, dw_span *key,
                         dw_span *value, dw_err *err)
{
    size_t n = 0;

    while (n < rest->n && !dw_is_blank(rest->s[n]) && rest->s[n] != ';')
        n++;
    *key = (dw_span){rest->s, n};
    *rest = dw_span_trim((dw_span){rest->s + n, rest->n - n});
    if (rest->n == 0 || rest->s[0] != '"') {
        *value = dw_span_trim(cut(*rest, ';', rest));
        return 1;
    }
    n = rest->n;
    *value = cut((dw_span){rest->s + 1, rest->n - 1}, '"', rest);
    if (value->n + 1 == n)
        return bad_field(g, *key, "9 (attributes)",
                         "followed by a quote that does not end", err);
    cut(*rest, ';', rest);
    return 1;
}

int dw_gtf_attribute(const dw_gtf_lines *g, dw_span *attributes, dw_span *key,
                     dw_span *value, dw_err *err)
{
    dw_span rest = dw_span_trim(*attributes);
    int rc = 1;

    while (rest.n && rest.s[0] == ';')
        rest = dw_span_trim((dw_span){rest.s + 1, rest.n - 1});
    if (rest.n == 0)
        return 0;
    if (g->dialect == GFF3)
        gff3_attribute(&rest, key, value);
    else
        rc = gtf_attribute(g, &rest, key, value, err);
    *attributes = rest;
    return rc;
}
