// WASI's functions on open descriptors.
#include "wasi/file_calls.hpp"

#include "wasi/poll.hpp"
#include "wasi/streams.hpp"
#include "wasi/transfer.hpp"

namespace mote::wasi {

namespace {

using Kind = WasiDescriptor::Kind;

// An open descriptor, if it has these rights.
Errno find(Host& host, uint32_t fd, uint32_t rights, WasiDescriptor** found) {
  *found = files_of(host).find(fd);
  if (*found == nullptr) return kBadDescriptor;
  return ((*found)->rights & rights) == rights ? kSuccess : kNotCapable;
}

// A descriptor of a file, if it has these rights.
Errno find_file(Host& host, uint32_t fd, uint32_t rights, WasiDescriptor** found) {
  const Errno error = find(host, fd, rights, found);
  if (error == kBadDescriptor) return error;
  if ((*found)->kind == Kind::kDirectory) return kIsDirectory;
  if (error == kSuccess && (*found)->kind == Kind::kStream) return kNotSupported;
  return error;
}

// The same, of one that has offsets.
Errno find_seekable(Host& host, uint32_t fd, uint32_t rights, WasiDescriptor** found) {
  *found = files_of(host).find(fd);
  if (*found == nullptr) return kBadDescriptor;
  if ((*found)->kind == Kind::kDirectory) return kIsDirectory;
  if ((*found)->type != FileType::kRegularFile) return kIllegalSeek;
  return ((*found)->rights & rights) == rights ? kSuccess : kNotCapable;
}

Errno read_list(Host& host, WasiDescriptor& file, uint64_t* offset, uint32_t list, uint32_t count,
                uint32_t read_at) {
  const FileSystem& system = files_of(host).system();
  return transfer_list(host, list, count, read_at, kSlice, [&](MutableBytes bytes, size_t* moved) {
    const Errno error = ask(system, system.read, file.handle, *offset, bytes, moved);
    if (error == kSuccess) *offset += *moved;
    return error;
  });
}

Errno write_list(Host& host, WasiDescriptor& file, uint64_t* offset, uint32_t list, uint32_t count,
                 uint32_t written_at) {
  const FileSystem& system = files_of(host).system();
  return transfer_list(
      host, list, count, written_at, kSlice, [&](MutableBytes bytes, size_t* moved) {
        const Errno error = ask(system, system.write, file.handle, *offset, Bytes(bytes), moved);
        if (error == kSuccess && *offset != FileSystem::kAtEnd) *offset += *moved;
        return error;
      });
}

Errno sync(Host& host, uint32_t fd, uint32_t right, bool data_only) {
  WasiDescriptor* file = nullptr;
  const Errno error = find(host, fd, right, &file);
  if (error != kSuccess) return error;
  const FileSystem& system = files_of(host).system();
  if (system.sync == nullptr) return kSuccess;
  return system.sync(system.context, file->handle, data_only);
}

}  // namespace

// ---- Reading and writing ---------------------------------------------------------------------

uint32_t file_read(Host& host, uint32_t fd, uint32_t list, uint32_t count, uint32_t read_at) {
  WasiDescriptor* file = nullptr;
  const Errno error = find(host, fd, kFdRead, &file);
  if (file != nullptr && file->kind == Kind::kDirectory) return kIsDirectory;
  if (error != kSuccess) return error;
  if (file->kind == Kind::kStream) {
    return read_stream(host, files_of(host).streams().system(), list, count, read_at);
  }
  return read_list(host, *file, &file->offset, list, count, read_at);
}

uint32_t file_write(Host& host, uint32_t fd, uint32_t list, uint32_t count, uint32_t written_at) {
  WasiDescriptor* file = nullptr;
  const Errno error = find(host, fd, kFdWrite, &file);
  if (file != nullptr && file->kind == Kind::kDirectory) return kIsDirectory;
  if (error != kSuccess) return error;
  if (file->kind == Kind::kStream) {
    const WasiSystem& system = files_of(host).streams().system();
    return write_stream(host, system, file->handle, list, count, written_at);
  }
  if ((file->flags & kAppend) == 0) {
    return write_list(host, *file, &file->offset, list, count, written_at);
  }
  uint64_t end = FileSystem::kAtEnd;
  const Errno written = write_list(host, *file, &end, list, count, written_at);
  FileStat stat;
  const FileSystem& system = files_of(host).system();
  if (ask(system, system.stat, file->handle, &stat) == kSuccess) file->offset = stat.size;
  return written;
}

uint32_t file_pread(Host& host, uint32_t fd, uint32_t list, uint32_t count, uint64_t offset,
                    uint32_t read_at) {
  WasiDescriptor* file = nullptr;
  const Errno error = find_seekable(host, fd, kFdRead | kFdSeek, &file);
  if (error != kSuccess) return error;
  if (offset > INT64_MAX) return kInvalid;
  return read_list(host, *file, &offset, list, count, read_at);
}

// Writes at the offset also if the file is opened to append, as POSIX has it.
uint32_t file_pwrite(Host& host, uint32_t fd, uint32_t list, uint32_t count, uint64_t offset,
                     uint32_t written_at) {
  WasiDescriptor* file = nullptr;
  const Errno error = find_seekable(host, fd, kFdWrite | kFdSeek, &file);
  if (error != kSuccess) return error;
  if (offset > INT64_MAX) return kInvalid;
  return write_list(host, *file, &offset, list, count, written_at);
}

// `whence`: 0 from the beginning, 1 from where it is, 2 from the end.
uint32_t file_seek(Host& host, uint32_t fd, int64_t delta, uint32_t whence, uint32_t at) {
  WasiDescriptor* file = nullptr;
  const bool is_tell = delta == 0 && whence == 1;
  const uint32_t right = is_tell && files_of(host).find(fd) != nullptr &&
                                 (files_of(host).find(fd)->rights & kFdTell) != 0
                             ? kFdTell
                             : kFdSeek;
  const Errno error = find_seekable(host, fd, right, &file);
  if (error != kSuccess) return error;
  if (whence > 2) return kInvalid;
  uint64_t base = 0;
  if (whence == 1) base = file->offset;
  if (whence == 2) {
    FileStat stat;
    const FileSystem& system = files_of(host).system();
    const Errno unknown = ask(system, system.stat, file->handle, &stat);
    if (unknown != kSuccess) return unknown;
    base = stat.size;
  }
  // Both summands are below 2^63 in size.
  const uint64_t offset = base + static_cast<uint64_t>(delta);
  if (base > INT64_MAX || offset > INT64_MAX) return kInvalid;
  if (!put_u64(host, at, offset)) return kFault;
  file->offset = offset;
  return kSuccess;
}

uint32_t file_tell(Host& host, uint32_t fd, uint32_t at) {
  WasiDescriptor* file = nullptr;
  const Errno error = find_seekable(host, fd, 0, &file);
  if (error != kSuccess) return error;
  if ((file->rights & (kFdTell | kFdSeek)) == 0) return kNotCapable;
  return put_u64(host, at, file->offset) ? kSuccess : kFault;
}

// ---- Size, times, storage --------------------------------------------------------------------

// Advice on how a file will be used may be ignored, and is.
uint32_t file_advise(Host& host, uint32_t fd, uint64_t, uint64_t, uint32_t advice) {
  WasiDescriptor* file = nullptr;
  const Errno error = find_file(host, fd, kFdAdvise, &file);
  if (error != kSuccess) return error;
  return advice > 5 ? kInvalid : kSuccess;
}

uint32_t file_allocate(Host& host, uint32_t fd, uint64_t offset, uint64_t size) {
  WasiDescriptor* file = nullptr;
  const Errno error = find_file(host, fd, kFdAllocate, &file);
  if (error != kSuccess) return error;
  if (size == 0) return kInvalid;
  if (offset > INT64_MAX || size > INT64_MAX - offset) return kFileTooBig;
  const FileSystem& system = files_of(host).system();
  return ask(system, system.allocate, file->handle, offset, size);
}

uint32_t file_filestat_set_size(Host& host, uint32_t fd, uint64_t size) {
  WasiDescriptor* file = nullptr;
  const Errno error = find_file(host, fd, kFdFilestatSetSize, &file);
  if (error != kSuccess) return error;
  if (size > INT64_MAX) return kFileTooBig;
  const FileSystem& system = files_of(host).system();
  return ask(system, system.set_size, file->handle, size);
}

uint32_t file_filestat_set_times(Host& host, uint32_t fd, uint64_t accessed, uint64_t modified,
                                 uint32_t which) {
  WasiDescriptor* file = nullptr;
  Errno error = find(host, fd, kFdFilestatSetTimes, &file);
  FileTime times[2];
  if (error == kSuccess) error = get_times(which, accessed, modified, &times[0], &times[1]);
  if (error != kSuccess) return error;
  const FileSystem& system = files_of(host).system();
  return ask(system, system.set_times, file->handle, times[0], times[1]);
}

Errno get_times(uint32_t which, uint64_t accessed, uint64_t modified, FileTime* accessed_time,
                FileTime* modified_time) {
  if (which > 15 || (which & 3) == 3 || (which & 12) == 12) return kInvalid;
  const auto time = [](uint32_t bits, uint64_t nanoseconds) {
    FileTime out;
    out.kind = bits == 0 ? FileTime::kKeep : bits == 1 ? FileTime::kSet : FileTime::kNow;
    out.nanoseconds = nanoseconds;
    return out;
  };
  *accessed_time = time(which & 3, accessed);
  *modified_time = time(which >> 2, modified);
  return kSuccess;
}

uint32_t file_sync(Host& host, uint32_t fd) { return sync(host, fd, kFdSync, false); }
uint32_t file_datasync(Host& host, uint32_t fd) { return sync(host, fd, kFdDataSync, true); }

// ---- What a descriptor is --------------------------------------------------------------------

uint32_t file_fdstat_get(Host& host, uint32_t fd, uint32_t at) {
  const WasiDescriptor* const file = files_of(host).find(fd);
  if (file == nullptr) return kBadDescriptor;
  return put_fdstat(host, at, static_cast<uint8_t>(file->type), file->flags, file->rights,
                    file->inheriting);
}

// Whether writes wait for the storage is decided when a file is opened.
uint32_t file_fdstat_set_flags(Host& host, uint32_t fd, uint32_t flags) {
  WasiDescriptor* file = nullptr;
  const Errno error = find(host, fd, 0, &file);
  if (error != kSuccess) return error;
  if (file->kind == Kind::kStream) return kNotSupported;
  if ((file->rights & kFdFdstatSetFlags) == 0) return kNotCapable;
  if (flags > kAllFdFlags) return kInvalid;
  constexpr uint32_t kChangeable = kAppend | kNonBlock;
  if (((flags ^ file->flags) & ~kChangeable) != 0) return kNotSupported;
  file->flags = static_cast<uint16_t>(flags);
  return kSuccess;
}

// Rights can only be given up.
uint32_t file_fdstat_set_rights(Host& host, uint32_t fd, uint64_t rights, uint64_t inheriting) {
  WasiDescriptor* const file = files_of(host).find(fd);
  if (file == nullptr) return kBadDescriptor;
  if ((rights & ~uint64_t{file->rights}) != 0) return kNotCapable;
  if ((inheriting & ~uint64_t{file->inheriting}) != 0) return kNotCapable;
  file->rights = static_cast<WasiRights>(rights);
  file->inheriting = static_cast<WasiRights>(inheriting);
  return kSuccess;
}

uint32_t file_filestat_get(Host& host, uint32_t fd, uint32_t at) {
  WasiDescriptor* file = nullptr;
  const Errno error = find(host, fd, 0, &file);
  if (error != kSuccess) return error;
  if (file->kind == Kind::kStream) return put_stream_stat(host, at);
  if ((file->rights & kFdFilestatGet) == 0) return kNotCapable;
  FileStat stat;
  const FileSystem& system = files_of(host).system();
  const Errno unknown = ask(system, system.stat, file->handle, &stat);
  return unknown == kSuccess ? put_stat(host, at, stat) : unknown;
}

// filestat (64 bytes): device (8), inode (8, at 8), type (1, at 16), links (8, at 24), size (8, at
// 32), times of access, modification and change (8 each, at 40).
Errno put_stat(Host& host, uint32_t at, const FileStat& stat) {
  const MutableBytes bytes = host.memory(at, 64);
  if (bytes.empty()) return kFault;
  memset(bytes.data(), 0, bytes.size());
  bytes[16] = static_cast<uint8_t>(stat.type);
  const struct {
    uint32_t at;
    uint64_t value;
  } fields[] = {{0, stat.device},    {8, stat.inode},     {24, stat.links},  {32, stat.size},
                {40, stat.accessed}, {48, stat.modified}, {56, stat.changed}};
  for (const auto& field : fields) store_u64(bytes.data() + field.at, field.value);
  return kSuccess;
}

// prestat (8 bytes): kind (1; 0: a directory), size of the name (4, at 4). A libc asks for 3, 4 and
// so on until it hears EBADF.
uint32_t file_prestat_get(Host& host, uint32_t fd, uint32_t at) {
  const WasiDescriptor* const file = files_of(host).find(fd);
  if (file == nullptr || !file->is_preopened) return kBadDescriptor;
  const MutableBytes bytes = host.memory(at, 8);
  if (bytes.empty()) return kFault;
  store_u32(bytes.data(), 0);
  store_u32(bytes.data() + 4, static_cast<uint32_t>(file->name.size()));
  return kSuccess;
}

uint32_t file_prestat_dir_name(Host& host, uint32_t fd, uint32_t at, uint32_t size) {
  const WasiDescriptor* const file = files_of(host).find(fd);
  if (file == nullptr || !file->is_preopened) return kBadDescriptor;
  if (size < file->name.size()) return kNameTooLong;
  const MutableBytes bytes = host.memory(at, static_cast<uint32_t>(file->name.size()));
  if (bytes.empty()) return kFault;
  memcpy(bytes.data(), file->name.data(), file->name.size());
  return kSuccess;
}

// ---- Directories -----------------------------------------------------------------------------

namespace {

// Where entries go: dirent (24 bytes) and the name. dirent: cookie of the next (8), inode (8, at
// 8), size of the name (4, at 16), type (1, at 20).
struct EntryWriter {
  MutableBytes out;
  size_t used = 0;

