// Writing images (see mote/image.hpp, image_format.hpp).
#include <mote/image.hpp>

#include "base/make_error.hpp"
#include "interp/code.hpp"
#include "runtime/image_format.hpp"

namespace mote {

using detail::make_error;

#if MOTE_FEATURE_SAVED_CODE

using detail::FunctionCode;
using detail::ModuleData;
using detail::Unit;
using detail::write_field;

namespace {

constexpr uint8_t kCodeSection = 10;

uint32_t leb_size(uint32_t value) {
  uint32_t size = 1;
  for (; value > 0x7F; value >>= 7) size++;
  return size;
}

// What the list of functions tells about one.
struct FunctionRecord {
  FunctionRecord(const ModuleData& module, uint32_t index) {
    const FunctionCode& function = module.functions[index];
    const uint8_t* begin = static_cast<const uint8_t*>(function.code);
    const uint8_t* end = index + 1 < module.defined_functions
                             ? static_cast<const uint8_t*>(module.functions[index + 1].code)
                             : module.code_end;
    frame_slots = function.frame_bytes / detail::kSlotBytes;
    code_units = function.code_bytes / static_cast<uint32_t>(sizeof(Unit));
    all_units = static_cast<uint32_t>(end - begin) / static_cast<uint32_t>(sizeof(Unit));
  }
  uint32_t body_bytes() const {
    return 1 + leb_size(frame_slots) + leb_size(code_units) + leb_size(all_units);
  }

