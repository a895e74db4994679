// The functions of WASI on descriptors and paths, with the guest's parameters, and what they share.
#pragma once

#include <mote/wasi_files.hpp>

#include "wasi/memory.hpp"
#include "wasi/rights.hpp"

namespace mote::wasi {

// ---- On descriptors (file_calls.cpp) ---------------------------------------------------------

uint32_t file_advise(Host& host, uint32_t fd, uint64_t offset, uint64_t size, uint32_t advice);
uint32_t file_allocate(Host& host, uint32_t fd, uint64_t offset, uint64_t size);
uint32_t file_close(Host& host, uint32_t fd);
uint32_t file_datasync(Host& host, uint32_t fd);
uint32_t file_fdstat_get(Host& host, uint32_t fd, uint32_t at);
uint32_t file_fdstat_set_flags(Host& host, uint32_t fd, uint32_t flags);
uint32_t file_fdstat_set_rights(Host& host, uint32_t fd, uint64_t rights, uint64_t inheriting);
uint32_t file_filestat_get(Host& host, uint32_t fd, uint32_t at);
uint32_t file_filestat_set_size(Host& host, uint32_t fd, uint64_t size);
uint32_t file_filestat_set_times(Host& host, uint32_t fd, uint64_t accessed, uint64_t modified,
                                 uint32_t which);
uint32_t file_pread(Host& host, uint32_t fd, uint32_t list, uint32_t count, uint64_t offset,
                    uint32_t read_at);
uint32_t file_prestat_get(Host& host, uint32_t fd, uint32_t at);
uint32_t file_prestat_dir_name(Host& host, uint32_t fd, uint32_t at, uint32_t size);
uint32_t file_pwrite(Host& host, uint32_t fd, uint32_t list, uint32_t count, uint64_t offset,
                     uint32_t written_at);
uint32_t file_read(Host& host, uint32_t fd, uint32_t list, uint32_t count, uint32_t read_at);
uint32_t file_readdir(Host& host, uint32_t fd, uint32_t at, uint32_t size, uint64_t cookie,
                      uint32_t used_at);
uint32_t file_renumber(Host& host, uint32_t from, uint32_t to);
uint32_t file_seek(Host& host, uint32_t fd, int64_t delta, uint32_t whence, uint32_t at);
uint32_t file_sync(Host& host, uint32_t fd);
uint32_t file_tell(Host& host, uint32_t fd, uint32_t at);
uint32_t file_write(Host& host, uint32_t fd, uint32_t list, uint32_t count, uint32_t written_at);
uint32_t file_poll(Host& host, uint32_t in, uint32_t out, uint32_t count, uint32_t events_at);

// ---- On paths (path_calls.cpp): address and size of each path --------------------------------

uint32_t path_create_directory(Host& host, uint32_t fd, uint32_t path, uint32_t size);
uint32_t path_filestat_get(Host& host, uint32_t fd, uint32_t lookup, uint32_t path, uint32_t size,
                           uint32_t at);
uint32_t path_filestat_set_times(Host& host, uint32_t fd, uint32_t lookup, uint32_t path,
                                 uint32_t size, uint64_t accessed, uint64_t modified,
                                 uint32_t which);
uint32_t path_link(Host& host, uint32_t old_fd, uint32_t lookup, uint32_t old_path,
                   uint32_t old_size, uint32_t new_fd, uint32_t new_path, uint32_t new_size);
uint32_t path_open(Host& host, uint32_t fd, uint32_t lookup, uint32_t path, uint32_t size,
                   uint32_t how, uint64_t rights, uint64_t inheriting, uint32_t flags,
                   uint32_t fd_at);
uint32_t path_readlink(Host& host, uint32_t fd, uint32_t path, uint32_t size, uint32_t text,
                       uint32_t text_size, uint32_t used_at);
uint32_t path_remove_directory(Host& host, uint32_t fd, uint32_t path, uint32_t size);
uint32_t path_rename(Host& host, uint32_t old_fd, uint32_t old_path, uint32_t old_size,
                     uint32_t new_fd, uint32_t new_path, uint32_t new_size);
uint32_t path_symlink(Host& host, uint32_t text, uint32_t text_size, uint32_t fd, uint32_t path,
                      uint32_t size);
uint32_t path_unlink_file(Host& host, uint32_t fd, uint32_t path, uint32_t size);

// ---- Shared ----------------------------------------------------------------------------------

enum FdFlag : uint16_t { kAppend = 1, kDataSync = 2, kNonBlock = 4, kReadSync = 8, kSync = 16 };
constexpr uint16_t kAllFdFlags = 31;

inline WasiFiles& files_of(Host& host) { return host.context_as<WasiFiles>(); }

// Calls a function of the system; ENOTSUP if it has not got it.
template <class... P, class... A>
Errno ask(const FileSystem& system, Errno (*function)(void*, P...), const A&... arguments) {
  return function == nullptr ? kNotSupported : function(system.context, arguments...);
}

// The times that a guest wants to set: 1 accessed, 2 accessed is now, 4 modified, 8 modified is
// now.
Errno get_times(uint32_t which, uint64_t accessed, uint64_t modified, FileTime* accessed_time,
                FileTime* modified_time);
Errno put_stat(Host& host, uint32_t at, const FileStat& stat);

}  // namespace mote::wasi
