// Fuzz target: loading. The first three bytes choose how the rest, a module, is cut and what the
// loader may keep. Fed whole and in pieces it must end alike, with an offset inside the input, and
// give its memory back when it is refused.
#include "fuzz.hpp"

using namespace mote;
using namespace mote::fuzz;

namespace {

constexpr size_t kStoreBytes = size_t{1} << 20;

Error load_in_pieces(Store& store, Bytes bytes, uint32_t seed, LoadOptions options,
                     const Module** module) {
  *module = nullptr;
  Loader loader(store, options);
  while (!bytes.empty()) {
    seed = seed * 1664525 + 1013904223;
    const size_t size =
        std::min<size_t>(1 + (seed >> 16) % (seed % 3 == 0 ? 200 : 4), bytes.size());
    // A copy of its own: the sanitizer sees a use after feed().
    const std::vector<uint8_t> piece(bytes.begin(), bytes.begin() + size);
    if (loader.feed(view(piece)) == LoadState::kFailed) break;
    bytes = bytes.from(size);
  }
  return loader.finish(module);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static FuzzStore whole(kStoreBytes);
  static FuzzStore pieces(kStoreBytes);
  Choices choices(data, size);
  const uint8_t flags = choices.byte();
  const uint32_t seed = static_cast<uint32_t>(choices.byte()) << 8 | choices.byte();
  const std::vector<uint8_t> bytes = choices.rest();
  LoadOptions options;
  options.keep_names = (flags & 1) != 0;
  LoadOptions whole_options = options;
  whole_options.bytes_stay = (flags & 2) != 0;
  check(whole.store.reset().ok() && pieces.store.reset().ok(), "a reset");
  const MemoryReport before = whole.store.memory();

  const Module* a = nullptr;
  const Module* b = nullptr;
  const Error error = load(whole.store, view(bytes), &a, whole_options);
  const Error other = load_in_pieces(pieces.store, view(bytes), seed, options, &b);
  // With too little memory, the order in which it is asked for decides.
  if (error.code == ErrorCode::kOutOfMemory || other.code == ErrorCode::kOutOfMemory) return 0;
  check(same(error, other), "the same outcome whole and in pieces", other);
  check(error.ok() == (a != nullptr) && other.ok() == (b != nullptr), "a module or an error",
        error);
  if (!error.ok()) {
    check(error.offset == kNoIndex || error.offset <= bytes.size(), "an offset inside", error);
    for (Store* store : {&whole.store, &pieces.store}) {
      check(store->memory().used == before.used, "memory comes back", error);
      check(store->memory().scratch == 0, "scratch memory comes back", error);
    }
    char text[200];
    describe(error, text);
    return 0;
  }
  ask_all(*a);
  ask_all(*b);
  check(a->info().code_bytes == b->info().code_bytes, "the same code");
  check(a->info().module_bytes == bytes.size(), "the length of the module");
  return 0;
}
