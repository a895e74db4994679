// No path leads a guest out of the directory that it was given.
#include <fcntl.h>

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <thread>

#include "guest.hpp"

namespace mote::test {
namespace {

using wasi::Errno;

// A host with a directory for the guest, and things beside it that the guest must not reach.
struct Host : Folder {
  Host() {
    directory("outside/below");
    file("outside/secret", "secret");
    directory("inside/a/b");
    file("inside/a/b/file", "own");
    file("inside/a/marker", "marker of a");
    link((*this / "outside/secret"), "inside/absolute");
    link((*this / "outside"), "inside/absolute_directory");
    link("/", "inside/root");
    link("../outside/secret", "inside/up");
    link("../outside", "inside/up_directory");
    link("..", "inside/parent");
    link("chain2", "inside/chain1");
    link("a/chain3", "inside/chain2");
    link("../../outside/secret", "inside/a/chain3");
    link("..", "inside/a/back");
    link("a/b", "inside/to_b");
    link("loop2", "inside/loop1");
    link("loop1", "inside/loop2");
    link("a/b/../../../outside/secret", "inside/winding");
    link("a/b/file", "inside/good");
    link("../outside/new", "inside/dangling");
    link("a/../../outside/new", "inside/dangling_winding");
    link("dangling", "inside/to_dangling");
  }
  std::string inside() const { return *this / "inside"; }

