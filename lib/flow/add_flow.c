#include "flow/add_flow.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "annot/signal_tracks.h"
#include "annot/sources.h"
#include "base/mem.h"
#include "flow/add_trait.h"
#include "flow/added.h"
#include "flow/ldscore_annot.h"
#include "record/rec_stream.h"
#include "stream/spool.h"

struct job {
    const dw_ingest_plan *plan;
    dw_new_trait *trait; /* NULL: none */
    /* All that is added: annotations, then the trait's columns if there are
     * any, which are none of the stream's annotations. */
    dw_annotators all;
    size_t p; /* annotations of them */
    dw_added *added;
    float *column; /* (m x all.p) of the current VARS */
    size_t cap;
    dw_source *src;
    dw_sink *sink;
    size_t run;    /* the current one, from 0 */
    uint64_t vars; /* variants of all tables */
    dw_variants v, wide;
    dw_signal_tracks *tracks; /* NULL: none */
    dw_tracks table;          /* the tracks of one VARS */
};

/* ---- what is added ---- */

/* The list of --feature has ldscore, which takes the stream itself. */
static int open_features(struct job *j, const char *text, const char *path,
                         dw_err *err)
{
    size_t n = dw_text_split(dw_span_of(text), ',', NULL, 0);
    dw_span *name = dw_alloc(n, sizeof *name);
    int rc = 0;

    dw_text_split(dw_span_of(text), ',', name, n);
    for (size_t i = 0; i < n && rc == 0; i++) {
        char *one = dw_strndup(name[i].s, name[i].n);
        dw_annot_source source = {"feature", one};

        if (strcmp(one, "ldscore") == 0) {
            dw_annotator *a = dw_ldscore_annot_open(path, err);

            rc = a ? dw_annotators_take(&j->all, a, err) : err->code;
        } else {
            rc = dw_annot_source_open(&j->all, &source, NULL, err);
        }
        dw_free(one);
    }
    dw_free(name);
    return rc;
}

static int open_sources(struct job *j, const char *path, dw_err *err)
{
    const dw_ingest_opts *in = &j->plan->in;
    int rc = 0;

    for (size_t i = 0; i < in->n_annots && rc == 0; i++) {
        const dw_annot_source *s = &in->annot[i];

        rc = strcmp(s->option, "feature") == 0
                 ? open_features(j, s->text, path, err)
                 : dw_annot_source_open(&j->all, s, in->ref, err);
    }
    j->p = j->all.p;
    return rc;
}

/* Of what is added nothing may be there already: asked of the first HEAD, with
 * which the others agree, before anything is worked out. */
static int check_names(const struct job *j, const dw_source *src, dw_err *err)
{
    const dw_head *head = dw_source_head(src);
    char *trait = j->plan->in.study ? dw_ingest_plan_trait(j->plan) : NULL;
    int rc = 0;

    for (size_t c = 0; c < j->p && rc == 0; c++) {
        const char *name = dw_annotators_name(&j->all, c);

        if (dw_head_find_annot(head, name) != SIZE_MAX)
            rc = dw_fail(err, DW_EMISMATCH,
                         "%s: has an annotation %s already: give the new one "
                         "another name",
                         dw_source_name(src), name);
    }
    if (rc == 0 && trait && dw_head_find_trait(head, trait) != SIZE_MAX)
        rc = dw_fail(err, DW_EMISMATCH,
                     "%s: has a trait %s already: give the new one another "
                     "name (--trait)",
                     dw_source_name(src), trait);
    dw_free(trait);
    return rc;
}

static int check_stream(const struct job *j, const char *path, dw_err *err)
{
    dw_source *src = dw_source_open(path, err);
    dw_chunk chunk;
    int rc = src ? dw_source_next(src, &chunk, err) : err->code;

    rc = rc > 0 ? check_names(j, src, err) : rc;
    dw_source_close(src);
    return rc;
}

/* The study, which becomes the last columns. */
static int open_trait(struct job *j, const char *path, dw_err *err)
{
    j->trait = dw_new_trait_make(j->plan, path, err);
    if (!j->trait)
        return err->code;
    return dw_annotators_take(&j->all, dw_new_trait_annotator(j->trait), err);
}

