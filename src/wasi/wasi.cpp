// WASI preview 1 (see mote/wasi.hpp): the functions that do something.
#include <mote/wasi.hpp>

#include "wasi/memory.hpp"
#include "wasi/no_files.hpp"
#include "wasi/poll.hpp"
#include "wasi/streams.hpp"
#include "wasi/transfer.hpp"

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
  MutableBytes bytes = host.memory(at, size);
  if (bytes.empty()) return kFault;
  for (;;) {
    const MutableBytes next = at_most(bytes, kSlice);
    if (!system.random(system.context, next)) return kInputOutput;
    bytes = bytes.from(next.size());
    if (bytes.empty()) return kSuccess;
    if (host.is_asked_to_stop()) return kInterrupted;
  }
}

HostStatus proc_exit(uint32_t code) { return host_exit(code); }
HostResult<uint32_t> proc_raise(uint32_t signal) { return host_trap(ErrorCode::kHostTrap, signal); }

uint32_t sched_yield(Host& host) {
  const WasiSystem& system = world(host).system();
  if (system.yield != nullptr) system.yield(system.context);
  return kSuccess;
}

// ---- Standard streams ------------------------------------------------------------------------

uint32_t fd_write(Host& host, uint32_t fd, uint32_t list, uint32_t count, uint32_t written_at) {
  Wasi& wasi = world(host);
  if (!wasi.is_open(fd) || fd == 0) return kBadDescriptor;
  return write_stream(host, wasi.system(), fd, list, count, written_at);
}

uint32_t fd_read(Host& host, uint32_t fd, uint32_t list, uint32_t count, uint32_t read_at) {
  Wasi& wasi = world(host);
  if (!wasi.is_open(fd) || fd != 0) return kBadDescriptor;
  return read_stream(host, wasi.system(), list, count, read_at);
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

uint32_t fd_fdstat_get(Host& host, uint32_t fd, uint32_t at) {
  if (!world(host).is_open(fd)) return kBadDescriptor;
  return put_fdstat(host, at, kCharacterDevice, 0, stream_rights(fd), 0);
}

uint32_t fd_fdstat_set_flags(Host& host, uint32_t fd, uint32_t) {
  return world(host).is_open(fd) ? kNotSupported : kBadDescriptor;
}

uint32_t fd_filestat_get(Host& host, uint32_t fd, uint32_t at) {
  if (!world(host).is_open(fd)) return kBadDescriptor;
  return put_stream_stat(host, at);
}

Readiness readiness(void* wasi_world, uint32_t fd, bool to_write, uint64_t nanoseconds) {
  const Wasi& wasi = *static_cast<const Wasi*>(wasi_world);
  if (!wasi.is_open(fd)) return {kBadDescriptor, 0};
  return stream_readiness(wasi.system(), fd, to_write, nanoseconds);
}

uint32_t poll_oneoff(Host& host, uint32_t in, uint32_t out, uint32_t count, uint32_t events_at) {
  Wasi& wasi = world(host);
  return poll(host, wasi.system(), readiness, &wasi, in, out, count, events_at);
}

uint32_t not_a_socket(Host& host, uint32_t fd) {
  return world(host).is_open(fd) ? kNotSocket : kBadDescriptor;
}
uint32_t sock_accept(Host& host, uint32_t fd, uint32_t, uint32_t) { return not_a_socket(host, fd); }
uint32_t sock_recv(Host& host, uint32_t fd, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t) {
  return not_a_socket(host, fd);
}
uint32_t sock_send(Host& host, uint32_t fd, uint32_t, uint32_t, uint32_t, uint32_t) {
  return not_a_socket(host, fd);
}
uint32_t sock_shutdown(Host& host, uint32_t fd, uint32_t) { return not_a_socket(host, fd); }

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
