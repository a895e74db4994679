// Runs the same WASI programs in Mote and, through their public C APIs, in wasm3 and WAMR, all in
// this one process: what remains is loading and running, without starting a process.
//
//   mote_inprocess [--runs N] [--eager] [--load] X.wasm...
//
// --eager: wasm3 compiles all functions when loading, as the others do. --load: do not run.
//
// Guests write to standard output; give it to /dev/null, the table goes to standard error. Their
// agreement is checked by compare.py, not here. Peers are built in where their installed library
// and header were found.
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mote/mote.hpp>
#include <mote/port_linux.hpp>
#include <mote/wasi.hpp>
#include <string>
#include <vector>

#ifdef MOTE_COMPARE_WASM3
#include <m3_api_wasi.h>
#include <wasm3.h>
#endif
#ifdef MOTE_COMPARE_WAMR
#include <wasm_export.h>
#endif

namespace {

using Bytes = std::vector<uint8_t>;

struct Options {
  int runs = 5;
  bool eager = false;
  bool load_only = false;
};

double user_seconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec) * 1e-6;
}

// What one run took, in seconds of user time.
struct Cost {
  bool ok = false;
  double load = 0, run = 0;
};

Cost run_mote(const Bytes& bytes, const Options& options) {
  // Kept from run to run, as the peers' malloc keeps what they give back: the system backs it once.
  static mote::linux_port::ReservedMemory memory(size_t{256} << 20);
  Cost cost;
  const double start = user_seconds();
  mote::Store store(memory.bytes());
  const mote::StringView name("workload", 8);
  mote::Wasi wasi(mote::linux_port::wasi_system(), mote::Span<const mote::StringView>(&name, 1));
  const mote::Module* module = nullptr;
  mote::Instance* instance = nullptr;
  if (!store.provide(mote::Wasi::functions(), &wasi).ok() ||
      !mote::load(store, mote::Bytes(bytes.data(), bytes.size()), &module).ok() ||
      !store.instantiate(module, &instance).ok()) {
    return cost;
  }
  const double loaded = user_seconds();
  cost.load = loaded - start;
  if (options.load_only) {
    cost.ok = true;
    return cost;
  }
  mote::Execution execution(store, 1024 * 1024);
  const mote::RunState state = execution.run(instance->function(mote::StringView("_start", 6)), {});
  cost.run = user_seconds() - loaded;
  const mote::Error trap = execution.trap();
  cost.ok = state == mote::RunState::kDone ||
            (trap.code == mote::ErrorCode::kHostExit && trap.index == 0);
  return cost;
}

#ifdef MOTE_COMPARE_WASM3
// Unless asked to be eager, wasm3 compiles a function when it is first called: its run then has
// most of its translation.
Cost run_wasm3(const Bytes& bytes, const Options& options) {
  Cost cost;
  const double start = user_seconds();
  IM3Environment environment = m3_NewEnvironment();
  IM3Runtime runtime = m3_NewRuntime(environment, 1024 * 1024, nullptr);
  IM3Module module = nullptr;
  IM3Function function = nullptr;
  M3Result result =
      m3_ParseModule(environment, &module, bytes.data(), static_cast<uint32_t>(bytes.size()));
  if (result == m3Err_none) result = m3_LoadModule(runtime, module);
  if (result == m3Err_none) result = m3_LinkWASI(module);
  if (result == m3Err_none && options.eager) result = m3_CompileModule(module);
  if (result == m3Err_none) result = m3_FindFunction(&function, runtime, "_start");
  if (result == m3Err_none) {
    const char* arguments[] = {"workload"};
    m3_GetWasiContext()->argc = 1;
    m3_GetWasiContext()->argv = arguments;
    const double loaded = user_seconds();
    cost.load = loaded - start;
    if (!options.load_only) result = m3_CallV(function);
    cost.run = user_seconds() - loaded;
    cost.ok =
        result == m3Err_none || (result == m3Err_trapExit && m3_GetWasiContext()->exit_code == 0);
  }
  m3_FreeRuntime(runtime);
  m3_FreeEnvironment(environment);
  return cost;
}
#endif

