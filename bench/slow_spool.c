// slow_spool.c: lets a spool of one file per article be on a slow disk, of which nothing is cached.
//
// Preloaded into a feeder. To open an article takes READ_MS; whoever asks to do it only if that
// needs no disk is told EAGAIN, as the kernel would. Several may be opened at the same time: a disk
// with many heads, or many disks.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { READ_MS = 10 };

static int is_article(int directory, const char* path, int flags) {
  if ((flags & (O_DIRECTORY | O_PATH | O_CREAT)) != 0) return 0;
  if (path[0] == '/') return strstr(path, "/spool/articles/") != NULL;
  return directory != AT_FDCWD && path[0] >= '0' && path[0] <= '9';
}

static void wait_for_disk(int directory, const char* path, int flags) {
  if (!is_article(directory, path, flags)) return;
  struct timespec left = {0, READ_MS * 1000000L};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

static int open_slowly(int directory, const char* path, int flags, mode_t mode) {
  static int (*real)(int, const char*, int, ...);
  if (real == NULL) real = (int (*)(int, const char*, int, ...))dlsym(RTLD_NEXT, "openat");
  wait_for_disk(directory, path, flags);
  return real(directory, path, flags, mode);
}

static mode_t mode_of(int flags, va_list more) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
}

#define OPEN(name)                                   \
  int name(const char* path, int flags, ...) {       \
    va_list more;                                    \
    va_start(more, flags);                           \
    const mode_t mode = mode_of(flags, more);        \
    va_end(more);                                    \
    return open_slowly(AT_FDCWD, path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                          \
  int name(int directory, const char* path, int flags, ...) { \
    va_list more;                                             \
    va_start(more, flags);                                    \
    const mode_t mode = mode_of(flags, more);                 \
    va_end(more);                                             \
    return open_slowly(directory, path, flags, mode);         \
  }
OPENAT(openat)
OPENAT(openat64)

int __open_2(const char* path, int flags) { return open_slowly(AT_FDCWD, path, flags, 0); }
int __open64_2(const char* path, int flags) { return open_slowly(AT_FDCWD, path, flags, 0); }

// libc has no openat2().
long syscall(long number, ...) {
  static long (*real)(long, ...);
  if (real == NULL) real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
  long a[6];
  va_list more;
  va_start(more, number);
  for (int i = 0; i < 6; ++i) a[i] = va_arg(more, long);
  va_end(more);
  if (number == SYS_openat2 && (((const struct open_how*)a[2])->resolve & RESOLVE_CACHED) != 0) {
    errno = EAGAIN;
    return -1;
  }
  return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