/* ---- the second pass ---- */

static void add_input(void *head, const char *name, uint64_t digest)
{
    dw_head_add_input(head, name, digest);
}

static int check_build(const struct job *j, const char *build, dw_err *err)
{
    int rc = dw_annotators_check_build(&j->all, build, err);

    if (rc == 0 && j->tracks)
        rc = dw_signal_tracks_check_build(j->tracks, build, err);
    return rc;
}

/* The head's new annotations, and its new trait. */
static void add_columns(const struct job *j, dw_head *head)
{
    for (size_t c = 0; c < j->p; c++)
        dw_head_add_annot(head, dw_annotators_name(&j->all, c),
                          dw_annotators_unit(&j->all, c),
                          dw_added_missing(j->added, j->run, c));
    if (j->trait) {
        const dw_trait *trait = dw_new_trait_what(j->trait);

        dw_head_add_trait(head, trait->name, trait->kind, trait->n);
    }
}

/* The step, with every file that was read for it. */
static void add_step(const struct job *j, dw_head *head)
{
    dw_head_add_step(head, "dw-ingest", j->plan->version, j->plan->args);
    if (j->trait) {
        const dw_step *step = dw_new_trait_step(j->trait);

        for (size_t i = 0; i < step->n_inputs; i++)
            dw_head_add_input(head, step->input[i].name, step->input[i].digest);
    }
    dw_annotators_inputs(&j->all, add_input, head);
    if (j->tracks)
        dw_signal_tracks_inputs(j->tracks, add_input, head);
}

static int begin_run(struct job *j, dw_err *err)
{
    dw_head head = {0};
    int rc;

    dw_head_copy(&head, dw_source_head(j->src));
    rc = check_build(j, head.build, err);
    if (rc == 0) {
        add_columns(j, &head);
        add_step(j, &head);
        rc = dw_sink_begin(j->sink, &head, err);
    }
    dw_head_clear(&head);
    return rc;
}

/* ---- tables ---- */

/* The trait's z and N; and its frequencies, where there was none. */
static void take_trait(struct job *j)
{
    const dw_variants *v = &j->v;
    const float *column = j->column + j->p * v->m;
    float *z = j->wide.z + v->t * v->m, *n = j->wide.n + v->t * v->m;

    memcpy(z, column + DW_NEW_Z * v->m, v->m * sizeof *z);
    memcpy(n, column + DW_NEW_N * v->m, v->m * sizeof *n);
    for (size_t i = 0; i < v->m; i++) {
        if (isnan(j->wide.eaf[i]))
            j->wide.eaf[i] = column[DW_NEW_EAF * v->m + i];
    }
}

static int widen(struct job *j, dw_err *err)
{
    const dw_variants *v = &j->v;
    void *column = j->column;

    if (dw_added_widen(&j->wide, v, j->trait != NULL, j->p, err) < 0)
        return err->code;
    if (dw_try_grow(&column, &j->cap, v->m * j->all.p, sizeof *j->column) < 0)
        return dw_fail(err, DW_ENOMEM, "no memory for %zu variants", v->m);
    j->column = column;
    if (dw_added_next(j->added, v->m, j->column, err) < 0)
        return err->code;
    if (j->p)
        memcpy(j->wide.annot + v->m * v->p, j->column,
               v->m * j->p * sizeof *j->column);
    if (j->trait)
        take_trait(j);
    return 0;
}

static int put_variants(struct job *j, dw_err *err)
{
    const dw_variants *v = &j->v;

    if (dw_source_variants(j->src, &j->v, err) < 0 || widen(j, err) < 0)
        return err->code;
    j->vars += v->m;
    if (dw_sink_variants(j->sink, &j->wide, err) < 0)
        return err->code;
    if (!j->tracks)
        return 0;
    if (dw_signal_tracks_fill(j->tracks, v, &j->table, err) < 0)
        return err->code;
    return dw_sink_tracks(j->sink, &j->table, err);
}

