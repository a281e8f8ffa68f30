#include "input/panel_people.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "input/lines.h"

void dw_people_add(dw_people *p, dw_span fid, dw_span iid)
{
    if (p->n_all == p->cap) {
        p->cap = p->cap ? 2 * p->cap : 256;
        p->fid = dw_realloc(p->fid, p->cap, sizeof *p->fid);
        p->iid = dw_realloc(p->iid, p->cap, sizeof *p->iid);
    }
    p->fid[p->n_all] = dw_strndup(fid.s, fid.n);
    p->iid[p->n_all++] = dw_strndup(iid.s, iid.n);
    p->n = p->n_all;
}

void dw_people_clear(dw_people *p)
{
    for (size_t i = 0; i < p->n; i++) {
        dw_free(p->fid[i]);
        dw_free(p->iid[i]);
    }
    dw_free(p->fid);
    dw_free(p->iid);
    dw_free(p->at);
    *p = (dw_people){0};
}

bool dw_people_all(const dw_people *p)
{
    return p->n == p->n_all;
}

int dw_people_read_fam(dw_people *p, const char *path, dw_err *err)
{
    dw_lines *l = dw_lines_open(path, err);
    dw_span line, f[2];
    int rc;

    if (!l)
        return err->code;
    while ((rc = dw_lines_next(l, &line, err)) > 0) {
        size_t n = dw_text_split(line, ' ', f, 2);

        if (n == 0)
            continue;
        if (n < 5) {
            rc = dw_lines_fail(l, err, DW_EFORMAT, NULL,
                               "%zu field%s where a .fam has 6", n,
                               n == 1 ? "" : "s");
            break;
        }
        dw_people_add(p, f[0], f[1]);
    }
    if (rc == 0 && p->n_all == 0)
        rc = dw_fail(err, DW_EFORMAT, "%s: nobody is in it", path);
    dw_lines_close(l);
    return rc;
}

/* ---- selection ---- */

/* Names to places: IID under "iid", FID and IID under "fid\tiid"; a name that
 * several people bear has AMBIGUOUS. */
#define AMBIGUOUS UINT64_MAX

static int index_name(dw_map *map, const char *fid, const char *iid, size_t i,
                      dw_err *err)
{
    dw_buf key = {0};
    bool fresh;
    uint64_t *at;

    if (fid) {
        dw_buf_adds(&key, fid);
        dw_buf_addc(&key, '\t');
    }
    dw_buf_adds(&key, iid);
    at = dw_map_put(map, key.s, key.n, &fresh);
    dw_buf_clear(&key);
    if (!at)
        return dw_fail(err, DW_ENOMEM,
                       "not enough memory for the names of "
                       "the panel's people");
    *at = fresh ? i : AMBIGUOUS;
    return 0;
}

static int index_people(dw_map *map, const dw_people *p, dw_err *err)
{
    for (size_t i = 0; i < p->n_all; i++) {
        int rc = index_name(map, NULL, p->iid[i], i, err);

        if (rc == 0)
            rc = index_name(map, p->fid[i], p->iid[i], i, err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static bool is_header(const dw_lines *l, dw_span first)
{
    return dw_lines_number(l) == 1 &&
           (dw_span_eq(first, "#FID") || dw_span_eq(first, "#IID") ||
            dw_span_eq(first, "FID") || dw_span_eq(first, "IID"));
}

/* Marks the person of one line. */
static int take_line(const dw_map *map, const dw_lines *l, dw_span line,
                     const char *panel, bool *taken, dw_err *err)
{
    dw_span f[2];
    size_t n = dw_text_split(line, ' ', f, 2);
    const uint64_t *at;
    dw_buf key = {0};

    if (n == 0 || is_header(l, f[0]))
        return 0;
    dw_buf_add(&key, f[0].s, f[0].n);
    if (n > 1) {
        dw_buf_addc(&key, '\t');
        dw_buf_add(&key, f[1].s, f[1].n);
    }
    at = dw_map_get(map, key.s, key.n);
    dw_buf_clear(&key);
    if (!at || *at == AMBIGUOUS)
        return dw_lines_fail(
            l, err, DW_EMISMATCH, NULL, "\"%.*s\" %s %s",
            line.n > 80 ? 80 : (int)line.n, line.s,
            at ? "names more than one person; give FID and IID of"
               : "is nobody in",
            panel);
    taken[*at] = true;
    return 0;
}

/* Keeps the people marked. */
static void keep_taken(dw_people *p, const bool *taken)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n_all; i++) {
        if (taken[i]) {
            p->fid[n] = p->fid[i];
            p->iid[n] = p->iid[i];
            p->at[n++] = i;
        } else {
            dw_free(p->fid[i]);
            dw_free(p->iid[i]);
        }
    }
    p->n = n;
}

static int mark_taken(const dw_people *p, const char *path, const char *panel,
                      bool *taken, dw_err *err)
{
    dw_map *map = dw_map_new();
    dw_lines *l = dw_lines_open(path, err);
    dw_span line;
    int rc = l ? index_people(map, p, err) : err->code;

    while (rc == 0 && (rc = dw_lines_next(l, &line, err)) > 0)
        rc = take_line(map, l, line, panel, taken, err);
    dw_lines_close(l);
    dw_map_free(map);
    return rc;
}

int dw_people_select(dw_people *p, const char *path, const char *panel,
                     dw_err *err)
{
    bool *taken = dw_alloc(p->n_all, sizeof *taken);
    int rc = 0;

    p->at = dw_alloc(p->n_all, sizeof *p->at);
    if (path)
        rc = mark_taken(p, path, panel, taken, err);
    else
        memset(taken, 1, p->n_all);
    if (rc == 0)
        keep_taken(p, taken);
    if (rc == 0 && p->n == 0)
        rc = dw_fail(err, DW_EMISMATCH, "%s: names nobody", path);
    dw_free(taken);
    return rc;
}
