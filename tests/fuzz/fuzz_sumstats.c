/* Any bytes as a study's table.  The first byte chooses the options. */
#include "as_study.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const columns[] = {NULL, "CHR=a,POS=b,EA=c,OA=d,Z=e",
                                          "P=P", "EA=A2,OA=A1"};
    uint8_t choice = size ? data[0] : 0;
    const dw_sumstats_opts opts = {
        .n = choice & 1 ? 1000 : 0,
        .columns = columns[choice >> 1 & 3],
        .format = choice & 8 ? "table" : NULL,
        .min_maf = choice & 16 ? 0.01 : 0,
        .min_info = choice & 32 ? 0.5 : 0,
        .n_of_se = choice & 64,
        .zero_based = choice & 64,
        .check_sd = choice & 128,
    };

    read_as_study(as_file(data + (size > 0), size - (size > 0)), &opts);
    return 0;
}