  uint32_t frame_slots;
  uint32_t code_units;
  uint32_t all_units;
};

uint32_t header_pages(uint32_t page) {
  return page < detail::kImageHeaderBytes ? detail::kImageHeaderBytes : page;
}

}  // namespace

ImageWriter::ImageWriter(WriteImage write, void* context, MutableBytes page)
    : write_(write), context_(context), page_(page), crc_(detail::kCrcStart) {
  const size_t size = page.size();
  if (write == nullptr || size < 4 || (size & (size - 1)) != 0 || size > 1u << 30) {
    fail(ErrorCode::kArguments);
    return;
  }
  offset_ = header_pages(static_cast<uint32_t>(size));
  constexpr uint8_t kPadding[] = {detail::kImagePadding};
  for (uint32_t i = detail::kImageHeaderBytes; i < offset_; i++) {
    crc_ = detail::crc32(crc_, kPadding);
  }
}

void ImageWriter::fail(ErrorCode code) {
  if (error_ == ErrorCode::kOk) error_ = code;
}

void ImageWriter::put(Bytes bytes) {
  const uint32_t size = static_cast<uint32_t>(page_.size());
  while (!bytes.empty() && error_ == ErrorCode::kOk) {
    const uint32_t room = size - filled_;
    const uint32_t taken = bytes.size() < room ? static_cast<uint32_t>(bytes.size()) : room;
    memcpy(page_.data() + filled_, bytes.data(), taken);
    bytes = bytes.from(taken);
    filled_ += taken;
    if (filled_ < size) return;
    filled_ = 0;
    crc_ = detail::crc32(crc_, page_);
    if (offset_ > UINT32_MAX - size || !write_(context_, offset_, page_)) {
      fail(ErrorCode::kImageWrite);
      return;
    }
    offset_ += size;
  }
}

void ImageWriter::put_leb(uint32_t value) {
  for (; value > 0x7F; value >>= 7) put_byte(static_cast<uint8_t>(value | 0x80));
  put_byte(static_cast<uint8_t>(value));
}

// Follows the sections only; whether they are well formed is the loader's to say.
Error ImageWriter::feed(Bytes bytes) {
  if (bytes.size() > UINT32_MAX - fed_) fail(ErrorCode::kModuleTooLarge);
  while (!bytes.empty() && error_ == ErrorCode::kOk) {
    uint32_t taken = 1;
    switch (part_) {
      case Part::kPreamble:
      case Part::kSection: {
        taken = bytes.size() < left_ ? static_cast<uint32_t>(bytes.size()) : left_;
        left_ -= taken;
        if (left_ == 0) part_ = Part::kSectionId;
        break;
      }
      case Part::kSectionId:
        is_code_ = bytes[0] == kCodeSection;
        if (is_code_) {
          has_code_ = true;
          code_at_ = kept_;
        }
        part_ = Part::kSectionSize;
        left_ = 0;
        shift_ = 0;
        break;
      case Part::kSectionSize:
        if (shift_ < 32) left_ |= static_cast<uint32_t>(bytes[0] & 0x7F) << shift_;
        shift_ = static_cast<uint8_t>(shift_ < 32 ? shift_ + 7 : shift_);
        if ((bytes[0] & 0x80) == 0) part_ = left_ == 0 ? Part::kSectionId : Part::kSection;
        break;
    }
    fed_ += taken;
    if (!is_code_) {
      kept_ += taken;
      put(Bytes(bytes.data(), taken));
    }
    bytes = bytes.from(taken);
    // What follows the code section is kept again.
    if (part_ == Part::kSectionId) is_code_ = false;
  }
  return make_error(error_);
}

// The list of functions, as a code section.
void ImageWriter::put_functions(const Module& module) {
  const ModuleData& data = ModuleData::of(module);
  const uint32_t count = data.defined_functions;
  uint32_t size = leb_size(count);
  for (uint32_t i = 0; i < count; i++) size += 1 + FunctionRecord(data, i).body_bytes();
  put_byte(kCodeSection);
  put_leb(size);
  put_leb(count);
  for (uint32_t i = 0; i < count; i++) {
    const FunctionRecord record(data, i);
    put_leb(record.body_bytes());
    put_byte(0);
    put_leb(record.frame_slots);
    put_leb(record.code_units);
    put_leb(record.all_units);
  }
}

// From the last page of the header to the first, which has the magic number.
void ImageWriter::put_header(uint8_t* header) {
  const uint32_t size = static_cast<uint32_t>(page_.size());
  const uint32_t end = header_pages(size);
  memset(page_.data(), detail::kImagePadding, size);
  crc_ = ~detail::crc32(crc_, Bytes(header, detail::kFieldCrc));
  write_field(header + detail::kFieldCrc, crc_);
  for (uint32_t at = end; at != 0 && error_ == ErrorCode::kOk;) {
    at -= size;
    const uint32_t part = size < detail::kImageHeaderBytes ? size : detail::kImageHeaderBytes;
    memcpy(page_.data(), header + at, part);
    if (!write_(context_, at, page_)) fail(ErrorCode::kImageWrite);
  }
}

Error ImageWriter::finish(const Module& module, uint32_t* size) {
  *size = 0;
  const ModuleData& data = ModuleData::of(module);
  const ModuleInfo& info = data.module_info;
  if (part_ != Part::kSectionId || fed_ != info.module_bytes) fail(ErrorCode::kArguments);
  if (!has_code_) code_at_ = kept_;
  if (!has_code_ && data.defined_functions != 0) fail(ErrorCode::kArguments);
  if (error_ != ErrorCode::kOk) return make_error(error_);

  const uint32_t module_at = header_pages(static_cast<uint32_t>(page_.size()));
  const uint32_t functions_at = position();
  if (has_code_) put_functions(module);
  const uint32_t functions = position() - functions_at;
  while (position() % 4 != 0) put_byte(detail::kImagePadding);
  const uint32_t code = static_cast<uint32_t>(data.code_end - data.code_begin);
  put(Bytes(data.code_begin, code));
  while (filled_ != 0 && error_ == ErrorCode::kOk) put_byte(detail::kImagePadding);

  uint8_t header[detail::kImageHeaderBytes] = {};
  const uint64_t fingerprint = detail::engine_fingerprint();
  memcpy(header, detail::kImageMagic, sizeof detail::kImageMagic);
  write_field(header + detail::kFieldFormat, detail::kImageFormat);
  write_field(header + detail::kFieldFingerprint, static_cast<uint32_t>(fingerprint));
  write_field(header + detail::kFieldFingerprint + 4, static_cast<uint32_t>(fingerprint >> 32));
  write_field(header + detail::kFieldSize, offset_);
  write_field(header + detail::kFieldModuleAt, module_at);
  write_field(header + detail::kFieldBeforeCode, code_at_);
  write_field(header + detail::kFieldAfterCode, kept_ - code_at_);
  write_field(header + detail::kFieldFunctions, functions);
  write_field(header + detail::kFieldCode, code);
  write_field(header + detail::kFieldModuleBytes, info.module_bytes);
  write_field(header + detail::kFieldFunctionBytes, info.function_bytes);
  write_field(header + detail::kFieldMapBytes, info.offset_map_bytes);
  write_field(header + detail::kFieldFeatures, data.features);
  put_header(header);
  if (error_ == ErrorCode::kOk) *size = offset_;
  // A second image needs a second writer.
  const ErrorCode result = error_;
  fail(ErrorCode::kLoadOrder);
  return make_error(result);
}

namespace {
bool write_to_memory(void* context, uint32_t offset, Bytes bytes) {
  const MutableBytes& image = *static_cast<MutableBytes*>(context);
  if (offset <= image.size() && bytes.size() <= image.size() - offset) {
    memcpy(image.data() + offset, bytes.data(), bytes.size());
  }
  return true;  // the length is wanted in any case
}
}  // namespace

Error save_image(const Module& module, Bytes module_bytes, MutableBytes image, uint32_t* size) {
  *size = 0;
  uint8_t page[16];
  ImageWriter writer(write_to_memory, &image, page);
  Error error = writer.feed(module_bytes);
  if (error.ok()) error = writer.finish(module, size);
  if (error.ok() && *size > image.size()) error.code = ErrorCode::kImageWrite;
  return error;
}

#else  // !MOTE_FEATURE_SAVED_CODE

namespace {
Error refusal() {
  return make_error(MOTE_ENCODING == MOTE_ENCODING_COMPACT ? ErrorCode::kSavedCodeOff
                                                           : ErrorCode::kCodeNotMovable);
}
}  // namespace

ImageWriter::ImageWriter(WriteImage write, void* context, MutableBytes page)
    : write_(write), context_(context), page_(page), crc_(0) {
  fail(refusal().code);
}
void ImageWriter::fail(ErrorCode code) { error_ = code; }
Error ImageWriter::feed(Bytes) { return make_error(error_); }
Error ImageWriter::finish(const Module&, uint32_t* size) {
  *size = 0;
  return make_error(error_);
}
Error save_image(const Module&, Bytes, MutableBytes, uint32_t* size) {
  *size = 0;
  return refusal();
}

#endif

}  // namespace mote
