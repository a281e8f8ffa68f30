/*
 * pick_trait: which of a run's traits a tool works on.
 */
#ifndef DW_FLOW_PICK_TRAIT_H
#define DW_FLOW_PICK_TRAIT_H

#include <stddef.h>
#include <stdint.h>

#include "record/rec_head.h"

/*
 * The trait of this name; if `name` is NULL the only one, else the one of the
 * name `other` (a model's; may be NULL).  `source` is the stream's name, for
 * messages.
 *
 * 0 with *trait set; DW_EUSAGE if there are several to choose from;
 * DW_EMISMATCH if there is none, or it has no sample size.
 */
int dw_trait_pick(const dw_head *h, const char *source, const char *name,
                  const char *other, size_t *trait, dw_err *err) DW_MUST_CHECK;

/* Of the panel's people, those whose sampling biases r^2 in what the trait's
 * z-scores say: none (0) for a simulated trait, which was drawn from the very
 * LD that the block factors hold. */
uint64_t dw_trait_sampled(const dw_head *h, size_t trait, uint64_t people);

#endif
