// Spans, string views and values: the small types that the whole API is made of.
#include <gtest/gtest.h>

#include <limits>
#include <mote/span.hpp>
#include <mote/value.hpp>

namespace mote {
namespace {

TEST(Span, OfNothingIsEmpty) {
  const Span<int> span;
  EXPECT_TRUE(span.empty());
  EXPECT_EQ(span.size(), 0u);
  EXPECT_EQ(span.begin(), span.end());
}

TEST(Span, RefersToTheArrayItWasMadeFrom) {
  int numbers[] = {1, 2, 3};
  const Span<int> span(numbers);
  span[1] = 20;
  EXPECT_EQ(span.size(), 3u);
  EXPECT_EQ(span.data(), numbers);
  EXPECT_EQ(numbers[1], 20);
}

TEST(Span, OfMutableElementsConvertsToOneOfConstants) {
  uint8_t bytes[] = {7, 8};
  const MutableBytes writable(bytes);
  const Bytes readable = writable;
  EXPECT_EQ(readable.data(), bytes);
  EXPECT_EQ(readable.size(), 2u);
}

TEST(Span, FromDropsTheFirstElements) {
  const uint8_t bytes[] = {1, 2, 3};
  const Bytes all(bytes);
  EXPECT_EQ(all.from(0).size(), 3u);
  ASSERT_EQ(all.from(2).size(), 1u);
  EXPECT_EQ(all.from(2)[0], 3);
  EXPECT_TRUE(all.from(3).empty());
}

TEST(Span, IsIteratedInOrder) {
  const int numbers[] = {1, 2, 3};
  int digits = 0;
  for (const int number : Span<const int>(numbers)) digits = digits * 10 + number;
  EXPECT_EQ(digits, 123);
}

TEST(StringView, ByDefaultIsEmptyAndHasAnAddress) {
  const StringView text;
  EXPECT_TRUE(text.empty());
  EXPECT_NE(text.data(), nullptr);
}

TEST(StringView, ComparesContentAndLength) {
  const char other[] = {'l', 'o', 'g', 's'};
  EXPECT_EQ(StringView("log"), StringView(other, 3));
  EXPECT_NE(StringView("log"), StringView(other, 4));
  EXPECT_NE(StringView("log"), StringView("lag"));
  EXPECT_EQ(StringView(""), StringView());
}

TEST(StringView, MayContainZeroBytes) {
  const char text[] = {'a', 0, 'b'};
  EXPECT_EQ(StringView(text, 3).size(), 3u);
  EXPECT_NE(StringView(text, 3), StringView("a"));
}

TEST(Value, OfI32KeepsTheSignAndClearsTheUpperBits) {
  const Value value = Value::i32(-1);
  EXPECT_EQ(value.type, ValueType::kI32);
  EXPECT_EQ(value.bits, 0xFFFFFFFFu);
  EXPECT_EQ(value.as_i32(), -1);
  EXPECT_EQ(Value::i32(std::numeric_limits<int32_t>::min()).as_i32(),
            std::numeric_limits<int32_t>::min());
}

TEST(Value, OfI64KeepsAllBits) {
  const Value value = Value::i64(std::numeric_limits<int64_t>::min());
  EXPECT_EQ(value.type, ValueType::kI64);
  EXPECT_EQ(value.bits, uint64_t{1} << 63);
  EXPECT_EQ(value.as_i64(), std::numeric_limits<int64_t>::min());
}

TEST(Value, OfFloatsKeepsTheirBits) {
  EXPECT_EQ(Value::f32(1.0f).bits, 0x3F800000u);
  EXPECT_EQ(Value::f32(-0.5f).as_f32(), -0.5f);
  EXPECT_EQ(Value::f64(-0.0).bits, uint64_t{1} << 63);
  EXPECT_EQ(Value::f64(0.1).as_f64(), 0.1);
}

TEST(Value, OfExternRefTellsHandleZeroFromNull) {
  const Value zero = Value::extern_ref(0);
  EXPECT_EQ(zero.type, ValueType::kExternRef);
  EXPECT_FALSE(zero.is_null());
  EXPECT_EQ(zero.as_extern(), 0u);
  EXPECT_EQ(Value::extern_ref(0xFFFFFFFE).as_extern(), 0xFFFFFFFEu);
  EXPECT_TRUE(Value::null(ValueType::kExternRef).is_null());
  EXPECT_TRUE(Value::null(ValueType::kFuncRef).is_null());
}

TEST(Value, OfANumberIsNeverNull) { EXPECT_FALSE(Value::i32(0).is_null()); }

TEST(ValueType, ReferencesAreFuncRefAndExternRef) {
  EXPECT_TRUE(is_reference(ValueType::kFuncRef));
  EXPECT_TRUE(is_reference(ValueType::kExternRef));
  EXPECT_FALSE(is_reference(ValueType::kI32));
  EXPECT_FALSE(is_reference(ValueType::kNone));
}

TEST(ValueType, HasTheNameOfTheSpecification) {
  EXPECT_EQ(StringView(name_of(ValueType::kI32)), StringView("i32"));
  EXPECT_EQ(StringView(name_of(ValueType::kF64)), StringView("f64"));
  EXPECT_EQ(StringView(name_of(ValueType::kFuncRef)), StringView("funcref"));
  EXPECT_EQ(StringView(name_of(ValueType::kExternRef)), StringView("externref"));
}

TEST(FunctionType, IsEqualWhenParametersAndResultsAre) {
  const ValueType numbers[] = {ValueType::kI32, ValueType::kI64};
  const ValueType same[] = {ValueType::kI32, ValueType::kI64};
  const ValueType swapped[] = {ValueType::kI64, ValueType::kI32};
  const FunctionType type{numbers, numbers, 2, 1};
  EXPECT_EQ(type, (FunctionType{same, same, 2, 1}));
  EXPECT_NE(type, (FunctionType{swapped, same, 2, 1}));
  EXPECT_NE(type, (FunctionType{same, same, 1, 1}));
  EXPECT_NE(type, (FunctionType{same, same, 2, 2}));
  EXPECT_EQ(FunctionType(), FunctionType());
}

}  // namespace
}  // namespace mote
