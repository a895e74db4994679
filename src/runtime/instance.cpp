// Instances as the embedder sees them (see mote/instance.hpp).
#include <mote/instance.hpp>

#include "runtime/store_data.hpp"

namespace mote {

using detail::InstanceData;

namespace {

const detail::ExportData* find_export(const Instance& instance, ExternKind kind, StringView name) {
  const detail::ExportData* found = detail::ModuleData::of(instance.module()).find_export(name);
  return found != nullptr && found->kind == kind ? found : nullptr;
}

InstanceData& data_of(const Instance& instance) {
  return InstanceData::of(const_cast<Instance&>(instance));
}

}  // namespace

const Module& Instance::module() const { return *data_of(*this).module; }

Function Instance::function(StringView name) {
  const detail::ExportData* found = find_export(*this, ExternKind::kFunction, name);
  if (found == nullptr) return {};
  return {this, found->index};
}

FunctionType Instance::function_type(uint32_t funcidx) const {
  const detail::ModuleData& module = *data_of(*this).module;
  return funcidx < module.function_count() ? module.function_type(funcidx) : FunctionType();
}

Error Instance::global(StringView name, Value* value) const {
  InstanceData& instance = data_of(*this);
  Error error;
  const detail::ExportData* found = find_export(*this, ExternKind::kGlobal, name);
  if (found == nullptr) {
    error.code = ErrorCode::kUnknownGlobal;
    return error;
  }
  value->type = instance.module->globals[found->index].type;
  detail::load_value(reinterpret_cast<const uint8_t*>(instance.global_cell(found->index)),
                     value->type, &value->bits);
  return error;
}

Error Instance::set_global(StringView name, Value value) {
  InstanceData& instance = data_of(*this);
  Error error;
  const detail::ExportData* found = find_export(*this, ExternKind::kGlobal, name);
  if (found == nullptr) {
    error.code = ErrorCode::kUnknownGlobal;
  } else if (!instance.module->globals[found->index].is_mutable) {
    error.code = ErrorCode::kImmutableGlobal;
  } else if (instance.module->globals[found->index].type != value.type) {
    error.code = ErrorCode::kArguments;
  } else {
    detail::store_value(reinterpret_cast<uint8_t*>(instance.global_cell(found->index)), value.type,
                        value.bits);
  }
  return error;
}

bool Instance::has_memory() const { return data_of(*this).memory != nullptr; }

uint64_t Instance::memory_size() const {
  const detail::MemoryData* memory = data_of(*this).memory;
  return memory == nullptr ? 0 : memory->size();
}

uint64_t Instance::memory_backed() const {
  const detail::MemoryData* memory = data_of(*this).memory;
  return memory == nullptr ? 0 : memory->usable();
}

MutableBytes Instance::memory(uint32_t address, uint32_t length) {
  InstanceData& instance = data_of(*this);
  detail::MemoryData* memory = instance.memory;
  if (memory == nullptr || length == 0 ||
      detail::use_memory(*instance.store, *memory, address, length) != ErrorCode::kOk) {
    return {};
  }
  return {memory->at(address), length};
}

}  // namespace mote
