/*
 * net_spec: networks by name, the part of nn/net that reads and writes text.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "nn/net.h"

enum {
    MLP = 1 << DW_NET_MLP,
    CONV = 1 << DW_NET_CONV,
    TRANSFORMER = 1 << DW_NET_TRANSFORMER,
    WINDOWED = CONV | TRANSFORMER,
};

static const char *const kind_name[] = {"const", "linear", "mlp", "conv",
                                        "transformer"};
static const char *const act_name[] = {"gelu", "relu"};

/* NAME=NUMBER. */
static const struct field {
    const char *name;
    unsigned kinds;
    size_t offset, min, max;
    bool odd;
} fields[] = {
    {"dim", WINDOWED, offsetof(dw_net, dim), 2, DW_NET_MAX_WIDTH, false},
    {"down", WINDOWED, offsetof(dw_net, down), 0, 12, false},
    {"stem", WINDOWED, offsetof(dw_net, stem), 1, 63, true},
    {"kernel", WINDOWED, offsetof(dw_net, kernel), 1, 63, true},
    {"depth", TRANSFORMER, offsetof(dw_net, depth), 1, 64, false},
    {"heads", TRANSFORMER, offsetof(dw_net, attention), 1, 64, false},
    {"top", WINDOWED, offsetof(dw_net, top), 1, 2 * DW_NET_MAX_WIDTH, false},
    {"window", WINDOWED, offsetof(dw_net, window), 1, DW_NET_MAX_WINDOW, false},
    {"bin", WINDOWED, offsetof(dw_net, bin), 1, DW_NET_MAX_WINDOW, false},
};

static size_t *field_of(dw_net *net, const struct field *f)
{
    return (size_t *)(void *)((char *)net + f->offset);
}

/* ---- from text ---- */

struct reading {
    dw_net *net;
    const char *spec;
    dw_err *err;
};

/* What there is, where something else was asked for. */
static int unknown(const struct reading *r, dw_span item)
{
    unsigned kind = 1u << r->net->kind;
    char list[160] = "";
    size_t n = 0;

    for (size_t i = 0; i < DW_COUNT(fields); i++) {
        if (fields[i].kinds & kind)
            n += (size_t)snprintf(list + n, sizeof list - n, "%s=, ",
                                  fields[i].name);
    }
    return dw_fail(r->err, DW_EUSAGE,
                   "\"%s\": \"%.*s\" is nothing that %s takes; %s%sact=gelu|"
                   "relu and dropout=X are",
                   r->spec, (int)item.n, item.s, kind_name[r->net->kind],
                   kind == MLP ? "widths of layers from 1 to 4096, norm, res, "
                               : "",
                   list);
}

static int take_width(const struct reading *r, dw_span item)
{
    dw_net *net = r->net;
    int64_t width;

    if (dw_text_int64(item, &width) < 0 || width < 1 ||
        width > DW_NET_MAX_WIDTH)
        return dw_fail(r->err, DW_EUSAGE,
                       "\"%s\": \"%.*s\" is no width of a hidden layer; a "
                       "whole number from 1 to %d is",
                       r->spec, (int)item.n, item.s, DW_NET_MAX_WIDTH);
    if (net->n_hidden == DW_NET_MAX_HIDDEN)
        return dw_fail(r->err, DW_EUSAGE,
                       "\"%s\" has more hidden layers than are possible, which "
                       "are %d",
                       r->spec, DW_NET_MAX_HIDDEN);
    net->hidden[net->n_hidden++] = (size_t)width;
    return 0;
}

static int take_number(const struct reading *r, const struct field *f,
                       dw_span value)
{
    int64_t x;

    if (dw_text_int64(value, &x) < 0 || x < (int64_t)f->min ||
        x > (int64_t)f->max || (f->odd && x % 2 == 0))
        return dw_fail(r->err, DW_EUSAGE,
                       "\"%s\": %s=%.*s cannot be; %s whole number from %zu "
                       "to %zu can",
                       r->spec, f->name, (int)value.n, value.s,
                       f->odd ? "an odd" : "a", f->min, f->max);
    *field_of(r->net, f) = (size_t)x;
    return 0;
}

static int take_act(const struct reading *r, dw_span value)
{
    for (size_t i = 0; i < DW_COUNT(act_name); i++) {
        if (dw_span_eq(value, act_name[i])) {
            r->net->act = (enum dw_net_act)i;
            return 0;
        }
    }
    return dw_fail(r->err, DW_EUSAGE, "\"%s\": act=%.*s: gelu or relu can be",
                   r->spec, (int)value.n, value.s);
}

