// Files and directories through raw calls of WASI: what each promises, and what hostile parameters
// get.
#include <map>
#include <set>

#include "guest.hpp"

namespace mote::test {
namespace {

constexpr uint32_t kData = WasiGuest::kData;
constexpr uint32_t kList = WasiGuest::kPath2;
constexpr uint32_t kResult = WasiGuest::kResult;
constexpr uint32_t kPath = WasiGuest::kPath;
constexpr uint32_t kBadAddress = 66 * 65536;  // one behind the memory

TEST(WasiFiles, EveryFunctionOfPreview1IsThere) {
  std::set<std::string> names;
  for (const HostFunction& function : Wasi::functions()) names.insert(function.field_name);
  EXPECT_EQ(names.size(), 46u);  // 45, and sock_accept, which came later
  for (const HostFunction& function : WasiFiles::functions()) {
    EXPECT_EQ(names.count(function.field_name), 1u) << function.field_name;
  }
  // The module imports all with their types: that it was made shows that they fit.
  WasiGuest guest({});
  EXPECT_NE(&guest.instance(), nullptr);
}

TEST(WasiFiles, AGuestWithoutDirectoriesHasNone) {
  WasiGuest guest({});
  EXPECT_EQ(guest.call("fd_prestat_get", {3, kResult}), wasi::kBadDescriptor);
  EXPECT_EQ(guest.open(3, "x", nullptr), wasi::kBadDescriptor);
  EXPECT_EQ(guest.open(0, "x", nullptr), wasi::kNotDirectory);
}

TEST(WasiFiles, APreopenedDirectoryHasAName) {
  const Folder folder;
  WasiGuest guest({folder / "."});
  ASSERT_EQ(guest.call("fd_prestat_get", {3, kResult}), 0u);
  EXPECT_EQ(guest.number(kResult, 1), 0u);
  EXPECT_EQ(guest.number(kResult + 4, 4), 1u);
  ASSERT_EQ(guest.call("fd_prestat_dir_name", {3, kData, 1}), 0u);
  EXPECT_EQ(guest.get(kData, 1), "/");
  EXPECT_EQ(guest.call("fd_prestat_dir_name", {3, kData, 0}), wasi::kNameTooLong);
  EXPECT_EQ(guest.call("fd_prestat_dir_name", {3, kBadAddress, 1}), wasi::kFault);
  EXPECT_EQ(guest.call("fd_prestat_get", {3, kBadAddress - 7}), wasi::kFault);
  EXPECT_EQ(guest.call("fd_prestat_get", {4, kResult}), wasi::kBadDescriptor);
  EXPECT_EQ(guest.call("fd_prestat_get", {1, kResult}), wasi::kBadDescriptor);
}

TEST(WasiFiles, ThereAreNoDescriptorsBehindTheTable) {
  Wasi wasi{WasiSystem()};
  WasiDescriptor descriptors[5];
  WasiFiles files(wasi, FileSystem(), {descriptors, 4}, {});
  descriptors[3].kind = descriptors[4].kind = WasiDescriptor::kFile;
  EXPECT_EQ(files.find(3), &descriptors[3]);
  EXPECT_EQ(files.find(4), nullptr);
}

TEST(WasiFiles, WithoutFilesOnlyTheOutputsAreWritten) {
  TestStore test;
  WasiSystem system;
  system.write = [](void*, uint32_t stream, Bytes bytes) {
    EXPECT_NE(stream, 0u);
    return static_cast<int64_t>(bytes.size());
  };
  Wasi wasi(system);
  ASSERT_TRUE(test.store.provide(Wasi::functions(), &wasi).ok());
  Instance* const instance = test.add("raw");
  Execution execution(test.store, 1024);
  for (int32_t fd = 0; fd < 5; fd++) {
    EXPECT_EQ(call(execution, *instance, "fd_write", {fd, 64, 1, 16}),
              fd == 1 || fd == 2 ? wasi::kSuccess : wasi::kBadDescriptor);
    EXPECT_EQ(call(execution, *instance, "fd_read", {fd, 64, 1, 16}),
              fd == 0 ? wasi::kSuccess : wasi::kBadDescriptor);
  }
}

TEST(WasiFiles, WhatIsWrittenIsReadBack) {
  const Folder folder;
  WasiGuest guest({folder / "."});
  uint32_t fd = 0;
  ASSERT_EQ(guest.open(3, "file", &fd, kReadWrite, kOpenCreate | kOpenExclusive), 0u);
  EXPECT_EQ(guest.open(3, "file", nullptr, kReadWrite, kOpenCreate | kOpenExclusive),
            wasi::kExists);
  ASSERT_EQ(guest.write(fd, "hello, "), 0u);
  ASSERT_EQ(guest.write(fd, "world"), 0u);
  EXPECT_EQ(folder.content("file"), "hello, world");
  EXPECT_EQ(guest.read(fd), "");
  ASSERT_EQ(guest.call("fd_seek", {fd, 7, 0, kResult}), 0u);
  EXPECT_EQ(guest.number(kResult, 8), 7u);
  EXPECT_EQ(guest.read(fd, 3), "wor");
  ASSERT_EQ(guest.call("fd_tell", {fd, kResult}), 0u);
  EXPECT_EQ(guest.number(kResult, 8), 10u);
  ASSERT_EQ(guest.call("fd_seek", {fd, static_cast<uint64_t>(-5), 2, kResult}), 0u);
  EXPECT_EQ(guest.read(fd), "world");
  EXPECT_EQ(guest.call("fd_close", {fd}), 0u);
  EXPECT_EQ(guest.call("fd_close", {fd}), wasi::kBadDescriptor);
}

TEST(WasiFiles, OffsetsThatMakeNoSenseAreRefused) {
  const Folder folder;
  WasiGuest guest({folder / "."});
  uint32_t fd = 0;
  ASSERT_EQ(guest.open(3, "file", &fd, kReadWrite | 1 << 8 | 1 << 22, kOpenCreate), 0u);
  ASSERT_EQ(guest.write(fd, "0123456789"), 0u);
  const uint64_t lowest = uint64_t{1} << 63;
  for (const uint32_t whence : {0, 1, 2}) {
    EXPECT_EQ(guest.call("fd_seek", {fd, lowest, whence, kResult}), wasi::kInvalid);
    EXPECT_EQ(guest.call("fd_seek", {fd, static_cast<uint64_t>(-11), whence, kResult}),
              wasi::kInvalid);
  }
  EXPECT_EQ(guest.call("fd_seek", {fd, INT64_MAX, 1, kResult}), wasi::kInvalid);
  EXPECT_EQ(guest.call("fd_seek", {fd, INT64_MAX, 2, kResult}), wasi::kInvalid);
  EXPECT_EQ(guest.call("fd_seek", {fd, 0, 3, kResult}), wasi::kInvalid);
  EXPECT_EQ(guest.call("fd_seek", {fd, 0, 0, kBadAddress}), wasi::kFault);
  ASSERT_EQ(guest.call("fd_tell", {fd, kResult}), 0u);
  EXPECT_EQ(guest.number(kResult, 8), 10u);  // none of these moved it
  // The highest offset that there is: nothing can be written there.
  ASSERT_EQ(guest.call("fd_seek", {fd, INT64_MAX, 0, kResult}), 0u);
  EXPECT_NE(guest.write(fd, "x"), 0u);
  guest.put_buffers({1});
  EXPECT_EQ(guest.call("fd_pread", {fd, kList, 1, lowest, kResult}), wasi::kInvalid);
  EXPECT_EQ(guest.call("fd_pwrite", {fd, kList, 1, ~uint64_t{0}, kResult}), wasi::kInvalid);
  EXPECT_EQ(guest.call("fd_allocate", {fd, ~uint64_t{0}, 2}), wasi::kFileTooBig);
  EXPECT_EQ(guest.call("fd_allocate", {fd, INT64_MAX, 1}), wasi::kFileTooBig);
  EXPECT_EQ(guest.call("fd_allocate", {fd, 0, 0}), wasi::kInvalid);
  EXPECT_EQ(guest.call("fd_filestat_set_size", {fd, lowest}), wasi::kFileTooBig);
  EXPECT_EQ(folder.content("file"), "0123456789");
}

TEST(WasiFiles, ListsOfBuffersAreBounded) {
  const Folder folder;
  folder.file("file", std::string(100, 'x'));
  WasiGuest guest({folder / "."});
  uint32_t fd = 0;
  ASSERT_EQ(guest.open(3, "file", &fd, kReadWrite), 0u);
  guest.put_buffers({10, 0, 20, 30});
  ASSERT_EQ(guest.call("fd_read", {fd, kList, 4, kResult}), 0u);
  EXPECT_EQ(guest.result(), 60u);
  ASSERT_EQ(guest.call("fd_read", {fd, kList, 0, kResult}), 0u);
  EXPECT_EQ(guest.result(), 0u);
  for (const char* name : {"fd_read", "fd_write"}) {
    EXPECT_EQ(guest.call(name, {fd, kList, 1025, kResult}), wasi::kInvalid) << name;
    EXPECT_EQ(guest.call(name, {fd, kList, ~0u, kResult}), wasi::kInvalid) << name;
    EXPECT_EQ(guest.call(name, {fd, kBadAddress, 1, kResult}), wasi::kFault) << name;
    EXPECT_EQ(guest.call(name, {fd, kBadAddress - 7, 1, kResult}), wasi::kFault) << name;
    EXPECT_EQ(guest.call(name, {fd, ~7u, 2, kResult}), wasi::kFault) << name;
    EXPECT_EQ(guest.call(name, {fd, kList, 1, kBadAddress - 3}), wasi::kFault) << name;
    guest.put_number(kList + 64, kBadAddress - 9, 4);
    guest.put_number(kList + 68, 10, 4);
    EXPECT_EQ(guest.call(name, {fd, kList + 64, 1, kResult}), wasi::kFault) << name;
    guest.put_number(kList + 64, ~0u, 4);
    guest.put_number(kList + 68, ~0u, 4);
    EXPECT_EQ(guest.call(name, {fd, kList + 64, 1, kResult}), wasi::kFault) << name;
  }
  EXPECT_EQ(folder.content("file"), std::string(100, 'x'));
}

// The same 4 MiB + 64 KiB named so often that the sum is beyond 32 bits.
TEST(WasiFiles, SumsOfBuffersStayBelow32Bits) {
  WasiSystem sink;  // takes everything
  WasiGuest guest({}, port::file_system(), sink, 3, 0, 12 << 20);
  constexpr uint32_t kSize = 65 * 65536;
  for (uint32_t i = 0; i < 1024; i++) {
    guest.put_number(kList + i * 8, 0, 4);
    guest.put_number(kList + i * 8 + 4, kSize, 4);
  }
  ASSERT_EQ(guest.call("fd_write", {1, kList, 1024, kResult}), 0u);
  EXPECT_EQ(guest.result(), UINT32_MAX / kSize * kSize);
}

TEST(WasiFiles, ReadingAtAnOffsetMovesNothing) {
  const Folder folder;
  folder.file("file", "0123456789");
  WasiGuest guest({folder / "."});
  uint32_t fd = 0;
  ASSERT_EQ(guest.open(3, "file", &fd, kReadWrite), 0u);
  guest.put_buffers({2, 2});
  ASSERT_EQ(guest.call("fd_pread", {fd, kList, 2, 5, kResult}), 0u);
  EXPECT_EQ(guest.get(kData, guest.result()), "5678");
  ASSERT_EQ(guest.call("fd_pread", {fd, kList, 2, 9, kResult}), 0u);
  EXPECT_EQ(guest.get(kData, guest.result()), "9");
  ASSERT_EQ(guest.call("fd_pread", {fd, kList, 2, 1000, kResult}), 0u);
  EXPECT_EQ(guest.result(), 0u);
  guest.put(kData, "abcd");
  ASSERT_EQ(guest.call("fd_pwrite", {fd, kList, 2, 3, kResult}), 0u);
  EXPECT_EQ(folder.content("file"), "012abcd789");
  EXPECT_EQ(guest.read(fd), "012abcd789");
}

TEST(WasiFiles, AppendingWritesAtTheEndWhoeverElseWrites) {
  const Folder folder;
  folder.file("file", "one ");
  WasiGuest guest({folder / "."});
  uint32_t fd = 0;
  ASSERT_EQ(guest.open(3, "file", &fd, kReadWrite | 1 << 3, 0, 1, 1), 0u);
  ASSERT_EQ(guest.write(fd, "two "), 0u);
  std::ofstream(folder / "file", std::ios::app) << "three ";
  ASSERT_EQ(guest.write(fd, "four"), 0u);
  EXPECT_EQ(folder.content("file"), "one two three four");
  ASSERT_EQ(guest.call("fd_tell", {fd, kResult}), 0u);
  EXPECT_EQ(guest.number(kResult, 8), 18u);
  ASSERT_EQ(guest.call("fd_fdstat_set_flags", {fd, 0}), 0u);
  ASSERT_EQ(guest.call("fd_seek", {fd, 0, 0, kResult}), 0u);
  ASSERT_EQ(guest.write(fd, "ONE"), 0u);
  EXPECT_EQ(folder.content("file"), "ONE two three four");
  EXPECT_EQ(guest.call("fd_fdstat_set_flags", {fd, 16}), wasi::kNotSupported);
  EXPECT_EQ(guest.call("fd_fdstat_set_flags", {fd, 32}), wasi::kInvalid);
}

TEST(WasiFiles, SizeAndTimesCanBeSet) {
  const Folder folder;
  folder.file("file", "0123456789");
  folder.link("file", "link");
  WasiGuest guest({folder / "."});
  uint32_t fd = 0;
  ASSERT_EQ(guest.open(3, "file", &fd, kReadWrite | 1 << 8 | 1 << 22 | 1 << 23), 0u);
  ASSERT_EQ(guest.call("fd_filestat_set_size", {fd, 4}), 0u);
  EXPECT_EQ(folder.content("file"), "0123");
  ASSERT_EQ(guest.call("fd_allocate", {fd, 4, 4}), 0u);
  EXPECT_EQ(folder.content("file"), std::string("0123\0\0\0\0", 8));
  ASSERT_EQ(guest.call("fd_filestat_set_times", {fd, 1000000001, 2000000002, 5}), 0u);
  ASSERT_EQ(guest.call("fd_filestat_get", {fd, kData}), 0u);
  EXPECT_EQ(guest.number(kData + 16, 1), 4u);
  EXPECT_EQ(guest.number(kData + 24, 8), 1u);
  EXPECT_EQ(guest.number(kData + 32, 8), 8u);
  EXPECT_EQ(guest.number(kData + 40, 8), 1000000001u);
  EXPECT_EQ(guest.number(kData + 48, 8), 2000000002u);
  struct stat stat;
  ASSERT_EQ(::stat((folder / "file").c_str(), &stat), 0);
  EXPECT_EQ(guest.number(kData, 8), stat.st_dev);
  EXPECT_EQ(guest.number(kData + 8, 8), stat.st_ino);
  for (const uint32_t which : {3, 12, 15, 16}) {
    EXPECT_EQ(guest.call("fd_filestat_set_times", {fd, 1, 1, which}), wasi::kInvalid) << which;
  }
  ASSERT_EQ(guest.call("fd_filestat_set_times", {fd, 0, 0, 8}), 0u);  // modified: now
  ASSERT_EQ(guest.stat(3, "file"), 0u);
  EXPECT_EQ(guest.number(kData + 40, 8), 1000000001u);
  EXPECT_GT(guest.number(kData + 48, 8), 2000000002u);
  // Of a link, or of what it leads to.
  ASSERT_EQ(guest.set_times(3, "link"), 0u);
  ASSERT_EQ(guest.stat(3, "file"), 0u);
  EXPECT_EQ(guest.number(kData + 48, 8), 2u);
  ASSERT_EQ(guest.stat(3, "link", 0), 0u);
  EXPECT_GT(guest.number(kData + 48, 8), 2000000002u);
  ASSERT_EQ(guest.set_times(3, "link", 0), 0u);
  ASSERT_EQ(guest.stat(3, "link", 0), 0u);
  EXPECT_EQ(guest.number(kData + 48, 8), 2u);
  ASSERT_EQ(guest.set_times(3, "."), 0u);
  EXPECT_EQ(guest.stat(3, ".", 2), wasi::kInvalid);
}

TEST(WasiFiles, SyncAndAdviceNeedRights) {
  const Folder folder;
  WasiGuest guest({folder / "."});
  uint32_t fd = 0;
  ASSERT_EQ(guest.open(3, "file", &fd, 1 << 0 | 1 << 4 | 1 << 6 | 1 << 7, kOpenCreate), 0u);
  EXPECT_EQ(guest.call("fd_sync", {fd}), 0u);
  EXPECT_EQ(guest.call("fd_datasync", {fd}), 0u);
  EXPECT_EQ(guest.call("fd_advise", {fd, 0, 0, 5}), 0u);
  EXPECT_EQ(guest.call("fd_advise", {fd, 0, 0, 6}), wasi::kInvalid);
  uint32_t poor = 0;
  ASSERT_EQ(guest.open(3, "file", &poor, 0), 0u);
  EXPECT_EQ(guest.call("fd_sync", {poor}), wasi::kNotCapable);
  EXPECT_EQ(guest.call("fd_datasync", {poor}), wasi::kNotCapable);
  EXPECT_EQ(guest.call("fd_advise", {poor, 0, 0, 0}), wasi::kNotCapable);
}

// ---- Rights ----------------------------------------------------------------------------------

TEST(WasiFiles, RightsAreNeededAndOnlyEverGetFewer) {
  const Folder folder;
  folder.file("file", "content");
  WasiGuest guest({folder / "."});
  uint32_t fd = 0;
  ASSERT_EQ(guest.open(3, "file", &fd, 0), 0u);
  guest.put_buffers({4});
  EXPECT_EQ(guest.call("fd_read", {fd, kList, 1, kResult}), wasi::kNotCapable);
  EXPECT_EQ(guest.call("fd_write", {fd, kList, 1, kResult}), wasi::kNotCapable);
  EXPECT_EQ(guest.call("fd_pread", {fd, kList, 1, 0, kResult}), wasi::kNotCapable);
  EXPECT_EQ(guest.call("fd_pwrite", {fd, kList, 1, 0, kResult}), wasi::kNotCapable);
  EXPECT_EQ(guest.call("fd_seek", {fd, 0, 0, kResult}), wasi::kNotCapable);
  EXPECT_EQ(guest.call("fd_tell", {fd, kResult}), wasi::kNotCapable);
  EXPECT_EQ(guest.call("fd_filestat_get", {fd, kData}), wasi::kNotCapable);
  EXPECT_EQ(guest.call("fd_filestat_set_size", {fd, 0}), wasi::kNotCapable);
  EXPECT_EQ(guest.call("fd_filestat_set_times", {fd, 0, 0, 0}), wasi::kNotCapable);
  EXPECT_EQ(guest.call("fd_allocate", {fd, 0, 1}), wasi::kNotCapable);
  EXPECT_EQ(guest.call("fd_fdstat_set_flags", {fd, 0}), wasi::kNotCapable);
  EXPECT_EQ(guest.call("fd_fdstat_set_rights", {fd, 2, 0}), wasi::kNotCapable);
  EXPECT_EQ(guest.call("fd_fdstat_set_rights", {fd, 0, 2}), wasi::kNotCapable);
  EXPECT_EQ(guest.call("fd_fdstat_set_rights", {fd, uint64_t{1} << 63, 0}), wasi::kNotCapable);

  // What was opened for both, and may only do one of them from now on.
  for (const bool may_read : {true, false}) {
    ASSERT_EQ(guest.open(3, "file", &fd, kReadWrite), 0u);
    const uint64_t rights = (may_read ? 1 << 1 : 1 << 6) | 1 << 2;
    ASSERT_EQ(guest.call("fd_fdstat_set_rights", {fd, rights, 0}), 0u);
    const auto expect_call = [&](const char* name, bool may,
                                 const std::vector<uint64_t>& arguments) {
      EXPECT_EQ(guest.call(name, arguments), may ? wasi::kSuccess : wasi::kNotCapable) << name;
    };
    expect_call("fd_read", may_read, {fd, kList, 1, kResult});
    expect_call("fd_pread", may_read, {fd, kList, 1, 0, kResult});
    expect_call("fd_write", !may_read, {fd, kList, 1, kResult});
    expect_call("fd_pwrite", !may_read, {fd, kList, 1, 0, kResult});
  }
  // A file has no rights that are for directories, whatever it was opened with.
  ASSERT_EQ(guest.open(3, "file", &fd, kEveryRight), 0u);
  ASSERT_EQ(guest.call("fd_fdstat_get", {fd, kData}), 0u);
  EXPECT_EQ(guest.number(kData + 8, 8) & (1 << 9 | 1 << 13 | 1 << 26), 0u);

  ASSERT_EQ(guest.call("fd_fdstat_get", {3, kData}), 0u);
  EXPECT_EQ(guest.number(kData, 1), 3u);
  const uint64_t base = guest.number(kData + 8, 8);
  const uint64_t inheriting = guest.number(kData + 16, 8);
  EXPECT_EQ(base & (1 << 1 | 1 << 6 | 1 << 2), 0u);
  // A directory from which only reading comes.
  ASSERT_EQ(guest.call("fd_fdstat_set_rights", {3, base, inheriting & kReadAndSeek}), 0u);
  EXPECT_EQ(guest.open(3, "file", nullptr, kReadAndSeek), 0u);
  EXPECT_EQ(guest.open(3, "file", nullptr, kReadWrite), wasi::kNotCapable);
  EXPECT_EQ(guest.open(3, "file", nullptr, 0, 0, 1, 0, 1 << 6), wasi::kNotCapable);
  EXPECT_EQ(guest.call("fd_fdstat_set_rights", {3, base, inheriting}), wasi::kNotCapable);
}

// What each call on paths needs; without it nothing happens.
TEST(WasiFiles, CallsOnPathsNeedTheirRights) {
  const Folder folder;
  folder.directory("empty");
  folder.file("file", "content");
  folder.link("file", "link");
  WasiGuest guest({folder / ".", folder / "."});
  ASSERT_EQ(guest.call("fd_fdstat_set_rights", {3, 1 << 13, kReadAndSeek}), 0u);
  EXPECT_EQ(guest.open(3, "file", nullptr), 0u);
  EXPECT_EQ(guest.open(3, "new", nullptr, 0, kOpenCreate), wasi::kNotCapable);
  EXPECT_EQ(guest.open(3, "file", nullptr, 0, kOpenTruncate), wasi::kNotCapable);
  EXPECT_EQ(guest.path_call("path_create_directory", 3, "new"), wasi::kNotCapable);
  EXPECT_EQ(guest.path_call("path_remove_directory", 3, "empty"), wasi::kNotCapable);
  EXPECT_EQ(guest.path_call("path_unlink_file", 3, "file"), wasi::kNotCapable);
  EXPECT_EQ(guest.stat(3, "file"), wasi::kNotCapable);
  EXPECT_EQ(guest.set_times(3, "file"), wasi::kNotCapable);
  EXPECT_EQ(guest.read_link(3, "link"), wasi::kNotCapable);
  EXPECT_EQ(guest.make_link("file", 3, "new"), wasi::kNotCapable);
  for (const auto& [from, to] : {std::pair{3, 3}, {3, 4}, {4, 3}}) {
    EXPECT_EQ(guest.rename(from, "file", to, "new"), wasi::kNotCapable);
    EXPECT_EQ(guest.hard_link(from, "file", to, "new"), wasi::kNotCapable);
  }
  EXPECT_EQ(guest.call("fd_readdir", {3, kData, 100, 0, kResult}), wasi::kNotCapable);
  EXPECT_EQ(guest.call("fd_filestat_get", {3, kData}), wasi::kNotCapable);
  ASSERT_EQ(guest.call("fd_fdstat_set_rights", {3, 0, 0}), 0u);
  EXPECT_EQ(guest.open(3, "file", nullptr, 0), wasi::kNotCapable);
  EXPECT_EQ(folder.content("file"), "content");
  EXPECT_FALSE(folder.exists("new"));
}

// ---- Directories -----------------------------------------------------------------------------

TEST(WasiFiles, NamesAreMadeAndTakenAway) {
  const Folder folder;
  WasiGuest guest({folder / "."});
  EXPECT_EQ(guest.path_call("path_create_directory", 3, "d"), 0u);
  EXPECT_EQ(guest.path_call("path_create_directory", 3, "d"), wasi::kExists);
  EXPECT_EQ(guest.path_call("path_create_directory", 3, "d/e/"), 0u);
  EXPECT_EQ(guest.path_call("path_create_directory", 3, "."), wasi::kExists);
  EXPECT_EQ(guest.path_call("path_create_directory", 3, "x/y"), wasi::kNoEntry);
  EXPECT_EQ(guest.path_call("path_remove_directory", 3, "d"), wasi::kNotEmpty);
  EXPECT_EQ(guest.path_call("path_remove_directory", 3, "d/."), wasi::kInvalid);
  EXPECT_EQ(guest.path_call("path_unlink_file", 3, "d"), wasi::kIsDirectory);
  EXPECT_EQ(guest.open(3, "d/f", nullptr, 0, kOpenCreate), 0u);
  EXPECT_EQ(guest.path_call("path_remove_directory", 3, "d/f"), wasi::kNotDirectory);
  EXPECT_EQ(guest.path_call("path_unlink_file", 3, "d/f/"), wasi::kNotDirectory);
  EXPECT_EQ(guest.path_call("path_unlink_file", 3, "d/f"), 0u);
  EXPECT_EQ(guest.path_call("path_unlink_file", 3, "d/f"), wasi::kNoEntry);
  EXPECT_EQ(guest.path_call("path_remove_directory", 3, "d/e"), 0u);
  EXPECT_EQ(guest.path_call("path_remove_directory", 3, "d/"), 0u);
  EXPECT_TRUE(std::filesystem::is_empty(folder / "."));
}

TEST(WasiFiles, RenamingReplacesAndMovesBetweenDirectories) {
  const Folder folder;
  folder.directory("one/sub");
  folder.directory("two");
  folder.file("one/a", "a");
  folder.file("one/b", "b");
  WasiGuest guest({folder / "one", folder / "two"});
  EXPECT_EQ(guest.rename(3, "a", 3, "b"), 0u);
  EXPECT_EQ(folder.content("one/b"), "a");
  EXPECT_EQ(guest.rename(3, "b", 4, "c"), 0u);
  EXPECT_EQ(folder.content("two/c"), "a");
  EXPECT_EQ(guest.rename(3, "sub/", 4, "moved/"), 0u);
  EXPECT_TRUE(folder.exists("two/moved"));
  EXPECT_EQ(guest.rename(4, "c", 4, "d/"), wasi::kNotDirectory);
  EXPECT_EQ(guest.rename(4, "c/", 4, "d"), wasi::kNotDirectory);
  EXPECT_EQ(guest.rename(4, "c", 4, "moved"), wasi::kIsDirectory);
  EXPECT_EQ(guest.rename(4, "moved", 4, "c"), wasi::kNotDirectory);
  EXPECT_EQ(guest.rename(4, "moved", 4, "moved/below"), wasi::kInvalid);
  EXPECT_EQ(guest.rename(4, ".", 4, "x"), wasi::kBusy);
  EXPECT_EQ(guest.rename(4, "missing", 4, "x"), wasi::kNoEntry);
}

TEST(WasiFiles, LinksAreReadCutToTheBuffer) {
  const Folder folder;
  folder.file("file", "");
  WasiGuest guest({folder / "."});
  ASSERT_EQ(guest.make_link("file", 3, "link"), 0u);
  ASSERT_EQ(guest.read_link(3, "link"), 0u);
  EXPECT_EQ(guest.get(kData, guest.result()), "file");
  ASSERT_EQ(guest.read_link(3, "link", 2), 0u);
  EXPECT_EQ(guest.get(kData, guest.result()), "fi");
  EXPECT_EQ(guest.read_link(3, "link", 0), wasi::kInvalid);
  EXPECT_EQ(guest.read_link(3, "file"), wasi::kInvalid);
  EXPECT_EQ(guest.read_link(3, "."), wasi::kInvalid);
  EXPECT_EQ(guest.make_link("file", 3, "link"), wasi::kExists);
  EXPECT_EQ(guest.make_link("", 3, "new"), wasi::kNoEntry);
  EXPECT_EQ(guest.make_link(std::string("a\0b", 3), 3, "new"), wasi::kInvalid);
  EXPECT_EQ(guest.make_link(std::string(5000, 'x'), 3, "new"), wasi::kNameTooLong);
  EXPECT_EQ(guest.make_link("file", 3, "new/"), wasi::kNoEntry);
}

struct Entries {
  std::vector<std::string> names;
  std::map<std::string, uint64_t> cookies;  // where to go on behind it
  std::map<std::string, uint32_t> types;
};

// Lists a directory as a libc does, with a buffer of `size` bytes.
Entries list(WasiGuest& guest, uint32_t fd, uint32_t size, uint64_t cookie = 0) {
  Entries entries;
  for (;;) {
    EXPECT_EQ(guest.call("fd_readdir", {fd, kData, size, cookie, kResult}), 0u);
    const uint32_t used = guest.result();
    EXPECT_LE(used, size);
    bool is_cut = false;
    bool has_any = false;
    for (uint32_t at = 0; at < used;) {
      if (used - at < 24) {
        is_cut = true;
        break;
      }
      const uint32_t length = static_cast<uint32_t>(guest.number(kData + at + 16, 4));
      if (used - at - 24 < length) {
        is_cut = true;
        break;
      }
      const std::string name = guest.get(kData + at + 24, length);
      cookie = guest.number(kData + at, 8);
      entries.names.push_back(name);
      entries.cookies[name] = cookie;
      entries.types[name] = static_cast<uint32_t>(guest.number(kData + at + 20, 1));
      has_any = true;
      at += 24 + length;
    }
    if (used < size) {
      EXPECT_FALSE(is_cut) << "an entry is cut although there was room";
      return entries;
    }
    if (!has_any) {
      ADD_FAILURE() << "no entry fits " << size;
      return entries;
    }
  }
}

TEST(WasiFiles, DirectoriesAreListedThroughBuffersOfAnySize) {
  const Folder folder;
  std::set<std::string> want = {".", ".."};
  for (int i = 0; i < 300; i++) {
    const std::string name = "file-" + std::to_string(i * i) + std::string(i % 50, 'x');
    folder.file(name, "");
    want.insert(name);
  }
  folder.directory("sub");
  want.insert("sub");
  folder.link("sub", "link");
  want.insert("link");
  WasiGuest guest({folder / "."});
  for (const uint32_t size : {100u, 101u, 123u, 256u, 1000u, 4096u, 65536u}) {
    const Entries entries = list(guest, 3, size);
    EXPECT_EQ(std::set<std::string>(entries.names.begin(), entries.names.end()), want) << size;
    EXPECT_EQ(entries.names.size(), want.size()) << size;
    EXPECT_EQ(entries.types.at("sub"), 3u);
    EXPECT_EQ(entries.types.at("link"), 7u);
    EXPECT_EQ(entries.types.at("file-0"), 4u);
  }
  // From the middle on.
  const Entries all = list(guest, 3, 65536);
  const Entries rest = list(guest, 3, 65536, all.cookies.at(all.names[100]));
  EXPECT_EQ(rest.names, std::vector<std::string>(all.names.begin() + 101, all.names.end()));
  // Buffers too small for anything, and cookies that nobody gave out.
  for (const uint32_t size : {0u, 1u, 23u}) {
    ASSERT_EQ(guest.call("fd_readdir", {3, kData, size, 0, kResult}), 0u);
    EXPECT_EQ(guest.result(), size);
  }
  for (const uint64_t cookie : {uint64_t{1}, uint64_t{12345}, uint64_t{INT64_MAX}, ~uint64_t{0}}) {
    const uint32_t error = guest.call("fd_readdir", {3, kData, 4096, cookie, kResult});
    EXPECT_TRUE(error == 0 || error == wasi::kInvalid) << error;
  }
  EXPECT_EQ(guest.call("fd_readdir", {3, kBadAddress - 1, 2, 0, kResult}), wasi::kFault);
  EXPECT_EQ(guest.call("fd_readdir", {3, kData, 100, 0, kBadAddress}), wasi::kFault);
  EXPECT_EQ(guest.call("fd_readdir", {1, kData, 100, 0, kResult}), wasi::kNotDirectory);
}

// The number of what is above is none of the guest's business.
TEST(WasiFiles, ListingTellsNothingOfTheDirectoryAbove) {
  const Folder folder;
  folder.directory("inside");
  WasiGuest guest({folder / "inside"});
  struct stat above;
  struct stat inside;
  ASSERT_EQ(::stat((folder / ".").c_str(), &above), 0);
  ASSERT_EQ(::stat((folder / "inside").c_str(), &inside), 0);
  ASSERT_EQ(guest.call("fd_readdir", {3, kData, 4096, 0, kResult}), 0u);
  uint32_t seen = 0;
  for (uint32_t at = 0; at < guest.result(); seen++) {
    EXPECT_EQ(guest.number(kData + at + 8, 8), inside.st_ino);
    EXPECT_NE(guest.number(kData + at + 8, 8), above.st_ino);
    at += 24 + static_cast<uint32_t>(guest.number(kData + at + 16, 4));
  }
  EXPECT_EQ(seen, 2u);
}

// ---- The table of descriptors ----------------------------------------------------------------

TEST(WasiFiles, DescriptorsRunOut) {
  const Folder folder;
  folder.file("file", "");
  WasiGuest guest({folder / "."}, port::file_system(), port::wasi_system(), 6);
  uint32_t fd = 0;
  ASSERT_EQ(guest.open(3, "file", &fd), 0u);
  EXPECT_EQ(fd, 4u);
  ASSERT_EQ(guest.open(3, "file", &fd), 0u);
  EXPECT_EQ(fd, 5u);
  EXPECT_EQ(guest.open(3, "file", nullptr), wasi::kTooManyFiles);
  EXPECT_EQ(guest.open(3, "new", nullptr, 0, kOpenCreate), wasi::kTooManyFiles);
  EXPECT_FALSE(folder.exists("new"));
  EXPECT_EQ(guest.call("fd_close", {4}), 0u);
  ASSERT_EQ(guest.open(3, "file", &fd), 0u);
  EXPECT_EQ(fd, 4u);
  FileHandle handle = 0;
  ASSERT_EQ(port::open_directory("/", &handle), wasi::kSuccess);
  EXPECT_EQ(guest.files().preopen("/", handle), wasi::kTooManyFiles);
}

size_t open_on_host() {
  size_t count = 0;
  for (const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) {
    (void)each;
    count++;
  }
  return count;
}

// Whatever a guest does, the host's descriptors are given back.
TEST(WasiFiles, NothingStaysOpenOnTheHost) {
  const Folder folder;
  folder.directory("a/b");
  folder.file("a/b/file", "");
  folder.link("a/b", "link");
  const size_t before = open_on_host();
  {
    WasiGuest guest({folder / "."});
    const size_t with_guest = open_on_host();
    for (const char* path :
         {"a/b/file/x", "a/b/missing", "link/../../..", "link/file/", "a/b/../.."}) {
      EXPECT_NE(guest.open(3, path, nullptr, kReadWrite), 0u) << path;
      (void)guest.stat(3, path);
      (void)guest.rename(3, path, 3, path);
    }
    guest.put(kPath, "a/b/file");
    EXPECT_EQ(guest.call("path_open", {3, 0, kPath, 8, 0, 0, 0, 0, kBadAddress}), wasi::kFault);
    EXPECT_EQ(open_on_host(), with_guest);
    ASSERT_EQ(guest.open(3, "a/b/file", nullptr), 0u);
    EXPECT_EQ(open_on_host(), with_guest);
    uint32_t fd = 0;
    for (int i = 0; i < 5; i++) ASSERT_EQ(guest.open(3, "link/file", &fd), 0u);
    EXPECT_EQ(open_on_host(), with_guest + 5);
    EXPECT_EQ(guest.call("fd_renumber", {fd, fd - 1}), 0u);
    EXPECT_EQ(open_on_host(), with_guest + 4);
  }
  EXPECT_EQ(open_on_host(), before);
}

TEST(WasiFiles, DescriptorsAreRenumbered) {
  const Folder folder;
  folder.file("one", "1");
  folder.file("two", "2");
  WasiGuest guest({folder / "."});
  uint32_t one = 0;
  uint32_t two = 0;
  ASSERT_EQ(guest.open(3, "one", &one), 0u);
  ASSERT_EQ(guest.open(3, "two", &two), 0u);
  EXPECT_EQ(guest.call("fd_renumber", {one, two + 1}), wasi::kBadDescriptor);
  EXPECT_EQ(guest.call("fd_renumber", {two + 1, one}), wasi::kBadDescriptor);
  EXPECT_EQ(guest.call("fd_renumber", {~0u, one}), wasi::kBadDescriptor);
  EXPECT_EQ(guest.call("fd_renumber", {one, one}), 0u);
  EXPECT_EQ(guest.call("fd_renumber", {one, two}), 0u);
  EXPECT_EQ(guest.read(two), "1");
  EXPECT_EQ(guest.call("fd_close", {one}), wasi::kBadDescriptor);
  // A stream becomes a file, and a preopened directory is none any more.
  EXPECT_EQ(guest.call("fd_renumber", {two, 0}), 0u);
  EXPECT_EQ(guest.call("fd_tell", {0, kResult}), 0u);
  EXPECT_EQ(guest.call("fd_renumber", {0, 3}), 0u);
  EXPECT_EQ(guest.call("fd_prestat_get", {3, kResult}), wasi::kBadDescriptor);
}

TEST(WasiFiles, StreamsAndSocketsSayWhatTheyAreNot) {
  WasiGuest guest({});
  EXPECT_EQ(guest.call("fd_seek", {1, 0, 0, kResult}), wasi::kIllegalSeek);
  EXPECT_EQ(guest.call("fd_tell", {0, kResult}), wasi::kIllegalSeek);
  EXPECT_EQ(guest.call("fd_filestat_set_size", {1, 0}), wasi::kNotCapable);
  guest.put_buffers({1});
  EXPECT_EQ(guest.call("fd_read", {1, kList, 1, kResult}), wasi::kNotCapable);
  EXPECT_EQ(guest.call("fd_write", {0, kList, 1, kResult}), wasi::kNotCapable);
  ASSERT_EQ(guest.call("fd_fdstat_get", {1, kData}), 0u);
  EXPECT_EQ(guest.number(kData, 1), 2u);
  ASSERT_EQ(guest.call("fd_filestat_get", {2, kData}), 0u);
  EXPECT_EQ(guest.number(kData + 16, 1), 2u);
  for (const uint32_t fd : {0u, 1u, 9u, ~0u}) {
    const wasi::Errno error = fd < 3 ? wasi::kNotSocket : wasi::kBadDescriptor;
    EXPECT_EQ(guest.call("sock_accept", {fd, 0, kResult}), error);
    EXPECT_EQ(guest.call("sock_recv", {fd, kList, 1, 0, kResult, kResult}), error);
    EXPECT_EQ(guest.call("sock_send", {fd, kList, 1, 0, kResult}), error);
    EXPECT_EQ(guest.call("sock_shutdown", {fd, 1}), error);
  }
  EXPECT_EQ(guest.call("fd_close", {1}), 0u);
  EXPECT_EQ(guest.call("fd_write", {1, kList, 1, kResult}), wasi::kBadDescriptor);
}

// FIFOs: waiting for the other end would block the store for ever.
TEST(WasiFiles, WhatCouldBlockForEverIsNotOpened) {
  const Folder folder;
  ASSERT_EQ(mkfifo((folder / "fifo").c_str(), 0666), 0);
  WasiGuest guest({folder / "."});
  EXPECT_NE(guest.open(3, "fifo", nullptr, kReadAndSeek), 0u);
  EXPECT_NE(guest.open(3, "fifo", nullptr, 1 << 6), 0u);
  EXPECT_NE(guest.open(3, "fifo", nullptr, kReadWrite), 0u);
}

// A path that was not touched yet moves the memory, and the other path with it.
TEST(WasiFiles, TwoPathsStayWhatTheyAreWhenTheMemoryMoves) {
  const Folder folder;
  WasiGuest guest({folder / "."});
  guest.put(60000, "/");
  EXPECT_EQ(guest.call("path_rename", {3, 60000, 1, 3, 20000, 1}), wasi::kNotCapable);
}

TEST(WasiFiles, PathsOutsideTheMemoryAreFaults) {
  const Folder folder;
  WasiGuest guest({folder / "."});
  for (const auto& [at, size] :
       {std::pair{kBadAddress, 1u}, {kBadAddress - 1, 2u}, {~0u, 1u}, {0u, ~0u}, {~0u, ~0u}}) {
    EXPECT_EQ(guest.call("path_open", {3, 0, at, size, 0, 0, 0, 0, kResult}), wasi::kFault);
    EXPECT_EQ(guest.call("path_create_directory", {3, at, size}), wasi::kFault);
    EXPECT_EQ(guest.call("path_filestat_get", {3, 0, at, size, kData}), wasi::kFault);
    EXPECT_EQ(guest.call("path_symlink", {at, size, 3, kPath, 1}), wasi::kFault);
    EXPECT_EQ(guest.call("path_symlink", {kPath, 1, 3, at, size}), wasi::kFault);
    EXPECT_EQ(guest.call("path_rename", {3, at, size, 3, kPath, 1}), wasi::kFault);
    EXPECT_EQ(guest.call("path_rename", {3, kPath, 1, 3, at, size}), wasi::kFault);
    EXPECT_EQ(guest.call("path_link", {3, 0, at, size, 3, kPath, 1}), wasi::kFault);
    EXPECT_EQ(guest.call("path_readlink", {3, kPath, 1, at, size, kResult}), wasi::kFault);
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder / "."));
}

TEST(WasiFiles, UnknownFlagsAreRefused) {
  const Folder folder;
  WasiGuest guest({folder / "."});
  EXPECT_EQ(guest.open(3, "x", nullptr, 0, 16), wasi::kInvalid);
  EXPECT_EQ(guest.open(3, "x", nullptr, 0, kOpenCreate, 2), wasi::kInvalid);
  EXPECT_EQ(guest.open(3, "x", nullptr, 0, kOpenCreate, 0, 32), wasi::kInvalid);
  EXPECT_EQ(guest.open(3, "x", nullptr, 0, kOpenCreate | kOpenDirectory), wasi::kInvalid);
  EXPECT_FALSE(folder.exists("x"));
  // Rights of sockets and of the future are nobody's: asking for them changes nothing.
  uint32_t fd = 0;
  ASSERT_EQ(guest.open(3, "x", &fd, ~uint64_t{0} << 28, kOpenCreate), 0u);
  ASSERT_EQ(guest.call("fd_fdstat_get", {fd, kData}), 0u);
  EXPECT_EQ(guest.number(kData + 8, 8), 0u);
}

// A system that has nothing but what it must.
TEST(WasiFiles, WhatASystemHasNotIsNotSupported) {
  const Folder folder;
  folder.file("file", "content");
  const FileSystem all = port::file_system();
  FileSystem few;
  few.open = all.open;
  few.close = all.close;
  few.read = all.read;
  WasiGuest guest({folder / "."}, few);
  uint32_t fd = 0;
  ASSERT_EQ(guest.open(3, "file", &fd, kReadWrite | 1 << 4 | 1 << 22 | 1 << 23 | 1 << 8), 0u);
  EXPECT_EQ(guest.read(fd), "content");
  EXPECT_EQ(guest.write(fd, "x"), wasi::kNotSupported);
  EXPECT_EQ(guest.call("fd_sync", {fd}), 0u);
  EXPECT_EQ(guest.call("fd_filestat_get", {fd, kData}), wasi::kNotSupported);
  EXPECT_EQ(guest.call("fd_filestat_set_size", {fd, 1}), wasi::kNotSupported);
  EXPECT_EQ(guest.call("fd_filestat_set_times", {fd, 1, 1, 1}), wasi::kNotSupported);
  EXPECT_EQ(guest.call("fd_allocate", {fd, 1, 1}), wasi::kNotSupported);
  EXPECT_EQ(guest.call("fd_seek", {fd, 0, 2, kResult}), wasi::kNotSupported);
  EXPECT_EQ(guest.call("fd_readdir", {3, kData, 100, 0, kResult}), wasi::kNotSupported);
  EXPECT_EQ(guest.stat(3, "file"), wasi::kNotSupported);
  EXPECT_EQ(guest.rename(3, "file", 3, "x"), wasi::kNotSupported);
  EXPECT_EQ(guest.make_link("file", 3, "x"), wasi::kNotSupported);
  EXPECT_EQ(guest.path_call("path_create_directory", 3, "x"), wasi::kNotSupported);
}

}  // namespace
}  // namespace mote::test
