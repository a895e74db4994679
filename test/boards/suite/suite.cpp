// Plays the digest of the official test suite (spec-tests/digest_format.hpp) from a file of the
// host. The command line is the program's name and the file's, between them a space.
#include <digest_player.hpp>

#include "../../../port/bare-metal/semihosting.hpp"
#include "../harness.hpp"

namespace {

using mote::port::Semihosting;
using mote::port::semihosting_call;

constexpr uint32_t kStackBytes = 16 * 1024;
constexpr uintptr_t kError = ~uintptr_t{0};

// What is printed is sent by lines: a call to the emulator for each piece would take long.
struct Console {
  uintptr_t file = kError;
  uint8_t line[160] = {};
  size_t used = 0;

  void send() {
    if (used != 0) (void)mote::port::write(1, mote::Bytes(line, used));
    used = 0;
  }
  void put(char c) {
    line[used++] = static_cast<uint8_t>(c);
    if (c == '\n' || used == sizeof line) send();
  }
};
Console console;

size_t read(void*, mote::MutableBytes bytes) {
  const uintptr_t block[] = {console.file, reinterpret_cast<uintptr_t>(bytes.data()), bytes.size()};
  const uintptr_t left = semihosting_call(Semihosting::kRead, block);
  return left > bytes.size() ? 0 : bytes.size() - left;
}

void print(void*, mote::StringView text) {
  for (size_t i = 0; i < text.size(); i++) console.put(text[i]);
}

uintptr_t open_file() {
  static char command_line[1024];
  const uintptr_t line[] = {reinterpret_cast<uintptr_t>(command_line), sizeof command_line};
  boards::check(semihosting_call(Semihosting::kGetCommandLine, line) == 0, "no command line");
  const char* name = command_line;
  while (*name != 0 && *name != ' ') name++;
  boards::check(*name != 0, "no file is named");
  name++;
  uint32_t length = 0;
  while (name[length] != 0) length++;
  constexpr uintptr_t kReadBinary = 1;
  const uintptr_t block[] = {reinterpret_cast<uintptr_t>(name), kReadBinary, length};
  const uintptr_t file = semihosting_call(Semihosting::kOpen, block);
  boards::check(file != kError, "the digest cannot be read");
  return file;
}

}  // namespace

int main() {
  console.file = open_file();
  mote::port::Ram ram(SIZE_MAX);
  mote::spec::PlayerSystem system;
  system.read = read;
  system.print = print;
  system.ram = ram.bytes();
  system.stack_bytes = kStackBytes;
  boards::metric("store_size", ram.bytes().size());
  boards::metric("guest_stack_size", kStackBytes);
  static mote::spec::DigestPlayer player(system);
  const bool ok = player.play();
  console.send();
  boards::metric("store_peak", player.store_peak());
  boards::metric("guest_stack_peak", player.guest_stack_peak());
  boards::metric("native_stack_size", mote::port::native_stack_size());
  boards::metric("native_stack_peak", mote::port::native_stack_peak());
  return ok ? 0 : 1;
}
