// Uses files as C programs do: streams, directories, attributes, links. Prints what it finds; ends
// with the line of the first surprise.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CHECK(condition)                                                  \
  do {                                                                    \
    if (!(condition)) {                                                   \
      printf("line %d: %s: %s\n", __LINE__, #condition, strerror(errno)); \
      exit(1);                                                            \
    }                                                                     \
  } while (0)
#define FAILS(error, call) CHECK((call) == -1 && errno == (error))

static void streams(void) {
  FILE* file = fopen("/notes.txt", "w");
  CHECK(file != NULL);
  for (int i = 0; i < 1000; i++) CHECK(fprintf(file, "line %d\n", i) > 0);
  CHECK(fclose(file) == 0);
  file = fopen("notes.txt", "r+");
  CHECK(file != NULL);
  char line[32];
  int lines = 0;
  while (fgets(line, sizeof line, file) != NULL) lines++;
  CHECK(lines == 1000 && feof(file));
  CHECK(fseek(file, 5, SEEK_SET) == 0 && fputc('X', file) == 'X' && ftell(file) == 6);
  CHECK(fseek(file, -4, SEEK_END) == 0 && fread(line, 1, 4, file) == 4);
  CHECK(memcmp(line, "999\n", 4) == 0);
  rewind(file);
  CHECK(fgets(line, sizeof line, file) != NULL);
  printf("first line: %s", line);
  CHECK(fclose(file) == 0);
  file = fopen("notes.txt", "a");
  CHECK(file != NULL && fputs("the end\n", file) >= 0 && fclose(file) == 0);
  struct stat stat_of;
  CHECK(stat("notes.txt", &stat_of) == 0 && S_ISREG(stat_of.st_mode));
  printf("size: %lld\n", (long long)stat_of.st_size);
  CHECK(fopen("missing.txt", "r") == NULL && errno == ENOENT);
}

static int by_name(const void* a, const void* b) {
  return strcmp(*(char* const*)a, *(char* const*)b);
}

static void directories(void) {
  CHECK(mkdir("data", 0777) == 0);
  FAILS(EEXIST, mkdir("data", 0777));
  CHECK(mkdir("data/sub", 0777) == 0);
  char name[300];
  for (int i = 0; i < 120; i++) {
    snprintf(name, sizeof name, "data/%03d-%.*s", i, i * 2,
             "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
             "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
             "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    const int fd = open(name, O_CREAT | O_EXCL | O_WRONLY, 0666);
    CHECK(fd >= 0 && close(fd) == 0);
  }
  DIR* directory = opendir("data");
  CHECK(directory != NULL);
  char* names[200];
  int count = 0;
  int folders = 0;
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;) {
    if (entry->d_type == DT_DIR) folders++;
    names[count++] = strdup(entry->d_name);
  }
  CHECK(count == 123 && folders == 3);
  rewinddir(directory);
  CHECK(readdir(directory) != NULL);
  CHECK(closedir(directory) == 0);
  qsort(names, (size_t)count, sizeof names[0], by_name);
  printf("entries: %d, from %s to %s\n", count, names[2], names[122]);
  FAILS(ENOTEMPTY, rmdir("data"));
  for (int i = 2; i < 122; i++) {
    snprintf(name, sizeof name, "data/%s", names[i]);
    CHECK(unlink(name) == 0);
  }
  CHECK(rmdir("data/sub") == 0 && rmdir("data/") == 0);
  FAILS(ENOENT, rmdir("data"));
  CHECK(opendir("notes.txt") == NULL && errno == ENOTDIR);
}

static void names_and_links(void) {
  CHECK(rename("notes.txt", "renamed.txt") == 0);
  FAILS(ENOENT, access("notes.txt", F_OK));
  CHECK(link("renamed.txt", "second.txt") == 0);
  struct stat first, second;
  CHECK(stat("renamed.txt", &first) == 0 && stat("second.txt", &second) == 0);
  CHECK(first.st_ino == second.st_ino && first.st_nlink == 2);
  CHECK(symlink("renamed.txt", "link.txt") == 0);
  char text[32];
  CHECK(readlink("link.txt", text, sizeof text) == 11 && memcmp(text, "renamed.txt", 11) == 0);
  CHECK(lstat("link.txt", &second) == 0 && S_ISLNK(second.st_mode));
  CHECK(stat("link.txt", &second) == 0 && second.st_ino == first.st_ino);
  CHECK(unlink("link.txt") == 0 && unlink("second.txt") == 0);
  const struct timespec times[2] = {{1000, 0}, {2000, 5}};
  CHECK(utimensat(AT_FDCWD, "renamed.txt", times, 0) == 0);
  CHECK(stat("renamed.txt", &first) == 0 && first.st_mtim.tv_sec == 2000);
  CHECK(first.st_mtim.tv_nsec == 5);
}

static void descriptors(void) {
  const int fd = open("renamed.txt", O_RDWR);
  CHECK(fd > 2);
  CHECK(ftruncate(fd, 10) == 0);
  char bytes[16];
  CHECK(pread(fd, bytes, sizeof bytes, 4) == 6 && memcmp(bytes, " X\nlin", 6) == 0);
  CHECK(pwrite(fd, "Y", 1, 20) == 1 && lseek(fd, 0, SEEK_END) == 21);
  CHECK(lseek(fd, 0, SEEK_SET) == 0 && read(fd, bytes, 16) == 16);
  CHECK(lseek(fd, 0, SEEK_CUR) == 16);
  CHECK(posix_fallocate(fd, 0, 100) == 0 && lseek(fd, 0, SEEK_END) == 100);
  CHECK(fsync(fd) == 0 && fdatasync(fd) == 0);
  FAILS(EINVAL, lseek(fd, -1, SEEK_SET));
  FAILS(ESPIPE, lseek(1, 0, SEEK_CUR));
  CHECK(!isatty(fd));
  struct pollfd wait = {fd, POLLIN | POLLOUT, 0};
  CHECK(poll(&wait, 1, 1000) == 1 && (wait.revents & POLLOUT) != 0);
  CHECK(close(fd) == 0);
  FAILS(EBADF, close(fd));
  const int read_only = open("renamed.txt", O_RDONLY);
  CHECK(read_only > 2);
  FAILS(EBADF, write(read_only, "x", 1));
  CHECK(close(read_only) == 0 && unlink("renamed.txt") == 0);
  const struct timespec while_ = {0, 2000000};
  CHECK(nanosleep(&while_, NULL) == 0);
}

int main(void) {
  const char* greeting = getenv("GREETING");
  printf("%s\n", greeting != NULL ? greeting : "no greeting");
  streams();
  directories();
  names_and_links();
  descriptors();
  puts("done");
  return 0;
}
