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
    N_AHEAD = 2,          /* so many times */
    ROOM_BYTES = 1 << 16, /* in front, for the line that they begin within */
    LINE_MAX_BYTES = 64 << 20,
    MAX_EMPTY_LINES = 1 << 24,
};

/* So many bytes, and what is known of them. */
struct step {
    char *memory;    /* ROOM_BYTES, then at least STEP_BYTES */
    size_t cap, n;   /* n bytes behind the room */
    int end;         /* what comes behind them: 1, 0 or a fault */
    uint64_t digest; /* of all bytes up to here */
    const char *nul; /* the first one; NULL: none */
    dw_marks marks;  /* of the fields, behind the room; NULL until expected */
};

/* What all steps are unpacked from, one after the other. */
struct unpacker {
    dw_packed *packed;
    dw_digest *sum;
    int end;  /* of the last step that was filled */
    char sep; /* of the fields that will be asked for; 0: of none */
};

/* Bytes unpacked ahead of those that lines are now given from: the job's own
 * from its start until it was waited for. */
struct ahead {
    struct step step;
    struct unpacker *from;
    dw_job job; /* fills it */
};

struct dw_lines {
    struct unpacker unpacker;
    dw_series series;            /* of the jobs: theirs is the unpacker */
    struct ahead ahead[N_AHEAD]; /* a ring */
    size_t next;                 /* of them */
    dw_crew *crew;
    int broken; /* the fault that was told; told again if asked again */

    struct step now;       /* its memory and marks are exchanged with theirs */
    const char *from, *to; /* the bytes not yet given */
    size_t scanned;        /* no newline in the first of them */
    const char *nul;       /* the first one before `to`; NULL: none */
    size_t number, empty;  /* of the line; empty ones up to it, in a row */
    const char *marked;    /* the marks count from here */
    size_t next_line;      /* of the marks; it begins here if the last one */
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
    struct unpacker *u = a->from;
    struct step *s = &a->step;
    char *to = s->memory + ROOM_BYTES;
    ssize_t got = u->end;

    s->n = 0;
    while (s->n < STEP_BYTES && got > 0) {
        got = dw_packed_read(u->packed, to + s->n, STEP_BYTES - s->n);
        s->n += got > 0 ? (size_t)got : 0;
    }
    u->end = s->end = got > 0 ? 1 : (int)got;
    dw_digest_add(u->sum, to, s->n);
    s->digest = dw_digest_value(u->sum);
    s->nul = memchr(to, 0, s->n);
    if (u->sep)
        dw_text_mark(to, s->n, u->sep, &s->marks);
}

/* Begins to read at the start of the file. */
static void begin(dw_lines *l)
{
    struct unpacker *u = &l->unpacker;

    dw_digest_free(u->sum);
    u->sum = dw_digest_new();
    u->end = l->now.end = 1;
    l->next = 0;
    l->now.digest = dw_digest_value(u->sum);
    l->from = l->to = l->now.memory;
    l->scanned = l->number = l->empty = 0;
    l->now.marks.n_lines = l->next_line = 0;
    l->nul = NULL;
    l->broken = 0;
    for (size_t i = 0; i < N_AHEAD; i++)
        dw_crew_start(l->crew, &l->ahead[i].job);
}

static void make_step(struct step *s)
{
    s->cap = ROOM_BYTES + STEP_BYTES;
    s->memory = dw_realloc(NULL, s->cap, 1); /* not zeroed */
}

static dw_lines *open_lines(const char *path, bool kept, dw_err *err)
{
    dw_packed *packed = dw_packed_open(path, kept, err);
    dw_lines *l;

    if (!packed)
        return NULL;
    l = dw_alloc(1, sizeof *l);
    l->unpacker.packed = packed;
    make_step(&l->now);
    for (size_t i = 0; i < N_AHEAD; i++) {
        struct ahead *a = &l->ahead[i];

        make_step(&a->step);
        a->from = &l->unpacker;
        a->job = (dw_job){.fn = unpack_ahead, .ctx = a, .series = &l->series};
    }
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
    l->crew = crew;
    for (size_t i = 0; i < N_AHEAD; i++)
        if (l->ahead[i].job.state != DW_JOB_IDLE) /* it had no crew */
            dw_crew_start(crew, &l->ahead[i].job);
}

/* In front of the first field lies what ends before the text begins. */
static void make_marks(dw_marks *m)
{
    uint32_t *field = dw_alloc(STEP_BYTES + 1, sizeof *field);

    field[0] = UINT32_MAX;
    m->field = field + 1;
    m->line = dw_alloc(STEP_BYTES, sizeof *m->line);
}

static void free_step(struct step *s)
{
    dw_free(s->memory);
    dw_free(s->marks.field ? s->marks.field - 1 : NULL);
    dw_free(s->marks.line);
}

void dw_lines_expect(dw_lines *l, char sep)
{
    l->unpacker.sep = sep;
    l->now.marks.n_lines = l->next_line = 0;
    for (size_t i = 0; i < N_AHEAD; i++)
        l->ahead[i].step.marks.n_lines = 0;
    if (!sep || l->now.marks.field)
        return;
    make_marks(&l->now.marks);
    for (size_t i = 0; i < N_AHEAD; i++)
        make_marks(&l->ahead[i].step.marks);
}

