// Texts of errors, features and types. A build that shows codes only can leave this file out.
#include <mote/config.hpp>
#include <mote/error.hpp>

namespace mote {

namespace {

// Writes text into a buffer, as much as fits, and keeps it terminated.
class Writer {
 public:
  explicit Writer(Span<char> buffer) : buffer_(buffer) {
    if (!buffer.empty()) buffer_[0] = 0;
  }

  Writer& text(StringView text) {
    for (size_t i = 0; i < text.size(); i++) character(text[i]);
    return *this;
  }
  Writer& character(char c) {
    if (size_ + 1 < buffer_.size()) {
      buffer_[size_++] = c;
      buffer_[size_] = 0;
    }
    return *this;
  }
  Writer& name(StringView text) {
    for (size_t i = 0; i < text.size(); i++) {
      const uint8_t byte = static_cast<uint8_t>(text[i]);
      // U+0080 to U+009F are control characters, too: 0xC2 and the byte itself.
      const bool is_c1 =
          byte == 0xC2 && i + 1 < text.size() && static_cast<uint8_t>(text[i + 1]) < 0xA0;
      const bool ends_c1 =
          byte >= 0x80 && byte < 0xA0 && i > 0 && static_cast<uint8_t>(text[i - 1]) == 0xC2;
      if (byte == '"' || byte == '\\') {
        character('\\').character(text[i]);
      } else if (byte < 0x20 || byte == 0x7F || is_c1 || ends_c1) {
        character('\\').character("0123456789abcdef"[byte >> 4]);
        character("0123456789abcdef"[byte & 0xF]);
      } else {
        character(text[i]);
      }
    }
    return *this;
  }
  Writer& number(uint64_t value) { return digits(value, 10); }
  Writer& hex(uint64_t value) { return text("0x").digits(value, 16); }
  size_t size() const { return size_; }

 private:
  Writer& digits(uint64_t value, uint32_t base) {
    char reversed[20];
    size_t count = 0;
    do {
      reversed[count++] = "0123456789abcdef"[value % base];
      value /= base;
    } while (value != 0);
    while (count > 0) character(reversed[--count]);
    return *this;
  }

  Span<char> buffer_;
  size_t size_ = 0;
};

bool index_is_opcode(ErrorCode code) { return code == ErrorCode::kIllegalOpcode; }

}  // namespace

ErrorClass class_of(ErrorCode code) {
  static constexpr ErrorClass kClasses[] = {
      ErrorClass::kNone,
#define MOTE_ERROR(name, error_class, text) ErrorClass::error_class,
#include <mote/errors.def>
#undef MOTE_ERROR
  };
  return kClasses[static_cast<uint8_t>(code)];
}

const char* text_of(ErrorCode code) {
  static constexpr const char* kTexts[] = {
      "",
#define MOTE_ERROR(name, error_class, text) text,
#include <mote/errors.def>
#undef MOTE_ERROR
  };
  return kTexts[static_cast<uint8_t>(code)];
}

namespace {
struct FeatureRow {
  const char* name;
  const char* level;
  bool built_in;
};
constexpr FeatureRow kFeatures[] = {
    {"", "1.0", true},
#define MOTE_FEATURE(name, text, level, built_in) {text, level, (built_in) != 0},
#include <mote/features.def>
#undef MOTE_FEATURE
};
}  // namespace

const char* name_of(Feature feature) { return kFeatures[static_cast<uint8_t>(feature)].name; }
const char* level_of(Feature feature) { return kFeatures[static_cast<uint8_t>(feature)].level; }
bool is_built_in(Feature feature) { return kFeatures[static_cast<uint8_t>(feature)].built_in; }

const char* name_of(ValueType type) {
  switch (type) {
    case ValueType::kNone: return "nothing";
    case ValueType::kI32: return "i32";
    case ValueType::kI64: return "i64";
    case ValueType::kF32: return "f32";
    case ValueType::kF64: return "f64";
    case ValueType::kV128: return "v128";
    case ValueType::kFuncRef: return "funcref";
    case ValueType::kExternRef: return "externref";
  }
  return "?";
}

bool operator==(const FunctionType& a, const FunctionType& b) {
  return a.parameter_count == b.parameter_count && a.result_count == b.result_count &&
         (a.parameter_count == 0 || memcmp(a.parameters, b.parameters, a.parameter_count) == 0) &&
         (a.result_count == 0 || memcmp(a.results, b.results, a.result_count) == 0);
}

size_t escape_name(StringView name, Span<char> buffer) { return Writer(buffer).name(name).size(); }

size_t describe(const Error& error, Span<char> buffer) {
  Writer out(buffer);
  if (error.offset != kNoIndex) out.text("byte offset ").number(error.offset);
  if (error.function != kNoIndex) {
    out.text(error.offset != kNoIndex ? ", function " : "function ").number(error.function);
  }
  if (out.size() != 0) out.text(": ");
  out.text(text_of(error.code));
  switch (error.code) {
    case ErrorCode::kFeatureOff: out.text(": ").text(name_of(error.feature)); break;
    case ErrorCode::kTypeMismatch:
      if (error.expected == ValueType::kNone && error.actual == ValueType::kNone) break;
      out.text(" (");
      if (error.expected != ValueType::kNone) {
        out.text("expected ").text(name_of(error.expected)).text(", found ");
      } else {
        out.text("unexpected ");
      }
      out.text(name_of(error.actual)).character(')');
      break;
    case ErrorCode::kUnknownImport:
    case ErrorCode::kIncompatibleImport:
      out.text(" \"").name(error.module_name).text("\" \"").name(error.field_name).character('"');
      break;
    case ErrorCode::kHostExit: out.text(" with code ").number(error.index); break;
    default:
      if (error.index == kNoIndex) break;
      out.character(' ');
      if (index_is_opcode(error.code)) {
        out.hex(error.index);
      } else {
        out.number(error.index);
      }
      break;
  }
  return out.size();
}

}  // namespace mote
