// Saved code: a module that is translated once, kept in flash as an image, and run from there with
// no RAM for its code.
//
// An image holds the module without its function bodies, and their translated form. It can lie at
// any address that is a multiple of four. It belongs to the build of Mote that made it: another one
// (other sources of the engine, other switches, another width of pointers) refuses it.
//
// What is trusted: translated code runs without further checks, so an image is as trusted as the
// firmware. The checksum finds damage, not forgery: keep images where nobody but the firmware can
// write. Everything else of an image is checked before it is used; one that is damaged is refused.
//
// Only the compact encoding can be saved (MOTE_ENCODING): other code holds addresses. A build that
// cannot save says so with kCodeNotMovable or kSavedCodeOff.
//
// No part of the specification: it leaves open how an engine keeps a module.
#pragma once

#include <stdint.h>

#include <mote/error.hpp>
#include <mote/module.hpp>
#include <mote/span.hpp>

namespace mote {

class Store;

// Takes a part of an image. `offset`, from the start of the image, and the number of bytes are
// multiples of the page given to the writer. Each page is written once: in ascending order, but for
// the header, which comes last, its first page at the very end. So an image that was not finished
// (a reset, a failed load) is no image. False: it could not be written.
using WriteImage = bool (*)(void* context, uint32_t offset, Bytes bytes);

// Makes an image of a module that arrives in chunks: feed it what the loader is fed, in chunks of
// the same or any other size, and finish when the loader has. Keeps nothing but `page`.
//
//   Loader loader(store);
//   ImageWriter writer(program_flash, nullptr, page);
//   for each chunk: loader.feed(chunk), writer.feed(chunk)
//   if (loader.finish(&module).ok()) error = writer.finish(*module, &size);
class ImageWriter {
 public:
  // `page` is the buffer for what is written at once: as many bytes as the flash programs, a power
  // of two, 4 or more. It must stay as long as the writer is used. Cannot fail, but feed() can
  // then. Cost: the size of the page; no memory.
  ImageWriter(WriteImage write, void* context, MutableBytes page);

  // Takes the next bytes of the module. Fails with kImageWrite when `write` does, kArguments if the
  // page is not as demanded, kCodeNotMovable or kSavedCodeOff, and says the same again after that.
  // Cost: linear in the number of bytes.
  Error feed(Bytes bytes);
  // Writes the code of `module`, which must be the one that was fed (else kArguments), and the
  // header. `*size` is the length of the image in bytes, 0 if it failed. Fails like feed(), and
  // with kLoadOrder the second time. Cost: linear in the length.
  Error finish(const Module& module, uint32_t* size);

 private:
  enum class Part : uint8_t { kPreamble, kSectionId, kSectionSize, kSection };

  void put(Bytes bytes);
  void put_byte(uint8_t byte) { put(Bytes(&byte, 1)); }
  void put_leb(uint32_t value);
  uint32_t position() const { return offset_ + filled_; }
  void put_functions(const Module& module);
  void put_header(uint8_t* header);
  void fail(ErrorCode code);

  WriteImage write_;
  void* context_;
  MutableBytes page_;
  uint32_t filled_ = 0;  // bytes in page_
  uint32_t offset_ = 0;  // of page_ in the image
  uint32_t crc_;
  ErrorCode error_ = ErrorCode::kOk;

  // Where the module's bytes are: its code section is left out.
  Part part_ = Part::kPreamble;
  bool is_code_ = false;
  uint8_t shift_ = 0;
  uint32_t left_ = 8;     // bytes of the part
  uint32_t fed_ = 0;      // bytes of the module
  uint32_t kept_ = 0;     // of them, written
  uint32_t code_at_ = 0;  // how many were when the code section came
  bool has_code_ = false;
};

// Saves a loaded module whose bytes are at hand into `image`. `*size` is the length of the image in
// bytes, also when it does not fit (kImageWrite): with an empty `image` this asks for the size.
// Fails also with kArguments (the bytes are not those of the module), kCodeNotMovable or
// kSavedCodeOff. Cost: linear in the length; takes no memory.
Error save_image(const Module& module, Bytes module_bytes, MutableBytes image, uint32_t* size);

// Whether `bytes` begin like an image of any build (a module begins otherwise). Cost: constant.
bool is_image(Bytes bytes);

// Makes a module of an image, null if it fails. The image must stay readable and unchanged as long
// as the module lives; what follows it in `image` is ignored. The module is like the one that was
// saved, but its code, names and data are referred to in place. Takes scratch memory while it
// works. Fails with kNotAnImage, kImageOfOtherBuild, kImageDamaged (with the offset in the image,
// where one makes sense), kOutOfMemory, kModuleQuota, kArguments (the address is no multiple of
// four), kBusy (a load is in progress on the store), kCodeNotMovable, kSavedCodeOff. Cost: linear
// in the size of the image, for the checksum.
Error open_image(Store& store, Bytes image, const Module** module, LoadOptions options = {});

}  // namespace mote
