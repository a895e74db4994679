// A WASI program that keeps a log in a file, on a disk of 1 KB in RAM.
#include <mote/ram_disk.hpp>
#include <mote/wasi_files.hpp>

#include "files.wasm.hpp"
#include "wasi_program.hpp"

static uint8_t disk_memory[1024];

int main() {
  mote::Wasi wasi(mote::port::wasi_system());
  mote::RamDisk disk(disk_memory);
  mote::WasiDescriptor descriptors[6];
  mote::WasiFiles files(wasi, disk.file_system(), descriptors);
  boards::check(files.preopen("/", disk.root()) == mote::wasi::kSuccess, "preopen");
  const uint32_t free_blocks = disk.free_blocks();
  boards::BoardStore board;
  boards::check(board.store().provide(mote::Wasi::functions(), &wasi), "provide");
  boards::check(board.store().provide(mote::WasiFiles::functions(), &files), "provide");
  boards::run_program(board, mote::Bytes(kFiles));
  // The guest's directory is left, and none of its file's blocks.
  boards::check(disk.free_blocks() == free_blocks - 1, "free blocks", disk.free_blocks());
  board.report();
  return 0;
}
