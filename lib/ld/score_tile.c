#include "ld/score_tile.h"

#include "linalg/dense.h"

/* Is a pair in a window? */
static bool is_paired(const dw_score_side *rows, const dw_score_side *columns,
                      size_t i, size_t j)
{
    size_t row = rows->at + i, column = columns->at + j;

    return row < column ? row >= columns->first[j] : column >= rows->first[i];
}

void dw_score_tile_r2(const dw_score_side *rows, const dw_score_side *columns,
                      size_t people, float *r)
{
    const float eps = people > 2 ? (float)(1 / ((double)people - 2)) : 0;

    for (size_t j = 0; j < columns->n; j++, r += DW_SCORE_TILE) {
        for (size_t i = 0; i < rows->n; i++)
            r[i] = (1 + eps) * r[i] * r[i] - eps;
        /* Those that are paired lie in one piece. */
        for (size_t i = 0; i < rows->n && !is_paired(rows, columns, i, j); i++)
            r[i] = 0;
        for (size_t i = rows->n; i > 0 && !is_paired(rows, columns, i - 1, j);
             i--)
            r[i - 1] = 0;
    }
}

void dw_score_tile_of_rows(const dw_score_side *rows,
                           const dw_score_side *columns, size_t p,
                           const float *r2, float *sum)
{
    dw_sgemm(false, false, rows->n, p, columns->n, 1, r2, DW_SCORE_TILE,
             columns->annot, columns->ld, 0, sum, DW_SCORE_TILE);
}

void dw_score_tile_of_columns(const dw_score_side *rows,
                              const dw_score_side *columns, size_t p,
                              const float *r2, float *sum)
{
    dw_sgemm(true, false, columns->n, p, rows->n, 1, r2, DW_SCORE_TILE,
             rows->annot, rows->ld, 0, sum, DW_SCORE_TILE);
}
