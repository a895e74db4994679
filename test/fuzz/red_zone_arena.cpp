// The arena with a gap before each long-lived block and behind each scratch block that must not be
// touched: without it the address sanitizer sees one large buffer. Linked in place of the
// library's.
#include <cstddef>
#include <cstdint>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MOTE_HAS_SANITIZER 1
#endif
#endif

#ifdef MOTE_HAS_SANITIZER
extern "C" {
void __asan_poison_memory_region(void const volatile* begin, size_t size);
void __asan_unpoison_memory_region(void const volatile* begin, size_t size);
}

namespace {

void takes(const uint8_t* begin, const uint8_t* end) {
  __asan_unpoison_memory_region(begin, static_cast<size_t>(end - begin));
}
void leaves(const uint8_t* begin, const uint8_t* end) {
  __asan_poison_memory_region(begin, static_cast<size_t>(end - begin));
}

}  // namespace

#define MOTE_ARENA_GAP 32
#define MOTE_ARENA_TAKES(begin, end) takes(begin, end)
#define MOTE_ARENA_LEAVES(begin, end) leaves(begin, end)
#endif

#include "base/arena.cpp"  // NOLINT(bugprone-suspicious-include): with what is defined above
