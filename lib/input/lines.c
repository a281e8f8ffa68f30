#include "input/lines.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <htslib/hts.h>

#include "base/hash.h"
#include "base/mem.h"
#include "input/packed.h"

enum {
    STEP_BYTES = 1 << 18, /* unpacked at once */
    ROOM_BYTES = 1 << 16, /* in front, for the line that they begin within */
    LINE_MAX_BYTES = 64 << 20,
    MAX_EMPTY_LINES = 1 << 24,
};

/* Bytes unpacked ahead of those that lines are now given from.  The job's own
 * from its start until it was waited for. */
struct ahead {
    dw_packed *packed;
    dw_digest *sum;
    char *memory;    /* ROOM_BYTES, then at least STEP_BYTES */
    size_t cap, n;   /* n bytes behind the room */
    int end;         /* what comes behind them: 1, 0 or a fault */
    uint64_t digest; /* of all bytes up to here */
    const char *nul; /* the first one; NULL: none */
    char sep;        /* of the fields that will be asked for; 0: of none */
    dw_marks marks;  /* of them, behind the room; NULL until expected */
};

struct dw_lines {
    struct ahead ahead;
    dw_job job; /* fills it */
    dw_crew *crew;
    int broken; /* the fault that was told; told again if asked again */

    char *memory; /* as that of `ahead`: they are exchanged */
    size_t cap;
    const char *from, *to;   /* the bytes not yet given */
    size_t scanned;          /* no newline in the first of them */
    const char *nul;         /* the first one before `to`; NULL: none */
    int end;                 /* what comes behind `to` */
    size_t number, empty;    /* of the line; empty ones up to it, in a row */
    uint64_t digest;         /* of all bytes up to `to` */
    const char *marked;      /* the marks count from here */
    dw_marks marks;          /* as those of `ahead` */
    size_t next_line;        /* of the marks; it begins here if the last one */
    const char *marked_from; /* was taken by them */
};

const char *dw_input_library(void)
{
    static char text[64];

    if (!text[0])
        snprintf(text, sizeof text, "htslib %s", hts_version());
    return text;
}

/* ---- unpacking ahead ---- */

/* The job: the next STEP_BYTES, or those up to the end or a fault. */
static void unpack_ahead(void *ctx)
{
    struct ahead *a = ctx;
    char *to = a->memory + ROOM_BYTES;
    ssize_t got = 1;

    a->n = 0;
    while (a->n < STEP_BYTES && got > 0) {
        got = dw_packed_read(a->packed, to + a->n, STEP_BYTES - a->n);
        a->n += got > 0 ? (size_t)got : 0;
    }
    a->end = got > 0 ? 1 : (int)got;
    dw_digest_add(a->sum, to, a->n);
    a->digest = dw_digest_value(a->sum);
    a->nul = memchr(to, 0, a->n);
    if (a->sep)
        dw_text_mark(to, a->n, a->sep, &a->marks);
}

/* Begins to read at the start of the file. */
static void begin(dw_lines *l)
{
    dw_digest_free(l->ahead.sum);
    l->ahead.sum = dw_digest_new();
    l->digest = dw_digest_value(l->ahead.sum);
    l->from = l->to = l->memory;
    l->scanned = l->number = l->empty = 0;
    l->marks.n_lines = l->ahead.marks.n_lines = l->next_line = 0;
    l->nul = NULL;
    l->broken = 0;
    l->end = 1;
    dw_crew_start(l->crew, &l->job);
}

static dw_lines *open_lines(const char *path, bool kept, dw_err *err)
{
    dw_packed *packed = dw_packed_open(path, kept, err);
    dw_lines *l;

    if (!packed)
        return NULL;
    l = dw_alloc(1, sizeof *l);
    l->cap = l->ahead.cap = ROOM_BYTES + STEP_BYTES;
    l->memory = dw_realloc(NULL, l->cap, 1); /* not zeroed */
    l->ahead.memory = dw_realloc(NULL, l->cap, 1);
    l->ahead.packed = packed;
    l->job = (dw_job){.fn = unpack_ahead, .ctx = &l->ahead};
    begin(l);
    return l;
}

dw_lines *dw_lines_open(const char *path, dw_err *err)
{
    return open_lines(path, false, err);
}

dw_lines *dw_lines_open_kept(const char *path, dw_err *err)
{
    return open_lines(path, true, err);
}

void dw_lines_share(dw_lines *l, dw_crew *crew)
{
    bool wanted = l->job.state != DW_JOB_IDLE; /* not begun: it had no crew */

    l->crew = crew;
    if (wanted)
        dw_crew_start(crew, &l->job);
}

