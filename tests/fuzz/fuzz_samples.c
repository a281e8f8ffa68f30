/* Any bytes as --samples of a panel of five people: some of them in the order
 * of the panel, or a message. */
#include "as_file.h"
#include "input/panel_people.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* Two of one IID, and one whose name is that of a header. */
    static const char *const who[][2] = {
        {"f", "a"}, {"f", "b"}, {"g", "b"}, {"0", "c"}, {"FID", "IID"}};
    dw_people p = {0};
    dw_err err = {0};
    int rc;

    for (size_t i = 0; i < 5; i++)
        dw_people_add(&p, dw_span_of(who[i][0]), dw_span_of(who[i][1]));
    rc = dw_people_select(&p, as_file(data, size), "panel", &err);
    if (rc < 0 ? !err.msg[0] : p.n > p.n_all || p.n_all != 5)
        abort();
    for (size_t i = 0; rc == 0 && i < p.n; i++) {
        if (p.at[i] >= 5 || (i && p.at[i] <= p.at[i - 1]) ||
            strcmp(p.iid[i], who[p.at[i]][1]) != 0)
            abort();
    }
    dw_people_clear(&p);
    return 0;
}
