// Host functions in the C API (see mote/mote.h). A C function is called like one of C++: through
// the same type, with the same slots, and without a record of its own.
#include "c_api/c_api.hpp"

using namespace mote;
using namespace mote::c_api;

namespace {

MOTE_SAME_LAYOUT(mote_host_function, HostFunction);
MOTE_SAME_MEMBER(mote_host_function, field_name, HostFunction, field_name);
MOTE_SAME_MEMBER(mote_host_function, type, HostFunction, type);
MOTE_SAME_MEMBER(mote_host_function, callback, HostFunction, thunk);
MOTE_SAME_LAYOUT(mote_function_type, FunctionType);
MOTE_SAME_MEMBER(mote_function_type, results, FunctionType, results);
MOTE_SAME_MEMBER(mote_function_type, parameter_count, FunctionType, parameter_count);
MOTE_SAME_MEMBER(mote_function_type, result_count, FunctionType, result_count);
static_assert(static_cast<int>(MOTE_STATUS_TRAPPED) == static_cast<int>(HostStatus::kTrapped),
              "HostStatus");
static_assert(static_cast<int>(MOTE_STATUS_NOT_YET) == static_cast<int>(HostStatus::kNotYet),
              "HostStatus");

Host& of(mote_host* host) { return *reinterpret_cast<Host*>(host); }
const Host& of(const mote_host* host) { return *reinterpret_cast<const Host*>(host); }

}  // namespace

mote_error_code mote_provide(mote_store* store, const mote_host_function* functions, size_t count,
                             void* context) {
  for (size_t i = 0; i < count; i++) {
    const mote_host_function& function = functions[i];
    if (function.module_name == nullptr || function.field_name == nullptr ||
        function.callback == nullptr) {
      return give_null();
    }
  }
  const auto* table = reinterpret_cast<const HostFunction*>(functions);
  return give(c_api::of(store).provide(Span<const HostFunction>(table, count), context).code);
}

void* mote_host_context(const mote_host* host) { return of(host).context(); }

mote_instance* mote_host_instance(const mote_host* host) { return to_c(&of(host).instance()); }

mote_error_code mote_host_touch(mote_host* host, uint32_t address, uint64_t length) {
  return give(of(host).touch(address, length));
}

void* mote_host_memory(mote_host* host, uint32_t address, uint32_t length) {
  return of(host).memory(address, length).data();
}

mote_error_code mote_take_bytes(mote_host* host, const uint32_t** at, void** bytes,
                                uint32_t* length) {
  const uint32_t address = *(*at)++;
  *length = *(*at)++;
  const ErrorCode code = of(host).touch(address, *length);
  *bytes = code == ErrorCode::kOk ? of(host).memory(address, *length).data() : nullptr;
  return give(code);
}

bool mote_host_is_asked_to_stop(const mote_host* host) { return of(host).is_asked_to_stop(); }

uint32_t mote_host_backtrace(const mote_host* host, mote_frame* frames, uint32_t count) {
  return of(host).backtrace(Span<FrameInfo>(reinterpret_cast<FrameInfo*>(frames), count));
}

mote_host_status mote_host_forward(mote_host* host, const mote_host_function* to, void* context,
                                   uint32_t* slots) {
  if (to == nullptr || to->callback == nullptr) return mote_trapped(MOTE_kArguments, 0);
  Host other = of(host).with_context(context);
  return to->callback(reinterpret_cast<mote_host*>(&other), slots);
}

mote_error_code mote_host_call(mote_host* host, mote_function function, const mote_value* arguments,
                               size_t argument_count, mote_value* results, size_t result_count,
                               mote_error* error) {
  return give(of(host).call(c_api::of(function), c_api::of(arguments, argument_count),
                            c_api::of(results, result_count)),
              error);
}