static int take_dropout(const struct reading *r, dw_span value)
{
    double x;

    if (dw_text_double(value, &x) < 0 || !(x >= 0 && x <= 0.95))
        return dw_fail(r->err, DW_EUSAGE,
                       "\"%s\": dropout=%.*s cannot be; a number from 0 to "
                       "0.95 can",
                       r->spec, (int)value.n, value.s);
    r->net->dropout = x;
    return 0;
}

static int take_item(const struct reading *r, dw_span item)
{
    dw_net *net = r->net;
    unsigned kind = 1u << net->kind;
    const char *eq = memchr(item.s, '=', item.n);
    dw_span name = {item.s, eq ? (size_t)(eq - item.s) : item.n};
    dw_span value = {eq ? eq + 1 : "", eq ? item.n - name.n - 1 : 0};

    for (size_t i = 0; eq && i < DW_COUNT(fields); i++) {
        if (fields[i].kinds & kind && dw_span_eq(name, fields[i].name))
            return take_number(r, &fields[i], value);
    }
    if (eq && dw_span_eq(name, "act"))
        return take_act(r, value);
    if (eq && dw_span_eq(name, "dropout"))
        return take_dropout(r, value);
    if (kind == MLP && dw_span_eq(item, "norm"))
        return net->norm = true, 0;
    if (kind == MLP && dw_span_eq(item, "res"))
        return net->res = true, 0;
    if (kind == MLP && !eq &&
        (item.n == 0 || (*item.s >= '-' && *item.s <= '9')))
        return take_width(r, item);
    return unknown(r, item);
}

static int take_items(const struct reading *r, dw_span rest)
{
    while (rest.n + 1) {
        const char *comma = memchr(rest.s, ',', rest.n);
        dw_span item = {rest.s, comma ? (size_t)(comma - rest.s) : rest.n};

        if (take_item(r, item) < 0)
            return r->err->code;
        if (!comma)
            break;
        rest.s += item.n + 1;
        rest.n -= item.n + 1;
    }
    return 0;
}

/* What no single item can check. */
static int check(const struct reading *r)
{
    const dw_net *net = r->net;

    if (net->kind == DW_NET_MLP && net->n_hidden == 0)
        return dw_fail(r->err, DW_EUSAGE,
                       "\"%s\" has no hidden layer; mlp:64,64 has two",
                       r->spec);
    if (net->window && net->bin && net->window % net->bin)
        return dw_fail(r->err, DW_EUSAGE,
                       "\"%s\": bins of %zu bases do not divide a window of "
                       "%zu",
                       r->spec, net->bin, net->window);
    if (dw_net_looks(net) && net->dim % 2)
        return dw_fail(r->err, DW_EUSAGE, "\"%s\": dim has to be even",
                       r->spec);
    if (net->kind == DW_NET_TRANSFORMER && net->dim % net->attention)
        return dw_fail(r->err, DW_EUSAGE,
                       "\"%s\": heads=%zu do not divide dim=%zu", r->spec,
                       net->attention, net->dim);
    return 0;
}

static dw_net defaults(enum dw_net_kind kind, size_t p)
{
    dw_net net = {.kind = kind, .p = p, .heads = 1, .dropout = NAN};

    if (kind == DW_NET_CONST)
        net.p = 0;
    if ((1u << kind) & WINDOWED) {
        net.dim = 64;
        net.down = SIZE_MAX;
        net.stem = 15;
        net.kernel = 5;
    }
    if (kind == DW_NET_TRANSFORMER) {
        net.depth = 2;
        net.attention = 4;
    }
    return net;
}

int dw_net_parse(dw_net *net, const char *spec, size_t p, dw_err *err)
{
    size_t name = strcspn(spec, ":"), kind = 0;
    struct reading r = {.spec = spec, .err = err};
    dw_net made;

    if (p > DW_NET_MAX_INPUTS)
        return dw_fail(err, DW_EUSAGE, "%zu inputs; a network has at most %d",
                       p, DW_NET_MAX_INPUTS);
    while (kind < DW_COUNT(kind_name) &&
           !dw_span_eq((dw_span){spec, name}, kind_name[kind]))
        kind++;
    if (kind == DW_COUNT(kind_name) || (kind < DW_NET_MLP && spec[name]))
        return dw_fail(err, DW_EUSAGE,
                       "\"%s\" is no model; const, linear, mlp:64,64 (widths "
                       "of hidden layers), conv:dim=64 and transformer:dim=64 "
                       "are",
                       spec);
    made = defaults((enum dw_net_kind)kind, p);
    r.net = &made;
    if (spec[name] && take_items(&r, dw_span_of(spec + name + 1)) < 0)
        return err->code;
    if (check(&r) < 0)
        return err->code;
    if (!made.top)
        made.top = 2 * made.dim;
    *net = made;
    return 0;
}

