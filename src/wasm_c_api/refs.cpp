// References of wasm.h: counting, identity, host info, and casts between kinds.
#include "wasm_c_api/objects.hpp"

namespace mote::wasm_c_api {

// ---- Identities ------------------------------------------------------------------------------

wasm_ref_t** Identities::bucket(wasm_ref_t** buckets, size_t count, Kind kind,
                                const ExternIdentity& identity) const {
  // Addresses differ in their middle bits most: spread them.
  uint64_t hash = reinterpret_cast<uintptr_t>(identity.owner) * uint64_t{0x9E3779B97F4A7C15};
  hash ^= reinterpret_cast<uintptr_t>(identity.part) + (hash >> 32) + static_cast<uint64_t>(kind);
  hash *= uint64_t{0x9E3779B97F4A7C15};
  return &buckets[static_cast<size_t>(hash >> 32) & (count - 1)];
}

wasm_ref_t* Identities::find(Kind kind, const ExternIdentity& identity) const {
  if (bucket_count_ == 0) return nullptr;
  for (wasm_ref_t* ref = *bucket(buckets_, bucket_count_, kind, identity); ref != nullptr;
       ref = ref->in_bucket) {
    if (ref->kind == kind && ref->identity == identity) return ref;
  }
  return nullptr;
}

bool Identities::grow() {
  const size_t count = bucket_count_ == 0 ? 64 : bucket_count_ * 2;
  wasm_ref_t** buckets = make_array<wasm_ref_t*>(count);
  if (buckets == nullptr) return bucket_count_ != 0;  // longer chains will do
  for (size_t i = 0; i < bucket_count_; i++) {
    while (buckets_[i] != nullptr) {
      wasm_ref_t* const ref = buckets_[i];
      buckets_[i] = ref->in_bucket;
      wasm_ref_t** const to = bucket(buckets, count, ref->kind, ref->identity);
      ref->in_bucket = *to;
      *to = ref;
    }
  }
  free(buckets_);
  buckets_ = buckets;
  bucket_count_ = count;
  return true;
}

bool Identities::add(wasm_ref_t* ref) {
  if (size_ >= bucket_count_ && !grow()) return false;
  wasm_ref_t** const to = bucket(buckets_, bucket_count_, ref->kind, ref->identity);
  ref->in_bucket = *to;
  *to = ref;
  size_++;
  return true;
}

void Identities::remove(wasm_ref_t* ref) {
  if (bucket_count_ == 0) return;
  wasm_ref_t** at = bucket(buckets_, bucket_count_, ref->kind, ref->identity);
  while (*at != nullptr && *at != ref) at = &(*at)->in_bucket;
  if (*at == nullptr) return;
  *at = ref->in_bucket;
  size_--;
}

void Identities::clear() {
  free(buckets_);
  buckets_ = nullptr;
  bucket_count_ = size_ = 0;
}

// ---- Counting --------------------------------------------------------------------------------

void adopt(wasm_store_t* store, wasm_ref_t* ref, Kind kind) {
  ref->kind = kind;
  ref->references = 1;
  ref->store = store;
  store->references++;
  ref->previous = store->objects.previous;
  ref->following = &store->objects;
  ref->previous->following = ref->following->previous = ref;
}

namespace {

void unlink(wasm_ref_t* ref) {
  ref->previous->following = ref->following;
  ref->following->previous = ref->previous;
}

// Whether it has to stay without a reference of the host's, because somebody can get at it again.
bool must_stay(const wasm_ref_t* ref) {
  if (!ref->store->is_alive) return false;
  if (ref->is_exposed) return true;
  const bool has_info = ref->host_info != nullptr || ref->finalizer != nullptr;
  if (!has_info) return false;
  switch (ref->kind) {
    case Kind::kFunc: return !static_cast<const wasm_func_t*>(ref)->is_host;
    case Kind::kGlobal:
    case Kind::kTable:
    case Kind::kMemory:
    case Kind::kInstance: return true;
    default: return false;
  }
}

void finalize(wasm_ref_t* ref) {
  void (*const finalizer)(void*) = ref->finalizer;
  void* const info = ref->host_info;
  ref->finalizer = nullptr;
  ref->host_info = nullptr;
  if (finalizer != nullptr) finalizer(info);
}

// Finalizers may release other objects, but nobody has a reference to this one.
void destroy(wasm_ref_t* ref) {
  wasm_store_t* const store = ref->store;
  unlink(ref);
  store->identities.remove(ref);
  finalize(ref);
  switch (ref->kind) {
    case Kind::kFunc: {
      wasm_func_t* const func = static_cast<wasm_func_t*>(ref);
      if (func->env_finalizer != nullptr) func->env_finalizer(func->env);
      free(func->types);
      break;
    }
    case Kind::kTrap: {
      wasm_trap_t* const trap = static_cast<wasm_trap_t*>(ref);
      wasm_byte_vec_delete(&trap->message);
      wasm_frame_vec_delete(&trap->frames);
      break;
    }
    default: break;
  }
  free(ref);
  release_store(store);
}

}  // namespace

void release(wasm_ref_t* ref) {
  if (ref == nullptr) return;
  ref->references--;
  if (ref->references == 0 && !must_stay(ref)) destroy(ref);
}

void end_store(wasm_store_t* store) {
  store->is_alive = false;
  wasm_trap_t* const ours[] = {store->pending, store->reserve};
  store->pending = store->reserve = nullptr;
  for (wasm_trap_t* trap : ours) release(trap);
  // Those that are still referred to go to a list of their own, so that each is seen once whatever
  // finalizers release meanwhile.
  wasm_ref_t held = {};
  held.previous = held.following = &held;
  while (store->objects.following != &store->objects) {
    wasm_ref_t* const ref = store->objects.following;
    // destroy() has taken the last one out of the list. NOLINTNEXTLINE(clang-analyzer-unix.Malloc)
    if (ref->references == 0) {
      destroy(ref);
      continue;
    }
    unlink(ref);
    store->identities.remove(ref);
    ref->previous = held.previous;
    ref->following = &held;
    ref->previous->following = held.previous = ref;
  }
  // The list's head goes back into the store, which stays as long as they do.
  if (held.following == &held) return;
  store->objects.previous = held.previous;
  store->objects.following = held.following;
  store->objects.previous->following = store->objects.following->previous = &store->objects;
}

// ---- Identity --------------------------------------------------------------------------------

namespace {

constexpr Kind kKinds[] = {Kind::kFunc, Kind::kTable, Kind::kMemory,
                           Kind::kGlobal};  // by ExternKind

// A new object with that identity.
template <class T>
T* make_identified(wasm_store_t* store, Kind kind, const ExternIdentity& identity) {
  T* object = make_object<T>(store, kind);
  if (object == nullptr) return nullptr;
  object->identity = identity;
  if (store->identities.add(object)) return object;
  release(object);
  return nullptr;
}

}  // namespace

wasm_extern_t* object_of(wasm_store_t* store, const Extern& value) {
  const Extern defined = value.definition();
  // All host functions of a store are ours.
  if (defined.host != nullptr) return retain(static_cast<wasm_func_t*>(defined.context));
  const Kind kind = kKinds[static_cast<size_t>(defined.kind)];
  const ExternIdentity identity = defined.identity();
  wasm_ref_t* found = store->identities.find(kind, identity);
  if (found != nullptr) return retain(static_cast<wasm_extern_t*>(found));
  wasm_extern_t* made = nullptr;
  switch (defined.kind) {
    case ExternKind::kFunction: made = make_identified<wasm_func_t>(store, kind, identity); break;
    case ExternKind::kTable: made = make_identified<wasm_table_t>(store, kind, identity); break;
    case ExternKind::kMemory: made = make_identified<wasm_memory_t>(store, kind, identity); break;
    case ExternKind::kGlobal: made = make_identified<wasm_global_t>(store, kind, identity); break;
  }
  if (made != nullptr) made->value = defined;
  return made;
}

wasm_instance_t* object_of(wasm_store_t* store, Instance* instance) {
  const ExternIdentity identity = {instance, nullptr};
  wasm_ref_t* found = store->identities.find(Kind::kInstance, identity);
  if (found != nullptr) return retain(static_cast<wasm_instance_t*>(found));
  wasm_instance_t* made = make_identified<wasm_instance_t>(store, Kind::kInstance, identity);
  if (made != nullptr) made->instance = instance;
  return made;
}

}  // namespace mote::wasm_c_api

