// Output of the benchmark firmware: lines of words and numbers on the port's console.
#pragma once

#include <mote/port.hpp>

namespace bench {

// Ends the firmware when the console takes nothing: a measurement nobody sees is a failure.
inline void print(mote::StringView text) {
  size_t at = 0;
  while (at < text.size()) {
    const int64_t taken = mote::port::write(
        1, mote::Bytes(reinterpret_cast<const uint8_t*>(text.data()) + at, text.size() - at));
    if (taken <= 0) mote::port::exit(3);
    at += static_cast<size_t>(taken);
  }
}

inline void print(uint32_t value) {
  char digits[10];
  size_t at = sizeof digits;
  do {
    digits[--at] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  print(mote::StringView(digits + at, sizeof digits - at));
}

// "name value"
inline void print_metric(mote::StringView name, uint32_t value) {
  print(name);
  print(" ");
  print(value);
  print("\n");
}

[[noreturn]] inline void fail(mote::StringView what, mote::StringView name) {
  print("FAILED ");
  print(name);
  print(": ");
  print(what);
  print("\n");
  mote::port::exit(1);
}

}  // namespace bench
