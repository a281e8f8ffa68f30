/*
 * rec_source: the reading half of rec_stream.
 */
#include "record/rec_stream.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "record/rec_ldbk.h"
#include "record/rec_tail.h"
#include "record/rec_vars.h"

struct dw_source {
    dw_reader *reader;
    dw_head head;      /* of this run */
    dw_head first;     /* of the first run that all others have to agree with */
    bool have_first;   /* such a run was seen */
    bool agreed;       /* this run was held against it */
    bool open_block;   /* a VARS was seen that its LDBK has yet to follow */
    dw_tally run, all; /* tallies of the last TAIL, and of all */
    uint64_t vars_m;   /* of the last VARS, from its header */
    char vars_contig[DW_CONTIG_MAX]; /* the same, once it was unpacked */
    size_t n_blocks;
    bool again;              /* the current chunk is to be given once more */
    uint64_t n_vars, n_trak; /* chunks of this run */
    bool have_tracks;        /* a TRAK was unpacked */
    dw_tracks tracks;        /* its shape, that of all others */
};

dw_source *dw_source_take_file(FILE *file, const char *name)
{
    dw_source *src = dw_alloc(1, sizeof *src);

    src->reader = dw_reader_take_file(file, name);
    return src;
}

dw_source *dw_source_open(const char *path, dw_err *err)
{
    dw_reader *reader = dw_reader_open(path, err);
    dw_source *src;

    if (!reader)
        return NULL;
    src = dw_alloc(1, sizeof *src);
    src->reader = reader;
    return src;
}

void dw_source_close(dw_source *src)
{
    if (!src)
        return;
    dw_reader_close(src->reader);
    dw_head_clear(&src->head);
    dw_head_clear(&src->first);
    dw_tally_clear(&src->run);
    dw_tally_clear(&src->all);
    dw_tracks_clear(&src->tracks);
    dw_free(src);
}

const char *dw_source_name(const dw_source *src)
{
    return dw_reader_name(src->reader);
}

dw_reader *dw_source_reader(dw_source *src)
{
    return src->reader;
}

const dw_head *dw_source_head(const dw_source *src)
{
    return &src->head;
}

const dw_tally *dw_source_tally(const dw_source *src)
{
    return &src->all;
}

const dw_tally *dw_source_run_tally(const dw_source *src)
{
    return &src->run;
}

int dw_source_fail(const dw_source *src, dw_err *err)
{
    const dw_chunk *chunk = dw_reader_chunk(src->reader);

    if (!chunk)
        return dw_err_prefix(err, "%s", dw_source_name(src));
    return dw_err_prefix(err, "%s: chunk %" PRIu64 " (%s)", dw_source_name(src),
                         dw_reader_run(src->reader)->chunks + 1, chunk->type);
}

int dw_source_payload(dw_source *src, const unsigned char **p, size_t *n,
                      unsigned *version, dw_err *err)
{
    if (dw_reader_payload(src->reader, p, n, err) < 0)
        return err->code;
    *version = dw_reader_chunk(src->reader)->version;
    return 0;
}

static int take_head(dw_source *src, dw_err *err)
{
    const unsigned char *p;
    unsigned version = 0;
    size_t n;

    src->agreed = src->open_block = false;
    src->n_vars = src->n_trak = 0;
    src->vars_m = 0;
    src->vars_contig[0] = 0;
    if (dw_source_payload(src, &p, &n, &version, err) < 0)
        return err->code;
    if (dw_head_unpack(&src->head, version, p, n, err) < 0)
        return dw_source_fail(src, err);
    return 0;
}

static int take_tail(dw_source *src, dw_err *err)
{
    const dw_run *run = dw_reader_run(src->reader);
    const unsigned char *p;
    unsigned version = 0;
    size_t n;

    dw_tally_clear(&src->run);
    if (dw_source_payload(src, &p, &n, &version, err) < 0)
        return err->code;
    if (dw_tail_unpack(run, &src->run, version, p, n, err) < 0)
        return dw_source_fail(src, err);
    for (size_t i = 0; i < src->run.n_items; i++)
        dw_tally_add(&src->all, src->run.item[i].reason, src->run.item[i].n);
    return 0;
}

/* Runs of data have to agree; the first such run says with what. */
static int check_agreement(dw_source *src, dw_err *err)
{
    if (src->agreed)
        return 0;
    src->agreed = true;
    if (!src->have_first) {
        src->have_first = true;
        dw_head_copy(&src->first, &src->head);
        return 0;
    }
    return dw_head_agree(&src->first, &src->head, err);
}

