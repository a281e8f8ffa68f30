/*
 * dw-view: any stream in, text out.  dw-view(1).
 */
#include <stdbool.h>
#include <string.h>

#include "cli/opts.h"
#include "flow/view_flow.h"
#include "linalg/blas.h"

enum { KINDS_MAX = 16 };

/* What was given for each kind, of which one may be. */
struct view_opts {
    bool flag[KINDS_MAX];
    size_t block[KINDS_MAX];
    const char *track[KINDS_MAX];
};

static int choose(const struct view_opts *o, dw_view_of *of, dw_err *err)
{
    size_t n = 0;

    for (size_t i = 0; dw_view_kind_at(i); i++) {
        if (!o->flag[i] && !o->block[i] && !o->track[i])
            continue;
        n++;
        *of = (dw_view_of){dw_view_kind_at(i), o->block[i], o->track[i]};
    }
    return n > 1 ? dw_fail(err, DW_EUSAGE, "one view at a time") : 0;
}

static int run(void *opts, const dw_common *common, dw_err *err)
{
    dw_view_of of = {0};
    dw_source *src;
    dw_outfile *out;
    int rc = choose(opts, &of, err);

    if (rc < 0 || (rc = dw_linalg_begin(err)) < 0)
        return rc;
    src = dw_source_open(common->n_args ? common->arg[0] : NULL, err);
    if (!src)
        return err->code;
    out = dw_outfile_open(common->out, false, err);
    rc = out ? dw_view_stream(&of, out, src, err) : err->code;
    if (rc == 0)
        rc = dw_outfile_close(out, err);
    else
        dw_outfile_abandon(out);
    dw_source_close(src);
    return rc;
}

/* The option of kind i, which sets its place in `o`. */
static dw_opt option_of(const dw_view_kind *kind, size_t i, struct view_opts *o)
{
    dw_opt opt = {.name = kind->name,
                  .type = DW_OPT_FLAG,
                  .value = &o->flag[i],
                  .arg = kind->arg,
                  .help = kind->help};

    if (kind->arg && strcmp(kind->arg, "BLOCK") == 0) {
        opt.type = DW_OPT_SIZE;
        opt.value = &o->block[i];
        opt.lo = 1;
        opt.hi = 1e15;
    } else if (kind->arg) {
        opt.type = DW_OPT_TEXT;
        opt.value = &o->track[i];
    }
    return opt;
}

int main(int argc, char **argv)
{
    struct view_opts o = {0};
    dw_opt opt[KINDS_MAX];
    dw_tool tool = {.name = "dw-view",
                    .summary = "any stream in, text out",
                    .synopsis = "[OPTION]... [STREAM]",
                    .opt = opt,
                    .max_args = 1,
                    .library = {dw_frame_library, dw_linalg_library},
                    .run = run};

    for (size_t i = 0; dw_view_kind_at(i); i++)
        opt[tool.n_opts++] = option_of(dw_view_kind_at(i), i, &o);
    opt[0].group = "Views (none: a summary)";
    return dw_tool_main(&tool, &o, argc, argv);
}
