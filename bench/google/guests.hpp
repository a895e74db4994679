// What the benchmarks share: module files, and a store with an instance of guest.wat.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mote/mote.hpp>
#include <mote/port_linux.hpp>
#include <string>
#include <vector>

namespace mote::bench {

// A benchmark whose preparation fails measures nothing: say so and end.
inline void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "mote_bench: %s\n", what);
  std::exit(1);
}

inline std::vector<uint8_t> read_file(const std::string& path) {
  std::vector<uint8_t> bytes;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  require(file != nullptr, ("cannot open " + path).c_str());
  uint8_t chunk[65536];
  for (size_t size; (size = std::fread(chunk, 1, sizeof chunk, file)) > 0;) {
    bytes.insert(bytes.end(), chunk, chunk + size);
  }
  std::fclose(file);
  return bytes;
}

inline StringView view(const char* text) { return {text, std::char_traits<char>::length(text)}; }

// Makes the system back all of a range.
inline void touch(MutableBytes bytes) { memset(bytes.data(), 1, bytes.size()); }

// Host functions of guest.wat.
inline void do_nothing() {}
inline int32_t add(int32_t a, int32_t b) { return a + b; }
inline uint32_t sum(Span<const uint8_t> bytes) {
  uint32_t total = 0;
  for (const uint8_t byte : bytes) total += byte;
  return total;
}
constexpr HostFunction kHost[] = {host_function<do_nothing>("host", "nothing"),
                                  host_function<add>("host", "add"),
                                  host_function<sum>("host", "sum")};

// guest.wat, loaded and ready to be called.
class Guest {
 public:
  Guest() : memory_(size_t{4} << 20), store_(memory_.bytes(), {true}), execution_(store_, 65536) {
    const std::vector<uint8_t> bytes = read_file(MOTE_BENCH_GUEST);
    require(store_.provide(kHost).ok(), "provide");
    const Module* module = nullptr;
    require(load(store_, Bytes(bytes.data(), bytes.size()), &module).ok(), "load guest.wasm");
    require(store_.instantiate(module, &instance_).ok(), "instantiate guest.wasm");
  }

  Execution& execution() { return execution_; }
  Function function(const char* name) {
    const Function found = instance_->function(view(name));
    require(found.exists(), name);
    return found;
  }

 private:
  linux_port::ReservedMemory memory_;
  Store store_;
  Execution execution_;
  Instance* instance_ = nullptr;
};

}  // namespace mote::bench
