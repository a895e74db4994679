// Fuzz target: images of saved code. The input is that of fuzz_load. What loads is saved; then the
// image is damaged. With a wrong checksum it must be refused. Code is trusted, so the rest is
// damaged under a right checksum, too: that must be refused or give a module that can be asked
// about itself. It is not run: what its code may do is as trusted as the image.
#include "fuzz.hpp"
#include "runtime/image_format.hpp"

using namespace mote;
using namespace mote::fuzz;

namespace {

constexpr size_t kStoreBytes = size_t{512} << 10;

void seal(std::vector<uint8_t>* image) {
  const Bytes all = view(*image);
  uint32_t crc = detail::crc32(detail::kCrcStart, all.from(detail::kImageHeaderBytes));
  crc = detail::crc32(crc, Bytes(all.data(), detail::kFieldCrc));
  detail::write_field(image->data() + detail::kFieldCrc, ~crc);
}

// False: it was refused, and nothing is left of it.
bool open(Store& store, Bytes image) {
  const MemoryReport before = store.memory();
  const Module* module = nullptr;
  const Error error = open_image(store, image, &module);
  check(error.ok() == (module != nullptr), "a module or an error", error);
  check(error.offset == kNoIndex || error.offset <= image.size(), "an offset inside", error);
  check(store.memory().scratch == before.scratch, "scratch memory comes back", error);
  if (!error.ok()) {
    check(store.memory().used == before.used, "memory comes back", error);
    return false;
  }
  ask_all(*module);
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static FuzzStore maker(kStoreBytes);
  static FuzzStore reader(kStoreBytes);
  Choices choices(data, size);
  const uint8_t flags = choices.byte();
  uint32_t seed = static_cast<uint32_t>(choices.byte()) << 8 | choices.byte();
  const std::vector<uint8_t> bytes = choices.rest();

  // The input as an image of its own: nearly always refused, but read.
  check(reader.store.reset().ok(), "a reset");
  open(reader.store, view(bytes));

  check(maker.store.reset().ok(), "a reset");
  const Module* module = nullptr;
  if (!load(maker.store, view(bytes), &module).ok()) return 0;
  uint32_t image_size = 0;
  const Error asked = save_image(*module, view(bytes), {}, &image_size);
  if (asked.code == ErrorCode::kCodeNotMovable || asked.code == ErrorCode::kSavedCodeOff) return 0;
  check(asked.code == ErrorCode::kImageWrite, "the size of an image", asked);
  std::vector<uint8_t> image(image_size);
  const Error saved =
      save_image(*module, view(bytes), MutableBytes(image.data(), image.size()), &image_size);
  check(saved.ok() && image_size == image.size(), "what was loaded can be saved", saved);
  check(open(reader.store, view(image)), "what was saved can be opened");

  for (int round = 0; round < 8; round++) {
    std::vector<uint8_t> other = image;
    for (uint32_t count = 1 + flags % 3; count != 0; count--) {
      seed = seed * 1664525 + 1013904223;
      // More often in the header than elsewhere.
      const size_t range = seed % 2 == 0 ? size_t{detail::kImageHeaderBytes} : other.size();
      const size_t at = (seed >> 8) % range;
      other[at] = static_cast<uint8_t>(other[at] ^ (1u << (seed >> 3) % 8));
    }
    if (other == image) continue;
    check(reader.store.reset().ok(), "a reset");
    check(!open(reader.store, view(other)), "a damaged image is refused");
    seal(&other);
    check(reader.store.reset().ok(), "a reset");
    open(reader.store, view(other));
  }
  // Cut off anywhere.
  image.resize(seed % image.size());
  check(reader.store.reset().ok(), "a reset");
  check(!open(reader.store, view(image)), "an image that is cut off is refused");
  return 0;
}
