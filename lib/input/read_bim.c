#include "input/read_bim.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "base/near_number.h"
#include "input/contig_cache.h"

enum { CHROM, ID, CM, POS, A1, A2, COLUMNS };

struct dw_bim {
    dw_lines *lines;
    size_t n;
    dw_contig_cache contig;
};

dw_bim *dw_bim_open(const char *path, dw_err *err)
{
    dw_lines *lines = dw_lines_open_kept(path, err);

    return lines ? dw_bim_take(lines) : NULL;
}

dw_bim *dw_bim_take(dw_lines *lines)
{
    dw_bim *bim = dw_alloc(1, sizeof *bim);

    bim->lines = lines;
    dw_lines_expect(lines, ' ');
    return bim;
}

void dw_bim_close(dw_bim *bim)
{
    if (!bim)
        return;
    dw_lines_close(bim->lines);
    dw_free(bim);
}

int dw_bim_rewind(dw_bim *bim, dw_err *err)
{
    bim->n = 0;
    return dw_lines_rewind(bim->lines, err);
}

const dw_lines *dw_bim_lines(const dw_bim *bim)
{
    return bim->lines;
}

static int take_contig(dw_bim *bim, dw_span raw, dw_bim_row *row, dw_err *err)
{
    if (dw_span_eq(raw, "0")) {
        row->contig[0] = 0;
        return 0;
    }
    if (dw_contig_cache_take(&bim->contig, raw, DW_CONTIG_PLINK) < 0)
        return dw_lines_fail(bim->lines, err, DW_EFORMAT, "1 (chromosome)",
                             "\"%.*s\" is no chromosome",
                             raw.n > 40 ? 40 : (int)raw.n, raw.s);
    strcpy(row->contig, bim->contig.name);
    return 0;
}

/* The fields of the next line that is not empty.  Those that were found ahead
 * are those that blanks part if there are as many and none is empty. */
static int next_fields(dw_bim *bim, dw_span f[COLUMNS], const char **text,
                       dw_err *err)
{
    dw_fields found;
    dw_span line;
    bool good;
    size_t n;
    int rc;

    do {
        if ((rc = dw_lines_fields(bim->lines, &line, &found, err)) <= 0)
            return rc;
    } while (line.n == 0);

    good = found.n == COLUMNS;
    for (size_t i = 0; good && i < COLUMNS; i++) {
        f[i] = dw_fields_at(&found, i);
        good = f[i].n > 0;
    }
    *text = found.text;
    if (good)
        return 1;
    *text = line.s;
    n = dw_text_split(line, ' ', f, COLUMNS);
    if (n != COLUMNS)
        return dw_lines_fail(bim->lines, err, DW_EFORMAT, NULL,
                             "%zu fields where a .bim has 6", n);
    return 1;
}

int dw_bim_next(dw_bim *bim, dw_bim_row *row, dw_err *err)
{
    dw_span f[COLUMNS];
    const char *text;
    int64_t pos;
    int rc = next_fields(bim, f, &text, err);

    if (rc <= 0 || (rc = take_contig(bim, f[CHROM], row, err)) < 0)
        return rc;
    if (dw_near_double(text, f[CM], &row->cm) < 0 &&
        dw_text_double(f[CM], &row->cm) < 0)
        return dw_lines_fail(bim->lines, err, DW_EFORMAT, "3 (cM)",
                             "\"%.*s\" is not a number",
                             f[CM].n > 40 ? 40 : (int)f[CM].n, f[CM].s);
    if ((dw_near_digits(text, f[POS], &pos) < 0 &&
         dw_text_int64(f[POS], &pos) < 0) ||
        pos > INT32_MAX)
        return dw_lines_fail(bim->lines, err, DW_EFORMAT, "4 (position)",
                             "\"%.*s\" is not a position",
                             f[POS].n > 40 ? 40 : (int)f[POS].n, f[POS].s);
    row->pos = pos > 0 ? (uint32_t)pos : 0; /* PLINK: negative is not placed */
    row->id = f[ID];
    row->a1 = f[A1];
    row->a2 = f[A2];
    row->index = bim->n++;
    return 1;
}
