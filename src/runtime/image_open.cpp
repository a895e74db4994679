// Opening images (see mote/image.hpp, image_format.hpp). Needs neither the loader nor the
// translator: firmware that only runs images links neither.
#include <mote/image.hpp>

#include "base/make_error.hpp"
#include "base/placement_new.hpp"
#include "interp/code.hpp"
#include "loader/module_decoder.hpp"
#include "runtime/image_format.hpp"
#include "runtime/store_data.hpp"

namespace mote {

bool is_image(Bytes bytes) {
  return bytes.size() >= sizeof detail::kImageMagic &&
         memcmp(bytes.data(), detail::kImageMagic, sizeof detail::kImageMagic) == 0;
}

#if MOTE_FEATURE_SAVED_CODE

namespace detail {
namespace {

// Takes the list of functions in place of function bodies.
// NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor): final, and nobody deletes it
class SavedFunctions final : public CodeSink {
 public:
  explicit SavedFunctions(Bytes code) : code_(code) {}

  bool begin_code(ModuleContext& context, Reader&) override {
    module_ = context.module;
    module_->code_begin = code_.data();
    module_->code_end = code_.end();
    return true;
  }
  bool begin_function(uint32_t funcidx, Reader&) override {
    function_ = &module_->functions[funcidx - module_->imported_functions];
    return true;
  }
  bool add_locals(uint32_t, ValueType, Reader& reader) override { return refuse(reader); }
  bool begin_body(Reader&) override { return true; }

  bool take_instructions(Reader& reader, bool* done) override {
    uint32_t frame_slots, code_units, all_units;
    if (!reader.u32(&frame_slots) || !reader.u32(&code_units) || !reader.u32(&all_units)) {
      return false;
    }
    uint32_t link = 0;
    for (const ValueType type : module_->types[function_->type].parameter_types()) {
      link += slots_of(type);
    }
    const uint32_t least_units = code_units + (MOTE_CODE_OFFSETS ? 1 : 0);
    if (frame_slots < link + kLinkSlots || frame_slots > kMaxFrameSlots || code_units == 0 ||
        code_units > all_units || least_units > all_units ||
        all_units > (code_.size() - used_) / sizeof(Unit)) {
      return refuse(reader);
    }
    function_->code = code_.data() + used_;
    function_->code_bytes = code_units * static_cast<uint32_t>(sizeof(Unit));
    function_->frame_bytes = frame_slots * kSlotBytes;
    function_->link_bytes = link * kSlotBytes;
    used_ += all_units * static_cast<uint32_t>(sizeof(Unit));
    uint32_t& largest = module_->module_info.max_frame_bytes;
    if (function_->frame_bytes > largest) largest = function_->frame_bytes;
    *done = true;
    return true;
  }
  bool end_code(Reader& reader) override { return used_ == code_.size() || refuse(reader); }

 private:
  static bool refuse(Reader& reader) {
    return reader.fail(ErrorCode::kImageDamaged, reader.position());
  }

  const Bytes code_;
  ModuleData* module_ = nullptr;
  FunctionCode* function_ = nullptr;
  uint32_t used_ = 0;  // bytes of code_ that have a function
};

// The parts of an image, all within it.
struct ImageParts {
  Bytes before_code;
  Bytes functions;
  Bytes after_code;
  Bytes code;
};

uint32_t field(Bytes image, ImageField at) { return read_field(image.data() + at); }

// Checks what can be said without looking into the parts.
Error find_parts(Bytes image, ImageParts* parts) {
  if (!is_image(image)) return make_error(ErrorCode::kNotAnImage, 0);
  if (image.size() < kImageHeaderBytes) {
    return make_error(ErrorCode::kImageDamaged, static_cast<uint32_t>(image.size()));
  }
  if (field(image, kFieldFormat) != kImageFormat) return make_error(ErrorCode::kImageOfOtherBuild);
  const uint32_t size = field(image, kFieldSize);
  if (size < kImageHeaderBytes || size > image.size()) {
    return make_error(ErrorCode::kImageDamaged, kFieldSize);
  }
  uint32_t crc =
      crc32(kCrcStart, Bytes(image.data() + kImageHeaderBytes, size - kImageHeaderBytes));
  crc = ~crc32(crc, Bytes(image.data(), kFieldCrc));
  if (crc != field(image, kFieldCrc)) return make_error(ErrorCode::kImageDamaged, kFieldCrc);

  const uint64_t fingerprint = engine_fingerprint();
  const uint8_t* theirs = image.data() + kFieldFingerprint;
  if (read_field(theirs) != static_cast<uint32_t>(fingerprint) ||
      read_field(theirs + 4) != static_cast<uint32_t>(fingerprint >> 32)) {
    return make_error(ErrorCode::kImageOfOtherBuild);
  }
  uint64_t at = field(image, kFieldModuleAt);
  if (at < kImageHeaderBytes) return make_error(ErrorCode::kImageDamaged, kFieldModuleAt);
  const auto take = [&](ImageField length, Bytes* part) {
    const uint32_t bytes = field(image, length);
    if (at > size || bytes > size - at) return false;
    *part = Bytes(image.data() + at, bytes);
    at += bytes;
    return true;
  };
  if (!take(kFieldBeforeCode, &parts->before_code)) {
    return make_error(ErrorCode::kImageDamaged, kFieldBeforeCode);
  }
  if (!take(kFieldAfterCode, &parts->after_code)) {
    return make_error(ErrorCode::kImageDamaged, kFieldAfterCode);
  }
  if (!take(kFieldFunctions, &parts->functions)) {
    return make_error(ErrorCode::kImageDamaged, kFieldFunctions);
  }
  at = (at + 3) & ~uint64_t{3};
  if (!take(kFieldCode, &parts->code)) return make_error(ErrorCode::kImageDamaged, kFieldCode);
  return {};
}

// Where `offset` of the module that is put together from the parts is in the image.
uint32_t offset_in_image(Bytes image, const ImageParts& parts, uint32_t offset) {
  const Bytes pieces[] = {parts.before_code, parts.functions, parts.after_code};
  for (const Bytes& piece : pieces) {
    if (offset < piece.size()) return static_cast<uint32_t>(piece.data() - image.data()) + offset;
    offset -= static_cast<uint32_t>(piece.size());
  }
  return kNoIndex;
}

// What opening needs while it works.
struct ImageReader {
  ImageReader(Arena& arena, ModuleData& module, Bytes code, const LoadOptions& options)
      : functions(code), decoder(ModuleDecoder::make(arena, module, functions, options)) {}

