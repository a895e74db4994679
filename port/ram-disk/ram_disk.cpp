// A file system in RAM: see mote/ram_disk.hpp.
//
// The memory is an array of blocks of 64 bytes. A block is a node (a file or a directory, with its
// name), or 62 bytes of a file, or free. Children of a directory are chained in the order of their
// serial numbers, which count up and are never used twice: a cookie of a listing is the serial
// number to go on with, right whatever is added or removed meanwhile. A node that is removed while
// somebody has it open loses its name at once and its blocks when it is closed.
//
//   directory --first--> node --next--> node --next--> node
//                                         |first
//                                         v
//                                     62 bytes --next--> 62 bytes
#include <string.h>

#include <mote/ram_disk.hpp>

namespace mote {

using wasi::Errno;

struct RamDisk::Node {
  uint64_t modified;
  uint32_t size;  // of a file
  uint32_t serial;
  Block parent;     // kNone: removed (the topmost directory is its own)
  Block next;       // in the parent
  Block first;      // child, or block of content
  uint16_t opened;  // handles
  uint8_t is_directory;
  uint8_t name_size;
  char name[kMaxName];
};

struct RamDisk::Data {
  static constexpr uint32_t kBytes = kBlockSize - sizeof(Block);
  Block next;
  uint8_t bytes[kBytes];
};

namespace {

// The first byte of `memory` that a block can begin at.
MutableBytes aligned(MutableBytes memory) {
  const size_t odd = reinterpret_cast<uintptr_t>(memory.data()) % alignof(uint64_t);
  const size_t skip = odd == 0 ? 0 : alignof(uint64_t) - odd;
  return skip > memory.size() ? MutableBytes() : memory.from(skip);
}

uint64_t smaller(uint64_t a, uint64_t b) { return a < b ? a : b; }

}  // namespace

RamDisk::RamDisk(MutableBytes memory, uint64_t (*now)()) : memory_(aligned(memory)), now_(now) {
  static_assert(sizeof(Node) <= kBlockSize && sizeof(Data) == kBlockSize);
  const size_t count = memory_.size() / kBlockSize;
  for (size_t i = count < kNone ? count : kNone; i-- > 0;) give_back(static_cast<Block>(i));
  const Block root = take();  // block 0
  if (root == kNone) return;
  Node& top = node(root);
  memset(static_cast<void*>(&top), 0, sizeof top);
  top.serial = next_serial_++;
  top.parent = root;
  top.next = top.first = kNone;
  top.is_directory = 1;
}

FileHandle RamDisk::root() {
  node(0).opened++;
  return 0;
}

RamDisk::Node& RamDisk::node(uint32_t block) const {
  return *reinterpret_cast<Node*>(memory_.data() + block * kBlockSize);
}
RamDisk::Data& RamDisk::data(Block block) const {
  return *reinterpret_cast<Data*>(memory_.data() + block * kBlockSize);
}

RamDisk::Block RamDisk::take() {
  const Block block = free_;
  if (block == kNone) return block;
  free_ = data(block).next;
  free_count_--;
  return block;
}

void RamDisk::give_back(Block block) {
  data(block).next = free_;
  free_ = block;
  free_count_++;
}

bool RamDisk::is_directory(uint32_t block) const { return node(block).is_directory != 0; }

void RamDisk::set_time(Node& file, uint64_t nanoseconds) { file.modified = nanoseconds; }

// ---- The tree --------------------------------------------------------------------------------

RamDisk::Block RamDisk::find(uint32_t directory, StringView name) const {
  for (Block each = node(directory).first; each != kNone; each = node(each).next) {
    if (StringView(node(each).name, node(each).name_size) == name) return each;
  }
  return kNone;
}

// Puts a node behind the other children of a directory.
void RamDisk::attach(Block block, uint32_t directory, StringView name) {
  Node& child = node(block);
  child.parent = static_cast<Block>(directory);
  child.next = kNone;
  child.serial = next_serial_++;
  child.name_size = static_cast<uint8_t>(name.size());
  memcpy(child.name, name.data(), name.size());
  Node& parent = node(directory);
  touch(parent);
  if (parent.first == kNone) {
    parent.first = block;
    return;
  }
  Block last = parent.first;
  while (node(last).next != kNone) last = node(last).next;
  node(last).next = block;
}

// Takes a node out of its directory.
void RamDisk::detach(Block block) {
  Node& parent = node(node(block).parent);
  touch(parent);
  Block* link = &parent.first;
  while (*link != block) link = &node(*link).next;
  *link = node(block).next;
  node(block).parent = kNone;
}

Errno RamDisk::create(uint32_t directory, StringView name, bool is_directory, Block* made) {
  if (name.size() > kMaxName) return wasi::kNameTooLong;
  if (node(directory).parent == kNone) return wasi::kNoEntry;  // it was removed
  const Block block = take();
  if (block == kNone) return wasi::kNoSpace;
  Node& child = node(block);
  memset(static_cast<void*>(&child), 0, sizeof child);
  child.first = kNone;
  child.is_directory = is_directory ? 1 : 0;
  touch(child);
  attach(block, directory, name);
  *made = block;
  return wasi::kSuccess;
}

// Frees a node that has neither a name nor handles.
void RamDisk::release(Block block) {
  Node& file = node(block);
  if (file.parent != kNone || file.opened != 0) return;
  if (file.is_directory == 0) (void)resize(file, 0);
  give_back(block);
}

// ---- Content ---------------------------------------------------------------------------------

// The block that has the byte at `offset`, which is in the file.
RamDisk::Block RamDisk::block_at(const Node& file, uint64_t offset) const {
  Block block = file.first;
  for (; offset >= Data::kBytes; offset -= Data::kBytes) block = data(block).next;
  return block;
}

// New bytes are zero. Either all of it is done, or nothing.
Errno RamDisk::resize(Node& file, uint64_t size) {
  const auto blocks_of = [](uint64_t bytes) { return (bytes + Data::kBytes - 1) / Data::kBytes; };
  if (size > UINT32_MAX) return wasi::kFileTooBig;
  uint64_t have = blocks_of(file.size);
  const uint64_t want = blocks_of(size);
  if (want > have && want - have > free_count_) return wasi::kNoSpace;
  // The rest of a block behind the end is kept zero, so that growing in it needs nothing.
  if (size < file.size && size % Data::kBytes != 0) {
    const uint32_t kept = static_cast<uint32_t>(size % Data::kBytes);
    memset(data(block_at(file, size)).bytes + kept, 0, Data::kBytes - kept);
  }
  Block* link = &file.first;
  for (uint64_t i = 0; i < smaller(have, want); i++) link = &data(*link).next;
  for (; have < want; have++) {
    *link = take();
    Data& fresh = data(*link);
    memset(fresh.bytes, 0, sizeof fresh.bytes);
    fresh.next = kNone;
    link = &fresh.next;
  }
  Block rest = *link;
  *link = kNone;
  for (; have > want; have--) {
    const Block next = data(rest).next;
    give_back(rest);
    rest = next;
  }
  file.size = static_cast<uint32_t>(size);
  return wasi::kSuccess;
}

void RamDisk::describe(Block block, FileStat* stat) const {
  const Node& file = node(block);
  stat->device = 1;
  stat->inode = block + uint64_t{1};
  stat->type = file.is_directory != 0 ? FileType::kDirectory : FileType::kRegularFile;
  stat->links = file.parent == kNone ? 0 : 1;
  stat->size = file.size;
  stat->accessed = stat->modified = stat->changed = file.modified;
}

// ---- What WASI asks for ----------------------------------------------------------------------

struct RamDiskCalls {
  using Block = RamDisk::Block;
  using Node = RamDisk::Node;
  using Data = RamDisk::Data;
  static constexpr Block kNone = RamDisk::kNone;

