// Memory for stores, reserved from the system (see mote/port_linux.hpp).
#include <sys/mman.h>

#include <mote/port_linux.hpp>

namespace mote::linux_port {

ReservedMemory::ReservedMemory(size_t size) {
  if (size == 0) return;
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory != MAP_FAILED) bytes_ = MutableBytes(static_cast<uint8_t*>(memory), size);
}

ReservedMemory::~ReservedMemory() {
  if (!bytes_.empty()) munmap(bytes_.data(), bytes_.size());
}

}  // namespace mote::linux_port
