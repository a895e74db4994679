// The sections of DWARF in a module, and how their numbers and strings are read. All of it is input
// that nobody has checked.
#pragma once

#include <string_view>

#include "cursor.hpp"
#include "module_bytes.hpp"

namespace mote::tool {

struct DwarfSections {
  explicit DwarfSections(const ModuleBytes& module)
      : abbrev(module.custom_section(".debug_abbrev")),
        addr(module.custom_section(".debug_addr")),
        info(module.custom_section(".debug_info")),
        line(module.custom_section(".debug_line")),
        line_str(module.custom_section(".debug_line_str")),
        ranges(module.custom_section(".debug_ranges")),
        rnglists(module.custom_section(".debug_rnglists")),
        str(module.custom_section(".debug_str")),
        str_offsets(module.custom_section(".debug_str_offsets")) {}

  Bytes abbrev;
  Bytes addr;
  Bytes info;
  Bytes line;
  Bytes line_str;
  Bytes ranges;
  Bytes rnglists;
  Bytes str;
  Bytes str_offsets;
};

// Forms of attributes (DWARF 5, 7.5.6).
enum DwarfForm : uint16_t {
  kFormAddr = 0x01,
  kFormBlock2 = 0x03,
  kFormBlock4 = 0x04,
  kFormData2 = 0x05,
  kFormData4 = 0x06,
  kFormData8 = 0x07,
  kFormString = 0x08,
  kFormBlock = 0x09,
  kFormBlock1 = 0x0A,
  kFormData1 = 0x0B,
  kFormFlag = 0x0C,
  kFormSdata = 0x0D,
  kFormStrp = 0x0E,
  kFormUdata = 0x0F,
  kFormRefAddr = 0x10,
  kFormRef1 = 0x11,
  kFormRef2 = 0x12,
  kFormRef4 = 0x13,
  kFormRef8 = 0x14,
  kFormRefUdata = 0x15,
  kFormIndirect = 0x16,
  kFormSecOffset = 0x17,
  kFormExprloc = 0x18,
  kFormFlagPresent = 0x19,
  kFormStrx = 0x1A,
  kFormAddrx = 0x1B,
  kFormRefSup4 = 0x1C,
  kFormStrpSup = 0x1D,
  kFormData16 = 0x1E,
  kFormLineStrp = 0x1F,
  kFormRefSig8 = 0x20,
  kFormImplicitConst = 0x21,
  kFormLoclistx = 0x22,
  kFormRnglistx = 0x23,
  kFormRefSup8 = 0x24,
  kFormStrx1 = 0x25,
  kFormStrx2 = 0x26,
  kFormStrx3 = 0x27,
  kFormStrx4 = 0x28,
  kFormAddrx1 = 0x29,
  kFormAddrx2 = 0x2A,
  kFormAddrx3 = 0x2B,
  kFormAddrx4 = 0x2C,
};

// What linkers write for code that they left out: the first byte of the code section, which is no
// instruction, or the highest addresses.
inline bool is_left_out(uint64_t address) { return address == 0 || address >= 0xFFFFFFFE; }

// Begins a unit: its length, which also says how wide offsets are (7.4). False: there is none.
inline bool read_unit_length(Cursor& cursor, uint64_t* length, uint32_t* offset_bytes) {
  *offset_bytes = 4;
  *length = cursor.u32();
  if (*length == 0xFFFFFFFF) {
    *offset_bytes = 8;
    *length = cursor.fixed(8);
  }
  return cursor.ok() && *length <= cursor.left();
}

// The string at `offset` of a section of strings, or "". Longer ones than any name of a file or
// function are not looked at: many may begin at each byte.
inline std::string_view string_at(Bytes section, uint64_t offset) {
  constexpr size_t kLongest = 4096;
  if (offset >= section.size()) return {};
  const Bytes rest = section.from(static_cast<size_t>(offset));
  return Cursor(Bytes(rest.data(), rest.size() < kLongest ? rest.size() : kLongest)).string();
}

}  // namespace mote::tool
