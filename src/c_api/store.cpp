// Stores and loading in the C API (see mote/mote.h).
#include "c_api/c_api.hpp"

using namespace mote;
using namespace mote::c_api;

namespace {

MOTE_FITS(mote_store, Store);
MOTE_FITS(mote_loader, Loader);

Loader& of_loader(mote_loader* loader) { return *reinterpret_cast<Loader*>(loader); }

mote_error_code give_module(const Error& error, const Module* made, const mote_module** module,
                            mote_error* out) {
  *module = reinterpret_cast<const mote_module*>(made);
  return give(error, out);
}

}  // namespace

void mote_store_init(mote_store* store, void* buffer, size_t size, bool is_zero) {
  StoreOptions options;
  options.buffer_is_zero = is_zero;
  new (store) Store(MutableBytes(static_cast<uint8_t*>(buffer), size), options);
}

mote_error_code mote_store_reset(mote_store* store) { return give(of(store).reset().code); }

#if MOTE_FEATURE_QUOTAS
void mote_set_quota(mote_store* store, size_t module_bytes, size_t memory_bytes,
                    size_t table_entries) {
  Quota quota;
  quota.module_bytes = module_bytes;
  quota.memory_bytes = memory_bytes;
  if (table_entries < quota.table_entries) {
    quota.table_entries = static_cast<uint32_t>(table_entries);
  }
  of(store).set_quota(quota);
}
#endif

mote_memory_report mote_store_memory(const mote_store* store) {
  const MemoryReport report = of(store).memory();
  return {report.total, report.used, report.scratch, report.peak, report.refused_growths};
}

mote_error_code mote_load(mote_store* store, const void* bytes, size_t size,
                          const mote_load_options* options, const mote_module** module,
                          mote_error* error) {
  const Module* made = nullptr;
  const Error result = load(of(store), of(bytes, size), &made, of(options));
  return give_module(result, made, module, error);
}

mote_error_code mote_loader_init(mote_loader* loader, mote_store* store,
                                 const mote_load_options* options) {
  return give((new (loader) Loader(of(store), of(options)))->error(), nullptr);
}

mote_error_code mote_loader_feed(mote_loader* loader, const void* bytes, size_t size,
                                 mote_error* error) {
  Loader& to = of_loader(loader);
  // A load that is fine has no error.
  return give(to.feed(of(bytes, size)) == LoadState::kFailed ? to.error() : Error(), error);
}

mote_error_code mote_loader_finish(mote_loader* loader, const mote_module** module,
                                   mote_error* error) {
  const Module* made = nullptr;
  const Error result = of_loader(loader).finish(&made);
  return give_module(result, made, module, error);
}

// What is left refuses everything, also to be destroyed again.
void mote_loader_destroy(mote_loader* loader) {
  of_loader(loader).~Loader();
  Store none({});
  new (loader) Loader(none);
}