  // What lies outside, so that a change shows.
  std::string outside() const {
    std::string all;
    for (const auto& each : std::filesystem::recursive_directory_iterator(*this / "outside")) {
      struct stat stat;
      EXPECT_EQ(lstat(each.path().c_str(), &stat), 0);
      all += each.path().string() + " " + std::to_string(stat.st_size) + " " +
             std::to_string(stat.st_mtim.tv_sec) + " " + std::to_string(stat.st_nlink) + "\n";
    }
    return all + content("outside/secret");
  }
};

// Paths whose last name, links followed, would lie outside. `if_not_followed`: what is said if the
// last name is not to be followed; kSuccess where the link itself is meant, which lies inside.
struct Escape {
  std::string path;
  Errno if_not_followed;
};
std::vector<Escape> escapes(const Host& host) {
  const Errno no = wasi::kNotCapable;
  return {
      {"..", no},
      {"../", no},
      {"../.", no},
      {"./..", no},
      {".//../outside/secret", no},
      {"../outside/secret", no},
      {"../inside/a", no},
      {"a/../..", no},
      {"a/../../outside/secret", no},
      {"a/b/../../../outside/secret", no},
      {"a/b/../../..", no},
      {"a/./b/.././../..//outside/secret", no},
      {"/", no},
      {"//", no},
      {"/etc/passwd", no},
      {"//etc/passwd", no},
      {"/./etc/passwd", no},
      {host / "outside/secret", no},
      {host / "inside/a/b/file", no},
      {"absolute", wasi::kSuccess},
      {"absolute/", no},
      {"absolute_directory/secret", no},
      {"absolute_directory", wasi::kSuccess},
      {"root", wasi::kSuccess},
      {"root/etc/passwd", no},
      {"up", wasi::kSuccess},
      {"up/", no},
      {"a/../up", wasi::kSuccess},
      {"up_directory", wasi::kSuccess},
      {"up_directory/", no},
      {"up_directory/secret", no},
      {"up_directory/../outside/secret", no},
      {"up_directory/below/../secret", no},
      {"parent/outside/secret", no},
      {"parent/inside/a/b/file", no},
      {"parent", wasi::kSuccess},
      {"chain1", wasi::kSuccess},
      {"chain2", wasi::kSuccess},
      {"a/chain3", wasi::kSuccess},
      {"a/back/../outside/secret", no},
      {"a/back/a/back/../outside/secret", no},
      {"a/back/parent/outside/secret", no},
      {"to_b/../../../outside/secret", no},
      {"to_b/../back/../outside/secret", no},
      {"winding", wasi::kSuccess},
      {"dangling", wasi::kSuccess},
      {"dangling_winding", wasi::kSuccess},
      {"to_dangling", wasi::kSuccess},
      {"dangling/.", no},
      {"a/b/../../dangling", wasi::kSuccess},
  };
}

TEST(WasiEscape, NoPathIsOpened) {
  const Host host;
  WasiGuest guest({host.inside()});
  for (const Escape& escape : escapes(host)) {
    for (const uint32_t how :
         {0u, kOpenDirectory, kOpenCreate, kOpenTruncate, kOpenCreate | kOpenTruncate}) {
      const uint32_t error = guest.open(3, escape.path, nullptr, kReadWrite, how);
      // A file "name/" cannot be made; that is said before the link is looked at.
      const bool is_slash = (how & kOpenCreate) != 0 && escape.path.back() == '/';
      EXPECT_TRUE(error == wasi::kNotCapable || (is_slash && error == wasi::kIsDirectory))
          << escape.path << ", how " << how << ": " << error;
      EXPECT_NE(guest.open(3, escape.path, nullptr, kReadWrite, how, 0), 0u)
          << escape.path << ", not followed, how " << how;
    }
  }
  EXPECT_EQ(host.content("outside/secret"), "secret");
}

TEST(WasiEscape, NoPathIsLookedAt) {
  const Host host;
  WasiGuest guest({host.inside()});
  for (const Escape& escape : escapes(host)) {
    EXPECT_EQ(guest.stat(3, escape.path), wasi::kNotCapable) << escape.path;
    EXPECT_EQ(guest.set_times(3, escape.path), wasi::kNotCapable) << escape.path;
    EXPECT_EQ(guest.stat(3, escape.path, 0), escape.if_not_followed) << escape.path;
    if (escape.if_not_followed == 0) {
      EXPECT_EQ(guest.number(WasiGuest::kData + 16, 1), 7u) << escape.path << " is no link";
    } else {
      EXPECT_NE(guest.read_link(3, escape.path), 0u) << escape.path;
    }
  }
}

TEST(WasiEscape, NothingOutsideChanges) {
  const Host host;
  const std::string before = host.outside();
  WasiGuest guest({host.inside()});
  for (const Escape& escape : escapes(host)) {
    if (escape.if_not_followed == 0) continue;  // about the link itself, which is the guest's own
    const std::string& path = escape.path;
    EXPECT_NE(guest.path_call("path_create_directory", 3, path), 0u) << path;
    EXPECT_NE(guest.path_call("path_create_directory", 3, path + "/new"), 0u) << path;
    EXPECT_NE(guest.path_call("path_remove_directory", 3, path), 0u) << path;
    EXPECT_NE(guest.path_call("path_unlink_file", 3, path), 0u) << path;
    EXPECT_NE(guest.rename(3, path, 3, "stolen"), 0u) << path;
    EXPECT_NE(guest.rename(3, "good", 3, path), 0u) << path;
    EXPECT_NE(guest.hard_link(3, path, 3, "stolen"), 0u) << path;
    EXPECT_NE(guest.hard_link(3, "a/b/file", 3, path), 0u) << path;
    EXPECT_NE(guest.make_link("a", 3, path), 0u) << path;
    EXPECT_NE(guest.set_times(3, path, 0), 0u) << path;
    EXPECT_NE(guest.open(3, path, nullptr, kReadWrite, kOpenCreate | kOpenExclusive), 0u) << path;
  }
  EXPECT_EQ(host.outside(), before);
  EXPECT_FALSE(host.exists("inside/stolen"));
  EXPECT_TRUE(host.exists("inside/good"));
}

TEST(WasiEscape, ADirectoryOfTheGuestsIsAsTightAsTheFirst) {
  const Host host;
  WasiGuest guest({host.inside()});
  uint32_t b = 0;
  ASSERT_EQ(guest.open(3, "a/b", &b, kEveryRight & ~uint64_t{0x30000146}, kOpenDirectory, 0, 0,
                       kEveryRight & 0xFFFFFFF),
            0u);
  EXPECT_EQ(guest.open(b, "file", nullptr), 0u);
  // Above it is not its business, although the guest has another descriptor for that.
  EXPECT_EQ(guest.open(b, "../marker", nullptr), wasi::kNotCapable);
  EXPECT_EQ(guest.open(b, "../b/file", nullptr), wasi::kNotCapable);
  EXPECT_EQ(guest.open(b, "../../../outside/secret", nullptr), wasi::kNotCapable);
}

TEST(WasiEscape, LinksWithinTheDirectoryWork) {
  const Host host;
  WasiGuest guest({host.inside()});
  uint32_t fd = 0;
  ASSERT_EQ(guest.open(3, "good", &fd), 0u);
  EXPECT_EQ(guest.read(fd), "own");
  // ".." behind a link goes up from where the link leads, as in every Unix.
  ASSERT_EQ(guest.open(3, "to_b/../marker", &fd), 0u);
  EXPECT_EQ(guest.read(fd), "marker of a");
  ASSERT_EQ(guest.open(3, "a/back/a/back/to_b/file", &fd), 0u);
  EXPECT_EQ(guest.read(fd), "own");
  EXPECT_EQ(guest.open(3, "good", nullptr, kReadAndSeek, 0, 0), wasi::kLoop);
  EXPECT_EQ(guest.open(3, "good/", nullptr), wasi::kNotDirectory);
  EXPECT_EQ(guest.open(3, "loop1", nullptr), wasi::kLoop);
  EXPECT_EQ(guest.open(3, "loop1/x", nullptr), wasi::kLoop);
}

TEST(WasiEscape, ALinkThatTheGuestMakesLeadsNowhere) {
  const Host host;
  WasiGuest guest({host.inside()});
  EXPECT_EQ(guest.make_link("/etc/passwd", 3, "mine"), wasi::kNotCapable);
  EXPECT_EQ(guest.make_link(host / "outside/secret", 3, "mine"), wasi::kNotCapable);
  EXPECT_FALSE(host.exists("inside/mine"));
  ASSERT_EQ(guest.make_link("../outside/secret", 3, "mine"), 0u);
  ASSERT_EQ(guest.make_link("mine", 3, "mine2"), 0u);
  ASSERT_EQ(guest.make_link("../../outside", 3, "a/mine3"), 0u);
  ASSERT_EQ(guest.make_link("a/mine3/secret", 3, "mine4"), 0u);
  for (const char* path : {"mine", "mine2", "a/mine3", "a/mine3/secret", "mine4"}) {
    EXPECT_EQ(guest.open(3, path, nullptr), wasi::kNotCapable) << path;
    EXPECT_EQ(guest.open(3, path, nullptr, kReadWrite, kOpenCreate), wasi::kNotCapable) << path;
  }
  // A harmless place for a link, from where it is moved to one where it would lead out.
  ASSERT_EQ(guest.make_link("../../outside/secret", 3, "a/b/link"), 0u);
  ASSERT_EQ(guest.rename(3, "a/b/link", 3, "a/link"), 0u);
  EXPECT_EQ(guest.open(3, "a/link", nullptr), wasi::kNotCapable);
}

TEST(WasiEscape, HardLinksStayInside) {
  const Host host;
  WasiGuest guest({host.inside()});
  EXPECT_EQ(guest.hard_link(3, "../outside/secret", 3, "x"), wasi::kNotCapable);
  EXPECT_EQ(guest.hard_link(3, "up_directory/secret", 3, "x"), wasi::kNotCapable);
  EXPECT_EQ(guest.hard_link(3, "up", 3, "x", kFollowLinks), wasi::kInvalid);
  // A second name for the link itself, which leads nowhere as the first.
  ASSERT_EQ(guest.hard_link(3, "up", 3, "x"), 0u);
  EXPECT_EQ(guest.open(3, "x", nullptr), wasi::kNotCapable);
  EXPECT_EQ(guest.hard_link(3, "a/b/file", 3, "../outside/x"), wasi::kNotCapable);
  EXPECT_EQ(guest.hard_link(3, "a/b/file", 3, "up_directory/x"), wasi::kNotCapable);
  EXPECT_FALSE(host.exists("outside/x"));
}

TEST(WasiEscape, LinksOfProcAreTextLikeOthers) {
  const Host host;
  const int fd = open((host / "outside").c_str(), O_RDONLY | O_DIRECTORY);
  ASSERT_GE(fd, 0);
  host.link("/proc/self/fd/" + std::to_string(fd), "inside/proc");
  // Even a guest that is given all of /proc/self does not get through what its links stand for.
  WasiGuest guest({host.inside(), "/proc/self"});
  EXPECT_EQ(guest.open(3, "proc/secret", nullptr), wasi::kNotCapable);
  const std::string magic = "fd/" + std::to_string(fd);
  for (const std::string& path :
       {magic, magic + "/", magic + "/secret", magic + "/../inside/good", std::string("root"),
        std::string("root/etc/passwd"), std::string("cwd/."), std::string("exe")}) {
    EXPECT_EQ(guest.open(4, path, nullptr), wasi::kNotCapable) << path;
  }
  close(fd);
}

TEST(WasiEscape, OddPathsAreRefused) {
  const Host host;
  WasiGuest guest({host.inside()});
  EXPECT_EQ(guest.open(3, "", nullptr), wasi::kNoEntry);
  EXPECT_EQ(guest.open(3, std::string("good\0", 5), nullptr), wasi::kInvalid);
  EXPECT_EQ(guest.open(3, std::string("good\0/../../outside/secret", 26), nullptr), wasi::kInvalid);
  EXPECT_EQ(guest.open(3, std::string("\0", 1), nullptr), wasi::kInvalid);
  EXPECT_EQ(guest.open(3, std::string(256, 'x'), nullptr), wasi::kNameTooLong);
  EXPECT_EQ(guest.open(3, std::string(255, 'x'), nullptr), wasi::kNoEntry);
  std::string deep;
  for (int i = 0; i < 41; i++) deep += "a/back/";
  EXPECT_EQ(guest.open(3, deep + "good", nullptr), wasi::kLoop);
  std::string steps;
  for (int i = 0; i < 300; i++) steps += "a/../";
  EXPECT_EQ(guest.open(3, steps + "good", nullptr), 0u);
  EXPECT_EQ(guest.open(3, steps + "../outside/secret", nullptr), wasi::kNotCapable);
  // "missing" does not vanish because of the ".." behind it.
  EXPECT_EQ(guest.open(3, "missing/../good", nullptr), wasi::kNoEntry);
  EXPECT_EQ(guest.open(3, "a/b/file/../file", nullptr), wasi::kNotDirectory);
  EXPECT_EQ(guest.open(3, "...", nullptr), wasi::kNoEntry);
  EXPECT_EQ(guest.open(3, "..\\outside\\secret", nullptr), wasi::kNoEntry);
}

// A file system may keep names in that much room: it is never asked for longer ones.
TEST(WasiEscape, NoNameThatIsTooLongReachesTheFileSystem) {
  static size_t longest = 0;
  longest = 0;
  FileSystem system;
  system.stat_at = [](void*, FileHandle, StringView name, FileStat*) {
    longest = std::max(longest, name.size());
    return wasi::kNoEntry;
  };
  const Host host;
  WasiGuest guest({host.inside()}, system);
  EXPECT_EQ(guest.stat(3, std::string(255, 'x')), wasi::kNoEntry);
  EXPECT_EQ(guest.stat(3, std::string(256, 'x')), wasi::kNameTooLong);
  EXPECT_EQ(longest, 255u);
}

// Nor does the text of a link go where its name still is: a file system may look at that again.
TEST(WasiEscape, TheTextOfALinkDoesNotGoWhereItsNameIs) {
  FileSystem system;
  system.open = [](void*, FileHandle, StringView, const FileMode&, FileHandle*, FileType*) {
    return wasi::kLoop;
  };
  system.read_link = [](void*, FileHandle, StringView name, MutableBytes text, size_t* size) {
    const auto* const at = reinterpret_cast<const uint8_t*>(name.data());
    EXPECT_TRUE(at + name.size() <= text.data() || at >= text.end());
    memcpy(text.data(), "link/x", 6);
    *size = 6;
    return wasi::kSuccess;
  };
  const Host host;
  WasiGuest guest({host.inside()}, system);
  EXPECT_EQ(guest.stat(3, "link/x"), wasi::kLoop);
}

TEST(WasiEscape, ADeepPathRunsOutOfDepthAndNotOfMemory) {
  const Host host;
  std::string deep = "inside";
  for (int i = 0; i < 80; i++) deep += "/d";
  host.directory(deep);
  WasiGuest guest({host.inside()});
  std::string path;
  for (int i = 0; i < 64; i++) path += "d/";
  EXPECT_EQ(guest.stat(3, path + "d"), 0u);
  EXPECT_EQ(guest.stat(3, path + "d/d"), wasi::kNameTooLong);
}

TEST(WasiEscape, ALinkThatHasNoRoomIsNotFollowed) {
  const Host host;
  host.link(std::string(100, 'x'), "inside/long");
  for (const size_t room : {0, 1, 7, 8, 9, 99, 100, 101, 102, 108, 200}) {
    WasiGuest guest({host.inside()}, port::file_system(), port::wasi_system(), 16, room);
    const uint32_t error = guest.open(3, "long", nullptr);
    EXPECT_EQ(error, room > 100 ? wasi::kNoEntry : wasi::kNameTooLong) << room;
    const uint32_t good = guest.open(3, "good", nullptr);
    EXPECT_EQ(good, room > 8 ? wasi::kSuccess : wasi::kNameTooLong) << room;
    // "a/b" in place of "to_b", and "/../marker" behind it.
    const uint32_t behind = guest.open(3, "to_b/../marker", nullptr);
    EXPECT_EQ(behind, room > 13 ? wasi::kSuccess : wasi::kNameTooLong) << room;
  }
}

// ---- Others change the tree while a path is walked -------------------------------------------

// The host's files, with something that happens just before a name is opened.
struct Meddler {
  FileSystem system = port::file_system();
  std::string name;
  std::function<void()> action;

