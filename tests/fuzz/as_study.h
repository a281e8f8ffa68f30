/* as_study: a fuzzer's bytes read as a study: every row is taken or has a
 * reason, what is taken is whole, and a refusal has words. */
#ifndef DW_TESTS_FUZZ_AS_STUDY_H
#define DW_TESTS_FUZZ_AS_STUDY_H

#include <math.h>

#include "as_file.h"
#include "data/allele.h"
#include "data/harmonise.h"
#include "study/read_sumstats.h"

static inline void check_row(const dw_row *row)
{
    const float *v = row->value;
    bool acgt = dw_allele_is_acgt(row->a1) && dw_allele_is_acgt(row->a2);

    bool half = dw_allele_is_acgt(row->a1) && dw_allele_is_unknown(row->a2);

    if ((!acgt && !half && !dw_allele_is_indel_code(row->a1, row->a2)) ||
        dw_allele_eq(row->a1, row->a2) || !isfinite(v[DW_STUDY_Z]) ||
        !(v[DW_STUDY_N] > 0) || v[DW_STUDY_EAF] < 0 || v[DW_STUDY_EAF] > 1)
        abort();
}

static inline void read_as_study(const char *path, const dw_sumstats_opts *opts)
{
    dw_fates fates = {0};
    dw_err err = {0};
    dw_sumstats *s = dw_sumstats_open(path, opts, &fates, &err);
    const dw_row_reader *r = s ? dw_sumstats_reader(s) : NULL;
    uint64_t rows = 0;
    dw_buf told = {0};
    dw_row row;
    int rc = 0;

    while (r && (rc = r->next(r->self, &row, &err)) > 0) {
        check_row(&row);
        rows++;
    }
    for (int i = 0; i < DW_REASON_COUNT; i++)
        rows += fates.n[i];
    if (rc == 0 && s && rows != dw_sumstats_rows(s))
        abort();
    if ((!s || rc < 0) && !err.msg[0])
        abort();
    if (s)
        dw_sumstats_tell(s, &told);
    dw_sumstats_close(s);
    err = (dw_err){0};
    if (dw_sumstats_explain(path, opts, &told, &err) < 0 && !err.msg[0])
        abort();
    dw_buf_clear(&told);
}

#endif
