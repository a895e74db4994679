// Loading a module from a file: see module_file.hpp.
#include "module_file.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

namespace mote::tool {

bool Feed::parse(const std::string& text) {
  if (text == "random") {
    is_random = true;
    return true;
  }
  if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos) return false;
  errno = 0;
  chunk = std::strtoull(text.c_str(), nullptr, 10);
  return errno == 0 && chunk != 0;
}

namespace {

int report_system_error(const std::string& path, int number) {
  std::fprintf(stderr, "mote: %s: cannot read: %s\n", path.c_str(), std::strerror(number));
  return kExitLoad;
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// Maps the image for as long as the command runs, as flash would hold it.
int open_image_file(Store& store, const std::string& path, std::FILE* file, size_t size,
                    const Module** module) {
  void* memory = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fileno(file), 0);
  if (memory == MAP_FAILED) return report_system_error(path, errno);
  const Error error = open_image(store, Bytes(static_cast<uint8_t*>(memory), size), module);
  return error.ok() ? 0 : report_error(path, error, nullptr);
}

}  // namespace

int load_file(Store& store, const std::string& path, Feed& feed, const Module** module,
              const std::function<void(Bytes)>& on_bytes) {
  *module = nullptr;
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return report_system_error(path, errno);
  if (S_ISDIR(info.st_mode)) return report_system_error(path, EISDIR);
  std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return report_system_error(path, errno);

  std::vector<uint8_t> buffer(64 * 1024);
  if (S_ISREG(info.st_mode)) {
    const size_t size = std::fread(buffer.data(), 1, 16, file.get());
    if (is_image(Bytes(buffer.data(), size))) {
      if (on_bytes != nullptr) {
        std::fprintf(stderr, "mote: %s: an image of saved code: this needs the module\n",
                     path.c_str());
        return kExitLoad;
      }
      return open_image_file(store, path, file.get(), static_cast<size_t>(info.st_size), module);
    }
    std::rewind(file.get());
  }
  Loader loader(store);
  if (!loader.error().ok()) return report_error(path, loader.error(), nullptr);
  const StringView name(path.data(), path.size());
  Progress progress(feed.progress, "mote: " + printable(name) + ": loading",
                    S_ISREG(info.st_mode) ? static_cast<uint64_t>(info.st_size) : 0);
  uint64_t done = 0;
  for (;;) {
    const size_t size = std::fread(buffer.data(), 1, buffer.size(), file.get());
    if (size == 0) break;
    Bytes rest(buffer.data(), size);
    while (!rest.empty()) {
      size_t piece = feed.chunk == 0 ? rest.size() : static_cast<size_t>(feed.chunk);
      if (feed.is_random) piece = std::uniform_int_distribution<size_t>(0, 64)(feed.generator);
      piece = std::min(piece, rest.size());
      if (loader.feed(Bytes(rest.data(), piece)) == LoadState::kFailed) {
        progress.erase();
        return report_error(path, loader.error(), nullptr);
      }
      if (on_bytes != nullptr) on_bytes(Bytes(rest.data(), piece));
      rest = rest.from(piece);
    }
    done += size;
    progress.show(done);
  }
  progress.erase();
  if (std::ferror(file.get()) != 0) return report_system_error(path, errno);
  const Error error = loader.finish(module);
  return error.ok() ? 0 : report_error(path, error, nullptr);
}

int report_error(const std::string& path, const Error& error, const Module* module) {
  char text[512];
  describe(error, text);
  std::string line = text;
  // The name of the function goes behind its index.
  if (module != nullptr && error.function != kNoIndex) {
    const std::string name = printable(module->function_name(error.function));
    const std::string index = "function " + std::to_string(error.function);
    const size_t at = line.find(index);
    if (!name.empty() && at != std::string::npos) {
      line.insert(at + index.size(), " \"" + name + "\"");
    }
  }
  if (module != nullptr && class_of(error.code) == ErrorClass::kLink) {
    for (uint32_t i = 0; i < module->import_count(); i++) {
      const ImportInfo import = module->import(i);
      if (import.module_name == error.module_name && import.field_name == error.field_name) {
        line += ": the module wants " + to_text(import.type);
        break;
      }
    }
  }
  std::fprintf(stderr, "mote: %s: %s\n", path.c_str(), line.c_str());
  if (error.code == ErrorCode::kOutOfMemory || error.code == ErrorCode::kMemoryQuota) {
    return kExitExhausted;
  }
  return class_of(error.code) == ErrorClass::kTrap ? kExitTrap : kExitLoad;
}

std::string printable(StringView name) {
  std::string text(3 * name.size() + 1, 0);
  text.resize(escape_name(name, Span<char>(text.data(), text.size())));
  return text;
}

namespace {
std::string list(Span<const ValueType> types) {
  std::string text = "(";
  for (const ValueType type : types) {
    if (text.size() > 1) text += ", ";
    text += name_of(type);
  }
  return text + ")";
}
std::string limits(const Limits& limits) {
  std::string text = std::to_string(limits.minimum);
  if (limits.has_maximum) text += ".." + std::to_string(limits.maximum);
  return text;
}
}  // namespace

std::string to_text(const FunctionType& type) {
  return list(type.parameter_types()) + " -> " + list(type.result_types());
}

std::string to_text(const ExternType& type) {
  switch (type.kind) {
    case ExternKind::kFunction: return "func " + to_text(type.function);
    case ExternKind::kTable: return "table " + limits(type.limits) + " " + name_of(type.value);
    case ExternKind::kMemory:
      return "memory " + limits(type.limits) + " pages of " +
             std::to_string(1u << type.page_size_log2) +
             (type.page_size_log2 == 0 ? " byte" : " bytes");
    case ExternKind::kGlobal:
      return std::string(type.is_mutable ? "global mut " : "global ") + name_of(type.value);
  }
  return "?";
}

}  // namespace mote::tool
