/*
 * bcf_file: a VCF or BCF that htslib reads: opened the same way by all, and
 * read record by record with the digest that dw-stream(5) has for a BCF.
 */
#ifndef DW_INPUT_BCF_FILE_H
#define DW_INPUT_BCF_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include <htslib/hts.h>
#include <htslib/vcf.h>

#include "base/err.h"
#include "base/hash.h"

/* Is it a BCF?  Not asked of pipes, which would be read by it. */
bool dw_bcf_file_is(const char *path);

/* A VCF or BCF at its first record, and in *header, freed before, its header;
 * NULL where it is none, or is cut short. */
htsFile *dw_bcf_file_open(const char *path, bcf_hdr_t **header,
                          dw_err *err) DW_MUST_CHECK;

/* One that is read from its first record to its last.  {.path = ...} is one
 * that was not opened. */
typedef struct dw_bcf_file {
    const char *path; /* borrowed */
    htsFile *file;
    bcf_hdr_t *header;
    bcf1_t *rec;       /* the current one */
    uint64_t records;  /* read so far */
    dw_digest *digest; /* of them, behind the header as text */
} dw_bcf_file;

/* Opens it, or opens it anew. */
int dw_bcf_file_start(dw_bcf_file *b, dw_err *err) DW_MUST_CHECK;
/* The next record, unpacked as far as `which` (BCF_UN_INFO ..) says, of as many
 * people as the header.  1, 0, negative. */
int dw_bcf_file_next(dw_bcf_file *b, int which, dw_err *err) DW_MUST_CHECK;
/* Sets err to "PATH: record N what"; returns DW_EFORMAT. */
int dw_bcf_file_fail(const dw_bcf_file *b, const char *what, dw_err *err);
void dw_bcf_file_close(dw_bcf_file *b);

#endif
