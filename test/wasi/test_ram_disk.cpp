// The file system in RAM: alone, and beside the one of Linux, which must answer the same.
#include <algorithm>
#include <mote/ram_disk.hpp>
#include <random>

#include "guest.hpp"

namespace mote::test {
namespace {

constexpr uint32_t kData = WasiGuest::kData;
constexpr uint32_t kResult = WasiGuest::kResult;

struct DiskGuest {
  explicit DiskGuest(size_t bytes)
      : memory(bytes, 0xEE), disk({memory.data(), memory.size()}), guest({}, disk.file_system()) {
    EXPECT_EQ(guest.files().preopen("/", disk.root()), wasi::kSuccess);
  }
  std::vector<uint8_t> memory;
  RamDisk disk;
  WasiGuest guest;
};

std::vector<std::string> names(WasiGuest& guest, uint32_t fd) {
  std::vector<std::string> out;
  uint64_t cookie = 0;
  for (;;) {
    EXPECT_EQ(guest.call("fd_readdir", {fd, kData, 100, cookie, kResult}), 0u);
    const uint32_t used = guest.result();
    for (uint32_t at = 0; at + 24 <= used;) {
      const uint32_t length = static_cast<uint32_t>(guest.number(kData + at + 16, 4));
      if (at + 24 + length > used) break;
      cookie = guest.number(kData + at, 8);
      out.push_back(guest.get(kData + at + 24, length));
      at += 24 + length;
    }
    if (used < 100) break;
  }
  std::sort(out.begin(), out.end());
  return out;
}

TEST(RamDisk, IsFullWhenItIsFull) {
  DiskGuest disk(64 * 64);
  const uint32_t empty = disk.disk.free_blocks();
  EXPECT_EQ(empty, 63u);  // one is the topmost directory
  uint32_t fd = 0;
  ASSERT_EQ(disk.guest.open(3, "file", &fd, kReadWrite | 1 << 22 | 1 << 8, kOpenCreate), 0u);
  ASSERT_EQ(disk.guest.write(fd, std::string(5000, 'x')), 0u);
  EXPECT_EQ(disk.guest.result(), 62u * 62u);  // as much as there is room for
  EXPECT_EQ(disk.disk.free_blocks(), 0u);
  EXPECT_EQ(disk.guest.write(fd, "x"), wasi::kNoSpace);
  EXPECT_EQ(disk.guest.open(3, "other", nullptr, 0, kOpenCreate), wasi::kNoSpace);
  EXPECT_EQ(disk.guest.path_call("path_create_directory", 3, "d"), wasi::kNoSpace);
  EXPECT_EQ(disk.guest.call("fd_filestat_set_size", {fd, 5000}), wasi::kNoSpace);
  EXPECT_EQ(disk.guest.call("fd_filestat_set_size", {fd, uint64_t{1} << 40}), wasi::kFileTooBig);
  ASSERT_EQ(disk.guest.call("fd_filestat_set_size", {fd, 100}), 0u);
  EXPECT_EQ(disk.disk.free_blocks(), 60u);
  // Removed while it is open: still there for who has it.
  ASSERT_EQ(disk.guest.path_call("path_unlink_file", 3, "file"), 0u);
  EXPECT_EQ(disk.guest.open(3, "file", nullptr), wasi::kNoEntry);
  ASSERT_EQ(disk.guest.call("fd_seek", {fd, 0, 0, kResult}), 0u);
  EXPECT_EQ(disk.guest.read(fd), std::string(100, 'x'));
  ASSERT_EQ(disk.guest.call("fd_close", {fd}), 0u);
  EXPECT_EQ(disk.disk.free_blocks(), empty);
}

TEST(RamDisk, NothingLeadsOutOfIt) {
  DiskGuest disk(64 * 64);
  ASSERT_EQ(disk.guest.path_call("path_create_directory", 3, "a"), 0u);
  for (const char* path : {"..", "a/../..", "/", "/a", "a/../../a", "../a"}) {
    EXPECT_EQ(disk.guest.open(3, path, nullptr), wasi::kNotCapable) << path;
    EXPECT_EQ(disk.guest.stat(3, path), wasi::kNotCapable) << path;
  }
  EXPECT_EQ(disk.guest.make_link("a", 3, "link"), wasi::kNotSupported);
  EXPECT_EQ(disk.guest.hard_link(3, "a", 3, "link"), wasi::kNotSupported);
  EXPECT_EQ(disk.guest.open(3, std::string(33, 'x'), nullptr, 0, kOpenCreate), wasi::kNameTooLong);
  EXPECT_EQ(disk.guest.open(3, std::string(32, 'x'), nullptr, 0, kOpenCreate), 0u);
  EXPECT_EQ(disk.guest.rename(3, "a", 3, std::string(33, 'y')), wasi::kNameTooLong);
  EXPECT_EQ(disk.guest.rename(3, "a", 3, std::string(32, 'y')), 0u);
}

TEST(RamDisk, ADirectoryThatIsRemovedWhileOpenTakesNothingMore) {
  DiskGuest disk(64 * 64);
  ASSERT_EQ(disk.guest.path_call("path_create_directory", 3, "a"), 0u);
  ASSERT_EQ(disk.guest.open(3, "b", nullptr, 0, kOpenCreate), 0u);
  const uint32_t before = disk.disk.free_blocks();
  uint32_t fd = 0;
  ASSERT_EQ(disk.guest.open(3, "a", &fd, 1 << 17 | 1 << 13 | 1 << 10 | 1 << 9 | 1 << 14,
                            kOpenDirectory, 0, 0, kReadWrite),
            0u);
  ASSERT_EQ(disk.guest.path_call("path_remove_directory", 3, "a"), 0u);
  EXPECT_EQ(disk.guest.open(fd, "x", nullptr, 0, kOpenCreate), wasi::kNoEntry);
  EXPECT_EQ(disk.guest.path_call("path_create_directory", fd, "x"), wasi::kNoEntry);
  EXPECT_EQ(disk.guest.rename(3, "b", fd, "b"), wasi::kNoEntry);
  EXPECT_EQ(names(disk.guest, fd), (std::vector<std::string>{".", ".."}));
  EXPECT_EQ(disk.disk.free_blocks(), before);
  ASSERT_EQ(disk.guest.call("fd_close", {fd}), 0u);
  EXPECT_EQ(disk.disk.free_blocks(), before + 1);
}

TEST(RamDisk, OpensNothingMoreOftenThanItCanCount) {
  std::vector<uint8_t> memory(64 * 64);
  RamDisk disk({memory.data(), memory.size()});
  FileSystem system = disk.file_system();
  const FileHandle root = disk.root();
  FileMode mode;
  mode.create = true;
  FileHandle handle = 0;
  FileType type = FileType::kUnknown;
  for (uint32_t i = 0; i < UINT16_MAX; i++) {
    ASSERT_EQ(system.open(system.context, root, "file", mode, &handle, &type), wasi::kSuccess);
  }
  EXPECT_EQ(system.open(system.context, root, "file", mode, &handle, &type), wasi::kSystemFiles);
}

TEST(RamDisk, AListingGoesOnWhateverIsRemovedMeanwhile) {
  DiskGuest disk(64 * 64);
  for (int i = 0; i < 40; i++) {
    ASSERT_EQ(disk.guest.open(3, "f" + std::to_string(i), nullptr, 0, kOpenCreate), 0u);
  }
  // As "rm -r" does it: what was listed is removed before more is listed.
  uint64_t cookie = 0;
  int removed = 0;
  for (;;) {
    ASSERT_EQ(disk.guest.call("fd_readdir", {3, kData, 30, cookie, kResult}), 0u);
    if (disk.guest.result() < 24) break;
    const uint32_t length = static_cast<uint32_t>(disk.guest.number(kData + 16, 4));
    cookie = disk.guest.number(kData, 8);
    const std::string name = disk.guest.get(kData + 24, length);
    if (name[0] == '.') continue;
    ASSERT_EQ(disk.guest.path_call("path_unlink_file", 3, name), 0u);
    removed++;
  }
  EXPECT_EQ(removed, 40);
  EXPECT_EQ(disk.disk.free_blocks(), 63u);
}

TEST(RamDisk, WorksInAnyMemory) {
  for (size_t bytes = 64; bytes < 300; bytes++) {
    for (size_t skip = 0; skip < 9; skip++) {
      std::vector<uint8_t> memory(bytes + skip);
      RamDisk disk({memory.data() + skip, bytes});
      if (disk.free_blocks() == 0) continue;
      WasiGuest guest({}, disk.file_system());
      ASSERT_EQ(guest.files().preopen("/", disk.root()), wasi::kSuccess);
      EXPECT_EQ(guest.open(3, "file", nullptr, 0, kOpenCreate), 0u);
      bytes += 40;
    }
  }
}

// ---- Beside Linux ----------------------------------------------------------------------------

// The same calls to two guests.
class Both {
 public:
  explicit Both(uint32_t seed) : random_(seed), disk_(1 << 20), linux_({folder_ / "."}) {}

