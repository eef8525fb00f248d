/*
 * subjects.h: what a call is about, told by the path, or by what a descriptor stands for at that moment.
 * Nothing is remembered between calls, so a descriptor that is used again is never taken for the old one.
 */
static enum subject subject_of_path(const char *path) {
  if (path == NULL || control == NULL || strncmp(path, store, store_length) != 0) return OTHER;
  const char *rest = path + store_length;
  if (*rest == '\0') return STORE_FOLDER;
  if (*rest++ != '/') return OTHER;
  if (strcmp(rest, "edxgate.db") == 0) return DATABASE;
  if (strcmp(rest, "edxgate.db-wal") == 0) return LOG;
  if (strcmp(rest, "edxgate.db-shm") == 0) return INDEX;
  if (strncmp(rest, "content", 7) != 0) return STORE_FILE;
  if (strncmp(rest, "content/tmp-", 12) == 0) return TEMPORARY;
  const char *slash = strrchr(rest, '/');
  return slash != NULL && strlen(slash) > 40 ? CONTENT : CONTENT_FOLDER;
}

/* The path behind a descriptor; '' for sockets, pipes and the like. */
static void path_of(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  path[length < 0 ? 0 : length] = '\0';
}

static int port(const struct sockaddr_storage *address) {
  if (address->ss_family == AF_INET) return ntohs(((const struct sockaddr_in *)address)->sin_port);
  if (address->ss_family == AF_INET6) return ntohs(((const struct sockaddr_in6 *)address)->sin6_port);
  return -1;
}

static enum subject subject_of_socket(int fd) {
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  if (getsockname(fd, (struct sockaddr *)&address, &length) == 0 && port(&address) == exchange_port) return EXCHANGE;
  length = sizeof address;
  if (getpeername(fd, (struct sockaddr *)&address, &length) == 0 && port(&address) == push_port) return PUSH;
  return OTHER;
}

static enum subject subject_of(int fd, int *is_socket) {
  char path[PATH_MAX];
  *is_socket = 0;
  if (control == NULL) return OTHER;
  path_of(fd, path);
  if (strncmp(path, "socket:", 7) == 0) {
    *is_socket = 1;
    return subject_of_socket(fd);
  }
  return path[0] == '/' ? subject_of_path(path) : OTHER;
}

/* Which operation an answer is for: its name stands near the beginning of the body. */
static enum subject answer_in(const struct iovec *parts, int count) {
  static const struct { const char *text; enum subject subject; } names[] = {
      {"SendPackageResponse", ANSWER_SEND}, {"ListPendingResponse", ANSWER_LIST},
      {"GetPackageResponse", ANSWER_PACKAGE}, {"ConfirmReceivedResponse", ANSWER_CONFIRM}};
  for (int i = 0; i < count; i++) {
    size_t length = parts[i].iov_len < 2048 ? parts[i].iov_len : 2048;
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++)
      if (memmem(parts[i].iov_base, length, names[n].text, strlen(names[n].text)) != NULL) return names[n].subject;
  }
  return EXCHANGE;
}