  bool read(const ImageParts& parts) {
    return feed(parts.before_code) && feed(parts.functions) && feed(parts.after_code) &&
           decoder->finish();
  }

  bool feed(Bytes bytes) { return decoder->feed(bytes.data(), bytes.size()); }

  SavedFunctions functions;
  ModuleDecoder* decoder;  // null: no memory
};

}  // namespace
}  // namespace detail

Error open_image(Store& store, Bytes image, const Module** module, LoadOptions options) {
  using namespace detail;
  *module = nullptr;
  StoreData* data = StoreData::of(store);
  if (data == nullptr) return make_error(ErrorCode::kOutOfMemory);
  if (data->is_loading) return make_error(ErrorCode::kBusy);
  if (reinterpret_cast<uintptr_t>(image.data()) % 4 != 0) return make_error(ErrorCode::kArguments);
  ImageParts parts;
  Error error = find_parts(image, &parts);
  if (!error.ok()) return error;

  Arena& arena = data->arena;
  const Arena::Mark mark = arena.mark();
  const size_t used_before = arena.used_low() + arena.used_high();
  const size_t peak_before = arena.restart_peak();
  options.bytes_stay = true;
#if MOTE_FEATURE_QUOTAS
  arena.limit_low(data->quota.module_bytes);
#endif
  void* memory = arena.allocate_scratch(sizeof(ImageReader), alignof(ImageReader));
  ModuleData* made = arena.allocate_array<ModuleData>(1);
  if (memory == nullptr || made == nullptr) {
    error.code = ErrorCode::kOutOfMemory;
  } else {
    new (made) ModuleData();
    ImageReader* reader = new (memory) ImageReader(arena, *made, parts.code, options);
    if (reader->decoder == nullptr) {
      error.code = ErrorCode::kOutOfMemory;
    } else if (!reader->read(parts)) {
      error = reader->decoder->error();
      // A module that is wrong in any way cannot have been saved.
      if (error.code != ErrorCode::kOutOfMemory) {
        error = make_error(ErrorCode::kImageDamaged, offset_in_image(image, parts, error.offset));
      }
    }
  }
#if MOTE_FEATURE_QUOTAS
  if (error.code == ErrorCode::kOutOfMemory && arena.is_limited()) {
    error.code = ErrorCode::kModuleQuota;
  }
  arena.limit_low(SIZE_MAX);
#endif
  if (error.ok()) {
    ModuleInfo& info = made->module_info;
    info.module_bytes = field(image, kFieldModuleBytes);
    info.function_bytes = field(image, kFieldFunctionBytes);
    info.offset_map_bytes = field(image, kFieldMapBytes);
    info.code_bytes = static_cast<uint32_t>(parts.code.size());
    info.code_in_place = true;
    info.load_peak_bytes = static_cast<uint32_t>(arena.peak() - used_before);
    info.arena_bytes = static_cast<uint32_t>(arena.mark().low - mark.low);
    made->features |= field(image, kFieldFeatures);
    *module = made;
  } else {
    arena.roll_back_low(mark);
  }
  arena.raise_peak(peak_before);
  arena.roll_back_high(mark);
  return error;
}

#else  // !MOTE_FEATURE_SAVED_CODE

Error open_image(Store&, Bytes, const Module** module, LoadOptions) {
  *module = nullptr;
  Error error;
  error.code = MOTE_ENCODING == MOTE_ENCODING_COMPACT ? ErrorCode::kSavedCodeOff
                                                      : ErrorCode::kCodeNotMovable;
  return error;
}

#endif

}  // namespace mote
