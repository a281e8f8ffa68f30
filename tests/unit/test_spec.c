/* spec: sources of annotations as the command line has them. */
#include "annot/spec.h"

#include <string.h>

#include "tap.h"

static dw_spec s;
static dw_err err;

static int parse(const char *text, unsigned parts)
{
    dw_spec_clear(&s);
    err = (dw_err){0};
    return dw_spec_parse(&s, "--bed", text, parts, &err);
}

int main(void)
{
    const unsigned all = DW_SPEC_NAME | DW_SPEC_WORDS | DW_SPEC_SIZES;

    OK(parse("peaks=a/b.bed.gz:5@500,2k", all) == 0 &&
           strcmp(s.name, "peaks") == 0 && strcmp(s.file, "a/b.bed.gz") == 0 &&
           s.n_words == 1 && strcmp(s.word[0], "5") == 0 && s.n_sizes == 2 &&
           s.size[0] == 500 && s.size[1] == 2000,
       "all parts");
    OK(parse("f.vcf.gz:CADD,AF", DW_SPEC_WORDS) == 0 && !s.name &&
           strcmp(s.file, "f.vcf.gz") == 0 && s.n_words == 2 &&
           strcmp(s.word[1], "AF") == 0,
       "words alone");
    OK(parse("x=me@home.bed", all) == 0 && s.n_sizes == 0 &&
           strcmp(s.file, "me@home.bed") == 0,
       "an @ that no sizes follow belongs to the name");
    OK(parse("x=c:/d/e.bed", all) == 0 && s.n_words == 0 &&
           strcmp(s.file, "c:/d/e.bed") == 0,
       "a : before a slash belongs to the name");
    OK(parse("/:a/min,b:c", DW_SPEC_WORDS) == 0 && strcmp(s.file, "/") == 0 &&
           s.n_words == 2 && strcmp(s.word[0], "a/min") == 0 &&
           strcmp(s.word[1], "b:c") == 0,
       "behind a file that is there, words may hold / and :");
    OK(parse("x=a@1M", all) == 0 && s.size[0] == 1000000, "1M");
    OK(parse("peaks.bed", all) == DW_EUSAGE && strstr(err.msg, "NAME=FILE"),
       "no name: %s", err.msg);
    OK(parse("=peaks.bed", all) == DW_EUSAGE, "an empty name");
    OK(parse("x=", all) == DW_EUSAGE, "no file");
    OK(parse("f:a,,b", DW_SPEC_WORDS) == DW_EUSAGE, "an empty word");
    OK(parse("x=f@99999999999", all) == 0 && s.n_sizes == 0,
       "a size beyond all bounds is none");
    dw_spec_clear(&s);
    return tap_done();
}
