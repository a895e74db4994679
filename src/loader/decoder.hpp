// The module decoder: its state and steps. Included by module_decoder.cpp only.
#pragma once

#include "base/scratch_vector.hpp"
#include "loader/module_decoder.hpp"

namespace mote::detail {

// In a namespace without a name: compilers know all callers of each step, and put it there.
namespace {

// The operand stack of a constant expression without operators: only one operand can be right.
// clear() comes first.
class TopOfStack {
 public:
  void clear() { size_ = 0; }
  [[nodiscard]] bool push(ValueType type) {
    top_ = type;
    size_++;
    return true;
  }
  ValueType back() const { return top_; }
  uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  ValueType top_;
  uint32_t size_;
};

class Decoder final : public ModuleDecoder {
 public:
  Decoder(Arena& arena, ModuleData& module, CodeSink& sink, const LoadOptions& options);

  // False: failed, see error().
  bool feed(const uint8_t* bytes, size_t size);
  // The module is complete. False: failed.
  bool finish();
  Error error() const { return in_.error(); }

 private:
  // As wide as a register: small processors reach words with shorter instructions than bytes.
  enum class Step : uint32_t {
    kHeader,
    kSection,
    kSectionCount,
    kItem,
    kStart,
    kDataCount,
    kNameLength,
    kNameBytes,
    kTypeCount,
    kTypeList,
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
    kLocalGroups,
    kLocals,
    kFunctionBody,
    kCustomName,
    kSkip,
    kNameSection,
    kModuleName,
    kNameMap,
    kNameMapEntry,
  };
  enum SectionId : uint32_t {
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
    // No section, but an array that is made of the imports.
    kImportedFunctions = kCustom,
  };
  struct Section;
  static const Section kSections[kTag];

  bool run();
  // Out of line: the frame of a step adds nothing to the native stack of the translator.
  __attribute__((noinline)) bool step();
  __attribute__((noinline)) bool function_body();

  // Sections and their items
  bool header();
  bool section();
  bool section_count();
  bool item();
  bool end_item();
  bool end_of_section();
  uint32_t& count_of(SectionId id);
  void* items_of(SectionId id);
  void* item_at(SectionId id, uint32_t index);
  static SectionId space_of_imports(ExternKind kind);
  bool make_room(SectionId id, uint32_t more);
  bool add_to(SectionId id, uint32_t offset);
  bool check_index(SectionId space, uint32_t index, uint32_t offset);
  bool take_index(SectionId space);

  // Items
  bool type_item();
  bool type_count();
  bool type_list();
  bool import_field();
  bool import_type();
  bool imports_done();
  bool function_item();
  bool table_item();
  bool memory_item();
  bool global_item();
  bool global_value();
  bool export_target();
  bool exports_done();
  bool start_section();
  bool data_count_section();
  bool element_item();
  bool element_kind();
  bool element_count();
  bool element_item_index();
  bool element_item_expr_done();
  bool data_item();
  bool data_size();
  bool data_bytes();
  bool code_item();
  bool local_groups();
  bool locals();

  // Parts
  // The module needs `feature`: notes it, or refuses what was read last.
  __attribute__((always_inline)) bool use(Feature feature) {
    if (!is_on(feature)) return in_.fail_feature(feature);
    in_.note_features(feature_bit(feature));
    return true;
  }
  bool take_count();
  bool allocate(size_t item_size);
  bool begin_name(Step next);
  bool name_length();
  bool name_bytes();
  bool begin_expr(ValueType type, Step next);
  bool const_expr();
  bool const_expr_operator(const DecodedInstruction& in);
  bool extend_program(const DecodedInstruction& in);
  bool const_expr_operation(const DecodedInstruction& in, ValueType result);
  bool const_expr_end(uint32_t offset);
  bool extern_kind(ErrorCode unknown, ExternKind* kind);
  bool limits(bool is_memory, Limits* limits, uint8_t* page_size_log2);
  bool table_type(TableType* type);
  bool memory_type(MemoryType* type);
  bool global_type(GlobalData* type);
  bool active_segment(SectionId space, bool has_index, uint32_t* index, Step next);
  bool declare_function(uint32_t funcidx);

  // Custom sections
  bool custom_name();
  bool skip();
  bool name_section();
  bool module_name();
  bool name_map();
  bool name_map_entry();
  void drop_names();

  bool out_of_memory();
  template <class T>
  T& current() {
    return *static_cast<T*>(at_);
  }
  StringView name() const { return {reinterpret_cast<const char*>(name_), size_}; }

  // Longest item that a step needs at once: the type of an imported table, three of its numbers
  // overlong, has 28 bytes.
  static constexpr uint32_t kCarrySize = 32;

  // The type of an import, until the index spaces can be allocated.
  union ImportType {
    uint32_t function;
    TableType table;
    MemoryType memory;
    GlobalData global;
  };

  Reader in_;
  ModuleData& module_;
  Arena& arena_;
  CodeSink& sink_;

  // Where the decoder is. What has no value here is set by the step that leads to its use.
  Step step_ = Step::kHeader;
  SectionId section_;
  uint32_t section_end_;
  uint32_t skip_end_;
  uint32_t items_left_;
  uint32_t item_offset_;
  // The name, list or segment that is being read.
  uint32_t size_;
  uint32_t filled_;
  void* buffer_;
  const void* name_;
  void* at_;  // the item of ModuleData that is being read
  ImportType* import_types_;
  uint32_t* export_offsets_;
  uint32_t segment_flags_;
  uint32_t local_groups_;
  uint32_t local_count_;
  Step after_name_;
  Step after_expr_;

  uint8_t last_order_ = 0;
  bool stable_;            // the reader's bytes stay: refer to them
  bool in_names_ = false;  // in the name section
  bool keeps_name_;        // the name that is being read
  bool in_results_;        // which list of a function type
  bool body_done_;
  ValueType expr_type_;
  Utf8Checker utf8_;
  const LoadOptions options_;
  uint8_t carry_size_ = 0;
  uint8_t carry_[kCarrySize];  // the beginning of an item that is not complete
  uint8_t name_start_[4];      // first bytes of a name that is not kept

  // Constant expression
#if MOTE_FEATURE_EXTENDED_CONST
  ScratchVector<ValueType> expr_stack_;
  ConstExpr::Operation first_operation_;
#else
  TopOfStack expr_stack_;
#endif
  ConstExpr expr_;

  // Names
  uint8_t* names_begin_;  // in the arena
  uint32_t names_count_;
  uint32_t name_index_;

  ModuleContext context_;
};

}  // namespace

}  // namespace mote::detail
