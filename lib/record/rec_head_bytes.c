/*
 * rec_head_bytes: HEAD to its lines and back.  dw-stream(5), "HEAD".
 */
#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "record/rec_head.h"
#include "record/rec_lines.h"

/* ---- packing ---- */

static void pack_step(const dw_step *s, dw_buf *out)
{
    dw_rec_field(out, "step");
    dw_rec_field_u64(out, s->lineage);
    dw_rec_field(out, s->tool);
    dw_rec_field(out, s->version);
    dw_rec_field(out, s->args);
    dw_rec_line_end(out);
    for (size_t i = 0; i < s->n_inputs; i++) {
        dw_rec_field(out, "input");
        dw_rec_field(out, s->input[i].name);
        dw_rec_field_hex(out, s->input[i].digest);
        dw_rec_line_end(out);
    }
}

size_t dw_head_pack(const dw_head *h, dw_buf *out)
{
    size_t lines = 1 + h->t + h->p + (h->panel.name != NULL) + h->n_steps;

    dw_rec_field(out, "build");
    dw_rec_field(out, h->build ? h->build : ".");
    dw_rec_line_end(out);
    for (size_t i = 0; i < h->t; i++) {
        dw_rec_field(out, "trait");
        dw_rec_field(out, h->trait[i].name);
        dw_rec_field(out, h->trait[i].kind);
        dw_rec_field_f64(out, h->trait[i].n);
        dw_rec_line_end(out);
    }
    for (size_t i = 0; i < h->p; i++) {
        dw_rec_field(out, "annot");
        dw_rec_field(out, h->annot[i].name);
        dw_rec_field(out, h->annot[i].unit);
        if (h->annot[i].missing != DW_MISSING_UNKNOWN)
            dw_rec_field_u64(out, h->annot[i].missing);
        dw_rec_line_end(out);
    }
    if (h->panel.name) {
        dw_rec_field(out, "panel");
        dw_rec_field(out, h->panel.name);
        dw_rec_field_u64(out, h->panel.people);
        dw_rec_field(out, h->panel.how);
        dw_rec_line_end(out);
    }
    for (size_t i = 0; i < h->n_steps; i++) {
        pack_step(&h->step[i], out);
        lines += h->step[i].n_inputs;
    }
    return lines;
}

/* ---- unpacking ---- */

/* What a line is read with: names that were there, and lineages so far. */
struct parser {
    dw_head *head;
    dw_rec_lines lines;
    dw_map *names;
    uint32_t lineages;
};

static int bad_line(const struct parser *p, const char *what, dw_err *err)
{
    return dw_fail(err, DW_EFORMAT, "line %zu: %s", p->lines.number, what);
}

/* The first three fields behind the key, as far as `n` says; freed by drop. */
static int take_texts(const struct parser *p, size_t first, size_t n,
                      char *text[3], dw_err *err)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = dw_rec_take_text(&p->lines, first + i, &text[i], err);
    return rc;
}

static void drop(char *text[3])
{
    for (size_t i = 0; i < 3; i++)
        dw_free(text[i]);
}

/* A name that is not empty and not yet there: `kind` keeps traits and
 * annotations apart. */
static int check_name(struct parser *p, char kind, const char *name,
                      dw_err *err)
{
    dw_buf key = {0};
    uint64_t *place;
    bool fresh = false;

    if (!*name)
        return bad_line(p, "a name is empty", err);
    dw_buf_addc(&key, kind);
    dw_buf_adds(&key, name);
    place = dw_map_put(p->names, key.s, key.n, &fresh);
    dw_buf_clear(&key);
    if (!place)
        return dw_fail(err, DW_ENOMEM, "not enough memory for names");
    return fresh ? 0 : bad_line(p, "a name is there twice", err);
}

static int take_build(struct parser *p, dw_err *err)
{
    char *text[3] = {0};
    int rc = take_texts(p, 1, 1, text, err);

    if (rc == 0 && p->lines.number != 1)
        rc = bad_line(p, "the build is not the first line", err);
    if (rc == 0)
        dw_head_set_build(p->head, text[0]);
    drop(text);
    return rc;
}

