/*
 * opts: one table of options a tool, from which parsing, bounds, usage text and
 * defaults come; and the life of a filter from main to its exit status.
 *
 * Exit status: 0 done, 1 data or I/O, 2 usage.  Options that all tools share
 * (-o -@ -q -v --log-file --seed -h --version) are added by dw_tool_main.
 */
#ifndef DW_CLI_OPTS_H
#define DW_CLI_OPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

typedef enum dw_opt_type {
    DW_OPT_FLAG,   /* bool * */
    DW_OPT_SIZE,   /* size_t *, within [lo, hi]; 1000000 or 1e6 or 1M */
    DW_OPT_REAL,   /* double *, within [lo, hi] */
    DW_OPT_TEXT,   /* const char ** */
    DW_OPT_LIST,   /* dw_opt_list *: may be given again and again */
    DW_OPT_CHOICE, /* int *: index into `arg`, "a|b|c" */
    DW_OPT_PARSE,  /* anything: by `parse` */
} dw_opt_type;

/* Lasts until dw_tool_main returns. */
typedef struct dw_opt_list {
    struct dw_opt_given {
        const char *option; /* its long name: several may share a list */
        const char *text;
    } * item;
    size_t n;
} dw_opt_list;

enum {
    DW_OPT_QUIET = 1, /* has no bearing on the result: not in the history */
    DW_OPT_LIVE = 2,  /* show the default in the usage text */
    DW_OPT_MARK = 4,  /* dw_common says whether one of these was given */
};

typedef struct dw_opt {
    const char *group; /* heading in the usage text; NULL: as the one before */
    char letter;       /* 0: none */
    const char *name;  /* long name without dashes */
    dw_opt_type type;
    void *value;      /* where it goes; holds the default */
    const char *arg;  /* FILE, INT, X ...; for CHOICE the choices */
    const char *help; /* one line */
    double lo, hi;    /* SIZE, REAL; both 0: no bounds but the type's */
    unsigned flags;
    /* PARSE: 0, or negative with a message that says what would be right. */
    int (*parse)(const char *text, void *value, dw_err *err);
} dw_opt;

/* What every tool can be told; filled in before `run` is called. */
typedef struct dw_common {
    const char *out;  /* -o; NULL: stdout */
    size_t threads;   /* -@ */
    size_t seed;      /* --seed */
    const char **arg; /* what was not an option */
    size_t n_args;
    const char *history; /* command line for the history: see dw_step.args */
    const char *options; /* the same without the operands */
    const char *marked;  /* the first option given of those with DW_OPT_MARK,
                          * by its long name; NULL: none of them */
} dw_common;

typedef struct dw_tool {
    const char *name;     /* "dw-fit" */
    const char *summary;  /* "block stream in, model out" */
    const char *synopsis; /* "[OPTION]... [STREAM]" */
    const dw_opt *opt;
    size_t n_opts;
    size_t max_args;
    bool args_in_history;            /* operands are not streams: keep them */
    const char *(*library[4])(void); /* for --version; NULL-terminated */
    int (*run)(void *opts, const dw_common *common, dw_err *err);
} dw_tool;

/* Parses, runs, reports: main's `return`.  `run` returns 0, or negative with
 * the message set; DW_EUSAGE becomes exit status 2, all else 1. */
int dw_tool_main(const dw_tool *tool, void *opts, int argc, char **argv);

/* The suite's version, "0.1.0". */
const char *dw_version(void);

#endif
