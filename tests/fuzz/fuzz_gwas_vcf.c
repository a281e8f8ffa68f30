/* Any bytes behind the header of a GWAS-VCF; and, if they begin with "##", any
 * bytes as a VCF with a header of their own. */
#include "as_study.h"

#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const HEADER =
    "##fileformat=VCFv4.2\n"
    "##contig=<ID=1,assembly=GRCh37>\n"
    "##contig=<ID=X>\n"
    "##SAMPLE=<ID=one,TotalCases=100,TotalControls=300>\n"
    "##FORMAT=<ID=ES,Number=A,Type=Float,Description=\"e\">\n"
    "##FORMAT=<ID=SE,Number=A,Type=Float,Description=\"s\">\n"
    "##FORMAT=<ID=LP,Number=A,Type=Float,Description=\"p\">\n"
    "##FORMAT=<ID=AF,Number=A,Type=Float,Description=\"f\">\n"
    "##FORMAT=<ID=SS,Number=A,Type=Integer,Description=\"n\">\n"
    "##FORMAT=<ID=NC,Number=1,Type=Integer,Description=\"c\">\n"
    "##FORMAT=<ID=EZ,Number=A,Type=Float,Description=\"z\">\n"
    "##FORMAT=<ID=SI,Number=A,Type=String,Description=\"i\">\n"
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tone\ttwo\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const bool own = size > 2 && data[0] == '#' && data[1] == '#';
    const dw_sumstats_opts opts = {.study = own ? NULL : "one", .min_maf = 0};
    dw_buf text = {0};

    if (!own)
        dw_buf_adds(&text, HEADER);
    dw_buf_add(&text, data, size);
    read_as_study(as_file((const uint8_t *)text.s, text.n), &opts);
    dw_buf_clear(&text);
    return 0;
}
