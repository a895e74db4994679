// WASI in the C API (see mote/mote_wasi.h): a part of mote::wasi, so that who does not link that
// has no need of it.
#include <mote/wasi.hpp>

#include "c_api/c_api.hpp"
#include "c_api/table_calls.hpp"

using namespace mote;
using namespace mote::c_api;

namespace {

MOTE_SAME_LAYOUT(mote_bytes, Bytes);
MOTE_SAME_LAYOUT(mote_mutable_bytes, MutableBytes);

// What C calls a mote_wasi begins with what C++ calls a Wasi.
struct CWasi {
  Wasi wasi;
  mote_wasi_system system;  // what its functions get as their context
};
MOTE_FITS(mote_wasi, CWasi);
static_assert(offsetof(CWasi, wasi) == 0, "CWasi");

Span<const StringView> of(const mote_string* texts, size_t count) {
  return {reinterpret_cast<const StringView*>(texts), count};
}

}  // namespace

void mote_wasi_init(mote_wasi* wasi, const mote_wasi_system* system, const mote_string* arguments,
                    size_t argument_count, const mote_string* environment,
                    size_t environment_count) {
  CWasi& made = *reinterpret_cast<CWasi*>(wasi);
  made.system = system == nullptr ? mote_wasi_system() : *system;
  new (&made.wasi) Wasi(cpp_system(made.system), ::of(arguments, argument_count),
                        ::of(environment, environment_count));
}

void mote_wasi_close(mote_wasi* wasi, uint32_t descriptor) {
  if (descriptor < 3) reinterpret_cast<Wasi*>(wasi)->close(descriptor);
}

mote_error_code mote_provide_wasi(mote_store* store, mote_wasi* wasi) {
  return give(c_api::of(store).provide(Wasi::functions(), wasi).code);
}
