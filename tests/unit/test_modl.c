/* MODL: there and back, cut anywhere, changed anywhere. */
#include "base/mem.h"
#include "record/rec_modl.h"
#include "stream/pack.h"
#include "tap.h"

static void make(dw_model *model)
{
    dw_err err = {0};

    *model = (dw_model){.link = DW_LINK_SOFTPLUS};
    for (size_t i = 0; i < 2; i++) {
        const char *name = i ? "weight" : "height\tof men";
        dw_model_trait *trait = dw_model_add_trait(model, name);

        trait->n = i ? 1000 : 450000;
        trait->c = 1.0 / 3e6;
        trait->s2 = 1;
        trait->tau = i ? 0 : 0.4;
    }
    model->input = dw_alloc(3, sizeof *model->input);
    model->n_inputs = 3;
    model->input[0] = (dw_input){dw_strdup("cons"), false, 0.1, 1.0 / 3};
    model->input[1] = (dw_input){dw_strdup("cons"), true, 0, 1};
    model->input[2] = (dw_input){dw_strdup("a b\\c"), false, -1e300, 5e-3};
    dw_model_add_track(model, "DNase", 1.5, 0.25);
    dw_model_add_track(model, "cage", -2, 3);
    if (dw_model_shape(model, "mlp:4,2", &err) < 0)
        OK(0, "%s", err.msg);
    dw_net_init(&model->net, 3, model->param);
}

static void test_round_trip(const dw_model *model, const dw_buf *bytes)
{
    size_t n = dw_net_n_params(&model->net);
    dw_model back = {0};
    dw_err err = {0};
    dw_buf again = {0};

    OK(dw_modl_unpack(&back, 2, (const unsigned char *)bytes->s, bytes->n,
                      &err) == 0,
       "it is read: %s", err.msg);
    OK(dw_net_n_params(&back.net) == n &&
           memcmp(back.param, model->param, n * sizeof *model->param) == 0,
       "its parameters, bit by bit");
    OK(back.n_traits == 2 && back.net.heads == 2 &&
           back.trait[0].c == model->trait[0].c && back.trait[0].s2 == 1 &&
           back.trait[0].tau == 0.4 && back.trait[0].n == 450000 &&
           back.trait[1].n == 1000 && back.trait[1].tau == 0 &&
           back.link == DW_LINK_SOFTPLUS &&
           strcmp(back.trait[0].name, model->trait[0].name) == 0,
       "its traits, to the last digit");
    OK(back.n_inputs == 3 && back.input[1].missing && !back.input[0].missing &&
           back.input[0].sd == 1.0 / 3 && back.input[2].mean == -1e300 &&
           strcmp(back.input[2].name, "a b\\c") == 0,
       "its inputs");
    OK(back.n_tracks == 2 && strcmp(back.track[1].name, "cage") == 0 &&
           back.track[0].mean == 1.5 && back.track[0].sd == 0.25,
       "its tracks");
    dw_modl_pack(&back, &again);
    OK(again.n == bytes->n && memcmp(again.s, bytes->s, again.n) == 0,
       "the same bytes again");
    OK(dw_modl_unpack(&back, 4, (const unsigned char *)bytes->s, bytes->n,
                      &err) == DW_EVERSION,
       "a newer version: %s", err.msg);
    dw_buf_clear(&again);
    dw_model_clear(&back);
}

/* Exactly as long as it is said to be, so that a read past it is seen. */
static int unpack_copy(const char *s, size_t n, dw_err *err)
{
    unsigned char *copy = dw_alloc(n, 1);
    dw_model model = {0};
    int rc;

    if (n)
        memcpy(copy, s, n);
    rc = dw_modl_unpack(&model, 2, copy, n, err);
    dw_model_clear(&model);
    dw_free(copy);
    return rc;
}

static void test_cuts(const dw_buf *bytes)
{
    size_t n_taken = 0;

    for (size_t n = 0; n < bytes->n; n++) {
        dw_err err = {0};

        n_taken += unpack_copy(bytes->s, n, &err) == 0 || !err.msg[0];
    }
    OK(n_taken == 0, "cut at each of %zu bytes: %zu taken", bytes->n, n_taken);
}

/* A text in place of another of the same length. */
static void test_edit(const dw_buf *bytes, const char *from, const char *to,
                      int code, const char *words)
{
    dw_buf copy = {0};
    dw_err err = {0};
    size_t n = strlen(from);
    int rc = 0;

    dw_buf_add(&copy, bytes->s, bytes->n);
    for (size_t i = 0; i + n <= copy.n; i++) {
        if (memcmp(copy.s + i, from, n) == 0) {
            memcpy(copy.s + i, to, n);
            rc = unpack_copy(copy.s, copy.n, &err);
            break;
        }
    }
    OK(rc == code && strstr(err.msg, words), "changed, %d: %s", rc, err.msg);
    dw_buf_clear(&copy);
}

static void test_not_finite(dw_model *model)
{
    float was = model->param[3];
    dw_buf bytes = {0};
    dw_err err = {0};

    model->param[3] = NAN;
    dw_modl_pack(model, &bytes);
    OK(unpack_copy(bytes.s, bytes.n, &err) == DW_EFORMAT, "NaN: %s", err.msg);
    model->param[3] = was;
    dw_buf_clear(&bytes);
}

