#include "record/rec_ckpt.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "record/rec_keys.h"
#include "record/rec_lines.h"
#include "record/rec_modl.h"
#include "record/rec_stream.h"
#include "stream/pack.h"

static const char *const count_key[DW_AT_COUNTS] = {
    "epoch",         "step",   "steps",        "best_epoch",
    "highest_epoch", "faults", "lowered_epoch"};
static const char *const number_key[DW_AT_NUMBERS] = {
    "best", "highest", "factor", "sum_value", "sum_h2", "lr", "sum_norm"};

/* ---- to bytes ---- */

static void add_u64(dw_buf *b, const char *key, uint64_t x)
{
    dw_rec_field(b, key);
    dw_rec_field_u64(b, x);
    dw_rec_line_end(b);
}

static void add_f64(dw_buf *b, const char *key, double x)
{
    dw_rec_field(b, key);
    dw_rec_field_f64(b, x);
    dw_rec_line_end(b);
}

static void add_text(dw_buf *b, const dw_snapshot *s)
{
    dw_rec_field(b, "options");
    dw_rec_field(b, s->options ? s->options : "");
    dw_rec_line_end(b);
    dw_rec_field(b, "data");
    dw_rec_field_hex(b, s->data);
    dw_rec_line_end(b);
    add_f64(b, "seconds", s->seconds);
    add_u64(b, "n_journal", s->n_journal);
    add_u64(b, "n_params", s->n_params);
    add_u64(b, "n_traits", s->n_traits);
    for (size_t i = 0; s->n_params && i < DW_AT_COUNTS; i++)
        add_u64(b, count_key[i], s->count[i]);
    for (size_t i = 0; s->n_params && i < DW_AT_NUMBERS; i++)
        add_f64(b, number_key[i], s->number[i]);
}

void dw_ckpt_pack(const dw_snapshot *s, dw_buf *out)
{
    const char *log = s->log ? s->log : "";
    size_t n = s->n_params, t = s->n_traits;
    dw_buf text = {0};

    add_text(&text, s);
    dw_pack_text(out, text.s, text.n);
    dw_pack_text(out, log, strlen(log));
    dw_pack_f64s(out, s->journal, s->n_journal);
    if (n) {
        dw_pack_f64s(out, s->noise, 2 * t);
        dw_pack_f64s(out, s->best_noise, 2 * t);
        dw_pack_f64s(out, s->noise_moment, 4 * t + 2);
        dw_pack_f32s(out, s->param, n);
        dw_pack_f32s(out, s->best, n);
        dw_pack_f64s(out, s->moment, 2 * n + 2);
    }
    dw_buf_clear(&text);
}

/* ---- from bytes ---- */

/* Sizes that the text states. */
struct sizes {
    uint64_t n_journal, n_params, n_traits;
};

static int take_line(dw_snapshot *s, struct sizes *z, const dw_rec_lines *l,
                     dw_err *err)
{
    const struct {
        const char *key;
        uint64_t *to;
    } size[] = {{"n_journal", &z->n_journal},
                {"n_params", &z->n_params},
                {"n_traits", &z->n_traits}};
    dw_span key = l->n ? l->field[0] : (dw_span){"", 0};

    if (dw_span_eq(key, "options")) {
        dw_free(s->options);
        s->options = NULL;
        return dw_rec_take_text(l, 1, &s->options, err);
    }
    if (dw_span_eq(key, "data"))
        return dw_rec_take_hex(l, 1, &s->data, err);
    if (dw_span_eq(key, "seconds"))
        return dw_rec_take_f64(l, 1, &s->seconds, err);
    for (size_t i = 0; i < DW_COUNT(size); i++) {
        if (dw_span_eq(key, size[i].key))
            return dw_rec_take_u64(l, 1, size[i].to, err);
    }
    for (size_t i = 0; i < DW_AT_COUNTS; i++) {
        if (dw_span_eq(key, count_key[i]))
            return dw_rec_take_u64(l, 1, &s->count[i], err);
    }
    for (size_t i = 0; i < DW_AT_NUMBERS; i++) {
        if (dw_span_eq(key, number_key[i]))
            return dw_rec_take_f64(l, 1, &s->number[i], err);
    }
    return dw_rec_unknown_key(l, err);
}

static int take_text(dw_snapshot *s, struct sizes *z, dw_span text, dw_err *err)
{
    dw_rec_lines l;
    int rc;

    dw_rec_lines_begin(&l, text.s, text.n);
    while ((rc = dw_rec_lines_next(&l, err)) > 0) {
        if ((rc = take_line(s, z, &l, err)) < 0)
            return rc;
    }
    if (rc < 0)
        return rc;
    if (!s->options || isnan(s->seconds))
        return dw_fail(err, DW_EFORMAT,
                       "ckpt: it does not say its options, or its seconds");
    return 0;
}

static bool all_finite(const double *x, size_t n)
{
    double check = 0;

    for (size_t i = 0; i < n; i++)
        check += x[i] - x[i];
    return check == 0;
}

static bool all_finite_real(const dw_real *x, size_t n)
{
    dw_real check = 0;

    for (size_t i = 0; i < n; i++)
        check += x[i] - x[i];
    return check == 0;
}

