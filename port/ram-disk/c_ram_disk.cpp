// The file system in RAM for programs in C (see mote/mote_wasi.h).
#include <mote/ram_disk.hpp>

#include "base/placement_new.hpp"
#include "c_api/table_calls.hpp"

namespace {

static_assert(sizeof(mote_ram_disk) >= sizeof(mote::RamDisk), "mote_ram_disk is too small");
static_assert(alignof(mote_ram_disk) >= alignof(mote::RamDisk), "mote_ram_disk is not aligned");

mote::RamDisk& of(mote_ram_disk* disk) { return *reinterpret_cast<mote::RamDisk*>(disk); }
mote::FileSystem files_of(void* disk) {
  return of(static_cast<mote_ram_disk*>(disk)).file_system();
}

}  // namespace

void mote_ram_disk_init(mote_ram_disk* disk, void* memory, size_t size, uint64_t (*now)(void)) {
  const mote::MutableBytes bytes(static_cast<uint8_t*>(memory), size);
  new (disk) mote::RamDisk(bytes, now);
}

mote_file_system mote_ram_disk_file_system(mote_ram_disk* disk) {
  return mote::c_api::c_files<files_of>(disk);
}

mote_file_handle mote_ram_disk_root(mote_ram_disk* disk) { return of(disk).root(); }

uint32_t mote_ram_disk_free_blocks(const mote_ram_disk* disk) {
  return reinterpret_cast<const mote::RamDisk*>(disk)->free_blocks();
}
