// A module with its bytes: see debug_module.hpp.
#include "debug_module.hpp"

#include <cstdio>
#include <cstdlib>
#include <mote/port_linux.hpp>

namespace mote::tool {

namespace {

constexpr size_t kStoreBytes = size_t{4} << 30;  // reserved, not used
constexpr uint32_t kShownFrames = 32;

// Decimal, or hexadecimal after 0x.
bool parse_offset(const std::string& text, uint32_t* offset) {
  const bool is_hexadecimal = text.compare(0, 2, "0x") == 0;
  const std::string digits = text.substr(is_hexadecimal ? 2 : 0);
  const char* allowed = is_hexadecimal ? "0123456789abcdefABCDEF" : "0123456789";
  if (digits.empty() || digits.size() > 10) return false;
  if (digits.find_first_not_of(allowed) != std::string::npos) return false;
  const uint64_t number = std::strtoull(digits.c_str(), nullptr, is_hexadecimal ? 16 : 10);
  *offset = static_cast<uint32_t>(number);
  return number < kNoIndex;
}

}  // namespace

void DebugModule::read_debug_info(const std::string& path) {
  debug_info = std::make_unique<DebugInfo>(*parts);
  if (debug_info->is_damaged()) {
    std::fprintf(stderr, "mote: %s: the debug information is damaged: parts of it are ignored\n",
                 path.c_str());
  } else if (!debug_info->exists()) {
    std::fprintf(stderr, "mote: %s: the module has no debug information (compile with -g)\n",
                 path.c_str());
  }
}

int load_debug_module(Store& store, const std::string& path, Feed& feed, DebugModule* loaded) {
  const auto keep = [loaded](Bytes bytes) {
    loaded->bytes.insert(loaded->bytes.end(), bytes.data(), bytes.data() + bytes.size());
  };
  const int code = load_file(store, path, feed, &loaded->module, keep);
  if (code != 0) return code;
  const Bytes bytes(loaded->bytes.data(), loaded->bytes.size());
  uint32_t imported_functions = 0;
  for (uint32_t i = 0; i < loaded->module->import_count(); i++) {
    if (loaded->module->import(i).type.kind == ExternKind::kFunction) imported_functions++;
  }
  loaded->parts = std::make_unique<ModuleBytes>(bytes, imported_functions);
  return 0;
}

std::string function_text(const Module& module, uint32_t function) {
  std::string text = "function " + std::to_string(function);
  const std::string name = printable(module.function_name(function));
  if (!name.empty()) text += " \"" + name + "\"";
  return text;
}

std::string offset_text(uint32_t offset) {
  char text[64];
  std::snprintf(text, sizeof text, "byte offset %u (0x%x)", offset, offset);
  return text;
}

void print_backtrace(const Execution& execution, const DebugInfo* debug_info) {
  FrameInfo frames[kShownFrames];
  const uint32_t count = execution.backtrace(frames);
  for (uint32_t i = 0; i < count && i < kShownFrames; i++) {
    const FrameInfo& frame = frames[i];
    std::string text = function_text(frame.instance->module(), frame.function);
    if (frame.offset != kNoIndex) text += " at " + offset_text(frame.offset);
    if (debug_info != nullptr && frame.offset != kNoIndex) {
      const std::string source = to_text(debug_info->find(frame.offset));
      if (!source.empty()) text += ": " + source;
    }
    std::fprintf(stderr, "  #%u %s\n", i, text.c_str());
  }
  if (count > kShownFrames) std::fprintf(stderr, "  ... %u more\n", count - kShownFrames);
}

int where(const std::string& path, const std::vector<std::string>& offsets) {
  linux_port::ReservedMemory memory(kStoreBytes);
  Store store(memory.bytes(), {true});
  DebugModule loaded;
  Feed feed;
  int code = load_debug_module(store, path, feed, &loaded);
  if (code != 0) return code;
  loaded.read_debug_info(path);
  for (const std::string& text : offsets) {
    uint32_t offset;
    if (!parse_offset(text, &offset)) {
      std::fprintf(stderr, "mote: \"%s\" is no byte offset, like 1234 or 0x4d2\n", text.c_str());
      return kExitUsage;
    }
    const Body* const body = loaded.parts->body_at(offset);
    if (body == nullptr) {
      std::fprintf(stderr, "mote: %s: %s is in no function\n", path.c_str(),
                   offset_text(offset).c_str());
      code = kExitUsage;
      continue;
    }
    const std::string source = to_text(loaded.debug_info->find(offset));
    std::printf("%s: %s%s%s\n", offset_text(offset).c_str(),
                function_text(*loaded.module, body->function).c_str(), source.empty() ? "" : ": ",
                source.c_str());
  }
  return code;
}

}  // namespace mote::tool
