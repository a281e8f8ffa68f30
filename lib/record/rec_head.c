#include "record/rec_head.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"

/* ---- life ---- */

static void step_clear(dw_step *s)
{
    for (size_t i = 0; i < s->n_inputs; i++)
        dw_free(s->input[i].name);
    dw_free(s->input);
    dw_free(s->tool);
    dw_free(s->version);
    dw_free(s->args);
}

void dw_head_clear(dw_head *h)
{
    for (size_t i = 0; i < h->t; i++) {
        dw_free(h->trait[i].name);
        dw_free(h->trait[i].kind);
    }
    for (size_t i = 0; i < h->p; i++) {
        dw_free(h->annot[i].name);
        dw_free(h->annot[i].unit);
    }
    for (size_t i = 0; i < h->n_steps; i++)
        step_clear(&h->step[i]);
    dw_free(h->trait);
    dw_free(h->annot);
    dw_free(h->step);
    dw_free(h->build);
    dw_free(h->panel.name);
    dw_free(h->panel.how);
    *h = (dw_head){0};
}

static const char *build_of(const dw_head *h)
{
    return h->build ? h->build : ".";
}

static void add_input(dw_step *s, const char *name, uint64_t digest)
{
    s->input = dw_realloc(s->input, s->n_inputs + 1, sizeof *s->input);
    s->input[s->n_inputs++] = (struct dw_step_input){dw_strdup(name), digest};
}

void dw_head_append_step(dw_head *h, uint32_t lineage, const char *tool,
                         const char *version, const char *args)
{
    h->step = dw_realloc(h->step, h->n_steps + 1, sizeof *h->step);
    h->step[h->n_steps++] = (dw_step){.lineage = lineage,
                                      .tool = dw_strdup(tool),
                                      .version = dw_strdup(version),
                                      .args = dw_strdup(args)};
}

void dw_head_append_input(dw_head *h, const char *name, uint64_t digest)
{
    add_input(&h->step[h->n_steps - 1], name, digest);
}

static void copy_step(dw_head *dst, const dw_step *src, uint32_t lineage)
{
    dw_head_append_step(dst, lineage, src->tool, src->version, src->args);
    for (size_t i = 0; i < src->n_inputs; i++)
        dw_head_append_input(dst, src->input[i].name, src->input[i].digest);
}

void dw_head_copy(dw_head *dst, const dw_head *src)
{
    dw_head_clear(dst);
    dw_head_set_build(dst, build_of(src));
    for (size_t i = 0; i < src->t; i++)
        dw_head_add_trait(dst, src->trait[i].name, src->trait[i].kind,
                          src->trait[i].n);
    for (size_t i = 0; i < src->p; i++)
        dw_head_add_annot(dst, src->annot[i].name, src->annot[i].unit,
                          src->annot[i].missing);
    if (src->panel.name)
        dw_head_set_panel(dst, src->panel.name, src->panel.people,
                          src->panel.how);
    for (size_t i = 0; i < src->n_steps; i++)
        copy_step(dst, &src->step[i], src->step[i].lineage);
}

/* ---- making ---- */

void dw_head_set_build(dw_head *h, const char *build)
{
    char *copy = dw_strdup(build);

    dw_free(h->build);
    h->build = copy;
}

void dw_head_add_trait(dw_head *h, const char *name, const char *kind, double n)
{
    h->trait = dw_realloc(h->trait, h->t + 1, sizeof *h->trait);
    h->trait[h->t++] = (dw_trait){dw_strdup(name), dw_strdup(kind), n};
}

void dw_head_add_annot(dw_head *h, const char *name, const char *unit,
                       uint64_t missing)
{
    h->annot = dw_realloc(h->annot, h->p + 1, sizeof *h->annot);
    h->annot[h->p++] = (dw_column){dw_strdup(name), dw_strdup(unit), missing};
}

void dw_head_set_panel(dw_head *h, const char *name, uint64_t people,
                       const char *how)
{
    char *name_copy = dw_strdup(name), *how_copy = dw_strdup(how);

    dw_free(h->panel.name);
    dw_free(h->panel.how);
    h->panel.name = name_copy;
    h->panel.how = how_copy;
    h->panel.people = people;
}

static uint32_t count_lineages(const dw_head *h)
{
    uint32_t n = 0;

    for (size_t i = 0; i < h->n_steps; i++) {
        if (h->step[i].lineage >= n)
            n = h->step[i].lineage + 1;
    }
    return n;
}

void dw_head_add_step(dw_head *h, const char *tool, const char *version,
                      const char *args)
{
    uint32_t n = count_lineages(h);

    for (uint32_t i = 0; i < (n ? n : 1); i++)
        dw_head_append_step(h, i, tool, version, args);
}

void dw_head_add_input(dw_head *h, const char *name, uint64_t digest)
{
    size_t n = count_lineages(h);

    /* The last dw_head_add_step made one step for each lineage. */
    for (size_t i = h->n_steps - n; i < h->n_steps; i++)
        add_input(&h->step[i], name, digest);
}

