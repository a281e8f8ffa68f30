/*
 * held: the bytes that are allocated at this moment, as the C library counts
 * them; false where it does not, or where a sanitizer allocates in its place.
 */
#ifndef DW_TESTS_HELD_H
#define DW_TESTS_HELD_H

#include <stdbool.h>
#include <stdlib.h>

#if defined __GLIBC__ && !defined __SANITIZE_ADDRESS__ && \
    !defined __SANITIZE_THREAD__
#    if __GLIBC_PREREQ(2, 33)
#        define DW_HELD_KNOWN
#        include <malloc.h>
#    endif
#endif

/* mapped: of these, what goes back to the system when it is freed. */
static inline bool held(size_t *all, size_t *mapped)
{
#ifdef DW_HELD_KNOWN
    struct mallinfo2 now = mallinfo2();

    *all = now.uordblks + now.hblkhd;
    *mapped = now.hblkhd;
    return true;
#else
    *all = *mapped = 0;
    return false;
#endif
}

#endif
