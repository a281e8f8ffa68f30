/*
 * rec_lines: text of lines and tab-separated fields, as HEAD, TAIL and MODL
 * hold it.  dw-stream(5), "Primitive types", lines.
 */
#ifndef DW_RECORD_REC_LINES_H
#define DW_RECORD_REC_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

/* Adds a field, escaped, with a tab before it unless it begins its line. */
void dw_rec_field(dw_buf *b, const char *field);
void dw_rec_field_u64(dw_buf *b, uint64_t x);
void dw_rec_field_hex(dw_buf *b, uint64_t x); /* 16 digits */
void dw_rec_field_f64(dw_buf *b, double x);   /* %.17g; NA for NAN */
void dw_rec_line_end(dw_buf *b);

enum { DW_REC_FIELDS_MAX = 16 };

/* A cursor over the lines. */
typedef struct dw_rec_lines {
    const char *s, *end;
    size_t number; /* of the current line, from 1 */
    size_t n;      /* its fields; those above the maximum are left out */
    dw_span field[DW_REC_FIELDS_MAX]; /* as stored, escapes in place */
} dw_rec_lines;

void dw_rec_lines_begin(dw_rec_lines *l, const void *p, size_t n);
/* 1 a line, 0 the end, DW_EFORMAT a line without its newline or a NUL. */
int dw_rec_lines_next(dw_rec_lines *l, dw_err *err) DW_MUST_CHECK;

/* Field i of the current line; DW_EFORMAT when it is not there or not that.
 * The text is the caller's, to be freed with dw_free. */
int dw_rec_take_text(const dw_rec_lines *l, size_t i, char **text,
                     dw_err *err) DW_MUST_CHECK;
int dw_rec_take_u64(const dw_rec_lines *l, size_t i, uint64_t *x,
                    dw_err *err) DW_MUST_CHECK;
int dw_rec_take_hex(const dw_rec_lines *l, size_t i, uint64_t *x,
                    dw_err *err) DW_MUST_CHECK;
int dw_rec_take_f64(const dw_rec_lines *l, size_t i, double *x,
                    dw_err *err) DW_MUST_CHECK;

/* What to do with a line whose key is not known: 0 to pass it over, DW_EVERSION
 * when its first letter is upper case. */
int dw_rec_unknown_key(const dw_rec_lines *l, dw_err *err) DW_MUST_CHECK;

#endif
