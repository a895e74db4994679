// Executions: starting, stopping, pausing and resuming guests (4.5.5; 7.1 func_invoke).
//
// Calls take constant time and no memory where nothing else is said.
#pragma once

#include <stdint.h>

#include <mote/error.hpp>
#include <mote/instance.hpp>
#include <mote/span.hpp>
#include <mote/value.hpp>

namespace mote {

class Store;

namespace detail {
struct ExecutionData;
}

// Where an execution is.
enum class RunState : uint8_t {
  kIdle,         // nothing was started
  kReady,        // started, not run yet
  kDone,         // finished; results() has the results
  kTrapped,      // ended by a trap: trap() and backtrace() tell more
  kOutOfFuel,    // paused: add fuel and resume(), or cancel()
  kInterrupted,  // paused by interrupt(): resume() or cancel()
  kWaiting,      // paused: a host function answered "not yet"; complete() and resume()
  kDeadline,     // paused: the deadline of resume(RunLimits&) has passed: resume() or cancel()
};

// Fuel without end: nothing is counted.
constexpr uint64_t kUnlimitedFuel = ~uint64_t{0};

// What one resume() may use, beside fuel. A check is what fuel counts: a backward branch, a call,
// and so on. Time is looked at every MOTE_INTERRUPT_PERIOD checks at the latest, so that a deadline
// is missed by at most as long as these take, one bulk instruction, or one host function.
struct RunLimits {
  static constexpr int64_t kUnlimitedShare = INT64_MAX;  // no limit of checks
  static constexpr uint64_t kNoDeadline = ~uint64_t{0};  // no limit of time

  // The guest pauses (kInterrupted) when it has made so many checks. resume() leaves here what it
  // did not use. A guest that a host function called cannot pause: it goes on, and what it used too
  // much is left here as a negative number. Bulk instructions can use too much as well.
  int64_t share = kUnlimitedShare;
  // The guest pauses (kDeadline) when now(context) has reached this. A guest that a host function
  // called is cancelled (kNestedStop). The unit is that of `now`.
  uint64_t deadline = kNoDeadline;
  // Reads a clock that never goes backwards. Called by the thread that runs the guest; must not
  // call into the store. Null: no deadline.
  uint64_t (*now)(void* context) = nullptr;
  void* context = nullptr;  // what now() gets
};

// One frame of a backtrace, innermost first.
struct FrameInfo {
  Instance* instance = nullptr;  // where the function is defined
  uint32_t function = kNoIndex;  // funcidx in it
  uint32_t offset = kNoIndex;    // byte offset in the module of the instruction, or kNoIndex
  StringView name;               // "" when the module has no name for it; valid as long as that
};

// Holds a guest's stack and the place where it is. Wasm calls never use the native stack: the
// depth of guest calls is bounded by the stack given here ("call stack exhausted"), and resume()
// needs the same native stack whatever the guest does. One execution runs one call at a time; a
// store can have any number of executions, run from one thread in any order.
class Execution {
 public:
  // Takes `stack_bytes`, rounded down to a multiple of 8, for the guest's stack, plus a record of a
  // few hundred bytes, from the scratch end of the store's buffer. When that fails, error() is
  // kOutOfMemory and nothing can be started. Executions may be destroyed in any order, also after
  // Store::reset(), but before the store. Cost: constant; the stack is not touched.
  Execution(Store& store, uint32_t stack_bytes);
  // Gives the memory back when the executions that were made after this one are gone, too, and when
  // no loader is alive. A paused call is gone. From within its own host function, the call is
  // killed: it ends when that function returns, resume() returns kTrapped, and only then the memory
  // comes back. Whoever called resume() or run() must not touch the execution afterwards; so not
  // where that is Instance::call() or a TypedFunction, which look at its results.
  ~Execution();
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  // Why nothing can be started at all (kOutOfMemory), or why the latest run() could not start; kOk
  // if neither. After Store::reset() that is kStoreReset, and nothing else here does anything.
  Error error() const;