/* A network's window stands in its specification. */
static void test_windows(void)
{
    const char *const name[] = {"cage", "dnase"};
    dw_model model = {.window = 64, .bin = 4}, back = {0};
    dw_buf bytes = {0};
    dw_err err = {0};
    size_t which[2];

    dw_model_add_trait(&model, "height")->n = 500;
    model.trait[0].c = model.trait[0].s2 = 1;
    dw_model_add_track(&model, "dnase", 0, 1);
    dw_model_add_track(&model, "cage", 0.5, 2);
    if (dw_model_shape(&model, "conv:dim=4,top=2", &err) < 0)
        OK(0, "%s", err.msg);
    dw_modl_pack(&model, &bytes);
    OK(dw_modl_version(&model) == 2 &&
           dw_modl_unpack(&back, 2, (const unsigned char *)bytes.s, bytes.n,
                          &err) == 0 &&
           back.net.window == 64 && back.net.bin == 4 && back.net.down == 1,
       "a network that looks at tracks: %s", err.msg);
    OK(dw_model_bind_tracks(&back, 2, name, 100, which, &err) == 0 &&
           which[0] == 1 && which[1] == 0,
       "its tracks by name");
    OK(dw_model_bind_tracks(&back, 2, name, 63, which, &err) == DW_EMISMATCH &&
           strstr(err.msg, "windows of 64"),
       "%s", err.msg);
    OK(dw_model_bind_tracks(&back, 1, name, 64, which, &err) == DW_EMISMATCH &&
           strstr(err.msg, "track \"dnase\""),
       "%s", err.msg);
    test_edit(&bytes, ",window=64", ",xindow=64", DW_EVERSION, "newer");
    test_edit(&bytes, ",window=64", ",window=32", DW_EFORMAT, "belong");
    test_edit(&bytes, "track\tcage", "other\tcage", DW_EFORMAT, "belong");
    test_edit(&bytes, "cage\t0.5\t2\n", "cage\t0.5\t0\n", DW_EFORMAT,
              "standard deviation");
    dw_buf_clear(&bytes);
    dw_model_clear(&model);
    dw_model_clear(&back);
}

/* Version 1 has one trait, with a line for each of its numbers. */
static void test_first_version(void)
{
    static const char text[] = "spec\tlinear\nlink\texp\ntrait\theight\n"
                               "n\t500\nc\t0.25\ns2\t1\ntau\t0\n"
                               "n_params\t2\ninput\tcons\tvalue\t0\t1\n";
    const float param[] = {0.5f, -2};
    dw_model back = {0};
    dw_buf bytes = {0}, again = {0};
    dw_err err = {0};

    dw_pack_text(&bytes, text, sizeof text - 1);
    dw_pack_u64(&bytes, 2);
    dw_pack_f32s(&bytes, param, 2);
    OK(dw_modl_unpack(&back, 1, (const unsigned char *)bytes.s, bytes.n,
                      &err) == 0 &&
           back.n_traits == 1 && back.trait[0].n == 500 &&
           back.trait[0].c == 0.25 && back.trait[0].s2 == 1 &&
           back.trait[0].tau == 0 &&
           strcmp(back.trait[0].name, "height") == 0 && back.param[1] == -2,
       "version 1: %s", err.msg);
    dw_modl_pack(&back, &again);
    OK(dw_modl_version(&back) == 1 && again.n == bytes.n &&
           memcmp(again.s, bytes.s, again.n) == 0,
       "the same bytes again, since it is of one trait");
    OK(dw_modl_unpack(&back, 2, (const unsigned char *)bytes.s, bytes.n,
                      &err) == DW_EFORMAT,
       "which is none of version 2: %s", err.msg);
    dw_buf_clear(&again);
    dw_buf_clear(&bytes);
    dw_model_clear(&back);
}

/* What cannot be had is refused, and nothing leaks. */
static void test_no_memory(const dw_buf *bytes)
{
    unsigned long i = 0;
    int rc;

    do {
        dw_err err = {0};

        dw_mem_fail_at(++i);
        rc = unpack_copy(bytes->s, bytes->n, &err);
        dw_mem_fail_at(0);
    } while (rc == DW_ENOMEM && i < 100);
    OK(rc == 0 && i > 1, "memory that is not there, %lu times", i - 1);
}

int main(void)
{
    dw_buf bytes = {0};
    dw_model model;

    make(&model);
    dw_modl_pack(&model, &bytes);
    test_round_trip(&model, &bytes);
    test_cuts(&bytes);
    test_edit(&bytes, "mlp:4,2", "mlp:2,4", DW_EFORMAT, "belong together");
    test_edit(&bytes, "mlp:4,2", "mlp:4,x", DW_EVERSION, "newer");
    test_edit(&bytes, "softplus", "softmaxi", DW_EVERSION, "softmaxi");
    test_edit(&bytes, "\t1\t0\n", "\t0\t1\n", 0, "");
    test_edit(&bytes, "\t1\t0\n", "\t0\t0\n", DW_EFORMAT, "both 0");
    test_edit(&bytes, "\t1\t0\n", "\tx\t0\n", DW_EFORMAT, "not a number");
    test_edit(&bytes, "\t1\t0\n", "\t1\n0\n", DW_EFORMAT, "field 6");
    test_edit(&bytes, "trait\tweight", "Trait\tweight", DW_EVERSION, "Trait");
    test_edit(&bytes, "trait\tweight", "other\tweight", DW_EFORMAT, "belong");
    test_edit(&bytes, "n_params\t", "N_params\t", DW_EVERSION, "N_params");
    test_edit(&bytes, "n_params\t", "m_params\t", DW_EFORMAT, "n_params");
    test_edit(&bytes, "\tmissing", "\tMissing", DW_EFORMAT, "input");
    test_edit(&bytes, "\t450000\t", "\t-50000\t", DW_EFORMAT, "cannot be");
    test_windows();
    test_first_version();
    test_not_finite(&model);
    test_no_memory(&bytes);
    dw_buf_clear(&bytes);
    dw_model_clear(&model);
    return tap_done();
}
