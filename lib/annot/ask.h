/*
 * ask: a column that is asked of a source, and the one number that a field of
 * it gives.
 *
 *     [NAME=]COLUMN[/RULE]
 *
 * NAME is what the annotation is called; without it, COLUMN.  A field is a
 * number, or true, false, yes or no for 1 and 0, or missing; or a list of them,
 * one a transcript as a rule, of which RULE (max, min, mean, first) makes one,
 * leaving out what is missing.  Without RULE it is max, or min for scores whose
 * lower values are the worse ones (SIFT, PROVEAN ...: see ask.c).
 */
#ifndef DW_ANNOT_ASK_H
#define DW_ANNOT_ASK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"

typedef enum dw_ask_rule {
    DW_ASK_MAX,
    DW_ASK_MIN,
    DW_ASK_MEAN,
    DW_ASK_FIRST,
} dw_ask_rule;

typedef struct dw_ask {
    char *name, *column;
    dw_ask_rule rule;
    bool ruled; /* the rule was given */
} dw_ask;

/* Whatever the word is, it asks for something. */
void dw_ask_parse(dw_ask *a, const char *word);
void dw_ask_clear(dw_ask *a); /* {0} is fine */

/* Sets x, NAN when the field says that it is missing: 0, or -1 when it is text,
 * or -2 when it is infinite as a float. */
int dw_ask_value(dw_span field, dw_ask_rule rule, float *x);
/* One of several numbers by the rule: adds `item`, unless it is missing, to x,
 * which is to begin as NAN, of n numbers. */
void dw_ask_add(double *x, size_t *n, double item, dw_ask_rule rule);
float dw_ask_one(const float *x, size_t n, dw_ask_rule rule);
/* The words for such a fault, to stand behind a quotation of the field. */
const char *dw_ask_fault(int rc);

#endif
