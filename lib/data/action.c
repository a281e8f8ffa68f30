#include "data/action.h"

const char *dw_action_word(dw_action action)
{
    static const char *const word[] = {
#define DW_ACTION_WORD(name, w) w,
        DW_ACTION_CODES(DW_ACTION_WORD)
#undef DW_ACTION_WORD
    };

    return word[action];
}

void dw_action_tell(uint32_t actions, dw_buf *out)
{
    const char *comma = "";

    for (int a = 0; a < DW_ACTION_COUNT; a++) {
        if (!(actions & DW_ACTION_BIT(a)))
            continue;
        dw_buf_addf(out, "%s%s", comma, dw_action_word((dw_action)a));
        comma = ",";
    }
    if (!*comma)
        dw_buf_addc(out, '.');
}

void dw_action_count(uint32_t actions, uint64_t n[DW_ACTION_COUNT])
{
    for (int a = 0; actions && a < DW_ACTION_COUNT; a++)
        n[a] += (actions & DW_ACTION_BIT(a)) != 0;
}
