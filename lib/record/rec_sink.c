/*
 * rec_sink: the writing half of rec_stream.
 */
#include "record/rec_stream.h"

#include "base/mem.h"
#include "record/rec_ldbk.h"
#include "record/rec_tail.h"
#include "record/rec_vars.h"

struct dw_sink {
    dw_writer *writer;
    dw_buf payload; /* kept for its memory */
};

dw_sink *dw_sink_open(const char *path, dw_err *err)
{
    dw_writer *writer = dw_writer_open(path, err);
    dw_sink *sink;

    if (!writer)
        return NULL;
    sink = dw_alloc(1, sizeof *sink);
    sink->writer = writer;
    return sink;
}

int dw_sink_begin(dw_sink *sink, const dw_head *head, dw_err *err)
{
    size_t lines;

    dw_buf_reset(&sink->payload);
    lines = dw_head_pack(head, &sink->payload);
    return dw_sink_chunk(sink, "HEAD", DW_HEAD_VERSION, lines, &sink->payload,
                         err);
}

int dw_sink_variants(dw_sink *sink, const dw_variants *v, dw_err *err)
{
    dw_buf_reset(&sink->payload);
    dw_variants_pack(v, &sink->payload);
    return dw_sink_chunk(sink, "VARS", DW_VARS_VERSION, v->m, &sink->payload,
                         err);
}

int dw_sink_ldblock(dw_sink *sink, const dw_ldblock *b, dw_err *err)
{
    unsigned version;

    dw_buf_reset(&sink->payload);
    version = dw_ldblock_pack_as(b, DW_STORE_F32, &sink->payload);
    return dw_sink_chunk(sink, "LDBK", version, b->k, &sink->payload, err);
}

int dw_sink_tracks(dw_sink *sink, const dw_tracks *t, dw_err *err)
{
    dw_buf_reset(&sink->payload);
    dw_tracks_pack(t, &sink->payload);
    return dw_sink_chunk(sink, "TRAK", DW_TRAK_VERSION, t->n, &sink->payload,
                         err);
}

int dw_sink_chunk(dw_sink *sink, const char *type, unsigned version,
                  uint64_t records, const dw_buf *payload, dw_err *err)
{
    return dw_writer_chunk(sink->writer, type, version, records, payload->s,
                           payload->n, err);
}

int dw_sink_packed(dw_sink *sink, const dw_buf *packed, dw_err *err)
{
    return dw_writer_put(sink->writer, packed, err);
}

int dw_sink_pass(dw_sink *sink, dw_source *src, dw_err *err)
{
    return dw_writer_copy(sink->writer, dw_source_reader(src), err);
}

int dw_sink_end(dw_sink *sink, const dw_source *src, const char *tool,
                const dw_tally *own, dw_err *err)
{
    const dw_tally *before = src ? dw_source_run_tally(src) : NULL;
    dw_tally all = {0};
    dw_buf name = {0};
    size_t lines;
    int rc;

    for (size_t i = 0; before && i < before->n_items; i++)
        dw_tally_add(&all, before->item[i].reason, before->item[i].n);
    for (size_t i = 0; own && i < own->n_items; i++) {
        dw_buf_reset(&name);
        dw_buf_addf(&name, "%s/%s", tool, own->item[i].reason);
        dw_tally_add(&all, name.s, own->item[i].n);
    }
    dw_buf_reset(&sink->payload);
    lines = dw_tail_pack(dw_writer_run(sink->writer), &all, &sink->payload);
    rc = dw_sink_chunk(sink, "TAIL", DW_TAIL_VERSION, lines, &sink->payload,
                       err);
    dw_buf_clear(&name);
    dw_tally_clear(&all);
    return rc;
}

static void sink_free(dw_sink *sink)
{
    dw_buf_clear(&sink->payload);
    dw_free(sink);
}

int dw_sink_close(dw_sink *sink, dw_err *err)
{
    int rc = dw_writer_close(sink->writer, err);

    sink_free(sink);
    return rc;
}

void dw_sink_abandon(dw_sink *sink)
{
    if (!sink)
        return;
    dw_writer_abandon(sink->writer);
    sink_free(sink);
}
