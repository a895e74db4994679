// The instruction table and the decoder for one instruction: see instruction.hpp.
#include "loader/instruction.hpp"

namespace mote::detail {

namespace {

constexpr Instruction row(Op op, Shape shape, Immediates immediates, Feature feature,
                          ValueType result, ValueType operand, bool can_trap, int commutes = 0,
                          int align_log2 = 0, Op swapped = Op::kIllegal,
                          Op inverse = Op::kIllegal) {
  Instruction info{};
  info.shape = shape;
  info.immediates = immediates;
  info.feature = feature;
  info.result_bits = static_cast<uint8_t>(result) & 7;
  info.operand_bits = static_cast<uint8_t>(operand) & 7;
  info.can_trap = can_trap ? 1 : 0;
  info.commutes = commutes == 1 ? 1 : 0;
  info.subtracts = commutes == 2 ? 1 : 0;
  info.align_log2 = align_log2 & 3;
  const int number = static_cast<int>(op);
  if (swapped != Op::kIllegal) info.to_swapped = static_cast<int>(swapped) - number;
  if (inverse != Op::kIllegal) info.to_inverse = static_cast<int>(inverse) - number;
  return info;
}

}  // namespace

constexpr Instruction kInstructions[] = {
    row(Op::kIllegal, Shape::kIllegal, Immediates::kNothing, Feature::kNone, ValueType::kNone,
        ValueType::kNone, false),
#define MOTE_ROW(name, shape, immediates, feature, result, operand, ...)                         \
  row(Op::k##name, Shape::shape, Immediates::immediates, Feature::feature, ValueType::k##result, \
      ValueType::k##operand, __VA_ARGS__),
#define MOTE_CONTROL(code, name, text, immediates, feature) \
  MOTE_ROW(name, kControl, immediates, feature, None, None, true)
#define MOTE_CONST(code, name, text, type, feature) \
  MOTE_ROW(name, kConst, k##type, feature, type, None, false)
#define MOTE_UNARY(code, name, text, result, operand, feature) \
  MOTE_ROW(name, kUnary, kNothing, feature, result, operand, false)
#define MOTE_UNARY_TRAP(code, name, text, result, operand, feature) \
  MOTE_ROW(name, kUnary, kNothing, feature, result, operand, true)
#define MOTE_BINARY(code, name, text, type, commutes, feature) \
  MOTE_ROW(name, kBinary, kNothing, feature, type, type, false, commutes)
#define MOTE_BINARY_TRAP(code, name, text, type, feature) \
  MOTE_ROW(name, kBinary, kNothing, feature, type, type, true)
#define MOTE_COMPARE(code, name, text, type, swapped, inverse, feature)               \
  MOTE_ROW(name, kCompare, kNothing, feature, I32, type, false, 0, 0, Op::k##swapped, \
           Op::k##inverse)
#define MOTE_TEST(code, name, text, type, feature) \
  MOTE_ROW(name, kTest, kNothing, feature, I32, type, false)
#define MOTE_LOAD(code, name, text, type, memory, align, feature) \
  MOTE_ROW(name, kLoad, kMemArg, feature, type, None, true, 0, align)
#define MOTE_STORE(code, name, text, type, memory, align, feature) \
  MOTE_ROW(name, kStore, kMemArg, feature, type, None, true, 0, align)
#include "loader/instructions.def"
#undef MOTE_ROW
};

namespace {

// ---- Opcodes ---------------------------------------------------------------------------------

// Opcodes that belong to a proposal, so that a refusal can name it. Where the instruction is built
// in, the opcode is never refused.
struct OpcodeRange {
  uint8_t prefix;  // 0: none
  Feature feature;
  uint16_t first;
  uint16_t last;
};
constexpr OpcodeRange kRanges[] = {
    {0, Feature::kLegacyExceptions, 0x06, 0x07},
    {0, Feature::kExceptions, 0x08, 0x08},
    {0, Feature::kLegacyExceptions, 0x09, 0x09},
    {0, Feature::kExceptions, 0x0A, 0x0A},
    {0, Feature::kTailCall, 0x12, 0x13},
    {0, Feature::kFunctionReferences, 0x14, 0x15},
    {0, Feature::kLegacyExceptions, 0x18, 0x19},
    {0, Feature::kReferenceTypes, 0x1C, 0x1C},
    {0, Feature::kExceptions, 0x1F, 0x1F},
    {0, Feature::kReferenceTypes, 0x25, 0x26},
    {0, Feature::kFloats, 0x2A, 0x2B},
    {0, Feature::kFloats, 0x38, 0x39},
    {0, Feature::kFloats, 0x43, 0x44},
    {0, Feature::kFloats, 0x5B, 0x66},
    {0, Feature::kFloats, 0x8B, 0xA6},
    {0, Feature::kFloats, 0xA8, 0xAB},
    {0, Feature::kFloats, 0xAE, 0xBF},
    {0, Feature::kSignExtension, 0xC0, 0xC4},
    {0, Feature::kReferenceTypes, 0xD0, 0xD2},
    {0, Feature::kGc, 0xD3, 0xD3},
    {0, Feature::kFunctionReferences, 0xD4, 0xD6},
    {0xFC, Feature::kSaturatingConversion, 0x00, 0x07},
    {0xFC, Feature::kBulkMemory, 0x08, 0x0E},
    {0xFC, Feature::kReferenceTypes, 0x0F, 0x11},
    {0xFC, Feature::kWideArithmetic, 0x13, 0x16},
};
// Behind prefixes of which no instruction is built in, by `last`.
constexpr OpcodeRange kForeignRanges[] = {
    {0xFB, Feature::kGc, 0, 0x1E},
    {0xFD, Feature::kSimd, 0, 0xFF},
    {0xFD, Feature::kRelaxedSimd, 0x100, 0x113},
    {0xFE, Feature::kThreads, 0, 0x4E},
};

constexpr uint32_t kPlainOpcodes = 0xD7;     // those without a prefix
constexpr uint32_t kPrefixedOpcodes = 0x17;  // behind 0xFC
constexpr uint32_t kNoOp = static_cast<uint32_t>(Op::kCount);

// What each opcode is: an Op, or kNoOp + the feature that would have it. Plain ones, then those
// behind 0xFC. Built by the compiler.
struct OpcodeMap {
  uint8_t at[kPlainOpcodes + kPrefixedOpcodes];
};
constexpr OpcodeMap make_map() {
  OpcodeMap map{};
  for (uint8_t& entry : map.at) entry = kNoOp;
  for (const OpcodeRange& range : kRanges) {
    for (uint32_t code = range.first; code <= range.last; code++) {
      map.at[code + (range.prefix == 0 ? 0 : kPlainOpcodes)] =
          static_cast<uint8_t>(kNoOp + static_cast<uint32_t>(range.feature));
    }
  }
#define MOTE_INSTRUCTION(code, name, ...)                           \
  map.at[(code) < 0x100 ? (code) : kPlainOpcodes + ((code)&0xFF)] = \
      static_cast<uint8_t>(Op::k##name);
#include "loader/instructions.def"
  return map;
}
constexpr OpcodeMap kOpcodes = make_map();
static_assert(kNoOp + static_cast<uint32_t>(Feature::kCount) <= 0x100, "OpcodeMap");

// What `prefix` and a number stand for, as in the map.
uint32_t prefixed_entry(uint32_t prefix, uint32_t code) {
  if (prefix == 0xFC) return code < kPrefixedOpcodes ? kOpcodes.at[kPlainOpcodes + code] : kNoOp;
  for (const OpcodeRange& range : kForeignRanges) {
    if (range.prefix == prefix && code <= range.last) {
      return kNoOp + static_cast<uint32_t>(range.feature);
    }
  }
  return kNoOp;
}

// ---- Types (5.3) -----------------------------------------------------------------------------

constexpr uint32_t kFirstType = 0x63;
constexpr Feature kUnknown = Feature::kCount;
constexpr Feature kIfFloats = MOTE_FEATURE_FLOATS ? Feature::kNone : Feature::kFloats;
constexpr Feature kIfReferences =
    MOTE_FEATURE_REFERENCE_TYPES ? Feature::kNone : Feature::kReferenceTypes;

// What each byte of a type needs, from kFirstType on.
constexpr Feature kTypeFeatures[] = {
    Feature::kFunctionReferences,  // 0x63 (ref null ...)
    Feature::kFunctionReferences,  // 0x64 (ref ...)
    kUnknown,
    kUnknown,
    kUnknown,
    kUnknown,              // to 0x68
    Feature::kExceptions,  // 0x69 exnref
    Feature::kGc,
    Feature::kGc,
    Feature::kGc,
    Feature::kGc,
    Feature::kGc,  // to 0x6E
    kIfReferences,
    kIfReferences,  // externref, funcref
    Feature::kGc,
    Feature::kGc,
    Feature::kGc,          // to 0x73
    Feature::kExceptions,  // 0x74 nullexnref
    kUnknown,
    kUnknown,
    kUnknown,
    kUnknown,
    kUnknown,
    kUnknown,        // to 0x7A
    Feature::kSimd,  // v128
    kIfFloats,
    kIfFloats,
    Feature::kNone,
    Feature::kNone,  // f64, f32, i64, i32
};
static_assert(sizeof kTypeFeatures == 0x80 - kFirstType, "kTypeFeatures");

// The type whose byte was read last.
bool take_type(Reader& reader, bool only_references, ValueType* type) {
  const uint32_t byte = reader.value();
  Feature needs = kUnknown;
  if (byte - kFirstType < sizeof kTypeFeatures) needs = kTypeFeatures[byte - kFirstType];
  if (only_references) {
    if (byte > 0x74) needs = kUnknown;
    if (byte == static_cast<uint32_t>(ValueType::kFuncRef)) needs = Feature::kNone;
  }
  if (needs == kUnknown) {
    return reader.fail(only_references ? ErrorCode::kReferenceType : ErrorCode::kValueType);
  }
  if (needs != Feature::kNone) return reader.fail_feature(needs);
  *type = static_cast<ValueType>(byte);
  return true;
}

// ---- Immediates ------------------------------------------------------------------------------

bool decode_block_type(Reader& reader, DecodedInstruction* out) {
  const uint8_t* start = reader.cursor();
  if (!reader.byte()) return false;
  if (reader.value() == 0x40) {
    out->index = kEmptyBlock;
    return true;
  }
  if ((reader.value() & 0xC0) == 0x40) {  // a negative number of one byte: a value type
    if (!take_type(reader, false, &out->type)) return false;
    out->index = kValueBlock | static_cast<uint32_t>(out->type);
    return true;
  }
  reader.set_cursor(start);
  if (!reader.s33()) return false;
  if (reader.bits() > UINT32_MAX) return reader.fail(ErrorCode::kValueType);
#if MOTE_FEATURE_MULTI_VALUE
  out->index = reader.value();
  if (out->index < kValueBlock) return true;
  return reader.fail_index(ErrorCode::kUnknownType, out->offset, out->index);
#else
  return reader.fail_feature(Feature::kMultiValue);
#endif
}

bool decode_memarg(Reader& reader, const Instruction& info, DecodedInstruction* out) {
  const uint32_t align_offset = reader.position();
  if (!reader.u32(&out->index)) return false;
  // 3.0: bit 6 says that a memory index follows; higher bits mean nothing yet.
  if (out->index >= 0x80) return reader.fail(ErrorCode::kMemopFlags);
  out->index2 = 0;
  if (out->index >= 0x40) {
#if MOTE_FEATURE_MULTI_MEMORY
    out->index -= 0x40;
    if (!reader.u32(&out->index2)) return false;
    // Also for memory 0: engines without several memories do not know this encoding.
    reader.note_features(feature_bit(Feature::kMultiMemory));
#else
    return reader.fail_feature(Feature::kMultiMemory);
#endif
  }
  if (!reader.u64()) return false;
  out->bits = reader.bits();
  if (out->index > info.align_log2) return reader.fail(ErrorCode::kAlignment, align_offset);
  if (out->bits > UINT32_MAX) return reader.fail(ErrorCode::kOffsetRange);
  return true;
}

}  // namespace

bool decode_value_type(Reader& reader, ValueType* type) {
  return reader.byte() && take_type(reader, false, type);
}

bool decode_reference_type(Reader& reader, ValueType* type) {
  return reader.byte() && take_type(reader, true, type);
}

namespace {

// Opcodes behind a prefix, and those that are refused. Returns kIllegal if it failed.
__attribute__((noinline)) Op decode_rare_opcode(Reader& reader, uint32_t opcode, uint32_t offset) {
  uint32_t entry = kNoOp;
  uint32_t number = opcode;  // with its prefix above it
  if (opcode < kPlainOpcodes) {
    entry = kOpcodes.at[opcode];
  } else if (opcode >= 0xFB && opcode != 0xFF) {
    if (!reader.u32()) return Op::kIllegal;
    entry = prefixed_entry(opcode, reader.value());
    number = opcode << 16 | reader.value();
  }
  if (entry < kNoOp) return static_cast<Op>(entry);
  if (entry != kNoOp) {
    reader.fail_feature(static_cast<Feature>(entry - kNoOp), offset);
  } else {
    reader.fail_index(ErrorCode::kIllegalOpcode, offset, number);
  }
  return Op::kIllegal;
}

__attribute__((noinline)) bool decode_immediates(Reader& reader, DecodedInstruction* out) {
  bool ok = false;
  switch (out->info->immediates) {
    case Immediates::kNothing: return true;
    case Immediates::kBlockType: return decode_block_type(reader, out);
    case Immediates::kIndex: return reader.u32(&out->index);
    case Immediates::kTwoIndices: return reader.u32(&out->index) && reader.u32(&out->index2);
    case Immediates::kMemArg: return decode_memarg(reader, *out->info, out);
#if MOTE_FEATURE_REFERENCE_TYPES
    case Immediates::kReferenceType: return decode_reference_type(reader, &out->type);
    case Immediates::kSelectType:
      if (!reader.u32()) return false;
      if (reader.value() != 1) return reader.fail(ErrorCode::kResultArity);
      return decode_value_type(reader, &out->type);
#endif
    case Immediates::kI32: ok = reader.s32(); break;
    case Immediates::kI64: ok = reader.s64(); break;
    case Immediates::kF32: ok = reader.fixed(4); break;
    case Immediates::kF64: ok = reader.fixed(8); break;
  }
  out->bits = reader.bits();
  return ok;
}

}  // namespace

bool decode_instruction(Reader& reader, DecodedInstruction* out) {
  out->offset = reader.position();
  uint32_t opcode;
  if (!reader.fast_byte(&opcode)) return false;
  uint32_t entry = opcode < kPlainOpcodes ? kOpcodes.at[opcode] : kNoOp;
  if (entry >= kNoOp) {
    entry = static_cast<uint32_t>(decode_rare_opcode(reader, opcode, out->offset));
    if (entry == 0) return false;
  }
  out->op = static_cast<Op>(entry);
  out->info = &instruction(out->op);
  return out->info->immediates == Immediates::kNothing || decode_immediates(reader, out);
}

}  // namespace mote::detail