/* ---- to text ---- */

static void add_item(dw_buf *text, const char *item)
{
    dw_buf_addc(text, strchr(text->s, ':') ? ',' : ':');
    dw_buf_adds(text, item);
}

static void add_number(dw_buf *text, const char *name, size_t x)
{
    char item[64];

    snprintf(item, sizeof item, "%s%zu", name, x);
    add_item(text, item);
}

/* What is left to the stream is not there until dw_net_set_tracks. */
static bool known(const struct field *f, size_t x)
{
    return x != SIZE_MAX && x >= f->min;
}

void dw_net_spec(const dw_net *net, char spec[DW_NET_SPEC_MAX])
{
    dw_net copy = *net;
    dw_buf text = {0};
    char item[32];

    dw_buf_adds(&text, kind_name[net->kind]);
    for (size_t i = 0; i < net->n_hidden; i++)
        add_number(&text, "", net->hidden[i]);
    for (size_t i = 0; i < DW_COUNT(fields); i++) {
        size_t x = *field_of(&copy, &fields[i]);

        if (!(fields[i].kinds & 1u << net->kind) || !known(&fields[i], x))
            continue;
        snprintf(item, sizeof item, "%s=", fields[i].name);
        add_number(&text, item, x);
    }
    if (net->norm)
        add_item(&text, "norm");
    if (net->res)
        add_item(&text, "res");
    if (net->act != DW_ACT_GELU) {
        snprintf(item, sizeof item, "act=%s", act_name[net->act]);
        add_item(&text, item);
    }
    if (!isnan(net->dropout)) {
        snprintf(item, sizeof item, "dropout=%.6g", net->dropout);
        add_item(&text, item);
    }
    snprintf(spec, DW_NET_SPEC_MAX, "%s", text.s);
    dw_buf_clear(&text);
}

/* ---- tracks ---- */

bool dw_net_looks(const dw_net *net)
{
    return ((1u << net->kind) & WINDOWED) != 0;
}

/* Places that are left for the last layers, at most. */
static size_t halvings(const dw_net *net, size_t bins)
{
    size_t enough = net->kind == DW_NET_CONV ? 8 : 16, n = 0;

    while (bins > enough) {
        bins -= bins / 2;
        n++;
    }
    return n;
}

int dw_net_set_tracks(dw_net *net, size_t tracks, size_t window, size_t bin,
                      dw_err *err)
{
    dw_net made = *net;
    const char *name = kind_name[net->kind];
    size_t bins;

    if (!made.window)
        made.window = window;
    if (!made.bin)
        made.bin = bin;
    if (tracks == 0 || tracks > DW_NET_MAX_TRACKS)
        return dw_fail(err, DW_EUSAGE,
                       "%s looks at 1 to %d signal tracks, and there are %zu",
                       name, DW_NET_MAX_TRACKS, tracks);
    if (window && made.window > window)
        return dw_fail(err, DW_EUSAGE,
                       "%s: window=%zu: the stream holds what windows of %zu "
                       "bases need",
                       name, made.window, window);
    if (!made.bin || made.window % made.bin)
        return dw_fail(err, DW_EUSAGE,
                       "%s: bins of %zu bases do not divide a window of %zu",
                       name, made.bin, made.window);
    bins = made.window / made.bin;
    if (bins == 0 || bins > DW_NET_MAX_BINS)
        return dw_fail(err, DW_EUSAGE,
                       "%s: %zu bins of %zu bases; 1 to %d bins can be: bin= "
                       "makes them wider",
                       name, bins, made.bin, DW_NET_MAX_BINS);
    if (made.down == SIZE_MAX)
        made.down = halvings(&made, bins);
    if (bins >> made.down == 0)
        return dw_fail(err, DW_EUSAGE,
                       "%s: down=%zu halves %zu bins to less than one", name,
                       made.down, bins);
    made.tracks = tracks;
    *net = made;
    return 0;
}
