// Line tables of DWARF: see dwarf_lines.hpp.
#include "dwarf_lines.hpp"

#include <algorithm>

namespace mote::tool {

namespace {

// Opcodes of line number programs (7.22).
enum : uint8_t {
  kCopy = 1,
  kAdvancePc = 2,
  kAdvanceLine = 3,
  kSetFile = 4,
  kSetColumn = 5,
  kConstAddPc = 8,
  kFixedAdvancePc = 9,
  kEndSequence = 1,
  kSetAddress = 2,
  kDefineFile = 3,
};
// Contents of an entry of the lists of DWARF 5.
enum : uint8_t { kPath = 1, kDirectoryIndex = 2 };

}  // namespace

struct LineTables::Header {
  uint16_t version;
  uint8_t minimum_instruction_length;
  int8_t line_base;
  uint8_t line_range;
  uint8_t opcode_base;
  uint8_t lengths[256];  // how many numbers follow a standard opcode
};

LineTables::LineTables(const DwarfSections& sections) {
  Cursor cursor(sections.line);
  while (!cursor.at_end()) {
    const uint32_t at = static_cast<uint32_t>(cursor.position());
    uint64_t length;
    uint32_t offset_bytes;
    if (!read_unit_length(cursor, &length, &offset_bytes)) {
      is_damaged_ = true;
      break;
    }
    if (!read_table(sections, at, cursor.take(length), offset_bytes)) is_damaged_ = true;
  }
  std::sort(sequences_.begin(), sequences_.end(),
            [](const Sequence& a, const Sequence& b) { return a.begin < b.begin; });
}

bool LineTables::read_table(const DwarfSections& sections, uint32_t at, Bytes unit,
                            uint32_t offset_bytes) {
  Cursor cursor(unit);
  Header header = {};
  header.version = cursor.u16();
  if (header.version < 2 || header.version > 5) return false;
  if (header.version == 5) cursor.skip(2);  // sizes of addresses and of segment selectors
  const uint64_t header_length = cursor.fixed(offset_bytes);
  const size_t program = cursor.position();
  if (header_length > cursor.left()) return false;
  header.minimum_instruction_length = cursor.u8();
  if (header.version >= 4) cursor.skip(1);  // operations per instruction: WebAssembly has no VLIW
  cursor.skip(1);                           // whether rows are statements at first
  header.line_base = static_cast<int8_t>(cursor.u8());
  header.line_range = cursor.u8();
  header.opcode_base = cursor.u8();
  for (uint32_t i = 1; i < header.opcode_base; i++) header.lengths[i] = cursor.u8();

  Table table;
  if (header.version == 5) {
    table.first_number = 0;
    std::vector<File> directories;
    if (!read_new_list(sections, cursor, offset_bytes, &directories)) return false;
    for (const File& directory : directories) table.directories.push_back(directory.name);
    if (!read_new_list(sections, cursor, offset_bytes, &table.files)) return false;
    if (!table.directories.empty()) table.compile_directory = table.directories[0];
  } else {
    table.first_number = 1;
    read_old_lists(cursor, &table);
  }
  if (!cursor.ok() || header.line_range == 0) return false;
  cursor.seek(program + static_cast<size_t>(header_length));
  const bool ok = run_program(header, cursor, at, &table);
  tables_.emplace(at, std::move(table));
  return ok;
}

void LineTables::read_old_lists(Cursor& cursor, Table* table) {
  for (std::string_view name; !(name = cursor.string()).empty();) {
    table->directories.push_back(name);
  }
  for (std::string_view name; !(name = cursor.string()).empty();) {
    const uint64_t directory = cursor.uleb();
    cursor.uleb();  // time
    cursor.uleb();  // size
    table->files.push_back({name, directory});
  }
}

// Every form that is taken here has at least one byte, so that the section bounds the list.
bool LineTables::read_new_list(const DwarfSections& sections, Cursor& cursor, uint32_t offset_bytes,
                               std::vector<File>* entries) {
  struct Format {
    uint64_t content;
    uint64_t form;
  };
  std::vector<Format> formats(cursor.u8());
  for (Format& format : formats) {
    format.content = cursor.uleb();
    format.form = cursor.uleb();
  }
  const uint64_t count = cursor.uleb();
  if (formats.empty() && count != 0) return false;
  for (uint64_t i = 0; i < count && cursor.ok(); i++) {
    File file = {};
    for (const Format& format : formats) {
      std::string_view text;
      uint64_t number = 0;
      switch (format.form) {
        case kFormString: text = cursor.string(); break;
        case kFormLineStrp: text = string_at(sections.line_str, cursor.fixed(offset_bytes)); break;
        case kFormStrp: text = string_at(sections.str, cursor.fixed(offset_bytes)); break;
        case kFormUdata: number = cursor.uleb(); break;
        case kFormData1: number = cursor.u8(); break;
        case kFormData2: number = cursor.u16(); break;
        case kFormData4: number = cursor.u32(); break;
        case kFormData8: number = cursor.fixed(8); break;
        case kFormData16: cursor.skip(16); break;
        case kFormBlock: cursor.skip(cursor.uleb()); break;
        default: return false;
      }
      if (format.content == kPath) file.name = text;
      if (format.content == kDirectoryIndex) file.directory = number;
    }
    if (cursor.ok()) entries->push_back(file);
  }
  return cursor.ok();
}

// The state machine of 6.2.5.
bool LineTables::run_program(const Header& header, Cursor cursor, uint32_t at, Table* table) {
  const LineRow start = {0, 1, 1, 0};
  LineRow row = start;
  uint64_t address = 0;
  size_t first = rows_.size();
  bool is_sorted = true;
  const auto add_row = [&] {
    row.address = static_cast<uint32_t>(std::min<uint64_t>(address, 0xFFFFFFFF));
    if (rows_.size() > first && rows_.back().address > row.address) is_sorted = false;
    rows_.push_back(row);
  };
  const auto advance = [&](uint64_t operations) {
    address += operations * header.minimum_instruction_length;
  };
  while (!cursor.at_end()) {
    const uint8_t opcode = cursor.u8();
    if (opcode >= header.opcode_base) {
      const uint32_t special = static_cast<uint32_t>(opcode) - header.opcode_base;
      advance(special / header.line_range);
      row.line += static_cast<uint32_t>(header.line_base +
                                        static_cast<int32_t>(special % header.line_range));
      add_row();
      continue;
    }
    switch (opcode) {
      case 0: {  // an extended opcode: its length, then its code
        Cursor extended(cursor.take(cursor.uleb()));
        switch (extended.u8()) {
          case kEndSequence:
            add_row();
            end_sequence(first, at, is_sorted);
            first = rows_.size();
            is_sorted = true;
            row = start;
            address = 0;
            break;
          case kSetAddress:
            address = extended.fixed(static_cast<uint32_t>(std::min<size_t>(extended.left(), 8)));
            break;
          case kDefineFile: {
            const std::string_view name = extended.string();
            table->files.push_back({name, extended.uleb()});
            break;
          }
          default: break;  // discriminators
        }
        break;
      }
      case kCopy: add_row(); break;
      case kAdvancePc: advance(cursor.uleb()); break;
      case kAdvanceLine: row.line += static_cast<uint32_t>(cursor.sleb()); break;
      case kSetFile: row.file = static_cast<uint32_t>(cursor.uleb()); break;
      case kSetColumn: row.column = static_cast<uint32_t>(cursor.uleb()); break;
      case kConstAddPc: advance((255u - header.opcode_base) / header.line_range); break;
      case kFixedAdvancePc: address += cursor.u16(); break;
      default:  // flags, and what later versions may add
        for (uint32_t i = 0; i < header.lengths[opcode]; i++) cursor.uleb();
        break;
    }
  }
  const bool is_complete = rows_.size() == first;
  rows_.resize(first);
  return cursor.ok() && is_complete;
}

// Keeps the rows since `first` if they are what they should be.
void LineTables::end_sequence(size_t first, uint32_t table, bool is_sorted) {
  const LineRow& begin = rows_[first];
  const LineRow& end = rows_.back();
  if (!is_sorted) is_damaged_ = true;
  if (!is_sorted || is_left_out(begin.address) || begin.address == end.address) {
    rows_.resize(first);
    return;
  }
  sequences_.push_back({begin.address, end.address, static_cast<uint32_t>(first),
                        static_cast<uint32_t>(rows_.size() - 1), table});
}

const LineRow* LineTables::find(uint32_t address, uint32_t* table) const {
  const auto after =
      std::upper_bound(sequences_.begin(), sequences_.end(), address,
                       [](uint32_t wanted, const Sequence& each) { return wanted < each.begin; });
  if (after == sequences_.begin()) return nullptr;
  const Sequence& sequence = *(after - 1);
  if (address >= sequence.end) return nullptr;
  const LineRow* const row =
      std::upper_bound(&rows_[sequence.first], &rows_[sequence.last], address,
                       [](uint32_t wanted, const LineRow& each) { return wanted < each.address; });
  *table = sequence.table;
  return row - 1;
}

void LineTables::set_compile_directory(uint32_t table, std::string_view directory) {
  const auto found = tables_.find(table);
  if (found == tables_.end() || !found->second.compile_directory.empty()) return;
  found->second.compile_directory = directory;
}

std::string LineTables::file_name(uint32_t table, uint32_t file) const {
  const auto found = tables_.find(table);
  if (found == tables_.end()) return "";
  const Table& in = found->second;
  if (file < in.first_number || file - in.first_number >= in.files.size()) return "";
  const File& entry = in.files[file - in.first_number];
  std::string name(entry.name);
  if (!name.empty() && name[0] == '/') return name;
  if (entry.directory < in.first_number ||
      entry.directory - in.first_number >= in.directories.size()) {
    return name;
  }
  const std::string directory(in.directories[entry.directory - in.first_number]);
  if (directory.empty() || directory == in.compile_directory) return name;
  return directory + "/" + name;
}

}  // namespace mote::tool
