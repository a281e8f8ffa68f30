#include "base/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

/* Back to the beginning of the line, which is then empty. */
#define CLEAR "\r\033[K"

/* The one state of the process. */
static struct {
    const char *prog;
    int level;
    FILE *file;
    size_t progress; /* lines of it that are begun and not ended */
} log_state = {"dw", DW_LOG_NORMAL, NULL, 0};

void dw_log_init(const char *prog, int level)
{
    log_state.prog = prog;
    log_state.level = level;
}

int dw_log_open_file(const char *path, dw_err *err)
{
    log_state.file = fopen(path, "w");
    if (!log_state.file)
        return dw_fail_errno(err, "cannot write the log file %s", path);
    setvbuf(log_state.file, NULL, _IOLBF, BUFSIZ);
    return 0;
}

void dw_log_close(void)
{
    if (log_state.file)
        fclose(log_state.file);
    log_state.file = NULL;
}

const char *dw_log_prog(void)
{
    return log_state.prog;
}

/* One line to the log file always, and to stderr if `loud`, in place of what
 * there is of progress. */
static void say(bool loud, const char *kind, const char *text)
{
    if (log_state.file)
        fprintf(log_state.file, "%s: %s%s\n", log_state.prog, kind, text);
    if (loud)
        fprintf(stderr, "%s%s: %s%s\n", log_state.progress ? CLEAR : "",
                log_state.prog, kind, text);
}

void dw_error(const dw_err *err)
{
    say(true, "", err->msg[0] ? err->msg : dw_err_words(err->code));
}

/* The body that the three differ in by a level and a word. */
#define SAY(least, kind)                             \
    do {                                             \
        char text[DW_ERR_MAX];                       \
        va_list ap;                                  \
        va_start(ap, fmt);                           \
        vsnprintf(text, sizeof text, fmt, ap);       \
        va_end(ap);                                  \
        say(log_state.level >= (least), kind, text); \
    } while (0)

void dw_warn(const char *fmt, ...)
{
    SAY(DW_LOG_NORMAL, "warning: ");
}

void dw_note(const char *fmt, ...)
{
    SAY(DW_LOG_NORMAL, "");
}

void dw_detail(const char *fmt, ...)
{
    SAY(DW_LOG_VERBOSE, "");
}

static struct dw_tally_item *find_reason(const dw_tally *tally,
                                         const char *reason)
{
    for (size_t i = 0; i < tally->n_items; i++) {
        if (strcmp(tally->item[i].reason, reason) == 0)
            return &tally->item[i];
    }
    return NULL;
}

void dw_tally_add(dw_tally *tally, const char *reason, uint64_t n)
{
    struct dw_tally_item *item = find_reason(tally, reason);

    if (!item) {
        tally->item =
            dw_realloc(tally->item, tally->n_items + 1, sizeof *tally->item);
        item = &tally->item[tally->n_items++];
        *item = (struct dw_tally_item){dw_strdup(reason), 0};
    }
    item->n += n;
}

uint64_t dw_tally_get(const dw_tally *tally, const char *reason)
{
    const struct dw_tally_item *item = find_reason(tally, reason);

    return item ? item->n : 0;
}

void dw_tally_note(const dw_tally *tally)
{
    for (size_t i = 0; i < tally->n_items; i++)
        dw_note("  %-20s %10" PRIu64, tally->item[i].reason, tally->item[i].n);
}

void dw_tally_clear(dw_tally *tally)
{
    for (size_t i = 0; i < tally->n_items; i++)
        dw_free(tally->item[i].reason);
    dw_free(tally->item);
    *tally = (dw_tally){0};
}

/* Often enough to be alive, seldom enough to cost nothing. */
static const double SECONDS_BETWEEN = 0.2;

struct dw_progress {
    char *what;
    uint64_t total;
    double began, shown;
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

dw_progress *dw_progress_begin(const char *what, uint64_t total)
{
    dw_progress *p;

    if (log_state.level < DW_LOG_NORMAL || !isatty(STDERR_FILENO))
        return NULL;
    p = dw_alloc(1, sizeof *p);
    p->what = dw_strdup(what);
    p->total = total;
    p->began = now();
    log_state.progress++;
    return p;
}

void dw_progress_at(dw_progress *p, uint64_t done, const char *extra)
{
    double t, left;

    if (!p || (t = now()) - p->shown < SECONDS_BETWEEN)
        return;
    p->shown = t;
    fprintf(stderr, CLEAR "%s: %s %llu", log_state.prog, p->what,
            (unsigned long long)done);
    if (p->total && done) {
        left = (t - p->began) * ((double)p->total / (double)done - 1);
        fprintf(stderr, " of %llu, %.0f s left", (unsigned long long)p->total,
                left > 0 ? left : 0);
    }
    if (extra && *extra)
        fprintf(stderr, ", %s", extra);
    fflush(stderr);
}

void dw_progress_end(dw_progress *p)
{
    if (!p)
        return;
    fputs(CLEAR, stderr);
    fflush(stderr);
    log_state.progress--;
    dw_free(p->what);
    dw_free(p);
}
