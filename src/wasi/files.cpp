// The files of a guest (see mote/wasi_files.hpp): its descriptors, and the table of functions.
#include <mote/wasi_files.hpp>

#include "wasi/file_calls.hpp"
#include "wasi/streams.hpp"

namespace mote {

namespace wasi {

namespace {

uint32_t not_a_socket(Host& host, uint32_t fd) {
  return files_of(host).find(fd) == nullptr ? kBadDescriptor : kNotSocket;
}
uint32_t sock_accept(Host& host, uint32_t fd, uint32_t, uint32_t) { return not_a_socket(host, fd); }
uint32_t sock_recv(Host& host, uint32_t fd, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t) {
  return not_a_socket(host, fd);
}
uint32_t sock_send(Host& host, uint32_t fd, uint32_t, uint32_t, uint32_t, uint32_t) {
  return not_a_socket(host, fd);
}
uint32_t sock_shutdown(Host& host, uint32_t fd, uint32_t) { return not_a_socket(host, fd); }

template <auto kFunction>
constexpr HostFunction entry(const char* name) {
  return host_function<kFunction>("wasi_snapshot_preview1", name);
}

constexpr HostFunction kFileFunctions[] = {
    entry<file_advise>("fd_advise"),
    entry<file_allocate>("fd_allocate"),
    entry<file_close>("fd_close"),
    entry<file_datasync>("fd_datasync"),
    entry<file_fdstat_get>("fd_fdstat_get"),
    entry<file_fdstat_set_flags>("fd_fdstat_set_flags"),
    entry<file_fdstat_set_rights>("fd_fdstat_set_rights"),
    entry<file_filestat_get>("fd_filestat_get"),
    entry<file_filestat_set_size>("fd_filestat_set_size"),
    entry<file_filestat_set_times>("fd_filestat_set_times"),
    entry<file_pread>("fd_pread"),
    entry<file_prestat_get>("fd_prestat_get"),
    entry<file_prestat_dir_name>("fd_prestat_dir_name"),
    entry<file_pwrite>("fd_pwrite"),
    entry<file_read>("fd_read"),
    entry<file_readdir>("fd_readdir"),
    entry<file_renumber>("fd_renumber"),
    entry<file_seek>("fd_seek"),
    entry<file_sync>("fd_sync"),
    entry<file_tell>("fd_tell"),
    entry<file_write>("fd_write"),
    entry<path_create_directory>("path_create_directory"),
    entry<path_filestat_get>("path_filestat_get"),
    entry<path_filestat_set_times>("path_filestat_set_times"),
    entry<path_link>("path_link"),
    entry<path_open>("path_open"),
    entry<path_readlink>("path_readlink"),
    entry<path_remove_directory>("path_remove_directory"),
    entry<path_rename>("path_rename"),
    entry<path_symlink>("path_symlink"),
    entry<path_unlink_file>("path_unlink_file"),
    entry<file_poll>("poll_oneoff"),
    entry<sock_accept>("sock_accept"),
    entry<sock_recv>("sock_recv"),
    entry<sock_send>("sock_send"),
    entry<sock_shutdown>("sock_shutdown"),
};

}  // namespace

}  // namespace wasi

WasiFiles::WasiFiles(Wasi& streams, const FileSystem& files, Span<WasiDescriptor> descriptors,
                     MutableBytes links)
    : streams_(streams), system_(files), descriptors_(descriptors), links_(links) {
  for (uint32_t fd = 0; fd < 3 && fd < descriptors_.size(); fd++) {
    WasiDescriptor& stream = descriptors_[fd];
    stream.kind = WasiDescriptor::kStream;
    stream.type = FileType::kCharacterDevice;
    stream.handle = fd;
    stream.rights = wasi::stream_rights(fd);
  }
}

WasiFiles::~WasiFiles() {
  for (WasiDescriptor& descriptor : descriptors_) close(descriptor);
}

wasi::Errno WasiFiles::preopen(StringView guest_name, FileHandle directory) {
  uint32_t fd = 0;
  if (!find_free(&fd)) {
    if (system_.close != nullptr) system_.close(system_.context, directory);
    return wasi::kTooManyFiles;
  }
  WasiDescriptor& descriptor = descriptors_[fd];
  descriptor.kind = WasiDescriptor::kDirectory;
  descriptor.type = FileType::kDirectory;
  descriptor.handle = directory;
  descriptor.rights = wasi::kDirectoryRights;
  descriptor.inheriting = wasi::kAllRights;
  descriptor.is_preopened = true;
  descriptor.name = guest_name;
  return wasi::kSuccess;
}

WasiDescriptor* WasiFiles::find(uint32_t fd) const {
  if (fd >= descriptors_.size()) return nullptr;
  WasiDescriptor& descriptor = descriptors_[fd];
  return descriptor.kind == WasiDescriptor::kFree ? nullptr : &descriptor;
}

bool WasiFiles::find_free(uint32_t* fd) const {
  for (uint32_t i = 0; i < descriptors_.size(); i++) {
    if (descriptors_[i].kind != WasiDescriptor::kFree) continue;
    *fd = i;
    return true;
  }
  return false;
}

void WasiFiles::close(WasiDescriptor& descriptor) {
  const bool is_open =
      descriptor.kind == WasiDescriptor::kFile || descriptor.kind == WasiDescriptor::kDirectory;
  if (is_open && system_.close != nullptr) system_.close(system_.context, descriptor.handle);
  descriptor = WasiDescriptor();
}

Span<const HostFunction> WasiFiles::functions() { return wasi::kFileFunctions; }

}  // namespace mote
