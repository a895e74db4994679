// What the tests of WASI share: a folder on the host's disk, and a guest whose calls the test makes
// for it, with any parameters (raw.wat).
#pragma once

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <mote/port.hpp>
#include <mote/wasi_files.hpp>

#include "wasm_file.hpp"

namespace mote::test {

// Rights and flags by their numbers in the specification, not by what the code under test says.
constexpr uint64_t kEveryRight = (uint64_t{1} << 30) - 1;
constexpr uint64_t kReadAndSeek = 1 << 1 | 1 << 2 | 1 << 5 | 1 << 21;
constexpr uint64_t kReadWrite = kReadAndSeek | 1 << 6;
constexpr uint32_t kFollowLinks = 1;
constexpr uint32_t kOpenCreate = 1;
constexpr uint32_t kOpenDirectory = 2;
constexpr uint32_t kOpenExclusive = 4;
constexpr uint32_t kOpenTruncate = 8;

// An empty folder that is gone at the end.
class Folder {
 public:
  Folder() {
    char name[] = "/tmp/mote-wasi-XXXXXX";
    if (mkdtemp(name) != nullptr) path_ = name;
    EXPECT_FALSE(path_.empty());
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  void directory(const std::string& name) const {
    std::filesystem::create_directories(*this / name);
  }
  void file(const std::string& name, const std::string& content) const {
    std::ofstream(*this / name, std::ios::binary) << content;
  }
  void link(const std::string& text, const std::string& name) const {
    ASSERT_EQ(symlink(text.c_str(), (*this / name).c_str()), 0) << name;
  }
  std::string content(const std::string& name) const {
    std::ifstream in(*this / name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }
  bool exists(const std::string& name) const {
    return std::filesystem::symlink_status(*this / name).type() !=
           std::filesystem::file_type::not_found;
  }

 private:
  std::string path_;
};

// A guest with descriptors 3, 4, ... for the directories given. Paths lie at kPath and kPath2,
// other data at kData, results at kResult of its memory.
class WasiGuest {
 public:
  static constexpr uint32_t kResult = 16;
  static constexpr uint32_t kPath = 4096;
  static constexpr uint32_t kPath2 = 16384;
  static constexpr uint32_t kData = 65536;

  explicit WasiGuest(const std::vector<std::string>& directories,
                     const FileSystem& system = port::file_system(),
                     const WasiSystem& streams = port::wasi_system(), size_t descriptors = 32,
                     size_t link_bytes = 2048, size_t store_bytes = 1 << 20)
      : test_(store_bytes),
        wasi_(streams),
        descriptors_(descriptors),
        links_(link_bytes),
        files_(wasi_, system, {descriptors_.data(), descriptors_.size()},
               {links_.data(), links_.size()}),
        execution_(test_.store, 64 * 1024) {
    for (const std::string& path : directories) {
      FileHandle handle = 0;
      const StringView name(path.data(), path.size());
      EXPECT_EQ(port::open_directory(name, &handle), wasi::kSuccess) << path;
      EXPECT_EQ(files_.preopen("/", handle), wasi::kSuccess);
    }
    EXPECT_TRUE(test_.store.provide(Wasi::functions(), &wasi_).ok());
    EXPECT_TRUE(test_.store.provide(WasiFiles::functions(), &files_).ok());
    instance_ = test_.add("raw");
  }

  WasiFiles& files() { return files_; }
  Execution& execution() { return execution_; }
  Instance& instance() { return *instance_; }

  // Makes a call; each parameter has the width that the function wants. Returns the error number.
  uint32_t call(const char* name, const std::vector<uint64_t>& parameters) {
    const Function function = instance_->function(name);
    EXPECT_TRUE(function.exists()) << name;
    const FunctionType type = instance_->function_type(function.index);
    EXPECT_EQ(type.parameter_count, parameters.size()) << name;
    std::vector<Value> values;
    for (size_t i = 0; i < parameters.size(); i++) {
      values.push_back({type.parameters[i], type.parameters[i] == ValueType::kI32
                                                ? static_cast<uint32_t>(parameters[i])
                                                : parameters[i]});
    }
    const RunState state = execution_.run(function, {values.data(), values.size()});
    EXPECT_EQ(state, RunState::kDone) << name << ": " << text(execution_.trap());
    return state == RunState::kDone ? static_cast<uint32_t>(execution_.result(0).as_i32()) : ~0u;
  }

  void put(uint32_t at, const std::string& bytes) {
    if (bytes.empty()) return;
    const MutableBytes to = instance_->memory(at, static_cast<uint32_t>(bytes.size()));
    ASSERT_FALSE(to.empty());
    memcpy(to.data(), bytes.data(), bytes.size());
  }
  std::string get(uint32_t at, uint32_t size) {
    const MutableBytes from = instance_->memory(at, size);
    return std::string(reinterpret_cast<const char*>(from.data()), from.size());
  }
  void put_number(uint32_t at, uint64_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; i++) text.push_back(static_cast<char>(value >> (8 * i)));
    put(at, text);
  }
  uint64_t number(uint32_t at, int bytes) {
    uint64_t value = 0;
    const std::string text = get(at, static_cast<uint32_t>(bytes));
    for (int i = bytes; i-- > 0;) value = value << 8 | static_cast<uint8_t>(text[i]);
    return value;
  }
  uint32_t result() { return static_cast<uint32_t>(number(kResult, 4)); }

  // ---- Calls with paths
  uint32_t path_call(const char* name, uint32_t fd, const std::string& path) {
    put(kPath, path);
    return call(name, {fd, kPath, path.size()});
  }
  uint32_t open(uint32_t fd, const std::string& path, uint32_t* opened,
                uint64_t rights = kReadAndSeek, uint32_t how = 0, uint32_t lookup = kFollowLinks,
                uint32_t flags = 0, uint64_t inheriting = 0) {
    put(kPath, path);
    const uint32_t error = call(
        "path_open", {fd, lookup, kPath, path.size(), how, rights, inheriting, flags, kResult});
    if (error == 0 && opened != nullptr) *opened = result();
    if (error == 0 && opened == nullptr) call("fd_close", {result()});
    return error;
  }
  uint32_t stat(uint32_t fd, const std::string& path, uint32_t lookup = kFollowLinks) {
    put(kPath, path);
    return call("path_filestat_get", {fd, lookup, kPath, path.size(), kData});
  }
  uint32_t set_times(uint32_t fd, const std::string& path, uint32_t lookup = kFollowLinks) {
    put(kPath, path);
    return call("path_filestat_set_times", {fd, lookup, kPath, path.size(), 1, 2, 5});
  }
  uint32_t read_link(uint32_t fd, const std::string& path, uint32_t room = 256) {
    put(kPath, path);
    return call("path_readlink", {fd, kPath, path.size(), kData, room, kResult});
  }
  uint32_t make_link(const std::string& text, uint32_t fd, const std::string& path) {
    put(kPath, path);
    put(kPath2, text);
    return call("path_symlink", {kPath2, text.size(), fd, kPath, path.size()});
  }
  uint32_t rename(uint32_t fd, const std::string& from, uint32_t to_fd, const std::string& to) {
    put(kPath, from);
    put(kPath2, to);
    return call("path_rename", {fd, kPath, from.size(), to_fd, kPath2, to.size()});
  }
  uint32_t hard_link(uint32_t fd, const std::string& from, uint32_t to_fd, const std::string& to,
                     uint32_t lookup = 0) {
    put(kPath, from);
    put(kPath2, to);
    return call("path_link", {fd, lookup, kPath, from.size(), to_fd, kPath2, to.size()});
  }

  // ---- Calls with buffers, which lie behind the list of them
  void put_buffers(const std::vector<uint32_t>& sizes, uint32_t list = kPath2) {
    uint32_t at = kData;
    for (size_t i = 0; i < sizes.size(); i++) {
      put_number(list + static_cast<uint32_t>(i) * 8, at, 4);
      put_number(list + static_cast<uint32_t>(i) * 8 + 4, sizes[i], 4);
      at += sizes[i];
    }
  }
  std::string read(uint32_t fd, uint32_t size = 4096) {
    put_buffers({size});
    EXPECT_EQ(call("fd_read", {fd, kPath2, 1, kResult}), 0u);
    return get(kData, result());
  }
  uint32_t write(uint32_t fd, const std::string& bytes) {
    put_buffers({static_cast<uint32_t>(bytes.size())});
    put(kData, bytes);
    return call("fd_write", {fd, kPath2, 1, kResult});
  }

 private:
  TestStore test_;
  Wasi wasi_;
  std::vector<WasiDescriptor> descriptors_;
  std::vector<uint8_t> links_;
  WasiFiles files_;
  Execution execution_;
  Instance* instance_ = nullptr;
};

}  // namespace mote::test
