/* Any bytes as the YAML beside a GWAS-SSF file. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "study/study_meta.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dw_study_meta m;
    dw_err err = {0};

    if (dw_study_meta_parse((const char *)data, size, "meta", &m, &err) < 0) {
        if (!err.msg[0])
            abort();
    } else if (!m.there || !(m.n >= 0) || !(m.cases >= 0) ||
               !(m.controls >= 0) ||
               memchr(m.build, 0, sizeof m.build) == NULL) {
        abort();
    }
    return 0;
}
