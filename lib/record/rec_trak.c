#include "record/rec_trak.h"

#include <string.h>

#include "base/mem.h"
#include "record/rec_keys.h"
#include "stream/pack.h"

static void pack_track(const dw_track *t, dw_buf *out)
{
    uint32_t *length = dw_alloc(t->n, sizeof *length);

    for (size_t i = 0; i < t->n; i++)
        length[i] = t->end[i] - (i ? t->end[i - 1] : t->start);
    dw_pack_text(out, t->name, strlen(t->name));
    dw_pack_text(out, t->unit, strlen(t->unit));
    dw_pack_u32(out, t->start);
    dw_pack_u32(out, (uint32_t)t->n);
    dw_pack_u32s(out, length, t->n);
    dw_pack_f32s(out, t->value, t->n);
    dw_free(length);
}

void dw_tracks_pack(const dw_tracks *t, dw_buf *out)
{
    dw_pack_text(out, t->contig, strlen(t->contig));
    dw_pack_u32(out, t->window);
    dw_pack_u32(out, t->bin);
    dw_pack_u32(out, (uint32_t)t->n);
    for (size_t i = 0; i < t->n; i++)
        pack_track(&t->track[i], out);
}

/* Lengths, read into `end`, become ends: 0, or DW_EFORMAT. */
static int add_up(dw_track *t, dw_err *err)
{
    uint64_t at = t->start;

    for (size_t i = 0; i < t->n; i++) {
        at += t->end[i];
        if (at > INT32_MAX)
            return dw_fail(err, DW_EFORMAT,
                           "TRAK: %s ends behind position 2^31-1", t->name);
        t->end[i] = (uint32_t)at;
    }
    return 0;
}

static int take_track(dw_unpack *u, dw_tracks *t, dw_err *err)
{
    char *name = NULL, *unit = NULL;
    dw_track *track = NULL;
    uint32_t start;
    size_t n;
    int rc = dw_rec_take_name("TRAK", u, &name, err);

    if (rc == 0)
        rc = dw_rec_take_name("TRAK", u, &unit, err);
    if (rc < 0)
        goto out;
    start = dw_unpack_u32(u);
    n = dw_unpack_u32(u);
    if (!dw_unpack_room(u, n, 8)) {
        rc = dw_rec_no_room("TRAK", err);
        goto out;
    }
    track = dw_tracks_add(t, name, unit, n, err);
    if (!track) {
        rc = DW_ENOMEM;
        goto out;
    }
    track->start = start;
    dw_unpack_u32s(u, track->end, n);
    dw_unpack_f32s(u, track->value, n);
    rc = add_up(track, err);
out:
    dw_free(name);
    dw_free(unit);
    return rc;
}

int dw_tracks_unpack(dw_tracks *t, unsigned version, const unsigned char *p,
                     size_t n, dw_err *err)
{
    dw_unpack u = {.p = p, .n = n};
    size_t n_tracks;

    dw_tracks_clear(t);
    if (dw_rec_check_version("TRAK", version, DW_TRAK_VERSION, err) < 0 ||
        dw_rec_take_contig("TRAK", &u, t->contig, err) < 0)
        return err->code;
    t->window = dw_unpack_u32(&u);
    t->bin = dw_unpack_u32(&u);
    n_tracks = dw_unpack_u32(&u);
    /* A track takes at least two names of a letter, start and runs. */
    if (!dw_unpack_room(&u, n_tracks, 18))
        return dw_rec_no_room("TRAK", err);
    for (size_t i = 0; i < n_tracks; i++) {
        if (take_track(&u, t, err) < 0)
            return err->code;
    }
    if (dw_rec_check_end("TRAK", &u, err) < 0)
        return err->code;
    return dw_tracks_check(t, err);
}
