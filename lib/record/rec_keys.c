#include "record/rec_keys.h"

#include <string.h>

#include "base/mem.h"

/* ---- the frame of a payload ---- */

int dw_rec_check_version(const char *type, unsigned version, unsigned known,
                         dw_err *err)
{
    if (version == known)
        return 0;
    return dw_fail(err, version > known ? DW_EVERSION : DW_EFORMAT,
                   "%s is of version %u, and this program reads %u%s", type,
                   version, known,
                   version > known ? ": it needs a newer dw" : "");
}

int dw_rec_no_room(const char *type, dw_err *err)
{
    return dw_fail(err, DW_EFORMAT, "%s claims more than it holds", type);
}

int dw_rec_check_end(const char *type, const dw_unpack *u, dw_err *err)
{
    if (u->bad)
        return dw_rec_no_room(type, err);
    if (u->n)
        return dw_fail(err, DW_EFORMAT, "%s has %zu bytes behind its end", type,
                       u->n);
    return 0;
}

int dw_rec_take_contig(const char *type, dw_unpack *u,
                       char contig[DW_CONTIG_MAX], dw_err *err)
{
    dw_span text = dw_unpack_text(u);
    char name[DW_CONTIG_MAX];

    /* A name in a file is one already: naming it again changes nothing. */
    if (dw_contig_name(text, DW_CONTIG_PLINK, name) < 0 ||
        !dw_span_eq(text, name))
        return dw_fail(err, DW_EFORMAT, "%s: \"%.*s\" is no contig's name",
                       type, (int)(text.n < 64 ? text.n : 64), text.s);
    memcpy(contig, name, sizeof name);
    return 0;
}

int dw_rec_take_name(const char *type, dw_unpack *u, char **name, dw_err *err)
{
    dw_span text = dw_unpack_text(u);

    if (!text.n)
        return dw_fail(err, DW_EFORMAT, "%s: a name is empty", type);
    for (size_t i = 0; i < text.n; i++) {
        if ((unsigned char)text.s[i] < ' ' || text.s[i] == 0x7f)
            return dw_fail(err, DW_EFORMAT, "%s: a name is no text", type);
    }
    *name = dw_strndup(text.s, text.n);
    return 0;
}

/* ---- key columns ---- */

static void pack_positions(const uint32_t *pos, size_t m, dw_buf *out)
{
    uint32_t *step = dw_alloc(m, sizeof *step);

    for (size_t i = 0; i < m; i++)
        step[i] = i ? pos[i] - pos[i - 1] : pos[i];
    dw_pack_u32s(out, step, m);
    dw_free(step);
}

static void pack_texts(const dw_texts *t, dw_buf *out)
{
    uint32_t *length = dw_alloc(t->n, sizeof *length);
    char *to;

    for (size_t i = 0; i < t->n; i++)
        length[i] = (uint32_t)dw_texts_length(t, i);
    dw_pack_u32s(out, length, t->n);
    dw_buf_reserve(out, t->n_bytes);
    to = out->s + out->n;
    for (size_t i = 0; i < t->n; i++) {
        if (length[i] == 1) /* as most alleles are */
            *to = *dw_texts_at(t, i);
        else
            memcpy(to, dw_texts_at(t, i), length[i]);
        to += length[i];
    }
    out->n = (size_t)(to - out->s);
    *to = 0;
    dw_free(length);
}

void dw_rec_pack_keys(const dw_variants *v, dw_buf *out)
{
    dw_pack_text(out, v->contig, strlen(v->contig));
    dw_pack_u32(out, (uint32_t)v->m);
    pack_positions(v->pos, v->m, out);
    pack_texts(&v->id, out);
    pack_texts(&v->ref, out);
    pack_texts(&v->alt, out);
    dw_pack_f32s(out, v->eaf, v->m);
}

/* The lengths pass through `length` (m), memory of the caller. */
static int take_texts(const char *type, dw_unpack *u, dw_texts *t,
                      uint32_t *length, size_t m, dw_err *err)
{
    uint64_t total = 0;

    dw_unpack_u32s(u, length, m);
    for (size_t i = 0; i < m; i++)
        total += length[i];
    if (!dw_unpack_room(u, total, 1))
        return dw_rec_no_room(type, err);
    for (size_t i = 0; i < m; i++) {
        if (dw_texts_add(t, (const char *)u->p, length[i]) < 0)
            return dw_fail(err, DW_ENOMEM,
                           "not enough memory for the names "
                           "of %zu variants",
                           m);
        u->p += length[i];
        u->n -= length[i];
    }
    return 0;
}

int dw_rec_take_keys(const char *type, dw_unpack *u, dw_variants *v, size_t t,
                     size_t p, dw_err *err)
{
    /* pos, three lengths and eaf; z and n of each trait; the annotations. */
    size_t row = (5 + 2 * t + p) * 4;
    char contig[DW_CONTIG_MAX];
    size_t m;

    if (dw_rec_take_contig(type, u, contig, err) < 0)
        return err->code;
    m = dw_unpack_u32(u);
    if (!dw_unpack_room(u, m, row))
        return dw_rec_no_room(type, err);
    if (dw_variants_resize(v, m, t, p, err) < 0)
        return err->code;
    memcpy(v->contig, contig, sizeof contig);
    /* pos serves as the room for lengths until it is read itself, below. */
    dw_unpack positions = *u;
    u->p += m * 4;
    u->n -= m * 4;
    if (take_texts(type, u, &v->id, v->pos, m, err) < 0 ||
        take_texts(type, u, &v->ref, v->pos, m, err) < 0 ||
        take_texts(type, u, &v->alt, v->pos, m, err) < 0)
        return err->code;
    dw_unpack_u32s(&positions, v->pos, m);
    for (size_t i = 1; i < m; i++)
        v->pos[i] += v->pos[i - 1];
    dw_unpack_f32s(u, v->eaf, m);
    return u->bad ? dw_rec_no_room(type, err) : 0;
}
