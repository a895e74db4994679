// Decodes and validates a module that arrives in chunks of any size (specification 5.5 and 3.4).
//
// The decoder is a state machine whose steps each consume one item of bounded length (a count, a
// limits, one instruction) or as much of a long one (name, data) as is there. A step that runs out
// of bytes is started again when more have come; the few bytes of its item that were there wait in
// `carry_`. So the outcome cannot depend on how the input is cut, and no input is kept.
//
// Function bodies go to a CodeSink, instruction by instruction.
#pragma once

#include <stdint.h>

#include <mote/module.hpp>

#include "base/arena.hpp"
#include "base/reader.hpp"
#include "base/scratch_vector.hpp"
#include "loader/instruction.hpp"
#include "loader/module_data.hpp"

namespace mote::detail {

// What function bodies are validated against, beyond the module itself.
struct ModuleContext {
  ModuleData* module = nullptr;
  Arena* arena = nullptr;
  uint8_t* declared_functions = nullptr;  // bit set of functions that ref.func may name
  bool has_data_count = false;
  uint32_t data_count = 0;

  bool is_declared(uint32_t funcidx) const {
    return declared_functions != nullptr &&
           (declared_functions[funcidx / 8] >> (funcidx % 8) & 1) != 0;
  }
  void use(Feature feature) { module->features |= feature_bit(feature); }
};

// Takes function bodies. All functions return false after reader.fail(), or when bytes are missing.
class CodeSink {
 public:
  // The code section starts; nothing else takes long-lived memory until end_code.
  virtual bool begin_code(ModuleContext& context, Reader& reader) = 0;
  virtual bool begin_function(uint32_t funcidx, Reader& reader) = 0;
  // `count` further locals of `type`. The sum over all calls fits 32 bits.
  virtual bool add_locals(uint32_t count, ValueType type, Reader& reader) = 0;
  // All locals are known; instructions follow.
  virtual bool begin_body(Reader& reader) = 0;
  // Takes instructions while there are any. Sets `*done` after the one that ends the body. True
  // when at least one item was taken.
  virtual bool take_instructions(Reader& reader, bool* done) = 0;
  virtual bool end_code(Reader& reader) = 0;

 protected:
  ~CodeSink() = default;
};

class ModuleDecoder {
 public:
  ModuleDecoder(Arena& arena, ModuleData& module, CodeSink& sink, const LoadOptions& options);

  // False: failed, see error().
  bool feed(Bytes bytes);
  // The module is complete. False: failed.
  bool finish();
  const Error& error() const { return error_; }

 private:
  enum class Step : uint8_t {
    kHeader,
    kSection,
    kSectionCount,
    kItem,
    kItemsDone,
    kNameLength,
    kNameBytes,
    kTypeParameters,
    kTypeResultCount,
    kTypeResults,
    kImportField,
    kImportType,
    kGlobalExpr,
    kExportTarget,
    kConstExpr,
    kElementKind,
    kElementCount,
    kElementItems,
    kElementExpr,
    kDataSize,
    kDataBytes,
    kFunctionLocals,
    kFunctionBody,
    kCustomName,
    kCustomSkip,
    kNameSection,
    kNameSectionSkip,
    kModuleName,
    kNameMap,
    kNameMapEntry,
  };
  enum SectionId : uint8_t {
    kCustom = 0,
    kType,
    kImport,
    kFunction,
    kTable,
    kMemory,
    kGlobal,
    kExport,
    kStart,
    kElement,
    kCode,
    kData,
    kDataCount,
    kTag,
  };

  void run(Reader& reader);
  bool step(Reader& reader);

  // Sections
  bool header(Reader& reader);
  bool section(Reader& reader);
  bool section_count(Reader& reader);
  bool items_done(Reader& reader);
  bool allocate_items(Reader& reader, uint32_t offset);
  bool item(Reader& reader);
  bool end_of_section(Reader& reader);

  // Items
  bool type_item(Reader& reader);
  bool type_list(Reader& reader, Step next);
  bool type_result_count(Reader& reader);
  bool import_type(Reader& reader);
  bool imports_done(Reader& reader);
  bool function_item(Reader& reader);
  bool table_item(Reader& reader);
  bool memory_item(Reader& reader);
  bool global_item(Reader& reader);
  bool export_target(Reader& reader);
  bool exports_done(Reader& reader);
  bool start_section(Reader& reader);
  bool element_item(Reader& reader);
  bool element_kind(Reader& reader);
  bool element_count(Reader& reader);
  bool element_item_index(Reader& reader);
  bool element_item_expr_done(Reader& reader);
  bool data_item(Reader& reader);
  bool data_size(Reader& reader);
  bool data_bytes(Reader& reader);
  bool code_item(Reader& reader);
  bool function_locals(Reader& reader);
  bool function_body(Reader& reader);

