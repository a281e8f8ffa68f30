/*
 * dw-view: any stream in, text out.  dw-view(1).
 */
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "cli/opts.h"
#include "flow/ld_text.h"
#include "linalg/blas.h"
#include "record/rec_json.h"
#include "record/rec_stream.h"
#include "record/rec_summary.h"
#include "record/rec_text.h"
#include "stream/outfile.h"
#include "stream/pack.h"

struct view {
    dw_source *src;
    dw_outfile *out;
    const dw_chunk *chunk;
    const char *wanted_type; /* the chunk of a view of lines */
    size_t wanted;           /* the block of --ld */
    size_t block;            /* how many were seen */
    size_t rows;             /* how many things were shown */
    bool whole, truth; /* of the variants at hand: factor and truth are there */
    dw_block data;
    dw_truth true_data;
};

/* ---- one function a view: each is given every chunk ---- */

/* The text of HEAD, TAIL or MODL, as it stands. */
static int view_lines(struct view *v, dw_err *err)
{
    const unsigned char *p;
    unsigned version;
    dw_span text;
    size_t n;

    if (!dw_chunk_is(v->chunk, v->wanted_type))
        return 0;
    if (dw_source_payload(v->src, &p, &n, &version, err) < 0)
        return err->code;
    text = (dw_span){(const char *)p, n};
    if (dw_chunk_is(v->chunk, "MODL")) /* its text is followed by numbers */
        text = dw_unpack_text(&(dw_unpack){.p = p, .n = n});
    dw_outfile_write(v->out, text.s, text.n);
    v->rows++;
    return 0;
}

/* Takes VARS and LDBK in; 1 when a block, or variants of a run without LD, have
 * just become whole. */
static int take_block(struct view *v, dw_err *err)
{
    int rc;

    if (dw_chunk_is(v->chunk, "VARS")) {
        v->truth = false;
        rc = dw_source_variants(v->src, &v->data.var, err);
        v->whole = !dw_source_head(v->src)->panel.name;
    } else if (dw_chunk_is(v->chunk, "LDBK")) {
        rc = dw_source_ldblock(v->src, &v->data.ld, err);
        v->data.index = ++v->block;
        v->whole = true;
    } else {
        return 0;
    }
    return rc < 0 ? rc : v->whole;
}

static const dw_ldblock *factor_of(const struct view *v)
{
    return dw_source_head(v->src)->panel.name ? &v->data.ld : NULL;
}

static int view_variants(struct view *v, dw_err *err)
{
    int rc = take_block(v, err);

    if (rc <= 0)
        return rc;
    if (v->rows++ == 0)
        dw_text_variants_head(v->out, dw_source_head(v->src));
    dw_text_variants(v->out, &v->data.var, factor_of(v), v->data.index);
    return 0;
}

static int view_blocks(struct view *v, dw_err *err)
{
    int rc = take_block(v, err);

    if (rc <= 0 || !factor_of(v))
        return rc < 0 ? rc : 0;
    if (v->rows++ == 0)
        dw_text_block_head(v->out);
    dw_text_block(v->out, &v->data.ld, v->data.index);
    return 0;
}

/* Core variants alone: where blocks overlap, each variant is shown once. */
static int view_truth(struct view *v, dw_err *err)
{
    const dw_ldblock *ld;
    int rc = take_block(v, err);

    if (rc >= 0 && dw_chunk_is(v->chunk, "true")) {
        rc = dw_source_truth(v->src, &v->true_data, err);
        v->truth = true;
    }
    if (rc < 0)
        return rc;
    if (!v->whole || !v->truth)
        return 0;
    v->truth = false;
    if (v->rows++ == 0)
        dw_text_truth_head(v->out);
    ld = factor_of(v);
    dw_text_truth(v->out, &v->data.var, &v->true_data, ld ? ld->core : 0,
                  ld ? ld->core + ld->l : v->data.var.m);
    return 0;
}

static int view_scores(struct view *v, dw_err *err)
{
    dw_scores s = {0};
    int rc = 0;

    if (!dw_chunk_is(v->chunk, "SCOR"))
        return 0;
    rc = dw_source_scores(v->src, &s, err);
    if (rc == 0 && v->rows++ == 0)
        dw_text_scores_head(v->out);
    if (rc == 0)
        dw_text_scores(v->out, &s);
    dw_scores_clear(&s);
    return rc;
}

static int view_ldscores(struct view *v, dw_err *err)
{
    int rc = take_block(v, err);

    if (rc <= 0 || !factor_of(v))
        return rc < 0 ? rc : 0;
    if (v->rows++ == 0)
        dw_ld_text_scores_head(v->out);
    return dw_ld_text_scores(v->out, &v->data.var, &v->data.ld, err);
}

/* Other blocks are not unpacked. */
static int view_ld(struct view *v, dw_err *err)
{
    if (!dw_chunk_is(v->chunk, "LDBK") || ++v->block != v->wanted)
        return 0;
    v->rows++;
    if (dw_source_ldblock(v->src, &v->data.ld, err) < 0)
        return err->code;
    return dw_ld_text_matrix(v->out, &v->data.ld, err);
}

