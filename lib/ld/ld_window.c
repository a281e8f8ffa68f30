#include "ld/ld_window.h"

void dw_ld_window_first(const dw_ld_window *w, size_t n, const uint32_t *pos,
                        size_t rank, size_t *first)
{
    size_t reached = 0;

    for (size_t i = 0; i < n; i++) {
        size_t before = (rank + i) % w->chunk; /* i is that far in its chunk */
        size_t head = before < i ? i - before : 0;
        size_t into;

        while ((double)pos[head] - (double)pos[reached] > w->reach)
            reached++;
        into = (rank + reached) % w->chunk;
        first[i] = into < reached ? reached - into : 0;
    }
}