/* In front of the first field lies what ends before the text begins. */
static void make_marks(dw_marks *m)
{
    uint32_t *field = dw_alloc(STEP_BYTES + 1, sizeof *field);

    field[0] = UINT32_MAX;
    m->field = field + 1;
    m->line = dw_alloc(STEP_BYTES, sizeof *m->line);
}

static void free_marks(dw_marks *m)
{
    dw_free(m->field ? m->field - 1 : NULL);
    dw_free(m->line);
}

void dw_lines_expect(dw_lines *l, char sep)
{
    l->ahead.sep = sep;
    l->marks.n_lines = l->ahead.marks.n_lines = l->next_line = 0;
    if (!sep || l->marks.field)
        return;
    make_marks(&l->marks);
    make_marks(&l->ahead.marks);
}

void dw_lines_close(dw_lines *l)
{
    if (!l)
        return;
    dw_crew_cancel(l->crew, &l->job);
    dw_packed_close(l->ahead.packed);
    dw_digest_free(l->ahead.sum);
    dw_free(l->ahead.memory);
    free_marks(&l->ahead.marks);
    dw_free(l->memory);
    free_marks(&l->marks);
    dw_free(l);
}

int dw_lines_rewind(dw_lines *l, dw_err *err)
{
    int rc;

    dw_crew_cancel(l->crew, &l->job);
    rc = dw_packed_rewind(l->ahead.packed, err);
    if (rc < 0)
        return l->broken = rc;
    begin(l);
    return 0;
}

/* ---- lines ---- */

/* What comes ahead becomes current, the line begun in front of it. */
static void exchange(dw_lines *l, size_t rest)
{
    struct ahead *a = &l->ahead;
    char *memory = a->memory, *data = memory + ROOM_BYTES;
    size_t cap = a->cap;
    dw_marks marks = a->marks;

    memcpy(data - rest, l->from, rest);
    a->memory = l->memory;
    a->cap = l->cap;
    l->memory = memory;
    l->cap = cap;
    l->from = data - rest;
    l->to = data + a->n;
    l->nul = a->nul;
    a->marks = l->marks;
    l->marks = marks;
    l->marked = data;
    l->next_line = 0;
    l->marked_from = data;
}

/* A line too long to be moved: what comes ahead is put behind it. */
static int append(dw_lines *l, size_t rest, dw_err *err)
{
    const struct ahead *a = &l->ahead;
    void *memory = l->memory;

    if (rest > LINE_MAX_BYTES)
        return l->broken = dw_fail(err, DW_EFORMAT,
                                   "%s:%zu: a line of more than %d MiB: is "
                                   "this a text file?",
                                   dw_lines_name(l), l->number + 1,
                                   LINE_MAX_BYTES >> 20);
    memmove(l->memory, l->from, rest);
    if (dw_try_grow(&memory, &l->cap, rest + a->n, 1) < 0)
        return l->broken = dw_fail(
                   err, DW_ENOMEM, "%s:%zu: no memory for a line of %zu bytes",
                   dw_lines_name(l), l->number + 1, rest + a->n);
    l->memory = memory;
    memcpy(l->memory + rest, a->memory + ROOM_BYTES, a->n);
    l->from = l->memory;
    l->to = l->from + rest + a->n;
    l->marks.n_lines = l->next_line = 0;
    l->nul = a->nul ? l->from + rest + (a->nul - a->memory - ROOM_BYTES) : NULL;
    return 0;
}

/* Makes the bytes ahead current, and has the next ones unpacked. */
static int take_ahead(dw_lines *l, dw_err *err)
{
    size_t rest = (size_t)(l->to - l->from);

    dw_crew_wait(l->crew, &l->job);
    if (rest <= ROOM_BYTES)
        exchange(l, rest);
    else if (append(l, rest, err) < 0)
        return err->code;
    l->scanned = rest;
    l->end = l->ahead.end;
    l->digest = l->ahead.digest;
    if (l->end > 0)
        dw_crew_start(l->crew, &l->job);
    return 0;
}

static int no_text(dw_lines *l, dw_err *err)
{
    return l->broken = dw_fail(err, DW_EFORMAT,
                               "%s:%zu: a NUL byte: this is no text file "
                               "(UTF-16 is converted by iconv)",
                               dw_lines_name(l), l->number);
}

/* Gives the line that ends at `end`, less what belongs to the encoding; what
 * follows begins at `next`. */
