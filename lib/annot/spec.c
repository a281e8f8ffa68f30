#include "annot/spec.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

static const uint64_t SIZE_LIMIT = 1u << 30;

void dw_spec_clear(dw_spec *s)
{
    for (size_t i = 0; i < s->n_words; i++)
        dw_free(s->word[i]);
    dw_free(s->word);
    dw_free(s->size);
    dw_free(s->name);
    dw_free(s->file);
    *s = (dw_spec){0};
}

/* "500", "2k", "1M": bases, or 0. */
static uint32_t size_of(dw_span text)
{
    uint64_t x = 0, unit = 1;
    char last = text.n ? text.s[text.n - 1] : 0;

    if (last == 'k' || last == 'K' || last == 'M') {
        unit = last == 'M' ? 1000000 : 1000;
        text.n--;
    }
    if (text.n == 0 || text.n > 10)
        return 0;
    for (size_t i = 0; i < text.n; i++) {
        if (!isdigit((unsigned char)text.s[i]))
            return 0;
        x = x * 10 + (uint64_t)(text.s[i] - '0');
    }
    return x * unit <= SIZE_LIMIT ? (uint32_t)(x * unit) : 0;
}

/* Takes the next of a list divided by commas; false at its end. */
static bool next_item(const char **list, const char *end, dw_span *item)
{
    const char *comma;

    if (*list > end)
        return false;
    comma = memchr(*list, ',', (size_t)(end - *list));
    *item = (dw_span){*list, (size_t)((comma ? comma : end) - *list)};
    *list = comma ? comma + 1 : end + 1;
    return true;
}

/* Takes "@SIZE,.." off the end of [from, *end), if it is that. */
static void take_sizes(dw_spec *s, const char *from, const char **end)
{
    const char *at = *end, *list;
    dw_span item;

    while (at > from && at[-1] != '@')
        at--;
    if (at == from)
        return;
    for (list = at; next_item(&list, *end, &item);) {
        uint32_t size = size_of(item);

        if (size == 0) {
            s->n_sizes = 0;
            return;
        }
        s->size = dw_realloc(s->size, s->n_sizes + 1, sizeof *s->size);
        s->size[s->n_sizes++] = size;
    }
    *end = at - 1;
}

/* Is the text up to `end` the path of something? */
static bool is_path(const char *from, const char *end)
{
    char *path = dw_strndup(from, (size_t)(end - from));
    bool is = access(path, F_OK) == 0;

    dw_free(path);
    return is;
}

/* Where the words begin, behind a colon: the first that has a file before it,
 * or else the last, if no slash is behind it.  `end` when there are none. */
static const char *find_words(const char *from, const char *end)
{
    const char *at = end;

    for (const char *s = from + 1; s < end; s++) {
        if (*s == ':' && is_path(from, s))
            return s + 1;
    }
    while (at > from && at[-1] != ':' && at[-1] != '/')
        at--;
    return at > from && at[-1] == ':' ? at : end;
}

/* Takes ":WORD,.." off the end; no word is empty. */
static void take_words(dw_spec *s, const char *from, const char **end)
{
    const char *at = find_words(from, *end), *list;
    dw_span item;

    if (at == *end)
        return;
    for (list = at; next_item(&list, *end, &item);) {
        s->word = dw_realloc(s->word, s->n_words + 1, sizeof *s->word);
        s->word[s->n_words++] = dw_strndup(item.s, item.n);
    }
    *end = at - 1;
}

static int refuse(const char *option, const char *text, unsigned parts,
                  dw_err *err)
{
    return dw_fail(err, DW_EUSAGE, "%s %s: is not %sFILE%s%s", option, text,
                   parts & DW_SPEC_NAME       ? "NAME="
                   : parts & DW_SPEC_MAY_NAME ? "[NAME=]"
                                              : "",
                   parts & DW_SPEC_WORDS ? "[:COLUMN,..]" : "",
                   parts & DW_SPEC_SIZES ? "[@BASES,..]" : "");
}

int dw_spec_parse(dw_spec *s, const char *option, const char *text,
                  unsigned parts, dw_err *err)
{
    const char *from = text, *end;

    *s = (dw_spec){0};
    if (parts & DW_SPEC_NAME) {
        const char *equals = strchr(text, '=');

        if (!equals || equals == text)
            return refuse(option, text, parts, err);
        s->name = dw_strndup(text, (size_t)(equals - text));
        from = equals + 1;
    }
    if ((parts & DW_SPEC_MAY_NAME) && access(text, F_OK) != 0) {
        size_t n = strcspn(text, "=/");

        if (n && text[n] == '=') {
            s->name = dw_strndup(text, n);
            from = text + n + 1;
        }
    }
    end = from + strlen(from);
    if (access(from, F_OK) != 0) {
        if (parts & DW_SPEC_SIZES)
            take_sizes(s, from, &end);
        if (parts & DW_SPEC_WORDS)
            take_words(s, from, &end);
    }
    for (size_t i = 0; i < s->n_words; i++) {
        if (!s->word[i][0])
            return refuse(option, text, parts, err);
    }
    if (end == from)
        return refuse(option, text, parts, err);
    s->file = dw_strndup(from, (size_t)(end - from));
    return 0;
}
