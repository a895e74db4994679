// Translator: the common instructions, decoded without calls. Part of translator.cpp.
//
// On machines where code size matters little. What is rare, wrong, or not there in full is left to
// decode_instruction(), which starts at the same byte: nothing here can fail.
#pragma once

#include <string.h>

#include "interp/translator.hpp"

#if MOTE_QUICK_DECODER

namespace mote::detail {

namespace {

// What each opcode of one byte is; kIllegal: none, or one that is not built in.
struct PlainOps {
  uint8_t op[0x100];
};
constexpr PlainOps make_plain_ops() {
  PlainOps ops{};
#define MOTE_INSTRUCTION(code, name, ...) \
  if ((code) < 0x100) ops.op[(code)&0xFF] = static_cast<uint8_t>(Op::k##name);
#include "loader/instructions.def"
  return ops;
}
constexpr PlainOps kPlainOps = make_plain_ops();

// The longest instruction read here: an opcode and two integers of five bytes.
constexpr size_t kMostQuickBytes = 11;

// An integer of at most five bytes (5.2.2) at `*at`, or false.
__attribute__((always_inline)) inline bool quick_u32(const uint8_t** at, uint32_t* value) {
  const uint8_t* next = *at;
  uint32_t bits = *next++;
  if (bits >= 0x80) {
    bits &= 0x7F;
    uint32_t byte = 0x80;
    for (uint32_t shift = 7; shift < 35 && byte >= 0x80; shift += 7) {
      byte = *next++;
      if (shift == 28 && byte > 0x0F) return false;
      bits |= (byte & 0x7F) << shift;
    }
  }
  *at = next;
  *value = bits;
  return true;
}

// The same, signed; at most four bytes.
__attribute__((always_inline)) inline bool quick_s32(const uint8_t** at, int32_t* value) {
  const uint8_t* next = *at;
  uint32_t bits = 0;
  uint32_t byte = 0x80;
  uint32_t shift = 0;
  for (; shift < 28 && byte >= 0x80; shift += 7) {
    byte = *next++;
    bits |= (byte & 0x7F) << shift;
  }
  if (byte >= 0x80) return false;
  *at = next;
  *value = static_cast<int32_t>(bits << (32 - shift)) >> (32 - shift);
  return true;
}

// Takes local.get or i32.const with an immediate of one byte: every second instruction, and nothing
// is written for it. False: it is another one.
__attribute__((always_inline)) inline bool Translator::push_quickly(Reader& reader) {
  if (reader.available() < 2) return false;
  const uint8_t* const at = reader.cursor();
  const Op op = static_cast<Op>(kPlainOps.op[at[0]]);
  const uint32_t byte = at[1];
  if (op == Op::kLocalGet) {
    if (byte >= kQuickLocals || byte >= local_count_) return false;
    in_.offset = reader.position();
    const Local& local = quick_locals_[byte];
    push(local.type, PlaceKind::kLocal, local.slot);
  } else if (op == Op::kI32Const && byte < 0x80) {
    in_.offset = reader.position();
    push(ValueType::kI32, PlaceKind::kConstant,
         static_cast<uint32_t>(static_cast<int32_t>(byte << 25) >> 25));
  } else {
    return false;
  }
  reader.skip(2);
  return true;
}

// Reads one instruction into in_. False: nothing was read.
__attribute__((always_inline)) inline bool Translator::decode_quickly(Reader& reader) {
  if (reader.available() < kMostQuickBytes) return false;
  const uint8_t* at = reader.cursor();
  const uint32_t op = kPlainOps.op[*at++];
  const Instruction& info = kInstructions[op];
  in_.op = static_cast<Op>(op);
  in_.info = &info;
  in_.offset = reader.position();
  switch (info.immediates) {
    case Immediates::kNothing:
      if (op == 0) return false;
      break;
    case Immediates::kIndex:
      if (!quick_u32(&at, &in_.index)) return false;
      break;
    case Immediates::kTwoIndices:
      if (!quick_u32(&at, &in_.index) || !quick_u32(&at, &in_.index2)) return false;
      break;
    case Immediates::kMemArg: {
      // Greater ones: wrong, or a memory index follows.
      if (*at++ > info.align_log2) return false;
      uint32_t offset;
      if (!quick_u32(&at, &offset)) return false;
      in_.bits = offset;
      in_.index2 = 0;
      break;
    }
    case Immediates::kI32:
    case Immediates::kI64: {
      int32_t value;
      if (!quick_s32(&at, &value)) return false;
      in_.bits = info.immediates == Immediates::kI32
                     ? static_cast<uint32_t>(value)
                     : static_cast<uint64_t>(static_cast<int64_t>(value));
      break;
    }
    case Immediates::kBlockType:
      if (*at++ != 0x40) return false;
      in_.index = kEmptyBlock;
      break;
    default: return false;
  }
  reader.set_cursor(at);
  return true;
}

}  // namespace

}  // namespace mote::detail

#endif
