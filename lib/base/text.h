/*
 * text: slices of text, and numbers read from them strictly.
 *
 * A dw_span borrows: it lasts as long as the text that it points into.  All
 * numbers are read and written in the C locale, whatever the user's is.
 */
#ifndef DW_BASE_TEXT_H
#define DW_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"

typedef struct dw_span {
    const char *s;
    size_t n;
} dw_span;

dw_span dw_span_of(const char *s);
static inline bool dw_span_eq(dw_span a, const char *s) /* exact */
{
    return strlen(s) == a.n && memcmp(a.s, s, a.n) == 0;
}
bool dw_span_eq_nocase(dw_span a, const char *s); /* ASCII, case ignored */
bool dw_span_begins(dw_span a, const char *s);    /* exact */
static inline bool dw_is_blank(char c)
{
    return c == ' ' || c == '\t';
}
dw_span dw_span_trim(dw_span a); /* without blanks at its ends */

/* '', '.', NA, N/A, nan, -nan, null, #NA in any case: a value that is not
 * there. */
bool dw_text_is_na_word(dw_span a);
static inline bool dw_text_is_na(dw_span a)
{
    return a.n <= 4 && dw_text_is_na_word(a); /* none is longer */
}

/* The whole span as a number: 0, or -1 when it is none.  A double may be inf
 * or nan only if written so; one that overflows is refused (-1), one that
 * underflows becomes 0.  Integers may not carry a fraction. */
int dw_text_double(dw_span a, double *x) DW_MUST_CHECK;
int dw_text_int64(dw_span a, int64_t *x) DW_MUST_CHECK;
/* Up to 18 digits and nothing else: 0, or -1. */
int dw_text_digits(dw_span a, uint64_t *x) DW_MUST_CHECK;

/* log10 of a positive decimal number read from its text, so that 1e-400 is
 * -400 and not log 0.  "0" gives -INFINITY.  -1 when it is no number >= 0. */
int dw_text_log10(dw_span a, double *x) DW_MUST_CHECK;

/* Splits a line (no newline) into at most `max` fields; returns how many there
 * are, which may be more than `max`.  sep '\t', ',', ';' split at each one; sep
 * ' ' at runs of blanks and tabs, leading and trailing ones ignored. */
size_t dw_text_split(dw_span line, char sep, dw_span *field, size_t max);

/* Where the fields and the lines of a text end. */
typedef struct dw_marks {
    uint32_t *field; /* (n_fields) offsets of separators and newlines */
    uint32_t *line;  /* (n_lines) how many fields end up to the line's end */
    size_t n_fields, n_lines;
} dw_marks;

/* Marks n < 2^32 bytes; the arrays have room for n.  sep '\t', ',' ...; ' ' is
 * each blank and each tab. */
void dw_text_mark(const char *s, size_t n, char sep, dw_marks *m);

/* The name nearest to `word` by edit distance, case ignored; NULL when none is
 * near enough to be worth a suggestion. */
const char *dw_text_nearest(const char *word, const char *const *names,
                            size_t n);

/* What a file is called, without its folders: borrowed from its path. */
const char *dw_path_name(const char *path);

/* Does the string match a comma-separated list of names? ("6,11,chr16": a
 * leading "chr" is ignored on both sides.) */
bool dw_text_in_list(const char *list, const char *name);

#endif
