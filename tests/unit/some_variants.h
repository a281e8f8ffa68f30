/*
 * some_variants: a table of variants written as text, for tests of annotators,
 * and what an annotator gives for it.
 */
#ifndef DW_TESTS_SOME_VARIANTS_H
#define DW_TESTS_SOME_VARIANTS_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "annot/annotator.h"

enum { SOME_VALUES = 256 };

static dw_variants v;
static float got[SOME_VALUES];
static dw_err err;

static inline void put_file(const char *to, const char *text)
{
    FILE *f = fopen(to, "w");

    if (!f || fputs(text, f) < 0 || fclose(f) != 0)
        perror(to), exit(1);
}

/* "POS REF ALT, POS REF ALT, ..", in order. */
static inline void make_variants(const char *contig, const char *text)
{
    size_t m = 1;
    int used;

    for (const char *s = text; *s; s++)
        m += *s == ',';
    if (dw_variants_resize(&v, m, 0, 0, &err) < 0)
        abort();
    strcpy(v.contig, contig);
    for (size_t i = 0; i < m; i++, text += used) {
        char ref[64], alt[64];
        unsigned pos;

        if (sscanf(text, "%u %63[A-Z] %63[A-Z]%n", &pos, ref, alt, &used) != 3)
            abort();
        used += text[used] == ',';
        v.pos[i] = pos;
        if (dw_texts_add(&v.id, ".", 1) < 0 ||
            dw_texts_add(&v.ref, ref, strlen(ref)) < 0 ||
            dw_texts_add(&v.alt, alt, strlen(alt)) < 0)
            abort();
    }
}

/* Fills and finishes; frees the annotator.  NULL counts as its fault. */
static inline int annotate_all(dw_annotator *a)
{
    int rc;

    if (!a)
        return err.code;
    rc = a->kind->fill(a->self, &v, got, &err);
    if (rc == 0)
        rc = a->kind->finish(a->self, &err);
    dw_annotator_free(a);
    return rc;
}

/* The values as text, one variant after the other: "1 2,. 3". */
static inline const char *values(size_t k)
{
    static char text[SOME_VALUES * 16];
    size_t n = 0;

    text[0] = 0;
    for (size_t i = 0; i < v.m; i++) {
        for (size_t c = 0; c < k; c++) {
            float x = got[c * v.m + i];
            const char *gap = c ? " " : i ? "," : "";

            if (isnan(x))
                n += (size_t)sprintf(text + n, "%s.", gap);
            else
                n += (size_t)sprintf(text + n, "%s%g", gap, x);
        }
    }
    return text;
}

#endif
