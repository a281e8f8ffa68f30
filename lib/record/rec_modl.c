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

/* As version 1 has its only one. */
static void add_only_trait(dw_buf *b, const dw_model_trait *trait)
{
    add_text(b, "trait", trait->name);
    add_number(b, "n", trait->n);
    add_number(b, "c", trait->c);
    add_number(b, "s2", trait->s2);
    add_number(b, "tau", trait->tau);
}

static void add_trait(dw_buf *b, unsigned version, const dw_model_trait *trait)
{
    const double number[] = {trait->n,   trait->c,         trait->s2,
                             trait->tau, trait->spread[0], trait->spread[1]};

    dw_rec_field(b, "trait");
    dw_rec_field(b, trait->name);
    for (size_t i = 0; i < (version < 3 ? 4 : DW_COUNT(number)); i++)
        dw_rec_field_f64(b, number[i]);
    dw_rec_line_end(b);
}

unsigned dw_modl_version(const dw_model *model)
{
    for (size_t i = 0; i < model->n_traits; i++) {
        if (model->trait[i].spread[0] > 0 || model->trait[i].spread[1] > 0)
            return 3;
    }
    return model->n_traits == 1 && model->n_tracks == 0 ? 1 : 2;
}

void dw_modl_pack(const dw_model *model, dw_buf *out)
{
    size_t n = dw_net_n_params(&model->net);
    char spec[DW_NET_SPEC_MAX];
    dw_buf text = {0};

    dw_net_spec(&model->net, spec);
    add_text(&text, "spec", spec);
    add_text(&text, "link", dw_link_name(model->link));
    if (dw_modl_version(model) == 1)
        add_only_trait(&text, &model->trait[0]);
    for (size_t i = 0; dw_modl_version(model) > 1 && i < model->n_traits; i++)
        add_trait(&text, dw_modl_version(model), &model->trait[i]);
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
    for (size_t i = 0; i < model->n_tracks; i++) {
        dw_rec_field(&text, "track");
        dw_rec_field(&text, model->track[i].name);
        dw_rec_field_f64(&text, model->track[i].mean);
        dw_rec_field_f64(&text, model->track[i].sd);
        dw_rec_line_end(&text);
    }
    dw_pack_text(out, text.s, text.n);
    dw_pack_u64(out, n);
    dw_pack_f32s(out, model->param, n);
    dw_buf_clear(&text);
}

/* ---- from bytes ---- */

/* Keys that a model has once; those from TRAIT on in version 1 alone, whose
 * models are of one trait. */
enum key { SPEC, LINK, N_PARAMS, TRAIT, N, C, S2, TAU, KEYS };

static const char *const key_name[KEYS] = {
    "spec", "link", "n_params", "trait", "n", "c", "s2", "tau",
};

/* What is gathered until all is there: a net can be shaped only when its inputs
 * and traits are known. */
struct gather {
    dw_model *model;
    unsigned version;
    enum key n_keys; /* of this version */
    char *spec;
    uint64_t n_params;
    size_t cap_inputs;
    unsigned seen; /* bit i: key i was there */
};

/* Fields i and i + 1. */
static int take_moments(const dw_rec_lines *l, size_t i, double *mean,
                        double *sd, dw_err *err)
{
    if (dw_rec_take_f64(l, i, mean, err) < 0 ||
        dw_rec_take_f64(l, i + 1, sd, err) < 0)
        return err->code;
    if (!(isfinite(*mean) && *sd > 0 && isfinite(1 / *sd)))
        return dw_fail(err, DW_EFORMAT,
                       "line %zu: no mean and positive standard deviation",
                       l->number);
    return 0;
}

static int take_track(struct gather *g, const dw_rec_lines *l, dw_err *err)
{
    double mean, sd;
    char *name;

    if (g->model->n_tracks == DW_NET_MAX_TRACKS)
        return dw_fail(err, DW_EFORMAT, "more than %d tracks",
                       DW_NET_MAX_TRACKS);
    if (take_moments(l, 2, &mean, &sd, err) < 0 ||
        dw_rec_take_text(l, 1, &name, err) < 0)
        return err->code;
    dw_model_add_track(g->model, name, mean, sd);
    dw_free(name);
    return 0;
}

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
    if (take_moments(l, 3, &in.mean, &in.sd, err) < 0 ||
        dw_rec_take_text(l, 1, &in.name, err) < 0)
        return err->code;
    if (dw_try_grow((void **)&model->input, &g->cap_inputs, model->n_inputs + 1,
                    sizeof in) < 0) {
        dw_free(in.name);
        return dw_fail(err, DW_ENOMEM, "no memory for its inputs");
    }
    model->input[model->n_inputs++] = in;
    return 0;
}

