// mote save: see save.hpp. The image is written as a device would write it to flash: page by page,
// while the module arrives.
#include "save.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <mote/port_linux.hpp>

namespace mote::tool {

namespace {

constexpr size_t kStoreBytes = size_t{4} << 30;  // reserved, not used
constexpr size_t kPageBytes = 256;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

bool write_page(void* context, uint32_t offset, Bytes bytes) {
  std::FILE* file = static_cast<std::FILE*>(context);
  return std::fseek(file, static_cast<long>(offset), SEEK_SET) == 0 &&
         std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
}

int report_output(const std::string& path) {
  std::fprintf(stderr, "mote: %s: cannot write: %s\n", path.c_str(), std::strerror(errno));
  return kExitLoad;
}

// 0, or an exit code after a message.
int save_to(std::FILE* out, const std::string& file, const std::string& output, Feed& feed) {
  linux_port::ReservedMemory memory(kStoreBytes);
  Store store(memory.bytes(), {true});
  uint8_t page[kPageBytes];
  ImageWriter writer(write_page, out, page);
  Error error = writer.feed({});  // says if this build cannot save at all
  if (!error.ok()) return report_error(file, error, nullptr);
  const Module* module = nullptr;
  const int code =
      load_file(store, file, feed, &module, [&](Bytes bytes) { error = writer.feed(bytes); });
  if (code != 0) return code;
  uint32_t size = 0;
  if (error.ok()) error = writer.finish(*module, &size);
  if (!error.ok()) return report_error(output, error, module);
  if (std::fflush(out) != 0) return report_output(output);
  const ModuleInfo info = module->info();
  std::printf("%s: %u bytes, of which code %u\n", output.c_str(), size, info.code_bytes);
  return 0;
}

}  // namespace

// An image that is there stays until the new one is complete.
int save(const std::string& file, const std::string& output, Feed& feed) {
  const std::string unfinished = output + ".unfinished";
  std::unique_ptr<std::FILE, CloseFile> out(std::fopen(unfinished.c_str(), "wb"));
  if (out == nullptr) return report_output(output);
  int code = save_to(out.get(), file, output, feed);
  out.reset();
  if (code == 0 && std::rename(unfinished.c_str(), output.c_str()) != 0) {
    code = report_output(output);
  }
  if (code != 0) std::remove(unfinished.c_str());
  return code;
}

}  // namespace mote::tool
