/*
 * sim_flow: a stream of blocks in, the same with a simulated trait and its
 * truth out.  dw-sim(1).
 */
#ifndef DW_FLOW_SIM_FLOW_H
#define DW_FLOW_SIM_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "flow/stream_truth.h"
#include "record/rec_stream.h"

typedef struct dw_sim_plan {
    const char *trait; /* its name */
    size_t n;          /* people in the study */
    double h2, tau;    /* of all core variants together; sim/simulate.h */
    uint64_t seed;     /* traits of different names differ all the same */
    bool replace;      /* drop the traits that are there, and their truth */
    const char *version, *args; /* for the history */
} dw_sim_plan;

/*
 * Writes all runs of the stream at `path`, which is read twice at a time, so
 * that the factors are passed on byte for byte.  `truth` is of the same stream.
 * DW_EMISMATCH if there is a trait of that name already.
 */
int dw_sim_run(const dw_sim_plan *plan, dw_stream_truth *truth,
               const char *path, dw_sink *sink, dw_err *err) DW_MUST_CHECK;

#endif
