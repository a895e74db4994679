// Walking paths: see walk.hpp.
#include "wasi/walk.hpp"

namespace mote::wasi {

namespace {

constexpr size_t kMaxName = 255;
// Bounds what a walk costs; that of Linux, without its zero byte.
constexpr size_t kMaxPath = 4095;

size_t count_slashes(StringView text) {
  size_t count = 0;
  while (count < text.size() && text[count] == '/') count++;
  return count;
}

StringView from(StringView text, size_t first) {
  return StringView(text.data() + first, text.size() - first);
}

}  // namespace

Errno check_text(StringView text) {
  if (text.empty()) return kNoEntry;
  if (text.size() > kMaxPath) return kNameTooLong;
  if (text[0] == '/') return kNotCapable;
  for (size_t i = 0; i < text.size(); i++) {
    if (text[i] == 0) return kInvalid;
  }
  return kSuccess;
}

Walk::~Walk() {
  while (depth_ != 0) go_back();
}

void Walk::go_back() {
  depth_--;
  if (system_.close != nullptr) system_.close(system_.context, held_[depth_]);
}

Errno Walk::to_last() {
  const Errno error = check_text(rest_);
  return error == kSuccess ? walk() : error;
}

Errno Walk::follow() {
  if (name_.empty()) return kLoop;  // a directory cannot be a link
  const Errno error = replace_link(name_);
  return error == kSuccess ? walk() : error;
}

Errno Walk::walk() {
  for (;;) {
    rest_ = from(rest_, count_slashes(rest_));
    size_t size = 0;
    while (size < rest_.size() && rest_[size] != '/') size++;
    name_ = StringView(rest_.data(), size);
    rest_ = from(rest_, size);
    const bool is_last = count_slashes(rest_) == rest_.size();
    if (name_ == "." || name_ == "..") {
      if (name_.size() == 2) {
        if (depth_ == 0) return kNotCapable;
        go_back();
      }
      name_ = {};
      if (is_last) return kSuccess;
      continue;
    }
    if (size > kMaxName) return kNameTooLong;
    if (is_last) return kSuccess;
    const Errno error = enter(name_);
    if (error != kSuccess) return error;
  }
}

// Opens the directory `name`, or puts the text of the link in front of the rest.
Errno Walk::enter(StringView name) {
  if (system_.open == nullptr) return kNotSupported;
  if (depth_ == kMaxDepth) return kNameTooLong;
  FileMode mode;
  mode.lookup = true;
  FileHandle handle = 0;
  FileType type = FileType::kUnknown;
  const Errno error = system_.open(system_.context, directory(), name, mode, &handle, &type);
  if (error == kLoop) return replace_link(name);
  if (error == kSuccess) held_[depth_++] = handle;
  return error;
}

//   links_:  | text of the link |  ...free...  | name | rest of the path |
// becomes    |                  ...free...  | text of the link | rest of the path |
Errno Walk::replace_link(StringView name) {
  if (system_.read_link == nullptr) return kLoop;
  if (++followed_ > kMaxLinks) return kLoop;
  char* const begin = reinterpret_cast<char*>(links_.data());
  if (links_.empty() || rest_.size() > links_.size()) return kNameTooLong;
  char* const rest = begin + (links_.size() - rest_.size());
  if (!is_in_links_) memcpy(rest, rest_.data(), rest_.size());
  // The name must stay while the link is read.
  const char* const end = is_in_links_ ? name.data() : rest;
  const size_t room = static_cast<size_t>(end - begin);
  size_t size = 0;
  if (room == 0) return kNameTooLong;
  const Errno error = system_.read_link(system_.context, directory(), name,
                                        MutableBytes(links_.data(), room), &size);
  if (error != kSuccess) return error;
  if (size >= room) return kNameTooLong;  // it may have been cut
  const Errno wrong = check_text(StringView(begin, size));
  if (wrong != kSuccess) return wrong;
  memmove(rest - size, begin, size);
  rest_ = StringView(rest - size, size + rest_.size());
  name_ = {};
  is_in_links_ = true;
  return kSuccess;
}

}  // namespace mote::wasi
