// Runs one script of the suite: see script.hpp.
#include "script.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <mote/mote.hpp>
#include <mote/port_linux.hpp>
#include <nlohmann/json.hpp>

#include "judge.hpp"
#include "spectest.hpp"
#include "values.hpp"

namespace mote::spec {

namespace {

using Json = nlohmann::json;

constexpr size_t kStoreBytes = size_t{2} << 30;  // reserved, not used
constexpr uint32_t kStackBytes = 512 * 1024;
// Far more than any test needs: an engine that hangs fails instead.
constexpr uint64_t kFuel = uint64_t{1} << 31;

// The end of a case that does not pass.
struct Failed {
  std::string why;
};
struct Skipped {
  std::string reason;
};

std::string text(const Error& error) {
  char buffer[256];
  describe(error, buffer);
  return buffer;
}

bool same_error(const Error& a, const Error& b) {
  return a.code == b.code && a.offset == b.offset && a.function == b.function &&
         a.feature == b.feature && a.index == b.index;
}

StringView view(const std::string& text) { return StringView(text.data(), text.size()); }

bool has_prefix(const std::string& text, const std::string& prefix) {
  return text.compare(0, prefix.size(), prefix) == 0;
}

class Script {
 public:
  Script(std::filesystem::path file, std::string name, const std::vector<std::string>& classes,
         Feeding& feeding, Report& report)
      : folder_(file.parent_path()),
        name_(std::move(name)),
        classes_(classes),
        feeding_(feeding),
        report_(report),
        memory_(kStoreBytes),
        whole_memory_(kStoreBytes),
        store_(memory_.bytes(), {true}),
        whole_store_(whole_memory_.bytes(), {true}),
        execution_(store_, kStackBytes) {}

  void run(const Json& commands) {
    const Error error = provide_spectest(store_);
    if (!error.ok()) {
      report_.fail("1.0", name_, "the spectest module does not load: " + text(error));
      return;
    }
    for (size_t i = 0; i < commands.size(); i++) {
      const Json& command = commands[i];
      class_ = i < classes_.size() ? classes_[i] : "";
      const std::string type = command.at("type");
      const bool is_assertion = has_prefix(type, "assert_");
      const std::string where = name_ + ":" + std::to_string(command.value("line", 0)) + " " + type;
      try {
        run_command(type, command);
        if (is_assertion) report_.pass(class_or_default());
      } catch (const Skipped& skipped) {
        // What depends on a module that was refused is skipped in its turn.
        if (is_assertion) report_.skip(class_or_default(), skipped.reason);
      } catch (const Failed& failed) {
        if (class_is_supported()) {
          report_.fail(class_or_default(), where, failed.why);
        } else if (is_assertion) {
          report_.skip(class_or_default(), "needs " + class_or_default());
        }
      }
    }
  }

 private:
  struct Loaded {
    const Module* module = nullptr;
    Instance* instance = nullptr;
    std::string missing;  // the feature for which it was refused
    std::string feature_class;
  };

  std::string class_or_default() const { return class_.empty() ? "1.0" : class_; }

  // Without a list of classes, a command has the class of its module.
  void derive_class(const std::string& feature_class) {
    if (classes_.empty()) class_ = feature_class;
  }
  static std::string class_of_module(const Module& module) {
    const StringView found = class_of(module);
    return std::string(found.data(), found.size());
  }
  bool class_is_supported() const { return is_supported(view(class_or_default())); }

  // Throws what the judge says.
  static void obey(const Verdict& verdict, const std::string& expected) {
    if (verdict.kind == Verdict::kFailed) {
      throw Failed{std::string(verdict.why) + ", expected \"" + expected + "\", found \"" +
                   text(verdict.error) + "\""};
    }
    if (verdict.kind != Verdict::kSkipped) return;
    const bool is_feature = verdict.reason >= SkipReason::kFeatureFirst;
    const auto feature = static_cast<Feature>(static_cast<uint8_t>(verdict.reason) -
                                              static_cast<uint8_t>(SkipReason::kFeatureFirst));
    throw Skipped{std::string(text_of(verdict.reason)) +
                  (is_feature ? std::string(" ") + name_of(feature) : "")};
  }

  std::vector<uint8_t> read(const Json& command) {
    const std::string kind = command.value("module_type", "binary");
    if (kind != "binary") throw Skipped{"a module in the text format"};
    const std::filesystem::path path = folder_ / command.at("filename").get<std::string>();
    std::ifstream in(path, std::ios::binary);
    if (!in) throw Failed{"cannot read " + path.string()};
    return {std::istreambuf_iterator<char>(in), {}};
  }

