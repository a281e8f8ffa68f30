#include "annot/ask.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

static const char *const rules[] = {"max", "min", "mean", "first"};

/* Scores of dbNSFP whose lower values stand for the more damaging variants. */
static const char *const lower_is_worse[] = {
    "SIFT_score",   "SIFT4G_score", "PROVEAN_score",
    "FATHMM_score", "ESM1b_score",  "LRT_score",
};

/* What divides lists: dbNSFP has ";", and what has been through a VCF ",", "|"
 * or "&", or the escapes of the first two. */
static size_t divider(dw_span text)
{
    if (memchr(";,|&", *text.s, 4))
        return 1;
    if (text.n >= 3 && (dw_span_eq_nocase((dw_span){text.s, 3}, "%2c") ||
                        dw_span_eq_nocase((dw_span){text.s, 3}, "%3b")))
        return 3;
    return 0;
}

/* Also as tools write it that took it from dbNSFP: dbNSFP_SIFT_score. */
static bool is_lower_worse(const char *column)
{
    static const char prefix[] = "dbNSFP_";
    dw_span name = dw_span_of(column);

    if (name.n > sizeof prefix &&
        dw_span_eq_nocase((dw_span){name.s, sizeof prefix - 1}, prefix))
        name =
            (dw_span){name.s + sizeof prefix - 1, name.n - (sizeof prefix - 1)};
    for (size_t i = 0; i < DW_COUNT(lower_is_worse); i++) {
        if (dw_span_eq_nocase(name, lower_is_worse[i]))
            return true;
    }
    return false;
}

void dw_ask_parse(dw_ask *a, const char *word)
{
    const char *equals = strchr(word, '=');
    const char *column = equals && equals > word ? equals + 1 : word;
    const char *slash = strrchr(column, '/');
    size_t n = strlen(column);
    int rule = -1;

    for (size_t i = 0; slash && i < DW_COUNT(rules); i++) {
        if (strcmp(slash + 1, rules[i]) == 0) {
            rule = (int)i;
            n = (size_t)(slash - column);
        }
    }
    a->column = dw_strndup(column, n);
    a->name = column == word ? dw_strdup(a->column)
                             : dw_strndup(word, (size_t)(equals - word));
    a->ruled = rule >= 0;
    if (rule < 0)
        rule = is_lower_worse(a->column) ? DW_ASK_MIN : DW_ASK_MAX;
    a->rule = (dw_ask_rule)rule;
}

void dw_ask_clear(dw_ask *a)
{
    dw_free(a->name);
    dw_free(a->column);
    *a = (dw_ask){0};
}

/* One number: 0, or -1 when it is text. */
static int number_of(dw_span f, double *x)
{
    static const char *const words[] = {"false", "true", "no", "yes"};

    if (dw_text_double(f, x) == 0)
        return 0;
    if (dw_text_is_na(f)) {
        *x = NAN;
        return 0;
    }
    for (size_t i = 0; i < DW_COUNT(words); i++) {
        if (dw_span_eq_nocase(f, words[i])) {
            *x = (double)(i % 2);
            return 0;
        }
    }
    return -1;
}

/* Takes the next item of a list off its front. */
static dw_span next_item(dw_span *list)
{
    dw_span item = {list->s, 0};

    while (list->n) {
        size_t n = divider(*list);

        *list = (dw_span){list->s + (n ? n : 1), list->n - (n ? n : 1)};
        if (n)
            break;
        item.n++;
    }
    return item;
}

void dw_ask_add(double *x, size_t *n, double item, dw_ask_rule rule)
{
    if (isnan(item))
        return;
    if (++*n == 1 || (rule == DW_ASK_MAX && item > *x) ||
        (rule == DW_ASK_MIN && item < *x))
        *x = item;
    else if (rule == DW_ASK_MEAN)
        *x += (item - *x) / (double)*n;
}

float dw_ask_one(const float *x, size_t n, dw_ask_rule rule)
{
    double one = NAN;
    size_t there = 0;

    for (size_t i = 0; i < n; i++)
        dw_ask_add(&one, &there, x[i], rule);
    return (float)one;
}

static int list_of(dw_span list, dw_ask_rule rule, double *x)
{
    size_t n = 0;

    *x = NAN;
    while (list.n) {
        double item;

        if (number_of(next_item(&list), &item) < 0)
            return -1;
        dw_ask_add(x, &n, item, rule);
    }
    return 0;
}

int dw_ask_value(dw_span field, dw_ask_rule rule, float *x)
{
    double value;

    /* What most annotations are: 0 or 1. */
    if (field.n == 1 && *field.s >= '0' && *field.s <= '9') {
        *x = (float)(*field.s - '0');
        return 0;
    }
    if (number_of(field, &value) < 0 && list_of(field, rule, &value) < 0)
        return -1;
    *x = (float)value;
    return isinf(*x) ? -2 : 0;
}

const char *dw_ask_fault(int rc)
{
    return rc == -1 ? "is not a number" : "is infinite, or too large";
}
