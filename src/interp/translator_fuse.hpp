// Translator: joining the instruction that comes next with the one written last (fused.hpp).
// Part of translator.cpp.
#pragma once

#include "interp/translator.hpp"

#if MOTE_FUSED

namespace mote::detail {

namespace {

// Makes the instruction written last do what `handler` does as well, if there is a handler for
// both; the operands of `handler` are to follow. Positions in the offset map stay right: a second
// half that cannot go on stands at its own operands.
bool Translator::fuse(Handler handler) {
  const uint32_t fused = last_ != kNothingJoins ? find_fused(last_, handler) : 0;
  if (fused != 0) {
    code_[last_at_] = address_of_number(fused);
    last_ = is_first(fused) ? fused : kNothingJoins;
    return true;
  }
  last_ = static_cast<uint32_t>(handler);
  if (!is_first(last_)) last_ = kNothingJoins;
  last_at_ = size_;
  return false;
}

}  // namespace

}  // namespace mote::detail

#endif
