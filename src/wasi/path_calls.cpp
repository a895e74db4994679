// WASI's functions on paths. Each walks to the last name of its path (walk.hpp) and asks the system
// about that one name.
#include "wasi/file_calls.hpp"
#include "wasi/walk.hpp"

namespace mote::wasi {

namespace {

// A path in the guest's memory.
struct Path {
  uint32_t address;
  uint32_t size;
};

// Gets two ranges of the guest's memory at once: getting one can move the other.
Errno get_texts(Host& host, Path first, Path second, StringView* first_text,
                StringView* second_text) {
  const Path paths[] = {first, second};
  StringView* const texts[] = {first_text, second_text};
  for (const Path& path : paths) {
    if (path.size != 0 && host.touch(path.address, path.size) != ErrorCode::kOk) return kFault;
  }
  for (int i = 0; i < 2; i++) {
    if (paths[i].size == 0) continue;
    const MutableBytes bytes = host.memory(paths[i].address, paths[i].size);
    if (bytes.empty()) return kFault;
    *texts[i] = StringView(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  return kSuccess;
}

// A directory that has these rights.
Errno find_directory(Host& host, uint32_t fd, uint32_t rights, WasiDescriptor** found) {
  *found = files_of(host).find(fd);
  if (*found == nullptr) return kBadDescriptor;
  if ((*found)->kind != WasiDescriptor::kDirectory) return kNotDirectory;
  return ((*found)->rights & rights) == rights ? kSuccess : kNotCapable;
}

// The part of the buffer for links that walk `index` of `count` walks at a time gets.
MutableBytes links_for(const WasiFiles& files, size_t index, size_t count) {
  const size_t size = files.links().size() / count;
  return MutableBytes(files.links().data() + index * size, size);
}

// Walks `path` from descriptor `fd`, which must have these rights, and does `operation` there:
// Errno(Walk&). As long as that says kLoop, the last name is a link, and if links are to be
// followed the walk goes on where it leads.
template <class Operation>
Errno at_path(Host& host, uint32_t fd, uint32_t rights, Path path, bool follow,
              Operation operation) {
  WasiDescriptor* directory = nullptr;
  Errno error = find_directory(host, fd, rights, &directory);
  StringView text;
  StringView none;
  if (error == kSuccess) error = get_texts(host, path, {0, 0}, &text, &none);
  if (error != kSuccess) return error;
  WasiFiles& files = files_of(host);
  Walk walk(files.system(), links_for(files, 0, 1), directory->handle, text);
  error = walk.to_last();
  while (error == kSuccess) {
    error = operation(walk);
    if (error != kLoop || !(follow || walk.ends_in_slash())) return error;
    error = walk.follow();
  }
  return error;
}

// The same for a call that is about two paths and never follows their last names.
template <class Operation>
Errno at_paths(Host& host, uint32_t old_fd, uint32_t old_rights, Path old_path, uint32_t new_fd,
               uint32_t new_rights, Path new_path, Operation operation) {
  WasiDescriptor* old_directory = nullptr;
  WasiDescriptor* new_directory = nullptr;
  Errno error = find_directory(host, old_fd, old_rights, &old_directory);
  if (error == kSuccess) error = find_directory(host, new_fd, new_rights, &new_directory);
  StringView old_text;
  StringView new_text;
  if (error == kSuccess) error = get_texts(host, old_path, new_path, &old_text, &new_text);
  if (error != kSuccess) return error;
  WasiFiles& files = files_of(host);
  Walk old_walk(files.system(), links_for(files, 0, 2), old_directory->handle, old_text);
  Walk new_walk(files.system(), links_for(files, 1, 2), new_directory->handle, new_text);
  error = old_walk.to_last();
  if (error == kSuccess) error = new_walk.to_last();
  return error == kSuccess ? operation(old_walk, new_walk) : error;
}

// What the walk's last name is; kLoop if it is a link that must be followed, kNotDirectory if it
// must be a directory and is none.
Errno stat_last(const FileSystem& system, const Walk& walk, bool follow, FileStat* stat) {
  const Errno error = ask(system, system.stat_at, walk.directory(), walk.name(), stat);
  if (error != kSuccess) return error;
  const bool is_link = stat->type == FileType::kSymbolicLink;
  if (is_link && (follow || walk.ends_in_slash())) return kLoop;
  if (walk.ends_in_slash() && stat->type != FileType::kDirectory) return kNotDirectory;
  return kSuccess;
}

// "name/" in a call that is about a name and not about what it stands for: must be a directory.
Errno check_slash(const FileSystem& system, const Walk& walk) {
  if (!walk.ends_in_slash()) return kSuccess;
  FileStat stat;
  const Errno error = stat_last(system, walk, false, &stat);
  return error == kLoop ? kNotDirectory : error;
}

constexpr uint32_t kFollow = 1;  // of "lookup"

}  // namespace

// ---- Opening ---------------------------------------------------------------------------------

namespace {

enum HowToOpen : uint32_t { kCreate = 1, kDirectoryOnly = 2, kExclusive = 4, kTruncate = 8 };

// The rights decide whether the system opens for reading, writing or both.
FileMode mode_of(uint32_t how, uint32_t rights, uint32_t flags) {
  FileMode mode;
  uint32_t writing = kFdWrite;
  if ((how & kDirectoryOnly) == 0) writing |= kFdAllocate | kFdFilestatSetSize;
  mode.write = (rights & writing) != 0;
  mode.read = (rights & (kFdRead | kFdReadDir)) != 0 || !mode.write;
  mode.create = (how & kCreate) != 0;
  mode.directory = (how & kDirectoryOnly) != 0;
  mode.exclusive = (how & kExclusive) != 0;
  mode.truncate = (how & kTruncate) != 0;
  mode.sync = (flags & kSync) != 0;
  mode.data_sync = (flags & (kDataSync | kReadSync)) != 0;
  return mode;
}

Errno open_last(const FileSystem& system, const Walk& walk, FileMode mode, FileHandle* handle,
                FileType* type) {
  if (walk.name().empty()) {
    if (mode.create && mode.exclusive) return kExists;
    if (mode.create || mode.write || mode.truncate) return kIsDirectory;
  }
  if (walk.ends_in_slash()) {
    if (mode.create) return kIsDirectory;
    mode.directory = true;
  }
  return ask(system, system.open, walk.directory(), walk.name(), mode, handle, type);
}

}  // namespace

uint32_t path_open(Host& host, uint32_t fd, uint32_t lookup, uint32_t path, uint32_t size,
                   uint32_t how, uint64_t rights, uint64_t inheriting, uint32_t flags,
                   uint32_t fd_at) {
  if (lookup > kFollow || how > 15 || flags > kAllFdFlags) return kInvalid;
  if ((how & kCreate) != 0 && (how & kDirectoryOnly) != 0) return kInvalid;
  WasiFiles& files = files_of(host);
  WasiDescriptor* directory = nullptr;
  uint32_t needed = kPathOpen;
  if ((how & kCreate) != 0) needed |= kPathCreateFile;
  if ((how & kTruncate) != 0) needed |= kPathFilestatSetSize;
  Errno error = find_directory(host, fd, needed, &directory);
  if (error != kSuccess) return error;
  // Rights that this does not know (those of sockets among them) nobody can have.
  const WasiRights own = static_cast<WasiRights>(rights) & kAllRights;
  const WasiRights inherited = static_cast<WasiRights>(inheriting) & kAllRights;
  if (((own | inherited) & ~directory->inheriting) != 0) return kNotCapable;
  uint32_t number = 0;
  if (!files.find_free(&number)) return kTooManyFiles;
  if (host.touch(fd_at, 4) != ErrorCode::kOk) return kFault;

  const FileMode mode = mode_of(how, own, flags);
  FileHandle handle = 0;
  FileType type = FileType::kUnknown;
  const bool follow = (lookup & kFollow) != 0 && !(mode.create && mode.exclusive);
  error = at_path(host, fd, needed, {path, size}, follow, [&](const Walk& walk) {
    return open_last(files.system(), walk, mode, &handle, &type);
  });
  if (error != kSuccess) return error;
  WasiDescriptor& opened = files.descriptors()[number];
  const bool is_directory = type == FileType::kDirectory;
  opened = WasiDescriptor();
  opened.kind = is_directory ? WasiDescriptor::kDirectory : WasiDescriptor::kFile;
  opened.type = type;
  opened.flags = static_cast<uint16_t>(flags);
  opened.handle = handle;
  opened.rights = own & (is_directory ? kDirectoryRights : kFileRights);
  // A terminal; a libc tells by the missing rights.
  if (type == FileType::kCharacterDevice) opened.rights &= ~(kFdSeek | kFdTell);
  opened.inheriting = inherited;
  if (!put_u32(host, fd_at, number)) {
    files.close(opened);
    return kFault;
  }
  return kSuccess;
}

// ---- About names -----------------------------------------------------------------------------

uint32_t path_create_directory(Host& host, uint32_t fd, uint32_t path, uint32_t size) {
  const FileSystem& system = files_of(host).system();
  return at_path(host, fd, kPathCreateDirectory, {path, size}, false, [&](const Walk& walk) {
    if (walk.name().empty()) return kExists;
    const Errno error = ask(system, system.create_directory, walk.directory(), walk.name());
    return error == kLoop ? kExists : error;
  });
}

uint32_t path_remove_directory(Host& host, uint32_t fd, uint32_t path, uint32_t size) {
  const FileSystem& system = files_of(host).system();
  return at_path(host, fd, kPathRemoveDirectory, {path, size}, false, [&](const Walk& walk) {
    if (walk.name().empty()) return kInvalid;
    const Errno error = ask(system, system.remove_directory, walk.directory(), walk.name());
    return error == kLoop ? kNotDirectory : error;
  });
}

uint32_t path_unlink_file(Host& host, uint32_t fd, uint32_t path, uint32_t size) {
  const FileSystem& system = files_of(host).system();
  return at_path(host, fd, kPathUnlinkFile, {path, size}, false, [&](const Walk& walk) {
    if (walk.name().empty()) return kIsDirectory;
    const Errno error = check_slash(system, walk);
    if (error != kSuccess) return error;
    if (walk.ends_in_slash()) return kIsDirectory;
    return ask(system, system.unlink, walk.directory(), walk.name());
  });
}

uint32_t path_rename(Host& host, uint32_t old_fd, uint32_t old_path, uint32_t old_size,
                     uint32_t new_fd, uint32_t new_path, uint32_t new_size) {
  const FileSystem& system = files_of(host).system();
  return at_paths(
      host, old_fd, kPathRenameSource, {old_path, old_size}, new_fd, kPathRenameTarget,
      {new_path, new_size}, [&](const Walk& from, const Walk& to) {
        if (from.name().empty() || to.name().empty()) return kBusy;
        if (from.ends_in_slash() || to.ends_in_slash()) {
          FileStat stat;
          const Errno error = ask(system, system.stat_at, from.directory(), from.name(), &stat);
          if (error != kSuccess) return error;
          if (stat.type != FileType::kDirectory) return kNotDirectory;
        }
        return ask(system, system.rename, from.directory(), from.name(), to.directory(), to.name());
      });
}

// Links to what a symbolic link leads to are refused.
uint32_t path_link(Host& host, uint32_t old_fd, uint32_t lookup, uint32_t old_path,
                   uint32_t old_size, uint32_t new_fd, uint32_t new_path, uint32_t new_size) {
  if (lookup != 0) return kInvalid;
  const FileSystem& system = files_of(host).system();
  return at_paths(
      host, old_fd, kPathLinkSource, {old_path, old_size}, new_fd, kPathLinkTarget,
      {new_path, new_size}, [&](const Walk& from, const Walk& to) {
        if (from.name().empty()) return kPermission;
        if (to.name().empty()) return kExists;
        const Errno error = check_slash(system, from);
        if (error != kSuccess) return error;
        if (to.ends_in_slash()) {
          FileStat stat;
          const Errno missing = ask(system, system.stat_at, to.directory(), to.name(), &stat);
          return missing == kSuccess ? kExists : missing;
        }
        return ask(system, system.link, from.directory(), from.name(), to.directory(), to.name());
      });
}

// ---- Symbolic links --------------------------------------------------------------------------

// A link may lead anywhere, as nothing follows it out of the guest's directory; but an absolute one
// would only be there to mislead others.
uint32_t path_symlink(Host& host, uint32_t text, uint32_t text_size, uint32_t fd, uint32_t path,
                      uint32_t size) {
  WasiFiles& files = files_of(host);
  const FileSystem& system = files.system();
  WasiDescriptor* directory = nullptr;
  Errno error = find_directory(host, fd, kPathSymlink, &directory);
  StringView link;
  StringView name;
  if (error == kSuccess) {
    error = get_texts(host, {text, text_size}, {path, size}, &link, &name);
  }
  if (error == kSuccess) error = check_text(link);
  if (error != kSuccess) return error;
  Walk walk(system, links_for(files, 0, 1), directory->handle, name);
  error = walk.to_last();
  if (error != kSuccess) return error;
  if (walk.name().empty()) return kExists;
  if (walk.ends_in_slash()) {
    FileStat stat;
    error = ask(system, system.stat_at, walk.directory(), walk.name(), &stat);
    return error == kSuccess ? kExists : error;
  }
  return ask(system, system.create_link, link, walk.directory(), walk.name());
}

uint32_t path_readlink(Host& host, uint32_t fd, uint32_t path, uint32_t size, uint32_t text,
                       uint32_t text_size, uint32_t used_at) {
  WasiFiles& files = files_of(host);
  const FileSystem& system = files.system();
  WasiDescriptor* directory = nullptr;
  Errno error = find_directory(host, fd, kPathReadLink, &directory);
  if (error == kSuccess && host.touch(used_at, 4) != ErrorCode::kOk) error = kFault;
  StringView name;
  StringView out;
  if (error == kSuccess) error = get_texts(host, {path, size}, {text, text_size}, &name, &out);
  if (error != kSuccess) return error;
  if (out.empty()) return kInvalid;
  Walk walk(system, links_for(files, 0, 1), directory->handle, name);
  error = walk.to_last();
  if (error != kSuccess) return error;
  if (walk.name().empty()) return kInvalid;
  error = check_slash(system, walk);
  if (error != kSuccess) return error;
  size_t used = 0;
  error = ask(system, system.read_link, walk.directory(), walk.name(),
              MutableBytes(reinterpret_cast<uint8_t*>(const_cast<char*>(out.data())), out.size()),
              &used);
  if (error != kSuccess) return error;
  return put_u32(host, used_at, static_cast<uint32_t>(used)) ? kSuccess : kFault;
}

// ---- What a name stands for ------------------------------------------------------------------

uint32_t path_filestat_get(Host& host, uint32_t fd, uint32_t lookup, uint32_t path, uint32_t size,
                           uint32_t at) {
  if (lookup > kFollow) return kInvalid;
  const FileSystem& system = files_of(host).system();
  const bool follow = lookup != 0;
  FileStat stat;
  const Errno error =
      at_path(host, fd, kPathFilestatGet, {path, size}, follow,
              [&](const Walk& walk) { return stat_last(system, walk, follow, &stat); });
  return error == kSuccess ? put_stat(host, at, stat) : error;
}

uint32_t path_filestat_set_times(Host& host, uint32_t fd, uint32_t lookup, uint32_t path,
                                 uint32_t size, uint64_t accessed, uint64_t modified,
                                 uint32_t which) {
  FileTime times[2];
  const Errno error = get_times(which, accessed, modified, &times[0], &times[1]);
  if (lookup > kFollow || error != kSuccess) return kInvalid;
  const FileSystem& system = files_of(host).system();
  const bool follow = lookup != 0;
  return at_path(host, fd, kPathFilestatSetTimes, {path, size}, follow, [&](const Walk& walk) {
    FileStat stat;
    const Errno wrong = stat_last(system, walk, follow, &stat);
    if (wrong != kSuccess) return wrong;
    return ask(system, system.set_times_at, walk.directory(), walk.name(), times[0], times[1]);
  });
}

}  // namespace mote::wasi
