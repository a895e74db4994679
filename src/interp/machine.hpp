// The machine: everything that running code touches. Handlers work on these structures; the
// runtime builds and owns them.
#pragma once

#include <stdint.h>

#include <mote/execution.hpp>
#include <mote/host.hpp>
#include <mote/instance.hpp>

#include "base/arena.hpp"
#include "interp/code.hpp"
#include "interp/forms.hpp"
#include "loader/module_data.hpp"

namespace mote::detail {

struct StoreData;
struct InstanceData;

// Linear memory (4.2.8), backed from the lowest to the highest byte that was touched:
//
//   0            first          backed             size             maximum
//   |.............|xxxxxxxxxxxxxx|..................|- - - - - - - - - -|
//    zeros,        in the arena   zeros,             memory.grow
//    not there yet                not there yet      moves this
struct MemoryData {
  uint8_t* bytes = nullptr;  // those from `first` on
  size_t backed = 0;         // where they end
#if MOTE_MEMORY_WINDOW
  uint32_t first = 0;
#else
  static constexpr uint32_t first = 0;
#endif
  uint32_t pages = 0;
  uint32_t maximum_pages = 0;
  uint8_t page_size_log2 = 16;
  bool has_maximum = false;
#if MOTE_FEATURE_QUOTAS
  size_t quota = SIZE_MAX;  // most bytes that are backed
#else
  static constexpr size_t quota = SIZE_MAX;
#endif

  uint64_t size() const { return static_cast<uint64_t>(pages) << page_size_log2; }
  // Bytes that code may use without asking.
  size_t usable() const { return backed - first; }
  // Where byte `address`, which is backed, lies.
  uint8_t* at(uint64_t address) const { return bytes + static_cast<size_t>(address - first); }
};

// Table (4.2.7). Entries are references: 0 is null.
struct TableData {
  Reference* entries = nullptr;
  uint32_t size = 0;
  uint32_t capacity = 0;
  uint32_t maximum = 0;
#if MOTE_FEATURE_QUOTAS
  uint32_t quota = 0;  // most entries to grow to
#else
  static constexpr uint32_t quota = 0xFFFFFFFF;
#endif
  ValueType element = ValueType::kFuncRef;
  bool has_maximum = false;
};

// What an imported function is: another instance's function, or a host function.
struct ImportedFunction {
  InstanceData* instance = nullptr;  // null for a host function
  uint32_t index = 0;                // funcidx in `instance`
  const HostFunction* host = nullptr;
  void* context = nullptr;
};

struct ImportedGlobal {
  uint32_t* cell = nullptr;
};

struct InstanceData : Instance {
  InstanceData() = default;
  ~InstanceData() = default;

  const ModuleData* module = nullptr;
  StoreData* store = nullptr;
  InstanceData* next = nullptr;  // all instances of the store
  MemoryData* memory = nullptr;  // memory 0, own or imported; null: none
  MemoryData** memories = nullptr;
  TableData** tables = nullptr;
  uint32_t* globals = nullptr;  // slots of the module's own globals
  ImportedGlobal* imported_globals = nullptr;
  ImportedFunction* imported_functions = nullptr;
  uint8_t* dropped_elements = nullptr;  // bit sets
  uint8_t* dropped_data = nullptr;
  // A funcref to function i of this instance is reference_base + i. Ranges of instances do not
  // overlap and are never used again, so a stale reference names nothing.
  Reference reference_base = 0;

