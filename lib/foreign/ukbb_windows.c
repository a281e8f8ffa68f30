#include "foreign/ukbb_windows.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"
#include "foreign/file_bytes.h"

bool dw_ukbb_window_parse(const char *name, dw_ukbb_window *w)
{
    const char *s = strchr(name, '_'), *e = s ? strchr(s + 1, '_') : NULL;
    const char *dot = e ? strchr(e, '.') : NULL;
    uint64_t start, end;

    *w = (dw_ukbb_window){0};
    if (!dot || strcmp(dot, ".npz") != 0 || strncmp(name, "chr", 3) != 0 ||
        dw_contig_name((dw_span){name, (size_t)(s - name)}, DW_CONTIG_PLINK,
                       w->contig) < 0 ||
        dw_text_digits((dw_span){s + 1, (size_t)(e - s - 1)}, &start) < 0 ||
        dw_text_digits((dw_span){e + 1, (size_t)(dot - e - 1)}, &end) < 0 ||
        start < 1 || start >= end || end > INT32_MAX)
        return false;
    w->start = (uint32_t)start - 1;
    w->end = (uint32_t)end - 1;
    return true;
}

static int by_place(const void *a, const void *b)
{
    const dw_ukbb_window *x = a, *y = b;
    int c = dw_contig_cmp(x->contig, y->contig);

    if (c != 0)
        return c;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return strcmp(x->name, y->name);
}

static void find_cores(dw_ukbb_windows *w)
{
    for (size_t i = 0; i < w->n; i++) {
        w->item[i].core_start = w->item[i].start;
        w->item[i].core_end = w->item[i].end;
    }
    for (size_t i = 0; i + 1 < w->n; i++) {
        dw_ukbb_window *a = &w->item[i], *b = a + 1;
        uint32_t half;

        if (strcmp(a->contig, b->contig) != 0 || b->start >= a->end)
            continue;
        half = b->start + (a->end - b->start) / 2;
        if (half < a->core_start) /* one window within another */
            half = a->core_start;
        a->core_end = b->core_start = half;
    }
}

int dw_ukbb_windows_read(dw_ukbb_windows *w, const char *folder, dw_err *err)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    *w = (dw_ukbb_windows){0};
    if (!dir)
        return dw_fail_errno(err, "%s", folder);
    while (errno = 0, (entry = readdir(dir)) != NULL) {
        dw_ukbb_window x;

        if (!dw_ukbb_window_parse(entry->d_name, &x))
            continue;
        x.name = dw_strdup(entry->d_name);
        w->item = dw_realloc(w->item, w->n + 1, sizeof *w->item);
        w->item[w->n++] = x;
    }
    if (errno != 0)
        dw_fail_errno(err, "%s", folder);
    closedir(dir);
    if (err->code)
        return err->code;
    if (w->n)
        qsort(w->item, w->n, sizeof *w->item, by_place);
    find_cores(w);
    return 0;
}

bool dw_ukbb_window_is_empty(const dw_ukbb_window *w)
{
    return w->core_end && w->core_start == w->core_end;
}

int dw_ukbb_windows_digest(const dw_ukbb_windows *w, const char *folder,
                           uint64_t *digest, dw_err *err)
{
    dw_buf listing = {0};
    int rc = 0;

    for (size_t i = 0; i < w->n && rc == 0; i++) {
        char *path = dw_file_in(folder, w->item[i].name);
        uint64_t size;

        if ((rc = dw_file_size(path, &size, err)) == 0)
            dw_buf_addf(&listing, "%s %" PRIu64 "\n", w->item[i].name, size);
        dw_free(path);
    }
    *digest = dw_hash(listing.s, listing.n);
    dw_buf_clear(&listing);
    return rc;
}

void dw_ukbb_windows_clear(dw_ukbb_windows *w)
{
    for (size_t i = 0; i < w->n; i++)
        dw_free(w->item[i].name);
    dw_free(w->item);
    *w = (dw_ukbb_windows){0};
}
