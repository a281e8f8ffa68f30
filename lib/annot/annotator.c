#include "annot/annotator.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

dw_annotator *dw_annotator_new(const dw_annotator_kind *kind, void *self,
                               const char *file, size_t k)
{
    dw_annotator *a = dw_alloc(1, sizeof *a);

    *a = (dw_annotator){.kind = kind, .self = self, .file = file, .k = k};
    a->name = dw_alloc(k, sizeof *a->name);
    a->unit = dw_alloc(k, sizeof *a->unit);
    return a;
}

void dw_annotator_name(dw_annotator *a, size_t i, const char *name,
                       const char *unit)
{
    a->name[i] = dw_strdup(name);
    a->unit[i] = dw_strdup(unit);
}

void dw_annotator_free(dw_annotator *a)
{
    if (!a)
        return;
    a->kind->close(a->self);
    for (size_t i = 0; i < a->k; i++) {
        dw_free(a->name[i]);
        dw_free(a->unit[i]);
    }
    dw_free(a->name);
    dw_free(a->unit);
    dw_free(a);
}

/* ---- several ---- */

/* The annotator of a column, which becomes one of its own. */
static const dw_annotator *owner(const dw_annotators *all, size_t *column)
{
    size_t i = 0;

    while (*column >= all->item[i]->k)
        *column -= all->item[i++]->k;
    return all->item[i];
}

const char *dw_annotators_name(const dw_annotators *all, size_t column)
{
    const dw_annotator *a = owner(all, &column);

    return a->name[column];
}

const char *dw_annotators_unit(const dw_annotators *all, size_t column)
{
    const dw_annotator *a = owner(all, &column);

    return a->unit[column];
}

static const dw_annotator *find(const dw_annotators *all, const char *name)
{
    for (size_t i = 0; i < all->n; i++) {
        for (size_t c = 0; c < all->item[i]->k; c++) {
            if (strcmp(all->item[i]->name[c], name) == 0)
                return all->item[i];
        }
    }
    return NULL;
}

int dw_annotators_take(dw_annotators *all, dw_annotator *a, dw_err *err)
{
    for (size_t c = 0; c < a->k; c++) {
        const dw_annotator *other = find(all, a->name[c]);
        int rc;

        if (!other)
            continue;
        rc = dw_fail(err, DW_EMISMATCH,
                     "%s: has an annotation %s, as %s has: give one another "
                     "name",
                     a->file, a->name[c], other->file);
        dw_annotator_free(a);
        return rc;
    }
    all->item = dw_realloc(all->item, all->n + 1, sizeof(*all->item));
    all->item[all->n++] = a;
    all->p += a->k;
    all->missing = dw_realloc(all->missing, all->p, sizeof *all->missing);
    dw_annotators_reset(all);
    return 0;
}

void dw_annotators_clear(dw_annotators *all)
{
    for (size_t i = 0; i < all->n; i++)
        dw_annotator_free(all->item[i]);
    dw_free(all->item);
    dw_free(all->missing);
    *all = (dw_annotators){0};
}

int dw_annotators_fill(dw_annotators *all, dw_variants *v, size_t first,
                       dw_err *err)
{
    float *column = v->annot + first * v->m;
    const float *at = column;

    for (size_t i = 0; i < all->n; i++) {
        const dw_annotator *a = all->item[i];
        int rc = a->kind->fill(a->self, v, column, err);

        if (rc < 0)
            return rc;
        column += a->k * v->m;
    }
    for (size_t c = 0; c < all->p; c++) {
        for (size_t j = 0; j < v->m; j++)
            all->missing[c] += isnan(*at++) != 0;
    }
    return 0;
}

int dw_annotators_finish(dw_annotators *all, dw_err *err)
{
    for (size_t i = 0; i < all->n; i++) {
        const dw_annotator *a = all->item[i];
        int rc = a->kind->finish ? a->kind->finish(a->self, err) : 0;

        if (rc < 0)
            return rc;
    }
    return 0;
}

void dw_annotators_inputs(const dw_annotators *all,
                          void (*add)(void *ctx, const char *name,
                                      uint64_t digest),
                          void *ctx)
{
    for (size_t i = 0; i < all->n; i++)
        all->item[i]->kind->inputs(all->item[i]->self, add, ctx);
}

int dw_annotators_check_build(const dw_annotators *all, const char *build,
                              dw_err *err)
{
    for (size_t i = 0; i < all->n; i++) {
        const dw_annotator *a = all->item[i];

        if (a->build && strcmp(build, ".") != 0 && strcmp(a->build, build) != 0)
            return dw_fail(err, DW_EMISMATCH,
                           "%s: is of %s, by the lengths of its chromosomes, "
                           "and the variants are of %s",
                           a->file, a->build, build);
    }
    return 0;
}

size_t dw_annotators_broken(const dw_annotators *all)
{
    size_t n = 0;

    for (size_t i = 0; i < all->n; i++) {
        const dw_annotator *a = all->item[i];

        n += a->kind->broken && a->kind->broken(a->self);
    }
    return n;
}

void dw_annotators_reset(dw_annotators *all)
{
    if (all->p) /* else there is no array */
        memset(all->missing, 0, all->p * sizeof *all->missing);
}
