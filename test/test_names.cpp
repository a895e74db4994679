// Names from modules in texts: what escape_name() and describe() make of them.
#include "wasm_file.hpp"

namespace mote::test {
namespace {

std::string escaped(const std::string& name) {
  char buffer[64];
  const size_t size =
      escape_name(StringView(name.data(), name.size()), Span<char>(buffer, sizeof buffer));
  return std::string(buffer, size);
}

uint8_t digit(char c) { return static_cast<uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10); }

// What was escaped, read back. False: a text that escape_name() cannot make.
bool unescape(const std::string& text, std::string* name) {
  name->clear();
  for (size_t i = 0; i < text.size(); i++) {
    if (text[i] != '\\') {
      if (text[i] == '"') return false;
      *name += text[i];
    } else if (i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\')) {
      *name += text[++i];
    } else {
      if (i + 2 >= text.size()) return false;
      *name += static_cast<char>(digit(text[i + 1]) << 4 | digit(text[i + 2]));
      i += 2;
    }
  }
  return true;
}

// C0, DEL and, as UTF-8, C1 (U+0080 to U+009F).
bool has_control(const std::string& text) {
  for (size_t i = 0; i < text.size(); i++) {
    const uint8_t byte = static_cast<uint8_t>(text[i]);
    const uint8_t before = i == 0 ? 0 : static_cast<uint8_t>(text[i - 1]);
    if (byte < 0x20 || byte == 0x7F || (before == 0xC2 && byte >= 0x80 && byte < 0xA0)) return true;
  }
  return false;
}

TEST(Names, NoControlCharacterIsLeftAndNothingIsLost) {
  std::string back;
  uint32_t plain = 0;
  for (uint32_t pair = 0; pair < 0x10000; pair++) {
    const std::string two = {static_cast<char>(pair >> 8), static_cast<char>(pair)};
    for (const std::string& name : {two, "x" + two, "\xC2" + two}) {
      const std::string text = escaped(name);
      ASSERT_FALSE(has_control(text)) << pair;
      ASSERT_TRUE(unescape(text, &back)) << pair << ": " << text;
      ASSERT_EQ(back, name) << pair << ": " << text;
      if (text == name) plain++;
    }
  }
  // Both bytes of a control character: the second alone is one for terminals that know no UTF-8.
  for (int c1 = 0x80; c1 < 0xA0; c1++) {
    const std::string text = escaped({'a', static_cast<char>(0xC2), static_cast<char>(c1)});
    EXPECT_EQ(text.substr(0, 5), "a\\c2\\");
    EXPECT_EQ(text.size(), 7u);
  }
  // What is harmless stays as it is.
  EXPECT_EQ(escaped("gr\xC3\xB6\xC3\x9F"
                    "e \xC2\xA0 ~"),
            "gr\xC3\xB6\xC3\x9F"
            "e \xC2\xA0 ~");
  EXPECT_GT(plain, 100000u);
}

TEST(Names, AreCutOffWhereTheBufferEnds) {
  char buffer[8];
  for (size_t size = 1; size <= sizeof buffer; size++) {
    std::fill(std::begin(buffer), std::end(buffer), '#');
    const size_t used = escape_name("a\nbcdefgh", Span<char>(buffer, size));
    EXPECT_EQ(used, size - 1);
    EXPECT_EQ(std::string(buffer), std::string("a\\0abcdefgh").substr(0, used));
    for (size_t i = size; i < sizeof buffer; i++) EXPECT_EQ(buffer[i], '#');
  }
}

}  // namespace
}  // namespace mote::test
