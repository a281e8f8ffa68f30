/*
 * build_check: whether a study, a reference, a genome and a chain file are of
 * the builds that they have to be of.
 */
#ifndef DW_PLACE_BUILD_CHECK_H
#define DW_PLACE_BUILD_CHECK_H

#include "base/buf.h"
#include "base/err.h"
#include "place/build_evidence.h"
#include "place/chain.h"

/* A file and what speaks for its build; its evidence may be NULL. */
typedef struct dw_build_witness {
    const char *name;
    const dw_build_evidence *rows, *header;
    const char *says; /* the build that it names itself; NULL or "": none */
} dw_build_witness;

typedef struct dw_build_check {
    dw_build_witness study, ref, genome; /* name NULL: there is none */
    const dw_chain *chain;               /* NULL: none; lifts the study */
    const char *stated;                  /* by --build; NULL: not stated */
    double share; /* of the positions that match; NAN: not known */
} dw_build_check;

/* DW_EMISMATCH where any two of them contradict each other, in one line; else
 * sets *build to what they say, or DW_BUILD_NONE, and adds the words why. */
int dw_build_check_all(const dw_build_check *c, int *build, dw_buf *why,
                       dw_err *err) DW_MUST_CHECK;

#endif
