// Fused instructions: every handler that does two or three instructions leaves behind what they
// leave behind one by one, and stops where they stop; and the translator uses them.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "interp/fused.hpp"
#include "interp/machine.hpp"
#include "runtime/store_data.hpp"
#include "wasm_file.hpp"
#include "wasm_writer.hpp"

#if MOTE_FUSED

namespace mote::detail {
namespace {

// Two handlers, or three, and the number of the one that does them all.
struct Sequence {
  Handler handlers[3];
  uint32_t count;
  uint32_t number;
};

constexpr Sequence kSequences[] = {
#define MOTE_FUSED_PAIR(first, second)                       \
  {{Handler::k##first, Handler::k##second, Handler::kCount}, \
   2,                                                        \
   number_of_fused(FusedHandler::k##first##__##second)},
#define MOTE_FUSED_TRIPLE(first, second, third)                \
  {{Handler::k##first, Handler::k##second, Handler::k##third}, \
   3,                                                          \
   number_of_fused(FusedHandler::k##first##__##second##__##third)},
#include "interp/fused.def"
};

constexpr uint32_t kSlots = 24;      // that operands name; 64-bit values take two
constexpr uint32_t kLinkSlot = 30;   // where the link of the running function is
constexpr uint32_t kCallSlots = 40;  // distance of a frame that is called
constexpr uint32_t kFrameSlots = 128;
constexpr uint32_t kMemoryBytes = 256;

// What a run of code starts from.
struct State {
  uint32_t frame[kFrameSlots];
  uint8_t memory[kMemoryBytes];
  uint32_t globals[8];
  uint64_t accumulator;
  float accumulator_f32;
  double accumulator_f64;
  int32_t checks;
  uint64_t fuel;
};

// Places that code can go to: each ends the run, and the unit before says "no distance".
struct Ends {
  Unit units[3][2];
  FunctionCode callee;

  Ends() : callee() {
    for (auto& end : units) {
      write_slot(&end[0], 0);
      write_handler(&end[1], Handler::kExit);
    }
    callee.code = &units[2][1];
    callee.link_bytes = 0;
    callee.frame_bytes = 64;
  }
};

class Maker {
 public:
  explicit Maker(uint32_t seed) : random_(seed) {}

  uint32_t number(uint32_t below) { return static_cast<uint32_t>(random_() % below); }
  // Mostly what could be an address or a small number, now and then anything.
  uint64_t value() {
    switch (number(6)) {
      case 0: return random_();
      case 1: return static_cast<uint64_t>(-static_cast<int64_t>(number(5)));
      case 2: return kMemoryBytes - 4 + number(8);
      default: return number(kMemoryBytes - 16);
    }
  }
  template <class T>
  T real() {
    return number(8) == 0 ? static_cast<T>(NAN) : static_cast<T>(static_cast<int32_t>(value())) / 4;
  }

  State state() {
    State state;
    for (uint32_t& slot : state.frame) slot = static_cast<uint32_t>(value());
    for (uint32_t i = 0; i < kSlots; i += 4) {
      if (number(2) == 0) {
        const double wide = real<double>();
        memcpy(&state.frame[i], &wide, sizeof wide);
        const float narrow = real<float>();
        memcpy(&state.frame[i + 2], &narrow, sizeof narrow);
      }
    }
    for (uint8_t& byte : state.memory) byte = static_cast<uint8_t>(number(4) == 0 ? random_() : 0);
    for (uint32_t& global : state.globals) global = static_cast<uint32_t>(value());
    // The accumulator holds an i32 with zeros above it, unless an i64 was left there.
    state.accumulator = value();
    state.accumulator_f32 = real<float>();
    state.accumulator_f64 = real<double>();
    state.checks = static_cast<int32_t>(number(3));
    state.fuel = number(2);
    return state;
  }

  // The operands of `handler`, from the classes in its name.
  std::vector<Unit> operands(Handler handler, const Ends& ends) {
    const std::string name = name_of(handler);
    const size_t at = name.rfind('_');
    const std::string base = name.substr(0, at);
    const std::string classes = at == std::string::npos ? "" : name.substr(at + 1);
    units_.clear();
    wide_ = name.find("64") != std::string::npos && name.find("Wrap") == std::string::npos;
    if (base == "BrTable") {
      units_.push_back(1);
      target(ends, 0);
      target(ends, 1);
    } else if (base.compare(0, 2, "Br") == 0) {
      for (char letter : classes) source(letter);
      target(ends, 1);
    } else if (base == "Call") {
      units_.push_back(reinterpret_cast<Unit>(&ends.callee));
      slot_at(kCallSlots);
    } else if (base.compare(0, 6, "Return") == 0) {
      for (char letter : classes) source(letter);
      slot_at(kLinkSlot);
    } else if (base.compare(0, 6, "Select") == 0) {
      for (char letter : classes) source(letter);
      slot();
    } else if (base.compare(0, 4, "Copy") == 0) {
      source(classes[0]);
      slot();
    } else if (base == "ZeroSlots") {
      slot();
      units_.push_back(1 + number(7));
    } else if (base.compare(0, 9, "GlobalGet") == 0) {
      units_.push_back(number(4));
      slot();
    } else if (base.compare(0, 9, "GlobalSet") == 0) {
      units_.push_back(number(4));
      if (classes == "S") slot();
    } else if (base.find("Load") != std::string::npos) {
      if (classes[0] == 'S') slot();
      offset();
      if (classes[1] == 'D') slot();
    } else if (base.find("Store") != std::string::npos) {
      if (classes[0] == 'S') slot();
      source(classes[1]);
      offset();
    } else {
      for (char letter : classes) source(letter);
    }
    return units_;
  }

 private:
  // S and D: a slot. C: a constant. A, N and directions: nothing.
  void source(char letter) {
    if (letter == 'S' || letter == 'D') slot();
    if (letter == 'C') {
      units_.push_back(wide_ ? value() : static_cast<uint32_t>(value()));
    }
  }
  void slot() { slot_at(number(kSlots / 2) * 2); }
  void slot_at(uint32_t number) {
    Unit unit;
    write_slot(&unit, number);
    units_.push_back(unit);
  }
  void offset() { units_.push_back(number(16)); }
  void target(const Ends& ends, uint32_t end) {
    units_.push_back(reinterpret_cast<Unit>(&ends.units[end][1]));
  }

  std::mt19937_64 random_;
  std::vector<Unit> units_;
  bool wide_ = false;
};

// What a run leaves behind.
struct Outcome {
  State state;
  StopReason stop;
  ErrorCode trap;
  int32_t checks;
  uint64_t fuel;
  uint32_t stops = 0;     // for want of fuel
  int64_t frame = 0;      // where the frame is at the end
  int end = -1;           // which end was reached; 3: that after the code
  int64_t position = -1;  // of a trap
};

Outcome run(std::vector<Unit> code, const State& start, const Ends& ends) {
  Outcome out;
  out.state = start;
  State& s = out.state;
  code.push_back(0);
  write_handler(&code.back(), Handler::kExit);
  const Unit* link = &ends.units[0][1];
  memcpy(&s.frame[kLinkSlot], &link, sizeof link);

  MemoryData memory;
  memory.bytes = s.memory;
  memory.backed = kMemoryBytes;
  memory.pages = kMemoryBytes;
  memory.page_size_log2 = 0;
  InstanceData instance;
  instance.memory = &memory;
  instance.globals = s.globals;
  StoreData store(MutableBytes(), false, 0);  // all memory is there already
  ExecutionData execution;
  execution.store = &store;
  execution.instance = &instance;
  execution.stack_end = reinterpret_cast<uint8_t*>(s.frame + kFrameSlots);
  execution.frame = reinterpret_cast<uint8_t*>(s.frame);
  execution.pc = code.data();
  execution.accumulator = s.accumulator;
  execution.accumulator_f32 = s.accumulator_f32;
  execution.accumulator_f64 = s.accumulator_f64;
  execution.checks = s.checks;
  execution.fuel = s.fuel;
  for (;;) {
    run_engine(execution);
    if (execution.stop != StopReason::kFuel) break;
    out.stops++;
    execution.fuel = 7;
  }
  out.stop = execution.stop;
  out.trap = execution.trap;
  out.checks = execution.checks;
  out.fuel = execution.fuel;
  out.frame = execution.frame - reinterpret_cast<uint8_t*>(s.frame);
  s.accumulator = execution.accumulator;
  s.accumulator_f32 = execution.accumulator_f32;
  s.accumulator_f64 = execution.accumulator_f64;
  if (execution.stop == StopReason::kTrap) {
    out.position = execution.pc - code.data();
  } else {
    for (int i = 0; i < 3; i++) {
      if (execution.pc == &ends.units[i][1]) out.end = i;
    }
    if (execution.pc == &code.back()) out.end = 3;
  }
  // A return address is where the code happens to be.
  memset(&s.frame[kCallSlots], 0, sizeof(void*));
  return out;
}

template <class T>
bool is_nan_in(const uint8_t* bytes) {
  T value;
  memcpy(&value, bytes, sizeof value);
  return value != value;
}

// Whether bytes are the same. Which NaN results from two is open (4.3.3), and compilers swap the
// sources of what commutes: where they differ, both are part of a NaN.
bool is_same(const void* first, const void* second, size_t size) {
  const uint8_t* a = static_cast<const uint8_t*>(first);
  const uint8_t* b = static_cast<const uint8_t*>(second);
  for (size_t i = 0; i < size; i++) {
    if (a[i] == b[i]) continue;
    bool is_nan = false;
    for (size_t at = i < 7 ? 0 : i - 7; at <= i && !is_nan; at++) {
      is_nan =
          (at + 8 <= size && is_nan_in<double>(a + at) && is_nan_in<double>(b + at)) ||
          (at + 3 >= i && at + 4 <= size && is_nan_in<float>(a + at) && is_nan_in<float>(b + at));
    }
    if (!is_nan) return false;
  }
  return true;
}

bool is_same(const State& a, const State& b) {
  return is_same(a.frame, b.frame, sizeof a.frame) &&
         is_same(a.memory, b.memory, sizeof a.memory) &&
         is_same(a.globals, b.globals, sizeof a.globals) && a.accumulator == b.accumulator &&
         is_same(&a.accumulator_f32, &b.accumulator_f32, sizeof a.accumulator_f32) &&
         is_same(&a.accumulator_f64, &b.accumulator_f64, sizeof a.accumulator_f64);
}

TEST(Fused, DoesWhatItsInstructionsDoOneByOne) {
  const Ends ends;
  uint32_t traps_later = 0;
  uint32_t stops = 0;
  Maker maker(4);
  for (const Sequence& sequence : kSequences) {
    std::string name;
    for (uint32_t i = 0; i < sequence.count; i++) {
      name += std::string(name_of(sequence.handlers[i])) + " ";
    }
    for (int round = 0; round < 12; round++) {
      std::vector<Unit> apart;
      std::vector<Unit> fused = {address_of_number(sequence.number)};
      std::vector<int64_t> apart_at;
      std::vector<int64_t> fused_at;
      for (uint32_t i = 0; i < sequence.count; i++) {
        const Handler handler = sequence.handlers[i];
        const std::vector<Unit> operands = maker.operands(handler, ends);
        apart_at.push_back(static_cast<int64_t>(apart.size()));
        fused_at.push_back(apart_at.size() == 1 ? 0 : static_cast<int64_t>(fused.size()));
        apart.push_back(0);
        write_handler(&apart.back(), handler);
        apart.insert(apart.end(), operands.begin(), operands.end());
        fused.insert(fused.end(), operands.begin(), operands.end());
      }
      const State state = maker.state();
      const Outcome expected = run(apart, state, ends);
      const Outcome actual = run(fused, state, ends);
      ASSERT_EQ(actual.stop, expected.stop) << name;
      ASSERT_EQ(actual.trap, expected.trap) << name;
      ASSERT_EQ(actual.end, expected.end) << name;
      ASSERT_EQ(actual.frame, expected.frame) << name;
      ASSERT_EQ(actual.stops, expected.stops) << name;
      ASSERT_EQ(actual.checks, expected.checks) << name;
      ASSERT_EQ(actual.fuel, expected.fuel) << name;
      ASSERT_TRUE(is_same(actual.state, expected.state)) << name;
      stops += actual.stops;
      if (expected.stop != StopReason::kTrap) continue;
      // The offset map has the second instruction where its operands begin.
      size_t part = 0;
      while (apart_at[part] != expected.position) part++;
      ASSERT_EQ(actual.position, fused_at[part]) << name;
      if (part != 0) traps_later++;
    }
  }
  // The test has met what it is about.
  EXPECT_GT(sizeof kSequences / sizeof kSequences[0], 1000u);
  EXPECT_GT(traps_later, 100u);
  EXPECT_GT(stops, 100u);
}

TEST(Fused, HasAPairForTheRestOfEachTriple) {
  uint32_t triples = 0;
  for (const Sequence& sequence : kSequences) {
    if (sequence.count != 3) continue;
    triples++;
    const Handler* handlers = sequence.handlers;
    const uint32_t pair = find_fused(static_cast<uint32_t>(handlers[0]), handlers[1]);
    ASSERT_NE(pair, 0u);
    EXPECT_EQ(find_fused(pair, handlers[2]), sequence.number);
    EXPECT_NE(find_fused(static_cast<uint32_t>(handlers[1]), handlers[2]), 0u);
  }
  EXPECT_GT(triples, 100u);
}

// A module with (a + b) ^ c, exported as "0", and the i32 at a + b, exported as "1".
std::vector<uint8_t> two_functions() {
  test::WasmWriter wasm;
  wasm.header();
  wasm.section(1, {1, 0x60, 3, 0x7F, 0x7F, 0x7F, 1, 0x7F});
  wasm.section(3, {2, 0, 0});
  wasm.section(5, {1, 0, 1});
  wasm.section(7, {2, 1, '0', 0, 0, 1, '1', 0, 1});
  wasm.section(10, {2,  10, 0,    0x20, 0,    0x20, 1,    0x6A, 0x20, 2, 0x73, 0x0B,  //
                    10, 0,  0x20, 0,    0x20, 1,    0x6A, 0x28, 2,    0, 0x0B});
  return wasm.data();
}

TEST(Fused, IsWhatTheTranslatorWrites) {
  test::TestStore home;
  const std::vector<uint8_t> bytes = two_functions();
  const Module* module = nullptr;
  const Error error = load(home.store, test::view(bytes), &module);
  ASSERT_TRUE(error.ok()) << test::text(error);
  const ModuleData& data = ModuleData::of(*module);
  const auto first_unit = [&](uint32_t i) {
    return *static_cast<const Unit*>(data.functions[i].code);
  };
  const auto pair = [](Handler first, Handler second) {
    return address_of_number(find_fused(static_cast<uint32_t>(first), second));
  };
  EXPECT_EQ(first_unit(0), pair(Handler::kI32Add_SSN, Handler::kI32Xor_ASN));
  EXPECT_EQ(first_unit(1), pair(Handler::kI32Add_SSN, Handler::kI32Load_AN));
}

TEST(Fused, BacksMemoryAndTrapsInItsSecondHalf) {
  test::TestStore home;
  const std::vector<uint8_t> bytes = two_functions();
  const Module* module = nullptr;
  ASSERT_TRUE(load(home.store, test::view(bytes), &module).ok());
  Instance* instance = nullptr;
  ASSERT_TRUE(home.store.instantiate(module, &instance).ok());
  Execution execution(home.store, 1024);
  EXPECT_EQ(test::call(execution, *instance, "0", {1, 2, 4}), 7);
  EXPECT_EQ(test::call(execution, *instance, "1", {40000, 8, 0}), 0);
  const Error trap = test::trap_of(execution, *instance, "1", {65532, 1, 0});
  EXPECT_EQ(trap.code, ErrorCode::kMemoryBounds);
  ASSERT_LT(trap.offset, bytes.size());
  EXPECT_EQ(bytes[trap.offset], 0x28);
}

}  // namespace
}  // namespace mote::detail

#else

TEST(Fused, DoesNotExistInThisEngine) { GTEST_SKIP() << "the engine has no fused handlers"; }

#endif
