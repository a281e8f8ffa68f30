/* some_ld: what fuzz targets of LD made elsewhere share: a list of a few
 * variants, one of them a flank, one there twice. */
#ifndef DW_TESTS_FUZZ_SOME_LD_H
#define DW_TESTS_FUZZ_SOME_LD_H

#include <stdint.h>
#include <stdlib.h>

#include "as_file.h"
#include "foreign/ld_block.h"

enum { SOME_LD = 5 };

static inline void some_ld_list(dw_ld_list *list)
{
    static const char text[] = "SNP CHR BP A1 A2\n"
                               "a 1 40 A G\nb 1 30 C T\nc 1 20 A G\n"
                               "d 1 20 G A\ne 1 10 A AT\n";
    dw_err err = {0};

    if (dw_ld_list_read(list, as_file((const uint8_t *)text, sizeof text - 1),
                        &err) < 0 ||
        list->n != SOME_LD)
        abort();
}

/* An order of it whose core begins at position 15. */
static inline void some_ld_order(dw_ld_order *o, const dw_ld_list *list)
{
    dw_tally tally = {0};
    dw_err err = {0};

    if (dw_ld_order_make(o, list, 0, list->n, 15, 100, &tally, &err) < 0 ||
        o->m != SOME_LD - 1 || o->core != 1)
        abort();
    dw_tally_clear(&tally);
}

/* The entries are in: what comes out is a good block, or a message. */
static inline void some_ld_make(dw_ld_block *w, const dw_ld_list *list)
{
    const dw_factor_cut cut = {1e-4, 1};
    dw_variants v = {0};
    dw_ldblock b = {0};
    dw_tally tally = {0};
    dw_err err = {0};
    int rc = dw_ld_block_make(w, list, 0, &cut, &v, &b, &tally, &err);

    if (rc < 0 && !err.msg[0])
        abort();
    if (rc == 0 && v.m &&
        (dw_variants_check(&v, &err) < 0 || dw_ldblock_check(&b, &err) < 0 ||
         v.m != b.m))
        abort();
    dw_variants_clear(&v);
    dw_ldblock_clear(&b);
    dw_tally_clear(&tally);
}

#endif
