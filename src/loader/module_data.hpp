// What a loaded module consists of: the specification's module (2.5) plus its translated code.
// Everything it points to lies in the store's arena, or in the caller's bytes if those stay.
#pragma once

#include <stdint.h>

#include <mote/module.hpp>

#include "loader/instruction.hpp"

namespace mote::detail {

// The value of a constant expression, or how to get it at instantiation (3.3.10).
struct ConstExpr {
  enum Kind : uint8_t {
    kValue,     // bits
    kGlobal,    // the value of global index()
    kFunction,  // a reference to function index()
    kProgram,   // `count` operations at `program`, in postfix order
  };
  // One operation of a program.
  struct Operation {
    Op op;
    uint64_t bits;
  };

  Kind kind;
  uint32_t count;
  union {
    uint64_t bits;  // the value, or the index
    const Operation* program;
  };

  uint32_t index() const { return static_cast<uint32_t>(bits); }
};

struct TableType {
  ValueType element = ValueType::kFuncRef;
  Limits limits;
};

struct MemoryType {
  Limits limits;
  uint8_t page_size_log2 = 16;
};

struct GlobalData {
  ValueType type = ValueType::kNone;
  bool is_mutable = false;
  uint32_t cell = 0;  // imported: number among the imported globals; else 32-bit slot in the store
  ConstExpr init = {};  // not for imports
};

struct ImportData {
  StringView module_name;
  StringView field_name;
  ExternKind kind = ExternKind::kFunction;
  uint32_t index = 0;  // kFunction: typeidx until the section ends; then index in its index space
};

struct ExportData {
  StringView name;
  ExternKind kind = ExternKind::kFunction;
  uint32_t index = 0;
};

enum class SegmentMode : uint8_t { kActive, kPassive, kDeclarative };

struct ElementSegment {
  // Items: a funcidx, kGlobalItem | globalidx, or kNullItem.
  static constexpr uint32_t kGlobalItem = 0x80000000;
  static constexpr uint32_t kNullItem = 0xFFFFFFFF;

  SegmentMode mode = SegmentMode::kPassive;
  ValueType type = ValueType::kFuncRef;
  uint32_t table = 0;
  ConstExpr offset = {};
  uint32_t count = 0;
  const uint32_t* items = nullptr;
};

struct DataSegment {
  SegmentMode mode = SegmentMode::kPassive;
  uint32_t memory = 0;
  ConstExpr offset = {};
  uint32_t size = 0;
  const uint8_t* bytes = nullptr;
};

// One function that the module defines. `code` is followed by its offset map (see code_map.hpp).
struct FunctionCode {
  const void* code = nullptr;
  uint32_t code_bytes = 0;   // without the map
  uint32_t frame_bytes = 0;  // parameters, link, locals and operands
  uint32_t link_bytes = 0;   // where the link is in the frame: after the parameters
  uint32_t type = 0;         // typeidx
};

struct FunctionName {
  uint32_t function;
  StringView name;
};

struct ModuleData : Module {
  ModuleData() = default;

  FunctionType* types = nullptr;
  uint32_t type_count = 0;

  ImportData* imports = nullptr;
  uint32_t import_count = 0;

  // Index spaces: imports first.
  uint32_t* imported_function_types = nullptr;
  uint32_t imported_functions = 0;
  FunctionCode* functions = nullptr;  // those that the module defines
  uint32_t defined_functions = 0;
  TableType* tables = nullptr;
  uint32_t imported_tables = 0;
  uint32_t table_count = 0;
  MemoryType* memories = nullptr;
  uint32_t imported_memories = 0;
  uint32_t memory_count = 0;
  GlobalData* globals = nullptr;
  uint32_t imported_globals = 0;
  uint32_t global_count = 0;
  uint32_t global_slots = 0;  // 32-bit slots that the defined globals need

  ExportData* exports = nullptr;
  uint32_t export_count = 0;
  const uint32_t* export_order = nullptr;  // by name; only with more than kFewExports
  uint32_t start_function = kNoIndex;
  ElementSegment* elements = nullptr;
  uint32_t element_count = 0;
  DataSegment* data = nullptr;
  uint32_t data_count = 0;

  StringView module_name;
  FunctionName* names = nullptr;
  uint32_t name_count = 0;

  const uint8_t* code_begin = nullptr;
  const uint8_t* code_end = nullptr;

  uint32_t features = 0;  // bit set of Feature
  ModuleInfo module_info;

  uint32_t function_count() const { return imported_functions + defined_functions; }
  uint32_t type_of_function(uint32_t funcidx) const {
    return funcidx < imported_functions ? imported_function_types[funcidx]
                                        : functions[funcidx - imported_functions].type;
  }
  const FunctionType& function_type(uint32_t funcidx) const {
    return types[type_of_function(funcidx)];
  }
  // The export `name`, or null. Logarithmic, linear up to kFewExports.
  const ExportData* find_export(StringView name) const;
  static ModuleData& of(const Module& module) {
    return const_cast<ModuleData&>(static_cast<const ModuleData&>(module));
  }
};

// Limits of this engine (the specification allows them, appendix "Implementation Limitations").
constexpr uint32_t kMaxTypes = 1000000;
constexpr uint32_t kMaxFunctions = 1000000;
constexpr uint32_t kMaxParameters = 1000;
constexpr uint32_t kFewExports = 16;  // not worth an index
constexpr uint32_t kMaxItems = 10000000;
constexpr uint32_t kMaxFrameSlots = 65535;
constexpr uint32_t kMaxNesting = 100000;

// 32-bit slots that a value takes in a frame, by the low five bits of its type (which differ).
inline constexpr uint8_t kSlotsOfType[32] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
                                             1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 2, 1, 2, 1};
__attribute__((always_inline)) constexpr uint32_t slots_of(ValueType type) {
  return kSlotsOfType[static_cast<uint8_t>(type) & 0x1F];
}
// Those of all values of a list.
inline uint32_t slots_of_list(Span<const ValueType> types) {
  uint32_t slots = 0;
  for (const ValueType type : types) slots += slots_of(type);
  return slots;
}
static_assert(slots_of(ValueType::kNone) == 0 && slots_of(ValueType::kI32) == 1 &&
                  slots_of(ValueType::kI64) == 2 && slots_of(ValueType::kF32) == 1 &&
                  slots_of(ValueType::kF64) == 2 && slots_of(ValueType::kV128) == 4 &&
                  slots_of(ValueType::kFuncRef) == 1 && slots_of(ValueType::kExternRef) == 1,
              "kSlotsOfType");

}  // namespace mote::detail
