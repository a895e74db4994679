// Files and directories for WASI preview 1, below directories that the embedder chooses. Beside
// mote/wasi.hpp; who does not use this does not link it:
//
//   Wasi wasi(port::wasi_system());
//   WasiDescriptor descriptors[16];
//   uint8_t links[1024];
//   WasiFiles files(wasi, port::file_system(), descriptors, links);
//   FileHandle directory;
//   if (port::open_directory("/srv/app", &directory) == wasi::kSuccess) {
//     (void)files.preopen("/data", directory);
//   }
//   store.provide(Wasi::functions(), &wasi);
//   store.provide(WasiFiles::functions(), &files);  // in this order: the later table counts
//
// A guest reaches what is below its directories and nothing else. A path is walked here, one name
// at a time, and each name is looked up in a directory that is already open: the system never sees
// a "/", a ".." or a link that it would follow. ".." goes back to the directory the walk came from
// and never above the one it began in; an absolute path or an absolute link is refused
// (ENOTCAPABLE). So it does not matter who moves directories or swaps links in the meantime.
//
// The class takes constant time and no memory of its own where nothing else is said. What a call of
// a guest costs is the system's part, a step for each name of a path, and the number of descriptors
// where a new one is needed. A path, and the text of a link, has 4095 bytes at most (ENAMETOOLONG);
// reading and writing looks every 65536 bytes whether the guest is to stop, and returns what was
// moved until then.
#pragma once

#include <stdint.h>

#include <mote/host.hpp>
#include <mote/span.hpp>
#include <mote/wasi.hpp>
#include <mote/wasi_errno.hpp>

namespace mote {

// ---- What the system provides ----------------------------------------------------------------

// The system's own number of something that it has opened.
using FileHandle = uint32_t;

// With the numbers of WASI.
enum class FileType : uint8_t {
  kUnknown = 0,
  kBlockDevice = 1,
  kCharacterDevice = 2,
  kDirectory = 3,
  kRegularFile = 4,
  kDatagramSocket = 5,
  kStreamSocket = 6,
  kSymbolicLink = 7,
};

// Attributes of a file: times are nanoseconds since 1970, sizes bytes.
struct FileStat {
  uint64_t device = 0;                 // device and inode together name a file
  uint64_t inode = 0;                  // never two files of a device with the same
  FileType type = FileType::kUnknown;  // what it is
  uint64_t links = 1;                  // how many names it has
  uint64_t size = 0;                   // bytes
  uint64_t accessed = 0;               // when it was read last, in nanoseconds since 1970
  uint64_t modified = 0;               // when its content was changed last, likewise
  uint64_t changed = 0;                // when its attributes were changed last, likewise
};

// How to open.
struct FileMode {
  // Only to look up names in it: whatever is no directory is kNotDirectory. Nothing else is set.
  bool lookup = false;
  bool read = false;       // to read content, or the entries of a directory
  bool write = false;      // to change content
  bool create = false;     // an empty file if there is nothing of that name
  bool exclusive = false;  // with create: kExists if there is
  bool truncate = false;   // to size 0
  bool directory = false;  // kNotDirectory if it is none
  bool sync = false;       // each write waits until data and metadata are kept
  bool data_sync = false;  // each write waits until data are kept
};

// A time to set.
struct FileTime {
  // What to do with a time.
  enum Kind : uint8_t { kKeep, kSet, kNow };
  Kind kind = kKeep;         // kKeep: leave it; kNow: the present
  uint64_t nanoseconds = 0;  // kSet: since 1970
};

// One entry of a directory, as read_directory() gives it to its sink.
struct DirectoryEntry {
  uint64_t next = 0;                   // cookie of the entry behind
  uint64_t inode = 0;                  // as in FileStat
  FileType type = FileType::kUnknown;  // as in FileStat
  StringView name;                     // valid during the call of the sink
};
// Takes an entry; false: no more, please.
using DirectorySink = bool (*)(void* to, const DirectoryEntry& entry);

// The files of a system: what a port implements, over an operating system, a flash file system or
// a RAM disk. Each function may be null and then gives ENOTSUP, except where something else is
// said. All are called from the thread that runs the guest; none may call into the store.
//
// `directory` is the handle of a directory, `name` one name in it: 1 to 255 bytes without "/" and
// without zero bytes, never "." or "..". Where it says so, an empty name is the directory itself.
// NO FUNCTION MAY FOLLOW A SYMBOLIC LINK. A file system that only knows paths keeps, for each
// handle, the path of what it has opened.
struct FileSystem {
  // `offset` of write() that means: at the end of the file, wherever that is.
  static constexpr uint64_t kAtEnd = ~uint64_t{0};

