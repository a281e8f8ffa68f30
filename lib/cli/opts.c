#include "cli/opts.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/usage.h"

#ifndef DW_VERSION
#    error "the Makefile defines DW_VERSION"
#endif

const char *dw_version(void)
{
    return DW_VERSION;
}

/* What the shared options write to, beside dw_common. */
struct shared {
    bool quiet, verbose, help, version;
    const char *log_file;
};

enum { N_SHARED = 8 };

static void shared_table(dw_opt *opt, dw_common *common, struct shared *shared)
{
    const dw_opt table[N_SHARED] = {
        {.group = "Common",
         .letter = 'o',
         .name = "output",
         .type = DW_OPT_TEXT,
         .value = &common->out,
         .arg = "FILE",
         .help = "write here, whole or not at all",
         .flags = DW_OPT_QUIET},
        {.letter = '@',
         .name = "threads",
         .type = DW_OPT_SIZE,
         .value = &common->threads,
         .arg = "INT",
         .lo = 1,
         .hi = 1024,
         .help = "threads in all; the result does not depend on it",
         .flags = DW_OPT_QUIET | DW_OPT_LIVE},
        {.name = "seed",
         .type = DW_OPT_SIZE,
         .value = &common->seed,
         .arg = "INT",
         .help = "of all random numbers",
         .flags = DW_OPT_LIVE},
        {.letter = 'q',
         .name = "quiet",
         .type = DW_OPT_FLAG,
         .value = &shared->quiet,
         .help = "say nothing but errors",
         .flags = DW_OPT_QUIET},
        {.letter = 'v',
         .name = "verbose",
         .type = DW_OPT_FLAG,
         .value = &shared->verbose,
         .help = "say more",
         .flags = DW_OPT_QUIET},
        {.name = "log-file",
         .type = DW_OPT_TEXT,
         .value = &shared->log_file,
         .arg = "FILE",
         .help = "write every message here too",
         .flags = DW_OPT_QUIET},
        {.letter = 'h',
         .name = "help",
         .type = DW_OPT_FLAG,
         .value = &shared->help,
         .help = "show this and stop",
         .flags = DW_OPT_QUIET},
        {.name = "version",
         .type = DW_OPT_FLAG,
         .value = &shared->version,
         .help = "show the version and its libraries, and stop",
         .flags = DW_OPT_QUIET},
    };

    memcpy(opt, table, sizeof table);
}

/* ---- one value ---- */

static int parse_real(const dw_opt *opt, const char *text, double *x,
                      dw_err *err)
{
    bool bounded = opt->lo != 0 || opt->hi != 0;

    if (dw_text_double(dw_span_of(text), x) < 0 || !isfinite(*x))
        return dw_fail(err, DW_EUSAGE, "--%s: \"%s\" is not a number",
                       opt->name, text);
    if (bounded && (*x < opt->lo || *x > opt->hi))
        return dw_fail(err, DW_EUSAGE, "--%s: %s is not from %g to %g",
                       opt->name, text, opt->lo, opt->hi);
    return 0;
}

/* 1000000, 1e6, 1M, 500k: a whole number below 2^53. */
static int parse_size(const dw_opt *opt, const char *text, size_t *x,
                      dw_err *err)
{
    static const char suffix[] = "kMG";
    static const double factor[] = {1e3, 1e6, 1e9};
    dw_span span = dw_span_of(text);
    const char *at = span.n ? strchr(suffix, text[span.n - 1]) : NULL;
    double v;

    if (at && *at)
        span.n--;
    if (dw_text_double(span, &v) < 0)
        return dw_fail(err, DW_EUSAGE, "--%s: \"%s\" is not a whole number",
                       opt->name, text);
    if (at && *at)
        v *= factor[at - suffix];
    if (!(v >= 0 && v <= 0x1p53 && v == floor(v)))
        return dw_fail(err, DW_EUSAGE, "--%s: \"%s\" is not a whole number",
                       opt->name, text);
    if ((opt->lo != 0 || opt->hi != 0) && (v < opt->lo || v > opt->hi))
        return dw_fail(err, DW_EUSAGE, "--%s: %s is not from %.0f to %.0f",
                       opt->name, text, opt->lo, opt->hi);
    *x = (size_t)v;
    return 0;
}

static int parse_choice(const dw_opt *opt, const char *text, int *x,
                        dw_err *err)
{
    size_t n = strlen(text);
    const char *choice = opt->arg;

    for (int i = 0;; i++) {
        size_t length = strcspn(choice, "|");

        if (length == n && memcmp(choice, text, n) == 0) {
            *x = i;
            return 0;
        }
        if (!choice[length])
            break;
        choice += length + 1;
    }
    return dw_fail(err, DW_EUSAGE, "--%s: \"%s\" is not one of %s", opt->name,
                   text, opt->arg);
}

