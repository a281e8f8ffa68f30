/* Any bytes as weights: finite ones, in order, of which each id can be given a
 * place. */
#include <math.h>

#include "as_file.h"
#include "input/read_weights.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const dw_weights *w)
{
    size_t n = 0, begin, end;

    for (size_t i = 0; i < dw_weights_size(w); i++) {
        const dw_weight *x = dw_weights_at(w, i), *last = NULL;

        if (i)
            last = dw_weights_at(w, i - 1);
        if (!x->pos || !isfinite(x->weight) || !dw_weights_text(w, x->ea)[0] ||
            (last && last->contig == x->contig && last->pos > x->pos))
            abort();
        if (!last || last->contig != x->contig) {
            dw_weights_of(w, dw_weights_contig(w, x), &begin, &end);
            if (begin != i || end <= begin)
                abort();
            n += end - begin;
        }
    }
    if (n != dw_weights_size(w))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dw_err err = {0};
    dw_tally tally = {0};
    dw_weights *w = dw_weights_read(as_file(data, size), NULL, &tally, &err);

    if (!w && !err.msg[0])
        abort();
    if (w && dw_weights_by_id(w)) {
        static const char *const id[] = {"rs1", "rs2", "rs1"};

        for (uint32_t i = 0; i < 3; i++)
            if (dw_weights_place(w, id[i], "22", 100 + i, &err) < 0)
                abort();
        dw_weights_placed(w, &tally);
    }
    if (w)
        check(w);
    dw_weights_free(w);
    dw_tally_clear(&tally);
    return 0;
}
