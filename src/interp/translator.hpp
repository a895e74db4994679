// Validates function bodies and translates them to the engine's code, in one pass.
//
// One stack serves both: the validator asks what type an operand has (types_), the translator
// where it is (window_). An operand is at home in the frame slot that its height gives it, or it
// is still only a name for a local or a constant, for which no code was written yet:
//
//   frame    | parameters | link | locals | operand slots, by height
//
//   types_     i32     i32     i64     i32          operand stack, bottom to top
//   window_    home    local 2 const 7 home         place of the topmost kWindow operands
//                                                   (everything below is at home)
//
// An operand that is a local is moved home before that local changes. At the borders of blocks
// everything is at home, so that branches agree about where values are.
//
// The instruction translated last waits in pending_ until the next one is known: that one may take
// its result from the accumulator only (the result then needs no slot), give it another
// destination (local.set), or swallow it (a comparison before a branch).
#pragma once

#include <stdint.h>

#include "base/scratch_vector.hpp"
#include "interp/code.hpp"
#include "interp/handlers.hpp"
#include "interp/machine.hpp"
#include "loader/module_decoder.hpp"

namespace mote::detail {

class Translator final : public CodeSink {
 public:
  Translator() = default;

  bool begin_code(ModuleContext& context, Reader& reader) override;
  bool begin_function(uint32_t funcidx, Reader& reader) override;
  bool add_locals(uint32_t count, ValueType type, Reader& reader) override;
  bool begin_body(Reader& reader) override;
  bool take_instructions(Reader& reader, bool* done) override;
  bool end_code(Reader& reader) override;

 private:
  // A frame slot number. Parameters start at 0.
  using Slot = uint32_t;
  static constexpr Slot kNoSlot = 0xFFFFFFFF;
  static constexpr uint32_t kNoPatch = 0xFFFFFFFF;
  // How many operands may wait unwritten. Bounds the work of one local.set, and takes nine bytes of
  // scratch memory each.
  static constexpr uint32_t kWindow = sizeof(void*) == 8 ? 16 : 8;
  // A branch that takes more values along moves them as one block.
  static constexpr uint32_t kMostCopies = 4;

  enum class PlaceKind : uint8_t { kHome = 0, kLocal, kConstant };

  // An operand that was taken from the stack.
  struct Operand {
    ValueType type;
    Src src;
    bool is_temporary;  // in its home slot, which nothing else will read
    Slot slot;          // S, A: where it is
    Slot home;
    uint64_t bits;  // C
  };

  struct ControlFrame {
    Op kind = Op::kBlock;      // kBlock, kLoop, kIf, kElse; kEnd for the function itself
    bool unreachable = false;  // 3.3.7: the operand stack below is polymorphic
    bool live_at_entry = false;
    bool is_targeted = false;
    uint64_t type = kEmptyBlock;  // as decoded; the function's typeidx for kEnd
    uint32_t height = 0;          // operands below the frame's own
    Slot base = 0;                // slot of the first operand of the frame
    uint32_t target = 0;          // kLoop: its code; else head of the chain of targets to patch
    uint32_t else_patch = kNoPatch;
    uint32_t table = 0;  // br_table (by number) for which `stub` was made
    uint32_t stub = 0;
  };

  // Neighbouring locals of one type. A function that declares thousands costs one entry.
  struct LocalRun {
    uint32_t first;  // localidx
    Slot slot;       // of that local
    ValueType type;
  };
  struct Local {
    Slot slot;
    ValueType type;
  };

  // An instruction that is not written yet.
  struct Pending {
    bool active;
    Op op;
    Dst kind;
    ValueType type;
    Slot destination;
    uint32_t offset;     // in the module
    uint32_t immediate;  // loads: offset
    Operand a;
    Operand b;  // only if the instruction has two sources
  };

  struct Types {
    const ValueType* list;
    uint32_t count;
  };

  // Instructions (translate_*.cpp)
  bool instruction(const DecodedInstruction& in);
  bool control(const DecodedInstruction& in);
  bool constant(const DecodedInstruction& in);
  bool unary(const DecodedInstruction& in);
  bool binary(const DecodedInstruction& in);
  bool load(const DecodedInstruction& in);
  bool store(const DecodedInstruction& in);
  bool block(const DecodedInstruction& in);
  bool if_block(const DecodedInstruction& in);
  bool else_block();
  bool end_block();
  bool end_function();
  bool br(const DecodedInstruction& in);
  bool br_if(const DecodedInstruction& in);
  bool br_table(const DecodedInstruction& in);
  bool br_table_label(Reader& reader);
  bool br_table_stubs();
  bool return_from_function();
  bool call(const DecodedInstruction& in);
  bool call_indirect(const DecodedInstruction& in);
  bool call_arguments(const FunctionType& type, Operand* entry);
  bool call_results(const FunctionType& type);
  bool drop();
  bool select(const DecodedInstruction& in);
  bool push_locals(uint32_t count, ValueType type);
  bool find_local(uint32_t localidx, Local* out);
  bool local_get(const DecodedInstruction& in);
  bool local_set(const DecodedInstruction& in, bool tee);
  bool global_get(const DecodedInstruction& in);
  bool global_set(const DecodedInstruction& in);
  bool runtime_instruction(Handler handler, const ValueType* parameters, uint32_t parameter_count,
                           ValueType result, uint32_t a, uint32_t b);
  bool bulk_instruction(const DecodedInstruction& in);
  bool table_instruction(const DecodedInstruction& in);

