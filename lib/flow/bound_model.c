#include "flow/bound_model.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "record/rec_modl.h"

static int pick(dw_bound_model *b, dw_err *err)
{
    const dw_model *model = &b->model;
    dw_buf names = {0};
    int rc = 0;

    b->trait = 0;
    if (model->n_traits == 1)
        return 0;
    for (size_t t = 0; t < model->n_traits; t++) {
        if (b->wanted && strcmp(b->wanted, model->trait[t].name) == 0) {
            b->trait = t;
            goto out;
        }
        dw_buf_addf(&names, "%s%s", t ? ", " : "", model->trait[t].name);
    }
    rc = dw_fail(err, DW_EUSAGE,
                 "the model is of several traits: --trait NAME says which of "
                 "%s",
                 names.s);
out:
    dw_buf_clear(&names);
    return rc;
}

/* `column` does not move from here on: workspaces may borrow it. */
static int use(dw_bound_model *b, dw_err *err)
{
    if (pick(b, err) < 0)
        return err->code;
    b->there = true;
    b->column = dw_alloc(b->model.n_inputs, sizeof *b->column);
    return 0;
}

int dw_bound_model_read(dw_bound_model *b, const char *path, dw_err *err)
{
    int rc = dw_modl_read(path, &b->model, err);

    return rc == 0 ? use(b, err) : rc;
}

static const char *trait_of(const dw_bound_model *b)
{
    return b->model.trait[b->trait].name;
}

int dw_bound_models_read(const char *const *path, size_t n, const char *wanted,
                         dw_bound_model **model, dw_err *err)
{
    dw_bound_model *b = *model = dw_alloc(n ? n : 1, sizeof *b);

    b->wanted = wanted;
    for (size_t i = 0; i < n; i++) {
        b[i].wanted = wanted;
        if (dw_bound_model_read(&b[i], path[i], err) < 0)
            return err->code;
        if (strcmp(trait_of(&b[0]), trait_of(&b[i])) != 0)
            return dw_fail(err, DW_EMISMATCH,
                           "%s is a model of %s, and %s of %s: only models of "
                           "one trait can be averaged",
                           path[0], trait_of(&b[0]), path[i], trait_of(&b[i]));
    }
    return 0;
}

void dw_bound_models_free(dw_bound_model *model, size_t n)
{
    for (size_t i = 0; model && i < (n ? n : 1); i++)
        dw_bound_model_clear(&model[i]);
    dw_free(model);
}

int dw_bound_model_take(dw_bound_model *b, dw_source *src, dw_err *err)
{
    int rc;

    if (b->there)
        return 0;
    rc = dw_modl_take(src, &b->model, err);
    if (rc == 0)
        rc = use(b, err);
    return rc < 0 ? rc : 1;
}

int dw_bound_model_bind(dw_bound_model *b, const dw_head *head, dw_err *err)
{
    int rc = b->bound ? 0 : dw_modl_bind(&b->model, head, b->column, err);

    b->bound = rc == 0;
    return rc;
}

void dw_bound_model_clear(dw_bound_model *b)
{
    dw_model_clear(&b->model);
    dw_free(b->column);
    *b = (dw_bound_model){0};
}
