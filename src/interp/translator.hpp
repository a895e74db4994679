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
#include "interp/fused.hpp"
#include "interp/handlers.hpp"
#include "interp/machine.hpp"
#include "interp/outlined.hpp"
#include "loader/module_decoder.hpp"

// Whether a tool listens (translation_notes.hpp).
#ifndef MOTE_TRANSLATION_NOTES
#define MOTE_TRANSLATION_NOTES 0
#endif
#if MOTE_TRANSLATION_NOTES
#include "interp/translation_notes.hpp"
#endif

namespace mote::detail {

// A function that is not inlined where it is called: its frame would add to that of the caller, on
// the native stack of all others that are called from there.
// Where there is plenty of both, common instructions are decoded without calls
// (translator_quick.hpp), and compilers decide.
#if MOTE_ENCODING == MOTE_ENCODING_WIDE
#define MOTE_APART
#define MOTE_QUICK_DECODER 1
#else
#define MOTE_APART __attribute__((noinline))
#define MOTE_QUICK_DECODER 0
#endif

// In a namespace without a name, so that compilers know all callers of each function.
namespace {

// NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor): final, and nobody deletes it
class Translator final : public CodeSink {
 public:
  Translator() = default;
#if MOTE_TRANSLATION_NOTES
  explicit Translator(TranslationNotes& notes) : notes_(&notes) {}
#endif

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
  // No instruction takes more, but for the targets of br_table.
  static constexpr uint32_t kMostUnits =
      kHandlerUnits + 2 * kSlotUnits + kU64Units +
      (MOTE_SELECT_CONSTANTS && kU64Units > kSlotUnits + kTargetUnits ? kU64Units
                                                                      : kSlotUnits + kTargetUnits);
  // A branch that takes more values along moves them as one block.
  static constexpr uint32_t kMostCopies = 4;

  enum class PlaceKind : uint8_t { kHome = 0, kLocal, kConstant };

  // An operand that was taken from the stack.
  struct Operand {
    ValueType type;
    Src src;
    bool is_temporary;  // in its home slot, which nothing else will read
    Slot home;
    union {
      Slot slot;      // S, A: where it is
      uint64_t bits;  // C
    };
  };

  struct ControlFrame {
    Op kind;           // kBlock, kLoop, kIf, kElse; kEnd for the function itself
    bool unreachable;  // 3.3.7: the operand stack below is polymorphic
    bool live_at_entry;
    uint32_t type;    // as decoded; the function's typeidx for kEnd
    uint32_t height;  // operands below the frame's own
    Slot base;        // slot of the first operand of the frame
    uint32_t target;  // kLoop: its code; else head of the chain of targets to patch
    uint32_t else_patch;
    uint32_t table;  // br_table (by number) for which `stub` was made
    uint32_t stub;
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
    Slot destination;
    uint32_t offset;     // in the module
    uint32_t immediate;  // loads and stores: offset
    Operand a;
    Operand b;  // class S if the instruction has one source
  };

  struct Types {
    const ValueType* list;
    uint32_t count;
  };

  // Instructions translate in_, the one that was decoded last. An error is remembered, and the rest
  // of the instruction is done with what is there; so is code that cannot be reached, and nothing
  // is written for either. Where going on makes no sense, they return at once.
  MOTE_APART void instruction();
  MOTE_APART void control();
  MOTE_APART void unary();
  MOTE_APART void binary();
  MOTE_APART void load();
  MOTE_APART void store();
  MOTE_APART void block();
  MOTE_APART void if_block();
  MOTE_APART void else_block();
  MOTE_APART void end_block();
  MOTE_APART void end_function();
  MOTE_APART void br();
  MOTE_APART void br_if();
  MOTE_APART void br_table();
  MOTE_APART void br_table_label(uint32_t depth);
  MOTE_APART void br_table_stubs();
  MOTE_APART void return_from_function();
  MOTE_APART void call();
  MOTE_APART void call_indirect();
  void call_results(const FunctionType& type, bool in_accumulator);
  MOTE_APART void drop();
  MOTE_APART void select();
#if MOTE_QUICK_DECODER
  bool decode_quickly(Reader& reader);
  bool push_quickly(Reader& reader);
#endif
  bool push_locals(uint32_t count, ValueType type);
  bool find_local(Local* out);
  MOTE_APART void local_get();
  MOTE_APART void local_set(bool tee);
  MOTE_APART void global_get();
  MOTE_APART void global_set();
  MOTE_APART void bulk_instruction();
  void table_instruction();
  MOTE_APART void runtime_instruction(RuntimeOp op, Types parameters, ValueType result);

  // Operand stack (translator_stack.hpp)
  void push(ValueType type, PlaceKind kind, uint64_t bits);
  void push_home(ValueType type) { push(type, PlaceKind::kHome, 0); }
  void pop(ValueType expected, Operand* out);
  MOTE_APART void pop_types(Types types);
  MOTE_APART void push_types(Types types);
  MOTE_APART bool check_types(Types types);
  bool are_on_top(Types types);
  Types types_here(Types types);
  void operand_at(uint32_t index, Slot home, Operand* out);
  void set_place(uint32_t index, PlaceKind kind, uint64_t bits);
  void forget_places();
  MOTE_APART void materialize_top(uint32_t count);
  void materialize_all() { materialize_top(kWindow); }
  void spill(uint32_t index);
  void spill_reads_of(Slot local);
  bool has_reads_of(Slot local) const;
  bool is_all_home() const { return waiting_ == 0; }
  void raise_height(uint32_t slots);
  MOTE_APART void become_unreachable();

