// Firmware: loads and runs each guest between two marks, and the same work natively. run.py counts
// the instructions between the marks; the n-th region is the n-th line "region NAME" printed here.
#include <mote/mote.hpp>
#include <mote/port.hpp>

#include "coremark_class.wasm.hpp"
#include "crc32.wasm.hpp"
#include "fib.wasm.hpp"
#include "marks.hpp"
#include "matmul.wasm.hpp"
#include "medium.wasm.hpp"
#include "native.hpp"
#include "output.hpp"
#include "sieve.wasm.hpp"
#ifdef MOTE_BENCH_WAMR
#include "peer_wamr.hpp"
#endif
#ifdef MOTE_BENCH_WASM3
#include "peer_wasm3.hpp"
#endif

namespace {

struct Guest {
  const char* name;
  mote::Bytes wasm;
  int32_t (*native)();
};

constexpr Guest kGuests[] = {
    {"fib", kFib, native_fib::run},
    {"sieve", kSieve, native_sieve::run},
    {"crc32", kCrc32, native_crc32::run},
    {"matmul", kMatmul, native_matmul::run},
    {"medium", kMedium, native_medium::run},
    {"coremark_class", kCoremarkClass, native_coremark_class::run},
};

void print_region(const char* kind, const char* name) {
  bench::print("region ");
  bench::print(kind);
  bench::print(name);
  bench::print("\n");
}

void measure(mote::MutableBytes ram, const Guest& guest) {
  mote::Store store(ram);
  mote::LoadOptions options;
  options.bytes_stay = true;
  const mote::Module* module = nullptr;
  mote_bench_begin();
  const mote::Error error = mote::load(store, guest.wasm, &module, options);
  mote_bench_end();
  if (!error.ok()) bench::fail("load", guest.name);
  print_region("load_", guest.name);

  mote::Instance* instance = nullptr;
  if (!store.instantiate(module, &instance).ok()) bench::fail("instantiate", guest.name);
  mote::Execution execution(store, 4096);
  const mote::Function run = instance->function("run");
  mote_bench_begin();
  const mote::RunState state = execution.run(run, {});
  mote_bench_end();
  if (state != mote::RunState::kDone) bench::fail("run", guest.name);
  print_region("", guest.name);

  mote_bench_begin();
  const int32_t expected = guest.native();
  mote_bench_end();
  print_region("native_", guest.name);
  if (execution.result(0).as_i32() != expected) bench::fail("wrong result", guest.name);
#ifdef MOTE_BENCH_WASM3
  bench::count_wasm3(guest.name, guest.wasm, expected);
#endif
#ifdef MOTE_BENCH_WAMR
  bench::count_wamr(guest.name, guest.wasm, expected);
#endif
}

}  // namespace

int main() {
  const mote::port::Ram ram(SIZE_MAX);
  for (const Guest& guest : kGuests) measure(ram.bytes(), guest);
  return 0;
}
