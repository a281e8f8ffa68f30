#include "ld/plan.h"

static uint32_t below(uint32_t x, uint32_t by)
{
    return x > by ? x - by : 0;
}

static uint32_t above(uint32_t x, uint32_t by)
{
    return x < UINT32_MAX - by ? x + by : UINT32_MAX;
}

void dw_plan_begin(dw_plan *plan, const char *contig)
{
    size_t c = plan->blocks ? dw_regions_contig(plan->blocks, contig) : 0;

    plan->next = plan->end = 0;
    plan->done = 0;
    if (plan->blocks && c != SIZE_MAX) {
        plan->next = plan->blocks->contig[c].first;
        plan->end = plan->blocks->contig[c].end;
    }
}

bool dw_plan_next(dw_plan *plan, uint32_t pos, dw_span_block *b)
{
    if (plan->blocks) {
        const dw_region *r;

        if (plan->next == plan->end)
            return false;
        r = &plan->blocks->item[plan->next++];
        b->start = r->start;
        b->end = r->end;
    } else {
        uint32_t at = pos - 1 > plan->done ? pos - 1 : plan->done;

        /* Positions are below 2^31: this may be past the end, not wrap. */
        if (at > INT32_MAX)
            return false;
        b->start = at / plan->step * plan->step;
        b->end = above(b->start, plan->step);
        plan->done = b->end;
    }
    b->from = below(b->start, plan->flank);
    b->to = above(b->end, plan->flank);
    return true;
}

uint32_t dw_plan_floor(const dw_plan *plan)
{
    uint32_t start = plan->done;

    if (plan->blocks)
        start = plan->next < plan->end ? plan->blocks->item[plan->next].start
                                       : UINT32_MAX;
    return below(start, plan->flank);
}
