#include "record/rec_summary.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "record/rec_text.h"

/* How many annotations are named before the rest is counted. */
enum { NAMES_SHOWN = 12 };

/* The chunks of one type over all runs. */
struct kind {
    char type[5];
    uint64_t chunks, records, bytes, packed;
};

struct summary {
    size_t runs, n_kinds;
    struct kind kind[DW_CHUNK_TYPES_MAX];
    bool data;       /* a run with variants was seen */
    dw_head head;    /* of the first one such, or else of the first run */
    dw_head history; /* of all runs */
};

static void add_chunk(struct summary *s, const dw_chunk *c)
{
    size_t i = 0;

    while (i < s->n_kinds && !dw_chunk_is(c, s->kind[i].type))
        i++;
    if (i == DW_CHUNK_TYPES_MAX)
        return; /* a run holds no more; what is beyond is not of interest */
    if (i == s->n_kinds) {
        s->kind[i] = (struct kind){0};
        memcpy(s->kind[s->n_kinds++].type, c->type, sizeof c->type);
    }
    s->kind[i].chunks++;
    s->kind[i].records += c->records;
    s->kind[i].bytes += c->raw_size;
    s->kind[i].packed += c->frame_size + DW_CHUNK_HEADER;
}

static void add_head(struct summary *s, const dw_source *src,
                     const dw_chunk *chunk)
{
    const dw_head *h = dw_source_head(src);
    bool head = dw_chunk_is(chunk, "HEAD"), vars = dw_chunk_is(chunk, "VARS");

    if ((head && s->runs == 0) || (vars && !s->data))
        dw_head_copy(&s->head, h);
    if (head)
        dw_head_join_history(&s->history, h);
    s->runs += head;
    s->data = s->data || vars;
}

static void put_annots(dw_outfile *out, const dw_head *h)
{
    dw_outfile_printf(out, "annotations\t%zu", h->p);
    for (size_t j = 0; j < h->p && j < NAMES_SHOWN; j++)
        dw_text_name(out, j ? ", " : ": ", h->annot[j].name);
    dw_outfile_printf(out, "%s\n", h->p > NAMES_SHOWN ? ", ..." : "");
}

static void put_head(dw_outfile *out, const dw_head *h)
{
    dw_outfile_printf(out, "build\t%s\n", h->build);
    for (size_t j = 0; j < h->t; j++) {
        dw_text_name(out, "trait\t", h->trait[j].name);
        dw_text_name(out, " (", h->trait[j].kind);
        if (!isnan(h->trait[j].n))
            dw_outfile_printf(out, ", N %.9g", h->trait[j].n);
        dw_outfile_printf(out, ")\n");
    }
    put_annots(out, h);
    if (h->panel.name) {
        dw_text_name(out, "panel\t", h->panel.name);
        dw_outfile_printf(out, ", %" PRIu64 " people", h->panel.people);
        dw_text_name(out, "; ", h->panel.how);
        dw_outfile_printf(out, "\n");
    }
}

/* One line a step: tool, version and arguments, which are shell words. */
static void put_history(dw_outfile *out, const dw_head *h)
{
    for (size_t i = 0; i < h->n_steps; i++) {
        const dw_step *s = &h->step[i];

        dw_outfile_printf(out, "history\t%" PRIu32, s->lineage + 1);
        dw_text_name(out, ": ", s->tool);
        dw_text_name(out, " ", s->version);
        dw_text_name(out, *s->args ? " " : "", s->args);
        dw_outfile_printf(out, "\n");
    }
}

static void put_kinds(dw_outfile *out, const struct summary *s)
{
    dw_outfile_printf(out, "\nTYPE\tCHUNKS\tRECORDS\tBYTES\tPACKED\tRATIO\n");
    for (size_t i = 0; i < s->n_kinds; i++) {
        const struct kind *k = &s->kind[i];

        dw_outfile_printf(out,
                          "%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64
                          "\t%.2f\n",
                          k->type, k->chunks, k->records, k->bytes, k->packed,
                          (double)k->bytes / (double)k->packed);
    }
}

static void put_tally(dw_outfile *out, const dw_tally *t)
{
    if (t->n_items)
        dw_outfile_printf(out, "\nTALLY\tCOUNT\n");
    for (size_t i = 0; i < t->n_items; i++) {
        dw_text_name(out, "", t->item[i].reason);
        dw_outfile_printf(out, "\t%" PRIu64 "\n", t->item[i].n);
    }
}

int dw_summary_stream(dw_outfile *out, dw_source *src, dw_err *err)
{
    struct summary s = {0};
    dw_chunk chunk;
    int rc;

    while ((rc = dw_source_next(src, &chunk, err)) > 0) {
        add_head(&s, src, &chunk);
        add_chunk(&s, &chunk);
    }
    if (rc == 0) {
        dw_outfile_printf(out, "stream\t%s\nruns\t%zu\n", dw_source_name(src),
                          s.runs);
        put_head(out, &s.head);
        put_history(out, &s.history);
        put_kinds(out, &s);
        put_tally(out, dw_source_tally(src));
    }
    dw_head_clear(&s.head);
    dw_head_clear(&s.history);
    return rc;
}
