/* The same without what only some processors have. */
#define DW_PORTABLE
#include "test_near.c"
