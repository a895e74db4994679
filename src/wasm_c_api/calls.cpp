// Functions of wasm.h: the host's, called by guests, and guests' called by the host. A call from a
// host function runs on a guest stack of its own, one for each depth, so that its trap has frames.
#include "wasm_c_api/objects.hpp"

using namespace mote;
using namespace mote::wasm_c_api;

namespace mote::wasm_c_api {

namespace {

constexpr size_t kFewValues = 8;

Execution* execution_of(wasm_store_t* store, uint32_t depth) {
  Execution*& execution = store->executions[depth];
  if (execution == nullptr) {
    void* place = malloc(sizeof(Execution));
    if (place == nullptr) return nullptr;
    execution = new (place) Execution(store->core, store->stack_bytes);
    if (!execution->error().ok()) {
      execution->~Execution();
      free(place);
      execution = nullptr;
    }
  }
  return execution;
}

wasm_trap_t* trap_of(wasm_store_t* store, const Execution& execution) {
  const Error error = execution.trap();
  wasm_trap_t* trap = store->pending;
  store->pending = nullptr;
  if (trap == nullptr) trap = make_trap(store, text_of(error.code));
  set_frames(trap, execution);
  return trap;
}

void delete_values(wasm_val_t* values, size_t count) {
  for (size_t i = 0; i < count; i++) wasm_val_delete(&values[i]);
}

// Calls the C function. `results` has zeros.
wasm_trap_t* call_back(wasm_func_t* func, const wasm_val_vec_t* arguments,
                       wasm_val_vec_t* results) {
  return func->callback != nullptr ? func->callback(arguments, results)
                                   : func->callback_with_env(func->env, arguments, results);
}

// Values in the 32-bit slots of a guest's frame.
uint8_t* load(const uint8_t* slots, ValueType type, Value* value) {
  const bool is_wide = type == ValueType::kI64 || type == ValueType::kF64;
  value->type = type;
  if (is_wide) {
    memcpy(&value->bits, slots, 8);
  } else {
    uint32_t bits;
    memcpy(&bits, slots, 4);
    value->bits = bits;
  }
  return const_cast<uint8_t*>(slots) + (is_wide ? 8 : 4);
}
uint8_t* store_bits(uint8_t* slots, const Value& value) {
  const bool is_wide = value.type == ValueType::kI64 || value.type == ValueType::kF64;
  const uint32_t low = static_cast<uint32_t>(value.bits);
  if (is_wide) {
    memcpy(slots, &value.bits, 8);
  } else {
    memcpy(slots, &low, 4);
  }
  return slots + (is_wide ? 8 : 4);
}

HostStatus end_with(wasm_store_t* store, wasm_trap_t* trap) {
  release(store->pending);
  store->pending = trap;
  return host_trap();
}

constexpr const char* kNoRoom = "there is no room for the results";
constexpr const char* kWrongResult = "a host function gave a result of another type";

}  // namespace

wasm_trap_t* run(wasm_store_t* store, Function function, Instance* start,
                 Span<const Value> arguments, wasm_val_vec_t* results) {
  if (store->is_doomed) return make_trap(store, kDeleted);
  if (store->depth >= kMaxDepth) return make_trap(store, text_of(ErrorCode::kHostNesting));
  Execution* execution = execution_of(store, store->depth);
  if (execution == nullptr) return make_trap(store, text_of(ErrorCode::kOutOfMemory));
  const Error error =
      start != nullptr ? execution->start_instance(start) : execution->start(function, arguments);
  if (!error.ok()) return make_trap(store, text_of(error.code));
  store->depth++;
  const RunState state = execution->resume();
  store->depth--;
  if (store->is_doomed) {
    wasm_trap_t* const trap = make_trap(store, kDeleted);
    if (store->depth == 0) wasm_store_delete(store);
    return trap;
  }
  if (state == RunState::kTrapped) return trap_of(store, *execution);
  if (state != RunState::kDone) {  // nothing here pauses a guest
    execution->cancel();
    return make_trap(store, text_of(ErrorCode::kNestedStop));
  }
  if (start != nullptr) return nullptr;
  const uint32_t count = execution->result_count();
  if (count > (results == nullptr ? 0 : results->size)) return make_trap(store, kNoRoom);
  for (uint32_t i = 0; i < count; i++) from_value(store, execution->result(i), &results->data[i]);
  return nullptr;
}

// What the engine calls for a function of the host's.
HostStatus call_host(Host& host, uint8_t* slots) {
  wasm_func_t& func = host.context_as<wasm_func_t>();
  wasm_store_t* const store = func.store;
  const FunctionType& type = func.host.type;
  Temporary<wasm_val_t, kFewValues> arguments(type.parameter_count);
  Temporary<wasm_val_t, kFewValues> results(type.result_count);
  if (!arguments.ok() || !results.ok()) return end_with(store, retain(store->reserve));
  const uint8_t* at = slots;
  for (size_t i = 0; i < type.parameter_count; i++) {
    Value value;
    at = load(at, type.parameters[i], &value);
    from_value(store, value, &arguments[i]);
  }
  for (size_t i = 0; i < type.result_count; i++) results[i] = zero_of(type.results[i]);
  const wasm_val_vec_t argument_vec = {type.parameter_count, arguments.data()};
  wasm_val_vec_t result_vec = {type.result_count, results.data()};
  wasm_trap_t* trap = call_back(&func, &argument_vec, &result_vec);
  delete_values(arguments.data(), type.parameter_count);
  uint8_t* to = slots;
  for (size_t i = 0; i < type.result_count && trap == nullptr; i++) {
    Value value;
    if (to_value(store, type.results[i], results[i], &value)) {
      to = store_bits(to, value);
    } else {
      trap = make_trap(store, kWrongResult);
    }
  }
  delete_values(results.data(), type.result_count);
  return trap == nullptr ? HostStatus() : end_with(store, trap);
}

namespace {

// The host calls a function of its own.
wasm_trap_t* call_directly(wasm_func_t* func, const wasm_val_vec_t* arguments,
                           wasm_val_vec_t* results) {
  const FunctionType& type = func->host.type;
  for (size_t i = 0; i < type.parameter_count; i++) {
    // wasm_func_call() has compared the numbers.
    // NOLINTNEXTLINE(clang-analyzer-core.NullDereference)
    if (!is_of_type(func->store, type.parameters[i], arguments->data[i])) {
      return make_trap(func->store, text_of(ErrorCode::kArguments));
    }
  }
  Temporary<wasm_val_t, kFewValues> made(type.result_count);
  if (!made.ok()) return retain(func->store->reserve);
  for (size_t i = 0; i < type.result_count; i++) made[i] = zero_of(type.results[i]);
  wasm_val_vec_t result_vec = {type.result_count, made.data()};
  retain(func);
  wasm_trap_t* trap = call_back(func, arguments, &result_vec);
  for (size_t i = 0; i < type.result_count && trap == nullptr; i++) {
    if (!is_of_type(func->store, type.results[i], made[i])) {
      trap = make_trap(func->store, kWrongResult);
    }
  }
  const size_t room = results == nullptr ? 0 : results->size;
  if (trap == nullptr && room < type.result_count) trap = make_trap(func->store, kNoRoom);
  if (trap != nullptr) {
    delete_values(made.data(), type.result_count);
  } else if (type.result_count != 0) {
    // There is room. NOLINTNEXTLINE(clang-analyzer-core.NullDereference)
    memcpy(results->data, made.data(), type.result_count * sizeof(wasm_val_t));
  }
  release(func);
  return trap;
}

wasm_func_t* make_host_func(wasm_store_t* store, const wasm_functype_t* type) {
  const wasm_valtype_vec_t* params = wasm_functype_params(type);
  const wasm_valtype_vec_t* results = wasm_functype_results(type);
  constexpr size_t kMost = 1000;  // the engine's limit
  if (params->size > kMost || results->size > kMost) {
    set_error(store, text_of(ErrorCode::kTooManyParameters));
    return nullptr;
  }
  ValueType* types = make_array<ValueType>(params->size + results->size);
  wasm_func_t* func = types == nullptr ? nullptr : make_object<wasm_func_t>(store, Kind::kFunc);
  if (func == nullptr) {
    free(types);
    set_error(store, "out of memory");
    return nullptr;
  }
  func->types = types;
  for (size_t i = 0; i < params->size; i++) {
    // There are as many. NOLINTNEXTLINE(clang-analyzer-security.ArrayBound)
    (void)to_type(wasm_valtype_kind(params->data[i]), &types[i]);
  }
  for (size_t i = 0; i < results->size; i++) {
    (void)to_type(wasm_valtype_kind(results->data[i]), &types[params->size + i]);
  }
  func->is_host = true;
  func->host =
      HostFunction{"", "",
                   FunctionType{types, types + params->size, static_cast<uint16_t>(params->size),
                                static_cast<uint16_t>(results->size)},
                   detail::as_thunk<call_host>};
  func->value = Extern::of(func->host, func);
  return func;
}

}  // namespace

}  // namespace mote::wasm_c_api

