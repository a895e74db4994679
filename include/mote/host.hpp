// Host functions: C++ functions that guests import. The Wasm signature comes from the C++ type.
//
//   void log(mote::Host& host, mote::StringView text);          // (i32 pointer, i32 length) -> ()
//   int32_t gpio_read(mote::Host& host, uint32_t pin);          // (i32) -> (i32)
//   constexpr mote::HostFunction kApi[] = {
//       mote::host_function<log>("env", "log"),
//       mote::host_function<gpio_read>("env", "gpio_read"),
//   };
//   store.provide(kApi, &board);
//
// Parameters: integers of 32 and 64 bits, float, double; Span<uint8_t>,
// Span<const uint8_t> and StringView take two Wasm parameters (pointer, length) and arrive checked
// against the guest's memory: a bad range traps before the function is called. Any array of
// trivially copyable T works as Span<T> when the guest's pointer is aligned for T (otherwise it
// traps). The elements are as they lie in the guest's memory, little-endian, and nothing converts
// them: on a big-endian host, swap those of more than one byte. Numbers that are parameters or
// results have the host's order. ExternRef takes an externref. Results: none, one of the numbers,
// or a HostResult of one of them, which can also trap, exit or answer "not yet".
//
// How guests call them is 4.4.10 of the specification (function calls, host functions). Takes
// constant time and no memory where nothing else is said.
#pragma once

#include <mote/mote_host.h>
#include <stdint.h>
#include <string.h>

#include <mote/error.hpp>
#include <mote/instance.hpp>
#include <mote/span.hpp>
#include <mote/value.hpp>

namespace mote {

class Execution;
struct FrameInfo;

namespace detail {
struct ExecutionData;
}

// What a host function sees of the guest that called it. Valid during the call only.
class Host {
 public:
  // The pointer given to Store::provide; null if it was.
  void* context() const { return context_; }
  // The same as a T: the pointer given must be one to T.
  template <class T>
  T& context_as() const {
    return *static_cast<T*>(context_);
  }
  // The same call with another pointer: for functions that stand before others, as a trace does.
  // Valid as long as this.
  Host with_context(void* context) const { return Host(execution_, instance_, context); }
  // The instance that called.
  Instance& instance() const { return *instance_; }

  // Bytes of the calling guest's memory 0, or an empty span if they are out of bounds or cannot be
  // backed (see Instance::memory). Growing memory, calling back, and asking for further ranges can
  // move the memory: ask again afterwards. Cost: that of Instance::memory.
  MutableBytes memory(uint32_t address, uint32_t length) const;

  // Makes sure that [address, address + length) can be read and written. Returns kOk,
  // kMemoryBounds (also without a memory) or kMemoryQuota, which should end the call: host_trap().
  // Cost: that of Instance::memory.
  ErrorCode touch(uint32_t address, uint64_t length) const;

  // Whether Execution::interrupt() or kill() was called and the guest has not stopped yet, or the
  // deadline of its RunLimits has passed. A host function that waits asks this now and then, and
  // returns early: the guest stops soon after.
  bool is_asked_to_stop() const;

  // Who called: fills `frames` with the innermost frames of the guest, which is at the call, and
  // returns how many there are, which can be more than fit. Within Host::call, those that are
  // beyond the host function that made it are not among them; 0 if the host called this function
  // itself. Cost: depth times code size of a function.
  uint32_t backtrace(Span<FrameInfo> frames) const;

  // Calls a guest function on the same guest stack and waits for it. `results` must have room for
  // all of its results. A trap of the callee is returned as an error; return it as a trap
  // (host_trap) unless you can go on. A callee that stops for want of fuel, by interrupt() or to
  // wait is cancelled: kNestedStop. Fails also with kNotAFunction (no function of this store),
  // kArguments (number or types, or no room for the results), kStackExhausted, kHostNesting: calls
  // nest at most MOTE_MAX_HOST_NESTING deep. `results` is as before then, after a trap, too. Spans
  // of guest memory are stale afterwards. Cost: the callee's, the number of instances, and native
  // stack for each level.
  Error call(Function function, Span<const Value> arguments, Span<Value> results);

 private:
  friend struct detail::ExecutionData;
  Host(detail::ExecutionData* execution, Instance* instance, void* context)
      : execution_(execution), instance_(instance), context_(context) {}