  void step() {
    const uint32_t pick = random_() % 100;
    if (pick < 12) {
      same("mkdir", [&, path = path()](WasiGuest& guest) {
        return guest.path_call("path_create_directory", 3, path);
      });
    } else if (pick < 20) {
      same("rmdir", [&, path = path()](WasiGuest& guest) {
        return guest.path_call("path_remove_directory", 3, path);
      });
    } else if (pick < 28) {
      same("unlink", [&, path = path()](WasiGuest& guest) {
        return guest.path_call("path_unlink_file", 3, path);
      });
    } else if (pick < 40) {
      same("rename", [&, from = path(), to = path()](WasiGuest& guest) {
        return guest.rename(3, from, 3, to);
      });
    } else if (pick < 52) {
      open();
    } else if (pick < 58) {
      same("stat", [&, path = path()](WasiGuest& guest) -> uint64_t {
        const uint32_t error = guest.stat(3, path);
        if (error != 0) return error;
        const uint64_t type = guest.number(kData + 16, 1);
        return 1000 + type + (type == 4 ? guest.number(kData + 32, 8) * 16 : 0);
      });
    } else if (!fds_.empty()) {
      use(fds_[random_() % fds_.size()], random_() % 7);
    }
  }

  void compare_lists() {
    std::vector<std::string> all[2];
    for (int which = 0; which < 2; which++) {
      WasiGuest& guest = which == 0 ? linux_ : disk_.guest;
      for (const char* path : {".", "a", "b", "a/b", "a/b/c", "b/a"}) {
        uint32_t fd = 0;
        if (guest.open(3, path, &fd, 1 << 14, kOpenDirectory) != 0) continue;
        all[which].push_back(path + std::string(":"));
        for (const std::string& name : names(guest, fd)) all[which].push_back(name);
        guest.call("fd_close", {fd});
      }
    }
    ASSERT_EQ(all[0], all[1]);
  }

