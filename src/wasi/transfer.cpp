// Moving the buffers of a list: see transfer.hpp.
#include "wasi/transfer.hpp"

namespace mote::wasi {

namespace {

// Moves one buffer and adds to `sum`. False: nothing follows in this call.
bool move_buffer(Host& host, MutableBytes bytes, uint32_t slice, Mover mover, void* context,
                 uint32_t* sum, Errno* error) {
  while (!bytes.empty()) {
    if (*sum != 0 && host.is_asked_to_stop()) return false;
    const MutableBytes next = at_most(bytes, slice);
    size_t moved = 0;
    *error = mover(context, next, &moved);
    if (*error != kSuccess) return false;
    *sum += static_cast<uint32_t>(moved);
    if (moved < next.size()) return false;
    bytes = bytes.from(moved);
  }
  return true;
}

}  // namespace

Errno move_list(Host& host, uint32_t list, uint32_t count, uint32_t sum_at, uint32_t slice,
                Mover mover, void* context) {
  if (count > kMaxList) return kInvalid;
  if (host.memory(sum_at, 4).empty()) return kFault;
  uint32_t sum = 0;
  for (uint32_t i = 0; i < count; i++) {
    const uint64_t at = uint64_t{list} + uint64_t{i} * 8;
    if (at > UINT32_MAX) return kFault;
    const MutableBytes entry = host.memory(static_cast<uint32_t>(at), 8);
    if (entry.empty()) return kFault;
    const uint32_t address = load_u32(entry.data());
    const uint32_t length = load_u32(entry.data() + 4);
    if (length == 0) continue;
    if (length > UINT32_MAX - sum) break;
    const MutableBytes bytes = host.memory(address, length);
    if (bytes.empty()) return kFault;
    Errno error = kSuccess;
    if (!move_buffer(host, bytes, slice, mover, context, &sum, &error)) {
      if (sum == 0 && error != kSuccess) return error;
      break;
    }
  }
  return put_u32(host, sum_at, sum) ? kSuccess : kFault;
}

}  // namespace mote::wasi
