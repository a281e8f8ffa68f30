/* Any bytes as a VCF: numbers or NAN under the tags that it has, the same
 * whichever tables are asked for.  The first tags of the header are asked. */
#include "annot/info_annot.h"
#include "annot/info_header.h"
#include "as_file.h"
#include "some_tables.h"

enum { TAGS = 6 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ":TAG,TAG,.." of the plain text's header, as far as it can be written so. */
static void add_tags(char *spec, size_t room, const char *text, size_t size)
{
    dw_info_header h = {0};
    char gap = ':';

    for (size_t at = 0; at < size && !h.ended;) {
        const char *to = memchr(text + at, '\n', size - at);
        size_t n = to ? (size_t)(to - text) - at : size - at;

        if (dw_info_header_take(&h, (dw_span){text + at, n}) < 0)
            break;
        at += n + 1;
    }
    for (size_t i = 0; i < h.n && i < TAGS; i++) {
        const char *name = h.tag[i].name;
        size_t used = strlen(spec);

        if (strpbrk(name, ",=/:") || used + strlen(name) + 2 > room)
            continue;
        snprintf(spec + used, room - used, "%c%s", gap, name);
        gap = ',';
    }
    if (gap == ':')
        snprintf(spec + strlen(spec), room - strlen(spec), ":AF");
    dw_info_header_clear(&h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char spec[512];
    dw_err err = {0};
    dw_annotator *a;

    snprintf(spec, sizeof spec, "%s", as_file(data, size));
    add_tags(spec, sizeof spec, (const char *)data, size);
    a = dw_info_annot_open(spec, NULL, &err);
    if (!a && !err.msg[0])
        abort();
    if (a)
        some_tables(a);
    dw_annotator_free(a);
    return 0;
}
