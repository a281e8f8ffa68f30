#include "flow/fit_log.h"

#include <stdbool.h>

#include "base/mem.h"
#include "stream/outfile.h"

struct dw_fit_log {
    char *path;
    dw_outfile *out; /* NULL between two replacements of a file */
    bool direct;     /* no file: rows as they come */
    size_t shown;    /* bytes, of those */
};

dw_fit_log *dw_fit_log_open(const char *path, dw_err *err)
{
    dw_outfile *out = dw_outfile_open(path, false, err);
    dw_fit_log *log;

    if (!out)
        return NULL;
    log = dw_alloc(1, sizeof *log);
    log->path = dw_strdup(path);
    log->out = out;
    log->direct = dw_outfile_path(out) == NULL;
    return log;
}

int dw_fit_log_show(dw_fit_log *log, const dw_buf *text, dw_err *err)
{
    dw_outfile *out = log->out;

    if (log->direct) {
        dw_outfile_write(out, text->s + log->shown, text->n - log->shown);
        log->shown = text->n;
        (void)!dw_outfile_path(out); /* which flushes */
        return 0;
    }
    log->out = NULL;
    if (!out && !(out = dw_outfile_open(log->path, false, err)))
        return err->code;
    dw_outfile_write(out, text->s, text->n);
    return dw_outfile_close(out, err);
}

static void log_free(dw_fit_log *log)
{
    dw_free(log->path);
    dw_free(log);
}

int dw_fit_log_close(dw_fit_log *log, dw_err *err)
{
    int rc = 0;

    if (!log)
        return 0;
    if (log->out && log->direct)
        rc = dw_outfile_close(log->out, err);
    else
        dw_outfile_abandon(log->out);
    log_free(log);
    return rc;
}

void dw_fit_log_abandon(dw_fit_log *log)
{
    if (!log)
        return;
    dw_outfile_abandon(log->out);
    log_free(log);
}
