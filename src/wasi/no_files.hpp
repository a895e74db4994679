// The functions of WASI for files and directories, for a guest that has none: the right signatures,
// and the errors that say so. No descriptor names a file; a path always needs a directory.
#pragma once

#include <stdint.h>

#include "wasi/memory.hpp"

namespace mote::wasi {

using u32 = uint32_t;
using u64 = uint64_t;

inline u32 fd_advise(u32, u64, u64, u32) { return kBadDescriptor; }
inline u32 fd_allocate(u32, u64, u64) { return kBadDescriptor; }
inline u32 fd_datasync(u32) { return kBadDescriptor; }
inline u32 fd_fdstat_set_rights(u32, u64, u64) { return kBadDescriptor; }
inline u32 fd_filestat_set_size(u32, u64) { return kBadDescriptor; }
inline u32 fd_filestat_set_times(u32, u64, u64, u32) { return kBadDescriptor; }
inline u32 fd_pread(u32, u32, u32, u64, u32) { return kBadDescriptor; }
inline u32 fd_prestat_dir_name(u32, u32, u32) { return kBadDescriptor; }
// A libc asks for descriptor 3, 4, ... until it hears that there is none.
inline u32 fd_prestat_get(u32, u32) { return kBadDescriptor; }
inline u32 fd_pwrite(u32, u32, u32, u64, u32) { return kBadDescriptor; }
inline u32 fd_readdir(u32, u32, u32, u64, u32) { return kBadDescriptor; }
inline u32 fd_renumber(u32, u32) { return kBadDescriptor; }
inline u32 fd_sync(u32) { return kBadDescriptor; }
inline u32 path_create_directory(u32, u32, u32) { return kNotCapable; }
inline u32 path_filestat_get(u32, u32, u32, u32, u32) { return kNotCapable; }
inline u32 path_filestat_set_times(u32, u32, u32, u32, u64, u64, u32) { return kNotCapable; }
inline u32 path_link(u32, u32, u32, u32, u32, u32, u32) { return kNotCapable; }
inline u32 path_open(u32, u32, u32, u32, u32, u64, u64, u32, u32) { return kNotCapable; }
inline u32 path_readlink(u32, u32, u32, u32, u32, u32) { return kNotCapable; }
inline u32 path_remove_directory(u32, u32, u32) { return kNotCapable; }
inline u32 path_rename(u32, u32, u32, u32, u32, u32) { return kNotCapable; }
inline u32 path_symlink(u32, u32, u32, u32, u32) { return kNotCapable; }
inline u32 path_unlink_file(u32, u32, u32) { return kNotCapable; }

}  // namespace mote::wasi
