// Tables of functions that C and C++ know under types of their own: mote_wasi_system and
// WasiSystem, mote_file_system and FileSystem. Here each function of one becomes a function of the
// other, so that no call goes through a type that the called function does not have. What is passed
// has the same layout in both (wasi.cpp and wasi_files.cpp compare them).
#pragma once

#include <mote/mote.h>
#include <string.h>

#include <mote/wasi.hpp>
#include <mote/wasi_files.hpp>

namespace mote::c_api {

// An argument or a result under its other type.
template <class To, class From>
struct Pass {
  static To on(From from) {
    static_assert(sizeof(To) == sizeof(From) && __is_trivially_copyable(From), "layout");
    To to;
    memcpy(static_cast<void*>(&to), &from, sizeof to);
    return to;
  }
};
template <class T>
struct Pass<T, T> {
  static T on(T value) { return value; }
};
template <class T>
struct Pass<T*, T*> {
  static T* on(T* value) { return value; }
};
template <class To, class From>
struct Pass<To*, From*> {
  static_assert(!__is_same(To, void) && sizeof(To) == sizeof(From), "layout; no functions");
  static To* on(From* from) { return reinterpret_cast<To*>(from); }
};
template <class To, class From>
struct Pass<To*, From&> {
  static To* on(From& from) { return Pass<To*, From*>::on(&from); }
};
template <class To, class From>
struct Pass<To&, From*> {
  static To& on(From* from) { return *Pass<To*, From*>::on(from); }
};

template <auto kCpp, auto kC>
struct TableCall;
template <class Cpp, class R, class... A, R (*Cpp::*kCpp)(void*, A...), class C, class S,
          class... B, S (*C::*kC)(void*, B...)>
struct TableCall<kCpp, kC> {
  // For a C++ table whose context is the C one.
  static R of_c(void* table, A... arguments) {
    const C& c = *static_cast<const C*>(table);
    if constexpr (__is_same(R, void)) {
      (c.*kC)(c.context, Pass<B, A>::on(arguments)...);
    } else {
      return Pass<R, S>::on((c.*kC)(c.context, Pass<B, A>::on(arguments)...));
    }
  }
  // For a C table whose context kTable turns into the C++ one.
  template <Cpp (*kTable)(void* context)>
  static S of_cpp(void* context, B... arguments) {
    const Cpp cpp = kTable(context);
    if constexpr (__is_same(S, void)) {
      (cpp.*kCpp)(cpp.context, Pass<A, B>::on(arguments)...);
    } else {
      return Pass<S, R>::on((cpp.*kCpp)(cpp.context, Pass<A, B>::on(arguments)...));
    }
  }
};

// Fills function `name` of a table `out`, if the other table has it; Cpp and C are the types.
#define MOTE_TAKE_OF_C(name) \
  if (c.name != nullptr) out.name = TableCall<&Cpp::name, &C::name>::of_c;
#define MOTE_TAKE_OF_CPP(name) \
  if (cpp.name != nullptr) out.name = TableCall<&Cpp::name, &C::name>::template of_cpp<kTable>;

// ---- Systems ---------------------------------------------------------------------------------

#define MOTE_EACH_SYSTEM_FUNCTION(X) \
  X(write) X(read) X(clock_time) X(clock_resolution) X(random) X(sleep) X(ready) X(yield)

// Refers to `c`, which must stay.
inline WasiSystem cpp_system(mote_wasi_system& c) {
  using Cpp = WasiSystem;
  using C = mote_wasi_system;
  WasiSystem out;
  out.context = &c;
  MOTE_EACH_SYSTEM_FUNCTION(MOTE_TAKE_OF_C)
  return out;
}

template <WasiSystem (*kTable)(void* context)>
mote_wasi_system c_system(void* context) {
  using Cpp = WasiSystem;
  using C = mote_wasi_system;
  const WasiSystem cpp = kTable(context);
  C out = {};
  out.context = context;
  MOTE_EACH_SYSTEM_FUNCTION(MOTE_TAKE_OF_CPP)
  return out;
}

// ---- Files -----------------------------------------------------------------------------------

// All but read_directory(), to which a function is passed.
#define MOTE_EACH_FILE_FUNCTION(X) \
  X(open)                          \
  X(close)                         \
  X(read)                          \
  X(write)                         \
  X(stat)                          \
  X(stat_at)                       \
  X(set_size)                      \
  X(allocate)                      \
  X(set_times)                     \
  X(set_times_at)                  \
  X(sync)                          \
  X(create_directory)              \
  X(remove_directory)              \
  X(unlink)                        \
  X(rename)                        \
  X(link)                          \
  X(create_link)                   \
  X(read_link)

// Who takes the entries, under the other type.
template <class Function>
struct EntrySink {
  Function sink;
  void* to;
};

inline wasi::Errno read_c_directory(void* table, FileHandle directory, uint64_t cookie,
                                    DirectorySink sink, void* to) {
  const mote_file_system& c = *static_cast<const mote_file_system*>(table);
  EntrySink<DirectorySink> taker = {sink, to};
  const mote_directory_sink give = [](void* with, const mote_directory_entry* entry) {
    const auto& cpp = *static_cast<const EntrySink<DirectorySink>*>(with);
    return cpp.sink(cpp.to, Pass<const DirectoryEntry&, const mote_directory_entry*>::on(entry));
  };
  return Pass<wasi::Errno, mote_errno>::on(
      c.read_directory(c.context, directory, cookie, give, &taker));
}

template <FileSystem (*kTable)(void* context)>
mote_errno read_cpp_directory(void* context, mote_file_handle directory, uint64_t cookie,
                              mote_directory_sink sink, void* to) {
  const FileSystem cpp = kTable(context);
  EntrySink<mote_directory_sink> taker = {sink, to};
  const DirectorySink give = [](void* with, const DirectoryEntry& entry) {
    const auto& c = *static_cast<const EntrySink<mote_directory_sink>*>(with);
    return c.sink(c.to, Pass<const mote_directory_entry*, const DirectoryEntry&>::on(entry));
  };
  return Pass<mote_errno, wasi::Errno>::on(
      cpp.read_directory(cpp.context, directory, cookie, give, &taker));
}

// Refers to `c`, which must stay.
inline FileSystem cpp_files(mote_file_system& c) {
  using Cpp = FileSystem;
  using C = mote_file_system;
  FileSystem out;
  out.context = &c;
  MOTE_EACH_FILE_FUNCTION(MOTE_TAKE_OF_C)
  if (c.read_directory != nullptr) out.read_directory = read_c_directory;
  return out;
}

template <FileSystem (*kTable)(void* context)>
mote_file_system c_files(void* context) {
  using Cpp = FileSystem;
  using C = mote_file_system;
  const FileSystem cpp = kTable(context);
  C out = {};
  out.context = context;
  MOTE_EACH_FILE_FUNCTION(MOTE_TAKE_OF_CPP)
  if (cpp.read_directory != nullptr) out.read_directory = read_cpp_directory<kTable>;
  return out;
}

}  // namespace mote::c_api
