// What a tool is told about a translation: which instruction of the engine comes from which of the
// module. Only in a translator that is compiled with MOTE_TRANSLATION_NOTES (tools/debug); that of
// the library knows nothing of it.
#pragma once

#include "base/arena.hpp"
#include "interp/handlers.hpp"
#include "loader/module_decoder.hpp"

namespace mote::detail {

class TranslationNotes {
 public:
  // Function `funcidx` gets an instruction at `position`, in units from the start of its code, for
  // the one at `offset` in the module. Where it is fused with the one before, its operands begin
  // there.
  virtual void write(uint32_t funcidx, uint32_t position, Handler handler, uint32_t offset) = 0;

 protected:
  ~TranslationNotes() = default;
};

// Makes a translator, which tells `notes`, in scratch memory. Null: no memory.
CodeSink* make_noting_translator(Arena& arena, TranslationNotes& notes);

}  // namespace mote::detail