static int take_training(dw_snapshot *s, const struct sizes *z, dw_unpack *u,
                         dw_err *err)
{
    size_t n = (size_t)z->n_params, t = (size_t)z->n_traits;

    if (t == 0 || t > DW_NET_MAX_HEADS || n > SIZE_MAX / 64 ||
        !dw_unpack_room(u, n, 24))
        return dw_rec_no_room("ckpt", err);
    if (dw_snapshot_shape(s, n, t, err) < 0)
        return err->code;
    dw_unpack_f64s(u, s->noise, 2 * t);
    dw_unpack_f64s(u, s->best_noise, 2 * t);
    dw_unpack_f64s(u, s->noise_moment, 4 * t + 2);
    dw_unpack_f32s(u, s->param, n);
    dw_unpack_f32s(u, s->best, n);
    dw_unpack_f64s(u, s->moment, 2 * n + 2);
    if (!all_finite(s->noise, 2 * t) || !all_finite(s->best_noise, 2 * t) ||
        !all_finite(s->noise_moment, 4 * t + 2) ||
        !all_finite_real(s->param, n) || !all_finite_real(s->best, n) ||
        !all_finite(s->moment, 2 * n + 2))
        return dw_fail(err, DW_EFORMAT, "ckpt: a number is not finite");
    return 0;
}

static int take_all(dw_snapshot *s, dw_unpack *u, dw_err *err)
{
    struct sizes z = {0};
    dw_span text = dw_unpack_text(u), log = dw_unpack_text(u);
    int rc;

    if (u->bad)
        return dw_rec_no_room("ckpt", err);
    if ((rc = take_text(s, &z, text, err)) < 0)
        return rc;
    if (memchr(log.n ? log.s : "", 0, log.n))
        return dw_fail(err, DW_EFORMAT, "ckpt: a NUL in its log");
    s->log = dw_strndup(log.n ? log.s : "", log.n);
    if (!dw_unpack_room(u, z.n_journal, sizeof(double)))
        return dw_rec_no_room("ckpt", err);
    if (dw_try_grow((void **)&s->journal, &s->cap_journal, (size_t)z.n_journal,
                    sizeof(double)) < 0)
        return dw_fail(err, DW_ENOMEM, "no memory for a checkpoint");
    s->n_journal = (size_t)z.n_journal;
    dw_unpack_f64s(u, s->journal, s->n_journal);
    if (!all_finite(s->journal, s->n_journal))
        return dw_fail(err, DW_EFORMAT, "ckpt: a number is not finite");
    if (z.n_params && (rc = take_training(s, &z, u, err)) < 0)
        return rc;
    return dw_rec_check_end("ckpt", u, err);
}

int dw_ckpt_unpack(dw_snapshot *s, unsigned version, const unsigned char *p,
                   size_t n, dw_err *err)
{
    dw_unpack u = {p, n, false};
    int rc;

    dw_snapshot_clear(s);
    rc = dw_rec_check_version("ckpt", version, DW_CKPT_VERSION, err);
    if (rc == 0)
        rc = take_all(s, &u, err);
    if (rc < 0)
        dw_snapshot_clear(s);
    return rc;
}

/* ---- whole files ---- */

int dw_ckpt_write(const char *path, const dw_head *head, const dw_snapshot *s,
                  const dw_model *best, dw_err *err)
{
    dw_sink *sink = dw_sink_open(path, err);
    dw_buf payload = {0};
    int rc = sink ? dw_sink_begin(sink, head, err) : err->code;

    if (rc == 0 && best) {
        dw_modl_pack(best, &payload);
        rc = dw_sink_chunk(sink, "MODL", dw_modl_version(best),
                           dw_net_n_params(&best->net), &payload, err);
    }
    dw_buf_reset(&payload);
    dw_ckpt_pack(s, &payload);
    if (rc == 0)
        rc = dw_sink_chunk(sink, "ckpt", DW_CKPT_VERSION, s->n_params, &payload,
                           err);
    if (rc == 0)
        rc = dw_sink_end(sink, NULL, "dw-fit", &(dw_tally){0}, err);
    if (rc == 0) {
        rc = dw_sink_close(sink, err);
        sink = NULL;
    }
    dw_sink_abandon(sink);
    dw_buf_clear(&payload);
    return rc;
}

static int take_chunk(dw_source *src, dw_snapshot *s, dw_err *err)
{
    const unsigned char *p;
    unsigned version;
    size_t n;

    if (dw_source_payload(src, &p, &n, &version, err) < 0)
        return err->code;
    return dw_ckpt_unpack(s, version, p, n, err) < 0 ? dw_source_fail(src, err)
                                                     : 1;
}

int dw_ckpt_read(const char *path, dw_snapshot *s, dw_err *err)
{
    dw_source *src;
    bool found = false;
    dw_chunk chunk;
    int rc;

    if (access(path, F_OK) != 0 && errno == ENOENT)
        return 0;
    if (!(src = dw_source_open(path, err)))
        return err->code;
    while ((rc = dw_source_next(src, &chunk, err)) > 0) {
        if (!dw_chunk_is(&chunk, "ckpt"))
            continue;
        if ((rc = take_chunk(src, s, err)) < 0)
            break;
        found = true;
    }
    if (rc == 0 && !found)
        rc =
            dw_fail(err, DW_EMISMATCH,
                    "%s is no checkpoint; dw-fit --checkpoint makes one", path);
    dw_source_close(src);
    return rc < 0 ? rc : 1;
}
