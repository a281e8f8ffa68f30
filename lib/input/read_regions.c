#include "input/read_regions.h"

#include <stdbool.h>

#include "base/text.h"
#include "input/lines.h"

enum { CONTIG, START, END, COLUMNS };

static bool starts_with(dw_span line, const char *word)
{
    dw_span first;

    return dw_text_split(line, ' ', &first, 1) > 0 && dw_span_eq(first, word);
}

static bool is_comment(dw_span line)
{
    return line.n == 0 || line.s[0] == '#' || starts_with(line, "track") ||
           starts_with(line, "browser");
}

/* A bound of an interval; as a double too, since R writes 1e+06. */
static bool is_bound(dw_span a, uint32_t *x)
{
    double d;

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

/* One line.  *header is set while a header may still come; a line that is one
 * clears it, as does every interval. */
static int take_line(dw_regions *r, const dw_lines *l, dw_span line,
                     bool *header, dw_err *err)
{
    char contig[DW_CONTIG_MAX];
    dw_span f[COLUMNS];
    uint32_t start = 0, end = 0;
    size_t n = dw_text_split(line, ' ', f, COLUMNS);
    bool has_start = n > START && is_bound(f[START], &start);
    bool has_end = n > END && is_bound(f[END], &end);

    if (n == 0)
        return 0;
    if (*header && !has_start && !has_end) {
        *header = false;
        return 0;
    }
    *header = false;
    if (n < COLUMNS)
        return dw_lines_fail(l, err, DW_EFORMAT, NULL,
                             "%zu field%s where a BED has contig, start, end",
                             n, n == 1 ? "" : "s");
    if (!has_start)
        return bad_bound(l, f[START], "2 (start)", err);
    if (!has_end)
        return bad_bound(l, f[END], "3 (end)", err);
    if (start > end)
        return dw_lines_fail(l, err, DW_EFORMAT, "3 (end)",
                             "%u is before the start, %u", (unsigned)end,
                             (unsigned)start);
    if (dw_contig_name(f[CONTIG], DW_CONTIG_PLINK, contig) < 0)
        return dw_lines_fail(
            l, err, DW_EFORMAT, "1 (contig)", "\"%.*s\" is no chromosome",
            f[CONTIG].n > 40 ? 40 : (int)f[CONTIG].n, f[CONTIG].s);
    return dw_regions_add(r, contig, start, end, dw_lines_number(l), err);
}

int dw_read_regions(const char *path, dw_regions *r, uint64_t *digest,
                    dw_err *err)
{
    dw_lines *l = dw_lines_open(path, err);
    size_t before = r->n;
    bool header = true;
    dw_span line;
    int rc;

    if (!l)
        return err->code;
    while ((rc = dw_lines_next(l, &line, err)) > 0) {
        if (!is_comment(line) && (rc = take_line(r, l, line, &header, err)) < 0)
            break;
    }
    if (rc == 0 && r->n == before)
        rc = dw_fail(err, DW_EFORMAT,
                     "%s: no interval in it; a line is contig, start, end",
                     dw_lines_name(l));
    if (rc == 0)
        dw_regions_sort(r);
    if (rc == 0 && digest)
        *digest = dw_lines_digest(l);
    dw_lines_close(l);
    return rc;
}

int dw_read_cores(const char *path, dw_regions *r, uint64_t *digest,
                  dw_err *err)
{
    size_t i;

    if (dw_read_regions(path, r, digest, err) < 0)
        return err->code;
    i = dw_regions_overlap(r);
    if (i == SIZE_MAX)
        return 0;
    return dw_fail(err, DW_EFORMAT,
                   "%s:%zu: this block overlaps the one of line %zu; a variant "
                   "belongs to one core",
                   path, r->item[i].line, r->item[r->item[i - 1].reach].line);
}
