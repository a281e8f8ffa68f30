/* Any bytes as lines and as a table: read to the end or refused with words; and
 * a second reading says the same. */
#include "as_file.h"
#include "input/lines.h"
#include "input/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The lines, and a sum of their bytes; the last rc. */
static int read_lines(dw_lines *l, size_t *lines, uint64_t *sum, dw_err *err)
{
    dw_span line;
    int rc;

    *lines = 0;
    *sum = 0;
    while ((rc = dw_lines_next(l, &line, err)) > 0) {
        ++*lines;
        for (size_t i = 0; i < line.n; i++)
            *sum = *sum * 31 + (unsigned char)line.s[i];
    }
    if (rc < 0 && !err->msg[0])
        abort();
    return rc;
}

static void read_table(const char *path)
{
    dw_err err = {0};
    dw_table *t = dw_table_open(path, &err);
    int rc = 1;

    while (t && (rc = dw_table_next(t, &err)) > 0) {
        for (size_t c = 0; c < dw_table_width(t) && c < 64; c++) {
            double x;
            uint32_t pos;

            if (dw_table_double(t, (int)c, &x, &err) == 0 &&
                dw_table_position(t, (int)c, &pos, &err) == 0 &&
                (double)pos != x)
                abort();
        }
    }
    if ((!t || rc < 0) && !err.msg[0])
        abort();
    dw_table_close(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = as_file(data, size);
    dw_err err = {0};
    dw_lines *l = dw_lines_open(path, &err);

    if (l) {
        size_t n[2];
        uint64_t sum[2];
        int rc[2];

        rc[0] = read_lines(l, &n[0], &sum[0], &err);
        if (dw_lines_rewind(l, &err) < 0)
            abort();
        rc[1] = read_lines(l, &n[1], &sum[1], &err);
        if (rc[0] != rc[1] || n[0] != n[1] || sum[0] != sum[1])
            abort();
    } else if (!err.msg[0]) {
        abort();
    }
    dw_lines_close(l);
    read_table(path);
    return 0;
}
