/* The C API of Mote: WASI preview 1 (mote/wasi.hpp), files below directories that the embedder
 * chooses (mote/wasi_files.hpp), and what a port has for both (mote/port.hpp).
 *
 *   mote_wasi wasi;
 *   mote_wasi_files files;
 *   mote_wasi_descriptor descriptors[16];
 *   uint8_t links[1024];
 *   mote_wasi_system system = mote_port_wasi_system();
 *   mote_file_system disk = mote_port_file_system();
 *   mote_file_handle directory;
 *   mote_wasi_init(&wasi, &system, NULL, 0, NULL, 0);
 *   mote_wasi_files_init(&files, &wasi, &disk, descriptors, 16, links, sizeof links);
 *   if (mote_port_open_directory("/srv/app", &directory) == MOTE_ERRNO_SUCCESS) {
 *     (void)mote_wasi_preopen(&files, "/data", directory);
 *   }
 *   mote_provide_wasi(&store, &wasi);
 *   mote_provide_wasi_files(&store, &files);    // in this order
 *
 * A part of mote/mote.h, whose rules hold here, too. What is not marked otherwise is in the library
 * mote::wasi (libmote_wasi.a): link it before mote::mote. A firmware without files takes none of
 * the code for them. What the functions of a system cost is its part. Takes constant time and no
 * memory where no cost is given. */
#ifndef MOTE_MOTE_WASI_H
#define MOTE_MOTE_WASI_H

#include <mote/mote.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Streams, arguments, clocks, random numbers ---------------------------------------------- */

/* What the system provides, as WasiSystem in mote/wasi.hpp describes it. Each may be NULL. All are
 * called by the thread that runs the guest. Lengths are bytes, times nanoseconds. */
typedef struct mote_wasi_system {
  void* context; /* what all of them get */
  /* Takes 4096 bytes or less for descriptor 1 or 2. Returns how many, at least one; negative:
   * failure. NULL: all are taken and lost. */
  int64_t (*write)(void* context, uint32_t descriptor, mote_bytes bytes);
  /* Gives bytes of standard input. Returns how many, 0 at the end; negative: failure. NULL: it is
   * empty. */
  int64_t (*read)(void* context, mote_mutable_bytes bytes);
  /* Time of clock 0 (since 1970), 1 (monotonic), 2 or 3 (CPU time of process, thread). False: there
   * is no such clock. NULL: the guest gets ENOSYS. */
  bool (*clock_time)(void* context, uint32_t clock, uint64_t* nanoseconds);
  /* Resolution of a clock, likewise. */
  bool (*clock_resolution)(void* context, uint32_t clock, uint64_t* nanoseconds);
  /* Fills `bytes`, 65536 or less, with random numbers fit for keys. False: failure. NULL: the guest
   * gets ENOSYS. */
  bool (*random)(void* context, mote_mutable_bytes bytes);
  /* Waits for so long, or less. NULL: the guest gets ENOSYS. */
  void (*sleep)(void* context, uint64_t nanoseconds);
  /* Waits until a stream is ready, but at most so long. Returns how many bytes at least, 0: it is
   * not; negative: failure. NULL: always ready. */
  int64_t (*ready)(void* context, uint32_t descriptor, uint64_t nanoseconds);
  /* Lets others run. NULL: nothing happens. */
  void (*yield)(void* context);
} mote_wasi_system;

/* The world that one guest sees: storage that you provide. */
typedef struct mote_wasi {
  uintptr_t storage[24]; /* not for you */
} mote_wasi;

/* Makes one. `system` is copied; NULL: all its functions are absent. `arguments` (the program's
 * name first) and `environment` ("NAME=value") are not copied, and must stay, as must `wasi`, as
 * long as instances that import from it are used. No text contains a zero byte. */
void mote_wasi_init(mote_wasi* wasi, const mote_wasi_system* system, const mote_string* arguments,
                    size_t argument_count, const mote_string* environment,
                    size_t environment_count);
/* Closes descriptor 0, 1 or 2 for the guest. Not for one with files. */
void mote_wasi_close(mote_wasi* wasi, uint32_t descriptor);
/* Offers the functions of "wasi_snapshot_preview1" to modules that are instantiated from now on. A
 * guest that exits traps with MOTE_kHostExit. Fails with MOTE_kOutOfMemory. Cost: that of
 * mote_provide(). */