  static RamDisk& disk(void* context) { return *static_cast<RamDisk*>(context); }
  // An empty name is the directory itself.
  static Block find(RamDisk& disk, FileHandle directory, StringView name) {
    return name.empty() ? static_cast<Block>(directory) : disk.find(directory, name);
  }

  static Errno open(void* context, FileHandle directory, StringView name, const FileMode& mode,
                    FileHandle* handle, FileType* type) {
    RamDisk& self = disk(context);
    Block block = find(self, directory, name);
    if (block == kNone && !mode.create) return wasi::kNoEntry;
    if (block != kNone && mode.create && mode.exclusive) return wasi::kExists;
    if (block == kNone) {
      const Errno error = self.create(directory, name, false, &block);
      if (error != wasi::kSuccess) return error;
    }
    const bool is_directory = self.is_directory(block);
    if ((mode.directory || mode.lookup) && !is_directory) return wasi::kNotDirectory;
    if (is_directory && (mode.write || mode.truncate || mode.create)) return wasi::kIsDirectory;
    Node& file = self.node(block);
    if (file.opened == UINT16_MAX) return wasi::kSystemFiles;
    if (mode.truncate) {
      (void)self.resize(file, 0);
      self.touch(file);
    }
    file.opened++;
    *handle = block;
    *type = is_directory ? FileType::kDirectory : FileType::kRegularFile;
    return wasi::kSuccess;
  }

