// Images of saved code: made in pieces, opened in place, refused when they are not what they were.
#include <algorithm>

#include "interp/code.hpp"
#include "runtime/image_format.hpp"
#include "wasm_file.hpp"
#include "wasm_writer.hpp"

namespace mote::test {
namespace {

// (module): nothing but the header.
const std::vector<uint8_t> kEmptyModule = {0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00};

#if MOTE_FEATURE_SAVED_CODE

const char* const kModules[] = {"guest", "host", "caller", "pending", "start_loop"};

using detail::ImageField;

// Bytes at an address that is a multiple of 16, with a copy of them elsewhere in `spare`.
struct Image {
  explicit Image(size_t size = 0) : words((size + 15) / 16), size_(size) {}
  uint8_t* data() { return reinterpret_cast<uint8_t*>(words.data()); }
  size_t size() const { return size_; }
  MutableBytes mutable_bytes() { return {data(), size_}; }
  Bytes bytes() { return {data(), size_}; }
  void set(ImageField field, uint32_t value) { detail::write_field(data() + field, value); }
  uint32_t get(ImageField field) { return detail::read_field(data() + field); }
  // Makes the checksum right again.
  void seal() {
    const Bytes all = bytes();
    uint32_t crc = detail::crc32(detail::kCrcStart, all.from(detail::kImageHeaderBytes));
    crc = detail::crc32(crc, Bytes(all.data(), detail::kFieldCrc));
    set(detail::kFieldCrc, ~crc);
  }

