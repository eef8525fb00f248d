/*
 * faults.c: a library for LD_PRELOAD that kills, fails or slows the process it is loaded into at a
 * named system call. Test harness only.
 *
 * Does: stands before the calls of libc through which Node and SQLite reach files and sockets, tells
 * by the descriptor or the path what a call is about (database, log, content file, answer to a sender,
 * push to a recipient ...), counts it over all threads, and does what the plan says.
 *
 * The plan lies in a file that the harness shares with us as memory (CRASH_CONTROL), so that it
 * can be set, armed and read while the process runs. Words of 64 bits; see enum word. Without that
 * variable every call goes through untouched.
 *
 * CRASH_STORE: folder of the store. CRASH_EXCHANGE, CRASH_PUSH: ports of the
 * exchange listener and of the recipient. CRASH_LOG: a line per counted call goes there.
 * CRASH_UNDO: see undo.h.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum operation { OPEN, WRITE, SYNC, RENAME, UNLINK, TRUNCATE, MKDIR, ACCEPT, RECEIVE, CONNECT, SEND, OPERATIONS };
enum subject {
  OTHER, DATABASE, LOG, INDEX, TEMPORARY, CONTENT, CONTENT_FOLDER, STORE_FOLDER, STORE_FILE,
  EXCHANGE, ANSWER_SEND, ANSWER_LIST, ANSWER_PACKAGE, ANSWER_CONFIRM, PUSH, SUBJECTS
};
enum when { BEFORE = 1, AFTER = 2, TORN = 3 };
enum word {
  ARMED, PLAN_OPERATION, PLAN_SUBJECT, PLAN_WHEN, PLAN_HIT, FIRED, CLOCK_NS,
  ERROR_NUMBER, ERROR_OPERATIONS, ERROR_SUBJECTS, ERROR_FROM, ERROR_COUNT, ERROR_SEEN, ERROR_GIVEN,
  SLOW_US, SLOW_OPERATIONS, SLOW_SUBJECTS, SLOWED, LOADED, CLOCK_SEEN, FORGOTTEN_SYNCS,
  COUNTS = 64 /* [armed or not][operation][subject] */
};
#define WORDS (COUNTS + 2 * OPERATIONS * SUBJECTS)

static int64_t *control;
static char store[PATH_MAX];
static size_t store_length;
static int exchange_port, push_port;
static int log_fd = -1;

static const char *const operation_names[] = {"open", "write", "sync", "rename", "unlink", "truncate", "mkdir", "accept", "receive", "connect", "send"};
static const char *const subject_names[] = {
    "other", "database", "log", "index", "temporary", "content", "content-folder", "store-folder", "store-file",
    "exchange", "answer-send", "answer-list", "answer-package", "answer-confirm", "push"};

#include "undo.h"

#define REAL(type, name, ...)                                \
  static type (*real)(__VA_ARGS__);                          \
  if (real == NULL) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static int64_t get(int word) { return __atomic_load_n(&control[word], __ATOMIC_SEQ_CST); }

static int port_of(const char *name) {
  const char *text = getenv(name);
  return text == NULL ? -1 : atoi(text);
}

static int raw_open(const char *path, int flags) { return (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600); }

