// WASI preview 1 (see mote/wasi.hpp): the functions that do something.
#include <mote/wasi.hpp>

#include "wasi/memory.hpp"
#include "wasi/no_files.hpp"

namespace mote {

namespace wasi {

namespace {

Wasi& world(Host& host) { return host.context_as<Wasi>(); }

// ---- Arguments and environment ---------------------------------------------------------------

uint32_t list_sizes(Host& host, Span<const StringView> list, uint32_t count_at, uint32_t bytes_at) {
  uint32_t bytes = 0;
  for (const StringView& text : list) bytes += static_cast<uint32_t>(text.size()) + 1;
  if (!put_u32(host, count_at, static_cast<uint32_t>(list.size()))) return kFault;
  return put_u32(host, bytes_at, bytes) ? kSuccess : kFault;
}

// Writes the strings, each ended by a zero byte, and an array of pointers to them.
uint32_t list_get(Host& host, Span<const StringView> list, uint32_t pointers_at, uint32_t text_at) {
  for (const StringView& text : list) {
    const uint32_t size = static_cast<uint32_t>(text.size()) + 1;
    if (!put_u32(host, pointers_at, text_at)) return kFault;
    const MutableBytes to = host.memory(text_at, size);
    if (to.empty()) return kFault;
    memcpy(to.data(), text.data(), text.size());
    to[text.size()] = 0;
    pointers_at += 4;
    text_at += size;
  }
  return kSuccess;
}

uint32_t args_sizes_get(Host& host, uint32_t count_at, uint32_t bytes_at) {
  return list_sizes(host, world(host).arguments(), count_at, bytes_at);
}
uint32_t args_get(Host& host, uint32_t pointers_at, uint32_t text_at) {
  return list_get(host, world(host).arguments(), pointers_at, text_at);
}
uint32_t environ_sizes_get(Host& host, uint32_t count_at, uint32_t bytes_at) {
  return list_sizes(host, world(host).environment(), count_at, bytes_at);
}
uint32_t environ_get(Host& host, uint32_t pointers_at, uint32_t text_at) {
  return list_get(host, world(host).environment(), pointers_at, text_at);
}

// ---- Clocks, random numbers, process ---------------------------------------------------------

uint32_t clock_res_get(Host& host, uint32_t clock, uint32_t at) {
  const WasiSystem& system = world(host).system();
  uint64_t nanoseconds = 0;
  if (system.clock_resolution == nullptr) return kNotImplemented;
  if (!system.clock_resolution(system.context, clock, &nanoseconds)) return kInvalid;
  return put_u64(host, at, nanoseconds) ? kSuccess : kFault;
}

uint32_t clock_time_get(Host& host, uint32_t clock, uint64_t, uint32_t at) {
  const WasiSystem& system = world(host).system();
  uint64_t nanoseconds = 0;
  if (system.clock_time == nullptr) return kNotImplemented;
  if (!system.clock_time(system.context, clock, &nanoseconds)) return kInvalid;
  return put_u64(host, at, nanoseconds) ? kSuccess : kFault;
}

uint32_t random_get(Host& host, uint32_t at, uint32_t size) {
  const WasiSystem& system = world(host).system();
  if (system.random == nullptr) return kNotImplemented;
  if (size == 0) return kSuccess;
  const MutableBytes bytes = host.memory(at, size);
  if (bytes.empty()) return kFault;
  return system.random(system.context, bytes) ? kSuccess : kInputOutput;
}

HostStatus proc_exit(uint32_t code) { return host_exit(code); }
HostResult<uint32_t> proc_raise(uint32_t signal) { return host_trap(ErrorCode::kHostTrap, signal); }

uint32_t sched_yield(Host& host) {
  const WasiSystem& system = world(host).system();
  if (system.yield != nullptr) system.yield(system.context);
  return kSuccess;
}

// ---- Standard streams ------------------------------------------------------------------------

// Most buffers, or subscriptions, that one call may name: bounds its time.
constexpr uint32_t kMaxList = 1024;

// One entry of a list of buffers (iovec): address and length.
bool get_buffer(Host& host, uint32_t list, uint32_t index, uint32_t* address, uint32_t* length) {
  const uint64_t at = static_cast<uint64_t>(list) + uint64_t{index} * 8;
  return at <= UINT32_MAX - 7 && get_u32(host, static_cast<uint32_t>(at), address) &&
         get_u32(host, static_cast<uint32_t>(at) + 4, length);
}

uint32_t fd_write(Host& host, uint32_t fd, uint32_t list, uint32_t count, uint32_t written_at) {
  Wasi& wasi = world(host);
  if (!wasi.is_open(fd) || fd == 0) return kBadDescriptor;
  if (count > kMaxList) return kInvalid;
  const WasiSystem& system = wasi.system();
  uint32_t written = 0;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t address = 0;
    uint32_t length = 0;
    if (!get_buffer(host, list, i, &address, &length)) return kFault;
    if (length == 0) continue;
    if (length > UINT32_MAX - written) break;  // overlapping buffers: the sum must fit
    const MutableBytes bytes = host.memory(address, length);
    if (bytes.empty()) return kFault;
    const int64_t taken = system.write == nullptr ? static_cast<int64_t>(length)
                                                  : system.write(system.context, fd, bytes);
    if (taken < 0 && written == 0) return kInputOutput;
    if (taken < 0) break;  // what was written before counts
    written += static_cast<uint32_t>(taken);
    if (static_cast<uint64_t>(taken) < length) break;
  }
  return put_u32(host, written_at, written) ? kSuccess : kFault;
}

uint32_t fd_read(Host& host, uint32_t fd, uint32_t list, uint32_t count, uint32_t read_at) {
  Wasi& wasi = world(host);
  if (!wasi.is_open(fd) || fd != 0) return kBadDescriptor;
  if (count > kMaxList) return kInvalid;
  const WasiSystem& system = wasi.system();
  uint32_t total = 0;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t address = 0;
    uint32_t length = 0;
    if (!get_buffer(host, list, i, &address, &length)) return kFault;
    if (length == 0) continue;
    if (length > UINT32_MAX - total) break;  // overlapping buffers: the sum must fit
    const MutableBytes bytes = host.memory(address, length);
    if (bytes.empty()) return kFault;
    const int64_t got = system.read == nullptr ? 0 : system.read(system.context, bytes);
    if (got < 0 && total == 0) return kInputOutput;
    if (got < 0) break;  // what was read before counts
    total += static_cast<uint32_t>(got);
    // A short read is all there is for now: do not wait for more.
    if (static_cast<uint64_t>(got) < length) break;
  }
  return put_u32(host, read_at, total) ? kSuccess : kFault;
}

uint32_t fd_close(Host& host, uint32_t fd) {
  Wasi& wasi = world(host);
  if (!wasi.is_open(fd)) return kBadDescriptor;
  wasi.close(fd);
  return kSuccess;
}

// Streams cannot be positioned.
uint32_t fd_seek(Host& host, uint32_t fd, int64_t, uint32_t, uint32_t) {
  return world(host).is_open(fd) ? kIllegalSeek : kBadDescriptor;
}
uint32_t fd_tell(Host& host, uint32_t fd, uint32_t) {
  return world(host).is_open(fd) ? kIllegalSeek : kBadDescriptor;
}

constexpr uint8_t kCharacterDevice = 2;
constexpr uint64_t kRightRead = 1u << 1;
constexpr uint64_t kRightWrite = 1u << 6;
constexpr uint64_t kRightPoll = 1u << 27;

// fdstat: type (1 byte), flags (2, at 2), rights (8, at 8), inheriting rights (8, at 16).
uint32_t fd_fdstat_get(Host& host, uint32_t fd, uint32_t at) {
  if (!world(host).is_open(fd)) return kBadDescriptor;
  const MutableBytes stat = host.memory(at, 24);
  if (stat.empty()) return kFault;
  memset(stat.data(), 0, stat.size());
  stat[0] = kCharacterDevice;
  store_u64(stat.data() + 8, (fd == 0 ? kRightRead : kRightWrite) | kRightPoll);
  return kSuccess;
}

uint32_t fd_fdstat_set_flags(Host& host, uint32_t fd, uint32_t) {
  return world(host).is_open(fd) ? kNotSupported : kBadDescriptor;
}

// filestat: 64 bytes; only the type (1 byte, at 16) says something about a stream.
uint32_t fd_filestat_get(Host& host, uint32_t fd, uint32_t at) {
  if (!world(host).is_open(fd)) return kBadDescriptor;
  const MutableBytes stat = host.memory(at, 64);
  if (stat.empty()) return kFault;
  memset(stat.data(), 0, stat.size());
  stat[16] = kCharacterDevice;
  return kSuccess;
}

// ---- poll_oneoff -----------------------------------------------------------------------------
//
// subscription (48 bytes): user data (8), kind (1, at 8); for a clock: clock id (4, at 16),
// timeout (8, at 24), flags (2, at 40; 1: absolute); for a stream: descriptor (4, at 16).
// event (32 bytes): user data (8), error (2, at 8), kind (1, at 10), bytes ready (8, at 16).

constexpr uint32_t kSubscriptionSize = 48;
constexpr uint32_t kEventSize = 32;

struct Subscription {
  uint64_t user_data;
  uint8_t kind;  // 0 clock, 1 read, 2 write
  uint32_t source;
  uint64_t timeout;
  bool is_absolute;
};

bool get_subscription(Host& host, uint32_t list, uint32_t index, Subscription* out) {
  const uint64_t at = static_cast<uint64_t>(list) + uint64_t{index} * kSubscriptionSize;
  if (at > UINT32_MAX) return false;
  const MutableBytes bytes = host.memory(static_cast<uint32_t>(at), kSubscriptionSize);
  if (bytes.empty()) return false;
  out->user_data = load_u64(bytes.data());
  out->kind = bytes[8];
  out->source = load_u32(bytes.data() + 16);
  out->timeout = load_u64(bytes.data() + 24);
  out->is_absolute = (bytes[40] & 1) != 0;
  return true;
}

bool put_event(Host& host, uint32_t list, uint32_t index, const Subscription& subscription,
               uint32_t error) {
  const uint64_t at = static_cast<uint64_t>(list) + uint64_t{index} * kEventSize;
  if (at > UINT32_MAX) return false;
  const MutableBytes bytes = host.memory(static_cast<uint32_t>(at), kEventSize);
  if (bytes.empty()) return false;
  memset(bytes.data(), 0, bytes.size());
  store_u64(bytes.data(), subscription.user_data);
  bytes[8] = static_cast<uint8_t>(error);
  bytes[10] = subscription.kind;
  store_u64(bytes.data() + 16, subscription.kind == 0 ? 0 : 1);
  return true;
}

// Nanoseconds from now until a clock subscription is due.
uint32_t time_left(const WasiSystem& system, const Subscription& subscription, uint64_t* left) {
  *left = subscription.timeout;
  if (!subscription.is_absolute) return kSuccess;
  uint64_t now = 0;
  if (system.clock_time == nullptr) return kNotImplemented;
  if (!system.clock_time(system.context, subscription.source, &now)) return kInvalid;
  *left = subscription.timeout > now ? subscription.timeout - now : 0;
  return kSuccess;
}

// Streams are always ready. Without any, the earliest clock is waited for.
uint32_t poll_oneoff(Host& host, uint32_t in, uint32_t out, uint32_t count, uint32_t events_at) {
  Wasi& wasi = world(host);
  const WasiSystem& system = wasi.system();
  if (count == 0 || count > kMaxList) return kInvalid;
  uint32_t events = 0;
  uint64_t shortest = UINT64_MAX;
  for (uint32_t i = 0; i < count; i++) {
    Subscription subscription;
    if (!get_subscription(host, in, i, &subscription)) return kFault;
    if (subscription.kind == 0) {
      uint64_t left = 0;
      const uint32_t error = time_left(system, subscription, &left);
      if (error != kSuccess) return error;
      if (left < shortest) shortest = left;
    } else if (subscription.kind > 2) {
      return kInvalid;
    } else {
      const bool ok = wasi.is_open(subscription.source);
      if (!put_event(host, out, events++, subscription, ok ? kSuccess : kBadDescriptor)) {
        return kFault;
      }
    }
  }
  if (events == 0) {
    if (system.sleep == nullptr) return kNotImplemented;
    system.sleep(system.context, shortest);
    for (uint32_t i = 0; i < count; i++) {
      Subscription subscription;
      uint64_t left = 0;
      if (!get_subscription(host, in, i, &subscription)) return kFault;
      if (time_left(system, subscription, &left) != kSuccess) return kInvalid;
      const bool is_due = subscription.is_absolute ? left == 0 : left <= shortest;
      if (is_due && !put_event(host, out, events++, subscription, kSuccess)) return kFault;
    }
  }
  return put_u32(host, events_at, events) ? kSuccess : kFault;
}

#define MOTE_WASI(name) host_function<name>("wasi_snapshot_preview1", #name)

constexpr HostFunction kFunctions[] = {
    MOTE_WASI(args_get),
    MOTE_WASI(args_sizes_get),
    MOTE_WASI(environ_get),
    MOTE_WASI(environ_sizes_get),
    MOTE_WASI(clock_res_get),
    MOTE_WASI(clock_time_get),
    MOTE_WASI(fd_advise),
    MOTE_WASI(fd_allocate),
    MOTE_WASI(fd_close),
    MOTE_WASI(fd_datasync),
    MOTE_WASI(fd_fdstat_get),
    MOTE_WASI(fd_fdstat_set_flags),
    MOTE_WASI(fd_fdstat_set_rights),
    MOTE_WASI(fd_filestat_get),
    MOTE_WASI(fd_filestat_set_size),
    MOTE_WASI(fd_filestat_set_times),
    MOTE_WASI(fd_pread),
    MOTE_WASI(fd_prestat_dir_name),
    MOTE_WASI(fd_prestat_get),
    MOTE_WASI(fd_pwrite),
    MOTE_WASI(fd_read),
    MOTE_WASI(fd_readdir),
    MOTE_WASI(fd_renumber),
    MOTE_WASI(fd_seek),
    MOTE_WASI(fd_sync),
    MOTE_WASI(fd_tell),
    MOTE_WASI(fd_write),
    MOTE_WASI(path_create_directory),
    MOTE_WASI(path_filestat_get),
    MOTE_WASI(path_filestat_set_times),
    MOTE_WASI(path_link),
    MOTE_WASI(path_open),
    MOTE_WASI(path_readlink),
    MOTE_WASI(path_remove_directory),
    MOTE_WASI(path_rename),
    MOTE_WASI(path_symlink),
    MOTE_WASI(path_unlink_file),
    MOTE_WASI(poll_oneoff),
    MOTE_WASI(proc_exit),
    MOTE_WASI(proc_raise),
    MOTE_WASI(random_get),
    MOTE_WASI(sched_yield),
    MOTE_WASI(sock_accept),
    MOTE_WASI(sock_recv),
    MOTE_WASI(sock_send),
    MOTE_WASI(sock_shutdown),
};

}  // namespace

}  // namespace wasi

Span<const HostFunction> Wasi::functions() { return wasi::kFunctions; }

}  // namespace mote
