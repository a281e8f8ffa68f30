#include "input/meaning.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"

enum { NAME_MAX_BYTES = 128 };

static const struct meaning {
    const char *name, *words, *synonyms;
} meanings[] = {
#define MEANING_ROW(name, words, synonyms) {#name, words, synonyms},
    DW_MEANINGS(MEANING_ROW)
#undef MEANING_ROW
};

int dw_meaning_named(dw_span name)
{
    for (size_t i = 0; i < DW_COUNT(meanings); i++) {
        if (dw_span_eq_nocase(name, meanings[i].name))
            return (int)i;
    }
    return -1;
}

const char *dw_meaning_name(dw_meaning meaning)
{
    return meanings[meaning].name;
}

const char *dw_meaning_words(dw_meaning meaning)
{
    return meanings[meaning].words;
}

const char *dw_meaning_names(void)
{
#define MEANING_NAME(name, words, synonyms) " " #name
    return DW_MEANINGS(MEANING_NAME);
#undef MEANING_NAME
}

int dw_meaning_find(const dw_table *t, dw_meaning meaning)
{
    const char *list = meanings[meaning].synonyms;
    char word[NAME_MAX_BYTES];

    while (*list) {
        size_t n = strcspn(list, " ");
        int column;

        memcpy(word, list, n);
        word[n] = 0;
        if ((column = dw_table_find(t, word)) != DW_TABLE_NONE)
            return column;
        list += n + strspn(list + n, " ");
    }
    return DW_TABLE_NONE;
}
