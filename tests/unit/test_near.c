/* Numbers as nearly all are written, against those of text.h. */
#include "base/near_number.h"
#include "base/rng.h"
#include "tap.h"

/* What is near says what text.h says, or nothing. */
static void test_near(void)
{
    dw_rng rng = dw_rng_init(10, 0);
    size_t wrong = 0, doubles = 0, whole = 0;
    char text[80];

    for (int i = 0; i < 200000; i++) {
        size_t before = dw_rng_below(&rng, 24), n = dw_rng_below(&rng, 20);
        dw_span a = {text + before, n};
        double x = 0, y;
        int64_t k = 0;
        uint64_t d;

        for (size_t j = 0; j < before + n + 8; j++)
            text[j] = "0123456789012345678901234567890123456789-.."
                      "e\t"[dw_rng_below(&rng, j < before ? 45 : 43)];
        if (n > 2 && i % 2) { /* as most are */
            text[before] = '-';
            text[before + 2] = '.';
        }
        if (dw_near_double(text, a, &x) == 0) {
            doubles++;
            wrong += dw_text_double(a, &y) < 0 || memcmp(&x, &y, sizeof x) != 0;
        }
        if (dw_near_digits(text, a, &k) == 0) {
            whole++;
            wrong += dw_text_digits(a, &d) < 0 || (uint64_t)k != d;
        }
    }
    OK(wrong == 0 && doubles > 20000 && whole > 10000,
       "%zu doubles and %zu whole numbers, read as nearly all are", doubles,
       whole);
}

/* One character that does not belong there, at any place. */
static void test_refusals(void)
{
    size_t wrong = 0, tried = 0;

    for (size_t n = 1; n <= 15; n++) {
        for (size_t at = 0; at < n; at++) {
            for (int c = 0; c < 256; c++) {
                char text[32] = "................123456789012345";
                dw_span a = {text + 31 - n, n};
                int64_t k;
                uint64_t d;

                text[31 - n + at] = (char)c;
                tried++;
                wrong += (dw_near_digits(text, a, &k) == 0) !=
                         (dw_text_digits(a, &d) == 0);
            }
        }
    }
    OK(wrong == 0, "digits and nothing else, %zu times", tried);
}

int main(void)
{
    test_near();
    test_refusals();
    return tap_done();
}