/* Each VARS of a run is followed by one TRAK, or none is. */
static int check_tracks(dw_source *src, const dw_chunk *chunk, dw_err *err)
{
    bool trak = dw_chunk_is(chunk, "TRAK"), vars = dw_chunk_is(chunk, "VARS");

    src->n_trak += trak;
    if (trak && src->n_trak != src->n_vars)
        return dw_fail(err, DW_EFORMAT, "%s",
                       src->n_trak > src->n_vars
                           ? "it has no variants before it"
                           : "variants before it have no tracks");
    if ((vars || dw_chunk_is(chunk, "TAIL")) && src->n_trak &&
        src->n_trak != src->n_vars)
        return dw_fail(err, DW_EFORMAT,
                       "the variants before it have no tracks");
    src->n_vars += vars;
    return 0;
}

/* In a run of blocks VARS and LDBK alternate; else there is no LDBK. */
static int check_order(dw_source *src, const dw_chunk *chunk, dw_err *err)
{
    bool blocks = src->head.panel.name != NULL;
    bool vars = dw_chunk_is(chunk, "VARS"), ldbk = dw_chunk_is(chunk, "LDBK");

    if (src->open_block && (vars || dw_chunk_is(chunk, "TAIL")))
        return dw_fail(err, DW_EFORMAT,
                       "the variants before it have no block factor");
    if (ldbk && !src->open_block)
        return dw_fail(err, DW_EFORMAT, "%s",
                       blocks ? "it has no variants before it"
                              : "its HEAD names no LD panel");
    if (vars) {
        src->vars_m = chunk->records;
        src->vars_contig[0] = 0;
        src->open_block = blocks;
    }
    if (ldbk)
        src->open_block = false;
    return 0;
}

static int check_chunk(dw_source *src, const dw_chunk *chunk, dw_err *err)
{
    static const char *const data[] = {"VARS", "LDBK", "TRAK"};
    static const char *const others[] = {"HEAD", "TAIL", "MODL", "SCOR"};
    bool known = !dw_chunk_is_critical(chunk);

    for (size_t i = 0; i < DW_COUNT(data); i++) {
        if (!dw_chunk_is(chunk, data[i]))
            continue;
        known = true;
        if (check_agreement(src, err) < 0)
            return err->code;
    }
    for (size_t i = 0; i < DW_COUNT(others); i++)
        known = known || dw_chunk_is(chunk, others[i]);
    if (!known)
        return dw_fail(err, DW_EVERSION,
                       "a type that this program does not know: it needs a "
                       "newer dw");
    if (check_tracks(src, chunk, err) < 0)
        return err->code;
    return check_order(src, chunk, err);
}

int dw_source_next(dw_source *src, dw_chunk *chunk, dw_err *err)
{
    int rc;

    if (src->again) {
        src->again = false;
        *chunk = *dw_reader_chunk(src->reader);
        return 1;
    }
    rc = dw_reader_next(src->reader, chunk, err);
    if (rc <= 0)
        return rc;
    if (check_chunk(src, chunk, err) < 0)
        return dw_source_fail(src, err);
    if (dw_chunk_is(chunk, "HEAD") && take_head(src, err) < 0)
        return err->code;
    if (dw_chunk_is(chunk, "TAIL") && take_tail(src, err) < 0)
        return err->code;
    return 1;
}

/* What a VARS has to be beside good variants. */
static int check_variants(dw_source *src, const dw_variants *v, dw_err *err)
{
    if (v->m != src->vars_m)
        return dw_fail(err, DW_EFORMAT,
                       "%zu variants, and its header says %" PRIu64, v->m,
                       src->vars_m);
    if (v->t != src->head.t || v->p != src->head.p)
        return dw_fail(err, DW_EFORMAT,
                       "%zu traits and %zu annotations, and HEAD says %zu and "
                       "%zu",
                       v->t, v->p, src->head.t, src->head.p);
    memcpy(src->vars_contig, v->contig, sizeof v->contig);
    return 0;
}

int dw_source_variants(dw_source *src, dw_variants *v, dw_err *err)
{
    const unsigned char *p;
    unsigned version = 0;
    size_t n;

    if (dw_source_payload(src, &p, &n, &version, err) < 0)
        return err->code;
    if (dw_variants_unpack(v, version, p, n, err) < 0 ||
        check_variants(src, v, err) < 0)
        return dw_source_fail(src, err);
    return 0;
}

static int check_ldblock(dw_source *src, const dw_ldblock *b, dw_err *err)
{
    const char *contig = src->vars_contig;

    if (b->m != src->vars_m || (*contig && strcmp(b->contig, contig) != 0))
        return dw_fail(err, DW_EFORMAT,
                       "%zu variants of contig %s, and before it stand "
                       "%" PRIu64 " of contig %s",
                       b->m, b->contig, src->vars_m, *contig ? contig : "?");
    if (b->k != dw_reader_chunk(src->reader)->records)
        return dw_fail(err, DW_EFORMAT,
                       "rank %zu, and its header says %" PRIu64, b->k,
                       dw_reader_chunk(src->reader)->records);
    return 0;
}

