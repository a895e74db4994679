// mote-outcomes: runs the modules that are named on standard input, and tells what came of each in
// a line of JSON. For run.py, which compares that with other engines.
//
//   mote-outcomes exports    each export without parameters in a new instance:
//                            {"t0": ["i64:5"], "t1": "trap text"}
//   mote-outcomes events     all exports without parameters in one instance, and the calls of the
//                            imported functions log-*: ["log-i32 i32:5", "name => i32:7"]
//   mote-outcomes fresh-events   the same, with export hangLimitInitializer called before each
//   other
//   mote-outcomes any        modules of any origin: what they import, which is supplied, and each
//                            exported function, called with zeros in a new instance:
//     {"imports": [["m", "f", "function", ["i32"]], ["m", "g", "global", ["i64", 1]],
//                  ["m", "t", "table", ["funcref", 1, 2]], ["m", "h", "memory", [1, -1]]],
//      "exports": {"a": [["i32"], ["i64:5"]], "b": [[], "trap text"]},
//      "instance": []}
//                            of functions the types of results, then of parameters; or
//                            "instance": "trap text"; or {"error": "text"} of a refused module
//
// Values are their bits, unsigned, but that every NaN is the same. What modules import from "host"
// is made as its name says; see generate.py, and oracle.js for the same in another language.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <mote/mote.hpp>
#include <string>
#include <vector>

namespace {

using namespace mote;

constexpr uint64_t kFuel = uint64_t{1} << 26;
// Modules of any origin hold many endless loops.
constexpr uint64_t kFuelOfAny = uint64_t{1} << 20;
constexpr uint32_t kMostExports = 512;

std::string text_of_value(ValueType type, uint64_t bits) {
  if (is_reference(type)) return std::string(name_of(type)) + (bits == 0 ? ":null" : ":ref");
  if (type == ValueType::kF32 && (bits & 0x7FFFFFFF) > 0x7F800000) return "f32:nan";
  if (type == ValueType::kF64 && (bits & ~(uint64_t{1} << 63)) > 0x7FF0000000000000)
    return "f64:nan";
  return std::string(name_of(type)) + ":" + std::to_string(bits);
}

// What host functions know. One for each instance.
struct World {
  std::vector<std::string> events;
  int32_t state = 0;
  uint32_t depth = 0;
  // The start function has run: until then, oracle.js does not know the instance.
  bool is_ready = false;
  std::vector<Extern> counters;  // imported globals that bump() changes
};

void log_value(Host& host, const char* name, Value value) {
  host.context_as<World>().events.push_back(std::string(name) + " " +
                                            text_of_value(value.type, value.bits));
}
void log_i32(Host& host, int32_t value) { log_value(host, "log-i32", Value::i32(value)); }
void log_i64(Host& host, int64_t value) { log_value(host, "log-i64", Value::i64(value)); }
void log_f32(Host& host, float value) { log_value(host, "log-f32", Value::f32(value)); }
void log_f64(Host& host, double value) { log_value(host, "log-f64", Value::f64(value)); }

// ---- Module "host" -----------------------------------------------------------------------------

int32_t mix32(Host& host, uint32_t value) {
  World& world = host.context_as<World>();
  world.state = static_cast<int32_t>(static_cast<uint32_t>(world.state) * 31 + value);
  return world.state;
}
uint64_t mix64(Host& host, uint64_t a, uint32_t b) {
  const uint32_t state = static_cast<uint32_t>(mix32(host, b));
  return a * 31 + state;
}
double mixed(float a, double b) { return static_cast<double>(a) + b; }
float single(double value) { return static_cast<float>(value); }
uint64_t many(uint32_t a, uint64_t b, uint32_t c, double d, float e, uint64_t f, uint32_t g) {
  return a + 3 * b + 5 * uint64_t{c} + 7 * f + 11 * uint64_t{g} + (d > 0 ? 13 : 0) +
         (e > 0 ? 17 : 0);
}
void note(Host& host) { (void)mix32(host, 1); }

// Grows memory 0 by 64 KiB, whatever its page size. Its size before in 64 KiB, or -1.
int32_t grow(Host& host) {
  if (!host.context_as<World>().is_ready) return -1;
  const Extern memory{ExternKind::kMemory, &host.instance(), 0, nullptr, nullptr};
  const uint64_t before = memory.byte_size();
  const uint32_t pages = uint32_t{1} << (16 - memory.type().page_size_log2);
  return memory.grow_memory(pages) ? static_cast<int32_t>(before >> 16) : -1;
}
void poke(Host& host, uint32_t address, uint32_t value) {
  if (!host.context_as<World>().is_ready) return;
  const MutableBytes bytes = host.memory(address & 0xFFF, 1);
  if (!bytes.empty()) bytes[0] = static_cast<uint8_t>(value);
}
// Changes imported integers.
void bump(Host& host) {
  for (const Extern& counter : host.context_as<World>().counters) {
    Value value = counter.get();
    value.bits = value.bits * 3 + 1;
    if (value.type == ValueType::kI32) value.bits = static_cast<uint32_t>(value.bits);
    (void)counter.set(value);
  }
}
// Calls back into the guest, but not for ever.
HostResult<int32_t> again(Host& host, int32_t value) {
  World& world = host.context_as<World>();
  if (!world.is_ready || world.depth == 3) return value;
  world.depth++;
  const Value argument = Value::i32(value);
  Value result;
  const Error error = host.call(host.instance().function("again"), {&argument, 1}, {&result, 1});
  world.depth--;
  if (!error.ok()) return host_trap(error.code);
  return result.as_i32();
}
ExternRef object(uint32_t number) { return ExternRef{number % 6}; }
uint32_t number_of_object(ExternRef object) { return object.bits; }

constexpr HostFunction kHost[] = {
    host_function<mix32>("host", "mix32"),
    host_function<mix64>("host", "mix64"),
    host_function<mixed>("host", "mixed"),
    host_function<single>("host", "single"),
    host_function<many>("host", "many"),
    host_function<note>("host", "note"),
    host_function<grow>("host", "grow"),
    host_function<poke>("host", "poke"),
    host_function<bump>("host", "bump"),
    host_function<again>("host", "again"),
    host_function<object>("host", "object"),
    host_function<number_of_object>("host", "number"),
    host_function<log_i32>("fuzzing-support", "log-i32"),
    host_function<log_i64>("fuzzing-support", "log-i64"),
    host_function<log_f32>("fuzzing-support", "log-f32"),
    host_function<log_f64>("fuzzing-support", "log-f64"),
};

// Supplies any function: results are zero, or null. `context` is how many bytes they take.
HostStatus return_zeros(Host& host, uint8_t* slots) {
  memset(slots, 0, host.context_as<uint32_t>());
  return {};
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(c));
      out += code;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string quoted_name(StringView name) { return quoted(std::string(name.data(), name.size())); }

std::string joined(const std::vector<std::string>& parts, const char* between) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : between) + part;
  return out;
}