  static Errno open(void* context, FileHandle directory, StringView name, const FileMode& mode,
                    FileHandle* handle, FileType* type) {
    Meddler& self = *static_cast<Meddler*>(context);
    if (self.action && StringView(self.name.data(), self.name.size()) == name) {
      const std::function<void()> action = std::move(self.action);
      self.action = nullptr;
      action();
    }
    return self.system.open(self.system.context, directory, name, mode, handle, type);
  }
  FileSystem meddling() {
    FileSystem out = system;
    out.context = this;  // the others do not use it
    out.open = open;
    return out;
  }
};

TEST(WasiEscape, ADirectoryThatIsMovedOutOnTheWayDoesNotTakeTheGuestWithIt) {
  const Host host;
  host.directory("inside/x/y/z");
  host.file("inside/x/secret", "harmless");
  Meddler meddler;
  WasiGuest guest({host.inside()}, meddler.meddling());
  // While the guest is in y, y moves beside the secret. From there, ".." would be "outside".
  meddler.name = "z";
  meddler.action = [&] { std::filesystem::rename(host / "inside/x/y", host / "outside/y"); };
  uint32_t fd = 0;
  ASSERT_EQ(guest.open(3, "x/y/z/../../secret", &fd), 0u);
  EXPECT_TRUE(host.exists("outside/y"));
  EXPECT_EQ(guest.read(fd), "harmless");
}

TEST(WasiEscape, ADirectoryThatBecomesALinkOnTheWayIsNotFollowed) {
  const Host host;
  host.directory("inside/x");
  host.file("inside/x/secret", "harmless");
  for (const std::string& text : {std::string("../outside"), host / "outside"}) {
    Meddler meddler;
    WasiGuest guest({host.inside()}, meddler.meddling());
    // Before x is looked up, and after.
    for (const char* when : {"x", "secret"}) {
      meddler.name = when;
      meddler.action = [&] {
        std::filesystem::rename(host / "inside/x", host / "inside/was_x");
        host.link(text, "inside/x");
      };
      uint32_t fd = 0;
      const uint32_t error = guest.open(3, "x/secret", &fd);
      if (std::string(when) == "x") {
        EXPECT_EQ(error, wasi::kNotCapable);
      } else {
        ASSERT_EQ(error, 0u);
        EXPECT_EQ(guest.read(fd), "harmless");
      }
      unlink((host / "inside/x").c_str());
      std::filesystem::rename(host / "inside/was_x", host / "inside/x");
    }
  }
}

TEST(WasiEscape, AFileThatBecomesALinkBeforeItIsOpenedIsNotFollowed) {
  const Host host;
  host.file("inside/target", "harmless");
  for (const uint32_t how : {0u, kOpenCreate, kOpenTruncate}) {
    Meddler meddler;
    WasiGuest guest({host.inside()}, meddler.meddling());
    meddler.name = "target";
    meddler.action = [&] {
      unlink((host / "inside/target").c_str());
      host.link("../outside/secret", "inside/target");
    };
    EXPECT_EQ(guest.open(3, "target", nullptr, kReadWrite, how), wasi::kNotCapable);
    EXPECT_EQ(host.content("outside/secret"), "secret");
  }
}

TEST(WasiEscape, AHeldDirectoryThatIsMovedOutLeadsNoFurther) {
  const Host host;
  WasiGuest guest({host.inside()});
  uint32_t b = 0;
  ASSERT_EQ(
      guest.open(3, "a/b", &b, 0x200000 | 1 << 13 | 1 << 14, kOpenDirectory, 0, 0, kReadAndSeek),
      0u);
  std::filesystem::rename(host / "inside/a/b", host / "outside/b");
  // What is in it stays the guest's, who had it open; what is beside it does not become so.
  EXPECT_EQ(guest.open(b, "file", nullptr), 0u);
  EXPECT_EQ(guest.open(b, "../secret", nullptr), wasi::kNotCapable);
  EXPECT_EQ(guest.open(b, "..", nullptr), wasi::kNotCapable);
}

// Any calls with any parameters: nothing outside changes, and each ends with an error number.
TEST(WasiEscape, RandomCallsStayInside) {
  const Host host;
  const std::string before = host.outside();
  std::vector<std::string> paths = {".",    "a",    "a/b",     "a/b/file", "new",    "a/new",
                                    "to_b", "new/", "to_b/..", "good",     "b/file", "x/y"};
  for (const Escape& escape : escapes(host)) paths.push_back(escape.path);
  std::vector<const char*> names;
  for (const HostFunction& function : WasiFiles::functions()) {
    // The second would fill the disk.
    const std::string name = function.field_name;
    if (name != "poll_oneoff" && name != "fd_allocate") names.push_back(function.field_name);
  }
  for (int i = 0; i < 20; i++) names.push_back(i % 4 == 0 ? "path_create_directory" : "path_open");
  // Where descriptors and paths are among the parameters.
  const std::map<std::string, std::string> kinds = {
      {"path_open", "dspssssss"}, {"path_filestat_get", "dsps"},
      {"path_link", "dspdp"},     {"path_filestat_set_times", "dspsss"},
      {"path_rename", "dpdp"},    {"path_symlink", "pdp"},
      {"path_readlink", "dpsss"}, {"path_create_directory", "dp"},
      {"path_unlink_file", "dp"}, {"path_remove_directory", "dp"},
  };
  std::minstd_rand random(1);
  int opened = 0;
  int done = 0;
  std::unique_ptr<WasiGuest> owner;
  for (int i = 0; i < 15000; i++) {
    if (i % 100 == 0) {  // a new one, as a guest can give up all that it has
      owner =
          std::make_unique<WasiGuest>(std::vector<std::string>{host.inside(), host / "inside/a"});
      for (uint32_t k = 0; k < paths.size(); k++) owner->put(4096 + 128 * k, paths[k]);
    }
    WasiGuest& guest = *owner;
    const char* const name = names[random() % names.size()];
    const FunctionType type = guest.instance().function_type(guest.instance().function(name).index);
    std::vector<uint64_t> parameters;
    for (const char kind : kinds.count(name) != 0 ? kinds.at(name) : "dsssss") {
      if (parameters.size() == type.parameter_count) break;
      const bool is_wide = type.parameters[parameters.size()] == ValueType::kI64;
      const uint32_t path = random() % paths.size();
      if (random() % 30 == 0) {
        parameters.push_back(is_wide ? uint64_t{random()} << 40 : random());
      } else if (is_wide) {
        constexpr uint64_t kNumbers[] = {0, 1, 100, kReadWrite, kEveryRight, INT64_MAX, ~0ull};
        parameters.push_back(kNumbers[random() % 7]);
      } else if (kind == 'p') {
        parameters.push_back(4096 + 128 * path);
        parameters.push_back(paths[path].size());
      } else {
        parameters.push_back(kind == 'd' ? 3 + random() % 4 : random() % 4);
      }
    }
    parameters.resize(type.parameter_count);
    const uint32_t error = guest.call(name, parameters);
    ASSERT_LE(error, 76u) << name;
    if (error == 0) done++;
    if (error == 0 && std::string(name) == "path_open") opened++;
  }
  EXPECT_EQ(host.outside(), before);
  EXPECT_GT(opened, 20);
  EXPECT_GT(done, 500);
}

// ---- Several directories ---------------------------------------------------------------------

// One of the guest's directories lies in another of them: each goes as far as it says, and no
// further, whatever is moved between them.
TEST(WasiEscape, ADirectoryWithinAnotherIsAWorldOfItsOwn) {
  const Host host;
  WasiGuest guest({host.inside(), host / "inside/a"});
  EXPECT_EQ(guest.open(3, "a/../a/marker", nullptr), 0u);
  EXPECT_EQ(guest.open(4, "../a/marker", nullptr), wasi::kNotCapable);
  EXPECT_EQ(guest.open(4, "back/a/marker", nullptr), wasi::kNotCapable);
  EXPECT_EQ(guest.rename(3, "good", 4, "../moved"), wasi::kNotCapable);
  EXPECT_EQ(guest.rename(4, "../good", 3, "moved"), wasi::kNotCapable);
  EXPECT_EQ(guest.hard_link(4, "../good", 3, "moved"), wasi::kNotCapable);
  // A directory cannot become a part of itself.
  EXPECT_EQ(guest.rename(3, "a", 4, "b/c"), wasi::kInvalid);
  // The inner one moves elsewhere within the outer one, and stays what it is.
  ASSERT_EQ(guest.rename(3, "a", 3, "a2"), 0u);
  EXPECT_EQ(guest.open(4, "marker", nullptr), 0u);
  EXPECT_EQ(guest.open(4, "../a2/marker", nullptr), wasi::kNotCapable);
  // A link that led out of the inner one, and nowhere in the outer one, does so wherever it is.
  ASSERT_EQ(guest.make_link("../../outside/secret", 4, "b/link"), 0u);
  ASSERT_EQ(guest.rename(4, "b/link", 3, "link"), 0u);
  EXPECT_EQ(guest.open(3, "link", nullptr), wasi::kNotCapable);
  EXPECT_EQ(guest.open(3, "link", nullptr, kReadWrite, kOpenCreate), wasi::kNotCapable);
  // The inner one is removed: nothing can be made in it, or reached through it.
  for (const char* name : {"b/file", "marker", "chain3", "back"}) {
    ASSERT_EQ(guest.path_call("path_unlink_file", 4, name), 0u) << name;
  }
  ASSERT_EQ(guest.path_call("path_remove_directory", 4, "b"), 0u);
  ASSERT_EQ(guest.path_call("path_remove_directory", 3, "a2"), 0u);
  EXPECT_EQ(guest.open(4, "x", nullptr, kReadWrite, kOpenCreate), wasi::kNoEntry);
  EXPECT_EQ(guest.open(4, "..", nullptr), wasi::kNotCapable);
  EXPECT_EQ(guest.rename(3, "good", 4, "x"), wasi::kNoEntry);
}

// A number says nothing of what it stands for: a directory keeps its bounds and its rights under
// another number, and what had the number has gone.
TEST(WasiEscape, AnotherNumberGivesNoOtherRights) {
  const Host host;
  WasiGuest guest({host.inside(), host / "inside/a"});
  uint32_t b = 0;
  ASSERT_EQ(guest.open(3, "a/b", &b, 1 << 13, kOpenDirectory, 0, 0, 1 << 1), 0u);
  ASSERT_EQ(guest.call("fd_renumber", {b, 3}), 0u);
  EXPECT_EQ(guest.open(3, "file", nullptr, 1 << 1), 0u);
  EXPECT_EQ(guest.open(3, "../marker", nullptr, 1 << 1), wasi::kNotCapable);
  EXPECT_EQ(guest.open(3, "file", nullptr, kReadWrite), wasi::kNotCapable);
  EXPECT_EQ(guest.open(3, "new", nullptr, 1 << 1, kOpenCreate), wasi::kNotCapable);
  EXPECT_EQ(guest.open(3, "file", nullptr, 1 << 1, kOpenTruncate), wasi::kNotCapable);
  EXPECT_EQ(guest.call("fd_prestat_get", {3, WasiGuest::kResult}), wasi::kBadDescriptor);
  EXPECT_EQ(guest.open(b, "file", nullptr, 1 << 1), wasi::kBadDescriptor);
  // One preopened directory in the place of another.
  ASSERT_EQ(guest.call("fd_renumber", {4, 3}), 0u);
  EXPECT_EQ(guest.open(3, "marker", nullptr), 0u);
  EXPECT_EQ(guest.open(3, "../good", nullptr), wasi::kNotCapable);
  EXPECT_EQ(guest.open(4, "marker", nullptr), wasi::kBadDescriptor);
  EXPECT_EQ(host.content("inside/a/b/file"), "own");
}

// Every combination of how to open, with every right, of names of every kind.
TEST(WasiEscape, NoWayToOpenFollowsALinkOut) {
  const Host host;
  const std::string before = host.outside();
  WasiGuest guest({host.inside()});
  for (uint32_t how = 0; how < 16; how++) {
    for (const uint32_t lookup : {0u, kFollowLinks}) {
      for (const uint64_t rights : {uint64_t{0}, uint64_t{1} << 6, kReadWrite, kEveryRight}) {
        for (const char* path : {"absolute", "up", "up_directory", "root", "dangling", "parent/",
                                 "to_dangling", "a/back/../outside/new", "up_directory/new"}) {
          EXPECT_NE(guest.open(3, path, nullptr, rights, how, lookup, 0, rights), 0u)
              << path << ", how " << how << ", lookup " << lookup;
        }
      }
    }
  }
  EXPECT_EQ(host.outside(), before);
}

// ---- Races -----------------------------------------------------------------------------------

// Swaps two names of the host's all the time, in a thread of its own.
class Swapper {
 public:
  Swapper(const std::string& x, const std::string& y)
      : thread_([this, x, y] {
          while (!is_done_) {
            renameat2(AT_FDCWD, x.c_str(), AT_FDCWD, y.c_str(), RENAME_EXCHANGE);
            swaps_++;
          }
        }) {}
  ~Swapper() {
    is_done_ = true;
    thread_.join();
  }
  Swapper(const Swapper&) = delete;
  Swapper& operator=(const Swapper&) = delete;

