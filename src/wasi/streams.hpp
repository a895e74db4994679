// The standard streams of a WasiSystem, and what a guest hears about them.
#pragma once

#include <mote/wasi.hpp>

#include "wasi/rights.hpp"
#include "wasi/transfer.hpp"

namespace mote::wasi {

// Nanoseconds that a call waits before it looks whether the guest is to pause; mote/wasi.hpp tells.
constexpr uint64_t kWaitSlice = 10'000'000;

constexpr uint8_t kCharacterDevice = 2;

constexpr uint32_t stream_rights(uint32_t stream) {
  return (stream == 0 ? kFdRead : kFdWrite) | kPollFdReadWrite;
}

// Waits until a stream is ready, in slices, so that an interrupt ends it.
inline Errno wait_for_stream(Host& host, const WasiSystem& system, uint32_t stream) {
  while (system.ready != nullptr && system.ready(system.context, stream, kWaitSlice) == 0) {
    if (host.is_asked_to_stop()) return kInterrupted;
  }
  return kSuccess;
}

inline Errno write_stream(Host& host, const WasiSystem& system, uint32_t stream, uint32_t list,
                          uint32_t count, uint32_t written_at) {
  // What a pipe that can be written takes without waiting, and a slow line soon.
  constexpr uint32_t kStreamSlice = 4096;
  const auto write = [&](MutableBytes bytes, size_t* moved) {
    *moved = bytes.size();
    if (system.write == nullptr) return kSuccess;
    const Errno error = wait_for_stream(host, system, stream);
    if (error != kSuccess) return error;
    const int64_t taken = system.write(system.context, stream, bytes);
    if (taken < 0) return kInputOutput;
    *moved = static_cast<size_t>(taken);
    return kSuccess;
  };
  return transfer_list(host, list, count, written_at, kStreamSlice, write);
}

// Reads standard input for one call with several buffers.
class StreamReader {
 public:
  StreamReader(Host& host, const WasiSystem& system) : host_(host), system_(system) {}

  // Waits for the first buffer's bytes. What is there for the further ones is taken; nobody waits
  // for them.
  Errno operator()(MutableBytes bytes, size_t* count) {
    if (system_.read == nullptr) return kSuccess;
    if (is_first_) {
      const Errno error = wait_for_stream(host_, system_, 0);
      if (error != kSuccess) return error;
    } else if (system_.ready != nullptr && system_.ready(system_.context, 0, 0) == 0) {
      return kSuccess;
    }
    is_first_ = false;
    const int64_t got = system_.read(system_.context, bytes);
    if (got < 0) return kInputOutput;
    *count = static_cast<size_t>(got);
    return kSuccess;
  }

 private:
  Host& host_;
  const WasiSystem& system_;
  bool is_first_ = true;
};

// Not in slices: a read takes no more than is there.
inline Errno read_stream(Host& host, const WasiSystem& system, uint32_t list, uint32_t count,
                         uint32_t read_at) {
  return transfer_list(host, list, count, read_at, UINT32_MAX, StreamReader(host, system));
}

// fdstat: type (1 byte), flags (2, at 2), rights (8, at 8), inheriting rights (8, at 16).
inline Errno put_fdstat(Host& host, uint32_t at, uint8_t type, uint16_t flags, uint32_t rights,
                        uint32_t inheriting) {
  const MutableBytes stat = host.memory(at, 24);
  if (stat.empty()) return kFault;
  memset(stat.data(), 0, stat.size());
  stat[0] = type;
  stat[2] = static_cast<uint8_t>(flags);
  stat[3] = static_cast<uint8_t>(flags >> 8);
  store_u64(stat.data() + 8, rights);
  store_u64(stat.data() + 16, inheriting);
  return kSuccess;
}

// filestat: 64 bytes; only the type (1 byte, at 16) says something about a stream.
inline Errno put_stream_stat(Host& host, uint32_t at) {
  const MutableBytes stat = host.memory(at, 64);
  if (stat.empty()) return kFault;
  memset(stat.data(), 0, stat.size());
  stat[16] = kCharacterDevice;
  return kSuccess;
}

}  // namespace mote::wasi
