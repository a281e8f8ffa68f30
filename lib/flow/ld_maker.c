#include "flow/ld_maker.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/text.h"
#include "flow/panel_source.h"
#include "foreign/open_foreign.h"
#include "ld/ld_join.h"

struct ld_maker {
    const dw_panel_blocks_opts *o;
    dw_head head; /* of a panel of this suite: its histories */
    char *name, *how, *build;
    uint64_t n_people;
    struct ld_input {
        char *name;
        uint64_t digest;
    } * input; /* of others' LD */
    size_t n_inputs;
    dw_ld_join *join;
};

/* ---- opening ---- */

static dw_ld_source *open_source(const void *ctx, dw_err *err)
{
    const dw_panel_blocks_opts *o = ctx;
    struct stat st;
    int ours = 0;

    if (stat(o->ld, &st) == 0) {
        if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
            dw_fail(err, DW_EIO,
                    "%s: is not a regular file; LD is read more than once: "
                    "write it to a file",
                    o->ld);
            return NULL;
        }
        ours = dw_panel_source_is(o->ld, err);
    }
    if (ours < 0)
        return NULL;
    if (ours == 0)
        return dw_foreign_open(o->ld, o->ld_snps, err);
    if (!o->ld_snps)
        return dw_panel_source_open(o->ld, err);
    dw_fail(err, DW_EUSAGE,
            "--ld-snps is for a matrix: %s names its variants itself", o->ld);
    return NULL;
}

static void add_input(void *ctx, const char *name, uint64_t digest)
{
    struct ld_maker *m = ctx;

    m->input = dw_realloc(m->input, m->n_inputs + 1, sizeof *m->input);
    m->input[m->n_inputs++] = (struct ld_input){dw_strdup(name), digest};
}

/* What the source says of itself, before it is handed on. */
static void keep_words(struct ld_maker *m, const dw_ld_source *s)
{
    const dw_head *head = dw_panel_source_head(s);

    if (head)
        dw_head_copy(&m->head, head);
    m->name = dw_strdup(s->name);
    m->how = dw_strdup(s->how);
    m->build = s->build ? dw_strdup(s->build) : NULL;
    m->n_people = s->people;
    s->kind->inputs(s->self, add_input, m);
}

static void close_maker(void *self)
{
    struct ld_maker *m = self;

    dw_ld_join_free(m->join);
    for (size_t i = 0; i < m->n_inputs; i++)
        dw_free(m->input[i].name);
    dw_free(m->input);
    dw_head_clear(&m->head);
    dw_free(m->name);
    dw_free(m->how);
    dw_free(m->build);
    dw_free(m);
}

/* ---- HEAD ---- */

static void say_how(const struct ld_maker *m, dw_buf *how)
{
    const dw_panel_blocks_opts *o = m->o;

    dw_buf_adds(how, m->how);
    dw_buf_addf(how, "; joined with min-eigen %g", o->cut.min_eigen);
    if (o->cut.keep_rank < 1)
        dw_buf_addf(how, ", keep-rank %g", o->cut.keep_rank);
    if (o->admit.min_maf > 0)
        dw_buf_addf(how, ", min-maf %g", o->admit.min_maf);
}

static int check_build(const struct ld_maker *m, const dw_head *head,
                       dw_err *err)
{
    const char *build = head->build;

    if (!m->build || !build || strcmp(build, ".") == 0 ||
        strcmp(build, m->build) == 0)
        return 0;
    return dw_fail(err, DW_EMISMATCH,
                   "%s is of genome build %s, and the stream of %s; dw-ingest "
                   "--chain lifts a study over",
                   m->o->ld, m->build, build);
}

static int describe(void *self, dw_head *head, dw_err *err)
{
    struct ld_maker *m = self;
    dw_buf how = {0};

    if (check_build(m, head, err) < 0)
        return err->code;
    if (m->build)
        dw_head_set_build(head, m->build);
    say_how(m, &how);
    dw_head_set_panel(head, m->name, m->n_people, how.s);
    dw_head_join_history(head, &m->head);
    dw_head_add_step(head, "dw-ldblock", m->o->version, m->o->args);
    for (size_t i = 0; i < m->n_inputs; i++)
        dw_head_add_input(head, dw_path_name(m->input[i].name),
                          m->input[i].digest);
    dw_buf_clear(&how);
    return 0;
}

/* ---- variants ---- */

static void begin(void *self, size_t t, size_t p)
{
    struct ld_maker *m = self;

    dw_ld_join_begin(m->join, t, p);
}

static int turn(void *self, const char *contig, dw_err *err)
{
    struct ld_maker *m = self;

    return dw_ld_join_turn(m->join, contig, err);
}

static int take(void *self, const dw_variants *v, size_t row, dw_tally *run,
                dw_err *err)
{
    struct ld_maker *m = self;

    (void)run; /* what became of it is known later: see tell */
    return dw_ld_join_take(m->join, v, row, err);
}

static const char *contig_of(const void *self)
{
    const struct ld_maker *m = self;

    return dw_ld_join_contig(m->join);
}

static uint32_t first_of(const void *self)
{
    const struct ld_maker *m = self;

    return dw_ld_join_first(m->join);
}

static int whole(void *self, uint64_t *n, dw_tally *run, dw_err *err)
{
    struct ld_maker *m = self;
    int rc = dw_ld_join_whole(m->join, err);

    (void)run;
    *n = dw_ld_join_counted(m->join).seen;
    return rc;
}

/* ---- counts ---- */

static void tell(void *self, dw_tally *run)
{
    struct ld_maker *m = self;

    dw_ld_join_tell(m->join, run);
}

static dw_blocks_counts counted(const void *self)
{
    const struct ld_maker *m = self;

    return dw_ld_join_counted(m->join).blocks;
}

static uint64_t people(const void *self)
{
    const struct ld_maker *m = self;

    return m->n_people;
}

static void report(const void *self)
{
    const struct ld_maker *m = self;
    dw_ld_join_counts c = dw_ld_join_counted(m->join);

    if (c.gone)
        dw_note("of %" PRIu64 " core variants that these blocks had, %" PRIu64
                " were taken out",
                c.core, c.gone);
}

dw_block_maker dw_ld_maker_open(const dw_panel_blocks_opts *o,
                                const dw_scope *scope, const dw_blocks_out *out,
                                dw_err *err)
{
    static const dw_block_maker_kind kind = {
        .describe = describe,
        .begin = begin,
        .turn = turn,
        .take = take,
        .contig = contig_of,
        .first = first_of,
        .whole = whole,
        .tell = tell,
        .counted = counted,
        .people = people,
        .report = report,
        .close = close_maker,
    };
    struct ld_maker *m = dw_alloc(1, sizeof *m);
    const dw_ld_join_opts opts = {
        .open = open_source,
        .ctx = o,
        .cut = o->cut,
        .min_maf = o->admit.min_maf,
        .scope = *scope,
        .threads = o->threads,
    };
    dw_ld_source *source = open_source(o, err);

    m->o = o;
    if (!source) {
        close_maker(m);
        return (dw_block_maker){&kind, NULL};
    }
    keep_words(m, source);
    m->join = dw_ld_join_new(&opts, source, out);
    return (dw_block_maker){&kind, m};
}
