#include "lik/leave_out.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "linalg/dense.h"

/* ---- workspace ---- */

enum { ARRAYS = 5 };

static void list_arrays(dw_leave_out *w, double **array[ARRAYS])
{
    double **all[ARRAYS] = {&w->pjj, &w->pp, &w->pz, &w->x, &w->y};

    memcpy(array, all, sizeof all);
}

void dw_leave_out_clear(dw_leave_out *w)
{
    double **array[ARRAYS];

    list_arrays(w, array);
    for (size_t i = 0; i < ARRAYS; i++)
        dw_free(*array[i]);
    dw_free(w->t);
    dw_free(w->gone);
    dw_free(w->out);
    memset(w, 0, sizeof *w);
}

static int make_room(dw_leave_out *w, size_t n, size_t k)
{
    double **array[ARRAYS];
    bool all = true;

    if (n <= w->cap_n && k <= w->cap_k)
        return 0;
    dw_leave_out_clear(w);
    list_arrays(w, array);
    for (size_t i = 0; i < ARRAYS; i++)
        all = (*array[i] = dw_try_alloc(n, sizeof(double))) && all;
    w->t = dw_try_alloc(k, sizeof *w->t);
    w->gone = dw_try_alloc(n, sizeof *w->gone);
    if (!all || !w->t || !w->gone) {
        dw_leave_out_clear(w);
        return DW_ENOMEM;
    }
    w->cap_n = n;
    w->cap_k = k;
    return 0;
}

int dw_leave_out_fit(dw_leave_out *w, size_t n, size_t k, const double *lambda,
                     const double *q)
{
    int rc = make_room(w, n, k);

    w->n = n;
    w->k = k;
    w->lambda = lambda;
    w->q = q;
    w->n_gone = 0;
    return rc;
}

/* ---- P ---- */

/* y <- P x */
static void multiply(dw_leave_out *w, const double *x, double *y)
{
    const double h = w->ridge;

    dw_gemv(false, w->k, w->n, 1, w->q, w->k, x, 0, w->t);
    for (size_t i = 0; i < w->k; i++)
        w->t[i] /= (w->lambda[i] + h) * h;
    for (size_t j = 0; j < w->n; j++)
        y[j] = x[j] / h;
    dw_gemv(true, w->k, w->n, -1, w->q, w->k, w->t, 1, y);
    for (size_t s = 0; s < w->n_gone; s++) {
        const double *p = w->out + s * w->n;

        dw_axpy(w->n, -dw_dot(w->n, p, x), p, y);
    }
}

void dw_leave_out_begin(dw_leave_out *w, double ridge, const double *z)
{
    w->ridge = ridge;
    w->n_gone = 0;
    multiply(w, z, w->pz);
    for (size_t j = 0; j < w->n; j++) {
        const double *q = w->q + j * w->k;
        double one = 1, two = 1;

        for (size_t i = 0; i < w->k; i++) {
            double l = w->lambda[i] + ridge, part = q[i] * q[i] / l;

            one -= part;
            two -= part * (l + ridge) / l;
        }
        w->pjj[j] = one / ridge;
        w->pp[j] = two / (ridge * ridge);
    }
}

void dw_leave_out_column(dw_leave_out *w, size_t d)
{
    memset(w->x, 0, w->n * sizeof *w->x);
    w->x[d] = 1;
    multiply(w, w->x, w->y);
    memcpy(w->x, w->y, w->n * sizeof *w->x);
    dw_scal(w->n, 1 / sqrt(w->pjj[d]), w->x);
    multiply(w, w->x, w->y);
}

/* P_jj, (P P)_jj and (P z)_j. */
struct entry {
    double pjj, pp, pz;
};

/* Of P - p p', with p = x, P p = y and p'p = square. */
static struct entry without(const dw_leave_out *w, size_t j, size_t d,
                            double square)
{
    double p = w->x[j];

    return (struct entry){.pjj = w->pjj[j] - p * p,
                          .pp = w->pp[j] - 2 * p * w->y[j] + p * p * square,
                          .pz = w->pz[j] - p * w->pz[d] / sqrt(w->pjj[d])};
}

int dw_leave_out_take(dw_leave_out *w, size_t d)
{
    double square = dw_dot(w->n, w->x, w->x);
    void *out = w->out;
    int rc =
        dw_try_grow(&out, &w->cap_out, (w->n_gone + 1) * w->n, sizeof *w->out);

    w->out = out;
    if (rc < 0)
        return rc;
    for (size_t j = 0; j < w->n; j++) {
        struct entry e;

        if (j == d)
            continue;
        e = without(w, j, d, square);
        w->pjj[j] = e.pjj;
        w->pp[j] = e.pp;
        w->pz[j] = e.pz;
    }
    memcpy(w->out + w->n_gone * w->n, w->x, w->n * sizeof *w->x);
    w->gone[w->n_gone++] = d;
    return 0;
}

/* ---- what it says ---- */

/* P_jj is never below the inverse of (R + h I)_jj, but by rounding. */
static dw_left left_of(const dw_leave_out *w, struct entry e)
{
    double pjj = fmax(e.pjj, 1 / (1 + w->ridge)), square = pjj * pjj;

    return (dw_left){.off = e.pz / pjj,
                     .own = e.pp / square,
                     .rss = fmax(e.pjj - w->ridge * e.pp, 0) / square};
}

dw_left dw_leave_out_of(const dw_leave_out *w, size_t j)
{
    return left_of(w, (struct entry){w->pjj[j], w->pp[j], w->pz[j]});
}

dw_left dw_leave_out_of_without(const dw_leave_out *w, size_t j, size_t d)
{
    return left_of(w, without(w, j, d, dw_dot(w->n, w->x, w->x)));
}
