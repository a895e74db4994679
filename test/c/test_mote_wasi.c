/* Files for WASI in the C API, mote/mote_wasi.h: on a disk in RAM, on a system written in C, and on
 * the port's.
 *   test_mote_wasi FOLDER   (of c_files.wasm; a folder is made in it and removed) */
#include <mote/mote.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static union {
  uint8_t bytes[128 * 1024];
  uint64_t align;
} buffer;
static const char* folder;

typedef struct guest {
  mote_store store;
  mote_wasi wasi;
  mote_wasi_files files;
  mote_wasi_descriptor descriptors[5];
  mote_execution execution;
  mote_instance* instance;
} guest;

static char printed[16];

static int64_t print(void* context, uint32_t descriptor, mote_bytes bytes) {
  char* text = (char*)context;
  if (descriptor != 1 || bytes.size > 15) return -1;
  memcpy(text, bytes.data, bytes.size);
  text[bytes.size] = 0;
  return (int64_t)bytes.size;
}

/* A guest with the streams only. */
static void begin_streams(guest* g) {
  mote_wasi_system streams;
  memset(&streams, 0, sizeof streams);
  streams.context = printed;
  streams.write = print;
  mote_store_init(&g->store, buffer.bytes, sizeof buffer.bytes, false);
  mote_wasi_init(&g->wasi, &streams, NULL, 0, NULL, 0);
  memset(&streams, 0xEE, sizeof streams); /* it was copied */
  CHECK(mote_provide_wasi(&g->store, &g->wasi) == MOTE_kOk);
}

static void begin_module(guest* g) {
  const mote_module* module = NULL;
  mote_error error;
  size_t size = 0;
  char* bytes = read_file(folder, "c_files.wasm", &size);
  CHECK(mote_load(&g->store, bytes, size, NULL, &module, &error) == MOTE_kOk);
  CHECK(mote_instantiate(&g->store, module, &g->instance, &error) == MOTE_kOk);
  CHECK(mote_execution_init(&g->execution, &g->store, 4096) == MOTE_kOk);
  free(bytes);
}

/* A guest with these files, too, and one directory, "/data". */
static void begin(guest* g, const mote_file_system* system, mote_file_handle directory) {
  begin_streams(g);
  memset(g->descriptors, 0xEE, sizeof g->descriptors);
  mote_wasi_files_init(&g->files, &g->wasi, system, g->descriptors, 5, NULL, 0);
  CHECK(mote_wasi_preopen(&g->files, "/data", directory) == MOTE_ERRNO_SUCCESS);
  CHECK(mote_provide_wasi_files(&g->store, &g->files) == MOTE_kOk);
  begin_module(g);
}

static void end(guest* g) {
  mote_execution_destroy(&g->execution);
  mote_wasi_files_destroy(&g->files);
}

static uint32_t call(guest* g, const char* name) {
  CHECK(mote_run(&g->execution, mote_find_function(g->instance, name), NULL, 0, NULL) == MOTE_DONE);
  return (uint32_t)mote_as_i32(mote_result(&g->execution, 0));
}

static bool has(guest* g, uint32_t address, const char* text) {
  const size_t length = strlen(text);
  const void* bytes = mote_memory(g->instance, address, (uint32_t)length);
  return bytes != NULL && memcmp(bytes, text, length) == 0;
}

/* What every file system lets a guest do. */
static void test_guest(guest* g) {
  uint32_t i;
  for (i = 3; i < sizeof g->wasi; i++) mote_wasi_close(&g->wasi, i); /* there are none */
  CHECK(call(g, "read") == MOTE_ERRNO_NO_ENTRY);
  CHECK(call(g, "write") == MOTE_ERRNO_SUCCESS);
  CHECK(call(g, "read") == MOTE_ERRNO_SUCCESS);
  CHECK(has(g, 24, "\5") && has(g, 32, "hello"));
  CHECK(call(g, "escape") == MOTE_ERRNO_NOT_CAPABLE);
  CHECK(call(g, "name") == MOTE_ERRNO_SUCCESS && has(g, 128, "/data"));
  CHECK(call(g, "print") == MOTE_ERRNO_SUCCESS && strcmp(printed, "hello") == 0);
}