/* Field i: above 0 (or from 0 on) and finite. */
static int take_number(const dw_rec_lines *l, size_t i, double *x, bool zero,
                       dw_err *err)
{
    if (dw_rec_take_f64(l, i, x, err) < 0)
        return err->code;
    if (!(*x > 0 || (zero && *x == 0)))
        return dw_fail(err, DW_EFORMAT, "line %zu: %g cannot be", l->number,
                       *x);
    return 0;
}

/* A line of all that is a trait's. */
static int take_trait(struct gather *g, const dw_rec_lines *l, dw_err *err)
{
    dw_model *model = g->model;
    dw_model_trait *trait;
    char *name;

    if (model->n_traits == DW_NET_MAX_HEADS)
        return dw_fail(err, DW_EFORMAT, "more than %d traits",
                       DW_NET_MAX_HEADS);
    if (dw_rec_take_text(l, 1, &name, err) < 0)
        return err->code;
    trait = dw_model_add_trait(model, name);
    dw_free(name);
    if (take_number(l, 2, &trait->n, false, err) < 0 ||
        take_number(l, 3, &trait->c, false, err) < 0 ||
        take_number(l, 4, &trait->s2, true, err) < 0 ||
        take_number(l, 5, &trait->tau, true, err) < 0)
        return err->code;
    for (size_t a = 0; a < 2 && g->version > 2; a++) {
        if (take_number(l, 6 + a, &trait->spread[a], true, err) < 0)
            return err->code;
    }
    return 0;
}

static int take_key(struct gather *g, enum key key, const dw_rec_lines *l,
                    dw_err *err)
{
    dw_model_trait *trait = g->model->trait; /* version 1: the one */
    char *name;
    int rc;

    if (g->seen & (1u << key))
        return dw_fail(err, DW_EFORMAT, "line %zu: \"%s\" a second time",
                       l->number, key_name[key]);
    g->seen |= 1u << key;
    switch (key) {
    case SPEC: return dw_rec_take_text(l, 1, &g->spec, err);
    case TRAIT:
        dw_free(trait->name);
        trait->name = NULL;
        return dw_rec_take_text(l, 1, &trait->name, err);
    case N: return take_number(l, 1, &trait->n, false, err);
    case C: return take_number(l, 1, &trait->c, false, err);
    case S2: return take_number(l, 1, &trait->s2, true, err);
    case TAU: return take_number(l, 1, &trait->tau, true, err);
    case N_PARAMS: return dw_rec_take_u64(l, 1, &g->n_params, err);
    case LINK:
        if (dw_rec_take_text(l, 1, &name, err) < 0)
            return err->code;
        rc = dw_link_find(name, &g->model->link);
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
    if (g->n_keys <= TRAIT && l->n && dw_span_eq(l->field[0], "trait"))
        return take_trait(g, l, err);
    if (g->n_keys <= TRAIT && l->n && dw_span_eq(l->field[0], "track"))
        return take_track(g, l, err);
    for (int key = 0; key < (int)g->n_keys; key++) {
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
    for (int key = 0; key < (int)g->n_keys; key++) {
        if (!(g->seen & (1u << key)))
            return dw_fail(err, DW_EFORMAT, "it does not say its \"%s\"",
                           key_name[key]);
    }
    if (g->model->n_traits == 0)
        return dw_fail(err, DW_EFORMAT, "it does not say its \"trait\"");
    for (size_t i = 0; i < g->model->n_traits; i++) {
        if (g->model->trait[i].s2 + g->model->trait[i].tau == 0)
            return dw_fail(err, DW_EFORMAT, "s2 and tau are both 0");
    }
    return 0;
}

/* Memory is taken only for parameters that are really there. */
static int take_params(struct gather *g, dw_unpack *u, dw_err *err)
{
    dw_model *model = g->model;
    dw_net net;
    uint64_t n;

    if (dw_model_net(model, g->spec, &net, err) < 0)
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
    struct gather g = {.model = model,
                       .version = version,
                       .n_keys = version == 1 ? KEYS : TRAIT};
    dw_unpack u = {p, n, false};
    dw_span text;
    int rc;

    dw_model_clear(model);
    rc = dw_rec_check_version(
        "MODL", version,
        version == 1 || version == 2 ? version : DW_MODL_VERSION, err);
    if (rc < 0)
        return rc;
    if (version == 1)
        dw_model_add_trait(model, "");
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
        rc = dw_sink_chunk(sink, "MODL", dw_modl_version(model),
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
