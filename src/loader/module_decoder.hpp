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

// What the loader sees of the decoder (decoder.hpp).
class ModuleDecoder {
 public:
  // Makes one in scratch memory. Null: no memory.
  static ModuleDecoder* make(Arena& arena, ModuleData& module, CodeSink& sink,
                             const LoadOptions& options);
  // False: failed, see error().
  bool feed(const uint8_t* bytes, size_t size);
  // The module is complete. False: failed.
  bool finish();
  Error error() const;

 protected:
  ModuleDecoder() = default;
  ~ModuleDecoder() = default;
};

}  // namespace mote::detail
