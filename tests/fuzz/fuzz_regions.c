/* Any bytes as a BED and as the text of -r: sorted, and found again. */
#include "as_file.h"
#include "base/mem.h"
#include "input/read_regions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const dw_regions *r)
{
    for (size_t i = 0; i < r->n; i++) {
        const dw_region *x = &r->item[i];
        size_t first = dw_regions_find(r, x->contig, x->start + 1);
        size_t last = dw_regions_find(r, x->contig, x->end);

        if (x->start >= x->end || first == SIZE_MAX || last == SIZE_MAX ||
            r->item[last].end < x->end)
            abort();
        if (i && x[-1].contig == x->contig && x[-1].start > x->start)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dw_regions r = {0}, t = {0};
    dw_err err = {0};
    char *text = dw_strndup((const char *)data, size);

    if (dw_read_regions(as_file(data, size), &r, NULL, &err) == 0)
        check(&r);
    else if (!err.msg[0])
        abort();
    err = (dw_err){0};
    if (dw_regions_add_text(&t, text, &err) == 0) {
        dw_regions_sort(&t);
        check(&t);
    } else if (!err.msg[0]) {
        abort();
    }
    dw_regions_clear(&r);
    dw_regions_clear(&t);
    dw_free(text);
    return 0;
}
