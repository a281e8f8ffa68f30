#include "foreign/ukbb_source.h"

#include <string.h>

#include "base/mem.h"
#include "foreign/file_bytes.h"
#include "foreign/ld_block.h"
#include "foreign/sparse_npz.h"
#include "foreign/ukbb_windows.h"

struct ukbb {
    dw_ukbb_windows windows;
    char *folder;
    size_t next, end;
    char *name;      /* what is read, for HEAD: the folder, or the matrix */
    uint64_t digest; /* of the folder's listing, or of the matrix */

    /* Of one matrix: its list, read already. */
    char *snps; /* NULL: a folder, and a list beside each matrix */
    dw_ld_list list;
    uint64_t list_digest;
};

/* One window on its way. */
struct item {
    dw_file_bytes file;
    char *name;
    dw_ld_list list;
    uint32_t core_start, core_end;
    char contig[DW_CONTIG_MAX];
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

static const char *contig_of(const void *item)
{
    return ((const struct item *)item)->contig;
}

/* ---- the list beside a matrix ---- */

/* The first n bytes of a path and .gz behind them; to be freed. */
static char *with_gz(const char *path, size_t n)
{
    char *s = dw_alloc(n + 4, 1);

    memcpy(s, path, n);
    strcpy(s + n, ".gz");
    return s;
}

/* Its name with .gz for .npz, or for .coo.npz; to be freed.  The first of them
 * if there is none. */
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

/* ---- reading ---- */

static int read_list(struct ukbb *u, struct item *it, dw_err *err)
{
    char *beside;
    int rc;

    dw_ld_list_clear(&it->list);
    if (u->snps) {
        it->list = u->list;
        u->list = (dw_ld_list){0};
        return 0;
    }
    beside = list_beside(it->name);
    rc = dw_ld_list_read(&it->list, beside, err);
    dw_free(beside);
    return rc;
}

static int read_window(void *self, void *item, dw_err *err)
{
    struct ukbb *u = self;
    struct item *it = item;
    const dw_ukbb_window *w;

    /* A window within others has no core. */
    while (u->next < u->end &&
           dw_ukbb_window_is_empty(&u->windows.item[u->next]))
        u->next++;
    if (u->next == u->end)
        return 0;
    w = &u->windows.item[u->next++];
    it->core_start = w->core_start;
    it->core_end = w->core_end;
    dw_free(it->name);
    it->name = dw_file_in(u->folder, w->name);
    if (read_list(u, it, err) < 0 ||
        dw_ld_list_contig(&it->list, 0, it->list.n, it->contig, err) < 0 ||
        dw_file_bytes_read(&it->file, it->name, err) < 0)
        return err->code;
    if (w->contig[0] && strcmp(it->contig, w->contig) != 0)
        return dw_fail(err, DW_EMISMATCH,
                       "%s: by its name of chromosome %s, but its variants lie "
                       "on %s",
                       it->name, w->contig, it->contig);
    return 1;
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
    dw_file_bytes_clear(&it->file);
    if (rc == 0)
        rc = dw_ld_block_make(w, &it->list, 0, cut, v, b, tally, err);
    dw_ld_block_clear(w); /* while others wait for theirs */
    return rc < 0 ? dw_err_prefix(err, "%s", it->name) : 0;
}

static void tell_inputs(const void *self,
                        void (*add)(void *ctx, const char *name,
                                    uint64_t digest),
                        void *ctx)
{
    const struct ukbb *u = self;

    add(ctx, u->name, u->digest);
    if (u->snps)
        add(ctx, dw_file_base(u->snps), u->list_digest);
}

static void close_ukbb(void *self)
{
    struct ukbb *u = self;

    dw_ukbb_windows_clear(&u->windows);
    dw_free(u->folder);
    dw_free(u->name);
    dw_free(u->snps);
    dw_ld_list_clear(&u->list);
    dw_free(u);
}

static const dw_ld_source_kind ukbb_kind = {
    .item_new = item_new,
    .item_free = item_free,
    .read = read_window,
    .make = make_window,
    .contig = contig_of,
    .inputs = tell_inputs,
    .close = close_ukbb,
};

/* ---- opening ---- */

static int open_windows(struct ukbb *u, const char *path, const char *snps,
                        dw_err *err)
{
    if (snps)
        return dw_fail(err, DW_EUSAGE,
                       "%s: each of its matrices has a list of its own beside "
                       "it",
                       path);
    u->folder = dw_strdup(path);
    if (dw_ukbb_windows_read(&u->windows, path, err) < 0)
        return err->code;
    u->end = u->windows.n;
    return dw_ukbb_windows_digest(&u->windows, path, &u->digest, err);
}

/* One .npz: among the windows of its folder, or by itself. */
static int find_window(struct ukbb *u, const char *name, dw_err *err)
{
    dw_ukbb_windows *w = &u->windows;
    dw_ukbb_window window;

    if (dw_ukbb_window_parse(name, &window)) {
        if (dw_ukbb_windows_read(w, u->folder, err) < 0)
            return err->code;
        while (u->next < w->n && strcmp(w->item[u->next].name, name) != 0)
            u->next++;
        u->end = u->next + 1;
        if (u->next < w->n)
            return 0;
    }
    dw_ukbb_windows_clear(w);
    w->item = dw_alloc(1, sizeof *w->item);
    w->item[0].name = dw_strdup(name);
    w->n = u->end = 1;
    u->next = 0;
    return 0;
}

static int open_matrix(struct ukbb *u, const char *path, const char *snps,
                       dw_err *err)
{
    u->folder = dw_file_folder(path);
    u->snps = snps ? dw_strdup(snps) : list_beside(path);
    if (find_window(u, dw_file_base(path), err) < 0 ||
        dw_ld_list_read(&u->list, u->snps, err) < 0 ||
        dw_file_digest(path, &u->digest, err) < 0)
        return err->code;
    u->list_digest = u->list.digest;
    return 0;
}

dw_ld_source *dw_ukbb_source_open(const char *path, const char *snps,
                                  dw_err *err)
{
    dw_ld_source *s = dw_alloc(1, sizeof *s);
    struct ukbb *u = dw_alloc(1, sizeof *u);
    int rc;

    s->kind = &ukbb_kind;
    s->self = u;
    s->name = dw_strdup(dw_file_base(path));
    s->how = dw_strdup("correlations of UKBB_LD's form");
    u->name = dw_strdup(dw_file_base(path));
    rc = dw_file_is_folder(path) ? open_windows(u, path, snps, err)
                                 : open_matrix(u, path, snps, err);
    if (rc < 0) {
        dw_ld_source_close(s);
        return NULL;
    }
    return s;
}
