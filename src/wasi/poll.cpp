// poll_oneoff: waits for clocks and descriptors, in slices.
//
// subscription (48 bytes): user data (8), kind (1, at 8); for a clock: clock id (4, at 16),
// timeout (8, at 24), flags (2, at 40; 1: absolute); for a descriptor: its number (4, at 16).
// event (32 bytes): user data (8), error (2, at 8), kind (1, at 10), bytes ready (8, at 16).
//
// Each round asks all subscriptions without waiting. If none has an event, the guest waits for the
// earliest clock, but at most for a slice: then comes the next round. So an interrupt ends it soon,
// and several descriptors can be waited for by a system that can only wait for one.
#include "wasi/poll.hpp"

#include "wasi/streams.hpp"

namespace mote::wasi {

namespace {

constexpr uint32_t kSubscriptionSize = 48;
constexpr uint32_t kEventSize = 32;
constexpr uint32_t kMonotonic = 1;

struct Subscription {
  uint64_t user_data;
  uint8_t kind;  // 0 clock, 1 read, 2 write
  uint32_t source;
  uint64_t timeout;
  bool is_absolute;
};

// One call.
class Poll {
 public:
  Poll(Host& host, const WasiSystem& system, ReadinessOf readiness, void* world)
      : host_(host), system_(system), readiness_(readiness), world_(world) {}

  Errno run(uint32_t in, uint32_t out, uint32_t count, uint32_t events_at);

 private:
  Errno ask(const Subscription& subscription, Readiness* answer);
  Errno ask_clock(const Subscription& subscription, Readiness* answer);
  Errno wait();
  bool monotonic(uint64_t* now) const;
  bool get(uint32_t list, uint32_t index, Subscription* out) const;
  bool put(uint32_t list, uint32_t index, const Subscription& subscription,
           const Readiness& answer) const;

  Host& host_;
  const WasiSystem& system_;
  const ReadinessOf readiness_;
  void* const world_;

  uint64_t elapsed_ = 0;           // since the call began
  uint64_t nearest_ = UINT64_MAX;  // until the first clock is due
  uint32_t waiting_ = 0;           // descriptors that are not ready
  Subscription one_waiting_ = {};  // of these
};

bool Poll::get(uint32_t list, uint32_t index, Subscription* out) const {
  const MutableBytes bytes = host_.memory(list + index * kSubscriptionSize, kSubscriptionSize);
  if (bytes.empty()) return false;
  out->user_data = load_u64(bytes.data());
  out->kind = bytes[8];
  out->source = load_u32(bytes.data() + 16);
  out->timeout = load_u64(bytes.data() + 24);
  out->is_absolute = (bytes[40] & 1) != 0;
  return true;
}

bool Poll::put(uint32_t list, uint32_t index, const Subscription& subscription,
               const Readiness& answer) const {
  const MutableBytes bytes = host_.memory(list + index * kEventSize, kEventSize);
  if (bytes.empty()) return false;
  memset(bytes.data(), 0, bytes.size());
  store_u64(bytes.data(), subscription.user_data);
  bytes[8] = static_cast<uint8_t>(answer.error);
  bytes[10] = subscription.kind;
  if (subscription.kind != 0) store_u64(bytes.data() + 16, answer.bytes);
  return true;
}

bool Poll::monotonic(uint64_t* now) const {
  return system_.clock_time != nullptr && system_.clock_time(system_.context, kMonotonic, now);
}

Errno Poll::ask_clock(const Subscription& subscription, Readiness* answer) {
  uint64_t now = elapsed_;
  if (subscription.is_absolute || subscription.source > kMonotonic) {
    if (system_.clock_time == nullptr) return kNotImplemented;
    uint64_t time = 0;
    if (!system_.clock_time(system_.context, subscription.source, &time)) {
      answer->error = kInvalid;
      return kSuccess;
    }
    if (subscription.is_absolute) now = time;
  }
  if (now >= subscription.timeout) {
    answer->bytes = 1;
    return kSuccess;
  }
  const uint64_t left = subscription.timeout - now;
  if (left < nearest_) nearest_ = left;
  return kSuccess;
}

// An answer without error and bytes: not yet.
Errno Poll::ask(const Subscription& subscription, Readiness* answer) {
  if (subscription.kind == 0) return ask_clock(subscription, answer);
  if (subscription.kind > 2) return kInvalid;
  *answer = readiness_(world_, subscription.source, subscription.kind == 2, 0);
  if (answer->error == kSuccess && answer->bytes == 0) {
    waiting_++;
    one_waiting_ = subscription;
  }
  return kSuccess;
}

Errno Poll::wait() {
  const uint64_t slice = nearest_ < kWaitSlice ? nearest_ : kWaitSlice;
  if (waiting_ == 1) {
    (void)readiness_(world_, one_waiting_.source, one_waiting_.kind == 2, slice);
  } else {
    if (system_.sleep == nullptr) return kNotImplemented;
    system_.sleep(system_.context, slice);
  }
  return kSuccess;
}

Errno Poll::run(uint32_t in, uint32_t out, uint32_t count, uint32_t events_at) {
  if (count == 0 || count > kMaxList) return kInvalid;
  // Everything that is touched later, so that no event is lost to a bad address.
  if (host_.touch(in, uint64_t{count} * kSubscriptionSize) != ErrorCode::kOk ||
      host_.touch(out, uint64_t{count} * kEventSize) != ErrorCode::kOk ||
      host_.touch(events_at, 4) != ErrorCode::kOk) {
    return kFault;
  }
  uint64_t begin = 0;
  const bool has_time = monotonic(&begin);
  for (uint32_t events = 0;;) {
    nearest_ = UINT64_MAX;
    waiting_ = 0;
    for (uint32_t i = 0; i < count; i++) {
      Subscription subscription;
      Readiness answer;
      if (!get(in, i, &subscription)) return kFault;
      const Errno error = ask(subscription, &answer);
      if (error != kSuccess) return error;
      if (answer.error == kSuccess && answer.bytes == 0) continue;
      if (!put(out, events++, subscription, answer)) return kFault;
    }
    if (events != 0) return put_u32(host_, events_at, events) ? kSuccess : kFault;
    if (host_.is_asked_to_stop()) return kInterrupted;
    const Errno error = wait();
    if (error != kSuccess) return error;
    uint64_t now = begin;
    if (has_time && monotonic(&now)) {
      elapsed_ = now - begin;
    } else {
      elapsed_ += nearest_ < kWaitSlice ? nearest_ : kWaitSlice;  // what was asked for
    }
  }
}

}  // namespace

Readiness stream_readiness(const WasiSystem& system, uint32_t stream, bool to_write,
                           uint64_t nanoseconds) {
  if ((stream == 0) == to_write) return {kBadDescriptor, 0};
  if (system.ready == nullptr) return {kSuccess, 1};
  const int64_t bytes = system.ready(system.context, stream, nanoseconds);
  if (bytes < 0) return {kInputOutput, 0};
  return {kSuccess, static_cast<uint64_t>(bytes)};
}

Errno poll(Host& host, const WasiSystem& system, ReadinessOf readiness, void* world, uint32_t in,
           uint32_t out, uint32_t count, uint32_t events_at) {
  return Poll(host, system, readiness, world).run(in, out, count, events_at);
}

}  // namespace mote::wasi
