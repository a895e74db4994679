// What is behind the pointers of wasm.h: a store with its things, counted by the host's references.
//
// A thing of the engine (a function, an instance, ...) has at most one object, found through its
// identity, so that whoever gets hold of it again gets the same host info. An object goes when its
// last reference does, unless guests can still reach it or it carries host info: then it stays as
// long as the store. Objects that outlive their store are empty shells.
#pragma once

#include <mote/wasm_c_api.h>
#include <stdlib.h>
#include <wasm.h>

#include <mote/mote.hpp>
#include <mote/port.hpp>

#include "base/placement_new.hpp"

namespace mote::wasm_c_api {

enum class Kind : uint8_t {
  kFunc,
  kGlobal,
  kTable,
  kMemory,
  kInstance,
  kModule,
  kTrap,
  kForeign,
};

// Host functions that call guests that call host functions ... Each level uses native stack.
constexpr uint32_t kMaxDepth = 64;

// ---- Memory ----------------------------------------------------------------------------------

// A new T, zero where nothing else is said, or null.
template <class T>
T* make() {
  void* place = calloc(1, sizeof(T));
  return place == nullptr ? nullptr : new (place) T();
}
template <class T>
T* make_array(size_t count) {
  // NOLINTNEXTLINE(bugprone-sizeof-expression): arrays of pointers as well
  return static_cast<T*>(calloc(count == 0 ? 1 : count, sizeof(T)));
}

// An array of plain values that lives in the frame if it is short.
template <class T, size_t kFew>
class Temporary {
 public:
  explicit Temporary(size_t count) : data_(count <= kFew ? few_ : make_array<T>(count)) {}
  ~Temporary() {
    if (data_ != few_) free(data_);
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  bool ok() const { return data_ != nullptr; }
  T* data() { return data_; }
  T& operator[](size_t index) { return data_[index]; }

 private:
  T few_[kFew] = {};
  T* data_;
};

// The bytes of a module, for all stores that have it.
struct Binary {
  uint32_t references;  // changed atomically: stores belong to different threads
  size_t size;
  uint8_t* bytes() { return reinterpret_cast<uint8_t*>(this + 1); }
};
Binary* make_binary(const void* bytes, size_t size);
void retain(Binary* binary);
void release(Binary* binary);

// A module that was loaded into a store. Refers to the bytes in place.
struct LoadedModule {
  LoadedModule* next;
  Binary* binary;
  const Module* module;
};

}  // namespace mote::wasm_c_api

// ---- Objects, under the names of wasm.h ------------------------------------------------------

struct wasm_config_t {
  size_t store_bytes = sizeof(void*) == 8 ? size_t{1} << 30 : size_t{64} << 20;
  uint32_t stack_bytes = 512 * 1024;
};

struct wasm_engine_t {
  wasm_config_t config;
};

struct wasm_ref_t {
  mote::wasm_c_api::Kind kind;
  bool is_exposed;         // guests may hold it
  uint32_t references;     // of the host
  uint32_t extern_number;  // as an externref, from 1; 0: not yet
  wasm_store_t* store;
  wasm_ref_t* previous;  // all of the store
  wasm_ref_t* following;
  wasm_ref_t* in_bucket;  // see Identities
  mote::ExternIdentity identity;
  void* host_info;
  void (*finalizer)(void*);
};

struct wasm_extern_t : wasm_ref_t {
  mote::Extern value;
};

struct wasm_func_t : wasm_extern_t {
  // Of a function of the host's; `value` names it.
  bool is_host;
  mote::HostFunction host;
  mote::ValueType* types;  // the lists of its type
  wasm_func_callback_t callback;
  wasm_func_callback_with_env_t callback_with_env;
  void* env;
  void (*env_finalizer)(void*);
  mote::Extern in_guest;  // as a function of an instance, once that is needed
};

struct wasm_global_t : wasm_extern_t {};
struct wasm_table_t : wasm_extern_t {};
struct wasm_memory_t : wasm_extern_t {};

struct wasm_instance_t : wasm_ref_t {
  mote::Instance* instance;
};

struct wasm_module_t : wasm_ref_t {
  mote::wasm_c_api::LoadedModule* loaded;
};

struct wasm_shared_module_t {
  mote::wasm_c_api::Binary* binary;
};

struct wasm_trap_t : wasm_ref_t {
  wasm_name_t message;
  wasm_frame_vec_t frames;
};

struct wasm_foreign_t : wasm_ref_t {};

struct wasm_frame_t {
  wasm_instance_t* instance;  // counted
  uint32_t function;
  size_t function_offset;
  size_t module_offset;
};

namespace mote::wasm_c_api {

// Objects by kind and identity.
class Identities {
 public:
  wasm_ref_t* find(Kind kind, const ExternIdentity& identity) const;
  // False: out of memory.
  bool add(wasm_ref_t* ref);
  void remove(wasm_ref_t* ref);
  void clear();

