#include "flow/panel_source.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"
#include "data/build.h"
#include "record/rec_keys.h"
#include "record/rec_ldbk.h"
#include "record/rec_stream.h"
#include "record/rec_vars.h"

struct panel_source {
    dw_source *src;
    dw_head head; /* of the first run with blocks, all histories joined */
};

/* A block's two payloads, as they were packed. */
struct item {
    struct payload {
        dw_buf bytes;
        unsigned version;
    } vars, ldbk;
    char contig[DW_CONTIG_MAX];
};

/* ---- items ---- */

static void *item_new(void)
{
    return dw_alloc(1, sizeof(struct item));
}

static void item_free(void *p)
{
    struct item *item = p;

    dw_buf_clear(&item->vars.bytes);
    dw_buf_clear(&item->ldbk.bytes);
    dw_free(item);
}

static const char *item_contig(const void *p)
{
    const struct item *item = p;

    return item->contig;
}

/* ---- blocks ---- */

static int keep_payload(dw_source *src, struct payload *to, dw_err *err)
{
    const unsigned char *p;
    size_t n;

    if (dw_source_payload(src, &p, &n, &to->version, err) < 0)
        return err->code;
    dw_buf_reset(&to->bytes);
    dw_buf_add(&to->bytes, p, n);
    return 0;
}

/* What the payload of an LDBK begins with. */
static int peek_contig(dw_source *src, struct item *item, dw_err *err)
{
    dw_unpack u = {.p = (const unsigned char *)item->ldbk.bytes.s,
                   .n = item->ldbk.bytes.n};

    if (dw_rec_take_contig("LDBK", &u, item->contig, err) < 0)
        return dw_source_fail(src, err);
    return 0;
}

static int read_block(void *self, void *p, dw_err *err)
{
    struct panel_source *s = self;
    struct item *item = p;
    dw_chunk chunk;
    int rc;

    while ((rc = dw_source_next(s->src, &chunk, err)) > 0) {
        if (dw_chunk_is(&chunk, "VARS") &&
            (rc = keep_payload(s->src, &item->vars, err)) < 0)
            return rc;
        if (dw_chunk_is(&chunk, "LDBK")) {
            if ((rc = keep_payload(s->src, &item->ldbk, err)) == 0)
                rc = peek_contig(s->src, item, err);
            return rc < 0 ? rc : 1;
        }
    }
    return rc;
}

static int make_block(const void *self, void *p, const dw_factor_cut *cut,
                      dw_variants *v, dw_ldblock *b, dw_tally *tally,
                      dw_err *err)
{
    const struct panel_source *s = self;
    const struct item *item = p;
    int rc = dw_variants_unpack(v, item->vars.version,
                                (const unsigned char *)item->vars.bytes.s,
                                item->vars.bytes.n, err);

    (void)tally;
    (void)cut; /* for what is left of it, when that is known */
    if (rc == 0)
        rc = dw_ldblock_unpack(b, item->ldbk.version,
                               (const unsigned char *)item->ldbk.bytes.s,
                               item->ldbk.bytes.n, err);
    if (rc == 0 && (b->m != v->m || strcmp(b->contig, v->contig) != 0))
        rc = dw_fail(err, DW_EFORMAT,
                     "a block factor of %zu variants of contig %s stands "
                     "behind %zu variants of contig %s",
                     b->m, b->contig, v->m, v->contig);
    if (rc < 0)
        return dw_err_prefix(err, "%s", dw_source_name(s->src));
    v->t = v->p = 0; /* a study that the panel was made with is not asked */
    return 0;
}

static void no_inputs(const void *self,
                      void (*add)(void *ctx, const char *name, uint64_t digest),
                      void *ctx)
{
    /* Its inputs stand in its history. */
    (void)self;
    (void)add;
    (void)ctx;
}

static void panel_close(void *self)
{
    struct panel_source *s = self;

    dw_source_close(s->src);
    dw_head_clear(&s->head);
    dw_free(s);
}

static const dw_ld_source_kind PANEL = {
    .item_new = item_new,
    .item_free = item_free,
    .read = read_block,
    .make = make_block,
    .contig = item_contig,
    .inputs = no_inputs,
    .close = panel_close,
};

/* ---- opening ---- */

int dw_panel_source_is(const char *path, dw_err *err)
{
    static const unsigned char magic[] = {0x5d, 0x2a, 0x4d, 0x18};
    unsigned char first[11] = {0};
    struct stat st;
    FILE *file;
    size_t n;

    if (stat(path, &st) < 0)
        return dw_fail_errno(err, "%s", path);
    if (!S_ISREG(st.st_mode))
        return 0;
    file = fopen(path, "rb");
    if (!file)
        return dw_fail_errno(err, "%s", path);
    n = fread(first, 1, sizeof first, file);
    fclose(file);
    return n == sizeof first && memcmp(first, magic, sizeof magic) == 0 &&
           memcmp(first + 8, "dws", 3) == 0;
}

/* Reads all HEADs and TAILs, passing over what is between. */
static int survey(struct panel_source *s, const char *path, dw_err *err)
{
    dw_source *src = dw_source_open(path, err);
    uint64_t blocks = 0, tables = 0;
    dw_chunk chunk;
    int rc = src ? 0 : err->code;

    while (src && (rc = dw_source_next(src, &chunk, err)) > 0) {
        const dw_head *head = dw_source_head(src);

        blocks += dw_chunk_is(&chunk, "LDBK");
        tables += dw_chunk_is(&chunk, "VARS");
        if (!dw_chunk_is(&chunk, "HEAD") || !head->panel.name)
            continue;
        if (s->head.panel.name)
            dw_head_join_history(&s->head, head);
        else
            dw_head_copy(&s->head, head);
    }
    if (rc == 0 && !blocks && tables)
        rc = dw_fail(err, DW_EMISMATCH,
                     "%s: holds variants without LD; a panel is made by "
                     "dw-ldblock --geno",
                     path);
    else if (rc == 0 && !blocks)
        rc = dw_fail(err, DW_EDEGENERATE, "%s: no block in it", path);
    dw_source_close(src);
    return rc;
}

dw_ld_source *dw_panel_source_open(const char *path, dw_err *err)
{
    struct panel_source *s = dw_alloc(1, sizeof *s);
    const dw_head *head = &s->head;
    dw_ld_source *source;

    if (survey(s, path, err) < 0 || !(s->src = dw_source_open(path, err))) {
        panel_close(s);
        return NULL;
    }
    source = dw_alloc(1, sizeof *source);
    source->kind = &PANEL;
    source->self = s;
    source->name = dw_strdup(head->panel.name);
    source->how = dw_strdup(head->panel.how);
    source->people = head->panel.people;
    if (head->build && strcmp(head->build, ".") != 0)
        source->build = dw_build_name(head->build);
    return source;
}

const dw_head *dw_panel_source_head(const dw_ld_source *s)
{
    const struct panel_source *p = s->self;

    return s->kind == &PANEL ? &p->head : NULL;
}
