// Loading a module (specification 5 and 3; 7.1 module_decode and module_validate) and asking what
// it contains.
//
// Calls take constant time and no memory where nothing else is said.
#pragma once

#include <stdint.h>

#include <mote/config.hpp>
#include <mote/error.hpp>
#include <mote/span.hpp>
#include <mote/value.hpp>

namespace mote {

class Store;

namespace detail {
struct LoaderState;
struct ModuleData;
struct StoreData;
}  // namespace detail

// The kinds of imports and exports, with the numbers of the binary format (5.5.5).
enum class ExternKind : uint8_t { kFunction = 0, kTable = 1, kMemory = 2, kGlobal = 3 };

// Limits of a table (entries) or a memory (pages), 2.3.9.
struct Limits {
  uint32_t minimum = 0;  // at least so much from the start; of an extern: what is there now
  uint32_t maximum = 0xFFFFFFFF;  // it never grows beyond; counts only with has_maximum
  bool has_maximum = false;       // else what the address type allows is the maximum
};

// Type of an import or export. Which members count depends on `kind`.
struct ExternType {
  ExternKind kind = ExternKind::kFunction;  // which of these
  FunctionType function;                    // kFunction
  ValueType value = ValueType::kNone;       // kGlobal: its type; kTable: its element type
  bool is_mutable = false;                  // kGlobal
  Limits limits;                            // kTable: entries; kMemory: pages
  uint8_t page_size_log2 = 16;              // kMemory: 16, or 0 for pages of one byte
};

// One import (2.5.11). The names are valid as long as the module.
struct ImportInfo {
  StringView module_name;  // the first name: of the module or interface that has it
  StringView field_name;   // the second: of the function, table, memory or global
  ExternType type;         // what has to be given
};

// One export (2.5.10). The name is valid as long as the module.
struct ExportInfo {
  StringView name;     // no other export of the module has it
  uint32_t index = 0;  // in the index space of its kind
  ExternType type;     // as the module declares it
};

// What loading the module found and cost.
struct ModuleInfo {
  uint32_t module_bytes = 0;      // length of the binary
  uint32_t function_bytes = 0;    // function bodies in the binary
  uint32_t code_bytes = 0;        // the same, translated, maps for backtraces included
  bool code_in_place = false;     // the module is from an image: its code takes no RAM
  uint32_t offset_map_bytes = 0;  // how much of code_bytes those maps are
  uint32_t functions = 0;         // defined by the module
  uint32_t types = 0;             // entries of the type section
  uint32_t data_bytes = 0;        // data segments
  uint32_t arena_bytes = 0;       // long-lived memory of the store that the module takes
  // The same plus the most scratch memory that loading needed, and what others took meanwhile.
  uint32_t load_peak_bytes = 0;
  uint32_t max_frame_bytes = 0;  // largest frame of one function on the guest's stack
};

// A loaded, validated and translated module. Lives in its store's buffer until the store is
// rolled back to before it or reset. It can be instantiated any number of times.
class Module {
 public:
  // Number of imports of all kinds (7.1 module_imports).
  uint32_t import_count() const;
  // `index` must be below import_count().
  ImportInfo import(uint32_t index) const;
  // Number of exports of all kinds (7.1 module_exports).
  uint32_t export_count() const;
  // `index` must be below export_count().
  ExportInfo export_at(uint32_t index) const;
  // Memories, imported ones first, whether exported or not.
  uint32_t memory_count() const;
  // `index` must be below memory_count().
  ExternType memory_type(uint32_t index) const;
  // Sizes and counts, see ModuleInfo.
  ModuleInfo info() const;
  // Whether the module uses what the feature adds; true for kNone.
  bool uses(Feature feature) const;
  // Whether the module has a start function (2.5.9): Execution::start_instance runs it.
  bool has_start_function() const;
  // The module's own name from the name section (7.4.1), or "", also if names were not kept. Valid
  // as long as the module.
  StringView name() const;
  // Name of a function from the name section, else from its first export, else "", also for an
  // index that no function has. Valid as long as the module. Cost: the number of names and exports.
  StringView function_name(uint32_t funcidx) const;

 protected:
  Module() = default;
  ~Module() = default;
};

// Where a load is.
enum class LoadState : uint8_t {
  kNeedMore,  // everything so far is fine
  kFailed,    // error() tells why; feeding more has no effect
};

// How to load a module.
struct LoadOptions {
  // The bytes given to feed() stay readable and unchanged as long as the module lives (flash, a
  // mapped file): names and data segments that lie within one chunk are referred to in place
  // instead of being copied.
  bool bytes_stay = false;
  // Keep the function names of the name section, for backtraces. They take memory.
  bool keep_names = true;
};

// Takes a module in chunks of any size, validates and translates it on the way (nothing is kept
// of the bytes). How the input is cut never changes the outcome: same module, same error, same
// offset. A store has one loader at a time: a second one fails with kBusy.
//
// While a loader is alive, everything else may go on in the store: guests run, instances and
// executions are made. Scratch memory of executions that end meanwhile comes back when the loader
// is destroyed. An unfinished or failed load then gives back what it took, but for long-lived
// memory that others took memory behind (a guest that touches more of its memory, an instance):
// that stays taken until the store is reset. Within the code section, the translated code has to
// stay the last long-lived memory: if others take some between two feed() of that section, the load
// fails with kOutOfMemory.
class Loader {
 public:
  // Begins a load into `store`, which must outlive this. Takes scratch memory for the state of the
  // load, from about 1 KB on, more for larger functions (ModuleInfo::load_peak_bytes tells), until
  // this is destroyed. When that fails, error() tells why: kOutOfMemory or kBusy.
  explicit Loader(Store& store, LoadOptions options = {});
  // Gives back what the load used, and, unless it was finished, what it made. Cost: constant.
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  // Takes the next bytes, of any number; they are not needed afterwards (but see
  // LoadOptions::bytes_stay). kFailed if they cannot begin a module of this build: error() tells
  // why and where, with a code of class kMalformed, kInvalid, kUnsupported, kLimit or kMemory
  // (kOutOfMemory; kModuleQuota if Quota::module_bytes is what is too small), kLoadOrder if it is
  // finished, kStoreReset. Cost: linear in the number of bytes, plus translation, plus sorting the
  // exports by name; takes long-lived memory for what is kept of the module.
  LoadState feed(Bytes bytes);
  // Says that the module is complete. On success `*module` is the new module, else null. Fails like
  // feed(), also if the bytes end too early. Cost: constant.
  Error finish(const Module** module);
  // Why the loader cannot take bytes, or why feed() or finish() failed; kOk if neither did.
  Error error() const;

 private:
  LoadState run(const uint8_t* bytes, size_t size, bool finishes);
  void fail();
  void end(bool keep);

  detail::LoaderState* state_ = nullptr;  // null: the load has ended
  detail::StoreData* store_ = nullptr;
  uint32_t epoch_ = 0;  // of the store
  Error error_;
};

// Loads a module that is in memory as a whole: a Loader, fed once. Fails, and costs, what that
// does;
// `*module` is null then.
Error load(Store& store, Bytes bytes, const Module** module, LoadOptions options = {});

}  // namespace mote