 private:
  wasm_ref_t** bucket(wasm_ref_t** buckets, size_t count, Kind kind,
                      const ExternIdentity& identity) const;
  bool grow();

  wasm_ref_t** buckets_ = nullptr;
  size_t bucket_count_ = 0;  // a power of two, or 0
  size_t size_ = 0;
};

}  // namespace mote::wasm_c_api

struct wasm_store_t {
  explicit wasm_store_t(mote::MutableBytes ram)
      : memory(ram), core(ram, mote::StoreOptions{true}) {}

  bool is_alive = true;
  bool is_doomed = false;  // deleted by a host function: ends when the outermost call does
  size_t references = 1;   // its own, and one for each object
  mote::MutableBytes memory;
  mote::Store core;
  uint32_t stack_bytes = 0;
  wasm_ref_t objects = {};  // the ends of the list of all
  mote::wasm_c_api::Identities identities;
  wasm_ref_t** externs = nullptr;  // by number
  uint32_t extern_count = 0;
  uint32_t extern_capacity = 0;
  mote::Execution* executions[mote::wasm_c_api::kMaxDepth] = {};  // by depth of host calls
  uint32_t depth = 0;
  wasm_trap_t* pending = nullptr;  // that a host function ended with
  wasm_trap_t* reserve = nullptr;  // for when there is no memory for a trap
  mote::wasm_c_api::LoadedModule* modules = nullptr;
  char error[256] = {};
};

namespace mote::wasm_c_api {

// ---- Objects (refs.cpp) ----------------------------------------------------------------------

// Begins an object with one reference.
void adopt(wasm_store_t* store, wasm_ref_t* ref, Kind kind);
template <class T>
T* make_object(wasm_store_t* store, Kind kind) {
  T* object = make<T>();
  if (object != nullptr) adopt(store, object, kind);
  return object;
}
template <class T>
T* retain(T* ref) {
  if (ref != nullptr) ref->references++;
  return ref;
}
void release(wasm_ref_t* ref);
// Ends the objects that nobody refers to, and all that the store has.
void end_store(wasm_store_t* store);
void release_store(wasm_store_t* store);

inline bool is_usable(const wasm_ref_t* ref) { return ref != nullptr && ref->store->is_alive; }
// The object if it is of that kind.
template <class T>
T* cast(wasm_ref_t* ref, Kind kind) {
  return ref != nullptr && ref->kind == kind ? static_cast<T*>(ref) : nullptr;
}

// A reference to the object of something of the engine, made if need be. Null: out of memory.
wasm_extern_t* object_of(wasm_store_t* store, const Extern& value);
wasm_instance_t* object_of(wasm_store_t* store, Instance* instance);

// ---- Errors (engine.cpp) ---------------------------------------------------------------------

void set_error(wasm_store_t* store, const Error& error);
void set_error(wasm_store_t* store, const char* text);

// ---- Values (values.cpp) ---------------------------------------------------------------------

bool to_type(wasm_valkind_t kind, ValueType* type);
// False: wasm.h has no such type.
bool to_kind(ValueType type, wasm_valkind_t* kind);
// Whether `value` can be one of type `type` in that store.
bool is_of_type(const wasm_store_t* store, ValueType type, const wasm_val_t& value);
// A value of type `type` for guests. False: it is none, or cannot be made one.
bool to_value(wasm_store_t* store, ValueType type, const wasm_val_t& from, Value* to);
bool to_reference(wasm_store_t* store, ValueType type, wasm_ref_t* from, Value* to);
// The other way; `to` owns its reference.
void from_value(wasm_store_t* store, const Value& from, wasm_val_t* to);
wasm_ref_t* from_reference(wasm_store_t* store, const Value& from);
// Zero or null.
wasm_val_t zero_of(ValueType type);

// ---- Types (types.cpp) -----------------------------------------------------------------------

wasm_functype_t* to_functype(const FunctionType& type);
wasm_externtype_t* to_externtype(const ExternType& type);
// Whether wasm.h can express it.
bool is_expressible(const ExternType& type);
void set_name(wasm_name_t* out, StringView name);

// ---- Calls (calls.cpp, traps.cpp) ------------------------------------------------------------

// Runs `function`, or the start function of `start` if that is not null. Null: done.
wasm_trap_t* run(wasm_store_t* store, Function function, Instance* start,
                 Span<const Value> arguments, wasm_val_vec_t* results);
HostStatus call_host(Host& host, uint8_t* slots);
// What calls answer whose store is gone.
constexpr const char* kDeleted = "the store was deleted";
// A trap with a text; never null.
wasm_trap_t* make_trap(wasm_store_t* store, const char* message);
// Gives a trap the frames of the call that it ended, unless it has some.
void set_frames(wasm_trap_t* trap, const Execution& execution);

}  // namespace mote::wasm_c_api
