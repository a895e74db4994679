// The engine's code of a module: see code_listing.hpp.
#include "code_listing.hpp"

#include "interp/translation_notes.hpp"

namespace mote::tool {

// Collects what the translator tells.
// NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor): final, and nobody deletes it
class CodeListing::Notes final : public detail::TranslationNotes {
 public:
  struct Note {
    uint32_t funcidx;
    uint32_t position;
    uint32_t offset;
    Handler handler;
  };

  void write(uint32_t funcidx, uint32_t position, Handler handler, uint32_t offset) override {
    notes.push_back({funcidx, position, offset, handler});
  }

  std::vector<Note> notes;
};

CodeListing::CodeListing(Bytes bytes, MutableBytes memory) {
  detail::Arena arena(memory, false);
  Notes notes;
  detail::CodeSink* const translator = detail::make_noting_translator(arena, notes);
  detail::ModuleDecoder* const decoder =
      translator == nullptr ? nullptr
                            : detail::ModuleDecoder::make(arena, module_, *translator, {});
  if (decoder == nullptr) {
    error_ = "out of memory";
    return;
  }
  if (!decoder->feed(bytes.data(), bytes.size()) || !decoder->finish()) {
    char text[256];
    describe(decoder->error(), text);
    error_ = text;
    return;
  }
  functions_.resize(module_.defined_functions);
  for (uint32_t i = 0; i < module_.defined_functions; i++) {
    functions_[i].code = &module_.functions[i];
  }
  for (const Notes::Note& note : notes.notes) {
    functions_[note.funcidx - module_.imported_functions].instructions.push_back(
        {note.position, note.position, note.position, note.offset, note.handler, false});
  }
  const HandlerIndex index;
  for (EngineFunction& function : functions_) {
    if (check(index, function)) continue;
    error_ = "the code of function " +
             std::to_string(&function - functions_.data() + module_.imported_functions) +
             " is not as its handlers say: this is a mistake in Mote";
    return;
  }
}

CodeListing::~CodeListing() = default;

// Finds where instructions end, and which are fused. The handlers that stand in the code must be
// those that were noted, each where the one before ends, up to the end of the code.
bool CodeListing::check(const HandlerIndex& index, EngineFunction& function) {
  const Unit* const units = function.units();
  std::vector<EngineInstruction>& all = function.instructions;
  uint32_t at = 0;
  for (size_t i = 0; i < all.size();) {
    if (at >= function.unit_count()) return false;
    uint32_t parts = 0;
    for (const HandlerParts& each : index.find(units[at])) {
      uint32_t same = 0;
      while (same < each.count && i + same < all.size() &&
             each.handlers[same] == all[i + same].handler) {
        same++;
      }
      if (same == each.count) parts = same;
    }
    if (parts == 0) return false;
    for (uint32_t part = 0; part < parts; part++, i++) {
      EngineInstruction& instruction = all[i];
      if (instruction.position != at) return false;
      instruction.is_fused = part != 0;
      instruction.operands = at + (part == 0 ? detail::kHandlerUnits : 0);
      at = instruction.operands + operand_units(instruction.handler, units + instruction.operands);
      instruction.end = at;
      if (at > function.unit_count()) return false;
    }
  }
  return at == function.unit_count();
}

}  // namespace mote::tool
