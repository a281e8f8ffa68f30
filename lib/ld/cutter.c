#include "ld/cutter.h"

void dw_cutter_begin(dw_cutter *c, const char *contig)
{
    dw_plan_begin(&c->plan, contig);
    c->have = false;
    c->seen = 0;
}

/* The first row of part i of the core [from, to).  Variants of one position
 * stay together, so that the core's range can say which are in it. */
static size_t part_begins(const dw_cutter *c, const dw_slide *s, size_t from,
                          size_t to, size_t i)
{
    size_t row = from + (to - from) / c->parts * i +
                 (to - from) % c->parts * i / c->parts;

    while (row > from && row < to &&
           dw_slide_pos(s, row) == dw_slide_pos(s, row - 1))
        row--;
    return row;
}

/* The next part of the block in hand; false when it has no more. */
static bool next_part(dw_cutter *c, const dw_slide *s, dw_piece *piece)
{
    const dw_span_block *b = &c->block;
    size_t from = dw_slide_lower(s, b->start), to = dw_slide_lower(s, b->end);

    while (c->part < c->parts) {
        size_t i = c->part++;
        size_t first = part_begins(c, s, from, to, i);
        size_t end = part_begins(c, s, from, to, i + 1);
        uint32_t flank = c->plan.flank, left, right;

        if (first == end)
            continue;
        left = piece->start =
            first == from ? b->start : dw_slide_pos(s, first) - 1;
        right = piece->end = end == to ? b->end : dw_slide_pos(s, end) - 1;
        left = left > flank ? left - flank : 0;
        right = right < UINT32_MAX - flank ? right + flank : UINT32_MAX;
        piece->begin = dw_slide_lower(s, left);
        piece->m = dw_slide_lower(s, right) - piece->begin;
        piece->core = first - piece->begin;
        piece->l = end - first;
        /* Blocks to come begin here or later. */
        if (piece->begin > c->seen)
            c->outside += piece->begin - c->seen;
        if (piece->begin + piece->m > c->seen)
            c->seen = piece->begin + piece->m;
        return true;
    }
    c->have = false;
    return false;
}

/* The plan's next block; false when it has none for what is in the window. */
static bool next_block(dw_cutter *c, const dw_slide *s)
{
    size_t row = dw_slide_lower(s, c->plan.done);
    uint32_t pos = 1;

    if (!c->plan.blocks) {
        if (row == dw_slide_size(s))
            return false;
        pos = dw_slide_pos(s, row);
    }
    c->have = dw_plan_next(&c->plan, pos, &c->block);
    c->part = c->parts = 0;
    return c->have;
}

uint64_t dw_cutter_bytes(size_t people, size_t l, size_t m)
{
    uint64_t s = people < l ? people : l;

    return 28 * s * s + 16 * s * m;
}

/* Into how many parts the block in hand is to be cut, which has l > 0 core
 * variants.  A part is taken to have all of the flanks' and the core's. */
static size_t count_parts(dw_cutter *c, const dw_slide *s, size_t l)
{
    size_t m =
        dw_slide_lower(s, c->block.to) - dw_slide_lower(s, c->block.from);
    size_t parts = 1;

    if (c->max_variants && l > c->max_variants) {
        parts = (l - 1) / c->max_variants + 1;
        c->split++;
    }
    if (c->memory &&
        dw_cutter_bytes(c->people, (l - 1) / parts + 1, m) > c->memory) {
        c->shrunk++;
        while (parts < l &&
               dw_cutter_bytes(c->people, (l - 1) / parts + 1, m) > c->memory)
            parts++;
    }
    return parts;
}

bool dw_cutter_next(dw_cutter *c, const dw_slide *s, bool at_end,
                    dw_piece *piece)
{
    for (;;) {
        size_t size = dw_slide_size(s), l;

        if (!c->have && !next_block(c, s))
            return false;
        if (!at_end && (!size || dw_slide_pos(s, size - 1) <= c->block.to))
            return false;
        if (!c->parts) {
            l = dw_slide_lower(s, c->block.end) -
                dw_slide_lower(s, c->block.start);
            c->empty += l == 0;
            c->parts = l ? count_parts(c, s, l) : 0;
        }
        if (next_part(c, s, piece))
            return true;
    }
}

void dw_cutter_drop(dw_cutter *c, dw_slide *s)
{
    uint32_t floor = c->have ? c->block.from : dw_plan_floor(&c->plan);
    size_t rows = dw_slide_lower(s, floor);

    c->outside += rows > c->seen ? rows - c->seen : 0;
    c->seen = rows > c->seen ? 0 : c->seen - rows;
    dw_slide_drop(s, rows);
}
