#include "input/bcf_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <htslib/hts_log.h>

bool dw_bcf_file_is(const char *path)
{
    struct stat st;
    htsFile *file;
    bool is;

    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    hts_set_log_level(HTS_LOG_OFF); /* faults are told by us, once */
    file = hts_open(path, "r");
    is = file && hts_get_format(file)->format == bcf;
    if (file)
        (void)!hts_close(file); /* only ever read */
    return is;
}

static int say_neither(const char *path, dw_err *err)
{
    return dw_fail(err, DW_EFORMAT, "%s: is neither a .bed nor a VCF or BCF",
                   path);
}

static int check_format(htsFile *file, const char *path, dw_err *err)
{
    enum htsExactFormat format = hts_get_format(file)->format;

    if (format != vcf && format != bcf)
        return say_neither(path, err);
    if (hts_check_EOF(file) == 0)
        return dw_fail(err, DW_EFORMAT,
                       "%s: is cut short: its last block is missing", path);
    return 0;
}

htsFile *dw_bcf_file_open(const char *path, bcf_hdr_t **header, dw_err *err)
{
    htsFile *file;
    bcf_hdr_t *h;

    hts_set_log_level(HTS_LOG_OFF); /* faults are told by us, once */
    file = hts_open(path, "r");
    if (!file) {
        /* ENOEXEC is what htslib says of a format that it cannot name. */
        if (errno == ENOEXEC)
            say_neither(path, err);
        else
            dw_fail_errno(err, "%s", path);
        return NULL;
    }
    if (check_format(file, path, err) < 0) {
        (void)!hts_close(file); /* only ever read */
        return NULL;
    }
    h = bcf_hdr_read(file);
    if (!h) {
        (void)!hts_close(file);
        dw_fail(err, DW_EFORMAT, "%s: its header cannot be read", path);
        return NULL;
    }
    if (*header)
        bcf_hdr_destroy(*header);
    *header = h;
    return file;
}

int dw_bcf_file_start(dw_bcf_file *b, dw_err *err)
{
    kstring_t text = KS_INITIALIZE;
    int rc = 0;

    if (b->file)
        (void)!hts_close(b->file);
    dw_digest_free(b->digest);
    b->digest = dw_digest_new();
    b->records = 0;
    if (!b->rec && !(b->rec = bcf_init()))
        return dw_fail(err, DW_ENOMEM, "%s: no memory", b->path);
    bcf_clear(b->rec);
    b->file = dw_bcf_file_open(b->path, &b->header, err);
    if (!b->file)
        return err->code;
    if (bcf_hdr_format(b->header, 1, &text) < 0)
        rc = dw_fail(err, DW_EFORMAT, "%s: its header cannot be read", b->path);
    else
        dw_digest_add(b->digest, text.s, text.l);
    free(text.s);
    return rc;
}

int dw_bcf_file_next(dw_bcf_file *b, int which, dw_err *err)
{
    int rc = bcf_read(b->file, b->header, b->rec);

    if (rc == -1)
        return 0;
    b->records++;
    if (rc < 0 || b->rec->errcode || bcf_unpack(b->rec, which) < 0)
        return dw_bcf_file_fail(
            b, "cannot be read: the file is broken or cut short", err);
    /* htslib believes each record, and reads past its end. */
    if (b->rec->n_sample &&
        (int)b->rec->n_sample != bcf_hdr_nsamples(b->header))
        return dw_bcf_file_fail(
            b, "has another number of people than the header", err);
    dw_digest_add(b->digest, b->rec->shared.s, b->rec->shared.l);
    dw_digest_add(b->digest, b->rec->indiv.s, b->rec->indiv.l);
    return 1;
}

int dw_bcf_file_fail(const dw_bcf_file *b, const char *what, dw_err *err)
{
    return dw_fail(err, DW_EFORMAT, "%s: record %" PRIu64 " %s", b->path,
                   b->records, what);
}

void dw_bcf_file_close(dw_bcf_file *b)
{
    if (b->header)
        bcf_hdr_destroy(b->header);
    if (b->file)
        (void)!hts_close(b->file); /* only ever read */
    if (b->rec)
        bcf_destroy(b->rec);
    dw_digest_free(b->digest);
    *b = (dw_bcf_file){.path = b->path};
}
