// Saving code while a module arrives, in the C API (see mote/mote.h).
#include "c_api/c_api.hpp"

using namespace mote;
using namespace mote::c_api;

namespace {

// The writer, and what it writes with: the function of C takes its bytes in another type.
struct CWriter {
  CWriter(mote_write_image function, void* its, MutableBytes page)
      : write(function),
        context(its),
        writer(function == nullptr ? nullptr : write_bytes, this, page) {}

  static bool write_bytes(void* self, uint32_t offset, Bytes bytes) {
    const CWriter& to = *static_cast<const CWriter*>(self);
    return to.write(to.context, offset, {bytes.data(), bytes.size()});
  }

  mote_write_image write;
  void* context;
  ImageWriter writer;
};
MOTE_FITS(mote_image_writer, CWriter);

ImageWriter& of_writer(mote_image_writer* writer) {
  return reinterpret_cast<CWriter*>(writer)->writer;
}

}  // namespace

void mote_image_writer_init(mote_image_writer* writer, mote_write_image write, void* context,
                            void* page, size_t page_size) {
  new (writer) CWriter(write, context, of(page, page_size));
}

mote_error_code mote_image_writer_feed(mote_image_writer* writer, const void* bytes, size_t size) {
  return give(of_writer(writer).feed(of(bytes, size)).code);
}

mote_error_code mote_image_writer_finish(mote_image_writer* writer, const mote_module* module,
                                         uint32_t* size) {
  *size = 0;
  if (module == nullptr) return give_null();
  return give(of_writer(writer).finish(of(module), size).code);
}
