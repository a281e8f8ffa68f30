/*
 * rec_head: HEAD, what a run of chunks is about.  dw-stream(5), "HEAD".
 */
#ifndef DW_RECORD_REC_HEAD_H
#define DW_RECORD_REC_HEAD_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define DW_MISSING_UNKNOWN UINT64_MAX

enum { DW_HEAD_VERSION = 1, DW_LINEAGES_MAX = 4096 };

typedef struct dw_trait {
    char *name;
    char *kind; /* quantitative, binary, simulated, unknown */
    double n;   /* sample size: the median over its variants; NAN: not known */
} dw_trait;

typedef struct dw_column {
    char *name;
    char *unit;       /* "." when none is known */
    uint64_t missing; /* variants without a value; DW_MISSING_UNKNOWN */
} dw_column;

/* One step of the history: what was run, and a text input's digest. */
typedef struct dw_step {
    uint32_t lineage; /* runs made apart and put together differ in it */
    char *tool, *version;
    char *args; /* what bears on the result, as given; no -o, -@, -q ... */
    struct dw_step_input {
        char *name;
        uint64_t digest; /* XXH64 of its uncompressed bytes */
    } * input;
    size_t n_inputs;
} dw_step;

typedef struct dw_head {
    char *build; /* GRCh37, GRCh38, or "."; NULL is "." */
    dw_trait *trait;
    size_t t;
    dw_column *annot;
    size_t p;
    struct {
        char *name;      /* NULL: no LD in this run */
        uint64_t people; /* 0: not known */
        char *how;       /* "genotypes, min-eigen 1e-4, windows ..." */
    } panel;
    dw_step *step;
    size_t n_steps;
} dw_head;

void dw_head_clear(dw_head *h);
void dw_head_copy(dw_head *dst, const dw_head *src); /* dst is cleared first */

void dw_head_set_build(dw_head *h, const char *build);
void dw_head_add_trait(dw_head *h, const char *name, const char *kind,
                       double n);
void dw_head_add_annot(dw_head *h, const char *name, const char *unit,
                       uint64_t missing);
void dw_head_set_panel(dw_head *h, const char *name, uint64_t people,
                       const char *how);
/* Adds a step to every lineage that there is (to lineage 0 if none). */
void dw_head_add_step(dw_head *h, const char *tool, const char *version,
                      const char *args);
/* Adds an input to the steps that the last dw_head_add_step made. */
void dw_head_add_input(dw_head *h, const char *name, uint64_t digest);
/* Takes in the history of another head, its lineages renumbered behind those
 * that are there; identical lineages are kept once, and those beyond
 * DW_LINEAGES_MAX are left out. */
void dw_head_join_history(dw_head *h, const dw_head *other);

size_t dw_head_find_trait(const dw_head *h, const char *name); /* SIZE_MAX */
size_t dw_head_find_annot(const dw_head *h, const char *name);

/* DW_EMISMATCH, naming the first thing in which they differ, unless the two
 * agree in what matters: build, names and kinds of traits, annotation columns,
 * people and making of the panel.  (The N of a trait and the panel's name, one
 * file a chromosome, may differ from run to run.) */
int dw_head_agree(const dw_head *a, const dw_head *b,
                  dw_err *err) DW_MUST_CHECK;

/* One step more of one lineage, and one input more of the last step: as they
 * stand in a file. */
void dw_head_append_step(dw_head *h, uint32_t lineage, const char *tool,
                         const char *version, const char *args);
void dw_head_append_input(dw_head *h, const char *name, uint64_t digest);

/* Returns the number of lines, which is the chunk's records. */
size_t dw_head_pack(const dw_head *h, dw_buf *out);
/* h is cleared first. */
int dw_head_unpack(dw_head *h, unsigned version, const unsigned char *p,
                   size_t n, dw_err *err) DW_MUST_CHECK;

#endif