/* ---- histories ---- */

static bool same_step(const dw_step *a, const dw_step *b)
{
    if (strcmp(a->tool, b->tool) != 0 || strcmp(a->version, b->version) != 0 ||
        strcmp(a->args, b->args) != 0 || a->n_inputs != b->n_inputs)
        return false;
    for (size_t i = 0; i < a->n_inputs; i++) {
        if (a->input[i].digest != b->input[i].digest ||
            strcmp(a->input[i].name, b->input[i].name) != 0)
            return false;
    }
    return true;
}

/* The next step of a lineage at or after i, or n_steps. */
static size_t step_of(const dw_head *h, size_t i, uint32_t lineage)
{
    while (i < h->n_steps && h->step[i].lineage != lineage)
        i++;
    return i;
}

static bool same_lineage(const dw_head *a, uint32_t la, const dw_head *b,
                         uint32_t lb)
{
    size_t i = step_of(a, 0, la), j = step_of(b, 0, lb);

    while (i < a->n_steps && j < b->n_steps) {
        if (!same_step(&a->step[i], &b->step[j]))
            return false;
        i = step_of(a, i + 1, la);
        j = step_of(b, j + 1, lb);
    }
    return i == a->n_steps && j == b->n_steps;
}

void dw_head_join_history(dw_head *h, const dw_head *other)
{
    uint32_t n_other = count_lineages(other);

    for (uint32_t lo = 0; lo < n_other; lo++) {
        uint32_t n = count_lineages(h), l = 0;

        while (l < n && !same_lineage(h, l, other, lo))
            l++;
        if (l < n || n == DW_LINEAGES_MAX)
            continue;
        for (size_t i = step_of(other, 0, lo); i < other->n_steps;
             i = step_of(other, i + 1, lo))
            copy_step(h, &other->step[i], n);
    }
}

/* ---- asking ---- */

size_t dw_head_find_trait(const dw_head *h, const char *name)
{
    for (size_t i = 0; i < h->t; i++) {
        if (strcmp(h->trait[i].name, name) == 0)
            return i;
    }
    return SIZE_MAX;
}

size_t dw_head_find_annot(const dw_head *h, const char *name)
{
    for (size_t i = 0; i < h->p; i++) {
        if (strcmp(h->annot[i].name, name) == 0)
            return i;
    }
    return SIZE_MAX;
}

static int differ(const char *what, const char *a, const char *b, dw_err *err)
{
    return dw_fail(err, DW_EMISMATCH,
                   "streams that do not belong together: %s is \"%s\" in one "
                   "and \"%s\" in the other",
                   what, a, b);
}

static int agree_traits(const dw_head *a, const dw_head *b, dw_err *err)
{
    if (a->t != b->t)
        return dw_fail(err, DW_EMISMATCH,
                       "streams that do not belong together: one has %zu "
                       "traits and the other %zu",
                       a->t, b->t);
    for (size_t i = 0; i < a->t; i++) {
        if (strcmp(a->trait[i].name, b->trait[i].name) != 0)
            return differ("a trait", a->trait[i].name, b->trait[i].name, err);
        if (strcmp(a->trait[i].kind, b->trait[i].kind) != 0)
            return differ("a trait's kind", a->trait[i].kind, b->trait[i].kind,
                          err);
    }
    return 0;
}

static int agree_annots(const dw_head *a, const dw_head *b, dw_err *err)
{
    if (a->p != b->p)
        return dw_fail(err, DW_EMISMATCH,
                       "streams that do not belong together: one has %zu "
                       "annotations and the other %zu",
                       a->p, b->p);
    for (size_t i = 0; i < a->p; i++) {
        if (strcmp(a->annot[i].name, b->annot[i].name) != 0)
            return differ("an annotation", a->annot[i].name, b->annot[i].name,
                          err);
        if (strcmp(a->annot[i].unit, b->annot[i].unit) != 0)
            return differ("an annotation's unit", a->annot[i].unit,
                          b->annot[i].unit, err);
    }
    return 0;
}

int dw_head_agree(const dw_head *a, const dw_head *b, dw_err *err)
{
    if (strcmp(build_of(a), build_of(b)) != 0)
        return differ("the genome build", build_of(a), build_of(b), err);
    if (agree_traits(a, b, err) < 0 || agree_annots(a, b, err) < 0)
        return err->code;
    if (!a->panel.name != !b->panel.name)
        return dw_fail(err, DW_EMISMATCH,
                       "streams that do not belong together: one has LD, the "
                       "other has none");
    if (!a->panel.name)
        return 0;
    if (a->panel.people != b->panel.people)
        return dw_fail(err, DW_EMISMATCH,
                       "streams that do not belong together: LD of %" PRIu64
                       " people in one and of %" PRIu64 " in the other",
                       a->panel.people, b->panel.people);
    if (strcmp(a->panel.how, b->panel.how) != 0)
        return differ("the making of LD", a->panel.how, b->panel.how, err);
    return 0;
}
