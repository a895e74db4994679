// External values: imports by position, and what the host makes, reads and changes itself.
#include <mote/extern.hpp>

#include "wasm_file.hpp"

namespace mote::test {
namespace {

int32_t add_context(Host& host, int32_t value) { return value + host.context_as<int32_t>(); }
int32_t negate(int32_t value) { return -value; }
int64_t other_type(int64_t value) { return value; }

constexpr HostFunction kAdd = host_function<add_context>("", "");
constexpr HostFunction kNegate = host_function<negate>("", "");
constexpr HostFunction kOther = host_function<other_type>("", "");

ExternType limits(uint32_t minimum, uint32_t maximum, ValueType element = ValueType::kNone) {
  ExternType type;
  type.limits.minimum = minimum;
  type.limits.maximum = maximum;
  type.limits.has_maximum = true;
  type.value = element;
  return type;
}

ExternType global(ValueType value, bool is_mutable) {
  ExternType type;
  type.value = value;
  type.is_mutable = is_mutable;
  return type;
}

Extern export_of(Instance& instance, StringView name) {
  const Module& module = instance.module();
  for (uint32_t i = 0; i < module.export_count(); i++) {
    if (module.export_at(i).name == name) return Extern::of(instance, module.export_at(i));
  }
  return {};
}

// A store with everything that positional.wat imports.
struct Given : TestStore {
  Given() : execution(store, 4096) {
    Error error = make_memory(store, limits(1, 3), &memory);
    EXPECT_TRUE(error.ok()) << text(error);
    error = make_table(store, limits(2, 5, ValueType::kFuncRef), Value::null(ValueType::kFuncRef),
                       &table);
    EXPECT_TRUE(error.ok()) << text(error);
    error = make_global(store, global(ValueType::kI32, false), Value::i32(77), &limit);
    EXPECT_TRUE(error.ok()) << text(error);
    error = make_global(store, global(ValueType::kI64, true), Value::i64(1000), &count);
    EXPECT_TRUE(error.ok()) << text(error);
    const std::vector<uint8_t> bytes = wasm("positional");
    error = load(store, view(bytes), &module);
    EXPECT_TRUE(error.ok()) << text(error);
  }

  std::vector<Extern> imports() {
    return {Extern::of(kAdd, &five), memory, Extern::of(kNegate), table, limit, count};
  }
  Error instantiate(const std::vector<Extern>& imports) {
    return store.instantiate(module, Span<const Extern>(imports.data(), imports.size()), &instance);
  }

