// The map from translated code back to byte offsets of the module, which follows the code of each
// function:
//
//   size of the list, body offset, then pairs (units forward, bytes forward); all LEB128
//
// An entry stands for all code from its position up to the next entry.
#pragma once

#include <stdint.h>
#include <string.h>

#include "interp/code.hpp"

namespace mote::detail {

class CodeMap {
 public:
  static uint32_t bytes_for(uint32_t list_bytes, uint32_t body_offset) {
    return leb_size(list_bytes) + leb_size(body_offset) + list_bytes;
  }

  static void write(uint8_t* at, uint32_t body_offset, const uint8_t* list, uint32_t list_bytes) {
    at = write_leb(at, list_bytes);
    at = write_leb(at, body_offset);
    if (list_bytes != 0) memcpy(at, list, list_bytes);
  }

  // Module offset of the instruction that `pc` lies in, or kNoIndex.
  static uint32_t find(const FunctionCode& function, const Unit* pc) {
#if MOTE_CODE_OFFSETS
    const uint8_t* at = static_cast<const uint8_t*>(function.code) + function.code_bytes;
    const uint32_t size = read_leb(&at);
    uint32_t offset = read_leb(&at);
    const uint8_t* end = at + size;
    const uint64_t wanted = static_cast<uint64_t>(pc - static_cast<const Unit*>(function.code));
    uint64_t position = 0;
    uint32_t found = kNoIndex;
    while (at < end) {
      position += read_leb(&at);
      offset += read_leb(&at);
      if (position > wanted) break;
      found = offset;
    }
    return found;
#else
    (void)function;
    (void)pc;
    return kNoIndex;
#endif
  }

 private:
  static uint32_t leb_size(uint32_t value) {
    uint32_t size = 1;
    while (value > 0x7F) {
      value >>= 7;
      size++;
    }
    return size;
  }
  static uint8_t* write_leb(uint8_t* at, uint32_t value) {
    while (value > 0x7F) {
      *at++ = static_cast<uint8_t>(value | 0x80);
      value >>= 7;
    }
    *at++ = static_cast<uint8_t>(value);
    return at;
  }
  static uint32_t read_leb(const uint8_t** at) {
    uint32_t value = 0;
    uint32_t shift = 0;
    uint8_t byte;
    do {
      byte = *(*at)++;
      value |= static_cast<uint32_t>(byte & 0x7F) << shift;
      shift += 7;
    } while ((byte & 0x80) != 0);
    return value;
  }
};

}  // namespace mote::detail