  // Labels
  Types types_of_block(uint32_t type, bool parameters) const;
  Types results_of(const ControlFrame& frame) const { return types_of_block(frame.type, false); }
  Types label_types(const ControlFrame& frame) const {
    return types_of_block(frame.type, frame.kind == Op::kLoop);
  }
  bool check_end(const ControlFrame& frame);
  bool is_in_place(const ControlFrame& frame) const;
  ControlFrame* label(uint32_t depth);
  static uint32_t slots_of_types(Types types);
  void write_label(ControlFrame& frame, uint32_t at);
  MOTE_APART void bind(uint32_t* chain);
  MOTE_APART void move_to_label(const ControlFrame& frame);
  void branch_to(ControlFrame& frame);
  uint32_t emit_branch_if(bool when, bool backward);
  uint32_t emit_branch_compare(bool when, bool backward);
  uint32_t emit_branch(Handler first, uint32_t number, bool backward, const Operand* a,
                       const Operand* b);
  void emit_return();

  // Code (translator_emit.hpp)
  bool is_in_accumulator(const Operand& operand) const;
  void take_accumulator(Operand* operand);
  void use(Operand* operand);
  bool choose(const FormIndex& forms, bool swaps);
  uint8_t number_of_pending(Dst kind) const;
  MOTE_APART Handler handler_of_pending() const;
  void flush();
  void wait(Op op, const FormIndex& forms);
  void emit_copy(Operand* from, Slot to);
  void put_in_slot(Operand* operand);
  bool is_pending(const Operand& operand) const;
  bool retarget(const Operand& operand, Slot to);
  void set_accumulator(Slot slot, ValueType type);
  // Nothing is known where ways meet: neither the accumulator nor what was executed before.
  void forget_accumulator() {
    accumulator_slot_ = kNoSlot;
#if MOTE_FUSED
    last_ = kNothingJoins;
#endif
  }
  void finish_result(Unit* at, ValueType type);
  void use_memory(uint32_t memidx);
  void check_memory(uint32_t memidx);
  void fold_address(bool takes_constant);
  bool is_writing() const { return live_ && !failed_; }
  Unit* start(Handler handler);
#if MOTE_FUSED
  bool fuse(Handler handler);
#endif
  void finish(const Unit* at);
  bool make_room(uint32_t units);
  // Of the module so far, but for the function that is being written.
  uint32_t code_bytes() const {
    return static_cast<uint32_t>(reinterpret_cast<const uint8_t*>(code_) - module_->code_begin);
  }
  Unit* emit_source(Unit* at, const Operand& operand);
  MOTE_APART void note_offset(uint32_t offset);
#if MOTE_CODE_OFFSETS
  MOTE_APART void note_number(uint32_t number);
#endif
  uint32_t position_of(const Unit* at) const;

  // Errors. Only the first counts.
  void fail(ErrorCode code) { fail_index(code, kNoIndex); }
  void fail_index(ErrorCode code, uint32_t index);
  void fail_type(ValueType expected, ValueType actual);
  void out_of_memory() { fail(ErrorCode::kOutOfMemory); }

  // begin_code() and begin_function() set what counts. Small and often used members come first:
  // small processors reach them with short instructions.
  bool live_;
  bool failed_;
  bool too_many_locals_;
  // br_table in progress (see table_left_)
  bool in_table_;
  ValueType accumulator_type_;  // of what the accumulator holds ...
  Slot accumulator_slot_;       // ... which is also in this slot
  uint32_t waiting_;            // how many operands are not at home
  Slot height_;                 // first free operand slot
  uint32_t peak_;

  ModuleData* module_;
  Reader* reader_;  // valid during a call from the decoder
  ModuleContext* context_;

  Unit* code_;     // code of the function
  uint32_t size_;  // units written
  uint32_t room_;  // units that fit before more memory has to be taken
  uint32_t map_position_;
  uint32_t map_offset_;
  // Destination of the result that was written last, while it can still be changed.
  uint32_t last_result_at_;
  Slot last_result_slot_;
#if MOTE_FUSED
  static constexpr uint32_t kNothingJoins = 0xFFFFFFFF;
  uint32_t last_;     // number of the handler written last, if another can join it (fused.hpp)
  uint32_t last_at_;  // where
#endif

  ScratchVector<ValueType> types_;
  ScratchVector<ControlFrame> frames_;
  const FormIndex* pending_forms_;  // of pending_; here it fills a gap
  Pending pending_;
  // Operands of the instruction that is being translated. c_: a condition or index.
  Operand a_;
  Operand b_;
  Operand c_;
  DecodedInstruction in_;

  const FunctionType* type_;
  uint32_t funcidx_;
  uint32_t body_offset_;
  Slot link_;
  uint32_t local_count_;
  ScratchVector<LocalRun> locals_;
  ScratchVector<uint8_t> map_;

  uint32_t table_left_;
  uint32_t table_first_;  // position of the first target
  uint32_t table_number_;
  uint32_t table_arity_;

  uint32_t block_bytes_;  // taken from the arena, for the code of the module
  // Places of the topmost operands, by operand number modulo kWindow: for a local its slot, for a
  // constant its bits. Everything below is at home.
  PlaceKind window_kinds_[kWindow];
  uint64_t window_bits_[kWindow];
#if MOTE_QUICK_DECODER
  // The first locals, where they need not be searched for.
  static constexpr uint32_t kQuickLocals = 64;
  Local quick_locals_[kQuickLocals];
#endif
  Unit unused_[kMostUnits];  // written to when nothing is to be written
#if MOTE_TRANSLATION_NOTES
  TranslationNotes* notes_;
  uint32_t flushed_offset_ = kNoIndex;  // of what waited, while it is written
#endif
};

}  // namespace

}  // namespace mote::detail