#ifdef MOTE_COMPARE_WAMR
Cost run_wamr(const Bytes& given, const Options& options) {
  Cost cost;
  Bytes bytes = given;  // WAMR writes into the module
  char error[128] = "";
  const double start = user_seconds();
  if (!wasm_runtime_init()) return cost;
  wasm_module_t module =
      wasm_runtime_load(bytes.data(), static_cast<uint32_t>(bytes.size()), error, sizeof error);
  if (module != nullptr) {
    char name[] = "workload";
    char* arguments[] = {name};
    wasm_runtime_set_wasi_args(module, nullptr, 0, nullptr, 0, nullptr, 0, arguments, 1);
    wasm_module_inst_t instance =
        wasm_runtime_instantiate(module, 1024 * 1024, 0, error, sizeof error);
    if (instance != nullptr) {
      const double loaded = user_seconds();
      cost.load = loaded - start;
      cost.ok = options.load_only || wasm_application_execute_main(instance, 1, arguments);
      cost.run = user_seconds() - loaded;
      wasm_runtime_deinstantiate(instance);
    }
    wasm_runtime_unload(module);
  }
  wasm_runtime_destroy();
  return cost;
}
#endif

struct Engine {
  const char* name;
  Cost (*run)(const Bytes& bytes, const Options& options);
};
const Engine kEngines[] = {
    {"mote", run_mote},
#ifdef MOTE_COMPARE_WASM3
    {"wasm3", run_wasm3},
#endif
#ifdef MOTE_COMPARE_WAMR
    {"wamr", run_wamr},
#endif
};
constexpr size_t kEngineCount = sizeof kEngines / sizeof kEngines[0];

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 != 0 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

bool read_file(const char* path, Bytes* bytes) {
  std::FILE* file = std::fopen(path, "rb");
  if (file == nullptr) return false;
  uint8_t chunk[65536];
  for (size_t size; (size = std::fread(chunk, 1, sizeof chunk, file)) > 0;) {
    bytes->insert(bytes->end(), chunk, chunk + size);
  }
  const bool ok = std::ferror(file) == 0;
  std::fclose(file);
  return ok;
}

// One line of the table: load and run of Mote, and for each peer its figures and Mote's ratio.
// Adds the logarithm of each peer's ratio to `logs`. False when an engine failed.
bool compare(const char* path, const Options& options, double* logs) {
  Bytes bytes;
  if (!read_file(path, &bytes)) {
    std::fprintf(stderr, "%s: cannot read\n", path);
    return false;
  }
  std::vector<double> load[kEngineCount], run[kEngineCount], ratio[kEngineCount];
  for (int r = 0; r < options.runs; r++) {
    for (size_t e = 0; e < kEngineCount; e++) {
      const Cost cost = kEngines[e].run(bytes, options);
      std::fflush(stdout);
      if (!cost.ok) {
        std::fprintf(stderr, "%s: %s failed\n", path, kEngines[e].name);
        return false;
      }
      load[e].push_back(cost.load);
      run[e].push_back(cost.run);
      ratio[e].push_back((load[0][r] + run[0][r]) / std::max(cost.load + cost.run, 1e-6));
    }
  }
  const char* slash = std::strrchr(path, '/');
  std::fprintf(stderr, "%-24s", slash != nullptr ? slash + 1 : path);
  for (size_t e = 0; e < kEngineCount; e++) {
    std::fprintf(stderr, "  %s %.4f + %.4f", kEngines[e].name, median(load[e]), median(run[e]));
    if (e == 0) continue;
    std::fprintf(stderr, " (ratio %.3f)", median(ratio[e]));
    logs[e] += std::log(median(ratio[e]));
  }
  std::fprintf(stderr, "\n");
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  int first = 1;
  for (; first < argc && argv[first][0] == '-'; first++) {
    if (std::strcmp(argv[first], "--eager") == 0) {
      options.eager = true;
    } else if (std::strcmp(argv[first], "--load") == 0) {
      options.load_only = true;
    } else if (std::strcmp(argv[first], "--runs") == 0 && first + 1 < argc) {
      options.runs = std::atoi(argv[++first]);
    } else {
      break;
    }
  }
  if (first >= argc || argv[first][0] == '-' || options.runs < 1) {
    std::fprintf(stderr, "usage: mote_inprocess [--runs N] [--eager] [--load] X.wasm...\n");
    return 64;
  }
  std::fprintf(stderr, "seconds of user time, load + run, median of %d; ratio: mote to peer\n",
               options.runs);
  double logs[kEngineCount] = {};
  int compared = 0, failed = 0;
  for (int i = first; i < argc; i++) {
    if (compare(argv[i], options, logs)) {
      compared++;
    } else {
      failed++;
    }
  }
  for (size_t e = 1; e < kEngineCount && compared > 0; e++) {
    std::fprintf(stderr, "geometric mean of %d: %.3f of %s\n", compared,
                 std::exp(logs[e] / compared), kEngines[e].name);
  }
  return failed == 0 ? 0 : 1;
}
