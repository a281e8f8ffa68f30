#include "study/study_meta.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <yaml.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"

/* Such a file has a few kB; and its keys of use stand at most this deep. */
enum { META_MAX = 1 << 20, MAX_DEPTH = 64, WORD_MAX = 64 };

/* Where the parser stands: in which kind of collection, below which key. */
struct level {
    bool mapping;
    bool at_value; /* of a mapping: the key was read */
    char key[WORD_MAX];
};

struct walk {
    const char *name;
    struct level level[MAX_DEPTH];
    int depth;
    dw_study_meta *meta;
};

/* Older files write genomeAssembly for genome_assembly. */
static bool is_key(const char *key, const char *want)
{
    while (*key || *want) {
        while (*key == '_')
            key++;
        while (*want == '_')
            want++;
        if ((*key | 32) != (*want | 32))
            return false;
        key += *key != 0;
        want += *want != 0;
    }
    return true;
}

static int take_count(const struct walk *w, const char *key, dw_span value,
                      double *sum, dw_err *err)
{
    double x;

    if (dw_text_is_na(value))
        return 0;
    if (dw_text_double(value, &x) < 0 || !(x >= 0 && x <= 1e9))
        return dw_fail(err, DW_EFORMAT,
                       "%s: %s: \"%.*s\" is no number of people", w->name, key,
                       value.n > 40 ? 40 : (int)value.n, value.s);
    *sum += x;
    return 0;
}

static int take_coordinates(const struct walk *w, dw_span value, dw_err *err)
{
    if (dw_span_eq_nocase(value, "0-based") || dw_span_eq(value, "0"))
        w->meta->zero_based = true;
    else if (!dw_span_eq_nocase(value, "1-based") && !dw_span_eq(value, "1") &&
             !dw_text_is_na(value))
        return dw_fail(err, DW_EFORMAT,
                       "%s: coordinate_system: \"%.*s\" is neither 1-based nor "
                       "0-based",
                       w->name, value.n > 40 ? 40 : (int)value.n, value.s);
    return 0;
}

/* A scalar below its key. */
static int take_scalar(struct walk *w, dw_span value, dw_err *err)
{
    const char *key = w->level[w->depth].key;
    dw_study_meta *m = w->meta;

    if (is_key(key, "genome_assembly") && value.n < sizeof m->build &&
        !dw_text_is_na(value)) {
        memcpy(m->build, value.s, value.n);
        m->build[value.n] = 0;
    } else if (is_key(key, "coordinate_system")) {
        return take_coordinates(w, value, err);
    } else if (is_key(key, "case_control_study")) {
        m->case_control |=
            dw_span_eq_nocase(value, "true") || dw_span_eq_nocase(value, "yes");
    } else if (is_key(key, "sample_size")) {
        return take_count(w, "sample_size", value, &m->n, err);
    } else if (is_key(key, "case_count")) {
        return take_count(w, "case_count", value, &m->cases, err);
    } else if (is_key(key, "control_count")) {
        return take_count(w, "control_count", value, &m->controls, err);
    }
    return 0;
}

static int take_event(struct walk *w, const yaml_event_t *e, dw_err *err)
{
    struct level *l = &w->level[w->depth];

    switch (e->type) {
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT:
        if (w->depth + 1 == MAX_DEPTH)
            return dw_fail(err, DW_EFORMAT, "%s: nested too deeply", w->name);
        w->depth++;
        w->level[w->depth] =
            (struct level){.mapping = e->type == YAML_MAPPING_START_EVENT};
        break;
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        w->depth--;
        w->level[w->depth].at_value = false;
        break;
    case YAML_SCALAR_EVENT: {
        dw_span value = {(const char *)e->data.scalar.value,
                         e->data.scalar.length};

        if (l->mapping && !l->at_value) {
            size_t n = value.n < WORD_MAX ? value.n : 0;

            memcpy(l->key, value.s, n);
            l->key[n] = 0;
            l->at_value = true;
            break;
        }
        l->at_value = false;
        return l->mapping ? take_scalar(w, value, err) : 0;
    }
    case YAML_ALIAS_EVENT: l->at_value = false; break;
    default: break;
    }
    return 0;
}

int dw_study_meta_parse(const char *text, size_t n, const char *name,
                        dw_study_meta *m, dw_err *err)
{
    struct walk w = {.name = name, .meta = m};
    yaml_parser_t parser;
    bool more = true;
    int rc = 0;

    *m = (dw_study_meta){.there = true, .digest = dw_hash(text, n)};
    if (!yaml_parser_initialize(&parser))
        return dw_fail(err, DW_ENOMEM, "%s: no memory to read it", name);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, n);
    while (rc == 0 && more) {
        yaml_event_t event;

        if (!yaml_parser_parse(&parser, &event)) {
            rc = dw_fail(err, DW_EFORMAT, "%s:%zu: is no YAML: %s", name,
                         parser.problem_mark.line + 1,
                         parser.problem ? parser.problem : "it cannot be read");
            break;
        }
        more = event.type != YAML_STREAM_END_EVENT;
        rc = take_event(&w, &event, err);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return rc;
}

int dw_study_meta_read(const char *study, dw_study_meta *m, dw_err *err)
{
    dw_buf path = {0};
    char *text = NULL;
    size_t n;
    FILE *f;
    int rc = 0;

    *m = (dw_study_meta){0};
    if (strcmp(study, "-") == 0)
        return 0;
    dw_buf_addf(&path, "%s-meta.yaml", study);
    f = fopen(path.s, "rb");
    if (!f && errno != ENOENT && errno != ENOTDIR)
        rc = dw_fail_errno(err, "%s", path.s);
    if (f) {
        text = dw_alloc(META_MAX + 1, 1);
        n = fread(text, 1, META_MAX + 1, f);
        if (ferror(f))
            rc = dw_fail_errno(err, "%s", path.s);
        else if (n > META_MAX)
            rc = dw_fail(err, DW_EFORMAT, "%s: is larger than %d kB", path.s,
                         META_MAX >> 10);
        else
            rc = dw_study_meta_parse(text, n, path.s, m, err);
        fclose(f);
    }
    dw_free(text);
    dw_buf_clear(&path);
    return rc;
}
