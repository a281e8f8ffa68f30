#include "nn/link.h"

#include <math.h>
#include <string.h>

/* exp(30) is 1e13 times the mean variance: beyond it nothing is meant, and F
 * would soon overflow. */
static const double A_MAX = 30;
/* Below this softplus has underflowed against the noise of any study. */
static const double FLOOR = 1e-5;

static double clamp(double a)
{
    return a > A_MAX ? A_MAX : a < -A_MAX ? -A_MAX : a;
}

double dw_link_value(dw_link link, double a)
{
    switch (link) {
    case DW_LINK_EXP: return exp(clamp(a));
    case DW_LINK_SOFTPLUS: return a > A_MAX ? a : log1p(exp(clamp(a)));
    case DW_LINK_RELU: return a > FLOOR ? a : FLOOR;
    }
    return 0;
}

double dw_link_slope(dw_link link, double a)
{
    switch (link) {
    case DW_LINK_EXP: return fabs(a) < A_MAX;
    case DW_LINK_SOFTPLUS:
        if (a > A_MAX)
            return 1 / a;
        return a < -A_MAX ? 0 : 1 / ((1 + exp(-a)) * log1p(exp(a)));
    case DW_LINK_RELU: return a > FLOOR ? 1 / a : 0;
    }
    return 0;
}

double dw_link_bend(dw_link link, double a)
{
    switch (link) {
    case DW_LINK_EXP: return 1;
    case DW_LINK_SOFTPLUS: return 1 / (1 + exp(clamp(a)));
    case DW_LINK_RELU: return 0;
    }
    return 0;
}

double dw_link_start(dw_link link)
{
    return link == DW_LINK_EXP        ? 0
           : link == DW_LINK_SOFTPLUS ? log(expm1(1))
                                      : 1;
}

static const char *const name_of[] = {"exp", "softplus", "relu"};

const char *dw_link_name(dw_link link)
{
    return name_of[link];
}

int dw_link_find(const char *name, dw_link *link)
{
    for (int i = DW_LINK_EXP; i <= DW_LINK_RELU; i++) {
        if (strcmp(name, name_of[i]) == 0) {
            *link = (dw_link)i;
            return 0;
        }
    }
    return -1;
}
