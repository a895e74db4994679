// Plays a digest: see digest_player.hpp.
#include "digest_player.hpp"

#include <string.h>

#include "spectest.hpp"

namespace mote::spec {

namespace {

// Far more than any test needs: an engine that hangs fails instead.
constexpr uint64_t kFuel = uint64_t{1} << 28;

}  // namespace

// ---- Reading -----------------------------------------------------------------------------------

bool DigestReader::fill() {
  if (begin_ != end_) return true;
  begin_ = 0;
  end_ = failed_ ? 0 : system_.read(system_.context, MutableBytes(buffer_));
  if (end_ == 0 || end_ > sizeof buffer_) {
    end_ = 0;
    failed_ = true;
  }
  return !failed_;
}

uint8_t DigestReader::byte() {
  if (left_ == 0) failed_ = true;
  if (failed_ || !fill()) return 0;
  if (left_ != UINT32_MAX) left_--;
  return buffer_[begin_++];
}

uint64_t DigestReader::number() {
  uint64_t result = 0;
  for (uint32_t shift = 0; shift < 64; shift += 7) {
    const uint8_t next = byte();
    result |= static_cast<uint64_t>(next & 0x7F) << shift;
    if (next < 0x80) return result;
  }
  failed_ = true;
  return 0;
}

uint64_t DigestReader::fixed(uint32_t size) {
  uint64_t result = 0;
  for (uint32_t i = 0; i < size; i++) result |= static_cast<uint64_t>(byte()) << (8 * i);
  return result;
}

StringView DigestReader::string(char* buffer, size_t size) {
  const uint64_t length = number();
  if (length > size) failed_ = true;
  if (failed_) return {};
  for (size_t i = 0; i < length; i++) buffer[i] = static_cast<char>(byte());
  return StringView(buffer, static_cast<size_t>(length));
}

Bytes DigestReader::chunk() {
  if (!has_payload() || !fill()) return {};
  size_t size = end_ - begin_;
  if (size > left_) size = left_;
  const Bytes bytes(buffer_ + begin_, size);
  begin_ += size;
  left_ -= static_cast<uint32_t>(size);
  return bytes;
}

void DigestReader::skip_payload() {
  while (has_payload()) (void)chunk();
  end_payload();
}

// ---- Printing ----------------------------------------------------------------------------------

Printer& Printer::number(uint64_t value, uint32_t width, char fill) {
  char digits[24];
  size_t at = sizeof digits;
  do {
    digits[--at] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  while (sizeof digits - at < width && at != 0) digits[--at] = fill;
  return text(StringView(digits + at, sizeof digits - at));
}

Printer& Printer::spaces(size_t count) {
  for (; count != 0; count--) text(" ");
  return *this;
}

uint32_t Tally::Counts::skipped_sum() const {
  uint32_t sum = 0;
  for (const uint32_t count : skipped) sum += count;
  return sum;
}

bool Tally::is_success() const {
  uint32_t passed = 0;
  for (const Counts& counts : counts_) {
    if (counts.failed != 0) return false;
    passed += counts.passed;
  }
  return passed != 0;
}

void Tally::print(Printer& printer, const StringView* classes, uint32_t class_count) const {
  uint32_t passed = 0, failed = 0, skipped = 0;
  for (uint32_t i = 1; i <= class_count; i++) {
    const Counts& counts = counts_[i];
    const uint32_t sum = counts.skipped_sum();
    if (counts.passed == 0 && counts.failed == 0 && sum == 0) continue;
    passed += counts.passed;
    failed += counts.failed;
    skipped += sum;
    printer.text(classes[i]).spaces(classes[i].size() < 20 ? 20 - classes[i].size() : 0).text(" ");
    printer.number(counts.passed, 6).text(" passed, ").number(counts.failed).text(" failed, ");
    printer.number(sum).text(" skipped");
    const char* separator = " (";
    for (uint8_t j = 0; j < kSkipReasons; j++) {
      if (counts.skipped[j] == 0) continue;
      const SkipReason reason = static_cast<SkipReason>(j);
      printer.text(separator).text(text_of(reason));
      if (reason == SkipReason::kClass) {
        printer.text(" ").text(classes[i]);
      } else if (reason >= SkipReason::kFeatureFirst) {
        printer.text(" ").text(
            name_of(static_cast<Feature>(j - static_cast<uint8_t>(SkipReason::kFeatureFirst))));
      }
      printer.text(": ").number(counts.skipped[j]);
      separator = ", ";
    }
    printer.text(sum == 0 ? "\n" : ")\n");
  }
  printer.number(passed).text(" passed, ").number(failed).text(" failed, ");
  printer.number(skipped).text(" skipped\n");
}

void DigestPlayer::print_where() {
  printer_.text(script_name_).text(":").number(line_).text(" [").text(class_name()).text("]: ");
}

void DigestPlayer::print_failure(const Verdict& verdict) {
  if (system_.messages == 0) return;
  printer_.text("FAILED ");
  print_where();
  printer_.text(verdict.why);
  if (!verdict.error.ok()) {
    char buffer[200];
    const size_t size = describe(verdict.error, buffer);
    printer_.text(": ").text(StringView(buffer, size));
  }
  printer_.text("\n");
  if (--system_.messages == 0) printer_.text("(no more failures are printed)\n");
}

Verdict DigestPlayer::too_big(uint64_t bytes, StringView what) {
  printer_.text("skipped ");
  print_where();
  printer_.text("too big for this board: ").number(bytes).text(" bytes, ").text(what).text("\n");
  return skipped(SkipReason::kTooBig);
}

// ---- The stream --------------------------------------------------------------------------------

bool DigestPlayer::read_table(StringView* strings, uint32_t capacity, uint32_t* count) {
  const uint64_t size = reader_.number();
  if (size > capacity) return false;
  for (uint32_t i = 0; i < size; i++) {
    strings[i] = reader_.string(strings_ + strings_used_, sizeof strings_ - strings_used_);
    strings_used_ += strings[i].size();
  }
  *count = static_cast<uint32_t>(size);
  return !reader_.failed();
}

bool DigestPlayer::read_tables() {
  for (const uint8_t expected : kDigestMagic) {
    if (reader_.byte() != expected) return false;
  }
  return read_table(classes_ + 1, kMaxClasses - 1, &class_count_) &&
         read_table(texts_, kMaxTexts, &text_count_);
}

void DigestPlayer::read_heading() {
  kind_ = static_cast<Command>(reader_.byte());
  if (kind_ == Command::kEnd || reader_.failed()) return;
  const uint64_t feature_class = reader_.number();
  class_ = feature_class <= class_count_ ? static_cast<uint32_t>(feature_class) : 0;
  has_class_ = class_ != 0;
  line_ = static_cast<uint32_t>(reader_.number());
  reader_.begin_payload(static_cast<uint32_t>(reader_.number()));
}

bool DigestPlayer::play() {
  bool is_whole = read_tables() && class_count_ != 0;
  if (is_whole) {
    read_heading();
    while (kind_ != Command::kEnd && !reader_.failed()) play_session();
    is_whole = !reader_.failed();
  }
  if (!is_whole) {
    printer_.text("FAILED: the digest is damaged or cannot be read\n");
    tally_.fail(1);
    classes_[1] = "1.0";
    if (class_count_ == 0) class_count_ = 1;
  }
  tally_.print(printer_, classes_, class_count_);
  return tally_.is_success();
}

// Plays up to the next command that asks for a new store, or to the end.
void DigestPlayer::play_session() {
  if (kind_ == Command::kScript) {
    script_name_ = reader_.string(script_, sizeof script_);
    registered_missing_ = false;
  }
  reader_.skip_payload();
  for (Slot& slot : slots_) slot = Slot();
  is_short_of_memory_ = false;
  Store store(system_.ram);
  {
    Execution execution(store, system_.stack_bytes);
    execution.restart_stack_peak();
    Session session{store, execution};
    Error error = execution.error();
    if (error.ok()) error = provide_spectest(store);
    if (!error.ok()) {
      class_ = 1;
      tally_.fail(class_);
      print_failure(failed("the spectest module does not load", error));
    }
    read_heading();
    while (kind_ != Command::kEnd && kind_ != Command::kScript && kind_ != Command::kRenew &&
           !reader_.failed()) {
      judge(session);
      reader_.skip_payload();
      read_heading();
    }
    if (execution.stack_peak() > guest_stack_peak_) guest_stack_peak_ = execution.stack_peak();
  }
  if (store.memory().peak > store_peak_) store_peak_ = store.memory().peak;
}

// Runs the command at hand and counts the outcome.
void DigestPlayer::judge(Session& session) {
  const Verdict verdict = run(session);
  const uint32_t feature_class = class_or_default();
  if (verdict.kind == Verdict::kFailed && is_supported(class_name())) {
    tally_.fail(feature_class);
    print_failure(verdict);
    return;
  }
  if (!is_assertion(kind_)) return;
  if (verdict.kind == Verdict::kPassed) {
    tally_.pass(feature_class);
  } else if (verdict.kind == Verdict::kSkipped) {
    tally_.skip(feature_class, verdict.reason);
  } else {
    const Feature feature = feature_named(class_name());
    tally_.skip(feature_class, feature == Feature::kNone ? SkipReason::kClass : needs(feature));
  }
}

// Without a class of its own, a command has that of its module.
void DigestPlayer::derive_class(StringView name) {
  if (has_class_) return;
  for (uint32_t i = 1; i <= class_count_; i++) {
    if (classes_[i] == name) class_ = i;
  }
}

// ---- Commands ----------------------------------------------------------------------------------

Verdict DigestPlayer::run(Session& session) {
  switch (kind_) {
    case Command::kModule: return define(session, true);
    case Command::kModuleDefinition: return define(session, false);
    case Command::kModuleText: {
      const uint64_t number = reader_.number();
      Slot slot;
      slot.is_used = slot.is_missing = true;
      if (number < kSlots) slots_[number] = slot;
      slots_[0] = slot;
      return skipped(SkipReason::kTextModule);
    }
    case Command::kModuleInstance: return make_instance(session);
    case Command::kRegister: return register_instance(session);
    case Command::kAction: {
      const Acted acted = act(session);
      if (acted.verdict.kind == Verdict::kPassed && acted.is_trap) {
        return failed("trap", session.execution.trap());
      }
      return acted.verdict;
    }
    case Command::kAssertReturn: return assert_return(session);
    case Command::kAssertTrap:
    case Command::kAssertExhaustion: return assert_trap(session);
    case Command::kAssertException: return skipped(SkipReason::kAssertException);
    case Command::kAssertMalformed:
    case Command::kAssertInvalid: return assert_refused(session);
    case Command::kAssertUnlinkable: return assert_not_instantiated(session, true);
    case Command::kAssertUninstantiable: return assert_not_instantiated(session, false);
    case Command::kAssertText: return skipped(SkipReason::kTextModule);
    default: return failed("a command that this player does not know");
  }
}

// The module is never in memory as a whole.
Error DigestPlayer::load_payload(Session& session, const Module** module, uint32_t* bytes) {
  *module = nullptr;
  *bytes = 0;
  Loader loader(session.store);
  while (reader_.has_payload()) {
    const Bytes chunk = reader_.chunk();
    *bytes += static_cast<uint32_t>(chunk.size());
    (void)loader.feed(chunk);
  }
  const Error error = loader.error().ok() ? loader.finish(module) : loader.error();
  if (*module != nullptr) derive_class(class_of(**module));
  if (error.code == ErrorCode::kFeatureOff) derive_class(name_of(error.feature));
  return error;
}

Error DigestPlayer::run_start(Session& session, Instance* instance, Verdict* verdict) {
  session.execution.cancel();
  session.execution.set_fuel(kFuel);
  const Error error = session.execution.start_instance(instance);
  if (!error.ok()) return error;
  const uint32_t refused = session.store.memory().refused_growths;
  const RunState state = session.execution.resume();
  if (session.store.memory().refused_growths != refused) is_short_of_memory_ = true;
  if (state == RunState::kTrapped) return session.execution.trap();
  if (state != RunState::kDone) *verdict = failed("the start function did not end");
  return {};
}

// Makes an instance of the slot's module and runs its start function.
Verdict DigestPlayer::instantiate(Session& session, Slot& slot) {
  const Error made = session.store.instantiate(slot.module, &slot.instance);
  if (is_too_big(made)) {
    slot.missing = SkipReason::kTooBig;
    return too_big(slot.bytes, "instance of the module");
  }
  if (made.code == ErrorCode::kUnknownImport && registered_missing_) {
    slot.missing = SkipReason::kRefusedModule;
    return skipped(slot.missing);
  }
  if (!made.ok() && is_short_of_memory_) {
    slot.missing = SkipReason::kTooBig;
    return skipped(slot.missing);
  }
  if (!made.ok()) return failed("does not instantiate", made);
  Verdict verdict;
  const Error started = run_start(session, slot.instance, &verdict);
  if (is_too_big(started)) {
    slot.missing = SkipReason::kTooBig;
    return too_big(slot.bytes, "start function of the module");
  }
  if (!started.ok()) return failed("start function", started);
  return verdict;
}

Verdict DigestPlayer::define(Session& session, bool is_instance) {
  const uint64_t number = reader_.number();
  if (number >= kSlots) return failed("there are not so many slots");
  Slot slot;
  slot.is_used = slot.is_missing = true;
  Verdict verdict;
  const Error error = load_payload(session, &slot.module, &slot.bytes);
  if (error.code == ErrorCode::kFeatureOff) {
    slot.missing = needs(error.feature);
    verdict = skipped(slot.missing);
  } else if (is_too_big(error)) {
    slot.missing = SkipReason::kTooBig;
    verdict = too_big(slot.bytes, "module");
  } else if (!error.ok()) {
    verdict = failed("does not load", error);
  } else {
    if (is_instance) verdict = instantiate(session, slot);
    slot.is_missing = verdict.kind != Verdict::kPassed;
  }
  slots_[number] = slot;
  slots_[0] = slot;
  return verdict;
}

// The slot of a command that depends on a module.
Verdict DigestPlayer::use(uint32_t number, Slot** slot) {
  if (number >= kSlots || !slots_[number].is_used) return failed("no such module");
  *slot = &slots_[number];
  if ((*slot)->is_missing) {
    if ((*slot)->missing >= SkipReason::kFeatureFirst) {
      derive_class(name_of(static_cast<Feature>(static_cast<uint8_t>((*slot)->missing) -
                                                static_cast<uint8_t>(SkipReason::kFeatureFirst))));
    }
    return skipped((*slot)->missing);
  }
  derive_class(class_of(*(*slot)->module));
  return passed();
}

Verdict DigestPlayer::make_instance(Session& session) {
  const uint64_t number = reader_.number();
  Slot* definition = nullptr;
  Verdict verdict = use(static_cast<uint32_t>(reader_.number()), &definition);
  if (verdict.kind != Verdict::kPassed) return verdict;
  if (number >= kSlots) return failed("there are not so many slots");
  Slot slot = *definition;
  verdict = instantiate(session, slot);
  slot.is_missing = verdict.kind != Verdict::kPassed;
  slots_[number] = slot;
  slots_[0] = slot;
  return verdict;
}

Verdict DigestPlayer::register_instance(Session& session) {
  Slot* slot = nullptr;
  const Verdict verdict = use(static_cast<uint32_t>(reader_.number()), &slot);
  if (verdict.kind != Verdict::kPassed) {
    if (verdict.kind == Verdict::kSkipped) registered_missing_ = true;
    return verdict;
  }
  const StringView name = reader_.string(string_, sizeof string_);
  const Error error = session.store.name_instance(name, slot->instance);
  return error.ok() ? passed() : failed("is not registered", error);
}

Expected DigestPlayer::read_value() {
  Expected value;
  value.kind = static_cast<Expected::Kind>(reader_.byte());
  switch (value.kind) {
    case Expected::kI32:
    case Expected::kF32: value.bits = reader_.fixed(4); break;
    case Expected::kI64:
    case Expected::kF64: value.bits = reader_.fixed(8); break;
    case Expected::kExtern: value.bits = reader_.number(); break;
    case Expected::kOther: (void)reader_.string(string_, sizeof string_); break;
    default: break;
  }
  return value;
}

// Whether the next value of the stream is what was found. Reads all of it in any case.
bool DigestPlayer::read_match(const Value& actual) {
  const Expected expected = read_value();
  if (expected.kind != Expected::kEither) return matches(expected, actual);
  bool is_one = false;
  for (uint64_t choices = reader_.number(); choices != 0 && !reader_.failed(); choices--) {
    if (matches(read_value(), actual)) is_one = true;
  }
  return is_one;
}

// The outcome of the action that comes next in the stream.
DigestPlayer::Acted DigestPlayer::act(Session& session) {
  Acted acted;
  const uint32_t number = static_cast<uint32_t>(reader_.number());
  const StringView field = reader_.string(string_, sizeof string_);
  const bool is_get = reader_.number() != 0;
  Slot* slot = nullptr;
  acted.verdict = use(number, &slot);
  if (acted.verdict.kind != Verdict::kPassed) return acted;
  if (is_short_of_memory_) {
    acted.verdict = skipped(SkipReason::kTooBig);
    return acted;
  }
  if (slot->instance == nullptr) {
    acted.verdict = failed("the module was not instantiated");
    return acted;
  }
  // Before the values, as those of unknown types overwrite the name.
  const Function function = is_get ? Function() : slot->instance->function(field);
  if (is_get) {
    const Error error = slot->instance->global(field, &acted.global);
    if (!error.ok()) acted.verdict = failed("no global", error);
  }
  Value arguments[kMaxArguments];
  const uint64_t count = reader_.number();
  if (count > kMaxArguments) {
    acted.verdict = failed("too many arguments");
    return acted;
  }
  for (uint32_t i = 0; i < count; i++) {
    if (!argument_of(read_value(), &arguments[i])) {
      acted.verdict = failed("an argument of an unknown type");
    }
  }
  if (is_get || acted.verdict.kind != Verdict::kPassed) return acted;
  Execution& execution = session.execution;
  execution.cancel();
  execution.set_fuel(kFuel);
  const Error error =
      execution.start(function, Span<const Value>(arguments, static_cast<size_t>(count)));
  const uint32_t refused = session.store.memory().refused_growths;
  const RunState state = error.ok() ? execution.resume() : RunState::kIdle;
  acted.is_trap = state == RunState::kTrapped;
  if (session.store.memory().refused_growths != refused) {
    is_short_of_memory_ = true;
    acted.verdict = too_big(slot->instance->memory_size(), "memory 0, that or another is to grow");
  } else if (is_too_big(acted.is_trap ? execution.trap() : error)) {
    is_short_of_memory_ = true;
    acted.verdict = too_big(slot->instance->memory_size(), "memory 0, that or another is touched");
  } else if (!error.ok()) {
    acted.verdict = failed("does not start", error);
  } else if (state != RunState::kTrapped && state != RunState::kDone) {
    acted.verdict = failed("did not end within the fuel");
  }
  return acted;
}

Verdict DigestPlayer::assert_return(Session& session) {
  const Acted acted = act(session);
  if (acted.verdict.kind != Verdict::kPassed) return acted.verdict;
  if (acted.is_trap) return failed("trap", session.execution.trap());
  const bool is_global = acted.global.type != ValueType::kNone;
  const uint64_t count = reader_.number();
  if (count != (is_global ? 1 : session.execution.result_count())) {
    return failed("another number of results");
  }
  for (uint32_t i = 0; i < count; i++) {
    const Value actual = is_global ? acted.global : session.execution.result(i);
    if (read_match(actual)) continue;
    if (system_.messages != 0 && is_supported(class_name())) {
      printer_.text("result ").number(i).text(" is ").text(name_of(actual.type)).text(":");
      printer_.number(actual.bits).text("\n");
    }
    return failed("another result");
  }
  return passed();
}

Verdict DigestPlayer::assert_trap(Session& session) {
  text_ = static_cast<uint32_t>(reader_.number());
  const Acted acted = act(session);
  if (acted.verdict.kind != Verdict::kPassed) return acted.verdict;
  if (!acted.is_trap) return failed("returned instead of trapping");
  const Error trap = session.execution.trap();
  return same_text(text(), text_of(trap.code)) ? passed() : failed("another trap", trap);
}

Verdict DigestPlayer::assert_refused(Session& session) {
  text_ = static_cast<uint32_t>(reader_.number());
  const Module* module = nullptr;
  uint32_t bytes = 0;
  const Error error = load_payload(session, &module, &bytes);
  if (is_too_big(error)) return too_big(bytes, "module");
  const bool malformed = kind_ == Command::kAssertMalformed;
  return judge_refused(error, text(), malformed, is_supported(class_name()));
}

Verdict DigestPlayer::assert_not_instantiated(Session& session, bool by_link) {
  text_ = static_cast<uint32_t>(reader_.number());
  const Module* module = nullptr;
  uint32_t bytes = 0;
  Error error = load_payload(session, &module, &bytes);
  if (error.code == ErrorCode::kFeatureOff) return skipped(needs(error.feature));
  if (is_too_big(error)) return too_big(bytes, "module");
  if (!error.ok()) return failed("does not load", error);
  Instance* instance = nullptr;
  error = session.store.instantiate(module, &instance);
  Verdict verdict;
  if (error.ok() && !by_link) error = run_start(session, instance, &verdict);
  if (verdict.kind != Verdict::kPassed) return verdict;
  if (is_too_big(error)) return too_big(bytes, "instance of the module");
  return judge_not_instantiated(error, text(), by_link, registered_missing_);
}

}  // namespace mote::spec
