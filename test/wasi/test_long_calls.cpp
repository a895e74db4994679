// Calls of WASI that a guest makes as long as it can: an interrupt ends them, or they are bounded.
#include <functional>

#include "guest.hpp"

namespace mote::test {
namespace {

constexpr uint32_t kList = WasiGuest::kPath2;
constexpr uint32_t kResult = WasiGuest::kResult;
constexpr uint32_t kBuffers = 1024;
constexpr uint32_t kBuffer = 200000;

// A system that counts how often it is asked to move something, and how much.
struct Mover {
  uint64_t moves = 0;
  uint64_t moved = 0;
  size_t largest = 0;
  int waits = 0;
  bool is_stuck = false;
  std::function<void()> on_move = [] {};

  void move(size_t size) {
    moves++;
    moved += size;
    largest = std::max(largest, size);
    on_move();
  }
  static Mover& of(void* self) { return *static_cast<Mover*>(self); }

  WasiSystem streams() {
    WasiSystem system;
    system.context = this;
    system.write = [](void* self, uint32_t, Bytes bytes) {
      of(self).move(bytes.size());
      return static_cast<int64_t>(bytes.size());
    };
    system.random = [](void* self, MutableBytes bytes) {
      of(self).move(bytes.size());
      return true;
    };
    system.ready = [](void* self, uint32_t, uint64_t) -> int64_t {
      of(self).waits++;
      of(self).on_move();
      return of(self).is_stuck ? 0 : 1;
    };
    return system;
  }
  FileSystem file_system() {
    FileSystem system;
    system.context = this;
    system.open = [](void*, FileHandle, StringView, const FileMode&, FileHandle* handle,
                     FileType* type) {
      *handle = 7;
      *type = FileType::kRegularFile;
      return wasi::kSuccess;
    };
    system.write = [](void* self, FileHandle, uint64_t, Bytes bytes, size_t* count) {
      of(self).move(bytes.size());
      *count = bytes.size();
      return wasi::kSuccess;
    };
    system.read = [](void* self, FileHandle, uint64_t, MutableBytes bytes, size_t* count) {
      of(self).move(bytes.size());
      *count = bytes.size();
      return wasi::kSuccess;
    };
    return system;
  }
};

struct MovingGuest : Mover, WasiGuest {
  MovingGuest() : WasiGuest({"/"}, file_system(), streams()) {
    for (uint32_t i = 0; i < kBuffers; i++) {  // all of them the same bytes
      put_number(kList + 8 * i, kData, 4);
      put_number(kList + 8 * i + 4, kBuffer, 4);
    }
    EXPECT_EQ(open(3, "file", &file, kReadWrite), 0u);
  }
  uint32_t move_all(const char* name, uint32_t fd) {
    return call(name, {fd, kList, kBuffers, kResult});
  }
  // A call of each kind. Which it was, and what it gave.
  void each(const std::function<void(const std::string&, uint32_t)>& then) {
    then("output", move_all("fd_write", 1));
    then("writing", move_all("fd_write", file));
    then("reading", move_all("fd_read", file));
    then("pwrite", call("fd_pwrite", {file, kList, kBuffers, 0, kResult}));
    then("pread", call("fd_pread", {file, kList, kBuffers, 0, kResult}));
  }

