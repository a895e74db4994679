// Walks a guest's path from a directory that the guest has, and never out of it.
//
//   path "a/b/../../x/link/file", from directory D; link says "../y"
//
//   rest of the path          held open         looks up
//   a/b/../../x/link/file     D                 a in D: a directory
//   b/../../x/link/file       D a               b in a
//   ../../x/link/file         D a b             (goes back: closes b)
//   ../x/link/file            D a               (closes a; one more ".." would be ENOTCAPABLE)
//   x/link/file               D                 x in D
//   link/file                 D x               link in x: a link, its text replaces it
//   ../y/file                 D x               (closes x)
//   y/file                    D                 y in D
//   file                      D y               nothing: that is what the call is about
//
// The system is only asked for one name in one directory that is held open, and follows no links.
// Whatever others do to the tree meanwhile, what is held lies, or lay when it was opened, below D.
#pragma once

#include <mote/wasi_files.hpp>

namespace mote::wasi {

// Whether a path, or the text of a link, is one that a guest may give: not empty, not too long, not
// absolute, without a zero byte.
Errno check_text(StringView text);

class Walk {
 public:
  // `path` must stay where it is until the walk has ended: nothing may move the guest's memory.
  // `links` is where paths with the text of links in them are put together.
  Walk(const FileSystem& system, MutableBytes links, FileHandle root, StringView path)
      : system_(system), links_(links), root_(root), rest_(path) {}
  ~Walk();
  Walk(const Walk&) = delete;
  Walk& operator=(const Walk&) = delete;

  // Goes to the path's last name, which is not looked up.
  Errno to_last();
  // The last name turned out to be that of a link which is to be followed: goes on to the last name
  // of what it stands for.
  Errno follow();

  FileHandle directory() const { return depth_ == 0 ? root_ : held_[depth_ - 1]; }
  // The last name. Empty: the path is about directory() itself.
  StringView name() const { return name_; }
  // "name/": must be a directory, and a link is always followed.
  bool ends_in_slash() const { return !rest_.empty(); }

 private:
  // Directories below the first one; they are on the native stack.
  static constexpr uint32_t kMaxDepth = sizeof(void*) == 8 ? 64 : 16;
  static constexpr uint32_t kMaxLinks = 40;

  Errno walk();
  Errno enter(StringView name);
  Errno replace_link(StringView name);
  void go_back();

  const FileSystem& system_;
  const MutableBytes links_;
  const FileHandle root_;
  StringView rest_;  // what follows name_, in the guest's memory or at the end of links_
  StringView name_;
  bool is_in_links_ = false;  // where rest_ and name_ are
  uint32_t followed_ = 0;
  uint32_t depth_ = 0;
  FileHandle held_[kMaxDepth];
};

}  // namespace mote::wasi
