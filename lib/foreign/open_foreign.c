#include "foreign/open_foreign.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "foreign/file_bytes.h"
#include "foreign/gctb_source.h"
#include "foreign/square_source.h"
#include "foreign/ukbb_source.h"
#include "foreign/ukbb_windows.h"

static bool has(const char *folder, const char *name)
{
    char *path = dw_file_in(folder, name);
    bool there = dw_file_exists(path);

    dw_free(path);
    return there;
}

static dw_ld_source *open_folder(const char *path, const char *snps,
                                 dw_err *err)
{
    dw_ukbb_windows w;
    size_t n;

    if (has(path, "ldm.info")) {
        if (!snps)
            return dw_gctb_source_open(path, err);
        dw_fail(err, DW_EUSAGE, "%s: snp.info is its list of variants", path);
        return NULL;
    }
    if (dw_ukbb_windows_read(&w, path, err) < 0)
        return NULL;
    n = w.n;
    dw_ukbb_windows_clear(&w);
    if (n)
        return dw_ukbb_source_open(path, snps, err);
    dw_fail(err, DW_EFORMAT,
            "%s: this folder holds neither ldm.info (GCTB, SBayesRC) nor "
            "chrC_START_END.npz (UKBB_LD)",
            path);
    return NULL;
}

/* Does it begin as a zip archive does? */
static bool is_zip(const char *path)
{
    FILE *f = fopen(path, "rb");
    char magic[2] = {0};
    bool zip = f && fread(magic, 1, 2, f) == 2 && memcmp(magic, "PK", 2) == 0;

    if (f)
        fclose(f);
    return zip;
}

static bool ends_in(const char *path, const char *end)
{
    size_t n = strlen(path), k = strlen(end);

    return n >= k && strcmp(path + n - k, end) == 0;
}

static dw_ld_source *open_path(const char *path, const char *snps, dw_err *err)
{
    dw_buf npz = {0};
    dw_ld_source *s = NULL;

    dw_buf_addf(&npz, "%s.npz", path);
    if (dw_file_is_folder(path))
        s = open_folder(path, snps, err);
    else if (!dw_file_exists(path) && dw_file_exists(npz.s))
        s = dw_ukbb_source_open(npz.s, snps, err);
    else if (!dw_file_exists(path))
        dw_fail_errno(err, "%s", path);
    else if (ends_in(path, ".npz") || is_zip(path))
        s = dw_ukbb_source_open(path, snps, err);
    else if (ends_in(path, ".eigen.bin") || ends_in(path, "ldm.info"))
        dw_fail(err, DW_EUSAGE,
                "%s: name its folder, in which ldm.info and snp.info say what "
                "the blocks are",
                path);
    else
        s = dw_square_source_open(path, snps, err);
    dw_buf_clear(&npz);
    return s;
}

dw_ld_source *dw_foreign_open(const char *path, const char *snps, dw_err *err)
{
    size_t n = strlen(path);
    dw_ld_source *s;
    char *p;

    while (n > 1 && path[n - 1] == '/')
        n--;
    p = dw_strndup(path, n);
    s = open_path(p, snps, err);
    dw_free(p);
    return s;
}
