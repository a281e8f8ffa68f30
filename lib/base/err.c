#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int dw_fail(dw_err *err, int code, const char *fmt, ...)
{
    va_list ap;

    err->code = code;
    va_start(ap, fmt);
    vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);
    return code;
}

int dw_fail_errno(dw_err *err, const char *fmt, ...)
{
    int saved = errno;
    va_list ap;
    int n;

    err->code = DW_EIO;
    va_start(ap, fmt);
    n = vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n < sizeof err->msg)
        snprintf(err->msg + n, sizeof err->msg - (size_t)n, ": %s",
                 strerror(saved));
    return DW_EIO;
}

int dw_err_prefix(dw_err *err, const char *fmt, ...)
{
    char prefix[DW_ERR_MAX];
    size_t n, keep;
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(prefix, sizeof prefix - 2, fmt, ap);
    va_end(ap);
    strcat(prefix, ": ");
    /* What does not fit any more is lost at the end. */
    n = strlen(prefix);
    keep = strlen(err->msg);
    if (keep > sizeof err->msg - 1 - n)
        keep = sizeof err->msg - 1 - n;
    memmove(err->msg + n, err->msg, keep);
    err->msg[n + keep] = 0;
    memcpy(err->msg, prefix, n);
    return err->code;
}

const char *dw_err_words(int code)
{
    switch (code) {
#define DW_ERR_CASE(name, value, words) \
    case name: return words;
        DW_ERR_CODES(DW_ERR_CASE)
#undef DW_ERR_CASE
    default: return "no fault";
    }
}
