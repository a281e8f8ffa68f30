#include "flow/fit_out.h"

#include <string.h>

#include "base/log.h"
#include "base/ranks.h"
#include "fit/fit_text.h"
#include "record/rec_modl.h"

int dw_fit_out_open(dw_fit_out *out, const char *model, const char *log,
                    const char *coefficients, dw_err *err)
{
    if (dw_ranks_me() > 0)
        return 0;
    if (!(out->model = dw_sink_open(model, err)) ||
        (log && !(out->log = dw_fit_log_open(log, err))))
        return err->code;
    if (coefficients &&
        !(out->coefficients = dw_outfile_open(coefficients, false, err)))
        return err->code;
    return 0;
}

void dw_fit_out_abandon(dw_fit_out *out)
{
    dw_sink_abandon(out->model);
    dw_fit_log_abandon(out->log);
    dw_outfile_abandon(out->coefficients);
    *out = (dw_fit_out){0};
}

static int write_model(dw_fit_out *out, const dw_fit_result *r,
                       const char *pass, dw_err *err)
{
    dw_sink *sink = out->model;
    dw_source *src = NULL;
    dw_chunk chunk;
    int rc = dw_modl_write(sink, &r->head, &r->model, err);

    if (rc == 0 && pass) {
        src = dw_source_open(pass, err);
        rc = src ? 0 : err->code;
        while (rc == 0 && (rc = dw_source_next(src, &chunk, err)) > 0)
            rc = dw_sink_pass(sink, src, err);
    }
    dw_source_close(src);
    if (rc == 0) {
        out->model = NULL;
        rc = dw_sink_close(sink, err);
    }
    return rc;
}

static int write_coefficients(dw_fit_out *out, const dw_fit_result *r,
                              dw_err *err)
{
    dw_outfile *file = out->coefficients;
    dw_buf text = {0};

    if (!file)
        return 0;
    out->coefficients = NULL;
    dw_fit_coefficients(&r->report, &r->model, &text);
    dw_outfile_write(file, text.s, text.n);
    dw_buf_clear(&text);
    return dw_outfile_close(file, err);
}

static void tell(const dw_fit_result *r)
{
    dw_buf text = {0};

    dw_fit_summary(&r->report, &r->model, &text);
    for (char *line = strtok(text.s, "\n"); line; line = strtok(NULL, "\n"))
        dw_note("%s", line);
    dw_buf_clear(&text);
}

int dw_fit_out_write(dw_fit_out *out, dw_fit_result *r, const char *version,
                     const char *args, const char *pass, dw_err *err)
{
    dw_fit_log *log = out->log;

    if (dw_ranks_me() > 0)
        return 0;
    dw_head_add_step(&r->head, "dw-fit", version, args);
    if (write_model(out, r, pass, err) < 0)
        return err->code;
    out->log = NULL;
    if (dw_fit_log_close(log, err) < 0 || write_coefficients(out, r, err) < 0)
        return err->code;
    tell(r);
    return 0;
}