mote_error_code mote_provide_wasi(mote_store* store, mote_wasi* wasi);

/* ---- Files: what a system provides ----------------------------------------------------------- */

/* Error numbers of WASI preview 1, as in mote/wasi_errno.hpp. */
typedef uint32_t mote_errno;
enum {
  MOTE_ERRNO_SUCCESS = 0,
  MOTE_ERRNO_ACCESS = 2,
  MOTE_ERRNO_AGAIN = 6,
  MOTE_ERRNO_BAD_DESCRIPTOR = 8,
  MOTE_ERRNO_BUSY = 10,
  MOTE_ERRNO_QUOTA = 19,
  MOTE_ERRNO_EXISTS = 20,
  MOTE_ERRNO_FILE_TOO_BIG = 22,
  MOTE_ERRNO_INTERRUPTED = 27,
  MOTE_ERRNO_INVALID = 28,
  MOTE_ERRNO_INPUT_OUTPUT = 29,
  MOTE_ERRNO_IS_DIRECTORY = 31,
  MOTE_ERRNO_LOOP = 32,
  MOTE_ERRNO_TOO_MANY_FILES = 33,
  MOTE_ERRNO_TOO_MANY_LINKS = 34,
  MOTE_ERRNO_NAME_TOO_LONG = 37,
  MOTE_ERRNO_SYSTEM_FILES = 41,
  MOTE_ERRNO_NO_DEVICE = 43,
  MOTE_ERRNO_NO_ENTRY = 44,
  MOTE_ERRNO_NO_MEMORY = 48,
  MOTE_ERRNO_NO_SPACE = 51,
  MOTE_ERRNO_NOT_IMPLEMENTED = 52,
  MOTE_ERRNO_NOT_DIRECTORY = 54,
  MOTE_ERRNO_NOT_EMPTY = 55,
  MOTE_ERRNO_NOT_SUPPORTED = 58,
  MOTE_ERRNO_PERMISSION = 63,
  MOTE_ERRNO_READ_ONLY = 69,
  MOTE_ERRNO_ILLEGAL_SEEK = 70,
  MOTE_ERRNO_CROSS_DEVICE = 75,
  MOTE_ERRNO_NOT_CAPABLE = 76
};

/* The system's own number of something that it has opened. */
typedef uint32_t mote_file_handle;

/* What a file is, with the numbers of WASI. */
typedef uint8_t mote_file_type;
enum {
  MOTE_FILE_UNKNOWN = 0,
  MOTE_FILE_BLOCK_DEVICE = 1,
  MOTE_FILE_CHARACTER_DEVICE = 2,
  MOTE_FILE_DIRECTORY = 3,
  MOTE_FILE_REGULAR = 4,
  MOTE_FILE_DATAGRAM_SOCKET = 5,
  MOTE_FILE_STREAM_SOCKET = 6,
  MOTE_FILE_SYMBOLIC_LINK = 7
};

/* Attributes of a file. Times are nanoseconds since 1970. */
typedef struct mote_file_stat {
  uint64_t device;     /* device and inode together name a file */
  uint64_t inode;      /* never two files of a device with the same */
  mote_file_type type; /* what it is */
  uint64_t links;      /* how many names it has */
  uint64_t size;       /* bytes */
  uint64_t accessed;   /* when it was read last */
  uint64_t modified;   /* when its content was changed last */
  uint64_t changed;    /* when its attributes were changed last */
} mote_file_stat;

/* How to open. */
typedef struct mote_file_mode {
  bool lookup;    /* only to look up names in it: what is no directory is NOT_DIRECTORY */
  bool read;      /* to read content, or the entries of a directory */
  bool write;     /* to change content */
  bool create;    /* an empty file if there is nothing of that name */
  bool exclusive; /* with create: EXISTS if there is */
  bool truncate;  /* to size 0 */
  bool directory; /* NOT_DIRECTORY if it is none */
  bool sync;      /* each write waits until data and metadata are kept */
  bool data_sync; /* each write waits until data are kept */
} mote_file_mode;

/* A time to set. */
typedef struct mote_file_time {
  uint8_t kind;         /* MOTE_TIME_KEEP, ... */
  uint64_t nanoseconds; /* MOTE_TIME_SET: since 1970 */
} mote_file_time;
enum { MOTE_TIME_KEEP, MOTE_TIME_SET, MOTE_TIME_NOW };