  uint32_t* global_cell(uint32_t globalidx) {
    return globalidx < module->imported_globals ? imported_globals[globalidx].cell
                                                : globals + module->globals[globalidx].cell;
  }
  static InstanceData& of(Instance& instance) { return static_cast<InstanceData&>(instance); }
};

// What a call into another instance, or from the host, has to restore when it returns. Records
// grow down from the end of the guest's stack.
struct SwitchRecord {
  InstanceData* instance;  // of the caller
  const Unit* return_to;
};

enum class StopReason : uint8_t { kDone, kTrap, kFuel, kInterrupt, kWait, kDeadline };

#if __SIZEOF_POINTER__ == 8
using Accumulator = uint64_t;
#else
using Accumulator = uint32_t;
#endif

// 0: the size of memory is in a register, and addresses are computed in 64 bits. 1: addresses are
// computed in 32 bits and compared with a limit for each size of access.
#define MOTE_LIMITS_IN_MEMORY (MOTE_MEMORY_WINDOW || __SIZEOF_POINTER__ == 4)

// An access of some size can begin at `limit` addresses, from `first` on.
struct MemoryWindow {
  uint32_t limit;
#if MOTE_MEMORY_WINDOW
  uint32_t first;
#else
  static constexpr uint32_t first = 0;
#endif
};

struct ExecutionData;

// A run within limits (src/runtime/run_limits.cpp): whether to go on, each time that checks were
// handed out. `debt` is what was used before they were.
struct LimitedRun {
  StopReason (*check)(ExecutionData& execution, uint32_t debt);
  RunLimits& limits;
};

struct ExecutionData {
  // Where the guest is while it does not run.
  const Unit* pc = nullptr;
  uint8_t* frame = nullptr;
  Accumulator accumulator = 0;
#if MOTE_APART_F32
  float accumulator_f32 = 0;
#endif
#if MOTE_APART_F64
  double accumulator_f64 = 0;
#endif

  // Used by handlers while it runs.
  InstanceData* instance = nullptr;
  uint8_t* stack_end = nullptr;  // first byte that frames must not use
  int32_t checks = 0;            // until fuel and the interrupt flag are looked at
#if MOTE_LIMITS_IN_MEMORY
  MemoryWindow windows[4] = {};  // of accesses to 2^n bytes
  uint32_t touch_begin = 0;
#else
  uint64_t touch_begin = 0;  // where a memory access wants to begin ...
#endif
  uint32_t memory_index = 0;  // ... in this memory
#if MOTE_FUSED
  // Number of the handler that does the second half of a fused instruction alone, once that had to
  // ask the runtime for something; and where the guest is if it stopped there.
  uint32_t second_half = 0;
  const Unit* paused_pc = nullptr;
#endif

  StopReason stop = StopReason::kDone;
  ErrorCode trap = ErrorCode::kOk;
  uint32_t trap_value = 0;
  RunState state = RunState::kIdle;
  uint8_t interrupt_requested = 0;
  uint8_t kill_requested = 0;  // or kAbandoned: to be given back as well, when the run has ended
  static constexpr uint8_t kAbandoned = 2;
  bool is_painted = false;  // the stack: see Execution::restart_stack_peak()
  uint8_t host_nesting = 0;
  uint64_t fuel = kUnlimitedFuel;  // beyond `checks`
  LimitedRun* limited_run = nullptr;

  Function function;                           // what was started
  const FunctionType* waiting_type = nullptr;  // kWait: type of the host function
  uint8_t* waiting_results = nullptr;
  uint8_t* host_top = nullptr;  // during a host call: first byte that nested calls may use

  StoreData* store = nullptr;
  uint8_t* stack_begin = nullptr;
  uint8_t* stack_limit = nullptr;  // end of the stack's memory; records lie below

  // Null: `execution` has none, or has it no more.
  static ExecutionData* of(const Execution& execution) { return execution.data(); }
  static Host make_host(ExecutionData& execution, void* context) {
    return Host(&execution, execution.instance, context);
  }