  // What has no room is cut: that the buffer is full tells the guest that there is more.
  void add(const void* bytes, size_t size) {
    const size_t room = out.size() - used;
    if (size > room) size = room;
    memcpy(out.data() + used, bytes, size);
    used += size;
  }
  static bool take(void* to, const DirectoryEntry& entry) {
    EntryWriter& writer = *static_cast<EntryWriter*>(to);
    uint8_t head[24] = {};
    store_u64(head, entry.next);
    store_u64(head + 8, entry.inode);
    store_u32(head + 16, static_cast<uint32_t>(entry.name.size()));
    head[20] = static_cast<uint8_t>(entry.type);
    writer.add(head, sizeof head);
    writer.add(entry.name.data(), entry.name.size());
    return writer.used < writer.out.size();
  }
};

}  // namespace

uint32_t file_readdir(Host& host, uint32_t fd, uint32_t at, uint32_t size, uint64_t cookie,
                      uint32_t used_at) {
  WasiDescriptor* directory = nullptr;
  const Errno error = find(host, fd, kFdReadDir, &directory);
  if (error == kBadDescriptor) return error;
  if (directory->kind != Kind::kDirectory) return kNotDirectory;
  if (error != kSuccess) return error;
  if (host.touch(used_at, 4) != ErrorCode::kOk) return kFault;
  EntryWriter writer;
  if (size != 0) {
    writer.out = host.memory(at, size);
    if (writer.out.empty()) return kFault;
    const FileSystem& system = files_of(host).system();
    const Errno failed = ask(system, system.read_directory, directory->handle, cookie,
                             &EntryWriter::take, static_cast<void*>(&writer));
    if (failed != kSuccess) return failed;
  }
  return put_u32(host, used_at, static_cast<uint32_t>(writer.used)) ? kSuccess : kFault;
}

// ---- The table of descriptors ----------------------------------------------------------------

uint32_t file_close(Host& host, uint32_t fd) {
  WasiDescriptor* const file = files_of(host).find(fd);
  if (file == nullptr) return kBadDescriptor;
  files_of(host).close(*file);
  return kSuccess;
}

// `to`, which must be open, is closed and becomes `from`.
uint32_t file_renumber(Host& host, uint32_t from, uint32_t to) {
  WasiDescriptor* const source = files_of(host).find(from);
  WasiDescriptor* const target = files_of(host).find(to);
  if (source == nullptr || target == nullptr) return kBadDescriptor;
  if (source == target) return kSuccess;
  files_of(host).close(*target);
  *target = *source;
  *source = WasiDescriptor();
  return kSuccess;
}

// ---- Waiting ---------------------------------------------------------------------------------

namespace {

// A file is always ready; for reading, with what is left of it.
Readiness readiness(void* world, uint32_t fd, bool to_write, uint64_t nanoseconds) {
  const WasiFiles& files = *static_cast<const WasiFiles*>(world);
  const WasiDescriptor* const file = files.find(fd);
  if (file == nullptr) return {kBadDescriptor, 0};
  if (file->kind == Kind::kStream) {
    return stream_readiness(files.streams().system(), file->handle, to_write, nanoseconds);
  }
  if ((file->rights & kPollFdReadWrite) == 0) return {kNotCapable, 0};
  FileStat stat;
  const FileSystem& system = files.system();
  if (to_write || file->type != FileType::kRegularFile ||
      ask(system, system.stat, file->handle, &stat) != kSuccess || stat.size <= file->offset) {
    return {kSuccess, 1};
  }
  return {kSuccess, stat.size - file->offset};
}

}  // namespace

uint32_t file_poll(Host& host, uint32_t in, uint32_t out, uint32_t count, uint32_t events_at) {
  WasiFiles& files = files_of(host);
  return poll(host, files.streams().system(), readiness, &files, in, out, count, events_at);
}

}  // namespace mote::wasi