static int give(dw_lines *l, const char *end, const char *next, dw_span *line,
                dw_err *err)
{
    *line = (dw_span){l->from, (size_t)(end - l->from)};
    l->from = next;
    l->scanned = 0;
    l->number++;
    if (l->nul && l->nul < end)
        return no_text(l, err);
    if (line->n && line->s[line->n - 1] == '\r')
        line->n--;
    if (l->number == 1 && line->n >= 3 &&
        memcmp(line->s, "\xef\xbb\xbf", 3) == 0)
        *line = (dw_span){line->s + 3, line->n - 3};
    l->empty = line->n ? 0 : l->empty + 1;
    if (l->empty > MAX_EMPTY_LINES)
        return l->broken =
                   dw_fail(err, DW_EFORMAT,
                           "%s:%zu: more than %d empty lines in a "
                           "row: is this a text file?",
                           dw_lines_name(l), l->number, MAX_EMPTY_LINES);
    return 1;
}

int dw_lines_next(dw_lines *l, dw_span *line, dw_err *err)
{
    if (l->broken)
        return dw_fail(err, l->broken, "%s: cannot be read on",
                       dw_lines_name(l));
    for (;;) {
        size_t have = (size_t)(l->to - l->from);
        const char *at = have > l->scanned ? memchr(l->from + l->scanned, '\n',
                                                    have - l->scanned)
                                           : NULL;

        if (at)
            return give(l, at, at + 1, line, err);
        if (l->nul) {
            l->number++;
            return no_text(l, err); /* the line's end need not be looked for */
        }
        if (l->end == 0)
            return have ? give(l, l->to, l->to, line, err) : 0;
        if (l->end < 0)
            return l->broken = dw_packed_fail(l->ahead.packed, l->number, err);
        if (take_ahead(l, err) < 0)
            return err->code;
    }
}

/* Finds the next line among the marks, behind those that were taken whole. */
static void find_line(dw_lines *l)
{
    const dw_marks *m = &l->marks;

    while (l->next_line < m->n_lines &&
           l->marked + m->field[m->line[l->next_line] - 1] < l->from)
        l->next_line++;
}

/* The fields of the next line by the marks; false when it does not begin and
 * end among the bytes that are marked, or ends in a CR. */
static bool take_marks(dw_lines *l, dw_fields *f)
{
    const dw_marks *m = &l->marks;
    const char *text = l->marked, *end;
    uint32_t before;

    if (l->from != l->marked_from)
        find_line(l);
    if (l->next_line == m->n_lines || l->from < text)
        return false;
    before = l->next_line ? m->line[l->next_line - 1] : 0;
    f->n = m->line[l->next_line++] - before;
    f->text = text;
    f->end = m->field + before;
    end = text + f->end[f->n - 1];
    l->marked_from = end + 1;
    return end == l->from || end[-1] != '\r';
}

int dw_lines_fields(dw_lines *l, dw_span *line, dw_fields *f, dw_err *err)
{
    const char *end;

    if (l->number == 0 || l->broken || !take_marks(l, f)) {
        f->n = 0;
        return dw_lines_next(l, line, err);
    }
    end = f->text + f->end[f->n - 1];
    return give(l, end, end + 1, line, err);
}

const char *dw_lines_name(const dw_lines *l)
{
    return dw_packed_name(l->ahead.packed);
}

const char *dw_lines_packing(const dw_lines *l)
{
    return dw_packed_kind(l->ahead.packed);
}

size_t dw_lines_number(const dw_lines *l)
{
    return l->number;
}

uint64_t dw_lines_digest(const dw_lines *l)
{
    return l->digest;
}

dw_origin dw_lines_origin(const dw_lines *l)
{
    return (dw_origin){dw_lines_name(l), l->number, l->digest};
}

int dw_lines_fail(const dw_lines *l, dw_err *err, int code, const char *column,
                  const char *fmt, ...)
{
    char text[DW_ERR_MAX];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (column)
        return dw_fail(err, code, "%s:%zu: column %s: %s", dw_lines_name(l),
                       l->number, column, text);
    return dw_fail(err, code, "%s:%zu: %s", dw_lines_name(l), l->number, text);
}

char *dw_lines_stem(const char *path, const char *ending)
{
    const char *slash = strrchr(path, '/');
    const char *from = slash ? slash + 1 : path;
    const char *to = strstr(from, ending);

    if (strcmp(path, "-") == 0)
        return dw_strdup("");
    return dw_strndup(from, to ? (size_t)(to - from) : strcspn(from, "."));
}
