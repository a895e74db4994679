// A trace of host calls.
#include "trace.hpp"

#include <cstdio>
#include <cstring>
#include <mote/execution.hpp>
#include <string>

#include "debug_module.hpp"
#include "module_file.hpp"
#include "values.hpp"

namespace mote::tool {

namespace {

// Values lie in 32-bit slots, two for 64 bits.
std::string to_text(Span<const ValueType> types, const uint8_t* slots) {
  std::string text;
  for (const ValueType type : types) {
    Value value{type, 0};
    if (type == ValueType::kI64 || type == ValueType::kF64) {
      std::memcpy(&value.bits, slots, sizeof value.bits);
      slots += sizeof value.bits;
    } else {
      uint32_t bits = 0;
      std::memcpy(&bits, slots, sizeof bits);
      value.bits = bits;
      slots += sizeof bits;
    }
    text += (text.empty() ? "" : ", ") + print_value(value);
  }
  return text;
}

std::string how_it_ended(const HostStatus& status, const FunctionType& type, const uint8_t* slots) {
  switch (status.kind) {
    case HostStatus::kReturned: {
      const std::string results = to_text(type.result_types(), slots);
      return results.empty() ? "" : " -> " + results;
    }
    case HostStatus::kNotYet: return " -> not yet";
    case HostStatus::kTrapped: break;
  }
  if (status.code == ErrorCode::kHostExit) return " -> exit " + std::to_string(status.value);
  const ErrorCode code = status.code == ErrorCode::kOk ? ErrorCode::kHostTrap : status.code;
  return std::string(" -> trap: ") + text_of(code);
}

// "" if the function is what was started.
std::string caller_text(const Host& host) {
  FrameInfo caller;
  if (host.backtrace(Span<FrameInfo>(&caller, 1)) == 0) return "";
  std::string text = ", from " + function_text(caller.instance->module(), caller.function);
  if (caller.offset != kNoIndex) text += " at " + offset_text(caller.offset);
  return text;
}

}  // namespace

HostStatus Trace::call(Host& host, uint8_t* slots) {
  const Traced& traced = host.context_as<const Traced>();
  const HostFunction& function = traced.function;
  // Results replace them.
  const std::string arguments = to_text(function.type.parameter_types(), slots);
  const std::string caller = caller_text(host);
  Host inner = host.with_context(traced.context);
  const HostStatus status = detail::call_thunk(traced.thunk, inner, slots);
  // What the guest printed comes first.
  std::fflush(stdout);
  std::fprintf(stderr, "call %s.%s(%s)%s%s\n", function.module_name, function.field_name,
               arguments.c_str(), how_it_ended(status, function.type, slots).c_str(),
               caller.c_str());
  return status;
}

Error Trace::provide(Store& store, Span<const HostFunction> functions, void* context) {
  if (!is_on_) return store.provide(functions, context);
  for (const HostFunction& function : functions) {
    functions_.push_back({function, function.thunk, context});
    Traced& traced = functions_.back();
    traced.function.thunk = detail::as_thunk<call>;
    const Error error = store.provide(Span<const HostFunction>(&traced.function, 1), &traced);
    if (!error.ok()) return error;
  }
  return {};
}

}  // namespace mote::tool
