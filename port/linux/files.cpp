// Files for WASI (see mote/wasi_files.hpp), on system calls that take a directory and one name.
//
// Each call here names one entry of a directory that is open: O_NOFOLLOW and AT_SYMLINK_NOFOLLOW
// see to it that the kernel never follows a link, and as no name has a "/" or is "..", it never
// walks. FIFOs, sockets and block devices are not opened: waiting for somebody at the other end
// would block the whole store, and writing to one that nobody reads would end the process.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <mote/port.hpp>

namespace mote::port {

namespace {

using wasi::Errno;

Errno to_errno(int error) {
  switch (error) {
    case EACCES: return wasi::kAccess;
    case EAGAIN: return wasi::kAgain;
    case EBADF: return wasi::kBadDescriptor;
    case EBUSY: return wasi::kBusy;
    case EDQUOT: return wasi::kQuota;
    case EEXIST: return wasi::kExists;
    case EFBIG: return wasi::kFileTooBig;
    case EILSEQ: return wasi::kBadSequence;
    case EINTR: return wasi::kInterrupted;
    case EINVAL: return wasi::kInvalid;
    case EISDIR: return wasi::kIsDirectory;
    case ELOOP: return wasi::kLoop;
    case EMFILE: return wasi::kTooManyFiles;
    case EMLINK: return wasi::kTooManyLinks;
    case ENAMETOOLONG: return wasi::kNameTooLong;
    case ENFILE: return wasi::kSystemFiles;
    case ENODEV: return wasi::kNoDevice;
    case ENOENT: return wasi::kNoEntry;
    case ENOMEM: return wasi::kNoMemory;
    case ENOSPC: return wasi::kNoSpace;
    case ENOSYS: return wasi::kNotImplemented;
    case ENOTDIR: return wasi::kNotDirectory;
    case ENOTEMPTY: return wasi::kNotEmpty;
    case EOPNOTSUPP: return wasi::kNotSupported;
    case ENXIO: return wasi::kNoSuchDevice;
    case EOVERFLOW: return wasi::kOverflow;
    case EPERM: return wasi::kPermission;
    case EPIPE: return wasi::kPipe;
    case EROFS: return wasi::kReadOnly;
    case ESPIPE: return wasi::kIllegalSeek;
    case ESTALE: return wasi::kStale;
    case ETXTBSY: return wasi::kTextBusy;
    case EXDEV: return wasi::kCrossDevice;
    default: return wasi::kInputOutput;
  }
}

// Of a system call that returns a negative number when it fails.
Errno result(int value) { return value < 0 ? to_errno(errno) : wasi::kSuccess; }

int fd_of(FileHandle handle) { return static_cast<int>(handle); }

// A name, or the text of a link, ended by a zero byte. Too long a text becomes one that the system
// refuses.
template <size_t kSize>
class ZeroEnded {
 public:
  explicit ZeroEnded(StringView text) {
    const size_t size = text.size() < kSize ? text.size() : kSize;
    memcpy(text_, text.data(), size);
    text_[size] = 0;
  }
  const char* get() const { return text_; }

