// The line tables of DWARF 2 to 5 (DWARF 5, 6.2): from addresses to lines of source files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dwarf_sections.hpp"

namespace mote::tool {

// One row of a line table. Addresses count from the contents of the code section.
struct LineRow {
  uint32_t address;
  uint32_t file;    // number in the table's list
  uint32_t line;    // 0: the instruction comes from no line
  uint32_t column;  // 0: unknown
};

class LineTables {
 public:
  // Takes no more than a small multiple of the section's size in memory. What is damaged is left
  // out, and is_damaged() tells.
  explicit LineTables(const DwarfSections& sections);

  // The row that `address` belongs to, or null; `*table` is the offset of its table.
  const LineRow* find(uint32_t address, uint32_t* table) const;
  // A file of the table at an offset of .debug_line; "" if there is none. Relative to where the
  // compiler ran if it lies below that.
  std::string file_name(uint32_t table, uint32_t file) const;
  // Tells where the compiler ran, which up to DWARF 4 is not in the table.
  void set_compile_directory(uint32_t table, std::string_view directory);
  bool is_damaged() const { return is_damaged_; }
  bool empty() const { return sequences_.empty(); }

  // For tests: f(address, line, column, file name, ends a sequence) of all rows that are kept.
  template <class F>
  void for_each_row(F f) const {
    for (const Sequence& sequence : sequences_) {
      for (uint32_t i = sequence.first; i != sequence.last; i++) {
        f(rows_[i].address, rows_[i].line, rows_[i].column,
          file_name(sequence.table, rows_[i].file), false);
      }
      const LineRow& last = rows_[sequence.last];
      f(sequence.end, last.line, last.column, file_name(sequence.table, last.file), true);
    }
  }

 private:
  struct File {
    std::string_view name;
    uint64_t directory;
  };
  struct Table {
    uint32_t first_number;  // of files and directories that are in the lists
    std::string_view compile_directory;
    std::vector<std::string_view> directories;
    std::vector<File> files;
  };
  // Rows [first, last) are for [begin, end); row `last` ends it.
  struct Sequence {
    uint32_t begin;
    uint32_t end;
    uint32_t first;
    uint32_t last;
    uint32_t table;
  };
  struct Header;

  bool read_table(const DwarfSections& sections, uint32_t at, Bytes unit, uint32_t offset_bytes);
  void read_old_lists(Cursor& cursor, Table* table);
  bool read_new_list(const DwarfSections& sections, Cursor& cursor, uint32_t offset_bytes,
                     std::vector<File>* entries);
  bool run_program(const Header& header, Cursor cursor, uint32_t at, Table* table);
  void end_sequence(size_t first, uint32_t table, bool is_sorted);

  std::unordered_map<uint32_t, Table> tables_;  // by offset
  std::vector<LineRow> rows_;
  std::vector<Sequence> sequences_;
  bool is_damaged_ = false;
};

}  // namespace mote::tool
