/*
 * lines: text files line by line, however they are packed.
 *
 * Packed as packed.h says.  CR LF, a BOM and a last line without newline are
 * put right; UTF-16, a NUL, a line over 64 MiB and sixteen million empty lines
 * in a row are refused.  Memory does not grow with the file.
 */
#ifndef DW_INPUT_LINES_H
#define DW_INPUT_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "base/crew.h"
#include "base/err.h"
#include "base/text.h"

typedef struct dw_lines dw_lines;

/* "-" is stdin. */
dw_lines *dw_lines_open(const char *path, dw_err *err) DW_MUST_CHECK;
/* The same, but dw_lines_rewind is sure to work: a pipe is first copied, as it
 * is packed, to a temporary file. */
dw_lines *dw_lines_open_kept(const char *path, dw_err *err) DW_MUST_CHECK;
void dw_lines_close(dw_lines *l); /* NULL is fine */

/* From now on the crew unpacks while the caller reads; it has to live as long.
 * To be said once. */
void dw_lines_share(dw_lines *l, dw_crew *crew);

/* The next line, without its end; lent until the next call.  1, 0, negative. */
int dw_lines_next(dw_lines *l, dw_span *line, dw_err *err) DW_MUST_CHECK;

/* The fields of a line, as they lie in a text whose bytes from `text` on can
 * all be read; n 0: they were not looked for. */
typedef struct dw_fields {
    size_t n;
    const char *text;
    const uint32_t *end; /* of field i, from `text`; it begins behind the one
                          * before, and the first behind end[-1] */
} dw_fields;

static inline dw_span dw_fields_at(const dw_fields *f, size_t i)
{
    uint32_t from = f->end[(ptrdiff_t)i - 1] + 1; /* 0 in front of all */

    return (dw_span){f->text + from, f->end[i] - from};
}

/* The next line with those fields that were expected.  A line that was unpacked
 * in parts has none, nor has the first one, which may begin with a BOM, nor one
 * that ends in a CR: their fields are left to the caller. */
int dw_lines_fields(dw_lines *l, dw_span *line, dw_fields *fields,
                    dw_err *err) DW_MUST_CHECK;
/* Fields parted by `sep` (as dw_text_mark has it) will be asked for: their ends
 * are found by whoever unpacks the lines, many at once.  0: not any more.  To
 * be said before dw_lines_share. */
void dw_lines_expect(dw_lines *l, char sep);

/* Back to the start, as if just opened.  Fails for a pipe that is not kept. */
int dw_lines_rewind(dw_lines *l, dw_err *err) DW_MUST_CHECK;

const char *dw_lines_name(const dw_lines *l);
const char *dw_lines_packing(const dw_lines *l); /* "plain text", "gzip" .. */
size_t dw_lines_number(const dw_lines *l); /* of the current line, from 1 */
/* XXH64 of the uncompressed bytes: the file's once at its end, until then that
 * of some first part of it. */
uint64_t dw_lines_digest(const dw_lines *l);

/* Where a reader stands, whatever kind of file it reads. */
typedef struct dw_origin {
    const char *name; /* lent as long as the reader lives */
    size_t line;      /* or record, from 1; 0: not known */
    uint64_t digest;  /* dw-stream(5), "input": the file's once at its end;
                       * 0: no file is read */
} dw_origin;

dw_origin dw_lines_origin(const dw_lines *l);

/* Sets err to "NAME:LINE: message", or "NAME:LINE: column COL: message";
 * returns code. */
int dw_lines_fail(const dw_lines *l, dw_err *err, int code, const char *column,
                  const char *fmt, ...) DW_PRINTF(5, 6);

/* A path without its folder, and without what begins at `ending` or, if it has
 * none of that, at its first dot: what is in the file.  To be freed; "" for
 * stdin and for a name that begins with a dot. */
char *dw_lines_stem(const char *path, const char *ending);

/* "htslib 1.16", for --version. */
const char *dw_input_library(void);

#endif