  static void close(void* context, FileHandle handle) {
    disk(context).node(handle).opened--;
    disk(context).release(static_cast<Block>(handle));
  }

  static Errno read(void* context, FileHandle handle, uint64_t offset, MutableBytes bytes,
                    size_t* count) {
    const RamDisk& self = disk(context);
    const Node& file = self.node(handle);
    *count = 0;
    if (offset >= file.size) return wasi::kSuccess;
    const size_t want = static_cast<size_t>(smaller(bytes.size(), file.size - offset));
    Block block = self.block_at(file, offset);
    size_t at = static_cast<size_t>(offset % Data::kBytes);
    for (; *count < want; at = 0) {
      const Data& data = self.data(block);
      const size_t size = static_cast<size_t>(smaller(Data::kBytes - at, want - *count));
      memcpy(bytes.data() + *count, data.bytes + at, size);
      *count += size;
      block = data.next;
    }
    return wasi::kSuccess;
  }

  // When there is no room for all, as much is written as there is room for.
  static Errno write(void* context, FileHandle handle, uint64_t offset, Bytes bytes,
                     size_t* count) {
    RamDisk& self = disk(context);
    Node& file = self.node(handle);
    *count = 0;
    if (offset == FileSystem::kAtEnd) offset = file.size;
    if (offset > UINT32_MAX || bytes.size() > UINT32_MAX - offset) return wasi::kFileTooBig;
    const uint64_t in_blocks = (uint64_t{file.size} + Data::kBytes - 1) / Data::kBytes;
    const uint64_t most = (in_blocks + self.free_count_) * Data::kBytes;
    if (!bytes.empty() && offset >= most) return wasi::kNoSpace;
    const size_t want = static_cast<size_t>(smaller(bytes.size(), most - offset));
    if (offset + want > file.size) {
      const Errno error = self.resize(file, offset + want);
      if (error != wasi::kSuccess) return error;
    }
    Block block = want == 0 ? kNone : self.block_at(file, offset);
    size_t at = static_cast<size_t>(offset % Data::kBytes);
    for (; *count < want; at = 0) {
      Data& data = self.data(block);
      const size_t size = static_cast<size_t>(smaller(Data::kBytes - at, want - *count));
      memcpy(data.bytes + at, bytes.data() + *count, size);
      *count += size;
      block = data.next;
    }
    self.touch(file);
    return wasi::kSuccess;
  }

  static Errno stat(void* context, FileHandle handle, FileStat* stat) {
    disk(context).describe(static_cast<Block>(handle), stat);
    return wasi::kSuccess;
  }
  static Errno stat_at(void* context, FileHandle directory, StringView name, FileStat* stat) {
    const Block block = find(disk(context), directory, name);
    if (block == kNone) return wasi::kNoEntry;
    disk(context).describe(block, stat);
    return wasi::kSuccess;
  }

  static Errno set_size(void* context, FileHandle handle, uint64_t size) {
    RamDisk& self = disk(context);
    const Errno error = self.resize(self.node(handle), size);
    if (error == wasi::kSuccess) self.touch(self.node(handle));
    return error;
  }
  static Errno allocate(void* context, FileHandle handle, uint64_t offset, uint64_t size) {
    if (offset + size <= disk(context).node(handle).size) return wasi::kSuccess;
    return set_size(context, handle, offset + size);
  }

  // There is one time, that of modification.
  static Errno set_times(void* context, FileHandle handle, const FileTime&,
                         const FileTime& modified) {
    RamDisk& self = disk(context);
    Node& file = self.node(handle);
    if (modified.kind == FileTime::kNow) self.touch(file);
    if (modified.kind == FileTime::kSet) self.set_time(file, modified.nanoseconds);
    return wasi::kSuccess;
  }
  static Errno set_times_at(void* context, FileHandle directory, StringView name,
                            const FileTime& accessed, const FileTime& modified) {
    const Block block = find(disk(context), directory, name);
    if (block == kNone) return wasi::kNoEntry;
    return set_times(context, block, accessed, modified);
  }