/* ---- A disk in RAM --------------------------------------------------------------------------- */

static uint64_t now(void) { return 1234; }

static void test_ram_disk(void) {
  static union {
    uint8_t bytes[1024];
    uint64_t align;
  } memory;
  mote_ram_disk disk;
  mote_file_system system;
  guest g;
  uint32_t free_blocks;
  mote_ram_disk_init(&disk, memory.bytes, sizeof memory.bytes, now);
  free_blocks = mote_ram_disk_free_blocks(&disk);
  CHECK(free_blocks == 15);
  system = mote_ram_disk_file_system(&disk);
  begin(&g, &system, mote_ram_disk_root(&disk));
  test_guest(&g);
  CHECK(mote_ram_disk_free_blocks(&disk) == free_blocks - 2);
  CHECK(call(&g, "list") == MOTE_ERRNO_SUCCESS);
  CHECK(call(&g, "keep open") == MOTE_ERRNO_SUCCESS);
  CHECK(call(&g, "keep open") == MOTE_ERRNO_TOO_MANY_FILES);
  /* One more directory does not fit into the table. */
  CHECK(mote_wasi_preopen(&g.files, "/more", mote_ram_disk_root(&disk)) ==
        MOTE_ERRNO_TOO_MANY_FILES);
  end(&g);
}

/* ---- A system in C --------------------------------------------------------------------------- */

/* One directory (handle 7) that can have one file (handle 8), "note.txt". */
typedef struct one_file {
  bool exists;
  uint8_t bytes[16];
  size_t size;
  int opened; /* handles */
} one_file;

static bool is(mote_string text, const char* expected) {
  return text.size == strlen(expected) && memcmp(text.data, expected, text.size) == 0;
}

static mote_errno open_one(void* context, mote_file_handle directory, mote_string name,
                           const mote_file_mode* mode, mote_file_handle* handle,
                           mote_file_type* type) {
  one_file* file = (one_file*)context;
  CHECK(directory == 7 && !mode->truncate && !mode->exclusive && !mode->lookup);
  if (!is(name, "note.txt")) return MOTE_ERRNO_NO_ENTRY;
  if (!file->exists && !mode->create) return MOTE_ERRNO_NO_ENTRY;
  file->exists = true;
  file->opened++;
  *handle = 8;
  *type = MOTE_FILE_REGULAR;
  return MOTE_ERRNO_SUCCESS;
}

static void close_one(void* context, mote_file_handle handle) {
  CHECK(handle == 7 || handle == 8);
  ((one_file*)context)->opened--;
}

static mote_errno read_one(void* context, mote_file_handle handle, uint64_t offset,
                           mote_mutable_bytes bytes, size_t* count) {
  const one_file* file = (const one_file*)context;
  CHECK(handle == 8);
  *count = 0;
  if (offset >= file->size) return MOTE_ERRNO_SUCCESS;
  *count = file->size - (size_t)offset < bytes.size ? file->size - (size_t)offset : bytes.size;
  memcpy(bytes.data, file->bytes + offset, *count);
  return MOTE_ERRNO_SUCCESS;
}

static mote_errno write_one(void* context, mote_file_handle handle, uint64_t offset,
                            mote_bytes bytes, size_t* count) {
  one_file* file = (one_file*)context;
  CHECK(handle == 8);
  if (offset + bytes.size > sizeof file->bytes) return MOTE_ERRNO_NO_SPACE;
  memcpy(file->bytes + offset, bytes.data, bytes.size);
  if (offset + bytes.size > file->size) file->size = (size_t)offset + bytes.size;
  *count = bytes.size;
  return MOTE_ERRNO_SUCCESS;
}

