#include "flow/add_trait.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "annot/keyed.h"
#include "base/mem.h"
#include "flow/table_rows.h"
#include "record/rec_stream.h"
#include "stream/outfile.h"

struct dw_new_trait {
    dw_outfile *place; /* of the stream made; never closed, so removed */
    const char *path;  /* lent by it */
    dw_head head;
    dw_tally tally;
};

/* ---- tables of a stream ---- */

/* A stream's VARS, one behind the other. */
struct walk {
    const char *path;
    dw_source *src; /* NULL: not begun */
};

static int rewind_walk(void *self, dw_err *err)
{
    struct walk *w = self;

    dw_source_close(w->src);
    w->src = dw_source_open(w->path, err);
    return w->src ? 0 : err->code;
}

static int next_table(void *self, dw_variants *v, dw_err *err)
{
    struct walk *w = self;
    dw_chunk chunk;
    int rc;

    while ((rc = dw_source_next(w->src, &chunk, err)) > 0) {
        if (!dw_chunk_is(&chunk, "VARS"))
            continue;
        rc = dw_source_variants(w->src, v, err);
        return rc < 0 ? rc : 1;
    }
    return rc;
}

static void close_walk(void *self)
{
    struct walk *w = self;

    dw_source_close(w->src);
    dw_free(w);
}

static void frequency_of(void *self, const dw_variants *v, size_t i,
                         float *value)
{
    (void)self;
    *value = v->eaf[i];
}

static void trait_of(void *self, const dw_variants *v, size_t i, float *value)
{
    (void)self;
    value[DW_NEW_Z] = v->z[i];
    value[DW_NEW_N] = v->n[i];
    value[DW_NEW_EAF] = v->eaf[i];
}

static dw_table_rows *rows_of(const char *path, size_t k,
                              void (*values)(void *, const dw_variants *,
                                             size_t, float *))
{
    struct walk *w = dw_alloc(1, sizeof *w);

    w->path = path;
    return dw_table_rows_new(&(dw_table_source){
        w, path, next_table, rewind_walk, k, values, close_walk});
}

/* ---- the study against the stream ---- */

static int make_place(dw_new_trait *t, dw_err *err)
{
    const char *folder = getenv("TMPDIR");
    dw_buf target = {0};

    dw_buf_addf(&target, "%s/dw-trait-%ld", folder && *folder ? folder : "/tmp",
                (long)getpid());
    t->place = dw_outfile_open(target.s, true, err);
    dw_buf_clear(&target);
    if (!t->place)
        return err->code;
    t->path = dw_outfile_path(t->place);
    return t->path ? 0
                   : dw_fail(err, DW_EIO,
                             "no place for a temporary file "
                             "(TMPDIR says where)");
}

/* The build that the stream states, unless the user does. */
static int stated_build(const char *path, char **build, dw_err *err)
{
    dw_source *src = dw_source_open(path, err);
    dw_chunk chunk;
    int rc = src ? dw_source_next(src, &chunk, err) : err->code;

    *build = NULL;
    if (rc > 0) {
        const char *name = dw_source_head(src)->build;

        if (name && strcmp(name, ".") != 0)
            *build = dw_strdup(name);
    }
    dw_source_close(src);
    return rc < 0 ? rc : 0;
}

static int ingest(dw_new_trait *t, const dw_ingest_plan *plan, const char *path,
                  dw_err *err)
{
    dw_table_rows *rows = rows_of(path, 1, frequency_of);
    dw_ingest_plan against = *plan;
    char *build = NULL;
    int rc = stated_build(path, &build, err);

    against.in.ref = path;
    against.in.ref_rows = dw_table_rows_reader(rows);
    against.in.all = true;
    against.in.annot = NULL;
    against.in.n_annots = 0;
    against.tracks.n = 0;
    if (!against.in.build)
        against.in.build = build;
    if (rc == 0)
        rc = dw_ingest_flow_run(&against, t->path, err);
    dw_table_rows_free(rows);
    dw_free(build);
    return rc;
}

/* What HEAD and TAIL of the stream made say. */
static int read_frame(dw_new_trait *t, dw_err *err)
{
    dw_source *src = dw_source_open(t->path, err);
    dw_chunk chunk;
    int rc = src ? 0 : err->code;

    while (src && (rc = dw_source_next(src, &chunk, err)) > 0) {
        if (dw_chunk_is(&chunk, "HEAD"))
            dw_head_copy(&t->head, dw_source_head(src));
    }
    for (size_t i = 0; rc == 0 && i < dw_source_tally(src)->n_items; i++) {
        const struct dw_tally_item *item = &dw_source_tally(src)->item[i];

        dw_tally_add(&t->tally, item->reason, item->n);
    }
    dw_source_close(src);
    return rc;
}

dw_new_trait *dw_new_trait_make(const dw_ingest_plan *plan, const char *path,
                                dw_err *err)
{
    dw_new_trait *t = dw_alloc(1, sizeof *t);

    if (make_place(t, err) == 0 && ingest(t, plan, path, err) == 0 &&
        read_frame(t, err) == 0)
        return t;
    dw_new_trait_free(t);
    return NULL;
}

void dw_new_trait_free(dw_new_trait *t)
{
    if (!t)
        return;
    dw_outfile_abandon(t->place);
    dw_head_clear(&t->head);
    dw_tally_clear(&t->tally);
    dw_free(t);
}

/* ---- what came of it ---- */

static void close_rows(void *self)
{
    dw_table_rows_free(self);
}

dw_annotator *dw_new_trait_annotator(const dw_new_trait *t)
{
    static const char *const name[DW_NEW_COLUMNS] = {"z", "n", "eaf"};
    dw_table_rows *rows = rows_of(t->path, DW_NEW_COLUMNS, trait_of);
    const dw_keyed_source source = {.reader = *dw_table_rows_reader(rows),
                                    .close = close_rows};
    dw_annotator *a = dw_keyed_annotator(&source, t->path);

    for (size_t i = 0; i < DW_NEW_COLUMNS; i++)
        dw_annotator_name(a, i, name[i], ".");
    return a;
}

const dw_trait *dw_new_trait_what(const dw_new_trait *t)
{
    return &t->head.trait[0];
}

const dw_step *dw_new_trait_step(const dw_new_trait *t)
{
    return &t->head.step[t->head.n_steps - 1];
}

const dw_tally *dw_new_trait_tally(const dw_new_trait *t)
{
    return &t->tally;
}
