// Calls of guest functions with C++ types.
//
//   const auto sum = instance->call<int(int, int)>(execution, "add", 2, 40);
//   if (sum.ok()) use(sum.value());
//   else if (sum.state() == RunState::kTrapped) report(sum.error());
//
//   TypedFunction<int(int, int)> add(execution, *instance, "add");  // found once, called often
//   while (...) add(a, b);
//
// Parameters and results are integers of 32 and 64 bits, float, double and ExternRef; no or one
// result (more: Execution::run and result()).
//
// Takes constant time and no memory where nothing else is said.
#pragma once

#include <mote/execution.hpp>
#include <mote/host.hpp>
#include <mote/instance.hpp>

namespace mote {

// What a typed call came to.
template <class R>
class CallResult {
 public:
  // Made by TypedFunction.
  CallResult(RunState state, const Error& error, R value)
      : state_(state), error_(error), value_(value) {}

  // Whether there is a value.
  bool ok() const { return state_ == RunState::kDone; }
  // Undefined bits unless ok().
  R value() const { return value_; }
  // kDone; kTrapped; kIdle when the call could not start; or why it has paused: then
  // Execution::resume() goes on, and TypedFunction::result() gives the result.
  RunState state() const { return state_; }
  // The trap, or why the call could not start: kArguments if the function has another type,
  // kNotAFunction, kBusy, ... kOk when the call is done or has paused.
  const Error& error() const { return error_; }

 private:
  RunState state_;
  Error error_;
  R value_;
};
// The same for a function without results.
template <>
class CallResult<void> {
 public:
  // Made by TypedFunction.
  CallResult(RunState state, const Error& error) : state_(state), error_(error) {}
  // Whether the call is done.
  bool ok() const { return state_ == RunState::kDone; }
  // How the call ended, or where it is.
  RunState state() const { return state_; }
  // The trap, or why the call could not start. kOk when the call is done or has paused.
  const Error& error() const { return error_; }

 private:
  RunState state_;
  Error error_;
};

namespace detail {

template <class T>
Value value_of(T number) {
  ValueType type = ValueType::kNone;
  Binding<T>::types(&type);
  uint64_t bits = 0;
  if constexpr (sizeof(T) == 4) {
    uint32_t word;
    memcpy(&word, &number, sizeof word);
    bits = word;
  } else {
    memcpy(&bits, &number, sizeof bits);
  }
  return {type, bits};
}
template <class T>
T number_of(const Value& value) {
  T number;
  if constexpr (sizeof(T) == 4) {
    const uint32_t word = static_cast<uint32_t>(value.bits);
    memcpy(static_cast<void*>(&number), &word, sizeof number);
  } else {
    memcpy(static_cast<void*>(&number), &value.bits, sizeof number);
  }
  return number;
}

}  // namespace detail

// An exported function with the C++ type `Signature`, as R(P...).
template <class Signature>
class TypedFunction;

// An exported function of an instance, called on an execution. Both must stay valid as long as this
// is used.
template <class R, class... P>
class TypedFunction<R(P...)> {
 public:
  // Looks for the function; exists() and matches() tell what was found. Cost: that of
  // Instance::function(), and the number of parameters.
  TypedFunction(Execution& execution, Instance& instance, StringView name)
      : execution_(execution), function_(instance.function(name)) {
    if (!function_.exists()) return;
    const ValueType parameters[] = {type_of<P>()..., ValueType::kNone};
    const ValueType result = type_of<R>();
    constexpr uint16_t kResults = __is_same(R, void) ? 0 : 1;
    matches_ = instance.function_type(function_.index) ==
               FunctionType{parameters, &result, sizeof...(P), kResults};
  }

  // Whether there is a function of that name.
  bool exists() const { return function_.exists(); }
  // Whether it has the type of the signature. Only then can it be called.
  bool matches() const { return matches_; }

  // Runs until the call is done, traps or pauses. If it fails, the result tells how: see
  // CallResult::error(). Cost: that of Execution::run().
  CallResult<R> operator()(P... arguments) {
    if (!matches_) {
      Error error;
      error.code = exists() ? ErrorCode::kArguments : ErrorCode::kNotAFunction;
      return make(RunState::kIdle, error);
    }
    const Value values[] = {detail::value_of<P>(arguments)..., Value()};
    // Not the execution's state: that may be of another call, which made it refuse this one.
    return result_of(execution_.run(function_, Span<const Value>(values, sizeof...(P))));
  }

  // The same for the call as it is by now, after Execution::resume().
  CallResult<R> result() { return result_of(execution_.state()); }

 private:
  CallResult<R> result_of(RunState state) {
    return make(state, state == RunState::kTrapped ? execution_.trap()
                       : state == RunState::kIdle  ? execution_.error()
                                                   : Error());
  }
  template <class T>
  static constexpr ValueType type_of() {
    ValueType type = ValueType::kNone;
    if constexpr (!__is_same(T, void)) detail::Binding<T>::types(&type);
    return type;
  }
  CallResult<R> make(RunState state, const Error& error) {
    if constexpr (__is_same(R, void)) {
      return CallResult<R>(state, error);
    } else {
      return CallResult<R>(state, error, detail::number_of<R>(execution_.result(0)));
    }
  }

  Execution& execution_;
  Function function_;
  bool matches_ = false;
};

template <class Signature, class... A>
auto Instance::call(Execution& execution, StringView name, A... arguments) {
  return TypedFunction<Signature>(execution, *this, name)(arguments...);
}

}  // namespace mote
