// A WASI program without a library that keeps a log in a file. Its exit code is 7, or the number of
// the step that went wrong.
#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(name)))

typedef struct {
  const void* data;
  unsigned size;
} Piece;
typedef unsigned long long Rights;

WASI("fd_write") int fd_write(int fd, const Piece* pieces, unsigned count, unsigned* size);
WASI("fd_read") int fd_read(int fd, const Piece* pieces, unsigned count, unsigned* size);
WASI("fd_seek") int fd_seek(int fd, long long delta, int whence, long long* offset);
WASI("fd_close") int fd_close(int fd);
WASI("fd_readdir")
int fd_readdir(int fd, void* bytes, unsigned size, long long cookie, unsigned* used);
WASI("path_create_directory") int path_create_directory(int fd, const char* path, unsigned size);
WASI("path_unlink_file") int path_unlink_file(int fd, const char* path, unsigned size);
WASI("path_rename")
int path_rename(int fd, const char* path, unsigned size, int to_fd, const char* to,
                unsigned to_size);
WASI("path_open")
int path_open(int fd, int lookup, const char* path, unsigned size, int how, Rights rights,
              Rights inheriting, int flags, int* opened);
WASI("proc_exit") _Noreturn void proc_exit(int code);

enum { kCreate = 1, kAppend = 1, kNotCapable = 76 };
static const Rights kReadWriteSeek = 1 << 1 | 1 << 2 | 1 << 6;

static unsigned length(const char* text) {
  unsigned size = 0;
  while (text[size] != 0) size++;
  return size;
}

static int open_file(const char* path, int how, int flags, int* fd) {
  return path_open(3, 0, path, length(path), how, kReadWriteSeek, 0, flags, fd);
}

__attribute__((export_name("_start"))) void start(void) {
  int fd = -1;
  unsigned size = 0;
  char bytes[128];
  const Piece line = {"measured 42\n", 12};
  const Piece buffer = {bytes, sizeof bytes};
  if (path_create_directory(3, "logs", 4) != 0) proc_exit(1);
  if (open_file("logs/today", kCreate, kAppend, &fd) != 0 || fd != 4) proc_exit(2);
  for (int i = 0; i < 10; i++) {
    if (fd_write(fd, &line, 1, &size) != 0 || size != 12) proc_exit(3);
  }
  long long offset = 0;
  if (fd_seek(fd, 100, 0, &offset) != 0 || offset != 100) proc_exit(4);
  if (fd_read(fd, &buffer, 1, &size) != 0 || size != 20) proc_exit(5);
  const Piece end = {bytes, 20};
  if (fd_write(1, &end, 1, &size) != 0) proc_exit(6);
  if (fd_close(fd) != 0) proc_exit(8);
  if (path_rename(3, "logs/today", 10, 3, "logs/old", 8) != 0) proc_exit(9);
  if (open_file("logs/today", 0, 0, &fd) == 0) proc_exit(10);
  // ".", ".." and "logs": 24 bytes each and the name.
  if (fd_readdir(3, bytes, sizeof bytes, 0, &size) != 0 || size != 3 * 24 + 7) proc_exit(11);
  const char* const outside[] = {"..", "/", "/logs/old", "logs/../../x", "../logs/old"};
  for (unsigned i = 0; i < sizeof outside / sizeof *outside; i++) {
    if (open_file(outside[i], 0, 0, &fd) != kNotCapable) proc_exit(12);
  }
  if (path_unlink_file(3, "logs/./../logs/old", 18) != 0) proc_exit(13);
  proc_exit(7);
}