// ---- The functions of every kind -------------------------------------------------------------

using namespace mote::wasm_c_api;

#define REF_BASE(name)                                                                           \
  void wasm_##name##_delete(wasm_##name##_t* ref) { release(ref); }                              \
  wasm_##name##_t* wasm_##name##_copy(const wasm_##name##_t* ref) {                              \
    return retain(const_cast<wasm_##name##_t*>(ref));                                            \
  }                                                                                              \
  bool wasm_##name##_same(const wasm_##name##_t* a, const wasm_##name##_t* b) { return a == b; } \
  void* wasm_##name##_get_host_info(const wasm_##name##_t* ref) { return ref->host_info; }       \
  void wasm_##name##_set_host_info(wasm_##name##_t* ref, void* info) {                           \
    wasm_##name##_set_host_info_with_finalizer(ref, info, nullptr);                              \
  }                                                                                              \
  void wasm_##name##_set_host_info_with_finalizer(wasm_##name##_t* ref, void* info,              \
                                                  void (*finalizer)(void*)) {                    \
    finalize(ref);                                                                               \
    ref->host_info = info;                                                                       \
    ref->finalizer = finalizer;                                                                  \
  }

#define REF(name, is_kind)                                                                   \
  REF_BASE(name)                                                                             \
  wasm_ref_t* wasm_##name##_as_ref(wasm_##name##_t* ref) { return ref; }                     \
  const wasm_ref_t* wasm_##name##_as_ref_const(const wasm_##name##_t* ref) { return ref; }   \
  const wasm_##name##_t* wasm_ref_as_##name##_const(const wasm_ref_t* ref) {                 \
    return ref != nullptr && (is_kind) ? static_cast<const wasm_##name##_t*>(ref) : nullptr; \
  }                                                                                          \
  wasm_##name##_t* wasm_ref_as_##name(wasm_ref_t* ref) {                                     \
    return const_cast<wasm_##name##_t*>(wasm_ref_as_##name##_const(ref));                    \
  }

