// Lifetimes: loads, executions and guests that share a store and end in any order.
#include <memory>

#include "runtime/store_data.hpp"
#include "wasm_file.hpp"
#include "wasm_writer.hpp"

namespace mote::test {
namespace {

struct Guest : TestStore {
  Guest() : execution(store, 4096), instance(*add("guest")) {}

  void store_at(int32_t address, int32_t value) {
    call(execution, instance, "store", {address, value});
  }
  int32_t load_at(int32_t address) { return call(execution, instance, "load", {address}); }

  Execution execution;
  Instance& instance;
};

// "constant_expressions" with a code section of the wrong length at its end.
std::vector<uint8_t> broken_module() {
  std::vector<uint8_t> bytes = wasm("constant_expressions");
  bytes.push_back(0x0A);
  bytes.push_back(0x02);
  bytes.push_back(0x01);
  return bytes;
}

TEST(Lifetimes, AFailedLoadKeepsTheMemoryThatAGuestTookMeanwhile) {
  Guest guest;
  const std::vector<uint8_t> bytes = broken_module();
  guest.store_at(100, 1);
  {
    Loader loader(guest.store);
    ASSERT_EQ(loader.feed(Bytes(bytes.data(), bytes.size() / 2)), LoadState::kNeedMore);
    guest.store_at(20000, 2);  // the memory moves behind what was loaded
    ASSERT_EQ(loader.feed(view(bytes).from(bytes.size() / 2)), LoadState::kFailed);
    EXPECT_NE(loader.error().code, ErrorCode::kOutOfMemory) << text(loader.error());
  }
  // Nothing that is made now may lie in the guest's memory.
  for (int i = 0; i < 20; i++) {
    Instance* other = guest.add("guest");
    const MutableBytes memory = other->memory(0, 4000);
    ASSERT_FALSE(memory.empty());
    memset(memory.data(), 0xAB, memory.size());
  }
  EXPECT_EQ(guest.load_at(100), 1);
  EXPECT_EQ(guest.load_at(20000), 2);
  for (int32_t address = 104; address < 20000; address += 4) {
    ASSERT_EQ(guest.load_at(address), 0) << address;
  }
}

TEST(Lifetimes, AFailedLoadKeepsWhatTheStoreWasGivenMeanwhile) {
  Guest guest;
  const std::vector<uint8_t> bytes = broken_module();
  {
    Loader loader(guest.store);
    ASSERT_EQ(loader.feed(Bytes(bytes.data(), bytes.size() / 2)), LoadState::kNeedMore);
    ASSERT_TRUE(guest.store.name_instance("named", &guest.instance).ok());
  }
  Instance* other = guest.add("guest");
  memset(other->memory(0, 4000).data(), 0xAB, 4000);
  // (module (import "named" "unreachable" (func)))
  const std::vector<uint8_t> importer = {0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04,
                                         0x01, 0x60, 0x00, 0x00, 0x02, 0x15, 0x01, 0x05, 'n',  'a',
                                         'm',  'e',  'd',  0x0B, 'u',  'n',  'r',  'e',  'a',  'c',
                                         'h',  'a',  'b',  'l',  'e',  0x00, 0x00};
  const Module* module = nullptr;
  Instance* instance = nullptr;
  Error error = load(guest.store, view(importer), &module);
  ASSERT_TRUE(error.ok()) << text(error);
  error = guest.store.instantiate(module, &instance);
  EXPECT_TRUE(error.ok()) << text(error);
}

// Others take long-lived memory before every single byte.
void expect_load_undisturbed(const char* name) {
  const std::vector<uint8_t> bytes = wasm(name);
  TestStore alone;
  const Module* expected = nullptr;
  ASSERT_TRUE(load(alone.store, view(bytes), &expected).ok());
  Guest guest;
  Loader loader(guest.store);
  for (size_t i = 0; i < bytes.size(); i++) {
    guest.store_at(static_cast<int32_t>(i * 64 % 65536), static_cast<int32_t>(i));
    ASSERT_TRUE(guest.store.provide({}).ok());
    ASSERT_EQ(loader.feed(Bytes(bytes.data() + i, 1)), LoadState::kNeedMore)
        << name << " at " << i << ": " << text(loader.error());
  }
  const Module* module = nullptr;
  const Error error = loader.finish(&module);
  ASSERT_TRUE(error.ok()) << text(error);
  EXPECT_EQ(module->info().code_bytes, expected->info().code_bytes);
  EXPECT_EQ(module->info().offset_map_bytes, expected->info().offset_map_bytes);
  EXPECT_LE(module->info().arena_bytes, 2 * expected->info().arena_bytes);
  EXPECT_EQ(module->export_count(), expected->export_count());
  Instance* instance = nullptr;
  ASSERT_TRUE(guest.store.instantiate(module, &instance).ok());
  for (size_t i = bytes.size(); i-- > 0 && i + 1024 > bytes.size();) {
    ASSERT_EQ(guest.load_at(static_cast<int32_t>(i * 64 % 65536)), static_cast<int32_t>(i));
  }
}

TEST(Lifetimes, ALoadGoesOnWhateverOthersTakeMeanwhile) {
  expect_load_undisturbed("constant_expressions");
}

TEST(Lifetimes, AnExecutionThatWasMadeDuringALoadOutlivesIt) {
  TestStore test;
  std::unique_ptr<Execution> execution;
  {
    const std::vector<uint8_t> bytes = wasm("guest");
    Loader loader(test.store);
    ASSERT_EQ(loader.feed(Bytes(bytes.data(), 8)), LoadState::kNeedMore);
    execution = std::make_unique<Execution>(test.store, 4096);
  }
  Instance* instance = test.add("guest");  // its scratch memory is elsewhere
  EXPECT_EQ(call(*execution, *instance, "fib", {10}), 55);
  execution.reset();
  EXPECT_EQ(test.store.memory().scratch, 0u);
}

TEST(Lifetimes, ALoadGoesOnWhenAnExecutionEnds) {
  const std::vector<uint8_t> bytes = wasm("guest");
  TestStore test;
  Loader loader(test.store);
  for (size_t i = 0; i < bytes.size(); i++) {
    auto execution = std::make_unique<Execution>(test.store, 64);
    ASSERT_EQ(loader.feed(Bytes(bytes.data() + i, 1)), LoadState::kNeedMore)
        << text(loader.error());
    execution.reset();
    auto other = std::make_unique<Execution>(test.store, 64);
  }
  const Module* module = nullptr;
  ASSERT_TRUE(loader.finish(&module).ok());
  EXPECT_EQ(test.store.memory().scratch, 0u);
}

TEST(Lifetimes, ExecutionsEndInAnyOrder) {
  TestStore test;
  for (const std::vector<size_t>& order : std::vector<std::vector<size_t>>{
           {0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}) {
    std::vector<std::unique_ptr<Execution>> executions;
    for (int i = 0; i < 3; i++) {
      executions.push_back(std::make_unique<Execution>(test.store, 4096));
    }
    for (const size_t i : order) executions[i].reset();
    EXPECT_EQ(test.store.memory().scratch, 0u);
  }
}

// The next module lies where the instance was that failed.
TEST(Lifetimes, AnInstanceThatFailedIsNotAmongTheOthersAnyMore) {
  // (module (memory 1) (data (i32.const 65536) "x"))
  const std::vector<uint8_t> bytes = {0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00,
                                      0x05, 0x03, 0x01, 0x00, 0x01, 0x0B, 0x09, 0x01,
                                      0x00, 0x41, 0x80, 0x80, 0x04, 0x0B, 0x01, 'x'};
  TestStore test;
  Instance* const first = test.add("guest");
  const Module* module = nullptr;
  Instance* instance = nullptr;
  ASSERT_TRUE(load(test.store, view(bytes), &module).ok());
  EXPECT_EQ(test.store.instantiate(module, &instance).code, ErrorCode::kMemoryBounds);
  EXPECT_EQ(detail::StoreData::of(test.store)->instances, first);
}

// Its first segment makes the memory move behind the instance, its second one fails.
TEST(Lifetimes, AnInstanceThatFailedLeavesAnImportedMemoryWhereItIs) {
  Guest guest;
  ASSERT_TRUE(guest.store.name_instance("guest", &guest.instance).ok());
  guest.store_at(100, 1);
  WasmWriter bytes;
  bytes.header();
  bytes.section(2, {0x01, 0x05, 'g', 'u', 'e', 's', 't', 0x06, 'm', 'e', 'm', 'o', 'r', 'y', 0x02,
                    0x00, 0x01});
  bytes.section(11, {0x02, 0x00, 0x41, 0xC0, 0xB8, 0x02, 0x0B, 0x01, 'x',  // 40000
                     0x00, 0x41, 0x80, 0x80, 0x04, 0x0B, 0x01, 'y'});      // 65536
  const Module* module = nullptr;
  Instance* instance = nullptr;
  ASSERT_TRUE(load(guest.store, view(bytes.data()), &module).ok());
  EXPECT_EQ(guest.store.instantiate(module, &instance).code, ErrorCode::kMemoryBounds);
  for (int i = 0; i < 20; i++) memset(guest.add("guest")->memory(0, 4000).data(), 0xAB, 4000);
  EXPECT_EQ(guest.load_at(100), 1);
  EXPECT_EQ(guest.load_at(40000), 'x');
}

TEST(Lifetimes, AnExecutionThatEndsTakesNothingFromLaterOnes) {
  TestStore test;
  Instance* instance = test.add("guest");
  auto first = std::make_unique<Execution>(test.store, 4096);
  auto second = std::make_unique<Execution>(test.store, 4096);
  first.reset();
  second->set_fuel(100);
  const Value argument = Value::i32(1000);
  ASSERT_EQ(second->run(instance->function("sum"), Span<const Value>(&argument, 1)),
            RunState::kOutOfFuel);
  Execution third(test.store, 4096);
  EXPECT_EQ(call(third, *instance, "fib", {10}), 55);
  second->set_fuel(kUnlimitedFuel);
  ASSERT_EQ(second->resume(), RunState::kDone);
  EXPECT_EQ(second->result(0).as_i32(), 500500);
}

TEST(Lifetimes, ExecutionsAndLoadersMayEndAfterAReset) {
  TestStore test;
  auto execution = std::make_unique<Execution>(test.store, 4096);
  auto loader = std::make_unique<Loader>(test.store);
  ASSERT_TRUE(test.store.reset().ok());
  Execution other(test.store, 2048);
  Instance* instance = test.add("guest");
  const Loader second(test.store);
  const size_t scratch = test.store.memory().scratch;
  const size_t used = test.store.memory().used;
  execution.reset();
  loader.reset();
  EXPECT_EQ(Loader(test.store).error().code, ErrorCode::kBusy);  // the second one goes on
  EXPECT_EQ(test.store.memory().scratch, scratch);
  EXPECT_EQ(test.store.memory().used, used);
  EXPECT_EQ(call(other, *instance, "fib", {10}), 55);
}

TEST(Lifetimes, ASecondLoaderIsRefusedUntilTheFirstHasEnded) {
  const std::vector<uint8_t> bytes = wasm("guest");
  const Module* module = nullptr;
  TestStore test;
  Loader first(test.store);
  EXPECT_EQ(load(test.store, view(bytes), &module).code, ErrorCode::kBusy);
  {
    Loader second(test.store);
    EXPECT_EQ(second.error().code, ErrorCode::kBusy);
    EXPECT_EQ(second.feed(view(bytes)), LoadState::kFailed);
  }
  EXPECT_EQ(load(test.store, view(bytes), &module).code, ErrorCode::kBusy);
  ASSERT_EQ(first.feed(view(bytes)), LoadState::kNeedMore);
  ASSERT_TRUE(first.finish(&module).ok());
  EXPECT_TRUE(load(test.store, view(bytes), &module).ok());
  EXPECT_EQ(first.finish(&module).code, ErrorCode::kLoadOrder);
  EXPECT_EQ(first.feed(view(bytes)), LoadState::kFailed);
}

}  // namespace
}  // namespace mote::test