/* One entry of a directory. */
typedef struct mote_directory_entry {
  uint64_t next;       /* cookie of the entry behind */
  uint64_t inode;      /* as in mote_file_stat */
  mote_file_type type; /* as in mote_file_stat */
  mote_string name;    /* valid during the call of the sink */
} mote_directory_entry;
/* Takes an entry; false: no more, please. */
typedef bool (*mote_directory_sink)(void* to, const mote_directory_entry* entry);

/* `offset` of write() in a mote_file_system: at the end of the file, wherever that is. */
#define MOTE_FILE_END UINT64_MAX

/* The files of a system, as FileSystem in mote/wasi_files.hpp describes it, with all the rules that
 * make it safe: above all, NO FUNCTION MAY FOLLOW A SYMBOLIC LINK. Each function may be NULL and
 * then gives NOT_SUPPORTED, except where something else is said. `name` is one name in `directory`,
 * where it says so also empty: the directory itself. Lengths and offsets are bytes. */
typedef struct mote_file_system {
  void* context; /* what all of them get */
  /* Opens a file or a directory; `name` may be empty. A symbolic link is LOOP, or EXISTS. */
  mote_errno (*open)(void* context, mote_file_handle directory, mote_string name,
                     const mote_file_mode* mode, mote_file_handle* handle, mote_file_type* type);
  /* Closes what was opened. NULL: nothing to do. */
  void (*close)(void* context, mote_file_handle handle);
  /* Reads at an offset. `*count` of 0 is the end of the file. */
  mote_errno (*read)(void* context, mote_file_handle handle, uint64_t offset,
                     mote_mutable_bytes bytes, size_t* count);
  /* Writes at an offset, or at MOTE_FILE_END. `*count` can be less than was given. */
  mote_errno (*write)(void* context, mote_file_handle handle, uint64_t offset, mote_bytes bytes,
                      size_t* count);
  /* Attributes of what is open. */
  mote_errno (*stat)(void* context, mote_file_handle handle, mote_file_stat* stat);
  /* Attributes of what has a name, which may be empty; of a symbolic link itself. */
  mote_errno (*stat_at)(void* context, mote_file_handle directory, mote_string name,
                        mote_file_stat* stat);
  /* Cuts a file to `size` bytes, or lengthens it with zeros. */
  mote_errno (*set_size)(void* context, mote_file_handle handle, uint64_t size);
  /* Makes sure that these bytes have room; the file grows if they are behind its end. */
  mote_errno (*allocate)(void* context, mote_file_handle handle, uint64_t offset, uint64_t size);
  /* Sets the times of what is open. */
  mote_errno (*set_times)(void* context, mote_file_handle handle, const mote_file_time* accessed,
                          const mote_file_time* modified);
  /* Sets the times of what has a name, which may be empty; of a symbolic link itself. */
  mote_errno (*set_times_at)(void* context, mote_file_handle directory, mote_string name,
                             const mote_file_time* accessed, const mote_file_time* modified);
  /* Waits until what was written is kept. NULL: it always is. */
  mote_errno (*sync)(void* context, mote_file_handle handle, bool data_only);
  /* Gives the entries of a directory to `sink`, from `cookie` on: 0 is the first. */
  mote_errno (*read_directory)(void* context, mote_file_handle directory, uint64_t cookie,
                               mote_directory_sink sink, void* to);
  /* Makes an empty directory. */
  mote_errno (*create_directory)(void* context, mote_file_handle directory, mote_string name);
  /* Only one that is empty (NOT_EMPTY). */
  mote_errno (*remove_directory)(void* context, mote_file_handle directory, mote_string name);
  /* Not of directories (IS_DIRECTORY or PERMISSION). */
  mote_errno (*unlink)(void* context, mote_file_handle directory, mote_string name);
  /* Replaces a file of the new name, or an empty directory with a directory. */
  mote_errno (*rename)(void* context, mote_file_handle from, mote_string old_name,
                       mote_file_handle to, mote_string new_name);
  /* A second name for a file. */
  mote_errno (*link)(void* context, mote_file_handle from, mote_string old_name,
                     mote_file_handle to, mote_string new_name);
  /* Makes a symbolic link that says `text`. */
  mote_errno (*create_link)(void* context, mote_string text, mote_file_handle directory,
                            mote_string name);
  /* The text of a symbolic link, cut to fit. What is no link is INVALID. */
  mote_errno (*read_link)(void* context, mote_file_handle directory, mote_string name,
                          mote_mutable_bytes text, size_t* size);
} mote_file_system;

