// Stores: memory, names and host functions (see mote/store.hpp).
#include <mote/store.hpp>

#include "base/placement_new.hpp"
#include "runtime/store_data.hpp"

namespace mote {

using detail::make_error;
using detail::StoreData;

Store::Store(MutableBytes buffer, StoreOptions options) : buffer_(buffer) {
  const size_t padding = (0 - reinterpret_cast<uintptr_t>(buffer.data())) & 15;
  const size_t head = padding + ((sizeof(StoreData) + 15) & ~size_t{15});
  if (buffer.size() < head) return;
  data_ = new (buffer.data() + padding) StoreData(buffer.from(head), options.buffer_is_zero, 0);
}

Error Store::reset() {
  if (data_ == nullptr) return {};
  if (data_->running != 0) return make_error(ErrorCode::kBusy);
  // What was used is no longer zero.
  const size_t padding = (0 - reinterpret_cast<uintptr_t>(buffer_.data())) & 15;
  const size_t head = padding + ((sizeof(StoreData) + 15) & ~size_t{15});
  new (data_) StoreData(buffer_.from(head), false, data_->epoch + 1);
  return {};
}

void detail::ScratchOwner::acquire(StoreData& store, const Arena::Mark& mark) {
  older_ = store.scratch_owners;
  high_ = mark.high;
  store.scratch_owners = this;
}

void detail::ScratchOwner::release(StoreData& store) {
  has_ended_ = true;
  if (store.is_loading) return;
  while (store.scratch_owners != nullptr && store.scratch_owners->has_ended_) {
    store.arena.roll_back_high({nullptr, store.scratch_owners->high_});
    store.scratch_owners = store.scratch_owners->older_;
  }
}

Error Store::provide(Span<const HostFunction> functions, void* context) {
  if (data_ == nullptr) return make_error(ErrorCode::kOutOfMemory);
  detail::HostTable* table = data_->arena.allocate_array<detail::HostTable>(1);
  if (table == nullptr) return make_error(ErrorCode::kOutOfMemory);
  data_->hosts = new (table) detail::HostTable{data_->hosts, functions, context};
  return {};
}

bool StoreData::has(const Instance* wanted) const {
  const detail::InstanceData* instance = instances;
  while (instance != nullptr && instance != wanted) instance = instance->next;
  return instance != nullptr;
}

Error Store::name_instance(StringView name, Instance* instance) {
  if (data_ == nullptr) return make_error(ErrorCode::kOutOfMemory);
  if (!data_->has(instance)) return make_error(ErrorCode::kNotInStore);
  const detail::Arena::Mark mark = data_->arena.mark();
  char* copy = data_->arena.allocate_array<char>(name.size());
  detail::NamedInstance* entry = data_->arena.allocate_array<detail::NamedInstance>(1);
  if (copy == nullptr || entry == nullptr) {
    data_->arena.roll_back_low(mark);
    return make_error(ErrorCode::kOutOfMemory);
  }
  if (!name.empty()) memcpy(copy, name.data(), name.size());
  data_->names = new (entry) detail::NamedInstance{data_->names, StringView(copy, name.size()),
                                                   &detail::InstanceData::of(*instance)};
  return {};
}

#if MOTE_FEATURE_QUOTAS
void Store::set_quota(const Quota& quota) {
  if (data_ != nullptr) data_->quota = quota;
}
#endif

MemoryReport Store::memory() const {
  MemoryReport report;
  report.total = buffer_.size();
  if (data_ == nullptr) return report;
  const size_t head = buffer_.size() - data_->arena.total();
  report.used = head + data_->arena.used_low();
  report.scratch = data_->arena.used_high();
  report.peak = head + data_->arena.peak();
  report.refused_growths = data_->refused_growths;
  return report;
}

}  // namespace mote
