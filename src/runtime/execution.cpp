// Executions: starting, running, pausing, backtraces, and guests called by host functions (see
// mote/execution.hpp).
#include <mote/execution.hpp>

#include "base/placement_new.hpp"
#include "interp/code_map.hpp"
#include "interp/machine.hpp"
#include "runtime/frames.hpp"
#include "runtime/store_data.hpp"

namespace mote {

using detail::ExecutionData;
using detail::InstanceData;
using detail::is_idle;
using detail::kSlotBytes;
using detail::make_error;
using detail::StoreData;

namespace detail {

// An execution and the scratch memory that it takes from its store.
struct OwnedExecution : ExecutionData {
  ScratchOwner owner;

  static void give_back(ExecutionData& execution) {
    static_cast<OwnedExecution&>(execution).owner.release(*execution.store);
  }
};

namespace {

// What the unused part of the stack is filled with, to see how much was used.
constexpr uint32_t kPaint = 0x5AFE57AC;

bool arguments_match(const FunctionType& type, Span<const Value> arguments) {
  if (arguments.size() != type.parameter_count) return false;
  for (uint32_t i = 0; i < type.parameter_count; i++) {
    if (arguments[i].type != type.parameters[i]) return false;
  }
  return true;
}

// Puts a call of `function` at `frame`, to return to the exit stub.
ErrorCode prepare_call(ExecutionData& execution, Function function, Span<const Value> arguments,
                       uint8_t* frame) {
  if (!execution.store->has(function.instance)) return ErrorCode::kNotAFunction;
  InstanceData& instance = InstanceData::of(*function.instance);
  if (function.index >= instance.module->function_count()) return ErrorCode::kNotAFunction;
  const FunctionType& type = instance.module->function_type(function.index);
  if (!arguments_match(type, arguments)) return ErrorCode::kArguments;
  if (frame > execution.stack_end ||
      static_cast<size_t>(execution.stack_end - frame) < call_bytes(type)) {
    return ErrorCode::kStackExhausted;
  }
  uint8_t* at = frame;
  for (const Value& argument : arguments) at = store_value(at, argument.type, argument.bits);
  execution.instance = &instance;
  execution.function = function;
  execution.frame = frame;
  execution.pc = nullptr;  // the call itself is made by begin()
  execution.accumulator = 0;
  return ErrorCode::kOk;
}

// Makes the call that prepare_call put down. True: there is code to run.
bool begin(ExecutionData& execution) {
  switch (call_function(execution, execution.frame, *execution.instance, execution.function.index,
                        exit_point(execution))) {
    case CallOutcome::kEntered: return true;
    case CallOutcome::kReturned:
      execution.pc = exit_point(execution);
      execution.stop = StopReason::kDone;
      return false;
    case CallOutcome::kTrapped: execution.stop = StopReason::kTrap; return false;
    case CallOutcome::kStopped: break;
  }
  return false;
}

void run(ExecutionData& execution) {
  if (execution.pc != nullptr || begin(execution)) run_engine(execution);
}

RunState state_of(StopReason reason) {
  switch (reason) {
    case StopReason::kDone: return RunState::kDone;
    case StopReason::kTrap: return RunState::kTrapped;
    case StopReason::kFuel: return RunState::kOutOfFuel;
    case StopReason::kInterrupt: return RunState::kInterrupted;
    case StopReason::kDeadline: return RunState::kDeadline;
    case StopReason::kWait: break;
  }
  return RunState::kWaiting;
}

}  // namespace

const FunctionCode* find_code(const ModuleData& module, const Unit* pc) {
  const uint8_t* at = reinterpret_cast<const uint8_t*>(pc);
  if (at < module.code_begin || at >= module.code_end) return nullptr;
  uint32_t low = 0;
  uint32_t high = module.defined_functions;
  while (high - low > 1) {
    const uint32_t middle = low + (high - low) / 2;
    if (static_cast<const uint8_t*>(module.functions[middle].code) <= at) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return &module.functions[low];
}

namespace {

// Keeps what describes a call while a nested one takes its place; the frames themselves stay where
// they are. Not the whole execution: fuel is spent for good, and interrupt() may come at any time.
class OuterCall {
 public:
  explicit OuterCall(ExecutionData& execution)
      : execution_(execution),
        pc_(execution.pc),
        frame_(execution.frame),
        accumulator_(execution.accumulator),
#if MOTE_APART_F32
        accumulator_f32_(execution.accumulator_f32),
#endif
#if MOTE_APART_F64
        accumulator_f64_(execution.accumulator_f64),
#endif
        instance_(execution.instance),
        stack_end_(execution.stack_end),
        touch_begin_(execution.touch_begin),
        memory_index_(execution.memory_index),
        stop_(execution.stop),
        trap_(execution.trap),
        trap_value_(execution.trap_value),
        function_(execution.function),
        waiting_type_(execution.waiting_type),
        waiting_results_(execution.waiting_results) {
  }
  ~OuterCall() {
    execution_.pc = pc_;
    execution_.frame = frame_;
    execution_.accumulator = accumulator_;
#if MOTE_APART_F32
    execution_.accumulator_f32 = accumulator_f32_;
#endif
#if MOTE_APART_F64
    execution_.accumulator_f64 = accumulator_f64_;
#endif
    execution_.instance = instance_;
    execution_.stack_end = stack_end_;
    execution_.touch_begin = touch_begin_;
    execution_.memory_index = memory_index_;
    execution_.stop = stop_;
    execution_.trap = trap_;
    execution_.trap_value = trap_value_;
    execution_.function = function_;
    execution_.waiting_type = waiting_type_;
    execution_.waiting_results = waiting_results_;
  }
  OuterCall(const OuterCall&) = delete;
  OuterCall& operator=(const OuterCall&) = delete;

 private:
  ExecutionData& execution_;
  const Unit* pc_;
  uint8_t* frame_;
  Accumulator accumulator_;
#if MOTE_APART_F32
  float accumulator_f32_;
#endif
#if MOTE_APART_F64
  double accumulator_f64_;
#endif
  InstanceData* instance_;
  uint8_t* stack_end_;
  decltype(ExecutionData::touch_begin) touch_begin_;
  uint32_t memory_index_;
  StopReason stop_;
  ErrorCode trap_;
  uint32_t trap_value_;
  Function function_;
  const FunctionType* waiting_type_;
  uint8_t* waiting_results_;
};

}  // namespace

Error call_nested(ExecutionData& execution, Function function, Span<const Value> arguments,
                  Span<Value> results) {
  if (execution.host_nesting > MOTE_MAX_HOST_NESTING) return make_error(ErrorCode::kHostNesting);
  const OuterCall outer(execution);
  uint8_t* frame = execution.host_top;
  Error error = make_error(prepare_call(execution, function, arguments, frame));
  if (error.ok()) {
    const FunctionType& type =
        InstanceData::of(*function.instance).module->function_type(function.index);
    if (results.size() < type.result_count) error.code = ErrorCode::kArguments;
    if (error.ok()) {
      run(execution);
      switch (execution.stop) {
        case StopReason::kDone: {
          const uint8_t* at = frame;
          for (uint32_t i = 0; i < type.result_count; i++) {
            results[i].type = type.results[i];
            at = load_value(at, type.results[i], &results[i].bits);
          }
          break;
        }
        case StopReason::kTrap:
          error.code = execution.trap;
          error.index = execution.trap_value;
          walk_frames(execution, [&error](InstanceData& instance, const FunctionCode& code,
                                          const Unit* pc, const uint8_t*) {
            if (error.function != kNoIndex) return;
            error.function = static_cast<uint32_t>(&code - instance.module->functions) +
                             instance.module->imported_functions;
            error.offset = CodeMap::find(code, pc);
          });
          break;
        case StopReason::kInterrupt:
          // The outer call has to stop, too.
          __atomic_store_n(&execution.interrupt_requested, uint8_t{1}, __ATOMIC_RELEASE);
          error.code = ErrorCode::kNestedStop;
          break;
        default: error.code = ErrorCode::kNestedStop; break;
      }
    }
  }
  return error;
}

}  // namespace detail

Execution::Execution(Store& store, uint32_t stack_bytes)
    : store_(store), error_(ErrorCode::kOutOfMemory) {
  StoreData* data = StoreData::of(store);
  if (data == nullptr) return;
  const detail::Arena::Mark mark = data->arena.mark();
  const size_t stack_size = stack_bytes & ~size_t{7};
  void* memory =
      data->arena.allocate_scratch(sizeof(detail::OwnedExecution), alignof(detail::OwnedExecution));
  uint8_t* stack = memory == nullptr
                       ? nullptr
                       : static_cast<uint8_t*>(data->arena.allocate_scratch(stack_size, 8));
  if (stack == nullptr) {
    data->arena.roll_back_high(mark);
    return;
  }
  detail::OwnedExecution* execution = new (memory) detail::OwnedExecution();
  execution->owner.acquire(*data, mark);
  execution->store = data;
  execution->stack_begin = stack;
  execution->stack_limit = stack + stack_size;
  execution->stack_end = execution->stack_limit;
  detail::write_stubs(*execution);
  data_ = execution;
  epoch_ = data->epoch;
  error_ = ErrorCode::kOk;
}

Execution::~Execution() {
  ExecutionData* const own = data();
  if (own == nullptr) return;
  if (own->host_nesting != 0) {
    own->kill_requested = ExecutionData::kAbandoned;  // the guest is still on it: see resume()
  } else {
    detail::OwnedExecution::give_back(*own);
  }
}

// Null: there is none, or no more.
ExecutionData* Execution::data() const {
  return data_ != nullptr && StoreData::of(store_)->epoch == epoch_ ? data_ : nullptr;
}

Error Execution::error() const {
  return make_error(data_ == nullptr || data() != nullptr ? error_ : ErrorCode::kStoreReset);
}

ErrorCode Execution::begin(Function function, Span<const Value> arguments) {
  ExecutionData* const own = data();
  if (own == nullptr) return data_ == nullptr ? error_ : ErrorCode::kStoreReset;
  if (!is_idle(*own) || own->host_nesting != 0) return ErrorCode::kBusy;
  own->stack_end = own->stack_limit;
  own->state = RunState::kIdle;
  own->kill_requested = 0;
  const ErrorCode code = detail::prepare_call(*own, function, arguments, own->stack_begin);
  if (code == ErrorCode::kOk) own->state = RunState::kReady;
  return code;
}

Error Execution::start(Function function, Span<const Value> arguments) {
  return make_error(begin(function, arguments));
}

Error Execution::start_instance(Instance* instance) {
  ExecutionData* const own = data();
  if (own == nullptr) return error();
  if (!own->store->has(instance)) return make_error(ErrorCode::kNotAFunction);
  const uint32_t index = InstanceData::of(*instance).module->start_function;
  if (index != kNoIndex) return start({instance, index}, {});
  if (!is_idle(*own)) return make_error(ErrorCode::kBusy);
  own->state = RunState::kDone;
  own->function = Function();
  return {};
}

// A host function may have destroyed the execution: what follows the run touches only its data,
// which nobody else can have taken yet.
RunState Execution::resume() {
  ExecutionData* const own = data();
  if (own == nullptr) return RunState::kIdle;
  if (is_idle(*own) || own->host_nesting != 0) return own->state;
  if (detail::is_killed(*own)) {
    own->state = RunState::kTrapped;
  } else if (own->state != RunState::kWaiting) {
    own->store->running++;
    detail::run(*own);
    own->store->running--;
    own->state = detail::state_of(own->stop);
    if (own->kill_requested == ExecutionData::kAbandoned) detail::OwnedExecution::give_back(*own);
  }
  return own->state;
}

RunState Execution::run(Function function, Span<const Value> arguments) {
  const ErrorCode code = begin(function, arguments);
  if (data_ != nullptr) error_ = code;  // else it tells why there is nothing
  return code == ErrorCode::kOk ? resume() : RunState::kIdle;
}

void Execution::cancel() {
  ExecutionData* const own = data();
  if (own == nullptr || own->host_nesting != 0) return;
  own->state = RunState::kIdle;
  own->stack_end = own->stack_limit;
  own->pc = nullptr;
}

RunState Execution::state() const {
  const ExecutionData* const own = data();
  return own == nullptr ? RunState::kIdle : own->state;
}

uint32_t Execution::result_count() const {
  const ExecutionData* const own = data();
  if (own == nullptr || own->state != RunState::kDone || !own->function.exists()) return 0;
  return own->function.instance->function_type(own->function.index).result_count;
}

Value Execution::result(uint32_t index) const {
  Value value;
  if (index >= result_count()) return value;
  const FunctionType type = data_->function.instance->function_type(data_->function.index);
  const uint8_t* at = data_->stack_begin;
  for (uint32_t i = 0; i <= index; i++) {
    value.type = type.results[i];
    at = detail::load_value(at, value.type, &value.bits);
  }
  return value;
}

void Execution::set_fuel(uint64_t fuel) {
  ExecutionData* const own = data();
  if (own == nullptr) return;
  own->fuel = fuel;
  own->checks = 0;
}

uint64_t Execution::fuel() const {
  const ExecutionData* const own = data();
  if (own == nullptr) return 0;
  if (own->fuel == kUnlimitedFuel) return kUnlimitedFuel;
  return own->fuel + (own->checks > 0 ? static_cast<uint64_t>(own->checks) : 0);
}

namespace {
void request(ExecutionData* execution, uint8_t ExecutionData::*what) {
  if (execution != nullptr) __atomic_store_n(&(execution->*what), uint8_t{1}, __ATOMIC_RELEASE);
}
}  // namespace

void Execution::interrupt() { request(data(), &ExecutionData::interrupt_requested); }

void Execution::kill() { request(data(), &ExecutionData::kill_requested); }

Error Execution::complete(Span<const Value> results) {
  ExecutionData* const own = data();
  if (own == nullptr) return error();
  if (own->state != RunState::kWaiting) return make_error(ErrorCode::kNotRunnable);
  const FunctionType& type = *own->waiting_type;
  if (results.size() != type.result_count) return make_error(ErrorCode::kArguments);
  uint8_t* at = own->waiting_results;
  for (uint32_t i = 0; i < type.result_count; i++) {
    if (results[i].type != type.results[i]) return make_error(ErrorCode::kArguments);
    at = detail::store_value(at, type.results[i], results[i].bits);
  }
  own->state = RunState::kReady;
  return {};
}

Error Execution::trap() const {
  Error error;
  const ExecutionData* const own = data();
  if (own == nullptr || own->state != RunState::kTrapped) return error;
  error.code = own->trap;
  if (error.code == ErrorCode::kHostExit || error.code == ErrorCode::kHostTrap) {
    error.index = own->trap_value;
  }
  FrameInfo innermost;
  if (backtrace(Span<FrameInfo>(&innermost, 1)) != 0) {
    error.function = innermost.function;
    error.offset = innermost.offset;
  }
  return error;
}

// Where the guest is does not count when there is no call; within a host function it is at the
// call, whatever the state was when it was resumed.
uint32_t Execution::backtrace(Span<FrameInfo> frames) const {
  const ExecutionData* const own = data();
  if (own == nullptr) return 0;
  switch (own->state) {
    case RunState::kIdle:
    case RunState::kReady:
    case RunState::kDone:
      if (own->host_nesting == 0) return 0;
      break;
    default: break;
  }
  return detail::backtrace(*own, frames);
}

uint32_t Host::backtrace(Span<FrameInfo> frames) const {
  return detail::backtrace(*execution_, frames);
}

uint32_t detail::backtrace(const ExecutionData& execution, Span<FrameInfo> frames) {
  uint32_t count = 0;
  walk_frames(execution, [&](InstanceData& instance, const FunctionCode& code, const Unit* pc,
                             const uint8_t*) {
    if (count < frames.size()) {
      FrameInfo& frame = frames[count];
      frame.instance = &instance;
      frame.function = static_cast<uint32_t>(&code - instance.module->functions) +
                       instance.module->imported_functions;
      frame.offset = CodeMap::find(code, pc);
      frame.name = instance.module->function_name(frame.function);
    }
    count++;
  });
  return count;
}

void Execution::restart_stack_peak() {
  ExecutionData* const own = data();
  if (own == nullptr || !is_idle(*own) || own->host_nesting != 0) return;
  for (uint8_t* at = own->stack_begin; at < own->stack_limit; at += kSlotBytes) {
    memcpy(at, &detail::kPaint, kSlotBytes);
  }
  own->is_painted = true;
  own->state = RunState::kIdle;  // results and frames are painted over
}

// The stack is used from both ends: frames from its start, records of calls between instances
// from its end. What is still painted lies between them.
uint32_t Execution::stack_peak() const {
  const ExecutionData* const own = data();
  if (own == nullptr || !own->is_painted) return 0;
  const auto is_painted = [](const uint8_t* at) {
    return detail::load_slot<uint32_t>(at, 0) == detail::kPaint;
  };
  const uint8_t* records = own->stack_limit;
  while (records > own->stack_begin && !is_painted(records - kSlotBytes)) {
    records -= kSlotBytes;
  }
  const uint8_t* frames = records;
  while (frames > own->stack_begin && is_painted(frames - kSlotBytes)) frames -= kSlotBytes;
  return static_cast<uint32_t>((own->stack_limit - records) + (frames - own->stack_begin));
}

Error Host::call(Function function, Span<const Value> arguments, Span<Value> results) {
  return detail::call_nested(*execution_, function, arguments, results);
}

ErrorCode Host::touch(uint32_t address, uint64_t length) const {
  InstanceData& instance = InstanceData::of(*instance_);
  if (instance.memory == nullptr || length > UINT32_MAX) return ErrorCode::kMemoryBounds;
  return detail::use_memory(*execution_->store, *instance.memory, address,
                            static_cast<uint32_t>(length));
}

MutableBytes Host::memory(uint32_t address, uint32_t length) const {
  return instance_->memory(address, length);
}

}  // namespace mote
