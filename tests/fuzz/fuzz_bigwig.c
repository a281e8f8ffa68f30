/* Any bytes as a bigWig or bigBed: the first says which column of a bigBed. */
#include "annot/bigbed_items.h"
#include "annot/signal.h"
#include "as_file.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Means and runs have to agree, and to be finite. */
static void look(dw_signal *s)
{
    dw_runs runs = {0};
    dw_err err = {0};
    float mean;
    int rc = dw_signal_runs(s, 0, 1000, SIZE_MAX, &runs, &err);

    if (rc < 0 && !err.msg[0])
        abort();
    for (size_t i = 0; rc > 0 && i < runs.n; i++) {
        uint32_t from = i ? runs.end[i - 1] : runs.start;

        if (from >= runs.end[i] || runs.value[i] - runs.value[i] != 0)
            rc = runs.value[i] != runs.value[i] ? rc : 0;
        if (rc == 0 || dw_signal_mean(s, from, runs.end[i], &mean, &err) < 0 ||
            (mean == mean) != (runs.value[i] == runs.value[i]))
            abort();
    }
    if (dw_signal_mean(s, -5, 600000, &mean, &err) < 0 && !err.msg[0])
        abort();
    dw_runs_clear(&runs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const contig[] = {"1", "2", "22", "X"};
    dw_stretches all = {0};
    dw_err err = {0}, other = {0};
    const char *path;
    uint64_t digest;
    dw_signal *s;

    if (size < 1)
        return 0;
    path = as_file(data + 1, size - 1);
    if (dw_bigbed_items(path, data[0], &all, &digest, &other) < 0 &&
        !other.msg[0])
        abort();
    dw_stretches_clear(&all);
    s = dw_signal_open(path, data[0], 2, &err);
    if (!s && !err.msg[0])
        abort();
    for (size_t i = 0; s && i < DW_COUNT(contig); i++) {
        if (dw_signal_seek(s, contig[i]))
            look(s);
    }
    dw_signal_close(s);
    return 0;
}