  void* context = nullptr;  // what all of them get

  // Opens a file or a directory; an empty name opens the directory again. A symbolic link is kLoop
  // in every mode but create with exclusive, where it is kExists. A directory that would be written
  // is kIsDirectory.
  wasi::Errno (*open)(void* context, FileHandle directory, StringView name, const FileMode& mode,
                      FileHandle* handle, FileType* type) = nullptr;
  // Null: nothing to do.
  void (*close)(void* context, FileHandle handle) = nullptr;

  // Reads and writes at an offset up to INT64_MAX. What has no offsets (a terminal) ignores it.
  // Less than was asked for, also nothing, is a success; a read of nothing is the end of the file.
  // `*count` becomes the number of bytes.
  wasi::Errno (*read)(void* context, FileHandle handle, uint64_t offset, MutableBytes bytes,
                      size_t* count) = nullptr;
  // As with read(); `offset` can also be kAtEnd.
  wasi::Errno (*write)(void* context, FileHandle handle, uint64_t offset, Bytes bytes,
                       size_t* count) = nullptr;

  // Attributes of what is open.
  wasi::Errno (*stat)(void* context, FileHandle handle, FileStat* stat) = nullptr;
  // A symbolic link is described itself. The name may be empty.
  wasi::Errno (*stat_at)(void* context, FileHandle directory, StringView name,
                         FileStat* stat) = nullptr;
  // Cuts a file to `size` bytes, or lengthens it with zeros.
  wasi::Errno (*set_size)(void* context, FileHandle handle, uint64_t size) = nullptr;
  // Makes sure that these bytes have room; the file grows if they are behind its end.
  wasi::Errno (*allocate)(void* context, FileHandle handle, uint64_t offset,
                          uint64_t size) = nullptr;
  // Sets the times of what is open.
  wasi::Errno (*set_times)(void* context, FileHandle handle, const FileTime& accessed,
                           const FileTime& modified) = nullptr;
  // Of a symbolic link itself. The name may be empty.
  wasi::Errno (*set_times_at)(void* context, FileHandle directory, StringView name,
                              const FileTime& accessed, const FileTime& modified) = nullptr;
  // Waits until what was written is kept. Null: it always is.
  wasi::Errno (*sync)(void* context, FileHandle handle, bool data_only) = nullptr;

  // Gives the entries of a directory to `sink`, "." and ".." among them, from `cookie` on: 0 is the
  // first. A cookie stays right as long as its entry and those before it exist; any other number
  // may give anything but must do no harm.
  wasi::Errno (*read_directory)(void* context, FileHandle directory, uint64_t cookie,
                                DirectorySink sink, void* to) = nullptr;