std::string text_of_error(const Error& error) {
  char text[256];
  describe(error, text);
  return text;
}

class Runner {
 public:
  // `takes_any`: imports are not those of this project's generators. Their memories may be large;
  // of the buffer only what is used takes memory.
  explicit Runner(bool takes_any)
      : takes_any_(takes_any),
        fuel_(takes_any ? kFuelOfAny : kFuel),
        buffer_size_(size_t{takes_any ? 1024u : 24u} << 20),
        buffer_(static_cast<uint8_t*>(std::calloc(buffer_size_, 1)), std::free),
        store_(MutableBytes(buffer_.get(), buffer_size_)) {}

  std::string each_export(Bytes bytes) {
    std::string out;
    const Error error = load_module(bytes);
    if (!error.ok()) return "{\"error\": " + quoted(text_of_error(error)) + "}";
    const uint32_t count = module_->export_count();
    for (uint32_t i = 0; i < count; i++) {
      if (!load_module(bytes).ok()) break;
      const ExportInfo info = module_->export_at(i);
      if (!is_called(info)) continue;
      const std::string name(info.name.data(), info.name.size());
      std::string outcome;
      std::vector<std::string> results;
      const Error failure = instantiate();
      if (!failure.ok()) {
        outcome = quoted(text_of(failure.code));
      } else if (call(info, &outcome, &results)) {
        outcome = "[" + joined(results, ", ") + "]";
      }
      out += (out.empty() ? "" : ", ") + quoted(name) + ": " + outcome;
    }
    return "{" + out + "}";
  }

