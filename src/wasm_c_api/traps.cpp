// Traps and frames of wasm.h.
#include "base/reader.hpp"
#include "wasm_c_api/objects.hpp"

using namespace mote;
using namespace mote::wasm_c_api;

namespace {

// Where the code of defined function `number` begins in the module, or 0.
size_t start_of_function(Binary* binary, uint32_t number) {
  constexpr size_t kHeaderBytes = 8;
  constexpr uint32_t kCodeSection = 10;
  // The module was validated: its sizes are right.
  detail::Reader reader(Bytes(binary->bytes(), binary->size), 0);
  reader.skip(kHeaderBytes);
  while (reader.byte()) {
    const bool is_code = reader.value() == kCodeSection;
    if (!reader.u32()) break;
    if (!is_code) {
      reader.skip(reader.value());
      continue;
    }
    if (!reader.u32() || number >= reader.value()) break;
    for (uint32_t i = 0; reader.u32(); i++) {
      if (i == number) return reader.position();
      reader.skip(reader.value());
    }
  }
  return 0;
}

size_t start_of(const wasm_store_t* store, const FrameInfo& info) {
  const Module* module = &info.instance->module();
  uint32_t imported = 0;
  for (uint32_t i = 0; i < module->import_count(); i++) {
    if (module->import(i).type.kind == ExternKind::kFunction) imported++;
  }
  for (LoadedModule* loaded = store->modules; loaded != nullptr; loaded = loaded->next) {
    if (loaded->module == module) {
      return start_of_function(loaded->binary, info.function - imported);
    }
  }
  return 0;
}

// Null: out of memory.
wasm_frame_t* make_frame(wasm_store_t* store, const FrameInfo& info) {
  wasm_frame_t* frame = make<wasm_frame_t>();
  if (frame == nullptr) return nullptr;
  frame->instance = object_of(store, info.instance);
  frame->function = info.function;
  if (info.offset != kNoIndex) {
    frame->module_offset = info.offset;
    const size_t start = start_of(store, info);
    if (start != 0) frame->function_offset = info.offset - start;
  }
  return frame;
}

}  // namespace

namespace mote::wasm_c_api {

wasm_trap_t* make_trap(wasm_store_t* store, const char* message) {
  wasm_trap_t* trap = make_object<wasm_trap_t>(store, Kind::kTrap);
  if (trap == nullptr) return retain(store->reserve);
  wasm_name_new_from_string_nt(&trap->message, message);
  return trap;
}

void set_frames(wasm_trap_t* trap, const Execution& execution) {
  constexpr uint32_t kMost = 256;  // the innermost
  if (trap->frames.size != 0 || trap == trap->store->reserve) return;
  const uint32_t depth = execution.backtrace({});
  const uint32_t count = depth < kMost ? depth : kMost;
  FrameInfo* infos = make_array<FrameInfo>(count);
  if (infos == nullptr) return;
  (void)execution.backtrace(Span<FrameInfo>(infos, count));
  wasm_frame_vec_new_uninitialized(&trap->frames, count);
  for (size_t i = 0; i < trap->frames.size; i++) {
    // Of `count`, or none. NOLINTNEXTLINE(clang-analyzer-security.ArrayBound)
    trap->frames.data[i] = make_frame(trap->store, infos[i]);
    if (trap->frames.data[i] != nullptr) continue;
    trap->frames.size = i;
    break;
  }
  free(infos);
}

}  // namespace mote::wasm_c_api

wasm_trap_t* wasm_trap_new(wasm_store_t* store, const wasm_message_t* message) {
  wasm_trap_t* trap = make_object<wasm_trap_t>(store, Kind::kTrap);
  if (trap == nullptr) return nullptr;
  const bool is_terminated = message->size != 0 && message->data[message->size - 1] == 0;
  wasm_byte_vec_new_uninitialized(&trap->message, message->size + (is_terminated ? 0 : 1));
  if (trap->message.size != 0 && message->size != 0) {
    memcpy(trap->message.data, message->data, message->size);
  }
  return trap;
}

void wasm_trap_message(const wasm_trap_t* trap, wasm_message_t* out) {
  wasm_byte_vec_copy(out, &trap->message);
}

wasm_frame_t* wasm_trap_origin(const wasm_trap_t* trap) {
  return trap->frames.size == 0 ? nullptr : wasm_frame_copy(trap->frames.data[0]);
}

void wasm_trap_trace(const wasm_trap_t* trap, wasm_frame_vec_t* out) {
  wasm_frame_vec_copy(out, &trap->frames);
}

void wasm_frame_delete(wasm_frame_t* frame) {
  if (frame == nullptr) return;
  release(frame->instance);
  free(frame);
}

wasm_frame_t* wasm_frame_copy(const wasm_frame_t* from) {
  wasm_frame_t* frame = make<wasm_frame_t>();
  if (frame == nullptr) return nullptr;
  *frame = *from;
  retain(frame->instance);
  return frame;
}

wasm_instance_t* wasm_frame_instance(const wasm_frame_t* frame) { return frame->instance; }
uint32_t wasm_frame_func_index(const wasm_frame_t* frame) { return frame->function; }
size_t wasm_frame_func_offset(const wasm_frame_t* frame) { return frame->function_offset; }
size_t wasm_frame_module_offset(const wasm_frame_t* frame) { return frame->module_offset; }
