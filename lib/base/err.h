/*
 * err: what went wrong, in a code for the program and one line for the user.
 *
 * A function that can fail returns 0 when done and a negative DW_E code when
 * not; a reader returns 1 for a record, 0 for a whole and proper end, and a
 * negative code for a fault, so that `while ((rc = read(...)) > 0)` can never
 * take a broken file for a short one.  What may fail for a reason that a user
 * can mend takes a dw_err as its last argument: untouched on success, and
 * complete enough on failure to be printed as it stands.
 */
#ifndef DW_BASE_ERR_H
#define DW_BASE_ERR_H

#define DW_MUST_CHECK         __attribute__((warn_unused_result))
#define DW_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

/* The faults, pinned: a number once given keeps its meaning. */
#define DW_ERR_CODES(X)                                           \
    X(DW_EIO, -1, "cannot read or write")                         \
    X(DW_ENOMEM, -2, "not enough memory")                         \
    X(DW_EFORMAT, -3, "this file is broken")                      \
    X(DW_EVERSION, -4, "this file is of a newer version")         \
    X(DW_EMISMATCH, -5, "two good inputs do not belong together") \
    X(DW_EDEGENERATE, -6, "the data hold no answer")              \
    X(DW_EUSAGE, -7, "wrong usage")                               \
    X(DW_EBUG, -8, "a fault of this program")                     \
    X(DW_ESTOPPED, -9, "stopped by a signal")

enum {
#define DW_ERR_ENUM(name, value, words) name = value,
    DW_ERR_CODES(DW_ERR_ENUM)
#undef DW_ERR_ENUM
};

enum { DW_ERR_MAX = 1024 };

typedef struct dw_err {
    int code;             /* 0, or one of the faults above */
    char msg[DW_ERR_MAX]; /* one line, no newline */
} dw_err;

/* Sets the code and the message, and returns the code. */
int dw_fail(dw_err *err, int code, const char *fmt, ...) DW_PRINTF(3, 4);

/* DW_EIO with "WHAT: strerror(errno)"; returns DW_EIO. */
int dw_fail_errno(dw_err *err, const char *fmt, ...) DW_PRINTF(2, 3);

/* Puts "WHERE: " before the message that is there; returns its code. */
int dw_err_prefix(dw_err *err, const char *fmt, ...) DW_PRINTF(2, 3);

/* The words of a code, for messages that have nothing better. */
const char *dw_err_words(int code);

#endif