  uint32_t file = 0;
};

TEST(WasiLongCalls, AllOfAListIsMovedInSlices) {
  MovingGuest guest;
  guest.each([&](const std::string& what, uint32_t error) {
    EXPECT_EQ(error, 0u) << what;
    EXPECT_EQ(guest.result(), kBuffers * kBuffer) << what;
    EXPECT_EQ(guest.moved, kBuffers * kBuffer) << what;
    EXPECT_LE(guest.largest, what == "output" ? 4096u : 65536u) << what;
    guest.moved = guest.largest = 0;
  });
}

// The guest hears how much was moved until then, and loses nothing.
TEST(WasiLongCalls, AnInterruptEndsThemAfterASlice) {
  MovingGuest guest;
  guest.on_move = [&] { guest.execution().interrupt(); };
  guest.each([&](const std::string& what, uint32_t error) {
    EXPECT_EQ(error, 0u) << what;
    EXPECT_EQ(guest.moves, 1u) << what;
    EXPECT_EQ(guest.result(), guest.moved) << what;
    EXPECT_EQ(guest.moved, what == "output" ? 4096u : 65536u) << what;
    guest.moved = guest.moves = 0;
  });
}

TEST(WasiLongCalls, AnInterruptEndsManySmallBuffers) {
  for (const bool is_file : {false, true}) {
    MovingGuest guest;
    for (uint32_t i = 0; i < kBuffers; i++) guest.put_number(kList + 8 * i + 4, 10, 4);
    guest.on_move = [&] {
      if (guest.moves == 5) guest.execution().interrupt();
    };
    EXPECT_EQ(guest.move_all("fd_write", is_file ? guest.file : 1), 0u);
    EXPECT_EQ(guest.moves, 5u);
    EXPECT_EQ(guest.result(), 50u);
  }
}

// EINTR would cost a libc what it was about to write.
TEST(WasiLongCalls, AShortOneIsNotInterrupted) {
  MovingGuest guest;
  guest.execution().interrupt();
  guest.put_number(kList + 4, 10, 4);
  ASSERT_EQ(guest.call("fd_write", {1, kList, 1, kResult}), 0u);
  EXPECT_EQ(guest.result(), 10u);
  ASSERT_EQ(guest.call("random_get", {WasiGuest::kData, 65536}), 0u);
}

TEST(WasiLongCalls, AnInterruptEndsRandomNumbers) {
  MovingGuest guest;
  ASSERT_EQ(guest.call("random_get", {WasiGuest::kData, kBuffer}), 0u);
  EXPECT_EQ(guest.moved, kBuffer);
  EXPECT_LE(guest.largest, 65536u);
  guest.moves = 0;
  guest.on_move = [&] { guest.execution().interrupt(); };
  EXPECT_EQ(guest.call("random_get", {WasiGuest::kData, kBuffer}), wasi::kInterrupted);
  EXPECT_EQ(guest.moves, 1u);
}

// Nobody reads what is written.
TEST(WasiLongCalls, AnInterruptEndsAWriteThatWaits) {
  MovingGuest guest;
  guest.is_stuck = true;
  guest.on_move = [&] {
    if (guest.waits == 50) guest.execution().interrupt();
  };
  EXPECT_EQ(guest.move_all("fd_write", 1), wasi::kInterrupted);
  EXPECT_EQ(guest.waits, 50);
  EXPECT_EQ(guest.moves, 0u);
  // After the first slice, it counts what was written.
  guest.waits = 0;
  guest.is_stuck = false;
  guest.on_move = [&] {
    guest.is_stuck = guest.moves != 0;
    if (guest.waits == 50) guest.execution().interrupt();
  };
  EXPECT_EQ(guest.move_all("fd_write", 1), 0u);
  EXPECT_EQ(guest.result(), 4096u);
}

// Each name of a path costs the system a step.
TEST(WasiLongCalls, PathsAreBounded) {
  const Folder folder;
  folder.file("f", "");
  WasiGuest guest({folder / "."});
  std::string longest;
  for (int i = 0; i < 2047; i++) longest += "./";
  longest += "f";
  ASSERT_EQ(longest.size(), 4095u);
  EXPECT_EQ(guest.stat(3, longest), 0u);
  EXPECT_EQ(guest.stat(3, "." + longest), wasi::kNameTooLong);
  EXPECT_EQ(guest.open(3, "." + longest, nullptr), wasi::kNameTooLong);
  EXPECT_EQ(guest.path_call("path_unlink_file", 3, "." + longest), wasi::kNameTooLong);
  EXPECT_EQ(guest.rename(3, "f", 3, "." + longest), wasi::kNameTooLong);
  EXPECT_EQ(guest.rename(3, "." + longest, 3, "f"), wasi::kNameTooLong);
  EXPECT_EQ(guest.make_link("x", 3, "." + longest), wasi::kNameTooLong);
  EXPECT_EQ(guest.read_link(3, "." + longest), wasi::kNameTooLong);
  // The buffer for a link's text may be larger.
  folder.link("f", "link");
  EXPECT_EQ(guest.read_link(3, "link", 100000), 0u);
}

// Whatever room the embedder gives for links.
TEST(WasiLongCalls, TextsOfLinksAreBounded) {
  static size_t size = 0;
  FileSystem system;
  system.open = [](void*, FileHandle, StringView, const FileMode&, FileHandle*, FileType*) {
    return wasi::kLoop;
  };
  system.read_link = [](void*, FileHandle, StringView, MutableBytes text, size_t* written) {
    for (size_t i = 0; i < size; i++) text[i] = i % 2 == 0 ? '.' : '/';
    *written = size;
    return wasi::kSuccess;
  };
  system.stat_at = [](void*, FileHandle, StringView, FileStat*) { return wasi::kNoEntry; };
  WasiGuest guest({"/"}, system, port::wasi_system(), 16, 20000);
  size = 4095;
  EXPECT_EQ(guest.stat(3, "link/x"), wasi::kNoEntry);
  size = 4096;
  EXPECT_EQ(guest.stat(3, "link/x"), wasi::kNameTooLong);
}

// A system that calls the directory itself a link is not asked for its text.
TEST(WasiLongCalls, ADirectoryIsNoLink) {
  FileSystem system;
  system.stat_at = [](void*, FileHandle, StringView, FileStat*) { return wasi::kLoop; };
  system.read_link = [](void*, FileHandle, StringView, MutableBytes, size_t*) {
    ADD_FAILURE();
    return wasi::kInvalid;
  };
  WasiGuest guest({"/"}, system);
  EXPECT_EQ(guest.stat(3, "."), wasi::kLoop);
}

}  // namespace
}  // namespace mote::test
