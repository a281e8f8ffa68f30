#include "base/stop.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

/* State of the process, since a signal handler has no other place to look. */
static struct {
    volatile sig_atomic_t asked;
    bool caught[2];
    struct sigaction was[2];
} stop;

static const int SIGNALS[2] = {SIGINT, SIGTERM};

static void give_back(void)
{
    for (int i = 0; i < 2; i++) {
        if (stop.caught[i])
            sigaction(SIGNALS[i], &stop.was[i], NULL); /* async-signal-safe */
    }
}

static void on_signal(int sig)
{
    stop.asked = sig;
    give_back();
}

void dw_stop_begin(void)
{
    struct sigaction act = {.sa_handler = on_signal};

    sigemptyset(&act.sa_mask);
    act.sa_flags = SA_RESTART;
    stop.asked = 0;
    for (int i = 0; i < 2; i++) {
        stop.caught[i] = sigaction(SIGNALS[i], NULL, &stop.was[i]) == 0 &&
                         stop.was[i].sa_handler != SIG_IGN;
        if (stop.caught[i])
            sigaction(SIGNALS[i], &act, NULL);
    }
}

void dw_stop_end(void)
{
    if (!stop.asked)
        give_back();
    stop.caught[0] = stop.caught[1] = false;
}

int dw_stop_asked(void)
{
    return stop.asked;
}

const char *dw_stop_name(int sig)
{
    return sig == SIGINT ? "SIGINT" : sig == SIGTERM ? "SIGTERM" : "a signal";
}
