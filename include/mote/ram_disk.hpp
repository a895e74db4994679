// A file system in RAM for WasiFiles: for microcontrollers without a flash file system, for tests,
// and as an example of what a port to one looks like. In a library of its own (mote::ram_disk).
//
//   static uint8_t memory[4096];
//   RamDisk disk(memory);
//   WasiFiles files(wasi, disk.file_system(), descriptors);
//   (void)files.preopen("/", disk.root());
//
// Files and directories, no links. Each takes a block of 64 bytes, and files one more for every 62
// bytes of content. Reading and writing cost the number of blocks before the offset, looking for a
// name the number of entries of its directory. Takes constant time where no cost is given.
#pragma once

#include <stdint.h>

#include <mote/span.hpp>
#include <mote/wasi_files.hpp>

namespace mote {

// A file system in memory, for WasiFiles.
class RamDisk {
 public:
  static constexpr size_t kBlockSize = 64;  // bytes
  static constexpr size_t kMaxName = 32;    // bytes; longer names are ENAMETOOLONG

  // An empty disk in `memory`, which must outlive it; what is more than 4 MB is not used. `now`
  // gives nanoseconds since 1970; without it, files are from 1970 unless a guest sets their times.
  // Memory that is too small makes a disk without a root. Cost: the number of blocks.
  explicit RamDisk(MutableBytes memory, uint64_t (*now)() = nullptr);
  RamDisk(const RamDisk&) = delete;
  RamDisk& operator=(const RamDisk&) = delete;

  // Refers to this disk, which must outlive its users. Any number of WasiFiles can share a disk.
  FileSystem file_system();
  // Opens the topmost directory, to give it to WasiFiles::preopen(). Not if the memory is smaller
  // than a block.
  FileHandle root();

  // How many blocks of kBlockSize bytes are free.
  uint32_t free_blocks() const { return free_count_; }

 private:
  friend struct RamDiskCalls;
  using Block = uint16_t;  // its number
  static constexpr Block kNone = 0xFFFF;
  struct Node;
  struct Data;

  Node& node(uint32_t block) const;
  Data& data(Block block) const;
  Block take();
  void give_back(Block block);
  bool is_directory(uint32_t block) const;

  Block find(uint32_t directory, StringView name) const;
  wasi::Errno create(uint32_t directory, StringView name, bool is_directory, Block* made);
  void detach(Block block);
  void attach(Block block, uint32_t directory, StringView name);
  void release(Block block);
  wasi::Errno resize(Node& file, uint64_t size);
  Block block_at(const Node& file, uint64_t offset) const;
  void touch(Node& file) { set_time(file, now_ == nullptr ? 0 : now_()); }
  void set_time(Node& file, uint64_t nanoseconds);
  void describe(Block block, FileStat* stat) const;

  MutableBytes memory_;
  uint64_t (*now_)();
  uint32_t free_count_ = 0;
  Block free_ = kNone;        // the first, chained
  uint32_t next_serial_ = 2;  // cookies 0 and 1 are "." and ".."
};

}  // namespace mote