/* None of the jobs is going on, nor will be. */
static void halt(dw_lines *l)
{
    for (size_t i = 0; i < N_AHEAD; i++)
        dw_crew_cancel(l->crew, &l->ahead[i].job);
}

void dw_lines_close(dw_lines *l)
{
    if (!l)
        return;
    halt(l);
    dw_packed_close(l->unpacker.packed);
    dw_digest_free(l->unpacker.sum);
    for (size_t i = 0; i < N_AHEAD; i++)
        free_step(&l->ahead[i].step);
    free_step(&l->now);
    dw_free(l);
}

int dw_lines_rewind(dw_lines *l, dw_err *err)
{
    int rc;

    halt(l);
    rc = dw_packed_rewind(l->unpacker.packed, err);
    if (rc < 0)
        return l->broken = rc;
    begin(l);
    return 0;
}

/* ---- lines ---- */

/* What comes ahead becomes current, the line begun in front of it. */
static void exchange(dw_lines *l, struct step *s, size_t rest)
{
    struct step next = *s;
    char *data = next.memory + ROOM_BYTES;

    memcpy(data - rest, l->from, rest);
    *s = l->now;
    l->now = next;
    l->from = data - rest;
    l->to = data + next.n;
    l->nul = next.nul;
    l->marked = data;
    l->next_line = 0;
    l->marked_from = data;
}

/* A line too long to be moved: what comes ahead is put behind it. */
static int append(dw_lines *l, const struct step *s, size_t rest, dw_err *err)
{
    void *memory = l->now.memory;

    if (rest > LINE_MAX_BYTES)
        return l->broken = dw_fail(err, DW_EFORMAT,
                                   "%s:%zu: a line of more than %d MiB: is "
                                   "this a text file?",
                                   dw_lines_name(l), l->number + 1,
                                   LINE_MAX_BYTES >> 20);
    memmove(l->now.memory, l->from, rest);
    if (dw_try_grow(&memory, &l->now.cap, rest + s->n, 1) < 0)
        return l->broken = dw_fail(
                   err, DW_ENOMEM, "%s:%zu: no memory for a line of %zu bytes",
                   dw_lines_name(l), l->number + 1, rest + s->n);
    l->now.memory = memory;
    memcpy(l->now.memory + rest, s->memory + ROOM_BYTES, s->n);
    l->now.end = s->end;
    l->now.digest = s->digest;
    l->from = l->now.memory;
    l->to = l->from + rest + s->n;
    l->now.marks.n_lines = l->next_line = 0;
    l->nul = s->nul ? l->from + rest + (s->nul - s->memory - ROOM_BYTES) : NULL;
    return 0;
}

/* Makes the bytes ahead current, and has more of them unpacked. */
static int take_ahead(dw_lines *l, dw_err *err)
{
    size_t rest = (size_t)(l->to - l->from);
    struct ahead *a = &l->ahead[l->next];

    l->next = (l->next + 1) % N_AHEAD;
    dw_crew_wait(l->crew, &a->job);
    if (rest <= ROOM_BYTES)
        exchange(l, &a->step, rest);
    else if (append(l, &a->step, rest, err) < 0)
        return err->code;
    l->scanned = rest;
    if (l->now.end > 0)
        dw_crew_start(l->crew, &a->job);
    return 0;
}

/* The line that begins at `line` holds a NUL. */
static int no_text(dw_lines *l, const char *line, dw_err *err)
{
    if (l->number == 1 && l->to - line >= 4 && memcmp(line, "BCF\2", 4) == 0)
        return l->broken = dw_fail(
                   err, DW_EFORMAT,
                   "%s: is a BCF, which is read from a file and not through a "
                   "pipe: name the file, or pipe what bcftools view makes of "
                   "it",
                   dw_lines_name(l));
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
        return no_text(l, line->s, err);
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
            return no_text(l, l->from,
                           err); /* the line's end need not be looked for */
        }
        if (l->now.end == 0)
            return have ? give(l, l->to, l->to, line, err) : 0;
        if (l->now.end < 0)
            return l->broken =
                       dw_packed_fail(l->unpacker.packed, l->number, err);
        if (take_ahead(l, err) < 0)
            return err->code;
    }
}

/* Finds the next line among the marks, behind those that were taken whole. */
static void find_line(dw_lines *l)
{
    const dw_marks *m = &l->now.marks;

    while (l->next_line < m->n_lines &&
           l->marked + m->field[m->line[l->next_line] - 1] < l->from)
        l->next_line++;
}

/* The fields of the next line by the marks; false when it does not begin and
 * end among the bytes that are marked, or ends in a CR. */
static bool take_marks(dw_lines *l, dw_fields *f)
{
    const dw_marks *m = &l->now.marks;
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
    return dw_packed_name(l->unpacker.packed);
}

const char *dw_lines_packing(const dw_lines *l)
{
    return dw_packed_kind(l->unpacker.packed);
}

size_t dw_lines_number(const dw_lines *l)
{
    return l->number;
}

uint64_t dw_lines_digest(const dw_lines *l)
{
    return l->now.digest;
}

dw_origin dw_lines_origin(const dw_lines *l)
{
    return (dw_origin){dw_lines_name(l), l->number, l->now.digest};
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
