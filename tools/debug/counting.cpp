// Counts what a guest executes: see counting.hpp.
#include "counting.hpp"

#include <algorithm>

#include "interp/handler_bodies.hpp"

#if MOTE_DISPATCH == MOTE_DISPATCH_TAIL && MOTE_ENCODING == MOTE_ENCODING_WIDE
#define MOTE_CAN_COUNT 1
// The macros of the dispatch, not its handlers.
#define MOTE_FUSED_PART 0
#include "interp/engine_slow.hpp"
// After what its functions call.
#include "interp/dispatch_tail.hpp"
#else
#define MOTE_CAN_COUNT 0
#endif

namespace mote::detail {

namespace {

#if MOTE_CAN_COUNT
// Not needed here; but compilers miss a use of the functions that it calls.
[[maybe_unused]] constexpr HandlerFunction kUnused = on_touch<1>;
#endif

struct Cell {
  uintptr_t handler;
  uint64_t steps;
};

// Of the module that is counted. Handlers have no room for a pointer to it.
struct State {
  tool::Counting* counting = nullptr;
  const Unit* code = nullptr;
  std::vector<Cell> cells;
  uint64_t steps = 0;
  const Unit* last_pc = nullptr;
  const uint8_t* last_frame = nullptr;
  int32_t last_checks = 0;
};
State state;

#if MOTE_CAN_COUNT
__attribute__((noinline)) void change_frame(const Unit* pc, const uint8_t* frame) {
  state.counting->change_frame(pc, frame);
}

MOTE_CONVENTION void count(MOTE_PARAMETERS) {
  MOTE_REGISTERS_OF_ARGUMENTS;
  Cell& cell = state.cells.data()[pc - state.code];
  // An instruction that had to wait for memory or fuel begins again: it counts once. One that
  // branches or calls itself pays for that.
  const bool is_again = pc == state.last_pc && execution->checks != state.last_checks - 1;
  if (!is_again) {
    cell.steps++;
    state.steps++;
    if (__builtin_expect(frame != state.last_frame, 0)) change_frame(pc, frame);
    state.last_frame = frame;
    state.last_pc = pc;
  }
  state.last_checks = execution->checks;
  MOTE_TAIL_CALL reinterpret_cast<HandlerFunction>(cell.handler)(MOTE_ARGUMENTS);
}
#endif

}  // namespace

}  // namespace mote::detail

namespace mote::tool {

using detail::state;

bool Counting::is_possible() { return MOTE_CAN_COUNT != 0; }

Counting::Counting(const detail::ModuleData& module, const CodeListing& listing)
    : module_(module), functions_(module.defined_functions), active_(module.defined_functions) {
#if MOTE_CAN_COUNT
  const Unit* const code = reinterpret_cast<const Unit*>(module.code_begin);
  const size_t units = static_cast<size_t>(module.code_end - module.code_begin) / sizeof(Unit);
  std::vector<detail::Cell> cells(units);
  for (uint32_t i = 0; i < module.defined_functions; i++) {
    const EngineFunction& function = listing.functions()[i];
    const Unit* const own = static_cast<const Unit*>(module.functions[i].code);
    if (function.code->code_bytes != module.functions[i].code_bytes) return;
    for (const EngineInstruction& instruction : function.instructions) {
      if (instruction.is_fused) continue;
      const Unit handler = own[instruction.position];
      if (handler != function.units()[instruction.position]) return;
      cells[static_cast<size_t>(own - code) + instruction.position].handler = handler;
    }
  }
  // It lies in the store's memory, which nothing else changes.
  for (size_t i = 0; i < units; i++) {
    if (cells[i].handler != 0) {
      const_cast<Unit*>(code)[i] = reinterpret_cast<uintptr_t>(&detail::count);
    }
  }
  state = {};
  state.counting = this;
  state.code = code;
  state.cells = std::move(cells);
  is_on_ = true;
#else
  (void)listing;
#endif
}

// The code keeps its handlers that count: it must not run any more.
Counting::~Counting() { state = {}; }

uint64_t Counting::steps() const { return state.steps; }

uint64_t Counting::steps_at(uint32_t defined_function, uint32_t position) const {
  const Unit* const own = static_cast<const Unit*>(module_.functions[defined_function].code);
  return state.cells[static_cast<size_t>(own - state.code) + position].steps;
}

uint32_t Counting::function_at(const Unit* pc) const {
  const detail::FunctionCode* const begin = module_.functions;
  const detail::FunctionCode* const end = begin + module_.defined_functions;
  const auto after = std::upper_bound(begin, end, pc, [](const Unit* at, const auto& function) {
    return at < static_cast<const Unit*>(function.code);
  });
  return static_cast<uint32_t>(after - begin - 1);
}

void Counting::begin_call() {
  while (!calls_.empty()) leave(state.steps);
  state.last_pc = nullptr;
  state.last_frame = nullptr;
}

// Frames of callees lie above those of their callers. Of two functions that are called one after
// the other, there is an instruction of the caller between.
void Counting::change_frame(const Unit* pc, const uint8_t* frame) {
  const uint64_t before = state.steps - 1;  // this one is counted already
  while (!calls_.empty() && calls_.back().frame > frame) leave(before);
  if (!calls_.empty() && calls_.back().frame == frame) return;
  settle(before);
  const uint32_t function = function_at(pc);
  const Call* const caller = calls_.empty() ? nullptr : &calls_.back();
  const uint32_t depth = caller == nullptr ? 0 : caller->depth + 1;
  const uint32_t path = path_to(caller, function);
  calls_.push_back({frame, before, function, path, depth});
  functions_[function].calls++;
  active_[function]++;
}

uint32_t Counting::path_to(const Call* caller, uint32_t function) {
  const uint32_t parent = caller == nullptr ? kNoIndex : caller->path;
  const uint64_t key = uint64_t{parent} << 32 | function;
  const auto found = path_numbers_.find(key);
  if (found != path_numbers_.end()) return found->second;
  const bool is_full = paths_.size() >= kMostPaths;
  if (caller != nullptr && (is_full || caller->depth >= kMostDepth)) return caller->path;
  const uint32_t number = static_cast<uint32_t>(paths_.size());
  paths_.push_back({parent, module_.imported_functions + function, 0});
  path_numbers_.emplace(key, number);
  return number;
}

void Counting::leave(uint64_t steps) {
  settle(steps);
  const Call call = calls_.back();
  calls_.pop_back();
  if (--active_[call.function] == 0) {
    functions_[call.function].with_callees += steps - call.steps_before;
  }
}

// Gives the innermost path what was done since another one was.
void Counting::settle(uint64_t steps) {
  if (!calls_.empty()) paths_[calls_.back().path].steps += steps - settled_;
  settled_ = steps;
}

}  // namespace mote::tool