/* What was counted of the study stands in the first TAIL. */
static int end_run(struct job *j, dw_err *err)
{
    const dw_tally *of = j->trait ? dw_new_trait_tally(j->trait) : NULL;
    dw_tally own = {0};
    dw_buf tool = {0};
    int rc;

    dw_buf_adds(&tool, "dw-ingest");
    if (of && j->run == 0) {
        dw_buf_addf(&tool, ":%s", dw_new_trait_what(j->trait)->name);
        for (size_t i = 0; i < of->n_items; i++) {
            const char *slash = strchr(of->item[i].reason, '/');

            dw_tally_add(&own, slash ? slash + 1 : of->item[i].reason,
                         of->item[i].n);
        }
    }
    rc = dw_sink_end(j->sink, j->src, tool.s, &own, err);
    j->run++;
    dw_tally_clear(&own);
    dw_buf_clear(&tool);
    return rc;
}

static int put_chunk(struct job *j, const dw_chunk *chunk, dw_err *err)
{
    if (dw_chunk_is(chunk, "HEAD"))
        return begin_run(j, err);
    if (dw_chunk_is(chunk, "VARS"))
        return put_variants(j, err);
    if (dw_chunk_is(chunk, "TAIL"))
        return end_run(j, err);
    if (j->tracks && dw_chunk_is(chunk, "TRAK"))
        return dw_fail(err, DW_EMISMATCH, "%s: has tracks already",
                       dw_source_name(j->src));
    return dw_sink_pass(j->sink, j->src, err);
}

static int second_pass(struct job *j, const char *path, dw_err *err)
{
    dw_chunk chunk;
    int rc = 0;

    j->src = dw_source_open(path, err);
    if (!j->src)
        return err->code;
    while (rc == 0 && (rc = dw_source_next(j->src, &chunk, err)) > 0)
        rc = put_chunk(j, &chunk, err);
    return rc;
}

static void tell(const struct job *j)
{
    for (size_t c = 0; c < j->p; c++) {
        uint64_t n = 0;

        for (size_t r = 0; r < j->run; r++)
            n += dw_added_missing(j->added, r, c);
        dw_note("annotation %s added: NA for %" PRIu64 " of %" PRIu64
                " variants",
                dw_annotators_name(&j->all, c), n, j->vars);
    }
    if (j->tracks)
        dw_signal_tracks_tell(j->tracks);
}

static int add(const dw_ingest_plan *plan, const char *path, dw_sink *sink,
               dw_err *err)
{
    struct job j = {.plan = plan, .sink = sink};
    int rc = open_sources(&j, path, err);

    if (rc == 0)
        rc = check_stream(&j, path, err);
    if (rc == 0 && plan->in.study)
        rc = open_trait(&j, path, err);
    if (rc == 0 && plan->tracks.n) {
        j.tracks = dw_signal_tracks_open(&plan->tracks, err);
        rc = j.tracks ? 0 : err->code;
    }
    if (rc == 0) {
        j.added = dw_added_make(path, &j.all, err);
        rc = j.added ? second_pass(&j, path, err) : err->code;
    }
    if (rc == 0)
        tell(&j);
    dw_signal_tracks_close(j.tracks);
    dw_tracks_clear(&j.table);
    dw_source_close(j.src);
    dw_added_free(j.added);
    dw_annotators_clear(&j.all);
    dw_new_trait_free(j.trait);
    dw_free(j.column);
    dw_variants_clear(&j.v);
    dw_variants_clear(&j.wide);
    return rc;
}

int dw_add_flow_run(const dw_ingest_plan *plan, const char *stream,
                    const char *out, dw_err *err)
{
    dw_spool *in = dw_spool_open(stream, err);
    dw_sink *sink = in ? dw_sink_open(out, err) : NULL;
    int rc = sink ? add(plan, dw_spool_path(in), sink, err) : err->code;

    if (rc == 0)
        rc = dw_sink_close(sink, err);
    else
        dw_sink_abandon(sink);
    dw_spool_close(in);
    return rc;
}
