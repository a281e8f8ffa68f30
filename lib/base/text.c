#include "base/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Names longer than this are not compared for a suggestion. */
enum { WORD_MAX = 63 };

dw_span dw_span_of(const char *s)
{
    return (dw_span){s, strlen(s)};
}

bool dw_span_begins(dw_span a, const char *s)
{
    size_t n = strlen(s);

    return a.n >= n && memcmp(a.s, s, n) == 0;
}

dw_span dw_span_trim(dw_span a)
{
    while (a.n && dw_is_blank(a.s[0]))
        a = (dw_span){a.s + 1, a.n - 1};
    while (a.n && dw_is_blank(a.s[a.n - 1]))
        a.n--;
    return a;
}

bool dw_span_eq_nocase(dw_span a, const char *s)
{
    return strlen(s) == a.n && strncasecmp(a.s, s, a.n) == 0;
}

bool dw_text_is_na_word(dw_span a)
{
    static const char *const na[] = {".",    "NA",   "N/A", "NaN",
                                     "-NaN", "NULL", "#NA"};

    if (a.n == 0)
        return true;
    for (size_t i = 0; i < sizeof na / sizeof *na; i++) {
        if (dw_span_eq_nocase(a, na[i]))
            return true;
    }
    return false;
}

/* Edit distance with case ignored, by the two-row recurrence. */
static size_t edit_distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t row[WORD_MAX + 1];

    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            int differ = tolower((unsigned char)a[i - 1]) !=
                         tolower((unsigned char)b[j - 1]);
            size_t best = diagonal + (size_t)differ;

            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[m];
}

const char *dw_text_nearest(const char *word, const char *const *names,
                            size_t n)
{
    size_t length = strlen(word);
    size_t best = length / 2 + 1; /* half of the letters may be wrong */
    const char *nearest = NULL;

    if (length > WORD_MAX)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        size_t other = strlen(names[i]);
        size_t d;

        if (other > WORD_MAX)
            continue;
        d = edit_distance(word, length, names[i], other);
        if (d < best) {
            best = d;
            nearest = names[i];
        }
    }
    return nearest;
}

/* Past a "chr" in any case. */
static dw_span without_chr(dw_span a)
{
    if (a.n > 3 && strncasecmp(a.s, "chr", 3) == 0)
        return (dw_span){a.s + 3, a.n - 3};
    return a;
}

const char *dw_path_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

bool dw_text_in_list(const char *list, const char *name)
{
    dw_span want = without_chr(dw_span_of(name));

    while (list && *list) {
        size_t n = strcspn(list, ",");
        dw_span item = without_chr((dw_span){list, n});

        if (item.n == want.n && strncasecmp(item.s, want.s, want.n) == 0)
            return true;
        list += n + (list[n] == ',');
    }
    return false;
}
