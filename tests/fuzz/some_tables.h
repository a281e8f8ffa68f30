/*
 * some_tables: an annotator asked for the columns of tables, some of them again
 * and in another order: numbers or NAN, no infinity, and the same ones for the
 * same variants.
 */
#ifndef DW_TESTS_FUZZ_SOME_TABLES_H
#define DW_TESTS_FUZZ_SOME_TABLES_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "annot/annotator.h"

enum { SOME_TABLES = 4, SOME_VARIANTS = 64 };

/* Variants at each position of [first, first + m), one or two at a place. */
static inline void some_table(dw_variants *v, const char *contig,
                              uint32_t first, size_t m)
{
    static const char *const allele[] = {"A", "C", "G", "T", "AT"};
    dw_err err;

    if (dw_variants_resize(v, m, 0, 0, &err) < 0)
        abort();
    strcpy(v->contig, contig);
    for (size_t i = 0; i < m; i++) {
        const char *ref = allele[i % 5], *alt = allele[(i + 1 + i / 5) % 5];

        v->pos[i] = first + (uint32_t)(i - i / 4);
        if (dw_texts_add(&v->id, "rs1", 3) < 0 ||
            dw_texts_add(&v->ref, ref, strlen(ref)) < 0 ||
            dw_texts_add(&v->alt, alt, strlen(alt)) < 0)
            abort();
    }
}

/* Asks for all tables, the first one again in the end. */
static inline int ask_tables(const dw_annotator *a, float *got, float *before,
                             dw_err *err)
{
    static const struct {
        const char *contig;
        uint32_t first;
    } table[SOME_TABLES] = {{"1", 1}, {"1", 20}, {"22", 100}, {"1", 1}};
    size_t n = SOME_VARIANTS * a->k;
    dw_variants v = {0};
    int rc = 0;

    for (size_t t = 0; t < SOME_TABLES && rc == 0; t++) {
        some_table(&v, table[t].contig, table[t].first, SOME_VARIANTS);
        rc = a->kind->fill(a->self, &v, got, err);
        for (size_t i = 0; rc == 0 && i < n; i++) {
            if (isinf(got[i]))
                abort();
        }
        if (t == 0)
            memcpy(before, got, n * sizeof *got);
    }
    if (rc == 0 && a->kind->finish)
        rc = a->kind->finish(a->self, err);
    if (rc == 0 && memcmp(before, got, n * sizeof *got) != 0)
        abort();
    dw_variants_clear(&v);
    return rc;
}

/* 0, or its fault; `first`, if not NULL, gets the values of the first table. */
static inline int some_values(const dw_annotator *a, float *first)
{
    size_t n = SOME_VARIANTS * a->k;
    float *got = malloc(n * sizeof *got), *before = malloc(n * sizeof *got);
    dw_err err = {0};
    int rc;

    if (!got || !before)
        abort();
    rc = ask_tables(a, got, before, &err);
    if (rc < 0 && a->kind->broken && a->kind->broken(a->self)) {
        err = (dw_err){0};
        rc = ask_tables(a, got, before, &err);
    }
    if (rc < 0 && !err.msg[0])
        abort();
    if (rc == 0 && first)
        memcpy(first, got, n * sizeof *got);
    free(got);
    free(before);
    return rc;
}

static inline void some_tables(const dw_annotator *a)
{
    (void)some_values(a, NULL);
}

#endif
