// The port: what a system provides for firmware and programs that embed Mote.
//
// The core (mote::mote) calls none of this: it works on the buffer that it is given and needs
// memcpy, memmove, memset, memcmp and a little of <math.h>. The port is for what stands around it:
// main(), the console, host functions, WASI. A port is a folder under port/ that defines the
// functions below. It may leave out any of them: who calls one that is missing gets an error from
// the linker, and wasi_system() leaves the entry null. To begin a port, copy the folder that is
// nearest; a firmware of its own can as well define these functions itself and link no port.
//
//                              linux   cortex-m, riscv
//   take_ram                   mmap    what .data, .bss and the stack leave
//   write, read                yes     semihosting
//   ready                      yes     -
//   clock_time                 yes     semihosting: seconds since 1970, 1/100 s since the start
//   random, sleep, yield       yes     -
//   exit                       yes     semihosting
//   file_system                yes     - (port/ram-disk has one in RAM)
//   native_stack_peak          -       yes
//
// Takes constant time where no cost is given, beside what the system itself does (transfers,
// waiting, files).
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <mote/span.hpp>
#include <mote/wasi.hpp>
#include <mote/wasi_files.hpp>

namespace mote::port {

// ---- RAM ---------------------------------------------------------------------------------------

// Called by whoever makes a Store, before, from any one thread. Returns up to `wanted` bytes that
// nobody else uses, filled with zeros, aligned to 8: as many as there are, an empty span when there
// are none. A system that backs memory when it is touched may return all of `wanted` whatever it
// has. SIZE_MAX asks a microcontroller for everything that is left. Cost: the size, where the
// system has no zeros at hand. Missing: give the store an array.
MutableBytes take_ram(size_t wanted);

// Takes back what take_ram() returned, in the reverse order of taking; an empty span does nothing.
void give_back_ram(MutableBytes ram);

// RAM for one store, given back at the end of the scope:
//   port::Ram ram(32 * 1024);
//   Store store(ram.bytes(), StoreOptions{true});  // the buffer is zero
class Ram {
 public:
  // Takes `wanted` bytes, or as many as there are; bytes() is empty if that fails.
  // Cost: that of take_ram().
  explicit Ram(size_t wanted) : bytes_(take_ram(wanted)) {}
  // Gives it back.
  ~Ram() { give_back_ram(bytes_); }
  Ram(const Ram&) = delete;
  Ram& operator=(const Ram&) = delete;

  // What was taken; empty if there is none.
  MutableBytes bytes() const { return bytes_; }

 private:
  MutableBytes bytes_;
};

// ---- Console, clock and others: the functions behind WASI --------------------------------------
// Called by the thread that runs a guest, when the guest or a host function asks for it; never from
// an interrupt handler. They must not call into the store.

// Takes bytes for the console: `stream` 1 is standard output, 2 standard error. Returns how many
// were taken, at least one if `bytes` is not empty, or a negative number on failure. May wait.
// Missing: a guest's output is lost.
int64_t write(uint32_t stream, Bytes bytes);

// Gives bytes from the console: how many, 0 at the end of the input, negative on failure. May wait
// for the first byte, not for more. Missing: a guest's input is empty.
int64_t read(MutableBytes bytes);

// Time and resolution in nanoseconds of a clock: 0 the time of day (since 1970), 1 monotonic, 2 CPU
// time of the process, 3 of the thread. Returns false for a clock that there is not. Clock 1 must
// never go backwards. Missing: the guest gets ENOSYS.
bool clock_time(uint32_t clock, uint64_t* nanoseconds);
// Resolution of a clock in nanoseconds: as above, also where it returns false.
bool clock_resolution(uint32_t clock, uint64_t* nanoseconds);

// Fills `bytes` with random numbers fit for keys, or returns false. A port without a true source
// must leave it out: a predictable sequence is worse than none. Missing: the guest gets ENOSYS.
bool random(MutableBytes bytes);

// Waits until a stream (0 for reading, 1 and 2 for writing) would not make the caller wait, at most
// so long. Returns how many bytes at least, 0 if it still would, negative on failure. Missing:
// streams count as always ready.
int64_t ready(uint32_t stream, uint64_t nanoseconds);

// Waits for so long, or less if something wakes the processor. Missing: a guest's sleep gets
// ENOSYS.
void sleep(uint64_t nanoseconds);

// Lets other tasks run. Missing: nothing happens.
void yield();

// Ends the program with an exit code, 0 for success; main() of a microcontroller's firmware that
// returns ends here. Without a debugger or an emulator there is nowhere to go to: the processor
// stops. Missing: main() must not return.
[[noreturn]] void exit(uint32_t code);

// What of the above the port has, as WASI takes it. Constant; needs no context. In a file of its
// own: a firmware that does not call it does not pay for it.
WasiSystem wasi_system();

// ---- Files -------------------------------------------------------------------------------------

// The files of the system, for WasiFiles (see mote/wasi_files.hpp). Constant; needs no context. In
// a file of its own: who does not call it does not pay for it. Missing: give WasiFiles a FileSystem
// of your own, or give the guest no files.
FileSystem file_system();

// Opens a directory of the system, by any path, to give it to WasiFiles::preopen(), which takes it
// over. Links in `path` are followed. Returns kSuccess, or what the system fails with.
wasi::Errno open_directory(StringView path, FileHandle* handle);

// ---- The native stack, measured (microcontrollers) ---------------------------------------------
// Start-up paints the stack with a pattern; what is not overwritten was not used. Not for interrupt
// handlers.

// Bytes that the stack may grow to (MOTE_STACK_SIZE of the firmware).
size_t native_stack_size();
// Bytes in use at the call.
size_t native_stack_used();
// Most bytes in use since start-up, or since the last restart. Cost: the size of the stack.
size_t native_stack_peak();
// Paints what is unused now. Cost: the size of the stack.
void restart_native_stack_peak();

}  // namespace mote::port
