// The native stack: what running a guest needs of it, measured by painting it.
#include <pthread.h>

#include <functional>

#include "loader/instruction.hpp"
#include "wasm_file.hpp"
#include "wasm_writer.hpp"

namespace mote::test {
namespace {

// Runs `work` in a thread with a painted stack; returns how many bytes of it were used.
size_t native_stack_used(const std::function<void()>& work) {
  constexpr size_t kSize = 512 * 1024;
  constexpr uint8_t kPaint = 0xA5;
  // A stack must be aligned to pages on some systems.
  void* memory = nullptr;
  EXPECT_EQ(posix_memalign(&memory, 4096, kSize), 0);
  uint8_t* stack = static_cast<uint8_t*>(memory);
  memset(stack, kPaint, kSize);
  pthread_attr_t attributes;
  EXPECT_EQ(pthread_attr_init(&attributes), 0);
  EXPECT_EQ(pthread_attr_setstack(&attributes, stack, kSize), 0);
  pthread_t thread;
  const auto entry = [](void* argument) -> void* {
    (*static_cast<const std::function<void()>*>(argument))();
    return nullptr;
  };
  EXPECT_EQ(pthread_create(&thread, &attributes, entry, const_cast<std::function<void()>*>(&work)),
            0);
  EXPECT_EQ(pthread_join(thread, nullptr), 0);
  pthread_attr_destroy(&attributes);
  size_t untouched = 0;
  while (untouched < kSize && stack[untouched] == kPaint) untouched++;
  free(memory);
  return kSize - untouched;
}

// What a sanitizer or the dynamic linker may add to one run and not to another. Growth would show
// as at least a word for each of thousands of steps.
constexpr size_t kTolerance = 8192;

size_t used_by(Execution& execution, Function function, int32_t argument) {
  const auto work = [&] {
    const Value value = Value::i32(argument);
    execution.set_fuel(kUnlimitedFuel);
    EXPECT_EQ(execution.run(function, Span<const Value>(&value, 1)), RunState::kDone);
  };
  work();  // what the dynamic linker needs at first is not of interest
  return native_stack_used(work);
}

// ---- A module that executes every arithmetic and memory instruction, in all operand classes ----

using detail::Instruction;
using detail::Op;
using detail::Shape;

// One local of each type for sources, one for results.
uint8_t source_local(ValueType type) {
  return static_cast<uint8_t>(1 + static_cast<uint8_t>(ValueType::kI32) -
                              static_cast<uint8_t>(type));
}
uint8_t result_local(ValueType type) { return static_cast<uint8_t>(source_local(type) + 4); }

void constant(WasmWriter& code, ValueType type) {
  switch (type) {
    case ValueType::kI32: code.bytes({0x41, 0x03}); break;
    case ValueType::kI64: code.bytes({0x42, 0x03}); break;
    case ValueType::kF32: code.bytes({0x43, 0x00, 0x00, 0x40, 0x40}); break;
    default: code.bytes({0x44, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x08, 0x40}); break;
  }
}

// A value that is a name for a local, a constant, or made just before (in the accumulator).
enum class From { kLocal, kConstant, kAccumulator };
constexpr From kSources[] = {From::kLocal, From::kConstant, From::kAccumulator};

void value(WasmWriter& code, ValueType type, From from) {
  if (from == From::kConstant) return constant(code, type);
  code.bytes({0x20, source_local(type)});
  if (from == From::kLocal) return;
  // Adding zero leaves addresses and divisors as they are.
  switch (type) {
    case ValueType::kI32: code.bytes({0x41, 0x00, 0x6A}); break;
    case ValueType::kI64: code.bytes({0x42, 0x00, 0x7C}); break;
    case ValueType::kF32: code.bytes({0x43, 0x00, 0x00, 0x00, 0x00, 0x92}); break;
    default: code.bytes({0x44, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xA0}); break;
  }
}

void opcode(WasmWriter& out, Op op) {
  const uint16_t code = detail::code_of(op);
  if (code >= 0x100) out.bytes({static_cast<uint8_t>(code >> 8)});
  out.bytes({static_cast<uint8_t>(code)});
}

// A result is stored, or used up by a branch that skips nothing.
void finish(WasmWriter& code, const Instruction& info) {
  code.bytes({0x21, result_local(info.result())});
}

uint32_t every_class(WasmWriter& code, Op op) {
  const Instruction& info = detail::instruction(op);
  uint32_t count = 0;
  switch (info.shape) {
    case Shape::kUnary:
    case Shape::kTest:
      for (const From a : kSources) {
        value(code, info.operand(), a);
        opcode(code, op);
        finish(code, info);
        count++;
      }
      break;
    case Shape::kBinary:
    case Shape::kCompare:
      for (const From a : kSources) {
        for (const From b : kSources) {
          value(code, info.operand(), a);
          value(code, info.operand(), b);
          opcode(code, op);
          finish(code, info);
          count++;
          if (info.shape != Shape::kCompare) continue;
          code.bytes({0x02, 0x40});  // block; a branch on the comparison; end
          value(code, info.operand(), a);
          value(code, info.operand(), b);
          opcode(code, op);
          code.bytes({0x0D, 0x00, 0x0B});
          count++;
        }
      }
      break;
    case Shape::kLoad:
      for (const From a : kSources) {
        value(code, ValueType::kI32, a);
        opcode(code, op);
        code.bytes({0x00, 0x10});
        finish(code, info);
        count++;
      }
      break;
    case Shape::kStore:
      for (const From a : kSources) {
        for (const From b : kSources) {
          value(code, ValueType::kI32, a);
          value(code, info.result(), b);
          opcode(code, op);
          code.bytes({0x00, 0x10});
          count++;
        }
      }
      break;
    default: break;
  }
  return count;
}

// (func (param i32) ... (loop every instruction; (br_if 0 (local.tee 0 (i32.sub ...)))))
std::vector<uint8_t> everything(uint32_t* count) {
  WasmWriter code;
  code.bytes({0x08});  // locals: a group each
  for (int i = 0; i < 2; i++) {
    for (const uint8_t type : {0x7F, 0x7E, 0x7D, 0x7C}) code.bytes({0x01, type});
  }
  for (const ValueType type :
       {ValueType::kI32, ValueType::kI64, ValueType::kF32, ValueType::kF64}) {
    constant(code, type);
    code.bytes({0x21, source_local(type)});
  }
  code.bytes({0x03, 0x40});
  *count = 0;
  for (uint8_t op = 1; op < static_cast<uint8_t>(detail::Op::kCount); op++) {
    *count += every_class(code, static_cast<Op>(op));
  }
  code.bytes({0x20, 0x00, 0x41, 0x01, 0x6B, 0x22, 0x00, 0x0D, 0x00, 0x0B, 0x0B});

  WasmWriter module;
  module.header();
  module.section(1, {0x01, 0x60, 0x01, 0x7F, 0x00});
  module.section(3, {0x01, 0x00});
  module.section(5, {0x01, 0x00, 0x01});
  module.section(7, {0x01, 0x03, 'a', 'l', 'l', 0x00, 0x00});
  WasmWriter body;
  body.u32(1);
  body.u32(static_cast<uint32_t>(code.data().size()));
  body.append(code.data());
  module.section(10, body.data());
  return module.data();
}

TEST(NativeStack, DoesNotGrowWithTheNumberOfInstructions) {
  uint32_t count = 0;
  const std::vector<uint8_t> bytes = everything(&count);
  EXPECT_GT(count, 700u);
  TestStore test;
  Execution execution(test.store, 4096);
  const Module* module = nullptr;
  Error error = load(test.store, view(bytes), &module);
  ASSERT_TRUE(error.ok()) << text(error);
  Instance* instance = nullptr;
  error = test.store.instantiate(module, &instance);
  ASSERT_TRUE(error.ok()) << text(error);
  const Function all = instance->function("all");
  // Enough for a look at the fuel, which takes a little stack of its own.
  const size_t few = used_by(execution, all, 2000);
  // A handler that left a single word behind would need 144 KB more.
  EXPECT_LE(used_by(execution, all, 20000), few + kTolerance);
}

int32_t same(int32_t value) { return value; }

TEST(NativeStack, DoesNotGrowWithTheNumberOfControlInstructions) {
  static constexpr HostFunction kHost[] = {host_function<same>("host", "same")};
  TestStore test;
  ASSERT_TRUE(test.store.provide(kHost).ok());
  Execution execution(test.store, 4096);
  Instance* instance = test.add("instructions");
  ASSERT_NE(instance, nullptr);
  const Function all = instance->function("all");
  const size_t few = used_by(execution, all, 2000);
  EXPECT_LE(used_by(execution, all, 20000), few + kTolerance);
}

TEST(NativeStack, DoesNotGrowWithTheDepthOfCalls) {
  TestStore test;
  Execution execution(test.store, 512 * 1024);
  Instance& instance = *test.add("guest");
  const Function descend = instance.function("descend");
  const size_t shallow = used_by(execution, descend, 1);
  EXPECT_LE(used_by(execution, descend, 8000), shallow + kTolerance);
}

TEST(NativeStack, DoesNotGrowWithTheDepthOfCallsBetweenInstances) {
  TestStore test;
  Execution execution(test.store, 512 * 1024);
  Instance& first = *test.add("guest");
  ASSERT_TRUE(test.store.name_instance("guest", &first).ok());
  Instance& second = *test.add("caller");
  const Function descend = second.function("descend_between");
  const size_t shallow = used_by(execution, descend, 1);
  EXPECT_LE(used_by(execution, descend, 4000), shallow + kTolerance);
}

}  // namespace
}  // namespace mote::test