  Error load_module(const std::vector<uint8_t>& bytes, const Module** module) {
    const Bytes all(bytes.data(), bytes.size());
    if (feeding_.kind == Feeding::kWhole) return finish_class(load(store_, all, module), *module);
    // Fed in pieces, the outcome must be that of the whole.
    const Module* whole = nullptr;
    const Error whole_error = load(whole_store_, all, &whole);
    const ModuleInfo whole_info = whole == nullptr ? ModuleInfo() : whole->info();
    if (!whole_store_.reset().ok()) throw Failed{"the store is busy"};
    const Error error = load_pieces(all, module);
    if (!same_error(error, whole_error)) {
      throw Failed{"whole: " + text(whole_error) + "; in pieces: " + text(error)};
    }
    if (*module != nullptr && ((*module)->info().code_bytes != whole_info.code_bytes ||
                               (*module)->info().module_bytes != whole_info.module_bytes)) {
      throw Failed{"whole and in pieces give different modules"};
    }
    return finish_class(error, *module);
  }

  Error finish_class(const Error& error, const Module* module) {
    if (module != nullptr) derive_class(class_of_module(*module));
    if (error.code == ErrorCode::kFeatureOff) derive_class(name_of(error.feature));
    return error;
  }

  Error load_pieces(Bytes bytes, const Module** module) {
    *module = nullptr;
    Loader loader(store_);
    if (!loader.error().ok()) return loader.error();
    while (!bytes.empty()) {
      size_t size = feeding_.chunk;
      if (feeding_.kind == Feeding::kRandom) {
        size = std::uniform_int_distribution<size_t>(0, 40)(feeding_.generator);
      }
      size = std::min(size, bytes.size());
      // A copy of its own, so that the sanitizers see any use after feed() returns.
      const std::vector<uint8_t> piece(bytes.begin(), bytes.begin() + size);
      if (loader.feed(Bytes(piece.data(), piece.size())) == LoadState::kFailed) {
        return loader.error();
      }
      bytes = bytes.from(size);
    }
    return loader.finish(module);
  }

  Error run_start(Instance* instance) {
    execution_.cancel();
    execution_.set_fuel(kFuel);
    const Error error = execution_.start_instance(instance);
    if (!error.ok()) return error;
    const RunState state = execution_.resume();
    if (state == RunState::kDone) return {};
    if (state == RunState::kTrapped) return execution_.trap();
    throw Failed{"the start function did not end"};
  }

  Loaded& module_named(const Json& json, const char* key) {
    const auto it =
        json.contains(key) ? modules_.find(json.at(key).get<std::string>()) : modules_.find("");
    if (it == modules_.end()) throw Failed{"no such module"};
    if (!it->second.missing.empty()) {
      derive_class(it->second.missing);
      throw Skipped{"needs " + it->second.missing};
    }
    derive_class(it->second.feature_class);
    return it->second;
  }

  void define(const Json& command, bool instantiate) {
    Loaded loaded;
    const std::string name = command.value("name", "");
    const auto keep = [&] {
      modules_[name] = loaded;
      modules_[""] = loaded;
    };
    loaded.missing = "a module that did not load";
    keep();
    const std::vector<uint8_t> bytes = read(command);
    const Error error = load_module(bytes, &loaded.module);
    if (error.code == ErrorCode::kFeatureOff) {
      loaded.missing = name_of(error.feature);
      keep();
      throw Skipped{loaded.missing};
    }
    if (!error.ok()) throw Failed{"does not load: " + text(error)};
    loaded.feature_class = class_of_module(*loaded.module);
    if (instantiate) {
      const Error made = store_.instantiate(loaded.module, &loaded.instance);
      if (!made.ok()) {
        if (made.code == ErrorCode::kUnknownImport && registered_missing_) {
          loaded.missing = "a module that was refused";
          keep();
          throw Skipped{loaded.missing};
        }
        throw Failed{"does not instantiate: " + text(made)};
      }
      const Error started = run_start(loaded.instance);
      if (!started.ok()) throw Failed{"start function: " + text(started)};
    }
    loaded.missing.clear();
    keep();
  }

  // Runs an action. True: it returned; `*results` has its results.
  bool act(const Json& action, std::vector<Value>* results) {
    Loaded& loaded = module_named(action, "module");
    const std::string field = action.at("field");
    if (loaded.instance == nullptr) throw Failed{"the module was not instantiated"};
    const StringView name(field.data(), field.size());
    if (action.at("type") == "get") {
      Value value;
      const Error error = loaded.instance->global(name, &value);
      if (!error.ok()) throw Failed{text(error)};
      *results = {value};
      return true;
    }
    std::vector<Value> arguments;
    for (const Json& json : action.at("args")) {
      Value value;
      std::string why;
      if (!read_value(json, &value, &why)) throw Failed{why};
      arguments.push_back(value);
    }
    execution_.cancel();
    execution_.set_fuel(kFuel);
    const Error error = execution_.start(loaded.instance->function(name),
                                         Span<const Value>(arguments.data(), arguments.size()));
    if (!error.ok()) throw Failed{text(error)};
    const RunState state = execution_.resume();
    if (state == RunState::kTrapped) return false;
    if (state != RunState::kDone) throw Failed{"did not end within the fuel"};
    for (uint32_t i = 0; i < execution_.result_count(); i++) {
      results->push_back(execution_.result(i));
    }
    return true;
  }

