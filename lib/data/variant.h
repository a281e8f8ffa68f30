/*
 * variant: a table of variants of one contig, struct of arrays, sorted.
 *
 * m variants, t traits, p annotations.  ALT is the effect allele of every z and
 * the allele that eaf counts.  Matrices are column-major with ld m, one column
 * a trait or an annotation.  A missing number is NAN.  Sorted by position, then
 * REF, then ALT (bytes); the key contig:pos:ref:alt occurs once.
 */
#ifndef DW_DATA_VARIANT_H
#define DW_DATA_VARIANT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "data/contig.h"

/* n texts in one pool: text i is bytes + start[i], 0-terminated. */
typedef struct dw_texts {
    char *bytes;
    size_t n_bytes, cap_bytes;
    size_t *start;
    size_t n, cap;
} dw_texts;

/* Room for n texts more, of so many bytes in all.  0 or DW_ENOMEM. */
int dw_texts_reserve(dw_texts *t, size_t n, size_t bytes) DW_MUST_CHECK;
/* Here, since it is done to every text of every variant. */
DW_MUST_CHECK static inline int dw_texts_add(dw_texts *t, const char *s,
                                             size_t n)
{
    char *to;

    if ((t->n_bytes + n + 1 > t->cap_bytes || t->n == t->cap) &&
        dw_texts_reserve(t, 1, n) < 0)
        return DW_ENOMEM;
    to = t->bytes + t->n_bytes;
    if (n == 1) /* as most alleles are */
        *to = *s;
    else if (n)
        memcpy(to, s, n);
    to[n] = 0;
    t->start[t->n++] = t->n_bytes;
    t->n_bytes += n + 1;
    return 0;
}
static inline const char *dw_texts_at(const dw_texts *t, size_t i)
{
    return t->bytes + t->start[i];
}
/* A NUL within it counted. */
static inline size_t dw_texts_length(const dw_texts *t, size_t i)
{
    size_t end = i + 1 < t->n ? t->start[i + 1] : t->n_bytes;

    return end - t->start[i] - 1;
}
void dw_texts_reset(dw_texts *t); /* keeps the memory */
void dw_texts_clear(dw_texts *t);

typedef struct dw_variants {
    char contig[DW_CONTIG_MAX];
    size_t m, t, p;
    uint32_t *pos;         /* (m) 1-based */
    dw_texts id, ref, alt; /* (m) id "." when there is none */
    float *eaf;            /* (m) frequency of ALT */
    float *z;              /* (m x t) */
    float *n;              /* (m x t) sample size of each z */
    float *annot;          /* (m x p) */
} dw_variants;

/* Makes the arrays fit m variants, t traits, p annotations (contents undefined,
 * texts empty), reusing what is there.  {0} is a valid table to begin with. */
int dw_variants_resize(dw_variants *v, size_t m, size_t t, size_t p,
                       dw_err *err) DW_MUST_CHECK;
void dw_variants_clear(dw_variants *v);

/* dst becomes rows [begin, end) of src. */
int dw_variants_slice(dw_variants *dst, const dw_variants *src, size_t begin,
                      size_t end, dw_err *err) DW_MUST_CHECK;
/* dst becomes the n rows of src that are given. */
int dw_variants_pick(dw_variants *dst, const dw_variants *src, size_t n,
                     const size_t *row, dw_err *err) DW_MUST_CHECK;

/* Orders variant i of a before, with or after a key on the same contig. */
int dw_variants_cmp(const dw_variants *a, size_t i, uint32_t pos,
                    const char *ref, const char *alt);
/* The index of the key, or SIZE_MAX. */
size_t dw_variants_find(const dw_variants *v, uint32_t pos, const char *ref,
                        const char *alt);
/* 0, or DW_EFORMAT naming the first pair that is out of order or twice there,
 * a position of 0, an empty allele, an infinity. */
int dw_variants_check(const dw_variants *v, dw_err *err) DW_MUST_CHECK;

#endif
