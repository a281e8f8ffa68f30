/*
 * study_meta: what the YAML beside a GWAS-SSF file (FILE-meta.yaml) says of it.
 */
#ifndef DW_STUDY_STUDY_META_H
#define DW_STUDY_STUDY_META_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

typedef struct dw_study_meta {
    bool there;      /* was there such a file? */
    uint64_t digest; /* XXH64 of its bytes */
    char build[32];  /* genome_assembly; "" when it says none */
    bool zero_based; /* coordinate_system */
    bool case_control;
    double n, cases, controls; /* summed over the samples; 0: not told */
} dw_study_meta;

/* Reads the file beside `study`, if there is one: 0 also when there is none. */
int dw_study_meta_read(const char *study, dw_study_meta *m,
                       dw_err *err) DW_MUST_CHECK;
/* The same from its bytes; `name` is for messages. */
int dw_study_meta_parse(const char *text, size_t n, const char *name,
                        dw_study_meta *m, dw_err *err) DW_MUST_CHECK;

#endif
