// Saved code on a board: translates a module, writes its image page by page into RAM that stands
// for flash, forgets everything, runs the image in place, and compares results and RAM.
#pragma once

#include "harness.hpp"

namespace boards {

struct SavedRun {
  uint32_t result = 0;
  uint32_t arena_bytes = 0;
  uint32_t load_peak = 0;
};

class SavedCode {
 public:
  SavedCode() : ram_(SIZE_MAX) {}

  // `run_guest(execution, instance)` returns a number to compare.
  template <class Run>
  void check_module(mote::StringView name, mote::Bytes wasm, Run run_guest) {
    // Aligned to 8, as the RAM is.
    const size_t half = ram_.bytes().size() / 2 & ~size_t{7};
    const mote::MutableBytes flash(ram_.bytes().data(), half);
    mote::Store store(ram_.bytes().from(half));
    Line().text("module ").text(name).send();

    mote::LoadOptions options;
    options.bytes_stay = true;
    const mote::Module* module = nullptr;
    check(mote::load(store, wasm, &module, options), "load");
    const uint32_t code = module->info().code_bytes;
    const uint32_t size = save(*module, wasm, flash);
    const SavedRun loaded = run_in(store, *module, run_guest);

    check(store.reset(), "reset");
    const mote::Bytes image(flash.data(), size);
    check(mote::open_image(store, image, &module), "open");
    const SavedRun opened = run_in(store, *module, run_guest);

    metric("wasm_bytes", wasm.size());
    metric("image_bytes", size);
    metric("code_bytes", code);
    metric("module_ram_loaded", loaded.arena_bytes);
    metric("module_ram_opened", opened.arena_bytes);
    metric("load_peak_loaded", loaded.load_peak);
    metric("load_peak_opened", opened.load_peak);
    check(opened.result == loaded.result, "result", opened.result);
    check(opened.arena_bytes + code <= loaded.arena_bytes, "code RAM");
    // Running has not changed it; a change is noticed.
    check(store.reset(), "reset");
    check(mote::open_image(store, image, &module), "open again");
    check(store.reset(), "reset");
    flash[size / 2] ^= 1;
    check(mote::open_image(store, image, &module).code == mote::ErrorCode::kImageDamaged,
          "damage is not seen");
  }

 private:
  static bool write_page(void* context, uint32_t offset, mote::Bytes bytes) {
    const mote::MutableBytes& flash = *static_cast<mote::MutableBytes*>(context);
    if (offset + bytes.size() > flash.size()) return false;
    for (size_t i = 0; i < bytes.size(); i++) flash[offset + i] = bytes[i];
    return true;
  }

  static uint32_t save(const mote::Module& module, mote::Bytes wasm, mote::MutableBytes flash) {
    uint8_t page[64];
    mote::ImageWriter writer(write_page, &flash, page);
    constexpr size_t kChunk = 100;
    for (mote::Bytes rest = wasm; !rest.empty();) {
      const size_t chunk = rest.size() < kChunk ? rest.size() : kChunk;
      check_written(writer.feed(mote::Bytes(rest.data(), chunk)));
      rest = rest.from(chunk);
    }
    uint32_t size = 0;
    check_written(writer.finish(module, &size));
    return size;
  }
  // Too little RAM for the image: the board is too small.
  static void check_written(mote::Error error) {
    if (error.code == mote::ErrorCode::kImageWrite) error.code = mote::ErrorCode::kOutOfMemory;
    check(error, "image");
  }

  template <class Run>
  static SavedRun run_in(mote::Store& store, const mote::Module& module, Run run_guest) {
    const mote::ModuleInfo info = module.info();
    mote::Instance* instance = nullptr;
    check(store.instantiate(&module, &instance), "instantiate");
    mote::Execution execution(store, 768);
    check(execution.error(), "stack");
    return {run_guest(execution, *instance), info.arena_bytes, info.load_peak_bytes};
  }

  mote::port::Ram ram_;
};

}  // namespace boards
