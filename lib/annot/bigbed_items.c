#include "annot/bigbed_items.h"

#include <inttypes.h>
#include <math.h>

#include "annot/bigwig.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/contig.h"

static int check_column(const dw_bigwig *b, size_t column, dw_err *err)
{
    const char *path = dw_bigwig_path(b);

    if (dw_bigwig_kind_at(b) != DW_BIGBED)
        return dw_fail(err, DW_EUSAGE, "%s: is a bigWig: that is for --bigwig",
                       path);
    if (column && (column < 4 || column > dw_bigwig_columns(b)))
        return dw_fail(err, DW_EMISMATCH, "%s: has no column %zu of values",
                       path, column);
    return 0;
}

static int add_item(const dw_bigwig *b, const char *contig,
                    const dw_bigwig_item *item, size_t column, dw_stretches *to,
                    dw_err *err)
{
    if (isinf(item->value))
        return dw_fail(err, DW_EFORMAT,
                       "%s: chromosome %s, item at %" PRIu32
                       ": column %zu is infinite",
                       dw_bigwig_path(b), contig, item->start, column);
    return dw_stretches_add(to, contig, item->start, item->end,
                            column ? item->value : NAN, err);
}

int dw_bigbed_items(const char *path, size_t column, dw_stretches *to,
                    uint64_t *digest, dw_err *err)
{
    dw_bigwig *b = dw_bigwig_open(path, err);
    dw_bigwig_items items = {0};
    int rc = b ? check_column(b, column, err) : err->code;

    for (size_t c = 0; rc == 0 && c < dw_bigwig_chroms(b); c++) {
        char contig[DW_CONTIG_MAX];

        if (dw_contig_name(dw_span_of(dw_bigwig_chrom_name(b, c)),
                           DW_CONTIG_PLINK, contig) < 0)
            continue; /* no variant is there */
        items.n = 0;
        rc = dw_bigwig_read(b, c, 0, INT32_MAX, column, &items, err);
        for (size_t i = 0; rc == 0 && i < items.n; i++)
            rc = add_item(b, contig, &items.item[i], column, to, err);
    }
    if (b)
        *digest = dw_bigwig_digest(b);
    dw_free(items.item);
    dw_bigwig_close(b);
    return rc;
}
