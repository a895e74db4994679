// Makes a digest from the suite's scripts: see digest.hpp.
#include "digest.hpp"

#include <fstream>
#include <iterator>
#include <mote/mote.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "judge.hpp"
#include "values.hpp"

namespace mote::spec {

namespace {

using Json = nlohmann::json;

void check(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

void put_byte(std::string& out, uint8_t byte) { out.push_back(static_cast<char>(byte)); }

void put_number(std::string& out, uint64_t number) {
  for (; number >= 0x80; number >>= 7) put_byte(out, static_cast<uint8_t>(number | 0x80));
  put_byte(out, static_cast<uint8_t>(number));
}

void put_fixed(std::string& out, uint64_t bits, uint32_t size) {
  for (uint32_t i = 0; i < size; i++) put_byte(out, static_cast<uint8_t>(bits >> (8 * i)));
}

void put_string(std::string& out, const std::string& text) {
  check(text.size() <= kMaxString, "a name of " + std::to_string(text.size()) + " bytes");
  put_number(out, text.size());
  out += text;
}

void put_value(std::string& out, const Json& json) {
  if (json.at("type") == "either") {
    put_byte(out, Expected::kEither);
    put_number(out, json.at("values").size());
    for (const Json& choice : json.at("values")) put_value(out, choice);
    return;
  }
  const Expected value = read_expected(json);
  put_byte(out, value.kind);
  switch (value.kind) {
    case Expected::kI32:
    case Expected::kF32: put_fixed(out, value.bits, 4); break;
    case Expected::kI64:
    case Expected::kF64: put_fixed(out, value.bits, 8); break;
    case Expected::kExtern: put_number(out, value.bits); break;
    case Expected::kOther: put_string(out, json.at("type")); break;
    default: break;
  }
}

// Which modules a command uses and makes, by name; "" is the latest one.
struct Names {
  std::set<std::string> uses;
  std::set<std::string> makes;
};

Names names_of(const Json& command) {
  const std::string type = command.at("type");
  Names names;
  if (type == "module" || type == "module_definition") {
    names.makes = {"", command.value("name", "")};
  } else if (type == "module_instance") {
    names.uses = {command.value("module", "")};
    names.makes = {"", command.value("instance", "")};
  } else if (type == "register") {
    names.uses = {command.value("name", "")};
  } else if (command.contains("action")) {
    names.uses = {command.at("action").value("module", "")};
  }
  return names;
}

// For each command, whether nothing that was made before it is used by it or later.
std::vector<bool> fresh_starts(const Json& commands) {
  std::vector<bool> fresh(commands.size());
  std::set<std::string> live;
  for (size_t i = commands.size(); i-- > 0;) {
    const Names names = names_of(commands[i]);
    for (const std::string& name : names.makes) live.erase(name);
    live.insert(names.uses.begin(), names.uses.end());
    fresh[i] = live.empty();
  }
  // What was offered for import may be imported by any later module.
  bool is_registered = false;
  for (size_t i = 0; i < commands.size(); i++) {
    if (is_registered) fresh[i] = false;
    if (commands[i].at("type") == "register") is_registered = true;
  }
  return fresh;
}

}  // namespace

// One script on its way into the digest.
class ScriptDigest {
 public:
  ScriptDigest(Digest& digest, std::filesystem::path folder)
      : digest_(digest), folder_(std::move(folder)) {}

  void add(const Json& command, uint32_t feature_class, bool is_fresh_start) {
    static const std::map<std::string, Command> kinds = {
        {"module", Command::kModule},
        {"module_definition", Command::kModuleDefinition},
        {"module_instance", Command::kModuleInstance},
        {"register", Command::kRegister},
        {"action", Command::kAction},
        {"assert_return", Command::kAssertReturn},
        {"assert_trap", Command::kAssertTrap},
        {"assert_exhaustion", Command::kAssertExhaustion},
        {"assert_exception", Command::kAssertException},
        {"assert_malformed", Command::kAssertMalformed},
        {"assert_invalid", Command::kAssertInvalid},
        {"assert_unlinkable", Command::kAssertUnlinkable},
        {"assert_uninstantiable", Command::kAssertUninstantiable},
    };
    const auto it = kinds.find(command.at("type"));
    check(it != kinds.end(), "unknown command " + command.at("type").dump());
    Command kind = it->second;
    payload_.clear();
    const bool has_module = command.contains("filename");
    if (has_module && command.value("module_type", "binary") != "binary") {
      if (is_assertion(kind)) {
        kind = Command::kAssertText;
      } else {
        kind = Command::kModuleText;
        put_number(payload_, slot(command.value("name", "")));
      }
    } else {
      put_payload(kind, command);
    }
    if (is_fresh_start && has_module) write(Command::kRenew, 0, 0, "");
    write(kind, feature_class, command.value("line", 0), payload_);
  }

