#include "input/bed_blocks.h"

#include <string.h>

enum { COUNT = 10, SIZES, STARTS };

static int bad(const dw_bed_blocks *k, const char *column, const char *what,
               dw_err *err)
{
    return dw_lines_fail(dw_bed_lines_text(k->line), err, DW_EFORMAT, column,
                         "%s", what);
}

int dw_bed_blocks_begin(dw_bed_blocks *k, const dw_bed_lines *line,
                        const dw_bed_interval *whole, dw_err *err)
{
    dw_span count = dw_bed_field(line, COUNT);

    *k = (dw_bed_blocks){.line = line, .whole = *whole};
    k->sizes = dw_bed_field(line, SIZES);
    k->starts = dw_bed_field(line, STARTS);
    if (!k->starts.s)
        return bad(k, NULL, "blocks need the twelve columns of a BED12", err);
    if (dw_text_int64(count, &k->left) < 0 || k->left < 0)
        return bad(k, "10 (blockCount)", "is no number of blocks", err);
    return 0;
}

/* Takes the next number off a list divided by commas, which may end in one. */
static bool next_number(dw_span *list, int64_t *x)
{
    const char *comma = list->n ? memchr(list->s, ',', list->n) : NULL;
    size_t n = comma ? (size_t)(comma - list->s) : list->n;
    dw_span item = {list->s, n};

    n += comma != NULL;
    *list = (dw_span){list->s + n, list->n - n};
    return dw_text_int64(item, x) == 0 && *x >= 0;
}

int dw_bed_blocks_next(dw_bed_blocks *k, dw_bed_interval *block, dw_err *err)
{
    int64_t size, start, length = k->whole.end - k->whole.start;

    if (k->left == 0) {
        if (k->sizes.n || k->starts.n)
            return bad(k, "10 (blockCount)", "there are more blocks", err);
        return 0;
    }
    k->left--;
    if (!next_number(&k->sizes, &size))
        return bad(k, "11 (blockSizes)", "is no list of blockCount sizes", err);
    if (!next_number(&k->starts, &start))
        return bad(k, "12 (blockStarts)", "is no list of blockCount starts",
                   err);
    if (start > length || size > length - start)
        return bad(k, "12 (blockStarts)", "a block ends behind its line's end",
                   err);
    *block =
        (dw_bed_interval){k->whole.contig, k->whole.start + (uint32_t)start,
                          k->whole.start + (uint32_t)(start + size)};
    return 1;
}