static void add_to_list(dw_opt_list *list, const dw_opt *opt, const char *text)
{
    list->item = dw_realloc(list->item, list->n + 1, sizeof *list->item);
    list->item[list->n++] = (struct dw_opt_given){opt->name, text};
}

static int set_value(const dw_opt *opt, const char *text, dw_err *err)
{
    switch (opt->type) {
    case DW_OPT_FLAG: *(bool *)opt->value = true; return 0;
    case DW_OPT_SIZE: return parse_size(opt, text, opt->value, err);
    case DW_OPT_REAL: return parse_real(opt, text, opt->value, err);
    case DW_OPT_TEXT: *(const char **)opt->value = text; return 0;
    case DW_OPT_LIST: add_to_list(opt->value, opt, text); return 0;
    case DW_OPT_CHOICE: return parse_choice(opt, text, opt->value, err);
    case DW_OPT_PARSE:
        if (opt->parse(text, opt->value, err) < 0)
            return dw_err_prefix(err, "--%s", opt->name);
        return 0;
    }
    return dw_fail(err, DW_EBUG, "--%s has no type", opt->name);
}

/* ---- the command line ---- */

struct parser {
    const dw_opt *opt;
    size_t n_opts;
    int argc, at;
    char **argv;
    dw_buf history;
    const char *marked; /* see dw_common */
};

static const dw_opt *find_long(const struct parser *p, const char *name,
                               size_t n, dw_err *err)
{
    const char *names[128];
    char word[64];
    size_t n_names = 0;
    const char *nearest;

    for (size_t i = 0; i < p->n_opts; i++) {
        if (dw_span_eq((dw_span){name, n}, p->opt[i].name))
            return &p->opt[i];
        if (n_names < DW_COUNT(names))
            names[n_names++] = p->opt[i].name;
    }
    snprintf(word, sizeof word, "%.*s", (int)n, name);
    nearest = dw_text_nearest(word, names, n_names);
    dw_fail(err, DW_EUSAGE, "there is no option --%s%s%s", word,
            nearest ? "; did you mean --" : "", nearest ? nearest : "");
    return NULL;
}

static const dw_opt *find_letter(const struct parser *p, char letter,
                                 dw_err *err)
{
    for (size_t i = 0; i < p->n_opts; i++) {
        if (p->opt[i].letter == letter)
            return &p->opt[i];
    }
    dw_fail(err, DW_EUSAGE, "there is no option -%c", letter);
    return NULL;
}

/* A word as a shell would need it quoted, so that the history can be run. */
static void quote(dw_buf *b, const char *word)
{
    if (*word && !word[strcspn(word, " \t\n'\"\\$`*?[]{}()<>|&;#!~")]) {
        dw_buf_adds(b, word);
        return;
    }
    dw_buf_addc(b, '\'');
    for (; *word; word++) {
        if (*word == '\'')
            dw_buf_adds(b, "'\\''");
        else
            dw_buf_addc(b, *word);
    }
    dw_buf_addc(b, '\'');
}

static void remember(struct parser *p, const dw_opt *opt, const char *text)
{
    if (opt->flags & DW_OPT_MARK && !p->marked)
        p->marked = opt->name;
    if (opt->flags & DW_OPT_QUIET)
        return;
    dw_buf_addf(&p->history, "%s--%s", p->history.n ? " " : "", opt->name);
    if (opt->type != DW_OPT_FLAG) {
        dw_buf_addc(&p->history, ' ');
        quote(&p->history, text);
    }
}

/* `rest` is what stands behind the option in the same word, or NULL. */
static int take_option(struct parser *p, const dw_opt *opt, const char *rest,
                       dw_err *err)
{
    const char *text = rest;

    if (opt->type == DW_OPT_FLAG) {
        if (rest)
            return dw_fail(err, DW_EUSAGE, "--%s takes no value", opt->name);
    } else if (!text) {
        if (p->at >= p->argc)
            return dw_fail(err, DW_EUSAGE, "--%s needs a value: %s", opt->name,
                           opt->arg);
        text = p->argv[p->at++];
    }
    remember(p, opt, text);
    return set_value(opt, text, err);
}

/* -abc, where letters that take none may be followed by others. */
static int take_letters(struct parser *p, const char *word, dw_err *err)
{
    for (; *word; word++) {
        const dw_opt *opt = find_letter(p, *word, err);

        if (!opt)
            return DW_EUSAGE;
        if (opt->type != DW_OPT_FLAG)
            return take_option(p, opt, word[1] ? word + 1 : NULL, err);
        if (take_option(p, opt, NULL, err) < 0)
            return err->code;
    }
    return 0;
}