  struct alignas(16) Word {
    uint8_t bytes[16];
  };
  std::vector<Word> words;
  size_t size_;
};

Image save(const Module& module, const std::vector<uint8_t>& bytes) {
  uint32_t size = 0;
  EXPECT_EQ(save_image(module, view(bytes), {}, &size).code, ErrorCode::kImageWrite);
  Image image(size);
  const Error error = save_image(module, view(bytes), image.mutable_bytes(), &size);
  EXPECT_TRUE(error.ok()) << text(error);
  EXPECT_EQ(size, image.size());
  return image;
}

// Loads and saves a module in a store that is gone afterwards.
Image saved(const std::vector<uint8_t>& bytes) {
  TestStore test;
  const Module* module = nullptr;
  const Error error = load(test.store, view(bytes), &module);
  EXPECT_TRUE(error.ok()) << text(error);
  return save(*module, bytes);
}
Image saved(const char* name) { return saved(wasm(name)); }

Instance* open(TestStore& test, Image& image) {
  const Module* module = nullptr;
  Error error = open_image(test.store, image.bytes(), &module);
  EXPECT_TRUE(error.ok()) << text(error);
  Instance* instance = nullptr;
  if (module != nullptr) {
    error = test.store.instantiate(module, &instance);
    EXPECT_TRUE(error.ok()) << text(error);
  }
  return instance;
}

// The image must be refused, and the store be as before.
Error refusal(TestStore& test, Bytes image) {
  const MemoryReport before = test.store.memory();
  const Module* module = nullptr;
  const Error error = open_image(test.store, image, &module);
  EXPECT_FALSE(error.ok());
  EXPECT_EQ(module, nullptr);
  EXPECT_EQ(test.store.memory().used, before.used);
  EXPECT_EQ(test.store.memory().scratch, before.scratch);
  return error;
}

TEST(Image, CrcIsTheOneThatIsKnown) {
  const uint8_t digits[] = {'1', '2', '3', '4', '5', '6', '7', '8', '9'};
  EXPECT_EQ(~detail::crc32(detail::kCrcStart, digits), 0xCBF43926u);
}

TEST(Image, OpensAsTheModuleThatWasSaved) {
  for (const char* name : kModules) {
    const std::vector<uint8_t> bytes = wasm(name);
    TestStore loaded;
    TestStore opened;
    const Module* a = nullptr;
    const Module* b = nullptr;
    ASSERT_TRUE(load(loaded.store, view(bytes), &a).ok());
    Image image = save(*a, bytes);
    EXPECT_TRUE(is_image(image.bytes()));
    EXPECT_FALSE(is_image(view(bytes)));
    const Error error = open_image(opened.store, image.bytes(), &b);
    ASSERT_TRUE(error.ok()) << name << ": " << text(error);
    const ModuleInfo of_a = a->info();
    const ModuleInfo of_b = b->info();
    EXPECT_EQ(of_a.module_bytes, of_b.module_bytes);
    EXPECT_EQ(of_a.function_bytes, of_b.function_bytes);
    EXPECT_EQ(of_a.code_bytes, of_b.code_bytes);
    EXPECT_EQ(of_a.offset_map_bytes, of_b.offset_map_bytes);
    EXPECT_EQ(of_a.functions, of_b.functions);
    EXPECT_EQ(of_a.types, of_b.types);
    EXPECT_EQ(of_a.data_bytes, of_b.data_bytes);
    EXPECT_EQ(of_a.max_frame_bytes, of_b.max_frame_bytes);
    EXPECT_FALSE(of_a.code_in_place);
    EXPECT_TRUE(of_b.code_in_place);
    EXPECT_EQ(a->name(), b->name());
    EXPECT_EQ(a->has_start_function(), b->has_start_function());
    ASSERT_EQ(a->export_count(), b->export_count());
    ASSERT_EQ(a->import_count(), b->import_count());
    for (uint32_t i = 0; i < a->export_count(); i++) {
      EXPECT_EQ(a->export_at(i).name, b->export_at(i).name);
      EXPECT_EQ(a->export_at(i).index, b->export_at(i).index);
      EXPECT_EQ(a->function_name(i), b->function_name(i));
    }
    for (uint8_t i = 0; i < static_cast<uint8_t>(Feature::kCount); i++) {
      const Feature feature = static_cast<Feature>(i);
      EXPECT_EQ(a->uses(feature), b->uses(feature)) << name << ": " << name_of(feature);
    }
    // What was opened can be saved again.
    Image again = save(*b, bytes);
    ASSERT_EQ(again.size(), image.size());
    EXPECT_TRUE(std::equal(image.data(), image.data() + image.size(), again.data()));
  }
}

TEST(Image, RunsWithTheSameResultsWhereverItLies) {
  Image first = saved("guest");
  Image second(first.size() + 4);  // at another distance from everything
  std::copy(first.data(), first.data() + first.size(), second.data() + 4);
  std::fill(first.data(), first.data() + first.size(), uint8_t{0});
  TestStore test;
  const Module* module = nullptr;
  Instance* instance = nullptr;
  ASSERT_TRUE(open_image(test.store, second.bytes().from(4), &module).ok());
  ASSERT_TRUE(test.store.instantiate(module, &instance).ok());
  Execution execution(test.store, 4096);
  EXPECT_EQ(call(execution, *instance, "fib", {15}), 610);
  EXPECT_EQ(call(execution, *instance, "sum", {100}), 5050);
  EXPECT_EQ(call(execution, *instance, "call_entry", {0}), 42);
  EXPECT_EQ(call(execution, *instance, "load", {8}), 0x6C6C6568);
  EXPECT_EQ(call(execution, *instance, "grow", {1}), 1);
  EXPECT_EQ(trap_of(execution, *instance, "call_entry", {1}).code,
            ErrorCode::kUninitializedElement);
  EXPECT_EQ(trap_of(execution, *instance, "recurse", {0}).code, ErrorCode::kStackExhausted);

  Image pending = saved("pending");
  Instance* other = open(test, pending);
  ASSERT_NE(other, nullptr);
  EXPECT_EQ(call(execution, *other, "many", {1}), 1020);
  EXPECT_EQ(call(execution, *other, "br_table_values", {1}), 10);
}

TEST(Image, TellsTheSameAboutTraps) {
  Image image = saved("guest");
  TestStore a;
  TestStore b;
  Instance* loaded = a.add("guest");
  Instance* opened = open(b, image);
  ASSERT_NE(opened, nullptr);
  Execution run_a(a.store, 4096);
  Execution run_b(b.store, 4096);
  const Error trap_a = trap_of(run_a, *loaded, "outer", {-1});
  const Error trap_b = trap_of(run_b, *opened, "outer", {-1});
  EXPECT_EQ(trap_a.code, trap_b.code);
  EXPECT_EQ(trap_a.function, trap_b.function);
  EXPECT_EQ(trap_a.offset, trap_b.offset);
  FrameInfo of_a[4];
  FrameInfo of_b[4];
  ASSERT_EQ(run_a.backtrace(of_a), 3u);
  ASSERT_EQ(run_b.backtrace(of_b), 3u);
  for (uint32_t i = 0; i < 3; i++) {
    EXPECT_EQ(of_a[i].function, of_b[i].function);
    EXPECT_EQ(of_a[i].offset, of_b[i].offset);
    EXPECT_EQ(of_a[i].name, of_b[i].name);
#if MOTE_CODE_OFFSETS
    EXPECT_NE(of_b[i].offset, kNoIndex);
#endif
  }
  EXPECT_EQ(of_b[0].name, StringView("inner"));
}

TEST(Image, TakesNoMemoryForCode) {
  for (const char* name : kModules) {
    const std::vector<uint8_t> bytes = wasm(name);
    Image image = saved(bytes);
    TestStore a;
    TestStore b;
    const Module* loaded = nullptr;
    const Module* opened = nullptr;
    LoadOptions options;
    options.bytes_stay = true;
    ASSERT_TRUE(load(a.store, view(bytes), &loaded, options).ok());
    ASSERT_TRUE(open_image(b.store, image.bytes(), &opened).ok());
    const ModuleInfo info = loaded->info();
    ASSERT_GT(info.code_bytes, 0u);
    // But for alignment, the code is the only difference.
    EXPECT_LE(opened->info().arena_bytes, info.arena_bytes - info.code_bytes);
    EXPECT_GT(opened->info().arena_bytes + 16, info.arena_bytes - info.code_bytes);
    EXPECT_LT(opened->info().load_peak_bytes, info.load_peak_bytes - info.code_bytes);
    EXPECT_EQ(b.store.memory().scratch, 0u);
  }
}

TEST(Image, InstancesOfItShareCodeAndNothingElse) {
  Image guest = saved("guest");
  Image caller = saved("caller");
  TestStore test;
  const Module* module = nullptr;
  ASSERT_TRUE(open_image(test.store, guest.bytes(), &module).ok());
  Instance* a = nullptr;
  Instance* b = nullptr;
  ASSERT_TRUE(test.store.instantiate(module, &a).ok());
  ASSERT_TRUE(test.store.instantiate(module, &b).ok());
  Execution execution(test.store, 4096);
  call(execution, *a, "store", {100, 1});
  EXPECT_EQ(call(execution, *a, "load", {100}), 1);
  EXPECT_EQ(call(execution, *b, "load", {100}), 0);
  // Calls between modules from two images.
  ASSERT_TRUE(test.store.name_instance("guest", a).ok());
  Instance* between = open(test, caller);
  ASSERT_NE(between, nullptr);
  EXPECT_EQ(call(execution, *between, "add_twice", {39}), 42);
  call(execution, *between, "descend_between", {5});
  EXPECT_EQ(trap_of(execution, *between, "descend_between", {100000}).code,
            ErrorCode::kStackExhausted);
}

TEST(Image, ModulesWithoutCodeHaveOne) {
  Image image = saved(kEmptyModule);
  TestStore test;
  EXPECT_NE(open(test, image), nullptr);
}

TEST(Image, IsRefusedWhenAnyByteIsDamaged) {
  for (const char* name : kModules) {
    Image image = saved(name);
    TestStore test;
    for (size_t at = 0; at < image.size(); at++) {
      for (const uint8_t damage : {0x01, 0x80, 0xFF}) {
        image.data()[at] = static_cast<uint8_t>(image.data()[at] ^ damage);
        const Error error = refusal(test, image.bytes());
        const ErrorCode expected = at < 4   ? ErrorCode::kNotAnImage
                                   : at < 8 ? ErrorCode::kImageOfOtherBuild
                                            : ErrorCode::kImageDamaged;
        EXPECT_EQ(error.code, expected) << name << " " << at << ": " << text(error);
        image.data()[at] = static_cast<uint8_t>(image.data()[at] ^ damage);
      }
    }
    EXPECT_NE(name == kModules[0] ? open(test, image) : test.add("guest"), nullptr);
  }
}

// What the list tells about the only function of a module, each number in turn.
TEST(Image, EveryNumberInTheListOfFunctionsIsChecked) {
  Image image = saved(
      module_of_bodies({0x01, 0x60, 0x00, 0x00}, {{0x00, 0x03, 0x40, 0x0C, 0x00, 0x0B, 0x0B}}));
  const size_t list = image.get(detail::kFieldModuleAt) + image.get(detail::kFieldBeforeCode) +
                      image.get(detail::kFieldAfterCode);
  // Section, its size, 1 function, its size; then no locals, frame, units of code, units in all.
  constexpr size_t kSection = 1;
  constexpr size_t kBody = 3;
  constexpr size_t kLocals = 4;
  constexpr size_t kFrame = 5;
  constexpr size_t kCode = 6;
  constexpr size_t kAll = 7;
  const uint8_t* const right = image.data() + list;
  ASSERT_EQ(right[kBody], 4);
  const auto refuses = [](Image& damaged) {
    damaged.seal();
    TestStore test;
    EXPECT_EQ(refusal(test, damaged.bytes()).code, ErrorCode::kImageDamaged);
  };
  const std::pair<size_t, int> wrong[] = {
      {kFrame, detail::kLinkSlots - 1}, {kCode, 0},
      {kCode, right[kAll] + 1},         {kCode, right[kAll]},  // no room for the map
      {kAll, right[kAll] - 1},          {kAll, right[kAll] + 1},
  };
  for (const auto& [at, value] : wrong) {
    if (at == kCode && value == right[kAll] && !MOTE_CODE_OFFSETS) continue;
    SCOPED_TRACE(std::to_string(at) + ": " + std::to_string(value));
    Image damaged = image;
    damaged.data()[list + at] = static_cast<uint8_t>(value);
    refuses(damaged);
  }
  Image less = image;  // code that is no function's
  less.data()[list + kCode]--;
  less.data()[list + kAll]--;
  refuses(less);
  // Four bytes more of it: a frame that is too large, and a function that has locals.
  const std::pair<size_t, std::vector<uint8_t>> longer[] = {
      {kFrame, {0x80, 0x80, 0x84, 0x80, 0x00}}, {kLocals, {0x01, 0x81, 0x80, 0x00, 0x7F}}};
  for (const auto& [at, bytes] : longer) {
    Image damaged(image.size() + 4);
    const uint8_t* const from = image.data();
    uint8_t* to = std::copy(from, from + list + at, damaged.data());
    to = std::copy(bytes.begin(), bytes.end(), to);
    std::copy(from + list + at + 1, from + image.size(), to);
    damaged.data()[list + kSection] = static_cast<uint8_t>(right[kSection] + 4);
    damaged.data()[list + kBody] = static_cast<uint8_t>(right[kBody] + 4);
    damaged.set(detail::kFieldFunctions, image.get(detail::kFieldFunctions) + 4);
    damaged.set(detail::kFieldSize, static_cast<uint32_t>(damaged.size()));
    refuses(damaged);
  }
}

// While a load is under way, the scratch memory that opening gives back may be the load's.
TEST(Image, IsNotOpenedDuringALoad) {
  Image image = saved("guest");
  TestStore test;
  const Loader loader(test.store);
  EXPECT_EQ(refusal(test, image.bytes()).code, ErrorCode::kBusy);
}

TEST(Image, IsRefusedWhenItIsCutOff) {
  for (const char* name : kModules) {
    Image image = saved(name);
    TestStore test;
    for (size_t size = 0; size < image.size(); size++) {
      const Error error = refusal(test, Bytes(image.data(), size));
      EXPECT_EQ(error.code, size < 4 ? ErrorCode::kNotAnImage : ErrorCode::kImageDamaged) << size;
    }
  }
}

TEST(Image, MayBeFollowedByAnything) {
  Image image = saved("guest");
  Image region(image.size() + 1000);
  std::fill(region.data(), region.data() + region.size(), uint8_t{0xA5});
  std::copy(image.data(), image.data() + image.size(), region.data());
  TestStore test;
  EXPECT_NE(open(test, region), nullptr);
}

// Somebody's mistake, not an attack: code itself is trusted, so nothing is run here.
TEST(Image, NothingReadFromItIsTrustedBlindlyEvenIfTheChecksumFits) {
  for (const char* name : kModules) {
    Image image = saved(name);
    const uint32_t code_at = static_cast<uint32_t>(image.size()) - image.get(detail::kFieldCode);
    TestStore test;
    for (size_t at = detail::kFieldSize; at < code_at; at++) {
      if (at >= detail::kFieldCrc && at < detail::kImageHeaderBytes) continue;
      for (const uint8_t damage : {0x01, 0x04, 0x7F, 0x80, 0xFF}) {
        Image damaged = image;
        damaged.data()[at] = static_cast<uint8_t>(damaged.data()[at] ^ damage);
        damaged.seal();
        const Module* module = nullptr;
        const Error error = open_image(test.store, damaged.bytes(), &module);
        if (!error.ok()) {
          EXPECT_TRUE(error.code == ErrorCode::kImageDamaged ||
                      error.code == ErrorCode::kOutOfMemory)
              << name << " " << at << ": " << text(error);
          if (error.offset != kNoIndex) {
            EXPECT_LE(error.offset, image.size());
          }
        }
        ASSERT_TRUE(test.store.reset().ok());
      }
    }
  }
}

// The list of functions has the form of a code section, but none of its functions has locals.
TEST(Image, FunctionsWithLocalsAreRefused) {
  Image image = saved("guest");
  const uint32_t functions = image.get(detail::kFieldModuleAt) +
                             image.get(detail::kFieldBeforeCode) +
                             image.get(detail::kFieldAfterCode);
  // Behind the section's number, its size, how many there are, and the size of the first.
  uint32_t at = functions + 1;
  for (int number = 0; number < 3; number++) {
    while (image.data()[at++] >= 0x80) continue;
  }
  ASSERT_EQ(image.data()[at], 0);
  for (const uint8_t byte : {0x01, 0x01, 0x7F}) image.data()[at++] = byte;  // one local
  image.seal();
  TestStore test;
  EXPECT_EQ(refusal(test, image.bytes()).code, ErrorCode::kImageDamaged);
}

TEST(Image, TellsWhereItIsDamaged) {
  Image image = saved("guest");
  const uint32_t functions = image.get(detail::kFieldModuleAt) +
                             image.get(detail::kFieldBeforeCode) +
                             image.get(detail::kFieldAfterCode);
  TestStore test;
  image.data()[functions] = 0x7F;  // the number of a section that does not exist
  image.seal();
  const Error error = refusal(test, image.bytes());
  EXPECT_EQ(text(error),
            "byte offset " + std::to_string(functions) + ": the image is damaged or not complete");
}

TEST(Image, OfAnotherBuildIsRefused) {
  Image image = saved("guest");
  TestStore test;
  for (uint32_t at = detail::kFieldFingerprint; at < detail::kFieldFingerprint + 8; at++) {
    image.data()[at] ^= 0x10;
    image.seal();
    EXPECT_EQ(refusal(test, image.bytes()).code, ErrorCode::kImageOfOtherBuild);
    image.data()[at] ^= 0x10;
  }
  image.seal();
  EXPECT_NE(open(test, image), nullptr);
}

TEST(Image, MustBeAligned) {
  Image image = saved("guest");
  Image moved(image.size() + 2);
  std::copy(image.data(), image.data() + image.size(), moved.data() + 2);
  TestStore test;
  EXPECT_EQ(refusal(test, moved.bytes().from(2)).code, ErrorCode::kArguments);
}

TEST(Image, FailsCleanlyInEveryStoreThatIsTooSmall) {
  Image image = saved("guest");
  bool was_enough = false;
  for (size_t size = 0; size < 16 * 1024 && !was_enough; size++) {
    TestStore test(size);
    const MemoryReport before = test.store.memory();
    const Module* module = nullptr;
    const Error error = open_image(test.store, image.bytes(), &module);
    was_enough = error.ok();
    if (was_enough) break;
    ASSERT_EQ(error.code, ErrorCode::kOutOfMemory) << size << ": " << text(error);
    ASSERT_EQ(module, nullptr);
    ASSERT_EQ(test.store.memory().used, before.used);
  }
  EXPECT_TRUE(was_enough);
}

#if MOTE_FEATURE_QUOTAS
TEST(Image, IsRefusedWhenItNeedsMoreThanTheModulesQuota) {
  Image image = saved("guest");
  size_t least = 0;
  for (size_t bytes = 0; bytes < 8 * 1024 && least == 0; bytes++) {
    TestStore test;
    Quota quota;
    quota.module_bytes = bytes;
    test.store.set_quota(quota);
    const Module* module = nullptr;
    const Error error = open_image(test.store, image.bytes(), &module);
    if (error.ok()) least = bytes;
    EXPECT_EQ(error.code, least != 0 ? ErrorCode::kOk : ErrorCode::kModuleQuota) << bytes;
    EXPECT_EQ(module != nullptr, least != 0);
    // Nothing else is bound by it.
    const size_t used = test.store.memory().used;
    EXPECT_TRUE(test.store.provide({}).ok());
    EXPECT_GT(test.store.memory().used, used);
  }
  EXPECT_GT(least, 0u);
}
#endif

// ---- Writing ---------------------------------------------------------------------------------

// Flash: pages that are written once, ascending; the header's come last, descending.
struct Flash {
  explicit Flash(size_t page_size) : page(page_size) {}