  int32_t five = 5;
  Extern memory, table, limit, count;
  const Module* module = nullptr;
  Instance* instance = nullptr;
  Execution execution;
};

TEST(Extern, ImportsByPositionDoNotLookAtNames) {
  Given f;
  ASSERT_TRUE(f.instantiate(f.imports()).ok());
  EXPECT_EQ(call(f.execution, *f.instance, "both", {20}), 25 - 20);
  EXPECT_EQ(f.count.get().as_i64(), 1001);
  EXPECT_EQ(f.memory.bytes(8, 4)[0], 77);
}

TEST(Extern, OneThatDoesNotMatchIsRefused) {
  Given f;
  const std::vector<Extern> good = f.imports();
  Extern five_pages, small_table, wrong_global;
  ASSERT_TRUE(make_memory(f.store, limits(1, 5), &five_pages).ok());
  ASSERT_TRUE(make_table(f.store, limits(1, 5, ValueType::kFuncRef),
                         Value::null(ValueType::kFuncRef), &small_table)
                  .ok());
  ASSERT_TRUE(
      make_global(f.store, global(ValueType::kI32, true), Value::i32(0), &wrong_global).ok());
  TestStore other;
  Extern of_other_store;
  ASSERT_TRUE(make_memory(other.store, limits(1, 3), &of_other_store).ok());
  const struct {
    size_t position;
    Extern given;
  } kWrong[] = {{0, Extern::of(kOther)}, {0, f.memory},     {1, five_pages},
                {1, of_other_store},     {1, f.table},      {2, Extern()},
                {3, small_table},        {4, wrong_global}, {5, f.limit},
                {5, Extern::of(kNegate)}};
  for (const auto& wrong : kWrong) {
    std::vector<Extern> imports = good;
    imports[wrong.position] = wrong.given;
    const size_t before = f.store.memory().used;
    EXPECT_EQ(f.instantiate(imports).code, ErrorCode::kIncompatibleImport) << wrong.position;
    EXPECT_EQ(f.instance, nullptr);
    EXPECT_EQ(f.store.memory().used, before);
  }
  EXPECT_EQ(f.instantiate({good[0], good[1]}).code, ErrorCode::kUnknownImport);
  EXPECT_TRUE(f.instantiate(good).ok());
}

TEST(Extern, TypesTellThePresentSize) {
  Given f;
  ASSERT_TRUE(f.instantiate(f.imports()).ok());
  EXPECT_EQ(call(f.execution, *f.instance, "grow", {}), 1);
  EXPECT_EQ(f.memory.type().limits.minimum, 2u);
  EXPECT_EQ(f.memory.type().limits.maximum, 3u);
  EXPECT_EQ(f.memory.byte_size(), 2u * 65536);
  EXPECT_TRUE(f.memory.grow_memory(1));
  EXPECT_FALSE(f.memory.grow_memory(1));
  EXPECT_TRUE(f.memory.grow_memory(0));
  EXPECT_EQ(f.instance->memory_size(), 3u * 65536);
  EXPECT_EQ(f.count.type().value, ValueType::kI64);
  EXPECT_TRUE(f.count.type().is_mutable);
  EXPECT_EQ(Extern::of(kOther).type().function.parameters[0], ValueType::kI64);
}

TEST(Extern, TablesAreFilledWhenTheyAreMade) {
  Given f;
  Extern negate, functions, handles;
  ASSERT_TRUE(make_function(f.store, kNegate, nullptr, &negate).ok());
  ASSERT_TRUE(
      make_table(f.store, limits(2, 4, ValueType::kFuncRef), negate.reference(), &functions).ok());
  const ExternType type = functions.type();
  EXPECT_EQ(type.kind, ExternKind::kTable);
  EXPECT_EQ(type.value, ValueType::kFuncRef);
  EXPECT_EQ(type.limits.minimum, 2u);
  EXPECT_EQ(type.limits.maximum, 4u);
  Value element;
  for (uint32_t i = 0; i < 2; i++) {
    ASSERT_TRUE(functions.table_get(i, &element));
    EXPECT_TRUE(function_of(f.store, element).identity() == negate.identity());
  }
  ASSERT_TRUE(
      make_table(f.store, limits(3, 3, ValueType::kExternRef), Value::extern_ref(7), &handles)
          .ok());
  ASSERT_TRUE(handles.table_get(2, &element));
  EXPECT_EQ(element.as_extern(), 7u);
  ExternType pages = limits(1, 1);
  pages.page_size_log2 = 3;
  EXPECT_EQ(make_memory(f.store, pages, &handles).code, ErrorCode::kArguments);
}

TEST(Extern, MemoryOfWhichAllWasAskedForStays) {
  Given f;
  ASSERT_TRUE(f.instantiate(f.imports()).ok());
  uint8_t* const all = f.memory.bytes(0, 65536).data();
  ASSERT_NE(all, nullptr);
  Extern more;
  ASSERT_TRUE(make_memory(f.store, limits(1, 1), &more).ok());
  ASSERT_NE(more.bytes(0, 65536).data(), nullptr);
  EXPECT_EQ(call(f.execution, *f.instance, "both", {0}), 5);
  EXPECT_EQ(f.memory.bytes(0, 1).data(), all);
  EXPECT_TRUE(f.memory.bytes(65536, 1).empty());
  EXPECT_TRUE(f.memory.bytes(0, 0).empty());
}

TEST(Extern, TablesHoldFunctionsOfGuestsAndOfTheHost) {
  Given f;
  ASSERT_TRUE(f.instantiate(f.imports()).ok());
  Extern doubled;
  int32_t hundred = 100;
  ASSERT_TRUE(make_function(f.store, kAdd, &hundred, &doubled).ok());
  EXPECT_TRUE(f.table.table_set(0, export_of(*f.instance, "own").reference()));
  EXPECT_TRUE(f.table.table_set(1, doubled.reference()));
  EXPECT_FALSE(f.table.table_set(2, doubled.reference()));
  EXPECT_FALSE(f.table.table_set(0, Value::extern_ref(1)));
  EXPECT_EQ(call(f.execution, *f.instance, "through table", {0, 7}), 70);
  EXPECT_EQ(call(f.execution, *f.instance, "through table", {1, 7}), 107);
  EXPECT_TRUE(f.table.grow_table(2, doubled.reference()));
  EXPECT_FALSE(f.table.grow_table(2, doubled.reference()));
  EXPECT_FALSE(f.table.grow_table(1, Value::i32(0)));
  EXPECT_EQ(f.table.table_size(), 4u);
  EXPECT_EQ(call(f.execution, *f.instance, "through table", {3, 1}), 101);
  Value element;
  ASSERT_TRUE(f.table.table_get(3, &element));
  EXPECT_TRUE(function_of(f.store, element).identity() == doubled.identity());
  EXPECT_FALSE(f.table.table_get(4, &element));
  EXPECT_FALSE(function_of(f.store, Value::null(ValueType::kFuncRef)).exists());
}

TEST(Extern, IdentityIsThatOfTheDefinition) {
  Given f;
  ASSERT_TRUE(f.instantiate(f.imports()).ok());
  EXPECT_TRUE(export_of(*f.instance, "memory").identity() == f.memory.identity());
  EXPECT_TRUE(export_of(*f.instance, "table").identity() == f.table.identity());
  EXPECT_TRUE(export_of(*f.instance, "count").identity() == f.count.identity());
  EXPECT_FALSE(f.count.identity() == f.limit.identity());
  EXPECT_TRUE(export_of(*f.instance, "second").identity() == Extern::of(kNegate).identity());
  EXPECT_FALSE(Extern::of(kAdd, &f.five).identity() == Extern::of(kAdd).identity());
  EXPECT_TRUE(export_of(*f.instance, "own").definition().instance == f.instance);
  Instance* const first = f.instance;
  ASSERT_TRUE(f.instantiate(f.imports()).ok());
  EXPECT_FALSE(export_of(*first, "own").identity() == export_of(*f.instance, "own").identity());
}

TEST(Extern, GlobalsKeepTypeAndMutability) {
  Given f;
  EXPECT_EQ(f.limit.set(Value::i32(1)).code, ErrorCode::kImmutableGlobal);
  EXPECT_EQ(f.count.set(Value::i32(1)).code, ErrorCode::kArguments);
  EXPECT_TRUE(f.count.set(Value::i64(-2)).ok());
  EXPECT_EQ(f.count.get().as_i64(), -2);
  Extern made;
  EXPECT_EQ(make_global(f.store, global(ValueType::kI64, false), Value::i32(1), &made).code,
            ErrorCode::kArguments);
  EXPECT_FALSE(made.exists());
  EXPECT_EQ(make_global(f.store, global(ValueType::kV128, false), Value(), &made).code,
            ErrorCode::kArguments);
}

// Of each type that there is; which of them a build knows depends on its features.
TEST(Extern, WhatTheHostMakesIsOfATypeThatIsBuiltIn) {
  const auto expected = [](Feature feature) {
    return is_built_in(feature) ? ErrorCode::kOk : ErrorCode::kFeatureOff;
  };
  const struct {
    Value value;
    ErrorCode code;
  } kCases[] = {
      {Value::i32(-3), ErrorCode::kOk},
      {Value::i64(int64_t{1} << 40), ErrorCode::kOk},
      {Value::f32(1.5f), expected(Feature::kFloats)},
      {Value::f64(-2.5), expected(Feature::kFloats)},
      {Value::null(ValueType::kFuncRef), ErrorCode::kOk},
      {Value::null(ValueType::kExternRef), expected(Feature::kReferenceTypes)},
      {Value(), ErrorCode::kArguments},
  };
  TestStore test;
  for (const auto& each : kCases) {
    Extern made;
    const Error error = make_global(test.store, global(each.value.type, true), each.value, &made);
    EXPECT_EQ(error.code, each.code) << text(error);
    if (error.ok()) {
      EXPECT_EQ(made.get().bits, each.value.bits);
    }
    if (each.value.type != ValueType::kExternRef) continue;
    EXPECT_EQ(make_table(test.store, limits(1, 2, each.value.type), each.value, &made).code,
              each.code);
  }
}

TEST(Extern, InvalidLimitsAreRefused) {
  Given f;
  Extern made;
  EXPECT_EQ(make_memory(f.store, limits(2, 1), &made).code, ErrorCode::kArguments);
  EXPECT_EQ(make_memory(f.store, limits(0, 65537), &made).code, ErrorCode::kArguments);
  EXPECT_EQ(make_memory(f.store, limits(65537, 65537), &made).code, ErrorCode::kArguments);
  EXPECT_EQ(make_table(f.store, limits(3, 2, ValueType::kFuncRef), Value::null(ValueType::kFuncRef),
                       &made)
                .code,
            ErrorCode::kArguments);
  EXPECT_EQ(make_table(f.store, limits(0, 2, ValueType::kI32), Value::i32(0), &made).code,
            ErrorCode::kArguments);
  EXPECT_EQ(make_memory(f.store, limits(65536, 65536), &made).code, ErrorCode::kOk);
  EXPECT_EQ(made.byte_size(), uint64_t{65536} * 65536);
}

// Every size of buffer: what does not fit is an error, and leaves the store as it was.
TEST(Extern, MakingFailsCleanly) {
  std::vector<uint8_t> buffer(4096);
  bool all_made = false;
  for (size_t size = 0; size < buffer.size() && !all_made; size += 8) {
    Store store(MutableBytes(buffer.data(), size));
    const size_t before = store.memory().used;
    Extern made[4];
    const Error errors[] = {
        make_memory(store, limits(1, 1), &made[0]),
        make_table(store, limits(3, 3, ValueType::kFuncRef), Value::null(ValueType::kFuncRef),
                   &made[1]),
        make_global(store, global(ValueType::kI64, true), Value::i64(3), &made[2]),
        make_function(store, kNegate, nullptr, &made[3])};
    all_made = true;
    bool any_made = false;
    for (size_t i = 0; i < 4; i++) {
      EXPECT_EQ(errors[i].ok(), made[i].exists());
      EXPECT_TRUE(errors[i].ok() || errors[i].code == ErrorCode::kOutOfMemory);
      all_made = all_made && errors[i].ok();
      any_made = any_made || errors[i].ok();
    }
    if (!any_made) {
      EXPECT_EQ(store.memory().used, before);
    }
  }
  EXPECT_TRUE(all_made);
}

}  // namespace
}  // namespace mote::test