  void write(Command kind, uint32_t feature_class, uint32_t line, const std::string& payload) {
    put_byte(digest_.commands_, static_cast<uint8_t>(kind));
    put_number(digest_.commands_, feature_class);
    put_number(digest_.commands_, line);
    put_number(digest_.commands_, payload.size());
    digest_.commands_ += payload;
  }

 private:
  void put_payload(Command kind, const Json& command) {
    switch (kind) {
      case Command::kModule:
      case Command::kModuleDefinition:
        put_number(payload_, slot(command.value("name", "")));
        put_module(command);
        break;
      case Command::kModuleInstance:
        put_number(payload_, slot(command.value("instance", "")));
        put_number(payload_, slot(command.value("module", "")));
        break;
      case Command::kRegister:
        put_number(payload_, slot(command.value("name", "")));
        put_string(payload_, command.at("as"));
        break;
      case Command::kAction:
      case Command::kAssertException: put_action(command.at("action")); break;
      case Command::kAssertReturn:
        put_action(command.at("action"));
        put_values(command.at("expected"));
        break;
      case Command::kAssertTrap:
      case Command::kAssertExhaustion:
        put_text(command);
        put_action(command.at("action"));
        break;
      default:
        put_text(command);
        put_module(command);
        break;
    }
  }

  uint32_t slot(const std::string& name) {
    if (name.empty()) return 0;
    const uint32_t next = static_cast<uint32_t>(slots_.size()) + 1;
    check(next < kSlots || slots_.count(name) != 0, "too many names of modules");
    return slots_.emplace(name, next).first->second;
  }

  void put_text(const Json& command) {
    put_number(payload_, digest_.texts_.number_of(command.at("text")));
  }

  void put_module(const Json& command) {
    const std::filesystem::path path = folder_ / command.at("filename").get<std::string>();
    std::ifstream in(path, std::ios::binary);
    check(in.good(), "cannot read " + path.string());
    payload_.append(std::istreambuf_iterator<char>(in), {});
  }

  void put_values(const Json& values) {
    check(values.size() <= kMaxArguments, "too many values");
    put_number(payload_, values.size());
    for (const Json& value : values) put_value(payload_, value);
  }

  void put_action(const Json& action) {
    const bool is_get = action.at("type") == "get";
    check(is_get || action.at("type") == "invoke", "unknown action " + action.at("type").dump());
    put_number(payload_, slot(action.value("module", "")));
    put_string(payload_, action.at("field"));
    put_number(payload_, is_get ? 1 : 0);
    put_values(is_get ? Json::array() : action.at("args"));
  }

  Digest& digest_;
  std::filesystem::path folder_;
  std::map<std::string, uint32_t> slots_;
  std::string payload_;
};

uint32_t Digest::Numbered::number_of(const std::string& text) {
  const auto [it, is_new] = numbers.emplace(text, static_cast<uint32_t>(strings.size()));
  if (is_new) strings.push_back(text);
  return it->second;
}

// Players find the classes that a module can have by its features, too.
Digest::Digest() {
  classes_.number_of("1.0");
  classes_.number_of("2.0");
  for (uint8_t i = 1; i < static_cast<uint8_t>(Feature::kCount); i++) {
    const Feature feature = static_cast<Feature>(i);
    const std::string level = level_of(feature);
    if (feature == Feature::kSimd || (level != "1.0" && level != "2.0")) {
      classes_.number_of(name_of(feature));
    }
  }
}

void Digest::add_script(const std::filesystem::path& file, const std::string& name,
                        const std::vector<std::string>& classes) {
  size_t i = 0;
  try {
    std::ifstream in(file);
    Json json;
    in >> json;
    const Json& commands = json.at("commands");
    const std::vector<bool> fresh = fresh_starts(commands);
    ScriptDigest script(*this, file.parent_path());
    std::string payload;
    put_string(payload, name);
    script.write(Command::kScript, 0, 0, payload);
    for (; i < commands.size(); i++) {
      const bool has_class = i < classes.size() && !classes[i].empty();
      script.add(commands[i], has_class ? classes_.number_of(classes[i]) + 1 : 0, fresh[i]);
    }
  } catch (const std::exception& error) {
    throw std::runtime_error(name + ", command " + std::to_string(i) + ": " + error.what());
  }
}

std::string Digest::bytes() const {
  std::string out(reinterpret_cast<const char*>(kDigestMagic), sizeof kDigestMagic);
  size_t size = 0;
  for (const Numbered* table : {&classes_, &texts_}) {
    put_number(out, table->strings.size());
    for (const std::string& text : table->strings) {
      put_string(out, text);
      size += text.size();
    }
  }
  check(classes_.strings.size() < kMaxClasses && texts_.strings.size() <= kMaxTexts &&
            size <= kMaxTextBytes,
        "too many classes or texts: " + std::to_string(texts_.strings.size()) + " texts, " +
            std::to_string(size) + " bytes");
  out += commands_;
  put_byte(out, static_cast<uint8_t>(Command::kEnd));
  return out;
}

}  // namespace mote::spec
