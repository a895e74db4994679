// The loader, and what a module tells about itself (see mote/module.hpp).
#include <mote/module.hpp>

#include "base/placement_new.hpp"
#include "interp/make_translator.hpp"
#include "loader/module_decoder.hpp"
#include "runtime/store_data.hpp"

namespace mote {

using detail::ModuleData;
using detail::StoreData;

namespace detail {

// Everything that a load in progress needs. Lives in scratch memory.
struct LoaderState {
  LoaderState(StoreData& in, ModuleData& target, ModuleDecoder& its_decoder, const Arena::Mark& at)
      : store(in), module(target), decoder(its_decoder), mark(at) {
    owner.acquire(in, at);
    end_turn();
  }

  // Others may take long-lived memory between two calls of the loader. It stays when the load
  // fails, together with what the loader took before it.
  void begin_turn() {
    const size_t taken = store.arena.used_low() - used_low;
    if (taken != 0) {
      taken_by_others += taken;
      store.arena.keep_low();
    }
  }
  void end_turn() {
    used_low = store.arena.used_low();
#if MOTE_FEATURE_QUOTAS
    store.arena.limit_low(SIZE_MAX);
#endif
  }

  // What the module takes.
  size_t long_lived() const {
    return static_cast<size_t>(store.arena.mark().low - mark.low) - taken_by_others;
  }
#if MOTE_FEATURE_QUOTAS
  // Bounds what the module takes until the end of the turn.
  void apply_quota() {
    if (quota == Quota::kUnlimited) return;
    const size_t taken_so_far = long_lived();
    store.arena.limit_low(quota > taken_so_far ? quota - taken_so_far : 0);
  }
  bool is_over_quota() const { return long_lived() > quota; }
  // Whether it was the quota that had no memory, and not the buffer.
  bool is_quota_tight() const { return store.arena.is_limited(); }
#else
  static void apply_quota() {}
  static constexpr bool is_over_quota() { return false; }
  static constexpr bool is_quota_tight() { return false; }
#endif

  StoreData& store;
  ModuleData& module;
  ModuleDecoder& decoder;
  const Arena::Mark mark;  // before the load
  size_t used_low;         // at the end of the loader's last turn
  size_t taken_by_others = 0;
#if MOTE_FEATURE_QUOTAS
  const size_t quota = store.quota.module_bytes;
#endif
  size_t peak_before;
  ScratchOwner owner;
};

namespace {

// Null: no memory.
LoaderState* begin_load(StoreData& store, const LoadOptions& options) {
  Arena& arena = store.arena;
  const Arena::Mark mark = arena.mark();
  const size_t peak_before = arena.restart_peak();
  ModuleData* module = arena.allocate_array<ModuleData>(1);
  CodeSink* translator = make_translator(arena);
  ModuleDecoder* decoder = nullptr;
  void* memory = nullptr;
  if (module != nullptr && translator != nullptr) {
    decoder = ModuleDecoder::make(arena, *new (module) ModuleData(), *translator, options);
    memory = arena.allocate_scratch(sizeof(LoaderState), alignof(LoaderState));
  }
  if (decoder == nullptr || memory == nullptr) {
    arena.roll_back_high(mark);
    arena.roll_back_low(mark);
    arena.raise_peak(peak_before);
    return nullptr;
  }
  LoaderState* state = new (memory) LoaderState(store, *module, *decoder, mark);
  state->peak_before = peak_before;
  store.is_loading = true;
  return state;
}

}  // namespace
}  // namespace detail

Loader::Loader(Store& store, LoadOptions options) : store_(StoreData::of(store)) {
  error_.code = ErrorCode::kOutOfMemory;
  if (store_ == nullptr) return;
  epoch_ = store_->epoch;
  if (store_->is_loading) {
    error_.code = ErrorCode::kBusy;
    return;
  }
  state_ = detail::begin_load(*store_, options);
  if (state_ != nullptr) error_.code = ErrorCode::kOk;
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

// A turn of the loader: takes bytes or finishes.
LoadState Loader::run(const uint8_t* bytes, size_t size, bool finishes) {
  if (state_ == nullptr && error_.ok()) error_.code = ErrorCode::kLoadOrder;
  if (state_ != nullptr && store_->epoch != epoch_) error_.code = ErrorCode::kStoreReset;
  if (!error_.ok()) return LoadState::kFailed;
  state_->begin_turn();
  state_->apply_quota();
  detail::ModuleDecoder& decoder = state_->decoder;
  const bool ok = finishes ? decoder.finish() : decoder.feed(bytes, size);
  const bool is_quota_tight = state_->is_quota_tight();
  const bool is_over_quota = finishes && state_->is_over_quota();
  state_->end_turn();
  if (ok && !is_over_quota) return LoadState::kNeedMore;
  fail();
  if (ok || (is_quota_tight && error_.code == ErrorCode::kOutOfMemory)) {
    error_.code = ErrorCode::kModuleQuota;
  }
  return LoadState::kFailed;
}

// Apart, so that the error takes no native stack during the load.
__attribute__((noinline)) void Loader::fail() {
  error_ = state_->decoder.error();
  end(false);
}

LoadState Loader::feed(Bytes bytes) { return run(bytes.data(), bytes.size(), false); }

Error Loader::finish(const Module** module) {
  *module = nullptr;
  if (run(nullptr, 0, true) == LoadState::kNeedMore) {
    const detail::Arena& arena = store_->arena;
    const detail::Arena::Mark& before = state_->mark;
    ModuleInfo& info = state_->module.module_info;
    info.load_peak_bytes = static_cast<uint32_t>(arena.peak() - arena.used_at(before));
    info.arena_bytes = static_cast<uint32_t>(state_->long_lived());
    *module = &state_->module;
    end(true);
  }
  return error_;
}

Error Loader::error() const { return error_; }

Error load(Store& store, Bytes bytes, const Module** module, LoadOptions options) {
  Loader loader(store, options);
  loader.feed(bytes);
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
