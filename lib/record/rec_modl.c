#include "record/rec_modl.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "record/rec_keys.h"
#include "record/rec_lines.h"
#include "stream/pack.h"

/* ---- to bytes ---- */

static void add_number(dw_buf *b, const char *key, double x)
{
    dw_rec_field(b, key);
    dw_rec_field_f64(b, x);
    dw_rec_line_end(b);
}

static void add_text(dw_buf *b, const char *key, const char *value)
{
    dw_rec_field(b, key);
    dw_rec_field(b, value);
    dw_rec_line_end(b);
}

void dw_modl_pack(const dw_model *model, dw_buf *out)
{
    size_t n = dw_net_n_params(&model->net);
    char spec[DW_NET_SPEC_MAX];
    dw_buf text = {0};

    dw_net_spec(&model->net, spec);
    add_text(&text, "spec", spec);
    add_text(&text, "link", dw_link_name(model->link));
    add_text(&text, "trait", model->trait);
    add_number(&text, "n", model->n);
    add_number(&text, "c", model->c);
    add_number(&text, "s2", model->s2);
    add_number(&text, "tau", model->tau);
    dw_rec_field(&text, "n_params");
    dw_rec_field_u64(&text, n);
    dw_rec_line_end(&text);
    for (size_t i = 0; i < model->n_inputs; i++) {
        const dw_input *in = &model->input[i];

        dw_rec_field(&text, "input");
        dw_rec_field(&text, in->name);
        dw_rec_field(&text, in->missing ? "missing" : "value");
        dw_rec_field_f64(&text, in->mean);
        dw_rec_field_f64(&text, in->sd);
        dw_rec_line_end(&text);
    }
    dw_pack_text(out, text.s, text.n);
    dw_pack_u64(out, n);
    dw_pack_f32s(out, model->param, n);
    dw_buf_clear(&text);
}

/* ---- from bytes ---- */

/* Keys that a model has once, and what is gathered until all are there: a net
 * can be shaped only when its inputs are known. */
enum key { SPEC, LINK, TRAIT, N, C, S2, TAU, N_PARAMS, KEYS };

static const char *const key_name[KEYS] = {
    "spec", "link", "trait", "n", "c", "s2", "tau", "n_params",
};

struct gather {
    dw_model *model;
    char *spec;
    uint64_t n_params;
    size_t cap_inputs;
    unsigned seen; /* bit i: key i was there */
};

static int take_input(struct gather *g, const dw_rec_lines *l, dw_err *err)
{
    dw_model *model = g->model;
    dw_input in = {0};

    if (model->n_inputs == DW_NET_MAX_INPUTS)
        return dw_fail(err, DW_EFORMAT, "more than %d inputs",
                       DW_NET_MAX_INPUTS);
    if (l->n < 3 || (!dw_span_eq(l->field[2], "value") &&
                     !dw_span_eq(l->field[2], "missing")))
        return dw_fail(err, DW_EFORMAT,
                       "line %zu: an input is a \"value\" or \"missing\"",
                       l->number);
    in.missing = dw_span_eq(l->field[2], "missing");
    if (dw_rec_take_f64(l, 3, &in.mean, err) < 0 ||
        dw_rec_take_f64(l, 4, &in.sd, err) < 0)
        return err->code;
    if (!(isfinite(in.mean) && in.sd > 0 && isfinite(1 / in.sd)))
        return dw_fail(err, DW_EFORMAT,
                       "line %zu: no mean and positive standard deviation",
                       l->number);
    if (dw_rec_take_text(l, 1, &in.name, err) < 0)
        return err->code;
    if (dw_try_grow((void **)&model->input, &g->cap_inputs, model->n_inputs + 1,
                    sizeof in) < 0) {
        dw_free(in.name);
        return dw_fail(err, DW_ENOMEM, "no memory for its inputs");
    }
    model->input[model->n_inputs++] = in;
    return 0;
}

/* Above 0 (or from 0 on) and finite. */
static int take_number(const dw_rec_lines *l, double *x, bool zero, dw_err *err)
{
    if (dw_rec_take_f64(l, 1, x, err) < 0)
        return err->code;
    if (!(*x > 0 || (zero && *x == 0)))
        return dw_fail(err, DW_EFORMAT, "line %zu: %g cannot be", l->number,
                       *x);
    return 0;
}

static int take_key(struct gather *g, enum key key, const dw_rec_lines *l,
                    dw_err *err)
{
    dw_model *model = g->model;
    char *name;
    int rc;

    if (g->seen & (1u << key))
        return dw_fail(err, DW_EFORMAT, "line %zu: \"%s\" a second time",
                       l->number, key_name[key]);
    g->seen |= 1u << key;
    switch (key) {
    case SPEC: return dw_rec_take_text(l, 1, &g->spec, err);
    case TRAIT: return dw_rec_take_text(l, 1, &model->trait, err);
    case N: return take_number(l, &model->n, false, err);
    case C: return take_number(l, &model->c, false, err);
    case S2: return take_number(l, &model->s2, true, err);
    case TAU: return take_number(l, &model->tau, true, err);
    case N_PARAMS: return dw_rec_take_u64(l, 1, &g->n_params, err);
    case LINK:
        if (dw_rec_take_text(l, 1, &name, err) < 0)
            return err->code;
        rc = dw_link_find(name, &model->link);
        if (rc < 0)
            rc =
                dw_fail(err, DW_EVERSION, "its link \"%s\" is not known", name);
        dw_free(name);
        return rc;
    case KEYS: break;
    }
    return dw_fail(err, DW_EBUG, "key %d", (int)key);
}

