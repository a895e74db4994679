// Snapshots in the C API (see mote/mote.h).
#include <mote/snapshot.hpp>

#include "c_api/c_api.hpp"

#if MOTE_FEATURE_SNAPSHOTS

using namespace mote;
using namespace mote::c_api;

namespace {

struct Writer {
  mote_write_snapshot write;
  void* context;
};

bool write_bytes(void* context, Bytes bytes) {
  const Writer& writer = *static_cast<const Writer*>(context);
  return writer.write(writer.context, {bytes.data(), bytes.size()});
}

Span<Execution* const> of(mote_execution* const* executions, size_t count) {
  return {reinterpret_cast<Execution* const*>(executions), count};
}

}  // namespace

mote_error_code mote_save_snapshot(mote_store* store, mote_execution* const* executions,
                                   size_t count, mote_write_snapshot write, void* context,
                                   size_t* size) {
  Writer writer = {write, context};
  return give(save_snapshot(c_api::of(store), ::of(executions, count),
                            write == nullptr ? nullptr : write_bytes, &writer, size),
              nullptr);
}

mote_error_code mote_restore_snapshot(mote_store* store, mote_execution* const* executions,
                                      size_t count, const void* snapshot, size_t size) {
  return give(
      restore_snapshot(c_api::of(store), ::of(executions, count), c_api::of(snapshot, size)),
      nullptr);
}

#endif
