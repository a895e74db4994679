// Saved code in the C API (see mote/mote.h).
#include "c_api/c_api.hpp"

using namespace mote;
using namespace mote::c_api;

mote_error_code mote_save_image(const mote_module* module, const void* bytes, size_t size,
                                void* image, size_t capacity, uint32_t* image_size,
                                mote_error* error) {
  *image_size = 0;
  if (module == nullptr) return give_null(error);
  return give(save_image(of(module), of(bytes, size), of(image, capacity), image_size), error);
}

mote_error_code mote_open_image(mote_store* store, const void* image, size_t size,
                                const mote_load_options* options, const mote_module** module,
                                mote_error* error) {
  const Module* made = nullptr;
  const Error result = open_image(of(store), of(image, size), &made, of(options));
  *module = reinterpret_cast<const mote_module*>(made);
  return give(result, error);
}

bool mote_is_image(const void* bytes, size_t size) { return is_image(of(bytes, size)); }
