#include "data/reason.h"

#include <string.h>

const char *dw_reason_word(dw_reason reason)
{
    static const char *const word[] = {"taken",
#define DW_REASON_WORD(name, w, text) w,
                                       DW_REASON_CODES(DW_REASON_WORD)
#undef DW_REASON_WORD
    };

    return word[reason];
}

const char *dw_reason_text(dw_reason reason)
{
    static const char *const words[] = {"taken",
#define DW_REASON_TEXT(name, w, text) text,
                                        DW_REASON_CODES(DW_REASON_TEXT)
#undef DW_REASON_TEXT
    };

    return words[reason];
}

bool dw_reason_is_of_reference(dw_reason reason)
{
    return reason >= DW_REASON_REF_NO_PLACE;
}

void dw_fates_drop(dw_fates *f, const dw_row *row, dw_reason reason)
{
    f->n[reason]++;
    if (f->tell)
        f->tell(f->ctx, row, reason);
}

void dw_fates_reset(dw_fates *f)
{
    memset(f->n, 0, sizeof f->n);
}