static mote_errno list_one(void* context, mote_file_handle directory, uint64_t cookie,
                           mote_directory_sink sink, void* to) {
  const one_file* file = (const one_file*)context;
  mote_directory_entry entry;
  CHECK(directory == 7);
  if (cookie > 0 || !file->exists) return MOTE_ERRNO_SUCCESS;
  entry.next = 1;
  entry.inode = 8;
  entry.type = MOTE_FILE_REGULAR;
  entry.name.data = "note.txt";
  entry.name.size = 8;
  (void)sink(to, &entry);
  return MOTE_ERRNO_SUCCESS;
}

static void test_system_in_c(void) {
  one_file file = {false, {0}, 0, 1};
  mote_file_system system;
  guest g;
  memset(&system, 0, sizeof system);
  system.context = &file;
  system.open = open_one;
  system.close = close_one;
  system.read = read_one;
  system.write = write_one;
  system.read_directory = list_one;
  begin(&g, &system, 7);
  test_guest(&g);
  CHECK(file.size == 5 && memcmp(file.bytes, "hello", 5) == 0 && file.opened == 1);
  CHECK(call(&g, "list") == MOTE_ERRNO_SUCCESS);
  CHECK(has(&g, 24, "\40") && has(&g, 256 + 24, "note.txt")); /* 24 bytes and the name */
  CHECK(call(&g, "keep open") == MOTE_ERRNO_SUCCESS && file.opened == 2);
  end(&g);
  CHECK(file.opened == 0); /* the directory, too */

  /* Functions that are absent. */
  file.opened = 1;
  system.open = NULL;
  system.read_directory = NULL;
  begin(&g, &system, 7);
  CHECK(call(&g, "read") == MOTE_ERRNO_NOT_SUPPORTED);
  CHECK(call(&g, "list") == MOTE_ERRNO_NOT_SUPPORTED);
  end(&g);

  /* All of them. */
  begin(&g, NULL, 7);
  CHECK(call(&g, "read") == MOTE_ERRNO_NOT_SUPPORTED);
  CHECK(call(&g, "list") == MOTE_ERRNO_NOT_SUPPORTED);
  end(&g);
}

/* ---- The port -------------------------------------------------------------------------------- */

static void test_port(void) {
  char path[1024], file[1100];
  mote_file_system system = mote_port_file_system();
  mote_wasi_system streams = mote_port_wasi_system();
  mote_file_handle directory = 0;
  uint64_t first = 0, second = 0;
  guest g;
  snprintf(path, sizeof path, "%s/c_files.%ld", folder, (long)getpid());
  snprintf(file, sizeof file, "%s/note.txt", path);
  CHECK(mote_port_open_directory(path, &directory) == MOTE_ERRNO_NO_ENTRY);
  CHECK(mkdir(path, 0700) == 0);
  CHECK(mote_port_open_directory(path, &directory) == MOTE_ERRNO_SUCCESS);
  begin(&g, &system, directory);
  test_guest(&g);
  CHECK(call(&g, "list") == MOTE_ERRNO_SUCCESS && has(&g, 24, "\123")); /* ".", ".." and the file */
  end(&g);
  CHECK(unlink(file) == 0 && rmdir(path) == 0);

  CHECK(streams.write != NULL && streams.clock_time != NULL);
  CHECK(streams.clock_time(streams.context, 1, &first));
  CHECK(streams.clock_time(streams.context, 1, &second) && second >= first);
}

/* A stream that is closed for a guest without files. */
static void test_closed_stream(void) {
  guest g;
  begin_streams(&g);
  begin_module(&g);
  CHECK(call(&g, "print") == MOTE_ERRNO_SUCCESS);
  mote_wasi_close(&g.wasi, 1);
  mote_wasi_close(&g.wasi, 3); /* there is none */
  CHECK(call(&g, "print") == MOTE_ERRNO_BAD_DESCRIPTOR);
  mote_execution_destroy(&g.execution);
}

int main(int argc, char** argv) {
  folder = argc > 1 ? argv[1] : ".";
  test_ram_disk();
  test_system_in_c();
  test_port();
  test_closed_stream();
  return check_end();
}
