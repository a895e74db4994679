// The instruction table and the decoder for one instruction: see instruction.hpp.
#include "loader/instruction.hpp"

namespace mote::detail {

const Instruction kInstructions[] = {
    {Op::kIllegal, Shape::kIllegal, Immediates::kNothing, Feature::kNone, ValueType::kNone,
     ValueType::kNone, Op::kIllegal, Op::kIllegal, 0, 0, 0},
#define MOTE_ROW(name, shape, immediates, feature, result, operand, swapped, inverse, align, trap, \
                 commutes)                                                                         \
  {Op::k##name,                                                                                    \
   Shape::shape,                                                                                   \
   Immediates::immediates,                                                                         \
   Feature::feature,                                                                               \
   ValueType::k##result,                                                                           \
   ValueType::k##operand,                                                                          \
   Op::k##swapped,                                                                                 \
   Op::k##inverse,                                                                                 \
   align,                                                                                          \
   trap,                                                                                           \
   commutes},
#define MOTE_CONTROL(code, name, text, immediates, feature) \
  MOTE_ROW(name, kControl, immediates, feature, None, None, Illegal, Illegal, 0, 1, 0)
#define MOTE_CONST(code, name, text, type, feature) \
  MOTE_ROW(name, kConst, k##type, feature, type, None, Illegal, Illegal, 0, 0, 0)
#define MOTE_UNARY(code, name, text, result, operand, feature) \
  MOTE_ROW(name, kUnary, kNothing, feature, result, operand, Illegal, Illegal, 0, 0, 0)
#define MOTE_UNARY_TRAP(code, name, text, result, operand, feature) \
  MOTE_ROW(name, kUnary, kNothing, feature, result, operand, Illegal, Illegal, 0, 1, 0)
#define MOTE_BINARY(code, name, text, type, commutes, feature) \
  MOTE_ROW(name, kBinary, kNothing, feature, type, type, Illegal, Illegal, 0, 0, commutes)
#define MOTE_BINARY_TRAP(code, name, text, type, feature) \
  MOTE_ROW(name, kBinary, kNothing, feature, type, type, Illegal, Illegal, 0, 1, 0)
#define MOTE_COMPARE(code, name, text, type, swapped, inverse, feature) \
  MOTE_ROW(name, kCompare, kNothing, feature, I32, type, swapped, inverse, 0, 0, 0)
#define MOTE_TEST(code, name, text, type, feature) \
  MOTE_ROW(name, kTest, kNothing, feature, I32, type, Illegal, Illegal, 0, 0, 0)
#define MOTE_LOAD(code, name, text, type, memory, align, feature) \
  MOTE_ROW(name, kLoad, kMemArg, feature, type, None, Illegal, Illegal, align, 1, 0)
#define MOTE_STORE(code, name, text, type, memory, align, feature) \
  MOTE_ROW(name, kStore, kMemArg, feature, type, None, Illegal, Illegal, align, 1, 0)
#include "loader/instructions.def"
#undef MOTE_ROW
};

namespace {

#define MOTE_CONTROL(code, ...) code,
#define MOTE_CONST MOTE_CONTROL
#define MOTE_UNARY MOTE_CONTROL
#define MOTE_UNARY_TRAP MOTE_CONTROL
#define MOTE_BINARY MOTE_CONTROL
#define MOTE_BINARY_TRAP MOTE_CONTROL
#define MOTE_COMPARE MOTE_CONTROL
#define MOTE_TEST MOTE_CONTROL
#define MOTE_LOAD MOTE_CONTROL
#define MOTE_STORE MOTE_CONTROL
constexpr uint16_t kCodes[] = {
    0xFFFF,
#include "loader/instructions.def"
};

constexpr uint32_t kPrefixedCodes = 0x12;

// From opcode to table row; built by the compiler.
struct OpcodeMap {
  Op plain[256];
  Op prefixed[kPrefixedCodes];  // 0xFC
};
constexpr OpcodeMap make_map() {
  OpcodeMap map{};
  for (uint32_t i = 1; i < static_cast<uint32_t>(Op::kCount); i++) {
    if (kCodes[i] < 0x100) {
      map.plain[kCodes[i]] = static_cast<Op>(i);
    } else {
      map.prefixed[kCodes[i] & 0xFF] = static_cast<Op>(i);
    }
  }
  return map;
}
constexpr OpcodeMap kOpcodes = make_map();

// Opcodes that belong to a proposal, so that a refusal can name it. `prefix` 0: plain opcodes.
struct OpcodeRange {
  uint8_t prefix;
  uint32_t first;
  uint32_t last;
  Feature feature;
};
constexpr OpcodeRange kRanges[] = {
    {0, 0x06, 0x07, Feature::kLegacyExceptions},
    {0, 0x08, 0x08, Feature::kExceptions},
    {0, 0x09, 0x09, Feature::kLegacyExceptions},
    {0, 0x0A, 0x0A, Feature::kExceptions},
    {0, 0x12, 0x13, Feature::kTailCall},
    {0, 0x14, 0x15, Feature::kFunctionReferences},
    {0, 0x18, 0x19, Feature::kLegacyExceptions},
    {0, 0x1C, 0x1C, Feature::kReferenceTypes},
    {0, 0x1F, 0x1F, Feature::kExceptions},
    {0, 0x25, 0x26, Feature::kReferenceTypes},
    {0, 0x2A, 0x2B, Feature::kFloats},
    {0, 0x38, 0x39, Feature::kFloats},
    {0, 0x43, 0x44, Feature::kFloats},
    {0, 0x5B, 0x66, Feature::kFloats},
    {0, 0x8B, 0xA6, Feature::kFloats},
    {0, 0xA8, 0xAB, Feature::kFloats},
    {0, 0xAE, 0xBF, Feature::kFloats},
    {0, 0xC0, 0xC4, Feature::kSignExtension},
    {0, 0xD0, 0xD2, Feature::kReferenceTypes},
    {0, 0xD3, 0xD3, Feature::kGc},
    {0, 0xD4, 0xD6, Feature::kFunctionReferences},
    {0xFB, 0, 0x1E, Feature::kGc},
    {0xFC, 0x00, 0x07, Feature::kSaturatingConversion},
    {0xFC, 0x08, 0x0E, Feature::kBulkMemory},
    {0xFC, 0x0F, 0x11, Feature::kReferenceTypes},
    {0xFC, 0x13, 0x16, Feature::kWideArithmetic},
    {0xFD, 0, 0xFF, Feature::kSimd},
    {0xFD, 0x100, 0x113, Feature::kRelaxedSimd},
    {0xFE, 0, 0x4E, Feature::kThreads},
};

bool fail_opcode(Reader& reader, uint8_t prefix, uint32_t code, uint32_t offset) {
  for (const OpcodeRange& range : kRanges) {
    if (range.prefix == prefix && code >= range.first && code <= range.last) {
      return reader.fail_feature(range.feature, offset);
    }
  }
  Error error;
  error.code = ErrorCode::kIllegalOpcode;
  error.offset = offset;
  error.index = prefix == 0 ? code : static_cast<uint32_t>(prefix) << 16 | code;
  return reader.fail(error);
}

bool fail_value_type(Reader& reader, uint8_t byte, ErrorCode code, uint32_t offset) {
  if (byte == 0x63 || byte == 0x64) {
    return reader.fail_feature(Feature::kFunctionReferences, offset);
  }
  if (byte == 0x69 || byte == 0x74) return reader.fail_feature(Feature::kExceptions, offset);
  if (byte >= 0x6A && byte <= 0x73) return reader.fail_feature(Feature::kGc, offset);
  return reader.fail(code, offset);
}

bool decode_block_type(Reader& reader, uint64_t* out) {
  const uint32_t offset = reader.position();
  const uint8_t* start = reader.cursor();
  uint8_t byte = 0;
  if (!reader.byte(&byte)) return false;
  if (byte == 0x40) {
    *out = kEmptyBlock;
    return true;
  }
  reader.set_cursor(start);
  if ((byte & 0xC0) == 0x40) {  // a negative number of one byte: a value type
    ValueType type;
    if (!decode_value_type(reader, &type)) return false;
    *out = kValueBlock | static_cast<uint64_t>(type);
    return true;
  }
  int64_t index;
  if (!reader.s33(&index)) return false;
  if (index < 0) return reader.fail(ErrorCode::kValueType, offset);
#if MOTE_FEATURE_MULTI_VALUE
  *out = static_cast<uint64_t>(index);
  return true;
#else
  return reader.fail_feature(Feature::kMultiValue, offset);
#endif
}

bool decode_select_type(Reader& reader, DecodedInstruction* out) {
  const uint32_t offset = reader.position();
  uint32_t count = 0;
  if (!reader.u32(&count)) return false;
  if (count != 1) return reader.fail(ErrorCode::kResultArity, offset);
  return decode_value_type(reader, &out->type);
}

bool decode_memarg(Reader& reader, const Instruction& info, DecodedInstruction* out) {
  const uint32_t offset = reader.position();
  if (!reader.u32(&out->index)) return false;
  // 3.0: bit 6 says that a memory index follows; higher bits mean nothing yet.
  if (out->index >= 0x80) return reader.fail(ErrorCode::kMemopFlags, offset);
  out->index2 = 0;
  if (out->index >= 0x40) {
#if MOTE_FEATURE_MULTI_MEMORY
    out->index -= 0x40;
    if (!reader.u32(&out->index2)) return false;
    // Also for memory 0: engines without several memories do not know this encoding.
    reader.note_features(feature_bit(Feature::kMultiMemory));
#else
    return reader.fail_feature(Feature::kMultiMemory, offset);
#endif
  }
  const uint32_t align_offset = offset;
  const uint32_t offset_offset = reader.position();
  if (!reader.u64(&out->bits)) return false;
  if (out->index > info.align_log2) return reader.fail(ErrorCode::kAlignment, align_offset);
  if (out->bits > UINT32_MAX) return reader.fail(ErrorCode::kOffsetRange, offset_offset);
  return true;
}

}  // namespace

uint16_t code_of(Op op) { return kCodes[static_cast<uint8_t>(op)]; }

bool decode_value_type(Reader& reader, ValueType* type) {
  const uint32_t offset = reader.position();
  uint8_t byte = 0;
  if (!reader.byte(&byte)) return false;
  switch (byte) {
    case 0x7F:
    case 0x7E: break;
    case 0x7D:
    case 0x7C:
#if !MOTE_FEATURE_FLOATS
      return reader.fail_feature(Feature::kFloats, offset);
#endif
      break;
    case 0x7B: return reader.fail_feature(Feature::kSimd, offset);
    case 0x70:
    case 0x6F:
#if !MOTE_FEATURE_REFERENCE_TYPES
      return reader.fail_feature(Feature::kReferenceTypes, offset);
#endif
      break;
    default: return fail_value_type(reader, byte, ErrorCode::kValueType, offset);
  }
  *type = static_cast<ValueType>(byte);
  return true;
}

bool decode_reference_type(Reader& reader, ValueType* type) {
  const uint32_t offset = reader.position();
  uint8_t byte = 0;
  if (!reader.byte(&byte)) return false;
  if (byte == 0x70) {  // funcref is part of 1.0, as the type of a table
    *type = ValueType::kFuncRef;
    return true;
  }
  if (byte == 0x6F) {
#if MOTE_FEATURE_REFERENCE_TYPES
    *type = ValueType::kExternRef;
    return true;
#else
    return reader.fail_feature(Feature::kReferenceTypes, offset);
#endif
  }
  return fail_value_type(reader, byte, ErrorCode::kReferenceType, offset);
}

bool decode_instruction(Reader& reader, DecodedInstruction* out) {
  out->offset = reader.position();
  uint8_t byte = 0;
  if (!reader.byte(&byte)) return false;
  const Instruction* info = &kInstructions[static_cast<uint8_t>(kOpcodes.plain[byte])];
  if (info->op == Op::kIllegal) {
    if (byte < 0xFB || byte == 0xFF) return fail_opcode(reader, 0, byte, out->offset);
    uint32_t code = 0;
    if (!reader.u32(&code)) return false;
    if (byte == 0xFC && code < kPrefixedCodes) {
      info = &kInstructions[static_cast<uint8_t>(kOpcodes.prefixed[code])];
    }
    if (info->op == Op::kIllegal) return fail_opcode(reader, byte, code, out->offset);
  }
  out->info = info;
  switch (info->immediates) {
    case Immediates::kNothing: return true;
    case Immediates::kBlockType: return decode_block_type(reader, &out->bits);
    case Immediates::kIndex: return reader.u32(&out->index);
    case Immediates::kTwoIndices: return reader.u32(&out->index) && reader.u32(&out->index2);
    case Immediates::kMemArg: return decode_memarg(reader, *info, out);
    case Immediates::kI32: {
      uint32_t value;
      if (!reader.s32(&value)) return false;
      out->bits = value;
      return true;
    }
    case Immediates::kI64: return reader.s64(&out->bits);
    case Immediates::kF32: {
      uint32_t value;
      if (!reader.fixed32(&value)) return false;
      out->bits = value;
      return true;
    }
    case Immediates::kF64: return reader.fixed64(&out->bits);
    case Immediates::kReferenceType: return decode_reference_type(reader, &out->type);
    case Immediates::kSelectType: return decode_select_type(reader, out);
  }
  return true;
}

}  // namespace mote::detail
