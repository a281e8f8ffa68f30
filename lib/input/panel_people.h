/*
 * panel_people: who is in a panel, and who of them is taken.
 */
#ifndef DW_INPUT_PANEL_PEOPLE_H
#define DW_INPUT_PANEL_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"

typedef struct dw_people {
    size_t n_all;      /* in the file */
    size_t n;          /* taken */
    size_t *at;        /* (n) their places in the file, ascending */
    char **fid, **iid; /* (n_all) until selected, then (n) */
    size_t cap;
} dw_people;

void dw_people_add(dw_people *p, dw_span fid, dw_span iid);
void dw_people_clear(dw_people *p);
/* The people of a .fam. */
int dw_people_read_fam(dw_people *p, const char *path,
                       dw_err *err) DW_MUST_CHECK;
/* Takes those named in a file, one a line: IID, or FID and IID; NULL: all.  A
 * header line (#FID, #IID, FID ...) is passed over.  A name that is not there,
 * or that names two people, is a fault. */
int dw_people_select(dw_people *p, const char *path, const char *panel,
                     dw_err *err) DW_MUST_CHECK;
/* Is everybody taken? */
bool dw_people_all(const dw_people *p);

#endif
