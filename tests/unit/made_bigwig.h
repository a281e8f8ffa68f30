/*
 * made_bigwig: bigWig and bigBed files written byte by byte, by the layout of
 * Kent et al. (Bioinformatics 2010, supplement): sound ones, and ones that no
 * library would write.
 */
#ifndef DW_TESTS_MADE_BIGWIG_H
#define DW_TESTS_MADE_BIGWIG_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "stream/pack.h"

typedef struct made_item {
    uint32_t chrom, start, end;
    float value;
    const char *text; /* of a bigBed */
} made_item;

typedef struct made_bigwig {
    int bed;
    unsigned type; /* of a bigWig's blocks: 1, 2, 3 */
    size_t per_block;
    int packed;      /* by zlib */
    size_t fan;      /* blocks of a leaf; 0: one leaf, which is the root */
    unsigned n_says; /* added to the number of values that a block says */
    unsigned fields; /* of a bigBed */
    const char *const *chrom;
    const uint32_t *length;
    size_t n_chroms;
    const made_item *item;
    size_t n;
} made_bigwig;

enum { MADE_KEY = 8, MADE_RAW = 1 << 20 };

static inline void made_f32(dw_buf *b, float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    dw_pack_u32(b, bits);
}

/* Puts a number into what is there already. */
static inline void made_set_u64(dw_buf *b, size_t at, uint64_t x)
{
    for (size_t i = 0; i < 8; i++)
        b->s[at + i] = (char)(x >> 8 * i);
}

static inline void made_chroms(const made_bigwig *m, dw_buf *b)
{
    dw_pack_u32(b, 0x78CA8C91);
    dw_pack_u32(b, (uint32_t)m->n_chroms);
    dw_pack_u32(b, MADE_KEY);
    dw_pack_u32(b, 8);
    dw_pack_u64(b, m->n_chroms);
    dw_pack_u64(b, 0);
    dw_pack_u8(b, 1);
    dw_pack_u8(b, 0);
    dw_pack_u16(b, (uint16_t)m->n_chroms);
    for (size_t i = 0; i < m->n_chroms; i++) {
        char key[MADE_KEY] = {0};

        memcpy(key, m->chrom[i],
               strlen(m->chrom[i]) < MADE_KEY ? strlen(m->chrom[i]) : MADE_KEY);
        dw_buf_add(b, key, sizeof key);
        dw_pack_u32(b, (uint32_t)i);
        dw_pack_u32(b, m->length[i]);
    }
}

/* Items [i, end) as a block, not yet packed. */
static inline void made_block(const made_bigwig *m, size_t i, size_t end,
                              dw_buf *b)
{
    const made_item *first = &m->item[i], *second = &m->item[i + 1];

    if (!m->bed) {
        dw_pack_u32(b, first->chrom);
        dw_pack_u32(b, first->start);
        dw_pack_u32(b, m->item[end - 1].end);
        dw_pack_u32(b, end - i > 1 ? second->start - first->start : 1);
        dw_pack_u32(b, first->end - first->start);
        dw_pack_u8(b, (uint8_t)m->type);
        dw_pack_u8(b, 0);
        dw_pack_u16(b, (uint16_t)(end - i + m->n_says));
    }
    for (; i < end; i++) {
        const made_item *item = &m->item[i];

        if (m->bed)
            dw_pack_u32(b, item->chrom);
        if (m->bed || m->type < 3)
            dw_pack_u32(b, item->start);
        if (m->bed || m->type < 2)
            dw_pack_u32(b, item->end);
        if (m->bed)
            dw_buf_add(b, item->text, strlen(item->text) + 1);
        else
            made_f32(b, item->value);
    }
}

struct made_place {
    uint32_t chrom, start, last_chrom, end;
    uint64_t at, size;
};

static inline void made_put_place(dw_buf *b, const struct made_place *p)
{
    dw_pack_u32(b, p->chrom);
    dw_pack_u32(b, p->start);
    dw_pack_u32(b, p->last_chrom);
    dw_pack_u32(b, p->end);
    dw_pack_u64(b, p->at);
}

static inline void made_leaf(dw_buf *b, const struct made_place *p, size_t n)
{
    dw_pack_u8(b, 1);
    dw_pack_u8(b, 0);
    dw_pack_u16(b, (uint16_t)n);
    for (size_t i = 0; i < n; i++) {
        made_put_place(b, &p[i]);
        dw_pack_u64(b, p[i].size);
    }
}