static int parse_args(struct parser *p, dw_common *common, dw_err *err)
{
    bool options = true;

    while (p->at < p->argc) {
        const char *word = p->argv[p->at++];
        int rc = 0;

        if (!options || word[0] != '-' || !word[1]) {
            common->arg = dw_realloc(common->arg, common->n_args + 1,
                                     sizeof *common->arg);
            common->arg[common->n_args++] = word;
        } else if (strcmp(word, "--") == 0) {
            options = false;
        } else if (word[1] == '-') {
            size_t n = strcspn(word + 2, "=");
            const dw_opt *opt = find_long(p, word + 2, n, err);

            rc = opt ? take_option(p, opt, word[2 + n] ? word + 3 + n : NULL,
                                   err)
                     : DW_EUSAGE;
        } else {
            rc = take_letters(p, word + 1, err);
        }
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* ---- the life of a tool ---- */

static void print_version(const dw_tool *tool)
{
    printf("%s %s\n", tool->name, dw_version());
    for (size_t i = 0; i < DW_COUNT(tool->library) && tool->library[i]; i++)
        printf("%s\n", tool->library[i]());
}

/* What a text tool printed counts only when it has arrived. */
static int flush_stdout(dw_err *err)
{
    if (fflush(stdout) || ferror(stdout))
        return dw_fail_errno(err, "cannot write to stdout");
    return 0;
}

static int check_operands(const dw_tool *tool, const dw_common *common,
                          dw_err *err)
{
    if (common->n_args > tool->max_args)
        return dw_fail(err, DW_EUSAGE, "\"%s\" is one operand too many",
                       common->arg[tool->max_args]);
    return 0;
}

/* The lists were grown here; the words in them are argv's. */
static void free_lists(const dw_opt *opt, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        dw_opt_list *list = opt[i].value;

        if (opt[i].type != DW_OPT_LIST)
            continue;
        dw_free(list->item);
        *list = (dw_opt_list){0};
    }
}

static int exit_status(int rc)
{
    return rc == 0 ? 0 : rc == DW_EUSAGE ? 2 : 1;
}

static int report(const dw_tool *tool, const dw_err *err, int rc)
{
    if (rc < 0)
        dw_error(err);
    if (rc == DW_EUSAGE)
        fprintf(stderr, "%s: usage: %s %s; more by %s --help\n", tool->name,
                tool->name, tool->synopsis, tool->name);
    return exit_status(rc);
}

/* A standard stream that is closed would be what the next open() comes to stand
 * on: results would be written into an input.  The null device stands there
 * instead, of which nothing is read and to which, open for reading, nothing is
 * written. */
static void hold_standard_streams(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDONLY);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

int dw_tool_main(const dw_tool *tool, void *opts, int argc, char **argv)
{
    dw_common common = {.threads = 1, .seed = 1};
    struct shared shared = {0};
    dw_opt *all = dw_alloc(tool->n_opts + N_SHARED, sizeof *all);
    struct parser parser = {.opt = all,
                            .n_opts = tool->n_opts + N_SHARED,
                            .argc = argc,
                            .at = 1,
                            .argv = argv};
    char *options = NULL;
    dw_err err = {0};
    int rc;

    hold_standard_streams();
    dw_log_init(tool->name, DW_LOG_NORMAL);
    if (tool->n_opts)
        memcpy(all, tool->opt, tool->n_opts * sizeof *all);
    shared_table(all + tool->n_opts, &common, &shared);
    rc = parse_args(&parser, &common, &err);
    if (shared.help) {
        dw_usage_print(tool, all, tool->n_opts + N_SHARED);
        rc = flush_stdout(&err);
        goto out;
    }
    if (shared.version) {
        print_version(tool);
        rc = flush_stdout(&err);
        goto out;
    }
    if (rc < 0 || (rc = check_operands(tool, &common, &err)) < 0)
        goto out;
    options = dw_strdup(parser.history.s ? parser.history.s : "");
    if (tool->args_in_history) {
        for (size_t i = 0; i < common.n_args; i++) {
            dw_buf_adds(&parser.history, parser.history.n ? " " : "");
            quote(&parser.history, common.arg[i]);
        }
    }
    common.history = parser.history.s ? parser.history.s : "";
    common.options = options;
    common.marked = parser.marked;
    dw_log_init(tool->name, shared.quiet     ? DW_LOG_QUIET
                            : shared.verbose ? DW_LOG_VERBOSE
                                             : DW_LOG_NORMAL);
    if (shared.log_file && (rc = dw_log_open_file(shared.log_file, &err)) < 0)
        goto out;
    rc = tool->run(opts, &common, &err);
    if (rc == 0)
        rc = flush_stdout(&err);
out:
    rc = report(tool, &err, rc);
    dw_log_close();
    dw_buf_clear(&parser.history);
    dw_free(options);
    dw_free(common.arg);
    free_lists(all, parser.n_opts);
    dw_free(all);
    return rc;
}