  detail::ExecutionData* execution_;
  Instance* instance_;
  void* context_;
};

// How a host function ended.
struct HostStatus {
  // kReturned: the results are in the slots; kTrapped: the call ends; kNotYet: it pauses.
  enum Kind : uint8_t { kReturned, kTrapped, kNotYet };
  Kind kind = kReturned;            // which of the three
  ErrorCode code = ErrorCode::kOk;  // kTrapped
  uint32_t value = 0;               // kTrapped: shows as Error::index of the trap
};

// Ends the guest's call with a trap; `value` is yours and shows in the trap, as Error::index, if
// the code is kHostTrap.
constexpr HostStatus host_trap(ErrorCode code = ErrorCode::kHostTrap, uint32_t value = 0) {
  return {HostStatus::kTrapped, code, value};
}
// Ends the guest's call because the guest asked for it, with its exit code.
constexpr HostStatus host_exit(uint32_t exit_code) {
  return {HostStatus::kTrapped, ErrorCode::kHostExit, exit_code};
}
// Pauses the guest; give the result later with Execution::complete.
constexpr HostStatus not_yet() { return {HostStatus::kNotYet, ErrorCode::kOk, 0}; }

// A result of type T or a status other than "returned".
template <class T>
class HostResult {
 public:
  // The function returned `value`.
  HostResult(T value) : value_(value) {}
  // The function ended otherwise: host_trap(), host_exit(), not_yet().
  HostResult(HostStatus status) : status_(status) {}
  // How the function ended: see HostStatus.
  const HostStatus& status() const { return status_; }
  // The result. Undefined unless it returned.
  T value() const { return value_; }

 private:
  HostStatus status_;
  T value_{};
};
// Nothing, or a status other than "returned".
template <>
class HostResult<void> {
 public:
  HostResult() = default;
  // The function ended otherwise: host_trap(), host_exit(), not_yet().
  HostResult(HostStatus status) : status_(status) {}
  // How the function ended.
  const HostStatus& status() const { return status_; }

 private:
  HostStatus status_;
};

// An externref parameter or result: a handle of the host's, or null.
struct ExternRef {
  Reference bits = 0;  // 0: null; else one more than the host's number
  // Whether it is the null reference.
  bool is_null() const { return bits == 0; }
  // The number that the host gave. Only if it is not null.
  uint32_t handle() const { return bits - 1; }
};

namespace detail {
// What the engine calls: a type that C has, too, as C functions are called in the same way. `slots`
// are the parameters as they lie in the guest's frame: 32-bit slots, two for i64 and f64. The
// result replaces them.
using HostThunk = mote_host_callback;
inline HostStatus call_thunk(HostThunk thunk, Host& host, uint8_t* slots) {
  const mote_host_status status =
      thunk(reinterpret_cast<mote_host*>(&host), static_cast<uint32_t*>(static_cast<void*>(slots)));
  return {static_cast<HostStatus::Kind>(status.kind), static_cast<ErrorCode>(status.code),
          status.value};
}
// A C++ function as one.
template <HostStatus (*kFunction)(Host& host, uint8_t* slots)>
mote_host_status as_thunk(mote_host* host, uint32_t* slots) {
  const HostStatus status =
      kFunction(*reinterpret_cast<Host*>(host), reinterpret_cast<uint8_t*>(slots));
  return {status.kind, static_cast<uint8_t>(status.code), status.value};
}
}  // namespace detail

// One entry of a table of host functions. Make it with host_function<>().
struct HostFunction {
  const char* module_name;  // the first name of the import, ended by a zero byte
  const char* field_name;   // the second name, ended by a zero byte
  FunctionType type;        // what the import's type must equal
  detail::HostThunk thunk;  // called by the engine
};

}  // namespace mote

#include <mote/host_binding.hpp>

namespace mote {

// An entry for a table of host functions, made when the program is compiled: constant, so that such
// a table can lie in flash. The names must be zero-terminated and outlive the table. A function of
// types that cannot be passed does not compile. Cost of a call: the parameters, and for each
// pointer and length that of Host::touch.
template <auto kFunction>
constexpr HostFunction host_function(const char* module_name, const char* field_name) {
  using B = detail::HostBinding<kFunction, decltype(kFunction)>;
  return HostFunction{module_name, field_name,
                      FunctionType{B::kParameterTypes.types, B::kResultTypes.types, B::kParameters,
                                   B::kResultCount},
                      detail::as_thunk<B::call>};
}

}  // namespace mote
