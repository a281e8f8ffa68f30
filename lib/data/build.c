#include "data/build.h"

#include "base/mem.h"
#include "base/text.h"

const char *dw_build_name(const char *name)
{
    static const char *const alias[][2] = {
        {"hg19", "GRCh37"},   {"b37", "GRCh37"},    {"37", "GRCh37"},
        {"GRCh37", "GRCh37"}, {"hg38", "GRCh38"},   {"b38", "GRCh38"},
        {"38", "GRCh38"},     {"GRCh38", "GRCh38"},
    };

    for (size_t i = 0; i < DW_COUNT(alias); i++) {
        if (dw_span_eq_nocase(dw_span_of(name), alias[i][0]))
            return alias[i][1];
    }
    return name;
}
