// Loading: any way of cutting the input, damaged input, and memory that runs out.
#include <algorithm>

#include "wasm_file.hpp"
#include "wasm_writer.hpp"

namespace mote::test {
namespace {

const char* const kModules[] = {"guest", "host", "caller", "pending", "start_loop"};

Error load_in_pieces(Store& store, const std::vector<uint8_t>& bytes, size_t first, size_t piece,
                     const Module** module) {
  *module = nullptr;
  Loader loader(store);
  if (!loader.error().ok()) return loader.error();
  size_t at = 0;
  for (bool is_first = true; is_first || at < bytes.size(); is_first = false) {
    const size_t size = std::min(is_first ? first : piece, bytes.size() - at);
    const std::vector<uint8_t> chunk(bytes.begin() + static_cast<long>(at),
                                     bytes.begin() + static_cast<long>(at + size));
    if (loader.feed(view(chunk)) == LoadState::kFailed) return loader.error();
    at += size;
  }
  return loader.finish(module);
}

void expect_same(const Error& a, const Error& b, const char* what, size_t at) {
  EXPECT_EQ(a.code, b.code) << what << " " << at << ": " << text(a) << " / " << text(b);
  EXPECT_EQ(a.offset, b.offset) << what << " " << at << ": " << text(a) << " / " << text(b);
  EXPECT_EQ(a.function, b.function) << what << " " << at;
}

TEST(Loader, GivesTheSameModuleHoweverTheInputIsCut) {
  for (const char* name : kModules) {
    const std::vector<uint8_t> bytes = wasm(name);
    TestStore whole;
    const Module* expected = nullptr;
    ASSERT_TRUE(load(whole.store, view(bytes), &expected).ok());
    for (size_t cut = 0; cut <= bytes.size(); cut++) {
      TestStore pieces;
      const Module* module = nullptr;
      const Error error = load_in_pieces(pieces.store, bytes, cut, bytes.size(), &module);
      ASSERT_TRUE(error.ok()) << name << " cut at " << cut << ": " << text(error);
      EXPECT_EQ(module->info().code_bytes, expected->info().code_bytes);
      EXPECT_EQ(module->export_count(), expected->export_count());
      EXPECT_EQ(module->function_name(0), expected->function_name(0));
    }
  }
}

// Whether `size` bytes are whole sections, so that nothing is begun.
bool ends_with_a_section(const std::vector<uint8_t>& bytes, size_t size) {
  size_t end = 8;
  while (end < size) {
    size_t at = end + 1;
    uint64_t length = 0;
    for (uint32_t shift = 0; at < bytes.size(); shift += 7) {
      length |= static_cast<uint64_t>(bytes[at] & 0x7F) << shift;
      if (bytes[at++] < 0x80) break;
    }
    end = at + static_cast<size_t>(length);
  }
  return end == size;
}

TEST(Loader, ReportsATruncatedModuleAtItsEnd) {
  for (const char* name : kModules) {
    const std::vector<uint8_t> bytes = wasm(name);
    for (size_t size = 0; size < bytes.size(); size++) {
      const std::vector<uint8_t> part(bytes.begin(), bytes.begin() + static_cast<long>(size));
      // Small: making a store costs more than loading.
      TestStore a(1 << 16);
      TestStore b(1 << 16);
      const Module* module = nullptr;
      const Error whole = load(a.store, view(part), &module);
      const Error pieces = load_in_pieces(b.store, part, 1, 1, &module);
      expect_same(whole, pieces, name, size);
      // Only if it was cut between two sections that need not follow is there a module.
      EXPECT_EQ(module != nullptr, whole.ok());
      if (whole.ok()) {
        EXPECT_TRUE(ends_with_a_section(bytes, size)) << name << ", " << size;
        continue;
      }
      EXPECT_EQ(whole.offset, size);
    }
  }
}

TEST(Loader, SurvivesEveryDamagedByteAndAgreesAboutIt) {
  for (const char* name : kModules) {
    const std::vector<uint8_t> original = wasm(name);
    for (size_t at = 0; at < original.size(); at++) {
      for (const uint8_t damage : {0x01, 0x80, 0xFF}) {
        std::vector<uint8_t> bytes = original;
        bytes[at] = static_cast<uint8_t>(bytes[at] ^ damage);
        TestStore a(64 * 1024);
        TestStore b(64 * 1024);
        const Module* module = nullptr;
        const Error whole = load(a.store, view(bytes), &module);
        const Error pieces = load_in_pieces(b.store, bytes, 1, 3, &module);
        expect_same(whole, pieces, name, at);
        if (!whole.ok() && whole.offset != kNoIndex) {
          EXPECT_LE(whole.offset, bytes.size());
        }
      }
    }
  }
}

// The bytes of `original` up to the end of the section at `*at`, which is moved behind it; that
// section says that it is much longer than the input.
std::vector<uint8_t> overstate_section(const std::vector<uint8_t>& original, size_t* at,
                                       size_t* content) {
  const size_t id = *at;
  size_t size = 0;
  uint32_t shift = 0;
  size_t here = id + 1;
  do {
    size |= static_cast<size_t>(original[here] & 0x7F) << shift;
    shift += 7;
  } while ((original[here++] & 0x80) != 0);
  *at = here + size;
  std::vector<uint8_t> bytes(original.begin(), original.begin() + static_cast<long>(id + 1));
  for (const uint8_t byte : {0xFF, 0xFF, 0xFF, 0x3F}) bytes.push_back(static_cast<uint8_t>(byte));
  *content = bytes.size();
  bytes.insert(bytes.end(), original.begin() + static_cast<long>(here),
               original.begin() + static_cast<long>(*at));
  return bytes;
}

TEST(Loader, ReportsOffsetsThatLieWithinTheInput) {
  for (const char* name : kModules) {
    const std::vector<uint8_t> original = wasm(name);
    for (size_t section = 8; section < original.size();) {
      size_t content = 0;
      std::vector<uint8_t> bytes = overstate_section(original, &section, &content);
      // Every length and count within, too.
      for (size_t at = content; at + 4 < bytes.size(); at++) {
        std::vector<uint8_t> damaged = bytes;
        for (size_t i = 0; i < 4; i++) damaged[at + i] = 0xFF;
        damaged[at + 4] = 0x07;
        TestStore test;
        const Module* module = nullptr;
        const Error error = load(test.store, view(damaged), &module);
        EXPECT_FALSE(error.ok());
        EXPECT_LE(error.offset, damaged.size()) << name << " " << at << ": " << text(error);
      }
    }
  }
}

TEST(Loader, ReportsACountThatIsTooLargeWhereItStands) {
  // A type section that says it has 255 bytes; its first type has 16383 parameters.
  const std::vector<uint8_t> bytes = {0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00,
                                      0x01, 0xFF, 0x01, 0x01, 0x60, 0xFF, 0x7F};
  TestStore test;
  const Module* module = nullptr;
  EXPECT_EQ(text(load(test.store, view(bytes), &module)),
            "byte offset 13: unexpected end of section or function 16383");
}

TEST(Loader, ReportsAMissingOperandBeforeTooManyLabels) {
  // The body is a br_table of 127 labels, without an operand.
  const std::vector<uint8_t> bytes = {0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00, 0x01,
                                      0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02, 0x01, 0x00,
                                      0x0A, 0x06, 0x01, 0x04, 0x00, 0x0E, 0x7F, 0x0B};
  TestStore test;
  const Module* module = nullptr;
  EXPECT_EQ(text(load(test.store, view(bytes), &module)),
            "byte offset 23, function 0: type mismatch (expected i32, found nothing)");
}

// A body that claims to be longer: what follows it would do as the next one.
TEST(Loader, ABodyIsAsLongAsItSays) {
  WasmWriter module;
  module.header();
  module.section(1, {0x01, 0x60, 0x00, 0x00});
  module.section(3, {0x02, 0x00, 0x00});
  module.section(10, {0x02, 0x05, 0x00, 0x0B, 0x02, 0x00, 0x0B});
  TestStore test;
  const Module* made = nullptr;
  const Error error = load(test.store, view(module.data()), &made);
  EXPECT_EQ(error.code, ErrorCode::kSectionSize) << text(error);
  EXPECT_EQ(error.offset, module.data().size() - 3);
}

TEST(Loader, RefusesFlagsOfSegmentsThatThereAreNot) {
  for (const std::pair<uint8_t, uint8_t>& each :
       {std::pair<uint8_t, uint8_t>{9, 8}, {9, 9}, {9, 15}, {11, 3}, {11, 4}}) {
    WasmWriter module;
    module.header();
    module.section(4, {0x01, 0x70, 0x00, 0x00});
    module.section(5, {0x01, 0x00, 0x00});
    module.section(each.first, {0x01, each.second, 0x41, 0x00, 0x0B, 0x00});
    TestStore test;
    const Module* made = nullptr;
    const Error error = load(test.store, view(module.data()), &made);
    EXPECT_EQ(error.code, ErrorCode::kSegmentFlags) << text(error);
  }
}

// A name section that is not right is as if it were not there.
TEST(Loader, BrokenNamesTakeNoMemory) {
  const std::vector<uint8_t> broken = {0x04, 'n',  'a',  'm', 'e',  0x01, 0x07,
                                       0x02, 0x00, 0x01, 'a', 0x01, 0x09, 'b'};
  uint32_t taken[2] = {};
  for (const size_t size : {size_t{5}, broken.size()}) {
    WasmWriter module;
    module.header();
    module.section(0, {broken.begin(), broken.begin() + static_cast<std::ptrdiff_t>(size)});
    TestStore test;
    const Module* made = nullptr;
    const Error error = load(test.store, view(module.data()), &made);
    ASSERT_TRUE(error.ok()) << text(error);
    EXPECT_EQ(made->function_name(0), "");
    taken[size == 5 ? 0 : 1] = made->info().arena_bytes;
  }
  EXPECT_EQ(taken[0], taken[1]);
}

TEST(Loader, ReportsAConstantThatIsCutOffWhereItStands) {
  // The body ends 3 bytes behind f32.const; the input ends after one of them.
  const std::vector<uint8_t> bytes = {0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00, 0x01,
                                      0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02, 0x01, 0x00,
                                      0x0A, 0x7F, 0x01, 0x05, 0x00, 0x43, 0x00};
  TestStore test;
  const Module* module = nullptr;
  const Error error = load(test.store, view(bytes), &module);
  EXPECT_EQ(error.code, ErrorCode::kUnexpectedEndOfSection);
  EXPECT_EQ(error.offset, 24u);
}

TEST(Loader, GivesAllMemoryBackWhenItFails) {
  TestStore test;
  std::vector<uint8_t> bytes = wasm("guest");
  bytes.pop_back();
  const MemoryReport before = test.store.memory();
  const Module* module = nullptr;
  EXPECT_FALSE(load(test.store, view(bytes), &module).ok());
  EXPECT_EQ(test.store.memory().used, before.used);
  EXPECT_EQ(test.store.memory().scratch, before.scratch);
  {
    Loader unfinished(test.store);
    EXPECT_EQ(unfinished.feed(Bytes(bytes.data(), 20)), LoadState::kNeedMore);
  }
  EXPECT_EQ(test.store.memory().used, before.used);
  EXPECT_EQ(test.store.memory().scratch, before.scratch);
}

TEST(Loader, FailsCleanlyInEveryBufferThatIsTooSmall) {
  const std::vector<uint8_t> bytes = wasm("guest");
  size_t enough = 0;
  for (size_t size = 0; size < 64 * 1024 && enough == 0; size++) {
    TestStore test(size);
    Execution execution(test.store, 512);
    const Module* module = nullptr;
    Error error = load(test.store, view(bytes), &module);
    if (!error.ok()) {
      ASSERT_EQ(error.code, ErrorCode::kOutOfMemory) << size << ": " << text(error);
      continue;
    }
    Instance* instance = nullptr;
    error = test.store.instantiate(module, &instance);
    if (!error.ok()) {
      ASSERT_TRUE(error.code == ErrorCode::kOutOfMemory || error.code == ErrorCode::kMemoryQuota)
          << size << ": " << text(error);
      continue;
    }
    if (!execution.error().ok()) continue;
    EXPECT_EQ(call(execution, *instance, "fib", {10}), 55);
    enough = size;
  }
  EXPECT_NE(enough, 0u);
}

// A module of one function: (func (result i32 x 1000) ...) with `body` after its prologue.
std::vector<uint8_t> thousand_results(const std::vector<uint8_t>& body) {
  WasmWriter types;
  types.bytes({0x02, 0x60, 0x00});  // () -> 1000 x i32
  types.u32(1000);
  types.append(std::vector<uint8_t>(1000, 0x7F));
  types.bytes({0x60, 0x00, 0x00});
  WasmWriter code;
  code.u32(1);
  code.u32(static_cast<uint32_t>(body.size()));
  code.append(body);
  WasmWriter module;
  module.header();
  module.section(1, types.data());
  module.section(3, {0x01, 0x01});
  module.section(10, code.data());
  return module.data();
}

TEST(Loader, MakesLittleCodeOfBranchesThatTakeManyValuesAlong) {
  // block (result i32 x 1000): a value below, 1000 values, then 500 times br_if to the block
  WasmWriter body;
  body.bytes({0x00, 0x02, 0x00, 0x41, 0x01});
  for (int i = 0; i < 1000; i++) body.bytes({0x41, 0x02});
  for (int i = 0; i < 500; i++) body.bytes({0x41, 0x00, 0x0D, 0x00});
  body.bytes({0x0C, 0x00, 0x0B});
  for (int i = 0; i < 1000; i++) body.bytes({0x1A});
  body.bytes({0x0B});
  const std::vector<uint8_t> bytes = thousand_results(body.data());
  TestStore test;
  const Module* module = nullptr;
  const Error error = load(test.store, view(bytes), &module);
  ASSERT_TRUE(error.ok()) << text(error);
  // One by one, the values alone would take 500 * 1000 copies.
  EXPECT_LT(module->info().code_bytes, 200 * 1024u);
}

TEST(Loader, KeepsNothingOfTheBytesUnlessTheyStay) {
  TestStore copied;
  TestStore in_place;
  std::vector<uint8_t> bytes = wasm("guest");
  const Module* a = nullptr;
  const Module* b = nullptr;
  LoadOptions stay;
  stay.bytes_stay = true;
  ASSERT_TRUE(load(copied.store, view(bytes), &a).ok());
  ASSERT_TRUE(load(in_place.store, view(bytes), &b, stay).ok());
  EXPECT_LT(b->info().arena_bytes, a->info().arena_bytes);
  EXPECT_EQ(b->export_at(0).name, StringView("memory"));
  std::fill(bytes.begin(), bytes.end(), uint8_t{0});
  EXPECT_EQ(a->export_at(0).name, StringView("memory"));
}

// A module with one function and `count` exports of it, not in the order of their names.
std::vector<uint8_t> module_with_exports(uint32_t count) {
  WasmWriter module;
  module.header();
  module.section(1, {0x01, 0x60, 0x00, 0x00});
  module.section(3, {0x01, 0x00});
  WasmWriter exports;
  exports.u32(count);
  for (uint32_t i = 0; i < count; i++) {
    const std::string name = "f" + std::to_string(i * 7919 % count);
    exports.u32(static_cast<uint32_t>(name.size()));
    exports.append({name.begin(), name.end()});
    exports.append({0x00, 0x00});
  }
  module.section(7, exports.data());
  module.section(10, {0x01, 0x02, 0x00, 0x0B});
  return module.data();
}

TEST(Loader, FindsEveryExportOfFewAndOfMany) {
  for (const uint32_t count : {0u, 1u, 16u, 17u, 1000u}) {
    TestStore test;
    const Module* module = nullptr;
    const Error error = load(test.store, view(module_with_exports(count)), &module);
    ASSERT_TRUE(error.ok()) << text(error);
    Instance* instance = nullptr;
    ASSERT_TRUE(test.store.instantiate(module, &instance).ok());
    for (uint32_t i = 0; i < count; i++) {
      EXPECT_EQ(instance->function(("f" + std::to_string(i)).c_str()).index, 0u) << i;
    }
    for (const char* name : {"", "f", "f00", "f1001", "g", "\x7f"}) {
      EXPECT_FALSE(instance->function(name).exists()) << name;
    }
    if (count == 0) continue;
    EXPECT_EQ(module->export_at(0).name, StringView("f0"));
  }
}

TEST(Loader, KeepsAnIndexOfExportsOnlyWhereThereAreMany) {
  const auto bytes_per_export = [](uint32_t count) {
    TestStore few;
    TestStore more;
    const Module* a = nullptr;
    const Module* b = nullptr;
    LoadOptions stay;
    stay.bytes_stay = true;
    const std::vector<uint8_t> small = module_with_exports(count - 1);
    const std::vector<uint8_t> large = module_with_exports(count);
    EXPECT_TRUE(load(few.store, view(small), &a, stay).ok());
    EXPECT_TRUE(load(more.store, view(large), &b, stay).ok());
    return b->info().arena_bytes - a->info().arena_bytes;
  };
  EXPECT_GE(bytes_per_export(17), bytes_per_export(16) + 16 * sizeof(uint32_t));
  EXPECT_LE(bytes_per_export(16), 2 * sizeof(void*) + 16);
}

TEST(Loader, NamesTheFeatureThatIsMissing) {
  // (module (memory i64 1))
  const std::vector<uint8_t> bytes = {0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00,
                                      0x00, 0x05, 0x03, 0x01, 0x04, 0x01};
  TestStore test;
  const Module* module = nullptr;
  const Error error = load(test.store, view(bytes), &module);
  EXPECT_EQ(error.code, ErrorCode::kFeatureOff);
  EXPECT_EQ(error.feature, Feature::kMemory64);
  EXPECT_EQ(text(error),
            "byte offset 11: the module needs a feature that this build does not have: memory64");
}

TEST(Loader, SeesThatAMemoryIsNamedThoughItIsTheFirst) {
  // (module (memory 1) (func (drop (i32.load (i32.const 0))))), the load with memory index 0
  const std::vector<uint8_t> bytes = {0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00, 0x01,
                                      0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02, 0x01, 0x00,
                                      0x05, 0x03, 0x01, 0x00, 0x01, 0x0A, 0x0B, 0x01, 0x09,
                                      0x00, 0x41, 0x00, 0x28, 0x42, 0x00, 0x00, 0x1A, 0x0B};
  TestStore test;
  const Module* module = nullptr;
  ASSERT_TRUE(load_in_pieces(test.store, bytes, 1, 1, &module).ok());
  EXPECT_TRUE(module->uses(Feature::kMultiMemory));
  ASSERT_TRUE(load(test.store, view(bytes), &module).ok());
  EXPECT_TRUE(module->uses(Feature::kMultiMemory));
}

TEST(Loader, TellsExpectedAndActualTypes) {
  // (module (func (drop (i32.eqz (i64.const 0)))))
  const std::vector<uint8_t> bytes = {0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04,
                                      0x01, 0x60, 0x00, 0x00, 0x03, 0x02, 0x01, 0x00, 0x0A, 0x08,
                                      0x01, 0x06, 0x00, 0x42, 0x00, 0x45, 0x1A, 0x0B};
  TestStore test;
  const Module* module = nullptr;
  const Error error = load(test.store, view(bytes), &module);
  EXPECT_EQ(text(error), "byte offset 25, function 0: type mismatch (expected i32, found i64)");
}

}  // namespace
}  // namespace mote::test
