/*
 * tap: the little that a unit test needs.  Each test is a program that prints
 * TAP and exits non-zero when any check was false.
 */
#ifndef DW_TESTS_TAP_H
#define DW_TESTS_TAP_H

#include <math.h>
#include <stdio.h>
#include <string.h>

static int tap_n, tap_failed;

/* One check, described by a format and its arguments. */
#define OK(condition, ...)                                           \
    do {                                                             \
        int tap_ok = !!(condition);                                  \
        printf("%s %d - ", tap_ok ? "ok" : "not ok", ++tap_n);       \
        printf(__VA_ARGS__);                                         \
        putchar('\n');                                               \
        if (!tap_ok) {                                               \
            tap_failed++;                                            \
            printf("# %s:%d: %s\n", __FILE__, __LINE__, #condition); \
        }                                                            \
    } while (0)

/* |a - b| <= tol * max(|a|, |b|, floor): floor is the size below which a
 * difference no longer matters. */
static inline int tap_near(double a, double b, double tol, double floor)
{
    double scale = fmax(fmax(fabs(a), fabs(b)), floor);
    return fabs(a - b) <= tol * scale;
}

#define NEAR(a, b, tol, floor, what)                                      \
    do {                                                                  \
        double tap_a = (a), tap_b = (b);                                  \
        OK(tap_near(tap_a, tap_b, tol, floor), "%s: %.17g against %.17g", \
           what, tap_a, tap_b);                                           \
    } while (0)

static inline int tap_done(void)
{
    printf("1..%d\n", tap_n);
    return tap_failed != 0;
}

#endif
