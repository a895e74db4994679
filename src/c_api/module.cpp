// Modules in the C API (see mote/mote.h).
#include "c_api/c_api.hpp"

using namespace mote;
using namespace mote::c_api;

uint32_t mote_import_count(const mote_module* module) {
  return module == nullptr ? 0 : of(module).import_count();
}

mote_import mote_import_at(const mote_module* module, uint32_t index) {
  mote_import out = {};
  if (index >= mote_import_count(module)) return out;
  const ImportInfo import = of(module).import(index);
  return {to_c(import.module_name), to_c(import.field_name), to_c(import.type)};
}

uint32_t mote_export_count(const mote_module* module) {
  return module == nullptr ? 0 : of(module).export_count();
}

mote_export mote_export_at(const mote_module* module, uint32_t index) {
  mote_export out = {};
  if (index >= mote_export_count(module)) return out;
  const ExportInfo exported = of(module).export_at(index);
  return {to_c(exported.name), exported.index, to_c(exported.type)};
}

uint32_t mote_memory_count(const mote_module* module) {
  return module == nullptr ? 0 : of(module).memory_count();
}

mote_extern_type mote_memory_type(const mote_module* module, uint32_t index) {
  mote_extern_type out = {};
  if (index < mote_memory_count(module)) out = to_c(of(module).memory_type(index));
  return out;
}

mote_module_info mote_info_of(const mote_module* module) {
  mote_module_info out = {};
  if (module == nullptr) return out;
  const ModuleInfo info = of(module).info();
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
  const uint32_t number = number_of(feature);
  return module != nullptr && number < MOTE_FEATURE_COUNT &&
         of(module).uses(static_cast<Feature>(number));
}

bool mote_has_start_function(const mote_module* module) {
  return module != nullptr && of(module).has_start_function();
}

mote_string mote_module_name(const mote_module* module) {
  return to_c(module == nullptr ? StringView() : of(module).name());
}

mote_string mote_function_name(const mote_module* module, uint32_t funcidx) {
  return to_c(module == nullptr ? StringView() : of(module).function_name(funcidx));
}

bool mote_same_type(mote_function_type a, mote_function_type b) { return of(a) == of(b); }
