// What a guest can reach besides its memory: tables, functions, and what hosts get as spans.
#include "wasm_file.hpp"

namespace mote::test {
namespace {

uint32_t sum(Span<const uint32_t> words) {
  uint32_t total = 0;
  for (const uint32_t word : words) total += word & 0xFF;
  return total;
}
constexpr HostFunction kHost[] = {host_function<sum>("host", "sum")};

struct Pair : TestStore {
  Pair() : execution(store, 4096) {
    EXPECT_TRUE(store.provide(kHost).ok());
    instance = add("bounds");
    EXPECT_TRUE(store.name_instance("bounds", instance).ok());
    other = add("bounds_other");
  }
  ErrorCode trap(const char* name, const std::vector<int32_t>& arguments) {
    return trap_of(execution, *instance, name, arguments).code;
  }
  Execution execution;
  Instance* instance;
  Instance* other;
};

TEST(Bounds, TableEntriesAroundTheEndTrap) {
  Pair pair;
  EXPECT_EQ(call(pair.execution, *pair.instance, "get", {3}), 1);
  EXPECT_EQ(call(pair.execution, *pair.instance, "get_extern", {1}), 1);
  call(pair.execution, *pair.instance, "set", {3});
  EXPECT_EQ(call(pair.execution, *pair.instance, "get", {3}), 0);
  for (const int32_t beyond : {4, 5, 8, -1}) {
    EXPECT_EQ(pair.trap("get", {beyond}), ErrorCode::kTableBounds) << beyond;
    EXPECT_EQ(pair.trap("set", {beyond}), ErrorCode::kTableBounds) << beyond;
    EXPECT_EQ(pair.trap("fill", {beyond, 1}), ErrorCode::kTableBounds) << beyond;
  }
  EXPECT_EQ(pair.trap("get_extern", {2}), ErrorCode::kTableBounds);
  // Once it has grown there are more.
  EXPECT_EQ(call(pair.execution, *pair.instance, "grow", {4}), 4);
  EXPECT_EQ(call(pair.execution, *pair.instance, "get", {7}), 1);
  EXPECT_EQ(pair.trap("get", {8}), ErrorCode::kTableBounds);
  EXPECT_EQ(call(pair.execution, *pair.instance, "grow", {1}), -1);
}

TEST(Bounds, RangesOfTablesAndSegmentsAroundTheirEndsTrap) {
  Pair pair;
  struct Range {
    const char* name;
    std::vector<int32_t> fits;
    std::vector<int32_t> does_not_fit;
  };
  const Range ranges[] = {
      {"fill", {4, 0}, {5, 0}},        {"fill", {2, 2}, {2, 3}},
      {"fill", {1, 3}, {1, -1}},       {"init", {4, 2, 0}, {4, 3, 0}},
      {"init", {2, 0, 2}, {3, 0, 2}},  {"init", {0, 1, 1}, {0, 1, 2}},
      {"init", {4, 0, 0}, {5, 0, 0}},  {"copy", {2, 0, 2}, {3, 0, 2}},
      {"copy", {0, 2, 2}, {0, 3, 2}},  {"copy", {4, 4, 0}, {4, 5, 0}},
      {"copy", {0, 0, 4}, {0, 0, -1}}, {"init", {0, 0, 2}, {-1, 0, 2}},
      {"copy", {0, 0, 4}, {-1, 0, 2}}, {"copy", {0, 0, 4}, {0, -1, 2}},
  };
  for (const Range& range : ranges) {
    call(pair.execution, *pair.instance, range.name, range.fits);
    EXPECT_EQ(pair.trap(range.name, range.does_not_fit), ErrorCode::kTableBounds) << range.name;
  }
  call(pair.execution, *pair.instance, "drop", {});
  call(pair.execution, *pair.instance, "init", {0, 0, 0});
  EXPECT_EQ(pair.trap("init", {0, 0, 1}), ErrorCode::kTableBounds);
}

TEST(Bounds, IndirectCallsReachOnlyFunctionsOfTheTypeThatIsNamed) {
  Pair pair;
  // The second is not the instance whose functions they are.
  for (Instance* const instance : {pair.instance, pair.other}) {
    EXPECT_EQ(call(pair.execution, *instance, "call", {0, 21}), 42);
    call(pair.execution, *instance, "call_nothing", {1});
    const auto trap = [&](const char* name, const std::vector<int32_t>& arguments) {
      return trap_of(pair.execution, *instance, name, arguments).code;
    };
    EXPECT_EQ(trap("call", {1, 21}), ErrorCode::kIndirectCallType);
    EXPECT_EQ(trap("call_nothing", {0}), ErrorCode::kIndirectCallType);
    EXPECT_EQ(trap("call", {2, 21}), ErrorCode::kUninitializedElement);
    for (const int32_t beyond : {4, 5, -1}) {
      EXPECT_EQ(trap("call", {beyond, 21}), ErrorCode::kUndefinedElement) << beyond;
    }
  }
}

TEST(Bounds, AfterACallOfAnotherInstanceMemoryIsTheCallersAgain) {
  Pair pair;
  EXPECT_EQ(call(pair.execution, *pair.other, "call_and_load", {0}), 0x7372756F);  // "ours"
}

TEST(Bounds, SpansOfWordsAreCheckedAndAligned) {
  Pair pair;
  const auto trap = [&](int32_t address, int32_t count) {
    return trap_of(pair.execution, *pair.other, "sum", {address, count}).code;
  };
  EXPECT_EQ(call(pair.execution, *pair.other, "sum", {65532, 1}), 0);
  EXPECT_EQ(call(pair.execution, *pair.other, "sum", {65536, 0}), 0);
  for (const int32_t odd : {1, 2, 3, 65533}) EXPECT_EQ(trap(odd, 1), ErrorCode::kMemoryBounds);
  EXPECT_EQ(trap(65532, 2), ErrorCode::kMemoryBounds);
  // So many that their size in bytes is 4 in 32 bits.
  EXPECT_EQ(trap(0, 0x40000001), ErrorCode::kMemoryBounds);
  EXPECT_EQ(trap(-4, 1), ErrorCode::kMemoryBounds);
}

}  // namespace
}  // namespace mote::test
