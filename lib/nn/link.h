/*
 * link: from a network's output a to a variance, f = c g(a).
 *
 *     exp        g = exp(a), a held within +-30
 *     softplus   g = log(1 + exp(a))
 *     relu       g = max(a, 1e-5)
 *
 * c is the variance of the constant model; a network starts at the a with g(a)
 * = 1, so that training starts there too.
 */
#ifndef DW_NN_LINK_H
#define DW_NN_LINK_H

typedef enum dw_link { DW_LINK_EXP, DW_LINK_SOFTPLUS, DW_LINK_RELU } dw_link;

#define DW_LINK_CHOICES "exp|softplus|relu"

double dw_link_value(dw_link link, double a); /* g(a) > 0, finite */
double dw_link_slope(dw_link link, double a); /* d log g / d a */
double dw_link_bend(dw_link link, double a);  /* g''(a) / g'(a) */
double dw_link_start(dw_link link);           /* the a with g(a) = 1 */

const char *dw_link_name(dw_link link);
/* 0, or -1 when there is none of that name. */
int dw_link_find(const char *name, dw_link *link);

#endif
