/*
 * given: whether there is a stream on standard input.
 */
#ifndef DW_CLI_GIVEN_H
#define DW_CLI_GIVEN_H

#include <stdbool.h>

/* A pipe, a file or a socket is one, though nothing may be in it: the step
 * before may have failed, which must not pass for no stream at all.  A
 * terminal, the null device or a standard input that is closed is none. */
bool dw_stdin_given(void);

#endif
