/*
 * stop: a wish to end, told by a signal, that long work heeds when it suits.
 *
 * Between begin and end the first SIGINT or SIGTERM is noted and nothing else
 * happens; a second one does what it would have done before.  A signal that was
 * ignored (nohup) stays so.
 */
#ifndef DW_BASE_STOP_H
#define DW_BASE_STOP_H

void dw_stop_begin(void);
void dw_stop_end(void);
int dw_stop_asked(void);       /* 0, or the signal */
const char *dw_stop_name(int); /* "SIGTERM" */

#endif