static int take_trait(struct parser *p, dw_err *err)
{
    char *text[3] = {0};
    double n = NAN;
    int rc = take_texts(p, 1, 2, text, err);

    if (rc == 0)
        rc = dw_rec_take_f64(&p->lines, 3, &n, err);
    if (rc == 0 && n <= 0)
        rc = bad_line(p, "a trait's N is not positive", err);
    if (rc == 0)
        rc = check_name(p, 't', text[0], err);
    if (rc == 0)
        dw_head_add_trait(p->head, text[0], text[1], n);
    drop(text);
    return rc;
}

static int take_annot(struct parser *p, dw_err *err)
{
    char *text[3] = {0};
    uint64_t missing = DW_MISSING_UNKNOWN;
    int rc = take_texts(p, 1, 2, text, err);

    if (rc == 0 && p->lines.n > 3)
        rc = dw_rec_take_u64(&p->lines, 3, &missing, err);
    if (rc == 0)
        rc = check_name(p, 'a', text[0], err);
    if (rc == 0)
        dw_head_add_annot(p->head, text[0], text[1], missing);
    drop(text);
    return rc;
}

static int take_panel(struct parser *p, dw_err *err)
{
    char *name[3] = {0}, *how[3] = {0};
    uint64_t people = 0;
    int rc = take_texts(p, 1, 1, name, err);

    if (rc == 0)
        rc = dw_rec_take_u64(&p->lines, 2, &people, err);
    if (rc == 0)
        rc = take_texts(p, 3, 1, how, err);
    if (rc == 0 && p->head->panel.name)
        rc = bad_line(p, "a second panel", err);
    if (rc == 0)
        dw_head_set_panel(p->head, name[0], people, how[0]);
    drop(name);
    drop(how);
    return rc;
}

static int take_step(struct parser *p, dw_err *err)
{
    char *text[3] = {0};
    uint64_t lineage;
    int rc = dw_rec_take_u64(&p->lines, 1, &lineage, err);

    if (rc == 0 && (lineage > p->lineages || lineage >= DW_LINEAGES_MAX))
        rc = bad_line(p, "a lineage is not the next one", err);
    if (rc == 0)
        rc = take_texts(p, 2, 3, text, err);
    if (rc == 0) {
        if (lineage == p->lineages)
            p->lineages++;
        dw_head_append_step(p->head, (uint32_t)lineage, text[0], text[1],
                            text[2]);
    }
    drop(text);
    return rc;
}

static int take_input(struct parser *p, dw_err *err)
{
    char *text[3] = {0};
    uint64_t digest = 0;
    int rc = take_texts(p, 1, 1, text, err);

    if (rc == 0)
        rc = dw_rec_take_hex(&p->lines, 2, &digest, err);
    if (rc == 0 && !p->head->n_steps)
        rc = bad_line(p, "an input before any step", err);
    if (rc == 0)
        dw_head_append_input(p->head, text[0], digest);
    drop(text);
    return rc;
}

static int take_line(struct parser *p, dw_err *err)
{
    static const struct {
        const char *key;
        int (*take)(struct parser *, dw_err *);
    } keys[] = {
        {"build", take_build}, {"trait", take_trait}, {"annot", take_annot},
        {"panel", take_panel}, {"step", take_step},   {"input", take_input},
    };

    for (size_t i = 0; i < DW_COUNT(keys); i++) {
        if (dw_span_eq(p->lines.field[0], keys[i].key))
            return keys[i].take(p, err);
    }
    return dw_rec_unknown_key(&p->lines, err);
}

int dw_head_unpack(dw_head *h, unsigned version, const unsigned char *p,
                   size_t n, dw_err *err)
{
    struct parser parser = {.head = h};
    int rc;

    dw_head_clear(h);
    if (version != DW_HEAD_VERSION)
        return dw_fail(err, DW_EVERSION,
                       "HEAD is of version %u, and this program reads %d: it "
                       "needs a newer dw",
                       version, DW_HEAD_VERSION);
    parser.names = dw_map_new();
    dw_rec_lines_begin(&parser.lines, p, n);
    while ((rc = dw_rec_lines_next(&parser.lines, err)) > 0) {
        rc = take_line(&parser, err);
        if (rc < 0)
            break;
    }
    if (rc == 0 && !h->build)
        rc = dw_fail(err, DW_EFORMAT, "no build");
    dw_map_free(parser.names);
    return rc < 0 ? dw_err_prefix(err, "HEAD") : 0;
}
