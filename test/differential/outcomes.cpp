// mote-outcomes: runs the modules that are named on standard input, and tells what came of each in
// a line of JSON. For run.py, which compares that with other engines.
//
//   mote-outcomes exports    each export in a new instance: {"t0": ["i64:5"], "t1": "trap text"}
//   mote-outcomes events     all exports without parameters in one instance, and the calls of the
//                            imported functions log-*: ["log-i32 i32:5", "name => i32:7"]
//   mote-outcomes fresh-events   the same, with export hangLimitInitializer called before each
//   other
//
// Values are their bits, unsigned, but that every NaN is the same.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <mote/mote.hpp>
#include <string>
#include <vector>

namespace {

using namespace mote;

constexpr uint64_t kFuel = uint64_t{1} << 26;

std::string text_of_value(ValueType type, uint64_t bits) {
  if (type == ValueType::kF32 && (bits & 0x7FFFFFFF) > 0x7F800000) return "f32:nan";
  if (type == ValueType::kF64 && (bits & ~(uint64_t{1} << 63)) > 0x7FF0000000000000)
    return "f64:nan";
  return std::string(name_of(type)) + ":" + std::to_string(bits);
}

using Events = std::vector<std::string>;

void log_value(Host& host, const char* name, Value value) {
  host.context_as<Events>().push_back(std::string(name) + " " +
                                      text_of_value(value.type, value.bits));
}
void log_i32(Host& host, int32_t value) { log_value(host, "log-i32", Value::i32(value)); }
void log_i64(Host& host, int64_t value) { log_value(host, "log-i64", Value::i64(value)); }
void log_f32(Host& host, float value) { log_value(host, "log-f32", Value::f32(value)); }
void log_f64(Host& host, double value) { log_value(host, "log-f64", Value::f64(value)); }

constexpr HostFunction kHost[] = {
    host_function<log_i32>("fuzzing-support", "log-i32"),
    host_function<log_i64>("fuzzing-support", "log-i64"),
    host_function<log_f32>("fuzzing-support", "log-f32"),
    host_function<log_f64>("fuzzing-support", "log-f64"),
};

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + "\"";
}

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
  Runner() : buffer_(size_t{16} << 20), store_(MutableBytes(buffer_.data(), buffer_.size())) {}

  std::string each_export(Bytes bytes) {
    std::string out;
    const Error error = begin(bytes);
    if (!error.ok()) return "{\"error\": " + quoted(text_of_error(error)) + "}";
    const uint32_t count = module_->export_count();
    for (uint32_t i = 0; i < count; i++) {
      if (!begin(bytes).ok()) break;
      const ExportInfo info = module_->export_at(i);
      if (info.type.kind != ExternKind::kFunction) continue;
      const std::string name(info.name.data(), info.name.size());
      std::string outcome;
      std::vector<std::string> results;
      if (call(info, &outcome, &results)) outcome = "[" + joined(results, ", ") + "]";
      out += (out.empty() ? "" : ", ") + quoted(name) + ": " + outcome;
    }
    return "{" + out + "}";
  }

  std::string events(Bytes bytes, bool fresh) {
    events_.clear();
    const Error error = begin(bytes);
    if (!error.ok()) return "[" + quoted(text_of_error(error)) + "]";
    for (uint32_t i = 0; i < module_->export_count(); i++) {
      const ExportInfo info = module_->export_at(i);
      if (info.type.kind != ExternKind::kFunction) continue;
      if (info.type.function.parameter_count != 0) continue;
      if (fresh) {
        const Function initializer = instance_->function("hangLimitInitializer");
        if (initializer.exists()) (void)run(initializer);
      }
      const std::string name(info.name.data(), info.name.size());
      std::string outcome;
      std::vector<std::string> results;
      if (call(info, &outcome, &results)) {
        for (std::string& result : results) result = result.substr(1, result.size() - 2);
        events_.push_back(name + " => " + joined(results, ", "));
      } else {
        events_.push_back(name + " traps: " + outcome.substr(1, outcome.size() - 2));
      }
    }
    std::vector<std::string> lines;
    for (const std::string& event : events_) lines.push_back(quoted(event));
    return "[" + joined(lines, ", ") + "]";
  }

 private:
  Error begin(Bytes bytes) {
    Error error = store_.reset();
    if (error.ok()) error = store_.provide(kHost, &events_);
    if (error.ok()) error = load(store_, bytes, &module_);
    if (error.ok()) error = store_.instantiate(module_, &instance_);
    return error;
  }

  // Runs in an execution of its own; its results are kept.
  Error run(Function function) {
    Execution execution(store_, 256 * 1024);
    execution.set_fuel(kFuel);
    const RunState state = execution.run(function, {});
    results_.clear();
    if (state == RunState::kTrapped) return execution.trap();
    Error error = execution.error();
    if (state == RunState::kOutOfFuel) error.code = ErrorCode::kNestedStop;
    for (uint32_t i = 0; i < execution.result_count(); i++) results_.push_back(execution.result(i));
    return error;
  }

  // False: `*outcome` is the text of the trap.
  bool call(const ExportInfo& info, std::string* outcome, std::vector<std::string>* results) {
    const Error error = run({instance_, info.index});
    *outcome = quoted(error.code == ErrorCode::kNestedStop ? "hang" : text_of(error.code));
    for (const Value& value : results_) {
      results->push_back(quoted(text_of_value(value.type, value.bits)));
    }
    return error.ok();
  }

  std::vector<uint8_t> buffer_;
  Store store_;
  Events events_;
  const Module* module_ = nullptr;
  Instance* instance_ = nullptr;
  std::vector<Value> results_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc == 2 ? argv[1] : "";
  if (mode != "exports" && mode != "events" && mode != "fresh-events") {
    std::fprintf(stderr, "usage: mote-outcomes exports|events|fresh-events < list of files\n");
    return 64;
  }
  Runner runner;
  std::string file;
  while (std::getline(std::cin, file)) {
    std::ifstream in(file, std::ios::binary);
    const std::vector<uint8_t> data{std::istreambuf_iterator<char>(in), {}};
    const Bytes bytes(data.data(), data.size());
    const std::string line = mode == "exports" ? runner.each_export(bytes)
                                               : runner.events(bytes, mode == "fresh-events");
    std::printf("%s\n", line.c_str());
  }
  return 0;
}
