/*
 * fuzz_stream: hostile streams and payloads.
 *
 * The first byte chooses: 'S' and the rest is a stream; 'H', 'V', 'L', 'T',
 * 'C', 't', 'M', 'K', 'Z' and the rest is one payload (HEAD, VARS, LDBK, TRAK,
 * SCOR, true, MODL, ckpt, TAIL; 'l': LDBK of version 2), since no fuzzer finds
 * its way past the checks of a stream. What is taken has to pack into what is
 * taken again.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "record/rec_ckpt.h"
#include "record/rec_ldbk.h"
#include "record/rec_modl.h"
#include "record/rec_stream.h"
#include "record/rec_tail.h"
#include "record/rec_vars.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- one payload ---- */

/* Unpacks and, if that can be, packs again; 0 or a fault. */
static int take_payload(char type, const uint8_t *p, size_t n, dw_buf *out)
{
    dw_head head = {0};
    dw_variants v = {0};
    dw_ldblock b = {0};
    dw_tracks t = {0};
    dw_scores s = {0};
    dw_truth truth = {0};
    dw_model model = {0};
    dw_snapshot snapshot = {0};
    dw_tally tally = {0};
    dw_run run = {0};
    dw_err err = {0};
    int rc = -1;

    switch (type) {
    case 'H':
        if ((rc = dw_head_unpack(&head, 1, p, n, &err)) == 0)
            dw_head_pack(&head, out);
        break;
    case 'V':
        if ((rc = dw_variants_unpack(&v, 1, p, n, &err)) == 0)
            dw_variants_pack(&v, out);
        break;
    case 'L':
        if ((rc = dw_ldblock_unpack(&b, 1, p, n, &err)) == 0)
            dw_ldblock_pack(&b, out);
        break;
    case 'l':
        if ((rc = dw_ldblock_unpack(&b, 2, p, n, &err)) == 0)
            dw_ldblock_pack(&b, out);
        break;
    case 'T':
        if ((rc = dw_tracks_unpack(&t, 1, p, n, &err)) == 0)
            dw_tracks_pack(&t, out);
        break;
    case 'C':
        if ((rc = dw_scores_unpack(&s, 1, p, n, &err)) == 0)
            dw_scores_pack(&s, out);
        break;
    case 't':
        if ((rc = dw_truth_unpack(&truth, 1, p, n, &err)) == 0)
            dw_truth_pack(&truth, out);
        break;
    case 'M':
        if ((rc = dw_modl_unpack(&model, 1, p, n, &err)) == 0)
            dw_modl_pack(&model, out);
        break;
    case 'K':
        if ((rc = dw_ckpt_unpack(&snapshot, 1, p, n, &err)) == 0)
            dw_ckpt_pack(&snapshot, out);
        break;
    case 'Z':
        if ((rc = dw_tail_unpack(&run, &tally, 1, p, n, &err)) == 0)
            dw_tail_pack(&run, &tally, out);
        break;
    }
    if (rc < 0 && !err.msg[0] && type && strchr("HVLlTCtMKZ", type))
        abort(); /* a refusal without a word */
    dw_head_clear(&head);
    dw_variants_clear(&v);
    dw_ldblock_clear(&b);
    dw_tracks_clear(&t);
    dw_scores_clear(&s);
    dw_truth_clear(&truth);
    dw_model_clear(&model);
    dw_snapshot_clear(&snapshot);
    dw_tally_clear(&tally);
    return rc;
}

static void one_payload(char type, const uint8_t *p, size_t n)
{
    dw_buf once = {0}, twice = {0};

    if (take_payload(type, p, n, &once) == 0) {
        /* What was of version 2 has been packed as version 1. */
        if (take_payload(type == 'l' ? 'L' : type, (const uint8_t *)once.s,
                         once.n, &twice) < 0 ||
            once.n != twice.n || memcmp(once.s, twice.s, once.n) != 0)
            abort();
    }
    dw_buf_clear(&once);
    dw_buf_clear(&twice);
}

/* ---- one stream ---- */

static void one_stream(const uint8_t *p, size_t n)
{
    FILE *file = n ? fmemopen((void *)p, n, "rb") : NULL;
    dw_source *src;
    dw_block block = {0};
    dw_err err = {0};
    int rc;

    if (!file)
        return;
    src = dw_source_take_file(file, "fuzz");
    while ((rc = dw_source_block(src, &block, &err)) > 0)
        ;
    if (rc < 0 && !err.msg[0])
        abort();
    dw_source_close(src);
    dw_block_clear(&block);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (data[0] == 'S')
        one_stream(data + 1, size - 1);
    else
        one_payload((char)data[0], data + 1, size - 1);
    return 0;
}
