#include "flow/block_chunks.h"

#include "record/rec_trak.h"
#include "record/rec_vars.h"
#include "stream/frame.h"

static int pack_chunk(const char *type, unsigned version, uint64_t records,
                      dw_buf *payload, dw_buf *packed, dw_err *err)
{
    int rc = dw_chunk_pack(type, version, records, payload->s, payload->n,
                           packed, err);

    dw_buf_reset(payload);
    return rc;
}

static int pack_tracks(const dw_tracks *t, dw_buf *payload, dw_buf *packed,
                       dw_err *err)
{
    dw_tracks_pack(t, payload);
    return pack_chunk("TRAK", DW_TRAK_VERSION, t->n, payload, packed, err);
}

int dw_block_chunks_pack(const dw_tracks *tracks, dw_store_cost *cost,
                         const dw_variants *v, const dw_ldblock *ld,
                         dw_buf *packed, dw_err *err)
{
    dw_buf payload = {0};
    unsigned version;
    int rc;

    dw_variants_pack(v, &payload);
    rc = pack_chunk("VARS", DW_VARS_VERSION, v->m, &payload, packed, err);
    if (rc == 0 && *tracks->contig)
        rc = pack_tracks(tracks, &payload, packed, err);
    if (rc == 0)
        rc = dw_store_cost_pack(cost, v, ld, &payload, &version, err);
    if (rc == 0)
        rc = pack_chunk("LDBK", version, ld->k, &payload, packed, err);
    dw_buf_clear(&payload);
    return rc;
}