  std::string any(Bytes bytes) {
    const Error error = load_module(bytes);
    if (!error.ok()) return "{\"error\": " + quoted(text_of_error(error)) + "}";
    std::vector<std::string> imports;
    std::vector<std::string> exports;
    for (uint32_t i = 0; i < module_->import_count(); i++) {
      const ImportInfo info = module_->import(i);
      imports.push_back("[" + quoted_name(info.module_name) + ", " + quoted_name(info.field_name) +
                        ", " + text_of_type(info.type) + "]");
    }
    const Error instance = instantiate();
    const std::string there = instance.ok() ? "[]" : text_of_trap(instance);
    const uint32_t count = instance.ok() ? module_->export_count() : 0;
    for (uint32_t i = 0; i < count; i++) {
      const ExportInfo info = module_->export_at(i);
      if (info.type.kind != ExternKind::kFunction) continue;
      const FunctionType& type = info.type.function;
      const std::string head = quoted_name(info.name) + ": [" +
                               text_of_types(type.parameters, type.parameter_count) + ", ";
      std::string outcome = "\"not called\"";
      if (i < kMostExports) {
        std::vector<std::string> results;
        if (!load_module(bytes).ok() || !instantiate().ok()) {
          outcome = "\"no second instance\"";
        } else if (call(module_->export_at(i), &outcome, &results)) {
          outcome = "[" + joined(results, ", ") + "]";
        }
      }
      exports.push_back(head + outcome + "]");
    }
    return "{\"imports\": [" + joined(imports, ", ") + "], \"exports\": {" + joined(exports, ", ") +
           "}, \"instance\": " + there + "}";
  }

  std::string events(Bytes bytes, bool fresh) {
    Error error = load_module(bytes);
    if (error.ok()) error = instantiate();
    if (!error.ok()) return "[" + quoted(text_of_error(error)) + "]";
    for (uint32_t i = 0; i < module_->export_count(); i++) {
      const ExportInfo info = module_->export_at(i);
      if (!is_called(info)) continue;
      if (fresh) {
        const Function initializer = instance_->function("hangLimitInitializer");
        if (initializer.exists()) (void)run(initializer);
      }
      const std::string name(info.name.data(), info.name.size());
      std::string outcome;
      std::vector<std::string> results;
      if (call(info, &outcome, &results)) {
        for (std::string& result : results) result = result.substr(1, result.size() - 2);
        world_.events.push_back(name + " => " + joined(results, ", "));
      } else {
        world_.events.push_back(name + " traps: " + outcome.substr(1, outcome.size() - 2));
      }
    }
    std::vector<std::string> lines;
    for (const std::string& event : world_.events) lines.push_back(quoted(event));
    return "[" + joined(lines, ", ") + "]";
  }

 private:
  static std::string text_of_types(const ValueType* types, uint32_t count) {
    std::vector<std::string> names;
    for (uint32_t i = 0; i < count; i++) names.push_back(quoted(name_of(types[i])));
    return "[" + joined(names, ", ") + "]";
  }

  // "kind", [what has to be supplied]; -1: there is no maximum.
  static std::string text_of_type(const ExternType& type) {
    const std::string limits =
        std::to_string(type.limits.minimum) + ", " +
        (type.limits.has_maximum ? std::to_string(type.limits.maximum) : "-1");
    const std::string value = quoted(name_of(type.value));
    switch (type.kind) {
      case ExternKind::kMemory: return "\"memory\", [" + limits + "]";
      case ExternKind::kTable: return "\"table\", [" + value + ", " + limits + "]";
      case ExternKind::kGlobal:
        return "\"global\", [" + value + (type.is_mutable ? ", 1]" : ", 0]");
      default: break;
    }
    return "\"function\", " + text_of_types(type.function.results, type.function.result_count);
  }

  // Stands for an execution that used up its fuel.
  static Error out_of_fuel() {
    Error error;
    error.code = ErrorCode::kNestedStop;
    return error;
  }
  static std::string text_of_trap(const Error& error) {
    return quoted(error.code == ErrorCode::kNestedStop ? "hang" : text_of(error.code));
  }

  static bool is_called(const ExportInfo& info) {
    return info.type.kind == ExternKind::kFunction && info.type.function.parameter_count == 0;
  }

  Error load_module(Bytes bytes) {
    Error error = store_.reset();
    if (error.ok()) error = load(store_, bytes, &module_);
    return error;
  }

  Error instantiate() {
    world_ = World();
    imports_.clear();
    hosts_.clear();
    for (uint32_t i = 0; i < module_->import_count(); i++) {
      Extern made;
      const Error error = import(module_->import(i), &made);
      if (!error.ok()) return error;
      imports_.push_back(made);
    }
    const Span<const Extern> given(imports_.data(), imports_.size());
    const Error error = store_.instantiate(module_, given, &instance_);
    if (!error.ok()) return error;
    Execution execution(store_, kStack);
    // What code takes from its stack by mistake is the same in all builds, and seldom right.
    execution.restart_stack_peak();
    execution.set_fuel(fuel_);
    const Error start = execution.start_instance(instance_);
    if (!start.ok()) return start;
    const RunState state =
        execution.state() == RunState::kDone ? RunState::kDone : execution.resume();
    if (state == RunState::kTrapped) return execution.trap();
    if (state != RunState::kDone) return out_of_fuel();
    world_.is_ready = true;
    return {};
  }

