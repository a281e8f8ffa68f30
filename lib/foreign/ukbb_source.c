#include "foreign/ukbb_source.h"

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "foreign/file_bytes.h"
#include "foreign/ld_block.h"
#include "foreign/sparse_npz.h"
#include "foreign/ukbb_windows.h"

struct ukbb {
    dw_ukbb_windows windows;
    char *folder;
    char *snps; /* NULL: beside each window */
    size_t next, end;
    dw_ld_inputs inputs;
};

/* One window on its way. */
struct item {
    dw_file_bytes file;
    char *name;
    dw_ld_list list;
    uint32_t core_start, core_end;
    dw_ld_block block;
};

static void *item_new(void)
{
    return dw_alloc(1, sizeof(struct item));
}

static void item_free(void *self)
{
    struct item *it = self;

    if (!it)
        return;
    dw_file_bytes_clear(&it->file);
    dw_free(it->name);
    dw_ld_list_clear(&it->list);
    dw_ld_block_clear(&it->block);
    dw_free(it);
}

/* The first n bytes of a path and .gz behind them; to be freed. */
static char *with_gz(const char *path, size_t n)
{
    char *s = dw_alloc(n + 4, 1);

    memcpy(s, path, n);
    strcpy(s + n, ".gz");
    return s;
}

/* The list beside a matrix: its name with .gz for .npz, or for .coo.npz; to be
 * freed.  The first of them if there is none. */
static char *list_beside(const char *path)
{
    size_t n = strlen(path), base = (size_t)(dw_file_base(path) - path), dot;
    char *list, *shorter;

    n -= n >= 4 && strcmp(path + n - 4, ".npz") == 0 ? 4 : 0;
    list = with_gz(path, n);
    for (dot = n; dot > base && path[dot - 1] != '.'; dot--)
        ;
    if (dot == base || dw_file_exists(list))
        return list;
    shorter = with_gz(path, dot - 1);
    if (!dw_file_exists(shorter)) {
        dw_free(shorter);
        return list;
    }
    dw_free(list);
    return shorter;
}

static int read_window(void *self, void *item, dw_err *err)
{
    struct ukbb *u = self;
    struct item *it = item;
    const dw_ukbb_window *w;
    char *list;
    int rc;

    /* A window within others has no core. */
    for (w = u->windows.item + u->next;
         u->next < u->end && w->core_end && w->core_start == w->core_end; w++)
        u->next++;
    if (u->next == u->end)
        return 0;
    u->next++;
    dw_free(it->name);
    it->name = dw_file_in(u->folder, w->name);
    it->core_start = w->core_start;
    it->core_end = w->core_end;
    if (dw_file_bytes_read(&it->file, it->name, err) < 0)
        return err->code;
    dw_ld_inputs_add(&u->inputs, it->name, dw_hash(it->file.p, it->file.n));
    list = u->snps ? dw_strdup(u->snps) : list_beside(it->name);
    if ((rc = dw_ld_list_read(&it->list, list, err)) == 0)
        dw_ld_inputs_add(&u->inputs, list, it->list.digest);
    dw_free(list);
    return rc < 0 ? rc : 1;
}

static int make_window(const void *self, void *item, const dw_factor_cut *cut,
                       dw_variants *v, dw_ldblock *b, dw_tally *tally,
                       dw_err *err)
{
    struct item *it = item;
    dw_ld_block *w = &it->block;
    int rc = dw_ld_order_make(&w->order, &it->list, 0, it->list.n,
                              it->core_start, it->core_end, tally, err);

    (void)self;
    if (rc == 0)
        rc = dw_ld_block_begin(w, err);
    if (rc == 0)
        rc = dw_sparse_npz_fill(it->file.p, it->file.n, &w->order, &w->corr,
                                err);
    if (rc == 0)
        rc = dw_ld_block_make(w, &it->list, 0, cut, v, b, tally, err);
    return rc < 0 ? dw_err_prefix(err, "%s", it->name) : 0;
}

static void tell_inputs(const void *self,
                        void (*add)(void *ctx, const char *name,
                                    uint64_t digest),
                        void *ctx)
{
    dw_ld_inputs_tell(&((const struct ukbb *)self)->inputs, add, ctx);
}

static void close_ukbb(void *self)
{
    struct ukbb *u = self;

    dw_ukbb_windows_clear(&u->windows);
    dw_ld_inputs_clear(&u->inputs);
    dw_free(u->folder);
    dw_free(u->snps);
    dw_free(u);
}

static const dw_ld_source_kind ukbb_kind = {
    item_new, item_free, read_window, make_window, tell_inputs, close_ukbb,
};

/* One .npz: among the windows of its folder, or by itself. */
static int choose_one(struct ukbb *u, const char *path, dw_err *err)
{
    const char *name = dw_file_base(path);
    dw_ukbb_window w;

    if (dw_ukbb_window_parse(name, &w)) {
        if (dw_ukbb_windows_read(&u->windows, u->folder, err) < 0)
            return err->code;
        while (u->next < u->windows.n &&
               strcmp(u->windows.item[u->next].name, name) != 0)
            u->next++;
        if (u->next < u->windows.n) {
            u->end = u->next + 1;
            return 0;
        }
    }
    dw_ukbb_windows_clear(&u->windows);
    u->windows.item = dw_alloc(1, sizeof *u->windows.item);
    u->windows.n = u->end = 1;
    u->windows.item[0].name = dw_strdup(name);
    u->next = 0;
    return 0;
}

dw_ld_source *dw_ukbb_source_open(const char *path, const char *snps,
                                  dw_err *err)
{
    dw_ld_source *s = dw_alloc(1, sizeof *s);
    struct ukbb *u = dw_alloc(1, sizeof *u);
    bool folder = dw_file_is_folder(path);
    int rc;

    s->kind = &ukbb_kind;
    s->self = u;
    s->name = dw_strdup(dw_file_base(path));
    s->how = dw_strdup("correlations of UKBB_LD's form");
    u->folder = folder ? dw_strdup(path) : dw_file_folder(path);
    u->snps = snps ? dw_strdup(snps) : NULL;
    if (folder) {
        rc = dw_ukbb_windows_read(&u->windows, path, err);
        u->end = u->windows.n;
        u->inputs.folder = dw_strdup(dw_file_base(path));
    } else {
        rc = choose_one(u, path, err);
    }
    if (rc == 0 && folder && snps)
        rc = dw_fail(err, DW_EUSAGE,
                     "%s: each of its matrices has a list of its own beside "
                     "it",
                     path);
    if (rc < 0) {
        dw_ld_source_close(s);
        return NULL;
    }
    return s;
}