/* ---- the choice ---- */

/* One row a view: its option, what shows it, and what a stream that has nothing
 * to show lacks.  --json and the summary are of the stream as a whole. */
static const struct choice {
    const char *name, *type;
    int (*view)(struct view *, dw_err *);
    const char *lack, *help;
} CHOICES[] = {
    {"head", "HEAD", view_lines, "head",
     "what the stream is about, and its history"},
    {"blocks", NULL, view_blocks, "blocks (dw-ldblock makes them)",
     "one line a block: BLOCK CHR START END M CORE K"},
    {"variants", NULL, view_variants, "variants",
     "one line a variant, with z, N and annotations"},
    {"ldscores", NULL, view_ldscores, "blocks (dw-ldblock makes them)",
     "LD scores of core variants: CHR SNP BP L2"},
    {"model", "MODL", view_lines, "model (dw-fit makes one)",
     "what a model is"},
    {"scores", NULL, view_scores, "scores (dw-score makes them)",
     "one line a variant, with its scores"},
    {"truth", NULL, view_truth, "truth (dw-sim makes it)",
     "one line a variant, with what it was simulated from"},
    {"tail", "TAIL", view_lines, "tail", "counts and tallies"},
    {"json", NULL, NULL, NULL, "heads, chunks and tails, for programs"},
};
static const struct choice LD = {
    "ld", NULL, view_ld, "block of that number",
    "the LD of one block: core variants x all variants"};

enum { N_CHOICES = DW_COUNT(CHOICES) };

struct view_opts {
    bool wanted[N_CHOICES];
    size_t ld; /* 0: not wanted */
};

static int walk(struct view *v, const struct choice *c, dw_err *err)
{
    dw_chunk chunk;
    int rc;

    v->chunk = &chunk;
    v->wanted_type = c->type;
    while ((rc = dw_source_next(v->src, &chunk, err)) > 0) {
        rc = c->view(v, err);
        if (rc < 0)
            break;
        if (dw_outfile_failed(v->out))
            return 0; /* closing it will say why */
    }
    if (rc == 0 && v->rows == 0)
        rc = dw_fail(err, DW_EMISMATCH, "%s holds no %s",
                     dw_source_name(v->src), c->lack);
    return rc;
}

/* *c NULL: the summary. */
static int choose(const struct view_opts *o, const struct choice **c,
                  dw_err *err)
{
    size_t n = o->ld > 0;

    *c = o->ld ? &LD : NULL;
    for (size_t i = 0; i < N_CHOICES; i++) {
        n += o->wanted[i];
        if (o->wanted[i])
            *c = &CHOICES[i];
    }
    return n > 1 ? dw_fail(err, DW_EUSAGE, "one view at a time") : 0;
}

static int run(void *opts, const dw_common *common, dw_err *err)
{
    const struct view_opts *o = opts;
    struct view v = {.wanted = o->ld};
    const struct choice *c;
    int rc = choose(o, &c, err);

    if (rc < 0 || (rc = dw_linalg_begin(err)) < 0)
        return rc;
    v.src = dw_source_open(common->n_args ? common->arg[0] : NULL, err);
    if (!v.src)
        return err->code;
    v.out = dw_outfile_open(common->out, false, err);
    if (!v.out)
        rc = err->code;
    else if (!c)
        rc = dw_summary_stream(v.out, v.src, err);
    else
        rc = c->view ? walk(&v, c, err) : dw_json_stream(v.out, v.src, err);
    if (rc == 0)
        rc = dw_outfile_close(v.out, err);
    else
        dw_outfile_abandon(v.out);
    dw_source_close(v.src);
    dw_block_clear(&v.data);
    dw_truth_clear(&v.true_data);
    return rc;
}

int main(int argc, char **argv)
{
    struct view_opts o = {0};
    dw_opt opt[N_CHOICES + 1] = {{0}};
    const dw_tool tool = {.name = "dw-view",
                          .summary = "any stream in, text out",
                          .synopsis = "[OPTION]... [STREAM]",
                          .opt = opt,
                          .n_opts = DW_COUNT(opt),
                          .max_args = 1,
                          .library = {dw_frame_library, dw_linalg_library},
                          .run = run};

    for (size_t i = 0; i < N_CHOICES; i++)
        opt[i] = (dw_opt){.name = CHOICES[i].name,
                          .type = DW_OPT_FLAG,
                          .value = &o.wanted[i],
                          .help = CHOICES[i].help};
    opt[N_CHOICES] = (dw_opt){.name = LD.name,
                              .type = DW_OPT_SIZE,
                              .value = &o.ld,
                              .arg = "BLOCK",
                              .help = LD.help,
                              .lo = 1,
                              .hi = 1e15};
    opt[0].group = "Views (none: a summary)";
    return dw_tool_main(&tool, &o, argc, argv);
}