  // Makes an empty directory. kExists if there is something of that name.
  wasi::Errno (*create_directory)(void* context, FileHandle directory, StringView name) = nullptr;
  // Only one that is empty (kNotEmpty).
  wasi::Errno (*remove_directory)(void* context, FileHandle directory, StringView name) = nullptr;
  // Not of directories (kIsDirectory or kPermission).
  wasi::Errno (*unlink)(void* context, FileHandle directory, StringView name) = nullptr;
  // Replaces a file of the new name, or an empty directory with a directory.
  wasi::Errno (*rename)(void* context, FileHandle from, StringView old_name, FileHandle to,
                        StringView new_name) = nullptr;
  // A second name for a file.
  wasi::Errno (*link)(void* context, FileHandle from, StringView old_name, FileHandle to,
                      StringView new_name) = nullptr;
  // Makes a symbolic link that says `text`, which is not looked at.
  wasi::Errno (*create_link)(void* context, StringView text, FileHandle directory,
                             StringView name) = nullptr;
  // The text of a symbolic link, cut to the size of `text`. What is no link is kInvalid.
  wasi::Errno (*read_link)(void* context, FileHandle directory, StringView name, MutableBytes text,
                           size_t* size) = nullptr;
};

// ---- What a guest sees -----------------------------------------------------------------------

// What a guest may do with a descriptor: bits of WASI's "rights".
using WasiRights = uint32_t;

// One open descriptor of a guest.
struct WasiDescriptor {
  // What a descriptor is.
  enum Kind : uint8_t { kFree, kStream, kFile, kDirectory };
  Kind kind = kFree;                   // kFree: not open
  FileType type = FileType::kUnknown;  // of what is open
  uint16_t flags = 0;                  // fdflags
  FileHandle handle = 0;               // kStream: 0, 1 or 2
  WasiRights rights = 0;               // for itself
  WasiRights inheriting = 0;           // kDirectory: for what is opened through it
  uint64_t offset = 0;                 // kFile: where the next read or write begins
  bool is_preopened = false;           // one of the directories that the embedder gave
  StringView name;                     // is_preopened: how the guest calls it
};

// The files of one guest. Must outlive the instances that import from it.
class WasiFiles {
 public:
  // `streams` are the guest's standard streams, clock and sleep. `descriptors` bounds how many
  // files it can have open, the three streams and the preopened directories included; the guest
  // gets EMFILE beyond. `links` is for walking through symbolic links: its size bounds what a
  // link's text and the rest of the path take together (half of it in calls with two paths), and
  // without it links give ENAMETOOLONG. `streams`, `descriptors` and `links` must outlive this;
  // `files` is copied. Cost: the number of descriptors.
  WasiFiles(Wasi& streams, const FileSystem& files, Span<WasiDescriptor> descriptors,
            MutableBytes links = {});
  // Closes what is open. Cost: the number of descriptors.
  ~WasiFiles();
  WasiFiles(const WasiFiles&) = delete;
  WasiFiles& operator=(const WasiFiles&) = delete;

  // Gives the guest a directory, as descriptor 3, 4, and so on. The handle is closed by this, also
  // if it fails: kTooManyFiles. `guest_name` must outlive this. Before the guest starts. Cost: the
  // number of descriptors.
  wasi::Errno preopen(StringView guest_name, FileHandle directory);

  // All functions of module "wasi_snapshot_preview1" that have to do with descriptors or paths.
  // Provide them after Wasi::functions(). Constant table, never empty.
  static Span<const HostFunction> functions();

  // The standard streams, as given.
  Wasi& streams() const { return streams_; }
  // The table of the system's functions, as given.
  const FileSystem& system() const { return system_; }
  // The buffer for texts of links, as given; may be empty.
  MutableBytes links() const { return links_; }
  // The table of descriptors, as given; may be empty.
  Span<WasiDescriptor> descriptors() const { return descriptors_; }
  // Descriptor `fd`, any number of the guest's. Null: not open.
  WasiDescriptor* find(uint32_t fd) const;
  // The lowest free descriptor. False: there is none. Cost: the number of descriptors.
  bool find_free(uint32_t* fd) const;
  // Closes the system's handle of a descriptor, if it has one, and frees the entry.
  void close(WasiDescriptor& descriptor);

 private:
  Wasi& streams_;
  FileSystem system_;
  Span<WasiDescriptor> descriptors_;
  MutableBytes links_;
};

}  // namespace mote