 private:
  char text_[kSize + 1];
};
using Name = ZeroEnded<NAME_MAX + 1>;

uint64_t to_nanoseconds(const timespec& time) {
  if (time.tv_sec < 0) return 0;
  return static_cast<uint64_t>(time.tv_sec) * 1000000000 + static_cast<uint64_t>(time.tv_nsec);
}

FileType to_type(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFBLK: return FileType::kBlockDevice;
    case S_IFCHR: return FileType::kCharacterDevice;
    case S_IFDIR: return FileType::kDirectory;
    case S_IFREG: return FileType::kRegularFile;
    case S_IFSOCK: return FileType::kStreamSocket;
    case S_IFLNK: return FileType::kSymbolicLink;
    default: return FileType::kUnknown;
  }
}

void to_stat(const struct stat& from, FileStat* to) {
  to->device = from.st_dev;
  to->inode = from.st_ino;
  to->type = to_type(from.st_mode);
  to->links = from.st_nlink;
  to->size = static_cast<uint64_t>(from.st_size);
  to->accessed = to_nanoseconds(from.st_atim);
  to->modified = to_nanoseconds(from.st_mtim);
  to->changed = to_nanoseconds(from.st_ctim);
}

// The empty name is the directory itself, which the system calls ".".
Name name_or_self(StringView name) { return Name(name.empty() ? StringView(".") : name); }

bool is_link(int directory, const Name& name) {
  struct stat stat;
  return fstatat(directory, name.get(), &stat, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(stat.st_mode);
}

int flags_of(const FileMode& mode) {
  int flags = O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
  if (mode.lookup) return flags | O_PATH | O_DIRECTORY;
  const bool write = mode.write || mode.truncate;
  flags |= !write ? O_RDONLY : mode.read ? O_RDWR : O_WRONLY;
  if (mode.create) flags |= O_CREAT;
  if (mode.exclusive) flags |= O_EXCL;
  if (mode.truncate) flags |= O_TRUNC;
  if (mode.directory) flags |= O_DIRECTORY;
  if (mode.sync) flags |= O_SYNC;
  if (mode.data_sync) flags |= O_DSYNC;
  return flags;
}

Errno open_file(void*, FileHandle directory, StringView name, const FileMode& mode,
                FileHandle* handle, FileType* type) {
  const Name text = name_or_self(name);
  int fd = -1;
  do {
    fd = openat(fd_of(directory), text.get(), flags_of(mode), 0666);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) {
    const int error = errno;
    // With O_DIRECTORY, the system says of a link that it is no directory.
    if (error == ENOTDIR && is_link(fd_of(directory), text)) return wasi::kLoop;
    return to_errno(error);
  }
  struct stat stat;
  Errno failed = result(fstat(fd, &stat));
  if (failed == wasi::kSuccess) {
    *type = to_type(stat.st_mode);
    const bool is_usable = S_ISREG(stat.st_mode) || S_ISDIR(stat.st_mode) || S_ISCHR(stat.st_mode);
    if (!is_usable) failed = wasi::kNotSupported;
  }
  if (failed != wasi::kSuccess) {
    ::close(fd);
    return failed;
  }
  *handle = static_cast<FileHandle>(fd);
  return wasi::kSuccess;
}

void close_file(void*, FileHandle handle) { ::close(fd_of(handle)); }

// ---- Content ---------------------------------------------------------------------------------

Errno moved(ssize_t size, size_t* count) {
  if (size < 0) return to_errno(errno);
  *count = static_cast<size_t>(size);
  return wasi::kSuccess;
}

Errno read_file(void*, FileHandle handle, uint64_t offset, MutableBytes bytes, size_t* count) {
  ssize_t size;
  do {
    size = pread(fd_of(handle), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (size < 0 && errno == ESPIPE) size = ::read(fd_of(handle), bytes.data(), bytes.size());
  } while (size < 0 && errno == EINTR);
  return moved(size, count);
}

ssize_t append(int fd, Bytes bytes) {
  const iovec buffer = {const_cast<uint8_t*>(bytes.data()), bytes.size()};
  const ssize_t size = pwritev2(fd, &buffer, 1, 0, RWF_APPEND);
  if (size >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS)) return size;
  // A system that cannot do it in one: others who append may come in between.
  struct stat stat;
  if (fstat(fd, &stat) != 0) return -1;
  return pwrite(fd, bytes.data(), bytes.size(), stat.st_size);
}

Errno write_file(void*, FileHandle handle, uint64_t offset, Bytes bytes, size_t* count) {
  ssize_t size;
  do {
    size = offset == FileSystem::kAtEnd
               ? append(fd_of(handle), bytes)
               : pwrite(fd_of(handle), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (size < 0 && errno == ESPIPE) size = ::write(fd_of(handle), bytes.data(), bytes.size());
  } while (size < 0 && errno == EINTR);
  return moved(size, count);
}

Errno set_size(void*, FileHandle handle, uint64_t size) {
  return result(ftruncate(fd_of(handle), static_cast<off_t>(size)));
}

Errno allocate(void*, FileHandle handle, uint64_t offset, uint64_t size) {
  // Not posix_fallocate: where the file system cannot do it, that writes to each block in turn.
  return result(fallocate(fd_of(handle), 0, static_cast<off_t>(offset), static_cast<off_t>(size)));
}

Errno sync_file(void*, FileHandle handle, bool data_only) {
  return result(data_only ? fdatasync(fd_of(handle)) : fsync(fd_of(handle)));
}

// ---- Attributes ------------------------------------------------------------------------------

Errno stat_file(void*, FileHandle handle, FileStat* out) {
  struct stat stat;
  const Errno error = result(fstat(fd_of(handle), &stat));
  if (error == wasi::kSuccess) to_stat(stat, out);
  return error;
}

Errno stat_at(void*, FileHandle directory, StringView name, FileStat* out) {
  struct stat stat;
  const Errno error =
      result(fstatat(fd_of(directory), name_or_self(name).get(), &stat, AT_SYMLINK_NOFOLLOW));
  if (error == wasi::kSuccess) to_stat(stat, out);
  return error;
}

struct Times {
  Times(const FileTime& accessed, const FileTime& modified)
      : values{to_timespec(accessed), to_timespec(modified)} {}
  static timespec to_timespec(const FileTime& time) {
    timespec out;
    out.tv_sec = static_cast<time_t>(time.nanoseconds / 1000000000);
    out.tv_nsec = static_cast<long>(time.nanoseconds % 1000000000);
    if (time.kind == FileTime::kKeep) out.tv_nsec = UTIME_OMIT;
    if (time.kind == FileTime::kNow) out.tv_nsec = UTIME_NOW;
    return out;
  }
  timespec values[2];
};

Errno set_times(void*, FileHandle handle, const FileTime& accessed, const FileTime& modified) {
  return result(futimens(fd_of(handle), Times(accessed, modified).values));
}

Errno set_times_at(void*, FileHandle directory, StringView name, const FileTime& accessed,
                   const FileTime& modified) {
  return result(utimensat(fd_of(directory), name_or_self(name).get(),
                          Times(accessed, modified).values, AT_SYMLINK_NOFOLLOW));
}

// ---- Directories -----------------------------------------------------------------------------

FileType entry_type(unsigned char type) {
  return type == DT_UNKNOWN ? FileType::kUnknown : to_type(DTTOIF(type));
}

Errno read_directory(void*, FileHandle directory, uint64_t cookie, DirectorySink sink, void* to) {
  const int fd = fd_of(directory);
  struct stat self;
  if (fstat(fd, &self) != 0) return to_errno(errno);
  if (lseek(fd, static_cast<off_t>(cookie), SEEK_SET) < 0) return to_errno(errno);
  alignas(dirent64) char buffer[4096];
  for (;;) {
    const long size = syscall(SYS_getdents64, fd, buffer, sizeof buffer);
    if (size < 0) return to_errno(errno);
    if (size == 0) return wasi::kSuccess;
    for (long at = 0; at < size;) {
      const dirent64& each = *reinterpret_cast<const dirent64*>(buffer + at);
      DirectoryEntry entry;
      entry.next = static_cast<uint64_t>(each.d_off);
      entry.type = entry_type(each.d_type);
      entry.name = StringView(each.d_name);
      // What is above may be none of the guest's business.
      entry.inode = entry.name == ".." ? self.st_ino : each.d_ino;
      if (!sink(to, entry)) return wasi::kSuccess;
      at += each.d_reclen;
    }
  }
}

Errno create_directory(void*, FileHandle directory, StringView name) {
  return result(mkdirat(fd_of(directory), Name(name).get(), 0777));
}

Errno remove_directory(void*, FileHandle directory, StringView name) {
  return result(unlinkat(fd_of(directory), Name(name).get(), AT_REMOVEDIR));
}

Errno unlink_file(void*, FileHandle directory, StringView name) {
  return result(unlinkat(fd_of(directory), Name(name).get(), 0));
}

Errno rename_file(void*, FileHandle from, StringView old_name, FileHandle to, StringView new_name) {
  return result(renameat(fd_of(from), Name(old_name).get(), fd_of(to), Name(new_name).get()));
}

// Without AT_SYMLINK_FOLLOW.
Errno link_file(void*, FileHandle from, StringView old_name, FileHandle to, StringView new_name) {
  return result(linkat(fd_of(from), Name(old_name).get(), fd_of(to), Name(new_name).get(), 0));
}

Errno create_link(void*, StringView text, FileHandle directory, StringView name) {
  return result(symlinkat(ZeroEnded<PATH_MAX>(text).get(), fd_of(directory), Name(name).get()));
}

Errno read_link(void*, FileHandle directory, StringView name, MutableBytes text, size_t* size) {
  return moved(readlinkat(fd_of(directory), Name(name).get(), reinterpret_cast<char*>(text.data()),
                          text.size()),
               size);
}

}  // namespace

Errno open_directory(StringView path, FileHandle* handle) {
  if (path.size() >= PATH_MAX) return wasi::kNameTooLong;
  const int fd = ::open(ZeroEnded<PATH_MAX>(path).get(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return to_errno(errno);
  *handle = static_cast<FileHandle>(fd);
  return wasi::kSuccess;
}

FileSystem file_system() {
  FileSystem system;
  system.open = open_file;
  system.close = close_file;
  system.read = read_file;
  system.write = write_file;
  system.stat = stat_file;
  system.stat_at = stat_at;
  system.set_size = set_size;
  system.allocate = allocate;
  system.set_times = set_times;
  system.set_times_at = set_times_at;
  system.sync = sync_file;
  system.read_directory = read_directory;
  system.create_directory = create_directory;
  system.remove_directory = remove_directory;
  system.unlink = unlink_file;
  system.rename = rename_file;
  system.link = link_file;
  system.create_link = create_link;
  system.read_link = read_link;
  return system;
}

}  // namespace mote::port
