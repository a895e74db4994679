// Handlers with instructions that not every processor of a family has: x86-64 began without a
// population count and without rounding, which cost a dozen instructions or a call of the C library
// otherwise. The engine asks the processor when it translates the first of them. Part of
// engine.cpp, with dispatch by tail calls.
//
// Whoever compiles for a newer processor (-march=x86-64-v2) has the instructions in the handlers of
// handlers.def, and nothing of this.
#pragma once

#include "interp/dispatch_tail.hpp"

#if defined(__x86_64__) && MOTE_ENCODING == MOTE_ENCODING_WIDE && \
    MOTE_HANDLERS == MOTE_HANDLERS_FULL && !(defined(__POPCNT__) && defined(__SSE4_1__))
#define MOTE_NEWER_INSTRUCTIONS 1
#include <cpuid.h>
#else
#define MOTE_NEWER_INSTRUCTIONS 0
#endif

namespace mote::detail {

namespace {

#if MOTE_NEWER_INSTRUCTIONS
// The forms of handlers.def.
#define MOTE_NEWER_FLOATS(X, type, own)      \
  MOTE_UNARY_FORMS(X, type##Ceil, own, own)  \
  MOTE_UNARY_FORMS(X, type##Floor, own, own) \
  MOTE_UNARY_FORMS(X, type##Trunc, own, own) MOTE_UNARY_FORMS(X, type##Nearest, own, own)
#define MOTE_NEWER(X)                      \
  MOTE_UNARY_FORMS(X, I32Popcnt, I32, I32) \
  MOTE_UNARY_FORMS(X, I64Popcnt, I64, I64) \
  MOTE_FEATURE_PASTE(MOTE_NEWER_FLOATS_, MOTE_FEATURE_FLOATS)(X)
#define MOTE_FEATURE_PASTE(a, b) MOTE_FORMS_PASTE(a, b, )
#define MOTE_NEWER_FLOATS_0(X)
#define MOTE_NEWER_FLOATS_1(X) MOTE_NEWER_FLOATS(X, F32, F32) MOTE_NEWER_FLOATS(X, F64, F64)

#define MOTE_H_NEWER(name, a, d)                                \
  __attribute__((target("popcnt,sse4.1")))                      \
  MOTE_CONVENTION void newer_##name##_##a##d(MOTE_PARAMETERS) { \
    MOTE_REGISTERS_OF_ARGUMENTS;                                \
    unary<semantics::name, Src::a, Dst::d>(r);                  \
    MOTE_TAIL_CALL handler_at(r.pc())(MOTE_ARGUMENTS);          \
  }
MOTE_NEWER(MOTE_H_NEWER)
#undef MOTE_H_NEWER

constexpr HandlerFunction kNewerHandlers[] = {
#define MOTE_H_NEWER(name, a, d) newer_##name##_##a##d,
    MOTE_NEWER(MOTE_H_NEWER)
#undef MOTE_H_NEWER
};

// For each handler, 1 + the number of its newer one, or 0.
struct NewerIndex {
  uint8_t number[static_cast<uint32_t>(Handler::kCount)];
};
constexpr NewerIndex make_newer_index() {
  NewerIndex index{};
  uint8_t number = 0;
#define MOTE_H_NEWER(name, a, d) \
  index.number[static_cast<uint32_t>(Handler::k##name##_##a##d)] = ++number;
  MOTE_NEWER(MOTE_H_NEWER)
#undef MOTE_H_NEWER
  return index;
}
constexpr NewerIndex kNewerIndex = make_newer_index();

bool has_newer_instructions() {
  // 0: not known yet. Whoever finds that out finds the same.
  static uint8_t known = 0;
  uint8_t answer = __atomic_load_n(&known, __ATOMIC_RELAXED);
  if (answer == 0) {
    unsigned a = 0, b = 0, c = 0, d = 0;
    const bool has =
        __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_POPCNT) != 0 && (c & bit_SSE4_1) != 0;
    answer = has ? 2 : 1;
    __atomic_store_n(&known, answer, __ATOMIC_RELAXED);
  }
  return answer == 2;
}

#undef MOTE_NEWER
#undef MOTE_NEWER_FLOATS
#undef MOTE_NEWER_FLOATS_0
#undef MOTE_NEWER_FLOATS_1
#undef MOTE_FEATURE_PASTE
#endif

// What runs `handler` on this processor.
[[maybe_unused]] inline HandlerFunction best_handler(Handler handler) {
  const uint32_t number = static_cast<uint32_t>(handler);
#if MOTE_NEWER_INSTRUCTIONS
  const uint32_t newer = kNewerIndex.number[number];
  if (newer != 0 && has_newer_instructions()) return kNewerHandlers[newer - 1];
#endif
  return kHandlers[number];
}

}  // namespace

void write_handler(Unit* at, Handler handler) {
#if MOTE_ENCODING == MOTE_ENCODING_COMPACT
  *at = static_cast<Unit>(handler);
#else
  *at = reinterpret_cast<Unit>(best_handler(handler));
#endif
}

#if MOTE_FUSED
uintptr_t address_of(Handler handler) { return reinterpret_cast<uintptr_t>(best_handler(handler)); }
#endif

}  // namespace mote::detail