  void expect_text(const Json& command, const std::string& actual) {
    const std::string expected = command.at("text");
    if (!same_text(view(expected), view(actual))) {
      throw Failed{"expected \"" + expected + "\", found \"" + actual + "\""};
    }
  }

  void run_command(const std::string& type, const Json& command) {
    if (type == "module") {
      define(command, true);
    } else if (type == "module_definition") {
      define(command, false);
    } else if (type == "module_instance") {
      Loaded loaded = module_named(command, "module");
      const Error error = store_.instantiate(loaded.module, &loaded.instance);
      if (!error.ok()) throw Failed{"does not instantiate: " + text(error)};
      const Error started = run_start(loaded.instance);
      if (!started.ok()) throw Failed{"start function: " + text(started)};
      modules_[command.value("instance", "")] = loaded;
      modules_[""] = loaded;
    } else if (type == "register") {
      try {
        Loaded& loaded = module_named(command, "name");
        const std::string name = command.at("as");
        const Error error =
            store_.name_instance(StringView(name.data(), name.size()), loaded.instance);
        if (!error.ok()) throw Failed{text(error)};
      } catch (const Skipped&) {
        registered_missing_ = true;
        throw;
      }
    } else if (type == "action") {
      std::vector<Value> results;
      if (!act(command.at("action"), &results)) throw Failed{"trap: " + text(execution_.trap())};
    } else if (type == "assert_return") {
      assert_return(command);
    } else if (type == "assert_trap" || type == "assert_exhaustion") {
      std::vector<Value> results;
      if (act(command.at("action"), &results)) throw Failed{"returned instead of trapping"};
      expect_text(command, text_of(execution_.trap().code));
    } else if (type == "assert_invalid" || type == "assert_malformed") {
      assert_refused(command);
    } else if (type == "assert_unlinkable" || type == "assert_uninstantiable") {
      assert_not_instantiated(command, type == "assert_unlinkable");
    } else {
      throw Skipped{"command " + type};
    }
  }

  void assert_return(const Json& command) {
    std::vector<Value> results;
    if (!act(command.at("action"), &results)) throw Failed{"trap: " + text(execution_.trap())};
    const Json& expected = command.at("expected");
    bool ok = expected.size() == results.size();
    for (size_t i = 0; ok && i < results.size(); i++) ok = matches(expected[i], results[i]);
    if (ok) return;
    std::string found;
    for (const Value& value : results) found += " " + to_text(value);
    throw Failed{command.at("action").at("field").get<std::string>() + ": expected " +
                 expected.dump() + ", found" + found};
  }

  // Text modules are left out by the converter or skipped by read().
  void assert_refused(const Json& command) {
    const std::vector<uint8_t> bytes = read(command);
    const Module* module = nullptr;
    const Error error = load_module(bytes, &module);
    const std::string expected = command.at("text");
    const bool malformed = command.at("type") == "assert_malformed";
    obey(judge_refused(error, view(expected), malformed, class_is_supported()), expected);
  }

  void assert_not_instantiated(const Json& command, bool by_link) {
    const std::vector<uint8_t> bytes = read(command);
    const Module* module = nullptr;
    Error error = load_module(bytes, &module);
    if (error.code == ErrorCode::kFeatureOff) {
      throw Skipped{"needs " + std::string(name_of(error.feature))};
    }
    if (!error.ok()) throw Failed{"does not load: " + text(error)};
    Instance* instance = nullptr;
    error = store_.instantiate(module, &instance);
    if (error.ok() && !by_link) error = run_start(instance);
    const std::string expected = command.at("text");
    obey(judge_not_instantiated(error, view(expected), by_link, registered_missing_), expected);
  }

  std::filesystem::path folder_;
  std::string name_;
  const std::vector<std::string>& classes_;
  Feeding& feeding_;
  Report& report_;
  linux_port::ReservedMemory memory_;
  linux_port::ReservedMemory whole_memory_;
  Store store_;
  Store whole_store_;
  Execution execution_;
  std::map<std::string, Loaded> modules_;
  std::string class_;
  bool registered_missing_ = false;
};

}  // namespace

void run_script(const std::filesystem::path& file, const std::string& name,
                const std::vector<std::string>& classes, Feeding& feeding, Report& report) {
  Json json;
  try {
    std::ifstream in(file);
    in >> json;
    Script script(file, name, classes, feeding, report);
    script.run(json.at("commands"));
  } catch (const Json::exception& error) {
    report.fail("1.0", name, std::string("not a script: ") + error.what());
  }
}

}  // namespace mote::spec