  // Code that returns from the outermost call, and from calls between instances. The unit before
  // each holds a distance of zero, as the end of a call instruction would.
  Unit exit_stub[kSlotUnits + kHandlerUnits] = {};
  Unit switch_stub[kSlotUnits + kHandlerUnits] = {};
};

// ---- What handlers ask of the runtime (src/runtime/runtime_calls.cpp) ------------------------

// Instructions that are too big or too rare for a handler of their own. `operands` are the
// instruction's operands in the frame, in order; results replace them from the first slot on.
// `a` and `b` are its immediates. Anything but kOk traps.
using RuntimeCall = ErrorCode (*)(ExecutionData& execution, uint32_t* operands, uint32_t a,
                                  uint32_t b);
namespace calls {
ErrorCode memory_size(ExecutionData&, uint32_t* operands, uint32_t memidx, uint32_t);
ErrorCode memory_grow(ExecutionData&, uint32_t* operands, uint32_t memidx, uint32_t);
ErrorCode memory_init(ExecutionData&, uint32_t* operands, uint32_t dataidx, uint32_t memidx);
ErrorCode memory_copy(ExecutionData&, uint32_t* operands, uint32_t to, uint32_t from);
ErrorCode memory_fill(ExecutionData&, uint32_t* operands, uint32_t memidx, uint32_t);
ErrorCode data_drop(ExecutionData&, uint32_t* operands, uint32_t dataidx, uint32_t);
ErrorCode table_get(ExecutionData&, uint32_t* operands, uint32_t tableidx, uint32_t);
ErrorCode table_set(ExecutionData&, uint32_t* operands, uint32_t tableidx, uint32_t);
ErrorCode table_size(ExecutionData&, uint32_t* operands, uint32_t tableidx, uint32_t);
ErrorCode table_grow(ExecutionData&, uint32_t* operands, uint32_t tableidx, uint32_t);
ErrorCode table_fill(ExecutionData&, uint32_t* operands, uint32_t tableidx, uint32_t);
ErrorCode table_init(ExecutionData&, uint32_t* operands, uint32_t elemidx, uint32_t tableidx);
ErrorCode table_copy(ExecutionData&, uint32_t* operands, uint32_t to, uint32_t from);
ErrorCode elem_drop(ExecutionData&, uint32_t* operands, uint32_t elemidx, uint32_t);
ErrorCode ref_func(ExecutionData&, uint32_t* operands, uint32_t funcidx, uint32_t);
}  // namespace calls

// Backs `size` bytes of memory execution.memory_index from execution.touch_begin on. kOk,
// kMemoryBounds or kMemoryQuota.
ErrorCode touch_memory(ExecutionData& execution, uint32_t size);
// `checks` ran out: kDone to go on, else why to stop.
StopReason refill_checks(ExecutionData& execution);

// How to go on after a call that is not within the instance.
enum class CallOutcome : uint8_t { kEntered, kReturned, kTrapped, kStopped };
// Calls imported function `index`. The arguments lie at `frame`; `return_to` is the instruction
// after the call. kEntered: execution.frame, pc and instance are those of the callee. kReturned:
// a host function is done, its results replaced the arguments.
CallOutcome call_imported(ExecutionData& execution, uint8_t* frame, uint32_t index,
                          const Unit* return_to);
// Calls what entry `entry` of table `tableidx` refers to, if it is a function of type `typeidx`.
CallOutcome call_table_entry(ExecutionData& execution, uint8_t* frame, uint32_t tableidx,
                             uint32_t typeidx, uint32_t entry, const Unit* return_to);

// ---- What the runtime asks of the interpreter (src/interp/engine.cpp) ------------------------

// Runs from execution.pc until the guest stops; execution.stop tells why.
void run_engine(ExecutionData& execution);
// Writes the handlers of exit_stub and switch_stub.
void write_stubs(ExecutionData& execution);

MOTE_INLINE const Unit* load_link(const uint8_t* at) {
  const Unit* link;
  memcpy(&link, __builtin_assume_aligned(at, kSlotBytes), sizeof link);
  return link;
}
MOTE_INLINE void store_link(uint8_t* at, const Unit* link) {
  memcpy(__builtin_assume_aligned(at, kSlotBytes), &link, sizeof link);
}

// Values in a frame.
template <class T>
MOTE_INLINE T load_slot(const uint8_t* frame, size_t offset) {
  T value;
  memcpy(&value, __builtin_assume_aligned(frame + offset, kSlotBytes), sizeof value);
  return value;
}
template <class T>
MOTE_INLINE void store_slot(uint8_t* frame, size_t offset, T value) {
  memcpy(__builtin_assume_aligned(frame + offset, kSlotBytes), &value, sizeof value);
}

// The last operand of every call instruction is the distance between the two frames: a return finds
// it just before the return address.
MOTE_INLINE size_t call_distance(const Unit* return_to) {
  return read_slot(return_to - kSlotUnits);
}

}  // namespace mote::detail
