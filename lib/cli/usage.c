#include "cli/usage.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

enum { HELP_COLUMN = 30 };

static void add_default(const dw_opt *opt, dw_buf *b)
{
    const char *choice = opt->arg;

    switch (opt->type) {
    case DW_OPT_SIZE: dw_buf_addf(b, " [%zu]", *(size_t *)opt->value); break;
    case DW_OPT_REAL: dw_buf_addf(b, " [%g]", *(double *)opt->value); break;
    case DW_OPT_TEXT:
        if (*(const char **)opt->value)
            dw_buf_addf(b, " [%s]", *(const char **)opt->value);
        break;
    case DW_OPT_CHOICE:
        for (int i = 0; i < *(int *)opt->value; i++)
            choice += strcspn(choice, "|") + 1;
        dw_buf_addf(b, " [%.*s]", (int)strcspn(choice, "|"), choice);
        break;
    default: break;
    }
}

static void print_option(const dw_opt *opt, dw_buf *b)
{
    dw_buf_reset(b);
    if (opt->letter)
        dw_buf_addf(b, "  -%c, --%s", opt->letter, opt->name);
    else
        dw_buf_addf(b, "      --%s", opt->name);
    if (opt->type != DW_OPT_FLAG)
        dw_buf_addf(b, " %s", opt->arg);
    if (b->n + 2 > HELP_COLUMN)
        dw_buf_addf(b, "\n%*s", HELP_COLUMN, "");
    else
        dw_buf_addf(b, "%*s", (int)(HELP_COLUMN - b->n), "");
    dw_buf_adds(b, opt->help);
    if (opt->flags & DW_OPT_LIVE)
        add_default(opt, b);
    puts(b->s);
}

void dw_usage_print(const dw_tool *tool, const dw_opt *opt, size_t n)
{
    dw_buf b = {0};

    printf("%s: %s\n\nUsage: %s %s\n", tool->name, tool->summary, tool->name,
           tool->synopsis);
    for (size_t i = 0; i < n; i++) {
        if (opt[i].group)
            printf("\n%s\n", opt[i].group);
        print_option(&opt[i], &b);
    }
    printf("\nThe manual page says more: man %s\n", tool->name);
    dw_buf_clear(&b);
}