  // Operand stack (translator_stack.cpp)
  bool push(ValueType type, PlaceKind kind, uint64_t bits);
  bool push_home(ValueType type) { return push(type, PlaceKind::kHome, 0); }
  bool pop(ValueType expected, Operand* out);
  bool pop_types(Types types);
  bool push_types(Types types);
  bool check_types(Types types);
  bool are_on_top(Types types);
  void operand_at(uint32_t index, Slot home, Operand* out);
  void set_place(uint32_t index, PlaceKind kind, uint64_t bits);
  void forget_places();
  void materialize_top(uint32_t count);
  void materialize_all() { materialize_top(kWindow); }
  void spill(uint32_t index);
  bool has_reads_of(Slot local) const;
  void spill_reads_of(Slot local);
  bool is_all_home() const { return waiting_ == 0; }
  void become_unreachable();

  // Labels
  Types block_parameters(uint64_t type) const;
  Types block_results(uint64_t type) const;
  Types label_types(const ControlFrame& frame) const;
  bool label(uint32_t depth, uint32_t* index);
  static uint32_t slots_of_types(Types types);
  void write_label(ControlFrame& frame, uint32_t at);
  void bind(uint32_t* chain);
  void move_to_label(const ControlFrame& frame);
  void branch_to(ControlFrame& frame);
  void emit_branch_if(Operand condition, bool when, bool backward, uint32_t* at_target);
  void emit_branch_compare(bool when, bool backward, uint32_t* at_target);
  void emit_return();

  // Code (translator_emit.cpp)
  bool is_in_accumulator(const Operand& operand) const;
  void take_accumulator(Operand* operand);
  void use(Operand* operand);
  bool choose(const FormIndex& forms, Operand* a, Operand* b, bool swaps);
  static Handler without_offset(const Instruction& info, Handler handler, Src address,
                                uint32_t offset);
  uint8_t number_of(const Pending& pending, Dst kind) const;
  void flush();
  void wait(Op op, const DecodedInstruction& in, const Operand& a, const Operand* b);
  void emit_copy(ValueType type, const Operand& from, Slot to);
  void put_in_slot(Operand* operand);
  bool retarget(const Operand& operand, Slot to);
  void set_accumulator(Slot slot, ValueType type);
  void forget_accumulator() { accumulator_slot_ = kNoSlot; }
  void finish_result(Unit* at, ValueType type);
  void emit_use_memory(uint32_t memidx);
  bool check_memory(uint32_t memidx);
  void fold_address(Operand* address, uint32_t* offset, bool takes_constant);
  Unit* emit(Handler handler, uint32_t operand_units);
  bool make_room(uint32_t units);
  Unit* emit_source(Unit* at, const Operand& operand);
  void note_offset(uint32_t offset);
  uint32_t position_of(const Unit* at) const { return static_cast<uint32_t>(at - code_); }

  // Errors
  bool fail(ErrorCode code);
  bool fail_index(ErrorCode code, uint32_t index);
  bool fail_type(ValueType expected, ValueType actual);
  bool out_of_memory();

  // begin_code() and begin_function() set what counts. Small and often used members come first:
  // small processors reach them with short instructions.
  bool live_;
  bool out_of_memory_;
  bool too_many_locals_;
  // br_table in progress (see below)
  bool in_table_;
  bool table_has_arity_;
  bool table_needs_stubs_;
  ValueType accumulator_type_;  // of what the accumulator holds ...
  Slot accumulator_slot_;       // ... which is also in this slot
  uint32_t waiting_;            // how many operands are not at home
  Slot height_;                 // first free operand slot
  uint32_t peak_;

  ModuleData* module_;
  Reader* reader_;  // valid during a call from the decoder
  ModuleContext* context_;
  Arena* arena_;

  Unit* code_;     // code of the function
  uint32_t size_;  // units written
  uint32_t room_;  // units that fit before more memory has to be taken
  uint32_t map_position_;
  uint32_t map_offset_;
  // Destination of the result that was written last, while it can still be changed.
  uint32_t last_result_at_;
  Slot last_result_slot_;

  ScratchVector<ValueType> types_;
  ScratchVector<ControlFrame> frames_;
  Pending pending_;

  const FunctionType* type_;
  uint32_t funcidx_;
  uint32_t instruction_offset_;
  uint32_t body_offset_;
  Slot link_;
  Slot local_slots_;
  uint32_t local_count_;
  ScratchVector<LocalRun> locals_;
  ScratchVector<uint8_t> map_;

  uint32_t table_left_;
  uint32_t table_first_;  // position of the first target
  uint32_t table_count_;
  uint32_t table_number_;
  uint32_t table_arity_;

  Unit* code_block_;      // all code of the module
  uint32_t block_bytes_;  // taken from the arena
  // Places of the topmost operands, by operand number modulo kWindow: for a local its slot, for a
  // constant its bits. Everything below is at home.
  PlaceKind window_kinds_[kWindow];
  uint64_t window_bits_[kWindow];
  Unit unused_[kHandlerUnits + 4 * kU64Units];  // written to once memory is out
};

}  // namespace mote::detail