  // Prepares a call; the arguments are copied. Fails with kBusy while another call is paused or
  // runs, kNotAFunction (also when the instance is not one of this store), kArguments (number or
  // types), kStackExhausted (not even the arguments fit), kStoreReset, or kOutOfMemory as error()
  // says. Cost: the number of instances in the store, and of the arguments.
  Error start(Function function, Span<const Value> arguments);
  // Prepares the start function of a new instance (4.5.4, last step); state() becomes kDone at once
  // if there is none. Fails like start(), also when the instance is not one of this store. Cost:
  // that of start().
  Error start_instance(Instance* instance);
  // Runs until the call is done, traps or pauses, and returns state(). Without something to run, or
  // from within its own host function, only that. Cost: the guest's; without fuel or a limit it can
  // be without end. The native stack that it needs does not depend on the guest.
  RunState resume();
  // The same within `limits`, which is used until this returns. Cost: as above, within the limits.
  RunState resume(RunLimits& limits);
  // start() and resume(). When the call cannot start, returns kIdle, and error() tells why. Cost:
  // that of both.
  RunState run(Function function, Span<const Value> arguments);
  // Forgets the call: state() becomes kIdle. Does nothing from within a host function.
  void cancel();

  // Where the execution is; see RunState.
  RunState state() const;
  // Number of results of a call that is kDone; else 0, also after a start function.
  uint32_t result_count() const;
  // Result `index` of a call that is kDone; of type kNone if there is no such result. Valid until
  // the next start(). Cost: linear in `index`.
  Value result(uint32_t index) const;

  // Fuel pays for backward branches and calls, one each, and for bulk instructions by size. A new
  // execution has kUnlimitedFuel. May be called between resume() and resume(), and by a host
  // function.
  void set_fuel(uint64_t fuel);
  // What is left of it; 0 after Store::reset().
  uint64_t fuel() const;

  // Asks the guest to pause: it does after at most MOTE_INTERRUPT_PERIOD more checks (backward
  // branches and calls). May be called from another thread or an interrupt handler. Without a call,
  // the next one pauses.
  void interrupt();
  // Ends the call: it traps with kKilled after at most MOTE_INTERRUPT_PERIOD more checks, when the
  // host function that it is in returns, or when it is resumed. That also goes for guests that host
  // functions called, and for those around them, whatever the host functions make of the error. May
  // be called from another thread or an interrupt handler. Without a call, it has no effect.
  void kill();

  // Gives the results of the host function that answered "not yet" (state() is kWaiting). Fails
  // with kArguments if number or types do not match, kNotRunnable if nothing waits, kStoreReset, or
  // kOutOfMemory as error() says. Cost: the number of results.
  Error complete(Span<const Value> results);

  // Why the call trapped, with the function and the offset of the innermost frame. kOk unless
  // state() is kTrapped. A host's exit is kHostExit with the code in `index`. Cost: that of
  // backtrace().
  Error trap() const;
  // Fills `frames` with the innermost frames of a call that is trapped, paused, or in a host
  // function (see Host::backtrace); returns how many there are in all, which can be more than fit.
  // Cost: depth times code size of a function.
  uint32_t backtrace(Span<FrameInfo> frames) const;

  // Paints the stack, so that stack_peak() can tell what calls use from now on. The latest call is
  // forgotten: state() becomes kIdle. Does nothing while a call is paused or runs. Cost: the size
  // of the stack, all of which the system then has to back.
  void restart_stack_peak();
  // Most bytes of the guest's stack that calls have used since restart_stack_peak(); 0 if that was
  // never called. Cost: the size of the stack.
  uint32_t stack_peak() const;

 private:
  friend struct detail::ExecutionData;
  detail::ExecutionData* data() const;
  ErrorCode begin(Function function, Span<const Value> arguments);

  Store& store_;
  detail::ExecutionData* data_ = nullptr;  // null: error_ tells why
  uint32_t epoch_ = 0;                     // of the store
  ErrorCode error_;
};

}  // namespace mote
