/* Any bytes as a study: every row is taken or has a reason, and what is taken
 * is whole.  The first byte chooses the options. */
#include <math.h>

#include "as_file.h"
#include "data/allele.h"
#include "data/harmonise.h"
#include "study/read_sumstats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const dw_row *row)
{
    const float *v = row->value;

    bool acgt = dw_allele_is_acgt(row->a1) && dw_allele_is_acgt(row->a2);

    if ((!acgt && !dw_allele_is_indel_code(row->a1, row->a2)) ||
        dw_allele_eq(row->a1, row->a2) || !isfinite(v[DW_STUDY_Z]) ||
        !(v[DW_STUDY_N] > 0) || v[DW_STUDY_EAF] < 0 || v[DW_STUDY_EAF] > 1)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const columns[] = {NULL, "CHR=a,POS=b,EA=c,OA=d,Z=e",
                                          "P=P", "EA=A2,OA=A1"};
    uint8_t choice = size ? data[0] : 0;
    dw_sumstats_opts opts = {
        .n = choice & 1 ? 1000 : 0,
        .columns = columns[choice >> 1 & 3],
        .format = choice & 8 ? "table" : NULL,
        .min_maf = choice & 16 ? 0.01 : 0,
        .min_info = choice & 32 ? 0.5 : 0,
    };
    dw_fates fates = {0};
    dw_err err = {0};
    dw_sumstats *s = dw_sumstats_open(
        as_file(data + (size > 0), size - (size > 0)), &opts, &fates, &err);
    const dw_row_reader *r = s ? dw_sumstats_reader(s) : NULL;
    uint64_t rows = 0;
    dw_row row;
    int rc = 0;

    while (r && (rc = r->next(r->self, &row, &err)) > 0) {
        check(&row);
        rows++;
    }
    for (int i = 0; i < DW_REASON_COUNT; i++)
        rows += fates.n[i];
    if (rc == 0 && s && rows != dw_sumstats_rows(s))
        abort();
    if ((!s || rc < 0) && !err.msg[0])
        abort();
    dw_sumstats_close(s);
    return 0;
}