  static bool write(void* context, uint32_t offset, Bytes bytes) {
    return static_cast<Flash*>(context)->program(offset, bytes);
  }
  bool program(uint32_t offset, Bytes bytes) {
    if (writes++ == fail_at) return false;
    EXPECT_EQ(offset % page.size(), 0u);
    EXPECT_EQ(bytes.size() % page.size(), 0u);
    const size_t end = offset + bytes.size();
    if (content.size() < end) {
      content.resize(end, 0xFF);
      was_written.resize(end, false);
    }
    EXPECT_TRUE(offset >= last || offset < std::max<size_t>(page.size(), 64));
    last = offset;
    for (size_t i = 0; i < bytes.size(); i++) {
      EXPECT_FALSE(was_written[offset + i]);
      was_written[offset + i] = true;
      content[offset + i] = bytes[i];
    }
    return true;
  }
  Image image() {
    Image out(content.size());
    std::copy(content.begin(), content.end(), out.data());
    return out;
  }

  std::vector<uint8_t> page;
  std::vector<uint8_t> content;
  std::vector<bool> was_written;
  uint32_t last = 0;
  uint32_t writes = 0;
  uint32_t fail_at = UINT32_MAX;
};

// Loads and saves `bytes` in pieces of `piece` bytes.
Error save_in_pieces(Flash& flash, const std::vector<uint8_t>& bytes, size_t piece) {
  TestStore test;
  Loader loader(test.store);
  ImageWriter writer(Flash::write, &flash, {flash.page.data(), flash.page.size()});
  for (size_t at = 0; at < bytes.size(); at += piece) {
    // As from a wire: the bytes are gone after this turn.
    const std::vector<uint8_t> chunk(
        bytes.begin() + static_cast<long>(at),
        bytes.begin() + static_cast<long>(std::min(at + piece, bytes.size())));
    EXPECT_EQ(loader.feed(view(chunk)), LoadState::kNeedMore);
    const Error error = writer.feed(view(chunk));
    if (!error.ok()) return error;
  }
  const Module* module = nullptr;
  EXPECT_TRUE(loader.finish(&module).ok());
  uint32_t size = 0;
  const Error error = writer.finish(*module, &size);
  if (error.ok()) {
    EXPECT_EQ(size, flash.content.size());
    EXPECT_EQ(writer.finish(*module, &size).code, ErrorCode::kLoadOrder);
  }
  return error;
}

TEST(ImageWriter, TakesTheModuleInPiecesAndWritesWholePages) {
  for (const char* name : kModules) {
    const std::vector<uint8_t> bytes = wasm(name);
    for (const size_t page : {size_t{4}, size_t{16}, size_t{64}, size_t{256}, size_t{4096}}) {
      std::vector<uint8_t> expected;
      for (const size_t piece : {bytes.size(), size_t{1}, size_t{7}, size_t{64}}) {
        Flash flash(page);
        const Error error = save_in_pieces(flash, bytes, piece);
        ASSERT_TRUE(error.ok()) << text(error);
        EXPECT_EQ(std::count(flash.was_written.begin(), flash.was_written.end(), false), 0);
        if (expected.empty()) expected = flash.content;
        EXPECT_EQ(flash.content, expected);
      }
      Flash flash(page);
      ASSERT_TRUE(save_in_pieces(flash, bytes, 5).ok());
      Image image = flash.image();
      TestStore test;
      const Module* module = nullptr;
      const Error error = open_image(test.store, image.bytes(), &module);
      ASSERT_TRUE(error.ok()) << name << " " << page << ": " << text(error);
    }
  }
}

TEST(ImageWriter, LeavesNoImageWhenWritingFails) {
  const std::vector<uint8_t> bytes = wasm("guest");
  Flash whole(64);
  ASSERT_TRUE(save_in_pieces(whole, bytes, 50).ok());
  for (uint32_t fail_at = 0; fail_at < whole.writes; fail_at++) {
    Flash flash(64);
    flash.fail_at = fail_at;
    EXPECT_EQ(save_in_pieces(flash, bytes, 50).code, ErrorCode::kImageWrite);
    Image image = flash.image();
    TestStore test;
    EXPECT_EQ(refusal(test, image.bytes()).code, ErrorCode::kNotAnImage);
  }
}

TEST(ImageWriter, RefusesWhatIsNotTheModule) {
  const std::vector<uint8_t> bytes = wasm("guest");
  TestStore test;
  const Module* module = nullptr;
  ASSERT_TRUE(load(test.store, view(bytes), &module).ok());
  uint32_t size = 1;
  EXPECT_EQ(save_image(*module, Bytes(bytes.data(), bytes.size() - 1), {}, &size).code,
            ErrorCode::kArguments);
  EXPECT_EQ(size, 0u);
  EXPECT_EQ(save_image(*module, view(wasm("host")), {}, &size).code, ErrorCode::kArguments);
  EXPECT_EQ(save_image(*module, {}, {}, &size).code, ErrorCode::kArguments);
}

TEST(ImageWriter, RefusesPagesThatItCannotUse) {
  uint8_t buffer[64];
  for (const size_t size : {size_t{0}, size_t{1}, size_t{2}, size_t{12}, size_t{63}}) {
    ImageWriter writer(Flash::write, nullptr, MutableBytes(buffer, size));
    EXPECT_EQ(writer.feed(view(kEmptyModule)).code, ErrorCode::kArguments) << size;
  }
}

#else  // !MOTE_FEATURE_SAVED_CODE

// A build whose code cannot be saved says so, and refuses every image.
TEST(Image, CannotBeMadeByThisBuild) {
  const ErrorCode expected =
      MOTE_ENCODING == MOTE_ENCODING_WIDE ? ErrorCode::kCodeNotMovable : ErrorCode::kSavedCodeOff;
  TestStore test;
  const Module* module = nullptr;
  ASSERT_TRUE(load(test.store, view(kEmptyModule), &module).ok());
  uint32_t size = 1;
  EXPECT_EQ(save_image(*module, view(kEmptyModule), {}, &size).code, expected);
  EXPECT_EQ(size, 0u);
  uint8_t page[64];
  const WriteImage never = [](void*, uint32_t, Bytes) {
    ADD_FAILURE() << "written";
    return true;
  };
  ImageWriter writer(never, nullptr, page);
  EXPECT_EQ(writer.feed(view(kEmptyModule)).code, expected);
  EXPECT_EQ(writer.finish(*module, &size).code, expected);
  EXPECT_EQ(open_image(test.store, view(kEmptyModule), &module).code, expected);
  EXPECT_EQ(module, nullptr);
  EXPECT_EQ(class_of(expected), ErrorClass::kUnsupported);
}

#endif

}  // namespace
}  // namespace mote::test