  uint64_t swaps() const { return swaps_; }

 private:
  std::atomic<bool> is_done_{false};
  std::atomic<uint64_t> swaps_{0};
  std::thread thread_;
};

// Every call that changes something, by a path that is at times one to the outside.
TEST(WasiEscape, NothingOutsideChangesInARace) {
  const Host host;
  host.directory("inside/x/below");
  host.file("inside/x/secret", "harmless");
  host.link("../outside", "inside/y");
  const std::string before = host.outside();
  WasiGuest guest({host.inside()});
  {
    const Swapper swapper(host / "inside/x", host / "inside/y");
    for (int i = 0; i < 1500 || swapper.swaps() < 1000; i++) {
      guest.set_times(3, "x/secret");
      guest.set_times(3, "x/", 0);
      guest.open(3, "x/secret", nullptr, kReadWrite, kOpenTruncate);
      guest.open(3, "x/new", nullptr, kReadWrite, kOpenCreate);
      guest.path_call("path_create_directory", 3, "x/d");
      guest.rename(3, "x/new", 3, "x/newer");
      guest.hard_link(3, "x/secret", 3, "x/second");
      guest.hard_link(3, "x/secret", 3, "stolen");
      guest.make_link("secret", 3, "x/link");
      guest.rename(3, "x/secret", 3, "stolen");
      guest.rename(3, "stolen", 3, "x/secret");
      for (const char* name : {"x/secret", "x/newer", "x/second", "x/link", "stolen"}) {
        if (i % 8 == 7) guest.path_call("path_unlink_file", 3, name);
      }
      for (const char* name : {"x/d", "x/below"}) {
        guest.path_call("path_remove_directory", 3, name);
      }
      if (HasFailure()) break;
    }
  }
  EXPECT_EQ(host.outside(), before);
}

// The directory in which the guest is moves out of its own one and back all the time.
TEST(WasiEscape, NoPathEndsWhereADirectoryHasMovedTo) {
  const Host host;
  host.directory("inside/x/y/z");
  host.file("inside/x/secret", "harmless");
  host.directory("outside/y");
  WasiGuest guest({host.inside()});
  const Swapper swapper(host / "inside/x/y", host / "outside/y");
  int opened = 0;
  for (int i = 0; i < 3000 || swapper.swaps() < 1000; i++) {
    for (const char* path : {"x/y/../secret", "x/y/z/../../secret"}) {
      uint32_t fd = 0;
      if (guest.open(3, path, &fd) != 0) continue;
      opened++;
      EXPECT_EQ(guest.read(fd), "harmless");
      guest.call("fd_close", {fd});
    }
    EXPECT_EQ(guest.open(3, "x/y/../../../outside/secret", nullptr), wasi::kNotCapable);
    if (HasFailure()) break;
  }
  EXPECT_GT(opened, 0);
}

// A directory and a link to the outside change places all the time.
TEST(WasiEscape, SwappingLinksWinsNoRace) {
  const Host host;
  host.directory("inside/x");
  host.file("inside/x/secret", "harmless");
  host.link("../outside", "inside/y");
  const Swapper swapper(host / "inside/x", host / "inside/y");
  WasiGuest guest({host.inside()});
  int opened = 0;
  int refused = 0;
  for (int i = 0; i < 20000 || opened == 0 || refused == 0; i++) {
    uint32_t fd = 0;
    const uint32_t error = guest.open(3, "x/secret", &fd);
    if (error == 0) {
      opened++;
      EXPECT_EQ(guest.read(fd), "harmless");
      guest.call("fd_close", {fd});
    } else {
      refused++;
      // The others: it was a link when it was looked up, and none when that was looked into.
      EXPECT_TRUE(error == wasi::kNotCapable || error == wasi::kInvalid ||
                  error == wasi::kNotDirectory)
          << error;
    }
    if (i > 10000000 || HasFailure()) break;
  }
  EXPECT_GT(opened, 0);
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace mote::test
