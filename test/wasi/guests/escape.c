// escape FOLDER PATH...: tries to reach the paths, in every way that a C program has; FOLDER is
// where it may write. Prints what worked and ends with how much that was.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int reached = 0;
static char own[100];
static char own_link[100];

static void tell(int worked, const char* how, const char* path) {
  if (!worked) return;
  printf("%s: %s\n", how, path);
  reached++;
}

static int opens(const char* path, int flags) {
  const int fd = open(path, flags, 0666);
  if (fd >= 0) close(fd);
  return fd >= 0;
}

static void attack(const char* path) {
  struct stat stat_of;
  tell(opens(path, O_RDONLY), "read", path);
  tell(opens(path, O_WRONLY), "write", path);
  tell(opens(path, O_RDWR | O_CREAT), "create", path);
  tell(opens(path, O_RDWR | O_CREAT | O_TRUNC), "truncate", path);
  tell(opens(path, O_RDONLY | O_DIRECTORY), "open as a directory", path);
  DIR* directory = opendir(path);
  tell(directory != NULL, "list", path);
  if (directory != NULL) closedir(directory);
  tell(stat(path, &stat_of) == 0, "stat", path);
  char inside[600];
  snprintf(inside, sizeof inside, "%s/new", path);
  tell(mkdir(inside, 0777) == 0, "make a directory in", path);
  tell(symlink("x", inside) == 0, "make a link in", path);
  tell(opens(inside, O_WRONLY | O_CREAT), "make a file in", path);
  tell(rename(own, inside) == 0, "move a file into", path);
  tell(link(own, inside) == 0, "link a file into", path);
  // The path again, through a link of this program's own.
  if (symlink(path, own_link) == 0) {
    tell(opens(own_link, O_RDONLY), "read through a link", path);
    tell(opens(own_link, O_RDWR | O_CREAT), "create through a link", path);
    snprintf(inside, sizeof inside, "%s/new", own_link);
    tell(opens(inside, O_WRONLY | O_CREAT), "make a file through a link", path);
    unlink(own_link);
  }
}

int main(int argc, char** argv) {
  if (argc < 2) return 100;
  snprintf(own, sizeof own, "%s/own", argv[1]);
  snprintf(own_link, sizeof own_link, "%s/own_link", argv[1]);
  if (!opens(own, O_WRONLY | O_CREAT)) return 100;
  for (int i = 2; i < argc; i++) attack(argv[i]);
  printf("%d paths tried, reached %d\n", argc - 2, reached);
  return reached < 99 ? reached : 99;
}
