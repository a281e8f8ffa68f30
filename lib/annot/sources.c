#include "annot/sources.h"

#include <string.h>

#include "annot/bed_annot.h"
#include "annot/bigwig_annot.h"
#include "annot/feature_annot.h"
#include "annot/gtf_annot.h"
#include "annot/info_annot.h"
#include "annot/tabix_annot.h"
#include "annot/table_annot.h"
#include "base/mem.h"

/* The kinds.  Only tables need to know of the reference. */
static const struct kind {
    const char *option;
    dw_annotator *(*open)(const char *text, const char *bim, dw_err *err);
} kinds[] = {
    {"annot", dw_table_annot_open},   {"bed", dw_bed_annot_open},
    {"bigwig", dw_bigwig_annot_open}, {"feature", dw_feature_annot_open},
    {"gtf", dw_gtf_annot_open},       {"info", dw_info_annot_open},
    {"table", dw_tabix_annot_open},
};

int dw_annot_source_open(dw_annotators *all, const dw_annot_source *source,
                         const char *bim, dw_err *err)
{
    for (size_t i = 0; i < DW_COUNT(kinds); i++) {
        dw_annotator *a;

        if (strcmp(kinds[i].option, source->option) != 0)
            continue;
        a = kinds[i].open(source->text, bim, err);
        return a ? dw_annotators_take(all, a, err) : err->code;
    }
    return dw_fail(err, DW_EBUG, "no annotations come from --%s",
                   source->option);
}
