// The loader, and what a module tells about itself (see mote/module.hpp).
#include <mote/module.hpp>

#include "base/placement_new.hpp"
#include "interp/translator.hpp"
#include "loader/module_decoder.hpp"
#include "runtime/store_data.hpp"

namespace mote {

using detail::ModuleData;
using detail::StoreData;

namespace detail {

// Everything that a load in progress needs. Lives in scratch memory.
struct LoaderState {
  LoaderState(StoreData& in, ModuleData& target, const LoadOptions& options)
      : store(in), module(target), decoder(in.arena, target, translator, options) {}

  // Others may take long-lived memory between two calls of the loader. It stays when the load
  // fails, together with what the loader took before it.
  void begin_turn() {
    const size_t taken = store.arena.used_low() - used_low;
    if (taken == 0) return;
    taken_by_others += taken;
    store.arena.keep_low();
  }
  void end_turn() { used_low = store.arena.used_low(); }

  StoreData& store;
  ModuleData& module;
  Translator translator;
  ModuleDecoder decoder;
  ScratchOwner owner;
  Arena::Mark mark = {};
  size_t used_before = 0;
  size_t used_low = 0;  // at the end of the loader's last turn
  size_t taken_by_others = 0;
  size_t peak_before = 0;
};

}  // namespace detail

Loader::Loader(Store& store, LoadOptions options) {
  error_.code = ErrorCode::kOutOfMemory;
  StoreData* data = StoreData::of(store);
  if (data == nullptr) return;
  if (data->is_loading) {
    error_.code = ErrorCode::kBusy;
    return;
  }
  const detail::Arena::Mark mark = data->arena.mark();
  const size_t peak_before = data->arena.restart_peak();
  const size_t used_before = data->arena.used_low() + data->arena.used_high();
  void* memory =
      data->arena.allocate_scratch(sizeof(detail::LoaderState), alignof(detail::LoaderState));
  ModuleData* module = data->arena.allocate_array<ModuleData>(1);
  if (memory == nullptr || module == nullptr) {
    data->arena.roll_back_high(mark);
    data->arena.roll_back_low(mark);
    data->arena.raise_peak(peak_before);
    return;
  }
  new (module) ModuleData();
  state_ = new (memory) detail::LoaderState(*data, *module, options);
  state_->owner.acquire(*data, mark);
  state_->mark = mark;
  state_->used_before = used_before;
  state_->peak_before = peak_before;
  state_->end_turn();
  data->is_loading = true;
  store_ = data;
  epoch_ = data->epoch;
  error_ = Error();
}

Loader::~Loader() { end(false); }

void Loader::end(bool keep) {
  if (state_ == nullptr || store_->epoch != epoch_) return;
  state_->begin_turn();
  store_->arena.raise_peak(state_->peak_before);
  if (!keep) store_->arena.roll_back_low(state_->mark);
  store_->is_loading = false;
  state_->owner.release(*store_);
  state_ = nullptr;
}

LoadState Loader::feed(Bytes bytes) {
  if (error_.ok() && state_ == nullptr) error_.code = ErrorCode::kLoadOrder;
  if (!error_.ok()) return LoadState::kFailed;
  state_->begin_turn();
  const bool ok = state_->decoder.feed(bytes);
  state_->end_turn();
  if (ok) return LoadState::kNeedMore;
  error_ = state_->decoder.error();
  end(false);
  return LoadState::kFailed;
}

Error Loader::finish(const Module** module) {
  *module = nullptr;
  if (error_.ok() && state_ == nullptr) error_.code = ErrorCode::kLoadOrder;
  if (!error_.ok()) return error_;
  state_->begin_turn();
  const bool ok = state_->decoder.finish();
  state_->end_turn();
  if (!ok) {
    error_ = state_->decoder.error();
    end(false);
    return error_;
  }
  const detail::Arena& arena = store_->arena;
  ModuleInfo& info = state_->module.module_info;
  info.load_peak_bytes = static_cast<uint32_t>(arena.peak() - state_->used_before);
  info.arena_bytes = static_cast<uint32_t>(
      static_cast<size_t>(arena.mark().low - state_->mark.low) - state_->taken_by_others);
  *module = &state_->module;
  end(true);
  return {};
}

Error Loader::error() const { return error_; }

Error load(Store& store, Bytes bytes, const Module** module, LoadOptions options) {
  Loader loader(store, options);
  *module = nullptr;
  if (!loader.error().ok() || loader.feed(bytes) == LoadState::kFailed) return loader.error();
  return loader.finish(module);
}

// ---- Module ----------------------------------------------------------------------------------

namespace {

ExternType type_of(const ModuleData& module, ExternKind kind, uint32_t index) {
  ExternType type;
  type.kind = kind;
  switch (kind) {
    case ExternKind::kFunction: type.function = module.function_type(index); break;
    case ExternKind::kTable:
      type.value = module.tables[index].element;
      type.limits = module.tables[index].limits;
      break;
    case ExternKind::kMemory:
      type.limits = module.memories[index].limits;
      type.page_size_log2 = module.memories[index].page_size_log2;
      break;
    case ExternKind::kGlobal:
      type.value = module.globals[index].type;
      type.is_mutable = module.globals[index].is_mutable;
      break;
  }
  return type;
}

}  // namespace

uint32_t Module::import_count() const { return ModuleData::of(*this).import_count; }

ImportInfo Module::import(uint32_t index) const {
  const ModuleData& module = ModuleData::of(*this);
  const detail::ImportData& import = module.imports[index];
  return {import.module_name, import.field_name, type_of(module, import.kind, import.index)};
}

uint32_t Module::export_count() const { return ModuleData::of(*this).export_count; }

ExportInfo Module::export_at(uint32_t index) const {
  const ModuleData& module = ModuleData::of(*this);
  const detail::ExportData& entry = module.exports[index];
  return {entry.name, entry.index, type_of(module, entry.kind, entry.index)};
}

uint32_t Module::memory_count() const { return ModuleData::of(*this).memory_count; }

ExternType Module::memory_type(uint32_t index) const {
  return type_of(ModuleData::of(*this), ExternKind::kMemory, index);
}

ModuleInfo Module::info() const { return ModuleData::of(*this).module_info; }

bool Module::uses(Feature feature) const {
  return feature == Feature::kNone ||
         (ModuleData::of(*this).features & detail::feature_bit(feature)) != 0;
}

bool Module::has_start_function() const { return ModuleData::of(*this).start_function != kNoIndex; }

StringView Module::name() const { return ModuleData::of(*this).module_name; }

StringView Module::function_name(uint32_t funcidx) const {
  const ModuleData& module = ModuleData::of(*this);
  for (uint32_t i = 0; i < module.name_count; i++) {
    if (module.names[i].function == funcidx) return module.names[i].name;
  }
  for (uint32_t i = 0; i < module.export_count; i++) {
    if (module.exports[i].kind == ExternKind::kFunction && module.exports[i].index == funcidx) {
      return module.exports[i].name;
    }
  }
  return {};
}

}  // namespace mote
