// Limits that are far away: as many functions as there may be, modules as large as offsets can
// tell, more values than are moved one by one; and what host functions and linking meet rarely.
#include <sys/mman.h>

#include <memory>
#include <mote/extern.hpp>
#include <mote/image.hpp>

#include "runtime/store_data.hpp"
#include "wasm_file.hpp"
#include "wasm_writer.hpp"

namespace mote::test {
namespace {

constexpr uint32_t kMostFunctions = 1000000;  // module_data.hpp

// A module of a type () -> (), which imports `imports` functions and declares `functions`.
std::vector<uint8_t> many_functions(uint32_t imports, uint32_t functions) {
  WasmWriter module;
  module.header();
  module.section(1, {0x01, 0x60, 0x00, 0x00});
  WasmWriter names;
  names.u32(imports);
  for (uint32_t i = 0; i < imports; i++) names.bytes({0x00, 0x00, 0x00, 0x00});
  module.section(2, names.data());
  WasmWriter types;
  types.u32(functions);
  types.append(std::vector<uint8_t>(functions, 0x00));
  module.section(3, types.data());
  return module.data();
}

TEST(Limits, MoreFunctionsThanThereMayBeAreRefusedWhereTheyAreDeclared) {
  TestStore test;
  const Module* module = nullptr;
  std::vector<uint8_t> bytes = many_functions(0, kMostFunctions + 1);
  Error error = load(test.store, view(bytes), &module);
  EXPECT_EQ(error.code, ErrorCode::kTooManyFunctions) << text(error);
  EXPECT_EQ(error.offset, bytes.size() - (kMostFunctions + 1) - 3);  // where the number is
  // Imported ones count, too.
  bytes = many_functions(1, kMostFunctions);
  error = load(test.store, view(bytes), &module);
  EXPECT_EQ(error.code, ErrorCode::kTooManyFunctions) << text(error);
  EXPECT_EQ(test.store.memory().used, TestStore().store.memory().used);
}

TEST(Limits, MoreImportedFunctionsThanThereMayBeAreRefusedWhereTheyAreImported) {
  constexpr size_t kSize = size_t{1} << 27;
  const std::unique_ptr<uint8_t[]> buffer(new uint8_t[kSize]);  // most of it is not touched
  Store store(MutableBytes(buffer.get(), kSize));
  const Module* module = nullptr;
  const std::vector<uint8_t> bytes = many_functions(kMostFunctions + 1, 0);
  const Error error = load(store, view(bytes), &module);
  EXPECT_EQ(error.code, ErrorCode::kTooManyFunctions) << text(error);
  EXPECT_EQ(error.offset, bytes.size() - 5);  // the last one's kind; the function section follows
}

// What comes of a module that has one section, of a vector with `count` items. They are not read.
Error load_counted(uint8_t section, uint32_t count, std::vector<uint8_t> before = {}) {
  WasmWriter content;
  content.append(before);
  content.u32(count);
  content.append(std::vector<uint8_t>(count, 0x00));
  WasmWriter module;
  module.header();
  module.section(section, content.data());
  TestStore test;
  const Module* made = nullptr;
  return load(test.store, view(module.data()), &made);
}

TEST(Limits, MoreItemsThanThereMayBeAreRefusedWhereTheyAreCounted) {
  struct Limit {
    uint8_t section;
    std::vector<uint8_t> before;
    uint32_t most;
    ErrorCode code;
  };
  const Limit limits[] = {
      {1, {}, detail::kMaxTypes, ErrorCode::kTooManyTypes},
      {1, {0x01, 0x60}, detail::kMaxParameters, ErrorCode::kTooManyParameters},
      {1, {0x01, 0x60, 0x00}, detail::kMaxParameters, ErrorCode::kTooManyParameters},
      {7, {}, detail::kMaxItems, ErrorCode::kTooManyItems},
      {9, {0x01, 0x01, 0x00}, detail::kMaxItems, ErrorCode::kTooManyItems},
  };
  for (const Limit& each : limits) {
    SCOPED_TRACE(text_of(each.code));
    const Error error = load_counted(each.section, each.most + 1, each.before);
    EXPECT_EQ(error.code, each.code) << text(error);
    EXPECT_GT(error.offset, 8u);
    EXPECT_LT(error.offset, 24u);
    // As many as there may be fail for something else: there are only zeros.
    const Error allowed = load_counted(each.section, each.most, each.before);
    EXPECT_NE(allowed.code, ErrorCode::kOk);
    EXPECT_NE(allowed.code, each.code);
  }
}

// A function of `locals`, as they are written, and a body.
Error load_function(const std::vector<uint8_t>& locals, const std::vector<uint8_t>& body) {
  WasmWriter function;
  function.append(locals);
  function.append(body);
  static std::vector<uint8_t> buffer(size_t{1} << 24);
  Store store(MutableBytes(buffer.data(), buffer.size()));
  const Module* made = nullptr;
  const std::vector<uint8_t> bytes = module_of_bodies({0x01, 0x60, 0x00, 0x00}, {function.data()});
  return load(store, view(bytes), &made);
}

TEST(Limits, BlocksNestAsDeepAsTheyMayAndNoDeeper) {
  // The function itself is the outermost.
  const uint32_t most = detail::kMaxNesting - 1;
  for (const uint32_t depth : {most, most + 1}) {
    std::vector<uint8_t> body;
    for (uint32_t i = 0; i < depth; i++) body.insert(body.end(), {0x02, 0x40});
    body.insert(body.end(), depth + 1, 0x0B);
    const Error error = load_function({0x00}, body);
    EXPECT_EQ(error.code, depth == most ? ErrorCode::kOk : ErrorCode::kNestingTooDeep)
        << text(error);
  }
}

TEST(Limits, FramesAreAsLargeAsTheyMayAndNoLarger) {
  const uint32_t most = detail::kMaxFrameSlots - detail::kLinkSlots;
  const std::vector<uint8_t> nothing = {0x0B};
  const std::vector<uint8_t> one_operand = {0x41, 0x00, 0x1A, 0x0B};
  const auto load_locals = [](uint32_t count, uint8_t type, const std::vector<uint8_t>& body) {
    WasmWriter locals;
    locals.u32(1);
    locals.u32(count);
    locals.bytes({type});
    return load_function(locals.data(), body).code;
  };
  EXPECT_EQ(load_locals(most, 0x7F, nothing), ErrorCode::kOk);
  EXPECT_EQ(load_locals(most + 1, 0x7F, nothing), ErrorCode::kFrameTooLarge);
  EXPECT_EQ(load_locals(most - 1, 0x7F, one_operand), ErrorCode::kOk);
  EXPECT_EQ(load_locals(most, 0x7F, one_operand), ErrorCode::kFrameTooLarge);
  EXPECT_EQ(load_locals(most / 2, 0x7E, nothing), ErrorCode::kOk);
  EXPECT_EQ(load_locals(most / 2 + 1, 0x7E, nothing), ErrorCode::kFrameTooLarge);
}

TEST(Limits, ASectionThatEndsBeyondWhatOffsetsCanTellIsRefused) {
  for (const uint8_t last : {0x0F, 0x07}) {  // 2^32 - 1 bytes; 2^31 - 1 only go on
    WasmWriter module;
    module.header();
    module.bytes({0x00, 0xFF, 0xFF, 0xFF, 0xFF, last});
    TestStore test;
    Loader loader(test.store);
    EXPECT_EQ(loader.feed(view(module.data())),
              last == 0x07 ? LoadState::kNeedMore : LoadState::kFailed);
    const Module* made = nullptr;
    const Error error = loader.finish(&made);
    EXPECT_EQ(error.code, last == 0x0F ? ErrorCode::kModuleTooLarge : ErrorCode::kUnexpectedEnd)
        << text(error);
    if (last == 0x0F) {
      EXPECT_EQ(error.offset, 8u);
    }
  }
}

// Address space without memory, which nobody may read, or with memory where it is touched.
struct Void {
  explicit Void(size_t bytes, int protection = PROT_NONE)
      : size(bytes),
        at(mmap(nullptr, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {}
  ~Void() { munmap(at, size); }
  size_t size;
  void* at;
};

TEST(Limits, PiecesThatEndBeyondWhatOffsetsCanTellAreRefused) {
  if (sizeof(size_t) < 8) GTEST_SKIP() << "no piece can be so large";
  const Void nothing(UINT32_MAX);
  ASSERT_NE(nothing.at, MAP_FAILED);
  const Bytes whole(static_cast<const uint8_t*>(nothing.at), UINT32_MAX);
  const std::vector<uint8_t> header = {0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00};
  for (const bool is_first : {true, false}) {
    TestStore test;
    Loader loader(test.store);
    if (!is_first) {
      ASSERT_EQ(loader.feed(view(header)), LoadState::kNeedMore);
    }
    const Bytes piece = is_first ? whole : Bytes(whole.data(), whole.size() - 8);
    EXPECT_EQ(loader.feed(piece), LoadState::kFailed);
    const Module* module = nullptr;
    EXPECT_EQ(loader.finish(&module).code, ErrorCode::kModuleTooLarge);
  }
#if MOTE_FEATURE_SAVED_CODE
  std::vector<uint8_t> page(256);
  ImageWriter writer([](void*, uint32_t, Bytes) { return true; }, nullptr,
                     MutableBytes(page.data(), page.size()));
  ASSERT_TRUE(writer.feed(view(header)).ok());
  EXPECT_EQ(writer.feed(whole).code, ErrorCode::kModuleTooLarge);
#endif
}

// A window of 2^32 bytes has no limit for accesses to one byte that 32 bits can tell: such an
// access would ask for memory for ever.
TEST(Limits, AMemoryIsBackedNoFurtherThanLimitsCanTell) {
  if (sizeof(size_t) < 8) GTEST_SKIP() << "no store can be so large";
  const Void zeros(size_t{5} << 30, PROT_READ | PROT_WRITE);
  ASSERT_NE(zeros.at, MAP_FAILED);
  StoreOptions options;
  options.buffer_is_zero = true;
  Store store(MutableBytes(static_cast<uint8_t*>(zeros.at), zeros.size), options);
  // (memory 65536), and f reads its first byte and its last.
  WasmWriter module;
  module.header();
  module.section(1, {0x01, 0x60, 0x00, 0x01, 0x7F});
  module.section(3, {0x01, 0x00});
  module.section(5, {0x01, 0x00, 0x80, 0x80, 0x04});
  module.section(7, {0x01, 0x01, 'f', 0x00, 0x00});
  module.section(10, {0x01, 0x0D, 0x00, 0x41, 0x00, 0x2D, 0x00, 0x00, 0x41, 0x7F, 0x2D, 0x00, 0x00,
                      0x6A, 0x0B});
  const Module* loaded = nullptr;
  Instance* instance = nullptr;
  ASSERT_TRUE(load(store, view(module.data()), &loaded).ok());
  ASSERT_TRUE(store.instantiate(loaded, &instance).ok());
  const MutableBytes first = instance->memory(0, 1);
  ASSERT_FALSE(first.empty());
  first[0] = 9;
  const bool is_whole = !instance->memory(UINT32_MAX, 1).empty();
  ASSERT_EQ(is_whole, MOTE_ENCODING == MOTE_ENCODING_WIDE);
  Execution execution(store, 1024);
  const RunState state = execution.run(instance->function("f"), {});
  if (is_whole) {
    EXPECT_EQ(state, RunState::kDone);
    EXPECT_EQ(execution.result(0).as_i32(), 9);
  } else {
    EXPECT_EQ(state, RunState::kTrapped);
    EXPECT_EQ(execution.trap().code, ErrorCode::kMemoryQuota);
  }
}

// (func (param i32) (result i32)): a block of `count` results is left from below with `count`
// values on top of two others; the sum of value * its number, all of which differ.
std::vector<uint8_t> long_branch(uint8_t count) {
  WasmWriter types;
  types.bytes({0x02, 0x60, 0x01, 0x7F, 0x01, 0x7F, 0x60, 0x00, count});
  types.append(std::vector<uint8_t>(count, 0x7F));
  WasmWriter body;
  body.bytes({0x01, 0x01, 0x7F});                    // one local more, $1
  body.bytes({0x02, 0x01, 0x41, 0x07, 0x41, 0x08});  // block, 7, 8
  for (uint8_t i = 0; i < count; i++) {
    body.bytes({0x20, 0x00, 0x41, static_cast<uint8_t>(i + 1), 0x6C});  // $0 * (i + 1)
  }
  body.bytes({0x0C, 0x00, 0x0B});  // br 0, end
  for (uint8_t i = 0; i < count; i++) {
    body.bytes({0x41, static_cast<uint8_t>(count - i), 0x6C});  // * its number
    body.bytes({0x20, 0x01, 0x6A, 0x21, 0x01});                 // $1 += it
  }
  body.bytes({0x20, 0x01, 0x0B});
  return module_of_bodies(types.data(), {body.data()});
}

TEST(Branches, TakeAnyNumberOfValuesAlong) {
  for (uint8_t count = 1; count <= 20; count++) {
    TestStore test;
    const std::vector<uint8_t> bytes = long_branch(count);
    const Module* module = nullptr;
    Error error = load(test.store, view(bytes), &module);
    ASSERT_TRUE(error.ok()) << text(error);
    Instance* instance = nullptr;
    ASSERT_TRUE(test.store.instantiate(module, &instance).ok());
    Execution execution(test.store, 4096);
    int32_t expected = 0;
    for (int32_t i = 1; i <= count; i++) expected += 3 * i * i;
    EXPECT_EQ(call(execution, *instance, "f", {3}), expected) << int{count};
  }
}

TEST(Limits, MoreFunctionsInAllInstancesThanReferencesCanTellAreRefused) {
  TestStore test;
  const std::vector<uint8_t> bytes = wasm("guest");
  const Module* module = nullptr;
  ASSERT_TRUE(load(test.store, view(bytes), &module).ok());
  // As if others had taken all numbers but a few.
  Reference& next = detail::StoreData::of(test.store)->next_reference;
  const Reference before = next;
  next = ~Reference{0} - 5;
  const size_t used = test.store.memory().used;
  Instance* instance = nullptr;
  EXPECT_EQ(test.store.instantiate(module, &instance).code, ErrorCode::kTooManyFunctions);
  EXPECT_EQ(test.store.memory().used, used);
  next = before;
  EXPECT_TRUE(test.store.instantiate(module, &instance).ok());
}

// ---- Types -----------------------------------------------------------------------------------

// (func (param i32) ...) with this body, whose type of index 0 is (i32) -> (i64).
Error error_of(const std::vector<uint8_t>& body) {
  WasmWriter code;
  code.bytes({0x01, static_cast<uint8_t>(body.size() + 1), 0x00});
  code.append(body);
  WasmWriter module;
  module.header();
  module.section(1, {0x02, 0x60, 0x01, 0x7F, 0x01, 0x7E, 0x60, 0x00, 0x00});
  module.section(3, {0x01, 0x01});
  module.section(10, code.data());
  TestStore test;
  const Module* made = nullptr;
  Error error = load(test.store, view(module.data()), &made);
  error.offset -= static_cast<uint32_t>(module.data().size() - body.size());  // within the body
  return error;
}

TEST(Types, AnIfWithoutElseHasItsParametersAsResults) {
  // i32.const 0, i32.const 0, if (0), drop, i64.const 0, end, drop, end
  const Error error =
      error_of({0x41, 0x00, 0x41, 0x00, 0x04, 0x00, 0x1A, 0x42, 0x00, 0x0B, 0x1A, 0x0B});
  EXPECT_EQ(error.code, ErrorCode::kTypeMismatch) << text(error);
  EXPECT_EQ(error.offset, 9u);
}

TEST(Types, ABlockTypeIsAnIndexOfATypeThatThereIs) {
  // block with 2^32 - 16, 2^32, 2; then end, end
  const Error high = error_of({0x02, 0xF0, 0xFF, 0xFF, 0xFF, 0x0F, 0x0B, 0x0B});
  EXPECT_EQ(high.code, ErrorCode::kUnknownType) << text(high);
  const Error too_high = error_of({0x02, 0x80, 0x80, 0x80, 0x80, 0x10, 0x0B, 0x0B});
  EXPECT_EQ(too_high.code, ErrorCode::kIntegerTooLarge) << text(too_high);
  EXPECT_EQ(error_of({0x02, 0x02, 0x0B, 0x0B}).code, ErrorCode::kUnknownType);
  EXPECT_TRUE(error_of({0x02, 0x01, 0x0B, 0x0B}).ok());
}

TEST(Types, AnOffsetHas32Bits) {
  // i32.const 0, i32.load with offset 2^32, drop, end
  const Error error = error_of({0x41, 0x00, 0x28, 0x02, 0x80, 0x80, 0x80, 0x80, 0x10, 0x1A, 0x0B});
  EXPECT_EQ(error.code, ErrorCode::kOffsetRange) << text(error);
}

// ---- Linking by name -------------------------------------------------------------------------

int32_t twice(int32_t value) { return 2 * value; }

// (module (import MODULE "f" (func (param i32) (result i32))) (export "f" (func 0)))
std::vector<uint8_t> passes_on(const std::string& from) {
  WasmWriter imports;
  imports.u32(1);
  imports.u32(static_cast<uint32_t>(from.size()));
  imports.append({from.begin(), from.end()});
  imports.bytes({0x01, 'f', 0x00, 0x00});
  WasmWriter module;
  module.header();
  module.section(1, {0x01, 0x60, 0x01, 0x7F, 0x01, 0x7F});
  module.section(2, imports.data());
  module.section(7, {0x01, 0x01, 'f', 0x00, 0x00});
  return module.data();
}

// Else a guest could call externrefs as functions, or read eight bytes of a cell that has four.
TEST(Linking, WhatIsOfAnotherTypeDoesNotMatch) {
  struct Case {
    uint8_t section;
    std::vector<uint8_t> definition;
    uint8_t kind;
    std::vector<uint8_t> right;
    std::vector<uint8_t> wrong;
  };
  const std::vector<uint8_t> table = {0x01, 0x6F, 0x00, 0x01};  // externref, at least 1
  const std::vector<uint8_t> global = {0x01, 0x7F, 0x00, 0x41, 0x00, 0x0B};  // i32, constant
  const Case cases[] = {
      {4, table, 0x01, {0x6F, 0x00, 0x01}, {0x70, 0x00, 0x01}},  // funcref
      {4, table, 0x01, {0x6F, 0x00, 0x01}, {0x6F, 0x00, 0x02}},
      {5, {0x01, 0x00, 0x01}, 0x02, {0x00, 0x01}, {0x00, 0x02}},
      {6, global, 0x03, {0x7F, 0x00}, {0x7E, 0x00}},  // i64
      {6, global, 0x03, {0x7F, 0x00}, {0x7F, 0x01}},  // mutable
  };
  for (const Case& each : cases) {
    WasmWriter has;
    has.header();
    has.section(each.section, each.definition);
    has.section(7, {0x01, 0x01, 'x', each.kind, 0x00});
    TestStore test;
    ASSERT_TRUE(test.store.name_instance("a", test.add(has.data())).ok());
    for (const bool is_right : {true, false}) {
      std::vector<uint8_t> import = {0x01, 0x01, 'a', 0x01, 'x', each.kind};
      const std::vector<uint8_t>& type = is_right ? each.right : each.wrong;
      import.insert(import.end(), type.begin(), type.end());
      WasmWriter wants;
      wants.header();
      wants.section(2, import);
      const Module* module = nullptr;
      ASSERT_TRUE(load(test.store, view(wants.data()), &module).ok());
      Instance* instance = nullptr;
      EXPECT_EQ(test.store.instantiate(module, &instance).code,
                is_right ? ErrorCode::kOk : ErrorCode::kIncompatibleImport);
    }
  }
}

// "c" imports from "b" what that imports from "a", which has it from the host.
TEST(Linking, AnExportThatIsAnImportIsLinkedToWhatItStandsFor) {
  static constexpr HostFunction kTwice[] = {host_function<twice>("host", "f")};
  TestStore test;
  ASSERT_TRUE(test.store.provide(kTwice).ok());
  std::string from = "host";
  Instance* instance = nullptr;
  for (const char* name : {"a", "b", "c"}) {
    const std::vector<uint8_t> bytes = passes_on(from);
    const Module* module = nullptr;
    Error error = load(test.store, view(bytes), &module);
    ASSERT_TRUE(error.ok()) << text(error);
    error = test.store.instantiate(module, &instance);
    ASSERT_TRUE(error.ok()) << name << ": " << text(error);
    ASSERT_TRUE(test.store.name_instance(name, instance).ok());
    from = name;
  }
  Execution execution(test.store, 1024);
  EXPECT_EQ(call(execution, *instance, "f", {21}), 42);
  const Extern found = Extern::of(*instance, instance->module().export_at(0)).definition();
  EXPECT_EQ(found.host, &kTwice[0]);
  EXPECT_EQ(found.identity(), Extern::of(kTwice[0]).identity());
}

// The same, where a guest defines it.
TEST(Linking, TheDefinitionOfAnImportIsWhereItIsDefined) {
  TestStore test;
  Instance* const guest = test.add("guest");
  Function fib = guest->function("fib");
  const std::vector<uint8_t> bytes = passes_on("guest");
  const Module* module = nullptr;
  ASSERT_TRUE(load(test.store, view(bytes), &module).ok());
  const Extern given[] = {Extern::of(fib)};
  Instance* instance = nullptr;
  ASSERT_TRUE(test.store.instantiate(module, given, &instance).ok());
  const Extern found = Extern::of(instance->function("f")).definition();
  EXPECT_EQ(found.instance, guest);
  EXPECT_EQ(found.index, fib.index);
}

}  // namespace
}  // namespace mote::test