  // Parts
  bool begin_name(Step next);
  bool name_length(Reader& reader);
  bool name_bytes(Reader& reader);
  bool begin_expr(ValueType type, Step next);
  bool const_expr(Reader& reader);
  bool const_expr_operation(Reader& reader, const DecodedInstruction& in, uint32_t operands,
                            ValueType result);
  bool const_expr_end(Reader& reader, uint32_t offset);
  bool decode_limits(Reader& reader, bool is_memory, Limits* limits, uint8_t* page_size_log2);
  bool decode_table_type(Reader& reader, TableType* type);
  bool decode_memory_type(Reader& reader, MemoryType* type);
  bool decode_global_type(Reader& reader, GlobalData* type);
  bool check_table_count(Reader& reader, uint32_t count, uint32_t offset);
  bool check_memory_count(Reader& reader, uint32_t count, uint32_t offset);
  bool declare_function(Reader& reader, uint32_t funcidx);

  // Custom sections
  bool custom_name(Reader& reader);
  bool custom_skip(Reader& reader);
  bool name_section(Reader& reader);
  bool name_map(Reader& reader);
  bool name_map_entry(Reader& reader);
  void drop_names();

  bool out_of_memory(Reader& reader);
  bool fail_index(Reader& reader, ErrorCode code, uint32_t offset, uint32_t index);

  // Longest item that a step needs at once: an opcode and two overlong integers, with room.
  static constexpr uint32_t kCarrySize = 64;

  Arena& arena_;
  ModuleData& module_;
  CodeSink& sink_;
  const LoadOptions options_;
  ModuleContext context_;
  Error error_;

  Step step_ = Step::kHeader;
  uint32_t offset_ = 0;  // of the first byte of carry_, or of the next byte
  uint8_t carry_[kCarrySize];
  uint32_t carry_size_ = 0;
  bool stable_ = false;  // the reader's bytes stay: refer to them

  uint8_t section_ = 0;
  uint8_t last_order_ = 0;
  uint32_t section_end_ = 0;
  uint32_t count_ = 0;
  uint32_t item_ = 0;
  uint32_t item_offset_ = 0;
  bool has_code_ = false;
  bool has_data_ = false;

  // kNameLength, kNameBytes
  Step after_name_ = Step::kItem;
  StringView name_;
  char* name_buffer_ = nullptr;
  uint32_t name_size_ = 0;
  uint32_t name_filled_ = 0;
  bool name_keep_ = true;
  uint8_t name_seen_[4];  // first bytes of a name that is not kept
  Utf8Checker utf8_;

  // kTypeParameters, kTypeResults
  ValueType* list_ = nullptr;
  uint32_t list_size_ = 0;
  uint32_t list_filled_ = 0;

  // kConstExpr
  Step after_expr_ = Step::kItem;
  ValueType expr_type_ = ValueType::kNone;
  ConstExpr expr_;
  ConstExpr::Operation first_operation_ = {};
  uint32_t operations_ = 0;
  ScratchVector<ValueType> expr_stack_;

  // Types of imports, until the index spaces can be allocated
  ScratchVector<uint32_t> import_functions_;
  ScratchVector<TableType> import_tables_;
  ScratchVector<MemoryType> import_memories_;
  ScratchVector<GlobalData> import_globals_;

  // Arrays being filled
  FunctionType* types_ = nullptr;
  ImportData* imports_ = nullptr;
  ExportData* exports_ = nullptr;
  uint32_t* export_offsets_ = nullptr;
  TableType* tables_ = nullptr;
  MemoryType* memories_ = nullptr;
  ElementSegment* elements_ = nullptr;
  uint32_t* element_items_ = nullptr;
  DataSegment* data_ = nullptr;
  uint8_t* data_buffer_ = nullptr;
  uint32_t segment_flags_ = 0;
  uint32_t filled_ = 0;  // entries or bytes of the current segment

  // Function bodies
  uint32_t function_end_ = 0;
  uint32_t local_groups_ = 0;
  bool local_count_read_ = false;
  uint64_t local_count_ = 0;

  // Names
  bool in_names_ = false;
  Arena::Mark names_mark_ = {};
  FunctionName* names_ = nullptr;
  uint32_t names_count_ = 0;
  uint32_t name_index_ = 0;
  uint32_t subsection_end_ = 0;
};

}  // namespace mote::detail
