#include "record/rec_json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* A string in quotes; what is above ASCII is UTF-8 and stays as it is. */
static void put_string(dw_outfile *out, const char *s)
{
    dw_outfile_write(out, "\"", 1);
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            dw_outfile_printf(out, "\\%c", *s);
        else if ((unsigned char)*s < ' ' || *s == 0x7f)
            dw_outfile_printf(out, "\\u%04x", (unsigned)*s);
        else
            dw_outfile_write(out, s, 1);
    }
    dw_outfile_write(out, "\"", 1);
}

/* "key": "value", with what stands before it. */
static void put_pair(dw_outfile *out, const char *before, const char *key,
                     const char *value)
{
    dw_outfile_printf(out, "%s\"%s\": ", before, key);
    put_string(out, value);
}

static const char *comma(size_t i)
{
    return i ? "," : "";
}

static void put_traits(dw_outfile *out, const dw_head *h)
{
    dw_outfile_printf(out, ",\n   \"traits\": [");
    for (size_t i = 0; i < h->t; i++) {
        dw_outfile_printf(out, "%s\n    {", comma(i));
        put_pair(out, "", "name", h->trait[i].name);
        put_pair(out, ", ", "kind", h->trait[i].kind);
        if (isnan(h->trait[i].n))
            dw_outfile_printf(out, ", \"n\": null}");
        else
            dw_outfile_printf(out, ", \"n\": %.17g}", h->trait[i].n);
    }
    dw_outfile_printf(out, "]");
}

static void put_annots(dw_outfile *out, const dw_head *h)
{
    dw_outfile_printf(out, ",\n   \"annotations\": [");
    for (size_t i = 0; i < h->p; i++) {
        dw_outfile_printf(out, "%s\n    {", comma(i));
        put_pair(out, "", "name", h->annot[i].name);
        put_pair(out, ", ", "unit", h->annot[i].unit);
        if (h->annot[i].missing != DW_MISSING_UNKNOWN)
            dw_outfile_printf(out, ", \"missing\": %" PRIu64,
                              h->annot[i].missing);
        dw_outfile_printf(out, "}");
    }
    dw_outfile_printf(out, "]");
}

static void put_panel(dw_outfile *out, const dw_head *h)
{
    dw_outfile_printf(out, ",\n   \"panel\": ");
    if (!h->panel.name) {
        dw_outfile_printf(out, "null");
        return;
    }
    put_pair(out, "{", "name", h->panel.name);
    dw_outfile_printf(out, ", \"people\": %" PRIu64, h->panel.people);
    put_pair(out, ", ", "how", h->panel.how);
    dw_outfile_printf(out, "}");
}

static void put_history(dw_outfile *out, const dw_head *h)
{
    dw_outfile_printf(out, ",\n   \"history\": [");
    for (size_t i = 0; i < h->n_steps; i++) {
        const dw_step *s = &h->step[i];

        dw_outfile_printf(out, "%s\n    {\"lineage\": %" PRIu32, comma(i),
                          s->lineage);
        put_pair(out, ", ", "tool", s->tool);
        put_pair(out, ", ", "version", s->version);
        put_pair(out, ", ", "args", s->args);
        dw_outfile_printf(out, ", \"inputs\": [");
        for (size_t j = 0; j < s->n_inputs; j++) {
            put_pair(out, j ? ", {" : "{", "name", s->input[j].name);
            dw_outfile_printf(out, ", \"xxh64\": \"%016" PRIx64 "\"}",
                              s->input[j].digest);
        }
        dw_outfile_printf(out, "]}");
    }
    dw_outfile_printf(out, "]");
}

static void put_head(dw_outfile *out, const dw_head *h, size_t run)
{
    dw_outfile_printf(out, "%s\n  {", comma(run));
    put_pair(out, "", "build", h->build);
    put_traits(out, h);
    put_annots(out, h);
    put_panel(out, h);
    put_history(out, h);
    dw_outfile_printf(out, ",\n   \"chunks\": [");
}

static void put_chunk(dw_outfile *out, const dw_chunk *c, size_t i)
{
    dw_outfile_printf(out,
                      "%s\n    {\"type\": \"%s\", \"version\": %u, "
                      "\"records\": %" PRIu64 ", \"bytes\": %" PRIu64
                      ", \"packed\": %" PRIu64 "}",
                      comma(i), c->type, c->version, c->records, c->raw_size,
                      c->frame_size);
}

static void put_tally(dw_outfile *out, const dw_tally *t)
{
    dw_outfile_printf(out, "],\n   \"tally\": {");
    for (size_t i = 0; i < t->n_items; i++) {
        dw_outfile_printf(out, "%s\n    ", comma(i));
        put_string(out, t->item[i].reason);
        dw_outfile_printf(out, ": %" PRIu64, t->item[i].n);
    }
    dw_outfile_printf(out, "}}");
}

int dw_json_stream(dw_outfile *out, dw_source *src, dw_err *err)
{
    size_t runs = 0, chunks = 0;
    dw_chunk chunk;
    int rc;

    dw_outfile_printf(out, "{\"runs\": [");
    while ((rc = dw_source_next(src, &chunk, err)) > 0) {
        if (dw_chunk_is(&chunk, "HEAD")) {
            put_head(out, dw_source_head(src), runs++);
            chunks = 0;
        }
        put_chunk(out, &chunk, chunks++);
        if (dw_chunk_is(&chunk, "TAIL"))
            put_tally(out, dw_source_run_tally(src));
    }
    dw_outfile_printf(out, "\n]}\n");
    return rc;
}