  Error import(const ImportInfo& info, Extern* made) {
    const std::string field(info.field_name.data(), info.field_name.size());
    const std::string from(info.module_name.data(), info.module_name.size());
    switch (info.type.kind) {
      case ExternKind::kMemory: return make_memory(store_, info.type, made);
      case ExternKind::kTable:
        return make_table(store_, info.type, Value::null(info.type.value), made);
      case ExternKind::kGlobal: {
        // "globalNUMBER TYPE MUTABLE BITS"
        const uint64_t bits =
            takes_any_ ? 0 : std::strtoull(field.c_str() + field.rfind(' '), nullptr, 10);
        const ValueType type = info.type.value;
        const Error error = make_global(store_, info.type, {type, bits}, made);
        const bool counts = type == ValueType::kI32 || type == ValueType::kI64;
        if (error.ok() && info.type.is_mutable && counts) world_.counters.push_back(*made);
        return error;
      }
      default: break;
    }
    if (takes_any_) {
      const FunctionType& type = info.type.function;
      uint32_t size = 0;
      for (uint32_t i = 0; i < type.result_count; i++) {
        const bool is_long =
            type.results[i] == ValueType::kI64 || type.results[i] == ValueType::kF64;
        size += is_long ? 8 : 4;
      }
      hosts_.push_back({{"", "", type, detail::as_thunk<return_zeros>}, size});
      *made = Extern::of(hosts_.back().function, &hosts_.back().result_bytes);
      return {};
    }
    for (const HostFunction& function : kHost) {
      if (from == function.module_name && field == function.field_name) {
        *made = Extern::of(function, &world_);
      }
    }
    return {};  // what is not found does not exist, and is refused
  }

  // Runs in an execution of its own; its results are kept.
  Error run(Function function, Span<const Value> arguments = {}) {
    Execution execution(store_, kStack);
    execution.restart_stack_peak();
    execution.set_fuel(fuel_);
    const RunState state = execution.run(function, arguments);
    results_.clear();
    if (state == RunState::kTrapped) return execution.trap();
    const Error error = state == RunState::kOutOfFuel ? out_of_fuel() : execution.error();
    for (uint32_t i = 0; i < execution.result_count(); i++) results_.push_back(execution.result(i));
    return error;
  }

  // False: `*outcome` is the text of the trap.
  bool call(const ExportInfo& info, std::string* outcome, std::vector<std::string>* results) {
    std::vector<Value> zeros;
    const FunctionType& type = info.type.function;
    for (uint32_t i = 0; i < type.parameter_count; i++) zeros.push_back({type.parameters[i], 0});
    const Error error = run({instance_, info.index}, {zeros.data(), zeros.size()});
    *outcome = text_of_trap(error);
    for (const Value& value : results_) {
      results->push_back(quoted(text_of_value(value.type, value.bits)));
    }
    return error.ok();
  }

  static constexpr uint32_t kStack = 2 * 1024 * 1024;

  struct AnyHost {
    HostFunction function;
    uint32_t result_bytes;
  };

  bool takes_any_;
  uint64_t fuel_;
  size_t buffer_size_;
  std::unique_ptr<uint8_t, void (*)(void*)> buffer_;
  Store store_;
  World world_;
  std::deque<AnyHost> hosts_;  // what imports_ points to
  std::vector<Extern> imports_;
  const Module* module_ = nullptr;
  Instance* instance_ = nullptr;
  std::vector<Value> results_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc == 2 ? argv[1] : "";
  if (mode != "exports" && mode != "events" && mode != "fresh-events" && mode != "any") {
    std::fprintf(stderr, "usage: mote-outcomes exports|events|fresh-events|any < list of files\n");
    return 64;
  }
  Runner runner(mode == "any");
  std::string file;
  while (std::getline(std::cin, file)) {
    std::ifstream in(file, std::ios::binary);
    const std::vector<uint8_t> data{std::istreambuf_iterator<char>(in), {}};
    const Bytes bytes(data.data(), data.size());
    const std::string line = mode == "any"       ? runner.any(bytes)
                             : mode == "exports" ? runner.each_export(bytes)
                                                 : runner.events(bytes, mode == "fresh-events");
    std::printf("%s\n", line.c_str());
  }
  return 0;
}
