// WASI in the C API (see mote/mote_wasi.h): a part of mote::wasi, so that who does not link that
// has no need of it.
#include <mote/wasi.hpp>

#include "c_api/c_api.hpp"

using namespace mote;
using namespace mote::c_api;

namespace {

// The functions of a system are called as they are: only names of types differ.
MOTE_SAME_LAYOUT(mote_wasi_system, WasiSystem);
MOTE_SAME_MEMBER(mote_wasi_system, write, WasiSystem, write);
MOTE_SAME_MEMBER(mote_wasi_system, read, WasiSystem, read);
MOTE_SAME_MEMBER(mote_wasi_system, clock_time, WasiSystem, clock_time);
MOTE_SAME_MEMBER(mote_wasi_system, clock_resolution, WasiSystem, clock_resolution);
MOTE_SAME_MEMBER(mote_wasi_system, random, WasiSystem, random);
MOTE_SAME_MEMBER(mote_wasi_system, sleep, WasiSystem, sleep);
MOTE_SAME_MEMBER(mote_wasi_system, ready, WasiSystem, ready);
MOTE_SAME_MEMBER(mote_wasi_system, yield, WasiSystem, yield);
MOTE_SAME_LAYOUT(mote_bytes, Bytes);
MOTE_SAME_LAYOUT(mote_mutable_bytes, MutableBytes);
static_assert(__is_trivially_copyable(Bytes) && __is_trivially_copyable(MutableBytes),
              "passed like mote_bytes");
MOTE_FITS(mote_wasi, Wasi);

Span<const StringView> of(const mote_string* texts, size_t count) {
  return {reinterpret_cast<const StringView*>(texts), count};
}

}  // namespace

void mote_wasi_init(mote_wasi* wasi, const mote_wasi_system* system, const mote_string* arguments,
                    size_t argument_count, const mote_string* environment,
                    size_t environment_count) {
  WasiSystem with;
  if (system != nullptr) memcpy(static_cast<void*>(&with), system, sizeof with);
  new (wasi) Wasi(with, ::of(arguments, argument_count), ::of(environment, environment_count));
}

void mote_wasi_close(mote_wasi* wasi, uint32_t descriptor) {
  if (descriptor < 3) reinterpret_cast<Wasi*>(wasi)->close(descriptor);
}

mote_error_code mote_provide_wasi(mote_store* store, mote_wasi* wasi) {
  return give(c_api::of(store).provide(Wasi::functions(), wasi).code);
}
