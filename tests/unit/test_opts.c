/* The table of options: values, bounds, history and refusals. */
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "cli/opts.h"
#include "tap.h"

struct opts {
    bool all;
    size_t people;
    double share;
    const char *name;
    dw_opt_list annot;
    int link;
    double tau;
};

/* What `run` was given, copied out for the checks. */
struct seen {
    struct opts opts;
    dw_common common;
    char history[256];
    char arg[64];
    bool list_left; /* after dw_tool_main: a list that it has freed */
};

static struct seen seen;

static int parse_tau(const char *text, void *value, dw_err *err)
{
    if (strcmp(text, "learn") == 0)
        *(double *)value = -1;
    else
        return dw_fail(err, DW_EUSAGE, "\"%s\" is neither", text);
    return 0;
}

static int run(void *opts, const dw_common *common, dw_err *err)
{
    (void)err;
    seen.opts = *(struct opts *)opts;
    seen.common = *common;
    snprintf(seen.history, sizeof seen.history, "%s", common->history);
    snprintf(seen.arg, sizeof seen.arg, "%s",
             common->n_args ? common->arg[0] : "");
    return 0;
}

/* Runs the table over a NULL-terminated command line; its exit status. */
static int try_args(const char **argv)
{
    struct opts o = {.people = 500, .link = 1};
    const dw_opt table[] = {
        {.name = "all", .type = DW_OPT_FLAG, .value = &o.all, .help = ""},
        {.letter = 'n',
         .name = "people",
         .type = DW_OPT_SIZE,
         .value = &o.people,
         .arg = "INT",
         .lo = 1,
         .hi = 1e6,
         .help = ""},
        {.name = "share",
         .type = DW_OPT_REAL,
         .value = &o.share,
         .arg = "X",
         .hi = 1,
         .help = ""},
        {.name = "name",
         .type = DW_OPT_TEXT,
         .value = &o.name,
         .arg = "TEXT",
         .help = ""},
        {.name = "annot",
         .type = DW_OPT_LIST,
         .value = &o.annot,
         .arg = "FILE",
         .help = ""},
        {.name = "link",
         .type = DW_OPT_CHOICE,
         .value = &o.link,
         .arg = "exp|softplus|relu",
         .help = ""},
        {.name = "tau",
         .type = DW_OPT_PARSE,
         .value = &o.tau,
         .arg = "X",
         .help = "",
         .parse = parse_tau},
    };
    const dw_tool tool = {.name = "dw-test",
                          .summary = "a test",
                          .synopsis = "[OPTION]...",
                          .opt = table,
                          .n_opts = DW_COUNT(table),
                          .max_args = 1,
                          .run = run};
    int argc = 0, rc;

    while (argv[argc])
        argc++;
    rc = dw_tool_main(&tool, &o, argc, (char **)argv);
    seen.list_left = o.annot.item != NULL;
    return rc;
}

#define TRY(...) try_args((const char *[]){"dw-test", __VA_ARGS__, NULL})

static void test_values(void)
{
    OK(TRY("--all", "-n1M", "--share=0.5", "--name", "a b", "--annot", "x",
           "--annot=y", "--link", "relu", "--tau", "learn", "in.dws", "-@2",
           "-q") == 0,
       "a full command line");
    OK(seen.opts.all && seen.opts.people == 1000000 && seen.opts.share == 0.5,
       "flag, suffix and real");
    OK(seen.opts.annot.n == 2 && seen.opts.link == 2 && seen.opts.tau == -1,
       "list, choice and parser");
    OK(!seen.list_left, "a list is gone when the tool is done");
    OK(seen.common.threads == 2 && !strcmp(seen.arg, "in.dws"),
       "shared options and the operand");
    OK(!strcmp(seen.history,
               "--all --people 1M --share 0.5 --name 'a b' --annot x --annot y "
               "--link relu --tau learn"),
       "history: %s", seen.history);
    OK(TRY("--", "--all") == 0 && !seen.opts.all && !strcmp(seen.arg, "--all"),
       "-- ends the options");
    OK(TRY("-") == 0 && !strcmp(seen.arg, "-"), "- is an operand");
    OK(TRY("--people", "1e3") == 0 && seen.opts.people == 1000, "1e3");
}

static void test_refusals(void)
{
    OK(TRY("--people", "0") == 2, "below the bound");
    OK(TRY("--people", "1.5") == 2, "not whole");
    OK(TRY("--people") == 2, "a value is missing");
    OK(TRY("--share", "1.5") == 2, "above the bound");
    OK(TRY("--share", "nan") == 2, "not finite");
    OK(TRY("--link", "log") == 2, "no such choice");
    OK(TRY("--tau", "x") == 2, "the parser refuses");
    OK(TRY("--peple", "3") == 2, "a misspelt option");
    OK(TRY("--all=yes") == 2, "a flag takes no value");
    OK(TRY("-z") == 2, "no such letter");
    OK(TRY("a", "b") == 2, "one operand too many");
    OK(TRY("-@", "0") == 2, "no thread at all");
}

int main(void)
{
    /* The refusals speak to stderr; here it is their status that counts. */
    if (!freopen("/dev/null", "w", stderr))
        return 1;
    test_values();
    test_refusals();
    return tap_done();
}
