/* Any bytes as a VCF: numbers or NAN under the tags that it has, the same
 * whichever tables are asked for, and the same by an index if one can be made.
 * The first tags of the header are asked for. */
#include <htslib/bgzf.h>
#include <htslib/hts_log.h>
#include <htslib/tbx.h>

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

static char packed[64], index_of[80];

static void remove_both(void)
{
    remove(packed);
    remove(index_of);
}

/* Packs and indexes: does that work? */
static bool make_index(const char *path, const uint8_t *data, size_t size)
{
    BGZF *f;

    if (!packed[0]) {
        snprintf(packed, sizeof packed, "%s.gz", path);
        snprintf(index_of, sizeof index_of, "%s.tbi", packed);
        atexit(remove_both);
    }
    hts_set_log_level(HTS_LOG_OFF);
    f = bgzf_open(packed, "w0");
    if (!f || bgzf_write(f, data, size) < 0 || bgzf_close(f) != 0)
        abort();
    remove(index_of);
    return tbx_index_build(packed, 0, &tbx_conf_vcf) == 0;
}

/* Asks for the tags; 0 with the values, which are to be freed, or a fault. */
static int ask(const char *path, const char *tags, float **value, size_t *n)
{
    char spec[512];
    dw_err err = {0};
    dw_annotator *a;
    int rc;

    snprintf(spec, sizeof spec, "%s%s", path, tags);
    a = dw_info_annot_open(spec, NULL, &err);
    if (!a && !err.msg[0])
        abort();
    if (!a)
        return err.code;
    *n = SOME_VARIANTS * a->k * sizeof **value;
    *value = malloc(*n);
    rc = some_values(a, *value);
    dw_annotator_free(a);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char tags[400] = "";
    const char *path = as_file(data, size);
    float *value = NULL, *other = NULL;
    size_t n = 0, n_other = 0;
    int rc;

    add_tags(tags, sizeof tags, (const char *)data, size);
    rc = ask(path, tags, &value, &n);
    if (rc == 0 && make_index(path, data, size) &&
        ask(packed, tags, &other, &n_other) == 0 &&
        (n != n_other || memcmp(value, other, n) != 0))
        abort();
    free(value);
    free(other);
    return 0;
}
