#include "input/read_regions.h"

#include "input/bed_lines.h"

int dw_read_regions(const char *path, dw_regions *r, uint64_t *digest,
                    dw_err *err)
{
    dw_bed_lines *b = dw_bed_lines_open(path, err);
    size_t before = r->n;
    dw_bed_interval at;
    int rc;

    if (!b)
        return err->code;
    while ((rc = dw_bed_lines_next(b, &at, err)) > 0) {
        rc = dw_regions_add(r, at.contig, at.start, at.end,
                            dw_lines_number(dw_bed_lines_text(b)), err);
        if (rc < 0)
            break;
    }
    if (rc == 0 && r->n == before)
        rc = dw_fail(err, DW_EFORMAT,
                     "%s: no interval in it; a line is contig, start, end",
                     dw_lines_name(dw_bed_lines_text(b)));
    if (rc == 0)
        dw_regions_sort(r);
    if (rc == 0 && digest)
        *digest = dw_lines_digest(dw_bed_lines_text(b));
    dw_bed_lines_close(b);
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
