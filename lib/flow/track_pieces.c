#include "flow/track_pieces.h"

#include <string.h>

#include "base/mem.h"
#include "data/track_cut.h"

struct piece {
    dw_tracks tracks;
    uint32_t last; /* position of its last variant */
};

struct dw_track_pieces {
    struct piece *piece; /* in the order of the stream */
    size_t n;
};

/* One track of the pieces from one on. */
struct strand {
    const struct piece *piece;
    size_t n;
    size_t track;
};

dw_track_pieces *dw_track_pieces_new(void)
{
    return dw_alloc(1, sizeof(dw_track_pieces));
}

void dw_track_pieces_clear(dw_track_pieces *p)
{
    for (size_t i = 0; i < p->n; i++)
        dw_tracks_clear(&p->piece[i].tracks);
    dw_free(p->piece);
    *p = (dw_track_pieces){0};
}

void dw_track_pieces_free(dw_track_pieces *p)
{
    if (!p)
        return;
    dw_track_pieces_clear(p);
    dw_free(p);
}

void dw_track_pieces_take(dw_track_pieces *p, const dw_variants *v,
                          dw_tracks *t)
{
    p->piece = dw_realloc(p->piece, p->n + 1, sizeof *p->piece);
    p->piece[p->n++] = (struct piece){*t, v->m ? v->pos[v->m - 1] : 0};
    *t = (dw_tracks){0};
}

void dw_track_pieces_drop(dw_track_pieces *p, const char *contig, uint32_t pos)
{
    size_t kept = 0;

    for (size_t i = 0; i < p->n; i++) {
        if (strcmp(p->piece[i].tracks.contig, contig) != 0 ||
            p->piece[i].last < pos)
            dw_tracks_clear(&p->piece[i].tracks);
        else
            p->piece[kept++] = p->piece[i];
    }
    p->n = kept;
}

/* ---- the signal of several pieces ---- */

/* Neighbouring pieces overlap by a window, and what both have there is what
 * both need: so one goes as far as it goes, and the next one from there. */
static int put_strand(const struct strand *s, uint32_t begin, uint32_t end,
                      size_t limit, dw_runs *out)
{
    for (size_t k = 0; k < s->n; k++) {
        const dw_track *t = &s->piece[k].tracks.track[s->track];

        for (size_t i = dw_track_first(t, begin);
             i < t->n && begin < end && out->n < limit; i++) {
            uint32_t from = i ? t->end[i - 1] : t->start;
            uint32_t to = t->end[i] < end ? t->end[i] : end;

            from = from > begin ? from : begin;
            if (from >= to)
                break;
            if (dw_runs_put(out, from, to, t->value[i]) < 0)
                return DW_ENOMEM;
            begin = to;
        }
    }
    return 0;
}

static int runs_of_strand(void *ctx, uint32_t begin, uint32_t end, size_t limit,
                          dw_runs *out, dw_err *err)
{
    if (put_strand(ctx, begin, end, limit, out) < 0)
        return dw_fail(err, DW_ENOMEM,
                       "not enough memory for the tracks of a "
                       "block");
    return out->n < limit;
}

static int cut_all(const struct piece *piece, size_t n, const dw_spans *spans,
                   dw_tracks *t, dw_err *err)
{
    dw_runs runs = {0}, scratch = {0};
    int rc = 0;

    for (size_t i = 0; i < piece->tracks.n && rc == 0; i++) {
        struct strand strand = {piece, n, i};
        const dw_track *like = &piece->tracks.track[i];

        dw_runs_reset(&runs);
        rc = dw_track_cut(spans, runs_of_strand, &strand, &runs, &scratch, err);
        if (rc == 0)
            rc = dw_runs_track(&runs, like->name, like->unit, t, err);
    }
    dw_runs_clear(&runs);
    dw_runs_clear(&scratch);
    return rc;
}

int dw_track_pieces_cut(const dw_track_pieces *p, const dw_variants *v,
                        dw_tracks *t, dw_err *err)
{
    dw_spans spans = {0};
    size_t first = 0, end;
    int rc;

    dw_tracks_clear(t);
    while (first < p->n &&
           (strcmp(p->piece[first].tracks.contig, v->contig) != 0 ||
            (v->m && p->piece[first].last < v->pos[0])))
        first++;
    for (end = first; end < p->n; end++) {
        if (strcmp(p->piece[end].tracks.contig, v->contig) != 0)
            break;
    }
    if (first == end)
        return 0;
    strcpy(t->contig, v->contig);
    t->window = p->piece[first].tracks.window;
    t->bin = p->piece[first].tracks.bin;
    rc = dw_spans_of_windows(&spans, v->pos, v->m, t->window, err);
    if (rc == 0)
        rc = cut_all(p->piece + first, end - first, &spans, t, err);
    dw_spans_clear(&spans);
    return rc < 0 ? rc : 1;
}
