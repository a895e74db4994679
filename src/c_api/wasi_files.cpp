// Files for WASI in the C API (see mote/mote_wasi.h): a part of mote::wasi.
#include <mote/wasi_files.hpp>

#include "c_api/c_api.hpp"
#include "c_api/table_calls.hpp"

using namespace mote;
using namespace mote::c_api;

namespace {

MOTE_SAME_LAYOUT(mote_file_stat, FileStat);
MOTE_SAME_MEMBER(mote_file_stat, type, FileStat, type);
MOTE_SAME_MEMBER(mote_file_stat, links, FileStat, links);
MOTE_SAME_MEMBER(mote_file_stat, size, FileStat, size);
MOTE_SAME_MEMBER(mote_file_stat, modified, FileStat, modified);
MOTE_SAME_MEMBER(mote_file_stat, changed, FileStat, changed);
MOTE_SAME_LAYOUT(mote_file_mode, FileMode);
MOTE_SAME_MEMBER(mote_file_mode, write, FileMode, write);
MOTE_SAME_MEMBER(mote_file_mode, exclusive, FileMode, exclusive);
MOTE_SAME_MEMBER(mote_file_mode, directory, FileMode, directory);
MOTE_SAME_MEMBER(mote_file_mode, data_sync, FileMode, data_sync);
MOTE_SAME_LAYOUT(mote_file_time, FileTime);
MOTE_SAME_MEMBER(mote_file_time, nanoseconds, FileTime, nanoseconds);
static_assert(static_cast<int>(MOTE_TIME_SET) == static_cast<int>(FileTime::kSet) &&
                  static_cast<int>(MOTE_TIME_NOW) == static_cast<int>(FileTime::kNow),
              "FileTime");
MOTE_SAME_LAYOUT(mote_directory_entry, DirectoryEntry);
MOTE_SAME_MEMBER(mote_directory_entry, inode, DirectoryEntry, inode);
MOTE_SAME_MEMBER(mote_directory_entry, type, DirectoryEntry, type);
MOTE_SAME_MEMBER(mote_directory_entry, name, DirectoryEntry, name);
static_assert(MOTE_FILE_END == FileSystem::kAtEnd, "kAtEnd");
static_assert(static_cast<int>(MOTE_FILE_SYMBOLIC_LINK) ==
                  static_cast<int>(FileType::kSymbolicLink),
              "FileType");

MOTE_SAME_LAYOUT(mote_wasi_descriptor, WasiDescriptor);
MOTE_SAME_MEMBER(mote_wasi_descriptor, flags, WasiDescriptor, flags);
MOTE_SAME_MEMBER(mote_wasi_descriptor, handle, WasiDescriptor, handle);
MOTE_SAME_MEMBER(mote_wasi_descriptor, rights, WasiDescriptor, rights);
MOTE_SAME_MEMBER(mote_wasi_descriptor, inheriting, WasiDescriptor, inheriting);
MOTE_SAME_MEMBER(mote_wasi_descriptor, offset, WasiDescriptor, offset);
MOTE_SAME_MEMBER(mote_wasi_descriptor, is_preopened, WasiDescriptor, is_preopened);
MOTE_SAME_MEMBER(mote_wasi_descriptor, name, WasiDescriptor, name);

// What C calls a mote_wasi_files.
struct CWasiFiles {
  WasiFiles files;
  mote_file_system system;  // what its functions get as their context
};
MOTE_FITS(mote_wasi_files, CWasiFiles);
static_assert(sizeof(wasi::Errno) == sizeof(mote_errno), "Errno");
#define MOTE_SAME_ERRNO(c_name, cpp_name) \
  static_assert(static_cast<int>(c_name) == static_cast<int>(wasi::cpp_name), #c_name)
MOTE_SAME_ERRNO(MOTE_ERRNO_ACCESS, kAccess);
MOTE_SAME_ERRNO(MOTE_ERRNO_AGAIN, kAgain);
MOTE_SAME_ERRNO(MOTE_ERRNO_BAD_DESCRIPTOR, kBadDescriptor);
MOTE_SAME_ERRNO(MOTE_ERRNO_BUSY, kBusy);
MOTE_SAME_ERRNO(MOTE_ERRNO_QUOTA, kQuota);
MOTE_SAME_ERRNO(MOTE_ERRNO_EXISTS, kExists);
MOTE_SAME_ERRNO(MOTE_ERRNO_FILE_TOO_BIG, kFileTooBig);
MOTE_SAME_ERRNO(MOTE_ERRNO_INTERRUPTED, kInterrupted);
MOTE_SAME_ERRNO(MOTE_ERRNO_INVALID, kInvalid);
MOTE_SAME_ERRNO(MOTE_ERRNO_INPUT_OUTPUT, kInputOutput);
MOTE_SAME_ERRNO(MOTE_ERRNO_IS_DIRECTORY, kIsDirectory);
MOTE_SAME_ERRNO(MOTE_ERRNO_LOOP, kLoop);
MOTE_SAME_ERRNO(MOTE_ERRNO_TOO_MANY_FILES, kTooManyFiles);
MOTE_SAME_ERRNO(MOTE_ERRNO_TOO_MANY_LINKS, kTooManyLinks);
MOTE_SAME_ERRNO(MOTE_ERRNO_NAME_TOO_LONG, kNameTooLong);
MOTE_SAME_ERRNO(MOTE_ERRNO_SYSTEM_FILES, kSystemFiles);
MOTE_SAME_ERRNO(MOTE_ERRNO_NO_DEVICE, kNoDevice);
MOTE_SAME_ERRNO(MOTE_ERRNO_NO_ENTRY, kNoEntry);
MOTE_SAME_ERRNO(MOTE_ERRNO_NO_MEMORY, kNoMemory);
MOTE_SAME_ERRNO(MOTE_ERRNO_NO_SPACE, kNoSpace);
MOTE_SAME_ERRNO(MOTE_ERRNO_NOT_IMPLEMENTED, kNotImplemented);
MOTE_SAME_ERRNO(MOTE_ERRNO_NOT_DIRECTORY, kNotDirectory);
MOTE_SAME_ERRNO(MOTE_ERRNO_NOT_EMPTY, kNotEmpty);
MOTE_SAME_ERRNO(MOTE_ERRNO_NOT_SUPPORTED, kNotSupported);
MOTE_SAME_ERRNO(MOTE_ERRNO_PERMISSION, kPermission);
MOTE_SAME_ERRNO(MOTE_ERRNO_READ_ONLY, kReadOnly);
MOTE_SAME_ERRNO(MOTE_ERRNO_ILLEGAL_SEEK, kIllegalSeek);
MOTE_SAME_ERRNO(MOTE_ERRNO_CROSS_DEVICE, kCrossDevice);
MOTE_SAME_ERRNO(MOTE_ERRNO_NOT_CAPABLE, kNotCapable);

WasiFiles& of_files(mote_wasi_files* files) { return reinterpret_cast<CWasiFiles*>(files)->files; }

}  // namespace

void mote_wasi_files_init(mote_wasi_files* files, mote_wasi* streams,
                          const mote_file_system* system, mote_wasi_descriptor* descriptors,
                          size_t count, void* links, size_t links_size) {
  for (size_t i = 0; i < count; i++) new (&descriptors[i]) WasiDescriptor();
  CWasiFiles& made = *reinterpret_cast<CWasiFiles*>(files);
  made.system = system == nullptr ? mote_file_system() : *system;
  new (&made.files)
      WasiFiles(*reinterpret_cast<Wasi*>(streams), cpp_files(made.system),
                Span<WasiDescriptor>(reinterpret_cast<WasiDescriptor*>(descriptors), count),
                of(links, links == nullptr ? 0 : links_size));
}

void mote_wasi_files_destroy(mote_wasi_files* files) { of_files(files).~WasiFiles(); }

mote_errno mote_wasi_preopen(mote_wasi_files* files, const char* guest_name,
                             mote_file_handle directory) {
  return of_files(files).preopen(guest_name, directory);
}

mote_error_code mote_provide_wasi_files(mote_store* store, mote_wasi_files* files) {
  return give(c_api::of(store).provide(WasiFiles::functions(), files).code);
}
