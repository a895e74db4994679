// A WASI program without a library: writes, reads the clock, asks for random numbers, exits. Its
// exit code is 7, or the number of the step that went wrong.
#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(name)))

typedef struct {
  const char* data;
  unsigned size;
} Piece;

WASI("fd_write") int fd_write(int descriptor, const Piece* pieces, unsigned count, unsigned* size);
WASI("clock_time_get") int clock_time_get(int clock, long long precision, long long* time);
WASI("random_get") int random_get(unsigned char* bytes, unsigned size);
WASI("proc_exit") _Noreturn void proc_exit(int code);

enum { kNoSys = 52 };

__attribute__((export_name("_start"))) void start(void) {
  const Piece pieces[] = {{"hello from ", 11}, {"WASI\n", 5}};
  unsigned size = 0;
  if (fd_write(1, pieces, 2, &size) != 0 || size != 16) proc_exit(1);
  long long first = -1, second = -1;
  if (clock_time_get(1, 1, &first) != 0 || clock_time_get(1, 1, &second) != 0) proc_exit(2);
  if (first < 0 || second < first) proc_exit(3);
  unsigned char bytes[4];
  if (random_get(bytes, sizeof bytes) != kNoSys) proc_exit(4);  // these boards have no source
  proc_exit(7);
}
