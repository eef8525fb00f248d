/*
 * undo.h: what a power cut would undo. A killed process loses nothing that it had written, since the
 * system still holds it; a power cut loses what was not synchronised. With CRASH_UNDO every
 * change of a file of the store is noted there with what stood before, so that the harness can take
 * back what no later synchronisation covers.
 *
 * A record: one line `KIND offset length-now size-before length-before path-length other-length`, then
 * path, other path and the bytes of before. W write, T truncate, S synchronised, R renamed, C created.
 */
static int undo_fd = -1;

static void undo_record(char kind, const char *path, const char *other, off_t offset, size_t now, off_t size,
                        const void *before, size_t length) {
  char head[160];
  int head_length = snprintf(head, sizeof head, "%c %lld %zu %lld %zu %zu %zu\n", kind, (long long)offset, now,
                             (long long)size, length, strlen(path), strlen(other));
  /* One call, so that threads and a kill leave no half of a record but the last. */
  struct iovec parts[] = {{head, (size_t)head_length},
                          {(void *)path, strlen(path)},
                          {(void *)other, strlen(other)},
                          {(void *)before, length}};
  syscall(SYS_writev, undo_fd, parts, 4);
}

static void undo_note(char kind, const char *path, const char *other) {
  if (undo_fd >= 0) undo_record(kind, path, other, 0, 0, 0, "", 0);
}

static void path_of(int fd, char *path);

static void undo_change(char kind, int fd, enum subject subject, off_t offset, size_t now, off_t upto) {
  char path[PATH_MAX];
  struct stat found;
  /* The index of the log is memory; it is made anew. */
  if (undo_fd < 0 || subject == INDEX || fstat(fd, &found) != 0) return;
  path_of(fd, path);
  if (upto > found.st_size) upto = found.st_size;
  size_t length = upto > offset ? (size_t)(upto - offset) : 0;
  char *before = malloc(length + 1);
  if (before == NULL) return;
  char self[64];
  snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
  /* The descriptor may be open for writing only. */
  int reader = (int)syscall(SYS_openat, AT_FDCWD, self, O_RDONLY | O_CLOEXEC, 0);
  ssize_t got = reader < 0 ? 0 : syscall(SYS_pread64, reader, before, length, offset);
  if (reader >= 0) syscall(SYS_close, reader);
  undo_record(kind, path, "", offset, now, found.st_size, before, got < 0 ? 0 : (size_t)got);
  free(before);
}

static void undo_write(int fd, enum subject subject, size_t length, off_t offset) {
  if (undo_fd < 0) return;
  if (offset < 0) offset = lseek(fd, 0, SEEK_CUR);
  undo_change('W', fd, subject, offset, length, offset + (off_t)length);
}

static void undo_truncate(int fd, enum subject subject, off_t length) {
  undo_change('T', fd, subject, length, 0, INT64_MAX);
}
