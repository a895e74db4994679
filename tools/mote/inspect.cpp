// mote validate and mote inspect: what a module is, without running it.
#include "inspect.hpp"

#include <cstdio>
#include <mote/port_linux.hpp>
#include <nlohmann/json.hpp>

namespace mote::tool {

namespace {

constexpr size_t kStoreBytes = size_t{4} << 30;  // reserved, not used

std::vector<std::string> features_of(const Module& module) {
  std::vector<std::string> names;
  for (uint8_t i = 1; i < static_cast<uint8_t>(Feature::kCount); i++) {
    const Feature feature = static_cast<Feature>(i);
    if (module.uses(feature)) names.push_back(name_of(feature));
  }
  return names;
}

double ratio(const ModuleInfo& info) {
  return info.function_bytes == 0
             ? 0
             : static_cast<double>(info.code_bytes) / static_cast<double>(info.function_bytes);
}

unsigned long long declared_bytes(const Module& module) {
  unsigned long long bytes = 0;
  for (uint32_t i = 0; i < module.memory_count(); i++) {
    const ExternType memory = module.memory_type(i);
    bytes += static_cast<unsigned long long>(memory.limits.minimum) << memory.page_size_log2;
  }
  return bytes;
}

void print_json(const std::string& file, const Module& module) {
  const ModuleInfo info = module.info();
  nlohmann::ordered_json out;
  out["file"] = file;
  out["name"] = to_string(module.name());
  out["module_bytes"] = info.module_bytes;
  out["imports"] = nlohmann::ordered_json::array();
  for (uint32_t i = 0; i < module.import_count(); i++) {
    const ImportInfo import = module.import(i);
    out["imports"].push_back({{"module", to_string(import.module_name)},
                              {"name", to_string(import.field_name)},
                              {"type", to_text(import.type)}});
  }
  out["exports"] = nlohmann::ordered_json::array();
  for (uint32_t i = 0; i < module.export_count(); i++) {
    const ExportInfo entry = module.export_at(i);
    out["exports"].push_back({{"name", to_string(entry.name)}, {"type", to_text(entry.type)}});
  }
  out["features"] = features_of(module);
  out["has_start_function"] = module.has_start_function();
  out["functions"] = info.functions;
  out["function_bytes"] = info.function_bytes;
  out["code_bytes"] = info.code_bytes;
  out["code_in_place"] = info.code_in_place;
  out["offset_map_bytes"] = info.offset_map_bytes;
  out["code_bytes_per_wasm_byte"] = ratio(info);
  out["data_bytes"] = info.data_bytes;
  out["ram"] = {{"module", info.arena_bytes},
                {"load_peak", info.load_peak_bytes},
                {"largest_frame", info.max_frame_bytes}};
  if (module.memory_count() != 0) out["ram"]["linear_memory_declared"] = declared_bytes(module);
  // As ASCII: control characters of names are escaped.
  std::printf("%s\n", out.dump(2, ' ', true, nlohmann::json::error_handler_t::replace).c_str());
}

void print_text(const std::string& file, const Module& module) {
  const ModuleInfo info = module.info();
  const std::string name = printable(module.name());
  std::printf("%s%s%s: %u bytes, %u functions\n", file.c_str(), name.empty() ? "" : " ",
              name.c_str(), info.module_bytes, info.functions);
  std::printf("imports (%u)\n", module.import_count());
  for (uint32_t i = 0; i < module.import_count(); i++) {
    const ImportInfo import = module.import(i);
    std::printf("  %s.%s  %s\n", printable(import.module_name).c_str(),
                printable(import.field_name).c_str(), to_text(import.type).c_str());
  }
  std::printf("exports (%u)\n", module.export_count());
  for (uint32_t i = 0; i < module.export_count(); i++) {
    const ExportInfo entry = module.export_at(i);
    std::printf("  %s  %s\n", printable(entry.name).c_str(), to_text(entry.type).c_str());
  }
  std::printf("features:");
  const std::vector<std::string> features = features_of(module);
  for (const std::string& feature : features) std::printf(" %s", feature.c_str());
  std::printf("%s\n", features.empty() ? " none" : "");
  std::printf("RAM needed (bytes, by this build)\n");
  std::printf(
      "  module             %8u   %s %u (%.2f per byte of wasm code; maps for "
      "backtraces %u)\n",
      info.arena_bytes, info.code_in_place ? "and in the image, code" : "of which code",
      info.code_bytes, ratio(info), info.offset_map_bytes);
  std::printf("  while loading      %8u   at the peak, module included\n", info.load_peak_bytes);
  std::printf("  largest frame      %8u   of one call on the guest's stack\n",
              info.max_frame_bytes);
  if (module.memory_count() != 0) {
    std::printf("  linear memory      %8llu   declared; only what is touched is taken\n",
                declared_bytes(module));
  }
}

}  // namespace

int validate(const std::vector<std::string>& files, Feed& feed) {
  int result = 0;
  linux_port::ReservedMemory memory(kStoreBytes);
  Store store(memory.bytes(), {true});
  for (const std::string& file : files) {
    const Module* module = nullptr;
    const int code = load_file(store, file, feed, &module);
    if (code == 0) std::printf("%s: valid\n", file.c_str());
    if (code != 0) result = code;
    (void)store.reset();  // nothing runs
  }
  return result;
}

int inspect(const std::string& file, bool json, Feed& feed) {
  linux_port::ReservedMemory memory(kStoreBytes);
  Store store(memory.bytes(), {true});
  const Module* module = nullptr;
  const int code = load_file(store, file, feed, &module);
  if (code != 0) return code;
  if (json) {
    print_json(file, *module);
  } else {
    print_text(file, *module);
  }
  return 0;
}

}  // namespace mote::tool
