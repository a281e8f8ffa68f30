#include "flow/bound_model.h"

#include "base/mem.h"
#include "record/rec_modl.h"

/* `column` does not move from here on: workspaces may borrow it. */
static void use(dw_bound_model *b)
{
    b->there = true;
    b->column = dw_alloc(b->model.n_inputs, sizeof *b->column);
}

int dw_bound_model_read(dw_bound_model *b, const char *path, dw_err *err)
{
    int rc = dw_modl_read(path, &b->model, err);

    if (rc == 0)
        use(b);
    return rc;
}

int dw_bound_model_take(dw_bound_model *b, dw_source *src, dw_err *err)
{
    int rc;

    if (b->there)
        return 0;
    rc = dw_modl_take(src, &b->model, err);
    if (rc < 0)
        return rc;
    use(b);
    return 1;
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
