/*
 * annotator: whatever fills columns of annotations for variants.
 *
 * A table of values by variant, a set of intervals, a signal, the INFO of a
 * VCF: each is one of these, and whoever has variants asks for its columns,
 * table by table.  Tables come in any order: those of a run of variants behind
 * each other, those of a run of blocks overlapping.  Within a table positions
 * do not descend.
 */
#ifndef DW_ANNOT_ANNOTATOR_H
#define DW_ANNOT_ANNOTATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/variant.h"

typedef struct dw_annotator dw_annotator;

/* What one kind does; `finish` and `broken` may be NULL. */
typedef struct dw_annotator_kind {
    /* Sets columns[0 .. k), each (v->m) long, column-major with ld v->m: NAN
     * where nothing is known of a variant, never an infinity. */
    int (*fill)(void *self, const dw_variants *v, float *columns, dw_err *err);
    /* Reads what is left unread, so that a fault anywhere in a file is told
     * even if no variant lies there. */
    int (*finish)(void *self, dw_err *err);
    /* Names each file by `add`, with the digest of dw-stream(5), "input".
     * Called after finish. */
    void (*inputs)(const void *self,
                   void (*add)(void *ctx, const char *name, uint64_t digest),
                   void *ctx);
    void (*close)(void *self);
    /* Did `fill` or `finish` fail since the rows of a file are not in order?
     * Then they will be sorted, and all tables have to be asked for anew, from
     * the first.  NULL: never. */
    bool (*broken)(const void *self);
} dw_annotator_kind;

struct dw_annotator {
    const dw_annotator_kind *kind;
    void *self;
    const char *file;  /* what it was opened with, for messages; borrowed */
    size_t k;          /* columns */
    char **name;       /* (k) owned, unique within the annotator */
    char **unit;       /* (k) owned; "." when none is known */
    const char *build; /* of which the file is sure to be, as dw_build_name has
                        * it; NULL: not known */
};

/* Makes a new one of k columns, names and units still NULL; `self` is taken
 * over by its kind's close. */
dw_annotator *dw_annotator_new(const dw_annotator_kind *kind, void *self,
                               const char *file, size_t k);
/* Copies name and unit of column i in. */
void dw_annotator_name(dw_annotator *a, size_t i, const char *name,
                       const char *unit);
void dw_annotator_free(dw_annotator *a); /* NULL is fine; closes */

/* Several annotators in a row: one whole of columns. */
typedef struct dw_annotators {
    dw_annotator **item;
    size_t n, p;       /* p: columns of all */
    uint64_t *missing; /* (p) variants without a value so far */
} dw_annotators;

/* Takes `a` over, also on failure: DW_EMISMATCH when it has a column of a name
 * that is there already. */
int dw_annotators_take(dw_annotators *all, dw_annotator *a,
                       dw_err *err) DW_MUST_CHECK;
void dw_annotators_clear(dw_annotators *all);
const char *dw_annotators_name(const dw_annotators *all, size_t column);
const char *dw_annotators_unit(const dw_annotators *all, size_t column);
/* Fills columns [first, first + p) of v->annot, and counts what is missing. */
int dw_annotators_fill(dw_annotators *all, dw_variants *v, size_t first,
                       dw_err *err) DW_MUST_CHECK;
int dw_annotators_finish(dw_annotators *all, dw_err *err) DW_MUST_CHECK;
/* As each kind's: after dw_annotators_finish. */
void dw_annotators_inputs(const dw_annotators *all,
                          void (*add)(void *ctx, const char *name,
                                      uint64_t digest),
                          void *ctx);
/* DW_EMISMATCH when one is of another build than this; "." is not known. */
int dw_annotators_check_build(const dw_annotators *all, const char *build,
                              dw_err *err) DW_MUST_CHECK;
/* How many were found broken so far: when it has grown, all is to begin anew.
 */
size_t dw_annotators_broken(const dw_annotators *all);
void dw_annotators_reset(dw_annotators *all); /* forgets what was counted */

#endif
