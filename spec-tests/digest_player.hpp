// Plays a digest (see digest_format.hpp): runs all of its commands and counts the outcomes by
// class. Freestanding: on a microcontroller it needs a kilobyte for the stream, the digest's texts,
// and the RAM for a store. A store holds one script, or less where the digest says that what was
// made before is not used again.
#pragma once

#include <mote/mote.hpp>

#include "digest_format.hpp"
#include "judge.hpp"

namespace mote::spec {

// What a player needs from its surroundings. All functions get `context`.
struct PlayerSystem {
  void* context = nullptr;
  // Gives the next bytes of the digest; 0 at its end or on failure.
  size_t (*read)(void* context, MutableBytes bytes) = nullptr;
  // Takes text to print.
  void (*print)(void* context, StringView text) = nullptr;
  MutableBytes ram;          // for the store, aligned to 8
  uint32_t stack_bytes = 0;  // of the guest, from the same RAM
  uint32_t messages = 50;    // how many failures to print
};

// Prints numbers and text in pieces.
class Printer {
 public:
  explicit Printer(const PlayerSystem& system) : system_(system) {}
  Printer& text(StringView text) {
    system_.print(system_.context, text);
    return *this;
  }
  Printer& number(uint64_t value, uint32_t width = 0, char fill = ' ');
  Printer& spaces(size_t count);

 private:
  const PlayerSystem& system_;
};

// Counts outcomes of assertions by class.
class Tally {
 public:
  void pass(uint32_t feature_class) { counts_[feature_class].passed++; }
  void fail(uint32_t feature_class) { counts_[feature_class].failed++; }
  void skip(uint32_t feature_class, SkipReason reason) {
    counts_[feature_class].skipped[static_cast<uint8_t>(reason)]++;
  }
  // A line for each class that has something, and the sum.
  void print(Printer& printer, const StringView* classes, uint32_t class_count) const;
  bool is_success() const;

 private:
  struct Counts {
    uint32_t passed = 0;
    uint32_t failed = 0;
    uint32_t skipped[kSkipReasons] = {};
    uint32_t skipped_sum() const;
  };
  Counts counts_[kMaxClasses] = {};
};

// Reads the stream through a buffer. An end where there should be more shows in failed().
class DigestReader {
 public:
  explicit DigestReader(const PlayerSystem& system) : system_(system) {}

  uint8_t byte();
  uint64_t number();
  uint64_t fixed(uint32_t size);
  // Copies a string into `buffer`; one that does not fit is a failure.
  StringView string(char* buffer, size_t size);

  // The payload of a command: its size, what is left of it, and its next bytes, at most a buffer.
  void begin_payload(uint32_t size) { left_ = size; }
  bool has_payload() const { return left_ != 0 && !failed_; }
  Bytes chunk();
  void skip_payload();
  void end_payload() { left_ = UINT32_MAX; }

  bool failed() const { return failed_; }

 private:
  bool fill();

  const PlayerSystem& system_;
  uint8_t buffer_[1024];
  size_t begin_ = 0;
  size_t end_ = 0;
  uint32_t left_ = UINT32_MAX;
  bool failed_ = false;
};

// Too large for the stack of a microcontroller: make it static.
class DigestPlayer {
 public:
  explicit DigestPlayer(const PlayerSystem& system)
      : system_(system), reader_(system_), printer_(system_) {}

  // Plays the whole stream and prints the result, a line for each class and at last the sum. True:
  // something passed and nothing failed.
  bool play();

  // The most that the guest's stack, and the store as a whole, have held.
  uint32_t guest_stack_peak() const { return guest_stack_peak_; }
  size_t store_peak() const { return store_peak_; }

 private:
  // Where a script keeps a module.
  struct Slot {
    bool is_used = false;
    bool is_missing = false;
    SkipReason missing = SkipReason::kNotLoaded;  // why it is missing
    const Module* module = nullptr;
    Instance* instance = nullptr;
    uint32_t bytes = 0;  // of the module
  };
  struct Action {
    uint32_t slot;
    StringView field;
    bool is_get;
  };
  // The outcome of an action, besides a Verdict for those that could not be done.
  struct Acted {
    Verdict verdict;
    bool is_trap = false;
    Value global;
  };
  // What lives as long as a store.
  struct Session {
    Store& store;
    Execution& execution;
  };

  bool read_tables();
  bool read_table(StringView* strings, uint32_t capacity, uint32_t* count);
  void read_heading();
  void play_session();
  void judge(Session& session);

  Verdict run(Session& session);
  Verdict define(Session& session, bool instantiate);
  Verdict instantiate(Session& session, Slot& slot);
  Verdict make_instance(Session& session);
  Verdict register_instance(Session& session);
  Verdict assert_return(Session& session);
  Verdict assert_trap(Session& session);
  Verdict assert_refused(Session& session);
  Verdict assert_not_instantiated(Session& session, bool by_link);
  Acted act(Session& session);
  Error load_payload(Session& session, const Module** module, uint32_t* bytes);
  Error run_start(Session& session, Instance* instance, Verdict* verdict);
  Verdict use(uint32_t number, Slot** slot);
  Expected read_value();
  bool read_match(const Value& actual);
  Verdict too_big(uint64_t bytes, StringView what);
  bool is_too_big(const Error& error) const {
    return error.code == ErrorCode::kOutOfMemory || error.code == ErrorCode::kMemoryQuota;
  }

  void derive_class(StringView name);
  uint32_t class_or_default() const { return class_ == 0 ? 1 : class_; }
  StringView class_name() const { return classes_[class_or_default()]; }
  StringView text() { return texts_[text_ < text_count_ ? text_ : 0]; }
  void print_where();
  void print_failure(const Verdict& verdict);

  PlayerSystem system_;
  DigestReader reader_;
  Printer printer_;
  Tally tally_;
  uint32_t guest_stack_peak_ = 0;
  size_t store_peak_ = 0;

  StringView classes_[kMaxClasses];  // from 1 on
  StringView texts_[kMaxTexts];
  uint32_t class_count_ = 0;
  uint32_t text_count_ = 0;
  char strings_[kMaxTextBytes];
  size_t strings_used_ = 0;

  char script_[kMaxString];
  StringView script_name_;
  Slot slots_[kSlots];
  bool registered_missing_ = false;
  // Something did not get the memory that it asked for: what is computed from now on may differ.
  bool is_short_of_memory_ = false;

  // The command at hand.
  Command kind_ = Command::kEnd;
  uint32_t class_ = 0;
  bool has_class_ = false;
  uint32_t line_ = 0;
  uint32_t text_ = 0;
  char string_[kMaxString];
};

}  // namespace mote::spec
