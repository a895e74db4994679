// Modules in the C API (see mote/mote.h).
#include "c_api/c_api.hpp"

using namespace mote;
using namespace mote::c_api;

namespace {

mote_extern_type to_c_type(const ExternType& type) {
  mote_extern_type out = {};
  out.kind = static_cast<uint8_t>(type.kind);
  out.function = to_c(type.function);
  out.value = static_cast<mote_type>(type.value);
  out.is_mutable = type.is_mutable;
  out.minimum = type.limits.minimum;
  out.maximum = type.limits.maximum;
  out.has_maximum = type.limits.has_maximum;
  out.page_size_log2 = type.page_size_log2;
  return out;
}

}  // namespace

uint32_t mote_import_count(const mote_module* module) { return of(module).import_count(); }

mote_import mote_import_at(const mote_module* module, uint32_t index) {
  const ImportInfo import = of(module).import(index);
  return {to_c(import.module_name), to_c(import.field_name), to_c_type(import.type)};
}

uint32_t mote_export_count(const mote_module* module) { return of(module).export_count(); }

mote_export mote_export_at(const mote_module* module, uint32_t index) {
  const ExportInfo exported = of(module).export_at(index);
  return {to_c(exported.name), exported.index, to_c_type(exported.type)};
}

mote_module_info mote_info_of(const mote_module* module) {
  const ModuleInfo info = of(module).info();
  mote_module_info out = {};
  out.module_bytes = info.module_bytes;
  out.function_bytes = info.function_bytes;
  out.code_bytes = info.code_bytes;
  out.offset_map_bytes = info.offset_map_bytes;
  out.functions = info.functions;
  out.types = info.types;
  out.data_bytes = info.data_bytes;
  out.arena_bytes = info.arena_bytes;
  out.load_peak_bytes = info.load_peak_bytes;
  out.max_frame_bytes = info.max_frame_bytes;
  out.code_in_place = info.code_in_place;
  return out;
}

bool mote_module_uses(const mote_module* module, mote_feature feature) {
  return of(module).uses(static_cast<Feature>(feature));
}

bool mote_has_start_function(const mote_module* module) { return of(module).has_start_function(); }

mote_string mote_module_name(const mote_module* module) { return to_c(of(module).name()); }

mote_string mote_function_name(const mote_module* module, uint32_t funcidx) {
  return to_c(of(module).function_name(funcidx));
}