static int take_line(struct gather *g, const dw_rec_lines *l, dw_err *err)
{
    if (l->n && dw_span_eq(l->field[0], "input"))
        return take_input(g, l, err);
    for (int key = 0; key < KEYS; key++) {
        if (l->n && dw_span_eq(l->field[0], key_name[key]))
            return take_key(g, (enum key)key, l, err);
    }
    return dw_rec_unknown_key(l, err);
}

static int take_text(struct gather *g, dw_span text, dw_err *err)
{
    dw_rec_lines l;
    int rc;

    dw_rec_lines_begin(&l, text.s, text.n);
    while ((rc = dw_rec_lines_next(&l, err)) > 0) {
        if ((rc = take_line(g, &l, err)) < 0)
            return rc;
    }
    if (rc < 0)
        return rc;
    for (int key = 0; key < KEYS; key++) {
        if (!(g->seen & (1u << key)))
            return dw_fail(err, DW_EFORMAT, "it does not say its \"%s\"",
                           key_name[key]);
    }
    if (g->model->s2 + g->model->tau == 0)
        return dw_fail(err, DW_EFORMAT, "s2 and tau are both 0");
    return 0;
}

/* Memory is taken only for parameters that are really there. */
static int take_params(struct gather *g, dw_unpack *u, dw_err *err)
{
    dw_model *model = g->model;
    dw_net net;
    uint64_t n;

    if (dw_net_parse(&net, g->spec, model->n_inputs, err) < 0)
        return dw_fail(err, DW_EVERSION,
                       "its network \"%.100s\" is none that this program "
                       "knows: it may need a newer dw",
                       g->spec);
    n = dw_unpack_u64(u);
    if (n != dw_net_n_params(&net) || n != g->n_params ||
        net.p != model->n_inputs)
        return dw_fail(err, DW_EFORMAT,
                       "parameters, inputs and network do not belong together");
    if (!dw_unpack_room(u, n, sizeof *model->param))
        return dw_fail(err, DW_EFORMAT, "its parameters are cut short");
    if (dw_model_shape(model, g->spec, err) < 0)
        return err->code;
    dw_unpack_f32s(u, model->param, (size_t)n);
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(model->param[i]))
            return dw_fail(err, DW_EFORMAT, "a parameter is not finite");
    }
    return dw_rec_check_end("MODL", u, err);
}

int dw_modl_unpack(dw_model *model, unsigned version, const unsigned char *p,
                   size_t n, dw_err *err)
{
    struct gather g = {.model = model};
    dw_unpack u = {p, n, false};
    dw_span text;
    int rc;

    dw_model_clear(model);
    rc = dw_rec_check_version("MODL", version, DW_MODL_VERSION, err);
    if (rc < 0)
        return rc;
    text = dw_unpack_text(&u);
    rc = u.bad ? dw_fail(err, DW_EFORMAT, "its text is cut short")
               : take_text(&g, text, err);
    if (rc == 0)
        rc = take_params(&g, &u, err);
    dw_free(g.spec);
    if (rc < 0)
        dw_model_clear(model);
    return rc;
}

/* ---- whole streams ---- */

int dw_modl_write(dw_sink *sink, const dw_head *head, const dw_model *model,
                  dw_err *err)
{
    dw_buf payload = {0};
    int rc;

    dw_modl_pack(model, &payload);
    rc = dw_sink_begin(sink, head, err);
    if (rc == 0)
        rc = dw_sink_chunk(sink, "MODL", DW_MODL_VERSION,
                           dw_net_n_params(&model->net), &payload, err);
    if (rc == 0)
        rc = dw_sink_end(sink, NULL, "dw-fit", &(dw_tally){0}, err);
    dw_buf_clear(&payload);
    return rc;
}

int dw_modl_take(dw_source *src, dw_model *model, dw_err *err)
{
    const unsigned char *p;
    unsigned version;
    size_t n;

    if (dw_source_payload(src, &p, &n, &version, err) < 0)
        return err->code;
    return dw_modl_unpack(model, version, p, n, err) < 0
               ? dw_source_fail(src, err)
               : 0;
}

int dw_modl_read(const char *path, dw_model *model, dw_err *err)
{
    dw_source *src = dw_source_open(path, err);
    bool found = false;
    dw_chunk chunk;
    int rc = src ? 0 : err->code;

    while (src && (rc = dw_source_next(src, &chunk, err)) > 0) {
        if (strcmp(chunk.type, "MODL") != 0)
            continue;
        rc = found ? dw_fail(err, DW_EFORMAT, "%s holds more than one model",
                             dw_source_name(src))
                   : dw_modl_take(src, model, err);
        if (rc < 0)
            break;
        found = true;
    }
    if (rc == 0 && !found)
        rc = dw_fail(err, DW_EMISMATCH, "%s holds no model; dw-fit makes one",
                     dw_source_name(src));
    dw_source_close(src);
    return rc;
}

int dw_modl_bind(const dw_model *model, const dw_head *head, size_t *column,
                 dw_err *err)
{
    const char **name = dw_alloc(head->p, sizeof *name);
    int rc;

    for (size_t i = 0; i < head->p; i++)
        name[i] = head->annot[i].name;
    rc = dw_model_bind(model, head->p, name, column, err);
    dw_free(name);
    return rc;
}
