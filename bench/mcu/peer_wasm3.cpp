// Guests in wasm3: see peer_wasm3.hpp. Uses its public header only.
#include "peer_wasm3.hpp"

#include <string.h>
#include <wasm3.h>

#include "marks.hpp"
#include "output.hpp"

namespace bench {

namespace {

void require(M3Result result, const char* name) {
  if (result != m3Err_none) fail(mote::StringView(result, strlen(result)), name);
}

void print_region(const char* kind, const char* name) {
  print("region wasm3_");
  print(kind);
  print(name);
  print("\n");
}

}  // namespace

void count_wasm3(const char* name, mote::Bytes wasm, int32_t expected) {
  IM3Environment environment = m3_NewEnvironment();
  IM3Runtime runtime = m3_NewRuntime(environment, 4096, nullptr);
  IM3Module module = nullptr;
  IM3Function function = nullptr;
  mote_bench_begin();
  M3Result result =
      m3_ParseModule(environment, &module, wasm.data(), static_cast<uint32_t>(wasm.size()));
  if (result == m3Err_none) result = m3_LoadModule(runtime, module);
  if (result == m3Err_none) result = m3_CompileModule(module);
  mote_bench_end();
  require(result, name);
  print_region("load_", name);
  require(m3_FindFunction(&function, runtime, "run"), name);
  mote_bench_begin();
  result = m3_CallV(function);
  mote_bench_end();
  require(result, name);
  print_region("", name);
  int32_t actual = 0;
  require(m3_GetResultsV(function, &actual), name);
  if (actual != expected) fail("wrong result of wasm3", name);
  m3_FreeRuntime(runtime);
  m3_FreeEnvironment(environment);
}

}  // namespace bench
