/*
 * clock: seconds, for what is told to the user and never for what is computed.
 */
#ifndef DW_BASE_CLOCK_H
#define DW_BASE_CLOCK_H

double dw_clock_now(void);    /* that go by; from some time in the past */
double dw_clock_thread(void); /* of a core, that this thread has had */

#endif