__attribute__((constructor)) static void load(void) {
  const char *path = getenv("CRASH_CONTROL");
  const char *folder = getenv("CRASH_STORE");
  const char *log = getenv("CRASH_LOG");
  const char *undo = getenv("CRASH_UNDO");
  if (path == NULL || folder == NULL) return;
  /* No gateway is left behind when the harness is stopped. */
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  snprintf(store, sizeof store, "%s", folder);
  store_length = strlen(store);
  exchange_port = port_of("CRASH_EXCHANGE");
  push_port = port_of("CRASH_PUSH");
  if (log != NULL) log_fd = raw_open(log, O_WRONLY | O_CREAT | O_APPEND);
  if (undo != NULL) undo_fd = raw_open(undo, O_WRONLY | O_CREAT | O_APPEND);
  int fd = raw_open(path, O_RDWR);
  if (fd < 0) return;
  void *mapped = mmap(NULL, WORDS * sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  syscall(SYS_close, fd);
  if (mapped == MAP_FAILED) return;
  control = mapped;
  __atomic_store_n(&control[LOADED], getpid(), __ATOMIC_SEQ_CST);
}

#include "subjects.h"

/* ---- what is done about it --------------------------------------------------------------------- */

struct hit { enum operation operation; enum subject subject; int64_t number; int armed; int fails; };

static void die(void) {
  __atomic_store_n(&control[FIRED], 1, __ATOMIC_SEQ_CST);
  syscall(SYS_kill, getpid(), SIGKILL);
  for (;;) pause();
}

static int planned(const struct hit *hit, enum when when) {
  return hit->armed && hit->number == get(PLAN_HIT) && (int64_t)hit->operation == get(PLAN_OPERATION) &&
         (int64_t)hit->subject == get(PLAN_SUBJECT) && (int64_t)when == get(PLAN_WHEN);
}

static int chosen(const struct hit *hit, int operations, int subjects) {
  return (get(operations) >> hit->operation & 1) && (get(subjects) >> hit->subject & 1);
}

static int failing(const struct hit *hit) {
  if (get(ERROR_NUMBER) == 0 || !chosen(hit, ERROR_OPERATIONS, ERROR_SUBJECTS)) return 0;
  int64_t seen = __atomic_add_fetch(&control[ERROR_SEEN], 1, __ATOMIC_SEQ_CST);
  int64_t from = get(ERROR_FROM), count = get(ERROR_COUNT);
  if (seen < from || (count > 0 && seen >= from + count)) return 0;
  __atomic_add_fetch(&control[ERROR_GIVEN], 1, __ATOMIC_SEQ_CST);
  errno = (int)get(ERROR_NUMBER);
  return 1;
}

/* Counts; kills before the call; sleeps; says whether the call is to fail. */
static struct hit begin(enum operation operation, enum subject subject) {
  struct hit hit = {operation, subject, 0, 0, 0};
  if (control == NULL || subject == OTHER) return hit;
  hit.armed = get(ARMED) != 0;
  int word = COUNTS + (hit.armed * OPERATIONS + (int)operation) * SUBJECTS + (int)subject;
  hit.number = __atomic_add_fetch(&control[word], 1, __ATOMIC_SEQ_CST);
  if (log_fd >= 0) {
    char line[96];
    int length = snprintf(line, sizeof line, "%d %s %s %lld\n", hit.armed, operation_names[operation],
                          subject_names[subject], (long long)hit.number);
    syscall(SYS_write, log_fd, line, length);
  }
  if (planned(&hit, BEFORE)) die();
  if (get(SLOW_US) > 0 && chosen(&hit, SLOW_OPERATIONS, SLOW_SUBJECTS)) {
    __atomic_add_fetch(&control[SLOWED], 1, __ATOMIC_SEQ_CST);
    usleep((useconds_t)get(SLOW_US));
  }
  hit.fails = failing(&hit);
  return hit;
}

static void end(const struct hit *hit) {
  if (control != NULL && hit->subject != OTHER && planned(hit, AFTER)) {
    int saved = errno;
    die();
    errno = saved;
  }
}

/* ---- the calls --------------------------------------------------------------------------------- */

static size_t total(const struct iovec *parts, int count) {
  size_t sum = 0;
  for (int i = 0; i < count; i++) sum += parts[i].iov_len;
  return sum;
}

/* Half of the bytes reach the file or the socket, then the process dies. */
static void tear(int fd, const struct iovec *parts, int count, off_t offset) {
  size_t left = (total(parts, count) + 1) / 2;
  for (int i = 0; i < count && left > 0; i++) {
    size_t length = parts[i].iov_len < left ? parts[i].iov_len : left;
    if (offset >= 0) {
      syscall(SYS_pwrite64, fd, parts[i].iov_base, length, offset);
      offset += (off_t)length;
    } else {
      syscall(SYS_write, fd, parts[i].iov_base, length);
    }
    left -= length;
  }
  die();
}

static struct hit begin_write(int fd, const struct iovec *parts, int count, off_t offset) {
  int is_socket;
  enum subject subject = subject_of(fd, &is_socket);
  if (is_socket && subject == EXCHANGE) subject = answer_in(parts, count);
  if (!is_socket && subject != OTHER) undo_write(fd, subject, total(parts, count), offset);
  struct hit hit = begin(is_socket ? SEND : WRITE, subject);
  if (control != NULL && subject != OTHER && planned(&hit, TORN)) tear(fd, parts, count, offset);
  return hit;
}

#define WRITING(parts, count, offset, call)                        \
  struct hit hit = begin_write(fd, parts, count, offset);          \
  if (hit.fails) return -1;                                        \
  ssize_t result = call;                                           \
  end(&hit);                                                       \
  return result

ssize_t write(int fd, const void *bytes, size_t length) {
  REAL(ssize_t, "write", int, const void *, size_t);
  struct iovec part = {(void *)bytes, length};
  WRITING(&part, 1, -1, real(fd, bytes, length));
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(ssize_t, "writev", int, const struct iovec *, int);
  WRITING(parts, count, -1, real(fd, parts, count));
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
  struct iovec part = {(void *)bytes, length};
  WRITING(&part, 1, offset, real(fd, bytes, length, offset));
}
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return pwrite64(fd, bytes, length, offset); }
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) {
  REAL(ssize_t, "pwritev64", int, const struct iovec *, int, off64_t);
  WRITING(parts, count, offset, real(fd, parts, count, offset));
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) { return pwritev64(fd, parts, count, offset); }
ssize_t send(int fd, const void *bytes, size_t length, int flags) {
  REAL(ssize_t, "send", int, const void *, size_t, int);
  struct iovec part = {(void *)bytes, length};
  WRITING(&part, 1, -1, real(fd, bytes, length, flags));
}
ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  REAL(ssize_t, "sendmsg", int, const struct msghdr *, int);
  WRITING(message->msg_iov, (int)message->msg_iovlen, -1, real(fd, message, flags));
}

