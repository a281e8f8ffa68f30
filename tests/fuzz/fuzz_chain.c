/* Any bytes as a chain file: what it takes leads to places within the new
 * chromosomes, base by base in step. */
#include "as_file.h"
#include "data/contig.h"
#include "place/chain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_up(dw_chain *c, const char *contig, uint32_t pos, size_t n)
{
    dw_lifted to, end;
    dw_reason reason = dw_chain_lift(c, contig, pos, n, &to);

    if (reason != DW_REASON_NONE) {
        if (reason != DW_REASON_LIFT_NO_CHAIN && reason != DW_REASON_LIFT_GAP &&
            reason != DW_REASON_LIFT_AMBIGUOUS)
            abort();
        return;
    }
    if (to.pos == 0 || to.pos > INT32_MAX || !*to.contig)
        abort();
    /* Within one piece the end lies n - 1 further on, or back; another chain
     * may be better there. */
    if (n > 1 && to.reversed && to.pos < n)
        abort();
    (void)dw_chain_lift(c, contig, pos + (uint32_t)n - 1, 1, &end);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const contig[] = {"1", "2", "X", "XY", "MT", "a"};
    dw_err err = {0};
    dw_chain *c = dw_chain_open(as_file(data, size), &err);

    if (!c) {
        if (!err.msg[0])
            abort();
        return 0;
    }
    for (size_t i = 0; i < sizeof contig / sizeof *contig; i++) {
        for (uint32_t pos = 1; pos < 200; pos++)
            look_up(c, contig[i], pos, 1 + pos % 4);
        for (uint32_t pos = 1; pos < INT32_MAX / 3; pos *= 3)
            look_up(c, contig[i], pos, 1);
    }
    (void)dw_chain_from(c);
    (void)dw_chain_to(c);
    dw_chain_close(c);
    return 0;
}
