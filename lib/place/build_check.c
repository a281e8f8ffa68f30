#include "place/build_check.h"

#include <math.h>

/* What a file was found to be of. */
struct found {
    const char *name;
    int build;
    dw_buf why;
};

static int says(const dw_build_witness *w)
{
    return w->says && *w->says ? dw_build_of(w->says) : DW_BUILD_NONE;
}

static void find(const dw_build_witness *w, struct found *f)
{
    *f = (struct found){.name = w->name, .build = DW_BUILD_NONE};
    if (w->name && w->rows)
        f->build = dw_build_evidence_tell(w->rows, &f->why);
    if (w->name && w->header && f->build == DW_BUILD_NONE)
        f->build = dw_build_evidence_tell(w->header, &f->why);
    if (w->name && f->build == DW_BUILD_NONE && says(w) != DW_BUILD_NONE) {
        f->build = says(w);
        dw_buf_adds(&f->why, "as it says of itself");
    }
}

static bool differ(int a, int b)
{
    return a != DW_BUILD_NONE && b != DW_BUILD_NONE && a != b;
}

/* Ends the message with the share that matched, where it is known. */
static int contradict(const dw_build_check *c, const dw_buf *words, dw_err *err)
{
    if (isnan(c->share))
        return dw_fail(err, DW_EMISMATCH, "%s", words->s);
    return dw_fail(err, DW_EMISMATCH, "%s (%.2g %% of the positions match)",
                   words->s, 100 * c->share);
}

/* Can the chain begin where the study is? */
static int check_chain(const dw_build_check *c, const struct found *study,
                       dw_buf *words, dw_err *err)
{
    int from = dw_chain_from(c->chain), to = dw_chain_to(c->chain);
    const char *name = dw_chain_origin(c->chain).name;
    dw_buf why = {0};
    int rc = 0;

    if (from == DW_BUILD_NONE || !c->study.rows ||
        !dw_build_evidence_denies(c->study.rows, from, &why))
        goto out;
    if (study->build != DW_BUILD_NONE)
        dw_buf_addf(words, "%s: is of %s (%s), and %s lifts from %s%s",
                    study->name, dw_build_word(study->build), study->why.s,
                    name, dw_build_word(from),
                    study->build == to ? ": leave --chain out" : "");
    else
        dw_buf_addf(words, "%s: cannot be of %s, from which %s lifts: %s",
                    study->name, dw_build_word(from), name, why.s);
    rc = contradict(c, words, err);
out:
    dw_buf_clear(&why);
    return rc;
}

static int check_stated(const dw_build_check *c, const struct found *f,
                        const dw_build_evidence *rows, dw_buf *words,
                        dw_err *err)
{
    int stated = c->stated ? dw_build_of(c->stated) : DW_BUILD_NONE;
    dw_buf why = {0};
    int rc = 0;

    if (stated == DW_BUILD_NONE || !f->name)
        return 0;
    if (differ(f->build, stated))
        dw_buf_addf(words, "%s: is of %s (%s), not of %s as --build says",
                    f->name, dw_build_word(f->build), f->why.s,
                    dw_build_word(stated));
    else if (rows && dw_build_evidence_denies(rows, stated, &why))
        dw_buf_addf(words, "%s: cannot be of %s as --build says: %s", f->name,
                    dw_build_word(stated), why.s);
    if (words->n)
        rc = contradict(c, words, err);
    dw_buf_clear(&why);
    return rc;
}

/* What a study says of itself against its positions; --build goes before. */
static int check_says(const dw_build_check *c, const struct found *study,
                      dw_buf *words, dw_err *err)
{
    if (c->stated || !differ(study->build, says(&c->study)))
        return 0;
    dw_buf_addf(words,
                "%s: says that it is of %s, and is of %s (%s); --build says "
                "which",
                study->name, dw_build_word(says(&c->study)),
                dw_build_word(study->build), study->why.s);
    return contradict(c, words, err);
}

static int check_pair(const dw_build_check *c, const struct found *a,
                      const struct found *b, const char *mend, dw_buf *words,
                      dw_err *err)
{
    if (!differ(a->build, b->build))
        return 0;
    dw_buf_addf(words, "%s is of %s (%s), but %s of %s (%s)%s", a->name,
                dw_build_word(a->build), a->why.s, b->name,
                dw_build_word(b->build), b->why.s, mend);
    return contradict(c, words, err);
}

/* All of them, once the study is lifted. */
static int check_found(const dw_build_check *c, const struct found f[3],
                       dw_buf *words, dw_err *err)
{
    const char *mend = c->chain ? "" : "; --chain FILE lifts the study";
    const dw_build_evidence *rows[3] = {c->chain ? NULL : c->study.rows,
                                        c->ref.rows, NULL};
    int rc = 0;

    for (int i = 0; i < 3 && rc == 0; i++)
        rc = check_stated(c, &f[i], rows[i], words, err);
    if (rc == 0)
        rc = check_pair(c, &f[0], &f[1], mend, words, err);
    if (rc == 0)
        rc = check_pair(c, &f[0], &f[2], mend, words, err);
    return rc < 0 ? rc : check_pair(c, &f[1], &f[2], "", words, err);
}

int dw_build_check_all(const dw_build_check *c, int *build, dw_buf *why,
                       dw_err *err)
{
    struct found f[3]; /* study, reference, genome */
    dw_buf words = {0};
    int rc = 0;

    find(&c->study, &f[0]);
    find(&c->ref, &f[1]);
    find(&c->genome, &f[2]);
    rc = check_says(c, &f[0], &words, err);
    if (rc == 0 && c->chain && f[0].name)
        rc = check_chain(c, &f[0], &words, err);
    if (c->chain && f[0].name) {
        f[0].build = dw_chain_to(c->chain);
        dw_buf_reset(&f[0].why);
        dw_buf_adds(&f[0].why, "lifted by --chain");
    }
    if (rc == 0)
        rc = check_found(c, f, &words, err);
    *build = DW_BUILD_NONE;
    for (int i = 0; i < 3 && rc == 0 && *build == DW_BUILD_NONE; i++) {
        *build = f[i].build;
        if (*build != DW_BUILD_NONE)
            dw_buf_addf(why, "%s: %s", f[i].name, f[i].why.s);
    }
    for (int i = 0; i < 3; i++)
        dw_buf_clear(&f[i].why);
    dw_buf_clear(&words);
    return rc;
}