/* Reads of files are of no interest, and reads that found nothing are no points. */
#define RECEIVING(call)                                                          \
  if (control == NULL) return call;                                              \
  int is_socket;                                                                 \
  enum subject subject = subject_of(fd, &is_socket);                             \
  if (!is_socket || subject == OTHER) return call;                               \
  ssize_t result = call;                                                         \
  if (result <= 0) return result;                                                \
  int saved = errno;                                                             \
  struct hit hit = begin(RECEIVE, subject);                                      \
  end(&hit);                                                                     \
  errno = saved;                                                                 \
  return result

ssize_t read(int fd, void *bytes, size_t length) {
  REAL(ssize_t, "read", int, void *, size_t);
  RECEIVING(real(fd, bytes, length));
}
ssize_t recv(int fd, void *bytes, size_t length, int flags) {
  REAL(ssize_t, "recv", int, void *, size_t, int);
  RECEIVING(real(fd, bytes, length, flags));
}
ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
  REAL(ssize_t, "recvmsg", int, struct msghdr *, int);
  RECEIVING(real(fd, message, flags));
}

#define PLAIN(operation, subject, call)                  \
  struct hit hit = begin(operation, subject);            \
  if (hit.fails) return -1;                              \
  int result = call;                                     \
  end(&hit);                                             \
  return result

static int sync_of(int fd, int (*real)(int)) {
  int is_socket;
  char path[PATH_MAX];
  enum subject subject = subject_of(fd, &is_socket);
  struct hit hit = begin(SYNC, subject);
  if (hit.fails) return -1;
  int result = real(fd);
  /* A forgotten one shows what the comparison says of a gateway that does not synchronise. */
  int forgotten = control != NULL && (get(FORGOTTEN_SYNCS) >> subject & 1);
  if (result == 0 && subject != OTHER && undo_fd >= 0 && !forgotten) {
    path_of(fd, path);
    undo_note('S', path, "");
  }
  end(&hit);
  return result;
}
int fsync(int fd) {
  REAL(int, "fsync", int);
  return sync_of(fd, real);
}
int fdatasync(int fd) {
  REAL(int, "fdatasync", int);
  return sync_of(fd, real);
}

