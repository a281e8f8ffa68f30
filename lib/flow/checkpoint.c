#include "flow/checkpoint.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/ranks.h"
#include "base/stop.h"
#include "record/rec_ckpt.h"
#include "stream/outfile.h"

struct dw_checkpoint {
    const dw_checkpoint_opts *opts;
    dw_keeper keeper;
    const dw_head *head;
    dw_buf *log;
    bool resumed;
    double before, began, last; /* seconds of other times; since when; of the
                                   last write */
    int stop;                   /* the signal, once all ranks know of it */
};

double dw_checkpoint_seconds(const dw_checkpoint *c)
{
    return c->before + dw_clock_now() - c->began;
}

/* The first rank decides for all. */
static bool is_due(void *ctx)
{
    dw_checkpoint *c = ctx;
    int said[2] = {dw_stop_asked(),
                   dw_clock_now() - c->last >= 60 * c->opts->minutes};

    if (!c->head)
        return false;
    dw_ranks_share(0, said, sizeof said);
    c->stop = said[0];
    return said[0] || said[1];
}

static int write_file(dw_checkpoint *c, const dw_snapshot *at,
                      const dw_model *best, dw_err *err)
{
    dw_snapshot whole = *at; /* borrows */

    whole.options = (char *)(c->opts->options ? c->opts->options : "");
    whole.log = c->log->s;
    whole.seconds = dw_checkpoint_seconds(c);
    return dw_ranks_me()
               ? 0
               : dw_ckpt_write(c->opts->path, c->head, &whole, best, err);
}

static int save(void *ctx, const dw_snapshot *at, const dw_model *best,
                dw_err *err)
{
    dw_checkpoint *c = ctx;
    dw_err why = {0};
    int rc = dw_ranks_agree(write_file(c, at, best, &why), &why);

    c->last = dw_clock_now();
    if (c->stop) {
        if (rc < 0)
            return dw_fail(err, rc, "stopped by %s, and %s",
                           dw_stop_name(c->stop), why.msg);
        return dw_fail(err, DW_ESTOPPED,
                       "stopped by %s; the same command with --resume goes on "
                       "from %s",
                       dw_stop_name(c->stop), c->opts->path);
    }
    if (rc < 0) /* a full disk is no reason to lose the fit */
        dw_warn("no checkpoint: %s", why.msg);
    else
        dw_detail("checkpoint %s", c->opts->path);
    return 0;
}

/* The first rank reads, and tells the others.  1 when there is one, 0,
 * negative.
 */
static int read_and_share(const char *path, dw_snapshot *at, dw_err *err)
{
    int rc = dw_ranks_me() ? 0 : dw_ckpt_read(path, at, err);
    int found = rc > 0;
    dw_buf bytes = {0};
    size_t n;

    rc = dw_ranks_agree(rc, err);
    dw_ranks_share(0, &found, sizeof found);
    if (rc < 0 || !found || dw_ranks_n() == 1)
        return rc < 0 ? rc : found;
    if (dw_ranks_me() == 0)
        dw_ckpt_pack(at, &bytes);
    n = bytes.n;
    dw_ranks_share(0, &n, sizeof n);
    dw_buf_reserve(&bytes, n);
    dw_ranks_share(0, bytes.s, n);
    if (dw_ranks_me() > 0)
        rc = dw_ckpt_unpack(at, DW_CKPT_VERSION, (unsigned char *)bytes.s, n,
                            err);
    dw_buf_clear(&bytes);
    return rc < 0 ? rc : 1;
}

static int read_file(dw_checkpoint *c, dw_err *err)
{
    const dw_checkpoint_opts *o = c->opts;
    dw_snapshot *at = &c->keeper.at;
    const char *options = o->options ? o->options : "";
    int rc = read_and_share(o->path, at, err);

    if (rc <= 0)
        return rc;
    if (!o->resume)
        return dw_fail(err, DW_EMISMATCH,
                       "the checkpoint %s is there, of a fit that is not done: "
                       "--resume goes on from it; remove it to begin anew",
                       o->path);
    if (strcmp(at->options, options) != 0)
        return dw_fail(err, DW_EMISMATCH,
                       "the checkpoint %s is of other options: \"%.300s\", not "
                       "\"%.300s\"",
                       o->path, at->options, options);
    c->before = at->seconds;
    c->resumed = true;
    return 1;
}

/* Hours later it would only be a warning. */
static int try_to_write(const char *path, dw_err *err)
{
    dw_outfile *out = dw_ranks_me() ? NULL : dw_outfile_open(path, false, err);
    int rc = out || dw_ranks_me() ? 0 : err->code;

    dw_outfile_abandon(out);
    return dw_ranks_agree(rc, err);
}

dw_checkpoint *dw_checkpoint_begin(const dw_checkpoint_opts *opts, dw_err *err)
{
    dw_checkpoint *c;
    int rc;

    err->code = 0;
    if (!opts->path)
        return NULL;
    c = dw_alloc(1, sizeof *c);
    c->opts = opts;
    c->began = c->last = dw_clock_now();
    c->keeper = (dw_keeper){.ctx = c, .due = is_due, .save = save};
    rc = read_file(c, err);
    if (rc >= 0 && try_to_write(opts->path, err) < 0)
        rc = err->code;
    if (rc < 0) {
        dw_keeper_clear(&c->keeper);
        dw_free(c);
        return NULL;
    }
    if (rc == 0 && opts->resume)
        dw_note("there is no checkpoint %s yet: the fit begins at its start",
                opts->path);
    dw_stop_begin();
    return c;
}

void dw_checkpoint_end(dw_checkpoint *c)
{
    if (!c)
        return;
    dw_stop_end();
    dw_keeper_clear(&c->keeper);
    dw_free(c);
}

dw_keeper *dw_checkpoint_keeper(dw_checkpoint *c)
{
    return c ? &c->keeper : NULL;
}

int dw_checkpoint_data(dw_checkpoint *c, const dw_head *head, uint64_t data,
                       dw_buf *log, dw_err *err)
{
    dw_snapshot *at = &c->keeper.at;

    c->head = head;
    c->log = log;
    if (!c->resumed) {
        at->data = data;
        return 0;
    }
    if (at->data != data)
        return dw_fail(err, DW_EMISMATCH,
                       "the checkpoint %s is of other blocks: it goes on with "
                       "the stream that it was made with",
                       c->opts->path);
    dw_buf_reset(log);
    dw_buf_adds(log, at->log);
    dw_note("going on from %s, after %.0f seconds", c->opts->path, c->before);
    return 0;
}

void dw_checkpoint_remove(const char *path)
{
    if (path && dw_ranks_me() == 0)
        (void)!unlink(path);
}