  static Errno read_directory(void* context, FileHandle directory, uint64_t cookie,
                              DirectorySink sink, void* to) {
    const RamDisk& self = disk(context);
    DirectoryEntry entry;
    entry.type = FileType::kDirectory;
    entry.inode = directory + uint64_t{1};
    entry.name = ".";
    entry.next = 1;
    if (cookie == 0 && !sink(to, entry)) return wasi::kSuccess;
    entry.name = "..";
    entry.next = 2;
    if (cookie <= 1 && !sink(to, entry)) return wasi::kSuccess;
    for (Block each = self.node(directory).first; each != kNone; each = self.node(each).next) {
      const Node& child = self.node(each);
      if (child.serial < cookie) continue;
      entry.type = child.is_directory != 0 ? FileType::kDirectory : FileType::kRegularFile;
      entry.inode = each + uint64_t{1};
      entry.name = StringView(child.name, child.name_size);
      entry.next = uint64_t{child.serial} + 1;
      if (!sink(to, entry)) return wasi::kSuccess;
    }
    return wasi::kSuccess;
  }

  static Errno create_directory(void* context, FileHandle directory, StringView name) {
    RamDisk& self = disk(context);
    if (self.find(directory, name) != kNone) return wasi::kExists;
    Block made;
    return self.create(directory, name, true, &made);
  }

  static Errno remove_directory(void* context, FileHandle directory, StringView name) {
    RamDisk& self = disk(context);
    const Block block = self.find(directory, name);
    if (block == kNone) return wasi::kNoEntry;
    if (!self.is_directory(block)) return wasi::kNotDirectory;
    if (self.node(block).first != kNone) return wasi::kNotEmpty;
    self.detach(block);
    self.release(block);
    return wasi::kSuccess;
  }

  static Errno unlink(void* context, FileHandle directory, StringView name) {
    RamDisk& self = disk(context);
    const Block block = self.find(directory, name);
    if (block == kNone) return wasi::kNoEntry;
    if (self.is_directory(block)) return wasi::kIsDirectory;
    self.detach(block);
    self.release(block);
    return wasi::kSuccess;
  }

  // Whether a directory is `node` or below it.
  static bool is_within(const RamDisk& self, FileHandle directory, Block node) {
    Block above = static_cast<Block>(directory);
    while (above != node) {
      const Block next = self.node(above).parent;
      if (next == above || next == kNone) return false;
      above = next;
    }
    return true;
  }

  static Errno rename(void* context, FileHandle from, StringView old_name, FileHandle to,
                      StringView new_name) {
    RamDisk& self = disk(context);
    const Block block = self.find(from, old_name);
    if (block == kNone) return wasi::kNoEntry;
    if (new_name.size() > RamDisk::kMaxName) return wasi::kNameTooLong;
    if (self.node(to).parent == kNone) return wasi::kNoEntry;
    if (is_within(self, to, block)) return wasi::kInvalid;  // a directory into itself
    const Block old = self.find(to, new_name);
    if (old == block) return wasi::kSuccess;
    if (old != kNone) {
      if (is_within(self, from, old)) return wasi::kNotEmpty;
      const bool is_directory = self.is_directory(block);
      if (!is_directory && self.is_directory(old)) return wasi::kIsDirectory;
      if (is_directory && !self.is_directory(old)) return wasi::kNotDirectory;
      if (is_directory && self.node(old).first != kNone) return wasi::kNotEmpty;
      self.detach(old);
      self.release(old);
    }
    self.detach(block);
    self.attach(block, to, new_name);
    return wasi::kSuccess;
  }
};

FileSystem RamDisk::file_system() {
  FileSystem system;
  system.context = this;
  system.open = RamDiskCalls::open;
  system.close = RamDiskCalls::close;
  system.read = RamDiskCalls::read;
  system.write = RamDiskCalls::write;
  system.stat = RamDiskCalls::stat;
  system.stat_at = RamDiskCalls::stat_at;
  system.set_size = RamDiskCalls::set_size;
  system.allocate = RamDiskCalls::allocate;
  system.set_times = RamDiskCalls::set_times;
  system.set_times_at = RamDiskCalls::set_times_at;
  system.read_directory = RamDiskCalls::read_directory;
  system.create_directory = RamDiskCalls::create_directory;
  system.remove_directory = RamDiskCalls::remove_directory;
  system.unlink = RamDiskCalls::unlink;
  system.rename = RamDiskCalls::rename;
  return system;
}

}  // namespace mote