static inline void made_index(const made_bigwig *m, dw_buf *b,
                              const struct made_place *p, size_t n)
{
    size_t leaves, at;

    dw_pack_u32(b, 0x2468ACE0);
    dw_pack_u32(b, 256);
    dw_pack_u64(b, n);
    for (int i = 0; i < 4; i++)
        dw_pack_u32(b, 0);
    dw_pack_u64(b, 0);
    dw_pack_u32(b, 1);
    dw_pack_u32(b, 0);
    if (!m->fan) {
        made_leaf(b, p, n);
        return;
    }
    leaves = (n + m->fan - 1) / m->fan;
    dw_pack_u8(b, 0);
    dw_pack_u8(b, 0);
    dw_pack_u16(b, (uint16_t)leaves);
    at = b->n + 24 * leaves;
    for (size_t i = 0; i < n; i += m->fan) {
        size_t last = i + m->fan < n ? i + m->fan : n;
        struct made_place whole = p[i];

        for (size_t j = i; j < last; j++) {
            whole.end =
                p[j].last_chrom > whole.last_chrom || p[j].end > whole.end
                    ? p[j].end
                    : whole.end;
            whole.last_chrom = p[j].last_chrom;
        }
        whole.at = at;
        made_put_place(b, &whole);
        at += 4 + 32 * (last - i);
    }
    for (size_t i = 0; i < n; i += m->fan)
        made_leaf(b, p + i, i + m->fan < n ? m->fan : n - i);
}

/* The bytes of the file. */
static inline void made_bytes(const made_bigwig *m, dw_buf *b)
{
    struct made_place *place = dw_alloc(m->n + 1, sizeof *place);
    dw_buf raw = {0};
    size_t n = 0;

    dw_pack_u32(b, m->bed ? 0x8789F2EB : 0x888FFC26);
    dw_pack_u16(b, 4);
    dw_pack_u16(b, 0);
    for (int i = 0; i < 3; i++)
        dw_pack_u64(b, 0);
    dw_pack_u16(b, (uint16_t)m->fields);
    dw_pack_u16(b, (uint16_t)m->fields);
    dw_pack_u64(b, 0);
    dw_pack_u64(b, 0);
    dw_pack_u32(b, m->packed ? MADE_RAW : 0);
    dw_pack_u64(b, 0);
    made_set_u64(b, 8, b->n);
    made_chroms(m, b);
    made_set_u64(b, 16, b->n);
    dw_pack_u64(b, m->n);
    for (size_t i = 0, end; i < m->n; i = end) {
        struct made_place *p = &place[n++];

        *p = (struct made_place){m->item[i].chrom,
                                 m->item[i].start,
                                 m->item[i].chrom,
                                 m->item[i].end,
                                 b->n,
                                 0};
        for (end = i; end < m->n && end - i < m->per_block &&
                      (m->bed || m->item[end].chrom == p->chrom);
             end++) {
            if (m->item[end].chrom > p->last_chrom || m->item[end].end > p->end)
                p->end = m->item[end].end;
            p->last_chrom = m->item[end].chrom;
        }
        dw_buf_reset(&raw);
        made_block(m, i, end, &raw);
        if (m->packed) {
            uLongf size = compressBound(raw.n);

            dw_buf_reserve(b, size);
            if (compress((Bytef *)b->s + b->n, &size, (const Bytef *)raw.s,
                         raw.n) != Z_OK)
                abort();
            b->n += size;
        } else {
            dw_buf_add(b, raw.s, raw.n);
        }
        p->size = b->n - p->at;
    }
    made_set_u64(b, 24, b->n);
    made_index(m, b, place, n);
    dw_buf_clear(&raw);
    dw_free(place);
}

static inline void made_save(const char *path, const dw_buf *b)
{
    FILE *f = fopen(path, "wb");

    if (!f || fwrite(b->s, 1, b->n, f) != b->n || fclose(f) != 0)
        abort();
}

static inline void made_write(const char *path, const made_bigwig *m)
{
    dw_buf b = {0};

    made_bytes(m, &b);
    made_save(path, &b);
    dw_buf_clear(&b);
}

#endif
