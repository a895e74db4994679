// mote run: a guest with WASI and two simple devices, in the memory and with the fuel it is given.
#include "run.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <mote/port_linux.hpp>
#include <mote/wasi_files.hpp>

#include "debug_module.hpp"
#include "interrupt.hpp"
#include "profile.hpp"
#include "trace.hpp"
#include "values.hpp"

namespace mote::tool {

namespace {

// ---- Host functions beside WASI: module "env" ------------------------------------------------

void log_text(StringView text) {
  std::fputs("log: ", stdout);
  std::fwrite(text.data(), 1, text.size(), stdout);  // zero bytes and all
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

void gpio_write(uint32_t pin, uint32_t level) {
  std::printf("gpio: pin %u = %u\n", pin, level);
  std::fflush(stdout);
}

// What AssemblyScript calls when an assertion fails: message, file name, line, column.
HostStatus assembly_script_abort(uint32_t, uint32_t, uint32_t line, uint32_t) {
  std::fprintf(stderr, "mote: the guest called abort (source line %u)\n", line);
  return host_trap(ErrorCode::kHostTrap, line);
}

constexpr HostFunction kDevices[] = {
    host_function<log_text>("env", "log"),
    host_function<gpio_write>("env", "gpio_write"),
    host_function<assembly_script_abort>("env", "abort"),
};

// ---- Running ---------------------------------------------------------------------------------

// A system keeps eight bits of an exit code; a failure must not become a success.
int exit_code(const RunOptions& options, uint32_t code) {
  if (code == 0 || (code & 0xFF) != 0) return static_cast<int>(code & 0xFF);
  std::fprintf(stderr, "mote: %s: the guest's exit code %u is reported as 255\n",
               options.file.c_str(), code);
  return 255;
}

// The exit code for how the execution stopped, after a message. 0: it is done.
int conclude(const RunOptions& options, const Execution& execution, const Module& module) {
  const DebugInfo* const debug_info = options.loaded.debug_info.get();
  switch (execution.state()) {
    case RunState::kDone: return 0;
    case RunState::kTrapped: {
      const Error trap = execution.trap();
      if (trap.code == ErrorCode::kHostExit) return exit_code(options, trap.index);
      const int code = report_error(options.file, trap, &module);
      print_backtrace(execution, debug_info);
      return code;
    }
    case RunState::kOutOfFuel:
      std::fprintf(stderr, "mote: %s: out of fuel\n", options.file.c_str());
      print_backtrace(execution, debug_info);
      return kExitExhausted;
    case RunState::kInterrupted:
      std::fprintf(stderr, "mote: %s: interrupted\n", options.file.c_str());
      print_backtrace(execution, debug_info);
      return kExitInterrupted;
    default: break;
  }
  std::fprintf(stderr, "mote: %s: the guest waits for a host function\n", options.file.c_str());
  return kExitTrap;
}

bool has_ended(const Execution& execution) { return execution.state() != RunState::kDone; }

int usage(const RunOptions& options, const std::string& message) {
  std::fprintf(stderr, "mote: %s: %s\n", options.file.c_str(), message.c_str());
  return kExitUsage;
}

int invoke(const RunOptions& options, Execution& execution, Instance& instance, Profile& profile) {
  const StringView name(options.invoke.data(), options.invoke.size());
  const Function function = instance.function(name);
  if (!function.exists()) {
    return usage(options, "exports no function \"" + options.invoke + "\"");
  }
  const FunctionType type = instance.function_type(function.index);
  if (options.arguments.size() != type.parameter_count) {
    return usage(options, "\"" + options.invoke + "\" is " + to_text(type) + ": takes " +
                              std::to_string(type.parameter_count) + " arguments, given " +
                              std::to_string(options.arguments.size()));
  }
  std::vector<Value> arguments(options.arguments.size());
  for (size_t i = 0; i < arguments.size(); i++) {
    if (!parse_value(options.arguments[i], type.parameters[i], &arguments[i])) {
      return usage(options, "argument " + std::to_string(i + 1) + ", \"" + options.arguments[i] +
                                "\", is no " + name_of(type.parameters[i]));
    }
  }
  const Error error =
      execution.start(function, Span<const Value>(arguments.data(), arguments.size()));
  if (!error.ok()) return report_error(options.file, error, &instance.module());
  profile.begin_call();
  execution.resume();
  const int code = conclude(options, execution, instance.module());
  if (has_ended(execution)) return code;
  for (uint32_t i = 0; i < execution.result_count(); i++) {
    std::printf("%s\n", print_value(execution.result(i)).c_str());
  }
  return code;
}

// Runs an exported function without parameters, if there is one.
int run_export(const RunOptions& options, Execution& execution, Instance& instance,
               Profile& profile, const char* name, bool* found) {
  const Function function = instance.function(name);
  *found = function.exists();
  if (!*found) return 0;
  const Error error = execution.start(function, {});
  if (!error.ok()) return report_error(options.file, error, &instance.module());
  profile.begin_call();
  execution.resume();
  return conclude(options, execution, instance.module());
}

int run_guest(const RunOptions& options, Execution& execution, Instance& instance,
              Profile& profile) {
  const Error error = execution.start_instance(&instance);
  if (!error.ok()) return report_error(options.file, error, &instance.module());
  profile.begin_call();
  execution.resume();
  int code = conclude(options, execution, instance.module());
  if (has_ended(execution)) return code;
  bool found = false;
  if (!options.has_invoke) {
    code = run_export(options, execution, instance, profile, "_start", &found);
    if (!found) {
      return usage(options, "exports no _start function; name one with --invoke");
    }
    return code;
  }
  // A WASI reactor sets itself up before anything else may be called.
  code = run_export(options, execution, instance, profile, "_initialize", &found);
  if (found && has_ended(execution)) return code;
  return invoke(options, execution, instance, profile);
}

void print_report(const Store& store, const Module& module, const Instance* instance,
                  const Execution& execution) {
  const ModuleInfo info = module.info();
  const MemoryReport memory = store.memory();
  std::fprintf(stderr, "RAM report (bytes)\n");
  std::fprintf(stderr, "  module          %8u   (code %u%s, of which maps for backtraces %u)\n",
               info.arena_bytes, info.code_bytes, info.code_in_place ? " in the image" : "",
               info.offset_map_bytes);
  if (instance != nullptr && instance->has_memory()) {
    std::fprintf(stderr, "  linear memory   %8llu   touched, of %llu declared\n",
                 static_cast<unsigned long long>(instance->memory_backed()),
                 static_cast<unsigned long long>(instance->memory_size()));
  }
  std::fprintf(stderr, "  guest stack     %8u   used\n", execution.stack_peak());
  std::fprintf(stderr, "  all in use      %8zu   of %zu; loading needed %u at its peak\n",
               memory.used + memory.scratch, memory.total, info.load_peak_bytes);
}

// ---- Directories -----------------------------------------------------------------------------

constexpr size_t kMaxDescriptors = 1024;
constexpr size_t kLinkBytes = 2 * 4096;  // for two paths as long as the system has them

StringView view(const std::string& text) { return StringView(text.data(), text.size()); }

int refuse_directory(const std::string& directory, const char* why) {
  std::fprintf(stderr, "mote: --dir %s: %s\n", printable(view(directory)).c_str(), why);
  return kExitUsage;
}

// Opens the directories of --dir: HOST, or HOST::GUEST.
int preopen(const RunOptions& options, WasiFiles& files) {
  for (const std::string& directory : options.directories) {
    const size_t split = directory.find("::");
    const std::string host = directory.substr(0, split);
    // The guest's name stays where the options are.
    const size_t guest_at = split == std::string::npos ? 0 : split + 2;
    const StringView guest(directory.data() + guest_at, directory.size() - guest_at);
    if (host.empty() || guest.empty()) {
      return refuse_directory(directory, "takes HOST or HOST::GUEST, neither of them empty");
    }
    FileHandle handle = 0;
    errno = 0;
    if (port::open_directory(view(host), &handle) != wasi::kSuccess) {
      return refuse_directory(host, errno != 0 ? std::strerror(errno) : "the path is too long");
    }
    if (files.preopen(guest, handle) != wasi::kSuccess) {
      return refuse_directory(directory, "too many directories");
    }
  }
  return 0;
}

int load_guest(RunOptions& options, Store& store, const Module** module, Profile& profile) {
  if (!options.debug_info && !options.profile) {
    return load_file(store, options.file, options.feed, module);
  }
  const int code = load_debug_module(store, options.file, options.feed, &options.loaded);
  *module = options.loaded.module;
  if (code != 0) return code;
  if (options.debug_info) options.loaded.read_debug_info(options.file);
  return options.profile ? profile.begin(options.file, options.loaded) : 0;
}

}  // namespace

int run(RunOptions& options) {
  linux_port::ReservedMemory memory(static_cast<size_t>(options.memory));
  if (memory.bytes().empty()) {
    std::fprintf(stderr, "mote: cannot reserve %llu bytes\n",
                 static_cast<unsigned long long>(options.memory));
    return kExitExhausted;
  }
  Trace trace(options.trace);
  Store store(memory.bytes(), {true});
  uint64_t stack = options.stack;
  if (stack == 0) stack = std::min<uint64_t>(options.memory / 8, 1024 * 1024);
  Execution execution(store, static_cast<uint32_t>(std::min<uint64_t>(stack, UINT32_MAX)));
  if (!execution.error().ok()) return report_error(options.file, execution.error(), nullptr);
  if (options.report) execution.restart_stack_peak();
  if (options.fuel != UINT64_MAX) execution.set_fuel(options.fuel);

  std::vector<StringView> arguments = {StringView(options.file.data(), options.file.size())};
  for (const std::string& argument : options.arguments) {
    arguments.push_back(StringView(argument.data(), argument.size()));
  }
  std::vector<StringView> environment;
  for (const std::string& variable : options.environment) {
    environment.push_back(view(variable));
  }
  Wasi wasi(interruptible(linux_port::wasi_system()),
            Span<const StringView>(arguments.data(), options.has_invoke ? 1 : arguments.size()),
            Span<const StringView>(environment.data(), environment.size()));
  std::vector<WasiDescriptor> descriptors(kMaxDescriptors);
  std::vector<uint8_t> links(kLinkBytes);
  WasiFiles files(wasi, port::file_system(),
                  Span<WasiDescriptor>(descriptors.data(), descriptors.size()),
                  MutableBytes(links.data(), links.size()));
  int code = preopen(options, files);
  if (code != 0) return code;
  for (const Error& error :
       {trace.provide(store, kDevices), trace.provide(store, Wasi::functions(), &wasi),
        trace.provide(store, WasiFiles::functions(), &files)}) {
    if (!error.ok()) return report_error(options.file, error, nullptr);
  }

  const Module* module = nullptr;
  Profile profile;
  code = load_guest(options, store, &module, profile);
  if (code != 0) return code;
  Instance* instance = nullptr;
  const Error error = store.instantiate(module, &instance);
  if (!error.ok()) return report_error(options.file, error, module);
  const InterruptWatch watch(execution, options.file);
  code = run_guest(options, execution, *instance, profile);
  profile.begin_call();
  if (profile.is_on()) profile.print();
  if (!options.profile_stacks.empty()) {
    const int written = profile.write_stacks(options.profile_stacks);
    if (code == 0) code = written;
  }
  if (options.report) print_report(store, *module, instance, execution);
  return code;
}

}  // namespace mote::tool
