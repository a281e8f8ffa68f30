/* annot_sample: what tests of annotators need: a file of a text, variants, and
 * the values that an annotator gives them. */
#ifndef DW_TESTS_UNIT_ANNOT_SAMPLE_H
#define DW_TESTS_UNIT_ANNOT_SAMPLE_H

#include <stdlib.h>
#include <unistd.h>

#include "annot/annotator.h"
#include "base/mem.h"
#include "tap.h"

/* Writes a text to a file whose name ends so; the path, to be given to
 * annot_drop. */
static inline char *annot_file(const char *text, const char *ending)
{
    char path[64] = "/tmp/dw-annot-XXXXXX";
    char whole[96];
    int fd = mkstemp(path);
    size_t n = strlen(text);

    if (fd < 0 || write(fd, text, n) != (ssize_t)n || close(fd) != 0)
        abort();
    snprintf(whole, sizeof whole, "%s%s", path, ending);
    if (rename(path, whole) != 0)
        abort();
    return dw_strdup(whole);
}

static inline void annot_drop(char *path)
{
    unlink(path);
    dw_free(path);
}

/* Variants of a contig, one a word of "POS" or "POS:REF". */
static inline dw_variants annot_variants(const char *contig, const char *words)
{
    dw_variants v = {0};
    dw_err err = {0};
    size_t m = 0;
    char *end;

    for (const char *s = words; *s; m++) {
        s += strcspn(s, " ");
        s += strspn(s, " ");
    }
    if (dw_variants_resize(&v, m, 0, 0, &err) < 0)
        abort();
    strcpy(v.contig, contig);
    for (size_t i = 0; i < m; i++) {
        const char *ref = "A";
        size_t n = 1;

        v.pos[i] = (uint32_t)strtoul(words, &end, 10);
        if (*end == ':') {
            ref = end + 1;
            n = strcspn(ref, " ");
            end += n + 1;
        }
        words = end + strspn(end, " ");
        if (dw_texts_add(&v.ref, ref, n) < 0 ||
            dw_texts_add(&v.alt, "T", 1) < 0 || dw_texts_add(&v.id, ".", 1) < 0)
            abort();
    }
    return v;
}

/* What column i holds, as text: numbers divided by blanks, NA. */
static inline const char *annot_values(dw_annotator *a, dw_variants *v,
                                       size_t column)
{
    static char text[4096];
    float *x = dw_alloc(a->k * v->m + 1, sizeof *x);
    dw_err err = {0};
    size_t n = 0;

    text[0] = 0;
    for (size_t i = 0; i < a->k * v->m; i++)
        x[i] = -12345;
    if (a->kind->fill(a->self, v, x, &err) < 0)
        abort();
    for (size_t i = 0; i < v->m && n < sizeof text - 32; i++) {
        float value = x[column * v->m + i];

        n += (size_t)snprintf(text + n, 32, i ? " " : "");
        if (isnan(value))
            n += (size_t)snprintf(text + n, 32, "NA");
        else
            n += (size_t)snprintf(text + n, 32, "%.6g", value);
    }
    dw_free(x);
    return text;
}

#define VALUES(a, v, column, want)                                    \
    do {                                                              \
        const char *got = annot_values(a, v, column);                 \
        OK(strcmp(got, want) == 0, "%s: %s", (a)->name[column], got); \
    } while (0)

#endif
