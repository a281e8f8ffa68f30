#include "fit/keeper.h"

#include <string.h>

#include "base/mem.h"

void dw_keeper_clear(dw_keeper *k)
{
    dw_snapshot_clear(&k->at);
    *k = (dw_keeper){0};
}

bool dw_keeper_recall(dw_keeper *k, const dw_piece *piece, size_t n_pieces)
{
    size_t n = 0;

    for (size_t i = 0; i < n_pieces; i++)
        n += piece[i].n;
    if (!k || k->recalled == k->at.n_journal)
        return false;
    if (n > k->at.n_journal - k->recalled) { /* of no use to anybody */
        k->at.n_journal = k->recalled;
        return false;
    }
    for (size_t i = 0; i < n_pieces; i++) {
        memcpy(piece[i].x, k->at.journal + k->recalled,
               piece[i].n * sizeof(double));
        k->recalled += piece[i].n;
    }
    return true;
}

int dw_keeper_note(dw_keeper *k, const dw_piece *piece, size_t n_pieces,
                   dw_err *err)
{
    dw_snapshot *at = k ? &k->at : NULL;

    if (!k)
        return 0;
    for (size_t i = 0; i < n_pieces; i++) {
        if (dw_try_grow((void **)&at->journal, &at->cap_journal,
                        at->n_journal + piece[i].n, sizeof(double)) < 0)
            return dw_fail(err, DW_ENOMEM, "no memory to note a pass");
        memcpy(at->journal + at->n_journal, piece[i].x,
               piece[i].n * sizeof(double));
        at->n_journal += piece[i].n;
    }
    k->recalled = at->n_journal;
    return dw_keeper_due(k) ? k->save(k->ctx, at, k->trained, err) : 0;
}

bool dw_keeper_training(const dw_keeper *k)
{
    return k && k->at.n_params > 0;
}

bool dw_keeper_due(const dw_keeper *k)
{
    return k && k->due && k->due(k->ctx);
}