int dw_source_ldblock(dw_source *src, dw_ldblock *b, dw_err *err)
{
    const unsigned char *p;
    unsigned version = 0;
    size_t n;

    if (dw_source_payload(src, &p, &n, &version, err) < 0)
        return err->code;
    if (dw_ldblock_unpack(b, version, p, n, err) < 0 ||
        check_ldblock(src, b, err) < 0)
        return dw_source_fail(src, err);
    return 0;
}

static int check_contig(const dw_source *src, const char *contig, dw_err *err)
{
    /* Known only of variants that were unpacked. */
    if (!src->vars_contig[0] || strcmp(src->vars_contig, contig) == 0)
        return 0;
    return dw_fail(err, DW_EFORMAT,
                   "it is of contig %s, and the variants before it are of %s",
                   contig, src->vars_contig);
}

static int check_shape(dw_source *src, const dw_tracks *t, dw_err *err)
{
    if (src->have_tracks)
        return dw_tracks_agree(&src->tracks, t, err);
    src->have_tracks = true;
    return dw_tracks_copy_shape(&src->tracks, t, err);
}

int dw_source_tracks(dw_source *src, dw_tracks *t, dw_err *err)
{
    const unsigned char *p;
    unsigned version = 0;
    size_t n;

    if (dw_source_payload(src, &p, &n, &version, err) < 0)
        return err->code;
    if (dw_tracks_unpack(t, version, p, n, err) < 0 ||
        check_contig(src, t->contig, err) < 0 || check_shape(src, t, err) < 0)
        return dw_source_fail(src, err);
    return 0;
}

int dw_source_truth(dw_source *src, dw_truth *t, dw_err *err)
{
    const unsigned char *p;
    unsigned version = 0;
    size_t n;

    if (dw_source_payload(src, &p, &n, &version, err) < 0)
        return err->code;
    if (dw_truth_unpack(t, version, p, n, err) < 0 ||
        check_contig(src, t->contig, err) < 0)
        return dw_source_fail(src, err);
    if (t->m == src->vars_m)
        return 0;
    dw_fail(err, DW_EFORMAT, "%zu variants, and %" PRIu64 " before it", t->m,
            src->vars_m);
    return dw_source_fail(src, err);
}

int dw_source_scores(dw_source *src, dw_scores *s, dw_err *err)
{
    const unsigned char *p;
    unsigned version = 0;
    size_t n;

    if (dw_source_payload(src, &p, &n, &version, err) < 0)
        return err->code;
    if (dw_scores_unpack(s, version, p, n, err) < 0)
        return dw_source_fail(src, err);
    return 0;
}

/* The TRAK of a block may stand behind its LDBK.  What stands there instead is
 * a TAIL at the most, which changes no head, and is given again. */
static int take_late_tracks(dw_source *src, dw_block *block, dw_err *err)
{
    dw_chunk chunk;
    int rc;

    if (!block->with_tracks || src->n_trak == src->n_vars)
        return 0;
    rc = dw_source_next(src, &chunk, err);
    if (rc > 0 && dw_chunk_is(&chunk, "TRAK"))
        return dw_source_tracks(src, &block->tracks, err);
    src->again = rc > 0;
    return rc < 0 ? rc : 0;
}

static int complete_block(dw_source *src, dw_block *block, dw_err *err)
{
    if (dw_source_ldblock(src, &block->ld, err) < 0 ||
        take_late_tracks(src, block, err) < 0)
        return err->code;
    block->index = ++src->n_blocks;
    return 1;
}

int dw_source_block(dw_source *src, dw_block *block, dw_err *err)
{
    dw_chunk chunk;
    int rc;

    while ((rc = dw_source_next(src, &chunk, err)) > 0) {
        if (dw_chunk_is(&chunk, "LDBK"))
            return complete_block(src, block, err);
        if (dw_chunk_is(&chunk, "TRAK") && block->with_tracks) {
            rc = dw_source_tracks(src, &block->tracks, err);
        } else if (dw_chunk_is(&chunk, "VARS")) {
            dw_tracks_clear(&block->tracks);
            if (!src->head.panel.name)
                return dw_fail(err, DW_EMISMATCH,
                               "%s holds variants without LD; dw-ldblock "
                               "makes blocks of them",
                               dw_source_name(src));
            rc = dw_source_variants(src, &block->var, err);
        }
        if (rc < 0)
            return rc;
    }
    return rc;
}

void dw_block_clear(dw_block *block)
{
    dw_variants_clear(&block->var);
    dw_ldblock_clear(&block->ld);
    dw_tracks_clear(&block->tracks);
    *block = (dw_block){0};
}
