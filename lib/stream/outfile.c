/* realpath is of the X/Open part of POSIX. */
#define _XOPEN_SOURCE 700

#include "stream/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

struct dw_outfile {
    FILE *file;
    char *name;   /* for messages */
    char *target; /* what `temp` will be renamed to; NULL: written directly */
    char *temp;
    int slot;   /* of `pending` */
    int failed; /* the errno of the first write that failed */
};

/* ---- what has to be removed if the process ends ---- */

enum { PENDING_MAX = 64 };

/* State of the process, since a signal handler has no other place to look. */
static char *volatile pending[PENDING_MAX];

static void remove_pending(void)
{
    for (int i = 0; i < PENDING_MAX; i++) {
        if (pending[i])
            unlink(pending[i]); /* async-signal-safe */
    }
}

static void on_signal(int sig)
{
    remove_pending();
    raise(sig); /* SA_RESETHAND: now with its default action */
}

static void catch_signal(int sig)
{
    struct sigaction old, act = {.sa_handler = on_signal};

    act.sa_flags = (int)SA_RESETHAND;
    sigemptyset(&act.sa_mask);
    /* What was ignored (nohup) stays so. */
    if (sigaction(sig, NULL, &old) == 0 && old.sa_handler == SIG_DFL)
        sigaction(sig, &act, NULL);
}

/* The slot that was taken, or -1 when there is none left. */
static int remember(char *temp)
{
    static bool ready;

    if (!ready) {
        ready = true;
        atexit(remove_pending);
        catch_signal(SIGINT);
        catch_signal(SIGTERM);
        catch_signal(SIGHUP);
    }
    for (int i = 0; i < PENDING_MAX; i++) {
        if (!pending[i]) {
            pending[i] = temp;
            return i;
        }
    }
    return -1;
}

static void forget(dw_outfile *out)
{
    if (out->slot >= 0)
        pending[out->slot] = NULL;
    out->slot = -1;
}

/* ---- opening ---- */

static void outfile_free(dw_outfile *out)
{
    forget(out);
    dw_free(out->name);
    dw_free(out->target);
    dw_free(out->temp);
    dw_free(out);
}

/* Is this no file that could be renamed over: a device, a pipe, or /dev/stdout,
 * which may stand for a file that others write to as well? */
static bool is_special(const char *path)
{
    struct stat st;

    if (strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0)
        return true;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* ".NAME.dw-XXXXXX" beside the target. */
static char *temp_name(const char *target, unsigned long number)
{
    const char *slash = strrchr(target, '/');
    int folder = slash ? (int)(slash - target) + 1 : 0;
    dw_buf b = {0};

    dw_buf_addf(&b, "%.*s.%s.dw-%06lx", folder, target, target + folder,
                number);
    return b.s;
}

/* Not mkstemp: the file gets the rights that the umask, or the file that it
 * will replace, gives it. */
static int open_temp(dw_outfile *out)
{
    static unsigned long number;
    struct stat st;
    int fd = -1;

    if (!number)
        number = (unsigned long)getpid();
    for (int i = 0; fd < 0 && i < 100; i++) {
        dw_free(out->temp);
        out->temp = temp_name(out->target, number++ & 0xffffff);
        fd = open(out->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST)
            return -1;
    }
    if (fd < 0)
        return -1;
    out->slot = remember(out->temp);
    if (stat(out->target, &st) == 0)
        (void)!fchmod(fd, st.st_mode & 07777); /* as good as can be had */
    return fd;
}

static int open_beside(dw_outfile *out, const char *path, dw_err *err)
{
    char *real;
    int fd;

    errno = ENOENT; /* of the empty path */
    if (!*path || (access(path, F_OK) == 0 && access(path, W_OK) != 0))
        return dw_fail_errno(err, "cannot write %s", path);
    /* A symbolic link stays one: what it points to is replaced. */
    real = realpath(path, NULL);
    out->target = dw_strdup(real ? real : path);
    free(real);
    fd = open_temp(out);
    if (fd < 0)
        return dw_fail_errno(err, "cannot write %s", path);
    return fd;
}

/* Where standard output is closed, what stands there is open for reading only
 * (cli/opts). */
static int open_stdout(void)
{
    int mode = fcntl(STDOUT_FILENO, F_GETFL);

    if (mode >= 0 && (mode & O_ACCMODE) == O_RDONLY) {
        errno = EBADF;
        return -1;
    }
    return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
}

static int open_fd(dw_outfile *out, const char *path, dw_err *err)
{
    int fd;

    if (!path || strcmp(path, "-") == 0)
        fd = open_stdout();
    else if (!is_special(path))
        return open_beside(out, path, err);
    else
        fd = open(path, O_WRONLY | O_CLOEXEC);
    return fd < 0 ? dw_fail_errno(err, "cannot write %s", out->name) : fd;
}

dw_outfile *dw_outfile_open(const char *path, bool binary, dw_err *err)
{
    dw_outfile *out = dw_alloc(1, sizeof *out);
    int fd;

    out->slot = -1;
    out->name =
        dw_strdup(path && strcmp(path, "-") != 0 ? path : "standard output");
    fd = open_fd(out, path, err);
    if (fd < 0)
        goto fail;
    if (binary && isatty(fd)) {
        close(fd);
        dw_fail(err, DW_EUSAGE,
                "binary is not written to a terminal: give -o FILE or a pipe");
        goto fail;
    }
    out->file = fdopen(fd, "wb");
    if (!out->file) {
        close(fd);
        dw_fail_errno(err, "cannot write %s", out->name);
        goto fail;
    }
    setvbuf(out->file, NULL, _IOFBF, 1 << 16);
    return out;
fail:
    if (out->temp)
        unlink(out->temp);
    outfile_free(out);
    return NULL;
}

/* ---- writing ---- */

static void note_failure(dw_outfile *out)
{
    if (!out->failed)
        out->failed = errno ? errno : EIO;
}

void dw_outfile_write(dw_outfile *out, const void *p, size_t n)
{
    if (!out->failed && n && fwrite(p, 1, n, out->file) != n)
        note_failure(out);
}

void dw_outfile_printf(dw_outfile *out, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    if (!out->failed && vfprintf(out->file, fmt, ap) < 0)
        note_failure(out);
    va_end(ap);
}

bool dw_outfile_failed(const dw_outfile *out)
{
    return out->failed != 0;
}

const char *dw_outfile_path(dw_outfile *out)
{
    if (!out->failed && fflush(out->file) != 0)
        note_failure(out);
    return out->temp;
}

/* ---- the two ways out ---- */

int dw_outfile_close(dw_outfile *out, dw_err *err)
{
    int rc = 0;

    if (!out->failed && fflush(out->file) != 0)
        note_failure(out);
    if (!out->failed && out->temp && fsync(fileno(out->file)) != 0)
        note_failure(out);
    if (fclose(out->file) != 0)
        note_failure(out);
    if (!out->failed && out->temp && rename(out->temp, out->target) != 0)
        note_failure(out);
    if (out->failed) {
        errno = out->failed;
        rc = dw_fail_errno(err, "cannot write %s", out->name);
        if (out->temp)
            unlink(out->temp);
    }
    outfile_free(out);
    return rc;
}

void dw_outfile_abandon(dw_outfile *out)
{
    if (!out)
        return;
    if (out->temp)
        unlink(out->temp);
    fclose(out->file);
    outfile_free(out);
}
