#include "cli/given.h"

#include <sys/stat.h>
#include <unistd.h>

bool dw_stdin_given(void)
{
    struct stat in, null;

    if (fstat(STDIN_FILENO, &in) < 0 || isatty(STDIN_FILENO))
        return false;
    return !S_ISCHR(in.st_mode) || stat("/dev/null", &null) < 0 ||
           in.st_rdev != null.st_rdev;
}