wasm_func_t* wasm_func_new(wasm_store_t* store, const wasm_functype_t* type,
                           wasm_func_callback_t callback) {
  if (!store->is_alive || type == nullptr || callback == nullptr) return nullptr;
  wasm_func_t* func = make_host_func(store, type);
  if (func != nullptr) func->callback = callback;
  return func;
}

wasm_func_t* wasm_func_new_with_env(wasm_store_t* store, const wasm_functype_t* type,
                                    wasm_func_callback_with_env_t callback, void* env,
                                    void (*finalizer)(void*)) {
  if (!store->is_alive || type == nullptr || callback == nullptr) return nullptr;
  wasm_func_t* func = make_host_func(store, type);
  if (func == nullptr) return nullptr;
  func->callback_with_env = callback;
  func->env = env;
  func->env_finalizer = finalizer;
  return func;
}

wasm_functype_t* wasm_func_type(const wasm_func_t* func) {
  return is_usable(func) ? to_functype(func->value.type().function) : nullptr;
}
size_t wasm_func_param_arity(const wasm_func_t* func) {
  return is_usable(func) ? func->value.type().function.parameter_count : 0;
}
size_t wasm_func_result_arity(const wasm_func_t* func) {
  return is_usable(func) ? func->value.type().function.result_count : 0;
}

wasm_trap_t* wasm_func_call(const wasm_func_t* func, const wasm_val_vec_t* arguments,
                            wasm_val_vec_t* results) {
  wasm_store_t* const store = func->store;
  if (!store->is_alive) return make_trap(store, kDeleted);
  const FunctionType type = func->value.type().function;
  const size_t count = arguments == nullptr ? 0 : arguments->size;
  if (count != type.parameter_count) {
    return make_trap(store, text_of(ErrorCode::kArguments));
  }
  if (func->is_host) return call_directly(const_cast<wasm_func_t*>(func), arguments, results);
  Temporary<Value, kFewValues> values(count);
  if (!values.ok()) return retain(store->reserve);
  for (size_t i = 0; i < count; i++) {
    if (!to_value(store, type.parameters[i], arguments->data[i], &values[i])) {
      return make_trap(store, text_of(ErrorCode::kArguments));
    }
  }
  return run(store, func->value.function(), nullptr, Span<const Value>(values.data(), count),
             results);
}
