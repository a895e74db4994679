// mote disasm: see disasm.hpp.
//
//   offset  instruction                    label  position  instruction of the engine
//   000085    i32.mul                                    8    I32Mul_SSN l0, l1 -> A
//   000086  i32.add                                     11  + I32Add_ASD A, s0 -> s0
//
// An instruction without any beside it became an operand or a place of others, or nothing. `+`: the
// handler of the one before does this, too.
#include "disasm.hpp"

#include <algorithm>
#include <cstdio>
#include <mote/port_linux.hpp>
#include <vector>

#include "debug_module.hpp"
#include "engine_text.hpp"

namespace mote::tool {

namespace {

constexpr size_t kStoreBytes = size_t{4} << 30;  // reserved, not used
constexpr int kTextColumns = 34;
// Deeper blocks are no further to the right: a module of 90 KB made 1.8 GB of text.
constexpr uint32_t kMostIndented = 100;

// The function that is meant, or kNoIndex.
uint32_t find_function(const std::string& text, const detail::ModuleData& module,
                       const FunctionNames& names) {
  for (uint32_t i = 0; i < module.function_count(); i++) {
    if (names.name(i) == StringView(text.data(), text.size())) return i;
  }
  if (text.empty() || text.size() > 9 ||
      text.find_first_not_of("0123456789") != std::string::npos) {
    return kNoIndex;
  }
  const uint32_t index = static_cast<uint32_t>(std::stoul(text));
  return index < module.function_count() ? index : kNoIndex;
}

class Printer {
 public:
  Printer(const DebugModule& loaded, const CodeListing& listing, const FunctionNames& names)
      : loaded_(loaded), listing_(listing), module_(listing.module()), names_(names) {
    for (uint32_t i = 0; i < module_.import_count; i++) {
      const detail::ImportData& import = module_.imports[i];
      if (import.kind == ExternKind::kFunction) imported_.push_back(&import);
    }
  }

  void print(uint32_t function) {
    const FunctionType& type = module_.function_type(function);
    if (function < module_.imported_functions) return print_import(function, type);
    const EngineFunction& code = listing_.functions()[function - module_.imported_functions];
    const Body& body = *loaded_.parts->body_of(function);
    const FrameSlots slots(module_, *loaded_.parts, body);
    const EngineText engine(module_, names_, code, slots);
    std::printf("function %s: %s, %u locals, frame of %u slots, code of %u units of %zu bytes\n",
                names_.text(function).c_str(), to_text(type).c_str(), slots.local_count(),
                code.code->frame_bytes / detail::kSlotBytes, code.unit_count(), sizeof(Unit));
    size_t next = 0;
    // What comes before the first instruction: locals become zero.
    if (!code.instructions.empty() && code.instructions[0].handler == Handler::kZeroSlots) {
      print_line("", engine, &code.instructions[next++]);
    }
    WasmReader reader(*loaded_.parts, body);
    WasmInstruction instruction;
    std::string place;
    while (reader.next(&instruction)) {
      const uint32_t offset = instruction.decoded.offset;
      print_place(offset, &place);
      char begin[16];
      std::snprintf(begin, sizeof begin, "%06x  ", offset);
      const size_t indent = 2 * size_t{std::min(instruction.depth, kMostIndented)};
      std::string text = begin + std::string(indent, ' ') + to_text(instruction, names_);
      do {
        const bool has_code =
            next < code.instructions.size() && code.instructions[next].offset == offset;
        print_line(text, engine, has_code ? &code.instructions[next] : nullptr);
        if (has_code) next++;
        text.clear();
      } while (next < code.instructions.size() && code.instructions[next].offset == offset);
    }
    is_complete_ = is_complete_ && next == code.instructions.size();
  }

  // Whether all code was beside some instruction.
  bool is_complete() const { return is_complete_; }

 private:
  void print_import(uint32_t function, const FunctionType& type) {
    const detail::ImportData& import = *imported_[function];
    std::printf("function %s: %s, imported from %s.%s\n", names_.text(function).c_str(),
                to_text(type).c_str(), printable(import.module_name).c_str(),
                printable(import.field_name).c_str());
  }

  // The place in the source, where it is another line than before.
  void print_place(uint32_t offset, std::string* last) {
    if (loaded_.debug_info == nullptr) return;
    const std::vector<SourcePlace> places = loaded_.debug_info->find(offset);
    // Code of no line belongs to what is around it.
    if (places.empty() || places.front().line == 0) return;
    SourcePlace place = places.front();
    place.column = 0;
    const std::string text = to_text({place});
    if (text != *last) std::printf("        ; %s\n", text.c_str());
    *last = text;
  }

  void print_line(const std::string& text, const EngineText& engine,
                  const EngineInstruction* instruction) {
    if (instruction == nullptr) {
      std::printf("  %s\n", text.c_str());
      return;
    }
    std::string label = engine.label(*instruction);
    if (!label.empty()) label += ":";
    std::printf("  %-*s %5s %5u %s %s\n", kTextColumns, text.c_str(), label.c_str(),
                instruction->position, instruction->is_fused ? "+" : " ",
                engine.text(*instruction).c_str());
  }

  const DebugModule& loaded_;
  const CodeListing& listing_;
  const detail::ModuleData& module_;
  const FunctionNames& names_;
  std::vector<const detail::ImportData*> imported_;  // functions
  bool is_complete_ = true;
};

int fail(const std::string& path, const std::string& message) {
  std::fprintf(stderr, "mote: %s: %s\n", path.c_str(), message.c_str());
  return kExitLoad;
}

}  // namespace

int disassemble(const std::string& path, const std::string& function, Feed& feed) {
  linux_port::ReservedMemory memory(kStoreBytes);
  Store store(memory.bytes(), {true});
  DebugModule loaded;
  const int code = load_debug_module(store, path, feed, &loaded);
  if (code != 0) return code;
  loaded.debug_info = std::make_unique<DebugInfo>(*loaded.parts);
  if (loaded.debug_info->is_damaged()) {
    std::fprintf(stderr, "mote: %s: the debug information is damaged: parts of it are ignored\n",
                 path.c_str());
  }
  // Again, this time with notes of what comes from where.
  linux_port::ReservedMemory again(kStoreBytes);
  const CodeListing listing(loaded.parts->bytes(), again.bytes());
  if (!listing.error().empty()) return fail(path, listing.error());
  const FunctionNames names(listing.module());
  Printer printer(loaded, listing, names);
  if (!function.empty()) {
    const uint32_t found = find_function(function, listing.module(), names);
    if (found == kNoIndex) {
      fail(path, "there is no function \"" + printable({function.data(), function.size()}) + "\"");
      return kExitUsage;
    }
    printer.print(found);
  } else if (listing.module().function_count() == 0) {
    std::fprintf(stderr, "mote: %s: the module has no functions\n", path.c_str());
  } else {
    for (uint32_t i = 0; i < listing.module().function_count(); i++) {
      if (i != 0) std::printf("\n");
      printer.print(i);
    }
  }
  return printer.is_complete() ? 0 : fail(path, "code is missing: this is a mistake in Mote");
}

}  // namespace mote::tool