REF_BASE(ref)
REF(func, ref->kind == Kind::kFunc)
REF(global, ref->kind == Kind::kGlobal)
REF(table, ref->kind == Kind::kTable)
REF(memory, ref->kind == Kind::kMemory)
REF(extern, ref->kind <= Kind::kMemory)
REF(instance, ref->kind == Kind::kInstance)
REF(module, ref->kind == Kind::kModule)
REF(trap, ref->kind == Kind::kTrap)
REF(foreign, ref->kind == Kind::kForeign)

#define EXTERN(name)                                                                 \
  wasm_extern_t* wasm_##name##_as_extern(wasm_##name##_t* value) { return value; }   \
  const wasm_extern_t* wasm_##name##_as_extern_const(const wasm_##name##_t* value) { \
    return value;                                                                    \
  }                                                                                  \
  wasm_##name##_t* wasm_extern_as_##name(wasm_extern_t* value) {                     \
    return wasm_ref_as_##name(value);                                                \
  }                                                                                  \
  const wasm_##name##_t* wasm_extern_as_##name##_const(const wasm_extern_t* value) { \
    return wasm_ref_as_##name##_const(value);                                        \
  }

EXTERN(func)
EXTERN(global)
EXTERN(table)
EXTERN(memory)

wasm_foreign_t* wasm_foreign_new(wasm_store_t* store) {
  return store->is_alive ? make_object<wasm_foreign_t>(store, Kind::kForeign) : nullptr;
}