 private:
  std::string path() {
    static const char* const kPaths[] = {"a",        "b",      "c",     "a/b", "a/c", "b/a",
                                         "a/b/c",    "a/../b", "./c",   "a/",  "..",  "c/.",
                                         "a/b/../c", "b//a",   "c/a/b", "a/b/"};
    return kPaths[random_() % (sizeof kPaths / sizeof *kPaths)];
  }

  // Both answer the same: error, or more.
  template <class Call>
  uint64_t same(const char* what, Call call) {
    const uint64_t of_linux = call(linux_);
    const uint64_t of_disk = call(disk_.guest);
    EXPECT_EQ(of_linux, of_disk) << what;
    return of_linux;
  }

  void open() {
    static const uint32_t kHow[] = {0,
                                    kOpenCreate,
                                    kOpenCreate | kOpenExclusive,
                                    kOpenTruncate,
                                    kOpenDirectory,
                                    kOpenCreate | kOpenTruncate};
    const uint32_t how = kHow[random_() % 6];
    const uint64_t rights = random_() % 2 == 0 ? kReadAndSeek : kReadWrite | 1 << 22;
    const uint32_t flags = random_() % 4 == 0 ? 1 : 0;  // append
    const std::string name = path();
    const uint64_t answer = same("open", [&](WasiGuest& guest) -> uint64_t {
      uint32_t fd = 0;
      const uint32_t error = guest.open(3, name, &fd, rights, how, 0, flags);
      return error != 0 ? error : 1000 + fd;
    });
    if (answer >= 1000) fds_.push_back(static_cast<uint32_t>(answer - 1000));
  }

  void use(uint32_t fd, uint32_t what) {
    const uint32_t size = random_() % 300;
    if (what == 0) {
      same("close", [&](WasiGuest& guest) { return guest.call("fd_close", {fd}); });
      fds_.erase(std::find(fds_.begin(), fds_.end(), fd));
    } else if (what == 1) {
      same("seek", [&](WasiGuest& guest) {
        const uint32_t error = guest.call("fd_seek", {fd, size, size % 3, kResult});
        return error != 0 ? error : 1000 + guest.number(kResult, 8);
      });
    } else if (what == 2) {
      same("resize", [&](WasiGuest& guest) {
        return guest.call("fd_filestat_set_size", {fd, size * 2});
      });
    } else if (what < 5) {
      const std::string bytes(size, static_cast<char>('a' + random_() % 26));
      same("write", [&](WasiGuest& guest) -> uint64_t {
        const uint32_t error = guest.write(fd, bytes);
        return error != 0 ? error : 1000 + guest.result();
      });
    } else {
      same("read", [&](WasiGuest& guest) -> uint64_t {
        guest.put_buffers({size, 50});
        const uint32_t error = guest.call("fd_read", {fd, WasiGuest::kPath2, 2, kResult});
        if (error != 0) return error;
        return 1000 + std::hash<std::string>()(guest.get(kData, guest.result())) % (1u << 30);
      });
    }
  }

  std::mt19937 random_;
  Folder folder_;
  DiskGuest disk_;
  WasiGuest linux_;
  std::vector<uint32_t> fds_;
};

TEST(RamDisk, AnswersLikeLinux) {
  for (uint32_t seed = 1; seed <= 20 && !testing::Test::HasFailure(); seed++) {
    SCOPED_TRACE(seed);
    Both both(seed);
    for (int i = 0; i < 400 && !testing::Test::HasFailure(); i++) both.step();
    both.compare_lists();
  }
}

}  // namespace
}  // namespace mote::test