int rename(const char *from, const char *to) {
  REAL(int, "rename", const char *, const char *);
  struct hit hit = begin(RENAME, subject_of_path(to));
  if (hit.fails) return -1;
  int result = real(from, to);
  if (result == 0 && hit.subject != OTHER) undo_note('R', from, to);
  end(&hit);
  return result;
}
int unlink(const char *path) {
  REAL(int, "unlink", const char *);
  PLAIN(UNLINK, subject_of_path(path), real(path));
}
int mkdir(const char *path, mode_t mode) {
  REAL(int, "mkdir", const char *, mode_t);
  struct hit hit = begin(MKDIR, subject_of_path(path));
  if (hit.fails) return -1;
  int result = real(path, mode);
  if (result == 0 && hit.subject != OTHER) undo_note('C', path, "");
  end(&hit);
  return result;
}
int ftruncate64(int fd, off64_t length) {
  REAL(int, "ftruncate64", int, off64_t);
  int is_socket;
  enum subject subject = subject_of(fd, &is_socket);
  if (subject != OTHER) undo_truncate(fd, subject, length);
  PLAIN(TRUNCATE, subject, real(fd, length));
}
int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

static int open_of(int (*real)(int, const char *, int, ...), int folder, const char *path, int flags, mode_t mode) {
  enum subject subject = subject_of_path(path);
  struct stat found;
  int fresh = subject != OTHER && (flags & O_CREAT) && undo_fd >= 0 && stat(path, &found) != 0;
  struct hit hit = begin(OPEN, subject);
  if (hit.fails) return -1;
  int fd = real(folder, path, flags, mode);
  if (fd >= 0 && fresh) undo_note('C', path, "");
  end(&hit);
  return fd;
}

#define OPENING(folder)                                                          \
  REAL(int, "openat64", int, const char *, int, ...);                            \
  mode_t mode = 0;                                                               \
  if (flags & (O_CREAT | O_TMPFILE)) {                                           \
    va_list rest;                                                                \
    va_start(rest, flags);                                                       \
    mode = va_arg(rest, mode_t);                                                 \
    va_end(rest);                                                                \
  }                                                                              \
  return open_of(real, folder, path, flags, mode)

int open(const char *path, int flags, ...) { OPENING(AT_FDCWD); }
int open64(const char *path, int flags, ...) { OPENING(AT_FDCWD); }
int openat(int folder, const char *path, int flags, ...) { OPENING(folder); }
int openat64(int folder, const char *path, int flags, ...) { OPENING(folder); }

int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags) {
  REAL(int, "accept4", int, struct sockaddr *, socklen_t *, int);
  if (control == NULL || subject_of_socket(fd) != EXCHANGE) return real(fd, address, length, flags);
  int result = real(fd, address, length, flags);
  if (result < 0) return result;
  struct hit hit = begin(ACCEPT, EXCHANGE);
  end(&hit);
  return result;
}
int connect(int fd, const struct sockaddr *address, socklen_t length) {
  REAL(int, "connect", int, const struct sockaddr *, socklen_t);
  struct sockaddr_storage copy = {0};
  memcpy(&copy, address, length < sizeof copy ? length : sizeof copy);
  PLAIN(CONNECT, control != NULL && port(&copy) == push_port ? PUSH : OTHER, real(fd, address, length));
}

/* ---- the time of day --------------------------------------------------------------------------- */

int clock_gettime(clockid_t clock, struct timespec *time) {
  REAL(int, "clock_gettime", clockid_t, struct timespec *);
  int result = real(clock, time);
  if (control == NULL || result != 0 || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return result;
  __atomic_add_fetch(&control[CLOCK_SEEN], 1, __ATOMIC_RELAXED);
  int64_t shifted = time->tv_sec * INT64_C(1000000000) + time->tv_nsec + get(CLOCK_NS);
  time->tv_sec = shifted / 1000000000;
  time->tv_nsec = shifted % 1000000000;
  return result;
}
int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  struct timespec now;
  (void)zone;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}