/* ---- Files: what a guest sees ---------------------------------------------------------------- */

/* One open descriptor of a guest: storage that you provide. */
typedef struct mote_wasi_descriptor {
  uint8_t kind;            /* 0: free, 1: stream, 2: file, 3: directory */
  mote_file_type type;     /* of what is open */
  uint16_t flags;          /* fdflags */
  mote_file_handle handle; /* the system's */
  uint32_t rights;         /* for itself */
  uint32_t inheriting;     /* for what is opened through it */
  uint64_t offset;         /* where the next read or write begins */
  bool is_preopened;       /* one of the directories that the embedder gave */
  mote_string name;        /* how the guest calls that */
} mote_wasi_descriptor;

/* The files of one guest: storage that you provide. */
typedef struct mote_wasi_files {
  uintptr_t storage[48]; /* not for you */
} mote_wasi_files;

/* Makes one. `streams` are the guest's standard streams, clock and sleep. `system` is copied.
 * NULL: all its functions are absent. `count` descriptors, which are cleared, bound how many files
 * the guest can have open, the three streams and the preopened directories included; it gets EMFILE
 * beyond. `links` is for walking through symbolic links (see WasiFiles in mote/wasi_files.hpp);
 * NULL: links give ENAMETOOLONG. `files`, `streams`, `descriptors` and `links` must stay as long as
 * instances that import from it are used. Cost: the descriptors. */
void mote_wasi_files_init(mote_wasi_files* files, mote_wasi* streams,
                          const mote_file_system* system, mote_wasi_descriptor* descriptors,
                          size_t count, void* links, size_t links_size);
/* Closes what is open. Cost: the descriptors. */
void mote_wasi_files_destroy(mote_wasi_files* files);
/* Gives the guest a directory, as descriptor 3, 4, and so on, under `guest_name`, which is not
 * copied and must stay. The handle is closed by `files`, also if this fails:
 * MOTE_ERRNO_TOO_MANY_FILES. Before the guest starts. Cost: the descriptors. */
mote_errno mote_wasi_preopen(mote_wasi_files* files, const char* guest_name,
                             mote_file_handle directory);
/* Offers the functions of "wasi_snapshot_preview1" that have to do with descriptors or paths: after
 * mote_provide_wasi(), as the later table counts. Fails with MOTE_kOutOfMemory. Cost: that of
 * mote_provide(). */
mote_error_code mote_provide_wasi_files(mote_store* store, mote_wasi_files* files);

/* ---- What a port has (mote/port.hpp), in the library mote::port ------------------------------ */

/* What the port has for mote_wasi_init(). */
mote_wasi_system mote_port_wasi_system(void);
/* The files of the system, for mote_wasi_files_init(). Linux; a microcontroller brings its own
 * mote_file_system, or has a RAM disk. */
mote_file_system mote_port_file_system(void);
/* Opens a directory of the system, by any path, to give it to mote_wasi_preopen(). Links in `path`
 * are followed. Linux. Fails with what the system does. */
mote_errno mote_port_open_directory(const char* path, mote_file_handle* handle);

/* ---- A file system in RAM (mote/ram_disk.hpp), in the library mote::ram_disk ----------------- */

/* Files and directories in memory: storage that you provide. */
typedef struct mote_ram_disk {
  uintptr_t storage[12]; /* not for you */
} mote_ram_disk;

/* An empty disk of blocks of 64 bytes in `memory`, which must stay; what is more than 4 MB is not
 * used. `now` gives nanoseconds since 1970; NULL: files are from 1970. Cost: the blocks. */
void mote_ram_disk_init(mote_ram_disk* disk, void* memory, size_t size, uint64_t (*now)(void));
/* Its functions, for mote_wasi_files_init(). Refers to `disk`, which must stay and not be moved. */
mote_file_system mote_ram_disk_file_system(mote_ram_disk* disk);
/* Opens its topmost directory, for mote_wasi_preopen(). Not if the memory is smaller than a block.
 */
mote_file_handle mote_ram_disk_root(mote_ram_disk* disk);
/* How many blocks are free. */
uint32_t mote_ram_disk_free_blocks(const mote_ram_disk* disk);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* MOTE_MOTE_WASI_H */
