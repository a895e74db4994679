// Vectors of wasm.h.
#include "wasm_c_api/objects.hpp"

using namespace mote::wasm_c_api;

namespace {

// An array of `size` zeros for `*data`, or an empty vector if there is no memory for it.
template <class V, class T>
void begin(V* out, size_t size, T** data) {
  // NOLINTNEXTLINE(bugprone-sizeof-expression): arrays of pointers as well
  *data = size == 0 || size > SIZE_MAX / sizeof(T) ? nullptr : make_array<T>(size);
  out->size = *data == nullptr ? 0 : size;
}

template <class V>
void end(V* vector) {
  free(vector->data);
  vector->size = 0;
  vector->data = nullptr;
}

}  // namespace

#define VECTOR(name, ptr_or_none, COPY, DELETE)                                             \
  void wasm_##name##_vec_new_empty(wasm_##name##_vec_t* out) { begin(out, 0, &out->data); } \
  void wasm_##name##_vec_new_uninitialized(wasm_##name##_vec_t* out, size_t size) {         \
    begin(out, size, &out->data);                                                           \
  }                                                                                         \
  void wasm_##name##_vec_new(wasm_##name##_vec_t* out, size_t size,                         \
                             wasm_##name##_t ptr_or_none const data[]) {                    \
    begin(out, size, &out->data);                                                           \
    for (size_t i = 0; i < out->size; i++) out->data[i] = data[i];                          \
  }                                                                                         \
  void wasm_##name##_vec_copy(wasm_##name##_vec_t* out, const wasm_##name##_vec_t* from) {  \
    begin(out, from->size, &out->data);                                                     \
    for (size_t i = 0; i < out->size; i++) COPY(out->data[i], from->data[i]);               \
  }                                                                                         \
  void wasm_##name##_vec_delete(wasm_##name##_vec_t* vector) {                              \
    if (vector == nullptr) return;                                                          \
    for (size_t i = 0; i < vector->size; i++) DELETE(vector->data[i]);                      \
    end(vector);                                                                            \
  }

#define COPY_PLAIN(to, from) (to) = (from)
#define DELETE_PLAIN(value) (void)(value)
#define COPY_VALUE(to, from) wasm_val_copy(&(to), &(from))
#define DELETE_VALUE(value) wasm_val_delete(&(value))
#define POINTERS(name)                                                         \
  namespace {                                                                  \
  inline void copy_##name(wasm_##name##_t*& to, const wasm_##name##_t* from) { \
    to = from == nullptr ? nullptr : wasm_##name##_copy(from);                 \
  }                                                                            \
  }                                                                            \
  VECTOR(name, *, copy_##name, wasm_##name##_delete)

VECTOR(byte, , COPY_PLAIN, DELETE_PLAIN)
VECTOR(val, , COPY_VALUE, DELETE_VALUE)
POINTERS(valtype)
POINTERS(functype)
POINTERS(globaltype)
POINTERS(tabletype)
POINTERS(memorytype)
POINTERS(externtype)
POINTERS(importtype)
POINTERS(exporttype)
POINTERS(frame)
POINTERS(extern)
